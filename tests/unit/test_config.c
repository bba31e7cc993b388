/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a config says of its values: which are equal, how many a set has, how an absence is named,
 * and what a schedule that is on lacks.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "model_lib.h"

#define RESOURCE (&lib_resource)

/* clang-format off */
static const struct {
	const char *field, *x, *y;
	bool is_equal;
	size_t x_count;
} pairs[] = {
	{ "Monitor", "\"ON\"", "true", true, 0 }, { "Monitor", "\"ON\"", "\"OFF\"", false, 0 }, { "Monitor", "null", "\"OFF\"", false, 0 },
	{ "Monitor", "null", "null", true, 0 }, { "Monitor", "true", "null", false, 0 },
	{ "Timeout", "5", "5", true, 0 }, { "Timeout", "5", "-5", false, 0 }, { "Timeout", "0", "null", false, 0 },
	{ "BeginAt", "\"01:00\"", "\"01:00:00\"", true, 0 }, { "BeginAt", "\"01:00\"", "\"01:00:01\"", false, 0 },
	{ "Title", "\"a\"", "\"a\"", true, 0 }, { "Title", "\"a\"", "\"A\"", false, 0 },
	{ "Paths", "[]", "null", true, 0 }, { "Paths", "[\"a\",\"b\"]", "[\"b\",\"a\"]", true, 2 }, { "Paths", "[\"a\"]", "[]", false, 1 },
	{ "Paths", "[\"a\",\"b\"]", "[\"a\"]", false, 2 }, { "Paths", "[\"a\",\"c\"]", "[\"b\",\"c\"]", false, 2 }, { "Paths", "[\"a\",\"b\"]", "[\"a\",\"c\"]", false, 2 },
	{ "HostIds", "[1,2]", "[2,1]", true, 2 }, { "HostIds", "[1,2,3]", "[1,2]", false, 3 }, { "HostIds", "[1]", "[2]", false, 1 },
	{ "Rules", "[{\"Type\":\"a\"}]", "[{\"Type\":\"A\",\"Hits\":3}]", true, 1 }, { "Rules", "[{\"Type\":\"a\"}]", "[{\"Type\":\"b\"}]", false, 1 },
	{ "Rules", "[{\"Type\":\"a\",\"Days\":1}]", "[{\"Type\":\"a\",\"Days\":2}]", false, 1 },
	{ "Rules", "[{\"Type\":\"a\",\"New\":1}]", "[{\"Type\":\"a\"}]", false, 1 }, { "Rules", "[{\"Type\":\"a\"}]", "[{\"Type\":\"a\",\"New\":1}]", false, 1 },
	{ "Rules", "[{\"Type\":\"a\",\"New\":null}]", "[{\"Type\":\"a\"}]", true, 1 },
};
/* clang-format on */

static void test_equal(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct arena *a = arena_new();
		size_t row = lib_row(RESOURCE, pairs[i].field);
		struct reading *x = lib_read(
			a, RESOURCE, arena_printf(a, "{\"%s\":%s}", pairs[i].field, pairs[i].x));
		struct reading *y = lib_read(
			a, RESOURCE, arena_printf(a, "{\"%s\":%s}", pairs[i].field, pairs[i].y));
		const struct value *v = &x->config.values[row], *w = &y->config.values[row];

		if (value_equal(RESOURCE, row, v, w) != pairs[i].is_equal ||
		    value_equal(RESOURCE, row, w, v) != pairs[i].is_equal ||
		    !value_equal(RESOURCE, row, v, v))
			fail_msg("%s: %s and %s", pairs[i].field, pairs[i].x, pairs[i].y);
		assert_int_equal(value_count(&RESOURCE->fields[row], v), pairs[i].x_count);
		arena_free(a);
	}
}

/* What settles most targets of most nights must find what is the same, and no more. */
static void test_same_at_a_glance(void **state)
{
	static const struct {
		const char *a, *b;
		bool is_same;
	} rows[] = {
		{"{\"Enable\":true}", "{\"Enable\":true}", true},
		{"{\"Enable\":true}", "{\"Enable\":false}", false},
		{"{\"Enable\":true}", "{}", false},
		{"{\"ScanType\":[\"CVE\",\"RISK\"]}", "{\"ScanType\":[\"risk\",\"cve\"]}", true},
		{"{\"ScanType\":[\"CVE\"]}", "{\"ScanType\":[\"RISK\"]}", false},
		{"{\"Images\":[{\"ImageName\":\"a\",\"ImageDigest\":\"1\"}]}",
		 "{\"Images\":[{\"ImageName\":\"a\",\"ImageDigest\":\"2\"}]}", true},
		{"{\"Images\":[{\"ImageName\":\"a\",\"New\":1}]}",
		 "{\"Images\":[{\"ImageName\":\"a\",\"New\":2}]}", false},
		{"{\"New\":{\"a\":1,\"b\":2}}", "{\"New\":{\"b\":2,\"a\":1}}", true},
		{"{\"New\":1}", "{\"New\":2}", false},
		{"{\"New\":1}", "{\"Now\":1}", false},
		{"{\"New\":1}", "{}", false},
		{"{\"ScanTime\":\"01:00:00\",\"LastScanTime\":\"2026-01-01 00:00:00\"}",
		 "{\"ScanTime\":\"01:00\",\"LastScanTime\":\"2026-01-02 00:00:00\"}", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new();
		const struct config *x = &lib_read(a, &schema_registry_scan, rows[i].a)->config;
		const struct config *y = &lib_read(a, &schema_registry_scan, rows[i].b)->config;

		if (config_is_same(x, y) != rows[i].is_same ||
		    config_is_same(y, x) != rows[i].is_same)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
		arena_free(a);
	}
}

static void test_absence(void **state)
{
	static const struct {
		const char *json, *says;
	} rows[] = {
		{"{\"Enable\":true}", "absent"},
		{"{\"ScanTime\":null}", "null"},
		{"{\"ScanTime\":\"\"}", "not set"},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reading *r = lib_read(a, &schema_registry_scan, rows[i].json);
		size_t row = lib_row(&schema_registry_scan, "ScanTime");

		assert_string_equal(value_absence(&r->config.values[row]), rows[i].says);
	}
	arena_free(a);
}

static void test_lacks(void **state)
{
	static const struct {
		const char *json, *lacks; /* NULL: nothing */
	} rows[] = {
		{"{}", NULL},
		{"{\"Enable\":null}", NULL},
		{"{\"Enable\":false}", NULL},
		{"{\"Enable\":true}", "ScanPeriod"},
		{"{\"Enable\":true,\"ScanPeriod\":1}", "ScanTime"},
		{"{\"Enable\":true,\"ScanTime\":\"01:00\"}", "ScanPeriod"},
		{"{\"Enable\":true,\"ScanPeriod\":1,\"ScanTime\":\"01:00\"}", NULL},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct field *f =
			config_lacks(&lib_read(a, &schema_registry_scan, rows[i].json)->config);

		if (!f != !rows[i].lacks || (f && strcmp(f->name, rows[i].lacks) != 0))
			fail_msg("%s lacks %s", rows[i].json, f ? f->name : "nothing");
	}
	arena_free(a);
}

/* A table may begin with what a schedule needs, and may have no switch. */
static void test_other_tables(void **state)
{
	static const struct field needed[] = {
		{.name = "When", .kind = KIND_CLOCK, .need = NEED_WHEN_ON},
		{.name = "On", .kind = KIND_BOOL, .dimension = DIM_SWITCH},
	};
	const struct resource with = {.fields = needed, .field_count = 2};
	const struct resource without = {.fields = needed, .field_count = 1};
	struct config c = {.resource = &with};

	(void)state;
	c.values[0].is_null = true;
	c.values[1].u.boolean = true;
	assert_true(config_is_on(&c));
	assert_ptr_equal(config_lacks(&c), &needed[0]);
	/* What lies beyond the rows is no value. */
	c.resource = &without;
	assert_false(config_is_on(&c));
	assert_null(config_lacks(&c));
}

static void test_beyond(void **state)
{
	static const struct {
		int64_t most_known;
		const char *json;
		bool is_beyond;
	} rows[] = {
		{0, "{\"Timeout\":5}", false},  {1, "{\"Timeout\":1}", false},
		{1, "{\"Timeout\":2}", true},   {5, "{\"Timeout\":null}", false},
		{5, "{\"Timeout\":-6}", false}, {5, "{\"Timeout\":18446744073709551615}", true},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct field f = {.kind = KIND_INTEGER, .most_known = rows[i].most_known};
		const struct reading *r = lib_read(a, RESOURCE, rows[i].json);

		if (value_is_beyond(&f, &r->config.values[lib_row(RESOURCE, "Timeout")]) !=
		    rows[i].is_beyond)
			fail_msg("%s", rows[i].json);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),        cmocka_unit_test(test_same_at_a_glance),
		cmocka_unit_test(test_absence),      cmocka_unit_test(test_lacks),
		cmocka_unit_test(test_other_tables), cmocka_unit_test(test_beyond),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
