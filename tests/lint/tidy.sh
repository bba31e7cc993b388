# SPDX-License-Identifier: Apache-2.0
#
# clang-tidy finds nothing in src/: as it was compiled in $SCANDRIFT_BUILD, but with
# assertions, which tell the analyzer what cannot be.

command -v clang-tidy >/dev/null 2>&1 || {
	echo 'no clang-tidy'
	exit 77
}
find src -name '*.c' -print0 |
	xargs -0 -P "$(nproc)" -n 1 clang-tidy --quiet --extra-arg=-UNDEBUG \
		-p "${SCANDRIFT_BUILD:?the build folder}"
