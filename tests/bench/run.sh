#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sh tests/bench/run.sh [--quick] [NAME...]
#
# Times the program against its peers, whole processes side by side in one run, and prints one
# table: medians (ms, or MB), the ratio of each pair, its spread, the goal. NAME is one of the
# groups: normalize diff start; others stand in files of their own beside this one. --quick takes
# fewer runs and leaves the million images out. Says what it measured; passes or fails nothing.

quick=
[ "${1:-}" != --quick ] || { quick=1; shift; }
groups=${*:-start normalize diff}

cd "$(dirname "$0")/../.." || exit 1
root=$(pwd -P)
cd "$root" || exit 1
mkdir -p .build/bench-data || exit 1
. tests/lib/packages.sh
. tests/lib/build.sh
. tests/lib/npm.sh

# shellcheck disable=SC2086 # a list of names
install_packages .build/apt.log $build_packages jq curl || exit 1
install_npm || exit 1
build_tree bench tests/cmake/release.cmake -DSCANDRIFT_BENCH=ON -DSCANDRIFT_TESTS=OFF \
	-DSCANDRIFT_STANDIN=ON || exit 1

data=.build/bench-data
bin=.build/bench
scandrift=$bin/scandrift
pair=$bin/tests/bench/bench_pair
parse=$bin/tests/bench/bench_parse_jsonc
export NODE_PATH="$root/.build/npm/node_modules"
runs=7
few=5
[ -z "$quick" ] || runs=3

input() {
	[ -s "$data/$1.json" ] || "$bin/tests/bench/bench_generate" "$2" ${3:+"$3"} >"$data/$1.json"
}

printf '%-44s %-6s %10s %10s  %7s  %-12s  %s\n' 'A against B' '' A B A/B spread goal
for group in $groups; do
	case $group in
	start)
		printf '%s' '{"Enable":true,"ScanType":["CVE"],"ScanTime":"03:00","ScanPeriod":1}' >"$data/small.json"
		"$pair" 15 wall 1.0 '--version : curl --version' -- "$scandrift" --version -- curl --version
		"$pair" 15 wall 1.0 'normalize, small : curl --version' -- "$scandrift" normalize "$data/small.json" -- curl --version
		;;
	normalize)
		input i10k 10000
		"$pair" $runs wall 0.1 'normalize --digest, 10k images : jq -S' -- "$scandrift" normalize --digest "$data/i10k.json" -- jq -S . "$data/i10k.json"
		"$pair" $runs wall 0.8 'normalize --digest, 10k : json-c parse' -- "$scandrift" normalize --digest "$data/i10k.json" -- "$parse" "$data/i10k.json"
		[ -z "$quick" ] || continue
		input i1m 1000000
		big="--max-reply=4000000000"
		"$pair" $few wall 0.6 'normalize --digest, 1M images : json-c parse' -- "$scandrift" normalize --digest $big "$data/i1m.json" -- "$parse" "$data/i1m.json"
		"$pair" 1 wall 0.1 'normalize --digest, 1M images : jq -S' -- "$scandrift" normalize --digest $big "$data/i1m.json" -- jq -S . "$data/i1m.json"
		"$pair" 1 memory 1.5 'normalize --digest, 1M images : its input' -- "$scandrift" normalize --digest $big "$data/i1m.json" -- "$data/i1m.json"
		"$pair" $few cpu 150 'normalize --digest, 1M : 10k (a hundredth)' -- "$scandrift" normalize --digest $big "$data/i1m.json" -- "$scandrift" normalize --digest "$data/i10k.json"
		;;
	diff)
		input i10k 10000
		input i10k-changed 10000 changed
		for peer in diff_keyed:0.3 diff_fast_json_patch:0.15 diff_jsondiffpatch:0.01; do
			"$pair" $few wall "${peer#*:}" "diff, 10k images : node ${peer%:*}" -- \
				"$scandrift" diff "$data/i10k.json" "$data/i10k-changed.json" -- \
				node "tests/bench/peers/${peer%:*}.js" "$data/i10k.json" "$data/i10k-changed.json"
		done
		;;
	*)
		[ -f "tests/bench/$group.sh" ] || {
			echo "no group of this name: $group" >&2
			exit 2
		}
		. "tests/bench/$group.sh"
		;;
	esac
done
