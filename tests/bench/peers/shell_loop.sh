# SPDX-License-Identifier: Apache-2.0
#
# shell_loop.sh URL CA_FILE AGREED COUNT: what people write first. Nothing is signed.

: "${4:?}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
jq -S 'del(.Response.RequestId)' "$3" >"$work/agreed" || exit 1
i=0
while [ "$i" -lt "$4" ]; do
	i=$((i + 1))
	curl -sS --fail --cacert "$2" -H 'Content-Type: application/json' -d '{}' "$1" |
		jq -S 'del(.Response.RequestId)' >"$work/live" || exit 1
	diff "$work/agreed" "$work/live" >/dev/null || exit 1
done
