#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# sh tests/lib/at-date.sh SCRIPT [ARG...]: runs a test as if it were SCANDRIFT_TEST_DATE, in the time
# zone SCANDRIFT_TEST_TZ and in another locale. A test that depends on the day when it runs, or on
# the place, fails here.

set -eu
: "${SCANDRIFT_TEST_DATE:?such as 2031-03-01}" "${SCANDRIFT_TEST_TZ:=UTC}" "${SCANDRIFT_SOURCE:?}"
# Turkish has its own order, case of letters and decimal point; C, which is everywhere, at least no
# UTF-8. tests/lib/clean-env.sh takes over both.
: "${SCANDRIFT_TEST_LC_ALL:=$(locale -a 2>/dev/null | grep -ix -m 1 'tr_TR\.utf-*8')}"
: "${SCANDRIFT_TEST_LC_ALL:=C}"
export SCANDRIFT_TEST_TZ SCANDRIFT_TEST_LC_ALL

command -v faketime >/dev/null 2>&1 || {
	echo 'SKIP: no faketime'
	[ -z "${SCANDRIFT_NO_SKIP:-}" ] || exit 1
	exit 77
}

# A distance, not a date: so all processes of the test have the same clock, and it goes on. A time
# limit is of the monotonic clock, which stays as it is.
FAKETIME_DONT_FAKE_MONOTONIC=1
export FAKETIME_DONT_FAKE_MONOTONIC
distance=$(($(date -u -d "$SCANDRIFT_TEST_DATE" +%s) - $(date +%s)))
case $distance in
-*) ;;
*) distance=+$distance ;;
esac
# AddressSanitizer's allocator asks for the time with its lock held, and libfaketime allocates when it
# is asked first: without this the two wait for each other.
ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}allocator_release_to_os_interval_ms=-1
export ASAN_OPTIONS
# A run that was killed leaves what its clock is shared by, under its process number. That is this
# process's number now, so nobody uses it.
rm -f "/dev/shm/sem.faketime_sem_$$" "/dev/shm/faketime_shm_$$"
# -m: the library for programs with threads, as the stand-in is one.
exec faketime -m -f "$distance" sh "$@"
