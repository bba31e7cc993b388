# SPDX-License-Identifier: Apache-2.0
#
# Commands that read what strangers wrote shut themselves in. strace is the witness of what they
# do from then on, and would show what the kernel refuses as well.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need strace

run scandrift --version
expect_exit 0
expect_text out 'sandbox: '
grep -q 'Landlock (ABI .*), seccomp$' "$out" || skip 'the kernel has no Landlock or no seccomp'

# witness FOLDER ARG...: the command is well contained, and opens nothing outside of FOLDER once
# it may not. What it says is in $out and $err.
witness() {
	witness_folder=$1
	shift
	run strace -f -qq -y -s 512 -o "$SCRATCH/trace" \
		-e trace=%network,%process,seccomp,landlock_restrict_self,open,openat,openat2,creat \
		"$SCANDRIFT" "$@"
	sed '1,/seccomp(SECCOMP_SET_MODE_FILTER.* = 0$/d' "$SCRATCH/trace" >"$SCRATCH/calls"
	[ -s "$SCRATCH/calls" ] || fail "no filter of calls: scandrift $*"
	if grep -E '^[0-9]+ +(socket|connect|bind|sendto|sendmsg|execve|execveat|fork|vfork|clone)' \
		"$SCRATCH/calls"; then
		fail "a call that should not be: scandrift $*"
	fi
	sed '1,/landlock_restrict_self(.* = 0$/d' "$SCRATCH/calls" >"$SCRATCH/files"
	[ -s "$SCRATCH/files" ] || fail "files are not closed: scandrift $*"
	# With -y a descriptor has its file's path behind it.
	grep -E '(open|openat|openat2|creat)\(' "$SCRATCH/files" >"$SCRATCH/opened" || :
	if grep -v "= [0-9]*<$witness_folder/" "$SCRATCH/opened" | grep -v ' ENOENT '; then
		fail "opened outside of $witness_folder: scandrift $*"
	fi
}

# normalize: everything is read before; nothing is opened then.
printf '{"Enable": true, "ScanPeriod": 1, "Extra": {"b": 1, "a": [1.5]}}' >config.json
for form in '' --digest --jcs '--assert=/ScanPeriod==1' "--assert=coverage present"; do
	witness "$SCRATCH/nowhere" normalize ${form:+"$form"} config.json
	[ ! -s "$SCRATCH/opened" ] || fail "$(cat "$SCRATCH/opened")"
done
run_stdin config.json scandrift normalize -v
expect_exit 0
expect_line err 'scandrift: seccomp: on, for the rest of this run'
expect_line err 'scandrift: Landlock: on, for the rest of this run'

# review: the repository alone, in each of its shapes. What is outside of all folders of this
# test, the library's own files, was read before.
product_repo origin prod
printf '[policy]\nid = p\n[rule on]\nseverity = high\nassert = /Enable == true\n' >p.ini
mkdir origin/policies
mv p.ini origin/policies
commit_all origin base
git -C origin switch -q -c topic
sed -i 's/"ScanPeriod": [0-9]*/"ScanPeriod": 30/' origin/baselines/prod.json
commit_all origin topic
git -C origin switch -q main
git clone -q --shared origin borrows
git -C origin worktree add -q ../linked topic
git clone -q --bare origin bare
git -C bare repack -qad

witness "$PWD/origin" -C origin review main..topic
expect_exit 1
grep -q 'objects/' "$SCRATCH/opened" || fail 'no object was seen being read'
witness "$PWD/bare" -C bare review main..topic
expect_exit 1
witness "$PWD/\(borrows\|origin\)" -C borrows review main...origin/topic
expect_exit 1
witness "$PWD/\(linked\|origin\)" -C linked review main
expect_exit 1
for format in json markdown github; do
	witness "$PWD/origin" -C origin review main..topic --format "$format"
	expect_exit 1
done

# Files of --output are the one thing that it writes, wherever they are to be.
mkdir -p reports/night
witness "$PWD/\(origin\|reports\)" -C origin review -q main..topic \
	--output "json=$PWD/reports/night/result.json" --output markdown=../reports/night/page.md
expect_exit 1
expect_empty err
expect_json reports/night/result.json '.exit_code == 1'
expect_text reports/night/page.md ScanPeriod

# By an event whose file lies elsewhere.
mkdir event
printf '{"before": "%s", "repository": {"default_branch": "topic"}}' \
	"$(git -C origin rev-parse main)" >event/event.json
GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push GITHUB_SHA=$(git -C origin rev-parse topic)
GITHUB_EVENT_PATH=$PWD/event/event.json GITHUB_REF=refs/heads/topic
export GITHUB_ACTIONS GITHUB_EVENT_NAME GITHUB_SHA GITHUB_EVENT_PATH GITHUB_REF
witness "$PWD/origin" -C origin review
expect_exit 1
unset GITHUB_ACTIONS GITHUB_EVENT_NAME GITHUB_SHA GITHUB_EVENT_PATH GITHUB_REF

# What takes for ever has an end of its own: here the configuration is a pipe that nobody fills.
rm bare/config
mkfifo bare/config
run scandrift -C bare review main..topic --deadline 300ms
expect_exit 3
expect_empty out
expect_line err 'scandrift: not done within its time; nothing was judged (--deadline gives it more)'
