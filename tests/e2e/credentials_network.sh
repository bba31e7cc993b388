# SPDX-License-Identifier: Apache-2.0
#
# Credentials that have to be asked for, and whose they are: a pod's web identity, the machine's
# role, a role assumed on top, uin. STS and the metadata service answer on real ports.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

# role NAME UIN [MEMBERS]: what assuming it gives.
role() {
	printf '{"SecretKey": "canary-%s-key", "Token": "canary-%s-token", "Uin": "%s",%s\n "Response": ' \
		"$1" "$1" "$2" "${3:-}" >"$accounts/ROLE-$1.json"
	cat "$common/prod.json" >>"$accounts/ROLE-$1.json"
	echo '}' >>"$accounts/ROLE-$1.json"
}

# targets [LINE...]: commits one target, prod, with these keys.
targets() {
	{
		echo '[target prod]'
		printf '%s\n' "$@"
	} >repo/baselines/targets.ini
	commit_all repo 'targets: other keys'
}

# check URL [OPTION...]
check() {
	url=$1
	shift
	run_json -C repo check --endpoint "$url" --ca-bundle "$CA_FILE" --now "$now" "$@"
	cat "$out" "$err" >>said
}

explain() {
	run scandrift -C repo fetch prod --explain-credentials --endpoint "$HTTPS_URL" \
		--ca-bundle "$CA_FILE"
	cat "$out" "$err" >>said
}

# calls ACTION: how often the server was asked for it.
calls() {
	grep -c " action=$1 " "$standin_log" || :
}

product_repo repo prod
account AKIDPROD canary-env-key '' "$common/prod.json"
role auditor 100000000001
role pod 100000000002 ' "WebIdentityToken": "canary.web.token",'
cp "$accounts/ROLE-pod.json" "$accounts/INSTANCE.json"
start_standin "$accounts" --scenario "$scenario"

# The account of a credential that the target pins, and of one that it does not.
use_key AKIDPROD canary-env-key
targets 'uin = 100000000001'
check "$HTTPS_URL"
expect_exit 0
expect_json out '[.findings[].rule] - ["liveness/unknown"] == []'
[ "$(calls GetCallerIdentity)" = 1 ] || fail 'the account was not asked for once'
targets 'uin = 100000000009'
check "$HTTPS_URL"
expect_exit 3
expect_findings 'incomplete/wrong-account high prod'
expect_text out 'account 100000000001'
[ "$(calls DescribeImageRegistryTimingScanTask)" = 1 ] || fail 'the wrong account was asked'
echo '*:GetCallerIdentity * error UnauthorizedOperation "No."' >"$scenario"
targets 'uin = 100000000001'
check "$HTTPS_URL"
expect_exit 3
expect_findings 'incomplete/permission high prod'
: >"$scenario"
explain
expect_exit 0
expect_text out 'environment  used: TENCENTCLOUD_SECRET_ID'
expect_text out 'account      100000000001'
expect_text out 'profile      passed over: the target names none'
expect_text out 'tke          not looked at'

# STS that does not answer: who pins an account is incomplete, who does not is evaluated, and both
# say so. The recording knows no account either.
nowhere='sts-endpoint = http://127.0.0.1:1'
away() {
	{
		echo '[target prod]'
		echo "endpoint = $HTTPS_URL"
		printf '%s\n' "$nowhere" "$@"
	} >repo/baselines/targets.ini
	commit_all repo 'targets: STS is away'
	run_json -C repo check --ca-bundle "$CA_FILE" --now "$now" --record "$PWD/away"
	cat "$out" "$err" >>said
}
asked=$(calls DescribeImageRegistryTimingScanTask)
away 'uin = 100000000001'
expect_exit 3
expect_findings 'incomplete/connect high prod'
expect_text out 'GetCallerIdentity: '
expect_json out '.targets[0].account == null'
[ "$(calls DescribeImageRegistryTimingScanTask)" = "$asked" ] || fail 'an account that is not verified was asked'
away
expect_exit 0
expect_findings 'target/unpinned info prod'
expect_text out 'it is not known: GetCallerIdentity: '
expect_json out '.targets[0] | .account == null and .outcome == "equal"'
expect_json away/prod.meta.json '.account == null and .failure == null'
run_json -C repo check --replay "$PWD/away" --now "$now"
expect_exit 0
expect_findings 'target/unpinned info prod'
# Pinned later, what nobody verified is said to be so.
targets 'uin = 100000000001'
run_json -C repo check --replay "$PWD/away" --now "$now"
expect_exit 0
expect_findings 'target/unpinned info prod'
expect_text out 'was not verified'

# A role on top: had once for all its targets, and asked once whose it is. The text of its ARN proves
# nothing.
asked=$(calls GetCallerIdentity)
printf '[defaults]\nrole-arn = qcs::cam::uin/100000000001:roleName/auditor\nbaseline = baselines/prod.json\n%s\n%s\n%s\n' \
	'[target a]' '[target b]' '[target c]' >repo/baselines/targets.ini
commit_all repo 'targets: three of one role'
check "$HTTPS_URL"
expect_exit 0
expect_findings 'target/unpinned info a' 'target/unpinned info b' 'target/unpinned info c'
expect_text out 'it was account 100000000001'
expect_text out 'Set uin = 100000000001'
[ "$(calls AssumeRole)" = 1 ] || fail 'the role was not assumed once'
[ "$(calls GetCallerIdentity)" = $((asked + 1)) ] || fail 'the account of the role was not asked for once'
expect_json out '[.targets[].account] | unique == ["100000000001"]'
echo '{"Response": {"AccountId": "100000000007", "Arn": "x", "RequestId": "r"}}' >"$SCRATCH/caller.json"
echo 'ROLE-auditor:GetCallerIdentity * body caller.json' >"$scenario"
targets 'role-arn = qcs::cam::uin/100000000001:roleName/auditor' 'uin = 100000000001'
check "$HTTPS_URL"
expect_exit 3
expect_findings 'incomplete/wrong-account high prod'
expect_text out 'account 100000000007'
: >"$scenario"

# One account by two credentials: a role and the keys below it. It is in the recording, so that the run
# that merges shards says it too, and it can be waived.
both() {
	{
		printf '[defaults]\nbaseline = baselines/prod.json\n'
		printf '[target a]\n[target b]\n[target c]\n'
		echo 'role-arn = qcs::cam::uin/100000000001:roleName/auditor'
	} >repo/baselines/targets.ini
	commit_all repo 'targets: one account in two ways'
}
three='target/unpinned info a
target/unpinned info b
target/unpinned info c'
same='target/same-account medium a
target/same-account medium b
target/same-account medium c'
both
check "$HTTPS_URL" --record "$PWD/both"
expect_exit 1
expect_findings "$three" "$same"
expect_text out 'Account 100000000001 is that of target c too, by other credentials'
check "$HTTPS_URL" a b
expect_exit 0
expect_findings 'target/unpinned info a' 'target/unpinned info b'
run_json -C repo check --replay "$PWD/both" --now "$now" --journal
expect_exit 1
expect_findings "$three" "$same"
git -C repo cat-file -p refs/heads/scandrift/runs:run.json >record.json
expect_json record.json '[.targets[].account] == ["100000000001", "100000000001", "100000000001"]'
expect_json both/a.meta.json '.account == "100000000001"'
mkdir repo/policies
cat >repo/policies/own.ini <<'EOT'
[policy]
id = own
title = What was decided

[rule on]
severity = high
assert = /Enable == true

[waiver two-ways]
rule = target/same-account
reason = The role is being introduced
owner = ops@example.com
expires = 2026-12-31
EOT
commit_all repo 'policies: decided'
check "$HTTPS_URL"
expect_exit 0
expect_json out '.counts.waived == 3'
# A run that cannot see both does not say that the waiver is of no use.
check "$HTTPS_URL" a
expect_exit 0
expect_json out '[.findings[] | select(.rule == "waiver/unused")] == []'
rm both/*.meta.json
run_json -C repo check --replay "$PWD/both" --now "$now"
expect_json out '[.findings[] | select(.rule == "waiver/unused")] == []'
printf '[defaults]\nbaseline = baselines/prod.json\n[target a]\n[target b]\n' >repo/baselines/targets.ini
commit_all repo 'targets: one key'
check "$HTTPS_URL"
expect_exit 1
expect_json out '[.findings[] | select(.rule == "waiver/unused")] | length == 1'
git -C repo rm -q -r policies
commit_all repo 'policies: none'
targets 'role-arn = qcs::cam::uin/100000000001:roleName/nobody'
check "$HTTPS_URL"
expect_exit 3
expect_text out 'AssumeRole: The role is not found.'
expect_json out '.findings[0].api_code == "ResourceNotFound.RoleNotFound"'
expect_json out '.findings[0].request_id != null'

# A token that is refused is tried once more, and no further.
targets 'role-arn = qcs::cam::uin/100000000001:roleName/auditor'
echo 'ROLE-auditor 1 error AuthFailure.TokenFailure "Expired."' >"$scenario"
check "$HTTPS_URL"
expect_exit 0
echo 'ROLE-auditor * error AuthFailure.TokenFailure "Expired!"' >"$scenario"
check "$HTTPS_URL"
expect_exit 3
: >"$scenario"

# A pod. Its token stands in a file that is read when it is needed.
unset TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY
TKE_REGION=ap-guangzhou
TKE_PROVIDER_ID=provider
TKE_WEB_IDENTITY_TOKEN_FILE=$PWD/token
TKE_ROLE_ARN=qcs::cam::uin/100000000002:roleName/pod
export TKE_REGION TKE_PROVIDER_ID TKE_WEB_IDENTITY_TOKEN_FILE TKE_ROLE_ARN
echo canary.web.token >token
targets 'uin = 100000000002'
check "$HTTPS_URL"
expect_exit 0
targets 'uin = 100000000002' 'credentials = cvm-role'
explain
expect_exit 0
expect_text out 'tke          used:'
expect_text out 'cvm-role     not looked at'
echo canary.wrong.token >token
check "$HTTPS_URL"
expect_exit 3
expect_text out 'AssumeRoleWithWebIdentity: The web identity token is invalid.'
rm token
check "$HTTPS_URL"
expect_exit 3
expect_findings 'incomplete/credentials high prod'
unset TKE_REGION TKE_PROVIDER_ID TKE_WEB_IDENTITY_TOKEN_FILE TKE_ROLE_ARN

# The machine's role: only where it is asked for, and never through a proxy.
SCANDRIFT_METADATA_URL=$HTTP_URL
http_proxy=http://127.0.0.1:1
all_proxy=http://127.0.0.1:1
export SCANDRIFT_METADATA_URL http_proxy all_proxy
targets 'credentials = cvm-role' 'uin = 100000000002'
check "$HTTPS_URL"
expect_exit 0
targets 'uin = 100000000002'
check_none() {
	run scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE"
	expect_exit 2
	expect_empty out
	expect_text err 'no credentials'
}
check_none
rm "$accounts/INSTANCE.json"
targets 'credentials = cvm-role'
check "$HTTPS_URL"
expect_exit 3
expect_text out 'no role is bound to this instance'
SCANDRIFT_METADATA_URL=http://10.0.0.1
check "$HTTPS_URL"
expect_exit 3
unset SCANDRIFT_METADATA_URL http_proxy all_proxy

# Files, with the program as it is installed.
mkdir -p "$HOME/.tccli"
printf '{"secretId": "AKIDPROD", "secretKey": "canary-env-key", "token": null}' \
	>"$HOME/.tccli/audit.credential"
targets 'profile = audit' 'uin = 100000000001'
check "$HTTPS_URL"
expect_exit 0
expect_text err 'audit.credential: others can read'
chmod 600 "$HOME/.tccli/audit.credential"
check "$HTTPS_URL"
expect_no_text err 'others can read'
printf '{"type": "sso", "expiresAt": 1000000000, "secretId": "x", "secretKey": "canary-sso"}' \
	>"$HOME/.tccli/audit.credential"
explain
expect_exit 2
expect_text out 'sso login expired at 2001-09-09T01:46:40Z'

if grep -q canary said "$standin_log"; then
	fail 'a secret was shown'
fi
