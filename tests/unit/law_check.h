/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAW_CHECK_H
#define LAW_CHECK_H

#include <time.h>

#include "model/direction.h"

#include "law_build.h"
#include "law_model.h"

/*
 * One pair before the law: what direction.h says of the configs in law_configs against what the
 * model says of the sides that they were built from.
 */

/* Enough was printed; a sweep may end. */
#define LAW_FAILURES_MAX 10

extern struct law_config law_configs[2]; /* before, after */
extern unsigned long law_pairs_judged, law_failures;

/* All readings, and the plain one alone. */
#define LAW_MODELS 2
extern law_model law_models[LAW_MODELS];

/* Where we say something else than the model, and why. */
enum { LAW_EXCEPTION_SWITCH, LAW_EXCEPTION_REGISTRY, LAW_EXCEPTIONS };

struct law_exception {
	const char *what, *why;
	unsigned long pairs; /* met so far */
};
extern struct law_exception law_exceptions[LAW_EXCEPTIONS];

/* Before anything else. */
void law_begin(uint64_t seed);

/* From 0 on, below `below`. */
unsigned law_random(unsigned below);

/* True for one in `one_in` calls, at random. */
bool law_is_sampled(unsigned one_in);

void law_build_both(const struct law_side *sides);

law_outcomes law_bits_of(bool lose, bool gain);
law_outcomes law_bits_of_direction(enum direction d);
law_outcomes law_swap_bits(law_outcomes o);

/* False, with a line about the pair. */
bool law_complain(struct law_pair p, const char *what, unsigned got, unsigned want);

/* The outcomes under all readings and under the plain one are the model's. */
bool law_check(struct law_pair p, law_outcomes full, law_outcomes plain);

/* Swapping the sides swaps the bits of each field. */
bool law_check_swapped(struct law_pair p);

struct law_clock {
	struct timespec start;
	unsigned long pairs;
};

struct law_clock law_clock_start(void);
void law_clock_tell(struct law_clock c, const char *what);

#endif
