#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sh src/uninstall.sh MANIFEST
#
# Removes the files that the last `cmake --install` of a build wrote, which are listed
# in MANIFEST, and then the directories of scandrift's own that this left empty. DESTDIR
# means what it means to `cmake --install`.

manifest=${1:?the install_manifest.txt of a build}
[ -f "$manifest" ] || {
	echo "nothing was installed from this build: there is no $manifest" >&2
	exit 1
}

# each_file COMMAND: calls it with each path. The last line of the list has no newline.
each_file() {
	while IFS= read -r path || [ -n "$path" ]; do
		"$1" "${DESTDIR:-}$path" || return 1
	done <"$manifest"
}

remove_file() {
	if [ -e "$1" ] || [ -L "$1" ]; then
		rm -f -- "$1" || return 1
		echo "removed $1"
	else
		echo "already gone: $1"
	fi
}

# Directories that other packages share, such as bin, have no "scandrift" in their path.
# rmdir refuses a directory that still holds somebody else's file.
remove_empty() {
	directory=${1%/*}
	while :; do
		case $directory/ in
		*/scandrift/*) ;;
		*) return 0 ;;
		esac
		[ ! -d "$directory" ] || rmdir -- "$directory" 2>/dev/null || return 0
		directory=${directory%/*}
	done
}

each_file remove_file && each_file remove_empty
