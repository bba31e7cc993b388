# SPDX-License-Identifier: Apache-2.0
#
# check reads targets, policies and baselines of one commit, whatever the working tree and the index
# have: that draws a note. With --worktree it reads the files as they are, and the result says so.
# In each kind of repository, from wherever it is started.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

baseline=baselines/prod.json
policy=policies/base.ini
targets=baselines/targets.ini

# rule DAYS: a policy that asks for a scan each so many days.
rule() {
	printf '[policy]\nid = base\n[rule often]\nseverity = high\nassert = /ScanPeriod <= %s\n' "$1"
}

product_repo repo prod
mkdir repo/policies
rule 1 >repo/$policy
commit_all repo 'policies: daily'
replay_from replies prod "$common/prod.json"
replay_from replies next "$common/prod.json"
sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >weekly.json
replay_from weekly prod weekly.json
replies=$PWD/replies
weekly=$PWD/weekly

# check_in DIR [OPTION...]: against what is live, which is as agreed.
check_in() {
	dir=$1
	shift
	run_json -C "$dir" check --replay "$replies" --now "$now" "$@"
}

# As committed: no note, no finding, no word of a working tree.
expect_clean_run() {
	expect_exit 0
	expect_empty err
	expect_findings
	expect_json out 'has("worktree") or has("uncommitted") | not'
}

# expect_note FILE [COUNT]: the one line on standard error, about FILE and COUNT more.
expect_note() {
	head=$(git -C "$dir" rev-parse HEAD | cut -c 1-12)
	expect_lines err 1
	expect_line err "scandrift: not as committed: $1${2:+ and $2 more}; commit $head is evaluated (--worktree: the files as they are)"
}

# expect_worktree FILE...: --worktree says what it is, and lists these files; no note is needed.
expect_worktree() {
	expect_empty err
	expect_json out ".worktree == true and .commit == \"$(git -C "$dir" rev-parse HEAD)\""
	printf '%s\n' "$@" | grep . >"$SCRATCH/want.files" || :
	jq -r '.uncommitted // [] | .[]' "$out" >"$SCRATCH/have.files"
	expect_same "$SCRATCH/want.files" "$SCRATCH/have.files"
}

# restore DIR: index and working tree as committed.
restore() {
	git -C "$1" reset -q --hard
	git -C "$1" clean -q -f -d
	check_in "$1"
	expect_clean_run
}

check_in repo
expect_clean_run
check_in repo --worktree
expect_exit 0
expect_findings
expect_worktree

# ---- a baseline ----

# Edited, staged, deleted: the committed one is judged, and equal; that there is another is a finding.
uncommitted_baseline() {
	check_in repo
	expect_exit 1
	expect_findings 'baseline/uncommitted medium prod'
	expect_json out '.targets[0].outcome == "equal"'
	expect_json out ".findings[0] | .file == \"$baseline\" and (.message | test(\"$1\"))"
	expect_note "$baseline"
}
cp weekly.json repo/$baseline
uncommitted_baseline 'modified in the work tree'
run scandrift -C repo check --replay "$replies" --now "$now"
expect_output edited.text
check_in repo --worktree
expect_exit 1
expect_findings 'drift/ScanPeriod low prod'
expect_worktree "$baseline"
expect_json out '.findings[0].file == "baselines/prod.json"'
run scandrift -C repo check --worktree --replay "$replies" --now "$now"
expect_output worktree.text
run scandrift -C repo check --worktree --replay "$replies" --now "$now" --format markdown
expect_text out 'judged by the working tree at commit '
git -C repo add baselines
uncommitted_baseline 'changed in the index'
cp "$common/prod.json" repo/$baseline
uncommitted_baseline 'changed in the index'
# The index is neither the commit nor the working tree.
check_in repo --worktree
expect_exit 0
expect_findings
expect_worktree "$baseline"
restore repo
rm repo/$baseline
uncommitted_baseline 'deleted in the work tree'
check_in repo --worktree
expect_exit 1
expect_findings 'baseline/missing high prod'
expect_worktree "$baseline"
restore repo
rm -r repo/baselines
check_in repo
expect_exit 1
expect_findings 'baseline/uncommitted medium prod'
expect_note "$baseline" 1
restore repo
# A time stamp alone is no edit.
touch -d '2020-01-01' repo/$baseline
check_in repo
expect_clean_run

# A link in its place is not followed, wherever it leads.
mv repo/$baseline elsewhere.json
ln -s ../../elsewhere.json repo/$baseline
uncommitted_baseline 'modified in the work tree'
check_in repo --worktree
expect_exit 1
expect_findings 'baseline/malformed critical prod'
expect_worktree "$baseline"
commit_all repo 'a link'
check_in repo
expect_exit 1
expect_findings 'baseline/malformed critical prod'
expect_empty err
git -C repo reset -q --hard HEAD^
# Nor is one in the place of the folder.
mv repo/baselines elsewhere
ln -s ../elsewhere repo/baselines
check_in repo
expect_exit 1
expect_findings 'baseline/uncommitted medium prod'
expect_note baselines 2
run scandrift -C repo check --worktree --replay "$replies"
expect_exit 2
expect_text err 'links are not followed'
rm repo/baselines
restore repo

# In the working tree alone, not in git.
git -C repo rm -q --cached $baseline
git -C repo commit -q -m 'without'
check_in repo
expect_exit 1
expect_findings 'baseline/missing high prod' 'baseline/uncommitted medium prod'
expect_json out '.targets[0].outcome == "no-baseline"'
expect_note "$baseline"
check_in repo --worktree
expect_exit 0
expect_findings
expect_worktree "$baseline"
git -C repo reset -q --hard HEAD^

# Outside of baselines/: found as well.
printf '[target prod]\nbaseline = golden/all.json\n' >repo/$targets
mkdir repo/golden
git -C repo mv $baseline golden/all.json
commit_all repo 'baselines: one for all'
check_in repo
expect_clean_run
cp weekly.json repo/golden/all.json
echo '{' >repo/golden/other.json
check_in repo
expect_exit 1
expect_findings 'baseline/uncommitted medium prod'
expect_note golden/all.json
check_in repo --worktree
expect_exit 1
expect_findings 'drift/ScanPeriod low prod'
expect_worktree golden/all.json
git -C repo reset -q --hard HEAD^
restore repo

# ---- a policy ----

# A stricter one that is not committed demands nothing, a weaker one excuses nothing.
run_json -C repo check --replay "$weekly" --now "$now"
expect_exit 1
expect_findings 'drift/ScanPeriod high prod' 'policy/base/often high prod'
rule 0 >repo/$policy
check_in repo
expect_exit 0
expect_findings
expect_json out '.policies_judged'
expect_note "$policy"
check_in repo --worktree
expect_exit 1
expect_findings 'policy/base/often high prod'
expect_worktree "$policy"
git -C repo add policies
check_in repo
expect_exit 0
expect_note "$policy"
rule 7 >repo/$policy
run_json -C repo check --replay "$weekly" --now "$now"
expect_findings 'drift/ScanPeriod high prod' 'policy/base/often high prod'
expect_note "$policy"
run_json -C repo check --worktree --replay "$weekly" --now "$now"
expect_findings 'drift/ScanPeriod high prod'
expect_worktree "$policy"
restore repo
rm -r repo/policies
run_json -C repo check --replay "$weekly" --now "$now"
expect_findings 'drift/ScanPeriod high prod' 'policy/base/often high prod'
expect_note "$policy"
run_json -C repo check --worktree --replay "$weekly" --now "$now"
expect_findings 'drift/ScanPeriod high prod'
expect_json out '.policies_judged == false'
expect_worktree "$policy"
restore repo
# Untracked, and not even a policy.
echo 'not one' >repo/policies/next.ini
check_in repo
expect_exit 0
expect_findings
expect_note policies/next.ini
run scandrift -C repo check --worktree --replay "$replies"
expect_exit 2
expect_empty out
expect_text err 'policies/next.ini:1: '
restore repo
# Nothing that stands beside them can end the run over the commit.
git init -q repo/policies/inside
touch repo/policies/inside/x.ini "repo/policies/$(printf 'a\033[31mb')" "repo/policies/$(printf 'z\377')"
mkfifo repo/policies/pipe.ini
check_in repo
expect_exit 0
expect_findings
expect_note 'policies/a\u001b[31mb' 2
rm -r repo/policies/inside repo/policies/pipe.ini
check_in repo --worktree
expect_exit 0
expect_findings
expect_json out '.uncommitted == ["policies/a\u001b[31mb", "policies/z\ufffd"]'
expect_text out "$(printf 'policies/z\357\277\275')"
restore repo

# ---- targets ----

printf '\n[target next]\n' >>repo/$targets
check_in repo
expect_exit 0
expect_findings
expect_json out '[.targets[].name] == ["prod"]'
expect_note "$targets"
check_in repo --worktree
expect_exit 1
expect_findings 'baseline/missing high next'
expect_worktree "$targets"
run scandrift -C repo check next --replay "$replies"
expect_exit 2
expect_text err '"next"'
git -C repo add baselines
check_in repo
expect_exit 0
expect_note "$targets"
echo '[target' >repo/$targets
cp weekly.json repo/$baseline
check_in repo
expect_exit 1
expect_findings 'baseline/uncommitted medium prod'
expect_note "$baseline" 1
run scandrift -C repo check --worktree --replay "$replies"
expect_exit 2
expect_text err "$targets:1: "
# What sets a target up still reads the file as it is, with a note.
printf '[target next]\n' >repo/$targets
run scandrift -C repo fetch next --replay "$replies"
expect_exit 0
expect_lines err 1
expect_line err "scandrift: $targets is not as committed; it is used as it is in the working tree"
restore repo

# A baseline that no target names is looked for in the same place as the targets.
cp "$common/prod.json" repo/baselines/old.json
check_in repo
expect_exit 0
expect_findings
expect_note baselines/old.json
check_in repo --worktree
expect_exit 1
expect_findings 'baseline/orphan low null'
expect_worktree baselines/old.json
commit_all repo 'left behind'
check_in repo
expect_exit 1
expect_findings 'baseline/orphan low null'
expect_empty err
rm repo/baselines/old.json
check_in repo
expect_exit 1
expect_findings 'baseline/orphan low null'
check_in repo --worktree
expect_exit 0
expect_findings
mkdir -p repo/baselines/of/2024
git -C repo checkout -q baselines/old.json
git -C repo mv baselines/old.json baselines/of/2024/
check_in repo --worktree
expect_exit 1
expect_json out '[.findings[] | select(.class != "liveness").file] == ["baselines/of/2024/old.json"]'
commit_all repo 'left further behind'
check_in repo
expect_exit 1
expect_findings 'baseline/orphan low null'
git -C repo reset -q --hard HEAD~2
restore repo

# ---- another commit ----

first=$(git -C repo rev-parse HEAD)
printf '[target next]\n' >repo/$targets
rule 7 >repo/$policy
git -C repo mv $baseline baselines/next.json
cp weekly.json repo/baselines/next.json
commit_all repo 'all of it, anew'
echo '[target' >repo/$targets
echo '[policy' >repo/$policy
for rev in "$first" HEAD^ main~1; do
	check_in repo --rev "$rev"
	expect_clean_run
	expect_json out ".commit == \"$first\" and [.targets[].name] == [\"prod\"]"
done
run scandrift -C repo check --rev "$first" --replay "$replies" --now "$now"
expect_text out "judged by commit $(echo "$first" | cut -c 1-12)"
check_in repo
expect_exit 1
expect_findings 'drift/ScanPeriod low next'
expect_note "$targets" 1
run scandrift -C repo check --rev "$first" --config-only
expect_exit 0
expect_line out "$policy: rules: 1, waivers and ignores: 0"
expect_empty err
git -C repo reset -q --hard
for rev in nowhere HEAD:baselines; do
	run scandrift -C repo check --rev "$rev" --replay "$replies"
	expect_exit 2
	expect_empty out
	expect_text err "$rev"
done
# What is recorded names that commit.
run scandrift -C repo check --rev "$first" --replay "$weekly" --now "$now" --commit --fail-on never
expect_exit 0
expect_text err 'scandrift/observed'
git -C repo log -1 --format=%B scandrift/observed >message
expect_text message "$first"
git -C repo branch -q -D scandrift/observed
git -C repo reset -q --hard "$first"
restore repo

# ---- without targets.ini ----

git -C repo rm -q --cached $targets
git -C repo commit -q -m 'no targets'
run scandrift -C repo check --replay "$replies"
expect_exit 2
expect_empty out
expect_lines err 1
expect_line err "scandrift: $targets: is in the working tree and not in commit $(
	git -C repo rev-parse HEAD | cut -c 1-12
); commit it, or use --worktree"
check_in repo --worktree
expect_exit 0
expect_worktree "$targets"
git -C repo add $targets
run scandrift -C repo check --replay "$replies"
expect_exit 2
expect_text err 'commit it, or use --worktree'
git -C repo reset -q --hard
for option in '' --worktree '--rev HEAD' --config-only; do
	# shellcheck disable=SC2086 # an option and its value
	run scandrift -C repo check $option ${option:---replay "$replies"}
	expect_exit 2
	expect_empty out
	expect_lines err 1
	expect_line err "scandrift: $targets: not there; scandrift init writes one"
done
git -C repo reset -q --hard "$first"

# ---- what is refused ----

for other in --commit --journal "--rev HEAD" --config-only; do
	# shellcheck disable=SC2086 # an option and its value
	run scandrift -C repo check --worktree $other
	expect_exit 2
	expect_empty out
	expect_text err "--worktree and ${other% *} exclude each other"
done

# A recording of such a run names no commit, and no record can be made of it.
account AKIDPROD prod-key '' "$common/prod.json"
start_standin "$accounts"
use_key AKIDPROD prod-key
live="--endpoint $HTTPS_URL"
# shellcheck disable=SC2086 # no word of it holds a blank
run scandrift -C repo check --worktree $live --ca-bundle "$CA_FILE" --record "$PWD/recorded"
expect_exit 0
expect_json recorded/prod.meta.json '.commit == "worktree"'
# shellcheck disable=SC2086
run scandrift -C repo check $live --ca-bundle "$CA_FILE" --record "$PWD/committed"
expect_exit 0
expect_json committed/prod.meta.json ".commit == \"$first\""
stop_standin
run_json -C repo check --replay "$PWD/recorded"
expect_exit 0
for option in commit journal; do
	run scandrift -C repo check --replay "$PWD/recorded" --$option
	expect_exit 2
	expect_empty out
	expect_lines err 1
	expect_text err "--$option: prod in $PWD/recorded was recorded with --worktree"
	run scandrift -C repo check --replay "$PWD/committed" --$option
	expect_exit 0
done
# One that cannot be read is its target's alone.
cp committed/prod.meta.json committed/other.meta.json
echo '{' >committed/prod.meta.json
run_json -C repo check --replay "$PWD/committed" --journal
expect_exit 3
expect_findings 'incomplete/bad-recording high prod'
product_repo two prod other
cp committed/prod.json committed/other.json
run_json -C two check --replay "$PWD/committed" --journal
expect_exit 3
expect_json out '[.targets[] | .name + " " + .outcome] == ["prod incomplete", "other equal"]'

# ---- --config-only ----

run scandrift -C repo check --config-only
expect_exit 0
cp "$out" as-committed
rule 7 >repo/policies/next.ini
sed -i 's/base/next/' repo/policies/next.ini
printf '[target next]\n' >>repo/$targets
run scandrift -C repo check --config-only
expect_exit 0
expect_empty err
expect_line out "$targets: targets: 2"
expect_line out 'policies/next.ini: rules: 1, waivers and ignores: 0'
git -C repo add -A
git clone -q --bare repo bare.git
run scandrift -C bare.git check --config-only
expect_exit 0
expect_same as-committed "$out"
echo '[rule' >>repo/policies/next.ini
run scandrift -C repo check --config-only
expect_exit 2
expect_text err 'policies/next.ini:6: '
restore repo

# ---- kinds of repositories ----

# A bare repository has no working tree.
check_in bare.git
expect_clean_run
run scandrift -C bare.git check --worktree --replay "$replies"
expect_exit 2
expect_empty out
expect_lines err 1
expect_line err 'scandrift: --worktree: a bare repository has no working tree'

# From a folder below, in a path with blanks and beyond ASCII.
mkdir -p 'repo/a b/ü/c'
check_in 'repo/a b/ü/c'
expect_clean_run
cd 'repo/a b/ü' || fail 'no folder'
run scandrift check --replay "$replies" --now "$now"
expect_exit 0
run scandrift check --worktree --replay "$replies" --now "$now"
expect_exit 0
cd "$SCRATCH/work" || fail 'no folder'
git clone -q repo 'a clone (2) of "it"'
check_in 'a clone (2) of "it"'
expect_clean_run

# A sparse checkout leaves files out on purpose, and its commit has them all.
git clone -q repo sparse
git -C sparse sparse-checkout set --no-cone /policies/
[ ! -e sparse/baselines ] || fail 'not sparse'
check_in sparse
expect_clean_run
run scandrift -C sparse check --worktree --replay "$replies"
expect_exit 2
git -C sparse sparse-checkout set --no-cone /baselines/
[ ! -e sparse/policies ] || fail 'not sparse'
check_in sparse
expect_clean_run
expect_json out '.policies_judged'

# A second work tree, on a commit of its own.
git -C repo worktree add -q ../tree -b other
check_in tree
expect_clean_run
cp weekly.json tree/$baseline
check_in tree
expect_findings 'baseline/uncommitted medium prod'
check_in repo
expect_clean_run
commit_all tree 'weekly'
check_in tree
expect_exit 1
expect_findings 'drift/ScanPeriod low prod'
check_in repo
expect_clean_run

# A commit of no branch.
git -C repo checkout -q --detach
check_in repo
expect_clean_run
expect_json out ".commit == \"$(git -C repo rev-parse HEAD)\""
git -C repo checkout -q main

# A commit that a killed run had not brought to index and file yet is no edit.
before=$(git -C repo rev-parse HEAD)
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 3/' repo/$baseline
commit_all repo 'each third day'
after=$(git -C repo rev-parse HEAD)
git -C repo reset -q --hard "$before"
git -C repo update-ref refs/heads/main "$after"
printf 'refs/heads/main\n%s\n%s\n' "$before" "$baseline" >repo/.git/scandrift-follow
check_in repo
expect_exit 1
expect_findings 'drift/ScanPeriod low prod'
expect_empty err
git -C repo reset -q --hard "$before"

# A baseline that was deleted: it is the working tree that lacks it, and the commit has it.
rm "repo/$baseline"
run_json -C repo check --replay "$replies" --now "$now" --worktree
expect_exit 1
expect_json out "[.findings[] | select(.rule == \"baseline/missing\") | .message] ==
	[\"$baseline is not in the working tree\"]"
git -C repo reset -q --hard "$before"

# No commit yet: the working tree is all that there is.
new_repo unborn
cp -R repo/baselines repo/policies unborn
run_json -C unborn check --replay "$replies" --now "$now"
expect_exit 0
expect_empty err
expect_findings
expect_json out '.commit == null and .worktree == true'
expect_json out ".uncommitted == [\"$baseline\", \"$targets\", \"$policy\"]"
run scandrift -C unborn check --replay "$replies" --now "$now"
expect_output unborn.text
# Without a commit and without --now the verdict still says what it was judged by.
judged='judged by the working tree, with 3 files not as committed'
run scandrift -C unborn check --replay "$replies" --fail-on never
expect_line out "PASS  $judged"
run scandrift -C unborn check --replay "$replies" --fail-on never --format markdown
expect_line out "This was $judged"
run scandrift -C unborn check --replay "$replies" --fail-on never --format github
expect_text out "; $judged"
# A commit that is asked for by name is that commit or an error.
for rev in HEAD @; do
	run scandrift -C unborn check --replay "$replies" --rev "$rev"
	expect_exit 2
	expect_empty out
	expect_line err "scandrift: --rev $rev: there is no commit yet"
done
git -C unborn add -A
run_json -C unborn check --replay "$replies" --now "$now" --worktree
expect_exit 0
expect_json out '.commit == null and .worktree == true'
for option in commit journal; do
	run scandrift -C unborn check --replay "$replies" --$option
	expect_exit 2
	expect_empty out
	expect_line err "scandrift: --$option: this branch has no commit yet that a record could name; commit baselines/ and policies/ first"
done
run scandrift -C unborn check --config-only
expect_exit 0
expect_same as-committed "$out"

# Nothing at all.
mkdir none
run scandrift -C none check --replay "$replies"
expect_exit 2
expect_empty out
expect_lines err 1
new_repo empty
run scandrift -C empty check --replay "$replies"
expect_exit 2
expect_text err 'scandrift init'

# A baseline that means the same in another form.
sed -i 's/"03:00:00"/"03:00"/' repo/$baseline
commit_all repo 'by hand'
check_in repo
expect_exit 1
expect_findings 'baseline/not-canonical low prod'
scandrift normalize repo/$baseline >canonical.json
cp canonical.json repo/$baseline
commit_all repo 'as normalize has it'
check_in repo
expect_clean_run
