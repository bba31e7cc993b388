# SPDX-License-Identifier: Apache-2.0
#
# Sourced by run.sh: a night over a thousand accounts with a thousand identities, one request each,
# over HTTPS on loopback, beside peers that do less of it. CPU a target in ms, wall where it says so;
# "N targets" is divided out. The server is nginx with one reply for all, or the stand-in, which
# checks each signature. Servers' own time is not counted.

. tests/lib/nginx.sh
. tests/lib/standin.sh
# shellcheck disable=SC2086 # a list of names
install_packages .build/apt.log $build_packages jq curl nginx strace || exit 1
# The SDK would take these for a loopback address too.
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY

net=$root/$data/net
net_url=
night_home=$HOME

# need_night COUNT: a repository, credentials and the stand-in's accounts, made once.
need_night() {
	[ ! -d "$net/$1" ] || return 0
	rm -rf "$net/new"
	mkdir -p "$net/new/home/.tccli" "$net/new/accounts" "$net/new/repo/baselines" || exit 1
	"$bin/tests/bench/bench_generate" 11 >"$net/new/reply.json" || exit 1
	"$scandrift" normalize "$net/new/reply.json" >"$net/new/baseline.json" || exit 1
	jq -c .Response "$net/new/reply.json" >"$net/new/response.json" || exit 1
	awk -v n="$1" -v dir="$net/new" 'BEGIN {
		getline response <(dir "/response.json")
		for (i = 1; i <= n; i++) {
			key = sprintf("%05d", i)
			file = dir "/home/.tccli/p" key ".credential"
			printf "{\"secretId\": \"AKID%s\", \"secretKey\": \"key-%s\"}", key, key >file
			close(file)
			file = dir "/accounts/AKID" key ".json"
			printf "{\"SecretKey\": \"key-%s\", \"Uin\": \"1%s\", \"Response\": %s}\n", key, key, response >file
			close(file)
			printf "[target t%s]\nprofile = p%s\n", key, key >(dir "/repo/baselines/targets.ini")
		}
	}' || exit 1
	find "$net/new/home" -type f -exec chmod 600 {} +
	awk -v n="$1" -v dir="$net/new" '
		function put(name, file,   text, line) {
			while ((getline line <file) > 0)
				text = text line "\n"
			close(file)
			printf "M 100644 inline %s\ndata %d\n%s\n", name, length(text), text
		}
		BEGIN {
			print "commit refs/heads/main\ncommitter T <t@example.com> 1600000000 +0000\ndata 6\nagreed"
			put("baselines/targets.ini", dir "/repo/baselines/targets.ini")
			for (i = 1; i <= n; i++)
				put(sprintf("baselines/t%05d.json", i), dir "/baseline.json")
		}' >"$net/new/import"
	git init -q -b main "$net/new/repo" &&
		git -C "$net/new/repo" fast-import --quiet <"$net/new/import" &&
		git -C "$net/new/repo" checkout -qf main || exit 1
	mv "$net/new" "$net/$1"
}

# figure KIND GOAL LABEL OURS COUNT PEER...: a row; OURS targets on our side, COUNT on the peer's.
figure() {
	net_kind=$1
	net_goal=$2
	net_label=$3
	net_ours=$4
	net_count=$5
	shift 5
	HOME=$net/$net_ours/home
	"$pair" "$few" "$net_kind:$net_ours:$net_count" "$net_goal" "$net_label" -- \
		"$scandrift" -C "$net/$net_ours/repo" check --endpoint "$net_url" --ca-bundle "$net_ca" \
		--jobs 16 -- "$@"
	HOME=$night_home
}

[ -z "${net_pids:-}" ] || exit 1
net_end() {
	# shellcheck disable=SC2086 # process ids
	kill $net_pids 2>/dev/null
	rm -rf "$net/servers"
}
trap net_end EXIT
trap 'exit 130' INT TERM

need_night 1000
need_night 10000
rm -rf "$net/servers"
mkdir -p "$net/servers/nginx" "$net/servers/standin"
NGINX_LOG=/dev/null nginx_launch "$net/servers/nginx" "$net/1000/reply.json" || exit 1
net_pids=$nginx_pid
standin_launch "$bin/tests/standin/scandrift-standin" "$net/servers/standin" "$net/1000/accounts" || exit 1
net_pids="$net_pids $standin_pid"
loop=$bin/tests/bench/bench_loop_curl
net_ca=$net/servers/nginx/ca.pem

for protocol in h1 h2; do
	net_url=https://127.0.0.1:$(nginx_port_of "$protocol")
	figure cpu 1.5 "P1 check, nginx $protocol : bare libcurl loop" 1000 1000 \
		"$loop" "$net_url/" "$net_ca" 1000 16
	figure cpu 1.1 "P2 10k targets : 1k targets, nginx $protocol" 10000 1000 \
		env HOME="$net/1000/home" "$scandrift" -C "$net/1000/repo" check \
		--endpoint "$net_url" --ca-bundle "$net_ca" --jobs 16
done
net_url=https://127.0.0.1:$(nginx_port_of h1)
figure cpu 0.003 "P1 check, nginx h1 : curl | jq | diff" 1000 20 \
	sh tests/bench/peers/shell_loop.sh "$net_url" "$net_ca" "$net/1000/reply.json" 20

# Sixteen requests may be under way, with a reply of this size each and one read before.
truncate -s $((64 * 1024 * 1024 + 2 * 16 * $(wc -c <"$net/1000/reply.json"))) "$net/limit"
HOME=$net/10000/home "$pair" 1 memory 1.0 'P2 10k targets, nginx h1 : 64 MiB + 2 replies a job' -- \
	"$scandrift" -C "$net/10000/repo" check --endpoint "$net_url" --ca-bundle "$net_ca" --jobs 16 -- \
	"$net/limit"
HOME=$net/10000/home strace -f -qq -e trace=openat -o "$net/opened" \
	"$scandrift" -C "$net/10000/repo" check --endpoint "$net_url" --ca-bundle "$net_ca" >/dev/null
printf '%-44s %-6s %10s %10s\n' 'P2 loads of the CA file, 10k targets' count \
	"$(grep -c 'ca.pem' "$net/opened")" 1

net_ca=$CA_FILE
net_url=https://127.0.0.1:$HTTPS_PORT
figure cpu 1.5 'P1 check, stand-in : bare libcurl loop' 1000 1000 \
	"$loop" "$net_url/" "$net_ca" 1000 16
figure cpu 0.12 'P1 check, stand-in : Node SDK, 16 at once' 1000 1000 \
	node tests/bench/peers/sdk_loop.js "$HTTPS_PORT" "$net_ca" "$net/1000/reply.json" 1000 16
net_end
trap - EXIT
