# SPDX-License-Identifier: Apache-2.0
#
# The top level holds the agreed names, and no tracked file is left where a
# build or a test would put one. An unpacked archive has no list to check.

if ! tracked=$(git -c safe.directory='*' ls-files); then
	echo 'not a git work tree: nothing is listed'
	exit 0
fi
status=0
odd=$(printf '%s\n' "$tracked" | cut -d/ -f1 | sort -u |
	grep -vxE 'src|policies|baselines|tests|CMakeLists\.txt|README\.md|LICENSE|\..*' || :)
if [ -n "$odd" ]; then
	echo 'outside the agreed top level:'
	echo "$odd"
	status=1
fi
built=$(printf '%s\n' "$tracked" | grep -E '(^|/)(node_modules|CMakeFiles|CMakeCache\.txt)(/|$)|\.(o|a)$' || :)
if [ -n "$built" ]; then
	echo 'built or downloaded, and yet tracked:'
	echo "$built"
	status=1
fi
exit "$status"
