/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_IMPLICATION_H
#define SCANDRIFT_POLICY_IMPLICATION_H

#include "policy/assertion.h"

/*
 * Is one assertion at least as strict as another? Pure logic over what they say; no config is
 * looked at.
 */

/*
 * True: whatever satisfies `a` satisfies `b`, and what leaves one of them open (a null) leaves the
 * other open as well. False: it is not so, or it cannot be shown here. Both must be of one resource.
 */
bool assertion_implies(const struct assertion *a, const struct assertion *b);

/* What all of `a` demand together covers each of `b`. */
bool assertions_imply(const struct assertion *a, size_t a_count, const struct assertion *b,
		      size_t b_count);

#endif
