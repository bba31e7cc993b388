# SPDX-License-Identifier: Apache-2.0
#
# Trees that repeat themselves: a few objects make more paths than can be read. review and check end
# with a word about it, in little memory and with little text.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
measure=/usr/bin/time
[ -x "$measure" ] || skip "no $measure"

kib_max=262144
address_space=4194304
# A sanitizer needs memory of its own, and reserves most of the address space.
if nm -D "$SCANDRIFT" 2>/dev/null | grep -q __asan_init; then
	kib_max=$((kib_max * 4))
	address_space=unlimited
fi
# Seconds of CPU: the contract's five on a quiet machine, with a sanitizer and others beside.
seconds_max=20

# bounded EXIT ARG...: the program ends so, within memory and time, and says at most 1 MiB.
bounded() {
	want=$1
	shift
	# A run without an end would take the machine with it.
	run timeout 120 sh -c 'ulimit -t 60; ulimit -v "$1"; shift; exec "$@"' sh "$address_space" \
		"$measure" -q -f '%U %M' -o "$SCRATCH/measured" "$SCANDRIFT" -C r "$@"
	expect_exit "$want"
	awk -v s="$seconds_max" -v k="$kib_max" '{ print "    " $1 " s, " int($2 / 1024) " MiB" }
		$1 > s || $2 > k { exit 1 }' "$SCRATCH/measured" || fail 'it took too much'
	[ "$(cat "$out" "$err" | wc -c)" -le 1048576 ] || fail 'more than 1 MiB of text'
}

product_repo clean prod
mkdir replies
cp clean/baselines/prod.json replies/

# bomb LEVELS SUFFIX FOLDER: ten names in each of so many folders in each other, one object a level.
bomb() {
	rm -rf r
	cp -r clean r
	blob=$(echo '{}' | git -C r hash-object -w --stdin)
	tree=$(seq 0 9 | sed "s/.*/100644 blob $blob	f&$2/" | git -C r mktree)
	n=1
	while [ "$n" -lt "$1" ]; do
		tree=$(seq 0 9 | sed "s/.*/040000 tree $tree	d&/" | git -C r mktree)
		n=$((n + 1))
	done
	folder=$( (git -C r ls-tree "main:$3" 2>/dev/null || :; echo "040000 tree $tree	old") | git -C r mktree)
	root=$( (git -C r ls-tree main | grep -v "	$3\$" || :; echo "040000 tree $folder	$3") | git -C r mktree)
	git -C r update-ref refs/heads/evil "$(git -C r commit-tree -p main -m evil "$root")"
	git -C r symbolic-ref HEAD refs/heads/evil
}

for levels in 6 11 18; do
	echo "row: baselines, $levels levels"
	bomb "$levels" .json baselines
	bounded 1 review main..evil
	expect_text out baseline/orphan
	expect_text out 'the rest was not looked at'
	bounded 2 check --replay "$PWD/replies"
	expect_text err 'baselines: commit '
	# A bare repository has no working tree to compare with.
	bounded 1 check --rev evil --replay "$PWD/replies"
	expect_text out 'the rest was not looked at'
	echo "row: policies, $levels levels"
	bomb "$levels" .txt policies
	bounded 2 review main..evil
	expect_text err 'policies: more than '
	bounded 2 check --replay "$PWD/replies"
	bomb "$levels" .ini policies
	bounded 2 review main..evil
	expect_text err 'policies: more than '
done
