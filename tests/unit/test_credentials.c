/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/credentials.h"

#define ID  "TENCENTCLOUD_SECRET_ID"
#define KEY "TENCENTCLOUD_SECRET_KEY"
#define T1  "TENCENTCLOUD_TOKEN"
#define T2  "TENCENTCLOUD_SESSION_TOKEN"
#define T3  "TENCENTCLOUD_SECURITY_TOKEN"

struct var {
	const char *name, *value;
};

#define VARS_MAX 6

static const char *lookup(void *ctx, const char *name)
{
	const struct var *vars = ctx;

	for (size_t i = 0; i < VARS_MAX && vars[i].name; i++)
		if (strcmp(vars[i].name, name) == 0)
			return vars[i].value;
	return NULL;
}

/* `want`: parts of the message that must be there; with none it is to work. */
static struct row {
	const char *name;
	struct var vars[VARS_MAX];
	const char *profile, *token;
	const char *want[3];
} rows[] = {
	{"a permanent key", {{ID, "AKIDx"}, {KEY, "canary"}}, NULL, NULL, {NULL}},
	{"tccli's token", {{ID, "AKIDx"}, {KEY, "canary"}, {T1, "tok"}}, NULL, "tok", {NULL}},
	{"the Node SDK's token",
	 {{ID, "AKIDx"}, {KEY, "canary"}, {T2, "tok"}},
	 NULL,
	 "tok",
	 {NULL}},
	{"Terraform's token", {{ID, "AKIDx"}, {KEY, "canary"}, {T3, "tok"}}, NULL, "tok", {NULL}},
	{"the same token thrice",
	 {{ID, "AKIDx"}, {KEY, "canary"}, {T1, "tok"}, {T2, "tok"}, {T3, "tok"}},
	 NULL,
	 "tok",
	 {NULL}},
	{"an empty token is none", {{ID, "AKIDx"}, {KEY, "canary"}, {T1, ""}}, NULL, NULL, {NULL}},
	{"an empty token beside one",
	 {{ID, "AKIDx"}, {KEY, "canary"}, {T1, ""}, {T3, "tok"}},
	 NULL,
	 "tok",
	 {NULL}},
	{"an empty profile is none", {{ID, "AKIDx"}, {KEY, "canary"}}, "", NULL, {NULL}},
	{"nothing", {{NULL, NULL}}, NULL, NULL, {ID, KEY, T1}},
	{"empty is nothing", {{ID, ""}, {KEY, ""}}, NULL, NULL, {"no credentials"}},
	{"a token alone is nothing", {{T1, "canary"}}, NULL, NULL, {"no credentials"}},
	{"no key", {{ID, "AKIDx"}}, NULL, NULL, {ID " is set", KEY " is not"}},
	{"no id", {{KEY, "canary"}}, NULL, NULL, {KEY " is set", ID " is not"}},
	{"two tokens",
	 {{ID, "AKIDx"}, {KEY, "canary"}, {T2, "canary1"}, {T3, "canary2"}},
	 NULL,
	 NULL,
	 {T2, T3, "different"}},
	{"newline behind the key",
	 {{ID, "AKIDx"}, {KEY, "canary\n"}},
	 NULL,
	 NULL,
	 {KEY, "white space"}},
	{"blank before the id", {{ID, " AKIDcanary"}, {KEY, "x"}}, NULL, NULL, {ID, "white space"}},
	{"blank behind a token",
	 {{ID, "AKIDx"}, {KEY, "x"}, {T2, "canary "}},
	 NULL,
	 NULL,
	 {T2, "white space"}},
	{"line break inside", {{ID, "AKIDx"}, {KEY, "can\r\nary: x"}}, NULL, NULL, {KEY, "byte 4"}},
	{"not ASCII", {{ID, "AKID\xc3\xa9"}, {KEY, "canary"}}, NULL, NULL, {ID, "byte 5"}},
	{"a profile is not supported",
	 {{ID, "AKIDx"}, {KEY, "canary"}},
	 "prod",
	 NULL,
	 {"profile = prod"}},
};

static void check_good(const struct row *row, const struct credential *c)
{
	assert_string_equal(c->source, "environment");
	assert_true(str_is(secret_view(&c->id), "AKIDx"));
	assert_true(str_is(secret_view(&c->key), "canary"));
	assert_int_equal(secret_is_set(&c->token), row->token != NULL);
	if (row->token)
		assert_true(str_is(secret_view(&c->token), row->token));
}

static void check_bad(const struct row *row, const struct err *e)
{
	char *text = err_text(e);

	assert_non_null(text);
	print_message("  %s\n", text);
	assert_int_equal(e->kind, ERR_CONFIG);
	assert_null(strstr(text, "canary"));
	assert_null(strstr(text, "ary: x"));
	for (size_t i = 0; i < ARRAY_LEN(row->want) && row->want[i]; i++)
		if (!strstr(text, row->want[i]))
			fail_msg("%s: \"%s\" does not say %s", row->name, text, row->want[i]);
	free(text);
}

static void environment_is_read_as_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct credential_query q = {rows[i].profile, lookup, rows[i].vars};
		struct credential c = {0};
		struct err *e = credentials_find(&q, &c);

		print_message("%s\n", rows[i].name);
		if (rows[i].want[0]) {
			assert_non_null(e);
			check_bad(&rows[i], e);
			assert_null(c.id.bytes);
			assert_null(c.key.bytes);
		} else {
			assert_null(e);
			check_good(&rows[i], &c);
		}
		err_free(e);
		credential_clear(&c);
		credential_clear(&c);
	}
}

static void limits_are_kept(void **state)
{
	static const struct {
		const char *name;
		size_t max;
	} limits[] = {{ID, 1024}, {KEY, 1024}, {T1, 4096}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
		for (size_t over = 0; over < 2; over++) {
			char *value = malloc(limits[i].max + over + 1);
			struct var vars[VARS_MAX] = {{ID, "x"}, {KEY, "x"}, {T1, NULL}};
			struct credential_query q = {NULL, lookup, vars};
			struct credential c = {0};
			struct err *e;

			assert_non_null(value);
			memset(value, 'a', limits[i].max + over);
			value[limits[i].max + over] = '\0';
			vars[i].value = value;
			e = credentials_find(&q, &c);
			assert_int_equal(e != NULL, over);
			err_free(e);
			credential_clear(&c);
			free(value);
		}
	}
}

static void sources_stand_in_order(void **state)
{
	static const char *const order[] = {"profile",    "environment", "sdk-file",
					    "tccli-file", "tke",         "cvm-role"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		assert_string_equal(credentials_source_name(i), order[i]);
	assert_null(credentials_source_name(ARRAY_LEN(order)));
}

static void mask_shows_the_ends_alone(void **state)
{
	static const struct {
		const char *id, *want;
	} masks[] = {
		{"AKIDEXAMPLE0000", "AKID****0000"},
		{"AKIDEXAMPLE0", "AKID****PLE0"},
		{"AKIDEXAMPLE", "****"},
		{"", "****"},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(masks); i++) {
		struct credential c = {0};

		assert_null(secret_set(&c.id, str_from(masks[i].id)));
		assert_string_equal(credential_masked_id(&c, a), masks[i].want);
		credential_clear(&c);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(environment_is_read_as_told),
		cmocka_unit_test(limits_are_kept),
		cmocka_unit_test(sources_stand_in_order),
		cmocka_unit_test(mask_shows_the_ends_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
