# SPDX-License-Identifier: Apache-2.0
#
# Sourced after tests/lib/e2e.sh: the servers of tests/standin/hostile.c, one port a row. Their files
# are in the current directory: ca.pem, ports, sends, trap, proxy.

hostile=${STANDIN%/*}/scandrift-hostile
[ -x "$hostile" ] || skip 'no scandrift-hostile'

# start_hostile [PORT]: PORT is where its proxy leads. bomb.gz is what one row serves.
start_hostile() {
	rm -f ports trap proxy sends
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
# port NAME: where that row is served.
port() {
	awk -v name="$1" '$1 == name { print $2 }' ports
}
# sends NAME: how many requests it has seen.
sends() {
	grep -c " $1 " sends || :
}
