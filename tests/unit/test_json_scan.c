/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader's limits and places to the byte: sizes, depths, numbers, the longest of each, and where
 * an error is.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "json/scan.h"

static const struct json_limits limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_REPLY};

/* One token that is a number. */
static struct json_token number_of(const char *text)
{
	struct arena *a = arena_new();
	struct json_scan *s;
	struct json_token t;

	assert_null(json_scan_new(str_from(text), &limits, a, &s));
	assert_null(json_next(s, &t));
	json_scan_free(s);
	arena_free(a);
	return t;
}

/* Zero has no sign, so that there is one of it. */
static void test_numbers(void **state)
{
	static const struct {
		const char *text;
		bool is_integer;
		struct integer integer;
		double number;
	} table[] = {
		{"0", true, {0, false}, 0},
		{"-0", true, {0, false}, 0},
		{"-1", true, {1, true}, 0},
		{"1", true, {1, false}, 0},
		{"9223372036854775808", true, {UINT64_C(1) << 63, false}, 0},
		{"-9223372036854775808", true, {UINT64_C(1) << 63, true}, 0},
		{"1.0", false, {0, false}, 1},
		{"1e0", false, {0, false}, 1},
		{"-2.5E-1", false, {0, false}, -0.25},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct json_token t = number_of(table[i].text);

		if (t.kind != JSON_NUMBER || t.is_integer != table[i].is_integer ||
		    (t.is_integer ? t.integer.magnitude != table[i].integer.magnitude ||
					    t.integer.is_negative != table[i].integer.is_negative
				  : t.number != table[i].number))
			fail_msg("%s", table[i].text);
	}
}

/* The limits themselves are taken, one more of each is not. */
static void test_limits(void **state)
{
	static const struct {
		const char *text;
		struct json_limits lim;
		const char *message; /* NULL: taken */
	} table[] = {
		{"[1, 2]", {6, 1, ERR_REPLY}, NULL},
		{"[1, 2]", {5, 1, ERR_REPLY}, "larger than 5 bytes"},
		{"", {0, 1, ERR_REPLY}, NULL},
		{" ", {0, 1, ERR_CONFIG}, "larger than 0 bytes"},
		{"[{}]", {9, 2, ERR_REPLY}, NULL},
		{"[{}]", {9, 1, ERR_CONFIG}, "line 1 column 2: nested deeper than 1 levels"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct arena *a = arena_new();
		struct json_scan *s = NULL;
		struct json_token t = {.kind = JSON_NULL};
		struct err *e = json_scan_new(str_from(table[i].text), &table[i].lim, a, &s);

		while (!e && t.kind != JSON_END && *table[i].text)
			e = json_next(s, &t);
		if (!e != !table[i].message ||
		    (e && (strcmp(e->msg, table[i].message) != 0 || e->kind != table[i].lim.kind)))
			fail_msg("%s: %s", table[i].text, e ? e->msg : "taken");
		err_free(e);
		json_scan_free(s);
		arena_free(a);
	}
}

/* However deep the caller lets it go, there is an end. */
static void test_depth_ceiling(void **state)
{
	const struct json_limits lim = {JSON_SIZE_MAX, 1000, ERR_REPLY};
	char deep[2 * JSON_DEPTH_CEILING + 2];

	(void)state;
	for (size_t n = JSON_DEPTH_CEILING; n <= JSON_DEPTH_CEILING + 1; n++) {
		struct arena *a = arena_new();
		struct json_scan *s = NULL;
		struct json_token t = {.kind = JSON_NULL};
		struct err *e;

		memset(deep, '[', n);
		memset(deep + n, ']', n);
		e = json_scan_new((struct str){deep, 2 * n}, &lim, a, &s);
		while (!e && t.kind != JSON_END)
			e = json_next(s, &t);
		if (n > JSON_DEPTH_CEILING)
			assert_string_equal(e->msg,
					    "line 1 column 65: nested deeper than 64 levels");
		else
			assert_null(e);
		err_free(e);
		json_scan_free(s);
		arena_free(a);
	}
}

/* --- places -------------------------------------------------------------------------------- */

static struct err *read_all(struct arena *a, const char *text)
{
	struct json_scan *s = NULL;
	struct json_token t = {.kind = JSON_NULL};
	struct err *e = json_scan_new(str_from(text), &limits, a, &s);

	while (!e) {
		e = json_next(s, &t);
		if (t.kind == JSON_END)
			break;
	}
	json_scan_free(s);
	return e;
}

#define SIXTEEN                                                                            \
	"\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1," \
	"\"k\":1,\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1"

static void test_places(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text, *message; /* NULL: taken */
	} table[] = {
		{ "[1,\n\r\n  x]", "line 3 column 3: found 'x', expected a value" },
		{ "\n\n[\"\xe4\xb8\xad\",\tx]", "line 3 column 7: found 'x', expected a value" },
		{ "[\x7f]", "line 1 column 2: found the control character U+007F, expected a value" },
		{ "[\x1f]", "line 1 column 2: found the control character U+001F, expected a value" },
		{ "[~]", "line 1 column 2: found '~', expected a value" },
		{ "[\"ab\\ud800\"]", "line 1 column 5: lone surrogate \\ud800" },
		{ "[\"ab\\ud800\\ue000\"]", "line 1 column 5: lone surrogate \\ud800" },
		{ "[\"ab\\udfff\"]", "line 1 column 5: lone surrogate \\udfff" },
		{ "[\"ab\\uDBFF\\uDBFF\"]", "line 1 column 5: lone surrogate \\udbff" },
		{ "[\"a\\u12\"]", "line 1 column 4: \\u without four hex digits" },
		{ "[\"a\\u0000\"]", "line 1 column 4: U+0000 in a string is not taken" },
		{ "[\"a\\x\"]", "line 1 column 5: found 'x', expected one of \" \\ / b f n r t u behind a backslash" },
		{ "[-x]", "line 1 column 3: found 'x', expected a digit" },
		{ "[1.x]", "line 1 column 4: found 'x', expected a digit behind the point" },
		{ "[1e+x]", "line 1 column 5: found 'x', expected a digit of the exponent" },
		{ "[ 01]", "line 1 column 3: a number may not begin with 0" },
		{ "{\"a\" x}", "line 1 column 6: found 'x', expected ':' behind the key" },
		{ "{\"a\":1\n,\"a\":2}", "line 2 column 2: duplicate key \"a\"" },
		{ "{\"a\":[{\"b\":1}],\n\"a\":2}", "line 2 column 1: duplicate key \"a\"" },
		/* The duplicates of a few keys are found at once, those of many at the end: the first is told. */
		{ "{" SIXTEEN "}", NULL },
		{ "{" SIXTEEN ",\n\"p\":1}", "line 2 column 1: duplicate key \"p\"" },
		{ "{" SIXTEEN ",\"q\":1}", NULL },
		{ "{" SIXTEEN ",\"q\":1,\n\"q\":1}", "line 2 column 1: duplicate key \"q\"" },
		{ "{" SIXTEEN ",\"q\":1,\n\"b\":1,\n\"a\":1}", "line 2 column 1: duplicate key \"b\"" },
		{ "{" SIXTEEN ",\"q\":1,\n\"a\":1,\n\"b\":1}", "line 2 column 1: duplicate key \"a\"" },
		{ "{" SIXTEEN ",\"q\":{" SIXTEEN ",\"q\":1},\n\"q\":1}", "line 2 column 1: duplicate key \"q\"" },
		{ "[{" SIXTEEN ",\"q\":1},{" SIXTEEN ",\"q\":1}]", NULL },
		{ "{\"x\":{" SIXTEEN ",\"q\":1},\"a\":1}", NULL },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct arena *a = arena_new();
		struct err *e = read_all(a, table[i].text);

		if (!e != !table[i].message || (e && strcmp(e->msg, table[i].message) != 0))
			fail_msg("%s: %s", table[i].text, e ? e->msg : "taken");
		err_free(e);
		arena_free(a);
	}
}

/* An offset beyond the end is the end. */
static void test_position(void **state)
{
	static const struct {
		size_t at, line, column;
	} table[] = {{0, 1, 1}, {1, 1, 2}, {2, 2, 1}, {3, 2, 2}, {6, 2, 3}, {7, 2, 4}, {9, 2, 4}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		size_t line, column;

		json_position(STR("a\nb\xe4\xb8\xad"
				  "c"),
			      table[i].at, &line, &column);
		assert_int_equal(line, table[i].line);
		assert_int_equal(column, table[i].column);
	}
}

/* The tokens of a document, with their places, and the bytes up to each. */
static void test_tokens(void **state)
{
	static const char text[] = " {\"a\": [1,\n true,false , null,\"x\\n\"]\n}\n";
	static const struct {
		enum json_kind kind;
		uint32_t at, line;
		size_t offset;
		const char *name;
	} table[] = {
		{JSON_OBJECT, 1, 1, 2, "an object"},
		{JSON_KEY, 2, 1, 6, "a key"},
		{JSON_ARRAY, 7, 1, 8, "an array"},
		{JSON_NUMBER, 8, 1, 9, "a number"},
		{JSON_TRUE, 12, 2, 16, "true"},
		{JSON_FALSE, 17, 2, 22, "false"},
		{JSON_NULL, 25, 2, 29, "null"},
		{JSON_STRING, 30, 2, 35, "a string"},
		{JSON_ARRAY_END, 35, 2, 36, "the end of an array"},
		{JSON_OBJECT_END, 37, 3, 38, "the end of an object"},
		{JSON_END, 39, 4, 39, "the end"},
		{JSON_END, 39, 4, 39, "the end"},
	};
	struct arena *a = arena_new();
	struct json_scan *s;

	(void)state;
	assert_null(json_scan_new(str_from(text), &limits, a, &s));
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		struct json_token t = {.kind = JSON_NULL};
		bool has_line;

		assert_null(json_next(s, &t));
		assert_int_equal(t.kind, table[i].kind);
		assert_int_equal(t.at, table[i].at);
		has_line =
			t.kind != JSON_ARRAY_END && t.kind != JSON_OBJECT_END && t.kind != JSON_END;
		if (has_line)
			assert_int_equal(t.line, table[i].line);
		assert_string_equal(json_kind_name(t.kind), table[i].name);
		if (t.kind != JSON_END)
			assert_int_equal(json_offset(s), table[i].offset);
		assert_int_equal(json_source(s, 1).n, json_offset(s) - 1);
	}
	json_scan_free(s);
	arena_free(a);
}

/* What is passed over ends where the value does. */
static void test_skip(void **state)
{
	static const char *const values[] = {
		"1", "\"a\"", "[]", "{}", "[[1],{\"a\":[2]}]", "{\"a\":{\"b\":{}},\"c\":[[]]}"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		struct arena *a = arena_new();
		struct str text = str_from(arena_printf(a, "[%s,true]", values[i]));
		struct json_scan *s;
		struct json_token t;

		assert_null(json_scan_new(text, &limits, a, &s));
		assert_null(json_next(s, &t));
		assert_null(json_next(s, &t));
		assert_null(json_skip(s, &t));
		assert_null(json_next(s, &t));
		if (t.kind != JSON_TRUE)
			fail_msg("%s: then %s", values[i], json_kind_name(t.kind));
		json_scan_free(s);
		arena_free(a);
	}
}

/* A number has 512 characters at most, of which all count. */
static void test_longest_number(void **state)
{
	char text[600];

	(void)state;
	for (size_t n = 512; n <= 513; n++) {
		struct arena *a = arena_new();
		struct err *e;

		memset(text, '0', n);
		text[1] = '.';
		text[n - 1] = '1';
		text[n] = '\0';
		e = read_all(a, text);
		if (n == 512)
			assert_null(e);
		else
			assert_string_equal(
				e->msg, "line 1 column 1: a number of more than 512 characters");
		err_free(e);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),       cmocka_unit_test(test_limits),
		cmocka_unit_test(test_depth_ceiling), cmocka_unit_test(test_places),
		cmocka_unit_test(test_position),      cmocka_unit_test(test_tokens),
		cmocka_unit_test(test_skip),          cmocka_unit_test(test_longest_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
