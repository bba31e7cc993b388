# SPDX-License-Identifier: Apache-2.0
#
# Published cases, as their folders have them: a run whose every failure is waived
# ends well (11), and waivers of no use are told of (13).

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need git jq

now=2026-11-24T00:00:00Z

open_case() {
	rm -rf case
	cp -R "$SCANDRIFT_CASES/$1" case
	chmod -R u+w case
	git init -q -b main case
	git -C case add baselines policies
	git -C case -c user.name=T -c user.email=t@example.com commit -q -m 'as published'
}

open_case 11-muted-is-not-failed
run "$SCANDRIFT" -C case check --replay "$PWD/case/replies" --now "$now" --format json
expect_exit 0
expect_json out '.verdict == "pass" and .counts.high == 0 and .counts.waived == 1'
expect_json out '.findings | length == 1 and (.[0] | .rule == "policy/excl/no-exclusions" and
	.waived.id == "prod-exclusions" and .waived.owner == "platform@example.com" and
	.waived.expires == "2027-01-31")'

open_case 13-dead-waivers
line=$(grep -n '^\[waiver prod-exclusions\]' case/policies/base.ini | cut -d: -f1)
run "$SCANDRIFT" -C case check --replay "$PWD/case/replies" --now "$now" --format json
expect_exit 1
expect_json out '.verdict == "fail" and .incomplete'
expect_json out "[.findings[] | select(.rule == \"waiver/unused\") | [.severity, .file, .line]] ==
	[[\"low\", \"policies/base.ini\", $line]]"
run "$SCANDRIFT" -C case check staging --replay "$PWD/case/replies" --now "$now" --format json
expect_exit 3
expect_json out '[.findings[] | select(.rule == "waiver/unused")] == []'
