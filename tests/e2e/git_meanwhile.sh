# SPDX-License-Identifier: Apache-2.0
#
# A person edits and stages while the program waits for another one, or between any two of its own
# writes: nothing of that is lost, and what did not follow is told.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need ssh-keygen

sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >live.json
replay_from replies prod live.json
digest=$(scandrift normalize --digest live.json)
scandrift normalize live.json >live.canonical
ssh-keygen -q -t ed25519 -N '' -f key
here=$PWD
real_git=$(command -v git)

# Both wait for the person of the moment, then do what they are there for.
mkdir bin
cat >bin/signer <<SIGNER
#!/bin/sh
sh "$here/person.sh" || exit 1
exec "$(command -v ssh-keygen)" "\$@"
SIGNER
cat >bin/git <<GIT
#!/bin/sh
case " \$* " in
*" \$PERSON_AT "*) "$here/person.sh" || exit 1 ;;
esac
exec "$real_git" "\$@"
GIT
chmod +x bin/signer bin/git

# person COMMAND...: in the work tree; once, since a push may be tried again.
person() {
	{
		echo '#!/bin/sh'
		echo "[ ! -e '$here/seen' ] || exit 0"
		echo ": >'$here/seen'; cd '$here/work' || exit 1; PATH=${real_git%/*}:/usr/bin:/bin"
		printf '%s\n' "$@"
	} >person.sh
	chmod +x person.sh
	rm -f seen
}

# begin: a remote, a clone of it that signs, and somebody who has pushed since.
begin() {
	rm -rf up.git seed work
	git init -q --bare -b main up.git
	product_repo seed prod
	echo first >seed/NOTES
	commit_all seed notes
	git -C seed push -q "$PWD/up.git" main
	git clone -q "file://$PWD/up.git" work
	git -C work config user.name 'Test Author'
	git -C work config user.email author@example.com
}

signs() {
	git -C work config commit.gpgSign true
	git -C work config gpg.format ssh
	git -C work config gpg.ssh.program "$PWD/bin/signer"
	git -C work config user.signingkey "$PWD/key"
}

they_push() {
	echo theirs >seed/NOTES
	echo theirs >seed/NEW
	commit_all seed theirs
	git -C seed push -q "$PWD/up.git" main
}

accept() {
	run env PATH="$PWD/bin:$PATH" PERSON_AT="${at:-none}" "$SCANDRIFT" -C work accept prod --replay ../replies \
		--expect "$digest" --allow-weakened "$@"
}

# While the passphrase is typed: an edit of the baseline, and a staged one.
begin
signs
person 'echo mine >baselines/prod.json'
accept
expect_exit 0
[ -e seen ] || fail 'nobody was there'
expect_text err 'baselines/prod.json: was changed in the work tree meanwhile'
[ "$(cat work/baselines/prod.json)" = mine ] || fail 'an edit is lost'
[ "$(git -C work status --porcelain)" = ' M baselines/prod.json' ] || fail "$(git -C work status --porcelain)"
git -C work show HEAD:baselines/prod.json >now.json
expect_same live.canonical now.json

begin
signs
person 'echo mine >baselines/prod.json' 'git add baselines/prod.json' 'echo other >NOTES' 'git add NOTES' 'echo more >>NOTES'
accept
expect_exit 0
expect_text err 'baselines/prod.json: something else was staged meanwhile'
[ "$(git -C work show :baselines/prod.json)" = mine ] || fail 'what was staged is lost'
[ "$(git -C work show :NOTES)" = other ] || fail 'what was staged elsewhere is lost'
[ "$(tail -n 1 work/NOTES)" = more ] || fail 'an edit elsewhere is lost'
# The next run does not take it for its own half-done work.
accept
[ "$(git -C work show :baselines/prod.json)" = mine ] || fail 'a repair took what was staged'

# Work on a file that the remote changed: staged with a clean file, staged, edited, in the way of a
# new file; before the push, and while it runs.
for at in none push fetch; do
	for work in 'echo mine >NOTES; git add NOTES; git show HEAD:NOTES >NOTES' \
		'echo mine >NOTES; git add NOTES' 'echo mine >NOTES' 'echo mine >NEW' \
		'echo mine >NEW; git add NEW' 'echo mine >NEW; git add NEW; rm NEW'; do
		begin
		they_push
		person "$work"
		[ "$at" != none ] || sh person.sh
		accept --push
		expect_exit 0
		[ -e seen ] || fail "$at: nobody was there"
		expect_text err 'git pull --rebase'
		file=NOTES
		case $work in *NEW*) file=NEW ;; esac
		case $work in
		*add*) [ "$(git -C work show ":$file")" = mine ] || fail "$at, $work: lost" ;;
		*) [ "$(cat "work/$file")" = mine ] || fail "$at, $work: lost" ;;
		esac
		git -C up.git show main:baselines/prod.json >now.json
		expect_same live.canonical now.json
		# Again, without what is in the way: nothing is pushed twice, and this side follows.
		git -C work reset -q
		git -C work checkout -q -- .
		rm -f work/NEW
		accept --push
		expect_exit 0
		[ "$(git -C work rev-parse HEAD)" = "$(git -C up.git rev-parse main)" ] ||
			fail "$at, $work: this side stays behind: $(cat "$out" "$err")"
		[ "$(git -C up.git rev-list --count main)" = 4 ] || fail "$at, $work: pushed twice"
		[ -z "$(git -C work status --porcelain)" ] || fail "$at, $work: $(git -C work status --porcelain)"
	done
done

# Between any two of its own writes. It is stopped there, and goes on when the person is done.
command -v strace >/dev/null 2>&1 && strace -o trace true 2>/dev/null || exit 0
case $(tr '\0' '\n' <"$SCANDRIFT" | grep -c -m1 AddressSanitizer || :) in
0) ;;
*) exit 0 ;;
esac
begin
cp -a up.git up.first
cp -a work work.first
they_push
cp -a up.git up.first2
rm -rf up.first
anew() {
	rm -rf up.git work
	cp -a up.first2 up.git
	cp -a work.first work
}
# stopped CALL WHEN COMMAND: the person acts at that call.
stopped() {
	strace -qq -o trace -e trace="$1" -e inject="$1:signal=STOP:when=$2" "$SCANDRIFT" -C work accept prod \
		--replay ../replies --expect "$digest" --allow-weakened --push >said 2>&1 &
	tracer=$!
	tries=0
	while kill -0 "$tracer" 2>/dev/null && ! grep -q 'stopped by SIGSTOP' trace 2>/dev/null; do
		tries=$((tries + 1))
		[ "$tries" -lt 500 ] || fail "$1 $2: does not stop"
		sleep 0.02
	done
	sh -c "cd work && $3" >person.said 2>&1 || :
	child=$(cat "/proc/$tracer/task/$tracer/children" 2>/dev/null || :)
	# shellcheck disable=SC2086 # one number with a space
	[ -z "$child" ] || kill -CONT $child 2>/dev/null || :
	ended=0
	wait "$tracer" || ended=$?
}
points=0
for call in rename link fsync; do
	anew
	strace -qq -o trace -e trace="$call" "$SCANDRIFT" -C work accept prod --replay ../replies \
		--expect "$digest" --allow-weakened --push >said 2>&1
	n=$(grep -c "^$call(" trace || :)
	step=1
	[ -n "$SCANDRIFT_LONG" ] || step=3
	for when in $(seq 1 "$step" "$n"); do
		for file in baselines/prod.json NOTES; do
			for how in "echo mine >$file" "echo mine >$file; git add $file"; do
				anew
				rm -f trace
				stopped "$call" "$when" "$how"
				points=$((points + 1))
				[ "$(cat "work/$file")" = mine ] || fail "$call $when, $how: lost: $(cat said)"
				case $how in
				*add*)
					[ "$(git -C work show ":$file")" = mine ] || grep -q 'index.lock' person.said ||
						fail "$call $when, $how: what was staged is lost: $(cat said)"
					;;
				esac
				git -C work fsck --full --strict --no-dangling >fsck.text 2>&1 || fail "$call $when: $(cat fsck.text)"
				[ "$ended" = 0 ] || [ "$ended" = 2 ] || [ "$ended" = 4 ] || fail "$call $when: exit $ended: $(cat said)"
			done
		done
	done
done
[ "$points" -gt 20 ] || fail "only $points points"
echo "a person worked at $points points"
