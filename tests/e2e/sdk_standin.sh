# SPDX-License-Identifier: Apache-2.0
#
# The stand-in is faithful: the vendor's official SDK calls it as it calls the real API, over
# HTTP and HTTPS, and gets the replies and the error codes that its keys deserve.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/sdk/keys.sh"
need_sdk
sdk_make_accounts
start_standin "$accounts" --scenario "$scenario"

# Keys, under production's name.
sdk_rows http-name https-name >calls
sdk_wanted http-name https-name >want
sdk_calls calls
expect_outcomes want

# The scope that the SDK makes of a loopback endpoint belongs to no product.
sdk_rows http-address https-address http-localhost https-localhost | grep '^good/' >calls
sed 's/ .*/ AuthFailure.InvalidAuthorization/' calls >want
sdk_calls calls
expect_outcomes want

# What else a request can have wrong, and the headers that change nothing.
cat >calls <<'END'
region      https-name AKIDGOOD good-key - region=ap-guangzhou
language    https-name AKIDGOOD good-key - language=en-US
get         https-name AKIDGOOD good-key - method=GET
no-action   https-name AKIDGOOD good-key - action=DescribeNothing
no-version  https-name AKIDGOOD good-key - version=2019-11-01
parameter   https-name AKIDGOOD good-key - body={"Limit":10}
in-query    https-name AKIDGOOD good-key - method=GET body={"Limit":10}
END
cat >want <<'END'
region ok
language ok
get ok
no-action InvalidAction
no-version NoSuchVersion
parameter UnknownParameter
in-query UnknownParameter
END
sdk_calls calls
expect_outcomes want

# The reply is the account's file, in the API's envelope.
echo 'reply http-name AKIDGOOD good-key - show=1' >calls
sdk_calls calls
cut -d ' ' -f 4- "$out" >reply.json
expect_json reply.json '.Enable == true and .ScanType == ["CVE", "VIRUS"] and .Images == null'
expect_json reply.json 'keys == ["Enable", "Id", "Images", "RequestId", "ScanPeriod", "ScanTime", "ScanType"]'

# It is read anew: an edit changes the next reply, a broken file is told as such.
reply='{"Enable": false}'
account AKIDGOOD new-key ''
cat >calls <<'END'
old-key http-name AKIDGOOD good-key - show=1
new-key http-name AKIDGOOD new-key - show=1
END
sdk_calls calls
expect_text out 'old-key AuthFailure.SignatureFailure'
expect_text out '"Enable":false'
echo '{"SecretKey": ' >"$accounts/AKIDGOOD.json"
sdk_calls calls
expect_text out 'new-key InternalError'
account AKIDGOOD good-key ''

# Faults, as the SDK tells them.
cat >"$scenario" <<'END'
# the first two requests of this text of the file, then one each
AKIDGOOD 1-2 error RequestLimitExceeded "Slow down."
AKIDGOOD 3   status 503 ; header "Retry-After: 1"
AKIDGOOD 4   cut 20
AKIDGOOD 5   reset
AKIDGOOD 6   delay 3000
AKIDGOOD 7   no-request-id
AKIDGOOD 8   body reply.html ; type text/html
*        9+  close
END
echo '<html>' >"$SCRATCH/reply.html"
cat >want <<'END'
1 RequestLimitExceeded
2 RequestLimitExceeded
3 http-503
4 transport
5 transport
6 transport
7 ok
8 transport
9 ok
END
# Of a cut reply the SDK awaits the rest until its time is up, as of a late one.
for via in http-name https-name; do
	echo "# $via" >>"$scenario"
	awk -v via="$via" '{ print $1, via, "AKIDGOOD good-key -",
		$1 == 4 || $1 == 6 ? "timeout=1" : "" }' want >calls
	sdk_calls calls
	cut -d ' ' -f 1,2 "$out" >have
	expect_same want have
	expect_line out '7 ok -'
done

# Scopes of loopback endpoints, in the mode that knows them.
rm -r "$accounts"
sdk_make_accounts
start_standin "$accounts" --scenario "$scenario" --sdk-host-quirk
sdk_rows http-name http-address http-localhost https-name https-address https-localhost >calls
sdk_wanted http-name http-address http-localhost https-name https-address https-localhost >want
sdk_calls calls
expect_outcomes want

# Secrets stay out of the log, and it ends when told to.
for log in "$SCRATCH"/standin.*/requests.log; do
	for secret in good-key bad-key new-key temp-key skew-key temp-token bad-token Signature=; do
		expect_no_text "$log" "$secret"
	done
done
kill "$standin_pid"
code=0
wait "$standin_pid" || code=$?
standin_pid=
expect_exit 0
[ ! -e "$SCRATCH/standin.2/standin.env" ] || fail 'standin.env is still there'
