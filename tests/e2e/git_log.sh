# SPDX-License-Identifier: Apache-2.0
#
# log and show: what a history means, over merges, renames, damage and shallow clones.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

replay=$PWD/replies

# at TIME: the clock of those who commit.
at() {
	GIT_AUTHOR_DATE=$1
	GIT_COMMITTER_DATE=$1
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
}

live() {
	sed "$2" "$common/prod.json" >edited.json
	replay_from replies "$1" edited.json
	digest=$(scandrift normalize --digest edited.json)
}

# kinds: what the last JSON says, a line an entry.
kinds() {
	jq -r '.targets[0].entries[] | "\(.time) \(.kind) \(.direction) \(.drifted)"' "$out"
}

product_repo repo prod
live prod 's/"ScanPeriod": 1/"ScanPeriod": 7/'
at 2026-11-24T02:00:00Z
run scandrift -C repo check --replay "$replay" --commit
expect_exit 1
at 2026-11-26T09:00:00Z
run scandrift -C repo accept prod --replay "$replay" --allow-weakened --expect "$digest"
expect_exit 0
live prod '/9007199254740993,/d'
at 2026-11-27T02:00:00Z
run scandrift -C repo check --replay "$replay" --commit
expect_exit 1

run scandrift -C repo log prod --format json
expect_exit 0
expect_empty err
expect_valid_result out log
kinds >have
cat >want <<'EOF'
2026-11-27T02:00:00Z observed strengthened true
2026-11-26T09:00:00Z baseline weakened false
2026-11-24T02:00:00Z observed null true
2026-11-24T00:00:00Z baseline null false
EOF
expect_same want have
expect_json out '.targets[0].drifted_since == "2026-11-27T02:00:00Z"'
expect_json out '.targets[0].entries[1].changes[0].path == "/ScanPeriod"'
expect_json out '.targets[0].entries[2].judged_by == .targets[0].entries[3].commit'
expect_json out 'has("now") | not'
run scandrift -C repo log --now 2026-11-30T02:00:00Z
expect_exit 0
sed -E 's/  [0-9a-f]{12}$/  COMMIT/' "$out" >log.text
expect_output log.text log.text
run scandrift -C repo log --now 2026-11-30T01:59:59Z
expect_line out 'prod: drifted since 2026-11-27T02:00:00Z, for 2 days'
# A time before the drift has no span.
run scandrift -C repo log --now 2026-11-27T01:00:00Z
expect_line out 'prod: drifted since 2026-11-27T02:00:00Z'
run scandrift -C repo log --now 2026-11-30T02:00:00Z --format json
expect_exit 0
expect_json out '.now == "2026-11-30T02:00:00Z"'
expect_valid_result out log

# Without it the clock counts, which may go on to the next day while the program runs.
days_since() {
	echo $((($(date +%s) - $(date -d "$1" +%s)) / 86400))
}
days=$(days_since 2026-11-27T02:00:00Z)
run scandrift -C repo log
if [ "$days" -gt 1 ]; then
	grep -qxE "prod: drifted since 2026-11-27T02:00:00Z, for ($days|$((days + 1))) days" "$out" ||
		fail "not for $days days"
fi

# A rename keeps the history; a merge counts when it brought the change.
sed -e 's/prod/live/' repo/baselines/targets.ini >edited.ini
echo 'formerly = prod' >>edited.ini
cp edited.ini repo/baselines/targets.ini
git -C repo mv baselines/prod.json baselines/live.json
at 2026-11-28T00:00:00Z
git -C repo add -A
git -C repo commit -q -m 'prod is called live'
git -C repo checkout -q -b topic
sed -i 's/"ScanPeriod": 7/"ScanPeriod": 2/' repo/baselines/live.json
at 2026-11-28T05:00:00Z
git -C repo commit -q -a -m 'every other day'
git -C repo checkout -q main
at 2026-11-29T00:00:00Z
git -C repo commit -q --allow-empty -m 'something else'
git -C repo merge -q --no-ff -m 'merge topic' topic
run scandrift -C repo log live --format json
expect_exit 0
jq -r '.targets[0].entries[] | select(.kind == "baseline") |
	"\(.time) \(.direction) \(.former_path) \(.subject)"' "$out" >have
cat >want <<'EOF'
2026-11-29T00:00:00Z strengthened null merge topic
2026-11-28T00:00:00Z null baselines/prod.json prod is called live
2026-11-26T09:00:00Z weakened null baselines: accept what is live for prod
2026-11-24T00:00:00Z null null baselines: as agreed
EOF
expect_same want have
run scandrift -C repo log live --branch topic --format json
expect_json out '[.targets[0].entries[] | select(.kind == "baseline")][0].subject == "every other day"'

# show: now, then, there.
run scandrift -C repo show live
expect_exit 0
expect_same repo/baselines/live.json "$out"
expect_text err 'Looked for: '
run scandrift -C repo show live --as-of 2026-11-26T08:59:59Z
expect_exit 0
expect_same "$common/prod.json" "$out"
expect_text err 'asserted'
run scandrift -C repo show live --as-of 2026-11-26
expect_exit 0
expect_json out '.ScanPeriod == 7'
run scandrift -C repo show live --rev topic^
expect_exit 0
expect_json out '.ScanPeriod == 7'
# On main the topic's commit of 05:00 was not there before the merge.
run scandrift -C repo show live --as-of 2026-11-28 --branch main
expect_exit 0
expect_json out '.ScanPeriod == 7'
run scandrift -C repo show live --as-of 2026-11-28 --branch topic
expect_json out '.ScanPeriod == 2'
run scandrift -C repo show live --as-of 2020-01-01
expect_exit 2
run scandrift -C repo show live --as-of yesterday
expect_exit 2
run scandrift -C repo show live --rev main --branch main
expect_exit 2
run scandrift -C repo show live --rev nothing
expect_exit 2
run scandrift -C repo show other
expect_exit 2
# Formats that log has not are refused before anything is read, with those that it has.
for format in patch markdown github; do
	run scandrift -C repo log live --format "$format"
	expect_exit 2
	expect_empty out
	expect_text err "log: no --format $format; "
	run scandrift -C nowhere log --runs --format "$format"
	expect_exit 2
	expect_text err "log: no --format $format; "
done
expect_text err 'it has text, json'

# States that cannot be read, and none at all, are told.
echo '{' >repo/baselines/live.json
at 2026-11-30T00:00:00Z
git -C repo commit -q -a -m 'broken'
git -C repo rm -q baselines/live.json
at 2026-11-30T01:00:00Z
git -C repo commit -q -m 'removed'
cp "$common/prod.json" repo/baselines/live.json
git -C repo add -A
at 2026-11-30T02:00:00Z
git -C repo commit -q -m 'back'
run scandrift -C repo log live --format json
expect_exit 0
expect_valid_result out log
expect_json out '[.targets[0].entries[] | select(.kind == "baseline")] |
	.[0].digest != null and .[1].path == null and .[2].problem != null'
run scandrift -C repo log live
expect_text out 'cannot be read'
expect_text out 'removed'

# The text of others cannot do harm.
at 2026-11-30T03:00:00Z
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 4/' repo/baselines/live.json
printf 'evil \033[31m\302\205 ##[add-path]x\n' | git -C repo commit -q -a -F -
run env GITHUB_ACTIONS=true sh -c "scandrift -C repo log live"
expect_no_text out "$(printf '\033')"
expect_no_text out '##['

# A shallow clone says what it lacks.
git clone -q --depth 2 "file://$PWD/repo" shallow
run scandrift -C shallow log live --format json
expect_exit 0
expect_valid_result out log
expect_json out '.targets[0].cut'
run scandrift -C shallow show live --as-of 2026-11-26
expect_exit 2
expect_text err '--unshallow'

# A commit that lies about its bytes is not believed.
cp -r repo damaged
object=$(git -C damaged rev-parse HEAD~3)
file=damaged/.git/objects/$(echo "$object" | sed 's,^..,&/,')
other=$(git -C damaged rev-parse HEAD~2)
chmod u+w "$file"
cp "damaged/.git/objects/$(echo "$other" | sed 's,^..,&/,')" "$file"
run scandrift -C damaged log live
expect_exit 2
expect_text err 'is damaged'

# Nothing committed yet.
new_repo unborn
mkdir unborn/baselines
echo '[target prod]' >unborn/baselines/targets.ini
run scandrift -C unborn log --format json
expect_exit 0
expect_valid_result out log
run scandrift -C unborn show prod
expect_exit 2
