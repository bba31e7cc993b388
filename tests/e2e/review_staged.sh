# SPDX-License-Identifier: Apache-2.0
#
# review --staged: what the index holds against HEAD, as git itself would commit it; and review
# --trees: two trees as they are. Each verdict on an index is compared with that on the commit which
# git makes of it.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

product_repo repo prod
mkdir repo/policies
printf '[policy]\nid = p\n[rule on]\nseverity = high\nassert = /Enable == true\n' >repo/policies/p.ini
mkdir -p repo/docs.d repo/docs/deep/er
echo one >repo/docs/deep/er/a
echo two >repo/docs.txt
echo three >repo/docs.d/x
ln -s docs.txt repo/link
printf '#!/bin/sh\n' >repo/tool
chmod +x repo/tool
commit_all repo base
cp -a repo fresh

again() {
	rm -rf repo
	cp -a fresh repo
}

# findings FILE: what was found, and what would have to be approved.
findings() {
	jq -c '{review: (.review | {loosenings, digest, approval}), verdict, exit_code,
		findings: [.findings[] | {rule, target, path, severity}]}' "$1"
}

objects() {
	find repo/.git/objects -printf '%p %T@\n' | sort
}

# staged WANT: the index gives what the commit of it gives, and nothing was written.
staged() {
	objects >before.objects
	run_json -C repo review --staged
	expect_exit "$1"
	expect_empty err
	expect_json out '.commit == null and .review.staged == true'
	findings "$out" >by-index
	objects >after.objects
	expect_same before.objects after.objects
	git -C repo commit -q --allow-empty -m next
	run_json -C repo review --trees HEAD^ HEAD
	expect_exit "$1"
	expect_json out '.review | has("staged") | not'
	findings "$out" >by-commit
	expect_same by-commit by-index
}

weaken() {
	sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 30/' repo/baselines/prod.json
}

# Nothing staged, though the working tree says something else.
weaken
staged 0

# Staged, though the working tree has it no more.
again
weaken
git -C repo add baselines
cp fresh/baselines/prod.json repo/baselines/prod.json
staged 1
expect_text by-index approval/baseline-weakened

again
sed -i 's/== true/!= false/; s/high/low/' repo/policies/p.ini
echo '* -diff' >repo/.gitattributes
git -C repo rm -q --cached docs/deep/er/a
git -C repo add policies .gitattributes
staged 1
expect_text by-index approval/severity-lowered

again
git -C repo rm -q -r --cached baselines
staged 1
expect_text by-index approval/target-removed

# The text names the index, and no command that would approve it.
again
weaken
git -C repo add baselines
run scandrift -C repo review --staged
expect_exit 1
expect_text out 'the index, judged by the rules of commit '
expect_text out 'to be approved'
expect_no_text out 'scandrift review'
run scandrift -C repo review --staged --approvals report --fail-on high
expect_exit 0

# What is only meant to be added is not there yet.
again
printf '[policy]\n' >repo/policies/broken.ini
git -C repo add -N policies/broken.ini
staged 0
git -C repo add policies/broken.ini
run scandrift -C repo review --staged
expect_exit 2
expect_text err 'the index: policies/broken.ini'

# A conflict has no tree.
again
git -C repo switch -q -c other
weaken
git -C repo commit -q -a -m other
git -C repo switch -q main
sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 5/' repo/baselines/prod.json
git -C repo commit -q -a -m main
git -C repo merge -q other >/dev/null 2>&1 || :
run scandrift -C repo review --staged
expect_exit 2
expect_text err 'baselines/prod.json: the index has a conflict there'

# Forms of the index: 4 can be read; split and sparse ones are named, with what to do.
again
weaken
git -C repo add baselines
git -C repo update-index --index-version 4
run scandrift -C repo review --staged
expect_exit 1
git -C repo update-index --split-index
run scandrift -C repo review --staged
expect_exit 2
expect_text err 'git update-index --no-split-index'
again
git -C repo sparse-checkout init --cone --sparse-index 2>/dev/null
run scandrift -C repo review --staged
expect_exit 2
expect_text err 'git sparse-checkout init --no-sparse-index'
git -C repo sparse-checkout init --cone --no-sparse-index 2>/dev/null
run scandrift -C repo review --staged
expect_exit 0
head -c 100 fresh/.git/index >repo/.git/index
run scandrift -C repo review --staged
expect_exit 2
expect_text err 'repo/.git/index: cannot be read'

# Before the first commit all is new; a bare repository has no index.
new_repo first
cp -a fresh/baselines fresh/policies first
git -C first add baselines
run_json -C first review --staged
expect_exit 1
expect_json out '.commit == null and .review.base == null'
run scandrift -C first review --staged
expect_text out 'the index, with no commit before it'
git clone -q --bare fresh bare.git
run scandrift -C bare.git review --staged
expect_exit 2
expect_text err 'a bare repository has no index'

# ---- the hook, as the manual has it, by git itself ----

again
cat >repo/.git/hooks/pre-commit <<'SH'
#!/bin/sh
exec scandrift review --staged --approvals report
SH
chmod +x repo/.git/hooks/pre-commit
mkdir bin
printf '#!/bin/sh\nprintf "%%s\\n" "${GIT_INDEX_FILE:-}" >>"%s"\nexec "%s" "$@"\n' \
	"$PWD/index-files" "$SCANDRIFT" >bin/scandrift
chmod +x bin/scandrift
PATH=$PWD/bin:$PATH
export PATH

# commits WANT ARG...: git commit ends so, and the branch moves only if it is 0.
commits() {
	commits_want=$1
	shift
	was=$(git -C repo rev-parse HEAD)
	run git -C repo commit -q -m change "$@"
	expect_exit "$commits_want"
	case $commits_want in
	0) [ "$(git -C repo rev-parse HEAD)" != "$was" ] || fail 'no commit' ;;
	*) [ "$(git -C repo rev-parse HEAD)" = "$was" ] || fail 'a commit' ;;
	esac
}

off() {
	sed -i 's/"Enable": true/"Enable": false/' repo/baselines/prod.json
}

off
echo more >>repo/docs.txt
git -C repo add baselines
# `git commit FILE` commits that file alone, from an index of its own.
commits 0 docs.txt
commits 1
commits 1 baselines/prod.json
commits 1 -a
git -C repo restore --staged --worktree baselines
echo more >>repo/docs.txt
off
commits 1 -a
git -C repo restore baselines
commits 0 -a
grep -q 'next-index' index-files || fail 'git commit FILE set no index of its own'

# In a worktree of its own, and with an index that is elsewhere.
git -C repo worktree add -q ../side
off_file=side/baselines/prod.json
sed -i 's/"Enable": true/"Enable": false/' "$off_file"
run git -C side commit -q -a -m change
expect_exit 1
mkdir elsewhere
cp "$(git -C side rev-parse --absolute-git-dir)/index" elsewhere/index
GIT_INDEX_FILE=$PWD/elsewhere/index git -C side add baselines
run env GIT_INDEX_FILE="$PWD/elsewhere/index" "$SCANDRIFT" -C side review --staged
expect_exit 1
run scandrift -C side review --staged
expect_exit 0

# ---- --trees: no merge, no ancestry ----

again
git -C repo switch -q -c topic
echo topic >repo/topic
commit_all repo topic
git -C repo switch -q main
sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 2/' repo/baselines/prod.json
commit_all repo main
# As a proposal topic changes no baseline; as a tree it has the older one.
run scandrift -C repo review main..topic --format json
expect_json out '.targets == []'
run scandrift -C repo review --trees main topic --format json
expect_json out '.targets | length == 1'
# The range that is reversed as a proposal.
run scandrift -C repo review main..main~1
expect_exit 2
run scandrift -C repo review --trees main main~1
expect_exit 0
# Without a common ancestor.
git -C repo switch -q --orphan island
cp -a fresh/baselines fresh/policies repo
weaken
commit_all repo island
run scandrift -C repo review --trees main island
expect_exit 1
expect_text out 'scandrift review --trees main island --approve sha256:'
digest=$(sed -n 's/.*--approve //p' "$out")
run scandrift -C repo review --trees main island --approve "$digest" --fail-on never
expect_exit 0
run scandrift -C repo review --trees main
expect_exit 2
expect_text err '--trees requires A B'
run scandrift -C repo review main island
expect_exit 2
expect_text err 'A B requires --trees'
