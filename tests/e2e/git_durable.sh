# SPDX-License-Identifier: Apache-2.0
#
# On disk before success is said: the order of writing, syncing and renaming, as strace sees it, for
# few objects, which are files, and for many, which are one pack.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
replay_arrived=$now
need strace

strace -o trace true 2>/dev/null || skip 'strace cannot trace here'

targets=$(seq -f 'target-%g' 10 59)
# shellcheck disable=SC2086 # a list of names
product_repo repo $targets
sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >edited.json
for target in $targets; do
	sed "s/03:00:00/03:00:${target#target-}/" edited.json >"$target.json"
	replay_from replies "$target" "$target.json"
done

# trace_of REFERENCE FOLDERS ARG...: a run under strace, whose order is judged. It makes so many
# folders above the reference.
trace_of() {
	reference=$1
	folders=$2
	shift 2
	run strace -y -s 4096 -o trace -e trace=%file,%desc,mmap \
		"$SCANDRIFT" -C repo "$@" --replay ../replies
	git -C repo fsck --full --strict --no-dangling >fsck.text 2>&1 || fail "$(cat fsck.text)"
	awk -v ref="$reference" -f "$expected/synced.awk" trace >order || fail "$(cat order)"
	cat order
	# It has looked at something, and the look can fail.
	grep -q "^moves 1, objects [1-9][0-9]*, folders above $folders," order ||
		fail "$reference: $(cat order)"
	grep -v '^fsync(' trace >unsynced
	! awk -v ref="$reference" -f "$expected/synced.awk" unsynced >order ||
		fail 'a run without any sync is let pass'
	# One missing sync is enough: that of the folder which holds a new one.
	[ "$folders" = 0 ] || {
		grep -v "^fsync([0-9]*<.*/\.git/${reference%/*/*}>" trace >unsynced
		! awk -v ref="$reference" -f "$expected/synced.awk" unsynced >order ||
			fail 'a new folder above the reference that is not synced is let pass'
		expect_text order 'folder not synced'
	}
}

packs() {
	find repo/.git/objects/pack -name '*.pack' | wc -l
}

trace_of refs/heads/main 0 accept target-10 --allow-weakened \
	--expect "$(scandrift normalize --digest target-10.json)"
expect_exit 0
[ "$(packs)" = 0 ] || fail 'a pack for one file'

trace_of refs/heads/scandrift/observed 1 check --commit
expect_exit 1
expect_text err 'recorded on refs/heads/scandrift/observed'
[ "$(packs)" = 1 ] || fail "packs: $(packs), want 1"
[ "$(git -C repo ls-tree -r --name-only scandrift/observed | wc -l)" = 50 ] ||
	fail "files: $(git -C repo ls-tree -r --name-only scandrift/observed)"

trace_of refs/heads/scandrift/runs 0 check --journal
expect_exit 1

# The name of a branch may need more than one new folder, or one in a folder that is there.
trace_of refs/heads/team/a/observed 2 check --commit=team/a/observed
expect_exit 1
trace_of refs/heads/team/b/observed 1 check --commit=team/b/observed
expect_exit 1

# git itself works on with what was packed.
git -C repo gc -q
git -C repo fsck --full --strict --no-dangling >fsck.text 2>&1 || fail "$(cat fsck.text)"
[ -z "$(find repo/.git/objects -name '*tmp*')" ] || fail 'a temporary file is left'
