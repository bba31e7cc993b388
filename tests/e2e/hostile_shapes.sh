# SPDX-License-Identifier: Apache-2.0
#
# Replies of the most that a size allows, each of one shape over and over: the right answer or one
# error, in memory that is bounded by the size and in time that grows with it. What a digest has to
# be comes from another program: the bytes of RFC 8785 are written beside each reply, and sha256sum
# reads them.
#
# Sizes are 1 and 8 MiB; the long run has 64 MiB too, and compares user CPU there with that at 8.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
need git awk sha256sum
measure=/usr/bin/time
[ -x "$measure" ] || skip "no $measure"

now=2026-11-24T00:00:00Z
sizes='1 8'
runs=1
if [ -n "$SCANDRIFT_LONG" ]; then
	sizes='1 8 64'
	runs=3
fi
kib_beside=65536 # beside the size limit in force
kib_review=262144
exponent_max=1.1
figures=$SCRATCH/figures

# Shapes that check and review get as well.
heavy=' nested doubles keysrev longtext escapes imgempty imgdiff imgextra iddiff top '

new_repo repo
mkdir repo/baselines recorded
printf '[target prod]\n' >repo/baselines/targets.ini
printf '{"Response":{"RequestId":"r","Enable":false}}' >small.json
"$SCANDRIFT" normalize small.json >small-baseline.json

# --- writing ---------------------------------------------------------------------------------

# same COUNT TEXT: so many of it, parted by commas.
same() {
	yes "$2," | tr -d '\n' | head -c $(((${#2} + 1) * $1 - 1))
}

# each COUNT EXPRESSION: the same of what an awk expression gives for i, which counts from 0.
each() {
	awk -v n="$1" "function text(i) { return $2 }"'
		BEGIN { for (ORS = ""; i < n; i++) print (i ? "," : "") text(i) }'
}

# filled BYTES: that many letters.
filled() {
	head -c "$1" /dev/zero | tr '\0' a
}

# Each shape writes the members that a reply has beside Enable to the file `members`, and to `jcs`
# what of the digested form they are, comma and all.

# listed KEY UNIT [JCS]: a list of one value; JCS of it, where that is not its own.
listed() {
	count=$((size / (${#2} + 1)))
	{ printf '"%s":[' "$1" && same "$count" "$2" && printf ']'; } >members
	if [ $# -eq 2 ]; then
		{ printf ',' && cat members; } >jcs
	else
		{ printf ',"%s":[' "$1" && same "$count" "$3" && printf ']'; } >jcs
	fi
}

# ordered KEY BYTES EXPRESSION: a list in order, of elements of about so many bytes.
ordered() {
	{ printf '"%s":[' "$1" && each $((size / $2)) "$3" && printf ']'; } >members
	{ printf ',' && cat members; } >jcs
}

# turned KEY BYTES EXPRESSION: the same from its end; a set of the API has no order.
turned() {
	ordered "$1" "$2" "$3"
	each $((size / $2)) "$(printf '%s' "$3" | sed "s/(i)/($((size / $2 - 1)) - i)/g")" >turned
	{ printf '"%s":[' "$1" && cat turned && printf ']'; } >members
}

# a_set KEY UNIT JCS: a list of one element, which is a set of it.
a_set() {
	listed "$1" "$2"
	printf ',"%s":%s' "$1" "$3" >jcs
}

# object NAME: members of an object, in order and from the end.
keyed='sprintf("\"k%08d\":1", (i))'
object() {
	turned X 13 "$keyed"
	for file in members jcs; do
		sed 's/:\[/:{/; s/]$/}/' $file >object && mv object $file
	done
	[ "$1" = keysrev ] || tail -c +2 jcs >members
}

# --- shapes ----------------------------------------------------------------------------------

deep=$(printf '{"a":%.0s' 1 2 3 4 5 6 7 8 9 10)1$(printf '}%.0s' 1 2 3 4 5 6 7 8 9 10)

shape() {
	wrong= # the words of the one error line
	case $1 in
	nested) listed X '[[[[[[]]]]]]' ;;
	emptylists) listed X '[]' ;;
	emptyobjects) listed X '{}' ;;
	emptytexts) listed X '""' ;;
	deep) listed X "$deep" ;;
	doubles) listed X 0.1 ;;
	digits) ordered X 19 'sprintf("0.1234567%08d1", i)' ;;
	powers) listed X 1e-7 ;;
	large) listed X 1e+20 100000000000000000000 ;;
	integers) listed X 0 ;;
	blanks)
		{ printf '"X":' && filled "$size" | tr a ' ' && printf 1; } >members
		printf ',"X":1' >jcs
		;;
	imgempty) a_set Images '{}' '[{}]' ;;
	imgequal) a_set Images '{"ImageName":"a"}' '[{"ImageName":"a"}]' ;;
	imgescaped) a_set Images '{"ImageName":"\u0061"}' '[{"ImageName":"a"}]' ;;
	imgextra) a_set Images '{"x":1}' '[{"x":1}]' ;;
	imgdiff) ordered Images 25 'sprintf("{\"ImageName\":\"%09d\"}", (i))' ;;
	imgturned) turned Images 25 'sprintf("{\"ImageName\":\"%09d\"}", (i))' ;;
	imgnamed) turned Images 61 \
		'sprintf("{\"ImageName\":\"image-%09d\",\"Namespace\":\"team-of-%09d\"}", (i), (i))' ;;
	imgstate) # of each element the state alone differs: it is one element
		ordered Images 40 'sprintf("{\"ImageName\":\"a\",\"ImageDigest\":\"%09d\"}", i)'
		printf ',"Images":[{"ImageName":"a"}]' >jcs
		;;
	imgextradiff)
		ordered Images 15 'sprintf("{\"x\":%08d}", i + 10000000)'
		[ "$2" -eq 1 ] || wrong='of memory'
		;;
	imgnot)
		listed Images 1
		wrong='/Images/0: found a number, expected an object'
		;;
	idequal) a_set Id 1 '[1]' ;;
	iddiff) ordered Id 10 'sprintf("1%08d", (i))' ;;
	idturned) turned Id 10 'sprintf("1%08d", (i))' ;;
	excluded) turned ExcludeImageAssetIds 21 'sprintf("180%08d%09d", (i) , (i))' ;;
	nsequal) a_set Namespace '"n"' '["n"]' ;;
	nsescaped) a_set Namespace '"\n"' '["\n"]' ;;
	nsdiff) turned Namespace 12 'sprintf("\"n%08d\"", (i))' ;;
	typesequal) a_set ScanType '"vul\u0041"' '["VULA"]' ;;
	typesdiff) ordered ScanType 12 'sprintf("\"T%08d\"", i)' ;;
	keys | keysrev) # of each key more is held than the key
		object "$1"
		[ "$2" -eq 1 ] || wrong='of memory'
		;;
	twice)
		object keys
		sed 's/}$/,"k00000000":1}/' members >object && mv object members
		wrong='duplicate key "k00000000"'
		[ "$2" -eq 1 ] || wrong='of memory'
		;;
	top)
		each $((size / 13)) "$keyed" >members
		: >jcs
		wrong='more than 10000 fields that this version does not know'
		;;
	longkey)
		{ printf '"' && filled "$size" && printf '":1'; } >members
		{ printf ',' && cat members; } >jcs
		;;
	longtext)
		{ printf '"X":"' && filled "$size" && printf '"'; } >members
		{ printf ',' && cat members; } >jcs
		;;
	longtime)
		{ printf '"LastScanTime":"' && filled "$size" && printf '"'; } >members
		: >jcs
		;;
	escapes)
		{ printf '"X":"' && filled $((size / 2)) | sed 's/a/\\n/g' && printf '"'; } >members
		{ printf ',' && cat members; } >jcs
		;;
	surrogates)
		{ printf '"X":"' && filled $((size / 12)) | sed 's/a/\\ud83d\\ude00/g' && printf '"'; } >members
		{ printf ',"X":"' && filled $((size / 12)) | sed 's/a/😀/g' && printf '"'; } >jcs
		;;
	controls) listed X '"\u0001"' ;;
	unsorted)
		{ printf '"X":{"b":{"b":0,"a":"' && filled "$size" && printf '"},"a":0}'; } >members
		{ printf ',"X":{"a":0,"b":{"a":"' && filled "$size" && printf '","b":0}}'; } >jcs
		;;
	*) fail "no shape $1" ;;
	esac
}

# --- what is asked ---------------------------------------------------------------------------

# measured KIB COMMAND ARG...: runs it, under a bound of memory; $user is its CPU time.
measured() {
	bound=$1
	shift
	run timeout 60 "$measure" -q -f '%U %M' -o "$SCRATCH/measured" "$@"
	[ "$code" -ne 124 ] || fail 'it did not end'
	read -r user peak <"$SCRATCH/measured"
	[ "$peak" -le "$bound" ] || fail "it took $peak KiB, more than $bound"
}

one_error() {
	expect_exit 2
	expect_empty out
	[ "$(wc -l <"$err")" -eq 1 ] || fail 'one line of error is expected'
	expect_text err "$wrong"
}

# normalized NAME MIB: the digest, or the error.
normalized() {
	fastest=
	for _ in $(seq "$runs"); do
		measured $((limit / 1024 + kib_beside)) \
			"$SCANDRIFT" normalize --digest --max-reply "$limit" reply.json
		fastest=$(printf '%s\n%s\n' "${fastest:-$user}" "$user" | sort -n | head -n 1)
	done
	echo "$1 $2 $fastest" >>"$figures"
	echo "    $2 MiB: $((peak / 1024)) MiB, $fastest s"
	if [ -n "$wrong" ]; then
		one_error
		return
	fi
	expect_exit 0
	[ "$(cat "$out")" = "sha256:$digest" ] || fail "the digest should be $digest"
}

# The rule is told, or why the file could not be judged.
checked() {
	cp reply.json recorded/prod.json
	measured $((limit / 1024 + kib_beside)) "$SCANDRIFT" -C repo check --worktree \
		--replay "$PWD/recorded" --now "$now" --max-reply "$limit" --fail-on info
	echo "    check: $((peak / 1024)) MiB"
	if [ -n "$wrong" ]; then
		expect_exit 3
		expect_text out incomplete/
	else
		expect_exit 1
		expect_text out drift/
	fi
}

# A review has one limit for all that it reads, which some of these fit into.
reviewed() {
	{ printf '{"Enable":false,' && cat members && printf '}'; } >repo/baselines/prod.json
	commit_all repo evil
	measured "$kib_review" "$SCANDRIFT" -C repo review --now "$now" --max-reply "$limit" HEAD~1..HEAD
	echo "    review: $((peak / 1024)) MiB"
	git -C repo reset -q --hard HEAD~1
	grep -qE 'drift/|baseline/malformed' "$out" || fail 'neither judged nor malformed'
	if [ "$2" -eq 1 ] && [ -z "$wrong" ]; then
		expect_text out drift/
	fi
}

# ask NAME MIB
ask() {
	size=$(($2 << 20))
	shape "$@"
	{ printf '{"Response":{"RequestId":"r","Enable":false,' && cat members && printf '}}'; } >reply.json
	limit=$(wc -c <reply.json)
	digest=$({ printf '{"Enable":false' && cat jcs && printf '}'; } | sha256sum | cut -d ' ' -f 1)
	normalized "$@"
	case $heavy in
	*" $1 "*)
		checked
		reviewed "$@"
		;;
	esac
}

cp small-baseline.json repo/baselines/prod.json
commit_all repo base
for name in nested emptylists emptyobjects emptytexts deep doubles digits powers large integers blanks \
	imgempty imgequal imgescaped imgextra imgdiff imgturned imgnamed imgstate imgextradiff imgnot \
	idequal iddiff idturned excluded nsequal nsescaped nsdiff typesequal typesdiff keys keysrev twice \
	top longkey longtext longtime escapes surrogates controls unsorted; do
	echo "$name"
	for mib in $sizes; do
		ask "$name" "$mib"
	done
done

# A hundredth of a second is what the clock can tell.
[ -z "$SCANDRIFT_LONG" ] || awk -v max="$exponent_max" '
	$2 == 8 { small[$1] = $3 + 0.01 }
	$2 == 64 {
		exponent = log(($3 + 0.01) / small[$1]) / log(8)
		print $1 ": grows by the power of " exponent
		if (exponent > max) failed = 1
	}
	END { exit failed }' "$figures" || fail 'it grows faster than its input'
