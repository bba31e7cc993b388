# SPDX-License-Identifier: Apache-2.0
#
# Limits that are shared: of the address and of main accounts, by the server's own log. All targets
# are evaluated, few sends are wasted, and what cannot be had names whose limit it was.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

action=DescribeImageRegistryTimingScanTask
mkdir -p repo/baselines "$HOME/.tccli"
new_repo repo
cp "$common/prod.json" repo/baselines/golden.json
printf '[defaults]\nbaseline = baselines/golden.json\ntimeout = 10s\n' >repo/baselines/targets.ini
# 300 callers of six main accounts, fifty of each.
for account in a b c d e f; do
	for i in $(seq -w 50); do
		id=AKID$account$i
		printf '[target %s]\nprofile = %s\n' "$account$i" "$account$i" >>repo/baselines/targets.ini
		printf '{"secretId": "%s", "secretKey": "key-%s"}' "$id" "$id" \
			>"$HOME/.tccli/$account$i.credential"
		printf '{"SecretKey": "key-%s", "Uin": "10000000000%s", "Response": %s}' "$id" \
			"$(printf '%s' "$account" | tr a-f 1-6)" "$(cat "$common/prod.json")" >"$accounts/$id.json"
	done
done
chmod 600 "$HOME"/.tccli/*
commit_all repo 'targets: many'
start_standin "$accounts" --scenario "$scenario"

# check OPTION...: with an empty log. That fifty callers are of one account is medium.
check() {
	: >"$standin_log"
	run_json -C repo check --fail-on high --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now" "$@"
}

sends() {
	grep -c " action=$action " "$standin_log" || :
}

# most FIELD: the most requests with one value of that field in any second.
most() {
	sed -E "s/^[^T]*T([0-9]+):([0-9]+):([0-9.]+)Z.* action=$action.* $1=([^ ]+) .*/\1 \2 \3 \4/;t;d" \
		"$standin_log" | awk '{
			t = $1 * 3600 + $2 * 60 + $3
			n[$4]++
			at[$4, n[$4]] = t
			if (!first[$4])
				first[$4] = 1
			while (t - at[$4, first[$4]] >= 1)
				first[$4]++
			if (n[$4] - first[$4] + 1 > most)
				most = n[$4] - first[$4] + 1
		} END { print most + 0 }'
}

all_evaluated() {
	echo "$1: $(sends) sends, $(most id) of one key in a second"
	expect_exit 0
	expect_json out '.counts.equal == 300 and .counts.incomplete == 0'
	[ "$(sends)" -le 360 ] || fail "$1: $(sends) sends for 300 targets"
	[ "$(grep -c 'LimitExceeded' "$standin_log")" -ge 1 ] || fail "$1: the limit was never met"
	[ "$(most id)" -le 20 ] || fail "$1: sends of one key in a second: $(most id)"
}

# The address, and each main account.
{
	printf '*:%s * limit 50 RequestLimitExceeded.IPLimitExceeded\n' "$action"
	for account in a b c d e f; do
		printf 'AKID%s*:%s * limit 20 RequestLimitExceeded.UinLimitExceeded\n' "$account" "$action"
	done
} >"$scenario"
check
all_evaluated 'six main accounts'
check --jobs 40
all_evaluated 'six main accounts, many jobs'
check --jobs 256
all_evaluated 'six main accounts, as many jobs as there may be'

# One main account for all.
{
	printf '*:%s * limit 50 RequestLimitExceeded.IPLimitExceeded\n' "$action"
	printf '*:%s * limit 20 RequestLimitExceeded.UinLimitExceeded\n' "$action"
} >"$scenario"
check
all_evaluated 'one main account'
check --jobs 256
all_evaluated 'one main account, as many jobs as there may be'

# A limit that others use up for longer than the run may last: the hint names whose it is.
cat >"$scenario" <<'EOT'
AKIDa01 * error RequestLimitExceeded.IPLimitExceeded "Slow down." ; header "Retry-After: 100000"
AKIDa02 * error RequestLimitExceeded.UinLimitExceeded "Slow down." ; header "Retry-After: 100000"
AKIDa03 * error RequestLimitExceeded.GlobalRegionUinLimitExceeded "Slow down." ; header "Retry-After: 100000"
AKIDa04 * error RequestLimitExceeded "Slow down." ; header "Retry-After: 100000"
EOT
check a01 a02 a03 a04 a05 --deadline 30s
expect_exit 3
expect_json out '[.findings[] | select(.rule == "incomplete/rate-limited") | .target + " " + .next]
	| map(capture("^(?<t>a..).*(?<w>address|main account|identity)") | .t + " " + .w) | sort
	== ["a01 address", "a02 main account", "a03 main account", "a04 identity"]'

# A service in trouble: the run's retries are bounded, 100 and one for each five targets.
printf '*:%s * error InternalError "No."\n' "$action" >"$scenario"
check --jobs 40
expect_exit 3
[ "$(sends)" = 460 ] || fail "sends of a run that met nothing but errors: $(sends)"
