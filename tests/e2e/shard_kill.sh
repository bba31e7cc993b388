# SPDX-License-Identifier: Apache-2.0
#
# Many targets in four shards, one of which is killed half-way and gets no chance to say so: the job
# that judges the recordings names exactly what was lost, commits nothing of it, and is whole once
# that shard has run again.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

count=400
[ -z "$SCANDRIFT_LONG" ] || count=10000
killed=3

# Shard K has every fourth target, from the K-th on. The killed one hangs at its second half: more of
# those never answer than it has jobs.
names() {
	awk -v n="$count" 'BEGIN { for (i = 1; i <= n; i++) printf "t%05d\n", i }'
}
names | awk -v k="$killed" 'NR % 4 == k % 4' >of_killed
awk -v half="$((count / 8))" 'NR > half' of_killed >want_lost
head -n 40 want_lost | sed 's/t\(.*\)/AKID\1 * delay 600000/' >hang

mkdir -p repo/baselines "$HOME/.tccli"
new_repo repo
cp "$common/prod.json" repo/baselines/golden.json
{
	printf '[defaults]\nbaseline = baselines/golden.json\ntimeout = 60s\n'
	names | sed 's/t\(.*\)/[target t\1]\nprofile = p\1/'
} >repo/baselines/targets.ini
commit_all repo 'targets: many'
names | sed 's/t//' | awk -v home="$HOME" -v accounts="$accounts" -v reply="$common/prod.json" '
	BEGIN { while ((getline line <reply) > 0) config = config line "\n" }
	{
		file = home "/.tccli/p" $0 ".credential"
		printf "{\"secretId\": \"AKID%s\", \"secretKey\": \"key-%s\"}", $0, $0 >file
		close(file)
		file = accounts "/AKID" $0 ".json"
		printf "{\"SecretKey\": \"key-%s\", \"Uin\": \"1%s\", \"Response\": %s}\n", $0, $0, config >file
		close(file)
	}'
find "$HOME/.tccli" -type f -exec chmod 600 {} +
# One in each half of the killed shard is not as it was agreed.
drifted=$(sed -n 2p of_killed)
lost_drift=$(tail -n 1 of_killed)
for target in "$drifted" "$lost_drift"; do
	sed -i 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$accounts/AKID${target#t}.json"
done

shard() {
	scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now" \
		--shard "$1/4" --record "$PWD/record" --jobs 16 --format json
}
merge() {
	run_json -C repo check --replay "$PWD/record" --now "$now" --commit
}
recorded() {
	find record -name '*.meta.json' 2>/dev/null | wc -l
}

cp hang "$scenario"
start_standin "$accounts" --scenario "$scenario"
for k in 1 2 4; do
	run shard "$k"
	expect_exit 0
	jq -r '.targets[].name' "$out" >>others
done
before=$(recorded)

# Its first half comes, then it waits for what never answers.
shard "$killed" >killed.out 2>killed.err &
pid=$!
half=$((count / 8))
for _ in $(seq 3000); do
	[ "$(($(recorded) - before))" -lt "$half" ] || break
	sleep 0.1
done
child=$(ps -o pid= --ppid "$pid" | tr -d ' ')
kill -s KILL "${child:-$pid}"
code=0
wait "$pid" || code=$?
expect_exit 137
[ ! -s killed.out ] || fail 'it said something'

# Every target is in the result once; those without a recording are named, and only those.
while read -r target; do
	[ -f "record/$target.meta.json" ] || echo "$target"
done <of_killed >lost
expect_same want_lost lost
merge
jq -r '.targets[].name' "$out" >have
names >want
expect_same want have
jq -r '.findings[] | select(.class == "incomplete") | .rule + " " + .target' "$out" | sort >have
sed 's,^,incomplete/no-reply ,' lost >want
expect_same want have
jq -r '.targets[] | select(.outcome == "incomplete") | .name' "$out" >have
expect_same lost have
# What drifted outranks what is missing; both are told.
expect_exit 1
expect_json out ".incomplete and .counts.drifted == 1 and .counts.incomplete == $(wc -l <lost)"
git -C repo ls-tree --name-only -r scandrift/observed | sed -n 's,^baselines/\(t.*\)[.]json$,\1,p' >have
# The first sight of a target is always kept, and of what was lost there was none.
names | grep -vxF -f lost >want
expect_same want have
git -C repo log -1 --format=%B scandrift/observed >message
while read -r target; do
	expect_no_text message "$target"
done <lost

# Without that drift the same is incomplete, never a pass.
cp -R record undrifted
rm "undrifted/$drifted".*
cp "record/$(sed -n 1p of_killed).json" "undrifted/$drifted.json"
run_json -C repo check --replay "$PWD/undrifted" --now "$now"
expect_exit 3

# That shard once more, and nothing is missing.
: >"$scenario"
run shard "$killed"
expect_exit 1
merge
expect_exit 1
expect_json out '.incomplete == false and .counts.drifted == 2 and .counts.incomplete == 0'
git -C repo ls-tree --name-only -r scandrift/observed | sed -n 's,^baselines/\(t.*\)[.]json$,\1,p' >have
names >want
expect_same want have
