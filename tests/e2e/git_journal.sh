# SPDX-License-Identifier: Apache-2.0
#
# The journal: every run leaves its record, and a night without one is seen.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

need faketime

replay=$PWD/replies
product_repo repo prod other
replay_from replies prod "$common/prod.json"
replay_from replies other "$common/prod.json"

# night DAY [ARG...]: the journal's record of that day, on which all replies that are there arrive.
night() {
	AT=2026-11-${1}T02:00:30Z
	shift
	for target in prod other; do
		[ ! -f "replies/$target.json" ] || replay_arrival replies "$target" "${AT%30Z}00Z"
	done
	run at scandrift -C repo check --replay "$replay" --journal "$@"
}

run scandrift -C repo log --runs
expect_exit 2
expect_text err 'no journal here'

# Checked and equal; drifted; incomplete: each has a record.
night 20
expect_exit 0
sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >edited.json
replay_from replies prod edited.json
night 21
expect_exit 1
rm replies/prod.json replies/prod.meta.json
night 22
expect_exit 3
replay_from replies prod "$common/prod.json"
# Two nights are missing, one is late.
AT=2026-11-25T09:00:30Z
replay_arrival replies prod 2026-11-25T09:00:00Z
replay_arrival replies other 2026-11-25T09:00:00Z
run at scandrift -C repo check --replay "$replay" --journal --format json
expect_exit 0
# The result names what the run committed.
expect_json out ".commits == [{ref: \"refs/heads/scandrift/runs\", commit: \"$(git -C repo rev-parse refs/heads/scandrift/runs)\"}]"
[ "$(git -C repo rev-list --count refs/heads/scandrift/runs)" = 4 ] || fail 'not four records'
[ "$(git -C repo rev-list --count --merges refs/heads/scandrift/runs)" = 0 ] || fail 'not linear'
[ "$(git -C repo rev-list --count --all -- run.json)" = 4 ] || fail 'not in each commit'
[ "$(git -C repo rev-list --count main)" = 1 ] || fail 'main has moved'
git -C repo show refs/heads/scandrift/runs~3:run.json >record.json
expect_json record.json '.schema == "scandrift-run/1" and .verdict == "pass" and .exit_code == 0'
expect_json record.json '(.time | startswith("2026-11-20T02:00:")) and (.targets | length) == 2'
expect_json record.json 'has("now") | not'
expect_json record.json '.endpoint_option == false and .targets_of_commit == 2'
expect_json record.json '[.targets[] | .fetched, .replayed, .endpoint] == ["2026-11-20T02:00:00Z", true, null,
	"2026-11-20T02:00:00Z", true, null]'
expect_json record.json "[.targets[].live_digest] | unique == [\"$(scandrift normalize --digest "$common/prod.json")\"]"
expect_json record.json '(.targets | map(.request_id) | unique | length) == 2'
built=$(scandrift --version | sed -n 's/^build: //p')
expect_json record.json ".build == \"$built\""
git -C repo show refs/heads/scandrift/runs~1:run.json >record.json
expect_json record.json '.incomplete and .exit_code == 3 and .targets[0].live_digest == null and
	.targets[0].fetched == null'
git -C repo log -1 --format=%B refs/heads/scandrift/runs >message
expect_line message 'run: pass'
[ "$(git -C repo interpret-trailers --parse <message)" = "Scandrift-Baseline: $(git -C repo rev-parse main)" ] ||
	fail 'the trailer'

run scandrift -C repo log --runs --every 1d --now 2026-11-27T15:00:00Z --format json
expect_exit 0
expect_json out '[.runs[].verdict] == ["pass", "incomplete", "fail", "pass"]'
# The 22nd is missing for the target that gave no reply.
expect_json out '.missing == ["2026-11-22T02:00:00Z", "2026-11-23T02:00:00Z", "2026-11-24T02:00:00Z",
	"2026-11-26T09:00:00Z"]'
expect_json out '[.missing_targets[] | "\(.time) \(.targets | join(" "))"] == ["2026-11-22T02:00:00Z prod",
	"2026-11-23T02:00:00Z other prod", "2026-11-24T02:00:00Z other prod",
	"2026-11-26T09:00:00Z other prod"]'
expect_json out '.missing_cut == false and all(.runs[]; .marks == [])'
expect_json out '[.runs[].targets[].counts] == [true, true, false, true, true, true, true, true]'
expect_json out '.parted == false'
expect_json out "all(.runs[]; .build == \"$built\")"
expect_json out '.now == "2026-11-27T15:00:00Z"'
expect_valid_result out runs
# What each run found of its targets: all of it, and in short.
expect_json out '[.runs[].targets | map(.name + " " + .outcome)] == [
	["prod equal", "other equal"], ["prod incomplete", "other equal"],
	["prod drifted", "other equal"], ["prod equal", "other equal"]]'
expect_json out "[.runs[].targets[] | select(.outcome == \"drifted\") | .live_digest] ==
	[\"$(scandrift normalize --digest edited.json)\"]"
run scandrift -C repo log --runs --every 1d --now 2026-11-25T10:00:00Z
expect_exit 0
sed -E -e 's/\b[0-9a-f]{12}\b/COMMIT/g' -e 's/^(2026-11-[0-9T]*:00):[0-9]{2}Z  /\1:30Z  /' "$out" >runs.text
expect_output runs.text runs.text
expect_line out 'As of 2026-11-25T10:00:00Z (--now).'
expect_line out '4 runs, 3 missing'
expect_line out 'missing: 2026-11-22T02:00:00Z: prod'
expect_line out 'missing: 2026-11-23T02:00:00Z: other, prod'
run scandrift -C repo log --runs --every 1w
expect_exit 2
run scandrift -C repo log --every 1d
expect_exit 2
run scandrift -C repo log --runs --now 2026-11-25T10:00:00Z
expect_exit 2
expect_text err '--every'

# The same second twice: two records.
night 26
night 26
[ "$(git -C repo rev-list --count refs/heads/scandrift/runs)" = 6 ] || fail 'a record was lost'

# Together at once: none is lost, and it is one chain.
for i in 1 2 3 4; do
	scandrift -q -C repo check --replay "$replay" --journal >/dev/null &
done
wait
# A record is made again where another came first: none is older than the one before it.
run scandrift -C repo log --runs --format json
expect_json out '.runs | length == 10 and all(.[0:4][]; .marks == ["repeated"])'
[ "$(git -C repo rev-list --count refs/heads/scandrift/runs)" = 10 ] || fail 'a record was lost'
[ "$(git -C repo rev-list --count --merges refs/heads/scandrift/runs)" = 0 ] || fail 'not linear'

# A remote that has other records.
git -C repo update-ref refs/remotes/origin/scandrift/runs "$(git -C repo commit-tree \
	-p refs/heads/scandrift/runs~1 -m 'another' 'refs/heads/scandrift/runs^{tree}')"
run scandrift -C repo log --runs
expect_text out 'FORK: '

# What is no record is told.
git -C repo update-ref refs/heads/scandrift/runs "$(git -C repo commit-tree -p refs/heads/scandrift/runs \
	-m 'by hand' 'main^{tree}')"
run scandrift -C repo log --runs --format json
expect_exit 0
expect_json out '.runs[0].problem != null and .runs[1].problem == null'
expect_json out '.runs[0].verdict == null and .parted'
expect_valid_result out runs

# Very many are told by number; words of another version, and those that are none, do no harm.
record() {
	git -C repo update-ref refs/heads/scandrift/runs "$(printf '100644 blob %s\trun.json\n' \
		"$(git -C repo hash-object -w --stdin)" | git -C repo mktree |
		xargs -I TREE git -C repo commit-tree -p refs/heads/scandrift/runs -m 'run' TREE)"
}
jq -n '{time: "2026-11-28T02:00:00Z", verdict: "fail", targets: (
	[range(57) | {name: "t\(.)", outcome: "equal"}] + [range(7) | {name: "d\(.)", outcome: "drifted"}] +
	[{name: "n", outcome: "no-baseline"}, {name: "x\u001b[2J ##vso[y]", outcome: "hazy"},
	{outcome: "equal"}, 7, {name: "w"}])}' | record
run scandrift -C repo log --runs
expect_line out '    57 equal, 7 drifted: d0, d1, d2, d3, d4 and 2 more; 1 no-baseline: n; 2 of another outcome: x\u001b[2J #\u0023vso[y], w'
run scandrift -C repo log --runs --format json
expect_valid_result out runs
expect_json out '.runs[0].targets | length == 67 and .[65].outcome == "hazy" and .[66].outcome == null'
jq -n '{time: "2026-11-28T02:00:00Z", verdict: "fail", targets: {a: [{name: "b"}]}}' | record
run scandrift -C repo log --runs --format json
expect_json out '.runs[0] | .problem == null and .targets == []'
jq -n '{time: "today", verdict: "fail", targets: [{name: "b"}]}' | record
run scandrift -C repo log --runs --format json
expect_json out '.runs[0] | .problem != null and .targets == []'
expect_valid_result out runs

# Not with an invented time; a journal that cannot be written is exit 4, and the report comes.
run scandrift -C repo check --now 2026-11-27T02:00:00Z --journal
expect_exit 2
: >repo/.git/refs/heads/scandrift/runs.lock
run scandrift -C repo check --replay "$replay" --journal
expect_exit 4
expect_text out '2 equal'
expect_text err 'refs/heads/scandrift/runs.lock'
rm repo/.git/refs/heads/scandrift/runs.lock
git -C repo fsck --full --strict --no-dangling
