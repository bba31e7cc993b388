# SPDX-License-Identifier: Apache-2.0
#
# The README's first command in a fresh clone, whose path has a space: with the account
# as it is, then edited; as another user than the owner; from an unpacked archive; and
# where something is in its way. What it says, what it leaves behind.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need git cmake ninja clang jq readelf

git -c safe.directory='*' clone -q "$SCANDRIFT_SOURCE" clone
account=tests/standin/accounts/quickstart/AKIDEXAMPLE0000000000.json
scandrift=.build/quickstart/scandrift
commit=$(git -C clone rev-parse HEAD)
cd clone

# built_by COMPILER: the compiler leaves its name in the program.
built_by() {
	readelf -p .comment "$scandrift" >"$SCRATCH/comment"
	expect_text "$SCRATCH/comment" "$1"
}
# verdict CODE: the example ran to its end, and check exited so.
verdict() {
	expect_exit 0
	expect_text out "check exited $1:"
	expect_text out 'The committed account file gives exit 1.'
	expect_text out "$account"
	expect_text out 'sh src/quickstart.sh --live'
	expect_empty err
	[ -z "$(processes_left)" ] || fail 'a process is left'
	[ -z "$(ls "$TMPDIR")" ] || fail "left: $(ls "$TMPDIR")"
}

CC=clang
TMPDIR=$SCRATCH/tmp
export CC TMPDIR
mkdir -m 1777 "$TMPDIR"
run sh src/quickstart.sh
verdict 1
expect_text out 'ScanType'
expect_text out 'ScanPeriod'
expect_no_text out 'a copy of it'
expect_text out "judged by commit $(git rev-parse --short=12 HEAD)"
[ -z "$(git status --porcelain)" ] || fail "the tree is not clean: $(git status --porcelain)"
built_by clang
run "$scandrift" --version
expect_line out "build: $commit"

# From elsewhere, in a git hook, and with a proxy set that nobody answers on.
cd /
run env https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9 GIT_DIR=/nowhere \
	GIT_INDEX_FILE=/nowhere/index sh "$SCRATCH/work/clone/src/quickstart.sh"
verdict 1
cd "$SCRATCH/work/clone"

# Edited as it says: the account as the baseline has it, in any layout of JSON. Whatever
# follows from the file is right.
cp "$account" "$SCRATCH/committed"
jq -c '.Response.ScanType = ["risk", "virus"] | .Response.ScanPeriod = 1' "$account" >"$SCRATCH/edited"
cp "$SCRATCH/edited" "$account"
run sh src/quickstart.sh
verdict 0
run "$scandrift" --version
expect_line out "build: $commit-dirty"
jq '.Response.Enable = false' "$SCRATCH/committed" >"$account"
run sh src/quickstart.sh
verdict 1
expect_text out '/Enable'

# wrong TEXT: the example says what is in its way, and that is its answer.
wrong() {
	run sh src/quickstart.sh
	expect_exit 1
	expect_text err "$1"
	expect_no_text out 'The committed account file'
}
sed 's/"Response": {/"Response": {{/' "$SCRATCH/committed" >"$account"
wrong 'check exited 3'
expect_text err "Is $account still valid JSON?"
sed '/"SecretKey"/d' "$SCRATCH/committed" >"$account"
wrong "$account has no"
cp "$SCRATCH/committed" "$account"
if unshare -n true 2>/dev/null; then
	run unshare -n sh src/quickstart.sh
	expect_exit 1
	expect_text err 'no loopback address'
fi
printf '[no-such-section]\n' >>baselines/targets.ini
git -c user.name=a -c user.email=a@example.com commit -qam 'a mistake'
wrong 'check exited 2'
expect_text err 'no-such-section'
expect_no_text err 'safe.directory'
git reset -q --hard HEAD~

# Another user's clone: that user checks it; root is told what git wants.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
	chmod a+x "$SCRATCH" "$SCRATCH/work"
	chown -R 65534:65534 .
	run setpriv --reuid=65534 --regid=65534 --clear-groups sh src/quickstart.sh
	verdict 1
	wrong 'check exited 2'
	expect_text err "git config --global --add safe.directory '$PWD'"
	chown -R 0:0 .
	run setpriv --reuid=65534 --regid=65534 --clear-groups sh src/quickstart.sh
	expect_exit 1
	expect_text err "cannot write to $PWD/.build"
fi

run env -u TENCENTCLOUD_SECRET_ID sh src/quickstart.sh --live
expect_exit 2
expect_text err 'TENCENTCLOUD_SECRET_ID'
run sh src/quickstart.sh --unheard-of
expect_exit 2

# The same from an archive, at the same place so that only what differs is built again.
# Neither the user's signing nor a repository around it has a part in it.
cd "$SCRATCH/work"
mv clone cloned
mkdir clone
git -C cloned archive HEAD | tar -x -C clone
mv cloned/.build clone/.build
git init -q .
printf '[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n' >"$HOME/gitconfig"
cd clone
run env GIT_CONFIG_GLOBAL="$HOME/gitconfig" sh src/quickstart.sh
verdict 1
expect_text out 'checking a copy of it'
run "$scandrift" --version
expect_line out 'build: release'
[ ! -e .git ] || fail 'it made a repository of the archive'
git init -q .
run sh src/quickstart.sh
verdict 1
expect_text out 'checking a copy of it'
[ -z "$(git rev-parse -q --verify HEAD)" ] || fail 'it committed'

# Another compiler configures the tree again, and the one that is not there is named.
CC=no-such-compiler
wrong 'no-such-compiler'
expect_text err 'the build failed'
