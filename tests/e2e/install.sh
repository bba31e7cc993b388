# SPDX-License-Identifier: Apache-2.0
#
# What `cmake --install` puts where, and that it runs from there.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need cmake

run cmake --install "$(dirname "$SCANDRIFT")" --prefix "$PWD/prefix"
expect_exit 0
run prefix/bin/scandrift --version
expect_exit 0
expect_text out 'scandrift 0.1.0'
for file in src/man/scandrift.1:share/man/man1/scandrift.1 \
	src/completion/scandrift.bash:share/bash-completion/completions/scandrift \
	src/completion/_scandrift:share/zsh/site-functions/_scandrift; do
	if [ -f "$SCANDRIFT_SOURCE/${file%%:*}" ]; then
		expect_same "$SCANDRIFT_SOURCE/${file%%:*}" "prefix/${file#*:}"
	fi
done
for policy in "$SCANDRIFT_SOURCE"/policies/*.ini; do
	[ ! -f "$policy" ] || expect_same "$policy" "prefix/share/scandrift/policies/${policy##*/}"
done
