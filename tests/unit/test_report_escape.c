/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Single texts on their way into Markdown and into workflow commands, byte for byte; and the limits
 * of both formats: what does not fit is left out whole, and said.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "report/escape.h"
#include "report/formats.h"

typedef void escape(struct buf *out, struct str s);

static const struct {
	const char *name;
	escape *escape;
	struct str text;
	const char *want;
} rows[] = {
	{"prose", escape_markdown, STR("Less may be scanned than before"),
	 "Less may be scanned than before"},
	{"nothing", escape_markdown, STR(""), ""},
	{"blanks alone", escape_markdown, STR("   "), ""},
	{"blanks between", escape_markdown, STR("  a   b  "), "a b"},
	{"signs behind words", escape_markdown, STR("If so, (weakened); look: here."),
	 "If so, (weakened); look: here."},
	{"a path", escape_markdown, STR("Set uin in baselines/targets.ini now"),
	 "Set uin in `baselines/targets.ini` now"},
	{"code and a comma", escape_markdown, STR("was 1/2, is b"), "was `1/2`, is b"},
	{"a menu", escape_markdown, STR("Image risk > Registry"), "Image risk > Registry"},
	{"a quote of all", escape_markdown, STR("> a"), "`>` a"},
	{"quotes are one", escape_markdown, STR("gained \"a fine day\" today"),
	 "gained `\"a fine day\"` today"},
	{"an escaped quote", escape_markdown, STR("\"a \\\" b\" c"), "`\"a \\\" b\"` c"},
	{"an open quote", escape_markdown, STR("a \"b c d"), "a `\"b c d`"},
	{"a number", escape_markdown, STR("14 days"), "14 days"},
	{"a list", escape_markdown, STR("1. one"), "`1`. one"},
	{"a long number", escape_markdown, STR("1234567 days"), "`1234567` days"},
	{"a commit", escape_markdown, STR("see deadbeef or defaced, and face"),
	 "see `deadbeef` or `defaced`, and face"},
	{"back-ticks", escape_markdown, STR("`a` ```"), "`\\u0060a\\u0060 \\u0060\\u0060\\u0060`"},
	{"a cell's end", escape_markdown, STR("a | b"), "a `\\u007c` b"},
	{"a link", escape_markdown, STR("[a](http://b) ![c](d)"), "`[a](http://b) ![c](d)`"},
	{"html", escape_markdown, STR("<img src=x>"), "`<img src=x>`"},
	{"an entity", escape_markdown, STR("&lt;b"), "`&lt;b`"},
	{"a mention", escape_markdown, STR("thanks @user and @org/team"),
	 "thanks `@user` and `@org/team`"},
	{"issues", escape_markdown, STR("fixes #1 GH-1 a/b#2"), "fixes `#1 GH-1 a/b#2`"},
	{"addresses", escape_markdown, STR("www.example.com a@b.example"),
	 "`www.example.com a@b.example`"},
	{"an emoji's name", escape_markdown, STR("a :smile: b"), "a `:smile`: b"},
	{"emphasis", escape_markdown, STR("*a* _b_ ~~c~~"), "`*a* _b_ ~~c~~`"},
	{"mathematics", escape_markdown, STR("$a$ b"), "`$a$` b"},
	{"Chinese", escape_markdown, STR("\xe6\x89\xab\xe6\x8f\x8f\xe3\x80\x82"),
	 "\xe6\x89\xab\xe6\x8f\x8f\xe3\x80\x82"},
	{"a hidden sign", escape_markdown, STR("a b\xe2\x80\xaeg c"), "a `b\\u202eg` c"},
	{"a wide blank", escape_markdown,
	 STR("a\xc2\xa0"
	     "b"),
	 "`a\xc2\xa0"
	 "b`"},
	{"no UTF-8", escape_markdown, STR("a\xff"), "`a\\xff`"},
	{"other lines", escape_markdown, STR("a\n\n# b"), "`a\\u000a\\u000a#` b"},
	{"an apostrophe", escape_markdown, STR("the vendor's 'own'"), "the vendor's `'own'`"},
	{"a sign alone", escape_markdown, STR(": a"), "`:` a"},
	{"an old command", escape_markdown, STR("##[error]x"), "`#\\u0023[error]x`"},
	{"code", escape_markdown_code, STR("a b"), "`a b`"},
	{"no code", escape_markdown_code, STR(""), ""},
	{"back-ticks in code", escape_markdown_code, STR("``|"), "`\\u0060\\u0060\\u007c`"},
	{"data", escape_workflow_data, STR("100%: a,b%0A"), "100%25: a,b%250A"},
	{"line ends in data", escape_workflow_data, STR("a\r\nb"), "a\\u000d\\u000ab"},
	{"commands in data", escape_workflow_data, STR("::a ##[b]"), "\\u003a:a #\\u0023[b]"},
	{"a property", escape_workflow_property, STR("a:b,c=d%2C"), "a%3Ab%2Cc=d%252C"},
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b = BUF_INIT(1 << 16);

		rows[i].escape(&b, rows[i].text);
		if (strcmp(b.n ? b.p : "", rows[i].want) != 0)
			fail_msg("%s: %s, not %s", rows[i].name, b.n ? b.p : "", rows[i].want);
		buf_free(&b);
	}
}

/* --- limits -------------------------------------------------------------------------------- */

#define FINDINGS 3000u

/* Findings of every kind, with texts longer than a line; `alike`: the same on many targets. */
static struct result many_findings(struct finding *v, struct arena *a, bool alike)
{
	struct result r;

	static const struct policy policy = {.file = "policies/a.ini"};
	static const struct waiver waiver = {.policy = &policy,
					     .name = STR("w"),
					     .reason = STR("until `it` is gone"),
					     .owner = STR("a@b.example"),
					     .expires_text = STR("2027-01-31"),
					     .line = 3};

	for (size_t i = 0; i < FINDINGS; i++) {
		v[i] = (struct finding){
			.rule_text = STR("drift/ScanType"),
			.class = i % 3 == 0 ? CLASS_INCOMPLETE : CLASS_DRIFT,
			.severity = alike ? SEVERITY_HIGH : (enum severity)(i % SEVERITY_COUNT),
			.target = str_from(arena_printf(a, "t%04zu", i)),
			.message = alike ? STR("the `same`")
					 : str_from(arena_printf(a, "%zu is \"%0200zu\"", i, i)),
			.meaning = STR("Less"),
			.next = STR("More"),
			.api_code = alike ? STR("") : str_from(arena_printf(a, "Code%zu", i)),
			.file = STR("baselines/a.json"),
			.line = 1,
			.waived = i % 3 == 1 ? &waiver : NULL,
		};
	}
	r = (struct result){.arena = a,
			    .command = "check",
			    .has_verdict = true,
			    .findings = {.v = v, .n = FINDINGS, .arena = a}};
	assert_null(result_finish(&r));
	return r;
}

static char *render(const struct result *r, const char *format)
{
	const struct report_style style = {.exit_code = 0};
	struct buf b = BUF_INIT(1 << 24);

	assert_null(format_find(str_from(format))->write(&b, r, &style));
	assert_null(buf_check(&b, ERR_OUTPUT, format));
	return buf_take(&b, NULL);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

static void test_comment_limit(void **state)
{
	struct finding *v = calloc(FINDINGS, sizeof(*v));
	struct arena *a = arena_new();
	struct result r = many_findings(v, a, false);
	char *text = render(&r, "markdown");

	(void)state;
	assert_in_range(strlen(text), 50000, 65000);
	assert_int_equal(count(text, "`") % 2, 0);
	/* All three are there, gravest first, and of all three it is said what is not. */
	assert_non_null(strstr(text, "### Not judged"));
	assert_non_null(strstr(text, "### Findings"));
	assert_non_null(strstr(text, "### Waived"));
	assert_int_equal(count(text, "**Left out here"), 3);
	assert_true(strstr(text, "**critical**") < strstr(text, "### Waived"));
	assert_null(strstr(text, "**info**"));
	/* What is shown and what is left out is everything. */
	{
		size_t shown = count(text, "\n- **"), left = 0;

		for (const char *p = text; (p = strstr(p, "limit of size: ")); p += 15)
			left += strtoul(p + 15, NULL, 10);
		assert_int_equal(shown + left, FINDINGS);
	}
	free(text);
	free(v);
	arena_free(a);
}

static void test_alike_is_told_once(void **state)
{
	struct finding *v = calloc(FINDINGS, sizeof(*v));
	struct arena *a = arena_new();
	struct result r = many_findings(v, a, true);
	char *text = render(&r, "markdown"), *commands = render(&r, "github");

	(void)state;
	assert_true(strlen(text) < 4000);
	assert_int_equal(count(text, "on 1000 targets: "), 3);
	assert_int_equal(count(text, " and 990 more"), 3);
	assert_int_equal(count(commands, "::error file="), 2);
	assert_non_null(strstr(commands, "\nwaived  drift/ScanType  1000 targets, t0001, "));
	free(text);
	free(commands);
	free(v);
	arena_free(a);
}

static void test_annotation_limit(void **state)
{
	struct finding *v = calloc(FINDINGS, sizeof(*v));
	struct arena *a = arena_new();
	struct result r = many_findings(v, a, false);
	char *text = render(&r, "github");

	(void)state;
	assert_int_equal(count(text, "\n::") + 1, 30);
	assert_int_equal(count(text, "::error file="), 10);
	assert_int_equal(count(text, "\n::warning file="), 10);
	assert_int_equal(count(text, "\n::notice file="), 10);
	/* The rest of the 2000 that are not waived, and those that are: none is lost. */
	assert_non_null(strstr(text, "1970 more, as text\n"));
	assert_int_equal(count(text, "\n"), FINDINGS + 2);
	free(text);
	free(v);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_comment_limit),
		cmocka_unit_test(test_alike_is_told_once),
		cmocka_unit_test(test_annotation_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
