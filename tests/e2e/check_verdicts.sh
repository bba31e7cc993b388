# SPDX-License-Identifier: Apache-2.0
#
# Each verdict of check, against the API stand-in over real TLS: what it says, and how it ends.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

product_repo repo prod
account AKIDPROD prod-key '' "$common/prod.json"
start_standin "$accounts" --scenario "$scenario"
use_key AKIDPROD prod-key

# Checks as a program would, then as a person would: $out is the JSON, the file text the text.
check() {
	run_json -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now"
	cp "$out" result.json
	json_code=$code
	run scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now"
	[ "$json_code" = "$code" ] || fail "text exits $code, json $json_code"
	cp "$out" text
	cp result.json "$out"
}

# The last RequestId that the server gave.
last_request() {
	sed -n 's/.* action=Describe.* request=\([^ ]*\).*/\1/p' "$standin_log" | tail -n 1
}

# Of the schedule; whose the key is, is asked beside.
requests() {
	grep -c ' action=DescribeImageRegistryTimingScanTask ' "$standin_log" || :
}

# Who the account is, the targets do not say.
unpinned='target/unpinned info'

# Equal.
check
expect_exit 0
expect_findings "$unpinned prod"
expect_json out '.verdict == "pass" and .targets[0].outcome == "equal"'
expect_json out '.targets[0] | .baseline_digest == .live_digest'
expect_output equal.text text
expect_empty err

# A scan type is gone from the account: the next run says so.
sed -i '/"RISK",/d; s/"VIRUS"/"RISK"/' "$accounts/AKIDPROD.json"
check
expect_exit 1
expect_findings 'drift/ScanType high prod' "$unpinned prod"
expect_json out '.targets[0].changes == [{"path": "/ScanType", "op": "replace",
	"before": ["CVE", "RISK", "VIRUS"], "after": ["CVE", "RISK"],
	"before_count": 3, "after_count": 2, "removed": ["VIRUS"], "added": [], "altered": [],
	"direction": "weakened", "may_lose": true, "may_gain": false, "plain": "weakened"}]'
expect_json out '.findings[0] | .file == "baselines/prod.json" and .line == 4'
expect_output drifted.text text
expect_empty err
run scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --fail-on critical
expect_exit 0
run scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --fail-on never
expect_exit 0
expect_text out 'drift/ScanType'

# And back.
account AKIDPROD prod-key '' "$common/prod.json"
check
expect_exit 0

# Switched off.
sed -i 's/"Enable": true/"Enable": false/' "$accounts/AKIDPROD.json"
check
expect_exit 1
expect_findings 'drift/Enable critical prod' "$unpinned prod"
account AKIDPROD prod-key '' "$common/prod.json"

# A wrong key: the API's code and RequestId, and no second try.
use_key AKIDPROD another-key
before=$(requests)
check
expect_exit 3
[ "$(requests)" -eq "$((before + 2))" ] || fail 'a wrong key was tried again'
expect_findings 'incomplete/credentials high prod' "$unpinned prod"
expect_json out '.findings[0].api_code == "AuthFailure.SignatureFailure"'
expect_json out '.targets[0].outcome == "incomplete" and .targets[0].live_digest == null'
expect_json out '.findings[0].request_id == .targets[0].request_id'
expect_text text "$(last_request)"
expect_text "$standin_log" "request=$(jq -r '.findings[0].request_id' result.json)"
expect_output wrong-key.text text
use_key AKIDPROD prod-key

# A reply that ends early is no reply, however often it is asked for.
echo 'AKIDPROD * cut 40' >"$scenario"
run_json -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now"
expect_exit 3
expect_findings 'incomplete/truncated high prod' "$unpinned prod"
echo 'AKIDPROD:DescribeImageRegistryTimingScanTask 1 cut 40' >"$scenario"
run_json -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now"
expect_exit 0
: >"$scenario"

# Someone else answers at the endpoint: the CA is not the one that was named.
run_json -C repo check --endpoint "$HTTPS_URL" --now "$now"
expect_exit 3
expect_findings 'incomplete/certificate high prod' "$unpinned prod"

# Two targets: the first fails, the second drifted. Both are told, and 1 outranks 3. One at a time: the scenario
# counts requests.
product_repo two alpha beta
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$accounts/AKIDPROD.json"
echo 'AKIDPROD:DescribeImageRegistryTimingScanTask 1 error UnauthorizedOperation "You may not."' >"$scenario"
run_json -C two check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now" --jobs 1
expect_exit 1
expect_findings 'incomplete/permission high alpha' 'drift/ScanPeriod high beta' "$unpinned alpha" "$unpinned beta"
expect_json out '.verdict == "fail" and .incomplete and .counts.drifted == 1'
expect_json out '[.targets[] | .name + " " + .outcome] == ["alpha incomplete", "beta drifted"]'
echo 'AKIDPROD:DescribeImageRegistryTimingScanTask 1 error UnauthorizedOperation "You may not!"' >"$scenario"
run scandrift -C two check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now" --jobs 1
expect_exit 1
expect_output two.text
: >"$scenario"
run_json -C two check beta --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now"
expect_exit 1
expect_findings 'drift/ScanPeriod high beta' "$unpinned beta"
account AKIDPROD prod-key '' "$common/prod.json"

# A committed baseline that is none is critical, and the other target is judged all the same.
sed -i '5s/"RISK",/"RISK"/' two/baselines/alpha.json
sed -i '6s/$/\x07/' two/baselines/alpha.json
commit_all two 'alpha: broken'
run_json -C two check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now"
expect_exit 1
expect_findings 'baseline/malformed critical alpha' "$unpinned alpha" "$unpinned beta"
expect_json out '.findings[0] | .file == "baselines/alpha.json" and .line == 6'
expect_json out '[.targets[] | .name + " " + .outcome] == ["alpha no-baseline", "beta equal"]'
run scandrift -C two check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now"
expect_output malformed.text

# No baseline in the commit.
git -C two rm -q --cached baselines/beta.json
rm two/baselines/beta.json
commit_all two 'beta: gone'
run_json -C two check beta --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now"
expect_exit 1
expect_findings 'baseline/missing high beta' "$unpinned beta"
expect_json out '.targets[0].outcome == "no-baseline"'

# Nobody listens any more.
gone=$HTTPS_URL
stop_standin
run_json -C repo check --endpoint "$gone" --ca-bundle "$CA_FILE" --now "$now"
expect_exit 3
expect_findings 'incomplete/connect high prod' "$unpinned prod"
expect_json out '.targets[0].request_id == null and .findings[0].api_code == null'

# What cannot be begun: nothing is judged, and nothing is on standard output.
run scandrift -C repo check prud --now "$now"
expect_exit 2
expect_empty out
expect_text err 'did you mean "prod"?'
printf '\n[target dev]\nzone = +08:00\nregoin = ap-guangzhou\n' >>repo/baselines/targets.ini
commit_all repo 'targets: a misspelled key'
run scandrift -C repo check --now "$now"
expect_exit 2
expect_empty out
expect_text err 'baselines/targets.ini:5: '
expect_text err 'did you mean "region"?'
git -C repo reset -q --hard HEAD^
(
	unset TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY
	run scandrift -C repo check --now "$now"
	expect_exit 2
	expect_empty out
	expect_text err 'TENCENTCLOUD_SECRET_ID'
)
