# SPDX-License-Identifier: Apache-2.0
#
# accept: shows what is live; commits exactly that when its digest is given back, and nothing
# when anything is not as it was shown.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

product_repo repo prod
replay_from replies prod "$common/prod.json"
replay=$PWD/replies

# live SED-PROGRAM: what is live differs from the agreed config by this.
live() {
	sed "$1" "$common/prod.json" >edited.json
	replay_from replies prod edited.json
}

# The command that the last run printed.
printed_command() {
	sed -n '/^To make this the baseline:$/{n;s/^  //p;}' "$out"
}

head_of() {
	git -C "$1" rev-parse HEAD
}

# expect_untouched: since `before` was taken no commit was made and no file was changed.
expect_untouched() {
	[ "$(head_of repo)" = "$before" ] || fail 'a commit was made'
	[ -z "$(git -C repo status --porcelain)" ] || fail 'the work tree was changed'
}

# Nothing to do.
before=$(head_of repo)
run scandrift -C repo accept prod --replay "$replay" --now "$now"
expect_exit 0
expect_output nothing.text
expect_untouched

# More is scanned now: it is shown, with the command that takes it; nothing is written.
live '/9007199254740993,/d'
run scandrift -C repo accept prod --replay "$replay" --now "$now"
expect_exit 1
expect_output strengthened.text
expect_empty err
expect_untouched

# That command, as it stands.
command=$(printed_command)
run sh -c "$command"
expect_exit 0
expect_text out 'to refs/heads/main'
[ "$(git -C repo rev-parse HEAD^)" = "$before" ] || fail 'not one commit on top of the last'
[ -z "$(git -C repo status --porcelain)" ] || fail "not clean: $(git -C repo status --porcelain)"
git -C repo show HEAD:baselines/prod.json >committed.json
expect_same repo/baselines/prod.json committed.json
scandrift normalize edited.json >want.json
expect_same want.json committed.json
[ "$(git -C repo diff --name-only HEAD^ HEAD)" = baselines/prod.json ] || fail 'other files changed'
git -C repo log -1 --format='%an <%ae>|%cn <%ce>' >have
echo 'Test Author <author@example.com>|Test Author <author@example.com>' >want
expect_same want have
git -C repo log -1 --format=%B >message
expect_output message.text message
git -C repo log -1 --format=%B | git interpret-trailers --parse >trailers
{
	echo 'Scandrift-Target: prod'
	echo "Scandrift-Digest: $(scandrift normalize --digest edited.json)"
	echo 'Scandrift-Request-Id: 00000000-0000-4000-8000-000000000001'
} >want
expect_same want trailers
run_json -C repo check --replay "$replay" --now "$now"
expect_exit 0
run sh -c "$command"
expect_exit 0
expect_text out 'Nothing to do'

# A machine reads what was committed from the result, and that nothing was where it was not.
live 's/"ScanPeriod": 1/"ScanPeriod": 5/'
run_json -C repo accept prod --replay "$replay" --now "$now"
expect_exit 1
expect_json out 'has("commits") == false'
run_json -C repo accept prod --replay "$replay" --now "$now" --allow-weakened \
	--expect "$(scandrift normalize --digest edited.json)"
expect_exit 0
expect_json out ".commits == [{ref: \"refs/heads/main\", commit: \"$(head_of repo)\"}]"
git -C repo reset -q --hard HEAD^

# Less is scanned now: refused without --allow-weakened, also where the digest is right.
before=$(head_of repo)
live 's/"RISK",/"RISK"/; /"VIRUS"/d; s/"ScanPeriod": 1/"ScanPeriod": 7/'
digest=$(scandrift normalize --digest edited.json)
run scandrift -C repo accept prod --replay "$replay" --now "$now"
expect_exit 1
expect_output weakened.text
command=$(printed_command)
run scandrift -C repo accept prod --replay "$replay" --expect "$digest"
expect_exit 1
expect_text out '--allow-weakened'
expect_untouched

# Not what was shown.
run scandrift -C repo accept prod --replay "$replay" --allow-weakened \
	--expect sha256:0000000000000000000000000000000000000000000000000000000000000000
expect_exit 1
expect_text out "$digest"
expect_untouched
run scandrift -C repo accept prod --replay "$replay" --expect sha256:0
expect_exit 2
expect_empty out
expect_untouched

# Everything but the commit.
run scandrift -C repo accept prod --replay "$replay" --expect "$digest" --allow-weakened --dry-run
expect_exit 0
expect_text out 'Nothing was committed (--dry-run)'
expect_untouched

# What is not committed at that path would be lost: an error, before anything is written.
echo >>repo/baselines/prod.json
run sh -c "$command"
expect_exit 2
expect_text err 'baselines/prod.json'
[ "$(head_of repo)" = "$before" ] || fail 'a commit was made'
[ "$(git -C repo status --porcelain)" = ' M baselines/prod.json' ] || fail 'the edit is gone'
git -C repo add baselines
run sh -c "$command"
expect_exit 2
[ "$(git -C repo status --porcelain)" = 'M  baselines/prod.json' ] || fail 'the index has changed'
git -C repo reset -q --hard
# Elsewhere it is nobody's business, and stays.
echo '; mine' >>repo/baselines/targets.ini
echo mine >repo/other
git -C repo add other
run sh -c "$command"
expect_exit 0
printf ' M baselines/targets.ini\nA  other\n' >want
git -C repo status --porcelain >have
expect_same want have
git -C repo reset -q --hard

# No identity: the flag, or the key, is named and nothing is written.
before=$(head_of repo)
git -C repo config --unset user.name
git -C repo config --unset user.email
live 's/"ScanPeriod": 1/"ScanPeriod": 3/'
digest=$(scandrift normalize --digest edited.json)
run scandrift -C repo accept prod --replay "$replay" --allow-weakened --expect "$digest"
expect_exit 2
expect_text err 'user.name'
expect_untouched
run env GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.com GIT_COMMITTER_NAME=C \
	GIT_COMMITTER_EMAIL=c@example.com GIT_AUTHOR_DATE='2026-11-24T01:02:03Z' \
	scandrift -C repo accept prod --replay "$replay" --allow-weakened --expect "$digest"
expect_exit 0
git -C repo log -1 --format='%an <%ae> %at|%cn <%ce>' >have
echo 'A <a@example.com> 1795482123|C <c@example.com>' >want
expect_same want have

# A target that the branch does not have would be checked by nobody.
cp repo/baselines/targets.ini committed.ini
printf '[target next]\n' >>repo/baselines/targets.ini
cp "$replay/prod.json" "$replay/next.json"
run scandrift -C repo accept next --replay "$replay"
expect_exit 2
expect_empty out
expect_text err 'next: commit '
expect_text err 'has no such target in baselines/targets.ini; commit it first'
sed 's,^\[target prod\],&\nbaseline = baselines/moved.json,' committed.ini >repo/baselines/targets.ini
run scandrift -C repo accept prod --replay "$replay"
expect_exit 2
expect_text err 'prod: its baseline is baselines/prod.json in baselines/targets.ini of commit '
git -C repo checkout -q baselines/targets.ini

# Detached: there is no branch to move.
git -C repo config user.name 'Test Author'
git -C repo config user.email 'author@example.com'
git -C repo checkout -q --detach
live 's/"ScanPeriod": 1/"ScanPeriod": 2/'
before=$(head_of repo)
run scandrift -C repo accept prod --replay "$replay" \
	--expect "$(scandrift normalize --digest edited.json)"
expect_exit 2
expect_text err 'HEAD'
expect_untouched

# What cannot be judged is not accepted, whatever is expected.
printf '{"Response": {"Error": {"Code": "UnauthorizedOperation", "Message": "No."}, "RequestId": "r"}}' \
	>replies/prod.json
run_json -C repo accept prod --replay "$replay" --now "$now"
expect_exit 3
rm replies/prod.json
run_json -C repo accept prod --replay "$replay" --expect "$digest" --now "$now"
expect_exit 3
expect_findings 'incomplete/no-reply high prod'

# The first baseline of a repository without a commit.
new_repo unborn
mkdir unborn/baselines
echo '[target prod]' >unborn/baselines/targets.ini
live ''
run scandrift -C unborn accept prod --replay "$replay" --now "$now"
expect_exit 1
expect_output unborn.text
run sh -c "$(printed_command)"
expect_exit 0
[ "$(git -C unborn rev-list --count HEAD)" = 1 ] || fail 'not one root commit'
[ "$(git -C unborn ls-tree -r --name-only HEAD)" = baselines/prod.json ] || fail 'not that file alone'
git -C unborn show HEAD:baselines/prod.json >committed.json
expect_same "$common/prod.json" committed.json
[ "$(git -C unborn status --porcelain)" = '?? baselines/targets.ini' ] || fail 'not clean'

# Two targets in one commit; the first needs nothing.
product_repo two alpha beta gamma
before=$(head_of two)
replay_from replies alpha "$common/prod.json"
sed '/"VIRUS"/d; s/"RISK",/"RISK"/' "$common/prod.json" >edited.json
replay_from replies beta edited.json
replay_from replies gamma edited.json
run scandrift -C two accept alpha beta gamma --replay "$replay" --now "$now"
expect_exit 1
run sh -c "$(printed_command)"
expect_exit 0
[ "$(git -C two rev-parse HEAD^)" = "$before" ] || fail 'not one commit'
[ "$(git -C two diff --name-only HEAD^ HEAD | tr '\n' ' ')" = 'baselines/beta.json baselines/gamma.json ' ] ||
	fail 'not those two files'
git -C two log -1 --format=%B >message
expect_output two-message.text message
run scandrift -C two accept alpha beta --replay "$replay" --expect "$digest"
expect_exit 2
expect_text err '1 times for 2 targets'

# JSON on standard output is JSON alone, whatever is done; what to do is a note.
replay_from replies alpha edited.json
digest=$(scandrift normalize --digest edited.json)
run_json -C two accept alpha --replay "$replay" --now "$now"
expect_exit 1
expect_text err "--expect $digest --allow-weakened"
run_json -C two accept alpha --replay "$replay" --now "$now" --expect "$digest" --allow-weakened
expect_exit 0
expect_text err 'Committed '

# A long change does not make a long line.
long=$(printf '%0300d' 0)
sed "s/\"Namespace\": \[\]/\"Namespace\": [\"$long\", \"b\"]/" "$common/prod.json" >edited.json
replay_from replies alpha edited.json
run scandrift -C two accept alpha --replay "$replay" --allow-weakened \
	--expect "$(scandrift normalize --digest edited.json)"
expect_exit 0
git -C two log -1 --format=%B | sed '/^Scandrift-/d' >message
[ "$(wc -L <message)" -le 72 ] || fail 'a line of the message is longer than 72 columns'
expect_text message '/Namespace'

# A baseline that is not canonical is written anew, and one that is none is mended.
tr -d ' \n' <edited.json >two/baselines/alpha.json
commit_all two 'alpha: on one line'
run scandrift -C two accept alpha --replay "$replay" \
	--expect "$(scandrift normalize --digest edited.json)"
expect_exit 0
scandrift normalize edited.json >want.json
expect_same want.json two/baselines/alpha.json
echo '{' >two/baselines/alpha.json
commit_all two 'alpha: broken'
run scandrift -C two accept alpha --replay "$replay" --now "$now"
expect_exit 1
run sh -c "$(printed_command)"
expect_exit 0
expect_same want.json two/baselines/alpha.json

# Named twice, it is one target.
run_json -C two accept alpha alpha --replay "$replay" --now "$now"
expect_exit 0
expect_json out '.targets | length == 1'
