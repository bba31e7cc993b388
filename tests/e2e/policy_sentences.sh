# SPDX-License-Identifier: Apache-2.0
#
# Sentences that compliance officers ask for, as rules: for each the text, a schedule that
# passes, one that fails, and the message.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

new_repo repo
mkdir repo/baselines repo/policies replies
printf '[target prod-a]\nzone = +08:00\n[target test-a]\nzone = +08:00\n' >repo/baselines/targets.ini
cat >good.json <<'END'
{"Response": {"Enable": true, "ScanScope": 0, "ScanType": ["CVE", "RISK", "VIRUS"], "ScanPeriod": 1,
  "ScanTime": "02:00:00", "ScanEndTime": "06:00:00", "Latest": false, "ContainerRunning": false,
  "Namespace": ["apps"], "LastScanTime": "2026-11-23 03:00:00", "ScanResult": "Success",
  "RequestId": "r"}}
END
for target in prod-a test-a; do
	"$SCANDRIFT" normalize good.json >"repo/baselines/$target.json"
done
commit_all repo 'schedule'

# policy TEXT: the only policy, whose rule is r.
policy() {
	printf '[policy]\nid = p\n\n%b\n' "$1" >repo/policies/p.ini
	git -C repo add policies
	git -C repo -c user.name=T -c user.email=t@example.com commit -qm 'policy'
}

# check PROD TEST: the two targets' replies, as changes of the good one.
check() {
	jq ".Response |= ($1)" good.json >replies/prod-a.json
	jq ".Response |= ($2)" good.json >replies/test-a.json
	run_json -C repo check --replay "$PWD/replies" --now "$now"
}

passes() {
	check "$1" "${2:-.}"
	expect_json out '[.findings[] | select(.rule | startswith("policy/"))] == []'
}

# fails MESSAGE PROD [TEST]: of the target that the message is about.
fails() {
	check "$2" "${3:-.}"
	jq -r '.findings[] | select(.rule | startswith("policy/")) | "\(.target): \(.message)"' "$out" >have
	printf '%s\n' "$1" >want
	expect_same want have
}

rule='[rule r]\nseverity = high\n'

policy "${rule}assert = /ScanTime duration >= 4h"
passes .
fails 'prod-a: /ScanTime, to the end of the window, is "1s", demanded: duration >= 4h' \
	'.ScanEndTime = "02:00:01"'

policy "${rule}target = prod-*\nassert = /ScanPeriod <= 1\n[rule s]\nseverity = low\ntarget = test-*\nassert = /ScanPeriod <= 7"
passes . '.ScanPeriod = 7'
fails 'prod-a: /ScanPeriod is 7, demanded: <= 1' '.ScanPeriod = 7' '.ScanPeriod = 7'
fails 'test-a: /ScanPeriod is 8, demanded: <= 7' . '.ScanPeriod = 8'

policy "${rule}when = /ContainerRunning != true\nassert = /ScanScope == 0"
passes '.ScanScope = 2 | .ContainerRunning = true'
fails 'prod-a: /ScanScope is 2, demanded: == 0' '.ScanScope = 2'

policy "${rule}assert = /Namespace unlike test-*"
passes .
fails 'prod-a: /Namespace: 1 of 2 fail: ["test-1"], demanded: unlike test-*' \
	'.Namespace += ["test-1"]'

policy "${rule}assert = /Namespace contains-any apps base"
passes .
fails 'prod-a: /Namespace is ["other"] (has none of them), demanded: contains-any apps base' \
	'.Namespace = ["other"]'

policy "${rule}assert = state:/LastScanTime age <= 36h"
passes .
fails 'prod-a: state:/LastScanTime, its age, is "2d5h", demanded: age <= 36h' \
	'.LastScanTime = "2026-11-22 03:00:00"'

policy "${rule}assert = /ExcludeImageAssetIds count <= 2"
passes '.ExcludeImageAssetIds = [1, 2]'
fails 'prod-a: /ExcludeImageAssetIds is [1, 2, 3] (has 3), demanded: count <= 2' \
	'.ExcludeImageAssetIds = [1, 2, 3]'

# Waivers that end within 90 days: 2027-02-22 is the 90th from 2026-11-24.
waiver="${rule}assert = /ScanPeriod <= 1\n[limits]\nwaiver-days = 90\n[waiver w]\nrule = r\nreason = x\nowner = o@example.com\nexpires = "
policy "${waiver}2027-02-22"
check '.ScanPeriod = 2' .
expect_json out '[.findings[] | select(.rule == "policy/p/r").waived.id] == ["w"]'
policy "${waiver}2027-02-23"
check '.ScanPeriod = 2' .
expect_json out '[.findings[] | select(.rule == "policy/p/r").waived] == [null]'
expect_json out '[.findings[] | select(.rule == "waiver/too-long") | [.severity, .line, .message]] ==
	[["medium", 13, "[waiver w] of o@example.com for policy/p/r ends with 2027-02-23 (UTC), more than the 90 days from today that [limits] allows"]]'

# Accounts are pinned.
policy "${rule}assert = /Enable == true"
check . .
expect_json out '[.findings[] | select(.rule == "target/unpinned").severity] | unique - ["info"] == []'
policy "${rule}assert = /Enable == true\n[severity]\ntarget/unpinned = high\nwaiver/unused = high"
check . .
expect_json out '[.findings[] | select(.rule == "target/unpinned").severity] | unique - ["high"] == []'
for bad in 'incomplete/auth = low' 'approval/pipeline = low' 'baseline/missing = low' 'drift/ = low' \
	'target/unpined = low' 'policy/p/r = low'; do
	policy "${rule}assert = /Enable == true\n[severity]\n$bad"
	run scandrift -C repo check --replay "$PWD/replies" --now "$now"
	expect_exit 2
done

# A rule for no target is a finding.
policy "${rule}target = prdo-*\nassert = /Enable == true"
check . .
expect_json out '[.findings[] | select(.rule == "policy/empty") | [.line, .message]] ==
	[[6, "[rule r] is for \"prdo-*\", and baselines/targets.ini has no such target"]]'
