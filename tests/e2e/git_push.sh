# SPDX-License-Identifier: Apache-2.0
#
# --push: by git, never forced, on top of what others pushed, or not at all.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
replay_arrived=$now

replay=$PWD/replies
period=1

next_live() {
	period=$((period + 1))
	sed "s/\"ScanPeriod\": 1/\"ScanPeriod\": $period/" "$common/prod.json" >edited.json
	replay_from replies prod edited.json
	digest=$(scandrift normalize --digest edited.json)
}

accept() {
	run scandrift -C work accept prod --replay "$replay" --expect "$digest" --allow-weakened "$@"
}

# clone DIR [OPTION...]: of up.git, with an identity.
clone() {
	clone_dir=$1
	shift
	git clone -q "$@" "file://$PWD/up.git" "$clone_dir"
	git -C "$clone_dir" config user.name 'Test Author'
	git -C "$clone_dir" config user.email 'author@example.com'
}

# other FILE TEXT: somebody else pushes a change of that file.
other() {
	git -C other pull -q --rebase
	printf '%s\n' "$2" >"other/$1"
	git -C other add -A
	git -C other commit -q -m "other: $1"
	git -C other push -q
}

git init -q --bare -b main up.git
product_repo seed prod
git -C seed push -q "$PWD/up.git" main
clone work
clone other

# Nobody was there in between.
next_live
accept --push
expect_exit 0
[ "$(git -C up.git rev-parse main)" = "$(git -C work rev-parse HEAD)" ] || fail 'not pushed'

# Somebody was: on top of theirs, our file alone, no merge; this side follows, and is clean.
next_live
other NOTES x
theirs=$(git -C up.git rev-parse main)
accept --push=origin
expect_exit 0
[ "$(git -C up.git rev-parse main^)" = "$theirs" ] || fail 'not one commit on top of theirs'
[ "$(git -C up.git diff --name-only main^ main)" = baselines/prod.json ] || fail 'other files'
[ "$(git -C work rev-parse HEAD)" = "$(git -C up.git rev-parse main)" ] || fail 'this side lags'
[ -z "$(git -C work status --porcelain)" ] || fail "not clean: $(git -C work status --porcelain)"
[ -f work/NOTES ] || fail 'their file is not here'

# An edit of this side that is in the way is kept; the commit is pushed, and it is told.
next_live
other NOTES y
echo mine >work/NOTES
accept --push
expect_exit 0
expect_text err 'git pull --rebase'
[ "$(cat work/NOTES)" = mine ] || fail 'an edit is gone'
git -C work checkout -q -- NOTES
git -C work pull -q --rebase
[ "$(git -C work rev-parse HEAD)" = "$(git -C up.git rev-parse main)" ] || fail 'pull --rebase'

# They touched the same file: refused.
next_live
other baselines/prod.json "$(sed 's/"ScanPeriod": 1/"ScanPeriod": 9/' "$common/prod.json")"
theirs=$(git -C up.git rev-parse main)
accept --push
expect_exit 4
expect_text err 'changed by somebody else'
[ "$(git -C up.git rev-parse main)" = "$theirs" ] || fail 'pushed all the same'
git -C work reset -q --hard '@{upstream}'
git -C work pull -q

# The remote refuses: exit 4, the commit stays.
next_live
printf '#!/bin/sh\necho no entry >&2\nexit 1\n' >up.git/hooks/pre-receive
chmod +x up.git/hooks/pre-receive
theirs=$(git -C up.git rev-parse main)
before=$(git -C work rev-parse HEAD)
accept --push
expect_exit 4
expect_text err 'not pushed'
expect_text err 'no entry'
[ "$(git -C up.git rev-parse main)" = "$theirs" ] || fail 'the remote has changed'
[ "$(git -C work rev-parse HEAD^)" = "$before" ] || fail 'the commit is gone'
rm up.git/hooks/pre-receive

# It is owed: the next run makes up for it, on top of theirs, though nothing else is to do.
other OWED x
theirs=$(git -C up.git rev-parse main)
accept --push
expect_exit 0
expect_text out 'which lacked it'
[ "$(git -C up.git rev-parse main^)" = "$theirs" ] || fail 'what was owed is not on top of theirs'
[ "$(git -C work rev-parse HEAD)" = "$(git -C up.git rev-parse main)" ] || fail 'this side lags'
accept --push
expect_exit 0
expect_text out 'Nothing to do'

# Somebody's own commit of this side is named, and not pushed.
echo own >work/OWN
commit_all work 'a commit of my own'
accept --push
expect_exit 4
expect_text err 'a commit of my own'
[ "$(git -C up.git rev-parse main)" = "$(git -C work rev-parse HEAD^)" ] || fail 'pushed all the same'
git -C work reset -q --hard HEAD^

# No git on the PATH, and names that are options: before anything is written.
next_live
before=$(git -C work rev-parse HEAD)
mkdir empty
run env PATH="$PWD/empty" "$SCANDRIFT" -C work accept prod --replay "$replay" --expect "$digest" \
	--allow-weakened --push
expect_exit 2
expect_text err 'git'
accept --push=--upload-pack=touch
expect_exit 2
[ "$(git -C work rev-parse HEAD)" = "$before" ] || fail 'a commit was made'
accept --push=nowhere
expect_exit 4

# The cloud's secrets are not in git's environment.
mkdir fake
printf '#!/bin/sh\nenv >>"%s/environment"\nexec "%s" "$@"\n' "$PWD" "$(command -v git)" >fake/git
chmod +x fake/git
next_live
run env PATH="$PWD/fake:$PATH" TENCENTCLOUD_SECRET_ID=canary TENCENTCLOUD_SECRET_KEY=canary \
	TKE_ROLE_ARN=canary scandrift -C work accept prod --replay "$replay" --expect "$digest" \
	--allow-weakened --push
expect_exit 0
expect_text environment 'HOME='
expect_no_text environment canary

# Five nights, each in a fresh shallow clone: one chain. The second is like the first, in the
# third the reply is cut.
i=0
for reply in drift drift cut drift2 drift2; do
	i=$((i + 1))
	case $reply in
	drift) sed 's/"ScanPeriod": 1/"ScanPeriod": 20/' "$common/prod.json" >edited.json ;;
	drift2) sed 's/"ScanPeriod": 1/"ScanPeriod": 21/' "$common/prod.json" >edited.json ;;
	esac
	replay_from replies prod edited.json
	if [ "$reply" = cut ]; then
		head -c 300 replies/prod.json >cut.json
		mv cut.json replies/prod.json
	fi
	clone "night$i" --depth 1
	if [ "$i" = 1 ]; then
		run scandrift -C night1 check --replay "$replay" --commit --journal --push
		expect_exit 1
		expect_text err '--journal-start'
		git -C up.git rev-parse -q --verify refs/heads/scandrift/runs && fail 'a journal was begun'
	fi
	start=
	[ "$i" != 1 ] || start=--journal-start
	run scandrift -C "night$i" check --replay "$replay" --commit --journal --push $start
	case $reply in
	cut) expect_exit 3 ;;
	*) expect_exit 1 ;;
	esac
	expect_no_text err 'scandrift: --'
done
[ "$(git -C up.git rev-list --count refs/heads/scandrift/runs)" = 5 ] || fail 'not five records'
[ "$(git -C up.git rev-list --count --merges refs/heads/scandrift/runs)" = 0 ] || fail 'not one chain'
[ "$(git -C up.git rev-list --count scandrift/observed)" = 2 ] || fail 'not two states'
[ -z "$(git -C up.git for-each-ref refs/scandrift)" ] ||
	fail 'references that nobody asked for'
[ -z "$(git -C night5 for-each-ref refs/scandrift/fetched)" ] || fail 'a reference was left behind'

# A night whose push was refused is owed too, though in the next nothing is new but its record.
printf '#!/bin/sh\nexit 1\n' >up.git/hooks/pre-receive
chmod +x up.git/hooks/pre-receive
sed 's/"ScanPeriod": 1/"ScanPeriod": 22/' "$common/prod.json" >edited.json
replay_from replies prod edited.json
clone owes --depth 1
run scandrift -C owes check --replay "$replay" --commit --journal --push --fail-on never
expect_exit 4
rm up.git/hooks/pre-receive
run scandrift -C owes check --replay "$replay" --commit --push --fail-on never
expect_exit 0
[ "$(git -C up.git rev-list --count scandrift/observed)" = 3 ] || fail 'what was observed is not pushed'
run scandrift -C owes check --replay "$replay" --journal --push --fail-on never
expect_exit 0
journal=$(git -C up.git rev-list --count refs/heads/scandrift/runs)
[ "$journal" = 7 ] || fail "records: $journal, want 7"

# Two nights at once: both records, one after the other.
clone left --depth 1
clone right --depth 1
for side in left right; do
	scandrift -q -C $side check --replay "$replay" --journal --push >/dev/null 2>said.$side || : &
done
wait
[ "$(git -C up.git rev-list --count refs/heads/scandrift/runs)" = 9 ] ||
	fail "a record was lost: $(cat said.left said.right)"
[ "$(git -C up.git rev-list --count --merges refs/heads/scandrift/runs)" = 0 ] || fail 'not one chain'
git -C up.git fsck --full --strict --no-dangling

# As published.
cp -r "$SCANDRIFT_CASES/17-push-not-fast-forward" case
chmod -R u+w case
(cd case && sh setup.sh) >/dev/null 2>&1 || fail 'setup.sh'
git -C case/work config user.name T
git -C case/work config user.email t@example.com
theirs=$(git -C case/up.git rev-parse main)
run scandrift -C case/work accept prod --push --replay ../replies \
	--expect "$(scandrift normalize --digest case/replies/prod.json)"
expect_exit 0
[ "$(git -C case/up.git rev-parse main^)" = "$theirs" ] || fail 'case 17 (a)'
[ "$(git -C case/up.git diff --name-only main^ main)" = baselines/prod.json ] || fail 'case 17 (a)'
cp case/hook.sh case/up.git/hooks/pre-receive
chmod +x case/up.git/hooks/pre-receive
theirs=$(git -C case/up.git rev-parse main)
run scandrift -C case/work accept prod --push --replay ../replies-b --allow-weakened \
	--expect "$(scandrift normalize --digest case/replies-b/prod.json)"
expect_exit 4
[ "$(git -C case/up.git rev-parse main)" = "$theirs" ] || fail 'case 17 (b)'
[ "$(git -C case/work rev-parse HEAD^)" = "$theirs" ] || fail 'case 17 (b)'
expect_text err 'not pushed'

# What git says in several lines is one line of ours.
git -C left remote set-url origin "$PWD/nowhere"
run scandrift -C left check --replay "$replay" --journal --push --fail-on never
expect_exit 4
expect_text err "does not appear to be a git repository; fatal: Could not read from remote repository"
expect_no_text err '\u000a'
