# SPDX-License-Identifier: Apache-2.0
#
# Memory at its end, at one allocation or from one on, in whole runs of the commands: what comes is
# the answer of a good run, byte for byte, or an error that is told. No other verdict, no crash of
# ours, nothing left that is in the way of the next run, no leak of ours. A crash with a library's
# function on top of the stack is listed.
#
# A sample of the allocations; with SCANDRIFT_LONG=1 all of them, or 800 of a command that has more.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
replay_arrived=$now
need timeout

shim=${SCANDRIFT_ALLOC_FAULT:-$(dirname "$SCANDRIFT")/tests/e2e/liballoc_fault.so}
[ -f "$shim" ] || skip "not built: $shim"
# LD_PRELOAD is a list, which a path with a space would part.
preloaded=$(mktemp "${TMPDIR:-/tmp}/alloc_fault.XXXXXX")
cp "$shim" "$preloaded"
trap 'faults_status=$?; rm -f "$preloaded"; (exit "$faults_status"); judge_results; e2e_end' EXIT
SOURCE_DATE_EPOCH=1795478400
export SOURCE_DATE_EPOCH

points_each=14
leaks_each=2
[ -z "$SCANDRIFT_LONG" ] || {
	points_each=800
	leaks_each=60
}

# What there is to be read: policies that fail, pass and are waived, a baseline that has changed, a
# journal, and an answer for each target.
policies() {
	cat <<'END'
[policy]
id = night

[rule daily]
severity = high
assert   = /ScanPeriod <= 1

[rule no-exclusions]
severity = medium
assert   = /ExcludeImageAssetIds count <= 0

[waiver vendor-image]
rule    = no-exclusions
reason  = Vendor image, replaced in Q1
owner   = platform@example.com
expires = 2027-01-31
END
}
product_repo equal prod other
product_repo drifted prod other
mkdir drifted/policies
policies >drifted/policies/night.ini
commit_all drifted 'policies: every night'
sed 's/"ScanPeriod": 1/"ScanPeriod": 7/' "$common/prod.json" >edited.json
sed 's/"ScanPeriod": 1/"ScanPeriod": 14/' "$common/prod.json" >later.json
cp edited.json drifted/baselines/other.json
commit_all drifted 'other: once a week'
for target in prod other; do
	replay_from replies "$target" "$common/prod.json"
	replay_from replies-edited "$target" edited.json
done
for day in 20 21; do
	run scandrift -C drifted check --replay ../replies --journal --fail-on never \
		--now "2026-11-${day}T02:00:00Z"
	expect_exit 0
done
new_repo bare-start
commit_all bare-start 'empty'
account AKIDPROD prod-key '' edited.json
start_standin "$accounts"
use_key AKIDPROD prod-key
digest=$(scandrift normalize --digest edited.json)

# The time limits are for a run that tries again.
live='--endpoint "$HTTPS_URL" --ca-bundle "$CA_FILE" --timeout 2s --deadline 6s'
# Name, exit code of a good run, repository, the references that it moves, command line.
table="
check-equal      0 equal      -  check --replay ../replies
check-drifted    1 drifted    -  check --replay ../replies-edited --output json=../side.json
check-http       1 drifted    -  check $live
check-json       1 drifted    -  check --replay ../replies-edited --format json
check-commit     0 equal      refs/heads/scandrift/observed,refs/heads/scandrift/runs  check --replay ../replies-edited --commit --journal --fail-on never
config-only      0 drifted    -  check --config-only
accept-expect    0 equal      refs/heads/main  accept prod --replay ../replies-edited --expect $digest --allow-weakened
accept-show      1 equal      -  accept prod --replay ../replies-edited
review           1 drifted    -  review HEAD~1..HEAD
review-markdown  1 drifted    -  review HEAD~2..HEAD --format markdown
diff             1 drifted    -  diff ../later.json ../edited.json
diff-revision    1 drifted    -  diff HEAD~1:baselines/other.json live:prod --replay ../replies-edited --format patch
normalize        0 equal      -  normalize ../edited.json
normalize-assert 1 equal      -  normalize --assert '/ScanPeriod <= 1' ../edited.json
fetch            0 drifted    -  fetch prod $live
show-request     0 equal      -  fetch prod --show-request
log              0 drifted    -  log
log-runs         0 drifted    -  log --runs --every 1d --now 2026-11-23T00:00:00Z
show             0 drifted    -  show other --rev HEAD~1
init             0 bare-start -  init --replay ../replies
help             0 equal      -  --help
help-check       0 equal      -  check --help
"

# fresh: the command's repository as it was.
fresh() {
	rm -rf repo side.json
	cp -a "$repository" repo
}

# tips: of each reference that the command moves, what it holds; - where there is none. A record of
# the journal names commits, which have their time: it is there or not.
tips() {
	[ "$references" = - ] || for reference in $(echo "$references" | tr , ' '); do
		git -C repo rev-parse -q --verify "$reference^{tree}" >tree || echo - >tree
		[ "$reference" != refs/heads/scandrift/runs ] || sed -i 's/^[0-9a-f]*$/record/' tree
		cat tree
	done
}

# in_repo [VARIABLE=VALUE...]: the command with that in its environment.
in_repo() {
	code=0
	eval "set -- \"\$@\" \"\$SCANDRIFT\" $words"
	# The shell's own word about a crash goes nowhere.
	{ (cd repo && exec timeout -k 1 60 env "$@") </dev/null >"$out" 2>"$err" || code=$?; } 2>/dev/null
}

# What a command says of its time, or asks of the clock. What is signed has the time in it.
same_answer() {
	steady "$out" | sed -E -e 's/20[0-9-]{8}T[0-9:]{8}Z/TIME/g' -e 's,20[0-9-]{8}/tcss,DAY/tcss,' \
		-e 's/^(X-TC-Timestamp: )?[0-9]{10}$/\1SECONDS/' -e 's/^[0-9a-f]{64}$/DIGEST/'
}

# The first frame that is neither the shim's nor the C library's.
frame_of_interest() {
	grep -vE 'alloc_fault|/lib(c|pthread|lsan)\.so|linux-vdso|^\[|ld-linux' "$1" | head -n 1
}

# bad WHAT: one point has gone wrong.
bad() {
	e2e_command="$name with $point: scandrift $words"
	[ ! -s stack ] || sed 's/^/stack: /' stack
	fail "$name, $point: $*"
}

# judge: of one run with a fault in it.
judge() {
	if [ -s stack ]; then
		case $(frame_of_interest stack) in
		*/scandrift\(*) bad 'crashed, in our own code' ;;
		esac
		crashes=$((crashes + 1))
		sed -E 's,.*/,,; s,\[0x[0-9a-f]+\],,' stack |
			grep -vE '^(lib)?alloc_fault|^libc\.so' | head -n 4 | tr '\n' ' ' >>crashed
		echo >>crashed
	elif [ "$code" = "$want" ] && [ "$code" != 0 ] && grep -qE ': incomplete$|"outcome": "incomplete"' "$out"; then
		# One target has drifted, and the other could not be judged.
		errors=$((errors + 1))
	elif [ "$code" = "$want" ] && grep -q 'not known: GetCallerIdentity: .*out of memory' "$out"; then
		# Whose account it is could not be asked, which is told; the rest is as it was.
		errors=$((errors + 1))
	elif [ "$code" = "$want" ]; then
		same_answer >answer
		cmp -s answer good || {
			diff good answer || :
			bad 'the exit code of a good run, and another answer'
		}
		succeeded=$((succeeded + 1))
	else
		case $code in
		[234]) ;;
		*) bad "exit code $code, where a good run has $want" ;;
		esac
		# That a target is incomplete is told in the result.
		[ -s "$err" ] || grep -qi incomplete "$out" || bad "exit code $code, and not a word"
		errors=$((errors + 1))
	fi
}

# What is committed is all of it or nothing, and the next run makes up for it.
judge_repository() {
	is=$(tips)
	left=$(find repo -name '*tmp*' -o -name '*.lock' -o -name '*-half' | grep -v '/tmp_objdir-' || :)
	[ -z "$left" ] || [ -s stack ] || bad "left behind: $left"
	[ -s stack ] || [ "$code" != "$want" ] || [ "$is" = "$after" ] || bad 'success, without its commit'
	case $is in
	"$before" | "$after") ;;
	*)
		# Of two references one may have moved alone.
		printf '%s\n' "$is" | while read -r tip; do
			printf '%s\n' "$before" "$after" | grep -qxF -e "$tip" || exit 1
		done || bad "references: $is"
		;;
	esac
	git -C repo fsck --full --strict --no-dangling >fsck.text 2>&1 || bad "$(cat fsck.text)"
	find repo/.git -name '*.lock' -delete
	in_repo
	[ "$(tips)" = "$after" ] || bad "the next run does not make up for it: $(cat "$err")"
	git -C repo fsck --full --strict --no-dangling >fsck.text 2>&1 || bad "then: $(cat fsck.text)"
}

# try MODE N
try() {
	point="$1 $2 of $n"
	[ "$is_writing" = no ] || fresh
	rm -f stack side.json
	in_repo LD_PRELOAD="$preloaded" "SCANDRIFT_FAIL_$1=$2" SCANDRIFT_FAIL_STACK="$PWD/stack"
	points=$((points + 1))
	judge
	[ "$references" = - ] || judge_repository
	[ "$name" != init ] || {
		in_repo
		[ "$code" = 0 ] || bad "the next run: $(cat "$err")"
		(cd repo && find . -name .git -prune -o -type f -exec cksum {} + | sort) >files
		cmp -s files files.good || bad 'files of the next run differ'
	}
}

# sample N HOW_MANY SALT: points all over; three of four in the second half, since libraries allocate
# much to start, which every command repeats.
sample() {
	awk -v seed="$SCANDRIFT_SEED" -v n="$1" -v many="$2" -v salt="$3" 'BEGIN {
		srand(seed + salt)
		for (i = 0; i < many && many < n; i++) {
			at = 2 * (i + rand()) / many
			print int((at < 0.5 ? at : 0.5 + (at - 0.5) / 3) * n) + 1
		}
		for (i = 1; i <= n && many >= n; i++)
			print i
	}'
}

# What is not freed after a failure. LeakSanitizer works without being compiled in, where
# AddressSanitizer and valgrind bring allocators that the shim cannot stand before. What a library
# has allocated is counted alone: whether it or we should have freed it, nobody can tell here.
lsan=$(find /usr/lib/*/ -maxdepth 1 -name 'liblsan.so.0' | head -n 1)
leaks_at() {
	point="leaks at $1 of $n"
	[ "$is_writing" = no ] || fresh
	rm -f stack lsan.*
	in_repo LD_PRELOAD="$preloaded $lsan" "SCANDRIFT_FAIL_AT=$1" \
		LSAN_OPTIONS="fast_unwind_on_malloc=0:handle_segv=0:handle_abort=0:log_path='$SCRATCH/work/lsan':suppressions='$SCANDRIFT_SOURCE/tests/lib/lsan.supp':print_suppressions=0"
	leak_points=$((leak_points + 1))
	cat lsan.* 2>/dev/null >leaks || return 0
	awk '/ leak of /{ taken = 0 }
		/ in limited_|alloc_fault|lib(lsan|c)\.so/ { next }
		/^ *#/ && !taken && / (\.\/)?src\/|\(\/.*\.so/ {
			taken = 1
			print
		}' leaks >owners
	if grep -qE ' (\./)?src/' owners; then
		cat leaks
		bad 'leaks'
	fi
	lost=$((lost + $(wc -l <owners)))
}

echo "seed: $SCANDRIFT_SEED"
total=0
leak_points=0
lost=0
: >crashed
printf '%s\n' "$table" | grep . >table
while read -r name want repository references words <&3; do
	is_writing=no
	[ "$references" = - ] && [ "$name" != init ] || is_writing=yes
	points=0
	errors=0
	succeeded=0
	crashes=0
	point='no fault'
	fresh
	before=$(tips)
	in_repo LD_PRELOAD="$preloaded" SCANDRIFT_FAIL_COUNT="$PWD/count"
	[ "$code" = "$want" ] || bad "exit code $code"
	after=$(tips)
	n=$(cat count)
	same_answer >good
	(cd repo && find . -name .git -prune -o -type f -exec cksum {} + | sort) >files.good
	for at in $(sample "$n" "$points_each" 1); do
		try AT "$at"
	done
	for at in $(sample "$n" "$points_each" 2); do
		try FROM "$at"
	done
	[ -z "$lsan" ] || for at in $(sample "$n" "$leaks_each" 3); do
		leaks_at "$at"
	done
	total=$((total + points))
	echo "$name: $n allocations, $points points tried, $errors errors, $succeeded succeeded, $crashes crashes in libraries"
done 3<table
[ ! -s crashed ] || {
	echo 'crashes in libraries:'
	sort crashed | uniq -c | sort -rn
}
echo "$total points; leaks looked for at $leak_points, none of ours, $lost blocks lost in libraries"
