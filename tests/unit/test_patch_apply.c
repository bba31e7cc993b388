/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tests' own RFC 6902 (patch_apply.c), by which the patches of the product are judged, must
 * itself be right: in rows of our own, and on json-patch-tests where those are at hand.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/str.h"
#include "data.h"
#include "patch_apply.h"

#define ADD(path, value)     "{\"op\":\"add\",\"path\":\"" path "\",\"value\":" value "}"
#define REPLACE(path, value) "{\"op\":\"replace\",\"path\":\"" path "\",\"value\":" value "}"
#define TEST(path, value)    "{\"op\":\"test\",\"path\":\"" path "\",\"value\":" value "}"
#define REMOVE(path)         "{\"op\":\"remove\",\"path\":\"" path "\"}"

/* clang-format off */
static const struct {
	const char *document, *patch, *after; /* NULL: an operation cannot be done */
} rows[] = {
	/* nothing to do */
	{ "{}", "[]", "{}" }, { "{\"a\":[1]}", "[]", "{\"a\":[1]}" },
	/* members come, are another, go */
	{ "{}", "[" ADD("/a", "1") "]", "{\"a\":1}" },
	{ "{\"a\":1}", "[" ADD("/a", "2") "]", "{\"a\":2}" },
	{ "{\"a\":1}", "[" ADD("/b", "null") "]", "{\"a\":1,\"b\":null}" },
	{ "{\"a\":{}}", "[" ADD("/a/b", "[1,{}]") "]", "{\"a\":{\"b\":[1,{}]}}" },
	{ "{\"a\":1}", "[" REPLACE("/a", "{\"x\":1}") "]", "{\"a\":{\"x\":1}}" },
	{ "{\"a\":null}", "[" REPLACE("/a", "1") "]", "{\"a\":1}" },
	{ "{\"a\":1,\"b\":2}", "[" REMOVE("/a") "]", "{\"b\":2}" },
	{ "{\"a\":null}", "[" REMOVE("/a") "]", "{}" },
	{ "{\"a\":{\"b\":{\"c\":1}}}", "[" REMOVE("/a/b/c") "]", "{\"a\":{\"b\":{}}}" },
	{ "{\"a\":1}", "[" REPLACE("/b", "1") "]", NULL },
	{ "{\"a\":1}", "[" REMOVE("/b") "]", NULL },
	{ "{\"a\":1}", "[" ADD("/b/c", "1") "]", NULL },
	{ "{\"a\":1}", "[" ADD("/a/b", "1") "]", NULL },
	{ "{\"a\":\"text\"}", "[" REPLACE("/a/0", "1") "]", NULL },
	/* items: before the index, at the end, by their places after what was done before */
	{ "{\"a\":[]}", "[" ADD("/a/0", "1") "]", "{\"a\":[1]}" },
	{ "{\"a\":[1,2]}", "[" ADD("/a/0", "0") "]", "{\"a\":[0,1,2]}" },
	{ "{\"a\":[1,2]}", "[" ADD("/a/1", "[9]") "]", "{\"a\":[1,[9],2]}" },
	{ "{\"a\":[1,2]}", "[" ADD("/a/2", "3") "]", "{\"a\":[1,2,3]}" },
	{ "{\"a\":[1,2,3]}", "[" REMOVE("/a/1") "]", "{\"a\":[1,3]}" },
	{ "{\"a\":[1,2,3]}", "[" REMOVE("/a/2") "," REMOVE("/a/0") "]", "{\"a\":[2]}" },
	{ "{\"a\":[1,2,3]}", "[" REMOVE("/a/0") "," REMOVE("/a/0") "]", "{\"a\":[3]}" },
	{ "{\"a\":[1,2]}", "[" REPLACE("/a/1", "null") "]", "{\"a\":[1,null]}" },
	{ "{\"a\":[null]}", "[" REPLACE("/a/0", "1") "]", "{\"a\":[1]}" },
	{ "{\"a\":[{\"b\":1}]}", "[" REPLACE("/a/0/b", "2") "]", "{\"a\":[{\"b\":2}]}" },
	{ "[1,2]", "[" ADD("/1", "5") "]", "[1,5,2]" },
	{ "[[1],[2]]", "[" REMOVE("/1/0") "]", "[[1],[]]" },
	{ "{\"a\":[1]}", "[" ADD("/a/2", "3") "]", NULL },
	{ "{\"a\":[1]}", "[" REPLACE("/a/1", "3") "]", NULL },
	{ "{\"a\":[1]}", "[" REMOVE("/a/1") "]", NULL },
	{ "{\"a\":[]}", "[" REMOVE("/a/0") "]", NULL },
	/* what is no index */
	{ "{\"a\":[1,2]}", "[" REMOVE("/a/00") "]", NULL }, { "{\"a\":[1,2]}", "[" REMOVE("/a/01") "]", NULL },
	{ "{\"a\":[1,2]}", "[" REMOVE("/a/-1") "]", NULL }, { "{\"a\":[1,2]}", "[" REMOVE("/a/+1") "]", NULL },
	{ "{\"a\":[1,2]}", "[" REMOVE("/a/1e0") "]", NULL }, { "{\"a\":[1,2]}", "[" REMOVE("/a/1x") "]", NULL },
	{ "{\"a\":[1,2]}", "[" REMOVE("/a/ 1") "]", NULL }, { "{\"a\":[1,2]}", "[" REMOVE("/a/") "]", NULL },
	{ "{\"a\":[1,2]}", "[" ADD("/a/b", "1") "]", NULL }, { "{\"a\":[1,2]}", "[" REMOVE("/a/length") "]", NULL },
	/* pointers: ~ and / in names, the empty name, names that look like an index */
	{ "{}", "[" ADD("/~1", "1") "]", "{\"/\":1}" }, { "{}", "[" ADD("/~0", "1") "]", "{\"~\":1}" },
	{ "{}", "[" ADD("/~01", "1") "]", "{\"~1\":1}" }, { "{}", "[" ADD("/a~1b~0c", "1") "]", "{\"a/b~c\":1}" },
	{ "{}", "[" ADD("/", "1") "]", "{\"\":1}" }, { "{\"\":{\"\":1}}", "[" REMOVE("//") "]", "{\"\":{}}" },
	{ "{\"0\":1,\"01\":2}", "[" REMOVE("/01") "]", "{\"0\":1}" }, { "{\"-\":1}", "[" REMOVE("/-") "]", "{}" },
	{ "{\"a b\":1}", "[" REMOVE("/a b") "]", "{}" }, { "{\"\u00e9\":1}", "[" REMOVE("/\u00e9") "]", "{}" },
	{ "{\"a\":1}", "[" REMOVE("a") "]", NULL }, { "{\"A\":1}", "[" REMOVE("/a") "]", NULL },
	/* tests: the whole value, order of lists included and of members not; kinds are not mixed */
	{ "{\"a\":1}", "[" TEST("/a", "1") "]", "{\"a\":1}" }, { "{\"a\":1}", "[" TEST("/a", "2") "]", NULL },
	{ "{\"a\":1}", "[" TEST("/a", "\"1\"") "]", NULL }, { "{\"a\":0}", "[" TEST("/a", "false") "]", NULL },
	{ "{\"a\":null}", "[" TEST("/a", "null") "]", "{\"a\":null}" }, { "{}", "[" TEST("/a", "null") "]", NULL },
	{ "{\"a\":{\"b\":1,\"c\":2}}", "[" TEST("/a", "{\"c\":2,\"b\":1}") "]", "{\"a\":{\"b\":1,\"c\":2}}" },
	{ "{\"a\":{\"b\":1}}", "[" TEST("/a", "{}") "]", NULL }, { "{\"a\":{}}", "[" TEST("/a", "{\"b\":1}") "]", NULL },
	{ "{\"a\":[1,2]}", "[" TEST("/a", "[1,2]") "]", "{\"a\":[1,2]}" }, { "{\"a\":[1,2]}", "[" TEST("/a", "[2,1]") "]", NULL },
	{ "{\"a\":[]}", "[" TEST("/a", "{}") "]", NULL }, { "{\"a\":\"\"}", "[" TEST("/a", "null") "]", NULL },
	{ "{\"a\":18446744073709551615}", "[" TEST("/a", "18446744073709551614") "]", NULL },
	{ "{\"a\":9007199254740993}", "[" TEST("/a", "9007199254740992") "]", NULL },
	{ "{\"a\":[1]}", "[" TEST("/a/0", "1") "," REPLACE("/a/0", "2") "]", "{\"a\":[2]}" },
	/* one that cannot be done is the end of it all */
	{ "{\"a\":1}", "[" TEST("/a", "2") "," REPLACE("/a", "3") "]", NULL },
	{ "{\"a\":1}", "[" REPLACE("/a", "3") "," TEST("/a", "1") "]", NULL },
	/* what is no operation */
	{ "{\"a\":1}", "[{\"op\":\"add\",\"path\":\"/b\"}]", NULL }, { "{\"a\":1}", "[{\"op\":\"test\",\"path\":\"/a\"}]", NULL },
	{ "{\"a\":1}", "[{\"op\":\"remove\"}]", NULL }, { "{\"a\":1}", "[{\"path\":\"/a\",\"value\":1}]", NULL },
	{ "{\"a\":1}", "[{\"op\":\"Add\",\"path\":\"/b\",\"value\":1}]", NULL }, { "{\"a\":1}", "[{\"op\":\"set\",\"path\":\"/b\",\"value\":1}]", NULL },
	{ "{\"a\":1}", "{}", NULL }, { "{\"a\":1}", "null", NULL }, { "{\"a\":1}", "[null]", NULL },
};
/* clang-format on */

static void test_rows(void **state)
{
	int wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *have = patch_result(rows[i].document, rows[i].patch);

		if (!have != !rows[i].after || (have && strcmp(have, rows[i].after) != 0)) {
			print_error("%s %s: %s\n", rows[i].document, rows[i].patch,
				    have ? have : "refused");
			wrong++;
		}
		/* The same by the function that the other tests ask. */
		if (rows[i].document[0] == '{' && rows[i].after)
			assert_true(patch_applies(rows[i].document, rows[i].patch, rows[i].after));
		free(have);
	}
	print_message("%zu rows\n", ARRAY_LEN(rows));
	assert_int_equal(wrong, 0);
}

static void test_other_outcomes(void **state)
{
	(void)state;
	assert_false(patch_applies("{\"a\":1}", "[]", "{\"a\":2}"));
	assert_false(patch_applies("{\"a\":[1,2]}", "[]", "{\"a\":[2,1]}"));
	assert_true(patch_applies("{\"a\":1,\"b\":2}", "[]", "{\"b\":2,\"a\":1}"));
	assert_false(patch_applies("{}", "[" ADD("/a", "null") "]", "{}"));
	assert_false(patch_applies("[]", "[]", "[]"));
	assert_false(patch_applies("{}", "[]", "{"));
}

/* --- json-patch-tests --- */

static const char *member(json_object *o, const char *key)
{
	const char *text = json_object_get_string(json_object_object_get(o, key));

	return text ? text : "";
}

/* Of RFC 6902 we write four operations, and neither "-" nor the whole document. */
static bool is_ours(json_object *patch)
{
	for (size_t i = 0; i < json_object_array_length(patch); i++) {
		json_object *o = json_object_array_get_idx(patch, i);
		const char *op = member(o, "op"), *path = member(o, "path");
		size_t n = strlen(path);

		if (strcmp(op, "move") == 0 || strcmp(op, "copy") == 0 || n == 0 ||
		    (n > 1 && strcmp(path + n - 2, "/-") == 0))
			return false;
	}
	return true;
}

static size_t judge_file(const char *path)
{
	json_object *all = json_object_from_file(path);
	size_t judged = 0;

	assert_non_null(all);
	for (size_t i = 0; i < json_object_array_length(all); i++) {
		json_object *r = json_object_array_get_idx(all, i), *patch, *want = NULL;
		char *have;

		if (json_object_object_get_ex(r, "disabled", NULL) ||
		    !json_object_object_get_ex(r, "patch", &patch))
			continue;
		have = patch_result(member(r, "doc"), json_object_get_string(patch));
		if (json_object_object_get_ex(r, "error", NULL)) {
			if (have)
				fail_msg("taken: %s", json_object_get_string(r));
		} else if (!is_ours(patch)) {
			free(have);
			continue;
		} else if (!have) {
			fail_msg("refused: %s", json_object_get_string(r));
		} else if (json_object_object_get_ex(r, "expected", &want)) {
			json_object *o = json_tokener_parse(have);

			if (!json_object_equal(o, want))
				fail_msg("%s: %s", json_object_get_string(r), have);
			json_object_put(o);
		}
		free(have);
		judged++;
	}
	json_object_put(all);
	return judged;
}

static void test_corpus(void **state)
{
	static const char *const names[] = {"json-patch/tests.json", "json-patch/spec_tests.json"};
	char path[DATA_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (corpus_path(path, names[i]))
			print_message("%s: %zu judged\n", names[i], judge_file(path));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_other_outcomes),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
