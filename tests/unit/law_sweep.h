/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAW_SWEEP_H
#define LAW_SWEEP_H

#include "law_check.h"

/*
 * Many pairs before the law. Each sweep prints what it was, how many pairs it had and how long it
 * took, and fails the test when one of them fails. `one_in` takes a sample.
 */

/* Scopes with filters, selections and exclusions: everything that touches something else. */
void law_sweep_core(bool is_whole, unsigned one_in);

/* Types, times, switch and null bools against all scopes. */
void law_sweep_second(const char *name, unsigned one_in);

/* Sets of ids in up to `states_max` of the 15 states that they can be in. */
void law_sweep_id_sets(const char *name, unsigned states_max, unsigned one_in);

/* Members without a row, in images that stay, come and go, under every scope, on and off. */
void law_sweep_members(const char *name);

/* law_random.c: everything together, at random. */
void law_sweep_random(const char *name, unsigned long count);

/* The model in parts against the model image by image. */
void law_sweep_images(const char *name, unsigned long count);

/* Sets of thousands against one name for each way in which two sides can hold a name. */
void law_sweep_large(const char *name, unsigned long count);

/* The model with an answer less, or more: does the law still hold? */
void law_sweep_answers(unsigned long count);

/* What each answer costs, or would cost: edits whose direction nobody can tell. */
void law_tell_costs(unsigned long count);

/* Of the universe, for those who choose at random. */
#define LAW_SCOPES  7
#define LAW_WINDOWS 9
#define LAW_PERIODS 14
void law_take_scope(struct law_side *s, unsigned i);
void law_take_window(struct law_side *s, unsigned i);

#endif
