# SPDX-License-Identifier: Apache-2.0
#
# What is said of the scans is the same wherever the machine stands: at the last second of two
# periods, and at the next one. Every other boundary: tests/unit/test_liveness.c. A time that is none hides no drift.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

product_repo repo east west nowhere
cat >repo/baselines/targets.ini <<'INI'
[target east]
zone = +14:00

[target west]
zone = -12:00

[target nowhere]
INI
commit_all repo 'zones'

# last TARGET TIME: a reply like the baseline, whose last scan was then.
last() {
	sed "1s/^{/{\"LastScanTime\": \"$2\", \"ScanResult\": \"Success\",/" \
		"$common/prod.json" >"$SCRATCH/reply"
	replay_from "$SCRATCH/replies" "$1" "$SCRATCH/reply"
}

# All three are two days before the same second, 2026-11-24T00:00:00Z.
last east '2026-11-22 14:00:00'
last west '2026-11-21 12:00:00'
last nowhere '2026-11-21 10:00:00'

for zone in UTC Asia/Shanghai America/New_York Pacific/Kiritimati Pacific/Niue Asia/Kolkata \
	Asia/Kathmandu America/St_Johns Australia/Lord_Howe Europe/London Pacific/Chatham \
	ABC-14 ABC+12 ABC-5:45 EST5EDT :nowhere/at/all '' CET-1CEST,M3.5.0,M10.5.0/3 \
	Antarctica/Troll Africa/Casablanca; do
	export TZ="$zone"
	run_json -C repo check --replay "$SCRATCH/replies" --now 2026-11-24T00:00:00Z
	expect_exit 0
	expect_json out '.findings == []'
	run_json -C repo check --replay "$SCRATCH/replies" --now 2026-11-24T00:00:01Z
	expect_exit 1
	expect_findings 'liveness/stale high east' 'liveness/stale high west' \
		'liveness/stale high nowhere'
	jq 'del(.time)' "$out" >"$SCRATCH/this"
	[ -f "$SCRATCH/first" ] || cp "$SCRATCH/this" "$SCRATCH/first"
	expect_same "$SCRATCH/first" "$SCRATCH/this"
done
TZ=UTC

# Never run: a notice, as long as nothing says that it has been on for two periods. What is not said
# is another thing, and null and absent are one.
last east ''
run_json -C repo check east --replay "$SCRATCH/replies" --now 2026-01-01T00:00:00Z
expect_exit 0
expect_json out '[.findings[] | .rule, .severity] == ["liveness/stale", "info"]'
replay_from "$SCRATCH/silent" east "$common/prod.json"
run_json -C repo check east --replay "$SCRATCH/silent" --now 2026-11-24T00:00:00Z
cp "$out" "$SCRATCH/absent"
expect_exit 0
expect_json out '[.findings[] | .rule, .severity] == ["liveness/unknown", "info"]'
sed -i 's/"Enable": true,/"Enable": true, "LastScanTime": null, "ScanResult": null,/' \
	"$SCRATCH/silent/east.json"
run_json -C repo check east --replay "$SCRATCH/silent" --now 2026-11-24T00:00:00Z
jq 'del(.time)' "$SCRATCH/absent" >"$SCRATCH/one"
jq 'del(.time)' "$out" >"$SCRATCH/other"
expect_same "$SCRATCH/one" "$SCRATCH/other"

# A time that is none: incomplete, and what the setting is, is judged and told all the same.
last east '0000-00-00'
run_json -C repo check east --replay "$SCRATCH/replies" --now 2026-11-24T00:00:00Z
expect_exit 3
expect_findings 'schema/bad-value high east'
expect_json out '.targets[0] | .outcome == "incomplete" and .changes == []'
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$SCRATCH/replies/east.json"
run_json -C repo check east --replay "$SCRATCH/replies" --now 2026-11-24T00:00:00Z
expect_exit 1
expect_findings 'schema/bad-value high east' 'drift/ScanPeriod high east'
expect_json out '.verdict == "fail" and .incomplete'
expect_json out '.targets[0] | .outcome == "incomplete" and .direction == "weakened" and (has("live") | not)'
expect_json out '[.findings[] | select(.rule == "schema/bad-value").request_id] ==
	["00000000-0000-4000-8000-000000000001"]'
run scandrift -C repo accept east --replay "$SCRATCH/replies" --now 2026-11-24T00:00:00Z
expect_exit 3
mkdir repo/policies
printf '[policy]\nid = p\n\n[rule daily]\nseverity = critical\nassert = /ScanPeriod == 1\n' \
	>repo/policies/p.ini
commit_all repo 'a policy'
run_json -C repo check east --replay "$SCRATCH/replies" --now 2026-11-24T00:00:00Z
expect_exit 1
expect_findings 'schema/bad-value high east' 'drift/ScanPeriod high east' 'policy/p/daily critical east'

# A server that is hours ahead: it is told once, in each output, and its last scan is by its clock.
account AKIDCLOCK clock-key '' "$common/prod.json"
ahead() {
	date -u -d "@$(($(date +%s) + $1))" '+%Y-%m-%d %H:%M:%S'
}
sed "s/\"Response\": {/&\"LastScanTime\": \"$(ahead 17900)\", \"ScanResult\": \"Success\",/" \
	"$accounts/AKIDCLOCK.json" >"$SCRATCH/clock"
mv "$SCRATCH/clock" "$accounts/AKIDCLOCK.json"
printf '[target west]\nzone = +00:00\n' >repo/baselines/targets.ini
git -C repo rm -q baselines/east.json baselines/nowhere.json
commit_all repo 'one target'
start_standin "$accounts" --scenario "$scenario" --clock-skew 18000
use_key AKIDCLOCK clock-key
run_json -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --record "$SCRATCH/ahead"
expect_exit 0
expect_json out '[.findings[] | select(.class != "baseline") | .rule] | sort == ["target/clock", "target/unpinned"]'
expect_json out '[.findings[] | select(.rule == "target/clock") | .message | test("is (1799[0-9]|1800[0-9]) s behind")] == [true]'
expect_json "$SCRATCH/ahead/west.meta.json" '.clock_ahead_s | . > 17990 and . < 18010'
run scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE"
expect_text out 'The clock of the machine that asked is 1'
# Whose clock a recording was made by is told as well, and moves no other machine's.
run_json -C repo check --replay "$SCRATCH/ahead"
expect_json out '[.findings[] | select(.class != "baseline") | .rule] | sort ==
	["liveness/clock", "target/clock", "target/unpinned"]'
