/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_WAIVER_VALUE_H
#define SCANDRIFT_POLICY_WAIVER_VALUE_H

#include "policy/assertion.h"

/*
 * Values that a waiver is pinned to: JSON as somebody wrote it. It is read as the subject's value
 * would be, so what normalizing makes one ("03:00" and "03:00:00", another order of a set) is one
 * here too: where a waiver is applied, and where two of them are compared.
 */

/*
 * Is it what the subject has: the value, or with a star the list of the values that fail? `as` is
 * the assertion that found it, or NULL.
 */
struct err *pin_is_found(struct arena *a, const struct subject *s, const struct assertion *as,
			 const struct policy_input *in, struct str json, bool *is_equal) MUST_USE;

/*
 * What a pin of this built-in rule is about: the field of "drift/FIELD". Other rules may be about any
 * field, so that for them the JSON must be the same.
 */
struct subject pin_subject(const struct resource *r, struct str rule_id);

/* Do both say the same of this subject? */
struct err *pins_are_equal(struct arena *a, const struct resource *r, const struct subject *s,
			   struct str x, struct str y, bool *is_equal) MUST_USE;

/* NULL, or what is wrong with `json` as a value of this row, in the arena. */
struct err *pin_check(struct arena *a, const struct resource *r, size_t row, struct str json,
		      const char **problem) MUST_USE;

/* NULL, or why it is not one JSON value. */
struct err *pin_check_json(struct arena *a, struct str json, const char **problem) MUST_USE;

#endif
