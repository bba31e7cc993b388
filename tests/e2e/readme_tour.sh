# SPDX-License-Identifier: Apache-2.0
#
# The console blocks of README.md, run in a fresh folder: what they show is what
# appears. A command stands behind "$ " and goes on behind a backslash and through
# a here-document; what follows is its output, both streams. All blocks are one
# shell, so that `cd` and `echo $?` mean what a reader thinks.
#
# What differs from run to run is replaced on both sides before they are compared,
# and that is all that may differ:
#   commit ids    the hex digits behind "commit " or "Committed "
#   times         2026-11-24T02:00:03Z
#
# SCANDRIFT_UPDATE=1 writes the output that appeared into README.md.
#
# Behind the tour: what README.md and src/README.md name is there, the sentences that
# src/README.md quotes are those of the program, and no command asks the API for more
# than it may.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/docs/cli_table.sh"
need git

readme=$SCANDRIFT_SOURCE/README.md
tour=$SCRATCH/tour
mkdir "$tour" "$SCRATCH/bin"

# Under valgrind the program is a script, so a link will not do.
cat >"$SCRATCH/bin/scandrift" <<'EOF'
#!/bin/sh
exec "$SCANDRIFT" "$@"
EOF
chmod +x "$SCRATCH/bin/scandrift"
GIT_AUTHOR_NAME='Test Author' GIT_AUTHOR_EMAIL=author@example.com
GIT_COMMITTER_NAME='Test Author' GIT_COMMITTER_EMAIL=author@example.com
# Fixed times, so that an update does not change ids for nothing.
GIT_AUTHOR_DATE=2026-11-24T02:00:00Z GIT_COMMITTER_DATE=2026-11-24T02:00:00Z
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE

# walk MODE: MODE script prints the shell program, each command's output going to
# N.have, and writes N.want. MODE update prints README.md with the outputs that
# N.have holds wherever N.differs says so.
walk() {
	LC_ALL=C awk -v mode="$1" -v dir="$tour" '
	function name(suffix) { return dir "/" n suffix }
	function keep(line) { if (mode == "update") print line }
	# The last command is whole: its output comes now.
	function begin_output() {
		if (mode == "script")
			printf "} >%c%s%c 2>&1\n", 39, name(".have"), 39
		printf "" >name(".want")
		in_command = 0
		replaced = 0
		if (mode == "update" && (getline line <name(".differs")) > 0) {
			replaced = 1
			while ((getline line <name(".have")) > 0)
				print line
		}
	}
	function end_output() { if (n) close(name(".want")) }
	function command(text) {
		if (mode == "script")
			print text
		if (here != "") {
			if (text == here)
				here = ""
		} else if (match(text, /<<.[A-Z]+/)) {
			here = substr(text, RSTART + 3, RLENGTH - 3)
		}
		if (here == "" && text !~ /\\$/)
			begin_output()
	}
	!in_block { keep($0); in_block = $0 == "```console"; next }
	in_command { keep($0); command($0); next }
	$0 == "```" { end_output(); keep($0); in_block = 0; next }
	/^[$] / {
		end_output()
		n++
		if (mode == "script")
			print "{"
		keep($0)
		in_command = 1
		command(substr($0, 3))
		next
	}
	!n { print "README.md: a console block begins without a command" >"/dev/stderr"; exit 1 }
	mode == "script" { print >name(".want") }
	!replaced { keep($0) }
	' "$readme"
}

normalized() {
	sed -E -e 's/\b([Cc]ommit|Committed) [0-9a-f]{7,40}\b/\1 ID/g' \
		-e 's/\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z/TIME/g' "$1"
}

walk script >"$tour/program.sh" || fail 'README.md cannot be read'
grep -q . "$tour/program.sh" || fail 'README.md has no console block'
mkdir "$tour/folder"
cd "$tour/folder"
run env PATH="$SCRATCH/bin:$PATH" sh "$tour/program.sh"
expect_exit 0
expect_empty out
expect_empty err

differs=0
for want in "$tour"/*.want; do
	step=${want%.want}
	[ -f "$step.have" ] || fail "command ${step##*/} of README.md did not run"
	normalized "$want" >"$step.want.n"
	normalized "$step.have" >"$step.have.n"
	cmp -s "$step.want.n" "$step.have.n" && continue
	differs=$((differs + 1))
	echo "command ${step##*/} of README.md, $(basename "$step"):"
	diff -u "$step.want.n" "$step.have.n" || :
	echo yes >"$step.differs"
done
if [ -n "${SCANDRIFT_UPDATE:-}" ] && [ "$differs" -gt 0 ]; then
	walk update >"$tour/README.md"
	cat "$tour/README.md" >"$readme"
	echo "README.md: $differs outputs written anew"
	exit 0
fi
[ "$differs" -eq 0 ] || fail "$differs outputs differ; SCANDRIFT_UPDATE=1 writes them into README.md"

# What the two pages name is there: files, and rows of tests by their name. What
# README.md says of baselines/ and policies/ is said of the reader's repository.
cd "$SCANDRIFT_SOURCE"
grep -ohE '`[A-Za-z0-9_.-]+/[A-Za-z0-9_./-]+\.(c|h|sh|ini|json|1|md)`' README.md src/README.md |
	tr -d '`' | sort -u | grep -vE '^(baselines|policies)/' >"$tour/paths"
[ -s "$tour/paths" ] || fail 'README.md and src/README.md name no file'
while read -r path; do
	[ -e "$path" ] || [ -e "src/$path" ] || fail "there is no $path, which is named"
done <"$tour/paths"
grep -oE '`tests/[a-z0-9_/.]+` "[^"]+"' src/README.md | sort -u >"$tour/rows"
[ -s "$tour/rows" ] || fail 'src/README.md names no row of a test'
# In C a row's name stands in quotes and a test's before its parameters; a script has words.
while IFS='`' read -r _ file row; do
	row=${row#*\"}
	row=${row%\"}
	case $file in
	*.c) grep -qF -e "\"$row\"" -e " $row(void" "$file" ;;
	*) grep -qF -e "$row" "$file" ;;
	esac || fail "src/README.md: $file has no row $row"
done <"$tour/rows"

# What is said of the vendor's silence is shown by tests, each with the row that shows it.
sed -n '/^## What the vendor leaves open/,/^## /p' src/README.md | grep -E '^\|' |
	grep -vE '^\|(-| what | question )' >"$tour/claims"
[ -s "$tour/claims" ] || fail 'src/README.md says nothing of what the vendor leaves open'
shown='`tests/[a-z0-9_/.]+` "[^"]+"'
grep -vE "\| $shown(, $shown)* \|\$" "$tour/claims" >"$tour/unshown" || :
[ ! -s "$tour/unshown" ] || fail "src/README.md: no row of a test: $(cat "$tour/unshown")"

# The table of commands has them all.
cli_commands >"$tour/commands"
while read -r command; do
	grep -qE "^\| \`${command}[ \`]" README.md || fail "README.md has no row for $command"
done <"$tour/commands"

# The table of dependencies names what is pinned for the tests.
sed -n '/"dependencies"/,/}/s/^ *"\([^"]*\)": *"[^"]*",*$/\1/p' tests/npm/package.json >"$tour/npm"
[ -s "$tour/npm" ] || fail 'tests/npm/package.json: no dependencies found'
while read -r package; do
	grep -qF "\`$package\`" README.md || fail "README.md does not name $package of tests/npm/package.json"
done <"$tour/npm"

# The sentences of a coverage that the section quotes.
cat >"$tour/before.json" <<'EOF'
{"Enable": true, "ScanScope": 1, "ScanType": ["CVE"], "ScanPeriod": 1, "ScanTime": "02:00",
 "RegistryType": ["tcr"], "Id": [1]}
EOF
cat >"$tour/after.json" <<'EOF'
{"Enable": true, "ScanScope": 0, "ScanType": ["CVE"], "ScanPeriod": 1, "ScanTime": "02:00",
 "ExcludeImageAssetIds": [888]}
EOF
cat >"$tour/whole.json" <<'EOF'
{"Enable": true, "ScanScope": 0, "ScanType": ["CVE"], "ScanPeriod": 1, "ScanTime": "02:00",
 "Latest": false, "ContainerRunning": false}
EOF
run "$SCANDRIFT" diff "$tour/after.json" "$tour/whole.json"
expect_exit 1
cp "$out" "$tour/said"
run "$SCANDRIFT" diff "$tour/before.json" "$tour/after.json"
expect_exit 1
cat "$out" >>"$tour/said"
sed -n '/^## Coverage in words/,/^## What/p' src/README.md | grep -oE '`[A-Z][^`]*\.`' | tr -d '`' >"$tour/sentences"
[ -s "$tour/sentences" ] || fail 'src/README.md quotes no sentence of a coverage'
while read -r sentence; do
	expect_text "$tour/said" "$sentence"
done <"$tour/sentences"

# "It has no write call", and asks nothing else of the product either: beside the one
# read there is only who the caller is.
[ -n "$STANDIN" ] || exit 0
start_standin "$SCANDRIFT_SOURCE/tests/standin/accounts/quickstart"
account=$SCANDRIFT_SOURCE/tests/standin/accounts/quickstart/AKIDEXAMPLE0000000000.json
TENCENTCLOUD_SECRET_ID=AKIDEXAMPLE0000000000
TENCENTCLOUD_SECRET_KEY=$(sed -n 's/^ *"SecretKey": *"\([^"]*\)".*/\1/p' "$account")
export TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY
cd "$tour/folder/demo"
live() {
	want=$1
	shift
	run "$SCANDRIFT" "$@" --endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE"
	expect_exit "$want"
}
git init -q ../another
live 0 -C ../another init
live 1 check
live 1 check --commit
live 0 fetch prod --raw
live 1 accept prod
digest=$(sed -n 's/.* --expect \([^ ]*\).*/\1/p' "$out")
live 0 accept prod --expect "$digest" --allow-weakened
sed -n 's/.* action=\([^ ]*\) .*/\1/p' "$standin_log" | sort -u >"$tour/actions"
grep -qx DescribeImageRegistryTimingScanTask "$tour/actions" || fail 'the API was not asked'
grep -vxE 'DescribeImageRegistryTimingScanTask|GetCallerIdentity|AssumeRole(WithWebIdentity)?' \
	"$tour/actions" >"$tour/odd" || :
[ ! -s "$tour/odd" ] || fail "the API was asked for $(xargs <"$tour/odd")"
stop_standin
