# SPDX-License-Identifier: Apache-2.0
#
# Writers that race, in one bare repository and through push to one remote, with git committing and
# collecting garbage alongside: every commit is kept, and histories that are promised to be linear
# are. Fewer commits where SCANDRIFT_LONG is not set.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
replay_arrived=$now

writers='w1 w2 w3 w4 w5 w6 w7 w8'
each=4
pushes=2
[ -z "$SCANDRIFT_LONG" ] || {
	each=25
	pushes=25
}
root=$PWD

# shellcheck disable=SC2086 # a list of names
product_repo seed $writers
for n in $(seq 1 "$each"); do
	sed "s/\"ScanPeriod\": 1/\"ScanPeriod\": $((n + 1))/" "$common/prod.json" >"live.$n"
	scandrift normalize --digest "live.$n" >"digest.$n"
	for writer in $writers; do
		replay_from "replies.$n" "$writer" "live.$n"
	done
done

# All that was started, each of which must end well.
started=
start() {
	"$@" &
	started="$started $!"
}

wait_all() {
	for pid in $started; do
		wait "$pid" || {
			: >finished
			wait
			fail "$(cat "$root"/failed.* 2>/dev/null)"
		}
	done
	started=
}

# writer NAME DIR COUNT ARG...: so many baselines of one target, one after the other.
writer() {
	writer=$1
	dir=$2
	count=$3
	shift 3
	for n in $(seq 1 "$count"); do
		"$SCANDRIFT" -C "$dir" accept "$writer" --allow-weakened --replay "$root/replies.$n" \
			--expect "$(cat "digest.$n")" "$@" >"failed.$writer" 2>&1 || return 1
	done
	rm "failed.$writer"
}

# recorder NAME DIR COUNT: so many records of runs.
recorder() {
	for n in $(seq 1 "$3"); do
		"$SCANDRIFT" -C "$2" check "$1" --journal --journal-start --push -q --fail-on never \
			--replay "$root/replies.1" >"failed.$1" 2>&1 || return 1
	done
	rm "failed.$1"
}

# put_note DIR N: git itself makes a commit of one more file on main's tip; sets tip and commit.
put_note() {
	tip=$(git -C "$1" rev-parse main) &&
		blob=$(echo "$2" | git -C "$1" hash-object -w --stdin) &&
		git -C "$1" read-tree "$tip" &&
		git -C "$1" update-index --add --cacheinfo "100644,$blob,notes/$2" &&
		tree=$(git -C "$1" write-tree) &&
		commit=$(git -C "$1" commit-tree -p "$tip" -m "note $2" "$tree")
}

# plumber DIR COUNT: git commits to main by compare and swap. It fails where its own gc takes away
# the folder that it has just made, and is asked again then.
plumber() {
	GIT_INDEX_FILE=$root/plumber.index
	export GIT_INDEX_FILE
	for n in $(seq 1 "$2"); do
		refused=0
		while :; do
			if ! put_note "$1" "$n" 2>failed.plumber; then
				refused=$((refused + 1))
				[ "$refused" -lt 20 ] || return 1
			elif git -C "$1" update-ref refs/heads/main "$commit" "$tip" 2>/dev/null; then
				break
			fi
		done
	done
	rm -f failed.plumber
}

# pusher DIR COUNT: git commits in a clone and pushes until it is through.
pusher() {
	for n in $(seq 1 "$2"); do
		echo "$n" >"$1/NOTES"
		git -C "$1" add NOTES && git -C "$1" commit -q -m "note $n" 2>failed.pusher || return 1
		until git -C "$1" push -q 2>/dev/null; do
			git -C "$1" pull -q --rebase 2>failed.pusher || return 1
		done
	done
	rm -f failed.pusher
}

# collector DIR: garbage is collected until there is a file "finished".
collector() {
	until [ -e "$root/finished" ]; do
		git -C "$1" gc -q 2>/dev/null || :
		sleep 0.3
	done
}

# expect_kept DIR REFERENCE COUNT
expect_kept() {
	kept=$(git -C "$1" rev-list --count "$2")
	[ "$kept" = "$3" ] || fail "$1 $2: $kept commits, want $3"
	merges=$(git -C "$1" rev-list --merges --count "$2")
	[ "$merges" = 0 ] || fail "$1 $2: $merges merges, want a linear history"
	git -C "$1" fsck --full --strict --no-dangling >fsck.text 2>&1 || fail "$1: $(cat fsck.text)"
	[ -z "$(find "$1" -name '*.lock')" ] || fail "$1: a lock is left"
}

# with_collector DIR: the collector runs as long as the others do.
with_collector() {
	collector "$1" &
	collecting=$!
	wait_all
	: >finished
	wait "$collecting"
	rm finished
}

# One bare repository.
git clone -q --bare seed one.git
git -C one.git config user.name 'Test Author'
git -C one.git config user.email author@example.com
for writer in $writers; do
	start writer "$writer" one.git "$each"
done
start plumber one.git "$each"
with_collector one.git
expect_kept one.git main $((1 + 9 * each))
for writer in $writers; do
	have=$(git -C one.git log --format=%s main -- "baselines/$writer.json" | wc -l)
	[ "$have" = $((each + 1)) ] || fail "$writer: $have commits, want $((each + 1))"
	git -C one.git show "main:baselines/$writer.json" >last
	scandrift normalize --digest last >last.digest
	expect_same "digest.$each" last.digest
done
echo "one repository: $((9 * each)) of $((9 * each)) kept"

# One remote, to which half of them push baselines and half the journal.
git clone -q --bare seed up.git
for writer in $writers pusher; do
	git clone -q "file://$root/up.git" "clone.$writer"
	git -C "clone.$writer" config user.name 'Test Author'
	git -C "clone.$writer" config user.email author@example.com
done
for writer in w1 w2 w3 w4; do
	start writer "$writer" "clone.$writer" "$pushes" --push
done
for writer in w5 w6 w7 w8; do
	start recorder "$writer" "clone.$writer" "$pushes"
done
start pusher clone.pusher "$pushes"
# On our side of it: git's own push fails at times into a repository whose empty folders are removed.
with_collector clone.w1
expect_kept up.git main $((1 + 5 * pushes))
expect_kept up.git refs/heads/scandrift/runs $((4 * pushes))
echo "one remote: $((9 * pushes)) of $((9 * pushes)) kept"
