# SPDX-License-Identifier: Apache-2.0
#
# sizes.sh [TREE]: a folder that grows without an end holds more than one thing. In
# TREE/src (TREE: the current folder) no folder may have more than 17 % of all lines of
# *.c and *.h, and the command line no more than 3,500 of them.

part_max=17
cmd_max=3500

tree=${1:-.}
cd "$tree" || exit 1
find src -name '*.[ch]' -exec awk '
	FNR == 1 { split(FILENAME, part, "/"); folder = part[2] }
	{ lines[folder]++ }
	END { for (folder in lines) print folder, lines[folder] }
' {} + | sort | awk -v part_max="$part_max" -v cmd_max="$cmd_max" '
	{ lines[$1] += $2; all += $2 }
	END {
		if (!all) {
			print "no sources in src/"
			exit 1
		}
		for (folder in lines) {
			if (lines[folder] * 100 > part_max * all) {
				printf "src/%s: %d of %d lines are %.1f %%, at most %d %%\n", folder,
					lines[folder], all, lines[folder] * 100 / all, part_max
				bad = 1
			}
		}
		if (lines["cmd"] > cmd_max) {
			printf "src/cmd: %d lines, at most %d\n", lines["cmd"], cmd_max
			bad = 1
		}
		exit bad
	}
'
