# SPDX-License-Identifier: Apache-2.0
#
# Canary credentials: they are in the environment of every run here, and afterwards in no
# output, log, recording or other file, in no form, and in no process's arguments.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

id=AKIDCANARY00000000000000000000000001
key=Canary0Key0For0Tests0Qx7Zp9Lm
token=Canary0Token0For0Tests0Wv3Rk8Td0Hs5
# Of a role that is assumed, of a file, and of a pod.
role_key=Canary0Role0Key0For0Tests0Bn4Jc6Ye
role_token=Canary0Role0Token0For0Tests0Gf2Xs9
file_key=Canary0File0Key0For0Tests0Mp5Uw1Oi
web_token=Canary0Web0Identity0For0Tests0Ka8.Lz3.Vb7
mkdir kept

product_repo repo prod
account "$id" "$key" "$token" "$common/prod.json"
printf '{"SecretKey": "%s", "Token": "%s", "WebIdentityToken": "%s", "Uin": "100000000001",\n "Response": %s}\n' \
	"$role_key" "$role_token" "$web_token" "$(cat "$common/prod.json")" >"$accounts/ROLE-auditor.json"
account AKIDFILE "$file_key" '' "$common/prod.json"
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
	forms "$role_key"
	forms "$role_token"
	forms "$file_key"
	forms "$web_token"
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
	echo '*:DescribeImageRegistryTimingScanTask 1 error AuthFailure.SignatureFailure "No."' >"$scenario"
	keep refused scandrift -C repo check $live --ca-bundle "$CA_FILE" -v --record "$PWD/refused"
	expect_exit 3
	echo '*:DescribeImageRegistryTimingScanTask 1 status 400 ; type "text/html"' >"$scenario"
	keep gateway scandrift -C repo fetch prod $live --ca-bundle "$CA_FILE" -v
	expect_exit 3
	echo '* * reset' >"$scenario"
	keep reset scandrift -C repo check $live --ca-bundle "$CA_FILE" -v
	expect_exit 3
	echo '*:DescribeImageRegistryTimingScanTask 1 status 302 ; header "Location: https://127.0.0.1:1/"' >"$scenario"
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

# Credentials that are exchanged, in each way: what is had is told of no more than what was given.
cp -R repo roles
cat >roles/baselines/targets.ini <<'EOT'
[target assumed]
role-arn = qcs::cam::uin/100000000001:roleName/auditor
baseline = baselines/prod.json
[target pinned]
uin = 100000000001
baseline = baselines/prod.json
[target filed]
profile = filed
uin = 100000000001
baseline = baselines/prod.json
EOT
commit_all roles 'targets: of roles and files'
mkdir -p "$HOME/.tccli"
printf '{"secretId": "AKIDFILE", "secretKey": "%s"}' "$file_key" >"$SCRATCH/filed.credential"
ln -s "$SCRATCH/filed.credential" "$HOME/.tccli/filed.credential"
chmod 600 "$SCRATCH/filed.credential"
roles() {
	keep_as=$1
	shift
	# They are of one account, which is a finding of medium severity.
	keep "$keep_as" scandrift -C roles check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" \
		--fail-on high -v --format json --record "$PWD/record-$keep_as" "$@"
}
roles roles
expect_exit 0
expect_text out 'target/same-account'
expect_json out '.counts.equal == 3'
expect_text err 'what=AssumeRole'
echo 'ROLE-auditor * error AuthFailure.TokenFailure "Expired."' >"$scenario"
roles roles-refused
expect_exit 3
: >"$scenario"
keep explained scandrift -C roles fetch assumed --explain-credentials -v --endpoint "$HTTPS_URL" \
	--ca-bundle "$CA_FILE"
expect_exit 0
keep explained-file scandrift -C roles fetch filed --explain-credentials -v \
	--endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE"
expect_exit 0
# Sources that are broken, each in another way: none of them is shown, none passed over.
broken() {
	keep "broken-$1" env -u TENCENTCLOUD_SECRET_ID -u TENCENTCLOUD_SECRET_KEY -u TENCENTCLOUD_TOKEN \
		TENCENTCLOUD_CREDENTIALS_FILE="$SCRATCH/broken" "$SCANDRIFT" -C roles fetch pinned \
		--explain-credentials -v --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE"
	expect_exit 2
	expect_text out "$2"
}
pair="secret_id = AKIDFILE\nsecret_key = $file_key\n"
while IFS='|' read -r name want form; do
	# The form is a format: that is how a byte is written here.
	# shellcheck disable=SC2059
	printf "$form" >"$SCRATCH/broken"
	chmod 600 "$SCRATCH/broken"
	broken "$name" "$want"
done <<EOT
mark|broken:1: a byte order mark|\357\273\277[default]\n$pair
headless|broken:1: no section|$pair
quoted|broken:3: secret_key: quotes|[default]\nsecret_id = AKIDFILE\nsecret_key = "$file_key"\n
continued|broken:4: an indented line|[default]\n$pair $file_key\n
bare|broken:2: expected key|[default]\n$file_key\n
wide|broken:2: a NUL byte|[default]\n$file_key\000\n
EOT
rm "$SCRATCH/broken"
keep quoted env TENCENTCLOUD_SECRET_KEY="'$key'" "$SCANDRIFT" -C repo check \
	--endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" -v
expect_exit 2
expect_text err 'TENCENTCLOUD_SECRET_KEY: quotes around the value'
printf '%s' "$web_token" >"$SCRATCH/web-token"
chmod 600 "$SCRATCH/web-token"
pod() {
	env -u TENCENTCLOUD_SECRET_ID -u TENCENTCLOUD_SECRET_KEY -u TENCENTCLOUD_TOKEN \
		TKE_REGION=ap-guangzhou TKE_PROVIDER_ID=provider \
		TKE_WEB_IDENTITY_TOKEN_FILE="$SCRATCH/web-token" \
		TKE_ROLE_ARN=qcs::cam::uin/100000000001:roleName/auditor "$@"
}
keep pod pod "$SCANDRIFT" -C roles check pinned --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" \
	-v --record "$PWD/record-pod"
expect_exit 0
expect_text err 'what=AssumeRoleWithWebIdentity'
# A server that sends back what it was sent.
echo '*:DescribeImageRegistryTimingScanTask 1 error InvalidParameter "Not this."' >"$scenario"
keep pod-refused pod "$SCANDRIFT" -C roles fetch pinned --endpoint "$HTTPS_URL" \
	--ca-bundle "$CA_FILE" -v
expect_exit 3
: >"$scenario"

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
# Nor can a core be made of it. That it is closed to others, tests/unit/test_harden.c shows to root too.
grep -q '^Max core file size  *0  *0 ' "/proc/$waiting/limits" || fail 'it may leave a core file'
wait "$waiting" || fail 'the run that waited has failed'

# A crash leaves nothing, whatever the shell allows. core_pattern may name a pipe; that one asks
# whether the process may be dumped, which is what another of its user is asked for as well.
echo '* * delay 3001' >"$scenario"
mkdir crash
(
	cd crash
	ulimit -c unlimited 2>/dev/null || :
	exec "$SCANDRIFT" -C ../repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" -v 2>../crash.err
) &
crash=$!
for _ in $(seq 100); do
	grep -q asking crash.err 2>/dev/null && break
	sleep 0.1
done
if [ "$(id -u)" -ne 0 ]; then
	! cat "/proc/$crash/environ" >kept/environ 2>/dev/null || fail 'its environment can be read'
fi
kill -s SEGV "$crash"
code=0
wait "$crash" 2>/dev/null || code=$?
[ "$code" -ge 128 ] || [ "$code" -eq 1 ] || fail "it did not crash: $code"
[ -z "$(ls crash)" ] || fail "a core file: $(ls crash)"
: >"$scenario"

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
if grep -rlaF "$id" kept record refused record-*; then
	fail 'the whole SecretId is in these files'
fi
expect_text kept/request.out 'AKID****0001'
# What the search went over is what it should be.
[ "$(find kept -type f | wc -l)" -ge 50 ] || fail 'few outputs were kept'
for file in record/prod record-roles/assumed record-pod/pinned; do
	[ -s "$file.json" ] && [ -s "$file.meta.json" ] || fail "not recorded: $file"
done
