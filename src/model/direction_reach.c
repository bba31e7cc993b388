/* SPDX-License-Identifier: Apache-2.0 */
#include "model/direction_view.h"

/*
 * The one interplay of dimensions: what the scope selects, and whether filters and exclusions touch
 * it. The vendor leaves the latter open.
 */

/* Which images the scope picks. Vendors' picks are equal when their numbers are. */
struct reach {
	enum { REACH_ALL, REACH_CHOSEN, REACH_PICK } kind;
	struct integer number;
};

/* To a row that may be missing: then nothing of it can differ, and no bit is due. */
static void add_bits(struct view *v, size_t row, unsigned bits)
{
	if (row < v->pair->r->field_count)
		v->bits[row] |= bits;
}

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

/* The scope's number; the deprecated bool speaks where there is none, and may be silent too. */
static struct integer scope_of(const struct pair *p, enum side s, bool null_is_all)
{
	const struct value *scope = single(p, s, DIM_SCOPE);

	if (!scope->is_null)
		return scope->u.integer;
	return integer_from(bool_under(single(p, s, DIM_ALL), null_is_all) ? 0 : 1);
}

static struct reach reach_of(const struct pair *p, enum side s, bool null_is_all)
{
	struct integer scope = scope_of(p, s, null_is_all);

	if (integer_compare(scope, integer_from(0)) == 0)
		return (struct reach){REACH_ALL, scope};
	/* Chosen by what no row shows is as good as picked by the vendor. */
	if (integer_compare(scope, integer_from(1)) == 0 && p->rows[DIM_CHOSEN] < p->r->field_count)
		return (struct reach){REACH_CHOSEN, scope};
	return (struct reach){REACH_PICK, scope};
}

static bool same_reach(const struct reach *r)
{
	return integer_compare(r[BEFORE].number, r[AFTER].number) == 0;
}

/* An image may be chosen by one name alone: what another name adds excuses no removal. */
static void judge_selection(struct view *v)
{
	const struct pair *p = v->pair;

	for (size_t i = 0; i < p->r->field_count; i++) {
		if (p->dimensions[i] != DIM_CHOSEN || !p->differs[i])
			continue;
		for (enum side s = BEFORE; s < SIDES; s++) {
			struct ids out[2] = {ids_at(p, other(s), i),
					     ids_at(p, s, p->rows[DIM_EXCLUDED])};

			if (!p->sets[i].has_only[s])
				continue;
			/* An id that is excluded is not scanned, unless exclusions may spare it. */
			if (!v->open->exclusions_may_spare &&
			    p->r->fields[i].kind == KIND_INTEGER_SET &&
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
 * From a part to everything covers more, unless something that touches everything cut nothing from
 * the part: what is excluded on the side with everything alone, and, where the vendor leaves it
 * open, filters and exclusions of both sides. `s` is the side with everything. Of a part that was
 * picked, the exclusions' own rule has what is excluded on one side alone.
 */
static bool part_may_be_lost(const struct view *v, enum side s, bool part_is_chosen)
{
	const struct pair *p = v->pair;
	const struct open_questions *open = v->open;

	if (part_is_chosen)
		return excludes_chosen(p, s, !open->exclusions_may_spare) ||
		       (open->filters_may_spare_chosen && filters_something(p, s));
	return open->exclusions_may_spare && excludes_something(p, s);
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
 * Where no type can only mean that nothing is looked for, a side without one scans nothing. True
 * when that leaves nothing else to say.
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

void direction_judge_reach(struct view *v, bool null_is_all)
{
	const struct pair *p = v->pair;
	struct reach r[SIDES] = {reach_of(p, BEFORE, null_is_all), reach_of(p, AFTER, null_is_all)};
	bool are_chosen = r[BEFORE].kind == REACH_CHOSEN && r[AFTER].kind == REACH_CHOSEN;
	bool is_one_chosen = r[BEFORE].kind == REACH_CHOSEN || r[AFTER].kind == REACH_CHOSEN;
	bool is_empty[SIDES];

	for (enum side s = BEFORE; s < SIDES; s++)
		is_empty[s] =
			r[s].kind == REACH_CHOSEN && !chooses(p, s, !v->open->exclusions_may_spare);
	if (is_empty[BEFORE] && is_empty[AFTER])
		return;
	if (!v->open->no_type_may_be_all && judge_blindness(v, is_empty))
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
