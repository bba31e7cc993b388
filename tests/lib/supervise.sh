#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# supervise.sh SECONDS COMMAND [ARG...]
#
# Runs one test. It may take SECONDS of a quiet machine: while more processes want to
# run than there are processors, its clock goes slower. A test that takes longer is
# ended with everything that it started. What it left in TMPDIR goes in any case.
# Exit status: the command's; 124 if it took too long.

limit_ms=$(($1 * 1000))
shift
processors=$(nproc)

TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/sd.XXXXXX") || exit 1
chmod 755 "$TMPDIR" # a test may have another user look into it
export TMPDIR

# A session of its own, so that all of it can be ended at once.
setsid "$@" </dev/null &
test_pid=$!

end_all() {
	kill -s TERM -- "-$test_pid" 2>/dev/null
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		kill -s 0 -- "-$test_pid" 2>/dev/null || return
		sleep 0.5 >/dev/null 2>&1
	done
	kill -s KILL -- "-$test_pid" 2>/dev/null
}

watch_clock() {
	used_ms=0
	while [ "$used_ms" -lt "$limit_ms" ]; do
		sleep 1 >/dev/null 2>&1
		# "0.52 0.61 0.70 3/512 4711": three of 512 want to run now, this one among them.
		read -r _ _ _ tasks _ </proc/loadavg
		running=$((${tasks%/*} - 1))
		[ "$running" -gt "$processors" ] || running=$processors
		used_ms=$((used_ms + 1000 * processors / running))
	done
	echo "supervise: more than $((limit_ms / 1000)) s of a quiet machine; ended" >&2
	: >"$TMPDIR/took-too-long"
	end_all
}
watch_clock &
watch_pid=$!

trap 'end_all; kill "$watch_pid" 2>/dev/null; rm -rf "$TMPDIR"; exit 143' HUP INT TERM
wait "$test_pid"
status=$?
[ ! -e "$TMPDIR/took-too-long" ] || status=124
kill "$watch_pid" 2>/dev/null
# A process that a test left behind would go on writing.
kill -s KILL -- "-$test_pid" 2>/dev/null
chmod -R u+rwX "$TMPDIR" 2>/dev/null
rm -rf "$TMPDIR"
exit "$status"
