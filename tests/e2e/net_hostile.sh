# SPDX-License-Identifier: Apache-2.0
#
# A network that lies: each reply of the table ends as told, in time, and never as a verdict. The
# servers are rows of tests/standin/hostile.c under the same names.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
hostile=${STANDIN%/*}/scandrift-hostile
[ -x "$hostile" ] || skip 'no scandrift-hostile'

# NAME  SCHEME://HOST  what it ends as; "equal" is exit 0, all others 3. Where it depends on
# which side is faster, several.
table='
01-wrong-host         https://127.0.0.1  certificate
02-expired            https://127.0.0.1  certificate
03-not-yet-valid      https://127.0.0.1  certificate
04-self-signed        https://127.0.0.1  certificate
05-unknown-ca         https://127.0.0.1  certificate
06-right-ca           https://127.0.0.1  equal
07-old-tls            https://127.0.0.1  tls
08-name-in-cn         https://localhost  certificate
09-small-key          https://127.0.0.1  certificate
10-closed-handshake   https://127.0.0.1  tls
11-no-close-notify    https://127.0.0.1  bad-reply|truncated
12-renegotiation      https://127.0.0.1  equal
13-plain-on-tls       https://127.0.0.1  tls
14-refused            http://127.0.0.1   connect
15-no-answer          http://127.0.0.1   timeout
16-byte-a-second      http://127.0.0.1   timeout
17-reset-in-body      http://127.0.0.1   truncated
18-closed-after-head  http://127.0.0.1   truncated
19-first-address-dead http://localhost   equal
20-stale-connection   http://127.0.0.1   equal
21-redirect           http://127.0.0.1   http-status
22-redirect-http      https://127.0.0.1  http-status
23-redirect-loop      http://127.0.0.1   http-status
24-401                http://127.0.0.1   http-status
24-403                http://127.0.0.1   http-status
25-429                http://127.0.0.1   http-status
25-503                http://127.0.0.1   http-status
25-retry-after-long   http://127.0.0.1   http-status
26-500-then-good      http://127.0.0.1   equal
29-chunked-garbage    http://127.0.0.1   truncated
30-length-too-long    http://127.0.0.1   truncated
31-length-too-short   http://127.0.0.1   bad-reply
32-two-lengths        http://127.0.0.1   truncated
33-long-header        http://127.0.0.1   too-large
33-many-headers       http://127.0.0.1   too-large
34-large-body         http://127.0.0.1   too-large
35-gzip-bomb          http://127.0.0.1   too-large
36-other-encoding     http://127.0.0.1   http
37-204                http://127.0.0.1   http-status
38-wrong-type         http://127.0.0.1   equal
39-goaway             https://127.0.0.1  truncated|connect|network|timeout
40-rst-stream         https://127.0.0.1  truncated|connect|network|timeout
41-settings-flood     https://127.0.0.1  truncated|connect|network|timeout
42-bom                http://127.0.0.1   bad-reply
42-utf-16             http://127.0.0.1   bad-reply
42-nul                http://127.0.0.1   bad-reply
42-html               http://127.0.0.1   bad-reply
43-error-in-200       http://127.0.0.1   permission
43-null               http://127.0.0.1   bad-reply
43-array              http://127.0.0.1   bad-reply
43-twice              http://127.0.0.1   bad-reply
43-deep               http://127.0.0.1   bad-reply
44-error-beside       http://127.0.0.1   server-error
'

# start_hostile [PORT]: PORT is where its proxy leads.
start_hostile() {
	rm -f ports trap proxy
	"$hostile" "$PWD" "$PWD/bomb.gz" "${1:-0}" 2>hostile.err &
	hostile_pid=$!
	for _ in $(seq 100); do
		[ ! -f ports ] || break
		sleep 0.1
	done
	[ -f ports ] || fail "no server: $(cat hostile.err)"
}
stop_hostile() {
	kill "$hostile_pid"
	wait "$hostile_pid" 2>/dev/null || :
	# Their connections die with it.
	sleep 0.2
}
port() {
	awk -v name="$1" '$1 == name { print $2 }' ports
}

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
	printf '[defaults]\nbaseline = baselines/good.json\n'
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
# Three tries of eight seconds with their pauses, all side by side.
[ "$took" -le 45 ] || fail "it took $took s"
[ ! -f trap ] || fail "a redirect was followed: $(cat trap)"
expect_json out '[.findings[] | select(.target == "08-name-in-cn" and .class == "incomplete") | .message] |
	length > 0 and all(contains("subjectAltName"))'
expect_no_text out canary
expect_no_text err canary

# One after the other, of each kind one in a short run: each ends with its own code.
seen=
while read -r name _ want; do
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
run_json -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --jobs 40
expect_exit 3
expect_json out '[.targets[].outcome] | unique == ["incomplete"]'
expect_json out '[.findings[] | select(.class == "incomplete") | .rule] | unique == ["incomplete/truncated"]'
stop_hostile
