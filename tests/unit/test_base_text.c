/* SPDX-License-Identifier: Apache-2.0 */
/* str, buf, utf8, escape and log: text on its way through the program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/utf8.h"

/* ---- str ---- */

static void test_str(void **state)
{
	const struct str none = {NULL, 0};

	(void)state;
	assert_true(str_eq(none, STR("")));
	assert_true(str_is(none, ""));
	assert_int_equal(str_from(NULL).n, 0);
	assert_true(str_eq(STR("a\0b"), (struct str){"a\0b", 3}));
	assert_false(str_eq(STR("a\0b"), STR("a\0c")));
	assert_true(str_eq_nocase(STR("aZ-9"), STR("Az-9")));
	assert_false(str_eq_nocase(STR("a@"), STR("a`")));
	assert_false(str_eq_nocase(STR("\xc3\x89"), STR("\xc3\xa9")));
	assert_true(str_starts(STR("abc"), "ab"));
	assert_true(str_starts(STR("abc"), ""));
	assert_false(str_starts(STR("ab"), "abc"));
	assert_true(str_cmp(STR("a"), STR("ab")) < 0);
	assert_true(str_cmp(STR("b"), STR("ab")) > 0);
	assert_true(str_cmp(STR("\x7f"), STR("\x80")) < 0);
	assert_int_equal(str_cmp(none, STR("")), 0);
	assert_true(str_is(str_trim(STR(" \t\r\na b\n ")), "a b"));
	assert_int_equal(str_trim(STR(" \n ")).n, 0);
	assert_int_equal(str_trim(none).n, 0);
}

static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		uint64_t max, want;
		bool taken;
	} rows[] = {
		{"0", UINT64_MAX, 0, true},
		{"007", UINT64_MAX, 7, true},
		{"18446744073709551615", UINT64_MAX, UINT64_MAX, true},
		{"18446744073709551616", UINT64_MAX, 0, false},
		{"99999999999999999999999", UINT64_MAX, 0, false},
		{"9", 8, 0, false},
		{"8", 8, 8, true},
		{"", 8, 0, false},
		{"-1", 8, 0, false},
		{"+1", 8, 0, false},
		{" 1", 8, 0, false},
		{"1 ", 8, 0, false},
		{"1e1", 99, 0, false},
		{"0x1", 99, 0, false},
		{"\xd9\xa1", 99, 0, false}, /* an Arabic digit */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		uint64_t v = 0;

		if (str_to_u64(str_from(rows[i].text), rows[i].max, &v) != rows[i].taken ||
		    v != rows[i].want)
			fail_msg("\"%s\": %llu", rows[i].text, (unsigned long long)v);
	}
	assert_false(str_to_u64(STR("1\0"), 9, &(uint64_t){0}));
}

/* ---- buf ---- */

static void test_buf(void **state)
{
	struct buf b = BUF_INIT(1000);
	char *bytes;
	size_t n;

	(void)state;
	assert_int_equal(buf_view(&b).n, 0);
	buf_puts(&b, "a");
	buf_char(&b, '\0');
	buf_str(&b, STR("b"));
	buf_str(&b, (struct str){NULL, 0});
	buf_printf(&b, "%d", 42);
	buf_u64(&b, 0);
	buf_u64(&b, UINT64_MAX);
	assert_true(str_eq(buf_view(&b), STR("a\0b42018446744073709551615")));
	assert_int_equal(b.p[b.n], 0);
	buf_clear(&b);
	/* Longer than the small buffer inside buf_printf. */
	buf_printf(&b, "%0500d", 7);
	assert_int_equal(b.n, 500);
	assert_int_equal(b.p[499], '7');
	assert_null(buf_check(&b, ERR_OUTPUT, "text"));
	bytes = buf_take(&b, &n);
	assert_int_equal(n, 500);
	assert_null(buf_take(&b, NULL));
	free(bytes);
	buf_puts(&b, "again");
	assert_true(str_is(buf_view(&b), "again"));
	buf_free(&b);
	buf_free(&b);
}

static void test_buf_ceiling(void **state)
{
	struct buf b = BUF_INIT(4);
	struct err *e;

	(void)state;
	buf_puts(&b, "1234");
	assert_null(buf_check(&b, ERR_REPLY, "x"));
	buf_char(&b, '5');
	/* What would fit does not come in after what did not. */
	buf_clear(&b);
	buf_char(&b, '6');
	assert_int_equal(b.n, 0);
	e = buf_check(&b, ERR_REPLY, "reply");
	assert_int_equal(e->kind, ERR_REPLY);
	assert_string_equal(e->msg, "reply: larger than 4 bytes");
	err_free(e);
	buf_free(&b);

	b = BUF_INIT(SIZE_MAX);
	buf_char(&b, 'x');
	buf_add(&b, "", SIZE_MAX);
	assert_true(b.failed_ceiling);
	buf_free(&b);
}

struct sink {
	struct buf all;
	size_t largest, calls, fails_at;
};

static bool take_piece(void *ctx, const char *p, size_t n)
{
	struct sink *s = ctx;

	if (++s->calls == s->fails_at)
		return false;
	buf_add(&s->all, p, n);
	if (n > s->largest)
		s->largest = n;
	return true;
}

static void test_buf_stream(void **state)
{
	struct sink s = {.all = BUF_INIT(1 << 24)};
	struct buf b = buf_stream(take_piece, &s), want = BUF_INIT(1 << 24);
	static char big[200000];
	struct err *e;

	(void)state;
	memset(big, 'x', sizeof(big));
	for (unsigned i = 0; i < 100000; i++) {
		buf_printf(&b, "%u,", i);
		buf_printf(&want, "%u,", i);
		if (i % 30000 == 0) {
			buf_add(&b, big, sizeof(big));
			buf_add(&want, big, sizeof(big));
		}
	}
	buf_flush(&b);
	buf_flush(&b);
	assert_null(buf_check(&b, ERR_OUTPUT, "x"));
	assert_true(str_eq(buf_view(&s.all), buf_view(&want)));
	assert_int_equal(s.largest, sizeof(big));
	assert_true(b.cap <= 256u << 10);
	buf_free(&b);

	s.fails_at = s.calls + 2;
	b = buf_stream(take_piece, &s);
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&b, "%u,", i);
	buf_flush(&b);
	assert_int_equal(s.calls, s.fails_at);
	e = buf_check(&b, ERR_OUTPUT, "report");
	assert_string_equal(e->msg, "report: cannot be written");
	err_free(e);
	buf_free(&b);
	buf_free(&want);
	buf_free(&s.all);
}

/* ---- utf8 ---- */

static const struct {
	const char *name;
	struct str text;
	size_t invalid_at; /* the length when all is valid */
} utf8_rows[] = {
	{"empty", STR(""), 0},
	{"ASCII", STR("abc\0\x7f"), 5},
	{"first of two", STR("\xc2\x80"), 2},
	{"last of two", STR("\xdf\xbf"), 2},
	{"first of three", STR("\xe0\xa0\x80"), 3},
	{"before the surrogates", STR("\xed\x9f\xbf"), 3},
	{"after the surrogates", STR("\xee\x80\x80"), 3},
	{"noncharacter", STR("\xef\xbf\xbf"), 3},
	{"first of four", STR("\xf0\x90\x80\x80"), 4},
	{"last of all", STR("\xf4\x8f\xbf\xbf"), 4},
	{"continuation alone", STR("a\x80"), 1},
	{"overlong NUL", STR("\xc0\x80"), 0},
	{"overlong slash", STR("a\xc1\xbf"), 1},
	{"overlong three", STR("\xe0\x9f\xbf"), 0},
	{"overlong four", STR("\xf0\x8f\xbf\xbf"), 0},
	{"high surrogate", STR("\xed\xa0\x80"), 0},
	{"low surrogate", STR("\xed\xbf\xbf"), 0},
	{"behind the last", STR("\xf4\x90\x80\x80"), 0},
	{"five bytes", STR("\xf8\x88\x80\x80\x80"), 0},
	{"0xff", STR("\xff"), 0},
	{"cut after one", STR("ab\xe4"), 2},
	{"cut after two", STR("ab\xe4\xb8"), 2},
	{"cut after three", STR("\xf0\x9f\x98"), 0},
	{"second is no continuation", STR("\xe4\x41\xad"), 0},
	{"third is no continuation", STR("\xe4\xb8\xc3"), 0},
};

static void test_utf8_table(void **state)
{
	char padded[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(utf8_rows); i++) {
		struct str s = utf8_rows[i].text;

		if (utf8_invalid_at(s) != utf8_rows[i].invalid_at)
			fail_msg("%s: %zu", utf8_rows[i].name, utf8_invalid_at(s));
		/* At every place relative to the steps of eight bytes, with ASCII behind. */
		for (size_t before = 0; before < 20; before++) {
			bool is_valid = utf8_rows[i].invalid_at == s.n;

			memset(padded, 'x', sizeof(padded));
			memcpy(padded + before, s.p, s.n);
			assert_int_equal(utf8_invalid_at((struct str){padded, sizeof(padded)}),
					 is_valid ? sizeof(padded)
						  : before + utf8_rows[i].invalid_at);
		}
	}
}

static void test_utf8_all(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		char bytes[4];
		uint32_t got = 0;
		size_t n;

		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		n = utf8_encode(cp, bytes);
		if (utf8_decode((struct str){bytes, n}, &got) != n || got != cp)
			fail_msg("U+%04X", (unsigned)cp);
		if (utf8_decode((struct str){bytes, n - 1}, &got) != 0)
			fail_msg("U+%04X without its last byte", (unsigned)cp);
	}
}

static void test_utf8_width(void **state)
{
	(void)state;
	assert_int_equal(utf8_count(STR("a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80")), 4);
	assert_int_equal(utf8_width(STR("a\xc3\xa9\xe4\xb8\xad\xf0\x9f\x98\x80")), 6);
	assert_int_equal(utf8_width(STR("e\xcc\x81\xef\xbc\xa1\xef\xbd\xb1")), 4);
	assert_int_equal(utf8_width(STR("")), 0);
}

/* ---- escape and log ---- */

static const struct {
	const char *name;
	struct str text;
	const char *want;
} escape_rows[] = {
	{"plain", STR("a b \xe4\xb8\xad \xf0\x9f\x98\x80"), "a b \xe4\xb8\xad \xf0\x9f\x98\x80"},
	{"NUL", STR("a\0b"), "a\\u0000b"},
	{"escape sequence", STR("\x1b[31mred\x1b]0;x\x07"), "\\u001b[31mred\\u001b]0;x\\u0007"},
	{"line ends", STR("a\r\nb\tc"), "a\\u000d\\u000ab\\u0009c"},
	{"DEL and C1", STR("\x7f\xc2\x9b"), "\\u007f\\u009b"},
	{"bidi",
	 STR("a\xe2\x80\xae"
	     "b\xe2\x81\xa6\xd8\x9c\xe2\x81\xa9\xe2\x80\xac"),
	 "a\\u202eb\\u2066\\u061c\\u2069\\u202c"},
	{"zero width", STR("\xe2\x80\x8b\xef\xbb\xbf\xe2\x80\xa8"), "\\u200b\\ufeff\\u2028"},
	{"invalid",
	 STR("a\xff\xe4\xb8"
	     "b"),
	 "a\\xff\\xe4\\xb8b"},
	{"workflow command", STR("::error::x"), "\\u003a:error::x"},
	{"behind blanks", STR("  ::error::x"), "  \\u003a:error::x"},
	{"not at the start", STR("a ::error::x"), "a ::error::x"},
	{"line end before it", STR("\n::error::x"), "\\u000a::error::x"},
	{"old form", STR("a ##[error]x ##[x"), "a #\\u0023[error]x #\\u0023[x"},
	{"old form, three", STR("###[x"), "##\\u0023[x"},
	{"colon alone", STR(":x"), ":x"},
	{"Azure", STR("a ##vso[task.setvariable variable=A]b ##VSO[x"),
	 "a #\\u0023vso[task.setvariable variable=A]b #\\u0023VSO[x"},
	{"TeamCity", STR("##teamcity[buildStatus text='x']"),
	 "#\\u0023teamcity[buildStatus text='x']"},
	{"one behind the other", STR("####vso[##[x"), "###\\u0023vso[#\\u0023[x"},
	{"GitLab", STR("\x1b[0Ksection_start:1795478400:x[collapsed=true]\r\x1b[0Ky"),
	 "\\u001b[0Ksection_start:1795478400:x[collapsed=true]\\u000d\\u001b[0Ky"},
	{"no command", STR("## a[b] ##a b[ # [x ##"), "## a[b] ##a b[ # [x ##"},
};

static void test_escape(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(escape_rows); i++) {
		struct buf b = BUF_INIT(1000);

		escape_terminal(&b, escape_rows[i].text);
		if (!str_is(buf_view(&b), escape_rows[i].want))
			fail_msg("%s: %s", escape_rows[i].name, b.p);
		buf_free(&b);
	}
}

static void test_log(void **state)
{
	static char big[9001];
	char *text = NULL;
	size_t n = 0;
	struct log log = {.out = open_memstream(&text, &n), .level = LOG_QUIET};

	(void)state;
	log_error(&log, "%s", "::error::x\n##[error]");
	log_warn(&log, "w");
	log_note(&log, "not with -q");
	log_verbose(&log, "not with -q");
	log.level = LOG_NORMAL;
	log_note(&log, "n");
	log_verbose(&log, "not without -v");
	log.level = LOG_VERBOSE;
	log_verbose(&log, "v");
	assert_int_equal(fflush(log.out), 0);
	assert_string_equal(text, "scandrift: \\u003a:error::x\\u000a#\\u0023[error]\n"
				  "scandrift: warning: w\n"
				  "scandrift: n\n"
				  "scandrift: v\n");
	/* A long line is told whole. */
	memset(big, 'x', sizeof(big) - 1);
	rewind(log.out);
	log_error(&log, "%s", big);
	assert_int_equal(fclose(log.out), 0);
	assert_int_equal(n, sizeof("scandrift: ") - 1 + sizeof(big));
	free(text);
}

/* The name alone is coloured, where something is wrong. */
static void test_log_colour(void **state)
{
	char *text = NULL;
	size_t n = 0;
	struct log log = {
		.out = open_memstream(&text, &n), .level = LOG_VERBOSE, .has_colour = true};

	(void)state;
	log_error(&log, "e \033[1m");
	log_warn(&log, "w");
	log_note(&log, "n");
	log_verbose(&log, "v");
	assert_int_equal(fclose(log.out), 0);
	assert_string_equal(text, "\033[31mscandrift:\033[0m e \\u001b[1m\n"
				  "\033[33mscandrift: warning:\033[0m w\n"
				  "scandrift: n\n"
				  "scandrift: v\n");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_str),        cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_buf),        cmocka_unit_test(test_buf_ceiling),
		cmocka_unit_test(test_buf_stream), cmocka_unit_test(test_utf8_table),
		cmocka_unit_test(test_utf8_all),   cmocka_unit_test(test_utf8_width),
		cmocka_unit_test(test_escape),     cmocka_unit_test(test_log),
		cmocka_unit_test(test_log_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
