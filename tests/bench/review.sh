# SPDX-License-Identifier: Apache-2.0
#
# Sourced by run.sh: a change of 300 baselines of 10,000, beside git's own count of its lines.

need_change() {
	[ ! -d "$data/change" ] || return 0
	rm -rf "$data/change.new"
	git init -q -b main "$data/change.new" || exit 1
	awk 'function file(name, text) {
			printf "M 100644 inline %s\ndata %d\n%s\n", name, length(text) + 1, text "\n"
		}
		function baseline(i, days) {
			file("baselines/t" i ".json", sprintf("{\n  \"Enable\": true,\n  \"ScanPeriod\": %d,\n  \"ScanTime\": \"03:00:00\"\n}", days))
		}
		BEGIN {
			who = "committer T <t@example.com> 1600000000 +0000\ndata 2\nx\n"
			printf "commit refs/heads/main\n%s\n", who
			for (i = 0; i < 10000; i++) {
				targets = targets "[target t" i "]\n"
				baseline(i, 7)
			}
			file("baselines/targets.ini", targets)
			printf "commit refs/heads/change\n%sfrom refs/heads/main\n", who
			for (i = 0; i < 10000; i += 34)
				if (n++ < 300)
					baseline(i, 1)
		}' | git -C "$data/change.new" fast-import --quiet || exit 1
	mv "$data/change.new" "$data/change"
}

need_change
"$pair" "$runs" wall 3 'review, 300 of 10k baselines : git diff --stat' -- \
	"$scandrift" -C "$data/change" review main..change -- \
	git -C "$data/change" --no-pager diff --stat main change
