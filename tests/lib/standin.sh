# SPDX-License-Identifier: Apache-2.0
#
# Sourced: starts the API stand-in and waits until it is ready.

# standin_launch PROGRAM STATE_DIR ACCOUNTS_DIR [OPTION...]: starts it in the
# background, as a child that dies with this shell. Sets standin_pid, HTTPS_PORT,
# HTTP_PORT and CA_FILE; on failure shows what it said.
standin_launch() {
	standin_program=$1
	standin_state=$2
	standin_accounts=$3
	shift 3
	mkdir -p "$standin_state" || return 1
	"$standin_program" --state "$standin_state" --accounts "$standin_accounts" \
		--die-with-parent "$@" >"$standin_state/stdout" 2>"$standin_state/stderr" &
	standin_pid=$!
	standin_tries=0
	until [ -s "$standin_state/standin.env" ]; do
		standin_tries=$((standin_tries + 1))
		if [ "$standin_tries" -gt 300 ] || ! kill -0 "$standin_pid" 2>/dev/null; then
			cat "$standin_state/stdout" "$standin_state/stderr" >&2 || :
			return 1
		fi
		sleep 0.1
	done
	HTTPS_PORT=$(standin_value HTTPS_PORT)
	HTTP_PORT=$(standin_value HTTP_PORT)
	CA_FILE=$(standin_value CA_FILE)
}

# One value of standin.env. It is read, not sourced: a path may hold anything.
standin_value() {
	sed -n "s/^$1=//p" "$standin_state/standin.env"
}
