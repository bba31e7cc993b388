# SPDX-License-Identifier: Apache-2.0
#
# The command line: help, versions, mistakes, and where a run's words go.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"

product_repo repo prod
replay_from replies prod "$common/prod.json"
sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >weekly.json
replay_from drifted prod weekly.json

# Help of all and of each command, on standard output, from anywhere.
run scandrift --help
expect_exit 0
expect_empty err
cp "$out" overview
sed -n '/^Commands:$/,/^$/s/^  \([a-z]*\) .*/\1/p' overview >commands
for command in accept check diff fetch init normalize; do
	expect_line commands "$command"
done
while read -r command; do
	run scandrift "$command" --help
	expect_exit 0
	expect_empty err
	expect_text out "Usage: scandrift $command "
	expect_text out '  -C, --directory DIR '
	awk 'length > 110 { print; exit 1 }' "$out" || fail 'a line is too long to read'
	run scandrift "$command" -h
	expect_exit 0
done <commands
run scandrift --version
expect_exit 0
grep -qxE 'scandrift [0-9]+\.[0-9]+\.[0-9]+' "$out" || fail 'not a version'
grep -qxE 'build: ([0-9a-f]{40,64}(-dirty)?|release|unknown)' "$out" || fail 'no build'
version='[0-9]+(\.[0-9]+)+[a-z]?'
grep -qxE "libraries: libcurl $version \(.+\), libgit2 $version, OpenSSL $version, json-c $version, inih [0-9.]+" \
	"$out" || fail 'not the versions of all libraries'
built=$(sed -n 's/^build: //p' "$out")
run scandrift check --version
expect_exit 0

# wrong WANT ARG...: exit 2, nothing on standard output, and one line that says WANT.
wrong() {
	want=$1
	shift
	run scandrift "$@"
	expect_exit 2
	expect_empty out
	expect_lines err 1
	expect_text err "$want"
}
wrong 'no command' --
wrong 'no command'
wrong "unknown command 'chekc'; did you mean 'check'?" chekc
wrong "unknown command 'frobnicate'" frobnicate
wrong "unknown option '--replya'; did you mean '--replay'?" check --replya x
wrong "unknown option '--frobnicate'" check --frobnicate
wrong "unknown option '-x'" check -x
wrong "unknown option '-replay'" check -replay x
wrong 'check: no option --digest' check --digest
wrong '--quiet takes no value' check --quiet=1
wrong '--replay: expected DIR' check --replay
wrong '-C: expected DIR' check -C
wrong '--replay: the value is empty' check --replay=
wrong "did you mean 'json'?" check --format jsno
wrong "--now: found 'yesterday'" check --now yesterday
wrong "--now: found '2026-02-30T00:00:00Z'" check --now 2026-02-30T00:00:00Z
wrong "--fail-on: found 'severe'" check --fail-on severe
wrong "--color: found 'blue'" check --color blue
wrong "--max-reply: found '-1'" check --max-reply -1
wrong "--timeout: found 'ten'" check --timeout ten
wrong 'accept: expected TARGET' accept
wrong 'diff: expected A B' diff x
wrong "'c' is one argument too many" diff a b c
wrong '--record and --replay exclude each other' -C repo check --record a --replay b
wrong '--replay and --endpoint exclude each other' -C repo check --replay b --endpoint https://x.example
wrong '--replay and --explain-credentials exclude each other' -C repo fetch prod --replay b --explain-credentials
wrong '--config-only and --commit exclude each other' -C repo check --config-only --commit
wrong '--worktree and --commit exclude each other' -C repo check --worktree --commit
wrong '--worktree and --journal exclude each other' -C repo check --worktree --journal
wrong '--worktree and --rev exclude each other' -C repo check --worktree --rev HEAD
wrong '--worktree and --config-only exclude each other' -C repo check --worktree --config-only
wrong 'fetch: no option --worktree' -C repo fetch prod --worktree
wrong '--journal-start requires --journal' -C repo check --journal-start
wrong 'one side, not both' diff - -
wrong '-C nowhere: No such file or directory' -C nowhere check
wrong "\"nothere\"" -C repo check nothere --replay "$PWD/replies"
# Escaped, a word of the command line is no way into the terminal.
run scandrift "$(printf 'a\033[31mb')"
expect_exit 2
expect_no_text err "$(printf '\033')"

# -C before and behind the command, and paths that are relative to it.
cp -r replies repo/replies
run scandrift -C repo check --replay replies --now "$now"
expect_exit 0
cp "$out" want
run scandrift check --replay replies -C repo --now="$now"
expect_exit 0
expect_same want "$out"
run scandrift check --replay replies --now "$now" --directory repo -- prod
expect_exit 0
expect_same want "$out"
rm -r repo/replies
replies=$PWD/replies
drifted=$PWD/drifted

# Colour: none in a file, unless it is asked for; a terminal's words are not data's.
run scandrift -C repo check --replay "$drifted"
expect_no_text out "$(printf '\033')"
run scandrift -C repo check --replay "$drifted" --color always --now "$now"
expect_exit 1
expect_text out "$(printf '\033[31mhigh')"
sed "s/$(printf '\033')\[[0-9;]*m//g" "$out" >plain
run scandrift -C repo check --replay "$drifted" --now "$now"
expect_same plain "$out"
run env NO_COLOR=1 scandrift -C repo check --replay "$drifted" --color always
expect_text out "$(printf '\033')"
run_json -C repo check --replay "$drifted" --color always --now "$now"
expect_json out ".tool.build == \"$built\""
expect_no_text out "$(printf '\033')"
# On a terminal, by itself; not where NO_COLOR or a dumb terminal says no.
if command -v script >/dev/null; then
	on_terminal() {
		run env "$@" script -qec "scandrift -C repo check --replay '$drifted'" /dev/null
	}
	on_terminal TERM=xterm
	expect_text out "$(printf '\033[31mhigh')"
	on_terminal TERM=xterm NO_COLOR=1
	expect_no_text out "$(printf '\033[31m')"
	on_terminal TERM=dumb
	expect_no_text out "$(printf '\033[31m')"
fi

# Quiet: the result alone. Errors are told all the same.
echo '; a word' >>repo/baselines/targets.ini
run scandrift -C repo check --replay "$replies" --now "$now"
expect_exit 0
expect_lines err 1
expect_text err 'not as committed: baselines/targets.ini; commit '
expect_no_text out 'not as committed'
cp "$out" loud
run_json -C repo check --replay "$replies" --now "$now"
expect_json out 'has("uncommitted") or has("worktree") | not'
run scandrift -q -C repo check --replay "$replies" --now "$now"
expect_exit 0
expect_empty err
expect_same loud "$out"
run scandrift -C repo check -q nothere --replay "$replies"
expect_exit 2
expect_lines err 1
git -C repo checkout -q baselines/targets.ini

# Output that cannot be written is told. It has an exit code of its own, but what was found, or
# could not be judged, outranks it.
# The clock is the real one from here on: libfaketime keeps a file open, in the place of the stream
# that is closed.
unset LD_PRELOAD
mkdir empty
for row in '4 --version' '4 --help' '4 check --help' "1 -C repo check --replay $drifted" \
	"4 -C repo check --replay $replies --format json" "3 -C repo check --replay $PWD/empty" \
	"4 normalize $common/prod.json" \
	"4 normalize --jcs $common/prod.json" "4 normalize --digest $common/prod.json" \
	"4 -C repo fetch prod --replay $replies" "4 -C repo fetch prod --raw --replay $replies" \
	"1 -C repo accept prod --replay $drifted" "1 diff $common/prod.json weekly.json"; do
	# These folders' paths may have blanks, the words have none.
	echo "scandrift ${row#? }" | sed "s,$SCRATCH,'$SCRATCH',g; s,$common/,'$common'/,g" >line
	run sh -c "$(cat line) >&-"
	expect_exit "${row%% *}"
	expect_lines err 1
	expect_text err 'standard output: '
	run sh -c "$(cat line) >/dev/full"
	expect_exit "${row%% *}"
	expect_text err 'standard output: '
done
run sh -c "scandrift -C repo accept prod --replay '$drifted' --allow-weakened \
	--expect $(scandrift normalize --digest weekly.json) >/dev/full"
expect_exit 4
# A reader that has seen enough is no death.
run sh -c "{ scandrift -C repo check --replay '$replies'; echo \$? >ended; } | true"
grep -qx 1 ended || fail "ended by $(cat ended)"

# A closed stream is not given to what a run opens: the report went into the connection.
account AKIDPROD prod-key '' "$common/prod.json"
start_standin "$accounts"
use_key AKIDPROD prod-key
live="--endpoint $HTTPS_URL --ca-bundle '$CA_FILE'"
run sh -c "scandrift -C repo check $live >&-"
expect_exit 1
expect_line err 'scandrift: standard output: Bad file descriptor'
run sh -c "scandrift -C repo check $live >&- 2>&- <&-"
expect_exit 1
run sh -c "scandrift -C repo check $live <&- 2>&-"
expect_exit 1
expect_text out 'FAIL'
run sh -c "scandrift normalize <&-"
expect_exit 2
