# SPDX-License-Identifier: Apache-2.0
#
# layering.sh [TREE]: includes run one way. Reads TREE/src (TREE: the current
# folder) and fails on an include of a folder that the includer may not know,
# and on a library's header outside the one folder that wraps it.
#
# The table is the only home of the rule. It says for each folder what its files
# may include beside their own; src/*/CMakeLists.txt link the same.

tree=${1:-.}
cd "$tree" || exit 1
files=$(find src -name '*.[ch]' | sort)
[ -n "$files" ] || {
	echo "no sources in $tree/src"
	exit 1
}

printf '%s\n' "$files" | tr '\n' '\0' | xargs -0 awk '
function folders(name, list) { allowed[name] = " " name " " list " " }
function library(pattern, folder) { home[pattern] = folder }

BEGIN {
	folders("base",     "")
	folders("json",     "base")
	folders("ini",      "base")
	folders("crypto",   "base")
	folders("model",    "base json")
	folders("policy",   "base ini json model")
	folders("result",   "base json model policy")
	folders("cloud",    "base json ini crypto")
	folders("repo",     "base")
	folders("report",   "base json model result")
	folders("run",      "base json ini crypto model policy result cloud repo report")
	folders("history",  "base json model policy result repo report run")
	folders("cmd",      "base json model policy result cloud repo report run history")

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
		print FILENAME ":1: folder " folder " has no row in tests/lint/layering.sh"
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
'
