# SPDX-License-Identifier: Apache-2.0
#
# Sourced: installs Debian packages, and does nothing where all are there.

# What a build of the program and of the stand-in needs.
build_packages='gcc libc6-dev cmake ninja-build pkg-config git ca-certificates
	libcurl4-openssl-dev libjson-c-dev libssl-dev libgit2-dev libinih-dev'

# install_packages LOG PACKAGE...: apt's output goes to LOG and is shown if it fails.
# Only apt is run as root, through sudo where we are not.
install_packages() {
	packages_log=$1
	shift
	packages_missing=
	command -v dpkg-query >/dev/null 2>&1 || {
		echo "this is not Debian: going on with what is there (wanted: $*)" >&2
		return 0
	}
	# shellcheck disable=SC2016 # dpkg-query's own format
	packages_there=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "$@" 2>/dev/null)
	for package in "$@"; do
		printf '%s\n' "$packages_there" | grep -qxF "installed $package" ||
			packages_missing="$packages_missing $package"
	done
	[ -n "$packages_missing" ] || return 0

	echo "installing:$packages_missing"
	packages_sudo=
	if [ "$(id -u)" -ne 0 ]; then
		command -v sudo >/dev/null 2>&1 || {
			echo "neither root nor sudo: install these packages first" >&2
			return 1
		}
		packages_sudo=sudo
	fi
	# shellcheck disable=SC2086 # a list of names
	{
		packages_apt update &&
			packages_apt install -y --no-install-recommends $packages_missing
	} >"$packages_log" 2>&1 || {
		tail -n 40 "$packages_log" >&2
		return 1
	}
}

# sudo drops the environment, and with it what apt must know of a proxy.
packages_apt() {
	$packages_sudo env DEBIAN_FRONTEND=noninteractive \
		${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} \
		${no_proxy:+"no_proxy=$no_proxy"} apt-get -qq "$@"
}
