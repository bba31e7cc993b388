/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_DIFF_H
#define SCANDRIFT_MODEL_DIFF_H

#include "base/arena.h"
#include "base/err.h"
#include "model/config.h"
#include "model/direction.h"

/*
 * What differs between two configs of one resource: one change a field, in the order of the table,
 * fields without a row after them. A list's change holds the items that came and went.
 */

enum change_op { CHANGE_ADD, CHANGE_REMOVE, CHANGE_REPLACE };

/* Indices of an element that both sides know by the same keys, and that differs in other members. */
struct item_pair {
	size_t before, after;
};

struct change {
	const struct field *field; /* NULL: a field without a row */
	size_t row;                /* of values[] */
	struct str name, path;     /* path: RFC 6901 */
	enum change_op op;
	const struct value *before, *after;                   /* with a row */
	const struct unknown *unknown_before, *unknown_after; /* without; NULL: absent */
	/* Sets: indices into the sides' items. */
	size_t *removed, removed_count; /* of before */
	size_t *added, added_count;     /* of after */
	struct item_pair *altered;
	size_t altered_count;
	enum direction direction, plain;
	struct bits bits;
};

struct diff {
	const struct config *before, *after;
	struct change *changes;
	size_t change_count;
	struct pair_judgement judgement;
};

/* Equal configs, which have one digest, give no change; others give one at least. */
struct err *diff_configs(const struct config *before, const struct config *after, struct arena *a,
			 struct diff *out) MUST_USE;

const char *change_op_name(enum change_op op);

#endif
