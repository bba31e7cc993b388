# SPDX-License-Identifier: Apache-2.0
#
# review: what is new is as suspect as what changed. A table of proposals, hostile and harmless ones,
# with the exit status and every approval that is asked for; each is given by range and by the
# variables of GitHub and of GitLab, and what was asked for approves it.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/proposal.sh"

mkdir repo
cd repo
new_repo .
mkdir baselines policies
cat >baselines/targets.ini <<'TARGETS'
[target prod]
profile = prod

[target staging]
profile = staging

[target bare]
profile = prod
TARGETS
cp "$common/prod.json" baselines/prod.json
cp "$common/prod.json" baselines/staging.json
cat >policies/p.ini <<'POLICY'
[policy]
id = p

[rule period]
severity = high
assert   = /ScanPeriod <= 7
POLICY
commit_all . start

baseline=baselines/prod.json
first=baselines/bare.json
targets=baselines/targets.ini
policy=policies/p.ini
number=0

# everywhere OPTION...: the proposal of this number, as a person and as either CI system names it.
everywhere() {
	name="$how: $row"
	review_as "$how" --now "$now" --format json "$@"
	e2e_command="$name: $e2e_command"
}

# row WANT BASE HEAD: BASE is done on top of the start, HEAD on top of that. WANT is the exit status
# and the approvals that are asked for, all of them. `1!`: more than that is wrong, so that the
# approval alone does not make it pass.
row() {
	number=$((number + 1))
	row="$1 | $2 | $3"
	echo "row: $row"
	git switch -q -C "base$number" main
	eval "$2"
	commit_all . base
	git switch -q -C "head$number"
	eval "$3"
	commit_all . head
	git switch -q main
	name_proposal "base$number" "head$number"
	for how in range github gitlab; do
		everywhere
		asked "$1"
	done
}

asked() {
	want=${1%% *}
	expect_exit "${want%!}"
	[ "$code" -ne 2 ] || return 0
	expect_valid_result out
	ids=$(printf '%s\n' "$1" | tr ' ' '\n' | sed -n '2,$s,.*,"approval/&",p' | sort | jq -sc .)
	expect_json out "[.findings[] | select(.class == \"approval\") | .rule] | sort == $ids"
	expect_json out '[.findings[] | select(.class == "approval") | .file != null and .line > 0] | all'
	[ "$ids" != '[]' ] || return 0
	digest=$(jq -r .review.digest "$out")
	everywhere --approve "$digest"
	expect_json out '.review.approval == "given"'
	if [ "$want" = 1! ]; then
		expect_exit 1
	else
		expect_exit 0
	fi
}

period="sed -i 's/\"ScanPeriod\": 1/\"ScanPeriod\": 30/'"

# ---- first baselines ----

row 0 : "cp $baseline $first"
row '1 baseline-first' "git rm -q $policy" "cp $baseline $first"
row '1! baseline-first' : "cp $baseline $first; $period $first"
# The rule is in the proposal, and only there.
row '1! baseline-first policy-removed' : "cp $baseline $first; $period $first; mv $policy policies/q.ini
	printf '[policy]\\nid = q\\n[rule r]\\nseverity = low\\nassert = /ScanPeriod <= 30\\n' >policies/q.ini"
# None applies, one cannot be known to apply, one is about what no baseline has.
row '1 baseline-first' "sed -i 's/^assert/when = \\/Enable == false\\n&/' $policy" "cp $baseline $first"
row '1 baseline-first' "sed -i 's,^assert.*,assert = state:/ScanResult == Success,' $policy" "cp $baseline $first"
row '1 baseline-first' "printf '[rule s]\\nseverity = low\\nwhen = state:/ScanResult == Success\\nassert = /Enable == true\\n' >>$policy" \
	"cp $baseline $first"
row 0 "printf '[rule s]\\nseverity = low\\nassert = state:/ScanResult == Success\\n' >>$policy" "cp $baseline $first"
# What is waived does not vouch.
row '1 baseline-first' "printf '[waiver w]\\nrule = period\\nreason = r\\nowner = o@example.com\\nexpires = 2027-01-01\\n' >>$policy" \
	"cp $baseline $first; $period $first"
# A new target, and one that takes its baseline with it.
row 0 : "printf '[target third]\\nprofile = prod\\n' >>$targets; cp $baseline baselines/third.json"
row 0 : "printf '[target third]\\nprofile = prod\\nbaseline = baselines/of/third.json\\n' >>$targets
	mkdir baselines/of; cp $baseline baselines/of/third.json"

# ---- an approval is of these bytes ----

approval_texts() {
	jq -c '[.findings[] | select(.class == "approval") | [.rule, .message]]' "$out"
}

# replayed FIRST SECOND RULE: what SECOND does draws the same findings, word for word, as FIRST, and
# is of other bytes; so the approval of the first is none of the second.
replayed() {
	row "1 $3" : "$1"
	digest=$(jq -r .review.digest "$out")
	texts=$(approval_texts)
	number=$((number + 1))
	row="replayed | $1 | $2"
	echo "row: $row"
	git switch -q -C "base$number" main
	git switch -q -C "head$number"
	eval "$2"
	commit_all . head
	git switch -q main
	name_proposal "base$number" "head$number"
	for how in range github gitlab; do
		everywhere --approve "$digest"
		expect_exit 1
		expect_json out '.review.approval == "needed"'
		[ "$(approval_texts)" = "$texts" ] ||
			fail 'the findings are not the same'
	done
}

weaker="sed -i 's/<= 7/<= 30/' $policy"
replayed "$weaker" "$weaker; echo >>$policy" rule-weakened
replayed "$weaker" "$weaker; sed -i 's/^id = p/&\\ntitle = P/' $policy; git mv $policy policies/q.ini" rule-weakened
replayed "sed -i 's/profile = staging/profile = prod/' $targets" \
	"sed -i 's/profile = staging/profile = prod/; 1i\\; x' $targets" 'target-changed'
less="sed -i 's/\"ScanPeriod\": 1/\"ScanPeriod\": 2/' $baseline"
replayed "$less" "$less; echo >>$baseline" baseline-weakened
waiver="printf '[waiver w]\\nrule = period\\nreason = r\\nowner = o@example.com\\nexpires = 2027-01-01\\n' >>$policy"
replayed "$waiver" "$waiver; sed -i 's/^reason = r/reason = rr/' $policy" waiver-added

# ---- a base that cannot be read ----

row 2 "echo 'severity = loud' >>$policy" 'echo >>README'
row 2 : "echo 'severity = loud' >>$policy"
row '1 base-unreadable' "echo 'severity = loud' >>$policy" "sed -i '/loud/d' $policy"
row '1 base-unreadable' "printf '\\377\\n' >>$policy" "sed -i '\$d' $policy"
row '1 base-unreadable' "mv $policy policies/P.INI" "mv policies/P.INI $policy"
row '1 base-unreadable' "ln -s p.ini policies/link.ini" 'git rm -q policies/link.ini'
row '1 base-unreadable policy-removed' "cp $policy policies/q.ini; sed -i 's/^id = p/id = q/' policies/q.ini; echo broken >policies/z.ini" \
	'git rm -q policies/q.ini policies/z.ini'
# What can be read evaluates, and so does what the repair brings.
row '1! base-unreadable baseline-weakened' "echo broken >policies/z.ini" "git rm -q policies/z.ini; $period $baseline"
row '1! base-unreadable baseline-weakened' "echo 'severity = loud' >>$policy" "sed -i '/loud/d' $policy; $period $baseline"
row 2 "echo broken >policies/z.ini" "echo other >policies/z.ini"
# The files are no whole: rules hold, and no waiver does.
twice="cp $policy policies/q.ini"
row 2 "$twice" 'echo >>README'
row '1 base-unreadable' "$twice" 'git rm -q policies/q.ini'
row '1 base-unreadable waiver-added' "$waiver; $twice" 'git rm -q policies/q.ini'
row '1 base-unreadable' "printf '[waiver w]\\nrule = none\\nreason = r\\nowner = o@example.com\\nexpires = 2027-01-01\\n' >>$policy" \
	"sed -i '/^\\[waiver/,\$d' $policy"
row '1 base-unreadable waiver-added' "$waiver; printf '[waiver x]\\nrule = none\\nreason = r\\nowner = o@example.com\\nexpires = 2027-01-01\\n' >>$policy" \
	"sed -i '/^\\[waiver x/,\$d' $policy"
row '1! base-unreadable rule-weakened rule-weakened baseline-weakened' "$twice" "git rm -q policies/q.ini; $weaker; $period $baseline"
row '1! base-unreadable target-added target-added target-added' "echo '[target' >>$targets" "sed -i '\$d' $targets"
row 2 "echo '[target' >>$targets" "echo x >>$targets"
row 2 "mv $targets baselines/other; ln -s other $targets" 'echo >>README'
row 2 : "echo 'colour = red' >>$targets"
row '1 base-unreadable' "echo '{' >$baseline" "cp baselines/staging.json $baseline"
row '1! base-unreadable' "echo '{' >$baseline" "cp baselines/staging.json $baseline; $period $baseline"
row '1 base-unreadable' "rm $baseline; ln -s staging.json $baseline" "rm $baseline; cp baselines/staging.json $baseline"
row '1!' "echo '{' >$baseline" "echo '{}' >$baseline"
row '1! baseline-removed' "echo '{' >$baseline" "git rm -q $baseline"
row 0 "echo '{' >$baseline" 'echo >>README'

# ---- git attributes of what is judged ----

attributes=.gitattributes
row 0 : "echo 'baselines/*.json -text' >$attributes"
row 0 : "printf '# a comment\\n\\n*.json text=auto eol=lf\\n*.sh !text crlf=input\\n*\\n' >$attributes"
row 0 "echo '*.json diff' >$attributes" "sed -i '1i*.ini -text' $attributes; echo '*.md eol=crlf' >>$attributes"
for what in -diff binary linguist-generated working-tree-encoding=UTF-16 filter=lfs ident merge=ours \
	export-ignore '!diff' text-x texT; do
	row '1 attribute' : "echo '*.json text $what' >$attributes"
done
row '1 attribute' : "printf '[attr]x -diff\\n' >$attributes"
row '1 attribute' : "printf '[attr]text -diff\\n' >$attributes"
row '1 attribute' "printf '[attr]text -diff\\n' >$attributes" "echo '*.json text' >baselines/$attributes"
row '1 attribute' : "printf '\"a b\" text\\n' >$attributes"
row '1 attribute' : "printf '\\t*.json\\t-diff\\r\\n' >$attributes"
row '1 attribute' "printf '*.json diff\\n*.json -diff\\n' >$attributes" "printf '*.json -diff\\n*.json diff\\n' >$attributes"
row '1 attribute' "echo '*.json diff' >$attributes" "git rm -q $attributes"
row '1 attribute' "printf '# x\\0\\n*.json -diff\\n' >$attributes" "printf '# x\\n*.json -diff\\n' >$attributes"
row '1 attribute' : "ln -s x $attributes"
row '1 attribute' : "mkdir -p baselines/of/2024; echo '* -diff' >baselines/of/2024/$attributes"
row '1 attribute' "mkdir baselines/of; cp $baseline baselines/of/x" "echo '* -diff' >baselines/of/$attributes"
row '1 attribute' : "echo '* -diff' >policies/$attributes"
row '1 attribute' : "mkdir -p .github/workflows; echo '* -diff' >.github/workflows/$attributes"
row '1 attribute' "mkdir -p else/where; git mv $baseline else/where/p.json; sed -i 's,^.target prod.*,&\\nbaseline = else/where/p.json,' $targets" \
	"echo '* -diff' >else/$attributes"
row '1 attribute attribute' : "echo '* -diff' | tee $attributes >baselines/$attributes"
row 0 : "mkdir -p else; echo '* -diff' >else/$attributes; echo '* -diff' >baselines.gitattributes"
row '1 attribute' : "awk 'BEGIN { for (i = 0; i < 9000; i++) print \"*.x text\" }' >$attributes"
# Patterns are not looked at.
row '1 attribute' : "echo '*.png binary' >$attributes"

# ---- jobs ----

for file in .gitlab-ci.yml .kubernetes/scandrift.yaml .github/workflows/scandrift-nightly.yml \
	.github/workflows/scandrift-review.yml .gitlab/scandrift-nightly.yml .gitlab/scandrift-review.yml; do
	row '1 pipeline' : "mkdir -p $(dirname $file); echo 'on: push' >$file"
done
job=.github/workflows/scandrift-nightly.yml
with_job="mkdir -p .github/workflows; echo 'on: push' >$job"
row '1 pipeline' "$with_job" "echo '#' >>$job"
row '1 pipeline' "$with_job" "git rm -q $job"
row '1 pipeline' "$with_job" "git mv $job .github/workflows/other.yml"
row '1 pipeline' "$with_job; printf x >.github/workflows/x" "rm $job; ln -s x $job"
row '1 pipeline' "mkdir -p .github/workflows; printf x >$job; printf x >.github/workflows/x" \
	"rm $job; printf x >.github/workflows/y; ln -s y $job"
row '1 pipeline' "$with_job" 'git rm -rq .github; echo x >.github'
row 0 "$with_job" 'echo x >.github/workflows/build.yml; echo >>README'

# ---- the first proposal ----

none="git rm -rq baselines policies"
vendor="mkdir -p baselines policies; printf '[target a]\\n' >$targets; git show main:$baseline >baselines/a.json
	git show main:$policy >$policy"
row '1 target-added' "$none" "$vendor"
row '1 target-added' "$none" "$vendor; $waiver; $with_job"
row '1 target-added' "$none" "$vendor; printf '[waiver w]\\nrule = drift/Id\\nreason = r\\nowner = o@example.com\\nexpires = 2027-01-01\\n' >>$policy"
row '1 target-added' "$none" "$vendor; printf '[ignore w]\\npath = /Id\\nreason = r\\nowner = o@example.com\\nexpires = 2027-01-01\\n' >>$policy"
row '1 target-added' "$none" "$vendor; printf '[drift]\\n/Id = low\\n' >>$policy"
row '1 target-added' "$none" "$vendor; sed -i '1aendpoint = evil.example.com' $targets"
row '1 target-added attribute' "$none" "$vendor; echo '* -diff' >$attributes"
# Where anything was judged before, it is none.
row '1 waiver-added drift-severity' "git rm -rq policies" "mkdir policies; git show main:$policy >$policy
	printf '[drift]\\n/Id = low\\n' >>$policy
	printf '[waiver w]\\nrule = drift/Latest\\nreason = r\\nowner = o@example.com\\nexpires = 2027-01-01\\n' >>$policy"
row '1 target-added pipeline' 'git rm -rq baselines' "$vendor; $with_job"

# ---- whose credentials go where ----

# third KEYS: a new target, with prod's baseline and these lines.
third="cp $baseline baselines/third.json; printf '[target third]\\n%s\\n' >>$targets"
row 0 : "$third 'profile = prod'"
row 0 : "$third 'profile = prod
endpoint = tcss.ap-guangzhou.tencentcloudapi.com'"
for keys in 'endpoint = evil.example.com' 'sts-endpoint = evil.example.com' \
	'endpoint = tcss.tencentcloudapi.com.evil.example.com' 'endpoint = https://tcss.tencentcloudapi.com:8443' \
	'endpoint = http://127.0.0.1:8080' 'credentials = cvm-role'; do
	row '1 target-added' : "$third 'profile = prod
$keys'"
done
row '1 target-added' : "$third 'profile = other'"
row '1 target-added' : "$third ''"
row '1 target-added' : "$third 'profile = prod
endpoint = evil.example.com
role-arn = qcs::cam::uin/1:roleName/r'"
row '1 target-changed target-added' : "sed -i 's/^profile = staging/&\\nsts-endpoint = evil.example.com/' $targets"
row '1 target-changed target-changed target-changed target-added target-added target-added' : \
	"printf '[defaults]\\nendpoint = evil.example.com\\n' | cat - $targets >targets; mv targets $targets"
# A pair that the base has is known, wherever its host is.
row 0 "sed -i 's/^profile = prod/&\\nendpoint = mirror.example.com/' $targets" \
	"$third 'profile = prod
endpoint = mirror.example.com'"

# ---- names that are taken over ----

row '1 target-renamed' : "$third 'profile = prod
formerly = old'"
row '1 target-renamed' : "sed -i 's/^profile = staging/&\\nformerly = old/' $targets"
row 2 : "sed -i 's/^profile = staging/&\\nformerly = prod/' $targets"
row '1 target-renamed' : "sed -i 's/^.target staging.*/[target stage]\\nformerly = staging/' $targets; git mv baselines/staging.json baselines/stage.json"
row '1 target-removed' : "sed -i 's/^.target staging.*/[target stage]/' $targets; git mv baselines/staging.json baselines/stage.json"
row '1 target-renamed target-removed' "sed -i 's/^profile = staging/&\\nformerly = old/' $targets" \
	"sed -i 's/^.target staging.*/[target old]/; /^formerly/d' $targets; git mv baselines/staging.json baselines/old.json"

# ---- an approval of nothing, and of something else ----

any=sha256:0000000000000000000000000000000000000000000000000000000000000000
for command in ':' 'echo >>README' "printf '[rule on]\\nseverity = low\\nassert = /Enable == true\\n' >>$policy" \
	"$third 'profile = prod'" "cp $baseline $first"; do
	row 0 : "$command"
	for how in range github gitlab; do
		everywhere --approve "$any"
		expect_exit 2
		expect_text err 'nothing in this change needs an approval'
	done
done
row '1 rule-weakened' : "$weaker"
everywhere --approve "$any"
expect_exit 1
expect_text err 'is not the digest of what this change loosens'
