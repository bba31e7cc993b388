# SPDX-License-Identifier: Apache-2.0
#
# diff --format patch, applied by fast-json-patch to the first side's canonical form, gives the
# second's.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need node jq
[ -d "$SCANDRIFT_NPM/node_modules/fast-json-patch" ] || skip "no fast-json-patch in $SCANDRIFT_NPM"
apply() {
	run_stdin "$1" env "NODE_PATH=$SCANDRIFT_NPM/node_modules" node \
		"$SCANDRIFT_SOURCE/tests/e2e/patch/apply.js"
}

# The files' names have no blanks: apply.js reads lines of them.
count=15
[ -z "$SCANDRIFT_LONG" ] || count=300
mkdir pairs
node "$SCANDRIFT_SOURCE/tests/e2e/patch/pairs.js" "$SCANDRIFT_SEED" "$count" pairs
echo "seed $SCANDRIFT_SEED, $count pairs"
: >todo
differing=0
i=0
while [ "$i" -lt "$count" ]; do
	for side in a b; do
		run "$SCANDRIFT" normalize "pairs/$i.$side.json"
		expect_exit 0
		cp "$out" "pairs/$i.$side.canonical"
	done
	run "$SCANDRIFT" diff "pairs/$i.a.json" "pairs/$i.b.json" --format patch
	[ "$code" = 0 ] || [ "$code" = 1 ] || fail "pair $i: exit code $code"
	expect_empty err
	cp "$out" "pairs/$i.patch"
	differing=$((differing + code))
	echo "pairs/$i.a.canonical pairs/$i.patch pairs/$i.b.canonical" >>todo
	i=$((i + 1))
done
apply todo
expect_exit 0
cat "$out"
[ "$differing" -gt $((count / 2)) ] || fail "only $differing of $count pairs differ"

# Its judge can say no: a patch on the wrong side, and one that is not enough.
printf '%s\n' 'pairs/a.canonical pairs/p.patch pairs/b.canonical' >wrong
printf '{"Response":{"Enable":true,"Id":[1,2,3]}}' >pairs/a.json
printf '{"Response":{"Enable":false,"Id":[0,3]}}' >pairs/b.json
for side in a b; do
	"$SCANDRIFT" normalize "pairs/$side.json" >"pairs/$side.canonical"
done
run "$SCANDRIFT" diff pairs/a.json pairs/b.json --format patch
expect_exit 1
cp "$out" pairs/p.patch
apply wrong
expect_exit 0
printf 'pairs/b.canonical pairs/p.patch pairs/b.canonical\n' >wrong
apply wrong
expect_exit 1
jq '.[:-1]' pairs/p.patch >pairs/less.patch
printf 'pairs/a.canonical pairs/less.patch pairs/b.canonical\n' >wrong
apply wrong
expect_exit 1

# The same canonical form gives no operation; only what runs by itself may differ besides.
run "$SCANDRIFT" diff pairs/a.json pairs/a.canonical --format patch
expect_exit 0
expect_line out '[]'

# No line of it holds a command of a CI system, and it says what is there all the same.
printf '{"Response":{"Enable":true,"##[error]x":"::error::##[##["}}' >pairs/b.json
for system in NONE=1 GITHUB_ACTIONS=true; do
	run env "$system" "$SCANDRIFT" diff pairs/a.json pairs/b.json --format patch
	expect_exit 1
	expect_no_text out '##['
	expect_json out '[.[] | select(.op == "add")] ==
		[{"op": "add", "path": "/##[error]x", "value": "::error::##[##["}]'
done

# It is of two sides, so other commands refuse it before they do anything.
for command in check 'accept prod'; do
	# shellcheck disable=SC2086
	run "$SCANDRIFT" $command --format patch
	expect_exit 2
	expect_text err "${command%% *}: no --format patch; scandrift diff has it"
	expect_empty out
done
