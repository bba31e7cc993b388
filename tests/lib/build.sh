# SPDX-License-Identifier: Apache-2.0
#
# Sourced: configures and builds one tree below .build/, quietly.

# build_tree NAME CACHE_FILE [CMAKE_OPTION...]: builds .build/NAME. Run from the
# source tree. The log, .build/NAME.log, is shown if it fails. $tree_targets, if set, is all that
# is built.
build_tree() {
	tree=.build/$1
	tree_log=.build/$1.log
	tree_cache=$2
	shift 2
	# A tree that was configured at another path is of no use at this one.
	if [ -f "$tree/CMakeCache.txt" ] &&
		! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$PWD" "$tree/CMakeCache.txt"; then
		rm -rf "$tree"
	fi
	# shellcheck disable=SC2086 # a list of names
	{
		cmake -C "$tree_cache" -S . -B "$tree" -G Ninja "$@" &&
			cmake --build "$tree" --parallel "$(nproc)" ${tree_targets:+--target $tree_targets}
	} >"$tree_log" 2>&1 || {
		# ninja goes on for a while with what is at work when something fails.
		grep -m 1 -A 30 -E '^FAILED|CMake Error' "$tree_log" || tail -n 30 "$tree_log"
		echo "the whole log: $tree_log"
		return 1
	} >&2
}
