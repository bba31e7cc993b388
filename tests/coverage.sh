#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sh tests/coverage.sh [--below LINES [BRANCHES]] [--only REGEX]
#
# Which lines and branches of src/ the unit tests and the short end-to-end tests run, as gcov counts
# them: a table by folder, and the ten files that lack most. With --below it fails where the total is
# below LINES percent, or BRANCHES percent. --only: the tests whose name matches (ctest -R).
#
# What is below .build/coverage is built there and counted from zero. run.sh installs what it needs.

lines_min=0
branches_min=0
only='^(unit|e2e)\.'
while [ $# -gt 0 ]; do
	case $1 in
	--below)
		lines_min=${2:?--below wants a number}
		shift
		case ${2:-} in
		[0-9]*)
			branches_min=$2
			shift
			;;
		esac
		;;
	--only)
		only=${2:?--only wants a name}
		shift
		;;
	*)
		echo 'usage: sh tests/coverage.sh [--below LINES [BRANCHES]] [--only REGEX]' >&2
		exit 2
		;;
	esac
	shift
done

cd "$(dirname "$0")/.." || exit 1
cd "$(pwd -P)" || exit 1
for tool in gcov cmake ninja; do
	command -v "$tool" >/dev/null 2>&1 || {
		echo "SKIP: no $tool"
		[ -z "${SCANDRIFT_NO_SKIP:-}" ] || exit 1
		exit 77
	}
done
mkdir -p .build || exit 1
. tests/lib/build.sh

# They look at how the program was compiled or at each file that it opens, build it themselves, or run
# it as a user who may not write what was counted.
left_out='e2e\.(hardening|install|configure|quickstart|contained|review_checkouts)$'

build_tree coverage tests/cmake/coverage.cmake -DSCANDRIFT_LINT=0 || exit 1
find .build/coverage -name '*.gcda' -delete
(
	. tests/lib/clean-env.sh
	unset SCANDRIFT_LONG
	ctest --test-dir .build/coverage --parallel "$(nproc)" --no-tests=error \
		-R "$only" -E "$left_out" >.build/coverage.tests 2>&1
)
tests_status=$?
# A test that was skipped or has failed runs less than it could.
sed -n -e '/tests passed/p' -e '/tests did not run:/,/^$/p' -e '/tests FAILED:/,/^Errors/p' \
	.build/coverage.tests

# file, lines run, lines, branches taken, branches. gcov tells parts of a hundred, from which the
# numbers follow.
find .build/coverage/src -name '*.c.gcno' ! -name 'embed_*' | sort | while read -r notes; do
	gcov --no-output --branch-probabilities "$notes" 2>/dev/null
done | awk -v root="$PWD/" -F "['%: ]+" '
	function put() {
		if (file ~ /^src\/.*\.c$/)
			print file, lines_run + 0, lines + 0, taken + 0, branches + 0
		file = ""
		lines_run = lines = taken = branches = 0
	}
	/^File / { put(); file = $2; sub(root, "", file) }
	/^Lines executed/ && file { lines = $NF; lines_run = int($3 * $NF / 100 + 0.5) }
	/^Taken at least once/ && file { branches = $NF; taken = int($5 * $NF / 100 + 0.5) }
	/^$/ { put() }
	END { put() }' | sort >.build/coverage.files
[ -s .build/coverage.files ] || {
	echo 'gcov tells nothing' >&2
	exit 1
}

awk -v lines_min="$lines_min" -v branches_min="$branches_min" '
	function percent(part, all) { return all ? 100 * part / all : 100 }
	function row(name, lr, l, bt, b) {
		return sprintf("%-28s %6d %6.1f %8d %6.1f", name, l, percent(lr, l), b, percent(bt, b))
	}
	{
		folder = $1
		sub(/\/[^\/]*$/, "", folder)
		if (!(folder in l))
			order[++folders] = folder
		lr[folder] += $2; l[folder] += $3; bt[folder] += $4; b[folder] += $5
		LR += $2; L += $3; BT += $4; B += $5
		missing[NR] = $3 - $2 + $5 - $4
		text[NR] = row($1, $2, $3, $4, $5)
	}
	END {
		printf "%-28s %6s %6s %8s %6s\n", "folder", "lines", "%", "branches", "%"
		for (i = 1; i <= folders; i++)
			print row(order[i], lr[order[i]], l[order[i]], bt[order[i]], b[order[i]])
		print row("total", LR, L, BT, B)
		print "\nwhere most is not run:"
		for (i = 0; i < 10 && i < NR; i++) {
			worst = 1
			for (k = 2; k <= NR; k++)
				if (missing[k] > missing[worst])
					worst = k
			print text[worst]
			missing[worst] = -1
		}
		if (percent(LR, L) < lines_min || percent(BT, B) < branches_min) {
			printf "below %s %% of lines or %s %% of branches\n", lines_min, branches_min
			exit 1
		}
	}' .build/coverage.files || exit 1
exit "$tests_status"
