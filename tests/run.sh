#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sh tests/run.sh [--long] [--only NAME]
#
# Installs what the tests need, builds, and runs all tests in one ctest run, whose
# exit status is this script's. All that is made lies below .build/.

usage() {
	cat <<'EOF'
usage: sh tests/run.sh [--long] [--only NAME]

  --long        sweeps whole, all mutants, fuzzing, valgrind, clang-tidy, coverage
  --only NAME   build, and run only the tests whose name matches (ctest -R)

environment:
  SCANDRIFT_SEED          seed of what is sampled (20261124)
  SCANDRIFT_NO_SKIP=1     a skipped test is a failure
  SCANDRIFT_FUZZ_SECONDS  with --long: how long each fuzz target runs (30)
EOF
}

long=
only=
while [ $# -gt 0 ]; do
	case $1 in
	--long) long=1 ;;
	--only)
		[ $# -ge 2 ] || {
			echo '--only wants a name' >&2
			exit 2
		}
		only=$2
		shift
		;;
	--only=*) only=${1#--only=} ;;
	--help | -h)
		usage
		exit 0
		;;
	*)
		usage >&2
		exit 2
		;;
	esac
	shift
done

cd "$(dirname "$0")/.." || exit 1
# The path as cmake sees it, with links resolved.
root=$(pwd -P)
cd "$root" || exit 1
mkdir -p .build || exit 1
. tests/lib/packages.sh
. tests/lib/build.sh
. tests/lib/npm.sh

SCANDRIFT_SEED=${SCANDRIFT_SEED:-20261124}
export SCANDRIFT_SEED

start=$(date +%s)
say() {
	printf '== %4ds  %s\n' "$(($(date +%s) - start))" "$*"
}

install_tools() {
	tools='clang libclang-rt-dev llvm clang-format clang-tidy libcmocka-dev
		valgrind strace procps jq openssl shellcheck mandoc curl nginx tinyproxy-bin
		cmark-gfm fcgiwrap openssh-server openssh-client gpgsm time faketime rsync'
	if ! command -v npm >/dev/null 2>&1; then
		tools="$tools nodejs npm"
	fi
	# shellcheck disable=SC2086 # lists of names
	install_packages .build/apt.log $build_packages $tools
}

# build NAME CONFIGURATION PREFIX: one tree, its tests named PREFIX.*
build() {
	tree_name=$1
	cache=tests/cmake/$2.cmake
	prefix=$3
	shift 3
	say "build .build/$tree_name"
	build_tree "$tree_name" "$cache" -DSCANDRIFT_TEST_PREFIX="$prefix." \
		-DSCANDRIFT_LONG="${long:-0}" -DSCANDRIFT_NPM="$root/.build/npm" \
		-DSCANDRIFT_FUZZ_SECONDS="${SCANDRIFT_FUZZ_SECONDS:-30}" "$@"
}

# One suite over all trees, so that one ctest run tells everything. What ctest keeps
# there, it orders the next run by: the slow tests first.
write_suite() {
	mkdir -p .build/suite
	for tree_name in "$@"; do
		printf 'subdirs("%s/.build/%s")\n' "$root" "$tree_name"
	done >.build/suite/CTestTestfile.cmake
}

run_suite() {
	say "ctest, seed $SCANDRIFT_SEED"
	(
		. tests/lib/clean-env.sh
		[ -z "$long" ] || export SCANDRIFT_LONG=1
		ctest --test-dir .build/suite --output-on-failure --no-tests=error \
			--parallel "$(nproc)" --output-junit "$root/.build/suite/junit.xml" \
			${only:+-R "$only"}
	)
	status=$?
	# ctest lists skipped tests as its last lines and calls them well.
	if [ -n "${SCANDRIFT_NO_SKIP:-}" ] && [ "$status" -eq 0 ] &&
		grep -qE '<skipped|status="(notrun|disabled)"' .build/suite/junit.xml; then
		status=1
	fi
	return "$status"
}

unset SCANDRIFT_LONG
say 'packages'
install_tools || exit 1
install_npm || exit 1
build release release release || exit 1
build debug-asan asan asan -DSCANDRIFT_LINT=0 || exit 1
set -- release debug-asan
if [ -n "$long" ]; then
	build fuzz fuzz long || exit 1
	set -- "$@" fuzz
fi
write_suite "$@"
run_suite
