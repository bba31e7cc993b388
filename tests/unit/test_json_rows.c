/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 8259 and RFC 8785 in rows of our own, which need no file: each way in which a text is no JSON
 * with what the reader says of it, each form that is JSON with what the reader makes of it, and the
 * one form of RFC 8785.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "json/canonical.h"
#include "json/scan.h"

static const struct json_limits limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_REPLY};

/* With its length, since some rows hold a NUL. Formatters differ about braces in a macro. */
/* clang-format off */
#define R(lit)    {"" lit, sizeof(lit) - 1}
/* clang-format on */
#define TEN(x)    x x x x x x x x x x
#define D32       "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
#define U32       "]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]"
#define GROUP_MAX 48

/* clang-format off */
static const struct {
	const char *says; /* part of the message */
	struct str texts[GROUP_MAX];
} refused[] = {
	{ "the text ends, expected a value", {
		R(" "), R("\n\t\r "), R("["), R("[2,"), R("{\"Id\":"), R("{\"Id\":[{\"x\": "), R("[[["),
	}},
	{ "the text ends, expected a key in double quotes", { R("{"), R("[{"), R("{\"a\":0,") }},
	{ "the text ends, expected ':'", { R("{\"a\""), R("{\"a\" ") }},
	{ "the text ends, expected ',' or ']'", { R("[\"\""), R("[7"), R("[[]"), R("[{}"), R("[false ") }},
	{ "the text ends, expected ',' or '}'", { R("{\"a\":8"), R("{\"a\":{}"), R("{\"a\":[]\n") }},
	{ "the text ends, expected the end of a string", { R("\""), R("\"open"), R("[\"]"), R("{\"a"), R("\"\\\"") }},
	{ "the text ends, expected an escape", { R("\"\\"), R("[\"ab\\") }},
	{ "the text ends, expected a digit", { R("-"), R("[-"), R("6."), R("[4e"), R("3E-"), R("9e+") }},
	{ "expected a value", {
		/* words of other languages, and ours cut or written otherwise */
		R("tru"), R("truE"), R("TRUE"), R("True"), R("fals"), R("False"), R("nul"), R("NULL"), R("[nan]"),
		R("NaN"), R("Infinity"), R("undefined"), R("None"), R("yes"), R("[nulL]"), R("t"),
		/* numbers of other languages */
		R("+5"), R("[+0]"), R(".25"), R("[.5e1]"), R("\xef\xbc\x91"), R("\xe2\x88\x92" "1"), R("'x'"),
		R("`x`"), R("[,]"), R("[,4]"), R("[4,]"), R("[4,,5]"), R("}"), R(":"), R(","), R("{\"a\":}"), R("{\"a\":,}"),
		R("[\"a\",\n]"), R("\\u0030"), R("//x\n1"), R("/**/1"), R("#x\n1"), R("<a/>"), R("[\xc2\xa0" "1]"), R("\v1"), R("\f1"), R("\0"),
	}},
	{ "expected a digit", {
		R("-x"), R("--4"), R("[-]"), R("-.5"), R("[- 1]"), R("-\"1\""), R("6.e2"), R("6.]"), R("[0.]"), R("5.-1"),
		R("2e"), R("2ex"), R("2e+x"), R("2E.5"), R("2e--1"), R("[1e,2]"), R("0e"), R("0.0E+]"), R("-NaN"), R("-Infinity"),
	}},
	{ "a number may not begin with 0", { R("00"), R("01"), R("-07"), R("[012]"), R("000.5"), R("-00"), R("{\"a\":08}") }},
	{ "expected ',' or ']'", {
		R("[1 2]"), R("[1}"), R("[\"a\":1]"), R("[0x1F]"), R("[5a]"), R("[1.2.3]"), R("[1e2e3]"), R("[1_000]"),
		R("[5;6]"), R("[truefalse]"), R("[nullnull]"), R("[\"a\"\"b\"]"), R("[[] []]"), R("[1,2)"), R("[0b1]"), R("[9L]"), R("[1.5f]"),
	}},
	{ "expected ',' or '}'", {
		R("{\"a\":1 \"b\":2}"), R("{\"a\":1]"), R("{\"a\":1:2}"), R("{\"a\":true;}"), R("{\"a\":\"b\" /**/}"), R("{\"a\":2#}"),
	}},
	{ "expected a key in double quotes", {
		R("{a:1}"), R("{'a':1}"), R("{1:1}"), R("{null:1}"), R("{,}"), R("{,\"a\":1}"), R("{\"a\":1,}"), R("{\"a\":1,,\"b\":2}"),
		R("{[]:1}"), R("{{}:1}"), R("{]"), R("{:1}"), R("{\"a\":1, // x\n\"b\":2}"),
	}},
	{ "expected ':' behind the key", { R("{\"a\" 1}"), R("{\"a\",1}"), R("{\"a\"=1}"), R("{\"a\"}"), R("{\"a\";1}") }},
	{ "expected nothing behind the document", {
		R("{}{}"), R("[] []"), R("[]]"), R("{}}"), R("1 2"), R("true,"), R("null\0"), R("\"a\"\"b\""), R("7 // x"), R("{}#"),
		R("[]\xc2\xa0"), R("0x10"), R("1_0"), R("1,2"), R("truex"),
	}},
	{ "control characters may not stand in a string", {
		R("\"\0\""), R("\"\x01\""), R("\"a\nb\""), R("\"\r\n\""), R("\"\t\""), R("\"\x1f\""), R("{\"a\b\":1}"), R("[\"\x1b[0m\"]"),
	}},
	{ "behind a backslash", {
		R("\"\\a\""), R("\"\\x41\""), R("\"\\'\""), R("\"\\0\""), R("\"\\v\""), R("\"\\N\""), R("\"\\U0041\""), R("\"\\ \""),
		R("\"\\\n\""), R("\"\\\0\""), R("{\"\\-\":1}"), R("\"\\\xc3\xa9\""),
	}},
	{ "\\u without four hex digits", {
		R("\"\\u\""), R("\"\\u1\""), R("\"\\u12\""), R("\"\\u123\""), R("\"\\u12g4\""), R("\"\\u 123\""), R("\"\\u-123\""),
		R("\"\\u+12a\""), R("\"\\u0x41\""), R("\"\\u{41}\""), R("\"\\u00"),
	}},
	{ "lone surrogate", {
		R("\"\\udbff\""), R("\"\\uDC00\""), R("\"\\ud801x\""), R("\"\\ud801\\n\""), R("\"\\ud801\\u0041\""), R("\"\\ud801\\ud801\\udc01\""),
		R("\"\\udc01\\ud801\""), R("{\"\\udfff\":1}"), R("\"a\\uDBFF\\uE000\""),
		R("\"\\ud83d\\u\""), R("\"\\ud83d\\ude0\""), R("\"\\ud800\\ue000\""), R("\"\\ud800\\udbff\""), R("\"\\udfff\""), R("\"\\ud800\""),
	}},
	{ "U+0000 in a string is not taken", { R("\"\\u0000\""), R("{\"\\u0000a\":1}"), R("[\"x\\u0000y\"]") }},
	{ "is not valid UTF-8", {
		/* a continuation alone; a lead alone, before ASCII and at the end; cut sequences */
		R("\"\x80\""), R("\"\xbf\""), R("\"\xc3\""), R("\"\xc3" "a\""), R("\"\xe4\xb8\""), R("\"\xf0\x9f\x98\""), R("\"\xf0\x9f\x98"),
		/* overlong */
		R("\"\xc0\x80\""), R("\"\xc0\xaf\""), R("\"\xc1\xbf\""), R("\"\xe0\x80\xaf\""), R("\"\xe0\x9f\xbf\""), R("\"\xf0\x80\x80\xaf\""), R("\"\xf0\x8f\xbf\xbf\""),
		/* surrogates, beyond U+10FFFF, leads that never were */
		R("\"\xed\xa0\x80\""), R("\"\xed\xbf\xbf\""), R("\"\xed\xa0\xbd\xed\xb8\x80\""), R("\"\xf4\x90\x80\x80\""), R("\"\xf5\x80\x80\x80\""),
		R("\"\xf8\x88\x80\x80\x80\""), R("\"\xfc\x84\x80\x80\x80\x80\""), R("\"\xfe\""), R("\"\xff\""),
		/* outside a string, in a key */
		R("\xe9"), R("[1,\xff]"), R("{\"\xa9\":1}"), R("\"caf\xe9\""), R("{}\xc3"),
	}},
	{ "begins with a byte order mark", { R("\xef\xbb\xbf"), R("\xef\xbb\xbf[1]"), R("\xef\xbb\xbf\xef\xbb\xbf[]") }},
	{ "is UTF-16, expected JSON in UTF-8", { R("\xff\xfe{\0}\0"), R("\xfe\xff\0{\0}"), R("{\0}\0"), R("\0{\0}"), R("\xff\xfe"), R("\xff\xfe[\0]\0"), R("\xfe\xff\0[\0]") }},
	{ "is UTF-32, expected JSON in UTF-8", { R("\xff\xfe\0\0{\0\0\0"), R("\0\0\xfe\xff\0\0\0{"), R("{\0\0\0}\0\0\0"), R("\0\0\0{") }},
	{ "is compressed with gzip, expected JSON in UTF-8", { R("\x1f\x8b\x08\0"), R("\x1f\x8b") }},
	{ "expected a value", { R("[\xef\xbb\xbf" "1]"), R("\0[\0]"), R("[\0]\0"), R(" \xef\xbb\xbf{}") }},
	{ "expected ',' or ']'", { R("[1\0]"), R("[\"a\"\0]") }},
	{ "duplicate key", {
		R("{\"\":1,\"\":1}"), R("{\"a\":1,\"b\":2,\"a\":1}"), R("[{\"x\":{},\"x\":{}}]"), R("{\"\\n\":1,\"\\u000a\":2}"),
		R("{\"\xc3\xa9\":1,\"\\u00e9\":1}"), R("{\"\\ud83d\\ude00\":1,\"\xf0\x9f\x98\x80\":1}"), R("{\"/\":1,\"\\/\":1}"),
	}},
	{ "integer out of range", {
		R("18446744073709551616"), R("[-9223372036854775809]"), R("99999999999999999999"), R("-100000000000000000000"), R("{\"a\":" TEN("1") TEN("1") TEN("1") "}"),
	}},
	{ "number out of range", { R("1e309"), R("-1e309"), R("[2.5e400]"), R("1E+999999"), R("179769313486231580793e289") }},
	{ "nested deeper than 32 levels", {
		R(D32 "[" "]" U32), R(D32 "{}" U32), R(D32 "["), R("{\"a\":" D32 U32 "}"), R(TEN("[{\"\":") TEN("[{\"\":")),
	}},
};

/* What is read, one line as json_canonical has it. */
static const struct {
	struct str text;
	const char *line;
} taken[] = {
	/* white space, and each kind of value as a whole document */
	{ R("\t\r\n {\r\n}\n "), "{}" }, { R("[\n\t]"), "[]" }, { R(" true"), "true" }, { R("false\n"), "false" }, { R("null"), "null" },
	{ R("\"\""), "\"\"" }, { R("\" \""), "\" \"" }, { R("7"), "7" }, { R("{ \"a\" : 1 , \"b\" : 2 }"), "{\"a\": 1, \"b\": 2}" },
	{ R("[ 1 ,2, 3 ]"), "[1, 2, 3]" }, { R("{\"a\":\n\n1}"), "{\"a\": 1}" },
	/* structure */
	{ R("[[],{},[[]]]"), "[[], {}, [[]]]" }, { R("[null,true,false]"), "[null, true, false]" }, { R("{\"\":0}"), "{\"\": 0}" },
	{ R("{\"b\":1,\"a\":{\"d\":2,\"c\":3}}"), "{\"a\": {\"c\": 3, \"d\": 2}, \"b\": 1}" }, { R("{\"a\":1,\"A\":2}"), "{\"A\": 2, \"a\": 1}" },
	{ R("{\"a\":{\"a\":{\"a\":1}}}"), "{\"a\": {\"a\": {\"a\": 1}}}" }, { R("[{\"k\":1},{\"k\":1}]"), "[{\"k\": 1}, {\"k\": 1}]" },
	{ R("{\"e\xcc\x81\":1,\"\xc3\xa9\":2}"), "{\"e\xcc\x81\": 1, \"\xc3\xa9\": 2}" }, { R("[1,1,1]"), "[1, 1, 1]" },
	{ R(D32 U32), D32 U32 }, { R("{\"nul\":null,\"tru\":true}"), "{\"nul\": null, \"tru\": true}" },
	/* integers */
	{ R("0"), "0" }, { R("-0"), "0" }, { R("-1"), "-1" }, { R("10"), "10" }, { R("1234567890"), "1234567890" },
	{ R("9007199254740991"), "9007199254740991" }, { R("9007199254740993"), "9007199254740993" }, { R("-9007199254740993"), "-9007199254740993" },
	{ R("9223372036854775807"), "9223372036854775807" }, { R("9223372036854775808"), "9223372036854775808" },
	{ R("-9223372036854775808"), "-9223372036854775808" }, { R("18446744073709551615"), "18446744073709551615" },
	/* fractions and exponents */
	{ R("0.0"), "0" }, { R("-0.0"), "0" }, { R("0e0"), "0" }, { R("0E+5"), "0" }, { R("0.5"), "0.5" }, { R("-0.25"), "-0.25" }, { R("3.0"), "3" },
	{ R("1e2"), "100" }, { R("1E2"), "100" }, { R("1e+2"), "100" }, { R("1E-2"), "0.01" }, { R("12.50e1"), "125" }, { R("1e0"), "1" }, { R("1e007"), "10000000" },
	{ R("0.1e-1"), "0.01" }, { R("123.456"), "123.456" }, { R("1.7976931348623157e308"), "1.7976931348623157e+308" }, { R("4.9e-324"), "5e-324" },
	{ R("1e-400"), "0" }, { R("-1e-400"), "0" }, { R("0.3"), "0.3" }, { R("0.30000000000000004"), "0.30000000000000004" }, { R("0.00000000000000000000"), "0" },
	/* escapes */
	{ R("\"\\\"\\\\\\/\""), "\"\\\"\\\\/\"" }, { R("\"\\b\\f\\n\\r\\t\""), "\"\\b\\f\\n\\r\\t\"" }, { R("\"\\u0041\\u00e9\""), "\"A\xc3\xa9\"" },
	{ R("\"\\u00E9\""), "\"\xc3\xa9\"" }, { R("\"\\u0022\\u005c\\u002F\""), "\"\\\"\\\\/\"" }, { R("\"\\u001f\\u0001\""), "\"\\u001f\\u0001\"" },
	{ R("\"\\uD834\\uDD1E\""), "\"\xf0\x9d\x84\x9e\"" }, { R("\"\\ud800\\udc00\\udbff\\udfff\""), "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"" },
	{ R("\"\\ud7ff\\ue000\""), "\"\xed\x9f\xbf\xee\x80\x80\"" },
	{ R("\"\\\\u0041\""), "\"\\\\u0041\"" }, { R("\"\\\\\\\\\""), "\"\\\\\\\\\"" }, { R("{\"\\u0061\":1}"), "{\"a\": 1}" }, { R("\"\\u2028\""), "\"\xe2\x80\xa8\"" },
	{ R("\"\\ufeff\\uffff\""), "\"\xef\xbb\xbf\xef\xbf\xbf\"" }, { R("\"a\\tb\""), "\"a\\tb\"" }, { R("\"\\u00410\""), "\"A0\"" },
	/* raw characters of one to four bytes at both ends of their ranges, and what is special elsewhere */
	{ R("\"\x20\x7e\""), "\"\x20\x7e\"" }, { R("\"\x7f\""), "\"\x7f\"" }, { R("\"\xc2\x80\xdf\xbf\""), "\"\xc2\x80\xdf\xbf\"" },
	{ R("\"\xe0\xa0\x80\xef\xbf\xbf\""), "\"\xe0\xa0\x80\xef\xbf\xbf\"" }, { R("\"\xed\x9f\xbf\xee\x80\x80\""), "\"\xed\x9f\xbf\xee\x80\x80\"" },
	{ R("\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\""), "\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"" }, { R("\"\xe2\x80\xa8\xe2\x80\xa9\""), "\"\xe2\x80\xa8\xe2\x80\xa9\"" },
	{ R("\"\xef\xbb\xbf\""), "\"\xef\xbb\xbf\"" }, { R("\"// /* # ' ` < >\""), "\"// /* # ' ` < >\"" }, { R("\"[{,:}]\""), "\"[{,:}]\"" },
	{ R("\"\xef\xb7\x90\xf0\x9f\xbf\xbf\""), "\"\xef\xb7\x90\xf0\x9f\xbf\xbf\"" },
};

static const struct {
	const char *in, *out;
} jcs[] = {
	/* nothing between tokens */
	{ " [ 1 , 2 ] ", "[1,2]" }, { "{ \"b\" : [ ] ,\n\"a\" : { } }", "{\"a\":{},\"b\":[]}" }, { "[null, true, false]", "[null,true,false]" },
	{ "\"x\"", "\"x\"" }, { "[]", "[]" },
	/* numbers as ECMAScript prints them: digits until 21 of them, an exponent from there on */
	{ "0", "0" }, { "-0", "0" }, { "-0.0", "0" }, { "1.0", "1" }, { "1.50", "1.5" }, { "-7", "-7" }, { "100", "100" }, { "1e2", "100" },
	{ "1e20", "100000000000000000000" }, { "1.5e20", "150000000000000000000" }, { "1e21", "1e+21" }, { "-1.25e21", "-1.25e+21" }, { "123e20", "1.23e+22" },
	{ "1e-6", "0.000001" }, { "1.5e-6", "0.0000015" }, { "1e-7", "1e-7" }, { "12e-8", "1.2e-7" }, { "0.1", "0.1" }, { "0.10000000000000001", "0.1" },
	{ "5e-324", "5e-324" }, { "1.7976931348623157e308", "1.7976931348623157e+308" }, { "2.2250738585072014e-308", "2.2250738585072014e-308" },
	{ "9007199254740991", "9007199254740991" }, { "-9007199254740991", "-9007199254740991" }, { "2251799813685248.5", "2251799813685248.5" },
	{ "3.141592653589793238", "3.141592653589793" }, { "1e23", "1e+23" }, { "0.3333333333333333", "0.3333333333333333" }, { "1E+2", "100" },
	/* escapes: seven short ones, six digits below U+0020, nothing else */
	{ "\"\\u0008\\u0009\\u000a\\u000c\\u000d\"", "\"\\b\\t\\n\\f\\r\"" }, { "\"\\u0022\\u005c\"", "\"\\\"\\\\\"" }, { "\"\\/\"", "\"/\"" },
	{ "\"\\u0001\\u000b\\u001F\"", "\"\\u0001\\u000b\\u001f\"" }, { "\"\\u007f\\u0080\"", "\"\x7f\xc2\x80\"" }, { "\"\\u20ac\"", "\"\xe2\x82\xac\"" },
	{ "\"\\ud83d\\ude00\"", "\"\xf0\x9f\x98\x80\"" }, { "\"\\u2028\\u2029\"", "\"\xe2\x80\xa8\xe2\x80\xa9\"" }, { "\"<\\u003e&\"", "\"<>&\"" },
	/* no other form of the same character: e with an accent stays as it was given */
	{ "[\"e\\u0301\",\"\\u00e9\"]", "[\"e\xcc\x81\",\"\xc3\xa9\"]" },
	/* keys by UTF-16: shorter first, digits as text, capitals first, U+1F600 before U+E000 */
	{ "{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}" }, { "{\"aa\":1,\"a\":2,\"\":3}", "{\"\":3,\"a\":2,\"aa\":1}" }, { "{\"10\":1,\"9\":2,\"1\":3}", "{\"1\":3,\"10\":1,\"9\":2}" },
	{ "{\"a\":1,\"B\":2,\"_\":3}", "{\"B\":2,\"_\":3,\"a\":1}" }, { "{\"\\ue000\":1,\"\\ud83d\\ude00\":2}", "{\"\xf0\x9f\x98\x80\":2,\"\xee\x80\x80\":1}" },
	{ "{\"\\uffff\":1,\"\\ud800\\udc00\":2,\"\\ud7ff\":3}", "{\"\xed\x9f\xbf\":3,\"\xf0\x90\x80\x80\":2,\"\xef\xbf\xbf\":1}" },
	{ "{\"\\r\":1,\"\\n\":2,\" \":3}", "{\"\\n\":2,\"\\r\":1,\" \":3}" }, { "{\"\\u00f6\":1,\"z\":2,\"\\u20ac\":3}", "{\"z\":2,\"\xc3\xb6\":1,\"\xe2\x82\xac\":3}" },
	{ "{\"\\ud83d\\ude01\":1,\"\\ud83d\\ude00\":2}", "{\"\xf0\x9f\x98\x80\":2,\"\xf0\x9f\x98\x81\":1}" },
	/* at every depth, and lists as they are */
	{ "[{\"b\":{\"d\":1,\"c\":2},\"a\":3}]", "[{\"a\":3,\"b\":{\"c\":2,\"d\":1}}]" }, { "[3,1,2]", "[3,1,2]" }, { "[[2],[1],[]]", "[[2],[1],[]]" },
};
/* clang-format on */

/* Reads the whole; `line`: what it is, for the arena's time. */
static struct err *read_all(struct str bytes, struct arena *a, struct str *line)
{
	struct json_scan *s = NULL;
	struct json_token t = {.kind = JSON_NULL};
	struct err *e = json_scan_new(bytes, &limits, a, &s);

	if (!e)
		e = json_next(s, &t);
	if (!e)
		e = json_canonical(s, &t, a, line);
	if (!e)
		e = json_next(s, &t);
	if (!e)
		assert_int_equal(t.kind, JSON_END);
	json_scan_free(s);
	return e;
}

/* Each message begins with the position; test_json.c has rows for that. */
static bool says(const struct err *e, const char *want)
{
	return strstr(e->msg, want) != NULL && strncmp(e->msg, "line ", 5) == 0;
}

static void test_refused(void **state)
{
	size_t count = 0, wrong = 0;

	(void)state;
	for (size_t g = 0; g < ARRAY_LEN(refused); g++) {
		for (size_t i = 0; i < GROUP_MAX && refused[g].texts[i].p; i++) {
			struct arena *a = arena_new();
			struct str line;
			struct err *e = read_all(refused[g].texts[i], a, &line);

			if (!e || !says(e, refused[g].says)) {
				print_error("'%s', row %zu: %.*s: %s\n", refused[g].says, i,
					    STR_ARG(refused[g].texts[i]), e ? e->msg : "taken");
				wrong++;
			}
			err_free(e);
			arena_free(a);
			count++;
		}
	}
	print_message("%zu refused\n", count);
	assert_int_equal(wrong, 0);
	assert_true(count >= 120);
}

static void test_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(taken); i++) {
		struct arena *a = arena_new();
		struct str line = {0};
		struct err *e = read_all(taken[i].text, a, &line);

		if (e || !str_is(line, taken[i].line))
			fail_msg("%.*s: %.*s, not %s", STR_ARG(taken[i].text),
				 e ? (int)strlen(e->msg) : (int)line.n, e ? e->msg : line.p,
				 taken[i].line);
		arena_free(a);
	}
	print_message("%zu taken\n", ARRAY_LEN(taken));
	assert_true(ARRAY_LEN(taken) >= 70);
}

/* One form, and that form's own form is itself. */
static void test_jcs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(jcs); i++) {
		struct buf once = BUF_INIT(1 << 12), twice = BUF_INIT(1 << 12);
		struct err *e = json_jcs(&once, str_from(jcs[i].in), &limits);

		if (e || !str_is(buf_view(&once), jcs[i].out))
			fail_msg("%s: %s, not %s", jcs[i].in, e ? e->msg : once.p, jcs[i].out);
		/* Digits of a whole number beyond 2^64 are more than the reader takes. */
		e = json_jcs(&twice, buf_view(&once), &limits);
		if (!e)
			assert_string_equal(twice.p, once.p);
		err_free(e);
		buf_free(&once);
		buf_free(&twice);
	}
	print_message("%zu in one form\n", ARRAY_LEN(jcs));
	assert_true(ARRAY_LEN(jcs) >= 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_jcs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
