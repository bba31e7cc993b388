# SPDX-License-Identifier: Apache-2.0
#
# Sourced by run.sh: a thousand recorded replies against a thousand baselines in git, policies
# judged, beside git giving out the same blobs and jq reading each of them.

need_replays() {
	[ ! -d "$data/replays" ] || return 0
	rm -rf "$data/replays.new"
	mkdir -p "$data/replays.new/replies" "$data/replays.new/repo/baselines" || exit 1
	"$bin/tests/bench/bench_generate" 11 >"$data/replays.new/reply.json" || exit 1
	"$scandrift" normalize "$data/replays.new/reply.json" >"$data/replays.new/baseline.json" || exit 1
	cp -r policies "$data/replays.new/repo/policies" || exit 1
	for i in $(seq 1000); do
		echo "[target t$i]"
		cp "$data/replays.new/reply.json" "$data/replays.new/replies/t$i.json"
		cp "$data/replays.new/baseline.json" "$data/replays.new/repo/baselines/t$i.json"
	done >"$data/replays.new/repo/baselines/targets.ini"
	git init -q -b main "$data/replays.new/repo" || exit 1
	git -C "$data/replays.new/repo" add -A || exit 1
	git -C "$data/replays.new/repo" -c user.name=T -c user.email=t@example.com \
		commit -q -m agreed || exit 1
	git -C "$data/replays.new/repo" gc -q
	mv "$data/replays.new" "$data/replays"
}

need_replays
cat >"$data/replays/peer.sh" <<'PEER'
cd "$(dirname "$0")/repo" || exit 1
git ls-tree HEAD baselines/ | awk '{ print $3 }' | git cat-file --batch >/dev/null
for file in baselines/*.json; do
	jq .Enable "$file"
done >/dev/null
PEER
"$pair" "$few" cpu 0.05 'check --replay, 1k targets : git, and jq on each' -- \
	"$scandrift" -C "$data/replays/repo" check --replay "$root/$data/replays/replies" -- \
	sh "$data/replays/peer.sh"
