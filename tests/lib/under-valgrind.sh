#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Stands for the program under test and runs it under valgrind. What valgrind
# has to say goes to its own file, since tests compare standard error; an error
# is exit code 99, which no test expects.

log=$(mktemp "${TMPDIR:-/tmp}/scandrift-valgrind.XXXXXX") || exit 99
"$SCANDRIFT_VALGRIND" --quiet --error-exitcode=99 --leak-check=full \
	--errors-for-leak-kinds=definite --log-file="$log" \
	--suppressions="${0%/*}/valgrind.supp" "$SCANDRIFT_REAL" "$@"
code=$?
[ "$code" -ne 99 ] || cat "$log" >&2
rm -f "$log"
exit "$code"
