/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every sentence that coverage knows, in the order in which a config makes it say them. Policies
 * assert these words.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "model/coverage.h"
#include "model_lib.h"

#define ON      "\"Enable\":true,"
#define ALL     "\"ScanScope\":0,"
#define CHOSEN  "\"ScanScope\":1,"
#define NO_MORE "\"Latest\":false,\"ContainerRunning\":false,"
#define TYPES   "\"ScanType\":[\"CVE\",\"RISK\",\"VIRUS\"],"
#define WHEN    "\"ScanPeriod\":1,\"ScanTime\":\"02:00\",\"ScanEndTime\":\"05:00\""
#define REST    NO_MORE TYPES WHEN

#define IS_ALL     "All authorized images are scanned.\n"
#define IS_LIMITED "Authorized images are scanned, unless another sentence leaves them out.\n"
#define IS_TYPES   "Looked for: \"CVE\", \"RISK\", \"VIRUS\".\n"
#define IS_WHEN    "Every day, from 02:00:00 to 05:00:00.\n"
#define IS_REST    IS_TYPES IS_WHEN

#define TEN(s)     s s s s s s s s s s
#define HUNDRED(s) TEN(TEN(s))

/* clang-format off */
static const struct {
	const char *name, *config, *want; /* each sentence with its newline */
} rows[] = {
	/* The switch. */
	{ "off", "{\"Enable\":false," ALL REST "}", "Nothing is scanned: the schedule is off.\n" },
	{ "off, an unknown field", "{\"Enable\":false,\"New\":1," ALL REST "}", "Nothing is scanned: the schedule is off.\n" },
	{ "not said whether on", "{\"Enable\":null," ALL REST "}", "Whether the schedule is on is not said.\n" IS_LIMITED IS_REST },

	/* The reach. */
	{ "all", "{" ON ALL REST "}", IS_ALL IS_REST },
	{ "all, by the old field", "{" ON "\"All\":true," REST "}", IS_ALL IS_REST },
	{ "chosen", "{" ON CHOSEN "\"Id\":[1,2]," REST "}", "Only chosen images are scanned: 2 by id.\n" IS_REST },
	{ "chosen by both", "{" ON CHOSEN "\"Id\":[1],\"Images\":[{\"ImageName\":\"a\"},{\"ImageName\":\"b\"}]," REST "}", "Only chosen images are scanned: 2 by name, 1 by id.\n" IS_REST },
	{ "chosen, by the old field", "{" ON "\"All\":false,\"Id\":[1]," REST "}", "Only chosen images are scanned: 1 by id.\n" IS_REST },
	{ "nothing chosen", "{" ON CHOSEN REST "}", "Nothing is scanned: images are to be chosen, and none is.\n" },
	{ "nothing chosen, an unknown field", "{" ON CHOSEN "\"New\":1," REST "}", "Nothing is scanned: images are to be chosen, and none is.\nNot known to this version, and what they do: \"New\".\n" },
	{ "not said whether on, nothing chosen", "{" CHOSEN REST "}", "Whether the schedule is on is not said.\nNothing is scanned: images are to be chosen, and none is.\n" },
	{ "recommended", "{" ON "\"ScanScope\":2," REST "}", "Images that the vendor recommends are scanned, or all that the filters let through; which of the two is not documented.\n" IS_REST },
	{ "chosen clusters", "{" ON "\"ScanScope\":3," REST "}", "Images of chosen clusters are scanned; which ones is not in the reply.\n" IS_REST },
	{ "an unknown scope", "{" ON "\"ScanScope\":4," REST "}", "What is scanned is not known: scope 4 is not documented.\n" IS_REST },
	{ "a scope below 0", "{" ON "\"ScanScope\":-1," REST "}", "What is scanned is not known: scope -1 is not documented.\n" IS_REST },
	{ "the largest scope", "{" ON "\"ScanScope\":18446744073709551615," REST "}", "What is scanned is not known: scope 18446744073709551615 is not documented.\n" IS_REST },
	{ "no scope", "{" ON REST "}", "Which images are scanned is not known: no scope is set.\n" IS_REST },
	{ "no scope, chosen", "{" ON "\"Id\":[1,2,3]," REST "}", "Which images are scanned is not known: no scope is set.\nChosen, should that count: 3 by id.\n" IS_REST },

	/* Filters and exclusions, of everything. */
	{ "a registry type", "{" ON ALL "\"RegistryType\":[\"tcr\"]," REST "}", IS_LIMITED "Of these, only registry types \"tcr\".\n" IS_REST },
	{ "namespaces", "{" ON ALL "\"Namespace\":[\"b\",\"a\"]," REST "}", IS_LIMITED "Of these, only namespaces \"a\", \"b\".\n" IS_REST },
	{ "newest", "{" ON ALL "\"Latest\":true,\"ContainerRunning\":false," TYPES WHEN "}", IS_LIMITED "Of these, only the newest version of an image.\n" IS_REST },
	{ "running", "{" ON ALL "\"Latest\":false,\"ContainerRunning\":true," TYPES WHEN "}", IS_LIMITED "Of these, only images with a running container.\n" IS_REST },
	{ "not said whether newest", "{" ON ALL "\"ContainerRunning\":false," TYPES WHEN "}", IS_LIMITED "Whether that is limited to the newest version of an image is not said.\n" IS_REST },
	{ "exclusions", "{" ON ALL "\"ExcludeImageAssetIds\":[888,9]," REST "}", IS_LIMITED "Left out: image assets 9, 888.\n" IS_REST },
	{ "filters before exclusions", "{" ON ALL "\"ExcludeImageAssetIds\":[888],\"RegistryType\":[\"tcr\"],\"Namespace\":[\"a\"],\"Latest\":true,\"ContainerRunning\":true," TYPES WHEN "}", IS_LIMITED "Of these, only registry types \"tcr\".\nOf these, only namespaces \"a\".\nOf these, only the newest version of an image.\nOf these, only images with a running container.\nLeft out: image assets 888.\n" IS_REST },
	{ "an unknown field may leave out", "{" ON ALL "\"New\":1," REST "}", IS_LIMITED IS_REST "Not known to this version, and what they do: \"New\".\n" },

	/* The same, of what was chosen, picked, or is open. */
	{ "chosen, filters", "{" ON CHOSEN "\"Id\":[1],\"RegistryType\":[\"tcr\"],\"Namespace\":[\"a\"],\"Latest\":true,\"ContainerRunning\":true," TYPES WHEN "}", "Only chosen images are scanned: 1 by id.\nWhether that is limited to registry types \"tcr\" is not documented.\nWhether that is limited to namespaces \"a\" is not documented.\nWhether that is limited to the newest version of an image is not documented.\nWhether that is limited to images with a running container is not documented.\n" IS_REST },
	{ "chosen, not said whether running", "{" ON CHOSEN "\"Id\":[1],\"Latest\":false," TYPES WHEN "}", "Only chosen images are scanned: 1 by id.\nWhether that is limited to images with a running container is not said.\n" IS_REST },
	{ "chosen, exclusions", "{" ON CHOSEN "\"Id\":[1],\"ExcludeImageAssetIds\":[888]," REST "}", "Only chosen images are scanned: 1 by id.\nWhether that leaves out image assets 888 is not documented.\n" IS_REST },
	{ "recommended, a filter and exclusions", "{" ON "\"ScanScope\":2,\"Namespace\":[\"a\"],\"ExcludeImageAssetIds\":[888]," REST "}", "Images that the vendor recommends are scanned, or all that the filters let through; which of the two is not documented.\nOf these, only namespaces \"a\".\nWhether that leaves out image assets 888 is not documented.\n" IS_REST },
	{ "no scope, a filter", "{" ON "\"Namespace\":[\"a\"]," REST "}", "Which images are scanned is not known: no scope is set.\nWhether that is limited to namespaces \"a\" is not documented.\n" IS_REST },

	/* Names from outside, and how many of them. */
	{ "five", "{" ON ALL "\"ExcludeImageAssetIds\":[1,2,3,4,5]," REST "}", IS_LIMITED "Left out: image assets 1, 2, 3, 4, 5.\n" IS_REST },
	{ "six", "{" ON ALL "\"ExcludeImageAssetIds\":[1,2,3,4,5,6]," REST "}", IS_LIMITED "Left out: image assets 1, 2, 3, 4, 5 and 1 more.\n" IS_REST },
	{ "a hostile name", "{" ON ALL "\"Namespace\":[\"a\\\"\\n\\u001b[31m\"]," REST "}", IS_LIMITED "Of these, only namespaces \"a\\\"\\n\\u001b[31m\".\n" IS_REST },
	{ "a long name", "{" ON ALL "\"Namespace\":[\"" HUNDRED("x") "\"]," REST "}", IS_LIMITED "Of these, only namespaces \"" TEN("xxxxxxxxx") "xxxxxxxxx...\".\n" IS_REST },

	/* Types. */
	{ "one type", "{" ON ALL NO_MORE "\"ScanType\":[\"RISK\"]," WHEN "}", IS_ALL "Looked for: \"RISK\".\nNot looked for: \"CVE\", \"VIRUS\".\n" IS_WHEN },
	{ "a type that is not known", "{" ON ALL NO_MORE "\"ScanType\":[\"VUL\",\"RISK\"]," WHEN "}", IS_ALL "Looked for: \"RISK\", \"VUL\".\nWhether that includes \"CVE\", \"VIRUS\" is not known.\n" IS_WHEN },
	{ "all types and one more", "{" ON ALL NO_MORE "\"ScanType\":[\"VUL\",\"RISK\",\"CVE\",\"VIRUS\"]," WHEN "}", IS_ALL "Looked for: \"CVE\", \"RISK\", \"VIRUS\", \"VUL\".\n" IS_WHEN },
	{ "no type", "{" ON ALL NO_MORE WHEN "}", IS_ALL "Whether everything or nothing is looked for is not known: no scan type is set.\n" IS_WHEN },

	/* Period and window. */
	{ "a week", "{" ON ALL NO_MORE TYPES "\"ScanPeriod\":7,\"ScanTime\":\"02:00\",\"ScanEndTime\":\"05:00\"}", IS_ALL IS_TYPES "Every 7 days, from 02:00:00 to 05:00:00.\n" },
	{ "a period of a year", "{" ON ALL NO_MORE TYPES "\"ScanPeriod\":366,\"ScanTime\":\"02:00\",\"ScanEndTime\":\"05:00\"}", IS_ALL IS_TYPES "Every 366 days, from 02:00:00 to 05:00:00.\n" },
	{ "a period that may not be in days", "{" ON ALL NO_MORE TYPES "\"ScanPeriod\":3600,\"ScanTime\":\"02:00\",\"ScanEndTime\":\"05:00\"}", IS_ALL IS_TYPES "How often is not known, since a period of 3600 may not be in days, from 02:00:00 to 05:00:00.\n" },
	{ "no period", "{" ON ALL NO_MORE TYPES "\"ScanTime\":\"02:00\",\"ScanEndTime\":\"05:00\"}", IS_ALL IS_TYPES "How often is not said, from 02:00:00 to 05:00:00.\n" },
	{ "no start", "{" ON ALL NO_MORE TYPES "\"ScanPeriod\":1,\"ScanEndTime\":\"05:00\"}", IS_ALL IS_TYPES "Every day, at a time that is not said.\n" },
	{ "nothing of when", "{" ON ALL NO_MORE "\"ScanType\":[\"CVE\",\"RISK\",\"VIRUS\"]}", IS_ALL IS_TYPES "How often is not said, at a time that is not said.\n" },
	{ "no end", "{" ON ALL NO_MORE TYPES "\"ScanPeriod\":1,\"ScanTime\":\"02:00\"}", IS_ALL IS_TYPES "Every day, from 02:00:00, without an end; whether that leaves time to scan is not documented.\n" },
	{ "over midnight", "{" ON ALL NO_MORE TYPES "\"ScanPeriod\":1,\"ScanTime\":\"23:00\",\"ScanEndTime\":\"02:00\"}", IS_ALL IS_TYPES "Every day, from 23:00:00 to 02:00:00; whether that runs into the next day is not documented.\n" },
	{ "an end at the start", "{" ON ALL NO_MORE TYPES "\"ScanPeriod\":1,\"ScanTime\":\"02:00\",\"ScanEndTime\":\"02:00\"}", IS_ALL IS_TYPES "Every day, from 02:00:00 to 02:00:00; whether that runs into the next day is not documented.\n" },

	/* Fields without a row. */
	{ "unknown fields", "{" ON CHOSEN "\"Id\":[1],\"b\":1,\"a\\n\":null," REST "}", "Only chosen images are scanned: 1 by id.\n" IS_REST "Not known to this version, and what they do: \"a\\n\", \"b\".\n" },
	{ "many unknown fields", "{" ON CHOSEN "\"Id\":[1],\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1," REST "}", "Only chosen images are scanned: 1 by id.\n" IS_REST "Not known to this version, and what they do: \"a\", \"b\", \"c\", \"d\", \"e\" and 2 more.\n" },
	{ "an unknown member", "{" ON ALL "\"Images\":[{\"ImageName\":\"a\",\"X\":false},{\"ImageName\":\"b\"}]," REST "}", IS_LIMITED IS_REST "Not known to this version, and what they do: members of \"Images\".\n" },
	{ "an unknown member that says nothing", "{" ON ALL "\"Images\":[{\"ImageName\":\"a\",\"X\":null,\"Y\":\"\",\"Z\":[]}]," REST "}", IS_ALL IS_REST },
	{ "an unknown member and an unknown field", "{" ON CHOSEN "\"Images\":[{\"ImageName\":\"a\",\"X\":1}],\"b\":1," REST "}", "Only chosen images are scanned: 1 by name.\n" IS_REST "Not known to this version, and what they do: \"b\", members of \"Images\".\n" },
	{ "off, an unknown member", "{\"Enable\":false,\"Images\":[{\"X\":1}]," REST "}", "Nothing is scanned: the schedule is off.\n" },
};
/* clang-format on */

static void expect(const char *name, const struct resource *resource, const char *config,
		   const char *want)
{
	struct arena *a = arena_new();
	struct coverage c;
	struct buf said = BUF_INIT(1 << 16);

	assert_null(coverage_describe(&lib_read(a, resource, config)->config, a, &c));
	for (size_t i = 0; i < c.count; i++) {
		buf_str(&said, c.lines[i]);
		buf_char(&said, '\n');
	}
	if (!str_is(buf_view(&said), want))
		fail_msg("%s: want\n%shave\n%.*s", name, want, STR_ARG(buf_view(&said)));
	buf_free(&said);
	arena_free(a);
}

static void test_sentences(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		expect(rows[i].name, &schema_registry_scan, rows[i].config, rows[i].want);
}

/* Types are not of every resource, and what is left out may be a list of objects. */
static void test_another_resource(void **state)
{
	static const struct member members[] = {
		{.name = "Path", .kind = KIND_TEXT, .role = MEMBER_KEY},
	};
	static const struct field fields[] = {
		{.name = "On", .kind = KIND_BOOL, .dimension = DIM_SWITCH},
		{.name = "Scope", .kind = KIND_INTEGER, .dimension = DIM_SCOPE},
		{.name = "Skip",
		 .kind = KIND_ELEMENTS,
		 .dimension = DIM_EXCLUDED,
		 .words = "paths",
		 .members = members,
		 .member_count = ARRAY_LEN(members)},
	};
	static const struct resource other = {.fields = fields, .field_count = ARRAY_LEN(fields)};

	(void)state;
	expect("another", &other, "{\"On\":true,\"Scope\":0,\"Skip\":[{\"Path\":\"/a\"}]}",
	       IS_LIMITED "Left out: paths {\"Path\": \"/a\"}.\n"
			  "How often is not said, at a time that is not said.\n");
	expect("another, long", &other,
	       "{\"On\":true,\"Scope\":0,\"Skip\":[{\"Path\":\"" HUNDRED("y") "\"}]}",
	       IS_LIMITED "Left out: paths {\"Path\": \"" TEN(
		       "yyyyyyyyy") "....\n"
				    "How often is not said, at a time that is not said.\n");
}

/* As many sentences as there are fields: none is left out. */
static void test_many_fields(void **state)
{
	enum { FILTERS = 40 };
	static struct field fields[FILTERS + 1] = {
		{.name = "On", .kind = KIND_BOOL, .dimension = DIM_SWITCH}};
	static char names[FILTERS][8];
	const struct resource other = {.fields = fields, .field_count = ARRAY_LEN(fields)};
	struct buf config = BUF_INIT(1 << 16), want = BUF_INIT(1 << 16);

	(void)state;
	buf_puts(&config, "{\"On\":true");
	buf_puts(&want, "Which images are scanned is not known: no scope is set.\n");
	for (unsigned i = 0; i < FILTERS; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "F%u", i);
		fields[i + 1] = (struct field){.name = names[i],
					       .kind = KIND_TEXT_SET,
					       .dimension = DIM_FILTER,
					       .words = names[i]};
		buf_printf(&config, ",\"%s\":[\"a\"]", names[i]);
		buf_printf(&want, "Whether that is limited to %s \"a\" is not documented.\n",
			   names[i]);
	}
	buf_char(&config, '}');
	buf_puts(&want, "How often is not said, at a time that is not said.\n");
	expect("many fields", &other, config.p, want.p);
	buf_free(&config);
	buf_free(&want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_another_resource),
		cmocka_unit_test(test_many_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
