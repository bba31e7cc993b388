/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the strict reader says of what a lenient one would let through, the forms of the writer, and
 * both on JSONTestSuite and the RFC 8785 vectors where those are at hand. Rows that every clone has
 * are in test_json_rows.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "data.h"
#include "json/canonical.h"
#include "json/scan.h"
#include "json/write.h"

static const struct json_limits limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_REPLY};

static struct err *scan_all(struct str bytes)
{
	struct arena *a = arena_new();
	struct json_scan *s = NULL;
	struct json_token t = {.kind = JSON_NULL};
	struct err *e = json_scan_new(bytes, &limits, a, &s);

	while (!e) {
		e = json_next(s, &t);
		if (t.kind == JSON_END)
			break;
	}
	json_scan_free(s);
	arena_free(a);
	return e;
}

/* Documents that the suite leaves open, each decided; and the y_ that our contract refuses. */
static const struct {
	const char *file;
	bool taken;
} decided[] = {
	{"i_number_double_huge_neg_exp.json", true}, /* 0: no information that a double had */
	{"i_number_real_underflow.json", true},
	{"i_number_huge_exp.json", false},
	{"i_number_neg_int_huge_exp.json", false},
	{"i_number_pos_double_huge_exp.json", false},
	{"i_number_real_neg_overflow.json", false},
	{"i_number_real_pos_overflow.json", false},
	{"i_number_too_big_neg_int.json", false},
	{"i_number_too_big_pos_int.json", false},
	{"i_number_very_big_negative_int.json", false},
	{"i_object_key_lone_2nd_surrogate.json", false},
	{"i_string_1st_surrogate_but_2nd_missing.json", false},
	{"i_string_1st_valid_surrogate_2nd_invalid.json", false},
	{"i_string_UTF-16LE_with_BOM.json", false},
	{"i_string_UTF-8_invalid_sequence.json", false},
	{"i_string_UTF8_surrogate_U+D800.json", false},
	{"i_string_incomplete_surrogate_and_escape_valid.json", false},
	{"i_string_incomplete_surrogate_pair.json", false},
	{"i_string_incomplete_surrogates_escape_valid.json", false},
	{"i_string_invalid_lonely_surrogate.json", false},
	{"i_string_invalid_surrogate.json", false},
	{"i_string_invalid_utf-8.json", false},
	{"i_string_inverted_surrogates_U+1D11E.json", false},
	{"i_string_iso_latin_1.json", false},
	{"i_string_lone_second_surrogate.json", false},
	{"i_string_lone_utf8_continuation_byte.json", false},
	{"i_string_not_in_unicode_range.json", false},
	{"i_string_overlong_sequence_2_bytes.json", false},
	{"i_string_overlong_sequence_6_bytes.json", false},
	{"i_string_overlong_sequence_6_bytes_null.json", false},
	{"i_string_truncated-utf-8.json", false},
	{"i_string_utf16BE_no_BOM.json", false},
	{"i_string_utf16LE_no_BOM.json", false},
	{"i_structure_500_nested_arrays.json", false},
	{"i_structure_UTF-8_BOM_empty_object.json", false},
	{"y_object_duplicated_key.json", false},
	{"y_object_duplicated_key_and_value.json", false},
	{"y_object_escaped_null_in_key.json", false},
	{"y_string_null_escape.json", false},
};

static int expectation(const char *file)
{
	for (size_t i = 0; i < ARRAY_LEN(decided); i++) {
		if (strcmp(decided[i].file, file) == 0)
			return decided[i].taken;
	}
	assert_true(file[0] == 'y' || file[0] == 'n'); /* an i_ without a decision */
	return file[0] == 'y';
}

static void test_suite(void **state)
{
	char dir[DATA_PATH_MAX], path[DATA_PATH_MAX + 512];
	struct dirent *entry;
	DIR *d;
	int count = 0, wrong = 0;

	(void)state;
	if (!corpus_path(dir, "json-parsing/test_parsing"))
		return;
	d = opendir(dir);
	assert_non_null(d);
	while ((entry = readdir(d))) {
		struct buf b;
		struct err *e;

		if (!strstr(entry->d_name, ".json"))
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		assert_null(fs_read(path, JSON_SIZE_MAX, &b));
		e = scan_all(buf_view(&b));
		if ((e == NULL) != (expectation(entry->d_name) == 1)) {
			print_error("%s: %s\n", entry->d_name, e ? e->msg : "taken");
			wrong++;
		}
		err_free(e);
		buf_free(&b);
		count++;
	}
	(void)closedir(d);
	assert_int_equal(wrong, 0);
	assert_true(count > 300);
}

static void test_jcs_vectors(void **state)
{
	static const char *const names[] = {"arrays",  "french", "structures",
					    "unicode", "values", "weird"};
	char path[DATA_PATH_MAX], below[128];

	(void)state;
	if (!corpus_path(path, "jcs"))
		return;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct buf in, want, got = BUF_INIT(1 << 20);

		(void)snprintf(below, sizeof(below), "jcs/input/%s.json", names[i]);
		assert_null(fs_read(corpus_path(path, below), 1 << 20, &in));
		(void)snprintf(below, sizeof(below), "jcs/output/%s.json", names[i]);
		assert_null(fs_read(corpus_path(path, below), 1 << 20, &want));
		assert_null(json_jcs(&got, buf_view(&in), &limits));
		if (!str_eq(buf_view(&got), buf_view(&want)))
			fail_msg("%s:\n%s\n%s", names[i], got.p, want.p);
		buf_free(&in);
		buf_free(&want);
		buf_free(&got);
	}
}

static const struct {
	const char *name, *text, *message; /* NULL: taken */
} rows[] = {
	{"duplicate key", "{\"Enable\":true,\n \"Enable\":false}",
	 "line 2 column 2: duplicate key \"Enable\""},
	{"duplicate key, escaped", "{\"Enable\":1,\"\\u0045nable\":2}",
	 "line 1 column 13: duplicate key \"Enable\""},
	{"same key in another object", "{\"a\":{\"a\":1},\"b\":{\"a\":1}}", NULL},
	{"key again after a nested object", "{\"a\":{\"b\":1},\"a\":1}",
	 "line 1 column 14: duplicate key \"a\""},
	{"many keys, one twice",
	 "{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,"
	 "\"l\":1,\"m\":1,\"n\":1,\"o\":1,\"p\":1,\"q\":1,\"r\":1,\"s\":1,\"r\":1,\"c\":1}",
	 "line 1 column 116: duplicate key \"r\""},
	{"NaN", "{\"a\": NaN}", "line 1 column 7: found 'N', expected a value"},
	{"2^64", "[18446744073709551616]",
	 "line 1 column 2: integer out of range: expected -2^63 to 2^64-1"},
	{"2^64-1", "[18446744073709551615]", NULL},
	{"-2^63", "[-9223372036854775808]", NULL},
	{"-2^63-1", "[-9223372036854775809]",
	 "line 1 column 2: integer out of range: expected -2^63 to 2^64-1"},
	{"lone surrogate", "[\"\\ud800\"]", "line 1 column 3: lone surrogate \\ud800"},
	{"surrogate pair", "[\"\\ud83d\\ude00\"]", NULL},
	{"byte order mark", "\xef\xbb\xbf{}",
	 "line 1 column 1: begins with a byte order mark, expected JSON in UTF-8 without one"},
	{"UTF-16, little end first", "\xff\xfe{",
	 "line 1 column 1: is UTF-16, expected JSON in UTF-8"},
	{"UTF-16, big end first", "\xfe\xff", "line 1 column 1: is UTF-16, expected JSON in UTF-8"},
	{"gzip", "\x1f\x8b\x08",
	 "line 1 column 1: is compressed with gzip, expected JSON in UTF-8"},
	{"escaped U+0000", "[\"a\\u0000\"]", "line 1 column 4: U+0000 in a string is not taken"},
	{"raw tab in a string", "[\"\t\"]",
	 "line 1 column 3: found the control character U+0009, expected an escape: control "
	 "characters may not stand in a string"},
	{"1e400", "[1e400]", "line 1 column 2: number out of range: a double cannot hold it"},
	{"trailing text", "{} x",
	 "line 1 column 4: found 'x', expected nothing behind the document"},
	{"single quotes", "{'a':1}", "line 1 column 2: found ''', expected a key in double quotes"},
	{"trailing comma", "[1,]", "line 1 column 4: found ']', expected a value"},
	{"cut", "{\"a\":[1,2", "line 1 column 10: the text ends, expected ',' or ']'"},
	{"empty", "", "line 1 column 1: the text ends, expected a value"},
	{"column in characters", "[\"\xe4\xb8\xad\xe6\x96\x87\", x]",
	 "line 1 column 8: found 'x', expected a value"},
	{"invalid UTF-8", "[\"\xff\"]", "line 1 column 3: byte 0xff is not valid UTF-8"},
};

static void test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err *e = scan_all(str_from(rows[i].text));

		size_t line = 0, column = 0;

		if (!e != !rows[i].message || (e && strcmp(e->msg, rows[i].message) != 0))
			fail_msg("%s: %s", rows[i].name, e ? e->msg : "taken");
		/* The place is a value of the error, the same as it says. */
		if (e && (sscanf(e->msg, "line %zu column %zu: ", &line, &column) != 2 ||
			  e->line != line || e->column != column))
			fail_msg("%s: at %zu:%zu", rows[i].name, e->line, e->column);
		err_free(e);
	}
}

static void test_nul_and_depth(void **state)
{
	char *deep = malloc(20000);
	struct err *e;

	(void)state;
	e = scan_all((struct str){"{\"a\0b\":1}", 9});
	assert_non_null(e);
	assert_string_equal(e->msg,
			    "line 1 column 4: found the control character U+0000, expected an "
			    "escape: control characters may not stand in a string");
	err_free(e);
	memset(deep, '[', 10000);
	memset(deep + 10000, ']', 10000);
	e = scan_all((struct str){deep, 20000});
	assert_string_equal(e->msg, "line 1 column 33: nested deeper than 32 levels");
	err_free(e);
	assert_null(scan_all((struct str){deep + 10000 - 32, 64}));
	free(deep);
}

static void test_cut_everywhere(void **state)
{
	static const char text[] =
		"{\"a\": [1, -2.5e3, \"x\\u00e9\\n\", true], \"b\": {\"c\": null}}";

	(void)state;
	for (size_t n = 0; n < sizeof(text) - 1; n++) {
		struct err *e = scan_all((struct str){text, n});

		if (!e)
			fail_msg("taken when cut after %zu bytes", n);
		err_free(e);
	}
	assert_null(scan_all((struct str){text, sizeof(text) - 1}));
}

static char *canonical(const char *text, enum json_style style)
{
	struct arena *a = arena_new();
	struct json_scan *s;
	struct json_token t;
	struct str line;
	struct buf b = BUF_INIT(1 << 20);

	assert_null(json_scan_new(str_from(text), &limits, a, &s));
	assert_null(json_next(s, &t));
	assert_null(json_canonical(s, &t, a, &line));
	json_restyle(&b, line, style);
	json_scan_free(s);
	arena_free(a);
	return buf_take(&b, NULL);
}

static void test_canonical(void **state)
{
	static const struct {
		const char *in, *line, *jcs;
	} table[] = {
		{"{\"z\":[3,1,2],\"a\":null}", "{\"a\": null, \"z\": [3, 1, 2]}",
		 "{\"a\":null,\"z\":[3,1,2]}"},
		{"1.0", "1", "1"},
		{"1e20", "1e+20", "100000000000000000000"},
		{"123e18", "1.23e+20", "123000000000000000000"},
		{"-1e19", "-1e+19", "-10000000000000000000"},
		{"1e21", "1e+21", "1e+21"},
		{"9007199254740993", "9007199254740993", "9007199254740993"},
		{"-0", "0", "0"},
		{"-0.0", "0", "0"},
		{"5e-324", "5e-324", "5e-324"},
		{"0.000001", "0.000001", "0.000001"},
		{"1e-7", "1e-7", "1e-7"},
		{"9.5367431640625e-7", "9.5367431640625e-7", "9.5367431640625e-7"},
		{"\"\\u0007\\u007f\\/\"", "\"\\u0007\x7f/\"", "\"\\u0007\x7f/\""},
		{"{\"\\ud83d\\ude00\":1,\"\\ufb33\":2}",
		 "{\"\xf0\x9f\x98\x80\": 1, \"\xef\xac\xb3\": 2}",
		 "{\"\xf0\x9f\x98\x80\":1,\"\xef\xac\xb3\":2}"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(table); i++) {
		char *line = canonical(table[i].in, JSON_LINE),
		     *jcs = canonical(table[i].in, JSON_JCS);
		char *again = canonical(line, JSON_LINE);

		assert_string_equal(line, table[i].line);
		assert_string_equal(jcs, table[i].jcs);
		assert_string_equal(again, line);
		free(line);
		free(jcs);
		free(again);
	}
}

/* Every double reads back as itself, powers of two in the shortest form too. */
static void test_doubles(void **state)
{
	uint64_t seed = 20261124;
	int longer = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		struct buf b = BUF_INIT(64);
		double v;

		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		if (i < 2098)
			v = ldexp(1, i - 1074);
		else
			memcpy(&v, &seed, sizeof(v));
		if (!isfinite(v) || v == 0)
			continue;
		json_put_number(&b, STR(""), v, JSON_JCS);
		assert_true(strtod(b.p, NULL) == v);
		longer += b.n > 25;
		buf_free(&b);
	}
	assert_int_equal(longer, 0);
}

static void test_writer(void **state)
{
	struct buf b = BUF_INIT(4096);
	struct json_writer w = json_writer_to(&b);

	(void)state;
	json_begin_object(&w);
	json_key(&w, "a");
	json_begin_array(&w);
	json_count(&w, 1);
	json_begin_inline(&w);
	json_begin_object(&w);
	json_key(&w, "x");
	json_boolean(&w, true);
	json_key(&w, "y");
	json_null(&w);
	json_end_object(&w);
	json_end_inline(&w);
	json_end_array(&w);
	json_key(&w, "b");
	json_begin_array(&w);
	json_end_array(&w);
	json_key(&w, "c");
	json_string(&w, STR("q\"\n"));
	json_end_object(&w);
	json_finish(&w);
	assert_string_equal(b.p, "{\n  \"a\": [\n    1,\n    {\"x\": true, \"y\": null}\n  ],\n  "
				 "\"b\": [],\n  \"c\": \"q\\\"\\n\"\n}\n");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suite),          cmocka_unit_test(test_jcs_vectors),
		cmocka_unit_test(test_messages),       cmocka_unit_test(test_nul_and_depth),
		cmocka_unit_test(test_cut_everywhere), cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_doubles),        cmocka_unit_test(test_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
