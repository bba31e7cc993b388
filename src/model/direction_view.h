/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_DIRECTION_VIEW_H
#define SCANDRIFT_MODEL_DIRECTION_VIEW_H

#include "model/config.h"

/*
 * What the files behind direction.h share: a pair, and a way to read it.
 *
 * Every rule is written for one side against the other and asked twice, so that its mirror image
 * cannot be forgotten: what only the before side covers is lost, what only the after side covers
 * is gained.
 */

enum side { BEFORE, AFTER, SIDES };

#define ONLY(side) (1u << (side))
#define LOSE       ONLY(BEFORE)
#define GAIN       ONLY(AFTER)
#define BOTH       (LOSE | GAIN)

#define DIMENSIONS (DIM_ALL + 1)

static inline enum side other(enum side s)
{
	return s == BEFORE ? AFTER : BEFORE;
}

/*
 * direction_sets.c: what the rules ask about sets. Each answer is one walk over sorted lists, linear
 * in their lengths.
 */

/* Indexed by side: 0 before, 1 after. */
struct set_change {
	bool is_filled[2];
	bool has_only[2]; /* names something that the other side does not */
	/*
	 * Something inside of an element differs of which the model knows nothing: its settings, or
	 * members without a row, also of an element that one side alone has.
	 */
	bool members_changed;
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

/* What the readings do not change, asked once. */
struct pair {
	const struct resource *r;
	const struct config *sides[SIDES];
	size_t rows[DIMENSIONS]; /* a row of that dimension, mostly the only one; or field_count */
	enum dimension dimensions[SCHEMA_FIELDS_MAX]; /* DIM_NONE: outside the model */
	struct set_change sets[SCHEMA_FIELDS_MAX];
	bool differs[SCHEMA_FIELDS_MAX];
	bool is_outside[SCHEMA_FIELDS_MAX]; /* differs in a way of which the model knows nothing */
};

/*
 * Questions that the vendor leaves open, as rows of "Readings" in src/README.md: is the second
 * answer looked at too? A rule that an answer changes asks for it by name.
 */
struct open_questions {
	bool filters_may_spare_chosen;
	bool exclusions_may_spare; /* what is chosen, or all but scope 0 */
	bool emptied_filter_may_block;
	bool no_type_may_be_all;
	bool early_end_may_leave_no_time;
	bool no_end_may_be_never;
	bool large_period_may_be_short;
	bool no_scope_may_be_chosen;
	bool null_may_be_false;
};

/* The bits over all readings that the questions leave. */
struct view {
	const struct pair *pair;
	const struct open_questions *open;
	bool scans; /* both sides scan something that the dimensions can narrow */
	unsigned bits[SCHEMA_FIELDS_MAX];
};

/* A dimension without a row is one whose row is null on both sides. */
static inline const struct value *value_at(const struct pair *p, enum side s, size_t row)
{
	static const struct value absent = {.is_null = true};

	return row < p->r->field_count ? &p->sides[s]->values[row] : &absent;
}

static inline const struct value *single(const struct pair *p, enum side s, enum dimension d)
{
	return value_at(p, s, p->rows[d]);
}

/* A null bool may be either, but the same on both sides: nothing else would leave it alone. */
static inline bool bool_under(const struct value *v, bool null_as)
{
	return v->is_null ? null_as : v->u.boolean;
}

/*
 * direction_reach.c: the bits of scope, selection and exclusions, and whether both sides scan
 * something. Asked once for each answer to what a missing scope is; bits add up.
 */
void direction_judge_reach(struct view *v, bool null_is_all);

#endif
