#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sh tests/distro.sh SUITE
#
# Does what the README promises to a stranger, on a bare Debian: makes a root with
# debootstrap in a scratch folder, clones this repository's HEAD into it, into a path
# with a space, and runs both commands of the README there: as root on the bare system,
# then as an ordinary user, with the packages that the first run has installed.
# Everything is in namespaces of its own; when the script ends, nothing is mounted.

usage() {
	cat <<'USAGE'
usage: sh tests/distro.sh [--keep] [--quick] [--users LIST] bookworm|trixie

  --keep        leave the scratch folder; say where it is
  --quick       the quickstart only, no tests
  --users LIST  root, user or root,user (the default): who runs the two commands

environment:
  TMPDIR             where the scratch folder is made
  SCANDRIFT_MIRROR   Debian mirror; default: the one that this machine's apt uses
USAGE
}

keep=
quick=
users=root,user
suite=
while [ $# -gt 0 ]; do
	case $1 in
	--keep) keep=1 ;;
	--quick) quick=1 ;;
	--users)
		[ $# -ge 2 ] || {
			usage >&2
			exit 2
		}
		users=$2
		shift
		;;
	--help | -h)
		usage
		exit 0
		;;
	bookworm | trixie) suite=$1 ;;
	*)
		usage >&2
		exit 2
		;;
	esac
	shift
done
[ -n "$suite" ] || {
	usage >&2
	exit 2
}
[ "$(id -u)" -eq 0 ] || {
	echo 'tests/distro.sh needs root, for debootstrap and chroot' >&2
	exit 2
}

cd "$(dirname "$0")/.." || exit 1
root=$(pwd -P)
mkdir -p .build || exit 1
. tests/lib/packages.sh
install_packages .build/apt-distro.log debootstrap util-linux git || exit 1

start=$(date +%s)
say() {
	printf '== %s %5ds  %s\n' "$suite" "$(($(date +%s) - start))" "$*"
}

scratch=$(mktemp -d "${TMPDIR:-/tmp}/scandrift-distro.XXXXXX") || exit 1
bare=$scratch/root
end() {
	status=$?
	trap - EXIT
	if [ -n "$keep" ]; then
		echo "kept: $scratch"
	else
		rm -rf --one-file-system "$scratch"
	fi
	exit "$status"
}
trap end EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# What this machine knows of the way to its packages: the bare one goes the same way.
# shellcheck disable=SC2016 # a field of apt, not a variable
mirror=${SCANDRIFT_MIRROR:-$(apt-get indextargets --format '$(URI)' 2>/dev/null |
	sed -n 's,/debian/dists/.*,/debian,p' | head -n 1)}

make_root() {
	# shellcheck disable=SC2086 # no argument where there is no mirror
	debootstrap --variant=minbase "$suite" "$bare" $mirror >"$scratch/debootstrap.log" 2>&1 || {
		tail -n 20 "$scratch/debootstrap.log" >&2
		return 1
	}
	apt-config dump | grep -E '^Acquire::(Check-|http|https|ftp)' \
		>"$bare/etc/apt/apt.conf.d/90as-outside" || :
	cp /etc/resolv.conf /etc/hosts "$bare/etc/" || return 1
	# The package of CA certificates writes its own elsewhere; this one is for npm.
	cp /etc/ssl/certs/ca-certificates.crt "$bare/etc/ca-outside.pem" || return 1
	{
		echo "export LANG=C.UTF-8 NODE_EXTRA_CA_CERTS=/etc/ca-outside.pem"
		echo "export npm_config_cafile=/etc/ca-outside.pem"
		! command -v npm >/dev/null 2>&1 ||
			echo "export npm_config_registry=$(npm config get registry)"
	} >"$bare/etc/way-to-packages"
	cat >"$bare/usr/local/bin/in-home" <<'AS'
#!/bin/sh
# in-home USER FOLDER COMMAND...: runs it there with the environment of a login.
who=$1
cd "$2" || exit 1
shift 2
. /etc/way-to-packages
export HOME="/home/$who" USER="$who" LOGNAME="$who"
[ "$who" != root ] || HOME=/root
exec setpriv --reuid "$who" --regid "$who" --init-groups -- "$@"
AS
	chmod +x "$bare/usr/local/bin/in-home"
}

# inside COMMAND...: in the bare root, with no mount and no process that outlives it.
inside() {
	# shellcheck disable=SC2016 # the inner shell's own
	unshare --mount --pid --fork --kill-child sh -c '
		mount --make-rprivate / &&
		mount --bind "$1" "$1" &&
		mount -t proc proc "$1/proc" &&
		mount --rbind /dev "$1/dev" &&
		mount --rbind /sys "$1/sys" &&
		cd "$1" && shift && exec chroot . "$@"' sh "$bare" \
		env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		TERM=dumb "$@" </dev/null
}

# readme_commands USER: a clone of its own, and the two commands.
readme_commands() {
	folder="/srv/a clone of $1"
	git clone -q --no-local "$root" "$bare$folder" || return 1
	inside chown -R "$1:$1" "$folder" || return 1
	say "$1: sh src/quickstart.sh"
	inside in-home "$1" "$folder" sh src/quickstart.sh >"$scratch/$1.quickstart.log" 2>&1 || {
		tail -n 40 "$scratch/$1.quickstart.log"
		return 1
	}
	[ -z "$quick" ] || return 0
	say "$1: sh tests/run.sh"
	inside in-home "$1" "$folder" env SCANDRIFT_NO_SKIP=1 sh tests/run.sh >"$scratch/$1.tests.log" 2>&1
	code=$?
	grep -E '^== |tests passed|tests failed' "$scratch/$1.tests.log"
	[ "$code" -eq 0 ] || sed -n '/The following tests/,$p' "$scratch/$1.tests.log"
	return "$code"
}

say 'debootstrap'
make_root || exit 1
# A stranger has git: with it the clone was made.
inside sh -c '. /etc/way-to-packages; apt-get -qq update &&
	DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends git ca-certificates &&
	useradd --create-home user' >"$scratch/apt.log" 2>&1 || {
	tail -n 20 "$scratch/apt.log" >&2
	exit 1
}
failed=
for who in $(printf '%s' "$users" | tr ',' ' '); do
	readme_commands "$who" || failed="$failed $who"
done
if [ -n "$failed" ]; then
	keep=1
	say "failed, as:$failed"
	exit 1
fi
say "passed: both commands of the README, as $users"
