# SPDX-License-Identifier: Apache-2.0
#
# Nights of twenty targets under a clock that goes from night to night, with commits, journal, edits
# of baselines, gaps and a rename. Then log, since, show --as-of and log --runs must say what the
# generator (common/years.awk) says happened. The long run has ten years of it.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need faketime

nights=60
[ -z "$SCANDRIFT_LONG" ] || nights=3650
targets=20
replay=$PWD/replies
mkdir -p repo/baselines made replies
awk -v nights=$nights -v targets=$targets -v seed="$SCANDRIFT_SEED" -v out=made \
	-f "$SCANDRIFT_SOURCE/tests/e2e/common/years.awk"
: >>made/edits
: >>made/since.want

# The clock is that of the night, as libfaketime shows it to the program; time limits keep their own.
FAKETIME_DONT_FAKE_MONOTONIC=1
export FAKETIME_DONT_FAKE_MONOTONIC
at_night() {
	night_day=$1
	shift
	code=0
	faketime -m -f "@$night_day 02:00:00" "$SCANDRIFT" "$@" >"$out" 2>"$err" || code=$?
	e2e_command="$night_day: $*"
}

baseline() {
	sed "s/\"ScanPeriod\": 1/\"ScanPeriod\": $1/" "$common/prod.json"
}

# noon DAY MESSAGE: commits all that changed.
noon() {
	git -C repo add -A
	GIT_AUTHOR_DATE="$1T12:00:00Z" GIT_COMMITTER_DATE="$1T12:00:00Z" git -C repo commit -q -m "$2"
}

# One line of made/nights as replies; a request id of its own each.
template=$SCRATCH/template
sed '1s/^{//' "$common/prod.json" >"$template"
write_replies() {
	rm -f replies/*
	echo "$night_line" | awk -v renamed=$((nights / 2)) -v template="$template" '
		BEGIN { while ((getline line <template) > 0) body = body line "\n" }
		{ for (t = 0; t < NF - 3; t++) {
			if ($(t + 4) == 0)
				continue
			name = t == 0 && $1 > renamed ? "new" : sprintf("t%02d", t)
			text = body
			sub(/"ScanPeriod": 1/, "\"ScanPeriod\": " $(t + 4), text)
			file = "replies/" name ".json"
			printf "{\"Response\": {\"RequestId\": \"%08d-0000-4000-8000-%012d\",\n%s}\n", $1, t, text >file
			close(file)
			file = "replies/" name ".meta.json"
			printf "{\"format\": \"scandrift-reply/1\", \"time\": \"%sT02:00:00Z\", \"status\": 200}\n", $2 >file
			close(file)
		} }'
}

git init -q -b main repo
git -C repo config user.name 'Test Author'
git -C repo config user.email 'author@example.com'
git -C repo config gc.auto 0
awk -v n=$targets 'BEGIN { for (t = 0; t < n; t++) printf "[target t%02d]\nzone = +00:00\n", t }' \
	>repo/baselines/targets.ini
for t in $(seq 0 $((targets - 1))); do
	baseline 1 >"repo/baselines/$(printf 't%02d' "$t").json"
done
noon 2026-12-31 'baselines: as agreed'

# edit_baselines NIGHT DAY: what is edited at noon.
edit_baselines() {
	awk -v n="$1" '$1 == n' made/edits >today
	[ -s today ] || return 0
	while read -r _ _ name period; do
		case $name/$period in
		rename/*)
			sed 's/^\[target t00\]/[target new]\nformerly = t00/' \
				repo/baselines/targets.ini >edited
			cp edited repo/baselines/targets.ini
			[ ! -f repo/baselines/t00.json ] ||
				git -C repo mv baselines/t00.json baselines/new.json
			;;
		*/0) rm "repo/baselines/$name.json" ;;
		*) baseline "$period" >"repo/baselines/$name.json" ;;
		esac
	done <today
	noon "$2" "edits of $2"
}

while read -r night_line; do
	# shellcheck disable=SC2086 # its words
	set -- $night_line
	number=$1 night_day=$2
	if [ "$3" = run ]; then
		write_replies
		at_night "$night_day" -C repo check --replay "$replay" --commit --journal -q
		case $code in 0 | 1 | 3) ;; *) fail "exit code: $code" ;; esac
	fi
	edit_baselines "$number" "$night_day"
	if [ $((number % 500)) = 499 ]; then
		git -C repo gc -q
	fi
done <made/nights

# --- the answers ---------------------------------------------------------------------------------

for period in 1 2 3 4 5 6; do
	baseline $period >period.json
	echo "$(scandrift normalize --digest period.json) $period"
done >digests
run scandrift -C repo log --format json
expect_exit 0
expect_valid_result out log
jq -r '.targets[] | .name as $name | .entries[] |
	"\($name) \(.kind) \(.time[:16]) \(.digest // "none")"' "$out" |
	awk 'NR == FNR { period[$1] = $2; next } { print $1, $2, $3, period[$4] + 0 }' digests - |
	sort >log.have
sort made/log.want >log.want
expect_same log.want log.have
expect_json out "[.targets[].cut] | any | not"

# Each target alone is told the same.
run scandrift -C repo log new --format json
jq -r '.targets[0].entries[] | .commit' "$out" >alone
run scandrift -C repo log --format json
jq -r '.targets[] | select(.name == "new").entries[] | .commit' "$out" >together
expect_same alone together

read -r night_line <made/last
write_replies
at_night "$(echo "$night_line" | awk '{ print $2 }')" -C repo check --replay "$replay" --format json
expect_valid_result out
jq -r '.findings[] | select(.rule == "drift/ScanPeriod") | "\(.target) \(.since[:16])"' "$out" |
	sort >since.have
sort made/since.want >since.want
expect_same since.want since.have
[ -s since.have ] || fail 'nothing is drifted at the end'

while read -r day name period; do
	code=0
	scandrift -C repo show "$name" --as-of "${day}T18:00:00Z" 2>"$err" >show.json || code=$?
	[ "$code" = 2 ] && echo "$day $name 0" || echo "$day $name $(jq .ScanPeriod show.json)"
done <made/asof.want >asof.have
expect_same made/asof.want asof.have

run scandrift -C repo log --runs --format json
expect_exit 0
jq -r '.runs[] | .time[:16] + " " + ([.targets[].outcome] | join(" "))' "$out" | sort >runs.have
expect_same made/runs.want runs.have
