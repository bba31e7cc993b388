/* SPDX-License-Identifier: Apache-2.0 */
#include "law_sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/*
 * The soundness law, two-sided: the bits of a pair equal what the model of law_model.c finds by
 * enumerating images and readings, for every pair of a universe that holds each relation two sides
 * can have. A bit too few would call a loss harmless, a bit too many would be noise.
 *
 * SCANDRIFT_LONG=1 runs the whole universe; SCANDRIFT_SEED=N takes other samples.
 */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SLOW_BUILD 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
#define IS_SLOW_BUILD 1
#endif
#ifndef IS_SLOW_BUILD
#define IS_SLOW_BUILD 0
#endif

static bool is_long;

static unsigned slow(unsigned one_in)
{
	return IS_SLOW_BUILD ? one_in : 1;
}

static void test_core(void **state)
{
	(void)state;
	law_sweep_core(is_long, slow(64));
}

static void test_second_sweep(void **state)
{
	(void)state;
	law_sweep_second(is_long ? "types, times, switch, null bools"
				 : "types, times, switch, null bools, a sample",
			 is_long ? slow(64) : 64 * slow(16));
}

static void test_id_sets(void **state)
{
	(void)state;
	law_sweep_id_sets(is_long ? "sets of ids, all" : "sets of ids in up to four states",
			  is_long ? 15 : 4, slow(64));
}

static void test_members(void **state)
{
	(void)state;
	law_sweep_members("members without a row");
}

static void test_costs(void **state)
{
	(void)state;
	law_tell_costs((is_long ? 200000 : 10000) / slow(8));
}

static void test_random(void **state)
{
	(void)state;
	law_sweep_random("at random", (is_long ? 3000000 : 100000) / slow(16));
}

static void test_single_images(void **state)
{
	(void)state;
	law_sweep_images("image by image", (is_long ? 400 : 20) / slow(4));
}

static void test_large_sets(void **state)
{
	(void)state;
	law_sweep_large("large sets and their witnesses", (is_long ? 4000 : 400) / slow(8));
}

static void test_answers(void **state)
{
	(void)state;
	law_sweep_answers((is_long ? 1000000 : 30000) / slow(4));
}

/* A filter and a selection that may be about the same thing: we say the louder. */
static void test_exceptions(void **state)
{
	struct law_side sides[2] = {law_default, law_default};
	struct judgement j;

	(void)state;
	/* The image "a" has the registry "a": dropping "b" takes nothing from it. */
	sides[0].scope = sides[1].scope = 1;
	sides[0].images = sides[1].images = 1;
	sides[0].registries = 3;
	sides[1].registries = 1;
	law_build_both(sides);
	direction_judge(&law_configs[0].c, &law_configs[1].c, &j);
	assert_int_equal(j.direction, DIR_WEAKENED);
	law_exceptions[LAW_EXCEPTION_REGISTRY].pairs++;

	print_message("exceptions: %zu\n", ARRAY_LEN(law_exceptions));
	for (size_t i = 0; i < ARRAY_LEN(law_exceptions); i++) {
		print_message("  %s: %s (%lu pairs)\n", law_exceptions[i].what,
			      law_exceptions[i].why, law_exceptions[i].pairs);
		assert_true(law_exceptions[i].pairs > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_core),          cmocka_unit_test(test_second_sweep),
		cmocka_unit_test(test_id_sets),       cmocka_unit_test(test_random),
		cmocka_unit_test(test_single_images), cmocka_unit_test(test_large_sets),
		cmocka_unit_test(test_members),       cmocka_unit_test(test_answers),
		cmocka_unit_test(test_costs),         cmocka_unit_test(test_exceptions),
	};
	const char *want_long = getenv("SCANDRIFT_LONG"), *want_seed = getenv("SCANDRIFT_SEED");
	uint64_t seed = want_seed ? strtoull(want_seed, NULL, 10) : 20260101;

	is_long = want_long && strcmp(want_long, "1") == 0;
	print_message("seed %llu\n", (unsigned long long)seed);
	law_begin(seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
