# SPDX-License-Identifier: Apache-2.0
#
# The manual page says all that the program can: every command and option of
# --help with the commands that know it, every exit code, every variable of the
# environment that the sources ask for, and every row of the tables that a user
# meets (formats, severities, keys of targets.ini, rules, operators). And nothing that the
# program does not have.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/docs/cli_table.sh"
need mandoc

page=$SCANDRIFT_SOURCE/src/man/scandrift.1
src=$SCANDRIFT_SOURCE/src
missing=0
lacks() {
	missing=$((missing + 1))
	echo "scandrift.1: $*"
}

# Pages of others may be missing on this machine.
mandoc -T lint -W style "$page" >said 2>&1 || :
grep -v 'mandoc\.db' said >lint || :
[ ! -s lint ] || {
	cat lint
	lacks 'mandoc has something to say about it'
}

cli_table >table
cli_commands >commands
while read -r command; do
	grep -qE "^\.It Cm $command( |$)" "$page" || lacks "no command $command"
done <commands
sed -n 's/^	\[FORMAT_[A-Z]*\] = *{ *"\([a-z]*\)",.*/\1/p' "$src/report/formats.c" >formats
[ -s formats ] || fail 'the formats were not found'
while read -r format; do
	grep -qx "\.It Cm $format" "$page" || lacks "no format $format"
done <formats

# Options: "-x" and "--name" as .It lines have them, then who knows them.
cut -f2 table | sort -u >options
while read -r option; do
	line=$(grep -nE "^\.It (Fl [A-Za-z]( Ar [a-z]+)? , )?Fl -$option( |$)" "$page" | cut -d: -f1)
	[ -n "$line" ] || {
		lacks "no option --$option"
		continue
	}
	letter=$(awk -F '\t' -v o="$option" '$2 == o && $3 != "-" { print $3; exit }' table)
	[ -z "$letter" ] || sed -n "${line}p" "$page" | grep -qE "^\.It Fl $letter( |$)" ||
		lacks "--$option: no -$letter"
	who=$(awk -F '\t' -v o="$option" '$2 == o { print $1 }' table | sort |
		awk '{ printf "%s%s", n++ ? " , " : "", $1 } END { print "" }')
	case $who in
	'- , '*) who= ;;
	esac
	told=$(sed -n "$((line + 1))s/^\.Pq \([a-z ,]*\)$/\1/p" "$page")
	[ "$who" = "$told" ] || lacks "--$option: want .Pq $who, have .Pq $told"
done <options
sed -n 's/^\.It .*Fl -\([a-z-]*\).*/\1/p' "$page" | sort -u >told
comm -13 options told >odd
[ ! -s odd ] || lacks "options that the program does not have: $(tr '\n' ' ' <odd)"

# That of a signal has a row of its own, below.
sed -n 's/^	EXIT_[A-Z_]* = \([0-9]*\).*/\1/p' "$src/result/exit.h" | grep -vx 128 >numbers
[ -s numbers ] || fail 'the exit codes were not found'
while read -r number; do
	grep -qx "\.It $number" "$page" || lacks "no exit code $number"
done <numbers
grep -qx '\.It 128+n' "$page" || lacks 'no exit code 128+n'

# A name with an underscore is a variable wherever it stands as a whole string.
find "$src" -name '*.c' -exec grep -ohE '"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+"|(getenv|io_env)\([^")]*"[A-Z]+"' {} + |
	grep -oE '[A-Z][A-Z0-9_]+' | sort -u >variables
[ "$(wc -l <variables)" -gt 10 ] || fail 'the variables of the sources were not found'
while read -r variable; do
	grep -qE "^\.It Ev (.* )?$variable( |$)" "$page" || lacks "no variable $variable"
done <variables

sed -n 's/^	\[TARGET_KEY_[A-Z_]*\] *= KEY("\([a-z-]*\)".*/\1/p' "$src/policy/targets.c" >keys
[ "$(wc -l <keys)" -gt 5 ] || fail 'the keys of targets.ini were not found'
while read -r key; do
	grep -qE "^\.It Cm (.* )?$key( |$)" "$page" || lacks "no key $key of targets.ini"
done <keys
sed -n 's/^	{ "\([a-z]*\/[a-z-]*\)".*/\1/p' "$src/result/rules.c" >rules
[ "$(wc -l <rules)" -gt 5 ] || fail 'the rules were not found'
while read -r rule; do
	grep -qE "Cm (.* )?$rule( |$)" "$page" || lacks "no rule $rule"
done <rules
sed -n 's/^	\[OPERATION_[A-Z_]*\] *= { "\([^"]*\)", .*/\1/p' "$src/policy/operators.c" >operators
[ "$(wc -l <operators)" -gt 5 ] || fail 'the operators were not found'
while read -r operator; do
	sed -n 's/^\.It Cm //p' "$page" | tr -s ' ,' '\n' | grep -qxF -e "$operator" ||
		lacks "no operator $operator"
done <operators
for severity in info low medium high critical never; do
	grep -qE "^\.(Cm|Pq Cm) .*\b$severity\b" "$page" || lacks "no severity $severity"
done

[ "$missing" -eq 0 ] || fail "$missing things are not as the program has them"
