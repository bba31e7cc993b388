/* SPDX-License-Identifier: Apache-2.0 */
/* An object read by a table: each kind of row, and what each rule makes of other values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "json/object.h"

struct inner {
	struct str name;
};

struct outer {
	struct str text, literal, source;
	const char *copy;
	uint64_t count;
	struct inner inner;
	unsigned items;
};

static struct err *read_items(struct json_scan *s, const struct json_token *t, struct arena *a,
			      void *to)
{
	struct json_token item;

	(void)a;
	if (t->kind != JSON_ARRAY)
		return json_error_at(s, t->at, "no items");
	for (;;) {
		TRY(json_next(s, &item));
		if (item.kind == JSON_ARRAY_END)
			return NULL;
		++*(unsigned *)to;
		TRY(json_skip(s, &item));
	}
}

static const struct json_member inner_members[] = {
	{JSON_ROW("name", TEXT, struct inner, name)},
};
static const struct json_object inner = {JSON_OTHER_IS_REFUSED, inner_members,
					 ARRAY_LEN(inner_members)};
static const struct json_member members[] = {
	{JSON_ROW("text", TEXT, struct outer, text)},
	{JSON_ROW("literal", LITERAL, struct outer, literal)},
	{JSON_ROW("source", SOURCE, struct outer, source)},
	{JSON_ROW("copy", COPY, struct outer, copy)},
	{JSON_ROW("count", COUNT, struct outer, count), .max = 9},
	{JSON_ROW("inner", OBJECT, struct outer, inner), .object = &inner},
	{JSON_ROW("items", READ, struct outer, items), .read = read_items},
};

/* What an error says, or what was read, as one line. */
static const struct {
	const char *name, *text;
	const char *refused, *null_absent, *absent; /* by the rule; NULL: as the one before */
} rows[] = {
	/* clang-format off */
	{"nothing",       "{}",                                "||||0||0", NULL, NULL},
	{"a text",        "{\"text\":\"a\\u0062\"}",           "ab||||0||0", NULL, NULL},
	{"a literal",     "{\"literal\":\"7\"}",               "|7|||0||0", NULL, NULL},
	{"its number",    "{\"literal\":7.50}",                "|7.50|||0||0", NULL, NULL},
	{"a source",      "{\"source\": {\"a\" : [{}]} }",     "||{\"a\" : [{}]}||0||0", NULL, NULL},
	{"a copy",        "{\"copy\":\"c\"}",                  "|||c|0||0", NULL, NULL},
	{"a count",       "{\"count\":9}",                     "||||9||0", NULL, NULL},
	{"inside",        "{\"inner\":{\"x\":[1],\"name\":\"n\"},\"text\":\"t\"}", "t||||0|n|0", NULL, NULL},
	{"read by code",  "{\"items\":[1,{},[2]]}",            "||||0||3", NULL, NULL},
	{"no row",        "{\"x\":{\"text\":\"no\"},\"texts\":1,\"text\":\"t\"}", "t||||0||0", NULL, NULL},
	{"null",          "{\"text\":null,\"count\":3}",       "line 1 column 9: expected a string, found null", "||||3||0", NULL},
	{"another kind",  "{\"text\":[{\"text\":\"no\"}],\"count\":3}", "line 1 column 9: expected a string, found an array", NULL, "||||3||0"},
	{"no number",     "{\"count\":\"3\",\"text\":\"t\"}",  "line 1 column 10: expected a number, found a string", NULL, "t||||0||0"},
	{"no object",     "{\"inner\":1,\"text\":\"t\"}",      "line 1 column 10: expected an object, found a number", NULL, "t||||0||0"},
	{"no source",     "{\"source\":[],\"text\":\"t\"}",    "line 1 column 11: expected an object, found an array", NULL, "t||||0||0"},
	{"another inside", "{\"inner\":{\"name\":1}}",         "line 1 column 18: expected a string, found a number", NULL, NULL},
	{"too many",      "{\"count\":10}",                    "line 1 column 10: expected a whole number from 0 to 9", NULL, NULL},
	{"below 0",       "{\"count\":-1}",                    "line 1 column 10: expected a whole number from 0 to 9", NULL, NULL},
	{"a part of one", "{\"count\":1.0}",                   "line 1 column 10: expected a whole number from 0 to 9", NULL, NULL},
	{"code refuses",  "{\"items\":null}",                  "line 1 column 10: no items", NULL, NULL},
	{"twice",         "{\"text\":\"a\",\"text\":\"b\"}",   "line 1 column 13: duplicate key \"text\"", NULL, NULL},
	{"a list",        "[]",                                "line 1 column 1: expected an object, found an array", NULL, NULL},
	{"behind it",     "{} {}",                             "line 1 column 4: found '{', expected nothing behind the document", NULL, NULL},
	{"cut",           "{\"text\":\"a\"",                   "line 1 column 12: the text ends, expected ',' or '}'", NULL, NULL},
	/* clang-format on */
};

static void expect(const char *name, const char *text, const struct json_object *o,
		   const char *want)
{
	const struct json_limits lim = {1 << 20, JSON_DEPTH_MAX, ERR_CONFIG};
	struct arena *a = arena_new();
	struct outer got = {.copy = ""};
	struct buf b = BUF_INIT(1 << 20);
	struct err *e = json_object_parse(str_from(text), &lim, o, a, &got);

	if (e)
		buf_puts(&b, e->msg);
	else
		buf_printf(&b, "%.*s|%.*s|%.*s|%s|%llu|%.*s|%u", STR_ARG(got.text),
			   STR_ARG(got.literal), STR_ARG(got.source), got.copy,
			   (unsigned long long)got.count, STR_ARG(got.inner.name), got.items);
	print_message("%s\n", name);
	assert_string_equal(b.p, want);
	err_free(e);
	buf_free(&b);
	arena_free(a);
}

static void objects_follow_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct json_object o = {JSON_OTHER_IS_REFUSED, members, ARRAY_LEN(members)};
		const char *null_absent =
			rows[i].null_absent ? rows[i].null_absent : rows[i].refused;

		expect(rows[i].name, rows[i].text, &o, rows[i].refused);
		o.other = JSON_NULL_IS_ABSENT;
		expect(rows[i].name, rows[i].text, &o, null_absent);
		o.other = JSON_OTHER_IS_ABSENT;
		expect(rows[i].name, rows[i].text, &o,
		       rows[i].absent ? rows[i].absent : null_absent);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(objects_follow_the_table)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
