/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which assertions are at least as strict as which. By rows, and by force: for each pair of a
 * universe of assertions, and for random conjunctions of them, the answer is compared with what
 * configs say. No yes may be wrong. Few of the pairs that no config tells apart may be a no.
 */
#include "policy/implication.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "model_lib.h"

static struct assertion parse(struct arena *a, const char *text)
{
	struct assertion as;
	struct err *e = assertion_parse(a, &schema_registry_scan, "row", str_from(text), &as);

	if (e)
		fail_msg("%s: %s", text, e->msg);
	return as;
}

static bool implies(struct arena *a, const struct assertion *x, size_t n, const struct assertion *y,
		    size_t m, enum implied_of what)
{
	const struct assertion *lost;

	assert_null(assertions_imply(a, what, x, n, y, m, &lost));
	return lost == NULL;
}

/* clang-format off */
static const struct { const char *strict, *loose; bool is_implied, and_back; } rows[] = {
	{ "/ScanPeriod <= 1", "/ScanPeriod <= 7", true, false },
	{ "/ScanPeriod   <=  7", "/ScanPeriod <= 7", true, true },
	{ "/ScanPeriod == 1", "/ScanPeriod <= 7", true, false },
	{ "/ScanPeriod in 1 2", "/ScanPeriod < 3", true, true },
	{ "/ScanPeriod < 3", "/ScanPeriod <= 2", true, true },
	{ "/ScanPeriod in 1 2", "/ScanPeriod in 2 3", false, false },
	{ "/ScanPeriod in 1 2", "/ScanPeriod in 2 1 2", true, true },
	{ "/ScanPeriod != 3", "/ScanPeriod <= 2", false, true },
	{ "/ScanPeriod > 18446744073709551614", "/ScanPeriod == 18446744073709551615", true, true },
	{ "/ScanPeriod >= -9223372036854775808", "/ScanPeriod <= 7", false, true },
	{ "/ScanPeriod present", "/ScanPeriod <= 7", false, true },
	{ "/ScanPeriod == 1", "/ScanPeriod present", true, false },
	{ "/ScanPeriod == null", "/ScanPeriod absent", true, true },
	{ "/ScanPeriod != null", "/ScanPeriod != null", true, true },
	{ "/ScanPeriod <= 1", "/ScanScope <= 7", false, false },
	{ "/Enable == true", "/Enable != false", true, true },
	{ "/Enable == true", "/Enable in true false", true, false },
	{ "/Enable == true", "/Enable == false", false, false },
	{ "/ScanTime within 01:00-05:00", "/ScanTime within 00:00-06:00", true, false },
	{ "/ScanTime within 23:00-01:00", "/ScanTime within 22:00-06:00", true, false },
	{ "/ScanTime within 22:00-06:00", "/ScanTime within 00:00-06:00", false, true },
	{ "/ScanTime within 00:00-24:00", "/ScanTime >= 00:00", true, true },
	{ "/ScanTime == 03:00", "/ScanTime within 00:00-06:00", true, false },
	{ "/ScanTime < 06:00", "/ScanTime within 00:00-05:59:59", true, true },
	{ "/ScanTime != 03:00", "/ScanTime > 03:00", false, true },
	{ "/ScanType contains CVE RISK VIRUS", "/ScanType contains CVE", true, false },
	{ "/ScanType contains CVE RISK", "/ScanType contains RISK CVE", true, true },
	{ "/ScanType contains CVE", "/ScanType contains-any CVE RISK", true, false },
	{ "/ScanType contains-any CVE", "/ScanType contains-any CVE RISK", true, false },
	{ "/ScanType excludes CVE RISK", "/ScanType excludes RISK", true, false },
	{ "/ScanType contains CVE", "/ScanType excludes RISK", false, false },
	{ "/ScanType contains cve", "/ScanType contains CVE", true, true },
	{ "/ExcludeImageAssetIds count == 0", "/ExcludeImageAssetIds count <= 3", true, false },
	{ "/ExcludeImageAssetIds count < 3", "/ExcludeImageAssetIds count <= 2", true, true },
	{ "/ExcludeImageAssetIds count <= 3", "/ExcludeImageAssetIds contains 3", false, false },
	{ "/ExcludeImageAssetIds absent", "/ExcludeImageAssetIds absent", true, true },
	{ "/Namespace/* == \"a\"", "/Namespace/* in a b", true, false },
	{ "/Namespace/* like a*", "/Namespace/* like a*", true, true },
	{ "/Namespace/* like ab*", "/Namespace/* like a*", false, false },
	{ "/Namespace/* == \"ab\"", "/Namespace/* like a*", true, false },
	{ "/Namespace/* == \"a\"", "/Namespace contains a", false, false },
	{ "/Namespace/* != b", "/Namespace/* != \"b\"", true, true },
	{ "/Namespace/* in a c", "/Namespace/* != b", true, false },
	{ "/Images/*/ImageTag != latest", "/Images/*/ImageName != latest", false, false },
	{ "coverage contains \"a\" \"b\"", "coverage contains \"a\"", true, false },
	{ "coverage like \"a*\"", "coverage contains \"a\"", true, false },
	{ "state:/ScanResult == Success", "state:/ScanResult in Success ImageNeedIsEmpty", true, false },
	{ "unknown:/X == 1", "unknown:/X <= 2", true, false },
	{ "unknown:/X == 1", "unknown:/X == 1", true, true },
	{ "unknown:/X contains 1 2", "unknown:/X contains 2", true, false },
};
/* clang-format on */

static void test_rows(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct assertion strict = parse(a, rows[i].strict), loose = parse(a, rows[i].loose);

		if (implies(a, &strict, 1, &loose, 1, IMPLIED_ASSERT) != rows[i].is_implied)
			fail_msg("%s: implies %s? want %d", rows[i].strict, rows[i].loose,
				 rows[i].is_implied);
		if (implies(a, &loose, 1, &strict, 1, IMPLIED_ASSERT) != rows[i].and_back)
			fail_msg("%s: implies %s? want %d", rows[i].loose, rows[i].strict,
				 rows[i].and_back);
	}
	arena_free(a);
}

/* Conjunctions, one assertion a line. */
/* clang-format off */
static const struct { const char *strict, *loose; enum implied_of what; bool is_implied, and_back; } lists[] = {
	/* ---- one assertion or several ---- */
	{ "/ScanType contains CVE\n/ScanType contains RISK\n/ScanType contains VIRUS", "/ScanType contains CVE RISK VIRUS", IMPLIED_ASSERT, true, true },
	{ "/ScanType excludes CVE\n/ScanType excludes RISK", "/ScanType excludes RISK CVE", IMPLIED_ASSERT, true, true },
	{ "/ScanPeriod >= 2\n/ScanPeriod <= 3", "/ScanPeriod in 2 3", IMPLIED_ASSERT, true, true },
	{ "/ScanPeriod != 1\n/ScanPeriod != 2\n/ScanPeriod < 5", "/ScanPeriod in 4 3", IMPLIED_ASSERT, true, true },
	{ "/ScanTime >= 01:00\n/ScanTime <= 05:00", "/ScanTime within 01:00-05:00", IMPLIED_ASSERT, true, true },
	{ "/ScanTime within 22:00-06:00\n/ScanTime < 12:00", "/ScanTime within 00:00-06:00", IMPLIED_ASSERT, true, true },
	{ "/Namespace/* != a\n/Namespace/* != b", "/Namespace excludes b a", IMPLIED_ASSERT, true, true },
	/* ---- within the field's domain ---- */
	{ "/ExcludeImageAssetIds count == 0", "/ExcludeImageAssetIds count < 1", IMPLIED_ASSERT, true, true },
	{ "/ExcludeImageAssetIds absent", "/ExcludeImageAssetIds count <= 0", IMPLIED_ASSERT, true, true },
	{ "/Id count != 0", "/Id present", IMPLIED_ASSERT, true, true },
	{ "/ScanPeriod == 1", "/ScanPeriod < 2", IMPLIED_ASSERT, true, true },
	{ "/Enable == true", "/Enable != false", IMPLIED_ASSERT, true, true },
	{ "/ScanTime present", "/ScanTime >= 00:00", IMPLIED_ASSERT, true, true },
	{ "state:/ScanResult present", "state:/ScanResult != null", IMPLIED_ASSERT, true, true },
	{ "/ScanScope < 2", "/ScanScope in 0 1", IMPLIED_ASSERT, false, true },
	/* ---- null ---- */
	{ "/ScanPeriod <= 7", "/ScanPeriod present", IMPLIED_ASSERT, true, false },
	{ "/ScanPeriod == null", "/ScanPeriod absent", IMPLIED_ASSERT, true, true },
	{ "/ScanPeriod present", "/ScanPeriod >= 1", IMPLIED_ASSERT, true, true },
	{ "/ScanPeriod present", "/ScanPeriod >= 1", IMPLIED_WHEN, true, false },
	{ "", "/ScanPeriod >= 1", IMPLIED_ASSERT, false, true },
	{ "", "/ScanPeriod >= 1", IMPLIED_WHEN, true, true },
	{ "/Enable == true", "/Enable present", IMPLIED_WHEN, false, false },
	{ "/ScanPeriod == 1", "/ScanPeriod == 1\n/ScanPeriod != 3", IMPLIED_WHEN, true, true },
	/* ---- sets: what is in them, and how many ---- */
	{ "/ScanType contains CVE RISK", "/ScanType count >= 2", IMPLIED_ASSERT, true, false },
	{ "/ScanType contains CVE\n/ScanType count == 1", "/ScanType excludes RISK", IMPLIED_ASSERT, true, false },
	{ "/ScanType contains CVE\n/ScanType count == 1", "/ScanType/* == \"CVE\"\n/ScanType present", IMPLIED_ASSERT, true, true },
	{ "/ScanType contains-any CVE RISK\n/ScanType excludes RISK", "/ScanType contains CVE", IMPLIED_ASSERT, true, false },
	{ "/Id/* in 2 3\n/Id present", "/Id contains-any 3 2", IMPLIED_ASSERT, true, false },
	{ "/Id/* in 2 3\n/Id count >= 2", "/Id contains 2 3", IMPLIED_ASSERT, true, false },
	{ "/Id/* <= 5", "/Id excludes 6", IMPLIED_ASSERT, true, false },
	{ "/Id absent", "/Id/* == 5", IMPLIED_ASSERT, true, false },
	{ "/Images count < 1", "/Images/*/ImageTag == latest", IMPLIED_ASSERT, true, false },
	{ "/Images/*/ImageTag == latest", "/Images/*/ImageTag != old", IMPLIED_ASSERT, true, false },
	/* ---- texts ---- */
	{ "/Namespace/* in a b c\n/Namespace/* like a*", "/Namespace/* == a", IMPLIED_ASSERT, true, true },
	{ "/Namespace/* like a*\n/Namespace/* like *b", "/Namespace/* like *b", IMPLIED_ASSERT, true, false },
	{ "/Namespace/* like a*", "/Namespace/* != b", IMPLIED_ASSERT, true, false },
	{ "/Namespace/* like *abc*", "/Namespace/* like *b*", IMPLIED_ASSERT, true, false },
	{ "/Namespace/* unlike *b*", "/Namespace/* unlike *abc*", IMPLIED_ASSERT, true, false },
	{ "/Namespace unlike test-*", "/Namespace/* unlike test-*", IMPLIED_ASSERT, true, true },
	{ "/Namespace unlike *test*", "/Namespace unlike test-*", IMPLIED_ASSERT, true, false },
	{ "/Namespace unlike test", "/Namespace excludes test", IMPLIED_ASSERT, true, true },
	{ "/Namespace unlike *", "/Namespace absent", IMPLIED_ASSERT, true, true },
	{ "coverage unlike *image*", "coverage excludes \"images\"", IMPLIED_ASSERT, true, false },
	{ "unknown:/X unlike a*", "unknown:/X excludes ab", IMPLIED_ASSERT, false, false },
	/* ---- lengths of time ---- */
	{ "/ScanTime duration >= 4h", "/ScanTime duration >= 2h", IMPLIED_ASSERT, true, false },
	{ "/ScanTime duration > 3h59m59s", "/ScanTime duration >= 4h", IMPLIED_ASSERT, true, true },
	{ "/ScanTime duration >= 4h", "/ScanTime present", IMPLIED_ASSERT, true, false },
	{ "/ScanTime duration >= 4h", "/ScanTime within 00:00-06:00", IMPLIED_ASSERT, false, false },
	{ "/ScanTime duration >= 4h", "/ScanTime duration >= 2h", IMPLIED_WHEN, true, false },
	{ "state:/LastScanTime age <= 24h", "state:/LastScanTime age <= 1d12h", IMPLIED_ASSERT, true, false },
	{ "state:/LastScanTime age < 36h", "state:/LastScanTime age <= 36h", IMPLIED_WHEN, true, false },
	{ "coverage contains \"all images\"", "coverage contains \"images\"", IMPLIED_ASSERT, true, false },
	{ "coverage excludes \"image\"", "coverage excludes \"images\"", IMPLIED_ASSERT, true, false },
	/* ---- what cannot be so, and what may not be seen ---- */
	{ "/ScanPeriod > 3\n/ScanPeriod < 3", "/Enable == true", IMPLIED_ASSERT, true, false },
	{ "state:/ScanResult == Success\nstate:/ScanResult == InternalError", "/Enable == true", IMPLIED_ASSERT, false, false },
	{ "", "state:/LastScanTime like *", IMPLIED_WHEN, false, true },
	{ "unknown:/X == 1", "unknown:/X in 1 2\nunknown:/X < 3", IMPLIED_ASSERT, true, false },
	{ "unknown:/X == \"1\"", "unknown:/X <= 2", IMPLIED_ASSERT, false, false },
};
/* clang-format on */

#define LINES_MAX 8u

static size_t parse_lines(struct arena *a, const char *text, struct assertion *out)
{
	size_t n = 0;

	while (*text) {
		size_t length = strcspn(text, "\n");
		struct str line = arena_str(a, (struct str){text, length});

		assert_true(line.p && n < LINES_MAX);
		out[n++] = parse(a, line.p);
		text += length + (text[length] == '\n');
	}
	return n;
}

static void test_lists(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct assertion x[LINES_MAX], y[LINES_MAX];
		size_t n = parse_lines(a, lists[i].strict, x),
		       m = parse_lines(a, lists[i].loose, y);

		if (implies(a, x, n, y, m, lists[i].what) != lists[i].is_implied)
			fail_msg("%s:\nimplies %s? want %d", lists[i].strict, lists[i].loose,
				 lists[i].is_implied);
		if (implies(a, y, m, x, n, lists[i].what) != lists[i].and_back)
			fail_msg("%s:\nimplies %s? want %d", lists[i].loose, lists[i].strict,
				 lists[i].and_back);
	}
	arena_free(a);
}

/*
 * A hostile pair: it must end, whatever the answer. Each word of one is looked for in all of the
 * other's.
 */
static void test_bounded(void **state)
{
	enum { LONG = 4000, WORDS = 240 };
	struct arena *a = arena_new();
	struct assertion *x = calloc(LONG, sizeof(*x)), *y = calloc(LONG, sizeof(*y));
	struct buf text = BUF_INIT((size_t)1 << 16);

	(void)state;
	assert_true(x && y);
	for (size_t i = 0; i < LONG; i++) {
		buf_clear(&text);
		buf_puts(&text, "unknown:/X contains");
		for (size_t k = 0; k < WORDS; k++)
			buf_printf(&text, " a%zx", i * WORDS + k);
		x[i] = parse(a, arena_str(a, buf_view(&text)).p);
		y[LONG - 1 - i] = x[i];
		y[LONG - 1 - i].demand = str_from(arena_printf(a, "%zu", i));
	}
	(void)implies(a, x, LONG, y, LONG, IMPLIED_ASSERT);
	buf_free(&text);
	free(x);
	free(y);
	arena_free(a);
}

/* ---- by force ---- */

/* Values of a field, as JSON; with each operand what lies beside it. Sets have up to four of them. */
#define WORDS "\"a\"", "\"b\"", "\"ab\"", "\"ba\"", "\"bb\"", "\"xab\"", "\"x\"", "\"abx\""
#define TIMES                                                                                      \
	"\"00:30\"", "\"01:00\"", "\"03:00\"", "\"04:00\"", "\"04:30\"", "\"05:00\"", "\"22:00\"", \
		"\"23:00\"", "\"23:30\"", "\"23:59\"", "\"02:59\""
#define CLOCKS                                                                                  \
	"\"00:00:00\"", "\"02:59:59\"", "\"03:00:00\"", "\"03:00:01\"", "\"04:29:59\"",         \
		"\"04:30:00\"", "\"04:30:01\"", "\"21:59:59\"", "\"22:00:00\"", "\"22:00:01\"", \
		"\"23:59:59\""

static const char *const bools[] = {"null", "true", "false", NULL};
static const char *const periods[] = {
	"null", "1", "2", "3", "4", "5", "6", "7", "8", "9", "18446744073709551615", NULL};
static const char *const numbers[] = {"-1", "0", "1", "2", "3",  "4", "5",
				      "6",  "7", "8", "9", "10", NULL};
static const char *const scopes[] = {"null", "-1", "0", "1", "2", "3",  "4",
				     "5",    "6",  "7", "8", "9", "10", NULL};
static const char *const clocks[] = {"null", CLOCKS, NULL};
/* Each start with several ends, and none: behind the field's value the JSON goes on. */
#define ENDED(start, end) start ",\"ScanEndTime\":\"" end "\""
#define WINDOWS(start)                                                                       \
	start, ENDED(start, "00:00:00"), ENDED(start, "03:50:00"), ENDED(start, "04:20:00"), \
		ENDED(start, "06:00:00"), ENDED(start, "07:30:01"), ENDED(start, "23:59:59")
static const char *const windows[] = {"null",
				      WINDOWS("\"00:00:00\""),
				      WINDOWS("\"02:59:59\""),
				      WINDOWS("\"03:00:00\""),
				      WINDOWS("\"03:00:01\""),
				      WINDOWS("\"04:29:59\""),
				      WINDOWS("\"04:30:00\""),
				      WINDOWS("\"04:30:01\""),
				      WINDOWS("\"21:59:59\""),
				      WINDOWS("\"22:00:00\""),
				      WINDOWS("\"22:00:01\""),
				      WINDOWS("\"23:59:59\""),
				      NULL};
static const char *const words[] = {WORDS, TIMES, "\"\"", NULL};
static const char *const texts[] = {"null", WORDS, CLOCKS, "\"\"", NULL};
/* Half an hour before NOW and so on, about each of the spans. */
#define NOW INT64_C(1795478400) /* 2026-11-24T00:00:00Z */
static const char *const stamps[] = {"null",
				     WORDS,
				     CLOCKS,
				     "\"\"",
				     "\"2026-11-23 23:30:00\"",
				     "\"2026-11-23 23:00:00\"",
				     "\"2026-11-23 22:59:59\"",
				     "\"2026-11-23 22:30:00\"",
				     "\"2026-11-23 22:29:59\"",
				     "\"2026-11-23 21:00:00\"",
				     "\"2026-11-23 20:59:59\"",
				     "\"2026-11-24 00:00:01\"",
				     NULL};
static const char *const anything[] = {"null",
				       "true",
				       "false",
				       "1",
				       "2",
				       "3",
				       "4",
				       "5",
				       "6",
				       "7",
				       "8",
				       "9.5",
				       "{}",
				       "[]",
				       "[2]",
				       "[4]",
				       "[7]",
				       "[1]",
				       "[2,4]",
				       "[4,7]",
				       "[7,2]",
				       "[2,2]",
				       "[4,4]",
				       "[7,7]",
				       "[2,4,7]",
				       "[2,4,9]",
				       "[4,7,9]",
				       "[7,2,9]",
				       "[2,2,2]",
				       "[4,4,4]",
				       "[7,7,7]",
				       "[\"a\"]",
				       "[\"ab\"]",
				       "[\"b\"]",
				       "[\"a\",\"b\"]",
				       "[\"a\",\"ab\"]",
				       "[\"ab\",\"b\"]",
				       "[\"ab\",\"b\",\"a\"]",
				       "[\"ab\",\"b\",\"x\"]",
				       "[\"ab\",\"x\",\"a\"]",
				       "[\"x\",\"b\",\"a\"]",
				       "[\"a\",\"a\",\"a\"]",
				       "[\"b\",\"b\",\"b\"]",
				       "[\"ab\",\"ab\",\"ab\"]",
				       "[\"a\",\"a\"]",
				       "[\"b\",\"b\"]",
				       "[\"ab\",\"ab\"]",
				       "[2,4,7,\"a\",\"b\",\"ab\"]",
				       "\"\"",
				       "\"2\"",
				       WORDS,
				       CLOCKS,
				       TIMES,
				       NULL};

static const char *const number_operands[] = {"2", "4", "7", NULL};
static const char *const bool_operands[] = {"true", "false", NULL};
static const char *const clock_operands[] = {"03:00", "04:30", "22:00", NULL};
static const char *const text_operands[] = {"\"a\"", "\"ab\"", "\"b\"", NULL};
static const char *const glob_operands[] = {"a*", "*ab*", "b", NULL};
static const char *const span_operands[] = {"1h", "90m", "3h", NULL};
static const char *const small_operands[] = {"0", "1", "2", NULL};

/* What each operator is asked with: one operand, and the next one where there are two holes. */
static const struct {
	const char *form;
	const char *const *operands[4];
} forms[] = {
	{"== %s", {bool_operands, number_operands, clock_operands, text_operands}},
	{"!= %s", {bool_operands, number_operands, clock_operands, text_operands}},
	{"in %s", {bool_operands, number_operands, clock_operands, text_operands}},
	{"in %s %s", {bool_operands, number_operands, clock_operands, text_operands}},
	{"< %s", {number_operands, clock_operands}},
	{"<= %s", {number_operands, clock_operands}},
	{"> %s", {number_operands, clock_operands}},
	{">= %s", {number_operands, clock_operands}},
	{"within %s-%s", {clock_operands}},
	{"contains %s", {number_operands, text_operands}},
	{"contains %s %s", {number_operands, text_operands}},
	{"contains-any %s %s", {number_operands, text_operands}},
	{"excludes %s", {number_operands, text_operands}},
	{"excludes %s %s", {number_operands, text_operands}},
	{"like %s", {glob_operands}},
	{"unlike %s", {glob_operands}},
	{"duration >= %s", {span_operands}},
	{"duration > %s", {span_operands}},
	{"age <= %s", {span_operands}},
	{"age < %s", {span_operands}},
	{"count == %s", {small_operands}},
	{"count != %s", {small_operands}},
	{"count < %s", {small_operands}},
	{"count <= %s", {small_operands}},
	{"count > %s", {small_operands}},
	{"count >= %s", {small_operands}},
	{"present", {NULL}},
	{"absent", {NULL}},
	{"== null", {NULL}},
	{"!= null", {NULL}},
};

/* A family has configs of its own; what is said of two families is independent. */
static const struct family {
	const char *field;
	const char *subjects[10];
	const char *const *values;
	size_t set;         /* 0: one value; else lists of up to so many */
	const char *member; /* of lists of objects */
} families[] = {
	{"Enable", {"/Enable"}, bools, 0, NULL},
	{"ScanScope", {"/ScanScope"}, scopes, 0, NULL},
	{"ScanType", {"/ScanType", "/ScanType/*"}, words, 3, NULL},
	{"ScanPeriod", {"/ScanPeriod"}, periods, 0, NULL},
	{"ScanTime", {"/ScanTime"}, windows, 0, NULL},
	{"ScanEndTime", {"/ScanEndTime"}, clocks, 0, NULL},
	{"RegistryType", {"/RegistryType", "/RegistryType/*"}, words, 3, NULL},
	{"Namespace", {"/Namespace", "/Namespace/*"}, words, 3, NULL},
	{"Images", {"/Images", "/Images/*/ImageName"}, words, 3, "ImageName"},
	{"Images", {"state:/Images/*/Force"}, words, 3, "Force"},
	{"Namespace", {"coverage"}, words, 3, NULL},
	{"Id", {"/Id", "/Id/*"}, numbers, 4, NULL},
	{"ExcludeImageAssetIds",
	 {"/ExcludeImageAssetIds", "/ExcludeImageAssetIds/*"},
	 numbers,
	 4,
	 NULL},
	{"Latest", {"/Latest"}, bools, 0, NULL},
	{"ContainerRunning", {"/ContainerRunning"}, bools, 0, NULL},
	{"All", {"/All"}, bools, 0, NULL},
	{"LastScanTime", {"state:/LastScanTime"}, stamps, 0, NULL},
	{"ScanResult", {"state:/ScanResult"}, texts, 0, NULL},
	{"X", {"unknown:/X"}, anything, 0, NULL},
};

#define CONFIGS_MAX 4608u
#define SETS        (CONFIGS_MAX / 64)
#define POOL_MAX    1600u
#define DRAWS       150000u
/* Of implied pairs, in hundredths of a percent. */
#define MISSED_MAX 100u

/* For which configs of its family it is so: for a rule's assert, and for its when. */
struct entry {
	struct assertion as;
	size_t family;
	uint64_t so[2][SETS];
};

struct pool {
	struct entry v[POOL_MAX];
	size_t n;
	size_t first[ARRAY_LEN(families) + 1]; /* of each family */
	size_t configs[ARRAY_LEN(families)];
};

static void put_element(struct buf *b, const struct family *f, const char *value, size_t i)
{
	if (f->member)
		buf_printf(b, "%s{\"%s\":%s,\"ImageTag\":\"%zu\"}", i ? "," : "", f->member, value,
			   i);
	else
		buf_printf(b, "%s%s", i ? "," : "", value);
}

static size_t count_values(const struct family *f)
{
	size_t n = 0;

	while (f->values[n])
		n++;
	return n;
}

/* The next combination of up to f->set values, each higher than the one before it. */
static bool next_combination(const struct family *f, size_t *chosen, size_t *n)
{
	size_t values = count_values(f);

	if (*n < f->set && (*n ? chosen[*n - 1] + 1 : 0) < values) {
		chosen[*n] = *n ? chosen[*n - 1] + 1 : 0;
		++*n;
		return true;
	}
	while (*n && ++chosen[*n - 1] == values)
		--*n;
	return *n > 0;
}

static void judge_config(struct arena *a, struct pool *p, size_t family, struct buf *json)
{
	const struct family *f = &families[family];
	struct str text = buf_view(json);
	struct coverage lines = {0};
	struct policy_input in = {
		.has_state = true, .coverage = &lines, .zone = STR("+00:00"), .now_s = NOW};
	size_t at = p->configs[family]++;
	struct reading *r;

	assert_true(at < CONFIGS_MAX && !json->failed_memory);
	r = lib_read(a, &schema_registry_scan, arena_str(a, text).p);
	in.config = &r->config;
	/* Any lines: of the namespaces, which these configs are given as. */
	if (str_is(str_from(f->subjects[0]), "coverage")) {
		const struct value *v =
			&r->config.values[lib_row(&schema_registry_scan, "Namespace")];

		lines = (struct coverage){v->u.texts.v, v->u.texts.n};
	}
	for (size_t i = p->first[family]; i < p->n; i++) {
		struct verdict v;

		assert_null(assertion_evaluate(a, &p->v[i].as, &in, &v));
		if (v.outcome == VERDICT_HOLDS)
			p->v[i].so[IMPLIED_ASSERT][at / 64] |= UINT64_C(1) << at % 64;
		if (v.outcome != VERDICT_FAILS)
			p->v[i].so[IMPLIED_WHEN][at / 64] |= UINT64_C(1) << at % 64;
	}
}

static void judge_family(struct pool *p, size_t family)
{
	const struct family *f = &families[family];
	struct arena *a = arena_new();
	struct buf json = BUF_INIT((size_t)1 << 16);
	size_t chosen[8] = {0}, n = 0, copies = f->member ? 3 : 1;

	for (size_t i = 0; f->set == 0 && f->values[i]; i++) {
		buf_clear(&json);
		buf_printf(&json, "{\"%s\":%s}", f->field, f->values[i]);
		judge_config(a, p, family, &json);
	}
	/* Objects may be alike in the member that is looked at. */
	for (size_t k = 1; f->set && k <= copies; k++) {
		do {
			buf_clear(&json);
			buf_printf(&json, "{\"%s\":[", f->field);
			for (size_t i = 0; i < n * k; i++)
				put_element(&json, f, f->values[chosen[i % n]], i);
			buf_puts(&json, "]}");
			judge_config(a, p, family, &json);
		} while (next_combination(f, chosen, &n));
	}
	buf_free(&json);
	arena_free(a);
}

/* Operators refuse what they do not take, so that each is offered to every subject. */
static void add(struct arena *a, struct pool *p, size_t family, const char *subject,
		const char *form, const char *x, const char *y)
{
	char demand[64];
	struct entry *entry = &p->v[p->n];
	const char *hole = strstr(form, "%s"), *second = hole ? strstr(hole + 2, "%s") : NULL;
	size_t n = hole ? (size_t)(hole - form) : strlen(form);
	struct err *e;
	char *text;

	(void)snprintf(demand, sizeof(demand), "%.*s%s%.*s%s", (int)n, form, hole ? x : "",
		       second ? (int)(second - hole - 2) : 0, hole ? hole + 2 : "",
		       second ? y : "");
	text = arena_printf(a, "%s %s", subject, demand);
	assert_true(text && p->n < POOL_MAX);
	e = assertion_parse(a, &schema_registry_scan, "row", str_from(text), &entry->as);
	if (e) {
		err_free(e);
		return;
	}
	/* A bare number would be one more word for a text. */
	for (size_t i = 0; i < entry->as.operands.n; i++) {
		if (entry->as.operands.v[i].kind == DATUM_TEXT && x[0] != '"')
			return;
	}
	entry->family = family;
	p->n++;
}

static void add_subject(struct arena *a, struct pool *p, size_t family, const char *subject)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		if (!forms[i].operands[0])
			add(a, p, family, subject, forms[i].form, "", "");
		for (size_t k = 0; k < 4 && forms[i].operands[k]; k++) {
			const char *const *o = forms[i].operands[k];

			for (size_t m = 0; o[m]; m++)
				add(a, p, family, subject, forms[i].form, o[m],
				    o[m + 1] ? o[m + 1] : o[0]);
		}
	}
}

static struct pool *fill(struct arena *a)
{
	struct pool *p = calloc(1, sizeof(*p));

	assert_non_null(p);
	for (size_t f = 0; f < ARRAY_LEN(families); f++) {
		p->first[f] = p->n;
		for (size_t i = 0; families[f].subjects[i]; i++)
			add_subject(a, p, f, families[f].subjects[i]);
		judge_family(p, f);
	}
	p->first[ARRAY_LEN(families)] = p->n;
	return p;
}

/* ---- what the configs say ---- */

struct conjunction {
	const struct entry *of[4];
	struct assertion v[4];
	size_t n;
};

static void also(struct conjunction *c, const struct entry *e)
{
	c->v[c->n] = e->as;
	c->of[c->n++] = e;
}

/* The configs of a family for which all of it is so. */
static void all_of(const struct pool *p, const struct conjunction *c, size_t family,
		   enum implied_of what, uint64_t *out)
{
	for (size_t i = 0; i < SETS; i++)
		out[i] = 0;
	for (size_t i = 0; i < p->configs[family]; i++)
		out[i / 64] |= UINT64_C(1) << i % 64;
	for (size_t k = 0; k < c->n; k++) {
		for (size_t i = 0; c->of[k]->family == family && i < SETS; i++)
			out[i] &= c->of[k]->so[what][i];
	}
}

/* No config tells that `x` is not as strict as `y`. Families go with each other freely. */
static bool is_so(const struct pool *p, const struct conjunction *x, const struct conjunction *y,
		  enum implied_of what)
{
	const struct conjunction *both[] = {x, y};
	bool is_within = true;

	for (size_t s = 0; s < 2; s++) {
		for (size_t k = 0; k < both[s]->n; k++) {
			uint64_t a[SETS], b[SETS], any = 0, outside = 0;

			all_of(p, x, both[s]->of[k]->family, what, a);
			all_of(p, y, both[s]->of[k]->family, what, b);
			for (size_t i = 0; i < SETS; i++) {
				any |= a[i];
				outside |= a[i] & ~b[i];
			}
			if (!any)
				return true;
			is_within &= !outside;
		}
	}
	return is_within;
}

static bool is_shown(struct arena *a, const struct conjunction *x, const struct conjunction *y,
		     enum implied_of what)
{
	return implies(a, x->v, x->n, y->v, y->n, what);
}

static void unsound(const struct conjunction *x, const struct conjunction *y)
{
	for (size_t i = 0; i < x->n; i++)
		print_message("  %s\n", x->v[i].text.p);
	print_message("is said to imply\n");
	for (size_t i = 0; i < y->n; i++)
		print_message("  %s\n", y->v[i].text.p);
	fail_msg("and does not");
}

struct tally {
	size_t pairs, implied, missed;
};

static void ask(const struct pool *p, size_t i, size_t k, enum implied_of what, struct tally *t)
{
	struct conjunction x = {.n = 0}, y = {.n = 0};
	struct arena *a = arena_new();
	bool shown, so;

	also(&x, &p->v[i]);
	also(&y, &p->v[k]);
	shown = is_shown(a, &x, &y, what);
	so = is_so(p, &x, &y, what);
	arena_free(a);
	if (shown && !so)
		unsound(&x, &y);
	t->pairs++;
	t->implied += so && i != k;
	if (so && !shown && t->missed++ < 40)
		print_message("not shown: %s => %s\n", x.v[0].text.p, y.v[0].text.p);
}

/* All pairs of one family; of others each hundredth, which are about what can never be so. */
static void test_pairs(void **state)
{
	struct arena *a = arena_new();
	struct pool *p = fill(a);
	struct tally t = {0};

	(void)state;
	for (size_t i = 0; i < p->n; i++) {
		for (size_t k = 0; k < p->n; k++) {
			bool is_one = p->v[i].family == p->v[k].family;
			struct tally far = {.missed = SIZE_MAX};

			if (!is_one && ((i * p->n + k) % 101 || families[p->v[k].family].member))
				continue;
			ask(p, i, k, IMPLIED_ASSERT, is_one ? &t : &far);
			ask(p, i, k, IMPLIED_WHEN, is_one ? &t : &far);
		}
	}
	print_message("%zu assertions, %zu pairs, %zu implied, %zu of them not shown\n", p->n,
		      t.pairs, t.implied, t.missed);
	/* A yes for nothing would be sound, and no configs would imply everything. */
	assert_true(t.implied > 5000 && t.implied < t.pairs / 2);
	assert_true(t.missed * 10000 < t.implied * MISSED_MAX);
	free(p);
	arena_free(a);
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

/* One to three of a family, now and then with one of another. */
static void draw(const struct pool *p, size_t family, uint64_t *seed, struct conjunction *out)
{
	size_t n = 1 + next_random(seed) % 3, first = p->first[family],
	       count = p->first[family + 1] - first;
	const struct entry *other;

	out->n = 0;
	while (n--)
		also(out, &p->v[first + next_random(seed) % count]);
	/* Two families of one list would not be independent. */
	other = &p->v[next_random(seed) % p->n];
	if (next_random(seed) % 8 == 0 && !families[other->family].member)
		also(out, other);
}

static void test_random(void **state)
{
	struct arena *a = arena_new();
	struct pool *p = fill(a);
	struct tally t = {0};
	uint64_t seed = 20270131;

	(void)state;
	for (size_t i = 0; i < DRAWS; i++) {
		size_t family = next_random(&seed) % ARRAY_LEN(families);
		enum implied_of what = i % 2 ? IMPLIED_WHEN : IMPLIED_ASSERT;
		struct arena *work = arena_new();
		struct conjunction x, y;
		bool shown, so;

		draw(p, family, &seed, &x);
		draw(p, family, &seed, &y);
		shown = is_shown(work, &x, &y, what);
		so = is_so(p, &x, &y, what);
		arena_free(work);
		if (shown && !so)
			unsound(&x, &y);
		t.implied += so;
		t.missed += so && !shown;
	}
	print_message("%u random conjunctions, %zu implied, %zu of them not shown\n", DRAWS,
		      t.implied, t.missed);
	assert_true(t.implied > DRAWS / 20);
	free(p);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),    cmocka_unit_test(test_lists),
		cmocka_unit_test(test_bounded), cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
