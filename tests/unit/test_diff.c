/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What differs: one change a field, what came and went in lists, and the patch that an RFC 6902
 * implementation follows. That a patch always leads to the other side is law_normalize.c's to show.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/patch.h"
#include "model_lib.h"
#include "patch_apply.h"

#define RESOURCE (&schema_registry_scan)

/* clang-format off */
static const struct {
	const char *name, *before, *after, *changes; /* "op path -removed +added ~altered;" */
} pairs[] = {
	{ "nothing", "{\"Enable\":true}", "{\"Enable\":true}", "" },
	{ "nothing at all", "{}", "{}", "" },
	{ "an order", "{\"Id\":[1,2]}", "{\"Id\":[2,1,1]}", "" },
	{ "null, absent and empty", "{\"Id\":null,\"Enable\":null}", "{\"Namespace\":[]}", "" },
	{ "state", "{\"ScanResult\":\"Success\"}", "{\"LastScanTime\":\"x\",\"RequestId\":\"y\"}", "" },
	{ "a scalar comes", "{}", "{\"Enable\":false}", "add /Enable;" },
	{ "a scalar goes", "{\"ScanScope\":0}", "{}", "remove /ScanScope;" },
	{ "a scalar is another", "{\"ScanTime\":\"17:10\"}", "{\"ScanTime\":\"17:10:01\"}", "replace /ScanTime;" },
	{ "a set comes", "{}", "{\"Id\":[1,2]}", "replace /Id -0 +2 ~0;" },
	{ "a set goes", "{\"Id\":[1,2]}", "{\"Id\":[]}", "replace /Id -2 +0 ~0;" },
	{ "a set changes", "{\"Namespace\":[\"a\",\"b\",\"d\"]}", "{\"Namespace\":[\"b\",\"c\",\"d\",\"e\"]}", "replace /Namespace -1 +2 ~0;" },
	{ "a last digit", "{\"Id\":[18446744073709551615]}", "{\"Id\":[18446744073709551614]}", "replace /Id -1 +1 ~0;" },
	{ "an image's tag is its identity", "{\"Images\":[{\"ImageName\":\"a\",\"ImageTag\":\"1\"}]}", "{\"Images\":[{\"ImageName\":\"a\",\"ImageTag\":\"2\"}]}", "replace /Images -1 +1 ~0;" },
	{ "an image's digest is state", "{\"Images\":[{\"ImageName\":\"a\",\"ImageDigest\":\"1\"}]}", "{\"Images\":[{\"ImageName\":\"a\",\"ImageDigest\":\"2\"}]}", "" },
	{ "in the table's order", "{\"All\":true,\"Enable\":true}", "{\"All\":false,\"Enable\":false}", "replace /Enable;replace /All;" },
	{ "unknown fields, after it", "{\"b\":1,\"c\":1,\"e\":null,\"All\":true}", "{\"a\":1,\"c\":2,\"d\":[]}", "remove /All;add /a;remove /b;replace /c;" },
	{ "an unknown field's inside", "{\"a\":{\"x\":[1,2],\"y\":1}}", "{\"a\":{\"y\":1,\"x\":[2,1]}}", "replace /a;" },
	{ "an unknown field's order", "{\"a\":{\"x\":1,\"y\":1}}", "{\"a\":{\"y\":1,\"x\":1}}", "" },
	{ "a number's form", "{\"a\":1.0}", "{\"a\":1}", "" },
	{ "a name with ~ and /", "{}", "{\"~/\":1,\"\":1}", "add /;add /~0~1;" },
};
/* clang-format on */

static void put_change(struct buf *b, const struct change *c)
{
	buf_printf(b, "%s %.*s", change_op_name(c->op), STR_ARG(c->path));
	if (c->field && schema_is_set(c->field->kind))
		buf_printf(b, " -%zu +%zu ~%zu", c->removed_count, c->added_count,
			   c->altered_count);
	buf_char(b, ';');
}

static void test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct arena *a = arena_new();
		struct reading *before = lib_read(a, RESOURCE, pairs[i].before);
		struct reading *after = lib_read(a, RESOURCE, pairs[i].after);
		struct buf text = BUF_INIT(1 << 16);
		struct diff d;

		assert_null(diff_configs(&before->config, &after->config, a, &d));
		buf_puts(&text, "");
		for (size_t k = 0; k < d.change_count; k++)
			put_change(&text, &d.changes[k]);
		if (!str_is(buf_view(&text), pairs[i].changes))
			fail_msg("%s: %.*s", pairs[i].name, STR_ARG(buf_view(&text)));
		buf_free(&text);
		arena_free(a);
	}
}

/* Which items: by their places in the sides' sets. */
static void test_items(void **state)
{
	struct arena *a = arena_new();
	struct reading *before = lib_read(a, RESOURCE, "{\"Id\":[10,30,20,50]}");
	struct reading *after = lib_read(a, RESOURCE, "{\"Id\":[20,40,50,5]}");
	struct diff d;

	(void)state;
	assert_null(diff_configs(&before->config, &after->config, a, &d));
	assert_int_equal(d.change_count, 1);
	assert_int_equal(d.changes[0].removed_count, 2);
	assert_int_equal(d.changes[0].removed[0], 0);
	assert_int_equal(d.changes[0].removed[1], 2);
	assert_int_equal(d.changes[0].added_count, 2);
	assert_int_equal(d.changes[0].added[0], 0);
	assert_int_equal(d.changes[0].added[1], 2);
	arena_free(a);
}

/* clang-format off */
static const struct {
	const char *name, *before, *after, *patch;
} patches[] = {
	{ "nothing", "{\"Enable\":true}", "{\"Enable\":true,\"ScanResult\":\"Success\"}", "[]\n" },
	{ "a scalar", "{\"Enable\":true}", "{\"Enable\":false}",
	  "[\n  {\"op\": \"test\", \"path\": \"/Enable\", \"value\": true},\n  {\"op\": \"replace\", \"path\": \"/Enable\", \"value\": false}\n]\n" },
	{ "a scalar comes: its row was there", "{}", "{\"ScanTime\":\"03:00\"}",
	  "[\n  {\"op\": \"test\", \"path\": \"/ScanTime\", \"value\": null},\n  {\"op\": \"replace\", \"path\": \"/ScanTime\", \"value\": \"03:00:00\"}\n]\n" },
	{ "from the highest down, from the lowest up", "{\"Id\":[1,2,3,4]}", "{\"Id\":[0,2,5,6]}",
	  "[\n  {\"op\": \"test\", \"path\": \"/Id/3\", \"value\": 4},\n  {\"op\": \"remove\", \"path\": \"/Id/3\"},\n"
	  "  {\"op\": \"test\", \"path\": \"/Id/2\", \"value\": 3},\n  {\"op\": \"remove\", \"path\": \"/Id/2\"},\n"
	  "  {\"op\": \"test\", \"path\": \"/Id/0\", \"value\": 1},\n  {\"op\": \"remove\", \"path\": \"/Id/0\"},\n"
	  "  {\"op\": \"add\", \"path\": \"/Id/0\", \"value\": 0},\n  {\"op\": \"add\", \"path\": \"/Id/2\", \"value\": 5},\n  {\"op\": \"add\", \"path\": \"/Id/3\", \"value\": 6}\n]\n" },
	{ "unknown fields", "{\"a/b\":1,\"c\":null}", "{\"c\":[1,{\"x\":2}],\"~\":\"\\u0007\"}",
	  "[\n  {\"op\": \"test\", \"path\": \"/a~1b\", \"value\": 1},\n  {\"op\": \"remove\", \"path\": \"/a~1b\"},\n"
	  "  {\"op\": \"test\", \"path\": \"/c\", \"value\": null},\n  {\"op\": \"replace\", \"path\": \"/c\", \"value\": [1, {\"x\": 2}]},\n"
	  "  {\"op\": \"add\", \"path\": \"/~0\", \"value\": \"\\u0007\"}\n]\n" },
	{ "an empty field that comes", "{}", "{\"c\":null}", "[\n  {\"op\": \"add\", \"path\": \"/c\", \"value\": null}\n]\n" },
};
/* clang-format on */

static char *patch_of(const struct reading *before, const struct reading *after)
{
	struct buf b = BUF_INIT(JSON_SIZE_MAX);

	assert_null(patch_write(&b, &before->config, &after->config));
	return buf_take(&b, NULL);
}

static void test_patches(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(patches); i++) {
		struct arena *a = arena_new();
		struct reading *before = lib_read(a, RESOURCE, patches[i].before);
		struct reading *after = lib_read(a, RESOURCE, patches[i].after);
		char *patch = patch_of(before, after), *x = lib_canonical(&before->config);
		char *y = lib_canonical(&after->config);

		if (strcmp(patch, patches[i].patch) != 0)
			fail_msg("%s:\n%s", patches[i].name, patch);
		if (!patch_applies(x, patch, y))
			fail_msg("%s: does not apply\n%s", patches[i].name, patch);
		free(patch);
		free(x);
		free(y);
		arena_free(a);
	}
}

/* Elements of one identity: state is part of the canonical form, and so of the patch. */
static void test_patch_of_elements(void **state)
{
	static const char *const sides[] = {
		"{\"Rules\":[{\"Type\":\"a\",\"Hits\":1},{\"Type\":\"b\",\"IsEnabled\":1},{\"Type\":"
		"\"c\"},{\"Type\":\"d\",\"New\":null}]}",
		"{\"Rules\":[{\"Type\":\"a\",\"Hits\":2},{\"Type\":\"b\",\"IsEnabled\":0},{\"Type\":"
		"\"d\"}]}",
		"{\"Rules\":[{\"Type\":\"b\",\"IsEnabled\":1},{\"Type\":\"b\",\"IsEnabled\":0},{\"Type\":"
		"\"b\"},{\"Type\":\"b\",\"New\":1}]}",
		"{\"Rules\":[{\"Type\":\"b\",\"IsEnabled\":0},{\"Rank\":2},{\"Rank\":1}]}",
		"{}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sides) * ARRAY_LEN(sides); i++) {
		struct arena *a = arena_new();
		struct reading *before = lib_read(a, &lib_resource, sides[i / ARRAY_LEN(sides)]);
		struct reading *after = lib_read(a, &lib_resource, sides[i % ARRAY_LEN(sides)]);
		char *patch = patch_of(before, after), *x = lib_canonical(&before->config);
		char *y = lib_canonical(&after->config);

		if (!patch_applies(x, patch, y))
			fail_msg("%s to\n%sdoes not apply\n%s", x, y, patch);
		/* It tests what it replaces: elsewhere it fails. */
		if (strcmp(x, y) != 0 && strstr(patch, "\"test\""))
			assert_false(patch_applies(y, patch, y));
		free(patch);
		free(x);
		free(y);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_items),
		cmocka_unit_test(test_patches),
		cmocka_unit_test(test_patch_of_elements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
