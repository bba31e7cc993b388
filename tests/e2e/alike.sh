# SPDX-License-Identifier: Apache-2.0
#
# The same change on many targets is told once, with their count and names; what differs is not.

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

# One of them has something more to say: it stands alone.
sed 's/"Enable": true,/"Enable": true, "NewField": true,/' replies/west.json >west.json
cp west.json replies/west.json
run scandrift -C repo check --replay "$PWD/replies" --now "$now"
expect_line out 'north and 2 more (south, east): drifted (weakened)'
expect_line out 'west: drifted (unknown)'

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
