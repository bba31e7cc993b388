/* SPDX-License-Identifier: Apache-2.0 */
#include "ini/ini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"

#define FILE_NAME "policies/x.ini"

static bool is_rule_name(struct str s)
{
	return s.n <= 20 && !memchr(s.p, '/', s.n);
}

static bool is_pointer(struct str s)
{
	return str_starts(s, "/");
}

/* A row of a caller's own, to prove that the reader steps by key_size. */
struct rule_row {
	struct ini_key ini;
	int number;
};

static const struct rule_row rule_rows[] = {
	{{"severity", INI_VALUE, true}, 1},
	{{"assert", INI_LIST, false}, 2},
	{{"rationale", INI_TEXT, false}, 3},
};

static const struct ini_key policy_rows[] = {
	{"id", INI_VALUE, false},
	{"title", INI_VALUE, false},
};

static const struct ini_section_kind kinds[] = {
	{.prefix = "policy",
	 .keys = policy_rows,
	 .key_count = 2,
	 .key_size = sizeof(policy_rows[0])},
	{.prefix = "rule",
	 .name_word = "ID",
	 .is_name = is_rule_name,
	 .name_rule = "at most 20 letters",
	 .keys = &rule_rows[0].ini,
	 .key_count = 3,
	 .key_size = sizeof(rule_rows[0])},
	{.prefix = "drift", .is_free_key = is_pointer, .free_key_rule = "a pointer"},
};

static const struct ini_schema schema = {kinds, ARRAY_LEN(kinds)};

static struct err *read_text(struct arena *a, struct str text, struct ini_doc *doc)
{
	return ini_read(a, FILE_NAME, text, &schema, doc);
}

/* ---- what is refused, and in which words ---- */

#define X10  "xxxxxxxxxx"
#define X50  X10 X10 X10 X10 X10
#define X500 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50
#define R    "[rule a]\nseverity = low\n"

static const struct {
	const char *name;
	struct str text;
	const char *message; /* behind the file's name */
} bad[] = {
	{"no closing bracket", STR("[policy"), "1: \"[policy\" has no \"]\", expected [SECTION]"},
	{"comment before the bracket", STR("[policy ;]\n"),
	 "1: \"[policy\" has no \"]\", expected [SECTION]"},
	{"text behind the bracket", STR("\n[policy] x\n"),
	 "2: \"x\" behind \"]\", expected nothing, or \" ;\" and a comment"},
	{"comment without a blank", STR("[policy]; x\n"),
	 "1: \"; x\" behind \"]\", expected nothing, or \" ;\" and a comment"},
	{"hash behind the bracket", STR("[policy] # x\n"),
	 "1: \"# x\" behind \"]\", expected nothing, or \" ;\" and a comment"},
	{"unknown section", STR("[polcy]\n"),
	 "1: unknown section [polcy], did you mean \"policy\"? Expected [policy], [rule ID] or [drift]"},
	{"far section", STR("[remote x]\n"),
	 "1: unknown section [remote x], expected [policy], [rule ID] or [drift]"},
	{"empty section", STR("[]\n"),
	 "1: unknown section [], expected [policy], [rule ID] or [drift]"},
	{"blank in front", STR("[ policy]\n"),
	 "1: unknown section [ policy], expected [policy], [rule ID] or [drift]"},
	{"blank behind", STR("[policy ]\n"), "1: [policy ], expected [policy]"},
	{"name where there is none", STR("[policy x]\n"), "1: [policy x], expected [policy]"},
	{"no name", STR("[rule]\n"), "1: [rule], expected [rule ID]"},
	{"empty name", STR("[rule ]\n"), "1: [rule ], expected [rule ID]"},
	{"two names", STR("[rule a b]\n"), "1: [rule a b], expected [rule ID]"},
	{"tab before the name", STR("[rule\ta]\n"),
	 "1: unknown section [rule\ta], did you mean \"rule\"? Expected [policy], [rule ID] or [drift]"},
	{"bad name", STR("[rule a/b]\n"), "1: [rule a/b], expected a name of at most 20 letters"},
	{"long section", STR("[rule " X50 "]\n"),
	 "1: section name of 55 bytes, expected at most 49"},
	{"indented section", STR(" [policy]\n"),
	 "1: \"[policy]\" is indented, expected it at the start of the line"},
	{"duplicate section", STR("[policy]\n\n[policy]\n"),
	 "3: duplicate section [policy], it stands on line 1 already"},
	{"duplicate section but for case", STR(R "[rule A]\n"),
	 "3: duplicate section [rule A], it stands on line 1 already; case makes no difference"},
	{"key without a section", STR("id = 1\n"), "1: key \"id\" before the first [SECTION]"},
	{"key without a value", STR("[policy]\nid\n"),
	 "2: \"id\", expected KEY = VALUE or [SECTION]"},
	{"key behind a comment", STR("[policy]\nid ; = 1\n"),
	 "2: \"id\", expected KEY = VALUE or [SECTION]"},
	{"colon", STR("[policy]\nid: 1\n"), "2: \"id:\" with a colon, expected KEY = VALUE"},
	{"colon first", STR("[policy]\nid: a=1\n"),
	 "2: \"id:\" with a colon, expected KEY = VALUE"},
	{"no key", STR("[policy]\n= 1\n"), "2: nothing before \"=\", expected KEY = VALUE"},
	{"empty value", STR("[policy]\nid =\n"), "2: key \"id\" has no value"},
	{"empty value and a comment", STR("[policy]\nid = ; none\n"), "2: key \"id\" has no value"},
	{"empty value, more below", STR("[policy]\nid =\n\ttitle\n"), "2: key \"id\" has no value"},
	{"empty list", STR("[rule a]\nassert =\nseverity = low\n"),
	 "2: key \"assert\" has no value"},
	{"empty list at the end", STR(R "assert =\n  ; none\n"), "3: key \"assert\" has no value"},
	{"empty list before a section", STR(R "assert =\n\n[rule b]\nseverity = low\n"),
	 "3: key \"assert\" has no value"},
	{"semicolon that is no comment", STR("[policy]\nid =;x\n"),
	 "2: \"=;\", expected a value, or a blank before the comment"},
	{"unknown key", STR("[policy]\ntitel = x\n"),
	 "2: unknown key \"titel\" in [policy], did you mean \"title\"?"},
	{"key in capitals", STR(R "Assert = x\n"),
	 "3: unknown key \"Assert\" in [rule a], did you mean \"assert\"?"},
	{"far key", STR(R "owner = x\n"),
	 "3: unknown key \"owner\" in [rule a], expected severity, assert or rationale"},
	{"free key of another form", STR("[drift]\nScanTime = low\n"),
	 "2: key \"ScanTime\" in [drift], expected a pointer"},
	{"long key", STR("[drift]\n/" X50 " = low\n"), "2: key of 51 bytes, expected at most 49"},
	{"duplicate key", STR("[policy]\nid = 1\nid = 2\n"),
	 "3: duplicate key \"id\", it stands on line 2 already"},
	{"duplicate free key", STR("[drift]\n/a = 1\n/b = 1\n/a = 1\n"),
	 "4: duplicate key \"/a\", it stands on line 2 already"},
	{"required key", STR("[rule a]\nassert = x\n[rule b]\n"),
	 "1: [rule a] has no key \"severity\", which it needs"},
	{"required key at the end", STR(R "\n[rule b]"),
	 "4: [rule b] has no key \"severity\", which it needs"},
	{"first key indented", STR("[policy]\n  id = 1\n"),
	 "2: \"id = 1\" is indented, expected it at the start of the line"},
	{"value goes on", STR("[policy]\nid = 1\n  2\n"),
	 "3: \"2\" is indented and would go on with \"id\", which is one line"},
	{"value goes on after a blank line", STR("[policy]\nid = 1\n\n\tfoo = 2\n"),
	 "4: \"foo = 2\" is indented and would go on with \"id\", which is one line"},
	{"known key in a list", STR("[rule a]\nassert = x\n  severity = low\n"),
	 "3: \"severity =\" is indented and would go on with \"assert\", expected it at the start of "
	 "the line"},
	{"known key in a text", STR("[rule a]\nrationale = x\n  y\n\tseverity=low\n"),
	 "4: \"severity =\" is indented and would go on with \"rationale\", expected it at the start "
	 "of the line"},
	{"section in a list", STR(R "assert = x\n  [rule b]\n"),
	 "4: \"[rule b]\" is indented and would go on with \"assert\", expected it at the start of the "
	 "line"},
	{"byte order mark", STR("\xef\xbb\xbf[policy]\n"),
	 "1: begins with a byte order mark, expected plain UTF-8"},
	{"NUL", STR("[policy]\nid = a\0b\n"),
	 "2: column 7: control character U+0000, expected text"},
	{"control byte", STR("[policy]\nid = \x1b[0m\n"),
	 "2: column 6: control character U+001B, expected text"},
	{"control in a comment", STR("; \x07\n"),
	 "1: column 3: control character U+0007, expected text"},
	{"C1 control", STR("[policy]\nid = \xc2\x9b\n"),
	 "2: column 6: control character U+009B, expected text"},
	{"carriage return alone", STR("[policy]\rid = 1\n"),
	 "1: column 9: control character U+000D, expected text"},
	{"two carriage returns", STR("[policy]\r\r\n"),
	 "1: column 9: control character U+000D, expected text"},
	{"carriage return at the end", STR("[policy]\r"),
	 "1: column 9: control character U+000D, expected text"},
	{"Latin-1", STR("[policy]\nid = \xc3\xa9 \xe9\n"),
	 "2: column 8: byte 0xe9, expected valid UTF-8"},
	{"overlong NUL", STR("[policy]\nid = \xc0\x80\n"),
	 "2: column 6: byte 0xc0, expected valid UTF-8"},
	{"surrogate", STR("; \xed\xa0\x80\n"), "1: column 3: byte 0xed, expected valid UTF-8"},
	{"UTF-16", STR("\xff\xfe[\0"), "1: column 1: byte 0xff, expected valid UTF-8"},
	{"long line", STR("[policy]\nid = " X500 X500 "\n"),
	 "2: line of 1005 bytes, expected at most 1000"},
	{"long comment", STR("; " X500 X500 "\n"), "1: line of 1002 bytes, expected at most 1000"},
	{"what is shown is short",
	 STR("[policy]\n" X50 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\n"),
	 "2: \"" X50
	 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\", expected KEY = VALUE or [SECTION]"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena *a = arena_new();
		struct ini_doc doc = {0};
		struct err *e = read_text(a, bad[i].text, &doc);
		char *text = err_text(e), *want = arena_printf(a, FILE_NAME ":%s", bad[i].message);

		if (!e || strcmp(text, want) != 0)
			fail_msg("%s:\nwant %s\ngot  %s", bad[i].name, want, e ? text : "no error");
		assert_int_equal(e ? e->kind : ERR_NOMEM, ERR_CONFIG);
		assert_int_equal(e ? e->line : 0, strtoul(bad[i].message, NULL, 10));
		assert_null(doc.file);
		free(text);
		err_free(e);
		arena_free(a);
	}
}

/* ---- what is taken, and how ---- */

/* Everything of a document on one line. */
static void show(const struct ini_doc *doc, struct buf *out)
{
	for (size_t i = 0; i < doc->section_count; i++) {
		const struct ini_section *s = &doc->sections[i];

		buf_printf(out, "[%s|%s]%zu", s->kind->prefix, s->name.p, s->line);
		for (size_t j = 0; j < s->entry_count; j++) {
			const struct ini_entry *e = &s->entries[j];

			assert_int_equal(strlen(e->value.p), e->value.n);
			buf_printf(out, " %s@%zu={%s}", e->key.p, e->line, e->value.p);
			for (size_t k = 0; k < e->line_count; k++)
				buf_printf(out, "<%s@%zu>", e->lines[k].text.p, e->lines[k].line);
		}
		buf_char(out, '\n');
	}
}

static const struct {
	const char *name;
	struct str text;
	const char *want;
} good[] = {
	{"nothing", STR(""), ""},
	{"comments alone", STR("; a\n# b\n\n  ; c\n\t# d"), ""},
	{"empty section at the end", STR("[policy]"), "[policy|]1\n"},
	{"comment behind a section", STR("[policy] ; [x]\n[drift]\t;x"), "[policy|]1\n[drift|]2\n"},
	{"values", STR("[policy]\nid=a\ntitle   =  b c  \n"),
	 "[policy|]1 id@2={a}<a@2> title@3={b c}<b c@3>\n"},
	{"CRLF", STR("[policy]\r\nid = a\r\n\r\ntitle = b\r\n"),
	 "[policy|]1 id@2={a}<a@2> title@4={b}<b@4>\n"},
	{"comments behind values", STR("[policy]\nid = a;b ; c ; d\ntitle = x # y\t; z\n"),
	 "[policy|]1 id@2={a;b}<a;b@2> title@3={x # y}<x # y@3>\n"},
	{"colon and equals in a value", STR("[policy]\nid = a:b=c\n"),
	 "[policy|]1 id@2={a:b=c}<a:b=c@2>\n"},
	{"free keys, in their case", STR("[drift]\n/a = low\n/A = high\n"),
	 "[drift|]1 /a@2={low}<low@2> /A@3={high}<high@3>\n"},
	{"list",
	 STR(R "assert = /a == 1 ; one\n\n  ; two\n         /b in 2:3 ; three\n\t/c == ;\n"),
	 "[rule|a]1 severity@2={low}<low@2> assert@3={/a == 1 /b in 2:3 /c ==}"
	 "</a == 1@3></b in 2:3@6></c ==@7>\n"},
	{"list that begins below", STR(R "assert =\n  x\n  y\n"),
	 "[rule|a]1 severity@2={low}<low@2> assert@3={x y}<x@4><y@5>\n"},
	{"list item in brackets", STR(R "assert = x\n  [888]\n"),
	 "[rule|a]1 severity@2={low}<low@2> assert@3={x [888]}<x@3><[888]@4>\n"},
	{"text",
	 STR("[rule a]\nrationale = \xe4\xb8\xad\xe6\x96\x87, and\n   more.\nseverity = low\n"),
	 "[rule|a]1 rationale@2={\xe4\xb8\xad\xe6\x96\x87, and more.}<\xe4\xb8\xad\xe6\x96\x87, "
	 "and@2><more.@3> severity@4={low}<low@4>\n"},
	{"order is kept", STR("[rule b]\nseverity = 1\n[policy]\n[rule a]\nseverity = 2"),
	 "[rule|b]1 severity@2={1}<1@2>\n[policy|]3\n[rule|a]4 severity@5={2}<2@5>\n"},
	{"longest line",
	 STR("[policy]\nid = " X500 X50 X50 X50 X50 X50 X50 X50 X50 X50 "xxxxxxxxxx" X10 X10 X10
	     "xxxxx\r\n[drift]"),
	 "[policy|]1 id@2={" X500 X50 X50 X50 X50 X50 X50 X50 X50 X50 "xxxxxxxxxx" X10 X10 X10
	 "xxxxx}<" X500 X50 X50 X50 X50 X50 X50 X50 X50 X50 "xxxxxxxxxx" X10 X10 X10
	 "xxxxx@2>\n[drift|]3\n"},
	{"longest key", STR("[drift]\n/" X10 X10 X10 X10 "xxxxxxxx=x\n"),
	 "[drift|]1 /" X10 X10 X10 X10 "xxxxxxxx@2={x}<x@2>\n"},
};

static void test_good(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		struct arena *a = arena_new();
		struct buf shown = BUF_INIT(1 << 20);
		struct ini_doc doc;
		struct err *e = read_text(a, good[i].text, &doc);

		if (e)
			fail_msg("%s: %s", good[i].name, e->msg);
		buf_puts(&shown, "");
		show(&doc, &shown);
		if (!str_is(buf_view(&shown), good[i].want))
			fail_msg("%s:\nwant %s\ngot  %s", good[i].name, good[i].want, shown.p);
		buf_free(&shown);
		arena_free(a);
	}
}

static void test_lookup(void **state)
{
	struct arena *a = arena_new();
	struct ini_doc doc;
	const struct ini_section *rule;
	const struct ini_entry *e;

	(void)state;
	assert_null(read_text(a, STR("[policy]\n[rule a]\nseverity = low\nassert = x\n"), &doc));
	assert_string_equal(doc.file, FILE_NAME);
	rule = ini_find(&doc, "rule");
	assert_ptr_equal(rule, &doc.sections[1]);
	assert_null(ini_find(&doc, "drift"));
	assert_null(ini_get(rule, "rationale"));
	e = ini_get(rule, "assert");
	assert_true(str_is(e->value, "x"));
	assert_int_equal(((const struct rule_row *)(const void *)e->row)->number, 2);
	arena_free(a);
}

/* Thousands of sections are read in time that grows with their number. */
static void test_many(void **state)
{
	struct buf text = BUF_INIT(INI_FILE_MAX);
	struct arena *a = arena_new();
	struct ini_doc doc;
	struct err *e;

	(void)state;
	for (unsigned i = 0; i < INI_SECTIONS_MAX; i++)
		buf_printf(&text, "[rule r%u]\nseverity = %u\n", i, i);
	assert_null(read_text(a, buf_view(&text), &doc));
	assert_int_equal(doc.section_count, INI_SECTIONS_MAX);
	for (unsigned i = 0; i < INI_SECTIONS_MAX; i += 777) {
		char name[20];

		(void)snprintf(name, sizeof(name), "r%u", i);
		assert_string_equal(doc.sections[i].name.p, name);
		assert_int_equal(doc.sections[i].line, 2 * i + 1);
		assert_string_equal(doc.sections[i].entries[0].value.p, name + 1);
	}
	buf_puts(&text, "[policy]");
	e = read_text(a, buf_view(&text), &doc);
	assert_string_equal(e->msg, FILE_NAME ":40001: more than 20000 sections");
	err_free(e);
	buf_free(&text);

	buf_puts(&text, "[drift]\n");
	for (unsigned i = 0; i <= INI_SECTION_KEYS_MAX; i++)
		buf_printf(&text, "/%u = x\n", i);
	e = read_text(a, buf_view(&text), &doc);
	assert_string_equal(e->msg, FILE_NAME ":1002: more than 1000 keys in a section");
	err_free(e);
	while (text.n < INI_FILE_MAX)
		buf_char(&text, '\n');
	assert_null(buf_check(&text, ERR_CONFIG, "text"));
	e = read_text(a, (struct str){text.p, text.n + 1}, &doc);
	assert_string_equal(e->msg,
			    FILE_NAME ":1: file of 4194305 bytes, expected at most 4194304");
	err_free(e);
	buf_free(&text);
	arena_free(a);
}

/* ---- whatever is done to a good file: a document, or an error with a line of the file ---- */

static void read_damaged(const char *bytes, size_t n)
{
	/* malloc of the exact size, so that a sanitizer sees a read behind the end. */
	char *copy = malloc(n ? n : 1), *end;
	struct arena *a = arena_new();
	struct ini_doc doc;
	struct err *e;
	size_t lines = 1;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	for (size_t i = 0; i < n; i++)
		lines += copy[i] == '\n';
	e = read_text(a, (struct str){copy, n}, &doc);
	if (e) {
		assert_true(str_starts(str_from(e->msg), FILE_NAME ":"));
		assert_in_range(strtoul(e->msg + sizeof(FILE_NAME), &end, 10), 1, lines);
		assert_true(str_starts(str_from(end), ": "));
		if (strstr(e->msg, "inih"))
			fail_msg("%s:\n%.*s", e->msg, (int)n, copy);
	}
	err_free(e);
	arena_free(a);
	free(copy);
}

static void test_damaged(void **state)
{
	static const char whole[] =
		"; all of it\n[policy]\nid = a ; b\n\n[rule a]\nassert = /x == 1\n"
		"\t/y == 2 ; c\nrationale =\n  \xe4\xb8\xad is\n  so\n"
		"severity = low\r\n[drift] ; d\n/z=high\n[rule b]\nseverity = x";
	static const unsigned char bytes[] = {0,   '\n', '\r', '\t', ' ', ';',  '#',
					      '=', ':',  '[',  ']',  'a', 0x80, 0xe4};
	char text[sizeof(whole) + 1];
	size_t n = sizeof(whole) - 1;

	(void)state;
	for (size_t i = 0; i <= n; i++)
		read_damaged(whole, i);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < sizeof(bytes); j++) {
			memcpy(text, whole, n);
			text[i] = (char)bytes[j];
			read_damaged(text, n);
			memcpy(text + i + 1, whole + i, n - i);
			read_damaged(text, n + 1);
		}
		memcpy(text, whole, i);
		memcpy(text + i, whole + i + 1, n - i - 1);
		read_damaged(text, n - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad),     cmocka_unit_test(test_good),
		cmocka_unit_test(test_lookup),  cmocka_unit_test(test_many),
		cmocka_unit_test(test_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
