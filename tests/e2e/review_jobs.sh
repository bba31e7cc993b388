# SPDX-License-Identifier: Apache-2.0
#
# The review jobs of init --ci github, run step by step against a remote as the hosting site gives it:
# the text of the jobs is base's, and the proposal comes as objects. What the site itself does (the
# environment that waits for a person, which check is required) is played by common/github_jobs.mjs.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/hostile.sh"
need node base64
[ -d "$SCANDRIFT_NPM/node_modules/yaml" ] || skip 'no npm package yaml'
export SCANDRIFT_NPM

site=$SCRATCH/site
site_config=$SCRATCH/site.gitconfig
mkdir -p "$site/owner" image host
product_repo work prod
scandrift -q -C work init --ci github
review_base work
commit_all work base
git clone -q --bare work "$site/owner/repo"
jobs=$PWD/jobs.yml
cp work/.github/workflows/scandrift-review.yml "$jobs"

# gh keeps what it would post; the program is in the image alone.
printf '#!/bin/sh\n{ echo "$@"; cat report.md; } >>"%s"\n' "$PWD/comments" >host/gh
chmod +x host/gh
ln -s "$SCANDRIFT" image/scandrift
host_path=$PWD/host:/usr/bin:/bin
image=registry.example.com/scandrift@sha256:0

# propose NAME: from main, to be edited in work.
propose() {
	git -C work switch -q -C "$1" main
}

# offer N MESSAGE: what is in work becomes the head of pull request N.
offer() {
	commit_all work "$2"
	git -C work push -q -f "$site/owner/repo" "HEAD:refs/pull/$1/head"
	head=$(git -C work rev-parse HEAD)
	number=$1
}

# jobs APPROVED [ENVIRONMENT-VALUE]: runs them; sets $out to what came of each.
site_runs() {
	rm -rf jobs.run comments
	mkdir jobs.run
	jq -n --arg head "$head" --argjson number "$number" --argjson approved "$1" \
		--arg value "${2-reviewers}" --arg image "$image" --arg site "file://$site" \
		--arg path "$PWD/image:$host_path" --arg host "$host_path" --arg home "$HOME" \
		--arg config "$site_config" '{
		github: {token: "t0ken", event: {pull_request: {number: $number, head: {sha: $head},
			base: {ref: "main"}}}},
		vars: {SCANDRIFT_IMAGE: $image},
		environments: {"scandrift-approval": {approved: $approved, vars: {SCANDRIFT_APPROVAL: $value}}},
		hostPath: $host,
		env: {PATH: $path, HOME: $home, GIT_CONFIG_GLOBAL: $config, GITHUB_SERVER_URL: $site, GITHUB_REPOSITORY: "owner/repo"}}' \
		>context.json
	run node "$SCANDRIFT_SOURCE/tests/e2e/common/github_jobs.mjs" "$jobs" context.json jobs.run
	expect_exit 0
}

# came REVIEW COMMENT APPROVE VERDICT
came() {
	cat jobs.run/*/log >>"$err"
	expect_json out "[.review, .comment, .approve, .verdict] == [\"$1\", \"$2\", \"$3\", \"$4\"]"
}

# Nothing of the proposal ran: whatever it brings would leave this file.
untouched() {
	[ ! -e "$canary" ] || fail 'something of the proposal was executed'
	[ -z "$(find jobs.run -path '*/objects.git' -prune -o -name prod.json -print)" ] ||
		fail 'something of the proposal was checked out'
}

# What changes nothing that counts is green, and nobody is asked.
propose plain
echo text >work/notes
offer 1 plain
site_runs false
came success skipped skipped success
[ ! -e comments ] || fail 'a comment on nothing'

# Without an image there is no program, and that is no pass.
image=
site_runs true
expect_json out '.review == "failure" and .verdict == "failure"'
image=registry.example.com/scandrift@sha256:0

# One that loosens waits, is told with its digest, and is red until somebody approved.
propose weaker
sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 30/' work/baselines/prod.json
offer 2 weaker
site_runs false
came failure success cancelled failure
digest=$(jq -r .digest "$out")
expect_text comments 'pr comment 2 --repo owner/repo'
expect_text comments "$digest"
expect_text jobs.run/review/log "$digest"
expect_text jobs.run/review/summary "$digest"
site_runs true
came failure success success success
# An environment that nobody set up approves nothing.
site_runs true ''
came failure success failure failure

# What is approved is one set: a head that moved meanwhile, or a base, is not it.
git -C work switch -q main
sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 2/' work/baselines/prod.json
commit_all work 'main moves'
git -C work push -q "$site/owner/repo" main
site_runs true
came failure skipped skipped failure
git -C work push -q -f "$site/owner/repo" main^:main
git -C work reset -q --hard main^
propose other
sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 40/' work/baselines/prod.json
commit_all work other
git -C work push -q -f "$site/owner/repo" HEAD:refs/pull/2/head
site_runs true
came failure skipped skipped failure
expect_text jobs.run/review/log 'at another commit by now'

# Everything at once: the job, the rules, the attributes, the targets, and things that would run.
propose hostile
sed -i 's/exit "$code"/exit 0/; s/failure\/success) ;;/*) exit 0 ;;/' work/.github/workflows/scandrift-review.yml
cat >work/.github/workflows/more.yml <<'YML'
on: pull_request
jobs: {verdict: {name: scandrift verdict, runs-on: ubuntu-24.04, steps: [{run: "true"}]}}
YML
make_hostile work
hostile_filters "$site_config"
offer 3 hostile
site_runs false
came failure success cancelled failure
untouched
for rule in $hostile_rules; do
	expect_text jobs.run/review/log "approval/$rule"
done
hostile=$(jq -r .digest "$out")
[ "$hostile" != "$digest" ] || fail 'one digest for two sets'
# The approval alone is not enough where what base demands is not met.
site_runs true
came failure success failure failure
untouched

# The name of a branch, and what else comes with an event, is never text of a script.
propose "quoted"
offer 4 'x"; touch canary; "'
site_runs false
came success skipped skipped success
untouched
if grep -n 'run:.*\${{' "$jobs"; then
	fail 'a value of the event in a script'
fi
if grep -nE 'uses:|secrets\.|checkout' "$jobs" | grep -v '^[0-9]*:#'; then
	fail 'an action, a secret or a checkout'
fi

# A file that is there is kept.
echo '# mine' >>work/.github/workflows/scandrift-review.yml
cp work/.github/workflows/scandrift-review.yml mine
run scandrift -C work init --ci github
expect_text err 'kept .github/workflows/scandrift-review.yml'
expect_same mine work/.github/workflows/scandrift-review.yml
