# SPDX-License-Identifier: Apache-2.0
#
# Sourced by run.sh: a history of 10,000 commits over 1,000 files, in which one baseline changes
# 278 times, against what git itself takes to find those commits.

need_history() {
	[ ! -d "$data/history" ] || return 0
	git init -q -b main "$data/history.new" || exit 1
	awk 'function file(name, text) {
			printf "M 100644 inline %s\ndata %d\n%s\n", name, length(text) + 1, text "\n"
		}
		BEGIN {
			for (c = 0; c < 10000; c++) {
				printf "commit refs/heads/main\ncommitter T <t@example.com> %d +0000\n", 1600000000 + c * 3600
				printf "data 6\nnight\n\n"
				for (f = 0; c == 0 && f < 1000; f++)
					file("dir/file" f ".txt", "file " f)
				if (c == 0)
					file("baselines/targets.ini", "[target prod]")
				if (c % 36 == 0)
					file("baselines/prod.json", sprintf("{\"Enable\": true, \"ScanPeriod\": %d, \"ScanTime\": \"03:00:00\", \"ScanType\": [\"CVE\"]}", 1 + c / 36 % 7))
				else
					file("dir/file" c % 1000 ".txt", "file " c)
			}
		}' | git -C "$data/history.new" fast-import --quiet || exit 1
	git -C "$data/history.new" checkout -q main
	mv "$data/history.new" "$data/history"
}

need_history
"$pair" "$runs" wall 0.8 'log, 10k commits, all judged : git log' -- \
	"$scandrift" -C "$data/history" log prod --format json -- \
	git -C "$data/history" log --format=%H -- baselines/prod.json
"$pair" "$runs" wall 0.6 'log, 10k commits, all judged : git log -p' -- \
	"$scandrift" -C "$data/history" log prod --format json -- \
	git -C "$data/history" log -p -- baselines/prod.json
