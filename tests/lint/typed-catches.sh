# SPDX-License-Identifier: Apache-2.0
#
# The lint of texts must be able to fail: the tables, and one file that is right, then
# the same with one wrong statement each.

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/scandrift lint.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
status=0
for table in result/finding.c result/rules.c result/result.c base/reason.c report/formats.c \
	policy/operators.c; do
	mkdir -p "$scratch/src/${table%/*}" "$scratch/src/run"
	cp "src/$table" "$scratch/src/$table" || exit 1
done

# try WANT STATEMENT [FILE]
try() {
	file=${3:-run/file.c}
	mkdir -p "$scratch/src/${file%/*}"
	printf '%s\n' '/* Of "drift/Enable"; strstr(e->msg, "x"). */' '#include "policy/policy.h"' \
		'' "$2" >"$scratch/src/$file"
	have=passes
	sh "$here/typed.sh" "$scratch" >"$scratch/said" 2>&1 || have=fails
	if [ "$have" != "$1" ]; then
		echo "$file with $2: want $1, it $have"
		cat "$scratch/said"
		status=1
	elif [ "$1" = fails ] && ! grep -q "^src/$file:4: " "$scratch/said"; then
		echo "$file with $2: line 4 is not named:"
		cat "$scratch/said"
		status=1
	fi
	rm "$scratch/src/$file"
}

try passes 'return f->rule == RULE_DRIFT;'
try passes 'return fopen("baselines/prod.json", "r");'
try passes 'x = str_is(key, "message") ? y->message : z;'
try passes 'return str_is(id, "drift/Enable");' policy/policies.c
try fails 'return str_is(f->rule_text, "target/unpinned");'
try fails 'f = finding_from_rule("approval/no-such-row", t);'
try fails 'return str_starts(w->rule_id, "baseline/");'
try fails "$(printf 'return str_is(f->rule_text,\n\t\t"target/unpinned");')"
try fails '*out = (struct failure){.reason = "timeout"};'
try fails 'if (o->failure.reason && strcmp(o->failure.reason, "deadline") == 0)
	return;'
try fails 'is_json = strcmp(o->output.format, "json") == 0;'
try fails 'return str_is(st->outcome, "equal");'
try fails 'return strcmp(a->operation->name, "==") == 0;'
try fails 'return strncmp(e->msg, "timeout: ", 9) == 0;'
try fails 'return str_starts(message, "line ") ? 1 : 0;'
try fails 'return strstr(err_text(e), "duplicate");'
try passes 'return strstr(e->msg, "object not found");' repo/file.c

# Where a table cannot be read, nothing is shown: that fails as well.
: >"$scratch/src/base/reason.c"
if sh "$here/typed.sh" "$scratch" >"$scratch/said" 2>&1; then
	echo 'a table without names passes'
	status=1
fi
exit "$status"
