/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rows of the table by their effects: what each member of an image is to its identity, each
 * known value, what is state, and the request. A row that is lost or altered shows here first.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "model_lib.h"

#define RESOURCE (&schema_registry_scan)

/* --- images -------------------------------------------------------------------------------- */

/* Does a value of this member make another image? `with_gap`: where a key member is empty. */
static const struct {
	const char *name;
	bool with_all, with_gap;
} members[] = {
	{"ImageDigest", false, false},     {"RegistryType", true, true},
	{"ImageRepoAddress", false, true}, {"InstanceId", true, true},
	{"InstanceName", false, false},    {"Namespace", true, true},
	{"ImageName", true, true},         {"ImageTag", true, true},
	{"Force", false, false},
};

/* One image; member `at` has its own value, member `gap` has none. */
static const char *image(struct arena *a, size_t at, const char *value, size_t gap)
{
	const char *text = "";

	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		if (i != gap)
			text = arena_printf(a, "%s%s\"%s\":\"%s\"", text, *text ? "," : "",
					    members[i].name, i == at ? value : "ccr");
	}
	return text;
}

static void expect_identity(size_t member, size_t gap, bool differs)
{
	struct arena *a = arena_new();
	const char *x = image(a, member, "aws", gap), *y = image(a, member, "tcr", gap);
	struct reading *one = lib_read(a, RESOURCE, arena_printf(a, "{\"Images\":[{%s}]}", x));
	struct reading *other = lib_read(a, RESOURCE, arena_printf(a, "{\"Images\":[{%s}]}", y));
	struct reading *both =
		lib_read(a, RESOURCE, arena_printf(a, "{\"Images\":[{%s},{%s}]}", x, y));
	char *before = lib_jcs(&one->config), *after = lib_jcs(&other->config);
	size_t count = both->config.values[lib_row(RESOURCE, "Images")].u.elements.n;

	if ((lib_changes(&one->config, &other->config, a) != 0) != differs ||
	    (strcmp(before, after) != 0) != differs || count != (differs ? 2 : 1))
		fail_msg("%s, without %s: %zu images\n%s\n%s", members[member].name,
			 gap < ARRAY_LEN(members) ? members[gap].name : "nothing", count, before,
			 after);
	free(before);
	free(after);
	arena_free(a);
}

static void test_members(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		expect_identity(i, ARRAY_LEN(members), members[i].with_all);
		for (size_t gap = 0; gap < ARRAY_LEN(members); gap++) {
			if (gap != i)
				expect_identity(i, gap,
						members[gap].with_all ? members[i].with_gap
								      : members[i].with_all);
		}
	}
}

/* --- fields -------------------------------------------------------------------------------- */

/* In the table's order, which a baseline has. */
static const struct {
	const char *name;
	enum field_role role;
} fields[] = {
	{"Enable", ROLE_CONFIG},
	{"ScanScope", ROLE_CONFIG},
	{"ScanType", ROLE_CONFIG},
	{"ScanPeriod", ROLE_CONFIG},
	{"ScanTime", ROLE_CONFIG},
	{"ScanEndTime", ROLE_CONFIG},
	{"RegistryType", ROLE_CONFIG},
	{"Namespace", ROLE_CONFIG},
	{"Images", ROLE_CONFIG},
	{"Id", ROLE_CONFIG},
	{"ExcludeImageAssetIds", ROLE_CONFIG},
	{"Latest", ROLE_CONFIG},
	{"ContainerRunning", ROLE_CONFIG},
	{"All", ROLE_CONFIG},
	{"LastScanTime", ROLE_STATE},
	{"ScanResult", ROLE_STATE},
	{"RequestId", ROLE_RUN},
	{"DeprecatedWarning", ROLE_RUN},
};

static void test_fields(void **state)
{
	(void)state;
	assert_int_equal(RESOURCE->field_count, ARRAY_LEN(fields));
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		assert_string_equal(RESOURCE->fields[i].name, fields[i].name);
		if (RESOURCE->fields[i].role != fields[i].role)
			fail_msg("%s has another role", fields[i].name);
	}
}

/* Each value that the table knows, and one next to it that it does not know. */
static void test_known_values(void **state)
{
	static const struct {
		const char *field, *values[10], *other;
	} rows[] = {
		{"ScanScope", {"0", "1", "2", "3"}, "4"},
		{"ScanType", {"[\"CVE\"]", "[\"RISK\"]", "[\"VIRUS\"]"}, "[\"VUL\"]"},
		{"RegistryType",
		 {"[\"aws\"]", "[\"azure\"]", "[\"ccr\"]", "[\"harbor\"]", "[\"jfrog\"]",
		  "[\"other-tcr\"]", "[\"quay\"]", "[\"tcr\"]"},
		 "[\"gcr\"]"},
		{"ScanResult",
		 {"\"ImageNeedIsEmpty\"", "\"InsufficientLicense\"", "\"InternalError\"",
		  "\"Success\""},
		 "\"Failure\""},
		{"ScanPeriod", {"1", "366"}, "367"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new();
		struct reading *r;

		for (size_t k = 0; k < ARRAY_LEN(rows[i].values) && rows[i].values[k]; k++) {
			r = lib_read(
				a, RESOURCE,
				arena_printf(a, "{\"%s\":%s}", rows[i].field, rows[i].values[k]));
			if (r->note_count)
				fail_msg("%s: %s", rows[i].values[k], r->notes[0].message.p);
		}
		r = lib_read(a, RESOURCE,
			     arena_printf(a, "{\"%s\":%s}", rows[i].field, rows[i].other));
		if (lib_notes(r, NOTE_UNKNOWN_VALUE) != 1)
			fail_msg("%s of %s has no note", rows[i].other, rows[i].field);
		arena_free(a);
	}
}

/* The vendor's notice is a text that belongs to the call, and nothing that a version may not know. */
static void test_deprecation_notice(void **state)
{
	struct arena *a = arena_new();
	struct reading *r = lib_read(a, RESOURCE, "{\"DeprecatedWarning\":\"use another action\"}");

	(void)state;
	assert_int_equal(r->note_count, 0);
	assert_true(str_is(reading_text(r, "DeprecatedWarning"), "use another action"));
	assert_false(reading_names_field(r));
	arena_free(a);
}

static void test_state_fields(void **state)
{
	static const struct field rows[] = {
		{.name = "Run", .state = STATE_LAST_SCAN, .role = ROLE_STATE},
		{.name = "Config", .state = STATE_OUTCOME},
		{.name = "Other", .role = ROLE_STATE},
	};
	const struct resource r = {.fields = rows, .field_count = ARRAY_LEN(rows)};
	size_t outcome = schema_find_state(RESOURCE, STATE_OUTCOME);

	(void)state;
	assert_int_equal(schema_find_state(&r, STATE_LAST_SCAN), 0);
	assert_int_equal(schema_find_state(&r, STATE_OTHER), 2);
	/* Only a state field says how a scan ended. */
	assert_int_equal(schema_find_state(&r, STATE_OUTCOME), ARRAY_LEN(rows));
	assert_int_equal(schema_find_state(RESOURCE, STATE_LAST_SCAN),
			 lib_row(RESOURCE, "LastScanTime"));
	assert_int_equal(outcome, lib_row(RESOURCE, "ScanResult"));
	assert_string_equal(RESOURCE->fields[outcome].good, "Success");
	assert_string_equal(RESOURCE->fields[outcome].mild, "ImageNeedIsEmpty");
}

static void test_request(void **state)
{
	(void)state;
	assert_string_equal(RESOURCE->service, "tcss");
	assert_string_equal(RESOURCE->action, "DescribeImageRegistryTimingScanTask");
	assert_string_equal(RESOURCE->version, "2020-11-01");
	assert_string_equal(RESOURCE->request_body, "{}");
}

/* --- case ---------------------------------------------------------------------------------- */

static void test_case(void **state)
{
	/* clang-format off */
	static const struct {
		struct str text;
		bool is_upper, is_lower;
	} rows[] = {
		{ STR(""), true, true },
		{ STR("a"), false, true }, { STR("z"), false, true }, { STR("A"), true, false }, { STR("Z"), true, false },
		{ STR("@[`{"), true, true }, { STR("-09_.\xc3\xa9"), true, true },
		{ STR("CVe"), false, false }, { STR("other-tcr"), false, true }, { STR("OTHER-TCR"), true, false },
		/* Only as long as it is. */
		{ {"ABc", 2}, true, false }, { {"abC", 2}, false, true },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (schema_is_folded(rows[i].text, FOLD_UPPER) != rows[i].is_upper ||
		    schema_is_folded(rows[i].text, FOLD_LOWER) != rows[i].is_lower ||
		    !schema_is_folded(rows[i].text, FOLD_NONE))
			fail_msg("%.*s", STR_ARG(rows[i].text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members),      cmocka_unit_test(test_fields),
		cmocka_unit_test(test_known_values), cmocka_unit_test(test_deprecation_notice),
		cmocka_unit_test(test_state_fields), cmocka_unit_test(test_request),
		cmocka_unit_test(test_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
