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
# Seconds of CPU that a run counts itself. A sanitizer makes a multiple of them.
seconds_max=5
[ "$address_space" != unlimited ] || seconds_max=60

# bounded EXIT ARG...: the program ends so, within memory and time, and says at most 1 MiB; EXIT is a
# status, or '1 or 3'.
bounded() {
	want=$1
	shift
	# A run without an end would take the machine with it.
	# shellcheck disable=SC2016
	run timeout 120 sh -c 'ulimit -t 60; ulimit -v "$1"; shift; exec "$@"' sh "$address_space" \
		"$measure" -q -f '%U %M' -o "$SCRATCH/measured" "$SCANDRIFT" -C r "$@"
	# What needs more memory than a review may use is judged by nobody, and said to be.
	if [ "$want" = '1 or 3' ]; then
		want=1
		[ "$code" != 3 ] || {
			want=3
			expect_text err 'nothing was judged'
		}
	fi
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

# --- many of all else -----------------------------------------------------------------------

# begin NAME: the repository r, to be filled in two commits.
begin() {
	echo "row: $*"
	rm -rf r
	cp -r clean r
	mkdir r/policies
}

# side BRANCH: what is in r is that branch.
side() {
	git -C r switch -q -c "$1"
	commit_all r "$1"
}

# waivers LAST-DAY LINE...: 51,200 of them in 200 files; in a LINE, N is a number that no other has.
waivers_each=256
waivers() {
	day=$1
	shift
	awk -v day="$day" -v extra="$*" -v each="$waivers_each" 'BEGIN {
		for (f = 0; f < 200; f++) {
			file = sprintf("r/policies/p%03d.ini", f)
			printf "[policy]\nid=p%d\n\n[rule on]\nseverity=high\nassert=/Enable == true\n", f >file
			for (w = 0; w < each; w++) {
				line = extra
				gsub("N", n++, line)
				printf "[waiver %d]\nowner=a\nreason=a\nexpires=%s\n%s\n", w, day, line >file
			}
			close(file)
		}
	}'
}

# Alike in nothing, of one rule, and for a target each: who compares each with each needs minutes.
for line in 'rule=on' 'rule=p0/on' "rule=on\ntarget=tN" 'rule=drift/Id'; do
	begin "51,200 waivers on both sides: $line"
	waivers 2027-01-30 "$line"
	side base
	waivers 2027-01-31 "$line"
	side evil
	bounded '1 or 3' review base..evil
	[ "$code" = 3 ] || expect_text out '51200 loosenings to be approved'
	# What ends earlier is covered.
	waivers 2027-01-29 "$line"
	side less
	bounded 0 review base..less
done
for format in markdown github; do
	bounded '1 or 3' review base..evil --format "$format"
done

begin 'what does not fit is counted'
waivers_each=128
waivers 2027-01-30 'rule=on'
side base
waivers 2027-01-31 'rule=on'
side evil
bounded 1 review base..evil
shown=$(grep -c 'its last day was' "$out")
left=$(sed -n 's/^and \([0-9]*\) more findings, left out here.*/\1/p' "$out")
[ $((shown + left)) -eq 25600 ] || fail "shown $shown, left out $left"
waivers_each=256

begin 'rules on both sides'
rules() {
	awk -v severity="$1" 'BEGIN {
		for (f = 0; f < 4; f++) {
			file = sprintf("r/policies/p%03d.ini", f)
			printf "[policy]\nid=p%d\n", f >file
			for (i = 0; i < 6000; i++)
				printf "[rule r%d]\nseverity=%s\nassert=/Enable == true\n", i, severity >file
			close(file)
		}
	}'
}
rules high
side base
rules low
side evil
bounded 1 review base..evil

# Some of these are judged; none passes, and none is without a word.
begin '100,000 policies in folders'
blob=$(printf '[policy]\nid = p\n' | git -C r hash-object -w --stdin)
tree=$(seq 1 1000 | sed "s/.*/100644 blob $blob	p&.ini/" | git -C r mktree)
tree=$(seq 1 100 | sed "s/.*/040000 tree $tree	d&/" | git -C r mktree)
root=$( (git -C r ls-tree main; echo "040000 tree $tree	policies") | git -C r mktree)
git -C r update-ref refs/heads/evil "$(git -C r commit-tree -p main -m evil "$root")"
bounded 2 review main..evil
expect_text err 'policies: more than '

# wide PREFIX: 100,000 files among the baselines, whose names begin so.
wide() {
	blob=$(echo '{}' | git -C r hash-object -w --stdin)
	tree=$( (git -C r ls-tree main:baselines
		seq 1 100000 | sed "s/.*/100644 blob $blob	$1&.json/") | git -C r mktree)
	root=$(echo "040000 tree $tree	baselines" | git -C r mktree)
	git -C r update-ref refs/heads/evil "$(git -C r commit-tree -p main -m evil "$root")"
}

begin 'a folder of 100,000 baselines that no target has'
wide old
bounded 1 review main..evil
expect_text out baseline/orphan
begin 'the same with long names'
wide "$(printf '%0200d' 0)"
bounded 2 review main..evil
expect_text err 'its tree has '

begin 'folders in each other'
blob=$(echo '{}' | git -C r hash-object -w --stdin)
tree=$(echo "100644 blob $blob	x.json" | git -C r mktree)
for _ in $(seq 1 300); do
	tree=$(echo "040000 tree $tree	d" | git -C r mktree)
done
root=$( (git -C r ls-tree main; echo "040000 tree $tree	policies") | git -C r mktree)
git -C r update-ref refs/heads/evil "$(git -C r commit-tree -p main -m evil "$root")"
bounded 2 review main..evil

for count in 10000 19000; do
	begin "$count targets that all come"
	cp clean/baselines/prod.json r/baselines/
	seq 1 "$count" | sed 's/.*/[target t&]\nbaseline = baselines\/t&.json/' >>r/baselines/targets.ini
	side evil
	bounded 1 review main..evil
done
begin 'more targets than there may be'
seq 1 200000 | sed 's/.*/[target t&]/' >>r/baselines/targets.ini
side evil
bounded 2 review main..evil

# --- the limits of a review -----------------------------------------------------------------

# What needs more memory than there may be is not judged, and the limit is named.
if [ "$address_space" != unlimited ]; then
	begin 'memory'
	waivers 2027-01-30 'rule=on'
	side base
	waivers 2027-01-31 'rule=on'
	side evil
	bounded 3 review base..evil --format json
	expect_empty out
	expect_text err 'out of memory, of which a review may use 240 MiB'
	bounded '1 or 3' review base..evil
fi
