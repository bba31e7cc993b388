/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_FORM_PARTS_H
#define SCANDRIFT_POLICY_FORM_PARTS_H

#include "policy/form.h"

/* What the two files of the normal form share: form.c makes one, form_within.c compares two. */

/* Takes one step of the effort. False: none is left, and the comparison shows nothing. */
bool form_step(const struct form *f);

struct integer form_next(struct integer i);
bool form_is_below(struct integer x, struct integer y);

/* Does a value that has `x` always have `y` too? */
bool form_has_too(const struct form *f, const struct datum *x, const struct datum *y);
bool form_has(const struct form *f, const struct datums *list, const struct datum *d);

/* May a value be `d`, and can no value contain `d`? */
bool form_admits(const struct form *f, const struct datum *d);
bool form_keeps_out(const struct form *f, const struct datum *d);

#endif
