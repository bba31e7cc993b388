/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_DIRECTION_SETS_H
#define SCANDRIFT_MODEL_DIRECTION_SETS_H

#include "model/config.h"

/*
 * What the rules of direction.c ask about sets. Each answer is one walk over sorted lists, linear
 * in their lengths.
 */

/* Indexed by side: 0 before, 1 after. */
struct set_change {
	bool is_filled[2];
	bool has_only[2];     /* names something that the other side does not */
	bool members_changed; /* the same element, with other settings inside */
};

/* `field` is a row of a set kind. */
void direction_compare_sets(const struct resource *r, size_t field, const struct value *before,
			    const struct value *after, struct set_change *out);

/* A sorted list of ids. */
struct ids {
	const struct integer *v;
	size_t n;
};

/* Has `in` an id that stands in neither of `out`, and in `also` unless that is NULL? */
bool direction_has_id(struct ids in, const struct ids out[2], const struct ids *also);

#endif
