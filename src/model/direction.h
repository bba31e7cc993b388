/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_DIRECTION_H
#define SCANDRIFT_MODEL_DIRECTION_H

#include "model/config.h"

/*
 * Does the change scan less? Two bits for the pair and for each field, over all readings of what
 * the vendor leaves open: may something that was covered not be covered afterwards (lose), and the
 * reverse (gain). Sound: a change that scans less under any reading has its lose bit set. Exact
 * too: no bit is set that no reading gives, with the exceptions that tests/unit/law_direction.c
 * lists. Definitions, readings and the algorithm: "Directions" in src/README.md.
 */

struct bits {
	bool lose, gain;
};

enum direction {
	DIR_NEUTRAL, /* covers the same, at another time */
	DIR_INERT,   /* changes nothing */
	DIR_STRENGTHENED,
	DIR_WEAKENED,
	DIR_MIXED,   /* the pair alone: one field loses, another gains */
	DIR_UNKNOWN, /* may lose and may gain, or outside the model */
};

/* Arrays go by row. Rows of state and of the run do not differ, whatever they hold. */
struct judgement {
	struct bits fields[SCHEMA_FIELDS_MAX];
	enum direction directions[SCHEMA_FIELDS_MAX]; /* DIR_INERT where nothing differs */
	bool differs[SCHEMA_FIELDS_MAX];
	bool unknown_differs; /* a field without a row */
	struct bits whole;    /* every field's bits together, those of unknown fields too */
	enum direction direction;
	/*
	 * By the first alternative of each reading, the likeliest: for wording alone, never for
	 * severity. Its bits are always among those above.
	 */
	enum direction plain;
	enum direction plain_fields[SCHEMA_FIELDS_MAX];
	bool is_switched_off; /* from on to off: the one that is critical */
};

/* Of the pair alone: what is left once the parts of the fields are in their changes. */
struct pair_judgement {
	struct bits whole;
	enum direction direction, plain;
	bool is_switched_off;
};

/*
 * Judges a pair of configs of one resource and fills all of `out`. What it says of a field holds
 * for this pair: beside other changes the same edit may mean something else. Sets must be sorted,
 * each element once. Linear in the lengths of the sets; allocates nothing.
 */
void direction_judge(const struct config *before, const struct config *after,
		     struct judgement *out);

/* "weakened": how results spell it. */
const char *direction_name(enum direction d);

#endif
