/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which assertion is at least as strict as which. By rows, and by force: each pair of a pool is
 * asked, and what is said to be implied must hold of every config of another pool; on a line the
 * answer must also be yes wherever no config says no.
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

/* clang-format off */
static const struct { const char *strict, *loose; bool is_implied, and_back; } rows[] = {
	{ "/ScanPeriod <= 1", "/ScanPeriod <= 7", true, false },
	{ "/ScanPeriod   <=  7", "/ScanPeriod <= 7", true, true },
	{ "/ScanPeriod == 1", "/ScanPeriod <= 7", true, false },
	{ "/ScanPeriod in 1 2", "/ScanPeriod < 3", true, false },
	{ "/ScanPeriod < 3", "/ScanPeriod <= 2", true, true },
	{ "/ScanPeriod in 1 2", "/ScanPeriod in 2 3", false, false },
	{ "/ScanPeriod in 1 2", "/ScanPeriod in 2 1 2", true, true },
	{ "/ScanPeriod != 3", "/ScanPeriod <= 2", false, true },
	{ "/ScanPeriod > 18446744073709551614", "/ScanPeriod == 18446744073709551615", true, true },
	{ "/ScanPeriod >= -9223372036854775808", "/ScanPeriod <= 7", false, true },
	{ "/ScanPeriod present", "/ScanPeriod <= 7", false, false },
	{ "/ScanPeriod == 1", "/ScanPeriod present", false, false },
	{ "/ScanPeriod == null", "/ScanPeriod absent", false, false },
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
	{ "coverage like \"a*\"", "coverage contains \"a\"", false, false },
	{ "state:/ScanResult == Success", "state:/ScanResult in Success ImageNeedIsEmpty", true, false },
	{ "unknown:/X == 1", "unknown:/X <= 2", false, false },
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

		if (assertion_implies(&strict, &loose) != rows[i].is_implied)
			fail_msg("%s: implies %s? want %d", rows[i].strict, rows[i].loose,
				 rows[i].is_implied);
		if (assertion_implies(&loose, &strict) != rows[i].and_back)
			fail_msg("%s: implies %s? want %d", rows[i].loose, rows[i].strict,
				 rows[i].and_back);
	}
	arena_free(a);
}

/* ---- by force ---- */

/* %s is each operand in turn; a row without one stands as it is. */
static const char *const forms[] = {
	"/ScanPeriod == %s",
	"/ScanPeriod != %s",
	"/ScanPeriod < %s",
	"/ScanPeriod <= %s",
	"/ScanPeriod > %s",
	"/ScanPeriod >= %s",
	"/ScanPeriod in %s 3",
	"/ScanPeriod in 2 %s 5",
	"/ScanPeriod present",
	"/ScanPeriod absent",
	"/ScanPeriod == null",
	"/ScanPeriod != null",
	"/ScanTime == 0%s:00",
	"/ScanTime != 0%s:00",
	"/ScanTime < 0%s:00",
	"/ScanTime >= 0%s:00",
	"/ScanTime within 0%s:00-06:30",
	"/ScanTime within 03:00-0%s:30",
	"/ScanTime in 0%s:00 04:00",
	"/Enable == true",
	"/Enable != true",
	"/Enable in true",
	"/Enable == false",
	"/Id contains %s",
	"/Id contains %s 3",
	"/Id contains-any %s 3",
	"/Id excludes %s",
	"/Id excludes %s 3",
	"/Id count <= %s",
	"/Id count == %s",
	"/Id/* <= %s",
	"/Id/* in %s 3",
	"/Id/* != %s",
	"/Namespace/* == %s",
	"/Namespace/* != %s",
	"/Namespace/* like %s*",
	"/Namespace/* in %s 33",
	"/Namespace/* contains %s",
	"/Namespace/* excludes %s",
};
static const char *const operands[] = {"2", "3", "4", "5"};

/* Beside these there is one for each quarter of an hour up to 08:00. */
static const char *const configs[] = {
	"{}",
	"{\"Enable\":true,\"ScanPeriod\":1,\"Id\":[1],\"Namespace\":[\"1\"]}",
	"{\"Enable\":false,\"ScanPeriod\":2,\"Id\":[2],\"Namespace\":[\"2\"]}",
	"{\"ScanPeriod\":3,\"Id\":[3],\"Namespace\":[\"3\"]}",
	"{\"ScanPeriod\":4,\"Id\":[4],\"Namespace\":[\"4\"]}",
	"{\"ScanPeriod\":5,\"Id\":[5],\"Namespace\":[\"5\"]}",
	"{\"ScanPeriod\":6,\"Id\":[6],\"Namespace\":[\"33\"]}",
	"{\"ScanPeriod\":9,\"Id\":[1,2],\"Namespace\":[\"12\"]}",
	"{\"ScanPeriod\":18446744073709551615,\"Id\":[1,2,3],\"Namespace\":[]}",
	"{\"Id\":[1,2,3,4,5,6],\"Namespace\":[\"1\",\"2\"]}",
	"{\"Id\":[2,3],\"Namespace\":[\"3\",\"33\"]}",
	"{\"Id\":[3,4],\"Namespace\":[\"x\"]}",
	"{\"Id\":[3,5]}",
	"{\"Id\":[1,3]}",
	"{\"Id\":[1,2,3,4]}",
	"{\"Id\":[2,4,5,6,7]}",
};
#define QUARTERS    32u
#define CONFIGS_MAX (ARRAY_LEN(configs) + QUARTERS)

static const char *config(struct arena *a, size_t i)
{
	size_t quarter = i - ARRAY_LEN(configs);
	const char *text = i < ARRAY_LEN(configs)
				   ? configs[i]
				   : arena_printf(a, "{\"ScanTime\":\"%02zu:%02zu\"}", quarter / 4,
						  quarter % 4 * 15);

	assert_non_null(text);
	return text;
}

#define POOL_MAX (ARRAY_LEN(forms) * ARRAY_LEN(operands))

struct pool {
	struct assertion list[POOL_MAX];
	enum verdict_outcome outcomes[POOL_MAX][CONFIGS_MAX];
	size_t n;
};

static void fill(struct arena *a, struct pool *p)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		const char *hole = strstr(forms[i], "%s");

		for (size_t k = 0; k < (hole ? ARRAY_LEN(operands) : 1); k++) {
			char text[128];

			if (hole)
				(void)snprintf(text, sizeof(text), "%.*s%s%s",
					       (int)(hole - forms[i]), forms[i], operands[k],
					       hole + 2);
			else
				(void)snprintf(text, sizeof(text), "%s", forms[i]);
			p->list[p->n++] = parse(a, text);
		}
	}
}

static void judge(struct arena *a, struct pool *p)
{
	for (size_t c = 0; c < CONFIGS_MAX; c++) {
		struct reading *r = lib_read(a, &schema_registry_scan, config(a, c));
		struct policy_input in = {.config = &r->config};

		for (size_t i = 0; i < p->n; i++) {
			struct verdict v;

			assert_null(assertion_evaluate(a, &p->list[i], &in, &v));
			p->outcomes[i][c] = v.outcome;
		}
	}
}

/* The config that shows that `x` is not at least as strict as `y`; CONFIGS_MAX: none does. */
static size_t counterexample(const struct pool *p, size_t x, size_t y)
{
	for (size_t c = 0; c < CONFIGS_MAX; c++) {
		enum verdict_outcome a = p->outcomes[x][c], b = p->outcomes[y][c];

		if ((a == VERDICT_HOLDS && b != VERDICT_HOLDS) ||
		    (b == VERDICT_FAILS && a != VERDICT_FAILS))
			return c;
	}
	return CONFIGS_MAX;
}

/* Of these the configs hold every value that tells two apart. */
static bool is_on_a_line(const struct assertion *as)
{
	return (as->subject.kinds &
		(DATUM_BIT(DATUM_INTEGER) | DATUM_BIT(DATUM_BOOL) | DATUM_BIT(DATUM_CLOCK))) &&
	       !as->subject.is_each;
}

static bool is_about_null(const struct assertion *as)
{
	return strstr(as->text.p, "null") || strstr(as->text.p, "absent") ||
	       strstr(as->text.p, "present");
}

static void test_force(void **state)
{
	struct arena *a = arena_new();
	struct pool *p = calloc(1, sizeof(*p));
	size_t implied = 0;

	(void)state;
	assert_non_null(p);
	fill(a, p);
	judge(a, p);
	for (size_t x = 0; x < p->n; x++) {
		for (size_t y = 0; y < p->n; y++) {
			const struct assertion *strict = &p->list[x], *loose = &p->list[y];
			bool is_implied = assertion_implies(strict, loose);
			size_t at = counterexample(p, x, y);
			bool against = at < CONFIGS_MAX;

			implied += is_implied && x != y;
			if (is_implied && against)
				fail_msg("\"%s\" is said to imply \"%s\", and does not for %s",
					 strict->text.p, loose->text.p, config(a, at));
			if (!is_implied && !against && is_on_a_line(strict) &&
			    strict->subject.row == loose->subject.row && !is_about_null(strict) &&
			    !is_about_null(loose))
				fail_msg("\"%s\" implies \"%s\", and that is not seen",
					 strict->text.p, loose->text.p);
		}
	}
	/* A yes for nothing would pass all of this. */
	assert_true(implied > 500);
	free(p);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
