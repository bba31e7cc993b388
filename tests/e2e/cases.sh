# SPDX-License-Identifier: Apache-2.0
#
# Faults that users of other tools have reported (tests/data/cases): each folder is the work tree
# of a repository, its case.md says what the right result is.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

# begin NAME: stands in a repository with what is in the case's folder, all of it committed.
begin() {
	cp -r "$SCANDRIFT_CASES/$1" "$SCRATCH/work/$1" || fail "no case $1"
	chmod -R u+w "$SCRATCH/work/$1"
	cd "$SCRATCH/work/$1" || fail "no folder $1"
	new_repo .
	git add baselines
	[ ! -d policies ] || git add policies
	git commit -q -m 'as agreed'
	before=$(git rev-parse HEAD)
}

# check REPLIES [OPTION...]
check() {
	replies=$1
	shift
	run_json check --replay "$replies" --now "$now" "$@"
}

# expect_no_commit: no branch but the one that was there, and that where it was.
expect_no_commit() {
	echo "$before refs/heads/main" >"$SCRATCH/want.refs"
	git for-each-ref --format='%(objectname) %(refname)' >"$SCRATCH/have.refs"
	expect_same "$SCRATCH/want.refs" "$SCRATCH/have.refs"
}

# expect_first_night: the first of equal nights is on a branch of its own, and none of the others.
expect_first_night() {
	printf '%s refs/heads/main\n%s refs/heads/scandrift/observed\n' "$before" \
		"$(git rev-list --max-parents=0 scandrift/observed)" >"$SCRATCH/want.refs"
	git for-each-ref --format='%(objectname) %(refname)' >"$SCRATCH/have.refs"
	expect_same "$SCRATCH/want.refs" "$SCRATCH/have.refs"
}

begin 01-null-absent-empty
for r in a b c; do
	scandrift normalize --digest "replies-$r/prod.json" >>digests
	check "replies-$r"
	expect_exit 0
	expect_findings
done
[ "$(wc -l <digests)" -eq 3 ] && [ "$(sort -u digests | wc -l)" -eq 1 ] || fail 'not three equal digests'

begin 03-order-means-nothing
for _ in 1 2; do
	check replies --commit
	expect_exit 0
	expect_findings
	expect_first_night
done
run scandrift normalize replies/prod.json
expect_exit 0
expect_same baselines/prod.json "$out"

begin 05-time-and-type-forms
check replies-a --commit
expect_exit 0
expect_findings
check replies-b --commit
expect_exit 3
expect_findings 'schema/bad-value high prod'
expect_json out '.findings[0].path == "/ScanTime" and .targets[0].outcome == "incomplete"'
check replies-c --commit
expect_exit 3
expect_findings 'schema/type-changed high prod'
expect_json out '.findings[0].path == "/ScanPeriod" and .targets[0].outcome == "incomplete"'
expect_first_night

begin 07-unknown-new-field
check replies
expect_exit 1
expect_findings 'schema/unknown-field info prod' 'drift/ScanPolicy high prod'
expect_json out '.targets[0].changes == [{"path": "/ScanPolicy", "op": "add", "before": null,
	"after": {"a": null, "z": [3, 1, 2]}, "direction": "unknown", "plain": "unknown",
	"may_lose": true, "may_gain": true}]'
run scandrift normalize replies/prod.json
expect_exit 0
expect_line out '  "ScanPolicy": {"a": null, "z": [3, 1, 2]}'
cp -r b "$SCRATCH/work/07-accepted"
cd "$SCRATCH/work/07-accepted" || fail 'no folder'
new_repo .
commit_all . 'as agreed'
check replies
expect_exit 0
expect_findings 'schema/unknown-field info prod'

begin 09-error-in-a-200
for row in a:ResourceNotFound b:UnauthorizedOperation c:InternalError; do
	check "replies-${row%%:*}" --commit
	expect_exit 3
	expect_json out "[.findings[] | .class, .api_code, .request_id] ==
		[\"incomplete\", \"${row#*:}\", \"00000000-0000-4000-8000-000000000009\"]"
	expect_json out '.findings[0].rule | startswith("incomplete/")'
	expect_json out '.targets[0].live_digest == null'
done
expect_no_commit

begin 49-policy-in-a-subfolder
# Not to be committed with the rest.
mv replies ../49-replies
check ../49-replies
expect_exit 1
expect_findings 'policy/strict/daily critical prod'
git switch -q -c pr
sed -i 's/<= 1/<= 99/' policies/prod/strict.ini
commit_all . loosen
run_json review main..pr
expect_exit 1
expect_json out '[.findings[].rule] == ["approval/rule-weakened"]'
git switch -q main
git mv policies/base.ini policies/base.INI
commit_all . renamed
run scandrift check --replay ../49-replies --now "$now"
expect_exit 2
expect_text err 'policies/base.INI: policies are files that end in .ini'
git mv policies/base.INI policies/base.ini
printf '[policy]\nid = base\n' >policies/base.ini
git rm -q -r policies/prod
commit_all . empty
check ../49-replies
expect_exit 1
expect_json out '[.findings[] | [.rule, .severity, .file, .line]] == [["policy/empty", "low", "policies/base.ini", 2]]'

# The first night is always a commit, and no empty one: it holds what was live.
begin 19-no-empty-commits
check replies-a --commit
expect_exit 0
[ "$(git ls-tree -r --name-only scandrift/observed)" = baselines/prod.json ] || fail 'an empty commit'
check replies-a --commit
expect_exit 0
expect_first_night
for _ in 1 2 3; do
	check replies-b --commit
	expect_exit 1
	expect_findings 'drift/ScanPeriod high prod'
	expect_json out '.findings[0].direction == "weakened"'
done
[ "$(git rev-list --count scandrift/observed)" -eq 2 ] || fail 'not exactly one commit'
git log -1 --format=%B scandrift/observed >message
expect_text message "$before"
[ "$(git rev-parse main)" = "$before" ] || fail 'main has moved'

begin 27-wrong-clock
check replies
expect_exit 3
expect_findings 'incomplete/clock high prod'
expect_json out '.findings[0] | .api_code == "AuthFailure.SignatureExpire" and
	.request_id == "00000000-0000-4000-8000-000000000027" and (.message | contains("clock"))'

# What tries to be a command stays data, in each format and on both streams.
begin 23-workflow-command-escaping
for format in github text json markdown; do
	run env GITHUB_ACTIONS=true "$SCANDRIFT" check --replay replies --now "$now" --format "$format"
	expect_exit 1
	for stream in "$out" "$err"; do
		if tr '\r' '\n' <"$stream" | grep -n '^[[:space:]]*::\(stop-commands\|set-\|add-mask\)\|##\['; then
			fail "$format: a line is a command"
		fi
		[ "$format" = github ] || ! tr '\r' '\n' <"$stream" | grep -n '^[[:space:]]*::' ||
			fail "$format: a line is a command"
	done
done
run_json check --replay replies --now "$now"
findings=$(jq '.findings | length' "$out")
run env GITHUB_ACTIONS=true "$SCANDRIFT" check --replay replies --now "$now" --format github
[ "$(grep -c '^::' "$out")" = "$findings" ] || fail "a line a finding: want $findings"
expect_text out '%0A'
! grep -n '^::[^:]*README' "$out" || fail 'a property is forged'

# The same for the systems that look for theirs anywhere in a line. Nothing says which of them reads.
cp -r "$SCANDRIFT_CASES/47-azure-logging-commands" "$SCRATCH/work/47"
chmod -R u+w "$SCRATCH/work/47"
cd "$SCRATCH/work/47" || fail 'no folder'
sh setup.sh
cd work || fail 'no repository'
no_command() {
	for stream in "$out" "$err"; do
		! grep -niE '##[a-z]*\[' "$stream" || fail "$1: a command"
		! grep -n "$(printf '\033')" "$stream" || fail "$1: an escape sequence"
	done
}
for system in NONE=1 TF_BUILD=True GITHUB_ACTIONS=true TEAMCITY_VERSION=1 GITLAB_CI=true; do
	for format in text markdown github json; do
		run env "$system" "$SCANDRIFT" review main..pr --format "$format" --now "$now"
		expect_exit 1
		no_command "$system $format"
		expect_text out 'task.setvariable variable=APPROVED'
		expect_text out '#\u0023vso['
	done
done
expect_json out '[.findings[].message | select(contains("##vso[task.prependpath]"))] != []'

# And in what history says.
sub=$(printf 'a ##teamcity[x] ##vso[y] ##[z] \033[0Ksection_start:1:x\r\033[0K::error::x')
git commit -q --allow-empty -m "$sub"
printf ' \n' >>baselines/prod.json
git commit -q -a -m "$sub"
for format in text json; do
	run scandrift log --branch pr --format "$format"
	expect_exit 0
	no_command "log $format"
	expect_text out '#\u0023teamcity['
	expect_text out 'section_start'
done

# Nothing was ever set up, or somebody deleted it: off is off, whatever the rest is.
begin 31-zero-values-of-a-fresh-account
check replies
expect_exit 1
expect_findings 'drift/Enable critical prod' 'drift/ScanType info prod' 'drift/ScanPeriod info prod' \
	'drift/ScanTime info prod' 'drift/ScanEndTime info prod' 'policy/base/scan-types critical prod'
expect_json out '.targets[0] | .outcome == "drifted" and .direction == "weakened"'
# The trap: where the schedule is on, a time and a period are demanded.
mkdir on
for field in ScanTime:'""' ScanPeriod:0; do
	jq -c ".Response.Enable = true | .Response.ScanTime = \"02:00\" | .Response.ScanPeriod = 1 |
		.Response.${field%%:*} = ${field#*:}" replies/prod.json >on/prod.json
	check on --commit
	expect_exit 3
	expect_findings 'incomplete/missing-field high prod' 'liveness/stale info prod'
	expect_json out ".findings[0].path == \"/${field%%:*}\""
done
expect_no_commit

# One list that lost or gained twenty thousand is one change; only JSON has it whole.
begin 25-twenty-thousand-ids
sh gen.sh
run_json check --replay replies --now "$now"
expect_exit 1
expect_json out '[.findings[] | select(.class == "drift") | [.rule, .severity, .direction]] ==
	[["drift/ExcludeImageAssetIds", "high", "weakened"]]'
[ "$(wc -c <"$out")" -gt 100000 ] || fail 'JSON does not hold all ids'
for format in text markdown github; do
	run scandrift check --replay replies --now "$now" --format "$format"
	expect_exit 1
	[ "$(wc -c <"$out")" -lt 65536 ] || fail "$format: $(wc -c <"$out") bytes"
	[ "$(grep -c '^::error' "$out")" -le 10 ] || fail "$format: too many annotations"
	expect_text out '19997 more'
done

# A key file in a form that the vendor's Python client reads; nothing else has keys.
cp -r "$SCANDRIFT_CASES/45-key-file-as-python-reads-it" "$SCRATCH/work/45"
chmod -R u+w "$SCRATCH/work/45"
cd "$SCRATCH/work/45" || fail 'no folder'
sh setup.sh 2>setup.err || fail "$(cat setup.err)"
cd work || fail 'no repository'
explain() {
	run env HOME="$1" "$SCANDRIFT" fetch prod --explain-credentials --endpoint http://127.0.0.1:1
}
explain "$PWD/../home"
expect_text out 'sdk-file     used:'
expect_no_text err 'credentials from'
expect_no_text out 'keyofaccounta'
sed 's/^\[default\]/[default] # note/' ../home/.tencentcloud/credentials >noted
mv noted ../home/.tencentcloud/credentials
chmod 600 ../home/.tencentcloud/credentials
explain "$PWD/../home"
expect_text out 'sdk-file     used:'
# A section of a role alone is an error where a target names it.
echo 'profile = audit' >>baselines/targets.ini
git commit -q -a -m 'targets: another profile'
explain "$PWD/../home"
expect_exit 2
expect_text out 'credentials:5: the section has a role_arn and no keys'

# Permanent keys that were typed over a login: refused, and both ways out are named.
begin 33-leftover-login-type
chmod 600 home/.tccli/default.credential
explain "$PWD/home"
expect_exit 2
expect_text out 'default.credential: the oauth login expired at 2023-11-14T22:13:20Z'
expect_text out 'log in again with tccli auth login, or, where the keys are permanent'
expect_no_text out 'EXAMPLEKEYOFAPERMANENTPAIR'
# The second way is this user's, and works.
sed '/"type"/d' home/.tccli/default.credential >plain
mv plain home/.tccli/default.credential
chmod 600 home/.tccli/default.credential
explain "$PWD/home"
expect_text out 'tccli-file   used:'
