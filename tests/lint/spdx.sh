# SPDX-License-Identifier: Apache-2.0
#
# Each source file names its licence in its first three lines.

status=0
files=$(find src tests .ci -name node_modules -prune -o -type f \
	\( -name '*.[ch]' -o -name '*.sh' -o -name '*.cmake' -o -name CMakeLists.txt -o -path .ci/run \) -print)
old_ifs=$IFS
IFS='
'
for file in $files CMakeLists.txt; do
	head -n 3 "$file" | grep -qF 'SPDX-License-Identifier: Apache-2.0' || {
		echo "$file: no SPDX line"
		status=1
	}
done
IFS=$old_ifs
exit "$status"
