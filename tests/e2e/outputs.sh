# SPDX-License-Identifier: Apache-2.0
#
# Values that want to be more than text, from replies and from policies, in every format and on
# standard error, wherever they are printed: what models of the runners of CI systems and real
# readers of Markdown make of them (outputs/judge.js). Then the files of --output.

. "$SCANDRIFT_SOURCE/tests/lib/e2e.sh"
. "$SCANDRIFT_SOURCE/tests/e2e/common/product.sh"
need node cmark-gfm
for package in parse5 ajv; do
	[ -d "$SCANDRIFT_NPM/node_modules/$package" ] || skip "no $package in $SCANDRIFT_NPM"
done
NODE_PATH=$SCANDRIFT_NPM/node_modules
SOURCE_DATE_EPOCH=1795478400
export NODE_PATH SOURCE_DATE_EPOCH

count=$(node "$expected/make.js" "$expected/hostile.json" "$common/prod.json" "$SCRATCH/values")
[ "$count" -gt 40 ] || fail 'no values'

# keep NAME FORMAT EXIT: the outputs of the last run, for the judge.
keep() {
	expect_exit "$3"
	cp "$out" "$1/$2.out"
	cp "$err" "$1/$2.err"
}

product_repo repo prod
cd repo || fail 'no repository'
n=0
while [ "$n" -lt "$count" ]; do
	at=$SCRATCH/values/$n
	mkdir -p policies
	cp "$at/policies/hostile.ini" policies/
	commit_all . 'policies: hostile'
	for format in text json markdown github; do
		run scandrift check -v --replay "$at/replies" --now "$now" --format "$format"
		keep "$at" "$format" 1
		[ "$format" != json ] || expect_valid_result out
	done
	n=$((n + 1))
	# The rest goes the same ways: one of five, but in a long run.
	[ $((n % 5)) -eq 1 ] || [ -n "$SCANDRIFT_LONG" ] || continue
	for format in markdown github; do
		run scandrift check -v --replay "$at/refused" --now "$now" --format "$format"
		keep "$at" "refused-$format" 3
	done
	run scandrift diff -v --format patch baselines/prod.json "$at/replies/prod.json"
	keep "$at" patch 1
done
run node "$expected/judge.js" "$expected/hostile.json" "$SCRATCH/values"
expect_exit 0
run node "$SCANDRIFT_SOURCE/tests/e2e/schema/validate.js" \
	"$SCANDRIFT_SOURCE/src/data/result.schema.json" "$results"/result/*
expect_exit 0

# What git, policies and the values of one run make of a comment, as a person reads it.
cp "$SCRATCH/values/0/policies/hostile.ini" policies/
commit_all . 'policies'
run scandrift check --replay "$SCRATCH/values/0/replies" --now "$now" --format markdown
expect_exit 1
expect_output markdown
run scandrift check --replay "$SCRATCH/values/0/replies" --now "$now" --format github
expect_exit 1
expect_output github

# Files: what standard output would have had, each, beside the report that a person gets.
replies=$SCRATCH/values/0/replies
mkdir "$SCRATCH/files"
set --
for format in text json markdown github; do
	run scandrift check --replay "$replies" --now "$now" --format "$format"
	cp "$out" "$SCRATCH/want.$format"
	set -- "$@" --output "$format=$SCRATCH/files/$format"
done
echo old >"$SCRATCH/files/json"
run scandrift check --replay "$replies" --now "$now" --color always "$@"
expect_exit 1
expect_text out "$(printf '\033')"
for format in text json markdown github; do
	expect_same "$SCRATCH/want.$format" "$SCRATCH/files/$format"
done
[ "$(find "$SCRATCH/files" | wc -l)" -eq 5 ] || fail 'something else was written'

# One that cannot be written: told, exit 4 where it was 0, and the other outputs say it too.
cp "$common/prod.json" "$SCRATCH/same.json"
mkdir "$SCRATCH/fine"
replay_from "$SCRATCH/fine" prod "$common/prod.json"
rm policies/hostile.ini
commit_all . 'policies: none'
ln -s kept "$SCRATCH/files/link"
echo kept >"$SCRATCH/files/kept"
mkfifo "$SCRATCH/files/pipe"
for path in link pipe no/folder .; do
	rm -f "$SCRATCH/files/json"
	run scandrift check --replay "$SCRATCH/fine" --now "$now" --format json \
		--output "json=$SCRATCH/files/json" --output "markdown=$SCRATCH/files/$path"
	expect_exit 4
	expect_lines err 1
	expect_text err "--output markdown: $SCRATCH/files/$path"
	expect_json out '.side_effect_failed and .exit_code == 4 and .verdict == "pass"'
	expect_same "$out" "$SCRATCH/files/json"
done
expect_line "$SCRATCH/files/kept" kept
run scandrift check --replay "$replies" --now "$now" --format json \
	--output "markdown=$SCRATCH/files/link"
expect_exit 1
expect_json out '.side_effect_failed and .exit_code == 1'

# diff and accept have it too.
run scandrift diff baselines/prod.json "$replies/prod.json" --output "patch=$SCRATCH/files/patch" \
	--output "text=$SCRATCH/files/text"
expect_exit 1
expect_same "$out" "$SCRATCH/files/text"
expect_json "$SCRATCH/files/patch" 'type == "array"'
run scandrift accept prod --replay "$replies" --now "$now" --output "json=$SCRATCH/files/json"
expect_exit 1
expect_valid_result "$SCRATCH/files/json"
expect_json "$SCRATCH/files/json" '.command == "accept" and .exit_code == 1'
