# SPDX-License-Identifier: Apache-2.0
#
# Functions that nothing of ours calls: they write without a bound, or keep their
# result in a static buffer. In the product also those that cannot tell an error, or
# that start a shell; a test may run git.

status=0

# calls FOLDER NAME...: a call is a name before a parenthesis, outside the lines of a
# comment.
calls() {
	where=$1
	shift
	names=$(echo "$*" | tr ' ' '|')
	found=$(find "$where" -name '*.[ch]' -exec \
		grep -nE "(^|[^A-Za-z0-9_.>])($names)[[:space:]]*\\(" /dev/null {} + |
		grep -vE '^[^:]*:[0-9]+:[[:space:]]*(/?\*|//)' || :)
	if [ -n "$found" ]; then
		echo "banned in $where:"
		echo "$found"
		status=1
	fi
}

calls src strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets strtok \
	gmtime localtime ctime asctime tmpnam mktemp alloca \
	atoi atol atoll atof system popen wordexp
calls tests strcpy strcat strncpy strncat stpcpy sprintf vsprintf gets strtok \
	gmtime localtime ctime asctime tmpnam mktemp alloca atoi

# The words of a library pass the filter of base/redact.h, in one file for each library.
found=$(grep -rnE 'curl_(easy|multi|share|url)_strerror|CURLOPT_ERRORBUFFER|git_error_last|giterr_last|ERR_(error_string|reason_error_string|print_errors|lib_error_string)|X509_verify_cert_error_string' \
	src --include='*.[ch]' | grep -vE '^src/(cloud/curl_text|repo/git_text)\.c:' || :)
if [ -n "$found" ]; then
	echo "a library's words that pass no filter:"
	echo "$found"
	status=1
fi
exit "$status"
