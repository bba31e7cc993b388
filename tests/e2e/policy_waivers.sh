# SPDX-License-Identifier: Apache-2.0
#
# What is waived is listed in every format and counts nowhere, until the last second
# of its last day, wherever the machine stands. Waivers of no use are told, of what was
# judged alone. What cannot be waived is refused when it is read.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

# A schedule whose one flaw is what it excludes.
schedule() {
	cat <<END
{"Enable": true, "ScanScope": 0, "ScanType": ["CVE", "RISK", "VIRUS"], "ScanPeriod": 1,
 "ScanTime": "03:00:00", "ScanEndTime": "06:00:00", "ExcludeImageAssetIds": [$1],
 "Latest": false, "ContainerRunning": false, "LastScanTime": "2026-11-23 03:00:00",
 "ScanResult": "Success", "RequestId": "r"}
END
}

# policy [LINE...]: the rule, its waiver, and what else is said.
policy() {
	cat <<'END'
[policy]
id = excl

[rule no-exclusions]
severity = high
assert   = /ExcludeImageAssetIds count <= 0

END
	[ $# -eq 0 ] || printf '%s\n' "$@"
}

waiver() {
	policy '[waiver vendor-image]' 'rule    = no-exclusions' 'target  = prod' 'value   = [888]' \
		'reason  = Vendor image, replaced in Q1' 'owner   = platform@example.com' \
		'expires = 2027-01-31' "$@"
}

new_repo repo
mkdir repo/baselines repo/policies replies
printf '[target prod]\n[target staging]\n' >repo/baselines/targets.ini
schedule 888 >full.json
schedule '' >clean.json
"$SCANDRIFT" normalize full.json >repo/baselines/prod.json
"$SCANDRIFT" normalize clean.json >repo/baselines/staging.json
waiver >repo/policies/base.ini
commit_all repo 'prod and staging'
for target in prod staging; do
	file=clean.json
	[ "$target" = staging ] || file=full.json
	jq '{Response: .}' "$file" >"replies/$target.json"
done

check() {
	run "$SCANDRIFT" -C repo check --replay "$PWD/replies" --now "$now" "$@"
	case " $* " in
	*' json '*) expect_valid_result out ;;
	esac
}

# ---- listed, and never counted ----

check --format json
expect_exit 0
expect_json out '.verdict == "pass" and .exit_code == 0 and .policies_judged and .counts.waived == 1'
expect_json out '[.counts.critical, .counts.high, .counts.medium, .counts.low] | add == 0'
expect_json out '.findings | length == 1 and (.[0] | .rule == "policy/excl/no-exclusions" and
	.severity == "high" and .found == [888] and .file == "baselines/prod.json" and
	.defined == {file: "policies/base.ini", line: 6} and
	.waived == {by: "waiver", id: "vendor-image", policy: "excl", owner: "platform@example.com",
		reason: "Vendor image, replaced in Q1", expires: "2027-01-31",
		file: "policies/base.ini", line: 8})'
line=$(jq '.findings[0].line' "$out")
sed -n "${line}p" repo/baselines/prod.json >named
expect_text named ExcludeImageAssetIds
check
expect_exit 0
expect_text out 'waived      policy/excl/no-exclusions (high)'
expect_text out 'Vendor image, replaced in Q1'
expect_text out '2027-01-31 (UTC), by platform@example.com, [waiver vendor-image] in policies/base.ini:8'
expect_text out 'findings: none; waived: 1'
# With any threshold: what is waived is not there.
check --fail-on info
expect_exit 0

# ---- the last day, in each zone of the machine ----

for zone in UTC Asia/Shanghai America/New_York Pacific/Kiritimati Pacific/Niue Asia/Kolkata \
	Asia/Kathmandu America/St_Johns Australia/Lord_Howe Europe/London Pacific/Chatham \
	ABC-14 ABC+12 ABC-5:45 EST5EDT :nowhere/at/all '' CET-1CEST,M3.5.0,M10.5.0/3 \
	Antarctica/Troll Africa/Casablanca; do
	now=2027-01-31T23:59:59Z
	run env TZ="$zone" "$SCANDRIFT" -C repo check --replay "$PWD/replies" --now "$now" --format json
	expect_json out '[.findings[] | select(.class == "policy").waived.id] == ["vendor-image"]'
	expect_json out '[.findings[] | select(.class == "waiver").rule] == ["waiver/expires-soon"]'
	now=2027-02-01T00:00:00Z
	run env TZ="$zone" "$SCANDRIFT" -C repo check --replay "$PWD/replies" --now "$now" --format json
	expect_exit 1
	expect_json out '[.findings[] | select(.class == "policy").waived] == [null]'
	expect_json out '[.findings[] | select(.class == "waiver") | [.rule, .severity, .file, .line]] ==
		[["waiver/expired", "medium", "policies/base.ini", 8]]'
done
now=2027-01-17T23:59:59Z
check --format json
expect_json out '[.findings[] | select(.class == "waiver")] == []'
now=2027-01-18T00:00:00Z
check --format json
expect_json out '[.findings[] | select(.class == "waiver") | [.rule, .severity]] ==
	[["waiver/expires-soon", "info"]]'
now=2026-11-24T00:00:00Z

# ---- pinned: another value is another decision ----

jq '.Response.ExcludeImageAssetIds = [888, 999]' replies/prod.json >other.json
cp replies/prod.json pinned.json
mv other.json replies/prod.json
check --format json
expect_exit 1
expect_json out '[.findings[] | select(.class == "policy") | [.waived, .found]] == [[null, [888, 999]]]'
expect_json out '[.findings[] | select(.class == "waiver") | [.rule, .file, .line]] ==
	[["waiver/unused", "policies/base.ini", 8]]'

# ---- of no use: told once, and only where its targets were judged ----

jq '{Response: .}' clean.json >replies/prod.json
printf '{"Response": {"Error": {"Code": "InternalError", "Message": "try later"}, "RequestId": "r"}}\n' \
	>replies/staging.json
check --format json
expect_exit 1
expect_json out '.incomplete and ([.findings[] | select(.rule == "waiver/unused") |
	[.severity, .file, .line]] == [["low", "policies/base.ini", 8]])'
check staging --format json
expect_exit 3
expect_json out '[.findings[] | select(.class == "waiver")] == []'
printf '{"Response": {"Error": {"Code": "InternalError", "Message": "try later"}, "RequestId": "r"}}\n' \
	>replies/prod.json
check --format json
expect_exit 3
expect_json out '[.findings[] | select(.class == "waiver")] == []'

# ---- drift: an ignore, severities ----

cp pinned.json replies/prod.json
jq '{Response: .}' clean.json >replies/staging.json
jq '.Response.ScanTime = "02:00:00" | .Response.ScanEndTime = "05:00:00"' replies/prod.json >other.json
mv other.json replies/prod.json
check
expect_exit 1
waiver '[drift]' '/ScanTime = low' '/ScanEndTime = info' >repo/policies/base.ini
commit_all repo 'a moved window is little'
check --format json
expect_json out '[.findings[] | select(.class == "drift") | [.rule, .severity]] ==
	[["drift/ScanTime", "low"], ["drift/ScanEndTime", "info"]]'
check --fail-on medium
expect_exit 0
waiver '[ignore window]' 'path = /ScanTime' 'reason = Moved with the backups' \
	'owner = ops@example.com' 'expires = 2026-12-24' \
	'[waiver end]' 'rule = drift/ScanEndTime' 'value = "05:00"' 'reason = Moved with the backups' \
	'owner = ops@example.com' 'expires = 2026-12-24' >repo/policies/base.ini
commit_all repo 'the window may move'
check --format json
expect_exit 0
expect_json out '[.findings[] | select(.class == "drift").waived | [.by, .id]] | sort ==
	[["ignore", "window"], ["waiver", "end"]]'
expect_json out '.targets[0].outcome == "drifted"'

# ---- what is refused ----

# refuse LINE MESSAGE: exit 2, and the place and the message on standard error; before and after the
# commit.
refuse() {
	run "$SCANDRIFT" -C repo check --config-only
	expect_exit 2
	expect_empty out
	expect_text err "policies/base.ini:$1: "
	expect_text err "$2"
	commit_all repo 'policies: not right'
	check
	expect_exit 2
	expect_empty out
	expect_text err "policies/base.ini:$1: "
}
for rule in incomplete/no-reply incomplete/wrong-account baseline/missing baseline/malformed \
	approval/waiver-added schema/type-changed; do
	policy '[waiver w]' "rule = $rule" 'reason = r' 'owner = o' 'expires = 2027-01-31' \
		>repo/policies/base.ini
	refuse 9 "rule = $rule cannot be waived"
done
policy '[waiver w]' 'rule = no-exclusion' 'reason = r' 'owner = o' 'expires = 2027-01-31' \
	>repo/policies/base.ini
refuse 9 'did you mean "no-exclusions"?'
for key in reason owner expires; do
	policy '[waiver w]' 'rule = no-exclusions' 'reason = r' 'owner = o' 'expires = 2027-01-31' |
		sed "/^$key/d" >repo/policies/base.ini
	refuse 8 "[waiver w] has no key \"$key\""
done
policy '[waiver w]' 'rule = no-exclusions' 'reason = r' 'owner = o' 'expires = 31.1.2027' \
	>repo/policies/base.ini
refuse 12 'expected its last day, YYYY-MM-DD'
policy '[rule r]' 'severity = low' 'assert = /ScanType contians CVE' >repo/policies/base.ini
refuse 10 'unknown operator "contians", did you mean "contains"?'
