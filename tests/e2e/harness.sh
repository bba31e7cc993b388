# SPDX-License-Identifier: Apache-2.0
#
# The helpers that every other script leans on must be able to fail: each
# expectation is tried once where it holds and once where it must not.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"

# Runs an expectation that must fail, in a subshell of its own.
must_fail() {
	if ("$@") >/dev/null 2>&1; then
		fail "this should have failed: $*"
	fi
}

run sh -c 'echo one; echo two >&2; exit 3'
expect_exit 3
must_fail expect_exit 0
expect_line out 'one'
must_fail expect_line out 'on'
expect_text err 'tw'
must_fail expect_text err 'one'
expect_no_text out 'two'
must_fail expect_no_text out 'ne'
must_fail expect_empty out
run true
expect_exit 0
expect_empty out
expect_empty err

printf '{"a":[1,2]}' >object.json
expect_json object.json '.a | length == 2'
must_fail expect_json object.json '.a | length == 3'
must_fail expect_json missing.json '.a'
printf '{"a":' >broken.json
must_fail expect_json broken.json '.'

printf 'x\n' >left
printf 'x\n' >right
expect_same left right
printf 'y\n' >right
must_fail expect_same left right

printf 'from a file\n' >input
run_stdin input cat
expect_line out 'from a file'

new_repo repo
printf 'a\n' >repo/file
commit_all repo 'first'
run git -C repo log --format='%an <%ae> %s'
expect_line out 'Test Author <author@example.com> first'

# Where the test was given another day and place, the program's children have them.
if [ -n "${SCANDRIFT_TEST_DATE:-}" ]; then
	[ "$TZ" = "$SCANDRIFT_TEST_TZ" ] || fail "the zone $TZ"
	[ "$LC_ALL" = "$SCANDRIFT_TEST_LC_ALL" ] || fail "the locale $LC_ALL"
	run date -u +%Y-%m-%d
	expect_line out "$SCANDRIFT_TEST_DATE"
	run env TZ=UTC0 git -C repo commit -q --allow-empty -m 'later'
	run git -C repo log -1 --date=format:%Y-%m-%d --format='%ad'
	expect_line out "$SCANDRIFT_TEST_DATE"
fi

# A process that outlives its test is found, and is ended here by its number.
sleep 60 &
sleeper=$!
# It is one as soon as it is sleep, and no copy of this shell. What git 2.47 does after a commit may
# still be there too.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	leftover=$(processes_left)
	[ "$leftover" != "$sleeper" ] || break
	sleep 0.2
done
[ "$leftover" = "$sleeper" ] || fail "left over: want $sleeper, have: $leftover"
kill "$sleeper"
wait "$sleeper" 2>/dev/null || :
[ -z "$(processes_left)" ] || fail 'the sleeper should be gone'

# The stand-in answers from when it is said to be ready, until it is ended.
if [ -n "$STANDIN" ]; then
	start_standin "$SCANDRIFT_SOURCE/tests/standin/accounts/quickstart"
	[ -r "$CA_FILE" ] || fail "no CA file: $CA_FILE"
	run openssl s_client -connect "127.0.0.1:$HTTPS_PORT" -CAfile "$CA_FILE" \
		-verify_return_error -brief
	expect_exit 0
	[ "$(processes_left)" = "$standin_pid" ] || fail "want $standin_pid alone: $(processes_left)"
	stop_standin
	[ -z "$(processes_left)" ] || fail 'the stand-in should be gone'
fi
