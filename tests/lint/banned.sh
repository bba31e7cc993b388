# SPDX-License-Identifier: Apache-2.0
#
# Functions that nothing of ours calls: they write without a bound, hide an
# error, or keep their result in a static buffer.

status=0
banned='strcpy|strcat|strncpy|strncat|stpcpy|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof'
banned="$banned|gmtime|localtime|ctime|asctime|tmpnam|mktemp|alloca|system|popen"

# strip comments' and strings' text would need a parser; a call is a name before a
# parenthesis, outside lines that are a comment's.
found=$(find src tests -name '*.[ch]' -exec \
	grep -nE "(^|[^A-Za-z0-9_.>])($banned)[[:space:]]*\\(" /dev/null {} + |
	grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)' || :)
if [ -n "$found" ]; then
	echo 'banned functions are called:'
	echo "$found"
	status=1
fi
exit "$status"
