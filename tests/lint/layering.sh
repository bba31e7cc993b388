# SPDX-License-Identifier: Apache-2.0
#
# layering.sh [TREE]: includes run one way. Reads TREE/src (TREE: the current
# folder) and fails on an include of a folder that the includer may not know,
# and on a library's header outside the one folder that wraps it.
#
# The rule's one home is the table of folders in src/README.md. What a folder links
# in src/FOLDER/CMakeLists.txt must be what its row names, in the same order.

table=$(cd "$(dirname "$0")/../.." && pwd)/src/README.md
tree=${1:-.}
cd "$tree" || exit 1
files=$(find src -name '*.[ch]' | sort)
[ -n "$files" ] || {
	echo "no sources in $tree/src"
	exit 1
}

# "FOLDER: INCLUDES" a line, of the rows that name folders of code.
rows=$(awk -F ' *[|] *' '
	/^[|] folder [|]/ { inside++ }
	inside == 1 && /^$/ { inside++ }
	inside == 1 && $2 ~ /^`(data|man)/ { next }
	inside == 1 && $2 ~ /^`[a-z]+\/`$/ { gsub(/[`\/]/, "", $2); print $2 ":" ($4 == "" ? "" : " " $4) }
' "$table")
status=0
if [ -f src/CMakeLists.txt ]; then
	folders=$(printf '%s\n' "$rows" | cut -d: -f1)
	want=$(printf '%s\n' "$folders" | tr '\n' ' ')
	have=$(sed -n 's/^set(SCANDRIFT_FOLDERS \(.*\)$/\1 /p' src/CMakeLists.txt)
	[ "$want" = "$have" ] || {
		echo "src/CMakeLists.txt has the folders $have, the table in src/README.md $want"
		status=1
	}
	for folder in $have; do
		want=$(printf '%s\n' "$rows" | sed -n "s/^$folder: *//p")
		have=$(sed -n '/^scandrift_library/,/)/p' "src/$folder/CMakeLists.txt" |
			sed -n '/LINKS/,$p' | tr -s ' )\n' '\n' | grep -xF "$folders" | tr '\n' ' ')
		[ "$want" = "${have% }" ] || {
			echo "src/$folder links $have, its row in src/README.md names $want"
			status=1
		}
	done
fi

printf '%s\n' "$files" | tr '\n' '\0' | xargs -0 awk -v rows="$rows" '
function library(pattern, folder) { home[pattern] = folder }

BEGIN {
	n = split(rows, row, "\n")
	for (i = 1; i <= n; i++) {
		split(row[i], part, ": *")
		allowed[part[1]] = " " part[1] " " part[2] " "
	}

	library("^json[.]h$",    "json")
	library("^json-c/",      "json")
	library("^ini[.]h$",     "ini")
	library("^openssl/",     "crypto")
	library("^curl/",        "cloud")
	library("^git2([.]h|/)", "repo")
}

# The folder is the second part of src/FOLDER/FILE.
FNR == 1 {
	split(FILENAME, part, "/")
	folder = part[2]
	if (!(folder in allowed) && !(folder in told)) {
		print FILENAME ":1: folder " folder " has no row in src/README.md"
		told[folder] = 1
		bad = 1
	}
}

/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
	name = $0
	sub(/^[ \t]*#[ \t]*include[ \t]*[<"]/, "", name)
	sub(/[>"].*$/, "", name)

	for (pattern in home)
		if (name ~ pattern && home[pattern] != folder) {
			print FILENAME ":" FNR ": <" name "> belongs to src/" home[pattern] " alone"
			bad = 1
		}

	if ($0 !~ /"/)
		next
	if (name ~ /(^|\/)[.][.]?\//) {
		print FILENAME ":" FNR ": \"" name "\": name it from src/ on"
		bad = 1
		next
	}
	# A name without a folder is a file beside this one.
	if (split(name, part, "/") < 2)
		next
	if (!(part[1] in allowed)) {
		print FILENAME ":" FNR ": \"" name "\": no such folder in the table"
		bad = 1
	} else if ((folder in allowed) && index(allowed[folder], " " part[1] " ") == 0) {
		print FILENAME ":" FNR ": src/" folder " may not include src/" part[1]
		bad = 1
	}
}

END { exit bad }
' || status=1
exit "$status"
