# SPDX-License-Identifier: Apache-2.0
#
# What is not set, and what is malformed, in a reply and in a baseline, while the schedule is on and
# while it is off. Off is never hidden: the one fact that is left is compared, and what could not be
# read keeps the target incomplete.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

# jq would round the ids of the common config.
jq 'del(.ExcludeImageAssetIds)' "$common/prod.json" >"$SCRATCH/agreed"

# A config that is on or off, daily, at 03:00, but for a change.
config() {
	jq -c ".Enable = $1 | .ScanTime = \"03:00\" | .ScanPeriod = 1 | $2" "$SCRATCH/agreed"
}

rows=0

# reply ON|OFF CHANGE BASELINE-ENABLE EXIT OUTCOME OBSERVED FINDINGS: what comes of such a reply.
# FINDINGS are rule:severity, besides those of harmless drift.
reply() {
	rows=$((rows + 1))
	enable=true
	[ "$1" = on ] || enable=false
	jq -c ".Enable = $3" "$SCRATCH/agreed" | scandrift normalize >repo/baselines/prod.json
	git -C repo commit -q --allow-empty -am "row $rows"
	config "$enable" "$2" >reply
	replay_from "$SCRATCH/replies" prod reply
	run_json -C repo check --replay "$SCRATCH/replies" --now "$now" "--commit=row-$rows"
	[ "$code" = "$4" ] || fail "reply, $1, $2: exit code: want $4, have $code"
	expect_json out ".targets[0].outcome == \"$5\""
	observed=no
	! git -C repo cat-file -e "row-$rows:baselines/prod.json" 2>/dev/null || observed=yes
	[ "$observed" = "$6" ] || fail "reply, $1, $2: observed: want $6, have $observed"
	jq -r '[.findings[] | select(.severity != "info") | "\(.rule):\(.severity)"] | unique | join(" ")' \
		"$out" >have
	printf '%s\n' "$7" >want
	expect_same want have
	# Of what was not read there is no digest, and nothing to accept.
	if [ "$5" = incomplete ]; then
		expect_json out '.targets[0] | .live_digest == null and (has("live") | not) or
			.changes != null'
		run scandrift -C repo accept prod --replay "$SCRATCH/replies" --now "$now"
		expect_exit 3
	fi
}

product_repo repo prod

missing='incomplete/missing-field:high'
bad='schema/bad-value:high'
type='schema/type-changed:high'
off='drift/Enable:critical'

# Not set, and off: a config like any other.
reply off '.ScanTime = ""' true 1 drifted yes "$off"
reply off '.ScanTime = ""' false 0 drifted yes ''
reply off '.ScanEndTime = "0001-01-01 00:00:00"' true 1 drifted yes "$off"
reply off '.ScanPeriod = 0' true 1 drifted yes "$off"
reply off '.LastScanTime = "0000-00-00 00:00:00" | .ScanResult = ""' true 1 drifted yes "$off"
reply off 'del(.ScanTime, .ScanPeriod)' true 1 drifted yes "$off"
reply off '.ScanTime = null | .ScanPeriod = null' false 0 drifted yes ''

# Not set, and on: what a schedule cannot do without is demanded.
reply on '.ScanTime = ""' true 3 incomplete no "$missing"
reply on '.ScanTime = "0001-01-01 00:00:00"' true 3 incomplete no "$missing"
reply on '.ScanTime = null' true 3 incomplete no "$missing"
reply on 'del(.ScanTime)' true 3 incomplete no "$missing"
reply on '.ScanPeriod = 0' true 3 incomplete no "$missing"
reply on '.ScanPeriod = null' true 3 incomplete no "$missing"
reply on '.ScanEndTime = ""' true 1 drifted yes drift/ScanEndTime:high
reply on '.LastScanTime = "" | .ScanResult = ""' true 0 equal yes ''
reply on '.LastScanTime = "" | .ScanResult = ""' false 1 drifted yes drift/Enable:low
reply on '.ScanPeriod = 3600' true 1 drifted yes drift/ScanPeriod:high

# Malformed, and on: incomplete, and nothing else.
reply on '.ScanTime = "25:00"' true 3 incomplete no "$bad"
reply on '.ScanPeriod = -1' true 3 incomplete no "$bad"
reply on '.ScanPeriod = ""' true 3 incomplete no "$type"
reply on '.ScanTime = 0' true 3 incomplete no "$type"
reply on '.ScanType = "CVE"' false 3 incomplete no "$type"

# Malformed, and off: the switch is compared all the same.
reply off '.ScanTime = "25:00"' true 1 incomplete no "$off $bad"
reply off '.ScanTime = "25:00"' false 3 incomplete no "$bad"
reply off '.ScanPeriod = -1' true 1 incomplete no "$off $bad"
reply off '.ScanPeriod = "1"' true 1 incomplete no "$off $type"
reply off '.ScanPeriod = "1"' false 3 incomplete no "$type"
reply off '.Images = [1]' true 1 incomplete no "$off $type"
reply off '.Images = "a" | .Id = 1 | .Latest = "no" | .All = 0' true 1 incomplete no "$off $type"
# Even another change than the switch's waits until the reply can be read.
reply off '.ScanPeriod = -1 | .New = 1' false 3 incomplete no "$bad"
reply off '.LastScanTime = "soon" | .New = 1' false 1 drifted yes drift/New:high

# A switch that is none says nothing.
reply on '.Enable = null' true 3 incomplete no "$missing"
reply on '.Enable = 0' true 3 incomplete no "$type"
reply on 'del(.Enable) | .ScanTime = 5' true 3 incomplete no "$missing $type"

# Without its RequestId it is no answer to a call, whatever it says.
config false '.ScanTime = 5' >reply
printf '{"Response": %s}' "$(cat reply)" >"$SCRATCH/replies/prod.json"
run_json -C repo check --replay "$SCRATCH/replies" --now "$now"
expect_exit 3
expect_findings 'incomplete/missing-field high prod' 'schema/type-changed high prod'

# Said to a person: both, and why only one thing was compared.
config false '.ScanTime = 5' >reply
replay_from "$SCRATCH/replies" prod reply
cp "$SCRATCH/agreed" repo/baselines/prod.json
git -C repo commit -q -am 'on again'
run scandrift -C repo check --replay "$SCRATCH/replies" --now "$now"
expect_exit 1
expect_text out 'prod: incomplete (weakened)'
expect_text out '/Enable was true, is false (weakened)'
expect_text out 'The schedule is off, and that was compared; the rest of the setting is not known'

# baseline ON|OFF CHANGE EXIT FINDINGS: what comes of such a baseline, with a reply that is on.
baseline() {
	rows=$((rows + 1))
	enable=true
	[ "$1" = on ] || enable=false
	config "$enable" "$2" >repo/baselines/prod.json
	git -C repo commit -q --allow-empty -am "row $rows"
	replay_from "$SCRATCH/replies" prod "$SCRATCH/agreed"
	run_json -C repo check --replay "$SCRATCH/replies" --now "$now"
	[ "$code" = "$3" ] || fail "baseline, $1, $2: exit code: want $3, have $code"
	jq -r '[.findings[] | select(.severity != "info" and .rule != "baseline/not-canonical") |
		"\(.rule):\(.severity)"] | unique | join(" ")' "$out" >have
	printf '%s\n' "$4" >want
	expect_same want have
}

malformed=baseline/malformed:critical
baseline on '.ScanTime = ""' 1 "$malformed"
baseline on '.ScanTime = null' 1 "$malformed"
baseline on 'del(.ScanTime)' 1 "$malformed"
expect_text out '/ScanTime: absent, expected a value where the scan is on'
baseline on '.ScanPeriod = 0' 1 "$malformed"
baseline on 'del(.ScanPeriod)' 1 "$malformed"
baseline on '.ScanPeriod = -1' 1 "$malformed"
baseline on '.ScanTime = 3' 1 "$malformed"
baseline on '.ScanEndTime = ""' 1 drift/ScanEndTime:high
baseline on '.LastScanTime = "" | .ScanResult = ""' 1 ''
baseline off '.ScanTime = "" | .ScanPeriod = 0 | .ScanEndTime = ""' 1 drift/Enable:low
baseline off 'del(.ScanTime, .ScanPeriod)' 1 drift/Enable:low
baseline off '.ScanTime = "3"' 1 "$malformed"

# No way leads to such a baseline: single fields that are taken must make one that can be read.
config false '.ScanTime = "" | .ScanPeriod = 0' | scandrift normalize >repo/baselines/prod.json
git -C repo commit -q -am 'off, never set up'
run scandrift -C repo accept prod --replay "$SCRATCH/replies" --now "$now" --path /Enable
expect_exit 2
expect_text err 'the baseline would have the schedule on without ScanPeriod; take /ScanPeriod too'
run scandrift -C repo accept prod --replay "$SCRATCH/replies" --now "$now" \
	--path /Enable --path /ScanPeriod --path /ScanTime
expect_exit 1
