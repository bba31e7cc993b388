# SPDX-License-Identifier: Apache-2.0
#
# The program is position independent, has all relocations resolved and read-only
# before main, no executable stack, and stack protection; fortified calls where it
# was optimized and no sanitizer intercepts them.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need readelf

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
fi
