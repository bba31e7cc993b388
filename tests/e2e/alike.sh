# SPDX-License-Identifier: Apache-2.0
#
# What many targets have alike is told once, with their count and names; what differs is not. What a
# program reads has an entry for each all the same. Then 300 targets with one cause, of each kind:
# people's formats stay short.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

product_repo repo north south east west other same
sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >weekly.json
sed 's/"ScanPeriod": 1/"ScanPeriod": 3/' "$common/prod.json" >third.json
for target in north south east west; do
	replay_from replies "$target" weekly.json
done
replay_from replies other third.json
replay_from replies same "$common/prod.json"

run scandrift -C repo check --replay "$PWD/replies" --now "$now"
expect_exit 1
expect_line out 'north and 3 more (south, east, west): drifted (weakened)'
expect_line out 'other: drifted (weakened)'
expect_line out 'same: equal'
[ "$(grep -c '/ScanPeriod was 1, is 7' "$out")" = 1 ] || fail 'told more than once'
expect_text out '5 high'

# A machine gets each of them.
run_json -C repo check --replay "$PWD/replies" --now "$now"
expect_json out '[.findings[] | select(.rule == "drift/ScanPeriod")] | length == 5'
# And the groups beside them, which name each.
expect_json out '[.groups[] | select(.of == "targets") | [.outcome, .direction, .targets]] == [
	["drifted", "weakened", ["north", "south", "east", "west"]],
	["drifted", "weakened", ["other"]], ["equal", null, ["same"]]]'
expect_json out '[.groups[] | select(.of == "findings" and .rule != "liveness/unknown") | [.rule, .message, .targets]] == [
	["drift/ScanPeriod", "/ScanPeriod was 1, is 3 (weakened)", ["other"]],
	["drift/ScanPeriod", "/ScanPeriod was 1, is 7 (weakened)", ["east", "north", "south", "west"]]]'
expect_json out "[.findings[].target] as \$targets | all(.groups[] | select(.of == \"findings\");
	.targets == [.findings[] | \$targets[.]])"

# One of them has something more to say: that is told of it alone, and what it shares is not told
# again.
sed 's/"Enable": true,/"Enable": true, "NewField": true,/' replies/west.json >west.json
cp west.json replies/west.json
run scandrift -C repo check --replay "$PWD/replies" --now "$now"
expect_line out 'north and 2 more (south, east): drifted (weakened)'
expect_line out 'west: drifted (unknown)'
expect_line out 'east and 3 more (north, south, west):'
[ "$(grep -c '/ScanPeriod was 1, is 7' "$out")" = 1 ] || fail 'told more than once'

# Very many of one target: the gravest, and how many more. A machine gets all.
awk '/"Enable": true,/ { for (i = 0; i < 1000; i++) printf "\"New%d\": true,", i } { print }' weekly.json >many.json
replay_from replies west many.json
run scandrift -C repo check west --replay "$PWD/replies" --now "$now"
expect_exit 1
expect_text out '/ScanPeriod was 1, is 7'
[ "$(grep -c ' drift/' "$out")" -lt 210 ] || fail 'all are shown'
expect_text out 'more findings of this target, none graver; --format json has them all'
[ "$(wc -c <"$out")" -lt 70000 ] || fail "$(wc -c <"$out") bytes"
run_json -C repo check west --replay "$PWD/replies" --now "$now"
expect_json out '[.findings[] | select(.rule | startswith("drift/"))] | length >= 1001'

# ---- what is each target's own in its words ----

# told LINE: it is in the text, once.
told() {
	expect_line out "$1"
	[ "$(grep -cxF -e "$1" "$out")" = 1 ] || fail "told more than once: $1"
}

product_repo own a b c
for target in a b c; do
	day=$(printf '%s' "$target" | tr abc 123)
	sed "1s/^{/{\"ScanResult\": \"Success\", \"LastScanTime\": \"2026-10-0$day 02:00:00\",/" \
		"$common/prod.json" >stale.json
	replay_from stale "$target" stale.json
done
run scandrift -C own check --replay "$PWD/stale" --now "$now"
expect_exit 1
told 'a and 2 more (b, c): equal'
told '            No scan has run for longer than two periods'
run_json -C own check --replay "$PWD/stale" --now "$now"
expect_json out '[.findings[].message] | unique | length == 3'
expect_json out '[.groups[] | select(.of == "findings" and .rule != "liveness/unknown") | [.message, .example, .targets]] ==
	[["No scan has run for longer than two periods", null, ["a", "b", "c"]]]'

# The same edit of files of their own, for who has to approve it.
git -C own switch -q -c edit
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 7/' own/baselines/[abc].json
commit_all own 'weekly'
run scandrift -C own review main..edit --now "$now"
expect_exit 1
told 'a and 2 more (b, c): changed (weakened)'
told '            1 field may lose something: /ScanPeriod'
expect_text out '3 loosenings to be approved'

# Baselines that are not there, or broken in the same way.
git -C own switch -q -C gone main
git -C own rm -q baselines/a.json baselines/b.json baselines/c.json
commit_all own 'gone'
run scandrift -C own review main..gone --now "$now"
told '            The baseline is not in the head any more'
run scandrift -C own check --replay "$PWD/stale" --now "$now"
told '            The target has no committed baseline'
mkdir -p own/baselines
for target in a b c; do
	echo '{' >"own/baselines/$target.json"
done
commit_all own 'broken'
run scandrift -C own check --replay "$PWD/stale" --now "$now"
[ "$(grep -c 'baseline/malformed' "$out")" = 1 ] || fail 'told more than once'

# ---- 300 targets, one cause ----

names=$(seq -f 't%03g' 300)
# shellcheck disable=SC2086 # a list of words
product_repo many $names
for kind in equal drift licence permission; do
	mkdir "$kind"
done
sed '1s/^{/{"ScanResult": "InsufficientLicense", "LastScanTime": "2026-11-23 02:00:00",/' \
	"$common/prod.json" >licence.json
replay_from . equal-reply "$common/prod.json"
replay_from . drift-reply weekly.json
replay_from . licence-reply licence.json
for target in $names; do
	for kind in equal drift licence; do
		cp "$kind-reply.json" "$kind/$target.json"
	done
	# The vendor's words and RequestId are each target's own.
	printf '{"Response": {"Error": {"Code": "UnauthorizedOperation", "Message": "CAM: %s"},
		"RequestId": "00000000-0000-4000-8000-000000000%s"}}\n' "$target" "${target#t}" \
		>"permission/$target.json"
done

# short KIND LINES: each format for people of it fits what a person reads, and names what is not
# shown; each kind of it is told in so many places.
short() {
	for format in text markdown github; do
		run scandrift -C many check --replay "$PWD/$1" --now "$now" --format "$format"
		lines=$(wc -l <"$out") bytes=$(wc -c <"$out") commands=$(grep -c '^::' "$out" || :)
		echo "$1 $format: $lines lines, $bytes bytes, $commands annotations"
		[ "$format" != text ] || [ "$lines" -le "$2" ] || fail "$lines lines"
		[ "$format" = text ] || [ "$bytes" -le 4000 ] || fail "$bytes bytes"
		[ "$commands" -le 3 ] || fail "$commands annotations"
		[ "$format" != text ] || expect_text out 't001 and '
	done
	run_json -C many check --replay "$PWD/$1" --now "$now"
	expect_json out '(.targets | length) == 300'
	expect_json out '[.groups[] | select(.of == "targets") | .targets[]] | unique | length == 300'
}

short equal 6
expect_json out '[.groups[] | select(.rule != "liveness/unknown") | [.of, .outcome, (.targets | length)]] == [["targets", "equal", 300]]'
short drift 20
expect_json out '[.findings[] | select(.rule == "drift/ScanPeriod")] | length == 300'
short licence 20
expect_json out '[.groups[] | select(.of == "findings" and .rule != "liveness/unknown") | [.rule, .example, (.targets | length)]] ==
	[["liveness/scan-result", null, 300]]'
short permission 20
expect_json out '[.groups[] | select(.of == "findings" and .rule != "liveness/unknown") | [.rule, .example, (.targets | length)]] ==
	[["incomplete/permission", "t001", 300]]'
expect_json out '[.findings[].request_id] | unique | length == 300'
run scandrift -C many check --replay "$PWD/permission" --now "$now"
expect_line out 't001 and 299 more (t002, t003, t004, t005, t006, ...): incomplete'
expect_line out '            from   t001, as an example; --format json has all'

# All but three: two causes, twice as much.
for mix in drift:permission licence:drift permission:licence; do
	rm -rf mixed
	cp -r "${mix%:*}" mixed
	for target in t010 t020 t030; do
		cp "${mix#*:}/$target.json" mixed/
	done
	short mixed 30
	expect_json out '[.groups[] | select(.of == "findings" and .rule != "liveness/unknown") | .targets | length] | sort == [3, 297]'
	run scandrift -C many check --replay "$PWD/mixed" --now "$now"
	expect_text out 't010 and 2 more (t020, t030)'
done
