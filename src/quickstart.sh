#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sh src/quickstart.sh [--live]
#
# From a bare Debian 12 or 13 to a verdict: installs what a build needs, builds, and
# checks this repository's own baselines against the API stand-in, whose account has
# drifted in two fields. --live asks the real API instead, with the credentials that
# are set. CC names the compiler.

example=tests/standin/accounts/quickstart
secret_id=AKIDEXAMPLE0000000000
account=$example/$secret_id.json

fail() {
	printf '%s\n' "$@" >&2
	exit 1
}

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
if ! mkdir -p .build 2>/dev/null || ! [ -w .build ]; then
	fail "cannot write to $root/.build, where everything is built:" \
		'run this as the owner of that directory, or in a copy of your own'
fi
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

# What cmake takes from the environment, it takes when it first configures a tree. With
# another compiler or other flags the tree has to be made again.
forget_other_compiler() {
	compiler="CC=${CC:-} CFLAGS=${CFLAGS:-} LDFLAGS=${LDFLAGS:-}"
	if [ -d .build/quickstart ] &&
		[ "$compiler" != "$(cat .build/quickstart/compiler 2>/dev/null)" ]; then
		rm -rf .build/quickstart
	fi
	mkdir -p .build/quickstart && printf '%s\n' "$compiler" >.build/quickstart/compiler
}

# shellcheck disable=SC2086 # a list of names
install_packages .build/apt.log $build_packages ||
	fail "the packages could not be installed; apt's words are in .build/apt.log"
forget_other_compiler || fail "cannot write to $root/.build/quickstart"
[ -x .build/quickstart/scandrift ] || echo 'building in .build/quickstart ...'
build_tree quickstart tests/cmake/quickstart.cmake ||
	fail "the build failed${CC:+ (CC is $CC)}; its log is .build/quickstart.log"
scandrift=.build/quickstart/scandrift
standin=.build/quickstart/tests/standin/scandrift-standin
state=$(mktemp -d "${TMPDIR:-/tmp}/scandrift-quickstart.XXXXXX") ||
	fail "cannot write to ${TMPDIR:-/tmp}"

# A git hook that runs this has set where its own repository is.
# shellcheck disable=SC2046 # a list of names
unset $(git rev-parse --local-env-vars)

# scandrift judges by a commit. An unpacked archive has none, and neither has what
# `git init` just made of one. No configuration of the user's reaches a repository that
# is thrown away: a signature could ask for a passphrase.
throw_away_repository() (
	export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1
	cp -R baselines policies "$1" && cd "$1" && git init -q . && git add . &&
		git -c user.name=quickstart -c user.email=quickstart@localhost \
			commit -q --no-verify -m 'The example, as it was unpacked'
)

repository=$root
# Whose repository it is, scandrift checks itself, and says it better.
if ! [ -e .git ] ||
	! git -c safe.directory='*' cat-file -e HEAD:baselines/targets.ini 2>/dev/null; then
	repository=$state/repository
	mkdir "$repository" && throw_away_repository "$repository" ||
		fail 'cannot make a repository of baselines/ and policies/'
	echo 'no commit here has baselines/: checking a copy of it, in a repository that is removed afterwards'
fi

# explain CODE: what an exit status of check means that is no verdict.
explain() {
	echo "check exited $1, which is no verdict; its own words are above."
	case $1 in
	2)
		echo "It could not use the command line, a configuration file or the repository."
		if ! git -C "$repository" rev-parse --git-dir >/dev/null 2>&1; then
			echo "git does not open $repository either. If another user owns it and you trust it:"
			echo "  git config --global --add safe.directory '$repository'"
		fi
		;;
	3)
		echo 'The account could not be checked: its reply is missing, malformed or an error.'
		[ -n "$live" ] || echo "Is $account still valid JSON? git diff shows what was edited."
		;;
	4) echo 'The answer could not be written.' ;;
	*) echo 'It was ended before it had an answer.' ;;
	esac
}

code=0
if [ -n "$live" ]; then
	"$scandrift" -C "$repository" check || code=$?
	[ "$code" -le 1 ] || explain "$code" >&2
	exit "$code"
fi

# The kernel's list of local addresses is read, since a container may lack the tools that
# print it.
if [ -r /proc/net/fib_trie ] && ! grep -qF '127.0.0.1' /proc/net/fib_trie; then
	fail 'this machine has no loopback address, and check reaches the API stand-in by it:' \
		'  ip link set lo up'
fi
secret_key=$(sed -n 's/.*"SecretKey" *: *"\([^"]*\)".*/\1/p' "$account")
[ -n "$secret_key" ] || fail "$account has no \"SecretKey\": \"...\" any more"
standin_launch "$standin" "$state" "$root/$example" ||
	fail 'the API stand-in did not start; its own words are above'
echo "the API stand-in answers on 127.0.0.1:$HTTPS_PORT, from $account"
echo "$ scandrift check --endpoint https://127.0.0.1:$HTTPS_PORT --ca-bundle ca.pem"
echo
(
	# What is set for the real API, or for the way to it, is not meant for this one.
	unset TENCENTCLOUD_TOKEN TENCENTCLOUD_SECURITY_TOKEN TENCENTCLOUD_SESSION_TOKEN
	unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
	export TENCENTCLOUD_SECRET_ID="$secret_id" TENCENTCLOUD_SECRET_KEY="$secret_key"
	"$scandrift" -C "$repository" check --endpoint "https://127.0.0.1:$HTTPS_PORT" \
		--ca-bundle "$CA_FILE"
) || code=$?
echo
case $code in
0) echo 'check exited 0: the account is as the baseline says.' ;;
1) echo 'check exited 1: the account has drifted.' ;;
*)
	explain "$code" >&2
	exit 1
	;;
esac
cat <<EOF
The committed account file gives exit 1. Edit it and run this again:
  $account

For a real account, export TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and then:
  sh src/quickstart.sh --live        checks it against the baselines of this repository
  $scandrift -C DIR init   starts in a repository of yours, with what is live
EOF
