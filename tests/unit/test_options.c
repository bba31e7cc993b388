/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: its table, what it takes in which order, and what it says of what it does not
 * take.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/help.h"
#include "report/formats.h"

#define WORDS 12

#define DIGEST "sha256:0000000000000000000000000000000000000000000000000000000000000000"

/* argv of a line; words stand between blanks, '' is an empty one. */
struct line {
	char text[512];
	char *argv[WORDS + 2];
	int argc;
	struct arena *a;
	struct options o;
	const struct command *command;
	struct err *e;
};

static void parse(struct line *l, const char *text)
{
	static char program[] = "scandrift";
	char *p = l->text;

	*l = (struct line){.argc = 1, .a = arena_new()};
	(void)snprintf(l->text, sizeof(l->text), "%s", text);
	l->argv[0] = program;
	while (*p) {
		char *end = p + strcspn(p, " ");

		assert_true(l->argc <= WORDS);
		l->argv[l->argc++] = p;
		p = *end ? end + 1 : end;
		*end = '\0';
		if (strcmp(l->argv[l->argc - 1], "''") == 0)
			*l->argv[l->argc - 1] = '\0';
	}
	l->e = options_parse(l->argc, l->argv, l->a, &l->o, &l->command);
}

static void forget(struct line *l)
{
	err_free(l->e);
	arena_free(l->a);
}

/* --- the table ----------------------------------------------------------------------------- */

static void test_table(void **state)
{
	unsigned letters[256] = {0}, all = (1u << COMMAND_COUNT) - 1;

	(void)state;
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &options[i];

		if (i && strcmp(options[i - 1].name, o->name) >= 0)
			fail_msg("%s stands behind %s", o->name, options[i - 1].name);
		if (!o->help || !*o->help || !o->set || strlen(o->name) < 2)
			fail_msg("%s: no help, or nothing to set", o->name);
		if (!(o->commands & all))
			fail_msg("%s: no command has it", o->name);
		if (o->letter && letters[(unsigned char)o->letter]++)
			fail_msg("-%c twice", o->letter);
		/* What is at an offset stands inside. */
		assert_true(o->offset < sizeof(struct options));
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		const struct command *found = NULL;

		if (i && strcmp(commands[i - 1].name, commands[i].name) >= 0)
			fail_msg("%s stands behind %s", commands[i].name, commands[i - 1].name);
		assert_int_equal(commands[i].id, i);
		assert_true(strlen(commands[i].help) > 0 && commands[i].run &&
			    commands[i].least <= commands[i].most);
		assert_null(command_find(str_from(commands[i].name), &found));
		assert_ptr_equal(found, &commands[i]);
	}
}

/* --help names each option of a command, each with its help, and no other. */
static void test_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		struct buf b = BUF_INIT(1 << 16);

		help_command(&b, &commands[i]);
		assert_non_null(strstr(b.p, commands[i].help));
		for (size_t k = 0; k < option_count; k++) {
			char word[64];
			const char *at;
			bool has = options[k].commands & ON(commands[i].id);

			(void)snprintf(word, sizeof(word), "  --%s", options[k].name);
			at = strstr(b.p, word);
			if (at && strchr(" =[", at[strlen(word)]) == NULL)
				at = NULL;
			if (!at && options[k].letter) {
				(void)snprintf(word, sizeof(word), "-%c, --%s", options[k].letter,
					       options[k].name);
				at = strstr(b.p, word);
			}
			if ((at != NULL) != has || (has && !strstr(at, options[k].help)))
				fail_msg("%s --help and --%s", commands[i].name, options[k].name);
		}
		buf_free(&b);
	}
}

/* --- what is refused ----------------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *line;
	const char *says[3]; /* all of these */
} refused[] = {
	{ "chekc", { "unknown command 'chekc'", "did you mean 'check'" } },
	{ "Fetch", { "did you mean 'fetch'" } },
	{ "xyzzy", { "unknown command 'xyzzy'", "--help lists them" } },
	{ "''", { "unknown command ''" } },
	{ "-", { "unknown command '-'" } },
	{ "", { "no command", "--help" } },
	{ "-q", { "no command" } },
	{ "check --fromat json", { "unknown option '--fromat'", "did you mean '--format'" } },
	{ "check --replya=x", { "unknown option '--replya=x'", "did you mean '--replay'" } },
	{ "check --zzzzzz", { "unknown option '--zzzzzz'", "--help lists them" } },
	{ "check -z", { "unknown option '-z'" } },
	{ "check -qv", { "unknown option '-qv'" } },
	{ "check --q", { "unknown option '--q'" } },
	{ "check -quiet", { "unknown option '-quiet'", "did you mean '--quiet'" } },
	{ "check --=x", { "unknown option '--=x'" } },
	{ "check ---", { "unknown option '---'" } },
	{ "check --raw", { "check", "no option --raw" } },
	{ "normalize --replay x", { "normalize", "no option --replay" } },
	{ "--expect sha256:0000000000000000000000000000000000000000000000000000000000000000 check", { "check", "no option --expect" } },
	{ "diff a b --now 2026-11-24T00:00:00Z", { "diff", "no option --now" } },
	{ "check --help --raw", { "no option --raw" } },
	{ "check --replay", { "--replay", "expected DIR" } },
	{ "check -C", { "-C", "expected DIR" } },
	{ "check --replay ''", { "--replay", "empty" } },
	{ "check --replay=", { "--replay", "empty" } },
	{ "check --commit=", { "--commit", "empty" } },
	{ "check --quiet=yes", { "--quiet takes no value" } },
	{ "check --help=", { "--help takes no value" } },
	{ "check --format yaml", { "unknown format 'yaml'", "json", "text" } },
	{ "check --format jsno", { "unknown format 'jsno'", "did you mean 'json'" } },
	{ "check --format JSON", { "unknown format 'JSON'", "did you mean 'json'" } },
	{ "check --format patch", { "check", "--format patch", "scandrift diff" } },
	{ "accept a --format patch", { "accept", "--format patch", "scandrift diff" } },
	{ "check --output patch=p", { "check", "--output patch", "scandrift diff" } },
	{ "check --output json", { "--output", "'json'", "json=result.json" } },
	{ "check --output json=", { "--output", "'json='", "json=result.json" } },
	{ "check --output json=-", { "--output", "'json=-'", "json=result.json" } },
	{ "check --output jso=a", { "--output", "'jso'", "'json'" } },
	{ "check --output json=a --output text=a", { "--output", "a is named twice" } },
	{ "check --color sometimes", { "'sometimes'", "auto, always or never" } },
	{ "check --fail-on severe", { "'severe'", "info, low, medium, high, critical or never" } },
	{ "check --config-only --now 2026-11-24T00:00:00Z", { "--config-only and --now exclude each other" } },
	{ "log --now yesterday", { "'yesterday'" } },
	{ "check --now yesterday", { "'yesterday'", "2026-11-24T02:00:00Z" } },
	{ "check --now 2026-02-30T00:00:00Z", { "'2026-02-30T00:00:00Z'" } },
	{ "check --max-reply 0", { "--max-reply", "'0'" } },
	{ "check --max-reply -1", { "'-1'" } },
	{ "check --max-reply 1M", { "'1M'" } },
	{ "check --max-reply 4294967296", { "'4294967296'" } },
	{ "check --timeout 0", { "'0'" } },
	{ "check --timeout 2h", { "'2h'" } },
	{ "check --timeout 3601s", { "'3601s'" } },
	{ "accept a --expect sha256:ABCD", { "'sha256:ABCD'", "64 lower-case hex digits" } },
	{ "accept a --expect 0000000000000000000000000000000000000000000000000000000000000000", { "sha256:" } },
	{ "accept a --expect sha256:000000000000000000000000000000000000000000000000000000000000000G", { "64 lower-case hex digits" } },
	{ "accept", { "accept", "expected TARGET..." } },
	{ "diff a", { "diff", "expected A B" } },
	{ "diff a b c", { "diff", "'c'", "one argument too many" } },
	{ "diff a -- -b --c", { "'--c'", "one argument too many" } },
	{ "fetch a b", { "fetch", "'b'" } },
	{ "normalize a b", { "normalize", "'b'" } },
	/* What can have no effect in the mode that the rest of the line asks for. */
	{ "check -v -q", { "check: --quiet and --verbose exclude each other" } },
	{ "check --replay x --endpoint y", { "--replay and --endpoint exclude each other" } },
	{ "check --replay x --ca-bundle y", { "--replay and --ca-bundle exclude each other" } },
	{ "check --replay x --timeout 9s", { "--replay and --timeout exclude each other" } },
	{ "accept a --replay x --deadline 9s", { "--replay and --deadline exclude each other" } },
	{ "accept a --replay x --jobs 3", { "--replay and --jobs exclude each other" } },
	{ "init --timeout 9s --replay x", { "init: --replay and --timeout exclude each other" } },
	{ "fetch a --replay x --explain-credentials", { "--replay and --explain-credentials exclude each other" } },
	{ "fetch a --replay x --show-request", { "--replay and --show-request exclude each other" } },
	{ "fetch a --replay x --record y", { "--record and --replay exclude each other" } },
	{ "accept a --from x --replay y", { "--from and --replay exclude each other" } },
	{ "accept a --from x --endpoint y", { "--from and --endpoint exclude each other" } },
	{ "accept a --from x --ca-bundle y", { "--from and --ca-bundle exclude each other" } },
	{ "accept a --from x --timeout 9s", { "--from and --timeout exclude each other" } },
	{ "accept a --from x --deadline 9s", { "--from and --deadline exclude each other" } },
	{ "accept a --from x --jobs 3", { "--from and --jobs exclude each other" } },
	{ "check --config-only --replay x", { "--config-only and --replay exclude each other" } },
	{ "check --config-only --record x", { "--config-only and --record exclude each other" } },
	{ "check --config-only --endpoint x", { "--config-only and --endpoint exclude each other" } },
	{ "check --config-only --ca-bundle x", { "--config-only and --ca-bundle exclude each other" } },
	{ "check --config-only --timeout 9s", { "--config-only and --timeout exclude each other" } },
	{ "check --config-only --deadline 9s", { "--config-only and --deadline exclude each other" } },
	{ "check --config-only --jobs 3", { "--config-only and --jobs exclude each other" } },
	{ "check --config-only --max-reply 3", { "--config-only and --max-reply exclude each other" } },
	{ "check --config-only --shard 1/2", { "--config-only and --shard exclude each other" } },
	{ "check --config-only --commit", { "--config-only and --commit exclude each other" } },
	{ "check --config-only --journal", { "--config-only and --journal exclude each other" } },
	{ "check --config-only --push", { "--config-only and --push exclude each other" } },
	{ "check --config-only --fail-on low", { "--config-only and --fail-on exclude each other" } },
	{ "check --config-only --format text", { "--config-only and --format exclude each other" } },
	{ "check --config-only --output json=a", { "--config-only and --output exclude each other" } },
	{ "check --shard 1/2 --commit", { "--shard and --commit exclude each other" } },
	{ "check --shard 1/2 --journal", { "--shard and --journal exclude each other" } },
	{ "check --worktree --commit", { "--worktree and --commit exclude each other" } },
	{ "check --worktree --journal", { "--worktree and --journal exclude each other" } },
	{ "check --worktree --rev x", { "--worktree and --rev exclude each other" } },
	{ "check --worktree --config-only", { "--worktree and --config-only exclude each other" } },
	{ "fetch a --raw --show-request", { "--raw and --show-request exclude each other" } },
	{ "fetch a --raw --explain-credentials", { "--raw and --explain-credentials exclude each other" } },
	{ "fetch a --show-request --explain-credentials", { "--show-request and --explain-credentials exclude each other" } },
	{ "fetch a --show-request --ca-bundle x", { "--show-request and --ca-bundle exclude each other" } },
	{ "fetch a --show-request --timeout 9s", { "--show-request and --timeout exclude each other" } },
	{ "fetch a --deadline 9s --show-request", { "--show-request and --deadline exclude each other" } },
	{ "fetch a --show-request --record x", { "--show-request and --record exclude each other" } },
	{ "fetch a --show-request --max-reply 3", { "--show-request and --max-reply exclude each other" } },
	{ "fetch a --explain-credentials --record x", { "--explain-credentials and --record exclude each other" } },
	{ "fetch a --explain-credentials --max-reply 3", { "--explain-credentials and --max-reply exclude each other" } },
	{ "normalize --digest --jcs", { "--digest and --jcs exclude each other" } },
	{ "normalize --digest --assert x", { "--digest and --assert exclude each other" } },
	{ "normalize --jcs --assert x", { "--jcs and --assert exclude each other" } },
	{ "show a --rev x --as-of 2026-11-24", { "--rev and --as-of exclude each other" } },
	{ "show a --rev x --branch y", { "--rev and --branch exclude each other" } },
	{ "log a --runs", { "log: --runs and TARGET exclude each other" } },
	{ "log --runs --branch x", { "--runs and --branch exclude each other" } },
	{ "log --runs --max-reply 3", { "--runs and --max-reply exclude each other" } },
	{ "review --staged main..x", { "--staged and BASE..HEAD exclude each other" } },
	{ "review --staged --trees a b", { "--staged and --trees exclude each other" } },
	{ "review --staged --approve " DIGEST, { "--staged and --approve exclude each other" } },
	{ "review --trees", { "--trees requires A B" } },
	{ "review --trees a", { "--trees requires A B" } },
	{ "review a b", { "A B requires --trees" } },
	{ "review a b c", { "'c' is one argument too many" } },
	{ "review --approvals report --approve " DIGEST, { "--approve and --approvals report exclude each other" } },
	{ "check --journal-start --push --commit", { "--journal-start requires --journal" } },
	{ "check --journal-start --journal", { "--journal-start requires --push" } },
	{ "log --every 1d", { "--every requires --runs" } },
	{ "check --push", { "check: --push requires --commit or --journal" } },
	{ "accept a --dry-run", { "--dry-run requires --expect or --from" } },
	{ "diff a b --replay x", { "--replay requires live:TARGET" } },
	{ "diff a b --endpoint x", { "--endpoint requires live:TARGET" } },
	{ "diff a b --ca-bundle x", { "--ca-bundle requires live:TARGET" } },
	{ "diff a b --timeout 9s", { "--timeout requires live:TARGET" } },
	{ "diff a alive:b --deadline 9s", { "--deadline requires live:TARGET" } },
	{ "fetch a --jobs 3", { "fetch: no option --jobs" } },
	{ "init --jobs 3", { "init: no option --jobs" } },
	{ "diff a live:b --jobs 3", { "diff: no option --jobs" } },
};
/* clang-format on */

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		struct line l;

		parse(&l, refused[i].line);
		if (!l.e)
			fail_msg("%s: taken", refused[i].line);
		assert_int_equal(l.e->kind, ERR_USAGE);
		for (size_t k = 0; k < ARRAY_LEN(refused[i].says) && refused[i].says[k]; k++) {
			if (!strstr(l.e->msg, refused[i].says[k]))
				fail_msg("%s: %s", refused[i].line, l.e->msg);
		}
		forget(&l);
	}
}

static void test_many_expectations(void **state)
{
	static char program[] = "scandrift", accept[] = "accept", target[] = "a";
	static char expect[] = "--expect=sha256:"
			       "0000000000000000000000000000000000000000000000000000000000000000";
	char *argv[EXPECT_MAX + 5] = {program, accept, target};

	(void)state;
	for (size_t n = EXPECT_MAX; n <= EXPECT_MAX + 1; n++) {
		struct arena *a = arena_new();
		const struct command *command;
		struct options o;
		struct err *e;

		for (size_t i = 0; i < n; i++)
			argv[3 + i] = expect;
		e = options_parse((int)n + 3, argv, a, &o, &command);
		assert_int_equal(e != NULL, n > EXPECT_MAX);
		assert_int_equal(o.accept.expect_count, EXPECT_MAX);
		err_free(e);
		arena_free(a);
	}
}

/* --- what is taken ------------------------------------------------------------------------- */

static const char *text_or(const char *s)
{
	return s ? s : "(none)";
}

/* All that the lines below say, as text. */
static void describe(const struct line *l, char *out, size_t size)
{
	int n = snprintf(
		out, size, "%s|%s|%s|%s|%d%d%d%d|%d|%s|%llu|%llu|%d:%lld|%d%d|%s",
		l->command ? l->command->name : "(none)", text_or(l->o.dirs[0]),
		l->o.output.format ? l->o.output.format->name : "(none)", text_or(l->o.net.replay),
		l->o.help, l->o.version, l->o.quiet, l->o.verbose, l->o.colour,
		text_or(l->o.record.branch), (unsigned long long)l->o.max_reply,
		(unsigned long long)l->o.net.timeout_ms, l->o.evaluate.has_now,
		(long long)l->o.evaluate.now_s, l->o.evaluate.fail_on, l->o.evaluate.never_fail,
		l->o.fetch.raw          ? "raw"
		: l->o.normalize.digest ? "digest"
		: l->o.normalize.jcs    ? "jcs"
					: "");

	for (size_t i = 0; i < l->o.arg_count; i++)
		n += snprintf(out + n, size - (size_t)n, "|%s", l->o.args[i]);
	assert_true((size_t)n < size);
}

#define NOTHING "0000|0|(none)|67108864|0|0:0|10|"

/* clang-format off */
static const struct {
	const char *line, *means;
} taken[] = {
	{ "check", "check|(none)|(none)|(none)|" NOTHING },
	{ "--help", "(none)|(none)|(none)|(none)|1000|0|(none)|67108864|0|0:0|10|" },
	{ "--version", "(none)|(none)|(none)|(none)|0100|0|(none)|67108864|0|0:0|10|" },
	{ "check -h", "check|(none)|(none)|(none)|1000|0|(none)|67108864|0|0:0|10|" },
	{ "accept --help", "accept|(none)|(none)|(none)|1000|0|(none)|67108864|0|0:0|10|" },
	{ "check a b", "check|(none)|(none)|(none)|" NOTHING "|a|b" },
	{ "-C dir check", "check|dir|(none)|(none)|" NOTHING },
	{ "check -C dir", "check|dir|(none)|(none)|" NOTHING },
	{ "check --directory=dir", "check|dir|(none)|(none)|" NOTHING },
	{ "check --directory dir a", "check|dir|(none)|(none)|" NOTHING "|a" },
	{ "check -C one -C two", "check|one|(none)|(none)|" NOTHING },
	{ "--replay x --format json check a -q", "check|(none)|json|x|0010|0|(none)|67108864|0|0:0|10||a" },
	{ "check a --format=json -q --replay=x", "check|(none)|json|x|0010|0|(none)|67108864|0|0:0|10||a" },
	{ "check -v", "check|(none)|(none)|(none)|0001|0|(none)|67108864|0|0:0|10|" },
	{ "accept a --dry-run --from x", "accept|(none)|(none)|(none)|" NOTHING "|a" },
	{ "accept a --dry-run --expect " DIGEST, "accept|(none)|(none)|(none)|" NOTHING "|a" },
	{ "accept a --push", "accept|(none)|(none)|(none)|" NOTHING "|a" },
	{ "check --push --journal --journal-start", "check|(none)|(none)|(none)|" NOTHING },
	{ "diff live:a b --timeout 9s", "diff|(none)|(none)|(none)|0000|0|(none)|67108864|9000|0:0|10||live:a|b" },
	{ "diff a live:b --replay x", "diff|(none)|(none)|x|" NOTHING "|a|live:b" },
	{ "review --approvals require --approve " DIGEST, "review|(none)|(none)|(none)|" NOTHING },
	{ "log --runs", "log|(none)|(none)|(none)|" NOTHING },
	{ "log a --branch b", "log|(none)|(none)|(none)|" NOTHING "|a" },
	{ "check --replay -q", "check|(none)|(none)|-q|" NOTHING },
	{ "check --replay=a=b", "check|(none)|(none)|a=b|" NOTHING },
	{ "check -- -q --raw", "check|(none)|(none)|(none)|" NOTHING "|-q|--raw" },
	{ "-- check -- x", "check|(none)|(none)|(none)|" NOTHING "|--|x" },
	{ "normalize -", "normalize|(none)|(none)|(none)|" NOTHING "|-" },
	{ "normalize --digest", "normalize|(none)|(none)|(none)|" NOTHING "digest" },
	{ "normalize ''", "normalize|(none)|(none)|(none)|" NOTHING "|" },
	{ "check --commit a", "check|(none)|(none)|(none)|0000|0|scandrift/observed|67108864|0|0:0|10||a" },
	{ "check --commit=b a", "check|(none)|(none)|(none)|0000|0|b|67108864|0|0:0|10||a" },
	{ "check --color always", "check|(none)|(none)|(none)|0000|1|(none)|67108864|0|0:0|10|" },
	{ "check --max-reply 4294967295", "check|(none)|(none)|(none)|0000|0|(none)|4294967295|0|0:0|10|" },
	{ "check --timeout 500ms", "check|(none)|(none)|(none)|0000|0|(none)|67108864|500|0:0|10|" },
	{ "check --now 1970-01-01T00:00:07+00:00", "check|(none)|(none)|(none)|0000|0|(none)|67108864|0|1:7|10|" },
	{ "check --fail-on critical", "check|(none)|(none)|(none)|0000|0|(none)|67108864|0|0:0|40|" },
	{ "check --fail-on never", "check|(none)|(none)|(none)|0000|0|(none)|67108864|0|0:0|11|" },
	{ "check --fail-on never --fail-on high", "check|(none)|(none)|(none)|0000|0|(none)|67108864|0|0:0|30|" },
	{ "diff --format patch a b", "diff|(none)|patch|(none)|" NOTHING "|a|b" },
};
/* clang-format on */

static void test_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		struct line l;
		char have[1024];

		parse(&l, taken[i].line);
		if (l.e)
			fail_msg("%s: %s", taken[i].line, l.e->msg);
		describe(&l, have, sizeof(have));
		if (strcmp(have, taken[i].means) != 0)
			fail_msg("%s:\nhave %s\nwant %s", taken[i].line, have, taken[i].means);
		forget(&l);
	}
}

/* Values of all sorts: each option that takes one finds one of them good. */
static const char *const values[] = {
	"x",
	"3",
	"9s",
	"1d",
	"never",
	"low",
	"json",
	"report",
	"json=a",
	"/Enable",
	"2026-11-24T02:00:00Z",
	"https://example.com",
	"sha256:0000000000000000000000000000000000000000000000000000000000000000"};

/* 1 taken, 0 refused for the command's sake, -1 for the value's. */
static int outcome(const struct option *o, const struct command *c, const char *value, bool before)
{
	static const char *const arguments[] = {"", " a", " a b"};
	char text[512], given[200], no_option[80];
	struct line l;
	int out;

	(void)snprintf(given, sizeof(given), "--%s%s%s", o->name, value ? "=" : "",
		       value ? value : "");
	(void)snprintf(text, sizeof(text), "%s %s%s", before ? given : c->name,
		       before ? c->name : given, arguments[c->least]);
	(void)snprintf(no_option, sizeof(no_option), "no option --%s", o->name);
	parse(&l, text);
	/* One that goes with another is taken, and misses that. */
	out = !l.e || strstr(l.e->msg, " requires ") ? 1 : strstr(l.e->msg, no_option) ? 0 : -1;
	forget(&l);
	return out;
}

/* Each option is taken by its commands, before and behind their names, and refused by the others. */
static void test_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < option_count * COMMAND_COUNT * 2; i++) {
		const struct option *o = &options[i / 2 % option_count];
		const struct command *c = &commands[i / 2 / option_count];
		bool has = (o->commands & ON(c->id)) != 0, before = i % 2;
		int have = -1;

		if (!o->argument || o->argument[0] == '[')
			have = outcome(o, c, NULL, before);
		for (size_t k = 0; have < 0 && k < ARRAY_LEN(values); k++)
			have = outcome(o, c, values[k], before);
		if (have != (int)has)
			fail_msg("%s and --%s: %d", c->name, o->name, have);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),   cmocka_unit_test(test_help),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_many_expectations),
		cmocka_unit_test(test_taken),   cmocka_unit_test(test_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
