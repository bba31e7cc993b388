# SPDX-License-Identifier: Apache-2.0
#
# The lint of sizes must be able to fail: a tree at both limits, then one line more.

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/scandrift lint.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
status=0

# write FILE LINES
write() {
	mkdir -p "$scratch/${1%/*}"
	awk -v n="$2" 'BEGIN { while (n-- > 0) print "" }' >"$scratch/$1"
}

# try WANT WHAT [WORDS]: WORDS are in what a tree that fails is told.
try() {
	have=passes
	sh "$here/sizes.sh" "$scratch" >"$scratch/said" 2>&1 || have=fails
	if [ "$have" != "$1" ]; then
		echo "$2: want $1, it $have"
		cat "$scratch/said"
		status=1
	elif [ "$1" = fails ] && ! grep -qF "$3" "$scratch/said"; then
		echo "$2: what it says lacks \"$3\":"
		cat "$scratch/said"
		status=1
	fi
}

mkdir "$scratch/src"
try fails 'no source' 'no sources'

# 1,700 of 10,000 lines.
for folder in a b c d e; do
	write "src/$folder/file.c" 1660
done
write src/repo/file.c 1600
write src/repo/file.h 100
try passes 'a folder of 17 %'
write src/repo/deep/file.h 2
try fails 'a folder of more' 'src/repo: 1702 of 10002 lines'
rm -r "$scratch/src/repo"

for folder in a b c d e f; do
	write "src/$folder/file.c" 4000
done
write src/cmd/file.c 3000
write src/cmd/file.h 500
write src/cmd/CMakeLists.txt 100
try passes 'a command line of 3,500 lines'
write src/cmd/file.h 501
try fails 'a command line of more' 'src/cmd: 3501 lines, at most 3500'
exit "$status"
