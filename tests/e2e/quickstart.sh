# SPDX-License-Identifier: Apache-2.0
#
# The README's first command in a fresh clone, whose path has a space: twice, with
# the account as it is, then edited. What it says, what it leaves behind.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need git cmake ninja

git -c safe.directory='*' clone -q "$SCANDRIFT_SOURCE" clone
account=tests/standin/accounts/quickstart/AKIDEXAMPLE0000000000.json
cd clone

run sh src/quickstart.sh
expect_exit 0
expect_text out 'ScanType'
expect_text out 'ScanPeriod'
expect_text out "$account"
expect_text out 'sh src/quickstart.sh --live'
expect_empty err
[ -z "$(processes_left)" ] || fail 'a process is left'
[ -z "$(git status --porcelain)" ] || fail "the tree is not clean: $(git status --porcelain)"

# From elsewhere, and with a proxy set that nobody answers on: it is not asked.
cd /
run env https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9 \
	sh "$SCRATCH/work/clone/src/quickstart.sh"
expect_exit 0
cd "$SCRATCH/work/clone"

# The account as the baseline has it: nothing drifts, and the example says so.
jq '.Response.ScanType = ["risk", "virus"] | .Response.ScanPeriod = 1' "$account" >"$SCRATCH/edited"
cp "$SCRATCH/edited" "$account"
run sh src/quickstart.sh
expect_exit 1
expect_text err 'check exited 0'

run env -u TENCENTCLOUD_SECRET_ID sh src/quickstart.sh --live
expect_exit 2
expect_text err 'TENCENTCLOUD_SECRET_ID'
run sh src/quickstart.sh --unheard-of
expect_exit 2
