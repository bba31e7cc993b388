# SPDX-License-Identifier: Apache-2.0
#
# The review jobs of init --ci gitlab, run by gitlab-ci-local against a remote as the hosting site gives
# it: the text of the jobs comes from elsewhere, and the proposal comes as objects. This script plays what
# the site itself does: its variables, and the person who starts the manual job with a digest.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/hostile.sh"
need node base64 rsync
runner=$SCANDRIFT_NPM/node_modules/.bin/gitlab-ci-local
[ -x "$runner" ] || skip 'no npm package gitlab-ci-local'

site=$SCRATCH/site
site_config=$SCRATCH/site.gitconfig
: >"$site_config"
mkdir -p "$site/owner" image runner-home/.gitlab-ci-local
product_repo work prod
scandrift -q -C work init --ci gitlab
review_base work
commit_all work base
git clone -q --bare work "$site/owner/repo.git"
jobs=$PWD/jobs.yml
cp work/.gitlab/scandrift-review.yml "$jobs"
ln -s "$SCANDRIFT" image/scandrift

# propose NAME: from main, to be edited in work.
propose() {
	git -C work switch -q -C "$1" main
}

# offer N MESSAGE: what is in work becomes the head of merge request N.
offer() {
	commit_all work "$2"
	git -C work push -q -f "$site/owner/repo.git" "HEAD:refs/merge-requests/$1/head"
	head=$(git -C work rev-parse HEAD)
	number=$1
}

# pipeline [DIGEST]: runs it, in a folder where an earlier job left the whole proposal. With an argument
# somebody starts scandrift-approval and gives it that digest; else nobody does.
approvers=reviewers
stored=
merged=
image=$PWD/image
pipeline() {
	rm -rf project
	cp -a work project
	git -C project checkout -q -f "$head"
	git -C project remote add origin https://gitlab.example.com/owner/repo.git
	ln -s ../outside project/scandrift-review
	mkdir -p outside
	jq -n --arg head "$head" --arg number "$number" --arg site "file://$site" --arg home "$HOME" \
		--arg path "${image:+$image:}/usr/bin:/bin" --arg config "$site_config" --arg digest "${1:-}" \
		--arg approvers "$approvers" --arg stored "$stored" --arg merged "$merged" '{
		PATH: $path, HOME: $home, GIT_CONFIG_GLOBAL: $config, CI_SERVER_URL: $site, CI_COMMIT_SHA: $head,
		CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: $merged,
		CI_JOB_TOKEN: "t0ken", CI_MERGE_REQUEST_IID: $number, CI_MERGE_REQUEST_PROJECT_PATH: "owner/repo",
		CI_MERGE_REQUEST_TARGET_BRANCH_NAME: "main", SCANDRIFT_APPROVE: $stored,
		SCANDRIFT_IMAGE: "registry.example.com/scandrift@sha256:0"}
		| map_values({"*": .})
		| .SCANDRIFT_APPROVAL["scandrift-approval"] = $approvers
		| if $stored == "" then .SCANDRIFT_APPROVE = {"scandrift-approval": $digest} else . end
		| map_values({type: "variable", values: .}) | {global: .}' \
		>runner-home/.gitlab-ci-local/variables.yml
	run env -i PATH="/usr/bin:/bin:$(dirname "$(command -v node)")" HOME="$HOME" FORCE_COLOR=0 \
		GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 SCANDRIFT_TEST_ID="$SCANDRIFT_TEST_ID" \
		"$runner" --cwd project --file ../jobs.yml --home "$PWD/runner-home" \
		--force-shell-executor --variables-file ../none --variable CI_PIPELINE_SOURCE=merge_request_event \
		${1+--manual scandrift-approval}
	[ -z "$(ls outside)" ] || fail 'a link of an earlier job was followed'
}

# job NAME: what the report says of it.
job() {
	awk -v name="$1" '$1 ~ /^(PASS|WARN|FAIL)$/ { for (i = 2; i <= NF; i++) if ($i == name) word = $1 }
		END { print word ? word : "-" }' "$out"
}

# came REVIEW NOTHING APPROVAL: PASS, WARN, FAIL, or - for one that did not run.
came() {
	found=
	for name in scandrift-review scandrift-nothing-to-approve scandrift-approval; do
		found="$found $(job "$name")"
	done
	[ "$found" = " $*" ] || fail "the jobs came as$found, expected $*"
	[ ! -e "$canary" ] || fail 'something of the proposal was executed'
}

digest_shown() {
	sed -n 's/.*with SCANDRIFT_APPROVE=\(sha256:[0-9a-f]*\)$/\1/p' "$out" | head -n 1
}

# What changes nothing that counts is green, and nobody is asked.
propose plain
echo text >work/notes
offer 1 plain
pipeline
came PASS PASS -

# Without an image there is no program, and that is no pass.
image=
pipeline
came FAIL - -
image=$PWD/image

# One that loosens is told with its digest, and waits until somebody approves that digest.
propose weaker
sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 30/' work/baselines/prod.json
offer 2 weaker
pipeline
came WARN - -
weaker=$(digest_shown)
[ -n "$weaker" ] || fail 'no digest was shown'
expect_text project/.gitlab-ci-local/artifacts/scandrift-review/scandrift-review/report.md "$weaker"
pipeline "$weaker"
came WARN - PASS
pipeline ''
came WARN - FAIL
expect_text out 'Give this run the variable SCANDRIFT_APPROVE'
pipeline "$(printf %s "$weaker" | tr 0-9a-f 1-9a-f0)"
came WARN - FAIL

# An environment that nobody set up approves nothing, and a digest that is stored neither.
approvers=
pipeline "$weaker"
came WARN - FAIL
approvers=reviewers
stored=$weaker
pipeline
came FAIL - -
expect_text out 'an approval is never stored'
stored=

# What is approved is one set: a head that moved is another one.
propose weaker
sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 40/' work/baselines/prod.json
old=$head
offer 2 other
new=$head head=$old
pipeline "$weaker"
came FAIL - -
expect_text out 'at another commit by now'
head=$new
pipeline "$weaker"
came WARN - FAIL
# A pipeline for merged results has GitLab's own merge checked out.
merged=$new
git -C work switch -q --detach main
git -C work merge -q --no-ff -m merge "$new"
head=$(git -C work rev-parse HEAD)
pipeline
came WARN - -
[ "$(digest_shown)" != "$weaker" ] || fail 'one digest for two sets'
merged=

# Everything at once: the jobs, the rules, the attributes, the targets, and things that would run.
hostile_filters "$site_config"
for kind in approvable demanded; do
	propose "hostile-$kind"
	make_hostile work
	[ "$kind" = demanded ] ||
		sed -i 's/"Enable": false/"Enable": true/; s/"ScanPeriod": [0-9]*/"ScanPeriod": 30/' work/baselines/prod.json
	sed -i 's/exit 10/exit 0/; s/when: manual/when: always/' work/.gitlab/scandrift-review.yml
	printf 'scandrift-review: {script: ["true"]}\nscandrift-verdict: {script: ["true"]}\n' >work/.gitlab-ci.yml
	offer 3 hostile
	pipeline
	came WARN - -
	for rule in $hostile_rules; do
		expect_text project/.gitlab-ci-local/output/scandrift-review.log "approval/$rule"
	done
	[ "$kind" = demanded ] || approvable=$(digest_shown)
	pipeline "$(digest_shown)"
	# The approval alone is not enough where what base demands is not met.
	case $kind in
	approvable) came WARN - PASS ;;
	demanded)
		came WARN - FAIL
		pipeline "$approvable"
		came WARN - FAIL
		;;
	esac
done

# Files that are there are kept, each for itself.
git -C work switch -q -f main
echo '# mine' >>work/.gitlab/scandrift-review.yml
cp work/.gitlab/scandrift-review.yml mine
rm work/.gitlab-ci.yml
run scandrift -C work init --ci gitlab
expect_exit 0
expect_text err 'kept .gitlab/scandrift-review.yml'
expect_text err 'kept .gitlab-ci.yml as it is in commit'
expect_same mine work/.gitlab/scandrift-review.yml
