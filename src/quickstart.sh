#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sh src/quickstart.sh [--live]
#
# From a bare Debian 12 to a verdict: installs what a build needs, builds, and checks
# this repository's own baselines against the API stand-in, whose account has drifted
# in two fields. --live asks the real API instead, with the credentials that are set.

example=tests/standin/accounts/quickstart
secret_id=AKIDEXAMPLE0000000000

live=
case $#:${1:-} in
0:) ;;
1:--live) live=1 ;;
1:--help)
	echo 'usage: sh src/quickstart.sh [--live]'
	exit 0
	;;
*)
	echo 'usage: sh src/quickstart.sh [--live]' >&2
	exit 2
	;;
esac

if [ -n "$live" ] && ! { [ -n "${TENCENTCLOUD_SECRET_ID:-}" ] && [ -n "${TENCENTCLOUD_SECRET_KEY:-}" ]; }; then
	echo '--live wants TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY in the environment' >&2
	exit 2
fi

cd "$(dirname "$0")/.." || exit 1
# The path as cmake sees it, with links resolved.
root=$(pwd -P)
cd "$root" || exit 1
mkdir -p .build || exit 1
. tests/lib/packages.sh
. tests/lib/build.sh
. tests/lib/standin.sh

state=
standin_pid=
end() {
	status=$?
	trap - EXIT
	if [ -n "$standin_pid" ]; then
		kill "$standin_pid" 2>/dev/null
		wait "$standin_pid" 2>/dev/null
	fi
	[ -z "$state" ] || rm -rf "$state"
	exit "$status"
}
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# shellcheck disable=SC2086 # a list of names
install_packages .build/apt.log $build_packages || exit 1
[ -x .build/quickstart/scandrift ] || echo 'building in .build/quickstart ...'
build_tree quickstart tests/cmake/release.cmake \
	-DSCANDRIFT_TESTS=OFF -DSCANDRIFT_STANDIN=ON -DSCANDRIFT_WERROR=OFF || exit 1
scandrift=.build/quickstart/scandrift
standin=.build/quickstart/tests/standin/scandrift-standin

if [ -n "$live" ]; then
	"$scandrift" -C "$root" check
	exit
fi

secret_key=$(sed -n 's/^ *"SecretKey": *"\([^"]*\)".*/\1/p' "$example/$secret_id.json")
state=$(mktemp -d "${TMPDIR:-/tmp}/scandrift-quickstart.XXXXXX") || exit 1
standin_launch "$standin" "$state" "$root/$example" || {
	echo 'the API stand-in did not start' >&2
	exit 1
}
echo "the API stand-in answers on 127.0.0.1:$HTTPS_PORT, from $example/$secret_id.json"
echo "$ scandrift check --endpoint https://127.0.0.1:$HTTPS_PORT --ca-bundle ca.pem"
echo
code=0
(
	# What is set for the real API, or for the way to it, is not meant for this one.
	unset TENCENTCLOUD_TOKEN TENCENTCLOUD_SECURITY_TOKEN TENCENTCLOUD_SESSION_TOKEN
	unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
	export TENCENTCLOUD_SECRET_ID="$secret_id" TENCENTCLOUD_SECRET_KEY="$secret_key"
	"$scandrift" -C "$root" check --endpoint "https://127.0.0.1:$HTTPS_PORT" \
		--ca-bundle "$CA_FILE"
) || code=$?
echo
if [ "$code" -ne 1 ]; then
	echo "check exited $code; with the account as it is committed it is 1: drift found." >&2
	echo "Has $example/$secret_id.json or baselines/ been changed?" >&2
	exit 1
fi
cat <<EOF
check exited 1, as it should: the account has drifted. Edit its file and run this again.

For a real account, export TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and then:
  sh src/quickstart.sh --live        checks it against the baselines of this repository
  $scandrift -C DIR init   starts in a repository of yours, with what is live
EOF
