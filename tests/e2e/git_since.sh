# SPDX-License-Identifier: Apache-2.0
#
# Since when it has been so: what history knows of each field that drifted, and when a schedule was
# switched on that has not scanned since.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

replay=$PWD/replies

# live TARGET SED: what is live from here on.
live() {
	sed "$2" "$common/prod.json" >"$1.edited"
	replay_from replies "$1" "$1.edited"
}

# night DAY [ARG...]: of November 2026, 02:00; the clock of what it commits is that too.
night() {
	day=$1
	shift
	GIT_AUTHOR_DATE="2026-11-${day}T02:00:00Z"
	GIT_COMMITTER_DATE=$GIT_AUTHOR_DATE
	export GIT_AUTHOR_DATE GIT_COMMITTER_DATE
	run_json -C repo check --replay "$replay" --now "2026-11-${day}T02:00:00Z" "$@"
}

# baseline DAY TARGET SED: decided that day.
baseline() {
	sed "$3" "$common/prod.json" >"repo/baselines/$2.json"
	GIT_AUTHOR_DATE="2026-11-${1}T12:00:00Z" GIT_COMMITTER_DATE="2026-11-${1}T12:00:00Z" \
		git -C repo commit -q -am "baseline of $2"
}

# expect_since TARGET FIELD TIME|null
expect_since() {
	expect_json out "[.findings[] | select(.rule == \"drift/$2\" and .target == \"$1\").since] == [$3]"
}

new_repo repo
mkdir repo/baselines
printf '[target prod]\nzone = +00:00\n[target other]\nzone = +00:00\n' >repo/baselines/targets.ini
cp "$common/prod.json" repo/baselines/prod.json
cp "$common/prod.json" repo/baselines/other.json
git -C repo add -A
GIT_AUTHOR_DATE=2026-11-01T00:00:00Z GIT_COMMITTER_DATE=2026-11-01T00:00:00Z \
	git -C repo commit -q -m 'baselines: as agreed'

# Nothing was observed before: nothing is known the first night.
live prod 's/"ScanPeriod": 1/"ScanPeriod": 7/'
live other ''
night 10 --commit
expect_exit 1
expect_since prod ScanPeriod null

# The second field drifts later; a night that records nothing knows too.
night 11
expect_since prod ScanPeriod '"2026-11-10T02:00:00Z"'
live prod 's/"ScanPeriod": 1/"ScanPeriod": 7/; s/03:00:00/05:00:00/'
night 12 --commit
expect_since prod ScanPeriod '"2026-11-10T02:00:00Z"'
expect_since prod ScanTime null
night 14 --commit
expect_since prod ScanPeriod '"2026-11-10T02:00:00Z"'
expect_since prod ScanTime '"2026-11-12T02:00:00Z"'

# For a person.
run scandrift -C repo check --replay "$replay" --now 2026-11-14T02:00:00Z
expect_line out '            since  2026-11-10T02:00:00Z, for 4 days'
expect_line out '            since  2026-11-12T02:00:00Z, for 2 days'

# Live stays; the baseline moves away from it, or is written anew without meaning anything.
baseline 15 prod 's/"ScanPeriod": 1/"ScanPeriod": 2/'
night 16 --commit
expect_since prod ScanPeriod '"2026-11-15T12:00:00Z"'
expect_since prod ScanTime '"2026-11-12T02:00:00Z"'

# It came back to another value in between: a new drift.
live prod 's/"ScanPeriod": 1/"ScanPeriod": 9/'
night 17 --commit
live prod 's/"ScanPeriod": 1/"ScanPeriod": 7/'
night 18 --commit
night 19
expect_since prod ScanPeriod '"2026-11-18T02:00:00Z"'

expect_json out '[.findings[] | select(.since) | .since_is_bound] | unique == [false]'

# A shallow clone of the baselines: what was observed later decides, and is known.
git clone -q --depth 1 "file://$PWD/repo" shallow
git -C shallow fetch -q origin scandrift/observed:scandrift/observed
run_json -C shallow check prod --replay "$replay" --now 2026-11-19T02:00:00Z
expect_since prod ScanPeriod '"2026-11-18T02:00:00Z"'
expect_json out '[.findings[] | select(.rule == "drift/ScanPeriod").since_is_bound] == [false]'

# Where its oldest commit is younger than that, the baseline may have been so before.
cp -r repo later
GIT_AUTHOR_DATE=2026-11-18T12:00:00Z GIT_COMMITTER_DATE=2026-11-18T12:00:00Z \
	git -C later commit -q --allow-empty -m 'something else'
run_json -C later check prod --replay "$replay" --now 2026-11-19T02:00:00Z
expect_since prod ScanPeriod '"2026-11-18T02:00:00Z"'
rm -rf shallow
git clone -q --depth 1 "file://$PWD/later" shallow
git -C shallow fetch -q origin scandrift/observed:scandrift/observed
run_json -C shallow check prod --replay "$replay" --now 2026-11-19T02:00:00Z
expect_json out '[.findings[] | select(.rule == "drift/ScanPeriod") | .since, .since_is_bound] ==
	["2026-11-18T12:00:00Z", true]'
run scandrift -C shallow check prod --replay "$replay" --now 2026-11-19T13:00:00Z
expect_line out '            since  2026-11-18T12:00:00Z or earlier, for at least 1 day'

# A shallow clone of what was observed: it may all have been so before.
git clone -q --depth 1 --branch scandrift/observed "file://$PWD/repo" seen
git -C seen fetch -q origin main:main
git -C seen checkout -q main
run_json -C seen check prod --replay "$replay" --now 2026-11-19T02:00:00Z
expect_json out '[.findings[] | select(.rule | startswith("drift/")) | [.since, .since_is_bound]] ==
	[["2026-11-18T02:00:00Z", true]]'
run scandrift -C seen log prod --now 2026-11-19T12:00:00Z
expect_line out 'prod: drifted since 2026-11-18T02:00:00Z or earlier, for at least 1 day'
run scandrift -C seen log prod --format json
expect_valid_result out log
expect_json out '.targets[0] | .since_is_bound and .entries[0].time_is_bound and
	.drifted_since == "2026-11-18T02:00:00Z"'

# Under another name it is the same target, for log and since alike.
cp -r repo renamed
sed 's/^\[target prod\]/&\nformerly = prod/; s/target prod/target live/' \
	repo/baselines/targets.ini >renamed/baselines/targets.ini
git -C renamed mv baselines/prod.json baselines/live.json
GIT_AUTHOR_DATE=2026-11-18T12:00:00Z GIT_COMMITTER_DATE=2026-11-18T12:00:00Z \
	git -C renamed commit -qam 'prod is called live'
cp "$replay/prod.json" "$replay/live.json"
[ ! -f "$replay/prod.meta.json" ] || cp "$replay/prod.meta.json" "$replay/live.meta.json"
run_json -C renamed check live --replay "$replay" --now 2026-11-19T02:00:00Z
expect_since live ScanPeriod '"2026-11-18T02:00:00Z"'
expect_json out '[.findings[] | select(.rule == "drift/ScanPeriod").since_is_bound] == [false]'
run scandrift -C renamed log live --format json
expect_json out '.targets[0].drifted_since == "2026-11-10T02:00:00Z"'
# What was observed under the old name is what the next night is compared with.
cp renamed/baselines/live.json equal.json
replay_from replies live equal.json
GIT_AUTHOR_DATE=2026-11-20T02:00:00Z GIT_COMMITTER_DATE=2026-11-20T02:00:00Z \
	run_json -C renamed check live --replay "$replay" --commit --now 2026-11-20T02:00:00Z
expect_exit 0
run scandrift -C renamed log live --format json
expect_json out '.targets[0] | .drifted_since == null and
	.entries[0].former_path == "baselines/prod.json"'

# What cannot be read of history is not known, and the run is judged all the same.
git clone -q --no-local repo broken
git -C broken fetch -q origin scandrift/observed:scandrift/observed
for pack in broken/.git/objects/pack/*; do
	mv "$pack" .
done
for pack in *.pack; do
	git -C broken unpack-objects -q <"$pack"
done
lost=$(git -C broken rev-parse scandrift/observed~1)
rm -f "broken/.git/objects/$(printf %.2s "$lost")/${lost#??}"
run_json -C broken check prod --replay "$replay" --now 2026-11-19T02:00:00Z
expect_exit 1
expect_since prod ScanPeriod null

# --- switched on -----------------------------------------------------------------------------

stale() {
	expect_json out "[.findings[] | select(.rule == \"liveness/stale\" and .target == \"other\").severity] == [$1]"
}

# `state` of a reply comes with it: a scan long ago.
on='s/"Enable": true,/"Enable": true, "LastScanTime": "2026-10-01 03:00:00", "ScanResult": "Success",/'
off='s/"Enable": true,/"Enable": false,/'

# Off by the baseline, and on: when it was switched on is not known, so it is a fault.
baseline 19 other "$off"
live other "$on"
git -C repo update-ref -d refs/heads/scandrift/observed
night 20
stale '"high"'

# Recorded as off, then seen on: a notice for two periods, and a fault after them.
live other 's/"Enable": true,/"Enable": false,/; s/"ScanPeriod": 1/"ScanPeriod": 2/'
night 20 --commit
live other "$on"
night 21 --commit
stale '"info"'
expect_text out 'switched on by 2026-11-21T02:00:00Z'
night 23 --commit
stale '"info"'
night 24 --commit
stale '"high"'
# The drift itself stays.
expect_since other Enable '"2026-11-21T02:00:00Z"'

# Without recording it is never known when.
git -C repo update-ref refs/heads/scandrift/observed scandrift/observed~1
night 24
stale '"high"'

# On since the first record: that it was off before is not known.
baseline 24 other ''
live other "$on"
git -C repo update-ref -d refs/heads/scandrift/observed
live prod 's/"ScanPeriod": 1/"ScanPeriod": 3/'
night 25 --commit
night 26
stale '"high"'

# --- never run -------------------------------------------------------------------------------

# A baseline that has had it on since the first of the month; nothing was observed.
never='s/"Enable": true,/"Enable": true, "LastScanTime": "", "ScanResult": "",/'
git -C repo update-ref -d refs/heads/scandrift/observed
live other "$never"
night 02
stale '"info"'
night 03
expect_exit 1
stale '"high"'
expect_text out 'no scan has run yet; on since 2026-11-01T00:00:00Z'

# The period decides; that it was off in between does not make it new.
live other "$never; s/\"ScanPeriod\": 1/\"ScanPeriod\": 14/"
night 28
stale '"info"'
night 30
stale '"high"'
expect_text out 'on since 2026-11-01T00:00:00Z'

# By what was observed, where the baseline has never had it on.
git init -q -b main fresh
git -C fresh config user.name 'Test Author'
git -C fresh config user.email 'author@example.com'
mkdir fresh/baselines
cp repo/baselines/targets.ini fresh/baselines
sed "$off" "$common/prod.json" >fresh/baselines/other.json
cp fresh/baselines/other.json fresh/baselines/prod.json
git -C fresh add -A
GIT_AUTHOR_DATE=2026-11-01T00:00:00Z GIT_COMMITTER_DATE=2026-11-01T00:00:00Z \
	git -C fresh commit -q -m 'baselines: off'
fresh_night() {
	day=$1
	shift
	GIT_AUTHOR_DATE="2026-11-${day}T02:00:00Z" GIT_COMMITTER_DATE="2026-11-${day}T02:00:00Z" \
		run_json -C fresh check other --replay "$replay" --now "2026-11-${day}T02:00:00Z" "$@"
}
live other "$never"
fresh_night 20
stale '"info"'
fresh_night 21 --commit
stale '"info"'
fresh_night 23 --commit
stale '"info"'
fresh_night 24 --commit
stale '"high"'
expect_text out 'on since 2026-11-21T02:00:00Z'

# What a clone does not have may be old.
GIT_AUTHOR_DATE=2026-11-20T00:00:00Z GIT_COMMITTER_DATE=2026-11-20T00:00:00Z \
	git -C fresh commit -q --allow-empty -m 'later'
git clone -q --depth 1 "file://$PWD/fresh" cut
run_json -C cut check other --replay "$replay" --now 2026-11-20T02:00:00Z
stale '"high"'
expect_text out 'on since longer than this history goes back'

# A history that cannot be read to its end may be old too.
git clone -q --no-local fresh torn
git -C torn fetch -q origin scandrift/observed:scandrift/observed
for pack in torn/.git/objects/pack/*.pack; do
	mv "$pack" torn.pack
	rm -f "${pack%.pack}".*
	git -C torn unpack-objects -q <torn.pack
done
run_json -C torn check other --replay "$replay" --now 2026-11-22T02:00:00Z
stale '"info"'
lost=$(git -C torn rev-parse HEAD~1)
rm -f "torn/.git/objects/$(printf %.2s "$lost")/${lost#??}"
run_json -C torn check other --replay "$replay" --now 2026-11-22T02:00:00Z
stale '"high"'
