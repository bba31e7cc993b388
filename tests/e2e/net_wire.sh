# SPDX-License-Identifier: Apache-2.0
#
# What holds on the wire whatever a server does: a reply belongs to its request, one server's trouble
# is one target's, each send is counted, and an address that misbehaves loses no target.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
. "$SCANDRIFT_SOURCE/tests/lib/hostile.sh"
need prlimit

: >bomb.gz
start_hostile
mkdir -p repo/baselines "$HOME/.tccli"
new_repo repo
cat >repo/baselines/good.json <<'EOT'
{"Enable": true, "ScanTime": "03:00:00", "ScanEndTime": "06:00:00", "ScanPeriod": 1,
"ScanScope": 0, "ScanType": ["CVE"], "Latest": false, "ContainerRunning": false}
EOT
scandrift normalize repo/baselines/good.json >good.json
mv good.json repo/baselines/
commit_all repo 'baselines: as agreed'
use_key AKIDcanary canary-key
SOURCE_DATE_EPOCH=1795478400
export SOURCE_DATE_EPOCH

# where NAME: its endpoint.
where() {
	awk -v name="$1" '$1 == name { print $3 "://127.0.0.1:" $2 }' ports
}
# targets FIRST LAST [LINE...]: targets t1, t2 ... with these keys; N in them is the number.
targets() {
	first=$1
	last=$2
	shift 2
	defaults
	for i in $(seq "$first" "$last"); do
		printf '[target t%s]\n' "$i"
		[ $# -eq 0 ] || printf '%s\n' "$@" | sed "s/NUMBER/$i/"
	done
}
# Whose key it is another one is asked, so that each server sees the requests of its targets alone.
defaults() {
	printf '[defaults]\nbaseline = baselines/good.json\nsts-endpoint = %s\n' "$(where 06-right-ca)"
}
check() {
	run_json -C repo check --ca-bundle "$PWD/ca.pem" --now "$now" "$@"
}
# most NAME: the most requests that it saw within any second.
most() {
	awk -v name="$1" '$2 == name {
		at[++n] = $1
		first = first ? first : 1
		while ($1 - at[first] >= 1000)
			first++
		if (n - first + 1 > most)
			most = n - first + 1
	} END { print most + 0 }' sends
}
connections() {
	awk -v name="$1" '$2 == name { print $3 }' sends | sort -u | wc -l
}

# Surplus replies: with the first one, after it, when the next request is there. They switch the
# scan off, and the keys among them lead to replies that do.
for i in $(seq 12); do
	printf '{"secretId": "AKIDp%s", "secretKey": "key"}' "$i" >"$HOME/.tccli/p$i.credential"
done
chmod 600 "$HOME"/.tccli/*
targets 1 12 >one.ini
targets 1 12 'profile = pNUMBER' >each.ini
targets 1 12 'role-arn = qcs::cam::uin/10000NUMBER:roleName/r' >role.ini
for who in one each role; do
	cp "$who.ini" repo/baselines/targets.ini
	commit_all repo "targets: $who"
	for row in $(awk '/^48-/ { print $1 }' ports); do
		for jobs in 1 4 40; do
			case $SCANDRIFT_LONG/$who/$jobs in
			/each/1 | /each/40 | /role/1) continue ;;
			esac
			check --endpoint "$(where "$row")" --jobs "$jobs"
			[ "$code" = 0 ] || fail "$row, $who, --jobs $jobs: another's reply"
			expect_json out '.counts.equal == 12'
		done
	done
done

# Servers that close, refuse and go: all are evaluated, and by the server's log nobody is asked more
# often than 20 times in any second.
habits=$(awk '/^49-/ { print $1 }' ports)
defaults >repo/baselines/targets.ini
for i in $(seq 60); do
	for row in $habits; do
		printf '[target %s-%s]\nendpoint = %s\n' "$row" "$i" "$(where "$row")"
	done
done >>repo/baselines/targets.ini
commit_all repo 'targets: many'
rm -f sends
check --jobs 256 --timeout 30s --record "$PWD/rec"
expect_exit 0
for row in $habits; do
	[ "$(most "$row")" -le 20 ] || fail "$row: $(most "$row") requests in a second"
	case $row in
	# A connection that serves one request costs no request.
	49-good | 49-good-h2 | 49-close-second) [ "$(sends "$row")" -eq 60 ] ;;
	*) [ "$(sends "$row")" -le 180 ] ;;
	esac || fail "$row: $(sends "$row") requests"
done
[ "$(connections 49-good)" -eq 60 ] || fail "49-good: $(connections 49-good) connections"
# Those of the first second, which go before it is known that one connection carries them all.
[ "$(connections 49-good-h2)" -le 20 ] || fail "49-good-h2: $(connections 49-good-h2) connections"
# What was lost and sent again costs no try; a reply that was cut does, where the server is so rude.
jq -r 'select(.tries > (if .target | test("close-second-h2") then 2 else 1 end)) | .target' \
	rec/*.meta.json >tried
[ ! -s tried ] || fail "more than one try: $(cat tried)"

# With few open files there are fewer connections at a time, and no target is lost by that.
defaults >repo/baselines/targets.ini
for i in $(seq 20); do
	for row in 38-wrong-type 49-good 49-close-second; do
		printf '[target %s-%s]\nendpoint = %s\n' "$row" "$i" "$(where "$row")"
	done
done >>repo/baselines/targets.ini
commit_all repo 'targets: on three servers'
run prlimit --nofile=32 "$SCANDRIFT" -C repo check --ca-bundle "$PWD/ca.pem" --now "$now" --jobs 256
expect_exit 0

# Retry-After: kept to while the run has the time, and no longer waited for where it has not.
one() {
	{
		defaults
		printf '[target t1]\nendpoint = %s\n' "$(where "$1")"
	} >repo/baselines/targets.ini
	commit_all repo "targets: $1"
}
one 52-retry-after-61
began=$(date +%s)
check --deadline 30s
expect_exit 3
[ "$(sends 52-retry-after-61)" = 1 ] || fail 'sent again before the deadline, and before its time'
[ $(($(date +%s) - began)) -le 10 ] || fail 'waited for what cannot come in time'
stop_hostile
start_hostile
one 52-retry-after-3
began=$(date +%s)
check --jobs 1
expect_exit 0
[ $(($(date +%s) - began)) -ge 3 ] || fail 'sent again too early'
if [ -n "$SCANDRIFT_LONG" ]; then
	one 52-retry-after-61
	began=$(date +%s)
	check
	expect_exit 0
	[ $(($(date +%s) - began)) -ge 61 ] || fail 'sent again too early'
fi

# Twenty good targets beside a row, each of them in the long run, are evaluated as without it. The server of the
# good ones verifies signatures and their time.
sed '1s/^{/{"RequestId": "00000000-0000-4000-8000-000000000001",/' repo/baselines/good.json >reply.json
account AKIDcanary canary-key '' reply.json
start_standin "$accounts"
cat "$CA_FILE" >>ca.pem
targets 1 20 "endpoint = $HTTPS_URL" "sts-endpoint = $HTTPS_URL" >good.ini
# good FILE: what the result says of the good ones; they are further down beside another.
good() {
	jq -c '(.targets[] | select(.name != "liar")), (.findings[] | select(.target != "liar")) | del(.line)' "$1"
}
cp good.ini repo/baselines/targets.ini
commit_all repo 'targets: good'
check --jobs 40
expect_exit 0
good "$out" >without
[ "$(wc -l <without)" -ge 20 ] || fail 'not twenty'
expect_json out '[.targets[].account] | unique == ["100000000001"]'
for row in $(awk '{ print $1 }' ports); do
	case $SCANDRIFT_LONG/$row in
	*/14-* | */19-* | */proxy-* | */trap | */52-retry-after-61) continue ;; # they need more than a port
	1/*) ;;
	/15-no-answer | /34-large-body | /39-goaway | /45-* | /47-bare-lf) ;;
	/48-surplus-next | /49-refused-stream | /51-runaway | /53-gzip-tail) ;;
	*) continue ;;
	esac
	{
		printf '[target liar]\nbaseline = baselines/good.json\ntimeout = 1s\n'
		printf 'endpoint = %s\nsts-endpoint = %s\n' "$(where "$row")" "$(where "$row")"
		cat good.ini
	} >repo/baselines/targets.ini
	commit_all repo "targets: and $row"
	jobs=40
	case $row in
	51-*) jobs=1 ;; # the others are asked once its Date is known
	esac
	check --jobs "$jobs" --record "$PWD/liar" --deadline 30s
	good "$out" >with
	cmp -s without with || fail "beside $row: $(diff without with)"
	# A recording never states success for a call that was cut.
	jq -e ".failure != null or .status == 200" liar/liar.meta.json >/dev/null ||
		fail "$row: recorded as a success"
done
stop_hostile
