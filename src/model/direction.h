/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_DIRECTION_H
#define SCANDRIFT_MODEL_DIRECTION_H

#include "model/config.h"

/*
 * Does the change scan less? Two bits for the pair and for each field, over all readings of what
 * the vendor leaves open: may something that was covered not be covered afterwards (lose), and the
 * reverse (gain). Sound: a change that scans less under any reading has its lose bit set.
 * Definitions, readings and the algorithm: "Directions" in src/README.md.
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

struct judgement {
	struct bits fields[SCHEMA_FIELDS_MAX];
	enum direction directions[SCHEMA_FIELDS_MAX]; /* only of fields that differ */
	bool differs[SCHEMA_FIELDS_MAX];
	bool unknown_differs; /* a field without a row */
	struct bits whole;
	enum direction direction;
	/* By the first alternative of each reading: for wording alone, never for severity. */
	enum direction plain;
	enum direction plain_fields[SCHEMA_FIELDS_MAX];
	bool is_switched_off; /* on to off: the one that is critical */
};

/*
 * Judges a pair of configs of one resource. `differs` comes from diff.h; whoever asks for a
 * direction alone lets this fill it.
 */
void direction_judge(const struct config *before, const struct config *after,
		     struct judgement *out);

const char *direction_name(enum direction d);

#endif
