/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a reply means: the vendor's shapes, its many ways to say one thing, and what it says that
 * cannot be understood. One row a reply; that the same holds for all is law_normalize.c's to show.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "model_lib.h"

#define RESOURCE (&schema_registry_scan)

/* What every reply must have, so that a row shows one thing alone. */
#define WHOLE                                                                                  \
	"\"Enable\":true,\"ScanTime\":\"03:00:00\",\"ScanPeriod\":1,\"RequestId\":\"11111111-" \
	"2222-3333-4444-555555555555\""
/* An image that lacks no key member. */
#define WHOLE_IMAGE                                                                              \
	"\"RegistryType\":\"tcr\",\"InstanceId\":\"i\",\"Namespace\":\"n\",\"ImageName\":\"a\"," \
	"\"ImageTag\":\"v1\""
#define REPLY(fields) "{\"Response\":{" WHOLE fields "}}"

static struct err *read_reply(struct arena *a, const char *json, const struct alias *aliases,
			      size_t n, struct reading **out)
{
	const struct normalize_options opt = {.form = READ_REPLY,
					      .limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_REPLY},
					      .aliases = aliases,
					      .alias_count = n};

	return normalize_read(RESOURCE, str_from(json), &opt, a, out);
}

static struct reading *must_read(struct arena *a, const char *json)
{
	struct reading *r = NULL;
	struct err *e = read_reply(a, json, NULL, 0, &r);

	if (e)
		fail_msg("%s", e->msg);
	return r;
}

static void expect_text(const char *name, const char *have, const char *want)
{
	if (strcmp(have, want) != 0)
		fail_msg("%s:\nhave %s\nwant %s", name, have, want);
}

/* --- the shapes of the vendor's replies ---------------------------------------------------- */

#define SHAPE_A                                                                                    \
	"\"Enable\":true,\"ScanTime\":\"17:10\",\"ScanPeriod\":1,\"ScanType\":[\"CVE\",\"VIRUS\"," \
	"\"RISK\"],\"All\":false,\"Images\":[],\"Id\":[128]"
#define SHAPE_B                                                                            \
	SHAPE_A ",\"Latest\":true,\"ScanEndTime\":\"20:00\",\"RegistryType\":[\"azure\"]," \
		"\"ContainerRunning\":false,\"ScanScope\":2,\"Namespace\":[\"tcr-test\"]"
#define STATE   ",\"LastScanTime\":\"2024-10-29 17:10:00\",\"ScanResult\":\"InsufficientLicense\""
#define SHAPE_C SHAPE_B ",\"ExcludeImageAssetIds\":[888]" STATE
#define ID      ",\"RequestId\":\"f60f0ef9-a105-4535-8dfd-42ad8b3a9c73\""

/* clang-format off */
static const struct {
	const char *name, *json, *jcs, *last;
} shapes[] = {
	{ "A, 7 fields", "{\"Response\":{" SHAPE_A ID "}}",
	  "{\"All\":false,\"Enable\":true,\"Id\":[128],\"ScanPeriod\":1,\"ScanTime\":\"17:10:00\",\"ScanType\":[\"CVE\",\"RISK\",\"VIRUS\"]}", "" },
	{ "the sample, A and Latest", "{\"Response\":{" SHAPE_A ",\"Latest\":true" ID "}}",
	  "{\"All\":false,\"Enable\":true,\"Id\":[128],\"Latest\":true,\"ScanPeriod\":1,\"ScanTime\":\"17:10:00\",\"ScanType\":[\"CVE\",\"RISK\",\"VIRUS\"]}", "" },
	{ "B, 13 fields", "{\"Response\":{" SHAPE_B ID "}}",
	  "{\"All\":false,\"ContainerRunning\":false,\"Enable\":true,\"Id\":[128],\"Latest\":true,\"Namespace\":[\"tcr-test\"],\"RegistryType\":[\"azure\"],\"ScanEndTime\":\"20:00:00\",\"ScanPeriod\":1,\"ScanScope\":2,\"ScanTime\":\"17:10:00\",\"ScanType\":[\"CVE\",\"RISK\",\"VIRUS\"]}", "" },
	{ "C, 16 fields", "{\"Response\":{" SHAPE_C ID "}}",
	  "{\"All\":false,\"ContainerRunning\":false,\"Enable\":true,\"ExcludeImageAssetIds\":[888],\"Id\":[128],\"Latest\":true,\"Namespace\":[\"tcr-test\"],\"RegistryType\":[\"azure\"],\"ScanEndTime\":\"20:00:00\",\"ScanPeriod\":1,\"ScanScope\":2,\"ScanTime\":\"17:10:00\",\"ScanType\":[\"CVE\",\"RISK\",\"VIRUS\"]}",
	  "2024-10-29 17:10:00" },
	{ "page, C without All",
	  "{\"Response\":{\"Enable\":true,\"ScanTime\":\"17:10\",\"ScanPeriod\":1,\"ScanType\":[\"CVE\"],\"Images\":null,\"Id\":null,\"Latest\":null,\"ScanEndTime\":null,\"RegistryType\":[],\"ContainerRunning\":false,\"ScanScope\":0,\"Namespace\":[],\"ExcludeImageAssetIds\":null" STATE ID "}}",
	  "{\"ContainerRunning\":false,\"Enable\":true,\"ScanPeriod\":1,\"ScanScope\":0,\"ScanTime\":\"17:10:00\",\"ScanType\":[\"CVE\"]}",
	  "2024-10-29 17:10:00" },
	{ "switched off, nothing else set", "{\"Response\":{\"Enable\":false" ID "}}", "{\"Enable\":false}", "" },
};
/* clang-format on */

static void test_shapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
		struct arena *a = arena_new();
		struct reading *r = must_read(a, shapes[i].json);
		char *jcs = lib_jcs(&r->config);

		expect_text(shapes[i].name, jcs, shapes[i].jcs);
		if (!str_is(reading_text(r, "LastScanTime"), shapes[i].last) ||
		    !str_is(reading_text(r, "RequestId"), "f60f0ef9-a105-4535-8dfd-42ad8b3a9c73"))
			fail_msg("%s: state and RequestId", shapes[i].name);
		if (!reading_is_whole(r) || r->note_count)
			fail_msg("%s: whole, and without a note", shapes[i].name);
		free(jcs);
		arena_free(a);
	}
}

/* The reply on the vendor's page, and the baseline that it gives. */
static const char sample[] =
	"{\"Response\": {\"RequestId\": \"f60f0ef9-a105-4535-8dfd-42ad8b3a9c73\", \"ScanTime\": "
	"\"03:00:00\", \"ScanPeriod\": 1, \"ScanType\": [\"risk\", \"virus\"], \"All\": false, "
	"\"Images\": [{\"ImageDigest\": "
	"\"sha256:1319b1eaa0b7bcebae63af321fa67559b9517e8494060403d083bb3508fe52c8\", "
	"\"RegistryType\": \"ccr\", \"ImageRepoAddress\": "
	"\"ccr.ccs.tencentyun.com/yunding/luping:v1\", \"InstanceId\": \"ins-apqv42***\", "
	"\"InstanceName\": \"InstanceName\", \"Namespace\": \"tcss\", \"ImageName\": "
	"\"yunding/luping\", \"ImageTag\": \"v1\", \"Force\": \"Force\"}], \"Id\": [1], "
	"\"Enable\": true, \"Latest\": true}}";
static const char sample_baseline[] =
	"{\n"
	"  \"Enable\": true,\n"
	"  \"ScanScope\": null,\n"
	"  \"ScanType\": [\n"
	"    \"RISK\",\n"
	"    \"VIRUS\"\n"
	"  ],\n"
	"  \"ScanPeriod\": 1,\n"
	"  \"ScanTime\": \"03:00:00\",\n"
	"  \"ScanEndTime\": null,\n"
	"  \"RegistryType\": [],\n"
	"  \"Namespace\": [],\n"
	"  \"Images\": [\n"
	"    {\"ImageDigest\": "
	"\"sha256:1319b1eaa0b7bcebae63af321fa67559b9517e8494060403d083bb3508fe52c8\", "
	"\"RegistryType\": \"ccr\", \"ImageRepoAddress\": "
	"\"ccr.ccs.tencentyun.com/yunding/luping:v1\", \"InstanceId\": \"ins-apqv42***\", "
	"\"InstanceName\": \"InstanceName\", \"Namespace\": \"tcss\", \"ImageName\": "
	"\"yunding/luping\", \"ImageTag\": \"v1\", \"Force\": \"Force\"}\n"
	"  ],\n"
	"  \"Id\": [\n"
	"    1\n"
	"  ],\n"
	"  \"ExcludeImageAssetIds\": [],\n"
	"  \"Latest\": true,\n"
	"  \"ContainerRunning\": null,\n"
	"  \"All\": false\n"
	"}\n";

static void test_sample(void **state)
{
	struct arena *a = arena_new();
	struct reading *r = must_read(a, sample);
	char *text = lib_canonical(&r->config);

	(void)state;
	expect_text("the vendor's sample", text, sample_baseline);
	assert_true(reading_is_whole(r));
	assert_int_equal(r->note_count, 0);
	free(text);
	arena_free(a);
}

/* --- many ways to say one thing ------------------------------------------------------------ */

/* clang-format off */
static const struct {
	const char *name, *field, *value, *forms[8];
} one_thing[] = {
	{ "no list", "RegistryType", "[]", { "", ",\"RegistryType\":null", ",\"RegistryType\":[]" } },
	{ "no ids", "Id", "[]", { "", ",\"Id\":null", ",\"Id\":[ ]" } },
	{ "no images", "Images", "[]", { "", ",\"Images\":null", ",\"Images\":[]" } },
	{ "no scalar", "ScanScope", "null", { "", ",\"ScanScope\":null" } },
	{ "no bool: null, never false", "Latest", "null", { "", ",\"Latest\":null" } },
	{ "false is not null", "Latest", "false", { ",\"Latest\":false" } },
	{ "no end", "ScanEndTime", "null", { "", ",\"ScanEndTime\":null" } },
	{ "a time", "ScanEndTime", "\"17:10:00\"", { ",\"ScanEndTime\":\"17:10\"", ",\"ScanEndTime\":\"17:10:00\"", ",\"ScanEndTime\":\"\\u0031\\u0037:10\"" } },
	{ "midnight", "ScanEndTime", "\"00:00:00\"", { ",\"ScanEndTime\":\"00:00\"", ",\"ScanEndTime\":\"00:00:00\"" } },
	{ "types in any order, case and number", "ScanType", "[\"CVE\", \"RISK\", \"VIRUS\"]",
	  { ",\"ScanType\":[\"CVE\",\"VIRUS\",\"RISK\"]", ",\"ScanType\":[\"risk\",\"virus\",\"cve\"]", ",\"ScanType\":[\"Risk\",\"VIRUS\",\"risk\",\"cVe\",\"CVE\"]" } },
	{ "registries", "RegistryType", "[\"ccr\", \"tcr\"]", { ",\"RegistryType\":[\"tcr\",\"ccr\"]", ",\"RegistryType\":[\"TCR\",\"CCR\",\"tcr\"]" } },
	{ "namespaces have a case", "Namespace", "[\"A\", \"a\"]", { ",\"Namespace\":[\"a\",\"A\"]", ",\"Namespace\":[\"A\",\"a\",\"A\"]" } },
	{ "namespaces by code point", "Namespace", "[\"Z\", \"a\", \"\u00e9\", \"\uff5e\", \"\U0001f600\"]", { ",\"Namespace\":[\"\\ud83d\\ude00\",\"\\uff5e\",\"\\u00e9\",\"a\",\"Z\"]" } },
	{ "ids by number", "Id", "[2, 10, 100]", { ",\"Id\":[100,10,2]", ",\"Id\":[2,10,100,2]" } },
	{ "64 bits", "Id", "[-9223372036854775808, -1, 0, 9007199254740993, 18446744073709551615]",
	  { ",\"Id\":[18446744073709551615,9007199254740993,-1,-9223372036854775808,0]", ",\"Id\":[-0,0,9007199254740993,18446744073709551615,-1,-9223372036854775808]" } },
	{ "an id beside its neighbour", "Id", "[9007199254740992, 9007199254740993]", { ",\"Id\":[9007199254740993,9007199254740992]" } },
	{ "an image's members in any order and case", "Images",
	  "[{\"ImageDigest\": \"\", \"RegistryType\": \"tcr\", \"ImageRepoAddress\": \"\", \"InstanceId\": \"\", \"InstanceName\": \"\", \"Namespace\": \"\", \"ImageName\": \"n\", \"ImageTag\": \"\", \"Force\": \"\"}]",
	  { ",\"Images\":[{\"RegistryType\":\"tcr\",\"ImageName\":\"n\"}]", ",\"Images\":[{\"ImageName\":\"n\",\"RegistryType\":\"TCR\",\"Force\":null}]",
	    ",\"Images\":[{\"\\u0049mageName\":\"\\u006e\",\"RegistryType\":\"\\u0074cr\"}]",
	    ",\"Images\":[{\"ImageName\":\"n\",\"RegistryType\":\"Tcr\",\"Namespace\":\"\"},{\"ImageName\":\"\\u006e\",\"RegistryType\":\"tcr\"}]" } },
};
/* clang-format on */

static void test_one_thing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(one_thing); i++) {
		char *first = NULL;

		for (size_t k = 0; k < ARRAY_LEN(one_thing[i].forms) && one_thing[i].forms[k];
		     k++) {
			struct arena *a = arena_new();
			char json[1024], *value, *jcs;
			struct reading *r;

			(void)snprintf(json, sizeof(json), REPLY("%s"), one_thing[i].forms[k]);
			r = must_read(a, json);
			value = lib_value(r, one_thing[i].field);
			jcs = lib_jcs(&r->config);
			expect_text(one_thing[i].name, value, one_thing[i].value);
			if (first)
				expect_text(one_thing[i].name, jcs, first);
			if (!reading_is_whole(r) || r->note_count)
				fail_msg("%s: whole, and without a note", one_thing[i].name);
			free(value);
			if (first)
				free(jcs);
			else
				first = jcs;
			arena_free(a);
		}
		free(first);
	}
}

/* Two pairs that a reader of doubles, or a careless one, would take for the same. */
static const struct {
	const char *name, *a, *b;
} not_one_thing[] = {
	{"neighbours beyond 2^53", ",\"Id\":[9007199254740992]", ",\"Id\":[9007199254740993]"},
	{"the ends of 64 bits", ",\"Id\":[18446744073709551615]", ",\"Id\":[18446744073709551614]"},
	{"a sign", ",\"Id\":[-1]", ",\"Id\":[1]"},
	{"null and false", "", ",\"Latest\":false"},
	{"null and 0", "", ",\"ScanScope\":0"},
	{"seconds", ",\"ScanEndTime\":\"17:10\"", ",\"ScanEndTime\":\"17:10:01\""},
	{"an empty name and none", ",\"Namespace\":[\"\"]", ""},
	{"a name's case", ",\"Namespace\":[\"a\"]", ",\"Namespace\":[\"A\"]"},
	{"VUL and CVE", ",\"ScanType\":[\"VUL\"]", ",\"ScanType\":[\"CVE\"]"},
	{"an address where the names have gaps",
	 ",\"Images\":[{\"ImageName\":\"a\",\"ImageRepoAddress\":\"x\"}]",
	 ",\"Images\":[{\"ImageName\":\"a\",\"ImageRepoAddress\":\"y\"}]"},
	{"an unknown value", ",\"New\":{\"a\":[1,2]}", ",\"New\":{\"a\":[2,1]}"},
	{"an unknown number", ",\"New\":9007199254740993", ",\"New\":9007199254740992"},
	{"an unknown text and number", ",\"New\":\"1\"", ",\"New\":1"},
	{"an unknown member", ",\"Images\":[{\"ImageName\":\"a\",\"New\":1}]",
	 ",\"Images\":[{\"ImageName\":\"a\",\"New\":2}]"},
};

static void test_not_one_thing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(not_one_thing); i++) {
		struct arena *a = arena_new();
		char one[512], other[512], *x, *y;
		struct reading *r, *s;

		(void)snprintf(one, sizeof(one), REPLY("%s"), not_one_thing[i].a);
		(void)snprintf(other, sizeof(other), REPLY("%s"), not_one_thing[i].b);
		r = must_read(a, one);
		s = must_read(a, other);
		x = lib_jcs(&r->config);
		y = lib_jcs(&s->config);
		if (strcmp(x, y) == 0 || lib_changes(&r->config, &s->config, a) == 0)
			fail_msg("%s: one digest, or no change", not_one_thing[i].name);
		free(x);
		free(y);
		arena_free(a);
	}
}

/* Elements in any order give one text, also those that only their state tells apart. */
static void test_any_order(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *x, *y;
		size_t kept;
	} rows[] = {
		{ "twins of another address", WHOLE_IMAGE ",\"ImageRepoAddress\":\"a\"", WHOLE_IMAGE ",\"ImageRepoAddress\":\"b\"", 1 },
		{ "one of them has none", WHOLE_IMAGE, WHOLE_IMAGE ",\"ImageRepoAddress\":\"b\"", 1 },
		{ "twins of another digest", WHOLE_IMAGE ",\"ImageDigest\":\"a\"", WHOLE_IMAGE ",\"ImageDigest\":\"b\"", 1 },
		{ "state before the address", WHOLE_IMAGE ",\"Force\":\"a\",\"ImageRepoAddress\":\"b\"", WHOLE_IMAGE ",\"Force\":\"b\",\"ImageRepoAddress\":\"a\"", 1 },
		{ "twins of an unknown member that says nothing", WHOLE_IMAGE ",\"New\":null", WHOLE_IMAGE ",\"New\":[]", 1 },
		{ "one of them has it", WHOLE_IMAGE, WHOLE_IMAGE ",\"New\":null", 1 },
		{ "images of another address, without a tag", "\"ImageName\":\"a\",\"ImageRepoAddress\":\"a\"", "\"ImageName\":\"a\",\"ImageRepoAddress\":\"b\"", 2 },
		{ "images of another unknown member", WHOLE_IMAGE ",\"New\":1", WHOLE_IMAGE ",\"New\":2", 2 },
		{ "an unknown member and none", WHOLE_IMAGE, WHOLE_IMAGE ",\"New\":1", 2 },
		{ "unknown members in another order", WHOLE_IMAGE ",\"a\":1,\"b\":2", WHOLE_IMAGE ",\"b\":2,\"a\":1", 1 },
		{ "unknown members by UTF-16", WHOLE_IMAGE ",\"\uff5e\":1,\"\U0001f600\":2", WHOLE_IMAGE ",\"\U0001f600\":2,\"\uff5e\":1", 1 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new();
		const char *x = rows[i].x, *y = rows[i].y;
		struct reading *r =
			must_read(a, arena_printf(a, REPLY(",\"Images\":[{%s},{%s}]"), x, y));
		struct reading *s =
			must_read(a, arena_printf(a, REPLY(",\"Images\":[{%s},{%s}]"), y, x));
		char *one = lib_canonical(&r->config), *other = lib_canonical(&s->config);

		expect_text(rows[i].name, one, other);
		if (r->config.values[lib_row(RESOURCE, "Images")].u.elements.n != rows[i].kept)
			fail_msg("%s: not %zu of them", rows[i].name, rows[i].kept);
		free(one);
		free(other);
		arena_free(a);
	}
}

/* What one image says is nothing that the next one says, however many there are. */
static void test_images_are_apart(void **state)
{
	struct arena *a = arena_new();
	struct buf given = BUF_INIT(1 << 16), want = BUF_INIT(1 << 16);
	char *have;

	(void)state;
	for (int i = 0; i < 100; i++) {
		buf_printf(&given,
			   "%s{" WHOLE_IMAGE ",\"Force\":\"f%d\",\"New\":%d},{\"ImageName\":"
			   "\"z%02d\"}",
			   i ? "," : "", i, i, i);
		buf_printf(&want, "%s{\"ImageName\":\"z%02d\"}", i ? "," : "", i);
	}
	have = lib_jcs(
		&lib_read(a, RESOURCE, arena_printf(a, "{\"Images\":[%s]}", given.p))->config);
	if (!strstr(have, want.p))
		fail_msg("%s", have);
	free(have);
	buf_free(&given);
	buf_free(&want);
	arena_free(a);
}

/* The key members of an image, in the table's order. */
#define KEYS 5
struct random_image {
	char keys[KEYS][48];
};

static int by_keys(const void *a, const void *b)
{
	const struct random_image *x = a, *y = b;
	int c = 0;

	for (size_t i = 0; i < KEYS && !c; i++)
		c = strcmp(x->keys[i], y->keys[i]);
	return c;
}

static void put_images(struct buf *b, const struct random_image *images, size_t n)
{
	static const char *const names[] = {"RegistryType", "InstanceId", "Namespace", "ImageName",
					    "ImageTag"};

	for (size_t i = 0; i < n; i++) {
		if (i && by_keys(&images[i - 1], &images[i]) == 0)
			continue;
		buf_puts(b, i ? ", {" : "{");
		for (size_t k = 0; k < KEYS; k++)
			buf_printf(b, "%s\"%s\": \"%s\"", k ? ", " : "", names[k],
				   images[i].keys[k]);
		buf_char(b, '}');
	}
}

/*
 * Texts that have much in common, so that identities part late, early, at the end of a member, and
 * beyond the bytes by which most of a list is sorted.
 */
static void make_image(struct lib_random *random, unsigned common, struct random_image *image)
{
	for (size_t k = 0; k < KEYS; k++) {
		char *p = image->keys[k];
		unsigned tail = lib_below(random, 4);

		for (unsigned i = 0; i < common * k; i++)
			*p++ = 'm';
		for (unsigned i = 0; i < tail; i++) {
			static const char *const texts[] = {"a", "b", "m", "\u00e9"};
			const char *text = texts[lib_below(random, ARRAY_LEN(texts))];

			memcpy(p, text, strlen(text));
			p += strlen(text);
		}
		*p = '\0';
	}
}

/* Members that the source does not name, in one of its own members' places, are dropped first. */
static void assert_images(const struct reading *r, const char *want)
{
	static const char *const dropped[] = {"\"ImageDigest\": \"\", ",
					      "\"ImageRepoAddress\": \"\", ",
					      "\"InstanceName\": \"\", ", ", \"Force\": \"\""};
	char *have = lib_value(r, "Images");

	for (size_t i = 0; i < ARRAY_LEN(dropped); i++) {
		char *at;

		while ((at = strstr(have, dropped[i])))
			memmove(at, at + strlen(dropped[i]), strlen(at + strlen(dropped[i])) + 1);
	}
	have[strlen(have) - 1] = '\0';
	expect_text("random images", have + 1, want);
	free(have);
}

static void test_order_of_images(void **state)
{
	struct lib_random random = lib_seed();
	enum { COUNT = 24 };

	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		struct arena *a = arena_new();
		struct buf given = BUF_INIT(1 << 16), sorted = BUF_INIT(1 << 16);
		struct random_image images[COUNT];
		const struct reading *r;

		/* The same text in front of all: only the tails differ. */
		make_image(&random, round % 10, &images[0]);
		for (size_t i = 1; i < COUNT; i++) {
			make_image(&random, round % 10, &images[i]);
			for (size_t k = 0; k < round % KEYS; k++)
				memcpy(images[i].keys[k], images[0].keys[k],
				       sizeof(images[i].keys[k]));
		}
		put_images(&given, images, COUNT);
		qsort(images, COUNT, sizeof(images[0]), by_keys);
		put_images(&sorted, images, COUNT);
		r = lib_read(a, RESOURCE, arena_printf(a, "{\"Images\":[%s]}", given.p));
		assert_images(r, sorted.p);
		buf_free(&given);
		buf_free(&sorted);
		arena_free(a);
	}
}

/* State is seen and kept; it decides nothing. */
static void test_state(void **state)
{
	static const char *const replies[] = {
		REPLY(",\"Images\":[{\"ImageName\":\"a\",\"ImageDigest\":\"x\",\"InstanceName\":"
		      "\"one\",\"Force\":\"1\"}],\"ScanResult\":\"Success\",\"LastScanTime\":\"1\""),
		REPLY(",\"Images\":[{\"ImageName\":\"a\",\"ImageDigest\":\"y\"}],\"ScanResult\":"
		      "\"InternalError\""),
	};
	struct arena *a = arena_new();
	struct reading *r = must_read(a, replies[0]), *s = must_read(a, replies[1]);
	char *x = lib_jcs(&r->config), *y = lib_jcs(&s->config);

	(void)state;
	assert_string_equal(x, y);
	assert_int_equal(lib_changes(&r->config, &s->config, a), 0);
	assert_true(str_is(reading_text(r, "ScanResult"), "Success"));
	assert_true(str_is(reading_text(s, "ScanResult"), "InternalError"));
	free(x);
	free(y);
	x = lib_canonical(&r->config);
	y = lib_canonical(&s->config);
	assert_non_null(strstr(x, "\"ImageDigest\": \"x\""));
	assert_non_null(strstr(y, "\"ImageDigest\": \"y\""));
	assert_null(strstr(x, "ScanResult"));
	assert_null(strstr(x, "RequestId"));
	free(x);
	free(y);
	arena_free(a);
}

/* --- notes --------------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *name, *fields;
	enum note_kind kind;
	const char *path;
	bool whole;
} notes[] = {
	{ "a new field", ",\"Timezone\":\"Asia/Shanghai\"", NOTE_UNKNOWN_FIELD, "/Timezone", true },
	{ "a new field that is null", ",\"Timezone\":null", NOTE_UNKNOWN_FIELD, "/Timezone", true },
	{ "a name with ~ and /", ",\"a~b/c\":1", NOTE_UNKNOWN_FIELD, "/a~0b~1c", true },
	{ "a name that is empty", ",\"\":1", NOTE_UNKNOWN_FIELD, "/", true },
	{ "a name of another case is another name", ",\"enable\":false", NOTE_UNKNOWN_FIELD, "/enable", true },
	{ "a new member of an image", ",\"Images\":[{\"ImageName\":\"a\"},{\"ImageName\":\"b\",\"New\":1}]", NOTE_UNKNOWN_FIELD, "/Images/1/New", true },
	{ "a member's name with ~ and /", ",\"Images\":[{\"a~b/c\":1}]", NOTE_UNKNOWN_FIELD, "/Images/0/a~0b~1c", true },
	{ "a new scan type", ",\"ScanType\":[\"CVE\",\"malware\"]", NOTE_UNKNOWN_VALUE, "/ScanType/1", true },
	{ "VUL is not CVE by itself", ",\"ScanType\":[\"VUL\"]", NOTE_UNKNOWN_VALUE, "/ScanType/0", true },
	{ "a new registry type", ",\"RegistryType\":[\"ecr-public\"]", NOTE_UNKNOWN_VALUE, "/RegistryType/0", true },
	{ "a new scope", ",\"ScanScope\":4", NOTE_UNKNOWN_VALUE, "/ScanScope", true },
	{ "a new result", ",\"ScanResult\":\"Skipped\"", NOTE_UNKNOWN_VALUE, "/ScanResult", true },
	{ "a bool as text", ",\"Latest\":\"true\"", NOTE_TYPE_CHANGED, "/Latest", false },
	{ "a bool as 1", ",\"Latest\":1", NOTE_TYPE_CHANGED, "/Latest", false },
	{ "a number as text", ",\"ScanScope\":\"1\"", NOTE_TYPE_CHANGED, "/ScanScope", false },
	{ "a list as one id", ",\"Id\":128", NOTE_TYPE_CHANGED, "/Id", false },
	{ "a list as one name", ",\"Namespace\":\"tcr-test\"", NOTE_TYPE_CHANGED, "/Namespace", false },
	{ "a list as an object", ",\"Images\":{}", NOTE_TYPE_CHANGED, "/Images", false },
	{ "images as digests", ",\"Images\":[{},\"sha256:1\"]", NOTE_TYPE_CHANGED, "/Images/1", false },
	{ "a list in images, and more after it", ",\"Images\":[[1,{\"a\":[2]}],{\"ImageName\":\"a\"},{\"ImageName\":\"b\"}]", NOTE_TYPE_CHANGED, "/Images/0", false },
	{ "null in a list", ",\"Namespace\":[\"a\",null]", NOTE_TYPE_CHANGED, "/Namespace/1", false },
	{ "null in ids", ",\"Id\":[null]", NOTE_TYPE_CHANGED, "/Id/0", false },
	{ "null in images", ",\"Images\":[null]", NOTE_TYPE_CHANGED, "/Images/0", false },
	{ "a number in names", ",\"Namespace\":[1]", NOTE_TYPE_CHANGED, "/Namespace/0", false },
	{ "a member as number", ",\"Images\":[{\"ImageTag\":1}]", NOTE_TYPE_CHANGED, "/Images/0/ImageTag", false },
	{ "a member as object", ",\"Images\":[{\"Force\":{\"a\":[1]}}]", NOTE_TYPE_CHANGED, "/Images/0/Force", false },
	{ "a time as seconds", ",\"ScanEndTime\":61800", NOTE_TYPE_CHANGED, "/ScanEndTime", false },
	{ "a state field as number", ",\"LastScanTime\":1", NOTE_TYPE_CHANGED, "/LastScanTime", false },
	{ "a scope with a fraction", ",\"ScanScope\":1.0", NOTE_BAD_VALUE, "/ScanScope", false },
	{ "a scope with an exponent", ",\"ScanScope\":1e0", NOTE_BAD_VALUE, "/ScanScope", false },
	{ "an id with a fraction", ",\"Id\":[1,1.5]", NOTE_BAD_VALUE, "/Id/1", false },
	{ "24:00", ",\"ScanEndTime\":\"24:00\"", NOTE_BAD_VALUE, "/ScanEndTime", false },
	{ "23:60", ",\"ScanEndTime\":\"23:60\"", NOTE_BAD_VALUE, "/ScanEndTime", false },
	{ "3:00", ",\"ScanEndTime\":\"3:00\"", NOTE_BAD_VALUE, "/ScanEndTime", false },
	{ "a date that is none", ",\"ScanEndTime\":\"0000-00-00\"", NOTE_BAD_VALUE, "/ScanEndTime", false },
	{ "a number in place of no time", ",\"ScanEndTime\":0", NOTE_TYPE_CHANGED, "/ScanEndTime", false },
	{ "a time with a blank", ",\"ScanEndTime\":\"03:00 \"", NOTE_BAD_VALUE, "/ScanEndTime", false },
	{ "a date with it, which no source of this action has", ",\"ScanEndTime\":\"2024-10-29 17:10:00\"", NOTE_BAD_VALUE, "/ScanEndTime", false },
};
/* clang-format on */

static bool has_malformed(const struct reading *r)
{
	for (size_t i = 0; i < RESOURCE->field_count; i++) {
		if (r->config.values[i].is_malformed)
			return true;
	}
	return false;
}

static void test_notes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(notes); i++) {
		struct arena *a = arena_new();
		char json[1024];
		struct reading *r;

		(void)snprintf(json, sizeof(json), REPLY("%s"), notes[i].fields);
		r = must_read(a, json);
		if (r->note_count != 1 || r->notes[0].kind != notes[i].kind ||
		    !str_is(r->notes[0].path, notes[i].path))
			fail_msg("%s: %zu notes, the first of kind %d at %s", notes[i].name,
				 r->note_count, r->note_count ? (int)r->notes[0].kind : -1,
				 r->note_count ? r->notes[0].path.p : "");
		if (reading_is_whole(r) != notes[i].whole)
			fail_msg("%s: whole %d", notes[i].name, reading_is_whole(r));
		if (has_malformed(r) == notes[i].whole)
			fail_msg("%s: malformed %d", notes[i].name, has_malformed(r));
		assert_true(r->notes[0].message.n > 0 && r->notes[0].at < strlen(json));
		arena_free(a);
	}
}

/* What a service writes where nothing was ever set is null, in replies and in files. */
static void test_unset(void **state)
{
	static const struct {
		const char *field, *value;
	} rows[] = {
		{"ScanTime", "\"\""},
		{"ScanTime", "\"0001-01-01 00:00:00\""},
		{"ScanEndTime", "\"\""},
		{"ScanEndTime", "\"\\u0030000-00-00 00:00:00\""},
		{"ScanPeriod", "0"},
		{"ScanPeriod", "-0"},
		{"LastScanTime", "\"\""},
		{"LastScanTime", "\"0000-00-00 00:00:00\""},
		{"LastScanTime", "\"0001-01-01 00:00:00\""},
		{"ScanResult", "\"\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new();
		char *fields =
			arena_printf(a, "\"Enable\":false,\"%s\":%s", rows[i].field, rows[i].value);
		struct reading *reply = must_read(
			a, arena_printf(a, "{\"Response\":{%s,\"RequestId\":\"x\"}}", fields));
		struct reading *file = lib_read(a, RESOURCE, arena_printf(a, "{%s}", fields));
		struct reading *none = lib_read(a, RESOURCE, "{\"Enable\":false}");
		char *one = lib_canonical(&file->config), *other = lib_canonical(&none->config);

		if (!reading_is_whole(reply) || reply->note_count || file->note_count)
			fail_msg("%s: %s has a note", rows[i].field, rows[i].value);
		if (strcmp(one, other) != 0)
			fail_msg("%s: %s is\n%s", rows[i].field, rows[i].value, one);
		for (size_t k = 0; k < RESOURCE->field_count; k++) {
			const struct value *v = &reply->config.values[k];

			if (strcmp(RESOURCE->fields[k].name, rows[i].field) == 0)
				assert_true(v->is_null && v->is_unset && !v->is_malformed);
		}
		free(one);
		free(other);
		arena_free(a);
	}
}

/* A number is shown as one, a text as a text. */
static void test_shown(void **state)
{
	static const struct {
		const char *fields, *message;
	} rows[] = {
		{",\"ScanScope\":5", "5 is a value that this version does not know; it is kept"},
		{",\"ScanScope\":-5", "-5 is a value that this version does not know; it is kept"},
		{",\"ScanType\":[\"5\"]",
		 "\"5\" is a value that this version does not know; it is kept"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new();
		char json[1024];
		struct reading *r;

		(void)snprintf(json, sizeof(json), REPLY("%s"), rows[i].fields);
		r = must_read(a, json);
		assert_int_equal(r->note_count, 1);
		assert_string_equal(r->notes[0].message.p, rows[i].message);
		arena_free(a);
	}
}

/* A period that is malformed is not missing too. */
static void test_periods(void **state)
{
	static const struct {
		const char *name, *value;
		bool whole, is_told;
	} rows[] = {
		{"a period below 0", "-1", false, false},
		{"a period with a fraction", "1.5", false, false},
		{"a period of 0 with a fraction", "0.0", false, false},
		{"a period of a day", "1", true, false},
		{"a period of a leap year", "366", true, false},
		{"a period that may not be in days", "367", true, true},
		{"the longest period", "18446744073709551615", true, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct arena *a = arena_new();
		char json[256];
		struct reading *r;

		(void)snprintf(json, sizeof(json),
			       "{\"Response\":{\"Enable\":true,\"ScanTime\":\"03:00\","
			       "\"ScanPeriod\":%s,\"RequestId\":\"x\"}}",
			       rows[i].value);
		r = must_read(a, json);
		if (reading_is_whole(r) != rows[i].whole ||
		    lib_notes(r, NOTE_BAD_VALUE) != !rows[i].whole || lib_notes(r, NOTE_REQUIRED) ||
		    lib_notes(r, NOTE_UNKNOWN_VALUE) != rows[i].is_told)
			fail_msg("%s: whole %d", rows[i].name, reading_is_whole(r));
		arena_free(a);
	}
}

/* What must be there; a null is not there. */
/* clang-format off */
static const struct {
	const char *name, *json, *path;
} missing[] = {
	{ "no Enable", "{\"Response\":{\"ScanTime\":\"03:00\",\"ScanPeriod\":1,\"RequestId\":\"x\"}}", "/Enable" },
	{ "Enable null", "{\"Response\":{\"Enable\":null,\"RequestId\":\"x\"}}", "/Enable" },
	{ "no RequestId", "{\"Response\":{\"Enable\":false}}", "/RequestId" },
	{ "empty RequestId", "{\"Response\":{\"Enable\":false,\"RequestId\":\"\"}}", "/RequestId" },
	{ "on, no ScanTime", "{\"Response\":{\"Enable\":true,\"ScanPeriod\":1,\"RequestId\":\"x\"}}", "/ScanTime" },
	{ "on, ScanTime null", "{\"Response\":{\"Enable\":true,\"ScanTime\":null,\"ScanPeriod\":1,\"RequestId\":\"x\"}}", "/ScanTime" },
	{ "on, no ScanPeriod", "{\"Response\":{\"Enable\":true,\"ScanTime\":\"03:00\",\"RequestId\":\"x\"}}", "/ScanPeriod" },
	{ "on, ScanTime not set", "{\"Response\":{\"Enable\":true,\"ScanTime\":\"\",\"ScanPeriod\":1,\"RequestId\":\"x\"}}", "/ScanTime" },
	{ "on, a period of 0", "{\"Response\":{\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":0,\"RequestId\":\"x\"}}", "/ScanPeriod" },
	{ "an empty Response", "{\"Response\":{}}", "/Enable" },
};
/* clang-format on */

static void test_missing(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(missing); i++) {
		struct reading *r = must_read(a, missing[i].json);

		if (reading_is_whole(r) ||
		    !str_is(lib_note_path(r, NOTE_REQUIRED), missing[i].path))
			fail_msg("%s: whole %d, asked for %s", missing[i].name, reading_is_whole(r),
				 lib_note_path(r, NOTE_REQUIRED).p);
	}
	/* A file that somebody named need not be whole. */
	assert_true(reading_is_whole(lib_read(a, RESOURCE, "{}")));
	arena_free(a);
}

static void test_error_replies(void **state)
{
	/* clang-format off */
	static const struct {
		const char *name, *json, *code, *message;
	} rows[] = {
		{ "an error", "{\"Response\":{\"Error\":{\"Code\":\"AuthFailure.SignatureFailure\",\"Message\":\"no\"},\"RequestId\":\"x\"}}", "AuthFailure.SignatureFailure", "no" },
		{ "an error beside data", REPLY(",\"Error\":{\"Code\":\"InternalError\",\"Message\":\"half\"}"), "InternalError", "half" },
		{ "an error without a code", REPLY(",\"Error\":{}"), "", "" },
		{ "an error that is a text", REPLY(",\"Error\":\"boom\""), "", "boom" },
		{ "an error that is no object", REPLY(",\"Error\":[\"InternalError\"]"), "", "" },
		{ "a code that is no text", REPLY(",\"Error\":{\"Code\":{\"Code\":\"inner\"},\"Extra\":[1,{\"Code\":\"x\"}]}"), "", "" },
	};
	/* clang-format on */
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct reading *r = must_read(a, rows[i].json);

		if (!r->has_error || reading_is_whole(r) || !str_is(r->error_code, rows[i].code) ||
		    !str_is(r->error_message, rows[i].message))
			fail_msg("%s: error %d, whole %d, code '%.*s'", rows[i].name, r->has_error,
				 reading_is_whole(r), STR_ARG(r->error_code));
		/* What an error lacks is not told beside it. */
		assert_int_equal(lib_notes(r, NOTE_REQUIRED), 0);
	}
	arena_free(a);
}

/* --- documents ----------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *name, *json, *as_reply, *as_file; /* the error, or NULL */
} documents[] = {
	{ "an envelope", REPLY(""), NULL, NULL },
	{ "an envelope with blanks", " \n{ \"Response\" :\t{" WHOLE "} } \r\n", NULL, NULL },
	{ "bare fields, as the vendor's command line prints them", "{" WHOLE "}", "line 1 column 2: no Response: not a reply of the API", NULL },
	{ "nothing set", "{}", "line 1 column 2: no Response: not a reply of the API", NULL },
	{ "Response null", "{\"Response\":null}", "line 1 column 13: Response is null, expected an object", "line 1 column 13: Response is null, expected an object" },
	{ "Response an array", "{\"Response\":[]}", "line 1 column 13: Response is an array, expected an object", "line 1 column 13: Response is an array, expected an object" },
	{ "Response twice", "{\"Response\":{" WHOLE "},\"Response\":{" WHOLE "}}", "duplicate key \"Response\"", "duplicate key \"Response\"" },
	{ "Response and more", "{\"Response\":{" WHOLE "},\"x\":1}", "found \"x\" beside Response, expected Response alone", "found \"x\" beside Response, expected Response alone" },
	{ "more and Response", "{\"x\":1,\"Response\":{" WHOLE "}}", "no Response", "found Response beside other fields" },
	{ "Response in Response", "{\"Response\":{\"Response\":{" WHOLE "}}}", "line 1 column 14: found Response in Response, expected the fields", "line 1 column 14: found Response in Response, expected the fields" },
	{ "an error outside of an envelope", "{\"Error\":\"boom\"}", "line 1 column 2: no Response: not a reply of the API", NULL },
	{ "an error that is null is none", "{\"Response\":{" WHOLE ",\"Error\":null}}", NULL, NULL },
	{ "two documents", REPLY("") "{}", "expected nothing behind the document", "expected nothing behind the document" },
	{ "an array", "[]", "line 1 column 1: found an array, expected an object", "line 1 column 1: found an array, expected an object" },
	{ "a string", "\"\\u0041\"", "line 1 column 1: found a string, expected an object", "line 1 column 1: found a string, expected an object" },
	{ "null", "null", "found null, expected an object", "found null, expected an object" },
	{ "nothing", "", "line 1 column 1: the text ends, expected a value", "line 1 column 1: the text ends, expected a value" },
	{ "half a document", "{\"Response\":{" WHOLE, "the text ends, expected ',' or '}'", "the text ends, expected ',' or '}'" },
	{ "a page of a proxy", "<html>", "line 1 column 1: found '<', expected a value", "line 1 column 1: found '<', expected a value" },
	{ "a field twice", REPLY(",\"Enable\":false"), "duplicate key \"Enable\"", "duplicate key \"Enable\"" },
	{ "a field twice, escaped", REPLY(",\"\\u0045nable\":false"), "duplicate key \"Enable\"", "duplicate key \"Enable\"" },
	{ "a member twice", REPLY(",\"Images\":[{\"Force\":\"1\",\"Force\":\"2\"}]"), "duplicate key \"Force\"", "duplicate key \"Force\"" },
	{ "an unknown member twice", REPLY(",\"New\":{\"a\":1,\"a\":1}"), "duplicate key \"a\"", "duplicate key \"a\"" },
	{ "2^64", REPLY(",\"Id\":[18446744073709551616]"), "integer out of range", "integer out of range" },
	{ "-2^63-1", REPLY(",\"Id\":[-9223372036854775809]"), "integer out of range", "integer out of range" },
	{ "2^64 where nothing is known", REPLY(",\"New\":[18446744073709551616]"), "integer out of range", "integer out of range" },
	{ "NaN", REPLY(",\"Id\":[NaN]"), "found 'N', expected a value", "found 'N', expected a value" },
	{ "a lone surrogate", REPLY(",\"Namespace\":[\"\\ud800\"]"), "lone surrogate", "lone surrogate" },
	{ "a NUL", REPLY(",\"Namespace\":[\"\\u0000\"]"), "U+0000", "U+0000" },
	{ "a byte order mark", "\xef\xbb\xbf" REPLY(""), "byte order mark", "byte order mark" },
	{ "bytes that are no UTF-8", REPLY(",\"Namespace\":[\"\xc3(\"]"), "not valid UTF-8", "not valid UTF-8" },
};
/* clang-format on */

static void test_documents(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(documents); i++) {
		for (int form = READ_REPLY; form <= READ_FILE; form++) {
			const struct normalize_options opt = {
				.form = (enum reading_form)form,
				.limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_REPLY}};
			const char *want =
				form == READ_REPLY ? documents[i].as_reply : documents[i].as_file;
			struct arena *a = arena_new();
			struct reading *r = NULL;
			struct err *e =
				normalize_read(RESOURCE, str_from(documents[i].json), &opt, a, &r);

			if (!e != !want || (e && !strstr(e->msg, want)))
				fail_msg("%s: %s", documents[i].name, e ? e->msg : "taken");
			err_free(e);
			arena_free(a);
		}
	}
}

/* Does it name a field of the setting? What it says of it may be null. */
static void test_says_something(void **state)
{
	static const struct {
		const char *json;
		bool says;
		uint32_t at;
	} rows[] = {
		{"{\"Enable\":null}", true, 0},
		{" {\"All\":false,\"New\":1}", true, 1},
		{"{\"Response\":{\"Images\":[]}}", true, 12},
		{"{\"Latest\":\"malformed\"}", true, 0},
		{"\n{}", false, 1},
		{"{\"foo\":1}", false, 0},
		{"{\"Response\":{}}", false, 12},
		{"{\"Response\":{\"RequestId\":\"r\",\"TotalCount\":1,\"List\":[]}}", false, 12},
		{"{\"LastScanTime\":\"2024-10-29 17:10:00\",\"ScanResult\":\"Success\"}", false, 0},
		{"{\"enable\":true,\"scanType\":[\"CVE\"]}", false, 0},
		{"{\"data\":{\"Response\":{\"Enable\":true}}}", false, 0},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct reading *r = lib_read(a, RESOURCE, rows[i].json);

		if (reading_names_field(r) != rows[i].says || r->fields_at != rows[i].at)
			fail_msg("%s: names a field %d, at %u", rows[i].json,
				 reading_names_field(r), r->fields_at);
	}
	arena_free(a);
}

/* --- aliases ------------------------------------------------------------------------------- */

static void test_aliases(void **state)
{
	static const struct alias aliases[] = {
		{{"ScanType", 8}, {"VUL", 3}, {"CVE", 3}},
		{{"RegistryType", 12}, {"other-tcr", 9}, {"tcr", 3}},
	};
	struct arena *a = arena_new();
	struct reading *with = NULL, *without = NULL;
	char *text;

	(void)state;
	assert_null(read_reply(a,
			       REPLY(",\"ScanType\":[\"vul\",\"CVE\",\"RISK\"],"
				     "\"RegistryType\":[\"VUL\",\"OTHER-TCR\"]"),
			       aliases, ARRAY_LEN(aliases), &with));
	text = lib_value(with, "ScanType");
	assert_string_equal(text, "[\"CVE\", \"RISK\"]");
	free(text);
	/* The alias of one field says nothing of another. */
	text = lib_value(with, "RegistryType");
	assert_string_equal(text, "[\"tcr\", \"vul\"]");
	free(text);
	assert_int_equal(with->totals[NOTE_UNKNOWN_VALUE], 1);
	assert_null(read_reply(a, REPLY(",\"ScanType\":[\"vul\",\"CVE\"]"), NULL, 0, &without));
	text = lib_value(without, "ScanType");
	assert_string_equal(text, "[\"CVE\", \"VUL\"]");
	free(text);
	arena_free(a);
}

/* --- hostile sizes ------------------------------------------------------------------------- */

static void test_many_notes(void **state)
{
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(JSON_SIZE_MAX);
	struct reading *r;

	(void)state;
	buf_puts(&b, "{\"Response\":{" WHOLE);
	for (int i = 0; i < 5000; i++)
		buf_printf(&b, ",\"f%d\":%d", i, i);
	buf_puts(&b, "}}");
	r = must_read(a, b.p);
	assert_int_equal(r->note_count, NOTES_MAX);
	assert_int_equal(r->totals[NOTE_UNKNOWN_FIELD], 5000);
	assert_int_equal(r->config.unknown_count, 5000);
	assert_true(reading_is_whole(r));
	buf_free(&b);
	arena_free(a);
}

/* A document with so many fields that no row has. */
static struct err *read_unknown_fields(unsigned n)
{
	const struct normalize_options opt = {
		.form = READ_FILE, .limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_CONFIG}};
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(JSON_SIZE_MAX);
	struct reading *r;
	struct err *e;

	buf_puts(&b, "{\"Enable\":false");
	for (unsigned i = 0; i < n; i++)
		buf_printf(&b, ",\"f%u\":1", i);
	buf_puts(&b, "}");
	e = normalize_read(&schema_registry_scan, buf_view(&b), &opt, a, &r);
	buf_free(&b);
	arena_free(a);
	return e;
}

static void test_unknown_max(void **state)
{
	struct err *e = read_unknown_fields(NORMALIZE_UNKNOWN_MAX);

	(void)state;
	assert_null(e);
	e = read_unknown_fields(NORMALIZE_UNKNOWN_MAX + 1);
	assert_non_null(e);
	assert_non_null(strstr(e->msg, "more than 10000 fields that this version does not know"));
	err_free(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown_max),
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_sample),
		cmocka_unit_test(test_one_thing),
		cmocka_unit_test(test_not_one_thing),
		cmocka_unit_test(test_state),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_error_replies),
		cmocka_unit_test(test_documents),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_many_notes),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_periods),
		cmocka_unit_test(test_unset),
		cmocka_unit_test(test_says_something),
		cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_order_of_images),
		cmocka_unit_test(test_images_are_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
