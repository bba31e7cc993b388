/* SPDX-License-Identifier: Apache-2.0 */
#include "model/direction.h"

#include <assert.h>
#include <string.h>

#include "model/direction_view.h"

/*
 * An image is covered when it passes each dimension on its own: the selection, the filters, the
 * types, the period, the window. So a dimension's bits need no look at the others, but for one
 * interplay: what the scope selects, and whether filters and exclusions touch it, which the vendor
 * leaves open; direction_reach.c has it. The readings are not looped over: for each rule a comment
 * says which reading is the one that sets the bit. tests/unit/law_direction.c does loop, over
 * images and readings, and compares.
 */

/* Do both sides differ somewhere in this set? Bits by who names more. */
static unsigned only_bits(const struct set_change *c)
{
	return (c->has_only[BEFORE] ? LOSE : 0) | (c->has_only[AFTER] ? GAIN : 0);
}

static unsigned swapped(unsigned bits)
{
	return (bits & LOSE ? GAIN : 0) | (bits & GAIN ? LOSE : 0);
}

/* A set of which an empty one may mean all or nothing. */
static unsigned open_set_bits(const struct view *v, size_t row)
{
	const struct set_change *c = &v->pair->sets[row];

	if (c->is_filled[BEFORE] == c->is_filled[AFTER])
		return only_bits(c);
	if (v->pair->dimensions[row] == DIM_TYPES ? v->open->no_type_may_be_all
						  : v->open->emptied_filter_may_block)
		return BOTH;
	/* An empty filter lets all through. Without types direction_reach.c has said all there is. */
	return swapped(only_bits(c));
}

static unsigned narrow_bits(const struct view *v, size_t row)
{
	unsigned bits = 0;

	for (int null_as = !v->open->null_may_be_false; null_as <= 1; null_as++) {
		bool b = bool_under(value_at(v->pair, BEFORE, row), null_as != 0);
		bool a = bool_under(value_at(v->pair, AFTER, row), null_as != 0);

		if (b != a)
			bits |= a ? LOSE : GAIN;
	}
	return bits;
}

/* Of a number that is too large for days the unit is not known, so it may be shorter than a day. */
static unsigned period_bits(const struct view *v, size_t row)
{
	const struct value *b = value_at(v->pair, BEFORE, row), *a = value_at(v->pair, AFTER, row);
	const struct field *f = &v->pair->r->fields[row];

	if (b->is_null || a->is_null)
		return BOTH;
	if (v->open->large_period_may_be_short && (value_is_beyond(f, b) || value_is_beyond(f, a)))
		return BOTH;
	return integer_compare(a->u.integer, b->u.integer) > 0 ? LOSE : GAIN;
}

/* How a window is read. */
struct window_reading {
	bool over_midnight; /* an early end is on the next day; else it leaves no time */
	bool open_ended;    /* without an end there is time for all; else it was never set up */
};

/* Seconds. A window that is open is longer than any that has an end. */
static unsigned window_length(const struct value *start, const struct value *end,
			      struct window_reading how)
{
	const unsigned day = 24 * 60 * 60;

	if (end->is_null)
		return how.open_ended ? 2 * day : 0;
	if (end->u.clock > start->u.clock)
		return end->u.clock - start->u.clock;
	return how.over_midnight ? end->u.clock + day - start->u.clock : 0;
}

/* Where in the day a window lies covers no more and no less; how long it is does. */
static unsigned window_bits_under(const struct pair *p, struct window_reading how)
{
	unsigned length[SIDES];

	for (enum side s = BEFORE; s < SIDES; s++)
		length[s] = window_length(single(p, s, DIM_START), single(p, s, DIM_END), how);
	if (length[BEFORE] == length[AFTER])
		return 0;
	return length[BEFORE] > length[AFTER] ? LOSE : GAIN;
}

static unsigned window_bits(const struct view *v)
{
	const struct pair *p = v->pair;
	unsigned bits = 0;

	if (single(p, BEFORE, DIM_START)->is_null || single(p, AFTER, DIM_START)->is_null)
		return BOTH;
	for (int over = !v->open->early_end_may_leave_no_time; over <= 1; over++) {
		for (int ended = !v->open->no_end_may_be_never; ended <= 1; ended++)
			bits |= window_bits_under(p, (struct window_reading){over, ended});
	}
	return bits;
}

static unsigned row_bits(const struct view *v, size_t row)
{
	switch (v->pair->dimensions[row]) {
	case DIM_TYPES:
	case DIM_FILTER:
		return open_set_bits(v, row);
	case DIM_PERIOD:
		return period_bits(v, row);
	case DIM_START:
	case DIM_END:
		return window_bits(v);
	case DIM_NARROW:
		return narrow_bits(v, row);
	case DIM_NONE:
	case DIM_SWITCH:
	case DIM_SCOPE:
	case DIM_CHOSEN:
	case DIM_EXCLUDED:
	case DIM_ALL:
		break;
	}
	return 0;
}

/* --- putting it together ------------------------------------------------------------------- */

/* True when both sides may be on: nothing else has an effect without that. */
static bool judge_switch(struct view *v)
{
	const struct pair *p = v->pair;
	size_t row = p->rows[DIM_SWITCH];
	bool both_on = false;

	if (row == p->r->field_count)
		return true;
	for (int null_as = !v->open->null_may_be_false; null_as <= 1; null_as++) {
		bool b = bool_under(single(p, BEFORE, DIM_SWITCH), null_as != 0);
		bool a = bool_under(single(p, AFTER, DIM_SWITCH), null_as != 0);

		both_on |= b && a;
		/* Said even where nothing was chosen, too loud there: who turns it off should hear it. */
		if (b != a)
			v->bits[row] |= b ? LOSE : GAIN;
	}
	return both_on;
}

static bool reach_is_open(const struct pair *p)
{
	for (enum side s = BEFORE; s < SIDES; s++) {
		if (single(p, s, DIM_SCOPE)->is_null && single(p, s, DIM_ALL)->is_null)
			return true;
	}
	return false;
}

static void judge_view(struct view *v)
{
	const struct pair *p = v->pair;
	size_t n = p->r->field_count;

	/* What the model does not know may do anything, with the schedule off too. */
	for (size_t i = 0; i < n; i++)
		v->bits[i] = p->is_outside[i] ? BOTH : 0;
	v->scans = false;
	if (!judge_switch(v))
		return;
	direction_judge_reach(v, true);
	if (v->open->no_scope_may_be_chosen && reach_is_open(p))
		direction_judge_reach(v, false);
	for (size_t i = 0; i < n && v->scans; i++) {
		if (p->differs[i])
			v->bits[i] |= row_bits(v, i);
	}
}

/* A second row of the same dimension, or one of another kind, would be misread: outside. */
static enum dimension usable_dimension(const struct pair *p, size_t row)
{
	const struct field *f = &p->r->fields[row];
	bool fits = false, may_repeat = false;

	switch (f->dimension) {
	case DIM_NONE:
		break;
	case DIM_NARROW:
		may_repeat = true;
		fits = f->kind == KIND_BOOL;
		break;
	case DIM_SWITCH:
	case DIM_ALL:
		fits = f->kind == KIND_BOOL;
		break;
	case DIM_SCOPE:
	case DIM_PERIOD:
		fits = f->kind == KIND_INTEGER;
		break;
	case DIM_START:
	case DIM_END:
		fits = f->kind == KIND_CLOCK;
		break;
	case DIM_FILTER:
	case DIM_CHOSEN:
		may_repeat = true;
		fits = schema_is_set(f->kind);
		break;
	case DIM_TYPES:
	case DIM_EXCLUDED:
		fits = schema_is_set(f->kind);
		break;
	}
	if (!fits || (!may_repeat && p->rows[f->dimension] != p->r->field_count))
		return DIM_NONE;
	return f->dimension;
}

static bool row_differs(struct pair *p, size_t row)
{
	const struct field *f = &p->r->fields[row];
	const struct value *b = &p->sides[BEFORE]->values[row];
	const struct value *a = &p->sides[AFTER]->values[row];
	struct set_change *c = &p->sets[row];

	if (b->is_null && a->is_null)
		return false;
	if (!schema_is_set(f->kind))
		return !value_equal(p->r, row, b, a);
	direction_compare_sets(p->r, row, b, a, c);
	return c->has_only[BEFORE] || c->has_only[AFTER] || c->members_changed;
}

static void compare_rows(struct pair *p, const struct config *before, const struct config *after)
{
	p->r = before->resource;
	p->sides[BEFORE] = before;
	p->sides[AFTER] = after;
	for (size_t d = 0; d < DIMENSIONS; d++)
		p->rows[d] = p->r->field_count;
	for (size_t i = 0; i < p->r->field_count; i++) {
		p->sets[i] = (struct set_change){0};
		p->dimensions[i] = DIM_NONE;
		p->differs[i] = p->is_outside[i] = false;
		if (p->r->fields[i].role != ROLE_CONFIG)
			continue;
		p->dimensions[i] = usable_dimension(p, i);
		p->rows[p->dimensions[i]] = i;
		p->differs[i] = row_differs(p, i);
		p->is_outside[i] =
			p->differs[i] &&
			(p->dimensions[i] == DIM_NONE || p->sets[i].members_changed ||
			 before->values[i].is_malformed || after->values[i].is_malformed);
	}
}

static size_t skip_empty(const struct config *c, size_t i)
{
	while (i < c->unknown_count && unknown_is_empty(&c->unknown[i]))
		i++;
	return i;
}

static bool unknown_differs(const struct config *before, const struct config *after)
{
	size_t b = skip_empty(before, 0), a = skip_empty(after, 0);

	while (b < before->unknown_count && a < after->unknown_count) {
		const struct unknown *ub = &before->unknown[b], *ua = &after->unknown[a];

		if (!str_eq(ub->name, ua->name) || !str_eq(ub->json, ua->json))
			return true;
		b = skip_empty(before, b + 1);
		a = skip_empty(after, a + 1);
	}
	return b < before->unknown_count || a < after->unknown_count;
}

static enum direction direction_of(unsigned bits, bool is_shift)
{
	switch (bits) {
	case LOSE:
		return DIR_WEAKENED;
	case GAIN:
		return DIR_STRENGTHENED;
	case BOTH:
		return DIR_UNKNOWN;
	}
	return is_shift ? DIR_NEUTRAL : DIR_INERT;
}

/* Fills one direction a row; returns that of the pair. */
static enum direction name_directions(const struct view *v, bool unknown, enum direction *rows,
				      unsigned *whole)
{
	const struct pair *p = v->pair;
	bool one_is_unknown = unknown, one_is_shift = false;

	*whole = unknown ? BOTH : 0;
	for (size_t i = 0; i < p->r->field_count; i++) {
		bool is_shift = p->differs[i] && v->scans &&
				(p->dimensions[i] == DIM_START || p->dimensions[i] == DIM_END);

		rows[i] = direction_of(v->bits[i], is_shift);
		one_is_unknown |= rows[i] == DIR_UNKNOWN;
		one_is_shift |= is_shift;
		*whole |= v->bits[i];
	}
	if (*whole == BOTH)
		return one_is_unknown ? DIR_UNKNOWN : DIR_MIXED;
	return direction_of(*whole, one_is_shift);
}

static const struct open_questions all_open = {
	.filters_may_spare_chosen = true,
	.exclusions_may_spare = true,
	.emptied_filter_may_block = true,
	.no_type_may_be_all = true,
	.early_end_may_leave_no_time = true,
	.no_end_may_be_never = true,
	.large_period_may_be_short = true,
	.no_scope_may_be_chosen = true,
	.null_may_be_false = true,
};

/* Every question has its first answer: the likely meaning, for wording alone. */
static const struct open_questions none_open = {0};

void direction_judge(const struct config *before, const struct config *after, struct judgement *out)
{
	struct pair pair;
	struct view view; /* judge_view fills the rest: clearing it first would cost as much */
	const struct value *on[SIDES];
	unsigned whole;

	assert(before->resource == after->resource);
	assert(before->resource->field_count <= SCHEMA_FIELDS_MAX);
	memset(out, 0, sizeof(*out));
	compare_rows(&pair, before, after);
	memcpy(out->differs, pair.differs, pair.r->field_count * sizeof(*out->differs));
	out->unknown_differs = unknown_differs(before, after);

	view.pair = &pair;
	view.open = &all_open;
	judge_view(&view);
	out->direction = name_directions(&view, out->unknown_differs, out->directions, &whole);
	out->whole = (struct bits){(whole & LOSE) != 0, (whole & GAIN) != 0};
	for (size_t i = 0; i < pair.r->field_count; i++)
		out->fields[i] =
			(struct bits){(view.bits[i] & LOSE) != 0, (view.bits[i] & GAIN) != 0};
	on[BEFORE] = single(&pair, BEFORE, DIM_SWITCH);
	on[AFTER] = single(&pair, AFTER, DIM_SWITCH);
	out->is_switched_off = bool_under(on[BEFORE], false) && !bool_under(on[AFTER], true);

	view.open = &none_open;
	judge_view(&view);
	out->plain = name_directions(&view, out->unknown_differs, out->plain_fields, &whole);
}

const char *direction_name(enum direction d)
{
	switch (d) {
	case DIR_NEUTRAL:
		return "neutral";
	case DIR_INERT:
		return "inert";
	case DIR_STRENGTHENED:
		return "strengthened";
	case DIR_WEAKENED:
		return "weakened";
	case DIR_MIXED:
		return "mixed";
	case DIR_UNKNOWN:
		return "unknown";
	}
	return "";
}
