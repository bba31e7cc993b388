# SPDX-License-Identifier: Apache-2.0
#
# Sourced after tests/lib/e2e.sh by the tests of commands: repositories and accounts to
# run on, JSON results that the published schema judges, outputs that stand in files.
#
# common/schema.jq judges the results in every script. With SCANDRIFT_RESULTS=FOLDER a script
# leaves them there as well, in a folder of its name: tests/e2e/schema_results.sh gives them to an
# outside validator.
#
# SCANDRIFT_UPDATE=1 writes those files anew from what came; read what git diff says then.

need git jq

now=2026-11-24T00:00:00Z
common=$SCANDRIFT_SOURCE/tests/e2e/common
expected=$SCANDRIFT_SOURCE/tests/e2e/$(basename "$0" .sh)
accounts=$SCRATCH/accounts
scenario=$SCRATCH/scenario
results=$SCRATCH/results
mkdir "$accounts" "$results" "$SCRATCH/bin"

# The program under its own name, for commands that are taken from its output.
cat >"$SCRATCH/bin/scandrift" <<'WRAPPER'
#!/bin/sh
exec "$SCANDRIFT" "$@"
WRAPPER
chmod +x "$SCRATCH/bin/scandrift"
PATH=$SCRATCH/bin:$PATH

# schema_judge NAME FILE...: the files are what NAME.schema.json says; prints what is not.
schema_judge() {
	schema=$SCANDRIFT_SOURCE/src/data/$1.schema.json
	shift
	product_wrong=$(jq -nr --slurpfile schema "$schema" --argjson files $# -f "$common/schema.jq" \
		"$@" 2>&1) && [ -z "$product_wrong" ] || {
		printf '%s\n' "$product_wrong"
		return 1
	}
}

# A result that its schema refuses fails the test. All are judged by one process, at the end.
judge_results() {
	product_status=$?
	set +e
	for kind in "$results"/*; do
		[ "$product_status" -eq 0 ] && [ -d "$kind" ] || continue
		schema_judge "$(basename "$kind")" "$kind"/* || {
			echo 'FAIL: a result is not what the schema says'
			product_status=1
		}
	done
	if [ "$product_status" -eq 0 ] && [ -n "${SCANDRIFT_RESULTS:-}" ]; then
		mkdir "$SCANDRIFT_RESULTS/$(basename "$0" .sh)" &&
			cp -r "$results"/* "$SCANDRIFT_RESULTS/$(basename "$0" .sh)" || product_status=1
	fi
	return "$product_status"
}
trap 'judge_results; e2e_end' EXIT

# expect_valid_result FILE [SCHEMA]: it is kept, to be judged by result.schema.json, or by another
# SCHEMA: log, runs.
expect_valid_result() {
	product_kind=$results/${2:-result}
	mkdir -p "$product_kind"
	product_count=$(find "$product_kind" -type f | wc -l)
	cp "$(e2e_stream "$1")" "$product_kind/$(printf '%03d' "$((product_count + 1))").json"
}

# run_json COMMAND ARG...: a run whose standard output is one valid result, and whose exit
# code is the one in it.
run_json() {
	run scandrift "$@" --format json
	expect_valid_result out
	expect_json out ".exit_code == $code and .command == \"$(product_word "$@")\""
}

# The command among the words of a command line.
product_word() {
	for word in "$@"; do
		case $word in
		check | accept | diff | review)
			echo "$word"
			return
			;;
		esac
	done
}

# What differs from run to run, by name.
steady() {
	sed -E -e "s,$SCRATCH,SCRATCH,g" \
		-e 's,127\.0\.0\.1:[0-9]+,127.0.0.1:PORT,g' \
		-e 's,\<[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\>,REQUEST-ID,g' \
		-e 's,(commit|Committed) (`?)[0-9a-f]{12}\>,\1 \2COMMIT,g' "$1"
}

# expect_output NAME [out|err|FILE]: it is what the file of that name holds, in the folder
# beside the script that has the script's name.
expect_output() {
	product_have=$SCRATCH/have.$1
	steady "$(e2e_stream "${2:-out}")" >"$product_have"
	if [ -n "${SCANDRIFT_UPDATE:-}" ]; then
		mkdir -p "$expected"
		cp "$product_have" "$expected/$1"
	fi
	[ -f "$expected/$1" ] || fail "no file $expected/$1; SCANDRIFT_UPDATE=1 writes it"
	expect_same "$expected/$1" "$product_have"
}

# expect_lines out|err|FILE N: that many lines.
expect_lines() {
	product_lines=$(wc -l <"$(e2e_stream "$1")")
	[ "$product_lines" -eq "$2" ] || fail "lines in $1: want $2, have $product_lines"
}

# expect_findings LINE...: rule, severity and target of all findings of the result in $out,
# in any order. Most replies of the tests say nothing of scans, and that one is told of each of them:
# tests/e2e/liveness.sh looks for it.
expect_findings() {
	printf '%s\n' "$@" | grep . | sort >"$SCRATCH/want.findings" || :
	jq -r '.findings[] | select(.rule != "liveness/unknown") | "\(.rule) \(.severity) \(.target)"' "$out" |
		sort >"$SCRATCH/have.findings"
	expect_same "$SCRATCH/want.findings" "$SCRATCH/have.findings"
}

# product_repo DIR TARGET...: a repository with these targets, each with the same committed
# baseline.
product_repo() {
	product_dir=$1
	shift
	mkdir -p "$product_dir"
	new_repo "$product_dir"
	mkdir "$product_dir/baselines"
	for target in "$@"; do
		printf '[target %s]\n' "$target" >>"$product_dir/baselines/targets.ini"
		cp "$common/prod.json" "$product_dir/baselines/$target.json"
	done
	commit_all "$product_dir" 'baselines: as agreed'
}

# account ID KEY TOKEN REPLY: what the stand-in answers to that key; REPLY is a file.
account() {
	{
		printf '{"SecretKey": "%s", "Uin": "100000000001",\n' "$2"
		[ -z "$3" ] || printf ' "Token": "%s",\n' "$3"
		printf ' "Response": '
		cat "$4"
		printf '}\n'
	} >"$accounts/$1.json"
}

# use_key ID KEY [TOKEN]: the credentials of what runs from here on.
use_key() {
	TENCENTCLOUD_SECRET_ID=$1
	TENCENTCLOUD_SECRET_KEY=$2
	export TENCENTCLOUD_SECRET_ID TENCENTCLOUD_SECRET_KEY
	unset TENCENTCLOUD_TOKEN
	if [ -n "${3:-}" ]; then
		TENCENTCLOUD_TOKEN=$3
		export TENCENTCLOUD_TOKEN
	fi
}

# A clock of its own for each run: AT=2026-11-20T02:00:00Z at scandrift ... has the machine's clock at
# that time, from which it goes on. What --now says, and SOURCE_DATE_EPOCH, is no clock.
at() {
	product_distance=$(($(date -u -d "$AT" +%s) - $(env -u LD_PRELOAD date -u +%s)))
	case $product_distance in
	-*) ;;
	*) product_distance=+$product_distance ;;
	esac
	FAKETIME_DONT_FAKE_MONOTONIC=1 \
		ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}allocator_release_to_os_interval_ms=-1" \
		faketime -m -f "$product_distance" "$@"
}

# replay_arrival DIR TARGET TIME: the recording says when the reply came, as --record writes it, and
# the reply gets a RequestId of its own.
replay_arrival() {
	printf '{"format": "scandrift-reply/1", "target": "%s", "time": "%s"}\n' "$2" "$3" \
		>"$1/$2.meta.json"
	product_id=$(printf '%s %s' "$2" "$3" | sha256sum |
		sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/')
	sed -i "1s/\"RequestId\": \"[^\"]*\"/\"RequestId\": \"$product_id\"/" "$1/$2.json"
}

# replay_from DIR TARGET REPLY: a folder for --replay with that reply, in its envelope. Where
# $replay_arrived is a time, it arrived then.
replay_arrived=
replay_from() {
	mkdir -p "$1"
	printf '{"Response": {"RequestId": "00000000-0000-4000-8000-000000000001",\n%s' \
		"$(sed '1s/^{//' "$3")" >"$1/$2.json"
	printf '}\n' >>"$1/$2.json"
	[ -z "$replay_arrived" ] || replay_arrival "$1" "$2" "$replay_arrived"
}
