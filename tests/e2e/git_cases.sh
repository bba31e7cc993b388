# SPDX-License-Identifier: Apache-2.0
#
# Faults of other tools around git (tests/data/cases): configuration, shared repositories, encodings,
# shallow clones, and what is mounted. Each case.md says what the right result is.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need git ssh-keygen

program=$(dirname "$SCANDRIFT")
PATH=$program:$PATH
export PATH

# setup CASE: its folder, with what its script makes.
setup() {
	cp -r "$SCANDRIFT_CASES/$1" "$SCRATCH/work/" || fail "no case $1"
	chmod -R u+w "$SCRATCH/work/$1"
	cd "$SCRATCH/work/$1" || fail "no folder $1"
	sh setup.sh >setup.log 2>&1 || fail "$1: $(cat setup.log)"
}

# expect_signed REVISION MAIL
expect_signed() {
	git cat-file commit "$1" >commit.text
	expect_text commit.text gpgsig
	[ "$(git log -1 --format=%ae "$1")" = "$2" ] || fail "$1 is not by $2"
	rm commit.text
}

echo 'case: 35'
setup 35-conditional-git-config
cd work || fail 'no repository'
(
	HOME=$(cd ../home && pwd)
	export HOME
	unset GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME \
		GIT_COMMITTER_EMAIL
	[ "$(git config user.email)" = job@corp.example ] || fail 'git does not include the file'
	replay_arrival replies prod "$now"
	run scandrift check --replay replies --now "$now" --commit --journal
	expect_exit 1
	run scandrift accept prod --replay replies --allow-weakened \
		--expect "$(scandrift normalize --digest replies/prod.json)"
	expect_exit 0
	for revision in main scandrift/observed scandrift/runs; do
		expect_signed "$revision" job@corp.example
	done
) || exit 1
cd .. && sh setup.sh >setup.log 2>&1 && cd work || fail 'no repository'
(
	HOME=$(cd ../home && pwd)
	export HOME
	unset GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM
	git remote remove origin
	git config user.email t@example.com
	git config user.name T
	digest=$(scandrift normalize --digest replies/prod.json)
	run git -c commit.gpgsign=true -c gpg.format=ssh -c user.signingkey="$HOME/key" \
		-c alias.sd="!scandrift accept prod --replay replies --allow-weakened --expect $digest" sd
	expect_exit 0
	git cat-file commit HEAD >commit.text
	expect_text commit.text gpgsig
) || exit 1

echo 'case: 39'
setup 39-commits-in-gbk
cd work || fail 'no repository'
run scandrift log prod
expect_exit 0
expect_text out '张三'
expect_text out '改成每周'
run scandrift log prod --format json
expect_json out '.targets[0].entries[0].author == "张三"'

echo 'case: 51'
setup 51-shallow-locker
at='2026-11-09T02:30:00Z'
# Where all nights are, it has been so since the second; where they are not, that is a bound.
run_json -C work check --replay replies --now "$at"
expect_json out '[.findings[] | select(.rule == "drift/ScanPeriod")] | length == 1 and
	(.[0].since | startswith("2026-11-02")) and .[0].since_is_bound == false'
run_json -C clone check --replay replies --now "$at"
expect_json out '[.findings[] | select(.rule == "drift/ScanPeriod")] | length == 1 and
	(.[0].since | startswith("2026-11-05")) and .[0].since_is_bound'
run scandrift -C clone check --replay replies --now "$at"
expect_text out 'or earlier'
run scandrift -C clone log prod --now "$at"
expect_text out 'or earlier'
expect_text out 'Older history is not in this shallow clone'
run scandrift -C clone show prod --as-of 2026-10-05
expect_exit 2
expect_text err shallow
run scandrift -C clone log --runs --every 1d --now 2026-11-09T12:00:00Z
expect_text out shallow

echo 'case: 53'
setup 53-work-tree-apart
cd work || fail 'no folder'
run env GIT_DIR="$PWD/../store.git" GIT_WORK_TREE="$PWD" "$SCANDRIFT" check --replay replies --now "$now"
expect_exit 0

echo 'case: 55'
setup 55-signing-switched-on-without-a-value
cd work || fail 'no repository'
[ "$(git config --bool commit.gpgsign)" = true ] || fail 'git does not take it for true'
run scandrift accept prod --replay replies --allow-weakened \
	--expect "$(scandrift normalize --digest replies/prod.json)"
expect_exit 0
replay_arrival replies prod "$now"
run scandrift check --replay replies --now "$now" --commit --journal
for revision in HEAD scandrift/observed scandrift/runs; do
	git cat-file commit "$revision" >../commit.text
	expect_text ../commit.text gpgsig
done

# The rest needs what root alone may do.
[ "$(id -u)" = 0 ] || exit 0

echo 'case: 37'
# Other users must reach it, so it is not in the folder of this test alone.
shared=$(mktemp -d "${TMPDIR:-/tmp}/shared.XXXXXX")
trap 'rm -rf "$shared"; e2e_end' EXIT
mkdir "$shared/repo" "$shared/bin"
chmod 755 "$shared" "$shared/bin"
cp "$SCANDRIFT" "$shared/bin/scandrift"
cp -r "$SCANDRIFT_CASES/37-shared-repository/replies" "$SCANDRIFT_CASES/37-shared-repository/replies-2" "$shared"
for folder in replies replies-2; do
	replay_arrival "$shared/$folder" prod "$now"
done
chmod -R a+rX,u+w "$shared"
chown 2001:5000 "$shared/repo"
chmod 2775 "$shared/repo"
as() {
	user=$1
	shift
	(
		umask 022
		run setpriv --reuid="$user" --regid=5000 --clear-groups env -i "PATH=$shared/bin:$PATH" \
			HOME=/nonexistent GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory \
			GIT_CONFIG_VALUE_0='*' "GIT_AUTHOR_NAME=U$user" GIT_AUTHOR_EMAIL=u@example.com \
			"GIT_COMMITTER_NAME=U$user" GIT_COMMITTER_EMAIL=u@example.com "$@"
		exit "$code"
	)
}
if as 2001 scandrift --version; then
	cd "$shared/repo" || fail 'no folder'
	as 2001 git init -q --shared=group -b main .
	cp -r "$SCANDRIFT_CASES/37-shared-repository/baselines" \
		"$SCANDRIFT_CASES/37-shared-repository/policies" .
	chown -R 2001:5000 baselines policies
	chmod -R g+w,u+w baselines policies
	as 2001 git add baselines policies
	as 2001 git commit -q -m base
	as 2001 scandrift check --replay ../replies --now "$now" --commit --journal || :
	[ -z "$(find .git/refs .git/objects -type d ! -perm -2070)" ] || fail 'a folder is not the group'\''s'
	[ -z "$(find .git/refs .git/logs -type f ! -perm -0060)" ] || fail 'a file is not the group'\''s'
	as 2002 scandrift check --replay ../replies-2 --now "$now" --commit --journal --format json || :
	for branch in observed runs; do
		[ "$(git -c safe.directory='*' rev-list --count "scandrift/$branch")" = 2 ] ||
			fail "the second user's night is not on scandrift/$branch"
	done
fi

echo 'case: 43'
if unshare -m true 2>/dev/null; then
	setup 43-output-on-a-mounted-file
	cd work || fail 'no repository'
	echo old >outside
	: >result.json
	run unshare -m sh -c "mount --bind outside result.json &&
		exec scandrift check --replay replies --now $now --fail-on never --output json=result.json"
	expect_exit 4
	[ "$(cat outside)" = old ] || fail 'the file was changed'
	expect_text err 'mount'
fi
