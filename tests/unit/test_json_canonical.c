/* SPDX-License-Identifier: Apache-2.0 */
/* The text that a value without a row becomes: in one line, and as RFC 8785 has it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "json/canonical.h"

#define DEPTH 8u
#define OPEN8 "[[[[[[[["
#define SHUT8 "]]]]]]]]"

/* clang-format off */
static const struct {
	const char *source, *line, *jcs; /* NULL: it is the line */
} rows[] = {
	{ "1", "1", NULL },
	{ " \n[ ] ", "[]", NULL },
	{ "{ }", "{}", NULL },
	{ "[1 ,\t2]", "[1, 2]", "[1,2]" },
	{ "{\"b\":[{\"d\":1,\"c\":2}],\"a\":{}}", "{\"a\": {}, \"b\": [{\"c\": 2, \"d\": 1}]}",
	  "{\"a\":{},\"b\":[{\"c\":2,\"d\":1}]}" },
	/* Keys that begin alike, and the empty one. */
	{ "{\"ab\":1,\"a\":2,\"\":3,\"aa\":4}", "{\"\": 3, \"a\": 2, \"aa\": 4, \"ab\": 1}",
	  "{\"\":3,\"a\":2,\"aa\":4,\"ab\":1}" },
	/* What is of two units of UTF-16 is before what is from U+E000 on, though its bytes are not. */
	{ "{\"\xef\xbf\xbd\":1,\"\xf0\x9f\x98\x80\":2}", "{\"\xf0\x9f\x98\x80\": 2, \"\xef\xbf\xbd\": 1}",
	  "{\"\xf0\x9f\x98\x80\":2,\"\xef\xbf\xbd\":1}" },
	{ "{\"x\xee\x80\x80\":1,\"x\xf0\x90\x80\x80\":2,\"x\xed\x9f\xbf\":3}",
	  "{\"x\xed\x9f\xbf\": 3, \"x\xf0\x90\x80\x80\": 2, \"x\xee\x80\x80\": 1}",
	  "{\"x\xed\x9f\xbf\":3,\"x\xf0\x90\x80\x80\":2,\"x\xee\x80\x80\":1}" },
	/* Keys are ordered by what they say, not by how it is escaped. */
	{ "{\"\\u007a\":1,\"b\":2,\"\\n\":3}", "{\"\\n\": 3, \"b\": 2, \"z\": 1}",
	  "{\"\\n\":3,\"b\":2,\"z\":1}" },
	{ "\"\\u0041\\/\\u00e9\\ud83d\\ude00\"", "\"A/\xc3\xa9\xf0\x9f\x98\x80\"", NULL },
	{ "\"\\u0008\\u0009\\u000A\\u000c\\u000d\\u0022\\u005c\\u001F\\u007f\"",
	  "\"\\b\\t\\n\\f\\r\\\"\\\\\\u001f\x7f\"", NULL },
	{ "[-0,0,-0.0,1.0,100e-2,1E2]", "[0, 0, 0, 1, 1, 100]", "[0,0,0,1,1,100]" },
	{ "[9007199254740993,18446744073709551615,-9223372036854775808]",
	  "[9007199254740993, 18446744073709551615, -9223372036854775808]",
	  "[9007199254740993,18446744073709551615,-9223372036854775808]" },
	{ "[0.000001,1e-7,123456789012345680000.0]", "[0.000001, 1e-7, 1.2345678901234568e+20]",
	  "[0.000001,1e-7,123456789012345680000]" },
	{ "[1e21,5e-324,1.7976931348623157e308]", "[1e+21, 5e-324, 1.7976931348623157e+308]",
	  "[1e+21,5e-324,1.7976931348623157e+308]" },
	{ "[0.1,0.30000000000000004,333333333.33333329]", "[0.1, 0.30000000000000004, 333333333.3333333]",
	  "[0.1,0.30000000000000004,333333333.3333333]" },
	/* Text in which another style might be looked for. */
	{ "[\"a, b: 1e+20 \",\"\\\"\"]", "[\"a, b: 1e+20 \", \"\\\"\"]", "[\"a, b: 1e+20 \",\"\\\"\"]" },
	{ "[true ,false,null]", "[true, false, null]", "[true,false,null]" },
	{ OPEN8 SHUT8, OPEN8 SHUT8, NULL },
	{ "[" OPEN8 SHUT8 "]", NULL, NULL },
	{ "{\"a\":1,\"\\u0061\":2}", NULL, NULL },
	{ "[1,]", NULL, NULL },
};
/* clang-format on */

static struct err *line_of(const char *source, struct arena *a, struct str *line)
{
	const struct json_limits limits = {JSON_SIZE_MAX, DEPTH, ERR_REPLY};
	struct json_scan *s = NULL;
	struct json_token t;
	struct err *e = json_scan_new(str_from(source), &limits, a, &s);

	if (!e)
		e = json_next(s, &t);
	if (!e)
		e = json_canonical(s, &t, a, line);
	json_scan_free(s);
	return e;
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct arena *a = arena_new();
		struct buf jcs = BUF_INIT(JSON_SIZE_MAX);
		struct str line = {NULL, 0};
		struct err *e = line_of(rows[i].source, a, &line);

		if (!rows[i].line) {
			if (!e)
				fail_msg("%s: taken", rows[i].source);
			err_free(e);
			arena_free(a);
			continue;
		}
		assert_null(e);
		if (!str_is(line, rows[i].line))
			fail_msg("%s: %.*s", rows[i].source, (int)line.n, line.p);
		json_restyle(&jcs, line, JSON_JCS);
		if (!str_is(buf_view(&jcs), rows[i].jcs ? rows[i].jcs : rows[i].line))
			fail_msg("%s: RFC 8785: %s", rows[i].source, jcs.p);
		if (json_canonical_length(line) != line.n)
			fail_msg("%s: its length", rows[i].source);
		buf_free(&jcs);
		arena_free(a);
	}
}

/* The order is total, and the same from both sides. */
static void test_order(void **state)
{
	static const char *const keys[] = {"",
					   "\n",
					   "a",
					   "aa",
					   "a\xc3\xa9",
					   "b",
					   "\xc3\xa9",
					   "\xed\x9f\xbf",
					   "\xf0\x90\x80\x80",
					   "\xf4\x8f\xbf\xbf",
					   "\xee\x80\x80",
					   "\xef\xbf\xbf"};
	const int n = sizeof(keys) / sizeof(*keys);

	(void)state;
	for (int i = 0; i < n; i++) {
		for (int k = 0; k < n; k++) {
			int c = json_compare_keys(str_from(keys[i]), str_from(keys[k]));

			if ((c > 0) - (c < 0) != (i > k) - (i < k))
				fail_msg("%d and %d: %d", i, k, c);
		}
	}
}

/* Many members from the end, so that text moves at each of three depths. */
static void test_moved(void **state)
{
	struct arena *a = arena_new();
	struct buf source = BUF_INIT(JSON_SIZE_MAX), want = source;
	struct str line = {NULL, 0};

	(void)state;
	buf_puts(&source, "{");
	buf_puts(&want, "{");
	for (int i = 0; i < 20000; i++) {
		buf_printf(&source, "%s\"k%05d\":{\"b\":[%d,{\"y\":1,\"x\":2}],\"a\":0}",
			   i ? "," : "", 19999 - i, 19999 - i);
		buf_printf(&want, "%s\"k%05d\": {\"a\": 0, \"b\": [%d, {\"x\": 2, \"y\": 1}]}",
			   i ? ", " : "", i, i);
	}
	buf_puts(&source, "}");
	buf_puts(&want, "}");
	assert_null(line_of(source.p, a, &line));
	assert_int_equal(line.n, want.n);
	assert_memory_equal(line.p, want.p, want.n);
	buf_free(&source);
	buf_free(&want);
	arena_free(a);
}

/* Some bytes of lists are many more bytes of text: the budget says no, and gets all back. */
static void test_budget(void **state)
{
	struct buf source = BUF_INIT(JSON_SIZE_MAX);

	(void)state;
	buf_puts(&source, "[1");
	for (int i = 0; i < 400000; i++)
		buf_puts(&source, i % 2 ? ",[]" : ",{\"b\":0,\"a\":1}");
	buf_puts(&source, "]");
	for (int i = 0; i < 2; i++) {
		struct budget b = {.max = (i ? source.n * 4 : source.n) + (1 << 20)};
		struct arena *a = arena_new();
		struct str line = {NULL, 0};
		struct err *e;

		arena_set_budget(a, &b);
		e = line_of(source.p, a, &line);
		if (i) {
			assert_null(e);
			assert_false(b.is_over);
			assert_in_range(b.used, line.n, line.n + (1 << 16));
		} else {
			assert_non_null(e);
			assert_true(b.is_over);
			assert_in_range(b.used, 0, 1 << 16);
		}
		err_free(e);
		arena_free(a);
	}
	buf_free(&source);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_budget),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
