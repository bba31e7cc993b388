# SPDX-License-Identifier: Apache-2.0
#
# Our client and the vendor's SDK, at one server with the same keys: the same outcomes, and
# every one of ours with the code and the RequestId that the server gave.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/sdk/keys.sh"
need_sdk
sdk_make_accounts
start_standin "$accounts" --scenario "$scenario" --sdk-host-quirk

mkdir -p repo
new_repo repo
mkdir -p repo/baselines
printf '[target prod]\n' >repo/baselines/targets.ini
commit_all repo 'targets: one account'

# fetch_with URL SECRETID KEY TOKEN [OPTION...]
fetch_with() {
	url=$1
	id=$2
	key=$3
	token=$4
	shift 4
	set -- "$SCANDRIFT" -C repo fetch prod --endpoint "$url" --ca-bundle "$CA_FILE" "$@"
	[ "$token" = - ] || set -- "TENCENTCLOUD_TOKEN=$token" "$@"
	run env TENCENTCLOUD_SECRET_ID="$id" TENCENTCLOUD_SECRET_KEY="$key" "$@"
}

# The outcome of what has just run, in call.js's words.
our_outcome() {
	case $code in
	0) echo ok ;;
	3) grep -oE '(AuthFailure|InternalError|RequestLimitExceeded)[.A-Za-z]*' "$err" | head -n 1 ;;
	*) echo "exit-$code" ;;
	esac
}

for scheme in http https; do
	case $scheme in
	http) url=$HTTP_URL ;;
	https) url=$HTTPS_URL ;;
	esac
	sdk_rows "$scheme-name" "$scheme-address" >calls
	sdk_calls calls
	cp "$out" sdk.said
	echo "$key_table" | grep . >keys
	while read -r name id key token _ <&3; do
		fetch_with "$url" "$id" "$key" "$token"
		ours=$(our_outcome)
		for how in name address; do
			theirs=$(awk -v name="$name/$scheme-$how" '$1 == name { print $2 }' sdk.said)
			[ "$ours" = "$theirs" ] ||
				fail "$name over $scheme: ours is ${ours:-unknown}, the SDK's by $how $theirs"
		done
		if [ "$code" -ne 0 ]; then
			expect_empty out
			request=$(sed -n 's/.* action=Describe.* request=\([^ ]*\).*/\1/p' "$standin_log" | tail -n 1)
			expect_text err "$request"
		fi
	done 3<keys
done

# Not even a digit is lost on the way, which the SDK cannot say of itself.
fetch_with "$HTTPS_URL" AKIDGOOD good-key -
expect_exit 0
expect_text out 18446744073709551615
expect_text out 9007199254740993

# What the server sent is what --raw prints.
fetch_with "$HTTPS_URL" AKIDGOOD good-key - --raw
expect_exit 0
request=$(sed -n 's/.* action=Describe.* request=\([^ ]*\).*/\1/p' "$standin_log" | tail -n 1)
printf '{"Response":{"RequestId":"%s",%s}' "$request" "${reply#?}" >want.raw
expect_same want.raw "$out"

# A clock that the server's Date can correct costs one more try, signed anew.
account AKIDLATE late-key ''
echo 'AKIDLATE * clock-skew 400' >>"$scenario"
fetch_with "$HTTPS_URL" AKIDLATE late-key -
expect_exit 0
grep 'action=Describe.* id=AKIDLATE' "$standin_log" | sed 's/.* outcome=\([^ ]*\).*/\1/' >have
printf 'AuthFailure.SignatureExpire\nok\n' >want
expect_same want have
