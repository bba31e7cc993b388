# SPDX-License-Identifier: Apache-2.0
#
# A night over many accounts: who is throttled, wrong, odd, silent or different is named, the rest
# is clean, and by the server's own log nobody is asked more often than the API allows.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

count=200
# The reply says its own RequestId, so that two runs can be compared byte by byte.
reply() {
	sed '1s/^{/{"RequestId": "00000000-0000-4000-8000-000000000001",/' "$common/prod.json"
}

mkdir -p repo/baselines "$HOME/.tccli"
new_repo repo
cp "$common/prod.json" repo/baselines/golden.json
printf '[defaults]\nbaseline = baselines/golden.json\ntimeout = 10s\n' >repo/baselines/targets.ini
reply >reply.json
for i in $(seq -w "$count"); do
	printf '[target t%s]\nprofile = p%s\n' "$i" "$i" >>repo/baselines/targets.ini
	printf '{"secretId": "AKID%s", "secretKey": "key-%s"}' "$i" "$i" >"$HOME/.tccli/p$i.credential"
	{
		printf '{"SecretKey": "key-%s", "Uin": "1%s", "Response": ' "$i" "$i"
		cat reply.json
		echo '}'
	} >"$accounts/AKID$i.json"
done
chmod 600 "$HOME"/.tccli/*
commit_all repo 'targets: many'
start_standin "$accounts" --scenario "$scenario"
SOURCE_DATE_EPOCH=1795478400
export SOURCE_DATE_EPOCH

# check JOBS [OPTION...]
check() {
	jobs=$1
	shift
	run_json -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now" \
		--jobs "$jobs" "$@"
}

# most SECONDS: the most requests of one action that one key sent within any such window.
most() {
	sed -E 's/^[^T]*T([0-9]+):([0-9]+):([0-9.]+)Z.* action=([^ ]+) id=([^ ]+) .*/\1 \2 \3 \4:\5/' \
		"$standin_log" |
		awk -v window="$1" '{
			t = $1 * 3600 + $2 * 60 + $3
			n[$4]++
			at[$4, n[$4]] = t
			if (!first[$4])
				first[$4] = 1
			while (t - at[$4, first[$4]] >= window)
				first[$4]++
			if (n[$4] - first[$4] + 1 > most)
				most = n[$4] - first[$4] + 1
		} END { print most + 0 }'
}

# calls ACTION: how often the server was asked for it.
calls() {
	grep -c " action=$1 " "$standin_log" || :
}

# Whatever the number of jobs, the same bytes. Each key is asked whose it is.
check 40
expect_exit 0
[ "$(calls GetCallerIdentity)" = 200 ] || fail 'not each key was asked whose it is'
expect_json out '.counts.equal == 200'
cp "$out" jobs40.json
check 1
expect_exit 0
expect_same jobs40.json "$out"

# The night.
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$accounts/AKID150.json"
sed -i 's/"key-110"/"key-another"/' "$accounts/AKID110.json"
cat >"$scenario" <<'EOT'
AKID100:DescribeImageRegistryTimingScanTask 1-2 error RequestLimitExceeded "Slow down."
AKID120  *    status 200 ; type "text/html" ; body page.html
AKID130  *    delay 20000
EOT
printf '<html>Sign in to the hotel network</html>' >"$SCRATCH/page.html"
began=$(date +%s)
check 40 --timeout 1s --deadline 60s
took=$(($(date +%s) - began))
expect_exit 1
expect_json out '.counts | [.equal, .drifted, .incomplete] == [196, 1, 3]'
expect_json out '[.findings[] | select(.rule != "target/unpinned" and .rule != "liveness/unknown") | .rule + " " + .target] | sort ==
	["drift/ScanPeriod t150", "incomplete/bad-reply t120", "incomplete/credentials t110",
	"incomplete/timeout t130"]'
[ "$took" -le 60 ] || fail "the night took $took s"
[ "$(grep -c ' id=AKID100 .*RequestLimitExceeded' "$standin_log")" = 2 ] || fail 'not throttled twice'
[ "$(most 1)" -le 20 ] || fail "requests of one key in a second: $(most 1)"

# One key for all: it has to wait for itself.
for i in $(seq -w "$count"); do
	[ "$i" -gt 70 ] || printf '[target s%s]\n' "$i"
done >shared.ini
printf '[defaults]\nbaseline = baselines/golden.json\n' | cat - shared.ini >repo/baselines/targets.ini
commit_all repo 'targets: one key for all'
: >"$scenario"
use_key AKID001 key-001
: >"$standin_log"
check 40
expect_exit 0
expect_json out '.counts.equal == 70'
[ "$(calls DescribeImageRegistryTimingScanTask)" = 70 ] || fail 'not one request a target'
[ "$(calls GetCallerIdentity)" = 1 ] || fail 'the account of the one key was not asked for once'
expect_json out '[.targets[].account] | unique == ["1001"]'
[ "$(most 1)" -le 20 ] || fail "requests of one key in a second: $(most 1)"

# A run that is over before all was asked for is incomplete, and says so.
check 40 --deadline 1500ms
expect_exit 3
expect_json out '.counts.equal >= 20 and .counts.incomplete >= 10'
expect_json out '[.findings[] | select(.class == "incomplete") | .rule] | unique == ["incomplete/deadline"]'

# Ended by a signal: what was judged is reported, the rest is incomplete.
interrupt() {
	# Another text, so that the counts begin anew.
	printf '# %s\n*:DescribeImageRegistryTimingScanTask 25+ delay 20000\n' "$1" >"$scenario"
	: >"$standin_log"
	env --default-signal="$1" "$SCANDRIFT" -C repo check --endpoint "$HTTPS_URL" \
		--ca-bundle "$CA_FILE" --now "$now" --jobs 40 --format json >"$out" 2>"$err" &
	pid=$!
	for _ in $(seq 100); do
		[ "$(calls DescribeImageRegistryTimingScanTask)" -lt 24 ] || break
		sleep 0.1
	done
	sleep 0.5
	kill -s "$1" "$pid"
	code=0
	wait "$pid" || code=$?
	expect_exit "$2"
	expect_json out ".exit_code == $2 and .incomplete and .counts.equal == 24"
	expect_json out '[.findings[] | select(.class == "incomplete") | .rule] | unique ==
		["incomplete/interrupted"]'
	expect_valid_result out
}
interrupt INT 130
interrupt TERM 143
# A comparison that waits is no wrong use of the command line, either.
for signal in 'INT 130' 'TERM 143'; do
	printf '# diff %s\n* * delay 20000\n' "$signal" >"$scenario"
	run timeout --preserve-status -s "${signal% *}" 2 "$SCANDRIFT" -C repo diff \
		--endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" live:s001 HEAD:baselines/golden.json
	expect_exit "${signal#* }"
	expect_empty out
	expect_text err 'interrupted'
done
