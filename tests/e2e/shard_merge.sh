# SPDX-License-Identifier: Apache-2.0
#
# Several machines share a night: each target is in exactly one shard, each shard records, and one
# job judges all recordings. What no shard brought is named.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

targets='a b c d e f g h i j'
# shellcheck disable=SC2086 # a list of names
product_repo repo $targets
account AKIDPROD prod-key '' "$common/prod.json"
start_standin "$accounts" --scenario "$scenario"
use_key AKIDPROD prod-key

# shard SPEC DIR [NAME=VALUE...]
shard() {
	spec=$1
	dir=$2
	shift 2
	run env "$@" scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" \
		--now "$now" --format json --shard "$spec" --record "$PWD/$dir"
	expect_valid_result out
}

merge() {
	run_json -C repo check --replay "$PWD/$1" --now "$now"
}

for k in 1 2 3; do
	shard "$k/3" record
	expect_exit 0
	jq -r '.targets[].name' "$out" >>seen
done
# shellcheck disable=SC2086
printf '%s\n' $targets >want
sort seen >have
expect_same want have
merge record
expect_exit 0
expect_json out '.counts.equal == 10'

# The same parts from a CI's own numbers, and from nothing but what is asked for.
shard auto gitlab CI_NODE_INDEX=2 CI_NODE_TOTAL=3
expect_json out '[.targets[].name] == ["b", "e", "h"]'
shard auto/3 kubernetes JOB_COMPLETION_INDEX=1
expect_json out '[.targets[].name] == ["b", "e", "h"]'
run env CI_NODE_INDEX=2 CI_NODE_TOTAL=3 scandrift -C repo check --endpoint "$HTTPS_URL" \
	--ca-bundle "$CA_FILE" --now "$now" --format json
expect_json out '.targets | length == 10'
shard 12/12 many
expect_exit 0
expect_json out '.targets == []'

# A shard that ended half-way: its targets are named, and a second run brings them.
mkdir lost
for target in a c d f g i j; do
	cp "record/$target".* lost/
done
merge lost
expect_exit 3
expect_json out '[.findings[] | select(.rule == "incomplete/no-reply") | .target] | sort ==
	["b", "e", "h"]'
shard 2/3 lost
merge lost
expect_exit 0

# A failure is recorded as one, and stays one.
echo 'AKIDPROD:DescribeImageRegistryTimingScanTask 1 error UnauthorizedOperation "You may not."' >"$scenario"
run scandrift -C repo check a --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --record "$PWD/lost"
expect_exit 3
merge lost
expect_exit 3
expect_json out '[.findings[] | select(.class == "incomplete") | .rule + " " + .target] ==
	["incomplete/permission a"]'
: >"$scenario"

# Shards that ran on another commit did not judge by the same files.
commit_all repo 'nothing: another commit'
shard 2/3 record
merge record
expect_exit 3
expect_json out '[.findings[] | select(.rule == "incomplete/other-commit") | .target] | sort ==
	["a", "c", "d", "f", "g", "i", "j"]'
for k in 1 3; do
	shard "$k/3" record
done
merge record
expect_exit 0

# One commit later the same recordings, all of one commit, are judged as they are.
commit_all repo 'nothing: yet another'
merge record
expect_exit 0

# What a shard must not do, and what is none.
run scandrift -C repo check --shard 1/3 --commit
expect_exit 2
expect_text err '--shard and --commit exclude each other'
for bad in 0/3 4/3 1 x/3 1/0 auto auto/3 auto/x; do
	run scandrift -C repo check --shard "$bad"
	expect_exit 2
	expect_text err '--shard'
	expect_empty out
done

# diff compares what is live like any other side.
diff_live() {
	run scandrift -C repo diff "$@" --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE"
}
diff_live live:a HEAD:baselines/a.json
expect_exit 0
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$accounts/AKIDPROD.json"
diff_live HEAD:baselines/a.json live:a
expect_exit 1
expect_text out 'ScanPeriod'
diff_live live:a live:b
expect_exit 0
run scandrift -C repo diff live:a live:b --replay "$PWD/record"
expect_exit 0
use_key AKIDPROD wrong
diff_live live:a live:b
expect_exit 2
expect_text err 'AuthFailure.SignatureFailure'
diff_live live:nobody live:b
expect_exit 2

# The job files of init: written once, kept for ever, and their steps are commands that there are.
unset TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY
new_repo ci
run scandrift -C ci init --ci gitlab
expect_exit 0
expect_text ci/.gitlab-ci.yml 'parallel: 4'
run scandrift -C ci init --ci kubernetes
expect_exit 0
expect_text ci/.kubernetes/scandrift.yaml 'completionMode: Indexed'
echo '# mine' >>ci/.gitlab-ci.yml
cp ci/.gitlab-ci.yml mine
run scandrift -C ci init --ci gitlab
expect_exit 0
expect_text err 'kept .gitlab-ci.yml'
expect_same mine ci/.gitlab-ci.yml
run scandrift -C ci init --ci jenkins
expect_exit 2
expect_text err 'expected github, gitlab or kubernetes'
use_key AKIDPROD prod-key
export CI_NODE_INDEX=2 CI_NODE_TOTAL=4
sed -n '/^scandrift-fetch/,/^$/s/^    - \(scandrift\|case\)/\1/p' mine |
	sed "s,check,check --endpoint $HTTPS_URL --ca-bundle \"\$CA_FILE\"," >steps
[ "$(wc -l <steps)" -eq 2 ] || fail 'not the steps that were expected'
(cd repo && sh -eu ../steps >"$out" 2>"$err") || fail "the steps end with $?"
[ "$(find repo/replies -name '*.meta.json' | wc -l)" -eq 3 ] || fail 'not the second part'
