# SPDX-License-Identifier: Apache-2.0
#
# accept: where it commits to, what of it, for whom, and from a stored result.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

replay=$PWD/replies

# live TARGET SED-PROGRAM: what is live differs from the agreed config by this.
live() {
	sed "$2" "$common/prod.json" >edited.json
	replay_from replies "$1" edited.json
	digest=$(scandrift normalize --digest edited.json)
}

printed_command() {
	sed -n '/^To make this the baseline:$/{n;s/^  //p;}' "$out"
}

tip_of() {
	git -C "$1" rev-parse "$2"
}

# --branch: the branch's own baselines and targets count; the work tree is not touched.
product_repo repo prod
git -C repo branch other
live prod 's/"ScanPeriod": 1/"ScanPeriod": 7/'
cp edited.json repo/baselines/prod.json
commit_all repo 'baselines: every seven days'
main=$(tip_of repo main)
run scandrift -C repo accept prod --replay "$replay" --now "$now"
expect_exit 0
run scandrift -C repo accept prod --replay "$replay" --now "$now" --branch other
expect_exit 1
expect_text out '/ScanPeriod was 1, is 7 (weakened)'
expect_text out ' --branch other --allow-weakened'
run sh -c "$(printed_command)"
expect_exit 0
expect_text out 'to refs/heads/other'
[ "$(tip_of repo main)" = "$main" ] || fail 'main has moved'
[ "$(git -C repo rev-list --count other)" = 2 ] || fail 'not one commit'
[ -z "$(git -C repo status --porcelain)" ] || fail 'the work tree was changed'
run scandrift -C repo accept prod --replay "$replay" --branch nowhere --expect "$digest"
expect_exit 2
expect_text err 'git branch nowhere'
run scandrift -C repo accept prod --replay "$replay" --branch 'a..b' --expect "$digest"
expect_exit 2

# Detached, with --branch.
git -C repo checkout -q --detach
live prod 's/"ScanPeriod": 1/"ScanPeriod": 2/'
run scandrift -C repo accept prod --replay "$replay" --branch main --expect "$digest"
expect_exit 0
[ "$(tip_of repo main^)" = "$main" ] || fail 'not on top of main'
# In a linked work tree, and never under another one's feet.
git -C repo worktree add -q ../linked main
live prod 's/"ScanPeriod": 1/"ScanPeriod": 1/'
run scandrift -C repo accept prod --replay "$replay" --branch main --expect "$digest"
expect_exit 2
expect_text err 'work tree'
run scandrift -C linked accept prod --replay "$replay" --expect "$digest"
expect_exit 0
[ -z "$(git -C linked status --porcelain)" ] || fail 'the linked work tree is not clean'

# Bare.
git clone -q --bare repo bare.git
git -C bare.git config user.name 'Test Author'
git -C bare.git config user.email 'author@example.com'
git -C bare.git symbolic-ref HEAD refs/heads/main
live prod 's/"ScanPeriod": 1/"ScanPeriod": 3/'
run scandrift -C bare.git accept prod --replay "$replay" --expect "$digest" --allow-weakened
expect_exit 0
git -C bare.git show main:baselines/prod.json >have.json
scandrift normalize edited.json >want.json
expect_same want.json have.json

# --path: one field of two that differ; the direction is that of the pair it makes.
product_repo part prod
live prod 's/"ScanPeriod": 1/"ScanPeriod": 7/; /9007199254740993,/d'
run_json -C part accept prod --replay "$replay" --now "$now" --path /ScanPeriod
expect_exit 1
expect_json out '[.targets[0].changes[].path] == ["/ScanPeriod"]'
run scandrift -C part accept prod --replay "$replay" --now "$now" --path /ScanPeriod
expect_exit 1
expect_text out ' --path /ScanPeriod --allow-weakened'
run sh -c "$(printed_command)"
expect_exit 0
git -C part show HEAD:baselines/prod.json | scandrift normalize >have.json
sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" | scandrift normalize >want.json
expect_same want.json have.json
run scandrift -C part accept prod --replay "$replay" --path /ScanPeriod
expect_exit 0
expect_text out 'the rest was not looked at'
run scandrift -C part accept prod --replay "$replay" --path /ScanPeriot
expect_exit 2
expect_text err "did you mean '/ScanPeriod'"
run scandrift -C part accept prod --replay "$replay" --path /ScanType/0
expect_exit 2
run scandrift -C part accept prod --replay "$replay" --path ScanPeriod
expect_exit 2
# A field that the table does not know can be taken, and can go.
sed '1s/^{/{"Zeal": [1, {"b": 2}],/' edited.json >zeal.json
replay_from replies prod zeal.json
run scandrift -C part accept prod --replay "$replay" --path /Zeal --now "$now"
expect_exit 1
run sh -c "$(printed_command)"
expect_exit 0
git -C part show HEAD:baselines/prod.json >have.json
expect_json have.json '.Zeal == [1, {"b": 2}] and .ScanPeriod == 7'
replay_from replies prod edited.json
run scandrift -C part accept prod --replay "$replay" --path /Zeal --now "$now"
expect_exit 1
run sh -c "$(printed_command)"
expect_exit 0
git -C part show HEAD:baselines/prod.json >have.json
expect_json have.json 'has("Zeal") | not'

# A shared baseline speaks for all that it serves.
new_repo golden
mkdir golden/baselines
for target in a b c; do
	printf '[target %s]\nbaseline = baselines/golden.json\n' "$target" >>golden/baselines/targets.ini
done
cp "$common/prod.json" golden/baselines/golden.json
commit_all golden 'baselines: one for all'
live a '/9007199254740993,/d'
before=$(tip_of golden HEAD)
run scandrift -C golden accept a --replay "$replay" --expect "$digest"
expect_exit 1
expect_text out 'is the baseline of 3 targets: a, b, c; --shared'
[ "$(tip_of golden HEAD)" = "$before" ] || fail 'a commit was made'
live b 's/"ScanPeriod": 1/"ScanPeriod": 2/'
run scandrift -C golden accept a b --replay "$replay" --shared
expect_exit 2
expect_text err 'differs; accept one of them'
live b '/9007199254740993,/d'
run scandrift -C golden accept a b --replay "$replay" --now "$now"
expect_exit 1
expect_text out ' --shared'
run sh -c "$(printed_command)"
expect_exit 0
[ "$(tip_of golden HEAD^)" = "$before" ] || fail 'not one commit'
git -C golden log -1 --format=%B >message
expect_line message 'a: strengthened, for 3 targets: a, b, c'

# --from: a stored result is enough, while the baseline is the one it compares with.
product_repo stored prod first
git -C stored rm -q baselines/first.json
commit_all stored 'baselines: first has none yet'
live first 's/"ScanPeriod": 1/"ScanPeriod": 3/'
live prod '/9007199254740993,/d'
run_json -C stored check --replay "$replay" --now "$now"
expect_exit 1
cp "$out" result.json
expect_json result.json '.targets[] | select(.name == "first") | .live.ScanPeriod == 3'
before=$(tip_of stored HEAD)
run scandrift -C stored accept prod first --from ../nothing.json
expect_exit 2
run scandrift -C stored accept prod first --from "$PWD/result.json" --dry-run
expect_exit 0
[ "$(tip_of stored HEAD)" = "$before" ] || fail 'a commit was made'
run_json -C stored accept prod first --from "$PWD/result.json"
expect_exit 0
git -C stored show HEAD:baselines/prod.json >have.json
scandrift normalize edited.json >want.json
expect_same want.json have.json
git -C stored log -1 --format=%B >message
expect_line message 'Scandrift-Request-Id: 00000000-0000-4000-8000-000000000001'
# Again: nothing to do. After the baseline moved: what the result shows is not true any more.
run scandrift -C stored accept prod --from "$PWD/result.json"
expect_exit 0
expect_text out 'Nothing to do'
sed 's/"ScanPeriod": 1/"ScanPeriod": 5/' "$common/prod.json" >stored/baselines/prod.json
commit_all stored 'baselines: somebody else'
before=$(tip_of stored HEAD)
run scandrift -C stored accept prod --from "$PWD/result.json"
expect_exit 1
expect_text out 'is not the one that'
[ "$(tip_of stored HEAD)" = "$before" ] || fail 'a commit was made'
# A result that was edited, of an unknown target, of another command, or no result.
sed '/"live": {/s/"ScanPeriod":1,/"ScanPeriod":30,/' result.json >forged.json
run scandrift -C stored accept prod --from "$PWD/forged.json"
expect_exit 2
expect_text err 'the file was changed'
sed 's/"live": {/"dead": {/' result.json >without.json
run scandrift -C stored accept prod --from "$PWD/without.json"
expect_exit 2
expect_text err 'does not hold what was live'
sed 's/"name": "prod"/"name": "prof"/' result.json >empty.json
run scandrift -C stored accept prod --from "$PWD/empty.json"
expect_exit 2
sed 's/"command": "check"/"command": "diff"/' result.json >diff.json
run scandrift -C stored accept prod --from "$PWD/diff.json"
expect_exit 2
run scandrift -C stored accept prod --from "$common/prod.json"
expect_exit 2
run scandrift -C stored accept prod --from "$PWD/result.json" --replay "$replay"
expect_exit 2

# Line ends as git is told to write them: clean before and after.
product_repo crlf prod
git -C crlf config core.autocrlf true
rm crlf/baselines/*
git -C crlf checkout -q -- baselines
[ -z "$(git -C crlf status --porcelain)" ] || fail 'not clean to begin with'
for period in 2 3; do
	live prod "s/\"ScanPeriod\": 1/\"ScanPeriod\": $period/"
	run scandrift -C crlf accept prod --replay "$replay" --expect "$digest" --allow-weakened
	expect_exit 0
	[ -z "$(git -C crlf status --porcelain)" ] || fail "not clean: $(git -C crlf status)"
	grep -q "$(printf '\r')\$" crlf/baselines/prod.json || fail 'no CR LF in the work tree'
	git -C crlf show HEAD:baselines/prod.json >have.json
	scandrift normalize edited.json >want.json
	expect_same want.json have.json
done
git -C crlf fsck --full --strict
