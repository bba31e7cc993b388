# SPDX-License-Identifier: Apache-2.0
#
# Sourced first by each script in tests/e2e:
#   . "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
# The script then stands in an empty scratch folder outside any repository,
# whose path has a space, with a clean environment and an empty $HOME.
#
#   SCANDRIFT         the program under test
#   STANDIN           the API stand-in, empty where it is not built
#   SCANDRIFT_SOURCE  the source tree; SCANDRIFT_CASES: published cases, of tests/data
#   SCANDRIFT_NPM     folder with node_modules, for outside judges. Only these need it:
#                     schema, schema_results, kubernetes_schema, outputs, patch,
#                     sdk_fetch, sdk_standin, review_jobs, review_jobs_gitlab. All others run without
#                     npm and node.
#   SCANDRIFT_SEED    fixed seed of whatever is sampled; SCANDRIFT_LONG=1: do not sample
#
# A script ends at its first failed expectation, and at any command outside `run`
# that fails (set -e). It runs by hand as well:
#   SCANDRIFT=.build/release/scandrift SCANDRIFT_SOURCE=. sh tests/e2e/NAME.sh
# and SCANDRIFT_KEEP=1 leaves the scratch folder for a look.

set -eu
: "${SCANDRIFT:?the program under test}" "${SCANDRIFT_SOURCE:?the source tree}"
SCANDRIFT_SOURCE=$(cd "$SCANDRIFT_SOURCE" && pwd) || exit 1
case $SCANDRIFT in
/*) ;;
*) SCANDRIFT=$PWD/$SCANDRIFT ;;
esac
: "${STANDIN:=}" "${SCANDRIFT_SEED:=20261124}" "${SCANDRIFT_LONG:=}"
: "${SCANDRIFT_CASES:=$SCANDRIFT_SOURCE/tests/data/cases}"
: "${SCANDRIFT_NPM:=$SCANDRIFT_SOURCE/.build/npm}"
export SCANDRIFT STANDIN SCANDRIFT_SOURCE SCANDRIFT_SEED

. "$SCANDRIFT_SOURCE/tests/lib/clean-env.sh"
. "$SCANDRIFT_SOURCE/tests/lib/standin.sh"

# Outside the source tree, so that no repository is found above it.
SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/scandrift e2e.XXXXXX") || exit 1
SCRATCH=$(cd "$SCRATCH" && pwd -P)
HOME=$SCRATCH/home
e2e_work=$SCRATCH/e2e.run
out=$e2e_work/stdout
err=$e2e_work/stderr
code=
e2e_command=
standin_pid=
standin_count=0
mkdir "$HOME" "$e2e_work" "$SCRATCH/work" || exit 1
: >"$out"
: >"$err"
cd "$SCRATCH/work" || exit 1
export HOME SCRATCH

# Whatever a test starts inherits this; a process that still has it when the
# test ends was left behind.
SCANDRIFT_TEST_ID=${SCRATCH##*/}
export SCANDRIFT_TEST_ID

# Process ids of what this test started and has not ended, one a line.
processes_left() {
	(
		id=$SCANDRIFT_TEST_ID
		unset SCANDRIFT_TEST_ID
		grep -lzxF "SCANDRIFT_TEST_ID=$id" /proc/[0-9]*/environ 2>/dev/null |
			sed 's,^/proc/\([0-9]*\)/.*,\1,'
	)
}

e2e_end() {
	e2e_status=$?
	set +e
	trap - EXIT
	stop_standin
	e2e_left=$(processes_left)
	# What was told to end may need a moment.
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -n "$e2e_left" ] || break
		sleep 0.2
		e2e_left=$(processes_left)
	done
	for pid in $e2e_left; do
		echo "FAIL: process $pid outlives the test: $(tr '\0' ' ' <"/proc/$pid/cmdline")"
		kill -9 "$pid" 2>/dev/null
		e2e_status=1
	done
	cd /
	if [ -n "${SCANDRIFT_KEEP:-}" ]; then
		echo "kept: $SCRATCH"
	else
		chmod -R u+rwX "$SCRATCH" 2>/dev/null
		rm -rf "$SCRATCH"
	fi
	exit "$e2e_status"
}
trap e2e_end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# fail MESSAGE: the test has failed; shows the last command with what it wrote.
fail() {
	printf 'FAIL: %s\n' "$*"
	if [ -n "$e2e_command" ]; then
		printf -- '--- last command: %s\n--- its exit code: %s\n' "$e2e_command" "$code"
		printf -- '--- its standard output:\n'
		head -c 20000 "$out"
		printf -- '--- its standard error:\n'
		head -c 20000 "$err"
	fi
	exit 1
}

# skip REASON: what the test needs is not there. An error where nothing may be skipped.
skip() {
	[ -z "${SCANDRIFT_NO_SKIP:-}" ] || fail "skipped, and nothing may be: $*"
	printf 'SKIP: %s\n' "$*"
	exit 77
}

# need TOOL...: skips the test unless all are there.
need() {
	for tool in "$@"; do
		command -v "$tool" >/dev/null 2>&1 || skip "no $tool"
	done
}

# run COMMAND ARG...: sets $code; standard output and error are the files $out and $err.
run() {
	run_stdin /dev/null "$@"
}

# run_stdin FILE COMMAND ARG...: the same with FILE as standard input.
run_stdin() {
	e2e_input=$1
	shift
	e2e_command=$*
	code=0
	"$@" <"$e2e_input" >"$out" 2>"$err" || code=$?
}

expect_exit() {
	[ "$code" = "$1" ] || fail "exit code: want $1, have $code"
}

# The first argument of these is out, err or a file's name.
e2e_stream() {
	case $1 in
	out) printf '%s' "$out" ;;
	err) printf '%s' "$err" ;;
	*) printf '%s' "$1" ;;
	esac
}

# expect_line out|err|FILE TEXT: one whole line of it is TEXT.
expect_line() {
	grep -qxF -e "$2" "$(e2e_stream "$1")" || fail "no line in $1: $2"
}

# expect_text out|err|FILE TEXT: TEXT stands somewhere in it, as it is written.
expect_text() {
	grep -qF -e "$2" "$(e2e_stream "$1")" || fail "not in $1: $2"
}

expect_no_text() {
	[ -r "$(e2e_stream "$1")" ] || fail "cannot read $1"
	if grep -qaF -e "$2" "$(e2e_stream "$1")"; then
		fail "should not be in $1: $2"
	fi
}

expect_empty() {
	if [ -s "$(e2e_stream "$1")" ]; then
		fail "should be empty: $1"
	fi
}

# expect_json out|err|FILE FILTER: FILE is JSON, and jq's FILTER holds of it.
expect_json() {
	# Of an empty file jq 1.6 says nothing, and calls it well.
	e2e_verdict=$(jq -e "$2" "$(e2e_stream "$1")" 2>&1) && [ -n "$e2e_verdict" ] ||
		fail "$1: does not hold: $2 (${e2e_verdict:-there is nothing in it})"
}

# expect_same WANT HAVE: two files, byte for byte.
expect_same() {
	cmp -s "$1" "$2" || {
		diff -u "$1" "$2" || :
		fail "$2 differs from $1"
	}
}

# new_repo DIR: an empty repository on main. Its identity stands in its own
# configuration, where git and libgit2 both look.
new_repo() {
	git init -q -b main "$1" &&
		git -C "$1" config user.name 'Test Author' &&
		git -C "$1" config user.email 'author@example.com' &&
		git -C "$1" config commit.gpgSign false || fail "git init $1"
}

# commit_all DIR MESSAGE: commits the whole work tree, at a fixed time.
commit_all() {
	git -C "$1" add -A &&
		GIT_AUTHOR_DATE='2026-11-24T00:00:00Z' GIT_COMMITTER_DATE='2026-11-24T00:00:00Z' \
			git -C "$1" commit -q --allow-empty -m "$2" || fail "git commit in $1"
}

# start_standin ACCOUNTS_DIR [OPTION...]: starts the API stand-in and waits until it
# is ready. Sets HTTPS_PORT HTTP_PORT CA_FILE HTTPS_URL HTTP_URL, standin_pid and
# standin_log. One at a time: a second start ends the first.
start_standin() {
	[ -n "$STANDIN" ] || skip 'the stand-in is not built'
	stop_standin
	e2e_accounts=$1
	shift
	standin_count=$((standin_count + 1))
	standin_log=$SCRATCH/standin.$standin_count/requests.log
	standin_launch "$STANDIN" "$SCRATCH/standin.$standin_count" "$e2e_accounts" \
		--log "$standin_log" "$@" || fail "the stand-in did not start: $*"
	HTTPS_URL=https://127.0.0.1:$HTTPS_PORT
	HTTP_URL=http://127.0.0.1:$HTTP_PORT
	export HTTPS_PORT HTTP_PORT CA_FILE HTTPS_URL HTTP_URL
}

stop_standin() {
	[ -n "$standin_pid" ] || return 0
	kill "$standin_pid" 2>/dev/null || :
	wait "$standin_pid" 2>/dev/null || :
	standin_pid=
}
