# SPDX-License-Identifier: Apache-2.0
#
# Published cases of pull requests, as their folders have them: one that loosens its own rules
# (15), and links and paths that lead out of the repository (29).

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need git jq timeout

open_case() {
	cp -R "$SCANDRIFT_CASES/$1" "$SCRATCH/work/$1"
	chmod -R u+w "$SCRATCH/work/$1"
	cd "$SCRATCH/work/$1"
	sh setup.sh
}

open_case 15-pr-loosens-its-own-rules
run "$SCANDRIFT" review main..pr --format json --now 2026-11-24T00:00:00Z
expect_exit 1
type=$(git show pr:baselines/prod.json | grep -n '"ScanType"' | cut -d: -f1)
severity=$(git show pr:policies/types.ini | grep -n '^severity' | cut -d: -f1)
waiver=$(git show pr:policies/types.ini | grep -n '^\[waiver' | cut -d: -f1)
expect_json out "[.findings[] | [.rule, .severity, .file, .line]] == [
	[\"policy/types/scan-types-complete\", \"critical\", \"baselines/prod.json\", $type],
	[\"approval/severity-lowered\", \"high\", \"policies/types.ini\", $severity],
	[\"approval/waiver-added\", \"high\", \"policies/types.ini\", $waiver],
	[\"approval/baseline-weakened\", \"high\", \"baselines/prod.json\", $type],
	[\"drift/ScanType\", \"high\", \"baselines/prod.json\", $type]]"
expect_json out '[.findings[].waived] | unique == [null]'
expect_json out '[.findings[] | select(.class == "drift") | .direction] == ["weakened"]'
# Whatever is approved, the rule that the base has is not kept.
run "$SCANDRIFT" review main..pr --now 2026-11-24T00:00:00Z --approve "$(jq -r .review.digest "$out")"
expect_exit 1

open_case 29-symlinked-baseline
for branch in a b; do
	run timeout 5 "$SCANDRIFT" -C work review "main..$branch" --format json
	expect_exit 1
	expect_json out '[.findings[] | [.rule, .severity, .file]] ==
		[["baseline/malformed", "critical", "baselines/prod.json"]]'
	expect_json out '.findings[0].message | test("symbolic link")'
	expect_no_text out do-not-show
done
run timeout 5 "$SCANDRIFT" -C work review main..c --format json
expect_exit 2
expect_empty out
expect_text err 'baselines/targets.ini:4: baseline = ../outside.json'
expect_no_text err do-not-show
