# SPDX-License-Identifier: Apache-2.0
#
# All scripts pass shellcheck, but those in tests/data/cases: published cases are kept byte for
# byte. What is left out of the rest, and why:
#   SC1090 SC1091  tests/lib/e2e.sh is sourced from a path that only a run knows
#   SC2034 SC2154  it sets names that only the scripts which source it use
#   SC2317         its functions look never called
#   SC2164         it sets -e, so that a failed cd ends the script
#   SC2015         `a && b || fail`: where fail also tells of a broken b, as meant
#   SC2013         `for name in $(...)` over names that hold no space
#   SC2088         a tilde in quotes is meant as it stands
#   SC2238         a file that is named as a command is
#   SC2016         programs of awk and jq stand in single quotes

command -v shellcheck >/dev/null 2>&1 || {
	echo 'no shellcheck'
	exit 77
}
status=0
find src tests \( -name node_modules -o -path tests/data/cases \) -prune -o -type f -name '*.sh' -print0 |
	xargs -0 -n 8 -P "$(nproc)" shellcheck --shell=dash \
		--exclude=SC1090,SC1091,SC2013,SC2015,SC2016,SC2034,SC2088,SC2154,SC2164,SC2238,SC2317 || status=1
if [ -f .ci/run ]; then
	shellcheck --shell=bash .ci/run || status=1
fi
exit "$status"
