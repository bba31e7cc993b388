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

# A role on top: had once for all its targets, its account is known without asking.
printf '[defaults]\nrole-arn = qcs::cam::uin/100000000001:roleName/auditor\nbaseline = baselines/prod.json\n%s\n%s\n%s\n' \
	'[target a]' '[target b]' '[target c]' >repo/baselines/targets.ini
commit_all repo 'targets: three of one role'
check "$HTTPS_URL"
expect_exit 0
expect_findings 'target/unpinned info a' 'target/unpinned info b' 'target/unpinned info c'
expect_text out 'it was account 100000000001'
expect_text out 'Set uin = 100000000001'
[ "$(calls AssumeRole)" = 1 ] || fail 'the role was not assumed once'
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
