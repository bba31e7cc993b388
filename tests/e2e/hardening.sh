# SPDX-License-Identifier: Apache-2.0
#
# The program is position independent, has all relocations resolved and read-only
# before main, no executable stack, and stack protection; fortified calls where it
# was optimized and no sanitizer intercepts them; checked jumps and stack probes where
# the processor has them. It names no directory of the machine that built it.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need readelf objdump

build=$(cd "$(dirname "$SCANDRIFT")" && pwd -P)
run readelf -W --file-header --dynamic --program-headers --symbols "$SCANDRIFT"
expect_exit 0
expect_text out 'DYN (Position-Independent Executable file)'
expect_text out 'BIND_NOW'
expect_text out 'GNU_RELRO'
expect_text out '__stack_chk_fail'
expect_no_text out 'TEXTREL'
expect_no_text out 'RUNPATH'
grep -E '^ *GNU_STACK .* RW +0x' "$out" >/dev/null || fail 'the stack is executable'
if ! grep -qE '__(asan|tsan)_init' "$out"; then
	grep -qE ' __[a-z]+_chk@' "$out" || fail 'no fortified call'
	# Calls do not show their level. What has both a compiler and a C library for
	# level 3 is compiled with it.
	printf '#include <stdlib.h>\n#if __USE_FORTIFY_LEVEL < 3\n#error\n#endif\n' >level.c
	compiler=$(sed -n 's/^CMAKE_C_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")
	level=2
	if "$compiler" -O2 -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -Werror -c level.c -o level.o \
		2>/dev/null; then
		level=3
	fi
	grep -F 'src/cmd/main.c' "$build/compile_commands.json" >commands
	expect_text commands "-D_FORTIFY_SOURCE=$level"
	# A sanitizer names the files of what it reports by their whole paths.
	source=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$build/CMakeCache.txt")
	expect_no_text "$SCANDRIFT" "$source/"
	expect_no_text "$SCANDRIFT" "$build"
	expect_text "$SCANDRIFT" './src/cmd/main.c'
fi

if [ "$(uname -m)" = x86_64 ]; then
	objdump -d --no-show-raw-insn "$SCANDRIFT" >code
	grep -A 1 '<main>:$' code >entry
	expect_text entry endbr64
	# A frame of more than a page is made a page at a time, and each is touched.
	grep -B 1 -A 1 -E 'sub +\$0x1000,%rsp$' code >probes || fail 'no large frame'
	grep -qE '(or|mov)q +\$0x0,(0x[0-9a-f]+)?\(%rsp\)$' probes || fail 'no stack probe'
fi
