# SPDX-License-Identifier: Apache-2.0
#
# Sourced by the sdk_*.sh tests: the accounts that they share, and how the SDK is called.

accounts=$SCRATCH/accounts
scenario=$SCRATCH/scenario

# The key of the skewed account is good: the scenario moves the clock for it alone. The Date
# header stays right, so that no client can learn the difference from it.
sdk_make_accounts() {
	mkdir "$accounts"
	reply='{"Enable": true, "ScanTime": "03:00:00", "ScanPeriod": 1, "ScanType": ["CVE", "VIRUS"],
	  "Images": null, "Id": [9007199254740993, 18446744073709551615]}'
	account AKIDGOOD good-key ''
	account AKIDTEMP temp-key temp-token
	account AKIDSKEW skew-key ''
	echo 'AKIDSKEW * clock-skew 400 ; date-skew -400' >"$scenario"
}

# account ID KEY TOKEN: a file of the accounts folder.
account() {
	{
		printf '{"SecretKey": "%s", "Uin": "100000000001",\n' "$2"
		[ -z "$3" ] || printf ' "Token": "%s",\n' "$3"
		printf ' "Response": %s}\n' "$reply"
	} >"$accounts/$1.json"
}

# NAME SECRETID KEY TOKEN OUTCOME: what any faithful client gets, however it connects.
key_table='
good        AKIDGOOD  good-key   -           ok
temporary   AKIDTEMP  temp-key   temp-token  ok
wrong-key   AKIDGOOD  bad-key    -           AuthFailure.SignatureFailure
unknown-id  AKIDNONE  good-key   -           AuthFailure.SecretIdNotFound
wrong-token AKIDTEMP  temp-key   bad-token   AuthFailure.TokenFailure
no-token    AKIDTEMP  temp-key   -           AuthFailure.TokenFailure
extra-token AKIDGOOD  good-key   temp-token  AuthFailure.TokenFailure
skewed      AKIDSKEW  skew-key   -           AuthFailure.SignatureExpire
'

# sdk_rows VIA...: a call for each key and each way; sdk_wanted: what call.js should say of them.
sdk_rows() {
	for via in "$@"; do
		echo "$key_table" | awk -v via="$via" 'NF { print $1 "/" via, via, $2, $3, $4 }'
	done
}

sdk_wanted() {
	for via in "$@"; do
		echo "$key_table" | awk -v via="$via" 'NF { print $1 "/" via, $5 }'
	done
}

# sdk_calls FILE: the SDK makes the calls of FILE; $out has its answers.
sdk_calls() {
	run_stdin "$1" env NODE_PATH="$SCANDRIFT_NPM/node_modules" \
		node "$SCANDRIFT_SOURCE/tests/e2e/sdk/call.js"
	expect_exit 0
}

# expect_outcomes WANTED: names and outcomes in $out are those of the file WANTED, and all
# answers of the API have a RequestId of their own, which the server has logged.
expect_outcomes() {
	cut -d ' ' -f 1,2 "$out" >have
	expect_same "$1" have
	awk '$2 !~ /^(transport|http-)/ { print $3 }' "$out" | sort >ids
	[ -z "$(uniq -d ids)" ] || fail 'a RequestId came twice'
	while read -r id; do
		echo "$id" | grep -qE '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' ||
			fail "not a RequestId: $id"
		expect_text "$standin_log" "request=$id"
	done <ids
}

need_sdk() {
	need node
	[ -d "$SCANDRIFT_NPM/node_modules/tencentcloud-sdk-nodejs-common" ] ||
		skip "no SDK in $SCANDRIFT_NPM"
}
