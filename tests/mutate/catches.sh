#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The runner must be able to fail: one small source with a weak test and with a good one, and lists
# of equivalent mutants that are right and wrong.

cd "$(dirname "$0")/../.." || exit 1
fixture=tests/mutate/fixture
SCANDRIFT_MUTATE_LISTS=$(mktemp -d "${TMPDIR:-/tmp}/scandrift mutate.XXXXXX") || exit 1
trap 'rm -rf "$SCANDRIFT_MUTATE_LISTS"' EXIT
# One of the mutants never ends.
SCANDRIFT_MUTATE_SECONDS=2
export SCANDRIFT_MUTATE_LISTS SCANDRIFT_MUTATE_SECONDS
said=$SCANDRIFT_MUTATE_LISTS/said
before=$(cksum $fixture/*)
status=0

wrong() {
	echo "$name: $*"
	cat "$said"
	status=1
}

# try NAME EXIT TESTS [OPTION...]: with the list of equivalent mutants on standard input.
try() {
	name=$1
	want=$2
	cat >"$SCANDRIFT_MUTATE_LISTS/equivalent.txt"
	printf '%s\t%s\n' "$fixture/digits.c" "$3" >"$SCANDRIFT_MUTATE_LISTS/files.txt"
	shift 3
	have=0
	sh tests/mutate/run.sh "$@" >"$said" 2>&1 || have=$?
	[ "$have" = "$want" ] || wrong "exit status: want $want, have $have"
}

says() {
	grep -qxF "$1" "$said" || wrong "no line: $1"
}

try 'a weak test' 1 test_digits_weak <<'EOT'
EOT
sed '$d' "$said" | sort >"$said.have"
sort >"$said.want" <<EOT
survived: $fixture/digits.c:9: while (n > 9) { → while (n >= 9) {
survived: $fixture/digits.c:9: while (n > 9) { → while (n > (9 + 1)) {
survived: $fixture/digits.c:9: while (n > 9) { → while (n > (9 - 1)) {
survived: $fixture/digits.c:10: n = n / 10; → n = n / (10 + 1);
survived: $fixture/digits.c:10: n = n / 10; → n = n / (10 - 1);
EOT
cmp -s "$said.want" "$said.have" || wrong 'other survivors than the five'
says '14 mutants: 9 caught, 5 survived, 0 did not compile'

try 'a good test after it' 0 'test_digits_weak test_digits_strong' <<'EOT'
EOT
says '14 mutants: 14 caught, 0 survived, 0 did not compile'

try 'survivors in the list' 0 test_digits_weak <<EOT
$fixture/digits.c: while (n > 9) { → while (n >= 9) {
	The reason.
$fixture/digits.c: while (n > 9) { → while (n > (9 + 1)) {
	The reason.
$fixture/digits.c: while (n > 9) { → while (n > (9 - 1)) {
	The reason.
$fixture/digits.c: n = n / 10; → n = n / (10 + 1);
	The reason.
$fixture/digits.c: n = n / 10; → n = n / (10 - 1);
	The reason.
EOT
says '14 mutants: 9 caught, 5 survived, 0 did not compile'

try 'survivors in the list, by their lines' 0 test_digits_weak <<EOT
$fixture/digits.c: while (n > 9) { → *
	The reason.
$fixture/digits.c: n = n / 10; → *
	The reason.
EOT
says '14 mutants: 9 caught, 5 survived, 0 did not compile'

try 'a line that a test refutes' 1 test_digits_strong <<EOT
$fixture/digits.c: while (n > 9) { → *
	The reason.
EOT
says "equivalent.txt has a line whose mutants are all caught: $fixture/digits.c: while (n > 9) { → *"

try 'a line of no mutant' 1 test_digits_strong <<EOT
$fixture/digits.c: while (n > 8) { → *
	The reason.
EOT
says "equivalent.txt has a mutant that does not exist: $fixture/digits.c: while (n > 8) { → *"

try 'a row that a test refutes' 1 test_digits_strong <<EOT
$fixture/digits.c: while (n > 9) { → while (n >= 9) {
	The reason.
EOT
says "equivalent.txt has a mutant that is caught: $fixture/digits.c:9: while (n > 9) { → while (n >= 9) {"

try 'a row of no mutant' 1 test_digits_strong <<EOT
$fixture/digits.c: while (n > 8) { → while (n >= 8) {
	The reason.
EOT
says "equivalent.txt has a mutant that does not exist: $fixture/digits.c: while (n > 8) { → while (n >= 8) {"

try 'a row without a reason' 2 test_digits_strong <<EOT
$fixture/digits.c: while (n > 9) { → while (n >= 9) {
EOT

try 'a test that fails anyway' 2 test_digits_wrong <<'EOT'
EOT
says "$fixture/digits.c: its tests fail on the source as it is"

try 'a sample' 0 test_digits_strong --sample 3 <<'EOT'
EOT
says '3 mutants: 3 caught, 0 survived, 0 did not compile'

[ "$before" = "$(cksum $fixture/*)" ] || {
	echo 'the source was changed'
	status=1
}
exit "$status"
