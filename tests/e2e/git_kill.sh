# SPDX-License-Identifier: Apache-2.0
#
# Killed, or failed, at a system call: references are as before or as after, every object is whole,
# "committed" is not said without the commit, and the next run succeeds or names the one lock.
#
# A sample of the points; all of them with SCANDRIFT_LONG=1.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
replay_arrived=$now
need strace

strace -o trace true 2>/dev/null || skip 'strace cannot trace here'
case $(tr '\0' '\n' <"$SCANDRIFT" | grep -c -m1 AddressSanitizer || :) in
0) ;;
*) skip 'a sanitizer traces already' ;;
esac

calls='openat write fsync rename link unlink mkdir close'
product_repo before prod
sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >edited.json
replay_from replies prod edited.json
digest=$(scandrift normalize --digest edited.json)
sed 's/"ScanPeriod": 1/"ScanPeriod": 14/' "$common/prod.json" >later.json
replay_from replies-later prod later.json
# So many targets that their objects are one pack.
# shellcheck disable=SC2046 # a list of names
product_repo many $(seq -f t%g 40)
for n in $(seq 40); do
	replay_from replies-many "t$n" edited.json
	replay_from replies-later-many "t$n" later.json
done
points=0
old=0
new=0
spent=0

# choose NAME [FOLDER [DIGEST]]: what is run, as ./command.sh, and the reference that it moves.
choose() {
	from=before
	folder=${2:-replies}
	case $1 in
	accept)
		reference=refs/heads/main
		words="accept prod --expect ${3:-$digest} --allow-weakened"
		;;
	commit)
		reference=refs/heads/scandrift/observed
		words='check --commit --fail-on never'
		;;
	pack)
		from=many
		folder=$folder-many
		reference=refs/heads/scandrift/observed
		words='check --commit --fail-on never'
		;;
	journal)
		reference=refs/heads/scandrift/runs
		words='check --journal --fail-on never'
		;;
	esac
	printf 'exec "$SCANDRIFT" -C repo %s --replay ../%s\n' "$words" "$folder" >command.sh
}

# anew NAME: chosen, in a repository that nobody has touched.
anew() {
	choose "$1"
	rm -rf repo
	cp -a "$from" repo
}

tip() {
	git -C repo rev-parse -q --verify "$reference" || echo none
}

# What git keeps in a folder of that name is rubbish once its maker has ended, and gc knows it.
locks() {
	find repo/.git -name 'tmp_objdir-*' -prune -o -name '*.lock' -print
}

# try NAME INJECTION: one run with a fault in it.
try() {
	anew "$1"
	was=$(tip)
	ended=0
	strace -f -qq -o trace -e inject="$2" sh ./command.sh >said 2>&1 || ended=$?
	points=$((points + 1))
	is=$(tip)
	if [ "$is" = "$was" ]; then
		old=$((old + 1))
		if grep -q '^Committed\|^scandrift: recorded on\|^scandrift: journal: ' said; then
			fail "$1 $2: said to be committed, and is not: $(cat said)"
		fi
		[ "$ended" != 0 ] || fail "$1 $2: exit 0, and nothing is committed: $(cat said)"
	else
		new=$((new + 1))
	fi
	git -C repo fsck --full --strict --no-dangling >fsck.text 2>&1 || fail "$1 $2: $(cat fsck.text)"
	[ "$(git -C repo rev-list --count main)" -le 2 ] || fail "$1 $2: more than one commit"
	case $2 in
	*signal=*) ;;
	*)
		left=$(find repo -name '*tmp*' -o -name '*.lock' -o -name '*-half')
		[ -z "$left" ] || fail "$1 $2: left behind: $left; $(cat said)"
		;;
	esac
	# The next run.
	sh ./command.sh >said 2>&1 || :
	lock=$(locks | head -n 1)
	if [ -n "$lock" ] && [ "$lock" -ef "${lock%.lock}" ]; then
		# It has become the reference, and goes when the reference is next to move.
		choose "$1" replies-later "$(scandrift normalize --digest later.json)"
		sh ./command.sh >said 2>&1 || :
		[ ! -e "$lock" ] || fail "$1 $2: $lock stays: $(cat said)"
		spent=$((spent + 1))
		return
	fi
	if [ -n "$lock" ]; then
		[ "$(locks | wc -l)" = 1 ] || fail "$1 $2: more than one lock"
		grep -qF "${lock#repo/}" said || fail "$1 $2: does not name $lock: $(cat said)"
		rm "$lock"
		sh ./command.sh >said 2>&1 || :
	fi
	[ "$(tip)" != none ] || fail "$1 $2: the next run made no commit: $(cat said)"
	if [ "$1" = accept ]; then
		[ "$(git -C repo rev-list --count main)" = 2 ] || fail "$1 $2: not one commit: $(cat said)"
		[ -z "$(git -C repo status --porcelain)" ] ||
			fail "$1 $2: not clean: $(git -C repo status --porcelain)"
	fi
	git -C repo fsck --full --strict --no-dangling >fsck.text 2>&1 || fail "$1 $2, again: $(cat fsck.text)"
}

# count NAME CALL: how often the command makes that call.
count() {
	anew "$1"
	strace -f -qq -o trace -e trace="$2" sh ./command.sh >said 2>&1 || :
	grep -c "^[0-9]* *$2(" trace || :
}

# Calls of the loader and of start-up come first, and repeat from run to run: the sample takes the
# last ones, where something is written, and some of the others.
sample_of() {
	if [ -n "$SCANDRIFT_LONG" ]; then
		seq 1 "$1"
	else
		[ "$1" -le 0 ] || seq "$1" -$((($1 + 1) / 2)) 1
	fi
}

for name in accept commit journal; do
	for call in $calls; do
		n=$(count "$name" "$call")
		[ "$n" -gt 0 ] || continue
		for at in $(sample_of "$n"); do
			try "$name" "$call:signal=KILL:when=$at"
		done
	done
done
# The pack: each point where something gets or loses its place, and the last writes.
last_of() {
	seq $(($1 > $2 ? $1 - $2 + 1 : 1)) "$1"
}
pack_points() {
	for call in mkdir rename fsync unlink rmdir; do
		n=$(count pack "$call")
		for at in $(seq "$n"); do
			echo "$call $at"
		done
	done
	for call in openat write; do
		for at in $(last_of "$(count pack "$call")" 10); do
			echo "$call $at"
		done
	done
}
pack_points >points.pack
for call in mkdir rename fsync; do
	grep -q "^$call " points.pack || fail "the pack is made without $call"
done
# Every third of them in the short run.
[ -n "$SCANDRIFT_LONG" ] || {
	mv points.pack all.pack
	awk 'NR % 3 == 1' all.pack >points.pack
}
left=0
while read -r call at; do
	try pack "$call:signal=KILL:when=$at" </dev/null
	[ -z "$(find repo/.git/objects -name 'tmp_objdir-*')" ] || left=$((left + 1))
	git -C repo prune --expire=now
	[ -z "$(find repo/.git/objects -name '*tmp*')" ] || fail "pack $call $at: git prune leaves something"
done <points.pack
[ "$left" -gt 0 ] || [ -z "$SCANDRIFT_LONG" ] || fail 'no half-made pack was ever left'
echo "killed at $points points: $old before, $new after, $spent with a lock that is the reference"

# The nth call fails, or all from the nth on: of each command and call some points and failures, by
# chance.
points=0
old=0
new=0
each=1
[ -z "$SCANDRIFT_LONG" ] || each=20
echo "seed: $SCANDRIFT_SEED"
for name in accept commit journal; do
	for call in openat write fsync rename link mkdir; do
		n=$(count "$name" "$call")
		[ "$n" -gt 0 ] || continue
		awk -v seed="$SCANDRIFT_SEED" -v n="$n" -v each="$each" -v call="$call" -v name="$name" 'BEGIN {
			for (i = 1; i <= length(name call); i++)
				seed = (seed * 31 + index("abcdefghijklmnopqrstuvwxyz", substr(name call, i, 1))) % 1000003
			srand(seed)
			split("EIO ENOSPC EACCES EMFILE EINTR", failures)
			# What a command writes, it writes at its end: half of the points are there.
			for (i = 0; i < each * 2; i++) {
				at = i % 2 ? int(n * 2 / 3 + rand() * n / 3) + 1 : int(rand() * n) + 1
				at = at > n ? n : at
				failure = failures[int(rand() * 5) + 1]
				# An interrupted call is made again, by us, libgit2 and git alike: without
				# an end that would have none.
				on = failure == "EINTR" ? ".." (at + 50) : "+"
				print failure ":when=" at (rand() < 0.5 ? on : "")
			}
		}' >chosen
		while read -r failure; do
			try "$name" "$call:error=$failure" </dev/null
		done <chosen
	done
done
# Where an object gets its name, each point of it: libgit2 does not report all of these.
for call in mkdir link; do
	n=$(count accept "$call")
	[ "$n" -gt 2 ] || fail "$call: $n"
	for at in $(seq "$n"); do
		try accept "$call:error=EIO:when=$at" </dev/null
		try accept "$call:error=EIO:when=$at+" </dev/null
	done
done
# Where nothing can be removed, something is left.
grep -v '^unlink \|^rmdir ' points.pack >faults.pack
while read -r call at; do
	try pack "$call:error=EIO:when=$at" </dev/null
done <faults.pack
echo "failed at $points points: $old before, $new after"
