# SPDX-License-Identifier: Apache-2.0
#
# A network that lies: each reply of the table ends as told, in time, and never as a verdict. The
# servers are rows of tests/standin/hostile.c under the same names.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
. "$SCANDRIFT_SOURCE/tests/lib/hostile.sh"
# NAME  SCHEME://HOST  what it ends as; "equal" is exit 0, all others 3  requests that the server sees.
# Where it depends on which side is faster, several.
table='
01-wrong-host         https://127.0.0.1  certificate  0
02-expired            https://127.0.0.1  certificate  0
03-not-yet-valid      https://127.0.0.1  certificate  0
04-self-signed        https://127.0.0.1  certificate  0
05-unknown-ca         https://127.0.0.1  certificate  0
06-right-ca           https://127.0.0.1  equal        1
07-old-tls            https://127.0.0.1  tls          0
08-name-in-cn         https://localhost  certificate  0
09-small-key          https://127.0.0.1  certificate  0
10-closed-handshake   https://127.0.0.1  tls          0
11-no-close-notify    https://127.0.0.1  bad-reply|truncated 1|3
12-renegotiation      https://127.0.0.1  equal        1
13-plain-on-tls       https://127.0.0.1  tls          0
14-refused            http://127.0.0.1   connect      0
15-no-answer          http://127.0.0.1   timeout      3
16-byte-a-second      http://127.0.0.1   timeout      3
17-reset-in-body      http://127.0.0.1   truncated    3
18-closed-after-head  http://127.0.0.1   truncated    3
19-first-address-dead http://localhost   equal        1
20-stale-connection   http://127.0.0.1   equal        2
21-redirect           http://127.0.0.1   http-status  1
22-redirect-http      https://127.0.0.1  http-status  1
23-redirect-loop      http://127.0.0.1   http-status  1
24-401                http://127.0.0.1   http-status  1
24-403                http://127.0.0.1   http-status  1
25-429                http://127.0.0.1   http-status  3
25-503                http://127.0.0.1   http-status  3
25-retry-after-long   http://127.0.0.1   http-status  1
26-500-then-good      http://127.0.0.1   equal        2
29-chunked-garbage    http://127.0.0.1   truncated    3
30-length-too-long    http://127.0.0.1   truncated    3
31-length-too-short   http://127.0.0.1   bad-reply    1
32-two-lengths        http://127.0.0.1   http         1
33-long-header        http://127.0.0.1   too-large    1
33-many-headers       http://127.0.0.1   too-large    1
34-large-body         http://127.0.0.1   too-large    1
35-gzip-bomb          http://127.0.0.1   too-large    1
36-other-encoding     http://127.0.0.1   http         1
37-204                http://127.0.0.1   http-status  1
38-wrong-type         http://127.0.0.1   equal        1
39-goaway             https://127.0.0.1  lost         7
40-rst-stream         https://127.0.0.1  lost         7
41-settings-flood     https://127.0.0.1  truncated|connect|network|timeout|lost 3|4|5|6|7
42-bom                http://127.0.0.1   bad-reply    1
42-utf-16             http://127.0.0.1   bad-reply    1
42-nul                http://127.0.0.1   bad-reply    1
42-html               http://127.0.0.1   bad-reply    1
43-error-in-200       http://127.0.0.1   permission   1
43-null               http://127.0.0.1   bad-reply    1
43-array              http://127.0.0.1   bad-reply    1
43-twice              http://127.0.0.1   bad-reply    1
43-deep               http://127.0.0.1   bad-reply    1
44-error-beside       http://127.0.0.1   server-error 3
45-long-header        http://127.0.0.1   too-large    1
45-long-status        http://127.0.0.1   too-large    1
46-trailers           http://127.0.0.1   equal        1
46-trailers-h2        https://127.0.0.1  equal        1
47-good-length-first  http://127.0.0.1   http         1
47-good-length-last   http://127.0.0.1   http         1
47-length-twice       http://127.0.0.1   equal        1
47-length-list        http://127.0.0.1   http         1
47-length-chunked     http://127.0.0.1   http         1
47-chunked-length     http://127.0.0.1   http         1
47-space-before-colon http://127.0.0.1   http         1
47-bare-lf            http://127.0.0.1   http         1
47-empty-name         http://127.0.0.1   http         1
47-no-colon           http://127.0.0.1   http         1
47-empty-request-id   http://127.0.0.1   missing-field 1
51-runaway            http://127.0.0.1   clock        2
51-two-days           http://127.0.0.1   clock        1
52-retry-after-0      http://127.0.0.1   equal        2
52-retry-after-3      http://127.0.0.1   equal        2
52-retry-after-100000 http://127.0.0.1   http-status  1
52-retry-after-date   http://127.0.0.1   equal        2
52-retry-after-past   http://127.0.0.1   equal        2
52-retry-after-word   http://127.0.0.1   equal        2
53-gzip               http://127.0.0.1   equal        1
53-gzip-tail          http://127.0.0.1   http         1
53-gzip-two-members   http://127.0.0.1   http         1
'

head -c 100000000 /dev/zero | gzip -1 >bomb.gz
start_hostile
mkdir -p repo/baselines
new_repo repo
cat >repo/baselines/good.json <<'EOT'
{"Enable": true, "ScanTime": "03:00:00", "ScanEndTime": "06:00:00", "ScanPeriod": 1,
"ScanScope": 0, "ScanType": ["CVE"], "Latest": false, "ContainerRunning": false}
EOT
scandrift normalize repo/baselines/good.json >good.json
mv good.json repo/baselines/
echo "$table" | grep . >rows
{
	# Whose key it is they are not asked, so that each sees the requests of its target alone.
	printf '[defaults]\nbaseline = baselines/good.json\nsts-endpoint = https://127.0.0.1:%s\n' \
		"$(port 49-good)"
	while read -r name where _; do
		printf '[target %s]\nendpoint = %s:%s\n' "$name" "$where" "$(port "$name")"
	done <rows
} >repo/baselines/targets.ini
commit_all repo 'targets: liars'
use_key AKIDcanary canary-key canary-token

began=$(date +%s)
run_json -C repo check --ca-bundle "$PWD/ca.pem" --timeout 8s --jobs 64 --max-reply 1048576 \
	--now "$now"
took=$(($(date +%s) - began))
expect_exit 3
jq -r '.targets[] | select(.outcome != "incomplete") | .name + " " + .outcome' "$out" >have
jq -r '.findings[] | select(.class == "incomplete") | .target + " " + (.rule | ltrimstr("incomplete/"))' \
	"$out" >>have
awk 'NR == FNR { have[$1] = $2; next }
	("|" $3 "|") !~ ("[|]" have[$1] "[|]") || have[$1] == "" { print $1 ": want " $3 ", have " have[$1] }
' have rows >wrong
[ ! -s wrong ] || fail "$(cat wrong)"
while read -r name _ _ want; do
	have=$(sends "$name")
	case "|$want|" in
	*"|$have|"*) ;;
	*) fail "$name: requests: want $want, have $have" ;;
	esac
done <rows
# One host's clock is reported, and moves no other's.
expect_lines err 1
expect_text err "127.0.0.1:$(port 51-runaway): its clock is 36"
# Three tries of eight seconds with their pauses, all side by side.
[ "$took" -le 45 ] || fail "it took $took s"
[ ! -f trap ] || fail "a redirect was followed: $(cat trap)"
expect_json out '[.findings[] | select(.target == "08-name-in-cn" and .class == "incomplete") | .message] |
	length > 0 and all(contains("subjectAltName"))'
expect_no_text out canary
expect_no_text err canary

# One after the other, of each kind one in a short run: each ends with its own code.
seen=
while read -r name _ want _; do
	case $name in
	15-* | 16-* | 25-*) continue ;; # they wait, and did so above
	esac
	case $SCANDRIFT_LONG/$seen in
	/*" $want "*) continue ;;
	esac
	seen="$seen $want "
	run scandrift -C repo check "$name" --ca-bundle "$PWD/ca.pem" --timeout 8s \
		--max-reply 1048576 --now "$now"
	case $name/$want in
	20-* | 26-* | */equal) [ "$code" -eq 0 ] || fail "$name: exit $code" ;;
	*) [ "$code" -eq 3 ] || fail "$name: exit $code" ;;
	esac
done <rows

# A proxy that refuses: named, and it has seen nothing that is ours to sign with.
printf '[target far]\nbaseline = baselines/good.json\n' >repo/baselines/targets.ini
commit_all repo 'targets: one far away'
run env https_proxy="http://user:canary-proxy@127.0.0.1:$(port proxy-407)" \
	"$SCANDRIFT" -C repo check --ca-bundle "$PWD/ca.pem" --timeout 8s -v
expect_exit 3
expect_text out 'incomplete/proxy'
expect_text proxy 'CONNECT tcss.tencentcloudapi.com:443'
expect_no_text out canary-proxy
expect_no_text err canary-proxy
for word in TC3-HMAC X-TC canary-token AKIDcanary; do
	expect_no_text proxy "$word"
done
stop_hostile

# One that lets through: the API is reached, and learns nothing of the proxy's password.
account AKIDcanary canary-key canary-token repo/baselines/good.json
start_standin "$accounts"
start_hostile "$HTTPS_PORT"
run env https_proxy="http://user:canary-proxy@127.0.0.1:$(port proxy-through)" \
	"$SCANDRIFT" -C repo check --ca-bundle "$CA_FILE" --timeout 10s
expect_exit 0
expect_text proxy 'Proxy-Authorization: Basic'
for word in TC3-HMAC X-TC canary-token AKIDcanary; do
	expect_no_text proxy "$word"
done

# A good reply, cut at each byte: never a verdict.
size=$(scandrift -C repo -q fetch far --raw --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" | wc -c)
step=$((size / 12 + 1))
[ -z "$SCANDRIFT_LONG" ] || step=1
{
	echo '[defaults]'
	echo 'baseline = baselines/good.json'
	at=0
	while [ "$at" -lt "$size" ]; do
		printf '[target cut%s]\nprofile = cut%s\n' "$at" "$at"
		printf 'AKIDcut%s * cut %s\n' "$at" "$at" >>cuts
		sed 's/, *"Token": *"[^"]*"//; /"Token"/d' "$accounts/AKIDcanary.json" \
			>"$accounts/AKIDcut$at.json"
		mkdir -p "$HOME/.tccli"
		printf '{"secretId": "AKIDcut%s", "secretKey": "canary-key"}' "$at" \
			>"$HOME/.tccli/cut$at.credential"
		at=$((at + step))
	done
} >repo/baselines/targets.ini
commit_all repo 'targets: many'
chmod 600 "$HOME"/.tccli/*
start_standin "$accounts" --scenario "$PWD/cuts"
# They are all of one account, which is medium where the answer to that question was whole.
run_json -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --jobs 40 --fail-on high
expect_exit 3
expect_json out '[.targets[].outcome] | unique == ["incomplete"]'
expect_json out '[.findings[] | select(.class == "incomplete") | .rule] | unique == ["incomplete/truncated"]'
stop_hostile
