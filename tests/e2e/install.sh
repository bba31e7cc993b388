# SPDX-License-Identifier: Apache-2.0
#
# What `cmake --install` puts where, that it runs from there, and that nothing of it is
# left after `uninstall`: below a prefix, and below DESTDIR.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need cmake

build=$(dirname "$SCANDRIFT")
manifest=$PWD/manifest
# The tree under test keeps a list of what was installed from it last. Its owner's own
# installation is still in it after the test.
own=$build/install_manifest.txt
[ ! -f "$own" ] || cp "$own" own
restore_own() {
	if [ -f own ]; then cp own "$own"; else rm -f "$own"; fi
}
install_to() {
	run env DESTDIR="${2:-}" cmake --install "$build" --prefix "$1"
	cp "$own" "$manifest"
	restore_own
	expect_exit 0
}
uninstall() {
	run sh "$SCANDRIFT_SOURCE/src/uninstall.sh" "$manifest"
}

install_to "$PWD/prefix"
run prefix/bin/scandrift --version
expect_exit 0
expect_line out 'scandrift 0.1.0'
for file in src/man/scandrift.1:share/man/man1/scandrift.1 \
	src/completion/scandrift.bash:share/bash-completion/completions/scandrift \
	src/completion/_scandrift:share/zsh/site-functions/_scandrift \
	src/data/log.schema.json:share/scandrift/schema/log.schema.json \
	src/data/result.schema.json:share/scandrift/schema/result.schema.json \
	src/data/run.schema.json:share/scandrift/schema/run.schema.json \
	src/data/runs.schema.json:share/scandrift/schema/runs.schema.json \
	policies/coverage.ini:share/scandrift/policies/coverage.ini \
	policies/schedule.ini:share/scandrift/policies/schedule.ini \
	README.md:share/doc/scandrift/README.md LICENSE:share/doc/scandrift/LICENSE; do
	expect_same "$SCANDRIFT_SOURCE/${file%%:*}" "prefix/${file#*:}"
	echo "prefix/${file#*:}"
done >want
echo prefix/bin/scandrift >>want
# These and no others: the waivers of the example account are for nobody else.
sort want >want.sorted
find prefix -type f | sort >have
expect_same want.sorted have
for schema in "$SCANDRIFT_SOURCE"/src/data/*.schema.json; do
	[ -f "prefix/share/scandrift/schema/${schema##*/}" ] || fail "not installed: $schema"
done
if grep -rl '^\[waiver ' prefix/share/scandrift/policies; then
	fail 'a waiver is installed'
fi

# Each file that the manual page or a help text names below share is there.
{
	cat prefix/share/man/man1/scandrift.1
	prefix/bin/scandrift --help
	for command in $(prefix/bin/scandrift --help | sed -n '/^Commands:$/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
		prefix/bin/scandrift "$command" --help
	done
} >documents
grep -oE 'share/scandrift/[^ ]+' documents | sort -u >named
expect_text named 'schema/result.schema.json'
while read -r pattern; do
	# shellcheck disable=SC2086 # a pattern
	set -- prefix/$pattern
	[ -e "$1" ] || fail "the manual page names $pattern, which is not installed"
done <named
expect_no_text documents 'src/data'

# Somebody else's files stay, and so do the directories that hold them.
echo mine >prefix/share/scandrift/policies/mine.ini
mkdir -p prefix/share/man/man1
echo other >prefix/share/man/man1/other.1
uninstall
expect_exit 0
find prefix -type f | sort >have
printf '%s\n' prefix/share/man/man1/other.1 prefix/share/scandrift/policies/mine.ini >want
expect_same want have
[ ! -e prefix/share/doc/scandrift ] || fail 'an empty directory of ours is left'
[ ! -e prefix/share/scandrift/schema ] || fail 'an empty directory of ours is left'
[ -d prefix/bin ] || fail 'a directory that is not ours was removed'
rm prefix/share/scandrift/policies/mine.ini
# All is gone already: no error, and the directories follow.
uninstall
expect_exit 0
[ ! -e prefix/share/scandrift ] || fail 'an empty directory of ours is left'

install_to /usr "$PWD/dest dir"
[ -x 'dest dir/usr/bin/scandrift' ] || fail 'DESTDIR is not looked at'
# Some systems keep documents elsewhere below the prefix.
grep -q '^/usr/.*/LICENSE$' "$manifest" || fail 'no licence'
cp "$manifest" "$own"
run env DESTDIR="$PWD/dest dir" cmake --build "$build" --target uninstall
restore_own
expect_exit 0
[ -z "$(find 'dest dir' ! -type d)" ] || fail "left: $(find 'dest dir' ! -type d)"
[ -z "$(find 'dest dir' -name scandrift)" ] || fail "left: $(find 'dest dir' -name scandrift)"

# A file that cannot be removed is an error; so is a build that installed nothing.
mkdir -p in-the-way/file
printf '%s' "$PWD/in-the-way" >"$manifest"
uninstall
expect_exit 1
[ -d in-the-way/file ] || fail 'a directory was removed'
rm "$manifest"
uninstall
expect_exit 1
expect_text err 'nothing was installed'
