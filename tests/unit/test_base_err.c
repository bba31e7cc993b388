/* SPDX-License-Identifier: Apache-2.0 */
/* Errors, the arena, arrays that grow, and the nearest of several words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <errno.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/grow.h"
#include "base/secret.h"
#include "base/suggest.h"

static void expect_text(struct err *e, enum err_kind kind, const char *want)
{
	char *text = err_text(e);

	assert_int_equal(e->kind, kind);
	assert_string_equal(text, want);
	free(text);
	err_free(e);
}

static void test_chain(void **state)
{
	struct err *e = err_new(ERR_REPLY, "line %d", 7);

	(void)state;
	e = err_wrap(e, "reply");
	e = err_wrap(e, "%s", "prod");
	expect_text(e, ERR_REPLY, "prod: reply: line 7");
	expect_text(err_errno(ERR_OUTPUT, ENOENT, "%s", "a/b"), ERR_OUTPUT,
		    "a/b: No such file or directory");
	err_free(NULL);
}

/* What a caller goes by is kept by whoever adds words; there is no place where nobody gave one. */
static void test_place_and_reason(void **state)
{
	struct err *e = err_at(err_new(ERR_REPLY, "duplicate key"), 3, 7);

	(void)state;
	e = err_wrap(err_wrap(e, "reply"), "prod");
	assert_int_equal(e->line, 3);
	assert_int_equal(e->column, 7);
	assert_int_equal(e->reason, REASON_NONE);
	expect_text(e, ERR_REPLY, "prod: reply: duplicate key");
	e = err_wrap(err_because(err_new(ERR_NET, "host"), REASON_TIMEOUT), "prod");
	assert_int_equal(e->reason, REASON_TIMEOUT);
	assert_int_equal(e->line + e->column, 0);
	err_free(e);
}

static void test_nomem(void **state)
{
	struct err *e = err_nomem();

	(void)state;
	assert_ptr_equal(e, err_nomem());
	err_free(e);
	expect_text(e, ERR_NOMEM, "out of memory");
	/* It is one for all, so nothing is kept in it. */
	assert_ptr_equal(err_at(err_nomem(), 3, 7), err_nomem());
	assert_ptr_equal(err_because(err_nomem(), REASON_TIMEOUT), err_nomem());
	e = err_nomem();
	assert_int_equal(e->line + e->column, 0);
	assert_int_equal(e->reason, REASON_NONE);
	/* A wrap of it is an ordinary error with its kind. */
	expect_text(err_wrap(err_nomem(), "prod"), ERR_NOMEM, "prod: out of memory");
}

static void test_arena(void **state)
{
	struct arena *a = arena_new();
	const struct {
		size_t size;
		char fill;
	} rows[] = {{1, 'a'}, {4095, 'b'},     {4097, 'c'}, {0, 'd'},
		    {3, 'e'}, {3u << 20, 'f'}, {17, 'g'}};
	char *got[ARRAY_LEN(rows)];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		got[i] = i % 2 ? arena_bytes(a, rows[i].size) : arena_alloc(a, rows[i].size);
		assert_non_null(got[i]);
		if (i % 2 == 0)
			assert_int_equal((uintptr_t)got[i] % alignof(max_align_t), 0);
		for (size_t j = 0; j < rows[i].size; j++)
			assert_int_equal(got[i][j], 0);
		memset(got[i], rows[i].fill, rows[i].size);
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t j = 0; j < rows[i].size; j++)
			assert_int_equal(got[i][j], rows[i].fill);
	}
	/* Thousands of small pieces of both kinds do not overlap. */
	for (unsigned i = 0; i < 20000; i++) {
		uint64_t *number = arena_alloc(a, sizeof(*number));
		char *text = arena_printf(a, "%u", i);

		assert_int_equal(*number, 0);
		*number = UINT64_MAX;
		assert_int_equal(strtoul(text, NULL, 10), i);
	}
	assert_null(arena_array(a, SIZE_MAX / 2, 3));
	assert_null(arena_alloc(a, SIZE_MAX));
	assert_null(arena_str(a, (struct str){"", SIZE_MAX}).p);
	arena_free(a);
	arena_free(NULL);
}

static void test_arena_text(void **state)
{
	struct arena *a = arena_new();
	struct str s = arena_str(a, (struct str){"abc", 2});

	(void)state;
	assert_string_equal(s.p, "ab");
	assert_int_equal(s.n, 2);
	s = arena_str(a, (struct str){NULL, 0});
	assert_string_equal(s.p, "");
	assert_string_equal(arena_printf(a, "%s-%05d", "x", 42), "x-00042");
	arena_free(a);
}

/* The items stay, each step at least doubles, and a size that no object has is refused. */
static void test_grow(void **state)
{
	struct arena *a = arena_new();
	uint32_t *plain = NULL, *inside = NULL;
	size_t cap = 0, cap_inside = 0, moves = 0;
	size_t huge = SIZE_MAX / 2 + 1, large = SIZE_MAX / 8 + 2;
	void *p;

	(void)state;
	for (uint32_t n = 0; n < 5000; n++) {
		size_t before = cap;

		p = grow(plain, n, &cap, sizeof(*plain));
		assert_non_null(p);
		plain = p;
		inside = grow_in(a, inside, n, &cap_inside, sizeof(*inside));
		assert_non_null(inside);
		assert_true(cap > n && cap_inside > n);
		moves += cap != before;
		assert_true(cap == before || cap >= 2 * before);
		assert_int_equal(inside[n], 0);
		plain[n] = inside[n] = n;
	}
	assert_true(moves < 20);
	for (uint32_t n = 0; n < 5000; n++)
		assert_true(plain[n] == n && inside[n] == n);
	assert_null(grow(plain, huge, &huge, 1));
	assert_null(grow_in(a, inside, huge, &huge, 1));
	assert_int_equal(huge, SIZE_MAX / 2 + 1);
	assert_null(grow(plain, large, &large, 8));
	assert_null(grow_in(a, inside, large, &large, 8));
	assert_int_equal(large, SIZE_MAX / 8 + 2);
	assert_int_equal(plain[4999], 4999);
	free(plain);
	arena_free(a);
}

static void test_suggest(void **state)
{
	static const struct {
		const char *given, *want;
	} rows[] = {
		{"profil", "profile"},
		{"porfile", "profile"},
		{"PROFILE", "profile"},
		{"profilee", "profile"},
		{"zome", "zone"},
		{"zn", ""},
		{"un", "uin"},
		{"uni", "uin"},
		{"role_arn", "role-arn"},
		{"rolearn", "role-arn"},
		{"x", ""},
		{"", ""},
		{"baselines", "baseline"},
		{"base", ""},
		{"something-else", ""},
	};
	static const char *const words[] = {"profile", "zone", "uin", "role-arn", "baseline", ""};
	char longest[200];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct suggest s = suggest_for(str_from(rows[i].given));

		for (size_t j = 0; j < ARRAY_LEN(words); j++)
			suggest_offer(&s, str_from(words[j]));
		if (!str_is(s.best, rows[i].want))
			fail_msg("%s: %.*s", rows[i].given, STR_ARG(s.best));
	}
	memset(longest, 'a', sizeof(longest));
	struct suggest s = suggest_for((struct str){longest, sizeof(longest)});
	suggest_offer(&s, (struct str){longest, sizeof(longest)});
	assert_int_equal(s.best.n, 0);
	/* Of two that are equally near the first is taken. */
	s = suggest_for(STR("cart"));
	suggest_offer(&s, STR("card"));
	suggest_offer(&s, STR("care"));
	assert_true(str_is(s.best, "card"));
	suggest_offer(&s, STR("Cart"));
	assert_true(str_is(s.best, "Cart"));
}

static void test_secret(void **state)
{
	struct secret s = {0};
	char text[] = "key";

	(void)state;
	assert_false(secret_is_set(&s));
	assert_null(secret_set(&s, str_from(text)));
	memset(text, 'x', 3);
	assert_true(str_is(secret_view(&s), "key"));
	assert_null(secret_set(&s, STR("other")));
	assert_true(str_is(secret_view(&s), "other"));
	/* From itself: the copy is made before the old one goes. */
	assert_null(secret_set(&s, secret_view(&s)));
	assert_true(str_is(secret_view(&s), "other"));
	assert_null(secret_set(&s, (struct str){NULL, 0}));
	assert_false(secret_is_set(&s));
	secret_clear(&s);
	secret_clear(&s);
	secret_wipe(text, sizeof(text));
	assert_memory_equal(text, "\0\0\0\0", 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain),      cmocka_unit_test(test_place_and_reason),
		cmocka_unit_test(test_nomem),      cmocka_unit_test(test_arena),
		cmocka_unit_test(test_arena_text), cmocka_unit_test(test_suggest),
		cmocka_unit_test(test_secret),     cmocka_unit_test(test_grow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
