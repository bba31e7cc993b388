# SPDX-License-Identifier: Apache-2.0
#
# What cmake makes of the machine: it needs no package of the tests, reports libraries
# that are not supported and refuses those that are too old. And which commit a build
# says that it is of.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need git cmake pkg-config

# package NAME VERSION: the library of this machine, called that version.
mkdir packages
package() {
	cat >"packages/$1.pc" <<-PACKAGE
		Name: $1
		Description: of this machine
		Version: $2
		Libs: $(pkg-config --libs "$1")
		Cflags: $(pkg-config --cflags "$1")
	PACKAGE
}
# configure DIR [OPTION...]: with those packages and no others, so without cmocka.
configure() {
	configured=$1
	shift
	run env PKG_CONFIG_LIBDIR="$PWD/packages" PKG_CONFIG_PATH= \
		cmake -G Ninja -S "$SCANDRIFT_SOURCE" -B "$configured" "$@"
}
package json-c 0.16
package inih 55
package libcurl 7.88.1
package libgit2 1.5.1

configure build
expect_exit 0
expect_no_text err 'is not a supported version'
[ ! -e build/tests ] || fail 'the tests are built though nobody asked for them'
configure build -DSCANDRIFT_TESTS=ON
expect_exit 1
expect_text out "Package 'cmocka'"
configure build -DSCANDRIFT_TESTS=OFF
expect_exit 0

# again NAME VERSION: the same tree, on a machine that has that version of one library.
# pkg_check_modules looks a second time only when it is told to.
again() {
	package json-c 0.18
	package libcurl 8.14.1
	package libgit2 1.9.0
	package "$1" "$2"
	configure build -U '*_FOUND' -U '__pkg_config_*'
}
again inih 58
expect_exit 0
expect_no_text err 'is not a supported version'
for row in 'libgit2 1.10.0' 'libcurl 9.0.0' 'json-c 0.19'; do
	again "${row% *}" "${row#* }"
	expect_exit 0
	expect_text err "$row is not a supported version"
	[ "$(grep -c 'is not a supported version' "$err")" -eq 1 ] || fail 'another one as well'
done
for row in 'libgit2 1.4.6 1.5' 'libcurl 7.87.0 7.88' 'json-c 0.15 0.16'; do
	# shellcheck disable=SC2086 # name, version, minimum
	set -- $row
	again "$1" "$2"
	expect_exit 1
	expect_text out "$1>=$3"
done

# commit_is WANT [DIR]: what the header says of the sources in DIR.
commit_is() {
	run cmake -DSOURCE="$PWD/${2:-tree}" -DOUT="$PWD/commit.h" \
		-P "$SCANDRIFT_SOURCE/src/commit.cmake"
	expect_exit 0
	expect_line commit.h "#define BUILD_COMMIT \"$1\""
	[ "$(wc -l <commit.h)" -eq 1 ] || fail 'more than one line'
}
new_repo tree
commit_is unknown
echo one >tree/file
commit_all tree one
head=$(git -C tree rev-parse HEAD)
commit_is "$head"
# The header of a commit that has not changed is not written, or all builds on it again.
touch -d 2020-01-01 commit.h
commit_is "$head"
[ -z "$(find commit.h -newermt 2020-01-02)" ] || fail 'the header was written again'
echo untracked >tree/other
commit_is "$head"
# A tag has no part in it.
git -C tree tag -a -m v1 v1
commit_is "$head"
echo two >tree/file
commit_is "$head-dirty"
git -C tree worktree add -q --detach "$PWD/linked"
commit_is "$head" linked
# In a hook, git's variables name another repository.
new_repo elsewhere
GIT_DIR=$PWD/elsewhere/.git GIT_INDEX_FILE=$PWD/elsewhere/.git/index
export GIT_DIR GIT_INDEX_FILE
commit_is "$head" linked
unset GIT_DIR GIT_INDEX_FILE
# An archive has no commit, and not that of a repository around it either.
mkdir tree/unpacked
git -C tree archive HEAD | tar -x -C tree/unpacked
commit_is release tree/unpacked
if [ "$(id -u)" -eq 0 ]; then
	git -C tree checkout -q file
	chown -R 65534 tree
	commit_is "$head"
fi
