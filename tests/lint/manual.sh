# SPDX-License-Identifier: Apache-2.0
#
# The manual page is mdoc without a warning.

page=src/man/scandrift.1
[ -f "$page" ] || {
	echo "no $page yet"
	exit 0
}
command -v mandoc >/dev/null 2>&1 || {
	echo 'no mandoc'
	exit 77
}
mandoc -T lint -W warning "$page"
