/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another resource is rows and nothing else: one that only the tests know passes through normalize,
 * digest, diff and direction.
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

#define REPLY(fields) "{\"Response\":{" fields ",\"TotalCount\":2,\"RequestId\":\"x\"}}"

static const char reply[] = REPLY(
	"\"IsEnabled\":1,\"Monitor\":\"ON\",\"BeginAt\":\"01:00\",\"EndAt\":\"2024-10-29 "
	"05:30:00\",\"Cycle\":7,\"Timeout\":5,\"Title\":\"weekly\",\"Paths\":[\"/b\",\"/a\"],"
	"\"HostIds\":[10,9],\"UpdatedAt\":\"2024-10-29 17:10:00\",\"Rules\":["
	"{\"Type\":\"virus\",\"IsEnabled\":0,\"Switch\":\"OFF\",\"Days\":30,\"BeginTime\":"
	"\"08:00\",\"FullTime\":\"2021-01-01 09:00:01\",\"Hits\":4,\"LastHit\":\"yesterday\"},"
	"{\"Type\":\"CVE\",\"IsEnabled\":1,\"Switch\":\"ON\"}]");
static const char baseline[] =
	"{\n"
	"  \"IsEnabled\": true,\n"
	"  \"Monitor\": true,\n"
	"  \"BeginAt\": \"01:00:00\",\n"
	"  \"EndAt\": \"05:30:00\",\n"
	"  \"Cycle\": 7,\n"
	"  \"Timeout\": 5,\n"
	"  \"Title\": \"weekly\",\n"
	"  \"Paths\": [\n"
	"    \"/a\",\n"
	"    \"/b\"\n"
	"  ],\n"
	"  \"HostIds\": [\n"
	"    9,\n"
	"    10\n"
	"  ],\n"
	"  \"Rules\": [\n"
	"    {\"Type\": \"CVE\", \"Rank\": null, \"IsEnabled\": true, \"Switch\": true, \"Days\": "
	"null, \"BeginTime\": null, \"FullTime\": null, \"Hits\": null, \"LastHit\": \"\"},\n"
	"    {\"Type\": \"VIRUS\", \"Rank\": null, \"IsEnabled\": false, \"Switch\": false, "
	"\"Days\": 30, \"BeginTime\": \"08:00:00\", \"FullTime\": \"09:00:01\", \"Hits\": 4, "
	"\"LastHit\": \"yesterday\"}\n"
	"  ]\n"
	"}\n";
static const char digested[] =
	"{\"BeginAt\":\"01:00:00\",\"Cycle\":7,\"EndAt\":\"05:30:00\",\"HostIds\":[9,10],"
	"\"IsEnabled\":true,\"Monitor\":true,\"Paths\":[\"/a\",\"/b\"],\"Rules\":[{\"IsEnabled\":"
	"true,\"Switch\":true,\"Type\":\"CVE\"},{\"BeginTime\":\"08:00:00\",\"Days\":30,"
	"\"FullTime\":\"09:00:01\",\"IsEnabled\":false,\"Switch\":false,\"Type\":\"VIRUS\"}],"
	"\"Timeout\":5,\"Title\":\"weekly\"}";

static void test_normalize(void **state)
{
	struct arena *a = arena_new();
	struct reading *r = lib_read(a, &lib_resource, reply);
	struct reading *again = lib_read(a, &lib_resource, baseline);
	char *text = lib_canonical(&r->config), *twice = lib_canonical(&again->config);
	char *bytes = lib_jcs(&r->config);
	bool canonical = false;

	(void)state;
	assert_true(reading_is_whole(r));
	assert_true(reading_is_whole(again));
	assert_int_equal(r->note_count, 0);
	assert_string_equal(text, baseline);
	assert_string_equal(twice, baseline);
	assert_string_equal(bytes, digested);
	assert_null(canonical_check(&again->config, again->source, &canonical));
	assert_true(canonical);
	assert_int_equal(lib_changes(&r->config, &again->config, a), 0);
	free(text);
	free(twice);
	free(bytes);
	arena_free(a);
}

/* clang-format off */
static const struct {
	const char *name, *json;
	enum note_kind kind;
	const char *path;
} notes[] = {
	{ "2 is no bool", REPLY("\"IsEnabled\":2"), NOTE_BAD_VALUE, "/IsEnabled" },
	{ "a bool as text", REPLY("\"IsEnabled\":\"1\""), NOTE_TYPE_CHANGED, "/IsEnabled" },
	{ "on is not ON", REPLY("\"Monitor\":\"on\""), NOTE_BAD_VALUE, "/Monitor" },
	{ "ON as 1", REPLY("\"Monitor\":1"), NOTE_TYPE_CHANGED, "/Monitor" },
	{ "a date where a time stands alone", REPLY("\"BeginAt\":\"2024-10-29 17:10:00\""), NOTE_BAD_VALUE, "/BeginAt" },
	{ "a date without a time", REPLY("\"EndAt\":\"2024-10-29\""), NOTE_BAD_VALUE, "/EndAt" },
	{ "a day that is none", REPLY("\"EndAt\":\"2024-02-30 01:00:00\""), NOTE_BAD_VALUE, "/EndAt" },
	{ "a member's 2", REPLY("\"Rules\":[{\"IsEnabled\":2}]"), NOTE_BAD_VALUE, "/Rules/0/IsEnabled" },
	{ "a member's Off", REPLY("\"Rules\":[{},{\"Switch\":\"Off\"}]"), NOTE_BAD_VALUE, "/Rules/1/Switch" },
	{ "a member's date", REPLY("\"Rules\":[{\"BeginTime\":\"2024-10-29 17:10:00\"}]"), NOTE_BAD_VALUE, "/Rules/0/BeginTime" },
	{ "a member's fraction", REPLY("\"Rules\":[{\"Days\":1.5}]"), NOTE_BAD_VALUE, "/Rules/0/Days" },
	{ "a member's type", REPLY("\"Rules\":[{\"Days\":\"30\"}]"), NOTE_TYPE_CHANGED, "/Rules/0/Days" },
};

/* One edit of the reply, the changes that it makes, and what is said of the first. */
static const struct {
	const char *name, *from, *to;
	size_t changes, removed, added, altered;
	enum direction direction;
} edits[] = {
	{ "nothing", "\"Timeout\":5", "\"Timeout\":5", 0, 0, 0, 0, DIR_INERT },
	{ "another form of a bool", "\"IsEnabled\":1,\"Monitor\"", "\"IsEnabled\":true,\"Monitor\"", 0, 0, 0, 0, DIR_INERT },
	{ "another day, the same time", "2024-10-29 05:30:00", "2025-01-31 05:30:00", 0, 0, 0, 0, DIR_INERT },
	{ "the time alone", "2024-10-29 05:30:00", "05:30", 0, 0, 0, 0, DIR_INERT },
	{ "a counter in an element", "\"Hits\":4", "\"Hits\":5", 0, 0, 0, 0, DIR_INERT },
	{ "a state field", "\"UpdatedAt\":\"2024", "\"UpdatedAt\":\"2025", 0, 0, 0, 0, DIR_INERT },
	{ "switched off", "\"IsEnabled\":1,\"Monitor\"", "\"IsEnabled\":0,\"Monitor\"", 1, 0, 0, 0, DIR_WEAKENED },
	{ "longer between scans", "\"Cycle\":7", "\"Cycle\":30", 1, 0, 0, 0, DIR_WEAKENED },
	{ "shorter between scans", "\"Cycle\":7", "\"Cycle\":1", 1, 0, 0, 0, DIR_STRENGTHENED },
	{ "narrowed no more", "\"Monitor\":\"ON\"", "\"Monitor\":\"OFF\"", 1, 0, 0, 0, DIR_STRENGTHENED },
	{ "a longer window", "2024-10-29 05:30:00", "2024-10-29 06:30:00", 1, 0, 0, 0, DIR_STRENGTHENED },
	{ "outside the model", "\"Timeout\":5", "\"Timeout\":6", 1, 0, 0, 0, DIR_UNKNOWN },
	{ "config in an element", "\"IsEnabled\":0,\"Switch\":\"OFF\"", "\"IsEnabled\":1,\"Switch\":\"OFF\"", 1, 0, 0, 1, DIR_UNKNOWN },
	{ "another text of a bool", "\"Switch\":\"OFF\"", "\"Switch\":\"ON\"", 1, 0, 0, 1, DIR_UNKNOWN },
	{ "a time in an element", "2021-01-01 09:00:01", "2021-01-01 09:00:02", 1, 0, 0, 1, DIR_UNKNOWN },
	{ "a number in an element", "\"Days\":30", "\"Days\":31", 1, 0, 0, 1, DIR_UNKNOWN },
	{ "an element's key", "\"Type\":\"virus\"", "\"Type\":\"risk\"", 1, 1, 1, 0, DIR_UNKNOWN },
	{ "a key's case", "\"Type\":\"virus\"", "\"Type\":\"ViRuS\"", 0, 0, 0, 0, DIR_INERT },
	{ "a rank where there is a key", "\"Type\":\"CVE\"", "\"Type\":\"CVE\",\"Rank\":7", 0, 0, 0, 0, DIR_INERT },
	{ "a set", "[10,9]", "[10,11]", 1, 1, 1, 0, DIR_UNKNOWN },
};
/* clang-format on */

static void test_notes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		struct arena *a = arena_new();
		struct reading *r = lib_read(a, &lib_resource, notes[i].json);

		if (reading_is_whole(r) || r->note_count != 1 ||
		    !str_is(lib_note_path(r, notes[i].kind), notes[i].path))
			fail_msg("%s: whole %d, %zu notes", notes[i].name, reading_is_whole(r),
				 r->note_count);
		arena_free(a);
	}
}

/* The reply with one text in place of another. */
static void edit(char *out, size_t size, const char *from, const char *to)
{
	const char *at = strstr(reply, from);

	assert_non_null(at);
	assert_null(strstr(at + 1, from));
	(void)snprintf(out, size, "%.*s%s%s", (int)(at - reply), reply, to, at + strlen(from));
}

static void test_diff(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
		struct arena *a = arena_new();
		struct reading *before = lib_read(a, &lib_resource, reply), *after;
		char text[2 * sizeof(reply)], *x, *y;
		struct diff d;

		edit(text, sizeof(text), edits[i].from, edits[i].to);
		after = lib_read(a, &lib_resource, text);
		assert_null(diff_configs(&before->config, &after->config, a, &d));
		x = lib_jcs(&before->config);
		y = lib_jcs(&after->config);
		if (d.change_count != edits[i].changes || (strcmp(x, y) == 0) != !edits[i].changes)
			fail_msg("%s: %zu changes, the digest %s", edits[i].name, d.change_count,
				 strcmp(x, y) == 0 ? "stays" : "differs");
		if (d.change_count && (d.changes[0].removed_count != edits[i].removed ||
				       d.changes[0].added_count != edits[i].added ||
				       d.changes[0].altered_count != edits[i].altered))
			fail_msg("%s: -%zu +%zu ~%zu", edits[i].name, d.changes[0].removed_count,
				 d.changes[0].added_count, d.changes[0].altered_count);
		if (d.change_count && d.changes[0].direction != edits[i].direction)
			fail_msg("%s: %s", edits[i].name, direction_name(d.changes[0].direction));
		free(x);
		free(y);
		arena_free(a);
	}
}

/* Where a key is empty, the rank tells elements apart; it is a number and so may not be text. */
static void test_keys_with_gaps(void **state)
{
	struct arena *a = arena_new();
	struct reading *r =
		lib_read(a, &lib_resource,
			 "{\"Rules\":[{\"Rank\":2},{\"Rank\":1,\"Type\":null},{\"Rank\":"
			 "2,\"Type\":\"\"},{\"Type\":\"a\",\"Rank\":1},{\"Type\":\"A\","
			 "\"Rank\":2}]}");
	char *bytes = lib_jcs(&r->config);

	(void)state;
	assert_string_equal(bytes, "{\"Rules\":[{\"Rank\":1},{\"Rank\":2},{\"Type\":\"A\"}]}");
	free(bytes);
	arena_free(a);
}

/* Elements of one key: their config tells them apart, their state does not, in any order. */
static void test_config_before_state(void **state)
{
	static const char *const orders[] = {
		"{\"Rules\":[{\"Type\":\"a\",\"Days\":1,\"Hits\":1},{\"Type\":\"a\",\"Days\":2,\"Hits\":2},"
		"{\"Type\":\"a\",\"Days\":1,\"Hits\":3}]}",
		"{\"Rules\":[{\"Type\":\"a\",\"Days\":1,\"Hits\":3},{\"Type\":\"a\",\"Days\":1,\"Hits\":1},"
		"{\"Type\":\"a\",\"Days\":2,\"Hits\":2}]}",
		"{\"Rules\":[{\"Type\":\"a\",\"Days\":2,\"Hits\":2},{\"Type\":\"a\",\"Days\":1,\"Hits\":3},"
		"{\"Type\":\"a\",\"Days\":1,\"Hits\":1}]}",
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(orders); i++) {
		struct reading *r = lib_read(a, &lib_resource, orders[i]);
		char *bytes = lib_jcs(&r->config), *text = lib_value(r, "Rules");

		assert_string_equal(bytes, "{\"Rules\":[{\"Days\":1,\"Type\":\"A\"},{\"Days\":2,"
					   "\"Type\":\"A\"}]}");
		assert_non_null(strstr(text, "\"Hits\": 1,"));
		assert_null(strstr(text, "\"Hits\": 3,"));
		free(bytes);
		free(text);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalize),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_diff),
		cmocka_unit_test(test_keys_with_gaps),
		cmocka_unit_test(test_config_before_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
