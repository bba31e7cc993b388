/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of objects of which many are equal: those are dropped while they are read, and what is kept
 * is the set that reading all of them would give.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/buf.h"
#include "model_lib.h"

#define MANY 3000

/* "Images" of so many elements, of which number i is the i-th modulo `n` of those. */
static struct reading *read_images(struct arena *a, const char *const *elements, int n, int count)
{
	struct buf b = BUF_INIT(JSON_SIZE_MAX);
	struct reading *r;

	buf_puts(&b, "{\"Enable\":false,\"Images\":[");
	for (int i = 0; i < count; i++)
		buf_printf(&b, "%s%s", i ? "," : "", elements[i % n]);
	buf_puts(&b, "]}");
	r = lib_read(a, &schema_registry_scan, b.p);
	buf_free(&b);
	return r;
}

static void expect_set(const char *const *elements, int n, const char *want)
{
	struct arena *a = arena_new();
	char *turned_value, *value;
	const char *turned[8];

	for (int i = 0; i < n; i++)
		turned[i] = elements[n - 1 - i];
	value = lib_value(read_images(a, elements, n, MANY), "Images");
	turned_value = lib_value(read_images(a, turned, n, MANY), "Images");
	assert_string_equal(value, want);
	assert_string_equal(turned_value, want);
	free(value);
	free(turned_value);
	arena_free(a);
}

static char *value_of(const char *const *elements, int n)
{
	struct arena *a = arena_new();
	char *value = lib_value(read_images(a, elements, n, n), "Images");

	arena_free(a);
	return value;
}

/* Many of them are what each of them once is. */
static void test_equal(void **state)
{
	static const char *const rows[][4] = {
		{"{}"},
		{"{}", "{\"ImageName\":\"\"}"},
		{"{\"ImageName\":\"a\"}", "{\"ImageName\":\"\\u0061\"}"},
		{"{\"ImageName\":\"a\"}", "{\"Namespace\":\"a\"}", "{\"ImageTag\":\"a\"}"},
		{"{\"x\":1}", "{\"x\":2}", "{\"x\":[]}", "{}"},
		{"{\"x\":1,\"a\":2}", "{\"a\":2,\"x\":1}"},
		{"{\"ImageName\":\"a\",\"x\":null}", "{\"ImageName\":\"a\"}"},
		/* State alone: one element. */
		{"{\"ImageName\":\"a\",\"Force\":\"2\"}", "{\"ImageName\":\"a\",\"Force\":\"1\"}"},
		{"{\"ImageName\":\"a\",\"ImageDigest\":\"x\"}", "{\"ImageName\":\"a\"}",
		 "{\"ImageName\":\"b\",\"ImageDigest\":\"x\"}"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int n = 0;
		char *want;

		while (n < 4 && rows[i][n])
			n++;
		want = value_of(rows[i], n);
		expect_set(rows[i], n, want);
		free(want);
	}
}

static size_t image_count(const struct reading *r)
{
	return r->config.values[lib_row(&schema_registry_scan, "Images")].u.elements.n;
}

/* Elements that differ in state alone are one, and which one is kept is no matter of order. */
static void test_state(void **state)
{
	static const char *const two[] = {"{\"ImageName\":\"a\",\"Force\":\"2\"}",
					  "{\"ImageName\":\"a\",\"Force\":\"1\"}"};
	struct arena *a = arena_new();
	struct reading *r = read_images(a, two, 2, MANY);
	char *value = lib_value(r, "Images");

	(void)state;
	assert_int_equal(image_count(r), 1);
	assert_non_null(strstr(value, "\"Force\": \"1\""));
	free(value);
	arena_free(a);
}

/*
 * So many that some have one hash of 32 bits, whatever the hash is: with 400,000 that none does has
 * a chance of one in 10^8. Each is kept, and each is there once.
 */
static void test_collisions(void **state)
{
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(JSON_SIZE_MAX);
	struct reading *r;

	(void)state;
	buf_puts(&b, "{\"Enable\":false,\"Images\":[");
	for (int i = 0; i < 800000; i++)
		buf_printf(&b, "%s{\"ImageName\":\"%d\"}", i ? "," : "", i / 2);
	buf_puts(&b, "]}");
	r = lib_read(a, &schema_registry_scan, b.p);
	assert_int_equal(image_count(r), 400000);
	buf_free(&b);
	arena_free(a);
}

/* A million equal ones take no more memory than their text and some chunks. */
static void test_memory(void **state)
{
	struct budget budget = {.max = (size_t)8 << 20};
	const struct normalize_options opt = {.form = READ_FILE,
					      .limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_CONFIG},
					      .budget = &budget};
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(JSON_SIZE_MAX);
	struct reading *r = NULL;

	(void)state;
	buf_puts(&b, "{\"Enable\":false,\"Images\":[");
	for (int i = 0; i < 1000000; i++)
		buf_puts(&b, i ? ",{}" : "{}");
	buf_puts(&b, "]}");
	assert_null(normalize_read(&schema_registry_scan, buf_view(&b), &opt, a, &r));
	assert_false(budget.is_over);
	assert_int_equal(image_count(r), 1);
	buf_free(&b);
	arena_free(a);
}

#define LADDER 200 /* longer than elements are ranked again */
#define WIDE   40  /* more on each rung than are compared at once */

/* Number i of them in an order that is neither, each twice with another state. */
static void put_rung(struct buf *b, int i)
{
	int turned = i * 7919 % (2 * LADDER * WIDE), rung = turned / 2 / WIDE;

	buf_printf(b, "%s{\"Namespace\":\"n\",\"ImageName\":\"", i ? "," : "");
	for (int k = 0; k < rung; k++)
		buf_puts(b, "123456789");
	buf_printf(b, "%d\",\"ImageTag\":\"%d\",\"Force\":\"%d\"}", turned / 2 % WIDE / 10,
		   turned / 2 % 10, turned % 2);
}

/* Identities that part ever later, so that each ranking of their bytes leaves many equal. */
static void test_ladder(void **state)
{
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(JSON_SIZE_MAX);
	size_t row = lib_row(&schema_registry_scan, "Images");
	const struct value *v;
	struct reading *r;

	(void)state;
	buf_puts(&b, "{\"Enable\":false,\"Images\":[");
	for (int i = 0; i < 2 * LADDER * WIDE; i++)
		put_rung(&b, i);
	buf_puts(&b, "]}");
	r = lib_read(a, &schema_registry_scan, b.p);
	v = &r->config.values[row];
	assert_int_equal(v->u.elements.n, LADDER * WIDE);
	for (size_t i = 1; i < v->u.elements.n; i++)
		assert_true(element_compare(&schema_registry_scan, row, v->u.elements.v[i - 1],
					    v->u.elements.v[i]) < 0);
	buf_free(&b);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),      cmocka_unit_test(test_state),
		cmocka_unit_test(test_collisions), cmocka_unit_test(test_memory),
		cmocka_unit_test(test_ladder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
