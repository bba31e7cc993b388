# SPDX-License-Identifier: Apache-2.0
#
# Each option that a command lists in --help changes there what its row below names. A row has a
# command line, what is looked at after it, what that is, and what it is once the option has been
# added. Which pairs of command and option there are is taken from --help: one without a row fails,
# and so does a row of a pair that is not there.
#
# What can have no effect beside other options is refused; tests/unit/test_options.c has those.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
replay_arrived=$now
. "$SCANDRIFT_SOURCE/tests/e2e/docs/cli_table.sh"
need script

# One of the two keys has to wait for its reply.
account AKIDGOOD good-key '' "$common/prod.json"
account AKIDSLOW slow-key '' "$common/prod.json"
echo 'AKIDSLOW * delay 700' >"$scenario"
start_standin "$accounts" --scenario "$scenario"
mkdir "$HOME/.tccli"
printf '{"secretId": "AKIDGOOD", "secretKey": "good-key"}' >"$HOME/.tccli/good.credential"
printf '{"secretId": "AKIDSLOW", "secretKey": "slow-key"}' >"$HOME/.tccli/slow.credential"
chmod 600 "$HOME"/.tccli/*
ca="--ca-bundle '$CA_FILE'"

# ---- what the rows run on: put back after each run that may write ----

period() {
	sed "s/\"ScanPeriod\": 1/\"ScanPeriod\": $1/" "$common/prod.json"
}

# commit DAY MESSAGE
commit() {
	git -C template/repo add -A
	GIT_AUTHOR_DATE="2026-11-${1}T00:00:00Z" GIT_COMMITTER_DATE="2026-11-${1}T00:00:00Z" \
		git -C template/repo commit -q -m "$2"
}

mkdir template
# No hooks, so that there is less to put back.
GIT_TEMPLATE_DIR=
export GIT_TEMPLATE_DIR
new_repo template/repo
mkdir template/repo/baselines template/repo/policies
cat >template/repo/baselines/targets.ini <<INI
[defaults]
endpoint = $HTTPS_URL
profile = good
[target prod]
[target slow]
profile = slow
[target late]
profile = slow
[target twin]
[target twig]
baseline = baselines/twin.json
INI
cat >template/repo/policies/base.ini <<'INI'
[policy]
id = base
[rule often]
severity = info
assert = /ScanPeriod <= 3
[rule late]
severity = info
assert = /ScanTime == 04:00:00
[waiver early]
rule = base/late
target = prod
reason = Agreed for a time
owner = platform@example.com
expires = 2039-12-31
INI
for target in slow late twin; do
	cp "$common/prod.json" "template/repo/baselines/$target.json"
done
period 2 >template/repo/baselines/prod.json
commit 20 'baselines: every second day'
cp "$common/prod.json" template/repo/baselines/prod.json
commit 22 'baselines: every day'
git -C template/repo checkout -q -b other
period 3 >template/repo/baselines/prod.json
sed -i '/^\[rule often\]/,/^assert/d' template/repo/policies/base.ini
commit 24 'baselines: every third day'
git -C template/repo checkout -q -b stray main
cp "$common/prod.json" template/repo/baselines/nobody.json
commit 25 'baselines: of a target that is not there'
git -C template/repo checkout -q main
period 7 | sed 's/"ScanTime": "03:00:00"/"ScanTime": "02:00:00"/' >weekly.json
for target in prod slow late twin twig tried; do
	replay_from template/replies "$target" "$common/prod.json"
	replay_from template/drifted "$target" weekly.json
done
digest=$(scandrift normalize --digest weekly.json)
scandrift -q -C template/repo check prod --replay ../replies --now 2026-11-22T02:00:00Z --journal \
	>/dev/null || :
scandrift -q -C template/repo check prod --replay ../drifted --format json >template/result.json || :
approve=$(scandrift -q -C template/repo review main..other --format json |
	jq -r .review.digest) || :
git init -q --bare template/up.git
git -C template/repo push -q "$PWD/template/up.git" main
git -C template/repo remote add origin "$PWD/box/up.git"
git -C template/repo config branch.main.remote origin
git -C template/repo config branch.main.merge refs/heads/main
git -C template/repo gc -q --prune=now
printf '[target tried]\n' >>template/repo/baselines/targets.ini

# ---- what can be looked at after a run ----

say_if() {
	if "$@"; then
		echo yes
	else
		echo no
	fi
}

exit_status() { echo "$code"; }
# stdout TEXT, stderr TEXT: whether it is there.
stdout() { say_if grep -qF -e "$1" "$out"; }
stderr() { say_if grep -qF -e "$1" "$err"; }
# notes: whether there is a line on standard error.
notes() { say_if test -s "$err"; }
tinted() { say_if grep -q "$(printf '\033')" "$(e2e_stream "$1")"; }
file() { say_if test -f "$1"; }
# in_file FILE TEXT
in_file() { say_if grep -qF -e "$2" "$1"; }
# moved REF: whether it is not where the template has it. at_remote REF: whether the remote has it.
moved() {
	say_if test "$(git rev-parse -q --verify "$1")" != \
		"$(git -C ../../template/repo rev-parse -q --verify "$1")"
}
at_remote() {
	say_if test "$(git -C ../up.git rev-parse -q --verify "$1")" = \
		"$(git rev-parse -q --verify "$1" || echo none)"
}
targets() { jq '.targets | length' "$out"; }
# asked: the number of requests. side_by_side: whether two came before the first had its reply.
asked() { grep -c 'action=Describe' "$standin_log" || :; }
side_by_side() {
	say_if awk '/action=Describe/ {
		split($1, t, /[T:Z]/)
		at[++n] = t[2] * 3600 + t[3] * 60 + t[4]
	}
	END { exit !(n == 2 && at[2] - at[1] < 0.6 && at[2] >= at[1]) }' "$standin_log"
}

# try WORDS PROBE: sets $seen to what the probe says after `scandrift WORDS`, run in box/repo.
# Words that begin with `terminal` run on one, which has the error stream as its output too; with
# `gitlab`, in a job there.
changed=1
try() {
	if [ -n "$changed" ]; then
		rm -rf box
		cp -a template box
	fi
	case $1 in
	accept* | check* | init* | *--output* | *--record*) changed=1 ;;
	*) changed= ;;
	esac
	: >"$standin_log"
	cd box/repo || exit 1
	case $1 in
	terminal\ *) run_stdin "$common/prod.json" script -qec "scandrift ${1#terminal }" /dev/null ;;
	gitlab\ *)
		# shellcheck disable=SC2086 # words
		run env GITLAB_CI=true CI_PIPELINE_SOURCE=push CI_COMMIT_BEFORE_SHA="$(git rev-parse main)" \
			CI_DEFAULT_BRANCH=other CI_COMMIT_BRANCH=other CI_COMMIT_SHA="$(git rev-parse other)" "$SCANDRIFT" ${1#gitlab }
		;;
	*) eval "run scandrift $1" ;;
	esac
	seen=$(eval "$2") || fail "cannot look at: $2"
	cd ../.. || exit 1
}

# The same without the run, where the row before had the line too and a stream is all that is looked at.
before_line=
try_before() {
	case $2 in
	stdout* | stderr* | notes* | exit_status*)
		if [ "$1" = "$before_line" ]; then
			cp before.out "$out"
			cp before.err "$err"
			code=$before_code
			seen=$(eval "$2")
			return
		fi
		;;
	esac
	try "$1" "$2"
	cp "$out" before.out
	cp "$err" before.err
	before_code=$code
	before_line=$1
}

# ---- the rows ----
#
# command option | what is looked at | what it is, without and with it | the line | what is added

cat >rows <<ROWS
accept allow-weakened | exit_status | 1 0 | prod --replay ../drifted --expect $digest | --allow-weakened
accept branch | moved refs/heads/other | no yes | prod --replay ../drifted --expect $digest --allow-weakened | --branch other
accept branch | moved refs/heads/main | yes no | prod --replay ../drifted --expect $digest --allow-weakened | --branch other
accept ca-bundle | exit_status | 3 0 | prod | $ca
accept deadline | stdout incomplete/deadline | no yes | slow $ca | --deadline 200ms
accept timeout | stdout incomplete/timeout | no yes | slow $ca | --timeout 100ms
accept dry-run | moved refs/heads/main | yes no | prod --replay ../drifted --expect $digest --allow-weakened | --dry-run
accept endpoint | exit_status | 3 0 | prod | --endpoint $HTTP_URL
accept expect | moved refs/heads/main | no yes | prod --replay ../drifted --allow-weakened | --expect $digest
accept format | stdout '"schema": ' | no yes | prod --replay ../drifted | --format json
accept from | moved refs/heads/main | no yes | prod --allow-weakened | --from ../result.json
accept jobs | side_by_side | yes no | slow late $ca | --jobs 1
accept max-reply | stdout incomplete/too-large | no yes | prod --replay ../drifted | --max-reply 10
accept now | stdout waiver/expired | no yes | prod --replay ../drifted | --now 2040-01-01T00:00:00Z
accept output | file ../out.json | no yes | prod --replay ../drifted | --output json=../out.json
accept path | stdout drift/ScanTime | yes no | prod --replay ../drifted | --path /ScanPeriod
accept push | at_remote refs/heads/main | no yes | prod --replay ../drifted --expect $digest --allow-weakened | --push
accept replay | stdout drift/ScanPeriod | no yes | prod | --replay ../drifted
accept shared | moved refs/heads/main | no yes | twin --replay ../drifted --expect $digest --allow-weakened | --shared
check ca-bundle | exit_status | 3 0 | prod | $ca
check commit | moved refs/heads/scandrift/observed | no yes | prod --replay ../drifted | --commit
check config-only | stdout 'rules: 2' | no yes | prod | --config-only
check deadline | stdout incomplete/deadline | no yes | slow $ca | --deadline 200ms
check timeout | stdout incomplete/timeout | no yes | slow $ca | --timeout 100ms
check endpoint | exit_status | 3 0 | prod | --endpoint $HTTP_URL
check fail-on | exit_status | 1 0 | prod --replay ../drifted | --fail-on never
check format | stdout '"schema": ' | no yes | prod --replay ../replies | --format json
check jobs | side_by_side | yes no | slow late $ca | --jobs 1
check journal | moved refs/heads/scandrift/runs | no yes | prod --replay ../replies | --journal
check journal-start | at_remote refs/heads/scandrift/runs | no yes | prod --replay ../replies --journal --push | --journal-start
check max-reply | stdout incomplete/too-large | no yes | prod --replay ../replies | --max-reply 10
check now | stdout waiver/expired | no yes | prod --replay ../replies | --now 2040-01-01T00:00:00Z
check output | file ../out.json | no yes | prod --replay ../replies | --output json=../out.json
check push | at_remote refs/heads/scandrift/observed | no yes | prod --replay ../drifted --commit | --push
check record | file ../kept/prod.json | no yes | prod $ca | --record ../kept
check replay | exit_status | 3 0 | prod | --replay ../replies
check rev | stdout drift/ScanPeriod | no yes | prod --replay ../replies | --rev other
check shard | targets | 5 3 | --replay ../replies --format json | --shard 1/2
check worktree | targets | 5 6 | --replay ../replies --format json | --worktree
diff ca-bundle | exit_status | 2 0 | baselines/prod.json live:prod | $ca
diff deadline | stderr 'slow: deadline' | no yes | baselines/prod.json live:slow $ca | --deadline 200ms
diff timeout | stderr 'slow: timeout' | no yes | baselines/prod.json live:slow $ca | --timeout 100ms
diff endpoint | exit_status | 2 0 | baselines/prod.json live:prod | --endpoint $HTTP_URL
diff format | stdout '"op": "replace"' | no yes | baselines/prod.json other:baselines/prod.json | --format patch
diff max-reply | exit_status | 1 2 | baselines/prod.json other:baselines/prod.json | --max-reply 10
diff output | file ../out.json | no yes | baselines/prod.json other:baselines/prod.json | --output json=../out.json
diff replay | stdout drift/ScanPeriod | no yes | baselines/prod.json live:prod | --replay ../drifted
fetch ca-bundle | exit_status | 3 0 | prod | $ca
fetch deadline | stderr 'slow: deadline' | no yes | slow $ca | --deadline 200ms
fetch timeout | stderr 'slow: timeout' | no yes | slow $ca | --timeout 100ms
fetch endpoint | exit_status | 3 0 | prod | --endpoint $HTTP_URL
fetch explain-credentials | stdout 'account      100000000001' | no yes | prod $ca | --explain-credentials
fetch max-reply | exit_status | 0 3 | prod --replay ../replies | --max-reply 10
fetch raw | stdout RequestId | no yes | prod --replay ../replies | --raw
fetch record | file ../kept/prod.json | no yes | prod $ca | --record ../kept
fetch replay | exit_status | 3 0 | prod | --replay ../replies
fetch show-request | asked | 1 0 | prod --endpoint $HTTP_URL | --show-request
fetch show-request | stdout TC3-HMAC-SHA256 | no yes | prod --endpoint $HTTP_URL | --show-request
init ca-bundle | file baselines/tried.json | no yes | tried | $ca
init ci | file .gitlab-ci.yml | no yes | prod --replay ../replies | --ci gitlab
init deadline | stderr 'slow: deadline' | no yes | slow $ca | --deadline 200ms
init timeout | stderr 'slow: timeout' | no yes | slow $ca | --timeout 100ms
init endpoint | in_file baselines/targets.ini 'endpoint = $HTTP_URL' | no yes | fresh | --endpoint $HTTP_URL
init endpoint | file baselines/fresh.json | no yes | fresh | --endpoint $HTTP_URL
init max-reply | exit_status | 0 3 | tried --replay ../replies | --max-reply 10
init replay | file baselines/tried.json | no yes | tried | --replay ../replies
log branch | stdout 'every third day' | no yes | prod | --branch other
log every | stdout 'missing: 2039-' | no yes | --runs | --every 1d --now 2040-01-01T00:00:00Z
log format | stdout '"schema": ' | no yes | prod | --format json
log max-reply | stdout 'cannot be read' | no yes | prod | --max-reply 10
log now | stdout 'missing: 2039-' | no yes | --runs --every 1d | --now 2040-01-01T00:00:00Z
log runs | stdout '1 run' | no yes | | --runs
normalize assert | stdout 'fails: /ScanPeriod == 7' | no yes | baselines/prod.json | --assert '/ScanPeriod == 7'
normalize assert | exit_status | 0 1 | baselines/prod.json | --assert '/ScanPeriod == 7'
normalize digest | stdout sha256: | no yes | baselines/prod.json | --digest
normalize jcs | stdout '"Enable":true' | no yes | baselines/prod.json | --jcs
normalize max-reply | exit_status | 0 2 | baselines/prod.json | --max-reply 10
review approvals | exit_status | 1 0 | main..other --fail-on never | --approvals report
review approve | exit_status | 1 0 | main..other --fail-on never | --approve $approve
review deadline | exit_status | 1 3 | main..other | --deadline 1ms
review fail-on | exit_status | 1 0 | main..stray | --fail-on high
review format | stdout '"schema": ' | no yes | main..other | --format json
review max-reply | stdout baseline/malformed | no yes | main..other | --max-reply 10
review now | stdout 'Agreed for a time' | yes no | main..other | --now 2040-01-01T00:00:00Z
review output | file ../out.json | no yes | main..other | --output json=../out.json
review staged | stdout 'the index, judged by' | no yes | | --staged
review trees | exit_status | 2 0 | other main | --trees
show as-of | stdout '"ScanPeriod": 2' | no yes | prod | --as-of 2026-11-20
show branch | stdout '"ScanPeriod": 3' | no yes | prod | --branch other
show max-reply | exit_status | 0 2 | prod | --max-reply 10
show rev | stdout '"ScanPeriod": 2' | no yes | prod | --rev HEAD~1
ROWS

# What every command knows. Data is never coloured; the name before an error is.
while IFS='|' read -r command line fine colour; do
	cat >>rows <<ROWS
$command color | $colour --color always
$command directory | exit_status | 2 $fine | $line -C .. | -C repo
$command help | stdout 'Usage: scandrift $command ' | no yes | $line | --help
$command verbose | stderr '$command: version ' | no yes | $line | --verbose
$command version | stdout 'libraries: libcurl ' | no yes | $line | --version
ROWS
	[ "$command" = normalize ] || [ "$command" = review ] ||
		echo "$command quiet | notes | yes no | $line | --quiet" >>rows
done <<'COMMANDS'
accept|prod --replay ../drifted|1|tinted out | no yes | prod --replay ../drifted |
check|prod --replay ../drifted|1|tinted out | no yes | prod --replay ../drifted |
diff|live:prod baselines/prod.json --replay ../drifted|1|tinted out | no yes | live:prod baselines/prod.json --replay ../drifted |
fetch|prod --replay ../replies|0|tinted err | no yes | nothere |
init|prod --replay ../replies|0|tinted err | no yes | a/b |
log|prod|0|tinted err | no yes | nothere |
normalize|baselines/prod.json|0|tinted err | no yes | nothere |
review|main..other|1|tinted out | no yes | main..other |
show|prod|0|tinted err | no yes | nothere |
COMMANDS
echo 'review quiet | notes | yes no | gitlab | --quiet' >>rows
echo "normalize quiet | stdout 'reads from standard input' | yes no | terminal | --quiet" >>rows

# ---- all pairs have a row, and no other has ----

cli_table | awk -F '\t' '$1 != "-" { print $1 " " $2 }' | sort -u >pairs
[ "$(wc -l <pairs)" -gt 100 ] || fail 'the options of the commands were not found'
sed 's/ *|.*//' rows | sort -u >told
comm -23 pairs told >without
[ ! -s without ] || fail "no row shows what the option does: $(xargs <without)"
comm -13 pairs told >odd
[ ! -s odd ] || fail "a row of an option that the command does not have: $(xargs <odd)"

# ---- and each option does what its row says ----

wrong=0
while IFS='|' read -r pair probe wants line more; do
	command=${pair%% *}
	# shellcheck disable=SC2086 # two words
	set -- $wants
	case $line in
	' terminal '*) line="terminal $command" ;;
	' gitlab '*) line="gitlab $command" ;;
	*) line="$command $line" ;;
	esac
	try_before "$line" "$probe"
	before=$seen
	try "$line $more" "$probe"
	[ "$before $seen" = "$1 $2" ] || {
		echo "scandrift $line, and with$more:" "$probe: want $1 and $2, have $before and $seen"
		wrong=$((wrong + 1))
	}
done <rows
e2e_command=
[ "$wrong" -eq 0 ] || fail "$wrong options do not do what their rows say"

# ---- the two times ----

# SOURCE_DATE_EPOCH is the time that is printed, and nothing is judged, signed or dated by it; --now is
# what is judged by, and is shown.
year=$(date -u +%Y)
judged() {
	jq -S '[.verdict, .exit_code, .counts, .findings]' "$out"
}
SOURCE_DATE_EPOCH=2208988800 # 2040-01-01
export SOURCE_DATE_EPOCH
try 'check prod --replay ../replies --format json' "jq -r .time '$out'"
[ "$seen" = 2040-01-01T00:00:00Z ] || fail "printed at $seen"
expect_json out '(has("now") | not) and ([.findings[] | select(.rule == "waiver/expired")] == [])'
judged >with
unset SOURCE_DATE_EPOCH
try 'check prod --replay ../replies --format json' "jq -r .time '$out'"
[ "${seen%%-*}" = "$year" ] || fail "printed at $seen"
judged >without
expect_same without with
SOURCE_DATE_EPOCH=0
export SOURCE_DATE_EPOCH
try 'check prod --replay ../drifted --commit --now 2040-01-01T00:00:00Z --format json' \
	"git log -1 --format=%cd --date=format:%Y refs/heads/scandrift/observed"
[ "$seen" = "$year" ] || fail "what was observed is dated $seen"
expect_json out '.time == "1970-01-01T00:00:00Z" and .now == "2040-01-01T00:00:00Z"'
expect_json out '[.findings[] | select(.rule == "waiver/expired")] | length == 1'
try "fetch prod --endpoint '$HTTP_URL'" exit_status
[ "$seen" = 0 ] || fail 'a request is signed by SOURCE_DATE_EPOCH'
