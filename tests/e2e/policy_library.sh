# SPDX-License-Identifier: Apache-2.0
#
# Each rule of policies/*.ini: a schedule on which it holds, and one on which it
# fails with the severity that its file says. The repository's own example passes,
# with what it cannot satisfy waived.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

new_repo repo
cp -R "$SCANDRIFT_SOURCE/policies" repo/policies
rm repo/policies/waivers.ini
mkdir repo/baselines replies
printf '[target t]\nzone = +08:00\n' >repo/baselines/targets.ini
cat >good.json <<'END'
{"Response": {"Enable": true, "ScanScope": 0, "ScanType": ["CVE", "RISK", "VIRUS"], "ScanPeriod": 1,
  "ScanTime": "03:00:00", "ScanEndTime": "07:00:00", "Latest": false, "ContainerRunning": false,
  "LastScanTime": "2026-11-23 03:00:00", "ScanResult": "Success", "RequestId": "r"}}
END
cp good.json replies/t.json
"$SCANDRIFT" normalize good.json >repo/baselines/t.json
commit_all repo 'schedule'

check() {
	run_json -C repo check --replay "$PWD/replies" --now "$now"
}

check
expect_exit 0
expect_json out '.policies_judged and .verdict == "pass" and (.findings | length == 0)'

# fails RULE SEVERITY FILTER: the rule fails on the good reply after jq's FILTER,
# with that severity, and no other rule does but those named behind.
tried=
fails() {
	rule=$1
	severity=$2
	filter=$3
	shift 3
	tried="$tried $rule"
	jq ".Response |= ($filter)" good.json >replies/t.json
	check
	expect_exit 1
	expect_json out "[.findings[] | select(.rule == \"policy/$rule\")] | length > 0 and all(.[];
		.severity == \"$severity\" and .class == \"policy\" and .waived == null and
		.target == \"t\" and (.title | length > 0) and
		(.rationale | length > 0) and (.remediation | length > 0) and
		.meaning == .rationale and .next == .remediation)"
	also=$(jq -r '[.findings[].rule | select(startswith("policy/"))] | unique | .[]' "$out" |
		sed 's,^policy/,,' | grep -vxF "$rule" | xargs)
	[ "$also" = "$*" ] || fail "beside $rule these fail: $also; expected: $*"
}

fails coverage/scan-on critical '.Enable = false'
fails coverage/something-scanned critical '.ScanScope = 1' coverage/scope-all
fails coverage/coverage-known medium '.ScanScope = null'
fails coverage/scan-types-complete high '.ScanType = ["CVE", "VIRUS"]'
fails coverage/scope-all medium '.ScanScope = 2'
fails coverage/no-filters medium '.RegistryType = ["tcr"]'
fails coverage/no-filters medium '.Namespace = ["apps"]'
fails coverage/nothing-excluded high '.ExcludeImageAssetIds = [888]'
fails coverage/older-versions medium '.Latest = true'
fails coverage/idle-images medium '.ContainerRunning = true'
fails schedule/scanned-daily high '.ScanPeriod = 2'
fails schedule/quiet-hours low '.ScanTime = "12:00:00" | .ScanEndTime = "16:00:00"'
fails schedule/window-long-enough medium '.ScanEndTime = "03:00:01"'
fails schedule/window-long-enough medium '.ScanEndTime = null'
fails schedule/scanned-lately high '.LastScanTime = "2026-11-22 12:00:00"'
fails schedule/licences-suffice high '.ScanResult = "InsufficientLicense"'

# The edges of what still holds.
for holds in '.ScanTime = "06:00:00" | .ScanEndTime = "10:00:00"' '.LastScanTime = null' '.ScanType += ["NEW"]' '.ContainerRunning = null' '.Latest = null' \
	'.ScanResult = "ImageNeedIsEmpty"' '.ScanResult = null' \
	'.Enable = true | .ScanType = ["risk", "virus", "cve"]'; do
	jq ".Response |= ($holds)" good.json >replies/t.json
	check
	expect_json out '[.findings[] | select(.class == "policy")] | length == 0'
done

# The edges of the night, whose windows are too short or go over midnight.
for night in '.ScanTime = "22:00:00"' '.ScanTime = "06:00:00" | .ScanEndTime = "07:00:00"' \
	'.ScanTime = "23:59:59"'; do
	jq ".Response |= ($night)" good.json >replies/t.json
	check
	expect_json out '[.findings[] | select(.class == "policy").rule] ==
		["policy/schedule/window-long-enough"]'
done

# Off is one finding and not twelve.
jq '.Response |= (.Enable = false | .ScanType = [] | .ScanPeriod = 9)' good.json >replies/t.json
check
expect_json out '[.findings[] | select(.class == "policy").rule] == ["policy/coverage/scan-on"]'

# No rule of the library is left out.
for file in "$SCANDRIFT_SOURCE"/policies/*.ini; do
	id=$(sed -n 's/^id *= *//p' "$file")
	for name in $(sed -n 's/^\[rule \(.*\)\]$/\1/p' "$file"); do
		case " $tried " in
		*" $id/$name "*) ;;
		*) fail "nothing tries the rule $id/$name" ;;
		esac
	done
done
# Eight of them or more name a control.
[ "$(cat "$SCANDRIFT_SOURCE"/policies/*.ini | grep -c '^controls')" -ge 8 ] || fail 'controls'

# The example of this repository: what the vendor's sample lacks is waived, for these values alone, in
# a file that has no rule.
rm -rf repo/policies repo/baselines
cp -R "$SCANDRIFT_SOURCE/policies" "$SCANDRIFT_SOURCE/baselines" repo/
commit_all repo 'the example'
jq '{Response: (. + {RequestId: "r"})}' repo/baselines/prod.json >replies/prod.json
check
expect_exit 0
expect_json out '.counts.waived == 3 and
	[.findings[] | select(.waived == null).rule] - ["liveness/unknown", "policy/empty"] == []'
jq '.Response.ScanType = ["RISK"]' replies/prod.json >other.json && mv other.json replies/prod.json
check
expect_exit 1
expect_json out '[.findings[] | select(.rule == "policy/coverage/scan-types-complete")] |
	length == 1 and .[0].waived == null and .[0].found == ["RISK"]'
