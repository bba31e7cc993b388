# SPDX-License-Identifier: Apache-2.0
#
# review of what means harm: the right exit code and one clear word each, in seconds and in little
# memory. A row is a repository, made anew from one that is fine, that something was done to.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
measure=/usr/bin/time
[ -x "$measure" ] || skip "no $measure"

# What a run may take: more than five seconds and 256 MiB would be too much on a quiet machine; a
# busy one is slower, and a sanitizer needs memory of its own.
seconds_max=20
kib_max=262144
! nm -D "$SCANDRIFT" 2>/dev/null | grep -q __asan_init || kib_max=$((kib_max * 4))

product_repo clean prod
mkdir clean/policies
cat >clean/policies/p.ini <<'POLICY'
[policy]
id = p

[rule on]
severity = high
assert   = /Enable == true
POLICY
commit_all clean clean

# row NAME: the repository r, on the branch evil.
row() {
	echo "row: $*"
	rm -rf r
	cp -r clean r
	git -C r switch -q -c evil
}

# judged EXIT TEXT [ARG...]: what is in r is committed, and reviewed; TEXT stands in what is said.
judged() {
	want=$1
	text=$2
	shift 2
	commit_all r evil
	reviewed "$want" "$text" "$@"
}

# reviewed EXIT TEXT [ARG...]: the same of what was committed.
reviewed() {
	want=$1
	text=$2
	shift 2
	[ $# -gt 0 ] || set -- main..evil
	run "$measure" -q -f '%e %M' -o "$SCRATCH/measured" "$SCANDRIFT" -C r review --now "$now" "$@"
	expect_exit "$want"
	if [ "$want" -eq 2 ]; then
		expect_empty out
		expect_lines err 1
		expect_text err "$text"
	else
		expect_text out "$text"
	fi
	awk -v s="$seconds_max" -v k="$kib_max" '
		{ print "    " $1 " s, " int($2 / 1024) " MiB" }
		$1 > s || $2 > k { exit 1 }' "$SCRATCH/measured" || fail 'it took too much'
}

prod=r/baselines/prod.json
weaken() {
	sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 30/' "$prod"
}

# --- links, folders, submodules -------------------------------------------------------------

for to in /etc/passwd /dev/zero ../../../../etc/passwd targets.ini; do
	row "a link to $to as baseline"
	ln -sf "$to" "$prod"
	judged 1 'symbolic link'
	expect_text out baseline/malformed
	row "a link to $to as policy"
	ln -sf "$to" r/policies/p.ini
	judged 2 'policies/p.ini: it is a symbolic link'
	row "a link to $to as targets"
	ln -sf "$to" r/baselines/targets.ini
	judged 2 'symbolic link'
done
row 'a link as folder of policies'
rm -r r/policies
ln -s /etc r/policies
judged 2 'policies: a folder is expected'
row 'a link as folder of baselines'
mv r/baselines r/elsewhere
ln -s elsewhere r/baselines
judged 1 approval/target-removed
row 'a submodule as baseline'
git -C r update-index --cacheinfo "160000,$(git -C r rev-parse HEAD),baselines/prod.json"
git -C r commit -q -m evil
reviewed 1 submodule
expect_text out baseline/malformed
row 'a folder as baseline'
rm "$prod"
mkdir "$prod"
: >"$prod/x"
judged 1 'it is a folder'
row 'a pointer of Git LFS as baseline'
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%064d\nsize 1\n' 0 >"$prod"
judged 1 'Git LFS pointer'
row 'a .git file that leads nowhere'
rm -rf r/.git
echo 'gitdir: /nonexistent/elsewhere' >r/.git
reviewed 2 ''
row 'a .git file that leads to /dev'
rm -rf r/.git
echo 'gitdir: /dev' >r/.git
reviewed 2 ''

for path in ../../etc/passwd /etc/passwd baselines/../../x .git/config 'a\b' .; do
	row "baseline = $path"
	printf '[target prod]\nbaseline = %s\n' "$path" >r/baselines/targets.ini
	commit_all r evil
	run scandrift -C r review main..evil
	[ "$code" -eq 1 ] || [ "$code" -eq 2 ] || fail "$path: exit code $code"
	expect_no_text out 'root:'
done

# --- size -----------------------------------------------------------------------------------

row 'a baseline of 1 GiB'
head -c 1073741824 /dev/zero >"$prod"
git -C r -c core.compression=1 -c core.bigFileThreshold=1m add baselines
rm "$prod"
git -C r commit -q -m evil
reviewed 1 'larger than'
expect_text out baseline/malformed
big=$(git -C r rev-parse evil:baselines/prod.json)
git -C r update-index --cacheinfo "100644,$(git -C r rev-parse main:baselines/prod.json),baselines/prod.json"
git -C r update-index --cacheinfo "100644,$big,policies/p.ini"
git -C r commit -q -m evil
reviewed 2 'policies/p.ini: larger than'
git -C r update-index --cacheinfo "100644,$(git -C r rev-parse main:policies/p.ini),policies/p.ini"
git -C r update-index --cacheinfo "100644,$big,baselines/targets.ini"
git -C r commit -q -m evil
reviewed 2 'baselines/targets.ini: larger than'

row 'a small baseline that is packed as its difference to a large one'
head -c 75000000 /dev/zero >r/b
head -c 40000000 /dev/zero >"$prod"
git -C r config core.bigFileThreshold 1g
git -C r -c core.compression=1 add -A
git -C r commit -q -m evil
git -C r -c core.compression=1 repack -qadf --window=4
# git chooses which of the two it stores whole.
git -C r verify-pack -v "$PWD"/r/.git/objects/pack/*.idx >packed
if grep -q "^$(git -C r rev-parse evil:baselines/prod.json) .* 1 [0-9a-f]*$" packed; then
	reviewed 2 'is too large'
else
	reviewed 1 baseline/malformed
fi

row '100,000 files'
{
	printf 'commit refs/heads/evil\ncommitter T <t@example.com> 1 +0000\ndata 1\nx\nfrom main\n'
	seq 1 100000 | sed 's,.*,M 100644 inline baselines/f&.txt\ndata 1\nx,'
} >import
git -C r fast-import --quiet --force <import
reviewed 0 PASS
sed -i 's,\.txt$,.json,' import
git -C r fast-import --quiet --force <import
reviewed 1 baseline/orphan
sed -i 's,baselines/f\(.*\)\.json$,policies/f\1.ini,' import
git -C r fast-import --quiet --force <import
reviewed 2 'policies: more than'

row 'a million sections'
seq 1 1000000 | sed 's/.*/[rule r&]/' >>r/policies/p.ini
judged 2 'policies/p.ini'
row 'a million targets'
seq 1 1000000 | sed 's/.*/[target t&]/' >r/baselines/targets.ini
judged 2 'baselines/targets.ini'
row 'a line of 1 MB'
printf 'title = ' >>r/policies/p.ini
head -c 1000000 /dev/zero | tr '\0' a >>r/policies/p.ini
judged 2 'policies/p.ini:7: '
row 'deep JSON'
head -c 1000000 /dev/zero | tr '\0' '[' >"$prod"
judged 1 baseline/malformed

row 'a pattern that explodes'
a30=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
cat >>r/policies/p.ini <<POLICY

[rule explodes]
severity = high
assert   = /Namespace/* like $(printf '*a%.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20)*b
POLICY
jq -n --arg a "$(printf "$a30%.0s" $(seq 1 500))" '{Enable: true, ScanPeriod: 1,
	ScanTime: "03:00:00", Namespace: [range(100) | "\(.)" + $a]}' >"$prod"
judged 1 p/explodes

# --- objects --------------------------------------------------------------------------------

# raw_tree LINE...: "MODE NAME ID" each, in that order, whatever git thinks of it.
raw_tree() {
	for line in "$@"; do
		# shellcheck disable=SC2086 # three words
		set -- $line
		printf '%s %s\0' "$1" "$2"
		printf '%s' "$3" | sed 's/../\\x&/g' | xargs -0 printf
	done >tree.raw
	git -C r hash-object -t tree -w --literally --stdin <tree.raw
}
commit_tree() {
	git -C r update-ref refs/heads/evil "$(git -C r commit-tree -p main -m evil "$1")"
}

row 'a tree with one name twice'
weaken
commit_all r evil
good=$(git -C r rev-parse main:baselines)
bad=$(git -C r rev-parse evil:baselines)
policies=$(git -C r rev-parse main:policies)
commit_tree "$(raw_tree "40000 baselines $good" "40000 baselines $bad" "40000 policies $policies")"
reviewed 2 'git fsck'
commit_tree "$(raw_tree "40000 baselines $bad" "40000 baselines $good" "40000 policies $policies")"
reviewed 2 'git fsck'
empty=$(git -C r hash-object -w --stdin </dev/null)
commit_tree "$(raw_tree "100644 baselines $empty" "100644 baselines.x $empty" "40000 baselines $bad" \
	"40000 policies $policies")"
reviewed 2 'git fsck'
row 'a tree out of order'
weaken
commit_all r evil
commit_tree "$(raw_tree "40000 policies $policies" "40000 baselines $(git -C r rev-parse evil:baselines)")"
reviewed 2 'git fsck'
row 'a tree that is cut'
printf '40000 baselines\0abc' >tree.raw
commit_tree "$(git -C r hash-object -t tree -w --literally --stdin <tree.raw)"
reviewed 2 ''

object_of() {
	git -C r rev-parse "$1" | sed 's,^..,r/.git/objects/&/,'
}
for what in evil evil: evil:baselines evil:baselines/prod.json evil:policies; do
	row "$what is missing"
	weaken
	echo '# more' >>r/policies/p.ini
	commit_all r evil
	rm -f "$(object_of "$what")"
	reviewed 2 ''
	row "$what is damaged"
	weaken
	echo '# more' >>r/policies/p.ini
	commit_all r evil
	chmod u+w "$(object_of "$what")"
	printf 'xxxx' | dd of="$(object_of "$what")" bs=1 seek=20 conv=notrunc 2>/dev/null
	reviewed 2 ''
done

row 'a replaced commit'
weaken
commit_all r evil
git -C r replace evil main
reviewed 1 /ScanPeriod
git -C r replace -d evil >/dev/null
git -C r replace main evil
reviewed 1 /ScanPeriod
row 'a graft that makes a circle'
weaken
commit_all r evil
mkdir -p r/.git/info
echo "$(git -C r rev-parse main) $(git -C r rev-parse evil)" >r/.git/info/grafts
reviewed 2 '.git/info/grafts' main...evil
row 'alternates outside'
weaken
commit_all r evil
mkdir -p r/.git/objects/info
printf '/etc\n../../../../../nowhere\n/dev/zero\n#x\n\n' >r/.git/objects/info/alternates
reviewed 1 /ScanPeriod
row 'alternates that go in a circle'
weaken
commit_all r evil
mkdir -p r/.git/objects/info
printf '%s\n' "$PWD/r/.git/objects" >r/.git/objects/info/alternates
reviewed 1 /ScanPeriod

# --- configuration: nothing of it runs ------------------------------------------------------

row 'programs everywhere'
touched="touch '$SCRATCH/ran'; cat"
weaken
printf '* filter=evil diff=evil merge=evil text eol=crlf ident working-tree-encoding=ISO-8859-1\n' \
	>r/.gitattributes
commit_all r evil
for key in core.fsmonitor core.sshCommand core.pager core.editor core.askPass core.gitProxy \
	filter.evil.smudge filter.evil.clean filter.evil.process diff.evil.textconv diff.evil.command \
	diff.external merge.evil.driver gpg.program gpg.ssh.program credential.helper \
	uploadpack.packObjectsHook alias.review interactive.diffFilter; do
	git -C r config "$key" "$touched"
done
git -C r config core.hooksPath "$PWD/hooks"
mkdir hooks
for hook in post-checkout pre-commit post-index-change reference-transaction fsmonitor-watchman; do
	printf '#!/bin/sh\n%s\n' "$touched" >"hooks/$hook"
	chmod +x "hooks/$hook"
done
cp hooks/* r/.git/hooks/
reviewed 1 /ScanPeriod
[ ! -e "$SCRATCH/ran" ] || fail 'a program of the repository was run'

for path in /dev/zero /etc/passwd /nonexistent ../config; do
	row "include.path = $path"
	weaken
	commit_all r evil
	git -C r config include.path "$path"
	run scandrift -C r review main..evil
	[ "$code" -eq 1 ] || [ "$code" -eq 2 ] || fail "include.path $path: exit code $code"
	expect_no_text err 'root:'
done

# --- names ----------------------------------------------------------------------------------

rtl=$(printf '\342\200\256')
row 'references of all names'
weaken
commit_all r evil
id=$(git -C r rev-parse evil)
for name in -x ..x "a$rtl" "$(printf 'a\nb')" '--upload-pack=x' "$(printf 'e\033[31m')"; do
	printf '%s\n' "$id" >"r/.git/refs/heads/$name"
	run scandrift -C r review -- "main..$name"
	[ "$code" -eq 1 ] || [ "$code" -eq 2 ] || fail "$name: exit code $code"
	cat "$out" "$err" >said
	expect_no_text said "$rtl"
	expect_no_text said "$(printf '\033')"
done
reviewed 1 /ScanPeriod
run scandrift -C r review -- -x
expect_exit 2
expect_text err 'is no revision'

row 'twins by case'
cp r/policies/p.ini r/policies/P.ini
cp "$prod" r/baselines/PROD.json
judged 2 policies/p.ini
row 'targets that are twins by case'
printf '[target prod]\n[target PROD]\n' >r/baselines/targets.ini
judged 2 baselines/targets.ini:2
row 'a .git in the tree'
weaken
commit_all r evil
commit_tree "$(raw_tree "40000 .git $good" "40000 baselines $(git -C r rev-parse evil:baselines)" \
	"40000 policies $policies")"
reviewed 1 /ScanPeriod

# --- bytes ----------------------------------------------------------------------------------

row 'CRLF in a baseline'
sed -i 's/$/\r/' "$prod"
judged 1 baseline/not-canonical
row 'a byte order mark in a baseline'
sed -i '1s/^/\xef\xbb\xbf/' "$prod"
judged 1 baseline/malformed
row 'UTF-16'
printf '\377\376{\0}\0' >"$prod"
judged 1 baseline/malformed
row 'a byte order mark in a policy'
sed -i '1s/^/\xef\xbb\xbf/' r/policies/p.ini
commit_all r evil
run scandrift -C r review main..evil
[ "$code" -eq 0 ] || [ "$code" -eq 2 ] || fail "exit code $code"
row 'NUL in a policy'
printf 'title = a\0b\n' >>r/policies/p.ini
judged 2 'policies/p.ini:7: '
row 'an escape in a policy'
printf 'title = a\033[31mb\n' >>r/policies/p.ini
judged 2 'policies/p.ini:7: '

row 'values that would be commands'
jq -n --arg rtl "$rtl" '["\u001b]52;c;ZXZpbA==\u0007", "\u001b[2J", "::stop-commands::x",
	"\n::error::x", "##[error]x", "]]>", "<script>alert(1)</script>", "[a](javascript:b)",
	"=cmd|x", $rtl, "\r::set-output name=a::b", "`x`", "| a | b |"]' |
	tr -d '\n' >list
# Not through jq, which would round the large ids.
awk -v list="$(sed 's/\\/\\\\/g' list)" '/"Namespace"/ { print "\"Namespace\": " list ","; next } { print }' \
	"$prod" >new
mv new "$prod"
commit_all r evil
for format in text json markdown github; do
	run env GITHUB_ACTIONS=true scandrift -C r review main..evil --format "$format"
	expect_exit 1
	expect_no_text out "$(printf '\033')"
	expect_no_text out "$(printf '\007')"
	# JSON is for a machine, which gets the character as it is.
	[ "$format" = json ] || expect_no_text out "$rtl"
	grep -E '^[[:space:]]*(::|##\[)' "$out" >commands || :
	[ "$format" != github ] ||
		{ grep -vE '^::(error|warning|notice|group|endgroup)' commands >others || :; mv others commands; }
	[ ! -s commands ] || fail "a line of $format is a command: $(cat commands)"
done
expect_no_text out '<script>'
