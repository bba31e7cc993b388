# SPDX-License-Identifier: Apache-2.0
#
# unused.sh: the program reaches each function and each table of src/. What only tests call is
# no part of the product: the test drives what the program calls, and the rest is deleted.
#
# The linker collects the sections that main does not lead to. One that nothing reaches is
# added, so that each run shows that they are found.

command -v ld >/dev/null 2>&1 || {
	echo 'no ld'
	exit 77
}
. tests/lib/build.sh
mkdir -p .build || exit 1
tree_targets=scandrift
build_tree unused tests/cmake/unused.cmake || exit 1

canary=.build/unused/canary
printf 'void reached_by_nothing(void);\nvoid reached_by_nothing(void)\n{\n}\n' >"$canary.c" &&
	gcc -O0 -ffunction-sections -c -o "$canary.o" "$canary.c" || exit 1
# -r: no library is needed, since what is not defined stays so.
found=$(ld -r --entry main --gc-sections --print-gc-sections -o .build/unused/reached.o \
	--whole-archive .build/unused/src/*/libscandrift_*.a "$canary.o" \
	.build/unused/src/cmd/CMakeFiles/scandrift.dir/main.c.o 2>&1 |
	sed -n "s,.*'\.\(text\|rodata\|data\|bss\)\.\([^']*\)' in file '.*/\([^/]*\)'.*,\3: \2,p" |
	sed 's,^libscandrift_\([a-z]*\)[.]a(\(.*\)[.]o): ,src/\1/\2: ,')
printf '%s\n' "$found" | grep -qF ': reached_by_nothing' || {
	echo 'a function that nothing reaches was not found'
	exit 1
}
found=$(printf '%s\n' "$found" | grep -vF ': reached_by_nothing')
[ -z "$found" ] || {
	echo 'main does not lead there:'
	printf '%s\n' "$found"
	exit 1
}
