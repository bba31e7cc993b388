# SPDX-License-Identifier: Apache-2.0
#
# A run that records, run again from the recording: the same bytes, whatever happened.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

product_repo repo alpha beta gamma
# An account that is named is told of in the same way, whether it was asked or replayed.
for target in alpha beta gamma; do
	sed -i "s/^\[target $target\]\$/&\nuin = 100000000001/" repo/baselines/targets.ini
done
commit_all repo 'targets: whose they are'
sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >drifted.json
account AKIDPROD prod-key '' drifted.json
start_standin "$accounts" --scenario "$scenario"
use_key AKIDPROD prod-key
SOURCE_DATE_EPOCH=1795478400
export SOURCE_DATE_EPOCH

# One drifted, one with an error of the API, one that answers with what is no JSON.
printf '<html>busy</html>' >page.html
cat >"$scenario" <<EOT
AKIDPROD:DescribeImageRegistryTimingScanTask 2 error UnauthorizedOperation "You may not."
AKIDPROD:DescribeImageRegistryTimingScanTask 3 body "$PWD/page.html"
EOT
run scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now" \
	--format json --record "$PWD/record" --jobs 1
expect_exit 1
expect_valid_result out
expect_json out '.time == "2026-11-24T00:00:00Z"'
expect_json out '[.targets[].account] | unique == ["100000000001"]'
expect_json out '[.targets[].outcome] == ["drifted", "incomplete", "incomplete"]'
cp "$out" live.json
: >"$scenario"

# Without network, without credentials.
stop_standin
unset TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY
run scandrift -C repo check --replay "$PWD/record" --now "$now" --format json
expect_exit 1
expect_same live.json "$out"
run scandrift -C repo check --replay "$PWD/record" --now "$now"
cp "$out" first.text
run scandrift -C repo check --replay "$PWD/record" --now "$now"
expect_same first.text "$out"

# The body is kept byte for byte, and is enough: without the meta file the same is judged, but for
# whose account it is, and that is said.
expect_same page.html record/gamma.json
expect_json record/alpha.meta.json '.status == 200'
rm record/*.meta.json
run_json -C repo check --replay "$PWD/record" --now "$now"
expect_exit 1
expect_json out '[.findings[] | select(.rule == "target/unpinned") | .target] == ["alpha"]'
jq 'del((.findings, .groups)[] | select(.rule == "target/unpinned")) | .counts.info -= 1' "$out" >without.json
jq '.targets[].account = null' live.json >with.json
expect_same with.json without.json

# The bytes of what is no reply are printed, and it is no success.
run scandrift -C repo fetch gamma --raw --replay "$PWD/record"
expect_exit 3
expect_same page.html "$out"
expect_text err 'bad-reply'

# A target without a reply is incomplete; no folder at all is a mistake.
rm record/beta.json
run_json -C repo check --replay "$PWD/record" --now "$now"
expect_exit 1
expect_json out '[.findings[] | select(.target == "beta") | .rule] == ["incomplete/no-reply"]'
run scandrift -C repo check --replay "$PWD/nowhere" --now "$now"
expect_exit 2
expect_empty out
expect_text err 'nowhere'

# fetch records too; what it kept is what it printed.
account AKIDPROD prod-key '' "$common/prod.json"
start_standin "$accounts"
use_key AKIDPROD prod-key
run scandrift -C repo fetch alpha --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --raw \
	--record "$PWD/fetched"
expect_exit 0
expect_same fetched/alpha.json "$out"
run scandrift -C repo fetch alpha --replay "$PWD/fetched"
expect_exit 0
expect_same "$common/prod.json" "$out"

# The ids have all their digits from the wire into the commit and out of it.
sed 's/9007199254740993,/-9223372036854775808,\n9007199254740995,/' "$common/prod.json" >ids.json
account AKIDPROD prod-key '' ids.json
run scandrift -C repo fetch alpha --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE"
expect_exit 0
cp "$out" fetched.json
for id in -9223372036854775808 9007199254740995 18446744073709551615; do
	grep -qE "^ +$id,?\$" fetched.json || fail "not fetched: $id"
done
run scandrift -C repo accept alpha --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --allow-weakened \
	--expect "$(scandrift normalize --digest fetched.json)"
expect_exit 0
git -C repo show HEAD:baselines/alpha.json >committed.json
expect_same fetched.json committed.json
run scandrift -C repo diff HEAD^:baselines/alpha.json HEAD:baselines/alpha.json
expect_exit 1
expect_text out 'lost 9007199254740993, gained -9223372036854775808, 9007199254740995'
run_json -C repo check alpha --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now"
expect_exit 0

# A folder that cannot be written: judged, reported, told once, and not kept.
: >file
run_json -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now" \
	--fail-on never --record "$PWD/file"
expect_exit 4
expect_json out '.side_effect_failed and .verdict == "pass" and (.targets | length == 3)'
expect_text err "--record: "
[ "$(grep -c -e '--record: ' "$err")" -eq 1 ] || fail 'told more than once'
run scandrift -C repo fetch alpha --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --record "$PWD/file"
expect_exit 4
expect_same fetched.json "$out"
