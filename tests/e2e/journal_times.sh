# SPDX-License-Identifier: Apache-2.0
#
# Nights that never were: each way to put one into the journal is seen in `log --runs`. Three nights
# are there, of the 20th, 21st and 23rd; each row tries to make up the 22nd, or tonight.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need faketime

runs=refs/heads/scandrift/runs
root=$PWD

# replies DIR TIME TARGET...: recorded replies that arrived then, each with its own RequestId.
replies() {
	folder=$1
	arrived=$2
	shift 2
	for target in "$@"; do
		replay_from "$folder" "$target" "$common/prod.json"
		replay_arrival "$folder" "$target" "$arrived"
	done
}

# check_at TIME FOLDER [ARG...]: a run of the journal, at that time by the machine's clock.
check_at() {
	AT=$1
	folder=$2
	shift 2
	run at scandrift -C repo check --journal --replay "$root/$folder" "$@"
}

product_repo template prod other
for day in 20 21 23; do
	replies "night.$day" "2026-11-${day}T02:00:00Z" prod other
	cp -a template repo
	check_at "2026-11-${day}T02:00:30Z" "night.$day"
	expect_exit 0
	rm -rf template
	mv repo template
done
replies late 2026-11-22T02:00:10Z prod other
replies october 2026-10-22T02:00:00Z prod other
replies fresh 2026-11-23T09:59:50Z prod other
replies tomorrow 2026-11-24T02:00:00Z prod other

# record: standard input becomes the newest record, as somebody with git alone can write it.
record() {
	git -C repo update-ref "$runs" "$(printf '100644 blob %s\trun.json\n' \
		"$(git -C repo hash-object -w --stdin)" | git -C repo mktree |
		xargs -I TREE git -C repo commit-tree -p "$runs" -m 'run: pass' TREE)"
}

# dated TIME COMMAND...: what it commits is of that time.
dated() {
	GIT_AUTHOR_DATE=$1 GIT_COMMITTER_DATE=$1
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	shift
	"$@"
	unset GIT_AUTHOR_DATE GIT_COMMITTER_DATE
}

oldest() {
	git -C repo show "$runs~2:run.json"
}

# ---- the attempts -------------------------------------------------------------------------------
now_given() {
	check_at 2026-11-23T10:00:00Z fresh --now 2026-11-22T02:00:00Z
}

epoch() {
	SOURCE_DATE_EPOCH=$(date -u -d 2026-11-22T02:00:00Z +%s)
	export SOURCE_DATE_EPOCH
	check_at 2026-11-23T10:00:00Z fresh
	unset SOURCE_DATE_EPOCH
}

# A reply of the journal again, as if it were tonight's.
used_before() {
	check_at 2026-11-23T10:00:00Z night.20 --now 2026-11-22T02:00:00Z
}

# One that no record has, but of last month.
last_month() {
	check_at 2026-11-23T10:00:00Z october --now 2026-11-22T02:00:00Z
}

# The machine's clock and what the recording says agree, but the parent knows better.
clock_back() {
	check_at 2026-11-22T02:00:30Z late
}

commit_back() {
	GIT_COMMITTER_DATE=2026-11-22T02:00:30Z GIT_AUTHOR_DATE=2026-11-22T02:00:30Z
	export GIT_COMMITTER_DATE GIT_AUTHOR_DATE
	check_at 2026-11-23T10:00:00Z fresh
	unset GIT_COMMITTER_DATE GIT_AUTHOR_DATE
}

author_back() {
	GIT_AUTHOR_DATE=2026-11-22T02:00:30Z
	export GIT_AUTHOR_DATE
	check_at 2026-11-23T10:00:00Z fresh
	unset GIT_AUTHOR_DATE
}

# The night is there for one target alone.
one_target() {
	check_at 2026-11-23T10:00:00Z late prod
}

copied() {
	oldest >copy.json
	dated 2026-11-20T02:00:30Z record <copy.json
}

# A copy with another time, another run, and arrivals to fit.
edited() {
	oldest | sed -e 's/2026-11-20T/2026-11-22T/' -e 's/"run": "[0-9a-f]*"/"run": "f"/' >copy.json
	dated 2026-11-22T02:00:30Z record <copy.json
}

# The letters of the RequestId in another case.
other_case() {
	replies shout 2026-11-22T02:00:00Z prod other
	for target in prod other; do
		id=$(sed -n '1s/.*"RequestId": "\([^"]*\)".*/\1/p' "night.21/$target.json" |
			tr '[:lower:]' '[:upper:]')
		sed -i "1s/\"RequestId\": \"[^\"]*\"/\"RequestId\": \"$id\"/" "shout/$target.json"
	done
	check_at 2026-11-23T10:00:00Z shout
}

# One reply for two targets.
shared_reply() {
	rm -rf shared
	replies shared 2026-11-22T02:00:00Z prod
	cp shared/prod.json shared/other.json
	cp shared/prod.meta.json shared/other.meta.json
	check_at 2026-11-23T10:00:00Z shared
}

# A meta file that is ahead of the clock: a night that is not over.
ahead() {
	check_at 2026-11-23T10:00:00Z tomorrow
}

# No RequestId, no known outcome, no time of arrival: none of them counts.
by_hand() {
	jq -n '{run: "a", time: "2026-11-23T10:00:00Z", verdict: "pass", targets: [
		{name: "prod", outcome: "equal", fetched: "2026-11-22T02:00:00Z"},
		{name: "other", outcome: "fine", request_id: "1", fetched: "2026-11-22T02:00:00Z"}]}' >hand.json
	dated 2026-11-23T10:00:00Z record <hand.json
}

# As version 0.1.0 wrote it, whose time was that of --now.
version_0_1_0() {
	oldest | jq --arg commit "$(git -C repo rev-parse main)" '{schema, run: "b", time: "2026-11-22T02:00:00Z",
		version: "0.1.0", build, commit: $commit, verdict, incomplete, exit_code, targets: [.targets[] |
		{name, outcome, baseline_digest, live_digest, account, request_id: ("old " + .name)}],
		evidence: null}' >old.json
	dated 2026-11-23T10:00:00Z record <old.json
}

# A commit that has one target only.
small_commit() {
	git -C repo checkout -q -b small
	printf '[target prod]\n' >repo/baselines/targets.ini
	git -C repo rm -q baselines/other.json
	commit_all repo 'baselines: prod alone'
	git -C repo checkout -q main
	check_at 2026-11-23T10:00:00Z late --rev small
}

# A night that was late, and says so: this one counts.
honest() {
	check_at 2026-11-23T10:00:00Z late
}

# ---- what is seen -------------------------------------------------------------------------------
# Attempt, marks of the newest record, nights that are missing.
sed -e 's/ *| */|/g' -e 's/ *$//' >table <<'TABLE'
now_given     |                            | 22 other prod
epoch         |                            | 22 other prod
used_before   | repeated                   | 22 other prod
last_month    |                            | 22 other prod
clock_back    | before-parent              |
commit_back   | commit-date                | 22 other prod
author_back   | commit-date                | 22 other prod
one_target    | part                       | 22 other
copied        | before-parent copy repeated | 22 other prod
edited        | before-parent repeated     | 22 other prod
other_case    | repeated                   | 22 other prod
shared_reply  | repeated                   | 22 other
ahead         | ahead                      | 22 other prod
by_hand       | targets-unknown            | 22 other prod
version_0_1_0 | commit-date before-parent  | 22 other prod
small_commit  |                            | 22 other
honest        |                            |
TABLE
rows=0
while IFS='|' read -r name marks missing; do
	rows=$((rows + 1))
	rm -rf repo
	cp -a template repo
	"$name"
	[ "$code" = 0 ] || fail "$name: exit code $code"
	[ "$(git -C repo rev-list --count "$runs")" = 4 ] || fail "$name: no record"
	git -C repo show "$runs:run.json" >"made.$name.json"
	run scandrift -C repo log --runs --every 1d --now 2026-11-23T11:00:00Z --format json
	expect_exit 0
	expect_valid_result out runs
	cp "$out" "runs.$name.json"
	have=$(jq -r '.runs[0].marks | join(" ")' "$out")
	[ "$have" = "$marks" ] || fail "$name: marks: want $marks, have $have"
	have=$(jq -r '[.missing_targets[] | "\(.time[8:10]) \(.targets | join(" "))"] | join("; ")' "$out")
	[ "$have" = "$missing" ] || fail "$name: missing: want $missing, have $have"
	# The nights before are as they were.
	expect_json out '[.runs[1:][] | .marks] == [[], [], []]'
	{
		echo "# $name"
		scandrift -C repo log --runs --every 1d --now 2026-11-23T11:00:00Z
	} >>text
done <table
[ "$rows" = 17 ] || fail "$rows rows"
awk '/^# / { n = 0; print }
	/^[^ ]/ && !/^# / { n++ }
	n < 2 && /^    / && /MARKED|replayed|--now\)$/ || /^missing|^No night/ { print }' text >marks.text
expect_output marks.text marks.text

# --now and SOURCE_DATE_EPOCH are not the record's time; --now is beside it.
expect_json made.now_given.json '(.time | startswith("2026-11-23T10:00:")) and .now == "2026-11-22T02:00:00Z"'
expect_json made.epoch.json '(.time | startswith("2026-11-23T10:00:")) and (has("now") | not)'
expect_json runs.now_given.json '.runs[0].now == "2026-11-22T02:00:00Z" and .runs[1].now == null'
# What was fetched counts on its own day, and which replies were used again is said of each.
expect_json runs.last_month.json '[.runs[0].targets[] | .fetched, .counts] ==
	["2026-10-22T02:00:00Z", true, "2026-10-22T02:00:00Z", true]'
expect_json runs.shared_reply.json '[.runs[0].targets[] | "\(.name) \(.repeated) \(.counts)"] ==
	["prod false true", "other true false"]'
expect_json runs.one_target.json '.runs[0].left_out == ["other"]'
expect_json made.one_target.json '.targets_of_commit == 2 and (.targets | length) == 1'

# Each record is what its schema says, of which nothing may be left out.
schema_judge run made.now_given.json made.epoch.json made.one_target.json made.honest.json ||
	fail 'a record is not what its schema says'
jq 'del(.targets[0].fetched)' made.honest.json >wrong.json
! schema_judge run wrong.json >said || fail 'the schema of a record takes anything'

# A reply that nothing dates is refused, before anything is recorded.
rm -rf repo
cp -a template repo
replies bare 2026-11-22T02:00:00Z prod other
rm bare/other.meta.json
check_at 2026-11-23T10:00:00Z bare
expect_exit 2
expect_empty out
expect_lines err 1
expect_text err "--journal: $root/bare/other.json has no other.meta.json that says when it arrived"
echo '{"format": "scandrift-reply/1"}' >bare/other.meta.json
check_at 2026-11-23T10:00:00Z bare
expect_exit 2
[ "$(git -C repo rev-list --count "$runs")" = 3 ] || fail 'a record was made'
run scandrift -C repo check --replay "$root/bare"
expect_exit 0
# No reply is no problem of the recording: the target is incomplete, and its night is missing.
rm bare/other.json bare/other.meta.json
check_at 2026-11-23T10:00:00Z bare
expect_exit 3
run scandrift -C repo log --runs --every 1d --now 2026-11-23T11:00:00Z
expect_line out 'missing: 2026-11-22T02:00:00Z: other'

# --endpoint is in the record, that of a recording too.
rm -rf repo
cp -a template repo
account AKIDPROD prod-key '' "$common/prod.json"
use_key AKIDPROD prod-key
start_standin "$accounts"
run scandrift -C repo check --journal --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --record "$root/recorded"
expect_exit 0
git -C repo show "$runs:run.json" >record.json
schema_judge run record.json || fail 'a record is not what its schema says'
expect_json record.json ".endpoint_option and [.targets[] | .endpoint] == [\"$HTTPS_URL/\", \"$HTTPS_URL/\"]"
expect_json record.json 'all(.targets[]; .replayed == false and .fetched != null and .account != null)'
stop_standin
expect_json recorded/prod.meta.json ".endpoint == \"$HTTPS_URL/\" and .arrived >= .time"
rm -rf repo
cp -a template repo
run scandrift -C repo check --journal --replay "$root/recorded"
expect_exit 0
git -C repo show "$runs:run.json" >again.json
expect_json again.json ".endpoint_option and all(.targets[]; .replayed and .endpoint == \"$HTTPS_URL/\")"
expect_json again.json "[.targets[].fetched] == $(jq -c '[.targets[].fetched]' record.json)"
run scandrift -C repo log --runs
expect_line out '    from another endpoint (--endpoint)'

# The journal of version 0.1.0 is read once it is a branch, and none is begun beside it.
git -C repo update-ref refs/scandrift/runs "$runs"
git -C repo branch -q -D scandrift/runs
for words in 'log --runs' 'check --journal --replay ../late'; do
	# shellcheck disable=SC2086 # words
	run scandrift -C repo $words
	expect_exit 2
	expect_empty out
	expect_line err 'scandrift: the journal is at refs/scandrift/runs, where version 0.1.0 kept it; make the branch of it: git branch scandrift/runs refs/scandrift/runs'
done
sh -c "cd repo && $(sed -n 's/.*make the branch of it: //p' "$err")"
run scandrift -C repo log --runs
expect_exit 0
expect_line out '4 runs'

# The journal's branch is not for what was observed, and a branch with targets is no journal.
run scandrift -C repo check --replay "$root/late" --commit=scandrift/runs
expect_exit 2
expect_text err "is the journal's branch"
git -C repo branch -q -f scandrift/runs main
run scandrift -C repo check --replay "$root/late" --journal
expect_exit 2
expect_text err 'holds baselines/targets.ini, so it is no journal'
