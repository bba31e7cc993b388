# SPDX-License-Identifier: Apache-2.0
#
# Baselines come from the commit: what the work tree and the index say is told, and judged by
# nobody. In each kind of repository, from wherever it is started.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

product_repo repo prod
replay_from replies prod "$common/prod.json"
replies=$PWD/replies

# check_in DIR: against what is live, which is as agreed.
check_in() {
	run_json -C "$1" check --replay "$replies" --now "$now"
}

expect_clean_run() {
	expect_exit 0
	expect_findings
}

check_in repo
expect_clean_run

# Edited, staged, deleted: the committed one is judged, and equal.
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 7/' repo/baselines/prod.json
check_in repo
expect_exit 1
expect_findings 'baseline/uncommitted medium prod'
expect_json out '.targets[0].outcome == "equal"'
expect_json out '.findings[0] | .file == "baselines/prod.json"'
run scandrift -C repo check --replay "$replies" --now "$now"
expect_output edited.text
git -C repo add baselines
check_in repo
expect_findings 'baseline/uncommitted medium prod'
git -C repo show HEAD:baselines/prod.json >repo/baselines/prod.json
check_in repo
expect_findings 'baseline/uncommitted medium prod'
git -C repo add baselines
check_in repo
expect_clean_run
rm repo/baselines/prod.json
check_in repo
expect_exit 1
expect_findings 'baseline/uncommitted medium prod'
git -C repo checkout -q baselines/prod.json
# A time stamp alone is no edit.
touch -d '2020-01-01' repo/baselines/prod.json
check_in repo
expect_clean_run

# A link in its place is not followed, wherever it leads.
mv repo/baselines/prod.json elsewhere.json
ln -s ../../elsewhere.json repo/baselines/prod.json
check_in repo
expect_exit 1
expect_findings 'baseline/uncommitted medium prod'
commit_all repo 'a link'
check_in repo
expect_exit 1
expect_findings 'baseline/malformed critical prod'
rm repo/baselines/prod.json
mv elsewhere.json repo/baselines/prod.json
commit_all repo 'a file again'

# In the work tree alone, not in git.
git -C repo rm -q --cached baselines/prod.json
git -C repo commit -q -m 'without'
check_in repo
expect_exit 1
expect_findings 'baseline/missing high prod' 'baseline/uncommitted medium prod'
expect_json out '.targets[0].outcome == "no-baseline"'
commit_all repo 'with it again'

# Targets are used as they stand in the work tree, with a word about it.
printf '\n[target next]\n' >>repo/baselines/targets.ini
replay_from replies next "$common/prod.json"
check_in repo
expect_exit 1
expect_findings 'baseline/missing high next'
expect_text err 'baselines/targets.ini is modified in the work tree, not committed'
git -C repo checkout -q baselines/targets.ini

# From a folder below, in a path with blanks and beyond ASCII.
mkdir -p 'repo/a b/ü/c'
check_in 'repo/a b/ü/c'
expect_clean_run
cd 'repo/a b/ü' || fail 'no folder'
run scandrift check --replay "$replies" --now "$now"
expect_exit 0
cd "$SCRATCH/work" || fail 'no folder'
git clone -q repo 'a clone (2) of "it"'
check_in 'a clone (2) of "it"'
expect_clean_run

# A second work tree, on a commit of its own.
git -C repo worktree add -q ../tree -b other
check_in tree
expect_clean_run
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 7/' tree/baselines/prod.json
commit_all tree 'weekly'
check_in tree
expect_exit 1
expect_findings 'drift/ScanPeriod low prod'
check_in repo
expect_clean_run

# A bare repository has no work tree: targets and baselines are its commit's.
git clone -q --bare repo bare.git
check_in bare.git
expect_clean_run
expect_empty err

# A commit of no branch.
git -C repo checkout -q --detach
check_in repo
expect_clean_run
expect_json out ".commit == \"$(git -C repo rev-parse HEAD)\""

# No commit yet, and no repository.
new_repo unborn
cp -r repo/baselines unborn
check_in unborn
expect_exit 1
expect_findings 'baseline/missing high prod' 'baseline/uncommitted medium prod'
expect_json out '.commit == null'
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
git -C repo checkout -q main
sed -i 's/"03:00:00"/"03:00"/' repo/baselines/prod.json
commit_all repo 'by hand'
check_in repo
expect_exit 1
expect_findings 'baseline/not-canonical low prod'
scandrift normalize repo/baselines/prod.json >canonical.json
cp canonical.json repo/baselines/prod.json
commit_all repo 'as normalize has it'
check_in repo
expect_clean_run

# A committed baseline that no target names.
cp canonical.json repo/baselines/old.json
commit_all repo 'left behind'
check_in repo
expect_exit 1
expect_findings 'baseline/orphan low null'
mkdir -p repo/baselines/of/2024
git -C repo mv baselines/old.json baselines/of/2024/
commit_all repo 'left further behind'
check_in repo
expect_exit 1
expect_findings 'baseline/orphan low null'
