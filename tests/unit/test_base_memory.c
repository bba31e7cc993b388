/* SPDX-License-Identifier: Apache-2.0 */
/* Budgets, and arenas that give back: what is counted, what is freed, what stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/grow.h"

static void test_budget(void **state)
{
	struct budget b = {.max = 100};

	(void)state;
	assert_true(budget_take(&b, 60));
	assert_true(budget_take(&b, 40));
	assert_int_equal(b.used, 100);
	assert_false(b.is_over);
	assert_true(budget_take(&b, 0));
	assert_false(budget_take(&b, 1));
	assert_true(b.is_over);
	assert_int_equal(b.used, 100);
	budget_give(&b, 100);
	assert_int_equal(b.used, 0);
	assert_true(b.is_over); /* who asks later must still learn of it */
	assert_false(budget_take(&b, SIZE_MAX));
	assert_true(budget_take(&b, 100));
	assert_true(budget_take(NULL, SIZE_MAX));
	budget_give(NULL, 1);
}

static void test_grow_from(void **state)
{
	struct budget b = {.max = 24 * sizeof(uint64_t)};
	size_t cap = 0;
	uint64_t *v = grow_from(&b, NULL, 0, &cap, sizeof(*v)), *same;

	(void)state;
	assert_non_null(v);
	assert_int_equal(b.used, cap * sizeof(*v));
	same = grow_from(&b, v, cap - 1, &cap, sizeof(*v));
	assert_ptr_equal(same, v);
	v = grow_from(&b, v, cap, &cap, sizeof(*v));
	assert_non_null(v);
	assert_int_equal(b.used, 16 * sizeof(*v));
	assert_null(grow_from(&b, v, cap, &cap, sizeof(*v)));
	assert_int_equal(cap, 16);
	assert_int_equal(b.used, cap * sizeof(*v));
	assert_true(b.is_over);
	free(v);
}

static void test_arena_budget(void **state)
{
	struct budget b = {.max = 64 << 10};
	struct arena *a = arena_new();
	struct arena_mark m = arena_mark(a);
	size_t n = 0;

	(void)state;
	assert_non_null(arena_bytes(a, 100000)); /* before: of no budget */
	assert_int_equal(b.used, 0);
	arena_set_budget(a, &b);
	assert_ptr_equal(arena_budget(a), &b);
	m = arena_mark(a);
	while (arena_bytes(a, 1024))
		n++;
	assert_true(b.is_over);
	assert_in_range(n, 20, 64);
	assert_in_range(b.used, n * 1024, b.max);
	arena_rewind(a, &m);
	/* One chunk stays for who goes on. */
	assert_in_range(b.used, 0, 32 << 10);
	arena_set_budget(a, NULL);
	assert_non_null(arena_bytes(a, 100000));
	arena_free(a);
}

/* Old text stays, new text goes, and memory that is used again is zeroed. */
static void rewind_after(size_t before, size_t size, size_t times)
{
	struct budget b = {.max = 1 << 30};
	struct arena *a = arena_new();
	char *old = NULL;
	struct arena_mark m;
	size_t used;

	arena_set_budget(a, &b);
	if (before) {
		old = arena_bytes(a, before);
		assert_non_null(old);
		memset(old, 'o', before);
	}
	m = arena_mark(a);
	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < times; i++) {
			char *p = arena_bytes(a, size);

			assert_non_null(p);
			for (size_t k = 0; k < size; k++)
				assert_int_equal(p[k], 0);
			memset(p, 'n', size);
		}
		used = b.used;
		arena_rewind(a, &m);
		assert_true(b.used <= used);
	}
	/* Three rounds hold no more than one chunk besides what was before. */
	assert_true(b.used <= before + 4096 + (size > 4096 ? size : 4096) + (2 << 20));
	for (size_t k = 0; k < before; k++)
		assert_int_equal(old[k], 'o');
	arena_free(a);
}

static void test_rewind(void **state)
{
	static const size_t sizes[] = {1, 100, 4000, 4096, 5000, 100000, 3 << 20};

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		for (size_t k = 0; k < sizeof(sizes) / sizeof(*sizes); k++) {
			rewind_after(0, sizes[i], 3);
			rewind_after(sizes[k], sizes[i], 3);
			rewind_after(sizes[k], sizes[i], 1);
		}
	}
}

/* A block larger than a chunk is not the head: what was there before the mark stays. */
static void test_rewind_large(void **state)
{
	struct budget b = {.max = 1 << 24};
	struct arena *a = arena_new();
	char *small, *large;
	struct arena_mark m;
	size_t used;

	(void)state;
	arena_set_budget(a, &b);
	small = arena_bytes(a, 10);
	large = arena_bytes(a, 100000);
	assert_non_null(small);
	assert_non_null(large);
	memset(large, 'l', 100000);
	used = b.used;
	m = arena_mark(a);
	assert_non_null(arena_bytes(a, 200000));
	assert_non_null(arena_bytes(a, 10));
	arena_rewind(a, &m);
	assert_int_equal(b.used, used);
	for (int i = 0; i < 100000; i++)
		assert_int_equal(large[i], 'l');
	arena_free(a);
}

static char *text_of(size_t n, char c)
{
	char *p = malloc(n);

	assert_non_null(p);
	memset(p, c, n);
	return p;
}

static void test_rewind_adopted(void **state)
{
	struct budget b = {.max = 1 << 20};
	struct arena *a = arena_new();
	struct arena_mark m;
	size_t used;
	char *kept = text_of(1000, 'k'), *refused = text_of(10, 'r');

	(void)state;
	arena_set_budget(a, &b);
	assert_true(arena_adopt(a, kept, 1000));
	assert_true(b.used >= 1000);
	m = arena_mark(a);
	used = b.used;
	for (int round = 0; round < 100; round++) {
		char *copy = arena_bytes(a, 50);

		assert_non_null(copy);
		memset(copy, 'c', 50);
		assert_true(arena_adopt(a, text_of(100000, 'x'), 100000));
		assert_true(arena_adopt(a, text_of(200000, 'y'), 200000));
		assert_true(b.used >= used + 300000);
		arena_rewind(a, &m);
		assert_true(b.used <= used + 8192);
	}
	for (int i = 0; i < 1000; i++)
		assert_int_equal(kept[i], 'k');
	/* What is refused stays the caller's. */
	assert_false(arena_adopt(a, refused, b.max));
	assert_true(b.is_over);
	free(refused);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_budget),         cmocka_unit_test(test_grow_from),
		cmocka_unit_test(test_arena_budget),   cmocka_unit_test(test_rewind),
		cmocka_unit_test(test_rewind_adopted), cmocka_unit_test(test_rewind_large),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
