# SPDX-License-Identifier: Apache-2.0
#
# Servers that everybody runs: nginx with HTTP/2 and with each version of TLS, and a forward proxy
# that tunnels, with and without a password. Each is told no more than it needs.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/lib/nginx.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need nginx tinyproxy strace

servers=$SCRATCH/servers
mkdir "$servers"
proxy_pid=
nginx_pid=
stop_proxy() {
	[ -n "$proxy_pid" ] || return 0
	# strace does not hand the signal on.
	for child in $(ps -o pid= --ppid "$proxy_pid"); do
		kill "$child" 2>/dev/null || :
	done
	wait "$proxy_pid" 2>/dev/null || :
	proxy_pid=
}
stop_servers() {
	servers_status=$?
	set +e
	stop_proxy
	[ -z "$nginx_pid" ] || kill "$nginx_pid"
	return "$servers_status"
}
trap 'stop_servers; judge_results; e2e_end' EXIT

product_repo repo a b c d e f g h i j k l
replay_from replies nginx "$common/prod.json"
nginx_launch "$servers" replies/nginx.json || fail 'nginx did not start'
use_key AKIDcanary canary-key canary-token
access=$servers/access.log

# check HOST SERVER [OPTION...]
check() {
	url=https://$1:$(nginx_port_of "$2")
	shift 2
	: >"$access"
	run_json -C repo check --endpoint "$url" --ca-bundle "$servers/ca.pem" --now "$now" "$@"
	cat "$out" "$err" >>said
}

# served TLS HTTP: every request of the run was one of these: one a target, and one that asks whose the
# key is.
served() {
	[ "$(grep -c "tls=$1 http=$2 status=200" "$access")" = 13 ] || fail "not 13 as $1 $2: $(cat "$access")"
}
connections() {
	sed 's/ .*//' "$access" | sort -u | wc -l
}

check 127.0.0.1 h1 --jobs 4
expect_exit 0
served TLSv1.3 HTTP/1.1
# Nothing but their order would bind a second reply to its request.
[ "$(connections)" = 13 ] || fail "connections: $(connections)"
check 127.0.0.1 h2 --jobs 12
expect_exit 0
served TLSv1.3 HTTP/2.0
[ "$(connections)" -le 13 ] || fail "connections: $(connections)"
# Once one is known to carry several requests, no other is opened.
check 127.0.0.1 h2 --jobs 1
expect_exit 0
[ "$(connections)" = 1 ] || fail "connections: $(connections)"
check 127.0.0.1 tls12
expect_exit 0
served TLSv1.2 HTTP/2.0
check 127.0.0.1 tls13
expect_exit 0
served TLSv1.3 HTTP/2.0
check 127.0.0.1 tls11
expect_exit 3
expect_json out '[.findings[] | select(.class == "incomplete") | .rule] | unique == ["incomplete/tls"]'
expect_text out 'TLS 1.2 or later is needed'
expect_text out 'protocol version'
expect_empty "$access"
# The server is there, and talks to who takes such a version.
curl -s --tls-max 1.1 --ciphers DEFAULT:@SECLEVEL=0 --cacert "$servers/ca.pem" -d '{}' \
	-o answer "https://127.0.0.1:$(nginx_port_of tls11)/" || fail 'nobody speaks TLS 1.1 here'
expect_same replies/nginx.json answer

# start_proxy [LINE...]: everything that the proxy reads is in $servers/capture.
start_proxy() {
	stop_proxy
	for try in 1 2 3 4 5 6 7 8; do
		proxy_port=$((33000 + ($$ * 5 + try * 997) % 20000))
		{
			printf 'Port %s\nListen 127.0.0.1\nAllow 127.0.0.1\nTimeout 30\n' "$proxy_port"
			printf 'LogFile "%s/proxy.log"\nLogLevel Info\n' "$servers"
			printf '%s\n' "$@"
		} >"$servers/proxy.conf"
		rm -f "$servers/proxy.log" "$servers/capture"
		strace -f -qq -s 65536 -e trace=read,recvfrom,readv -o "$servers/capture" \
			tinyproxy -d -c "$servers/proxy.conf" >"$servers/proxy.out" 2>&1 &
		proxy_pid=$!
		for _ in $(seq 50); do
			if grep -qs 'Starting main loop' "$servers/proxy.log"; then
				return
			fi
			kill -0 "$proxy_pid" 2>/dev/null || break
			sleep 0.1
		done
		stop_proxy
	done
	fail "no proxy: $(cat "$servers/proxy.out")"
}
# What signs must not be where only a tunnel is asked for.
proxy_knows_nothing() {
	expect_text "$servers/capture" 'CONNECT 0.0.0.0:'
	for word in TC3-HMAC X-TC- Authorization:\ TC3 canary-key canary-token AKIDcanary; do
		expect_no_text "$servers/capture" "$word"
		expect_no_text "$servers/proxy.log" "$word"
	done
}

start_proxy
https_proxy=http://127.0.0.1:$proxy_port
http_proxy=$https_proxy
export https_proxy http_proxy
check 0.0.0.0 h2
expect_exit 0
served TLSv1.3 HTTP/2.0
proxy_knows_nothing
# Not for a loopback address, and not for what no_proxy names.
: >"$servers/capture"
check 127.0.0.1 h2
expect_exit 0
no_proxy=0.0.0.0
export no_proxy
check 0.0.0.0 h2
expect_exit 0
expect_no_text "$servers/capture" CONNECT
unset no_proxy

# The machine's role is asked for without it.
printf '[target a]\ncredentials = cvm-role\nbaseline = baselines/a.json\n' >repo/baselines/targets.ini
commit_all repo 'targets: the role of the machine'
unset TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY TENCENTCLOUD_TOKEN
SCANDRIFT_METADATA_URL=http://127.0.0.1:1
export SCANDRIFT_METADATA_URL
check 0.0.0.0 h2 --fail-on never
expect_exit 3
expect_text out 'the metadata service'
expect_no_text "$servers/capture" CONNECT
expect_no_text "$servers/capture" meta-data
unset SCANDRIFT_METADATA_URL
git -C repo reset -q --hard HEAD^
use_key AKIDcanary canary-key canary-token

# One that wants a password: without it, and with a wrong one, nothing is judged, and it is said why.
start_proxy 'BasicAuth keeper canary-proxy'
for who in '' keeper:canary-wrong@; do
	https_proxy=http://${who}127.0.0.1:$proxy_port
	check 0.0.0.0 h2 a
	expect_exit 3
	expect_json out '[.findings[] | select(.class == "incomplete") | .rule] == ["incomplete/proxy"]'
	expect_text out '407'
done
https_proxy=http://keeper:canary-proxy@127.0.0.1:$proxy_port
check 0.0.0.0 h2
expect_exit 0
served TLSv1.3 HTTP/2.0
expect_text "$servers/capture" 'Proxy-Authorization: Basic '
expect_text "$access" 'proxy=-'
expect_no_text "$access" 'proxy=Basic'
proxy_knows_nothing
stop_proxy
expect_no_text said canary
