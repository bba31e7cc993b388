# SPDX-License-Identifier: Apache-2.0
#
# Killed at a system call while somebody has staged, unstaged and untracked work: in a plain
# repository, a linked work tree, a bare one, with CRLF, on branches that begin, and in a push that was
# not a fast-forward, in this program and in the git that it starts. After each kill all objects are
# whole and the work is as it was, and the next run succeeds and leaves nothing else behind.
#
# A sample of the points; all of them with SCANDRIFT_LONG=1.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need strace

strace -o trace true 2>/dev/null || skip 'strace cannot trace here'
case $(tr '\0' '\n' <"$SCANDRIFT" | grep -c -m1 AddressSanitizer || :) in
0) ;;
*) skip 'a sanitizer traces already' ;;
esac

calls='openat write pwrite64 fsync rename link unlink mkdir rmdir fchmod fcntl close'
real_git=$(command -v git)
sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >live.json
replay_arrived=$now
replay_from replies prod live.json
digest=$(scandrift normalize --digest live.json)

# A git that ends in the middle: KILL_GIT says in which command, at which call and which one of them.
mkdir fake
cat >fake/git <<WRAPPER
#!/bin/sh
case " \$* " in
*" \${KILL_GIT%%:*} "*)
	exec strace -qq -o "$PWD/trace.git" -e "trace=\${KILL_CALLS:-all}" \${KILL_AT:+-e "inject=\$KILL_AT"} "$real_git" "\$@"
	;;
esac
exec "$real_git" "\$@"
WRAPPER
chmod +x fake/git

# work DIR: what somebody has not committed.
work() {
	echo staged >"$1/staged"
	git -C "$1" add staged
	echo changed >"$1/edited"
	echo loose >"$1/loose"
}

base() {
	product_repo "$1" prod
	echo first >"$1/staged"
	echo first >"$1/edited"
	echo first >"$1/NOTES"
	commit_all "$1" 'notes'
}

# Each form is a folder with a repository "repo", where the command runs, and what belongs to it.
mkdir plain worktree bare crlf unborn push
base plain/repo
work plain/repo
base worktree/main
git -C worktree/main worktree add -q -b side ../repo
work worktree/repo
base bare/source
git clone -q --bare bare/source bare/repo
git -C bare/repo config user.name 'Test Author'
git -C bare/repo config user.email author@example.com
base crlf/repo
echo 'baselines/*.json text eol=crlf' >crlf/repo/.gitattributes
commit_all crlf/repo 'line ends'
rm crlf/repo/baselines/prod.json
git -C crlf/repo checkout -q -- baselines/prod.json
work crlf/repo
base unborn/repo
work unborn/repo
git init -q --bare -b main push/up.git
base push/seed
git -C push/seed push -q ../up.git main
git clone -q push/up.git push/repo
git -C push/repo config user.name 'Test Author'
git -C push/repo config user.email author@example.com
# By a relative URL, so that a copy of the folder has a remote of its own.
git -C push/repo config remote.origin.url ../up.git
echo theirs >push/seed/NOTES
echo theirs >push/seed/NEW
commit_all push/seed 'theirs'
git -C push/seed push -q ../up.git main
work push/repo

# command FORM: in the copy's folder.
command_of() {
	words=
	[ "$1" != push ] || words=--push
	[ "$1" != unborn ] || {
		# shellcheck disable=SC2016 # the command's shell expands it
		echo 'exec "$SCANDRIFT" -C repo check --replay ../../replies --commit --journal --fail-on never'
		return
	}
	# shellcheck disable=SC2016 # the command's shell expands it
	printf 'exec "$SCANDRIFT" -C repo accept prod --expect %s --allow-weakened --replay ../../replies %s\n' \
		"$digest" "$words"
}

anew() {
	rm -rf copy
	cp -a "$1" copy
	[ "$1" != worktree ] || {
		echo 'gitdir: ../main/.git/worktrees/repo' >copy/repo/.git
		echo "$PWD/copy/repo/.git" >copy/main/.git/worktrees/repo/gitdir
	}
	command_of "$1" >command.sh
}

# run_command INJECTION [KILL_GIT]: nothing is injected where the first is empty.
run_command() {
	ended=0
	if [ -n "$1" ] && [ -z "${2:-}" ]; then
		(cd copy && strace -qq -o ../trace -e trace=all -e inject="$1" sh ../command.sh) >said 2>&1 || ended=$?
	else
		(cd copy && PATH=$SCRATCH/work/fake:$PATH KILL_GIT=${2:-none} KILL_AT=$1 sh ../command.sh) >said 2>&1 ||
			ended=$?
	fi
}

# expect_work FORM POINT
expect_work() {
	git -C copy/repo fsck --full --strict --no-dangling >fsck.text 2>&1 || fail "$1 $2: $(cat fsck.text)"
	case $1 in
	bare) return ;;
	*)
		[ "$(cat copy/repo/staged copy/repo/edited copy/repo/loose | tr '\n' ' ')" = 'staged changed loose ' ] ||
			fail "$1 $2: work is lost"
		[ "$(git -C copy/repo show :staged)" = staged ] || fail "$1 $2: what was staged is lost"
		;;
	esac
}

# expect_done FORM POINT: the command's work is done, and nothing else is left.
expect_done() {
	expect_work "$1" "$2"
	case $1 in
	bare) ref=main ;;
	unborn) ref=scandrift/observed ;;
	*) ref=HEAD ;;
	esac
	git -C copy/repo show "$ref:baselines/prod.json" >now.json || fail "$1 $2: not committed: $(cat said)"
	cmp -s now.json live.canonical || fail "$1 $2: not committed: $(cat said)"
	case $1 in
	bare) ;;
	*) git -C copy/repo status --porcelain >seen.status ;;
	esac
	case $1 in
	bare) ;;
	*)
		printf ' M edited\nM  staged\n?? loose\n' | cmp -s - seen.status || fail "$1 $2: $(cat seen.status)"
		;;
	esac
	if [ "$1" = push ]; then
		[ "$(git -C copy/up.git rev-parse main)" = "$(git -C copy/repo rev-parse HEAD)" ] ||
			fail "$1 $2: the remote has another: $(cat said)"
		[ "$(git -C copy/up.git rev-list --count main)" = 4 ] || fail "$1 $2: not one commit: $(cat said)"
	fi
	left=$(find copy -name '*.lock' -o -name 'scandrift-lock-*' -o -name '*-half' -o -name scandrift-follow)
	# In the remote's own repository these are of its git.
	left=$(printf '%s\n' "$left" | grep -v '^copy/up.git\|/refs/remotes/\|^$' || :)
	[ -z "$left" ] || fail "$1 $2: left behind: $left"
	[ -z "$(git -C copy/repo for-each-ref refs/scandrift/fetched)" ] || fail "$1 $2: a fetched reference is left"
}

# try FORM INJECTION [KILL_GIT]
points=0
try() {
	anew "$1"
	run_command "$2" "${3:-}"
	points=$((points + 1))
	expect_work "$1" "$2 ${3:-}"
	run_command ''
	[ "$ended" = 0 ] || fail "$1 $2 ${3:-}: the next run: exit $ended: $(cat said)"
	expect_done "$1" "$2 ${3:-}"
}

sample_of() {
	if [ -n "$SCANDRIFT_LONG" ]; then
		seq 1 "$1"
	else
		[ "$1" -le 0 ] || seq "$1" -$((($1 + 2) / 3)) 1
	fi
}

# sweep FORM [COMMAND OF GIT]
sweep() {
	anew "$1"
	file=trace
	if [ -n "${2:-}" ]; then
		file=trace.git
		run_command '' "$2"
	else
		run_command 'getcpu:signal=KILL:when=60000'
	fi
	[ "$ended" = 0 ] || fail "$1: exit $ended: $(cat said)"
	expect_done "$1" 'not killed'
	cp "$file" counted
	for call in $calls; do
		n=$(grep -c "^$call(" counted || :)
		for at in $(sample_of "$n"); do
			try "$1" "$call:signal=KILL:when=$at" "${2:-}"
		done
	done
}

scandrift normalize live.json >live.canonical
forms="plain worktree bare crlf unborn push"
for form in $forms; do
	had=$points
	sweep "$form"
	[ $((points - had)) -gt 15 ] || fail "$form: only $((points - had)) points"
	echo "$form: killed at $((points - had)) points"
done
for verb in fetch push; do
	had=$points
	sweep push "$verb"
	[ $((points - had)) -gt 10 ] || fail "git $verb: only $((points - had)) points"
	echo "git $verb: killed at $((points - had)) points"
done
echo "killed at $points points"
