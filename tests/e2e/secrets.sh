# SPDX-License-Identifier: Apache-2.0
#
# Canary credentials: they are in the environment of every run here, and afterwards in no
# output, log, recording or other file, in no form, and in no process's arguments.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

id=AKIDCANARY00000000000000000000000001
key=Canary0Key0For0Tests0Qx7Zp9Lm
token=Canary0Token0For0Tests0Wv3Rk8Td0Hs5
mkdir kept

product_repo repo prod
account "$id" "$key" "$token" "$common/prod.json"
start_standin "$accounts" --scenario "$scenario"
use_key "$id" "$key" "$token"

# What must be found nowhere: each secret as it is, in hex, and in base64 at each of the
# three places that it may have among other bytes.
forms() {
	printf '%s\n' "$1"
	printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n'
	echo
	printf '%s' "$1" | od -An -v -tx1 | tr -d ' \n' | tr a-f A-F
	echo
	for lead in '' a aa; do
		# The outer characters belong to the neighbours too.
		printf '%s%s' "$lead" "$1" | base64 -w 0 | sed 's/^....//; s/....$//'
		echo
	done
}
{
	forms "$key"
	forms "$token"
	forms "TC3$key"
} >"$SCRATCH/needles"

# kept NAME COMMAND...: a run whose outputs are kept for the search.
keep() {
	keep_name=$1
	shift
	run "$@"
	cp "$out" "kept/$keep_name.out"
	cp "$err" "kept/$keep_name.err"
}

live="--endpoint $HTTPS_URL"
# No word of $live holds a blank.
# shellcheck disable=SC2086
{
	keep check scandrift -C repo check $live --ca-bundle "$CA_FILE" -v
	expect_exit 0
	expect_text err 'tries=1'
	keep check-json scandrift -C repo check $live --ca-bundle "$CA_FILE" -v --format json
	keep record scandrift -C repo check $live --ca-bundle "$CA_FILE" -v --record "$PWD/record"
	expect_exit 0
	keep fetch scandrift -C repo fetch prod $live --ca-bundle "$CA_FILE" -v
	expect_exit 0
	keep raw scandrift -C repo fetch prod $live --ca-bundle "$CA_FILE" -v --raw
	keep request scandrift -C repo fetch prod $live -v --show-request
	expect_exit 0
	expect_text out 'TC3-HMAC-SHA256'
	keep accept scandrift -C repo accept prod $live --ca-bundle "$CA_FILE" -v
	rm -r repo/baselines
	git -C repo commit -q -a -m 'without'
	keep init scandrift -C repo init prod $live --ca-bundle "$CA_FILE" -v
	expect_exit 0
	commit_all repo 'baselines: again'

	# Where something goes wrong, more is said.
	keep no-ca scandrift -C repo check $live -v
	expect_exit 3
	echo '* 1 error AuthFailure.SignatureFailure "No."' >"$scenario"
	keep refused scandrift -C repo check $live --ca-bundle "$CA_FILE" -v --record "$PWD/refused"
	expect_exit 3
	echo '* 1 status 400 ; type "text/html"' >"$scenario"
	keep gateway scandrift -C repo fetch prod $live --ca-bundle "$CA_FILE" -v
	expect_exit 3
	echo '* * reset' >"$scenario"
	keep reset scandrift -C repo check $live --ca-bundle "$CA_FILE" -v
	expect_exit 3
	echo '* 1 status 302 ; header "Location: https://127.0.0.1:1/"' >"$scenario"
	keep redirect scandrift -C repo check $live --ca-bundle "$CA_FILE" -v
	expect_exit 3
	: >"$scenario"
	keep http scandrift -C repo check --endpoint "$HTTP_URL" -v
	expect_exit 0
	keep unknown scandrift -C repo check prud $live -v
	keep option scandrift -C repo check --secret-key
	expect_exit 2
	keep replay scandrift -C repo check --replay "$PWD/record" -v
	expect_exit 0
}
export TENCENTCLOUD_TOKEN="$token	with a tab"
keep tab scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" -v
[ "$code" -ne 0 ] || fail 'a token with a tab was taken'
export TENCENTCLOUD_TOKEN="$token"

# No argument of any process holds one, while a run waits for its reply.
echo '* * delay 3000' >"$scenario"
scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" -v \
	>kept/waiting.out 2>kept/waiting.err &
waiting=$!
for _ in $(seq 100); do
	grep -q asking kept/waiting.err && break
	sleep 0.1
done
expect_text kept/waiting.err 'asking'
kill -0 "$waiting" || fail 'it did not wait'
for pid in "$waiting" $(processes_left); do
	tr '\0' '\n' <"/proc/$pid/cmdline" || :
done >kept/arguments 2>/dev/null
expect_text kept/arguments 'check'
wait "$waiting" || fail 'the run that waited has failed'

# The search itself must find what is there. The SecretId is no secret, but is masked.
cp "$SCRATCH/needles" "$SCRATCH/each"
while read -r form; do
	[ "${#form}" -ge 20 ] || fail "too short to search for: $form"
	printf 'x%sx' "$form" >found
	grep -qaF -f "$SCRATCH/needles" found || fail "would not be found: $form"
done <"$SCRATCH/each"
printf '%s' "$token" | base64 -w 0 >found
grep -qaF -f "$SCRATCH/needles" found || fail 'base64 would not be found'
printf 'a%s:' "$key" | base64 -w 0 >found
grep -qaF -f "$SCRATCH/needles" found || fail 'base64 within more would not be found'
rm found
if grep -rlaF -f "$SCRATCH/needles" "$PWD" "$HOME" "$SCRATCH/standin.1"; then
	fail 'a secret is in these files'
fi
if grep -rlaF "$id" kept record refused; then
	fail 'the whole SecretId is in these files'
fi
expect_text kept/request.out 'AKID****0001'
# What the search went over is what it should be.
[ "$(find kept -type f | wc -l)" -ge 35 ] || fail 'few outputs were kept'
[ -s record/prod.json ] && [ -s record/prod.meta.json ] || fail 'nothing was recorded'
