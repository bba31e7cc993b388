# SPDX-License-Identifier: Apache-2.0
#
# normalize and diff, which need neither network nor, but for REV:PATH, a repository.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

# normalized FILE: it normalizes to the file want.json.
normalized() {
	run scandrift normalize "$1"
	expect_exit 0
	expect_empty err
	expect_same want.json "$out"
}

# One config in each form that people have at hand, in another order and another case.
cat >bare.json <<'JSON'
{"ScanType": ["virus", "Cve", "RISK", "CVE"], "ScanTime": "17:10", "ScanPeriod": 1, "Enable": true,
 "ScanEndTime": null, "Id": [100, 20, 3, 18446744073709551615, -9223372036854775808],
 "RegistryType": ["TCR", "ccr"], "Images": [], "LastScanTime": "2024-10-29 17:10:00",
 "ScanResult": "Success", "Latest": true, "Other": {"z": [3, 1, 2], "a": null}}
JSON
{
	printf '{"Response": {"RequestId": "00000000-0000-4000-8000-000000000001", '
	sed '1s/^{//' bare.json
	printf '}\n'
} >envelope.json
scandrift normalize bare.json >want.json
cp want.json forms.json
expect_output canonical.text forms.json
normalized envelope.json
normalized want.json
sed 's/"17:10"/"17:10:00"/' bare.json >seconds.json
normalized seconds.json
# As the vendor's command line prints it: the envelope's inside, RequestId included.
sed '1s/^{/{"RequestId": "r", /' bare.json >cli.json
normalized cli.json
# From a Windows editor.
sed 's/$/\r/' bare.json >crlf.json
normalized crlf.json

# Null, absent and empty lists are one; null and absent scalars too.
for how in 's/"Images": \[\]/"Images": null/' 's/"Images": \[\],//' 's/"ScanEndTime": null,//' \
	's/"Enable": true,/"Enable": true, "Namespace": null, "All": null,/'; do
	sed "$how" bare.json >variant.json
	cmp -s bare.json variant.json && fail "nothing was edited by $how"
	normalized variant.json
done
# But a null is never false or 0.
sed 's/"Enable": true,/"Enable": true, "All": false,/' bare.json >variant.json
run scandrift diff bare.json variant.json
expect_exit 1

# Standard input, by name and without; the same bytes by every way.
run_stdin envelope.json scandrift normalize
expect_exit 0
expect_same want.json "$out"
run_stdin envelope.json scandrift normalize -
expect_exit 0
expect_same want.json "$out"

# The digest is of the RFC 8785 form, without what is null or empty.
run scandrift normalize --jcs envelope.json
expect_exit 0
cp "$out" jcs
printf '%s' '{"Enable":true,"Id":[-9223372036854775808,3,20,100,18446744073709551615],"Latest":true,' \
	'"Other":{"a":null,"z":[3,1,2]},"RegistryType":["ccr","tcr"],"ScanPeriod":1,' \
	'"ScanTime":"17:10:00","ScanType":["CVE","RISK","VIRUS"]}' >want.jcs
expect_same want.jcs jcs
run scandrift normalize --digest envelope.json
expect_exit 0
printf 'sha256:%s\n' "$(sha256sum <jcs | cut -d ' ' -f 1)" >want.digest
expect_same want.digest "$out"
run scandrift normalize --digest --jcs envelope.json
expect_exit 2
expect_empty out

# A reply as the API sends it: an image with every member, and one that no table knows.
scandrift normalize "$SCANDRIFT_SOURCE/tests/data/reply-plain.json" >want.json
normalized want.json
expect_json want.json '.ScanType == ["RISK", "VIRUS"] and .Images[0].ImageName == "shop/cart" and
	.Images[0].Force == "Force"'

# Files that are not there, are no files, or are too large; an error reply is no config.
run scandrift normalize missing.json
expect_exit 2
expect_line err 'scandrift: missing.json: No such file or directory'
mkdir folder.json
run scandrift normalize folder.json
expect_exit 2
expect_line err 'scandrift: folder.json: is a folder, expected a file'
run scandrift normalize --max-reply 100 bare.json
expect_exit 2
expect_text err 'bare.json: larger than 100 bytes'
expect_lines err 1
printf '{"Response": {"Error": {"Code": "AuthFailure", "Message": "No."}, "RequestId": "r"}}' >error.json
run scandrift normalize error.json
expect_exit 2
expect_empty out
expect_text err 'AuthFailure'
sed 's/"ScanTime": "17:10"/\n"ScanTime": "24:00:01"/' bare.json >bad-time.json
run scandrift normalize bad-time.json
expect_exit 2
expect_text err 'bad-time.json: line 2 column 13: /ScanTime: '
run scandrift normalize bare.json envelope.json
expect_exit 2

# What names no field of a schedule is no schedule in which nothing is set.
shapes='scandrift reads the bare object, the Response envelope, what the vendor'"'"'s CLI prints, and a paste from API Explorer'
no_schedule() {
	printf '%s' "$1" >shape.json
	for mode in '' --digest --jcs '--assert=/Enable absent'; do
		# Without an option there is no argument.
		run scandrift normalize ${mode:+"$mode"} shape.json
		expect_exit 2
		expect_empty out
		expect_line err "scandrift: shape.json: $2"
	done
	run scandrift diff shape.json bare.json
	expect_exit 2
	expect_empty out
	expect_line err "scandrift: shape.json: $2"
	run_stdin shape.json scandrift diff bare.json -
	expect_exit 2
	expect_line err "scandrift: standard input: $2"
}
no_field='line 1 column 1: no field of a scan schedule: found'
no_schedule '{}' "$no_field an empty object; $shapes"
no_schedule '{"foo": 1}' "$no_field only \"foo\"; $shapes"
no_schedule '{"data": {"Response": {"Enable": true, "RequestId": "r"}}}' \
	"$no_field only \"data\" (give the value of \"data\" alone); $shapes"
no_schedule '{"enable": true, "scanTime": "03:00", "scanPeriod": 1, "scanType": ["CVE"]}' \
	"$no_field only \"enable\", \"scanPeriod\", \"scanTime\" and 1 more (the API writes \"Enable\"); $shapes"
no_schedule '{"Response": {"TotalCount": 0, "List": [], "RequestId": "r"}}' \
	"line 1 column 14: no field of a scan schedule: found only \"List\", \"TotalCount\", \"RequestId\"; $shapes"
no_schedule '{"Response": {}}' \
	"line 1 column 14: no field of a scan schedule: found an empty object; $shapes"
no_schedule '{"LastScanTime": "2024-10-29 17:10:00"}' "$no_field only \"LastScanTime\"; $shapes"
no_schedule '{"Response": {"Response": {"Enable": true, "RequestId": "r"}}}' \
	'line 1 column 15: found Response in Response, expected the fields'
run_stdin shape.json scandrift normalize
expect_exit 2
long=$(printf '%0100d' 0)
no_schedule "{\"$long\": 1}" "$no_field only \"$(printf '%040d' 0)...\"; $shapes"

# Two of them are not equal either.
printf '{}' >shape.json
run scandrift diff shape.json shape.json
expect_exit 2
expect_empty out

# One field is enough, and a null is one.
printf '{"Enable": null}' >null.json
run scandrift normalize null.json
expect_exit 0
cp "$out" all-null.json
run scandrift normalize all-null.json
expect_exit 0
expect_same all-null.json "$out"

# An error in another form than the API's.
printf '{"Error": "boom"}' >error.json
run scandrift normalize error.json
expect_exit 2
expect_line err 'scandrift: error.json: it is an error without a code, no config: boom'

# assert EXIT JSON ERROR: of what check would call incomplete nothing is asserted.
assert() {
	printf '%s' "$2" >asserted.json
	run scandrift normalize --assert '/ScanType contains CVE' asserted.json
	expect_exit "$1"
	[ -z "$3" ] || {
		expect_empty out
		expect_line err "scandrift: asserted.json: $3"
	}
}
on='"Enable": true, "ScanTime": "03:00", "ScanPeriod": 1, "ScanType": ["CVE"]'
assert 0 "{\"Response\": {$on, \"RequestId\": \"r\"}}" ''
assert 0 "{$on}" ''
assert 1 '{"ScanType": ["RISK"]}' ''
assert 3 "{\"Response\": {$on}}" 'line 1 column 14: /RequestId: absent, expected a value'
assert 3 "{\"Response\": {$on, \"RequestId\": \"\"}}" 'line 1 column 90: /RequestId: empty, expected a value'
assert 3 "{$on, \"RequestId\": null}" 'line 1 column 77: /RequestId: null, expected a value'
assert 3 '{"ScanType": ["CVE"], "RequestId": "r"}' 'line 1 column 1: /Enable: absent, expected a value'
assert 3 '{"Enable": true, "ScanPeriod": 1, "RequestId": "r"}' \
	'line 1 column 2: /ScanTime: absent, expected a value where the scan is on'
assert 3 '{"Enable": true, "ScanTime": "03:00", "ScanPeriod": 0}' \
	'line 1 column 39: /ScanPeriod: not set, expected a value where the scan is on'
assert 3 "{\"Response\": {$on, \"Latest\": 1, \"RequestId\": \"r\"}}" \
	'line 1 column 100: /Latest: found a number, expected true or false'
assert 3 "{\"Response\": {$on, \"LastScanTime\": \"soon\", \"RequestId\": \"r\"}}" \
	'line 1 column 90: /LastScanTime: expected YYYY-MM-DD hh:mm:ss'
assert 3 '{"Response": {"Error": {"Code": "AuthFailure", "Message": "No."}, "RequestId": "r"}}' \
	'it is an error reply of the API, no config: AuthFailure: No.'
assert 2 '{"Response": ' ''

# diff: equal.
run scandrift diff bare.json envelope.json
expect_exit 0
run_json diff bare.json envelope.json
expect_exit 0
expect_json out '.targets[0] | .outcome == "equal" and .baseline_digest == .live_digest'

# Different, in each kind of field.
sed 's/"Id": \[100, 20,/"Id": [9007199254740993,/; s/"Latest": true/"Latest": false/
	s/"Other": {"z"/"Other": {"y"/; s/"ScanTime": "17:10"/"ScanTime": "18:10"/' bare.json >edited.json
run scandrift diff bare.json edited.json
expect_exit 1
expect_empty err
expect_output different.text
run_json diff bare.json edited.json
expect_exit 1
expect_json out '[.targets[0].changes[] | .path] == ["/ScanTime", "/Id", "/Latest", "/Other"]'
expect_line out '            9007199254740993'
# inert.json changes what selects nothing under the scope it has; it is a difference all the same.
printf '{"Enable": false, "ScanPeriod": 1}' >off.json
printf '{"Enable": false, "ScanPeriod": 2}' >inert.json
run_json diff off.json inert.json
expect_exit 1
expect_json out '.verdict == "fail" and .targets[0].direction == "inert"'

# Standard input on either side, not on both.
run_stdin bare.json scandrift diff - envelope.json
expect_exit 0
run_stdin bare.json scandrift diff edited.json -
expect_exit 1
run_stdin bare.json scandrift diff - -
expect_exit 2
expect_lines err 1

# Out of git.
product_repo repo prod
git -C repo tag first
sed -i 's/"ScanPeriod": 1/"ScanPeriod": 7/' repo/baselines/prod.json
commit_all repo 'weekly'
run scandrift -C repo diff first:baselines/prod.json HEAD:baselines/prod.json
expect_exit 1
expect_output revisions.text
run scandrift -C repo diff HEAD:baselines/prod.json baselines/prod.json
expect_exit 0
run scandrift -C repo/baselines diff HEAD^:baselines/prod.json first:baselines/prod.json
expect_exit 0
# A path that begins as one is a file, whatever colons it has.
cp repo/baselines/prod.json 'repo/reply-02:00.json'
run scandrift -C repo diff HEAD:baselines/prod.json ./reply-02:00.json
expect_exit 0
rm repo/reply-02:00.json
run scandrift -C repo diff nowhere:baselines/prod.json baselines/prod.json
expect_exit 2
expect_text err 'nowhere'
run scandrift -C repo diff HEAD:baselines/none.json baselines/prod.json
expect_exit 2
expect_text err 'HEAD:baselines/none.json: there is no such file'
run scandrift -C repo diff HEAD:baselines baselines/prod.json
expect_exit 2
expect_text err 'HEAD:baselines: it is a folder, expected a file'
run scandrift diff HEAD:baselines/prod.json bare.json
expect_exit 2
expect_lines err 1

# What is live needs credentials.
run scandrift -C repo diff live:prod HEAD:baselines/prod.json
expect_exit 2
expect_text err 'live:prod'
run scandrift diff bare.json
expect_exit 2
run scandrift diff bare.json envelope.json edited.json
expect_exit 2
expect_text err "'edited.json'"
