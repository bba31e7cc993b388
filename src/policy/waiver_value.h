/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_WAIVER_VALUE_H
#define SCANDRIFT_POLICY_WAIVER_VALUE_H

#include "policy/assertion.h"

/*
 * Values that a waiver is pinned to: JSON as somebody wrote it against what a config holds. Forms
 * that normalizing makes one ("03:00" and "03:00:00", another order of a set) are one here too.
 */

/* Is the value of this row exactly `json`? */
struct err *pin_is_row(struct arena *a, const struct config *c, size_t row, struct str json,
		       bool *is_equal) MUST_USE;

/* The same for a field without a row; an absent one is null. */
struct err *pin_is_unknown(struct arena *a, const struct config *c, struct str name,
			   struct str json, bool *is_equal) MUST_USE;

/* Is it what the assertion found: the value, or with a star the list of the values that fail? */
struct err *pin_is_found(struct arena *a, const struct assertion *as, const struct policy_input *in,
			 struct str json, bool *is_equal) MUST_USE;

/* NULL, or what is wrong with `json` as a value of this row, in the arena. */
struct err *pin_check(struct arena *a, const struct resource *r, size_t row, struct str json,
		      const char **problem) MUST_USE;

/* A JSON value in the one form that equal values have. */
struct err *pin_canonical(struct arena *a, struct str json, struct str *out) MUST_USE;

/* NULL, or why it is not one JSON value. */
struct err *pin_check_json(struct arena *a, struct str json, const char **problem) MUST_USE;

#endif
