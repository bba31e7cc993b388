# SPDX-License-Identifier: Apache-2.0
#
# What no config may be, in each place where one is read: a reply over the network, a
# recorded one, a file that is named, a side of diff. One clear line with its place; an
# incomplete target where it is a reply, bad input where somebody named a file.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

product_repo repo prod
mkdir bad

# One file a fault; the reply around it is whole.
reply() {
	printf '{"Response": {"RequestId": "00000000-0000-4000-8000-00000000000b",\n'
	printf '"Enable": true, "ScanTime": "03:00:00",\n'
	printf '%b' "$1"
	printf '"ScanPeriod": 1}}\n'
}
reply '"ScanScope": 0, "ScanScope": 1,\n' >bad/duplicate-key.json
reply '"ScanScope": NaN,\n' >bad/nan.json
reply '"Id": [1, 18446744073709551616],\n' >bad/two-to-64.json
reply '"Id": [-9223372036854775809],\n' >bad/below-64-bits.json
reply '"Namespace": ["\\ud800"],\n' >bad/lone-surrogate.json
reply '"Namespace": ["a\0000b"],\n' >bad/nul-byte.json
reply '"Namespace": ["a\\u0000b"],\n' >bad/nul-escape.json
reply '"Namespace": ["\0355\0240\0200"],\n' >bad/surrogate-bytes.json
reply '"Namespace": ["\0300\0257"],\n' >bad/overlong.json
{
	printf '\357\273\277'
	reply ''
} >bad/bom.json
{
	printf '{"Response": {"RequestId": "r", "X": '
	head -c 10000 /dev/zero | tr '\0' '['
	head -c 10000 /dev/zero | tr '\0' ']'
	printf '}}\n'
} >bad/deep.json
reply '' | head -c 60 >bad/cut.json
{
	reply ''
	printf 'x\n'
} >bad/trailing.json
: >bad/empty.json
reply '' | iconv -f UTF-8 -t UTF-16 >bad/utf-16.json
reply '' | iconv -f UTF-8 -t UTF-16LE >bad/utf-16-no-mark.json
reply '' | gzip -n >bad/gzip.json
printf '{"Response": {"Response": {"Enable": true, "RequestId": "r"}}}\n' >bad/nested.json

# expect_told FILE: one line of it holds what normalize says of the fault.
expect_told() {
	[ "$(grep -cF -e "$told" "$1")" -eq 1 ] || fail "$name: not one line has: $told"
}

start_standin "$accounts" --scenario "$scenario"
account AKIDPROD prod-key '' "$common/prod.json"
use_key AKIDPROD prod-key
mkdir replies

for file in bad/*.json; do
	name=$(basename "$file" .json)

	# A file that somebody names. What is said of it, with line and column, stands in told.text.
	run scandrift normalize "$file"
	expect_exit 2
	expect_empty out
	expect_lines err 1
	expect_text err "scandrift: $file: line "
	told=$(sed "s,^scandrift: $file: ,," "$err")
	printf '%-16s %s\n' "$name" "$told" >>told
	run_stdin "$file" scandrift normalize --digest
	expect_exit 2
	expect_empty out
	expect_told "$err"
	run scandrift diff "$common/prod.json" "$file"
	expect_exit 2
	expect_empty out
	expect_lines err 1
	expect_text err "$file: "
	expect_told "$err"

	# Recorded, and live.
	cp "$file" replies/prod.json
	run_json -C repo check --replay "$PWD/replies" --now "$now"
	expect_exit 3
	expect_findings 'incomplete/bad-reply high prod'
	expect_json out '.findings[0] | (.message | startswith("the reply, line ")) and .request_id == null and
		(.next | contains("RequestId") | not)'
	expect_empty err
	echo "AKIDPROD * body \"$PWD/$file\"" >"$scenario"
	run scandrift -C repo check --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --now "$now"
	expect_exit 3
	expect_text out 'incomplete/bad-reply'
	expect_told "$out"
	expect_empty err
done
expect_output told.text told

# The other side of diff, and fetch.
run scandrift diff "$file" "$common/prod.json"
expect_exit 2
expect_told "$err"
run scandrift -C repo fetch prod --replay "$PWD/replies"
expect_exit 3
expect_empty out
expect_lines err 1
expect_told "$err"

# The same as a committed baseline is the baseline's fault.
cp bad/duplicate-key.json repo/baselines/prod.json
commit_all repo 'broken'
replay_from replies prod "$common/prod.json"
run_json -C repo check --replay "$PWD/replies" --now "$now"
expect_exit 1
expect_findings 'baseline/malformed critical prod'
expect_json out '.findings[0].line == 3'

# So is one that is no schedule, which is not one in which nothing is set.
for text in '{}' '{"foo": 1}' '{"Response": {"RequestId": "r"}}'; do
	printf '%s\n' "$text" >repo/baselines/prod.json
	commit_all repo 'no schedule'
	run_json -C repo check --replay "$PWD/replies" --now "$now"
	expect_exit 1
	expect_findings 'baseline/malformed critical prod'
	expect_json out '.findings[0] | .message | contains("no field of a scan schedule")'
done

# An error in another form than the API's is one, and its advice is about no code and no RequestId.
error_reply() {
	printf '%s' "$1" >replies/prod.json
	run_json -C repo check --replay "$PWD/replies" --now "$now"
	expect_json out "[.findings[] | select(.class == \"incomplete\")] | length == 1 and (.[0] |
		.rule == \"incomplete/$2\" and .message == \"$3\" and
		(.next | contains(\"RequestId\") or contains(\"code\") | not))"
}
error_reply '{"Response": {"Error": "boom"}}' api-error boom
error_reply '{"Response": {"Error": {}, "RequestId": null}}' api-error \
	'an error without a code and without a text'
error_reply '{"Error": "boom"}' bad-reply 'the reply, line 1 column 2: no Response: not a reply of the API'

# Nor does the advice on what a reply lacks.
printf '{"Response": {"Enable": true, "RequestId": null}}' >replies/prod.json
run_json -C repo check --replay "$PWD/replies" --now "$now"
expect_json out '[.findings[] | select(.rule == "incomplete/missing-field")] | length == 3 and
	all(.next | contains("RequestId") | not)'
printf '{"Response": {"Enable": true, "RequestId": "r"}}' >replies/prod.json
run_json -C repo check --replay "$PWD/replies" --now "$now"
expect_json out '[.findings[] | select(.rule == "incomplete/missing-field")] | length == 2 and
	all(.next | contains("give the RequestId"))'

# What is no object, and what is no JSON at all (a gateway's page).
for text in '[]' '"x"' 'null' '<html>'; do
	printf '%s' "$text" >replies/prod.json
	run_json -C repo check --replay "$PWD/replies" --now "$now"
	[ "$code" -ne 0 ] || fail "taken: $text"
	expect_json out '.incomplete'
done
