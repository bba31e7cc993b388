# SPDX-License-Identifier: Apache-2.0
#
# typed.sh [ROOT]: facts travel as values. No code knows a rule by its id, a reason, a
# format or an outcome by its name, or anything by the words of a message. The names
# come from the tables, so a new row counts at once; a table is free to hold its own.

src=${1:-.}/src
scratch=$(mktemp -d "${TMPDIR:-/tmp}/scandrift lint.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT

# names FILE BEGIN: the first text of each row of a table, as one alternative of an
# expression. The table begins with the line that BEGIN fits.
names() {
	sed -n "/$2/,/^}/p" "$src/$1" | grep -oE '(= |\{ ?)"[^"]+"' | cut -d '"' -f 2 \
		>"$scratch/names"
	[ -s "$scratch/names" ] || {
		echo "typed.sh: no names in $src/$1" >&2
		exit 1
	}
	sed 's/[]+*.?<>=!|()[]/\\&/g' "$scratch/names" | paste -sd '|' -
}

classes=$(names result/finding.c ' class_names\[\] = ') || exit 1
reasons=$(names base/reason.c '^} reasons\[\] = ') || exit 1
formats=$(names report/formats.c ' formats\[\] = ') || exit 1
outcomes=$(names result/result.c '^const char \*outcome_name(') || exit 1
operations=$(names policy/operators.c ' operations\[\] = ') || exit 1

compares='(str_is|str_eq_nocase|str_starts|strcmp|strncmp|strcasecmp|strstr|strcasestr|memcmp|memmem|sscanf|fnmatch)[(]'

# Statements, joined over their lines and without comments.
cat >"$scratch/statements" <<'EOF'
FNR == 1 { text = ""; within = 0 }
{
	if (within && !sub(/^.*\*\//, ""))
		next
	gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "")
	within = sub(/\/\*.*/, "")
}
/^[[:space:]]*#/ { next }
{
	if (text == "")
		line = FNR
	sub(/^[[:space:]]+/, "")
	text = text (text == "" ? "" : " ") $0
}
/[;{}]$/ || /^$/ {
	if (text != "")
		print substr(FILENAME, length(ENVIRON["SRC"]) + 2) "\t" line "\t" text
	text = ""
}
EOF
SRC=$src find "$src" -name '*.[ch]' -exec awk -f "$scratch/statements" {} + |
	sort >"$scratch/all"
[ -s "$scratch/all" ] || {
	echo "typed.sh: no statements in $src" >&2
	exit 1
}

# find_in NAME EXPRESSION [FILE...]: statements that the expression fits; in the files
# and folders named it is allowed.
find_in() {
	what=$1
	expression=$2
	shift 2
	EXPRESSION=$expression awk -F '\t' -v what="$what" -v allowed=" $* " '{
		folder = $1
		sub(/[^\/]*$/, "", folder)
		if ($3 ~ ENVIRON["EXPRESSION"] && !index(allowed, " " $1 " ") &&
		    !index(allowed, " " folder " "))
			print "src/" $1 ":" $2 ": " what ": " $3
	}' "$scratch/all" >>"$scratch/found"
}

: >"$scratch/found"
# Which rule a waiver is for is what people write: policy/ resolves it.
find_in 'a rule by its text' "\"($classes)/" result/rules.c policy/policy.c policy/policies.c
find_in 'a reason by its word' "(reason|failure).*\"($reasons)\"" base/reason.c
find_in 'a format by its name' "${compares}.*format.*\"($formats)\"" report/formats.c
find_in 'an outcome by its name' "${compares}.*outcome.*\"($outcomes)\"" result/result.c
find_in 'an operator by its name' "${compares}.*operat.*\"($operations)\"" policy/operators.c
# What libgit2 and git say is known by its words alone.
find_in 'something by the words of a message' \
	"${compares}[^;)]*([>.]msg|[>.]message|err_text|message,)" repo/
[ ! -s "$scratch/found" ] || {
	cat "$scratch/found"
	exit 1
}
