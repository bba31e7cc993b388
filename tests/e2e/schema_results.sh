# SPDX-License-Identifier: Apache-2.0
#
# What the commands print as JSON, judged by an outside validator: the results that other scripts
# have judged by common/schema.jq alone, of each command that has a schema.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need git jq node
[ -d "$SCANDRIFT_NPM/node_modules/ajv" ] || skip "no ajv in $SCANDRIFT_NPM"
NODE_PATH=$SCANDRIFT_NPM/node_modules
export NODE_PATH

all=$SCRATCH/all
mkdir "$all"
for script in check_verdicts accept normalize_diff liveness record_replay git_accept git_log \
	git_journal review; do
	run env SCANDRIFT_RESULTS="$all" sh "$SCANDRIFT_SOURCE/tests/e2e/$script.sh"
	expect_exit 0
done
for kind in result log runs; do
	run node "$SCANDRIFT_SOURCE/tests/e2e/schema/validate.js" \
		"$SCANDRIFT_SOURCE/src/data/$kind.schema.json" "$all"/*/"$kind"/*.json
	expect_exit 0
	expect_empty out
done

# There were many, of each.
jq -r .command "$all"/*/result/*.json | sort | uniq -c >counts
jq -r .schema "$all"/*/log/*.json "$all"/*/runs/*.json | sort | uniq -c >>counts
cat counts
while read -r count what; do
	[ "$count" -ge 2 ] || fail "only $count of $what"
done <counts
[ "$(awk '{ print $2 }' counts | xargs)" = 'accept check diff review scandrift-log/1 scandrift-runs/1' ] ||
	fail 'not every command'
[ "$(find "$all" -name '*.json' | wc -l)" -ge 80 ] || fail 'too few results'
