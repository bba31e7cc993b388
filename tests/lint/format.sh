# SPDX-License-Identifier: Apache-2.0
#
# clang-format has nothing to change. Where it has: clang-format -i FILE

command -v clang-format >/dev/null 2>&1 || {
	echo 'no clang-format'
	exit 77
}
said=$(find src tests -name '*.[ch]' -print0 |
	xargs -0 clang-format --dry-run -Werror --ferror-limit=1 2>&1) && exit 0
echo 'clang-format would change:'
printf '%s\n' "$said" | grep -E '^[^ ]*:[0-9]+:[0-9]+: ' || printf '%s\n' "$said"
exit 1
