#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Changes one line of a source at a time and runs the unit tests of that file: a change that no test
# notices survives, and is a test that is missing. files.txt has the sources with their tests,
# operators.txt the changes, equivalent.txt the survivors that are the same program.
#
# A mutant is compiled from a copy and linked before the libraries, whose own object is then left
# out. So neither the sources nor the build tree ever change, and an interrupted run leaves nothing
# to restore.

usage() {
	cat <<'EOT'
usage: sh tests/mutate/run.sh [--only FILE] [--list] [--sample N]

  --only FILE   the mutants of one source alone
  --list        print the mutants, and run nothing
  --sample N    N mutants, chosen by SCANDRIFT_SEED

Exit status: 0, 1 if a mutant survived that equivalent.txt does not have or if that list is wrong,
2 if nothing could be tested.

environment:
  SCANDRIFT_SEED            seed of the sample (20261124)
  SCANDRIFT_MUTATE_LISTS    folder with files.txt and equivalent.txt (tests/mutate)
  SCANDRIFT_MUTATE_SECONDS  time limit of a test, after which its mutant is caught (10)
  SCANDRIFT_VECTORS, SCANDRIFT_CASES  published data, as for the tests
EOT
}

die() {
	printf '%s\n' "$*" >&2
	exit 2
}

only=
list=
sample=0
while [ $# -gt 0 ]; do
	case $1 in
	--list) list=1 ;;
	--only | --sample)
		[ $# -ge 2 ] || die "missing argument: $1"
		if [ "$1" = --only ]; then only=$2; else sample=$2; fi
		shift
		;;
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
case $sample in
*[!0-9]* | '') die "--sample: not a number: $sample" ;;
esac

cd "$(dirname "$0")/../.." || exit 2
root=$(pwd -P)
cd "$root" || exit 2
LC_ALL=C
export LC_ALL
. tests/lib/build.sh
here=tests/mutate
data=${SCANDRIFT_MUTATE_LISTS:-$here}
tree=.build/mutate
test_seconds=${SCANDRIFT_MUTATE_SECONDS:-10}
mkdir -p .build || exit 2
work=$(mktemp -d "$root/.build/mutants.XXXXXX") || exit 2
workers=
finish() {
	trap - EXIT
	# shellcheck disable=SC2086 # a list of process ids
	[ -z "$workers" ] || kill $workers 2>/dev/null
	wait
	rm -rf "$work"
}
trap finish EXIT
trap 'finish; exit 130' HUP INT TERM

# --- what is mutated ---

sed -e '/^#/d' -e '/^[[:space:]]*$/d' "$data/files.txt" |
	awk -F '\t' -v only="$only" 'only == "" || $1 == only' >"$work/listed"
cut -f 1,2 "$work/listed" >"$work/files"
[ -s "$work/files" ] || die "no such row in $data/files.txt: $only"
while read -r source _; do
	awk -f "$here/mutants.awk" "$here/operators.txt" "$source" "$source" || exit 2
done <"$work/files" >"$work/every" || exit 2
# A row of a table, on one line or a member a line.
awk -F '\t' 'NR == FNR { rows[$1] = $3 == "rows"; next }
	!rows[$1] || $3 ~ /^(\[[A-Z0-9_]+\] = |[{]).*,$|[}] rows\[\] = / || $3 ~ /^[.][a-z_]+ = .*,$/' \
	"$work/listed" "$work/every" >"$work/all"

# FILE: BEFORE → AFTER is what a mutant is known by: lines move.
awk -F '\t' '{
	print $1 ": " $3 " → " $4
	print $1 ": " $3 " → *"
}' "$work/all" >"$work/known"
awk -f "$here/equivalent.awk" "$data/equivalent.txt" >"$work/equivalent" || exit 2
awk -v only="$only" 'only == "" || index($0, only ": ") == 1' "$work/equivalent" |
	grep -vxF -f "$work/known" >"$work/stale"

awk -v want="$sample" -v seed="${SCANDRIFT_SEED:-20261124}" -v count="$(wc -l <"$work/all")" '
	BEGIN { state = seed % 2147483646 + 1 }
	{
		state = state * 16807 % 2147483647
		if (want == 0 || state / 2147483647 < (want - taken) / (count - NR + 1)) {
			taken++
			print taken "\t" $0
		}
	}' "$work/all" >"$work/mutants"
if [ -n "$list" ]; then
	awk -F '\t' '{ print $2 ":" $3 ": " $4 " → " $5 }' "$work/mutants"
	exit 0
fi

# --- the build, and what it takes to make one mutant in it ---

tests=$(cut -f 2 "$work/files" | tr ' ' '\n' | sort -u)
tree_targets=$tests
build_tree mutate tests/cmake/mutate.cmake || exit 2

# The commands as the build has them, with the file names of a worker in them.
for test in $tests; do
	ninja -C "$tree" -t commands "$test" >"$work/commands" || exit 2
	tail -n 1 "$work/commands" |
		sed 's|-o tests/[^ ]*|-o "$place/test" "$place/mutant.o"|' >"$work/link.$test"
	grep -q mutant.o "$work/link.$test" || die "$test: its link command was not recognized"
	while read -r source names; do
		case " $names " in
		*" $test "*)
			name=$(echo "$source" | tr / _)
			grep -F " -c " "$work/commands" | grep -F "$root/$source" |
				sed "s|-MD .*|-iquote \"$root/${source%/*}\" -Wno-int-conversion -o \"\$place/mutant.o\" -c \"\$place/mutant.c\"|" >"$work/compile.$name"
			grep -q mutant.o "$work/compile.$name" ||
				die "$test does not link $source"
			;;
		esac
	done <"$work/files"
done

. tests/lib/clean-env.sh
LC_ALL=C
for published in "$root/tests/data" "$(dirname "$root")/shared"; do
	if [ -d "$published/vectors" ]; then
		: "${SCANDRIFT_VECTORS:=$published/vectors}" "${SCANDRIFT_CASES:=$published/cases}"
		export SCANDRIFT_VECTORS SCANDRIFT_CASES
	fi
done
SCANDRIFT_SOURCE=$root
# A mutant that allocates without end is caught before the machine suffers.
ASAN_OPTIONS=abort_on_error=0:detect_stack_use_after_return=1:hard_rss_limit_mb=1024
# shellcheck disable=SC2089 # the sanitizer takes the quotes off
LSAN_OPTIONS="suppressions='$root/tests/lib/lsan.supp':print_suppressions=0"
# shellcheck disable=SC2090
export SCANDRIFT_SOURCE ASAN_OPTIONS LSAN_OPTIONS

# --- one mutant ---

# verdict SOURCE: of $place/mutant.c. Prints one word.
verdict() {
	(cd "$tree" && eval "$(cat "$work/compile.$(echo "$1" | tr / _)")") >"$place/log" 2>&1 || {
		echo uncompiled
		return
	}
	for test in $(awk -v file="$1" '$1 == file { $1 = ""; print }' "$work/files"); do
		(cd "$tree" && eval "$(cat "$work/link.$test")") >"$place/log" 2>&1 || {
			echo uncompiled
			return
		}
		(cd "$place" && timeout -k 1 "$test_seconds" ./test; exit) </dev/null >"$place/log" 2>&1 || {
			echo caught
			return
		}
	done
	echo survived
}

# work_on SHARE COUNT: every COUNTth mutant, one line each with its number and verdict. A worker that
# is ended finishes its mutant first, so that nothing is written into a folder that is being removed.
work_on() {
	trap - EXIT
	trap 'exit 143' TERM
	place=$work/$1
	mkdir "$place" || exit 1
	awk -F '\t' -v share="$1" -v count="$2" 'NR % count == share { print $1, $2 }' \
		"$work/mutants" >"$place/mine"
	while read -r number source; do
		awk -F '\t' -v number="$number" '
			NR == FNR { if ($1 == number) { at = $3; text = $5 } next }
			{ print FNR == at ? text : $0 }' "$work/mutants" "$source" >"$place/mutant.c"
		printf '%s\t%s\n' "$number" "$(verdict "$source")"
	done <"$place/mine" >"$work/verdicts.$1"
}

# A test that fails without a mutant would catch every one.
place=$work/plain
mkdir "$place" || exit 2
while read -r source _; do
	cp "$source" "$place/mutant.c"
	[ "$(verdict "$source")" = survived ] || {
		tail -n 20 "$place/log" >&2
		die "$source: its tests fail on the source as it is"
	}
done <"$work/files"

jobs=$(nproc)
share=0
while [ "$share" -lt "$jobs" ]; do
	work_on "$share" "$jobs" &
	workers="$workers $!"
	share=$((share + 1))
done
# shellcheck disable=SC2086 # a list of process ids
wait $workers
workers=

# --- the result ---

cat "$work"/verdicts.* >"$work/verdicts"
[ "$(wc -l <"$work/verdicts")" -eq "$(wc -l <"$work/mutants")" ] || die 'a worker ended early'
awk -F '\t' -v sample="$sample" -f "$here/result.awk" "$work/stale" "$work/equivalent" "$work/verdicts" "$work/mutants"
