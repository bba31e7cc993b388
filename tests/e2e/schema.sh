# SPDX-License-Identifier: Apache-2.0
#
# The schema of the JSON result refuses what no result may be: each result here is made wrong in
# every place, one at a time. A schema that takes anything would prove nothing.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
replay_arrived=$now
need node
[ -d "$SCANDRIFT_NPM/node_modules/ajv" ] || skip "no ajv in $SCANDRIFT_NPM"
NODE_PATH=$SCANDRIFT_NPM/node_modules
export NODE_PATH

product_repo repo prod broken
printf '{' >repo/baselines/broken.json
commit_all repo 'one is broken'
sed '/"VIRUS"/d; s/"RISK",/"RISK"/; s/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >edited.json
sed 's/"Enable": true,/"Enable": true, "New": {"a": 1},/' edited.json >new.json
replay_from replies prod new.json
replay_from replies broken "$common/prod.json"
mkdir errors
printf '{"Response": {"Error": {"Code": "UnauthorizedOperation", "Message": "No."}, "RequestId": "r"}}' \
	>errors/prod.json

run_json -C repo check --replay "$PWD/replies" --now "$now"
expect_exit 1
cp "$out" drifted.json
mkdir repo/policies
cat >repo/policies/base.ini <<'POLICY'
[policy]
id    = base
title = Every night, for everything

[rule every-night]
title       = Every night
severity    = high
assert      = /ScanPeriod <= 1
rationale   = A week is long.
remediation = Console
controls    = ISO27001:A.8.8 MLPS2.0:8.1.4.4

[rule all-types]
title    = All types
severity = high
assert   = /ScanType contains VIRUS

[waiver no-virus]
rule    = base/all-types
target  = prod
reason  = Until the licence is there
owner   = someone@example.com
expires = 2027-01-31
POLICY
commit_all repo 'policies: a first one'
run_json -C repo check prod --replay "$PWD/replies" --now "$now"
expect_exit 1
expect_json out '[.findings[] | select(.class == "policy") | .waived.id] | sort == [null, "no-virus"]'
cp "$out" policies.json
run_json -C repo check --replay "$PWD/errors" --now "$now"
cp "$out" incomplete.json
echo '; a word' >>repo/policies/base.ini
run_json -C repo check prod --worktree --replay "$PWD/replies" --now "$now"
expect_json out '.worktree == true and .uncommitted == ["policies/base.ini"]'
cp "$out" worktree.json
git -C repo checkout -q policies
run_json -C repo check prod --replay "$PWD/errors" --now "$now"
expect_exit 3
run_json diff "$common/prod.json" edited.json
cp "$out" diff.json
run_json diff edited.json edited.json
expect_exit 0
cp "$out" equal.json

replay_arrival errors prod "$now"
for _ in 1 2 3 4 5 6 7; do
	run scandrift -C repo check prod --replay "$PWD/errors" --journal --now "$now"
	expect_exit 3
done
run scandrift -C repo log --runs --every 1d --format json
expect_exit 0
cp "$out" runs.json
scandrift normalize edited.json >repo/baselines/prod.json
commit_all repo 'baselines: every week'
run scandrift -C repo log prod --format json
expect_exit 0
cp "$out" log.json

# refused NAME FILE...: what damage.js made of them is refused by the outside judge, and by ours.
refused() {
	name=$1
	shift
	mkdir "wrong.$name"
	run node "$SCANDRIFT_SOURCE/tests/e2e/schema/damage.js" \
		"$SCANDRIFT_SOURCE/src/data/$name.schema.json" "wrong.$name" "$@"
	cat "$out"
	expect_exit 0
	run schema_judge "$name" "wrong.$name"/*
	expect_exit 1
	for file in "wrong.$name"/*; do
		grep -qF "$file: " "$out" || fail "common/schema.jq takes $file: $(cat "$file")"
	done
}

refused result drifted.json policies.json incomplete.json worktree.json diff.json \
	equal.json
refused runs runs.json
refused log log.json

# What is there only if it is so is never false, and never an empty list.
mkdir wrong.only
jq '.worktree = false' worktree.json >wrong.only/worktree.json
jq '.uncommitted = []' worktree.json >wrong.only/uncommitted.json
for file in wrong.only/*; do
	run node "$SCANDRIFT_SOURCE/tests/e2e/schema/validate.js" \
		"$SCANDRIFT_SOURCE/src/data/result.schema.json" worktree.json "$file"
	expect_exit 1
	expect_text out "$file: /$(basename "$file" .json) "
	run schema_judge result "$file"
	expect_exit 1
	run schema_judge result worktree.json
	expect_exit 0
done

# The judge of results says no, and where.
sed 's/"verdict": "fail"/"verdict": "fine"/' drifted.json >wrong.json
cmp -s drifted.json wrong.json && fail 'nothing was made wrong'
run node "$SCANDRIFT_SOURCE/tests/e2e/schema/validate.js" \
	"$SCANDRIFT_SOURCE/src/data/result.schema.json" equal.json wrong.json
expect_exit 1
expect_text out 'wrong.json: /verdict '
expect_no_text out 'equal.json'
