# SPDX-License-Identifier: Apache-2.0
#
# init: a fresh repository gets what it needs, and what is there is kept.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

replay_from replies prod "$common/prod.json"
replay_from replies other.one "$common/prod.json"

# Without credentials and without replies: the files, and how to go on.
new_repo plain
run scandrift -C plain init
expect_exit 0
expect_empty out
expect_output plain.text err
(cd plain && find . -path ./.git -prune -o -type f -print | sort) >have
printf './.gitattributes\n./baselines/targets.ini\n./policies/base.ini\n' >want
expect_same want have
expect_line plain/.gitattributes 'baselines/*.json -text'
expect_line plain/baselines/targets.ini '[target prod]'
commit_all plain 'scandrift: begin'
run_json -C plain check --replay "$PWD/replies" --now "$now"
expect_exit 1
expect_findings 'baseline/missing high prod'

# With the replies, the first baseline too; committed, the check passes.
new_repo repo
run scandrift -C repo init --replay "$PWD/replies"
expect_exit 0
expect_output first.text err
expect_same "$common/prod.json" repo/baselines/prod.json
commit_all repo 'scandrift: begin'
run_json -C repo check --replay "$PWD/replies" --now "$now"
expect_exit 0
expect_findings

# Again: everything is kept, byte for byte, and nothing is written.
echo '; mine' >>repo/baselines/targets.ini
echo '; mine' >>repo/policies/base.ini
echo 'mine' >>repo/baselines/prod.json
cp -r repo/baselines repo/policies "$SCRATCH"
run scandrift -C repo init --replay "$PWD/replies"
expect_exit 0
expect_output kept.text err
for file in baselines/targets.ini policies/base.ini baselines/prod.json; do
	expect_same "$SCRATCH/$file" "repo/$file"
done

# A name adds a target to the file that is there, and nothing else in it changes.
cp repo/baselines/targets.ini before.ini
run scandrift -C repo init other.one --replay "$PWD/replies"
expect_exit 0
expect_line err 'scandrift: added target other.one to baselines/targets.ini'
head -c "$(wc -c <before.ini)" repo/baselines/targets.ini >begins.ini
expect_same before.ini begins.ini
tail -n 2 repo/baselines/targets.ini >ends.ini
printf '\n[target other.one]\n' >want.ini
expect_same want.ini ends.ini
expect_same "$common/prod.json" repo/baselines/other.one.json
cp repo/baselines/targets.ini before.ini
for name in other.one prod; do
	run scandrift -C repo init "$name" --replay "$PWD/replies"
	expect_exit 0
	expect_line err 'scandrift: kept baselines/targets.ini'
	expect_same before.ini repo/baselines/targets.ini
done
# Without the last line end, with an endpoint of its own, and where names clash but for their case.
printf '[target one] ; mine' >repo/baselines/targets.ini
run scandrift -C repo init two --endpoint https://tcss.example.com
expect_exit 0
printf '[target one] ; mine\n\n[target two]\nendpoint = https://tcss.example.com\n' >want.ini
expect_same want.ini repo/baselines/targets.ini
run scandrift -C repo init ONE
expect_exit 2
expect_same want.ini repo/baselines/targets.ini
run scandrift -C repo init
expect_exit 0
expect_text err 'has no target prod; scandrift init NAME adds one'
expect_same want.ini repo/baselines/targets.ini
echo 'nonsense' >repo/baselines/targets.ini
run scandrift -C repo init three
expect_exit 2
expect_text err 'baselines/targets.ini:1:'
expect_line repo/baselines/targets.ini nonsense

# An older .gitattributes is kept, and what it lacks is said.
new_repo attributes
echo '*.txt text' >attributes/.gitattributes
run scandrift -C attributes init other.one --replay "$PWD/replies"
expect_exit 0
expect_text err "warning: .gitattributes lacks the line 'baselines/*.json -text'"
expect_line attributes/baselines/targets.ini '[target other.one]'
expect_same "$common/prod.json" attributes/baselines/other.one.json
expect_line attributes/.gitattributes '*.txt text'

# From a folder below, the files stand at the root all the same.
new_repo below
mkdir -p 'below/a b/c'
run scandrift -C 'below/a b/c' init
expect_exit 0
[ -f below/baselines/targets.ini ] || fail 'not at the root'

# A link is not written through.
new_repo linked
mkdir elsewhere
ln -s ../elsewhere linked/baselines
run scandrift -C linked init
expect_exit 2
[ -z "$(ls elsewhere)" ] || fail 'written through a link'

# What cannot be: no repository, a bare one, a name that is none, a reply that is not whole.
mkdir none
run scandrift -C none init
expect_exit 2
expect_lines err 1
git init -q --bare bare
run scandrift -C bare init
expect_exit 2
expect_text err 'bare'
new_repo named
run scandrift -C named init 'a b'
expect_exit 2
expect_text err "'a b'"
[ -z "$(git -C named status --porcelain)" ] || fail 'something was written'
sed 's/"ScanTime": "03:00:00"/"ScanTime": "25:00"/' "$common/prod.json" >odd.json
replay_from replies prod odd.json
run scandrift -C named init --replay "$PWD/replies"
expect_exit 3
expect_text err 'ScanTime'
[ ! -e named/baselines/prod.json ] || fail 'a baseline was made of it'

# Over the network.
account AKIDPROD prod-key '' "$common/prod.json"
start_standin "$accounts" --scenario "$scenario"
use_key AKIDPROD prod-key
new_repo live
run scandrift -C live init --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE"
expect_exit 0
expect_same "$common/prod.json" live/baselines/prod.json
# The baseline came from there, so that is where the next check asks.
expect_line live/baselines/targets.ini "endpoint = $HTTPS_URL"
# Credentials are looked for where fetch looks.
new_repo by-file
mkdir "$HOME/.tencentcloud"
printf '[default]\nsecret_id = AKIDPROD\nsecret_key = prod-key\n' >"$HOME/.tencentcloud/credentials"
chmod 600 "$HOME/.tencentcloud/credentials"
run env -u TENCENTCLOUD_SECRET_ID -u TENCENTCLOUD_SECRET_KEY \
	scandrift -C by-file init --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE"
expect_exit 0
expect_same "$common/prod.json" by-file/baselines/prod.json
rm -r "$HOME/.tencentcloud"
new_repo refused
use_key AKIDPROD wrong-key
run scandrift -C refused init --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE"
expect_exit 3
expect_text err 'AuthFailure.SignatureFailure'
expect_text err "$(sed -n 's/.* action=Describe.* request=\([^ ]*\).*/\1/p' "$standin_log" | tail -n 1)"

# What cannot be read is told before anything is written.
new_repo untouched
run scandrift -C untouched init --replay nowhere
expect_exit 2
expect_text err '--replay nowhere: No such file'
[ "$(ls -A untouched)" = .git ] || fail "written: $(ls -A untouched)"

# A sparse checkout leaves out what the commit has: that is kept as well, and not begun again.
replay_from whole prod "$common/prod.json"
new_repo full
run scandrift -C full init --replay "$PWD/whole"
expect_exit 0
commit_all full 'scandrift: begin'
git clone -q full sparse
git -C sparse sparse-checkout set --no-cone /README
rm -rf sparse/.gitattributes sparse/policies sparse/baselines
id=$(git -C sparse rev-parse --short=12 HEAD)
run scandrift -C sparse init other.one --replay "$PWD/whole"
expect_exit 2
expect_lines err 1
expect_text err "baselines/targets.ini: is in commit $id and not in the working tree"
[ "$(ls -A sparse)" = .git ] || fail "written: $(ls -A sparse)"
# What reads targets from the working tree says where they are, and does not send to init.
run scandrift -C sparse accept prod --replay "$PWD/whole"
expect_exit 2
expect_lines err 1
expect_text err "baselines/targets.ini: is in commit $id and not in the working tree"
run scandrift -C sparse check --worktree --replay "$PWD/whole"
expect_exit 2
expect_text err "baselines/targets.ini: is in commit $id and not in the working tree"
run_json -C sparse check --replay "$PWD/whole" --now "$now"
expect_exit 0
git -C sparse sparse-checkout set --no-cone /baselines/targets.ini
run scandrift -C sparse init --replay "$PWD/whole"
expect_exit 0
for file in policies/base.ini .gitattributes baselines/prod.json; do
	expect_line err "scandrift: kept $file as it is in commit $id; it is not in the working tree"
	[ ! -e "sparse/$file" ] || fail "written: $file"
done

# Policies under names of their own are policies: a second init adds its target and no policy.
git -C full mv policies/base.ini policies/own.ini
commit_all full 'policies: another name'
run scandrift -C full init next --replay "$PWD/whole"
expect_exit 3
expect_line err 'scandrift: added target next to baselines/targets.ini'
expect_line err 'scandrift: kept policies/, which has policies'
[ ! -e full/policies/base.ini ] || fail 'a policy is written beside the others'
run scandrift -C full check --config-only
expect_exit 0
