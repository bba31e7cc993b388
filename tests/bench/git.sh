# SPDX-License-Identifier: Apache-2.0
#
# Sourced by run.sh.
#
# A history of 10,000 commits over 1,000 files, in which one baseline changes 278 times, against
# what git itself takes to find those commits; 1,000 targets that changed, of 10,000 that are
# recorded, against git's own way of committing as many files.

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

# 10,000 targets, as they are recorded, and two states of 1,000 of them to go to and fro between.
need_nights() {
	[ ! -d "$data/nights" ] || return 0
	rm -rf "$data/nights.new"
	mkdir -p "$data/nights.new/all" "$data/nights.new/0" "$data/nights.new/1" || exit 1
	awk -v dir="$data/nights.new" 'function reply(to, i, day,   file) {
			file = dir "/" to "/t" i ".json"
			printf "{\"Response\": {\"RequestId\": \"r\", \"Enable\": true, \"ScanPeriod\": %d, \"ScanTime\": \"0%d:%02d:%02d\", \"ScanType\": [\"CVE\", \"RISK\", \"VIRUS\"]}}\n", day, i / 3600, i / 60 % 60, i % 60 >file
			close(file)
		}
		BEGIN {
			for (i = 0; i < 10000; i++) {
				print "[target t" i "]" >(dir "/targets.ini")
				reply("all", i, 1)
				if (i % 10 == 0) {
					reply("0", i, 2)
					reply("1", i, 3)
				}
			}
		}' || exit 1
	git init -q -b main "$data/nights.new/repo" || exit 1
	git -C "$data/nights.new/repo" config user.name T
	git -C "$data/nights.new/repo" config user.email t@example.com
	git -C "$data/nights.new/repo" config commit.gpgSign false
	git -C "$data/nights.new/repo" config gc.auto 0
	mkdir "$data/nights.new/repo/baselines"
	cp "$data/nights.new/targets.ini" "$data/nights.new/repo/baselines/targets.ini"
	git -C "$data/nights.new/repo" add -A || exit 1
	git -C "$data/nights.new/repo" commit -q -m targets || exit 1
	"$scandrift" -C "$data/nights.new/repo" check --commit -q \
		--replay "$root/$data/nights.new/all" >/dev/null
	git -C "$data/nights.new/repo" gc -q
	# The peer has the same files on its own branch, checked out.
	git -C "$data/nights.new/repo" worktree add -q "$root/$data/nights.new/peer" -b peer \
		scandrift/observed || exit 1
	# As the program writes them, which is what both sides commit.
	for night in 0 1; do
		"$scandrift" -C "$data/nights.new/repo" check --commit=files$night -q \
			--replay "$root/$data/nights.new/$night" >/dev/null
		mkdir "$data/nights.new/files$night"
		git -C "$data/nights.new/repo" archive files$night baselines |
			tar -xf - -C "$data/nights.new/files$night" --strip-components 1 || exit 1
	done
	mv "$data/nights.new" "$data/nights"
	git -C "$data/nights/repo" worktree repair "$root/$data/nights/peer" >/dev/null 2>&1
}

need_nights
cat >"$data/nights/record.sh" <<'RECORD'
cd "$(dirname "$0")" || exit 1
# shellcheck disable=SC2046 # a list of names
exec "$scandrift" -C repo check $(cat names) --commit -q --replay "$PWD/now"
RECORD
cat >"$data/nights/peer.sh" <<'PEER'
cd "$(dirname "$0")/peer" || exit 1
# shellcheck disable=SC2086 # options
git $options add -A && git $options commit -q -m night
PEER
cat >"$data/nights/turn.sh" <<'TURN'
cd "$(dirname "$0")" || exit 1
night=$(($(cat "night.$1" 2>/dev/null || echo 1) ^ 1))
echo $night >"night.$1"
case $1 in
ours) rm -f now && ln -s $night now ;;
peer) cp files$night/* peer/baselines/ ;;
esac
sync -f .
TURN
(cd "$data/nights/0" && printf '%s\n' * | sed 's/\.json//') >"$data/nights/names"
scandrift=$root/$scandrift
BEFORE_A="sh $data/nights/turn.sh ours" BEFORE_B="sh $data/nights/turn.sh peer"
options=
export scandrift options BEFORE_A BEFORE_B
"$pair" "$few" wall 0.3 'check --commit, 1k of 10k : git add, commit' -- \
	sh "$data/nights/record.sh" -- sh "$data/nights/peer.sh"
options='-c core.fsync=all -c core.fsyncMethod=fsync'
"$pair" "$few" wall 0.2 'check --commit, 1k of 10k : the same, synced' -- \
	sh "$data/nights/record.sh" -- sh "$data/nights/peer.sh"
unset BEFORE_A BEFORE_B
scandrift=$bin/scandrift
