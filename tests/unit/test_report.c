/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a result looks like, with texts that want to be more than text: in the report for a person no
 * escape sequence, no other line and no command of the runner; in JSON nothing that is not JSON.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/scan.h"
#include "model_lib.h"
#include "patch_apply.h"
#include "report/formats.h"
#include "result/judge.h"

#define RESOURCE (&schema_registry_scan)

/* A result of one pair, as diff has it. */
struct trial {
	struct arena *a;
	struct result r;
	struct result_target rows[1];
};

static struct trial *trial_new(struct str name, const char *before, const char *after)
{
	struct trial *x = calloc(1, sizeof(*x));

	assert_non_null(x);
	x->a = arena_new();
	x->r = (struct result){.arena = x->a,
			       .command = "diff",
			       .time_s = 1795485600,
			       .targets = x->rows,
			       .target_count = 1,
			       .findings = {.arena = x->a}};
	x->rows[0] = (struct result_target){.name = name, .baseline_path = name};
	assert_null(judge_pair(&x->r, name, lib_read(x->a, RESOURCE, before),
			       lib_read(x->a, RESOURCE, after), name, &x->rows[0]));
	assert_null(result_finish(&x->r));
	return x;
}

static void trial_free(struct trial *x)
{
	free(x->r.findings.v);
	arena_free(x->a);
	free(x);
}

static char *render(const struct trial *x, const char *format)
{
	const struct report_style style = {.exit_code = 0};
	struct buf b = BUF_INIT(JSON_SIZE_CEILING);

	assert_null(format_find(str_from(format))->write(&b, &x->r, &style));
	assert_null(buf_check(&b, ERR_OUTPUT, format));
	return buf_take(&b, NULL);
}

/* --- what outsiders write ------------------------------------------------------------------ */

static const struct {
	const char *name;
	struct str text;
	const char *shown; /* what a person sees of it, NULL: not asked */
} hostile[] = {
	{"escape sequence", STR("\x1b[2J\x1b[31mred"), "\\u001b[2J\\u001b[31mred"},
	{"clipboard", STR("\x1b]52;c;cm0gLXJm\x07"), "\\u001b]52;c;cm0gLXJm\\u0007"},
	{"C1",
	 STR("\xc2\x9b"
	     "31m"),
	 "\\u009b31m"},
	{"other lines", STR("a\r\nb\n::error::c"), "a\\u000d\\u000ab\\u000a"},
	{"line separators",
	 STR("a\xe2\x80\xa8::error::b\xe2\x80\xa9"
	     "c\xc2\x85"),
	 "a\\u2028"},
	{"direction",
	 STR("\xe2\x80\xae"
	     "gpj.exe\xe2\x81\xa6"),
	 "\\u202egpj.exe\\u2066"},
	{"nothing to see",
	 STR("a\xe2\x80\x8b"
	     "b\xef\xbb\xbf"
	     "c\xc2\xad"),
	 "a\\u200bb\\ufeffc\\u00ad"},
	{"tags", STR("a\xf3\xa0\x81\x81"), "a\\U000e0041"},
	{"command", STR("::error::x"), NULL},
	{"command behind blanks", STR(" \t::set-env name=x::y"), NULL},
	{"command behind wide blanks", STR("\xe3\x80\x80\xc2\xa0::add-mask::x"), NULL},
	{"old command", STR("a ##[command]rm"), NULL},
	{"old commands", STR("####[error]x##[##[debug]"), NULL},
	{"Azure's commands", STR("##vso[task.setvariable variable=A]b ##vso[x]"), NULL},
	{"TeamCity's commands", STR("a ##teamcity[buildStop comment='x']"), NULL},
	{"a section of GitLab", STR("\x1b[0Ksection_start:1:x\r\x1b[0Ky"),
	 "\\u001b[0Ksection_start:1:x\\u000d\\u001b[0Ky"},
	{"backspaces", STR("rm -rf\b\b\b\b\b\bls"), NULL},
	{"quotes", STR("\"},\"x\":\"\\"), NULL},
	{"a DEL", STR("\x7f"), "\\u007f"},
};

/* Bytes that are no UTF-8; they come from the command line, not from JSON. */
static const struct str broken[] = {
	STR("\xff"),
	STR("a\xc3(b"),
	STR("\xed\xa0\x80"),
	STR("\xe2\x82"),
	STR("\xc0\xaf"
	    "##[x]"),
	STR("\xf4\x90\x80\x80"),
};

/* The text as a JSON string. */
static void put_json(struct buf *b, struct str s)
{
	buf_char(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || c == '"' || c == '\\')
			buf_printf(b, "\\u%04x", c);
		else
			buf_char(b, (char)c);
	}
	buf_char(b, '"');
}

/* A side that says the text everywhere where a reply can. */
static char *side_with(struct str s)
{
	struct buf b = BUF_INIT(1 << 20);

	buf_puts(&b, "{\"Namespace\":[");
	put_json(&b, s);
	buf_puts(&b, "],\"Images\":[{\"ImageName\":");
	put_json(&b, s);
	buf_puts(&b, ",");
	put_json(&b, s);
	buf_puts(&b, ":1}],");
	put_json(&b, s);
	buf_puts(&b, ":{");
	put_json(&b, s);
	buf_puts(&b, ":");
	put_json(&b, s);
	buf_puts(&b, "}}");
	return buf_take(&b, NULL);
}

/* White space as .NET's String.TrimStart takes it off before it looks for a command. */
static const char *skip_blanks(const char *p)
{
	struct str s = str_from(p);
	uint32_t cp;
	size_t n;

	while ((n = utf8_decode(s, &cp)) != 0 &&
	       (cp == ' ' || (cp >= 9 && cp <= 13) || cp == 0x85 || cp == 0xa0 || cp == 0x1680 ||
		(cp >= 0x2000 && cp <= 0x200a) || cp == 0x2028 || cp == 0x2029 || cp == 0x202f ||
		cp == 0x205f || cp == 0x3000)) {
		s.p += n;
		s.n -= n;
	}
	return s.p;
}

/* The commands that are ours begin with a place, or with a title where there is none. */
static bool is_annotation(const char *line)
{
	static const char *const kinds[] = {"::error ", "::warning ", "::notice "};

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		const char *rest = line + strlen(kinds[i]);

		if (strncmp(line, kinds[i], strlen(kinds[i])) == 0 &&
		    (strncmp(rest, "file=", 5) == 0 || strncmp(rest, "title=", 6) == 0))
			return true;
	}
	return false;
}

static void expect_no_command(const char *name, const char *text)
{
	static const char *const anywhere[] = {"##[", "##vso[", "##teamcity[", "\x1b[0Ksection"};

	for (size_t i = 0; i < ARRAY_LEN(anywhere); i++) {
		if (strstr(text, anywhere[i]))
			fail_msg("%s: a command\n%s", name, text);
	}
	for (const char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(skip_blanks(line), "::", 2) == 0 && !is_annotation(line))
			fail_msg("%s: a command begins a line\n%s", name, text);
	}
}

static void expect_inert(const char *name, const char *text)
{
	struct str s = str_from(text);
	uint32_t cp;
	size_t n;

	while ((n = utf8_decode(s, &cp)) != 0) {
		bool is_hidden = (cp < 0x20 && cp != '\n') || (cp >= 0x7f && cp < 0xa0) ||
				 (cp >= 0x200b && cp <= 0x200f) || (cp >= 0x2028 && cp <= 0x202e) ||
				 (cp >= 0x2060 && cp <= 0x206f) || cp == 0xfeff || cp == 0xad ||
				 cp >= 0xe0000;

		if (is_hidden)
			fail_msg("%s: U+%04X in\n%s", name, cp, text);
		s.p += n;
		s.n -= n;
	}
	if (s.n)
		fail_msg("%s: no UTF-8", name);
}

static size_t lines_in(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void expect_hostile_inert(const char *format)
{
	char *plain = side_with(STR("plain"));
	struct trial *model = trial_new(STR("plain"), "{}", plain);
	char *model_text = render(model, format);

	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		char *side = side_with(hostile[i].text);
		struct trial *x = trial_new(hostile[i].text, "{}", side);
		char *text = render(x, format);

		expect_inert(hostile[i].name, text);
		expect_no_command(hostile[i].name, text);
		/* Not a line more than a harmless text gives. */
		if (lines_in(text) != lines_in(model_text))
			fail_msg("%s: %zu lines, not %zu\n%s", hostile[i].name, lines_in(text),
				 lines_in(model_text), text);
		if (hostile[i].shown && !strstr(text, hostile[i].shown))
			fail_msg("%s: not shown as %s\n%s", hostile[i].name, hostile[i].shown,
				 text);
		free(side);
		free(text);
		trial_free(x);
	}
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct trial *x = trial_new(broken[i], "{}", "{\"Enable\":true}");
		char *text = render(x, format);

		expect_inert("broken", text);
		free(text);
		trial_free(x);
	}
	free(plain);
	free(model_text);
	trial_free(model);
}

static void test_hostile_in_text(void **state)
{
	(void)state;
	expect_hostile_inert("text");
	expect_hostile_inert("markdown");
	expect_hostile_inert("github");
}

/* --- JSON ---------------------------------------------------------------------------------- */

/* The document, read by our own strict reader; true when `want` is one of its strings. */
static bool reads_as_json(const char *text, struct str want)
{
	const struct json_limits limits = {JSON_SIZE_CEILING, JSON_DEPTH_CEILING, ERR_OUTPUT};
	struct arena *a = arena_new();
	struct json_scan *s = NULL;
	struct json_token t = {.kind = JSON_NULL};
	struct err *e = json_scan_new(str_from(text), &limits, a, &s);
	bool found = false;

	while (!e) {
		e = json_next(s, &t);
		if (e || t.kind == JSON_END)
			break;
		found |= (t.kind == JSON_STRING || t.kind == JSON_KEY) && str_eq(t.text, want);
	}
	if (e)
		fail_msg("%s:\n%s", e->msg, text);
	json_scan_free(s);
	arena_free(a);
	return found;
}

static void test_hostile_in_json(void **state)
{
	static const char *const formats_of_json[] = {"json", "patch"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		char *side = side_with(hostile[i].text);
		struct trial *x = trial_new(hostile[i].text, "{}", side);

		for (size_t k = 0; k < ARRAY_LEN(formats_of_json); k++) {
			char *text = render(x, formats_of_json[k]);

			/* The text itself is in it, whole, and is no command. */
			if (!reads_as_json(text, hostile[i].text))
				fail_msg("%s: not in the %s", hostile[i].name, formats_of_json[k]);
			expect_no_command(hostile[i].name, text);
			free(text);
		}
		free(side);
		trial_free(x);
	}
}

static void test_broken_in_json(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct trial *x = trial_new(broken[i], "{}", "{\"Enable\":true}");
		char *text = render(x, "json");

		(void)reads_as_json(text, STR(""));
		assert_non_null(strstr(text, "\xef\xbf\xbd"));
		free(text);
		trial_free(x);
	}
}

/* The guard changes nothing but how it is written. */
static void test_guard_keeps_the_patch(void **state)
{
	char *side = side_with(STR("####[error]x##[##[debug]"));
	struct arena *a = arena_new();
	struct trial *x = trial_new(STR("x"), "{}", side);
	char *guarded = render(x, "patch");
	char *before = lib_canonical(&lib_read(a, RESOURCE, "{}")->config);
	char *after = lib_canonical(&lib_read(a, RESOURCE, side)->config);

	(void)state;
	assert_null(strstr(guarded, "##["));
	assert_true(patch_applies(before, guarded, after));
	free(side);
	free(guarded);
	free(before);
	free(after);
	trial_free(x);
	arena_free(a);
}

/* --- sizes --------------------------------------------------------------------------------- */

static void test_sizes(void **state)
{
	const size_t n = 8 << 20;
	struct buf b = BUF_INIT(1 << 25);
	struct trial *x;
	char *text, *json;

	(void)state;
	buf_puts(&b, "{\"Namespace\":[\"");
	for (size_t i = 0; i < n; i++)
		buf_char(&b, 'x');
	buf_puts(&b, "\"],\"New\":\"");
	for (size_t i = 0; i < n; i++)
		buf_char(&b, 'y');
	buf_puts(&b, "\"}");
	x = trial_new(STR("big"), "{}", b.p);
	/* For a person it is cut, for a program it is whole. */
	text = render(x, "text");
	assert_true(strlen(text) < 8000);
	json = render(x, "json");
	assert_true(strlen(json) > 2 * n);
	(void)reads_as_json(json, STR(""));
	free(text);
	free(json);
	trial_free(x);
	buf_free(&b);
}

/* --- the table ----------------------------------------------------------------------------- */

static void test_formats(void **state)
{
	const struct report_style style = {.exit_code = 0};
	struct result empty = {.command = "check"};
	struct buf b = BUF_INIT(1 << 16);
	struct err *e;

	(void)state;
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		if (i && strcmp(formats[i - 1].name, formats[i].name) >= 0)
			fail_msg("%s stands behind %s", formats[i].name, formats[i - 1].name);
		assert_true(strlen(formats[i].help) > 0);
		assert_ptr_equal(format_find(str_from(formats[i].name)), &formats[i]);
		if (formats[i].is_of_pair)
			continue;
		buf_clear(&b);
		assert_null(formats[i].write(&b, &empty, &style));
		assert_true(b.n > 0 && b.p[b.n - 1] == '\n');
	}
	/* The table says which documents a format has; text has each. */
	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		assert_int_equal(format_has(&formats[i], DOCUMENT_RUNS), formats[i].runs != NULL);
		assert_int_equal(format_has(&formats[i], DOCUMENT_TIMELINES),
				 formats[i].timelines != NULL);
		assert_int_equal(format_has(&formats[i], DOCUMENT_RESULT), i != FORMAT_PATCH);
		assert_true(format_has(&formats[i], DOCUMENT_PAIR));
		assert_false(format_has(&formats[i], DOCUMENT_NONE));
	}
	assert_true(format_has(&formats[FORMAT_TEXT], DOCUMENT_RUNS));
	assert_true(format_has(&formats[FORMAT_TEXT], DOCUMENT_TIMELINES));
	assert_null(format_find(STR("TEXT")));
	assert_null(format_find(STR("")));
	/* A patch of no pair is an error and no empty patch. */
	e = report_patch(&b, &empty, &style);
	assert_non_null(e);
	err_free(e);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_in_text),
		cmocka_unit_test(test_hostile_in_json),
		cmocka_unit_test(test_broken_in_json),
		cmocka_unit_test(test_guard_keeps_the_patch),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
