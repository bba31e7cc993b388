/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two forms of a config: what a baseline looks like, and what its digest is of. A table that
 * grows changes no digest, and no baseline becomes wrong by it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/canonical.h"
#include "model_lib.h"

#define RESOURCE (&schema_registry_scan)

static bool is_canonical(const struct resource *r, const char *json)
{
	struct arena *a = arena_new();
	struct reading *reading = lib_read(a, r, json);
	bool canonical = false;

	assert_null(canonical_check(&reading->config, reading->source, &canonical));
	arena_free(a);
	return canonical;
}

static char *digested(const struct resource *r, const char *json)
{
	struct arena *a = arena_new();
	char *text = lib_jcs(&lib_read(a, r, json)->config);

	arena_free(a);
	return text;
}

static char *written(const struct resource *r, const char *json)
{
	struct arena *a = arena_new();
	char *text = lib_canonical(&lib_read(a, r, json)->config);

	arena_free(a);
	return text;
}

/* --- a table that grows -------------------------------------------------------------------- */

static struct field grown_fields[SCHEMA_FIELDS_MAX];
static struct member grown_members[SCHEMA_MEMBERS_MAX];

/* The table, with one more row at `at` and one more member in its elements. */
static struct resource grown(size_t at, const struct field *row, const struct member *member)
{
	struct resource r = *RESOURCE;
	size_t n = 0;

	for (size_t i = 0; i < RESOURCE->field_count; i++) {
		if (i == at)
			grown_fields[n++] = *row;
		grown_fields[n] = RESOURCE->fields[i];
		if (grown_fields[n].kind == KIND_ELEMENTS) {
			size_t count = grown_fields[n].member_count;

			memcpy(grown_members + 1, grown_fields[n].members,
			       count * sizeof(*grown_members));
			grown_members[0] = *member;
			grown_fields[n].members = grown_members;
			grown_fields[n].member_count = count + 1;
		}
		n++;
	}
	r.fields = grown_fields;
	r.field_count = n;
	return r;
}

static const char everything[] =
	"{\"Enable\":true,\"ScanScope\":1,\"ScanType\":[\"CVE\"],\"ScanPeriod\":1,\"ScanTime\":"
	"\"03:00\",\"Images\":[{\"RegistryType\":\"tcr\",\"InstanceId\":\"i\",\"Namespace\":\"n\","
	"\"ImageName\":\"a\",\"ImageTag\":\"v1\",\"ImageDigest\":\"d\"},{\"ImageName\":\"b\","
	"\"ImageRepoAddress\":\"x/b\"}],\"Id\":[1,18446744073709551615],\"Zone\":null,\"Other\":"
	"{\"b\":[],\"a\":1.5}}";

static void test_grown_table(void **state)
{
	static const struct field rows[] = {
		{.name = "Zone", .kind = KIND_TEXT},
		{.name = "Zone", .kind = KIND_BOOL},
		{.name = "Zone", .kind = KIND_INTEGER},
		{.name = "Zone", .kind = KIND_CLOCK},
		{.name = "Zone", .kind = KIND_TEXT_SET},
		{.name = "Zone", .kind = KIND_INTEGER_SET},
		{.name = "Zone",
		 .kind = KIND_ELEMENTS,
		 .members = grown_members,
		 .member_count = 1},
		{.name = "Zone", .kind = KIND_TEXT, .role = ROLE_STATE},
	};
	static const struct member members[] = {
		{.name = "Tier", .kind = KIND_TEXT, .role = MEMBER_CONFIG},
		{.name = "Tier", .kind = KIND_TEXT, .role = MEMBER_STATE},
		{.name = "Tier", .kind = KIND_BOOL, .role = MEMBER_CONFIG},
		{.name = "Tier", .kind = KIND_INTEGER, .role = MEMBER_CONFIG},
		{.name = "Tier", .kind = KIND_CLOCK, .role = MEMBER_CONFIG},
	};
	char *before = digested(RESOURCE, everything), *baseline = written(RESOURCE, everything);

	(void)state;
	assert_true(is_canonical(RESOURCE, baseline));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t k = 0; k < ARRAY_LEN(members); k++) {
			size_t at = i == 0 ? 0 : i == 1 ? RESOURCE->field_count - 1 : 7;
			struct resource r = grown(at, &rows[i], &members[k]);
			char *after = digested(&r, everything), *anew = written(&r, everything);
			char *again = digested(&r, anew), *old = digested(RESOURCE, anew);

			assert_string_equal(before, after);
			assert_string_equal(before, again);
			/* The older program reads what the newer one wrote. */
			assert_string_equal(before, old);
			assert_true(is_canonical(&r, anew));
			free(after);
			free(anew);
			free(again);
			free(old);
		}
	}
	free(before);
	free(baseline);
}

/* A baseline that was written before the table grew. */
static void test_older_baseline(void **state)
{
	static const struct field row = {.name = "Zone", .kind = KIND_TEXT_SET};
	static const struct member member = {
		.name = "Tier", .kind = KIND_TEXT, .role = MEMBER_CONFIG};
	static const char json[] = "{\"Enable\":true,\"ScanType\":[\"CVE\"],\"Images\":[{"
				   "\"ImageName\":\"a\"},{\"ImageName\":\"b\"}]}";
	struct resource r = grown(5, &row, &member);
	char *old = written(RESOURCE, json), *new = written(&r, json);

	(void)state;
	assert_string_not_equal(old, new);
	assert_true(is_canonical(RESOURCE, old));
	assert_true(is_canonical(&r, old));
	assert_true(is_canonical(&r, new));
	free(old);
	free(new);
}

/* --- what counts as canonical -------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *name, *json;
	bool canonical;
} forms[] = {
	{ "one row", "{\n  \"Enable\": true\n}\n", true },
	{ "no row", "{}\n", true },
	{ "an empty row that is named", "{\n  \"Enable\": true,\n  \"Namespace\": []\n}\n", true },
	{ "a null that is named", "{\n  \"Enable\": true,\n  \"ScanScope\": null\n}\n", true },
	{ "a member alone", "{\n  \"Images\": [\n    {\"ImageName\": \"a\"}\n  ]\n}\n", true },
	{ "a member that is named empty", "{\n  \"Images\": [\n    {\"ImageName\": \"a\", \"Force\": \"\"}\n  ]\n}\n", true },
	{ "an unknown field", "{\n  \"Enable\": true,\n  \"New\": {\"a\": 1, \"b\": [1, 2]}\n}\n", true },
	{ "an unknown list", "{\n  \"New\": [\n    1,\n    {\"a\": []}\n  ]\n}\n", true },
	{ "an unknown member", "{\n  \"Images\": [\n    {\"ImageName\": \"a\", \"New\": [1]}\n  ]\n}\n", true },
	{ "an unknown member that is null", "{\n  \"Images\": [\n    {\"ImageName\": \"a\", \"New\": null}\n  ]\n}\n", true },
	{ "no line feed at the end", "{\n  \"Enable\": true\n}", false },
	{ "two of them", "{\n  \"Enable\": true\n}\n\n", false },
	{ "CR LF", "{\r\n  \"Enable\": true\r\n}\r\n", false },
	{ "another order of rows", "{\n  \"ScanScope\": 1,\n  \"Enable\": true\n}\n", false },
	{ "another order in a set", "{\n  \"Id\": [\n    2,\n    1\n  ]\n}\n", false },
	{ "a list on one line", "{\n  \"Id\": [1, 2]\n}\n", false },
	{ "twice in a set", "{\n  \"Id\": [\n    1,\n    1\n  ]\n}\n", false },
	{ "a null list", "{\n  \"Id\": null\n}\n", false },
	{ "a short time", "{\n  \"ScanTime\": \"03:00\"\n}\n", false },
	{ "an escape that need not be", "{\n  \"Namespace\": [\n    \"\\u0061\"\n  ]\n}\n", false },
	{ "lower case", "{\n  \"ScanType\": [\n    \"cve\"\n  ]\n}\n", false },
	{ "state in it", "{\n  \"Enable\": true,\n  \"ScanResult\": \"Success\"\n}\n", false },
	{ "an envelope", "{\"Response\":{\"Enable\":true}}", false },
	{ "another order of members", "{\n  \"Images\": [\n    {\"ImageTag\": \"v\", \"ImageName\": \"a\"}\n  ]\n}\n", false },
	{ "a member that is null", "{\n  \"Images\": [\n    {\"ImageName\": null}\n  ]\n}\n", false },
	{ "another order of unknown keys", "{\n  \"New\": {\"b\": 1, \"a\": 1}\n}\n", false },
	{ "another order of unknown fields", "{\n  \"b\": 1,\n  \"a\": 1\n}\n", false },
	{ "keys before unknown members", "{\n  \"Images\": [\n    {\"ImageName\": \"a\", \"x\": 2},\n    {\"ImageName\": \"b\", \"x\": 1}\n  ]\n}\n", true },
	{ "another order of unknown members", "{\n  \"Images\": [\n    {\"ImageName\": \"a\", \"y\": 1, \"x\": 2}\n  ]\n}\n", false },
	{ "unknown members by name", "{\n  \"Images\": [\n    {\"ImageName\": \"a\", \"x\": 2, \"y\": 1}\n  ]\n}\n", true },
	{ "unknown members by UTF-16", "{\n  \"Images\": [\n    {\"ImageName\": \"a\", \"\U0001f600\": 2, \"\uff5e\": 1}\n  ]\n}\n", true },
	{ "unknown members by code point", "{\n  \"Images\": [\n    {\"ImageName\": \"a\", \"\uff5e\": 1, \"\U0001f600\": 2}\n  ]\n}\n", false },
	{ "unknown fields by UTF-16", "{\n  \"\U0001f600\": 2,\n  \"\uff5e\": 1\n}\n", true },
	{ "unknown fields by code point", "{\n  \"\uff5e\": 1,\n  \"\U0001f600\": 2\n}\n", false },
	{ "unknown keys by UTF-16", "{\n  \"New\": {\"\U0001f600\": 2, \"\uff5e\": 1}\n}\n", true },
	{ "unknown keys by code point", "{\n  \"New\": {\"\uff5e\": 1, \"\U0001f600\": 2}\n}\n", false },
	{ "a number that is written long", "{\n  \"New\": 1.50\n}\n", false },
};
/* clang-format on */

static void test_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		char *text = written(RESOURCE, forms[i].json), *again = written(RESOURCE, text);

		if (is_canonical(RESOURCE, forms[i].json) != forms[i].canonical)
			fail_msg("%s: canonical %d", forms[i].name, !forms[i].canonical);
		if (strcmp(text, again) != 0)
			fail_msg("%s: once\n%stwice\n%s", forms[i].name, text, again);
		assert_true(is_canonical(RESOURCE, text));
		free(text);
		free(again);
	}
}

/* --- values that no table knows ------------------------------------------------------------ */

/* clang-format off */
static const struct {
	const char *json, *disk, *jcs;
} numbers[] = {
	{ "1.0", "1", "1" },
	{ "-0.0", "0", "0" },
	{ "-0", "0", "0" },
	{ "1e2", "100", "100" },
	{ "0.1", "0.1", "0.1" },
	{ "1e-7", "1e-7", "1e-7" },
	{ "1e30", "1e+30", "1e+30" },
	{ "1e20", "1e+20", "100000000000000000000" },
	{ "123456789012345678901.0", "1.2345678901234568e+20", "123456789012345680000" },
	{ "18446744073709551615", "18446744073709551615", "18446744073709551615" },
	{ "-9223372036854775808", "-9223372036854775808", "-9223372036854775808" },
	{ "9223372036854775808.0", "9223372036854776000", "9223372036854776000" },
	{ "-9223372036854775808.0", "-9.223372036854776e+18", "-9223372036854776000" },
	{ "-9223372036854774784.0", "-9223372036854775000", "-9223372036854775000" },
	{ "18446744073709551616.0", "1.8446744073709552e+19", "18446744073709552000" },
	{ "5e-324", "5e-324", "5e-324" },
	{ "1.7976931348623157e308", "1.7976931348623157e+308", "1.7976931348623157e+308" },
};
/* clang-format on */

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		char json[128], disk[128], jcs[128], *once, *twice, *bytes;

		(void)snprintf(json, sizeof(json), "{\"New\":%s}", numbers[i].json);
		(void)snprintf(disk, sizeof(disk), "  \"New\": %s\n}\n", numbers[i].disk);
		(void)snprintf(jcs, sizeof(jcs), "{\"New\":%s}", numbers[i].jcs);
		once = written(RESOURCE, json);
		twice = written(RESOURCE, once);
		bytes = digested(RESOURCE, json);
		if (!strstr(once, disk) || strcmp(once, twice) != 0 || strcmp(bytes, jcs) != 0)
			fail_msg("%s:\n%s%s\n%s", numbers[i].json, once, twice, bytes);
		free(bytes);
		bytes = digested(RESOURCE, once);
		assert_string_equal(bytes, jcs);
		free(once);
		free(twice);
		free(bytes);
	}
}

/* Without null and [] members: at the top, and in elements the empty text of a member too. */
static void test_digest_leaves_out(void **state)
{
	/* clang-format off */
	static const struct {
		const char *json, *jcs;
	} rows[] = {
		{ "{}", "{}" },
		{ "{\"New\":null,\"Newer\":[],\"Enable\":null}", "{}" },
		{ "{\"New\":\"\",\"Newer\":{},\"Newest\":[[]]}", "{\"New\":\"\",\"Newer\":{},\"Newest\":[[]]}" },
		{ "{\"New\":{\"a\":null}}", "{\"New\":{\"a\":null}}" },
		{ "{\"Images\":[{\"ImageName\":\"a\",\"New\":null,\"Newer\":[],\"Newest\":\"\"}]}", "{\"Images\":[{\"ImageName\":\"a\"}]}" },
		{ "{\"Images\":[{\"ImageName\":\"a\",\"New\":0,\"AAA\":[null]}]}", "{\"Images\":[{\"AAA\":[null],\"ImageName\":\"a\",\"New\":0}]}" },
		{ "{\"Images\":[{\"a\":null,\"b\":1,\"c\":[],\"d\":2,\"e\":\"\"}]}", "{\"Images\":[{\"b\":1,\"d\":2}]}" },
		{ "{\"Images\":[{\"ImageName\":\"\\u0061\"}]}", "{\"Images\":[{\"ImageName\":\"a\"}]}" },
		{ "{\"Images\":[{\"ImageName\":\"\\u0061\"},{\"ImageName\":\"\\n\"}]}", "{\"Images\":[{\"ImageName\":\"\\n\"},{\"ImageName\":\"a\"}]}" },
		{ "{\"Images\":[{}]}", "{\"Images\":[{}]}" },
		/* UTF-16 order of keys: U+1F600 before U+FF5E */
		{ "{\"\uff5e\":1,\"\U0001f600\":2,\"z\":3}", "{\"z\":3,\"\U0001f600\":2,\"\uff5e\":1}" },
		{ "{\"New\":\"\\u001b\\\"\\\\\\u2028/\\u007f\"}", "{\"New\":\"\\u001b\\\"\\\\\u2028/\x7f\"}" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *have = digested(RESOURCE, rows[i].json);

		assert_string_equal(have, rows[i].jcs);
		free(have);
	}
}

/* An element that names an empty member which no row knows is the one that does not name it. */
static void test_empty_unknown_members(void **state)
{
	static const char *const same[] = {
		"{\"Images\":[{\"ImageName\":\"a\"},{\"ImageName\":\"b\"}]}",
		"{\"Images\":[{\"ImageName\":\"b\",\"New\":\"\"},{\"ImageName\":\"a\",\"New\":null}]}",
		"{\"Images\":[{\"ImageName\":\"a\",\"New\":[]},{\"ImageName\":\"b\"}]}",
	};
	struct arena *a = arena_new();
	struct reading *first = lib_read(a, RESOURCE, same[0]);

	(void)state;
	for (size_t i = 1; i < ARRAY_LEN(same); i++) {
		struct reading *r = lib_read(a, RESOURCE, same[i]);
		char *text = lib_canonical(&r->config), *bytes = lib_jcs(&r->config);

		assert_string_equal(bytes,
				    "{\"Images\":[{\"ImageName\":\"a\"},{\"ImageName\":\"b\"}]}");
		assert_int_equal(lib_changes(&first->config, &r->config, a), 0);
		assert_true(is_canonical(RESOURCE, text));
		free(text);
		free(bytes);
	}
	arena_free(a);
}

/* Of images that are one, the first by its state is kept, and only then by what says nothing. */
static void test_kept_twin(void **state)
{
	char *text =
		written(RESOURCE, "{\"Images\":[{\"ImageName\":\"a\",\"Force\":\"2\",\"New\":[]},"
				  "{\"ImageName\":\"a\",\"Force\":\"1\",\"New\":null}]}");

	(void)state;
	assert_non_null(strstr(text, "\"Force\": \"1\", \"New\": null}\n  ]"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grown_table),
		cmocka_unit_test(test_older_baseline),
		cmocka_unit_test(test_forms),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_digest_leaves_out),
		cmocka_unit_test(test_empty_unknown_members),
		cmocka_unit_test(test_kept_twin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
