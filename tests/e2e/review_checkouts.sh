# SPDX-License-Identifier: Apache-2.0
#
# review in repositories as CI systems make them, by git itself: the right verdict, or exit 2 with
# the one line that mends it. Never a guess.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

# What the remote has:
#
#   base --- later --- merge   main is at later; merge is refs/pull/1/merge
#      \             /
#       -- topic ----          topic weakens; refs/pull/1/head, and a branch
#
# and better, a branch from base that strengthens.
origin=$SCRATCH/origin
product_repo "$origin" prod
git -C "$origin" config uploadpack.allowFilter true
git -C "$origin" config uploadpack.allowAnySHA1InWant true
mkdir "$origin/policies"
printf '[policy]\nid = p\n[rule on]\nseverity = high\nassert = /Enable == true\n' >"$origin/policies/p.ini"
commit_all "$origin" base
git -C "$origin" switch -q -c topic
sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 30/' "$origin/baselines/prod.json"
commit_all "$origin" topic
git -C "$origin" switch -q -c better main
sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 1/' "$origin/baselines/prod.json"
printf '\n' >>"$origin/baselines/targets.ini"
commit_all "$origin" better
git -C "$origin" switch -q main
date >"$origin/other"
sed -i 's/== true/!= false/' "$origin/policies/p.ini"
commit_all "$origin" later
git -C "$origin" switch -q --detach
git -C "$origin" merge -q --no-ff -m merge topic
git -C "$origin" update-ref refs/pull/1/merge HEAD
git -C "$origin" update-ref refs/pull/1/head topic
git -C "$origin" update-ref refs/merge-requests/1/head topic
git -C "$origin" switch -q main
base=$(git -C "$origin" rev-parse main^)
later=$(git -C "$origin" rev-parse main)
topic=$(git -C "$origin" rev-parse topic)
merge=$(git -C "$origin" rev-parse refs/pull/1/merge)
url=file://$origin
zeros=0000000000000000000000000000000000000000
absent=1234567890123456789012345678901234567890

# expect WHAT: weakened, fine, or the text of an error.
expect() {
	case $1 in
	weakened)
		expect_exit 1
		expect_text out '/ScanPeriod'
		expect_text out approval/
		expect_text out sha256:
		;;
	fine)
		expect_exit 0
		;;
	*)
		expect_exit 2
		expect_empty out
		expect_lines err 1
		expect_text err "$1"
		;;
	esac
}

# fresh COMMAND...: the clone $PWD/x is made anew by git COMMAND.
fresh() {
	rm -rf x
	git "$@" 2>/dev/null
}

# fetched DEPTH|0 REFSPEC: as the runners do: no clone, one fetch, a detached HEAD.
fetched() {
	rm -rf x
	git init -q x
	git -C x remote add origin "$url"
	if [ "$1" = 0 ]; then
		git -C x fetch -q origin '+refs/heads/*:refs/remotes/origin/*' "$2"
	else
		git -C x fetch -q --no-tags --depth="$1" origin "$2"
	fi
	git -C x checkout -q --force --detach "${2#*:}" 2>/dev/null
}

# --- arguments ------------------------------------------------------------------------------

fresh clone -q "$url" x
run scandrift -C x review "$base..origin/topic"
expect weakened
run scandrift -C x review main...origin/topic
expect weakened
run scandrift -C x review main...origin/better
expect fine
git -C x checkout -q --detach origin/topic
run scandrift -C x review "$base"
expect weakened
run scandrift -C x review
expect 'give BASE..HEAD'
run scandrift -C x review "$absent..HEAD"
expect 'no such revision'
run scandrift -C x review a..b..c
expect 'expected BASE..HEAD'
run scandrift -C x review -- --upload-pack=x..HEAD
expect 'is no revision'

# --- shapes ---------------------------------------------------------------------------------

shallow='fetch-depth: 0, GIT_DEPTH: 0'
while IFS='|' read -r want range how; do
	echo "shape: $how"
	# shellcheck disable=SC2086 # words of a command
	fresh clone -q $how "$url" x
	run scandrift -C x review "$range"
	expect "$want"
done <<EOF
weakened|main...topic|--bare
weakened|main...topic|--mirror
weakened|main...origin/topic|--no-checkout
weakened|main...origin/topic|--separate-git-dir=separate.$$
weakened|main...origin/topic|--reference ../origin
weakened|main...origin/topic|--depth 20 --no-single-branch
$shallow|main...origin/topic|--depth 1 --no-single-branch
$shallow|main...HEAD|--depth 1 -b topic
$shallow|$base..HEAD|--depth 1 -b topic
weakened|$base..HEAD|--depth 2 -b topic
$shallow|main..origin/topic|--depth 1 --no-single-branch
EOF

fresh clone -q --shared "$origin" x
run scandrift -C x review main...origin/topic
expect weakened
git -C x gc -q --prune=now
git -C x pack-refs --all
run scandrift -C x review main...origin/topic
expect weakened
git -C x worktree add -q --detach "$PWD/linked" origin/topic
run scandrift -C linked review main...HEAD
expect weakened
git -C x worktree remove linked

fresh clone -q --sparse "$url" x
[ ! -d x/baselines ] || fail 'the work tree is not sparse'
run scandrift -C x review main...origin/topic
expect weakened

# A partial clone lacks what was never checked out; what the error says brings it.
fresh clone -q --filter=blob:none "$url" x
tries=0
run scandrift -C x review main...origin/topic
while [ "$code" -eq 2 ]; do
	tries=$((tries + 1))
	[ "$tries" -le 2 ] || fail 'what the error says does not mend it'
	expect 'is not in this partial clone'
	mend=$(sed -n 's/.*fetch it with the others: //p' "$err")
	(cd x && $mend >/dev/null 2>&1)
	run scandrift -C x review main...origin/topic
done
[ "$tries" -gt 0 ] || fail 'the clone is not partial'
expect weakened

# What cannot be read here is named.
git init -q --object-format=sha256 x256
git -C x256 -c user.name=a -c user.email=a commit -q --allow-empty -m x
run scandrift -C x256 review HEAD
expect sha256
fresh clone -q "$url" x
git -C x config core.repositoryformatversion 1
git -C x config extensions.refStorage reftable
run scandrift -C x review main...origin/topic
expect refstorage

# --- GitHub ---------------------------------------------------------------------------------

event=$SCRATCH/event.json
# in_github EVENT SHA [VARIABLE=VALUE...]: a review there; $event is the event's file.
in_github() {
	github_event=$1
	github_sha=$2
	shift 2
	run env GITHUB_ACTIONS=true GITHUB_EVENT_NAME="$github_event" GITHUB_SHA="$github_sha" \
		GITHUB_EVENT_PATH="$event" "$@" "$SCANDRIFT" -C x review
}
pull() {
	printf '{"pull_request": {"base": {"ref": "main", "sha": "%s"}, "head": {"sha": "%s"}}}' \
		"$1" "$2"
}
push() {
	printf '{"before": "%s", "after": "%s", "repository": {"default_branch": "main"}}' "$1" "$2"
}

# The merge that GitHub made: its first parent is what the proposal would go onto, though the
# event names an older commit of the branch.
merge_ref="+$merge:refs/remotes/pull/1/merge"
fetched 2 "$merge_ref"
pull "$base" "$topic" >"$event"
in_github pull_request "$merge"
expect weakened
fetched 1 "$merge_ref"
pull "$base" "$topic" >"$event"
in_github pull_request "$merge"
expect "$shallow"
fetched 0 "$merge_ref"
pull "$base" "$topic" >"$event"
in_github pull_request "$merge"
expect weakened
pull "$base" "$topic" >"$event"
in_github pull_request_target "$later"
expect weakened
# Without the event, by the name of the branch.
run env GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request GITHUB_SHA="$merge" \
	GITHUB_BASE_REF=main scandrift -C x review
expect weakened

# The head alone: the base that the event names is here, and is not what the proposal goes onto.
fetch_main='git fetch origin +refs/heads/main:refs/remotes/origin/main'
for depth in 1 2; do
	fetched "$depth" "+$topic:refs/remotes/pull/1/head"
	pull "$base" "$topic" >"$event"
	in_github pull_request "$merge"
	expect "$fetch_main"
	expect_text err "$shallow"
done
git -C x fetch -q --unshallow origin +refs/heads/main:refs/remotes/origin/main
in_github pull_request "$merge"
expect weakened

# In the base's own context the head is not checked out, and nothing is compared with itself.
fetched 1 "+$later:refs/remotes/origin/main"
pull "$later" "$topic" >"$event"
in_github pull_request_target "$later"
expect "$shallow"

# A merge that the proposal brings does not choose its own base.
fresh clone -q "$url" x
git -C x switch -q -c evil origin/topic
git -C x -c user.name=a -c user.email=a merge -q --no-ff -m evil origin/better -s ours
evil=$(git -C x rev-parse HEAD)
pull "$base" "$evil" >"$event"
in_github pull_request "$evil"
expect weakened

printf '{"merge_group": {"base_sha": "%s", "head_sha": "%s"}}' "$base" "$topic" >"$event"
in_github merge_group "$topic"
expect weakened

# Pushes: to a branch that was there, to a new one, to a new default branch.
push "$base" "$topic" >"$event"
in_github push "$topic" GITHUB_REF=refs/heads/topic
expect weakened
push "$zeros" "$topic" >"$event"
in_github push "$topic" GITHUB_REF=refs/heads/topic
expect weakened
push "$zeros" "$later" >"$event"
in_github push "$later" GITHUB_REF=refs/heads/main
expect 'nothing stood on it before'
push "$absent" "$topic" >"$event"
in_github push "$topic" GITHUB_REF=refs/heads/topic
expect weakened
in_github push "$topic" GITHUB_REF=refs/heads/main
expect "git fetch origin $absent"
push "\$(touch x)" "$topic" >"$event"
in_github push "$topic"
expect 'expected the id of a commit'
printf '{' >"$event"
in_github push "$topic"
expect 'GITHUB_EVENT_PATH: line 1'
printf '{}' >"$event"
in_github schedule "$topic"
expect "names no base for the event 'schedule'"

# --- GitLab ---------------------------------------------------------------------------------

# in_gitlab SOURCE [VARIABLE=VALUE...]
in_gitlab() {
	gitlab_source=$1
	shift
	run env GITLAB_CI=true CI_PIPELINE_SOURCE="$gitlab_source" "$@" "$SCANDRIFT" -C x review
}

fetched 20 '+refs/merge-requests/1/head:refs/pipelines/7'
in_gitlab merge_request_event CI_COMMIT_SHA="$topic" CI_MERGE_REQUEST_DIFF_BASE_SHA="$base" \
	CI_COMMIT_BEFORE_SHA="$zeros" CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main
expect "$fetch_main"
git -C x fetch -q origin +refs/heads/main:refs/remotes/origin/main
in_gitlab merge_request_event CI_COMMIT_SHA="$topic" CI_MERGE_REQUEST_DIFF_BASE_SHA="$base" \
	CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main
expect weakened
fetched 1 '+refs/merge-requests/1/head:refs/pipelines/7'
git -C x fetch -q --depth 1 origin +refs/heads/main:refs/remotes/origin/main
in_gitlab merge_request_event CI_COMMIT_SHA="$topic" CI_MERGE_REQUEST_DIFF_BASE_SHA="$base" \
	CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main
expect "$shallow"
# Merged results: GitLab's own merge commit.
fetched 20 "+$merge:refs/pipelines/7"
in_gitlab merge_request_event CI_COMMIT_SHA="$merge" CI_MERGE_REQUEST_DIFF_BASE_SHA="$base" \
	CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_MERGE_REQUEST_SOURCE_BRANCH_SHA="$topic"
expect weakened
fetched 20 '+refs/heads/topic:refs/remotes/origin/topic'
in_gitlab push CI_COMMIT_SHA="$topic" CI_COMMIT_BEFORE_SHA="$base" CI_COMMIT_BRANCH=topic \
	CI_DEFAULT_BRANCH=main CI_COMMIT_REF_PROTECTED=true
expect weakened
# A new branch: the runner fetches no other one.
in_gitlab push CI_COMMIT_SHA="$topic" CI_COMMIT_BEFORE_SHA="$zeros" CI_COMMIT_BRANCH=topic \
	CI_DEFAULT_BRANCH=main
expect "$fetch_main"
fetched 0 '+refs/heads/topic:refs/remotes/origin/topic'
in_gitlab push CI_COMMIT_SHA="$topic" CI_COMMIT_BEFORE_SHA="$zeros" CI_COMMIT_BRANCH=topic \
	CI_DEFAULT_BRANCH=main
expect weakened
in_gitlab web CI_COMMIT_SHA="$topic" CI_COMMIT_BEFORE_SHA="$zeros"
expect "names no base for the event 'web'"

# --- other owners ---------------------------------------------------------------------------

# Only root can be another user. Who is not root has seen everything that there is to see.
[ "$(id -u)" -eq 0 ] || exit 0
need setpriv
chmod 755 "$SCRATCH" "$SCRATCH/work"
mkdir -p "$SCRATCH/other/git"
HOME=$SCRATCH/other
export HOME

# as_other [VARIABLE=VALUE...]: the review by a user who owns nothing here. Files that are made
# while it runs may have only what that user can read.
as_other() {
	run env -u GIT_CONFIG_GLOBAL -u GIT_CONFIG_NOSYSTEM GIT_CONFIG_SYSTEM=/dev/null "$@" \
		setpriv --reuid=65534 --regid=65534 --clear-groups \
		"$SCANDRIFT" -C x review main...origin/topic
}

fresh clone -q "$url" x
as_other
expect safe.directory
expect_text err "$SCRATCH/work/x"
for entry in '*' "$SCRATCH/work/x" "$SCRATCH/work/*"; do
	echo "safe.directory = $entry"
	printf '[safe]\n\tdirectory = "%s"\n' "$entry" >config
	as_other GIT_CONFIG_SYSTEM="$PWD/config"
	expect weakened
	as_other GIT_CONFIG_GLOBAL="$PWD/config"
	expect weakened
	as_other XDG_CONFIG_HOME="$PWD"
	expect safe.directory
	cp config "$HOME/.gitconfig"
	as_other
	expect weakened
	rm "$HOME/.gitconfig"
	cp config "$HOME/git/config"
	as_other XDG_CONFIG_HOME="$HOME"
	expect weakened
	rm "$HOME/git/config"
	as_other GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="$entry"
	expect weakened
	# What the repository says of itself counts for nothing.
	cp x/.git/config config.of-x
	cat config >>x/.git/config
	as_other
	expect safe.directory
	cp config.of-x x/.git/config
	# An empty entry takes back what stands before it.
	printf '\tdirectory =\n' >>config
	as_other GIT_CONFIG_GLOBAL="$PWD/config"
	expect safe.directory
done
as_other GIT_DIR="$PWD/x/.git"
expect weakened
as_other SUDO_UID=0
expect safe.directory

# Owned, but not to be read.
chown -R 65534:65534 x
as_other
expect weakened
for part in objects/pack packed-refs config; do
	chmod 000 "x/.git/$part"
	as_other
	expect_exit 2
	expect_empty out
	expect_lines err 1
	chmod 700 "x/.git/$part"
done
