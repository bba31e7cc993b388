/* SPDX-License-Identifier: Apache-2.0 */
#include "model/direction.h"

#include <assert.h>
#include <string.h>

#include "model/direction_sets.h"

/*
 * An image is covered when it passes each dimension on its own: the selection, the filters, the
 * types, the period, the window. So a dimension's bits need no look at the others, but for one
 * interplay: what the scope selects, and whether filters and exclusions touch it, which the vendor
 * leaves open. The readings are not looped over: for each rule the comment says which reading is
 * the one that sets the bit. tests/unit/law_direction.c does loop, over images and readings, and
 * compares.
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

static enum side other(enum side s)
{
	return s == BEFORE ? AFTER : BEFORE;
}

/* What the readings do not change, asked once. */
struct pair {
	const struct resource *r;
	const struct config *sides[SIDES];
	size_t rows[DIMENSIONS]; /* of a dimension that only one row may have; or field_count */
	enum dimension dimensions[SCHEMA_FIELDS_MAX]; /* DIM_NONE: outside the model */
	struct set_change sets[SCHEMA_FIELDS_MAX];
	bool differs[SCHEMA_FIELDS_MAX];
	bool is_outside[SCHEMA_FIELDS_MAX]; /* differs in a way of which the model knows nothing */
};

/* The bits under all readings, or under the first alternatives alone. */
struct view {
	const struct pair *pair;
	bool is_plain;
	bool scans; /* both sides scan something that the dimensions can narrow */
	unsigned bits[SCHEMA_FIELDS_MAX];
};

/* Which images the scope picks. Vendors' picks are equal when their numbers are. */
struct reach {
	enum { REACH_ALL, REACH_CHOSEN, REACH_PICK } kind;
	struct integer number;
};

/* What a dimension without a row has. */
static const struct value absent = {.is_null = true};

static const struct value *value_at(const struct pair *p, enum side s, size_t row)
{
	return row < p->r->field_count ? &p->sides[s]->values[row] : &absent;
}

static const struct value *single(const struct pair *p, enum side s, enum dimension d)
{
	return value_at(p, s, p->rows[d]);
}

/* To a row that may be missing: then nothing of it can differ, and no bit is due. */
static void add_bits(struct view *v, size_t row, unsigned bits)
{
	if (row < v->pair->r->field_count)
		v->bits[row] |= bits;
}

/* A null bool may be either, but the same on both sides: nothing else would leave it alone. */
static bool bool_under(const struct value *v, bool null_as)
{
	return v->is_null ? null_as : v->u.boolean;
}

/* Do both sides differ somewhere in this set? Bits by who names more. */
static unsigned only_bits(const struct set_change *c)
{
	return (c->has_only[BEFORE] ? LOSE : 0) | (c->has_only[AFTER] ? GAIN : 0);
}

static unsigned swapped(unsigned bits)
{
	return (bits & LOSE ? GAIN : 0) | (bits & GAIN ? LOSE : 0);
}

/* --- what is selected --------------------------------------------------------------------- */

static struct ids no_ids(void)
{
	return (struct ids){0};
}

/* Asset ids of a side's row: none when the row is missing or names something else. */
static struct ids ids_at(const struct pair *p, enum side s, size_t row)
{
	const struct value *v = value_at(p, s, row);

	if (v->is_null || p->r->fields[row].kind != KIND_INTEGER_SET)
		return no_ids();
	return (struct ids){v->u.integers.v, v->u.integers.n};
}

static bool excludes_something(const struct pair *p, enum side s)
{
	size_t row = p->rows[DIM_EXCLUDED];

	return row < p->r->field_count && p->sets[row].is_filled[s];
}

/*
 * Does the side choose an image? With `are_cut` exclusions touch what is chosen: then an id that is
 * excluded too is none, while what is chosen by another name may have any id.
 */
static bool chooses(const struct pair *p, enum side s, bool are_cut)
{
	struct ids out[2] = {no_ids(), no_ids()};

	if (are_cut)
		out[0] = ids_at(p, s, p->rows[DIM_EXCLUDED]);
	for (size_t i = 0; i < p->r->field_count; i++) {
		if (p->dimensions[i] != DIM_CHOSEN || !p->sets[i].is_filled[s])
			continue;
		if (p->r->fields[i].kind != KIND_INTEGER_SET ||
		    direction_has_id(ids_at(p, s, i), out, NULL))
			return true;
	}
	return false;
}

/*
 * Does `s` exclude something (with `is_new`: that the other side does not) that the other side may
 * have chosen? A row of ids tells; what another kind of row names may have any id.
 */
static bool excludes_chosen(const struct pair *p, enum side s, bool is_new)
{
	size_t row = p->rows[DIM_EXCLUDED];
	enum side o = other(s);
	struct ids in = ids_at(p, s, row);
	struct ids out[2] = {is_new ? ids_at(p, o, row) : no_ids(), no_ids()};

	if (!excludes_something(p, s) || (is_new && !p->sets[row].has_only[s]))
		return false;
	for (size_t i = 0; i < p->r->field_count; i++) {
		struct ids chosen = ids_at(p, o, i);

		if (p->dimensions[i] != DIM_CHOSEN || !p->sets[i].is_filled[o])
			continue;
		if (!chosen.n || !in.n || direction_has_id(in, out, &chosen))
			return true;
	}
	return false;
}

/* A bool that may be true counts: chosen images that it leaves out are lost. */
static bool filters_something(const struct pair *p, enum side s)
{
	for (size_t i = 0; i < p->r->field_count; i++) {
		if (p->dimensions[i] == DIM_FILTER && p->sets[i].is_filled[s])
			return true;
		if (p->dimensions[i] == DIM_NARROW && bool_under(value_at(p, s, i), true))
			return true;
	}
	return false;
}

/* The deprecated bool speaks where there is no scope, and may be silent too. */
static struct reach reach_of(const struct pair *p, enum side s, bool null_is_all)
{
	const struct value *scope = single(p, s, DIM_SCOPE);
	bool all = bool_under(single(p, s, DIM_ALL), null_is_all);

	if (scope->is_null)
		return (struct reach){.kind = all ? REACH_ALL : REACH_CHOSEN};
	if (integer_compare(scope->u.integer, integer_from(0)) == 0)
		return (struct reach){.kind = REACH_ALL};
	if (integer_compare(scope->u.integer, integer_from(1)) == 0)
		return (struct reach){.kind = REACH_CHOSEN};
	return (struct reach){REACH_PICK, scope->u.integer};
}

static bool same_reach(const struct reach *r)
{
	return r[BEFORE].kind == r[AFTER].kind &&
	       integer_compare(r[BEFORE].number, r[AFTER].number) == 0;
}

/* --- selection, scope, exclusions: for one reading of a missing scope ---------------------- */

/* An image may be chosen by one name alone: what another name adds excuses no removal. */
static void judge_selection(struct view *v)
{
	const struct pair *p = v->pair;

	for (size_t i = 0; i < p->r->field_count; i++) {
		if (p->dimensions[i] != DIM_CHOSEN || !p->differs[i])
			continue;
		for (enum side s = BEFORE; s < SIDES; s++) {
			/* In the plain reading an excluded id was not scanned in the first place. */
			struct ids out[2] = {ids_at(p, other(s), i),
					     ids_at(p, s, p->rows[DIM_EXCLUDED])};

			if (!p->sets[i].has_only[s])
				continue;
			if (v->is_plain && p->r->fields[i].kind == KIND_INTEGER_SET &&
			    !direction_has_id(ids_at(p, s, i), out, NULL))
				continue;
			v->bits[i] |= ONLY(s);
		}
	}
}

/* What one side alone excludes is covered on the other alone, if it was within reach there. */
static void judge_exclusions(struct view *v, bool are_chosen)
{
	const struct pair *p = v->pair;
	size_t row = p->rows[DIM_EXCLUDED];

	if (row == p->r->field_count || !p->differs[row])
		return;
	for (enum side s = BEFORE; s < SIDES; s++) {
		if (are_chosen ? excludes_chosen(p, s, true) : p->sets[row].has_only[s])
			v->bits[row] |= ONLY(other(s));
	}
}

/*
 * From a part to everything covers more, unless filters or exclusions, which may leave the part
 * alone, apply to everything. `s` is the side with everything. Bits that the other side has.
 */
static bool part_may_be_lost(const struct view *v, enum side s, bool part_is_chosen)
{
	const struct pair *p = v->pair;

	/* Exclusions that apply everywhere: the rules of exclusions tell, but not for chosen. */
	if (v->is_plain)
		return part_is_chosen && excludes_chosen(p, s, true);
	/* A reading in which exclusions belong to "everything" alone. */
	if (!part_is_chosen)
		return excludes_something(p, s);
	/* Readings in which choosing an image overrules filters, or exclusions. */
	return filters_something(p, s) || excludes_chosen(p, s, false);
}

static unsigned scope_bits(const struct view *v, const struct reach *r)
{
	unsigned bits = 0;

	/* Nothing says how two partial scopes lie to each other. */
	if (r[BEFORE].kind != REACH_ALL && r[AFTER].kind != REACH_ALL)
		return BOTH;
	for (enum side s = BEFORE; s < SIDES; s++) {
		enum side o = other(s);

		if (r[s].kind != REACH_ALL)
			continue;
		bits |= ONLY(s);
		if (part_may_be_lost(v, s, r[o].kind == REACH_CHOSEN))
			bits |= ONLY(o);
	}
	return bits;
}

/* The row that decides the reach. */
static size_t reach_row(const struct pair *p)
{
	bool by_scope =
		!single(p, BEFORE, DIM_SCOPE)->is_null || !single(p, AFTER, DIM_SCOPE)->is_null;

	return p->rows[by_scope ? DIM_SCOPE : DIM_ALL];
}

/*
 * In the plain reading nothing is looked for where no type is named. True when that leaves nothing
 * else to say.
 */
static bool judge_blindness(struct view *v, const bool *is_empty)
{
	const struct pair *p = v->pair;
	size_t types = p->rows[DIM_TYPES];
	bool is_nothing[SIDES];
	enum side s;

	if (types == p->r->field_count ||
	    (p->sets[types].is_filled[BEFORE] && p->sets[types].is_filled[AFTER]))
		return false;
	for (s = BEFORE; s < SIDES; s++)
		is_nothing[s] = is_empty[s] || !p->sets[types].is_filled[s];
	if (is_nothing[BEFORE] && is_nothing[AFTER])
		return true;
	s = is_nothing[BEFORE] ? AFTER : BEFORE;
	if (is_empty[other(s)])
		return false;
	v->bits[types] |= ONLY(s);
	return true;
}

static void judge_reach(struct view *v, bool null_is_all)
{
	const struct pair *p = v->pair;
	struct reach r[SIDES] = {reach_of(p, BEFORE, null_is_all), reach_of(p, AFTER, null_is_all)};
	bool are_chosen = r[BEFORE].kind == REACH_CHOSEN && r[AFTER].kind == REACH_CHOSEN;
	bool is_one_chosen = r[BEFORE].kind == REACH_CHOSEN || r[AFTER].kind == REACH_CHOSEN;
	bool is_empty[SIDES];

	for (enum side s = BEFORE; s < SIDES; s++)
		is_empty[s] = r[s].kind == REACH_CHOSEN && !chooses(p, s, v->is_plain);
	if (is_empty[BEFORE] && is_empty[AFTER])
		return;
	if (v->is_plain && judge_blindness(v, is_empty))
		return;

	if (are_chosen)
		judge_selection(v);
	else if (is_empty[BEFORE] || is_empty[AFTER])
		add_bits(v, reach_row(p), is_empty[BEFORE] ? GAIN : LOSE);
	else if (!same_reach(r))
		add_bits(v, reach_row(p), scope_bits(v, r));

	/* Chosen on one side alone: what exclusions do to it is the scope's doing. */
	if (!is_one_chosen)
		judge_exclusions(v, false);
	else if (are_chosen && chooses(p, BEFORE, false) && chooses(p, AFTER, false))
		judge_exclusions(v, true);

	if (!is_empty[BEFORE] && !is_empty[AFTER])
		v->scans = true;
}

/* --- the dimensions that stand alone ------------------------------------------------------- */

/* A set of which an empty one may mean all or nothing. */
static unsigned open_set_bits(const struct view *v, size_t row)
{
	const struct set_change *c = &v->pair->sets[row];

	if (c->is_filled[BEFORE] == c->is_filled[AFTER])
		return only_bits(c);
	/* In the plain reading an empty filter lets all through; empty types end in judge_reach. */
	return v->is_plain ? swapped(only_bits(c)) : BOTH;
}

static unsigned narrow_bits(const struct view *v, size_t row)
{
	unsigned bits = 0;

	for (int null_as = v->is_plain; null_as <= 1; null_as++) {
		bool b = bool_under(value_at(v->pair, BEFORE, row), null_as != 0);
		bool a = bool_under(value_at(v->pair, AFTER, row), null_as != 0);

		if (b != a)
			bits |= a ? LOSE : GAIN;
	}
	return bits;
}

static unsigned period_bits(const struct view *v, size_t row)
{
	const struct value *b = value_at(v->pair, BEFORE, row), *a = value_at(v->pair, AFTER, row);

	if (b->is_null || a->is_null)
		return BOTH;
	return integer_compare(a->u.integer, b->u.integer) > 0 ? LOSE : GAIN;
}

/* Seconds. Without an end the scan may finish whenever it does, which no day's length reaches. */
static unsigned window_length(const struct value *start, const struct value *end,
			      bool over_midnight)
{
	const unsigned day = 24 * 60 * 60;

	if (end->is_null)
		return 2 * day;
	if (end->u.clock > start->u.clock)
		return end->u.clock - start->u.clock;
	return over_midnight ? end->u.clock + day - start->u.clock : 0;
}

/*
 * An end that is not behind the start may mean the next day, or a window in which nothing can
 * finish. Where in the day a window lies covers no more and no less.
 */
static unsigned window_bits(const struct view *v)
{
	const struct pair *p = v->pair;
	const struct value *start[SIDES] = {single(p, BEFORE, DIM_START),
					    single(p, AFTER, DIM_START)};
	unsigned bits = 0;

	if (start[BEFORE]->is_null || start[AFTER]->is_null)
		return BOTH;
	for (int over_midnight = v->is_plain; over_midnight <= 1; over_midnight++) {
		unsigned length[SIDES];

		for (enum side s = BEFORE; s < SIDES; s++)
			length[s] =
				window_length(start[s], single(p, s, DIM_END), over_midnight != 0);
		if (length[BEFORE] != length[AFTER])
			bits |= length[BEFORE] > length[AFTER] ? LOSE : GAIN;
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
	for (int null_as = v->is_plain; null_as <= 1; null_as++) {
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
	judge_reach(v, true);
	if (!v->is_plain && reach_is_open(p))
		judge_reach(v, false);
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

void direction_judge(const struct config *before, const struct config *after, struct judgement *out)
{
	struct pair pair;
	struct view view = {.pair = &pair};
	const struct value *on[SIDES];
	unsigned whole;

	assert(before->resource == after->resource);
	assert(before->resource->field_count <= SCHEMA_FIELDS_MAX);
	memset(out, 0, sizeof(*out));
	compare_rows(&pair, before, after);
	memcpy(out->differs, pair.differs, pair.r->field_count * sizeof(*out->differs));
	out->unknown_differs = unknown_differs(before, after);

	judge_view(&view);
	out->direction = name_directions(&view, out->unknown_differs, out->directions, &whole);
	out->whole = (struct bits){(whole & LOSE) != 0, (whole & GAIN) != 0};
	for (size_t i = 0; i < pair.r->field_count; i++)
		out->fields[i] =
			(struct bits){(view.bits[i] & LOSE) != 0, (view.bits[i] & GAIN) != 0};
	on[BEFORE] = single(&pair, BEFORE, DIM_SWITCH);
	on[AFTER] = single(&pair, AFTER, DIM_SWITCH);
	out->is_switched_off = bool_under(on[BEFORE], false) && !bool_under(on[AFTER], true);

	view.is_plain = true;
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
