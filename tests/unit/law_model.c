/* SPDX-License-Identifier: Apache-2.0 */
#include "law_model.h"

#include <stddef.h>

/*
 * Why each answer is considered. What the vendor says of the fields is that they exist; where two
 * of them meet, a plausible service can be written either way.
 */
/* clang-format off */
const struct law_reason law_reasons[LAW_ANSWERS] = {
	/*
	 * Filters may be asked of every image; but somebody who names an image by hand may well get
	 * it, whatever its registry is. The opposite, filters for what is chosen alone, is as easy to
	 * imagine, and loses and gains nothing that these do not. Of its recommended scope the vendor
	 * shows an example with filters.
	 */
	[LAW_FILTERS_ALWAYS]          = { "filters touch every scope",              true,  true,  LAW_MATTERS },
	[LAW_FILTERS_SPARE_CHOSEN]    = { "filters spare what is chosen",           false, true,  LAW_MATTERS },
	[LAW_FILTERS_SPARE_ALL]       = { "filters spare the scope of all",         false, false, LAW_ADDS_NOTHING },
	[LAW_FILTERS_SPARE_PICKS]     = { "filters spare the vendor's picks",       false, false, LAW_MATTERS },

	/*
	 * Exclusions came later than the selection. They may go on top of everything, or be meant for
	 * those who scan by rule, or be what turns "all" into "all but". The middle one needs no rule
	 * of its own: wherever it differs from one neighbour it agrees with the other, except between
	 * scopes that nobody can compare anyway.
	 */
	[LAW_EXCLUSIONS_ALWAYS]       = { "exclusions touch every scope",           true,  true,  LAW_MATTERS },
	[LAW_EXCLUSIONS_SPARE_CHOSEN] = { "exclusions spare what is chosen",        false, true,  LAW_ADDS_NOTHING },
	[LAW_EXCLUSIONS_OF_ALL]       = { "exclusions touch the scope of all only", false, true,  LAW_MATTERS },

	/*
	 * A list that was emptied may restrict nothing any more, or leave the service matching against
	 * nothing. One that is empty on both sides is the default of a schedule that is documented to
	 * scan every authorized image: it restricts nothing.
	 */
	[LAW_EMPTIED_PASSES]          = { "a filter emptied or filled passed all",  true,  true,  LAW_MATTERS },
	[LAW_EMPTIED_BLOCKS]          = { "a filter emptied or filled passed none", false, true,  LAW_MATTERS },
	[LAW_EMPTY_PASSES]            = { "a filter never filled passes all",       true,  true,  LAW_NO_CHOICE },
	[LAW_EMPTY_BLOCKS]            = { "a filter never filled passes none",      false, false, LAW_MATTERS },

	/* Types say what to do, not what to leave out: without any there is nothing to do, or all of it. */
	[LAW_NO_TYPE_IS_NONE]         = { "no type is none",                        true,  true,  LAW_MATTERS },
	[LAW_NO_TYPE_IS_ALL]          = { "no type is all",                         false, true,  LAW_MATTERS },

	/* Two lists that name images, and no word about which comes first. */
	[LAW_CHOSEN_BY_EITHER]        = { "chosen by name or by id",                true,  true,  LAW_NO_CHOICE },
	[LAW_CHOSEN_BY_IMAGES]        = { "chosen by name alone",                   false, false, LAW_ADDS_NOTHING },
	[LAW_CHOSEN_BY_IDS]           = { "chosen by id alone",                     false, false, LAW_ADDS_NOTHING },

	/* Nothing promises that a window ends on the day on which it starts, or that it may not. */
	[LAW_WINDOW_OVER_MIDNIGHT]    = { "an early end is on the next day",        true,  true,  LAW_MATTERS },
	[LAW_WINDOW_EMPTY]            = { "an early end leaves no time",            false, true,  LAW_MATTERS },
	[LAW_WINDOW_IS_A_START]       = { "an end means nothing",                   false, false, LAW_ADDS_NOTHING },

	/* Older replies have no scope, and the bool that stood for it is on its way out. */
	[LAW_NO_SCOPE_IS_ALL]         = { "neither scope nor All is all",           true,  true,  LAW_MATTERS },
	[LAW_NO_SCOPE_IS_CHOSEN]      = { "neither scope nor All is chosen",        false, true,  LAW_MATTERS },

	/* Whatever a bool is that was not sent, it is the same in both replies. */
	[LAW_NULL_IS_TRUE]            = { "a bool not said is true",                true,  true,  LAW_MATTERS },
	[LAW_NULL_IS_FALSE]           = { "a bool not said is false",               false, true,  LAW_MATTERS },
};
/* clang-format on */

law_model law_full(void)
{
	law_model m = 0;

	for (enum law_answer a = 0; a < LAW_ANSWERS; a++)
		m |= law_reasons[a].in_model ? LAW_BIT(a) : 0;
	return m;
}

law_model law_plain(void)
{
	law_model m = 0;

	for (enum law_answer a = 0; a < LAW_ANSWERS; a++)
		m |= law_reasons[a].is_plain ? LAW_BIT(a) : 0;
	return m;
}

/* --- one image, one side, one reading ---------------------------------------------------------- */

/* Each is answered for itself, also where two have the same answers to choose from. */
enum question {
	FILTERS,
	EXCLUSIONS,
	REGISTRIES,
	SPACES,
	NO_TYPE,
	CHOSEN_BY,
	WINDOW,
	NO_SCOPE,
	LATEST,
	RUNNING,
	QUESTIONS,
};

struct reading {
	enum law_answer to[QUESTIONS];
};

/* What filters look at. Names are numbers; one that no list holds is never named. */
struct traits {
	unsigned registry, space;
	bool is_latest, is_running;
};

/* What the selection looks at. */
struct identity {
	unsigned name, id;
	unsigned picked; /* bit k: the vendor's pick of scope k has it */
};

enum reach { ALL, CHOSEN, PICK };

static enum reach reach_of(const struct law_side *s, const struct reading *r)
{
	if (s->scope == LAW_NULL && s->all == LAW_NULL)
		return r->to[NO_SCOPE] == LAW_NO_SCOPE_IS_ALL ? ALL : CHOSEN;
	if (s->scope == LAW_NULL)
		return s->all ? ALL : CHOSEN;
	return s->scope == 0 ? ALL : s->scope == 1 ? CHOSEN : PICK;
}

static bool has(unsigned set, unsigned name)
{
	return set >> name & 1;
}

static bool is_selected(const struct law_side *s, const struct reading *r, struct identity i)
{
	enum reach reach = reach_of(s, r);
	bool is_excluded = has(s->excluded, i.id);
	bool by_name = r->to[CHOSEN_BY] != LAW_CHOSEN_BY_IDS && has(s->images, i.name);
	bool by_id = r->to[CHOSEN_BY] != LAW_CHOSEN_BY_IMAGES && has(s->ids, i.id);

	if (r->to[EXCLUSIONS] == LAW_EXCLUSIONS_SPARE_CHOSEN && reach == CHOSEN)
		is_excluded = false;
	if (r->to[EXCLUSIONS] == LAW_EXCLUSIONS_OF_ALL && reach != ALL)
		is_excluded = false;
	if (is_excluded)
		return false;
	if (reach == CHOSEN)
		return by_name || by_id;
	return reach == ALL || has(i.picked, (unsigned)s->scope);
}

static bool filters_apply(const struct law_side *s, const struct reading *r)
{
	enum reach reach = reach_of(s, r);

	return !((r->to[FILTERS] == LAW_FILTERS_SPARE_CHOSEN && reach == CHOSEN) ||
		 (r->to[FILTERS] == LAW_FILTERS_SPARE_ALL && reach == ALL) ||
		 (r->to[FILTERS] == LAW_FILTERS_SPARE_PICKS && reach == PICK));
}

static bool passes_list(unsigned set, unsigned name, enum law_answer if_empty)
{
	if (set == 0)
		return if_empty == LAW_EMPTIED_PASSES || if_empty == LAW_EMPTY_PASSES;
	return has(set, name);
}

static bool narrows(int narrow, enum law_answer if_null)
{
	return narrow == LAW_NULL ? if_null == LAW_NULL_IS_TRUE : narrow != 0;
}

static bool passes_filters(const struct law_side *s, const struct reading *r, struct traits t)
{
	return !filters_apply(s, r) || (passes_list(s->registries, t.registry, r->to[REGISTRIES]) &&
					passes_list(s->spaces, t.space, r->to[SPACES]) &&
					(t.is_latest || !narrows(s->latest, r->to[LATEST])) &&
					(t.is_running || !narrows(s->running, r->to[RUNNING])));
}

static bool looks_for(const struct law_side *s, const struct reading *r, unsigned type)
{
	return s->types == 0 ? r->to[NO_TYPE] == LAW_NO_TYPE_IS_ALL : has(s->types, type);
}

/* Whoever scans every third day leaves no image unseen for longer than that. */
static bool is_within(const struct law_side *s, int days)
{
	return s->period <= days;
}

static bool has_time_for(const struct law_side *s, const struct reading *r, int minutes)
{
	if (s->end == LAW_NULL || r->to[WINDOW] == LAW_WINDOW_IS_A_START)
		return true;
	if (s->end > s->start)
		return minutes <= s->end - s->start;
	return r->to[WINDOW] == LAW_WINDOW_OVER_MIDNIGHT && minutes <= s->end + 24 * 60 - s->start;
}

static law_outcomes outcome(bool before, bool after)
{
	return 1u << ((before ? 1 : 0) + (after ? 2 : 0));
}

/* --- what there is to enumerate -------------------------------------------------------------- */

/* Names that one side holds, and one that none does. */
static unsigned names_in(unsigned before, unsigned after)
{
	unsigned n = 0;

	while ((before | after) >> n)
		n++;
	return n + 1;
}

/* Vendor's picks that a side asks for. Those of other numbers touch nobody. */
static unsigned asked_picks(struct law_pair p)
{
	unsigned bits = 0;

	for (int s = 0; s < 2; s++) {
		if (p.sides[s]->scope > 1)
			bits |= 1u << p.sides[s]->scope;
	}
	return bits;
}

/* The next way to be in some of the picks; 0 when all were had. */
static unsigned next_picked(unsigned picked, unsigned picks)
{
	return (picked - picks) & picks;
}

static int max_int(int x, int y)
{
	return x > y ? x : y;
}

static int days_in(struct law_pair p)
{
	return max_int(p.sides[0]->period, p.sides[1]->period);
}

/* Whole hours: no window of these tests ends or starts between them. A day and more. */
#define STEP    60
#define LONGEST (25 * 60)

/* The questions that a pair raises, with the answers that are considered. */
struct answers {
	enum law_answer v[4];
	unsigned n;
};

static struct answers between(law_model m, enum law_answer first, enum law_answer last)
{
	struct answers out = {.n = 0};

	for (enum law_answer a = first; a <= last; a++) {
		if (m & LAW_BIT(a))
			out.v[out.n++] = a;
	}
	return out;
}

static struct answers for_empty(law_model m, unsigned before, unsigned after)
{
	if ((before == 0) != (after == 0))
		return between(m, LAW_EMPTIED_PASSES, LAW_EMPTIED_BLOCKS);
	return between(m, LAW_EMPTY_PASSES, LAW_EMPTY_BLOCKS);
}

/* Is the question asked of this pair at all? Where it is not, any one answer will do. */
static bool is_raised(struct law_pair p, enum question q)
{
	const struct law_side *b = p.sides[0], *a = p.sides[1];

	switch (q) {
	case NO_TYPE:
		return b->types == 0 || a->types == 0;
	case NO_SCOPE:
		return (b->scope == LAW_NULL && b->all == LAW_NULL) ||
		       (a->scope == LAW_NULL && a->all == LAW_NULL);
	case LATEST:
		return b->latest == LAW_NULL || a->latest == LAW_NULL;
	case RUNNING:
		return b->running == LAW_NULL || a->running == LAW_NULL;
	case FILTERS:
	case EXCLUSIONS:
	case REGISTRIES:
	case SPACES:
	case CHOSEN_BY:
	case WINDOW:
	case QUESTIONS:
		break;
	}
	return true;
}

static struct answers considered(law_model m, struct law_pair p, enum question q)
{
	switch (q) {
	case FILTERS:
		return between(m, LAW_FILTERS_ALWAYS, LAW_FILTERS_SPARE_PICKS);
	case EXCLUSIONS:
		return between(m, LAW_EXCLUSIONS_ALWAYS, LAW_EXCLUSIONS_OF_ALL);
	case REGISTRIES:
		return for_empty(m, p.sides[0]->registries, p.sides[1]->registries);
	case SPACES:
		return for_empty(m, p.sides[0]->spaces, p.sides[1]->spaces);
	case NO_TYPE:
		return between(m, LAW_NO_TYPE_IS_NONE, LAW_NO_TYPE_IS_ALL);
	case CHOSEN_BY:
		return between(m, LAW_CHOSEN_BY_EITHER, LAW_CHOSEN_BY_IDS);
	case WINDOW:
		return between(m, LAW_WINDOW_OVER_MIDNIGHT, LAW_WINDOW_IS_A_START);
	case NO_SCOPE:
		return between(m, LAW_NO_SCOPE_IS_ALL, LAW_NO_SCOPE_IS_CHOSEN);
	case LATEST:
	case RUNNING:
		return between(m, LAW_NULL_IS_TRUE, LAW_NULL_IS_FALSE);
	case QUESTIONS:
		break;
	}
	return (struct answers){.n = 0};
}

static struct answers answers_to(law_model m, struct law_pair p, enum question q)
{
	struct answers out = considered(m, p, q);

	if (out.n > 1 && !is_raised(p, q))
		out.n = 1;
	return out;
}

/*
 * All readings of some questions, one after the other; what is not among them has no answer and is
 * not looked at.
 */
struct readings {
	struct reading now;
	struct answers of[QUESTIONS];
	unsigned at[QUESTIONS];
};

static void readings_ask(struct readings *r, law_model m, struct law_pair p, enum question q)
{
	r->of[q] = answers_to(m, p, q);
	if (r->of[q].n)
		r->now.to[q] = r->of[q].v[0];
}

static bool readings_next(struct readings *r)
{
	for (enum question q = 0; q < QUESTIONS; q++) {
		if (r->of[q].n == 0)
			continue;
		r->at[q] = (r->at[q] + 1) % r->of[q].n;
		r->now.to[q] = r->of[q].v[r->at[q]];
		if (r->at[q] != 0)
			return true;
	}
	return false;
}

/* --- the parts --------------------------------------------------------------------------------- */

law_outcomes law_meet(law_outcomes x, law_outcomes y)
{
	law_outcomes out = 0;

	for (unsigned i = 0; i < 4; i++) {
		for (unsigned k = 0; k < 4; k++)
			out |= (x >> i & 1 & y >> k) << (i & k);
	}
	return out;
}

static law_outcomes identities(struct law_pair p, const struct reading *r)
{
	unsigned names = names_in(p.sides[0]->images, p.sides[1]->images);
	unsigned ids = names_in(p.sides[0]->ids | p.sides[0]->excluded,
				p.sides[1]->ids | p.sides[1]->excluded);
	unsigned picks = asked_picks(p);
	struct identity i = {0};
	law_outcomes out = 0;

	do {
		for (i.name = 0; i.name < names; i.name++) {
			for (i.id = 0; i.id < ids; i.id++)
				out |= outcome(is_selected(p.sides[0], r, i),
					       is_selected(p.sides[1], r, i));
		}
		i.picked = next_picked(i.picked, picks);
	} while (i.picked);
	return out;
}

law_outcomes law_selection(law_model m, struct law_pair p, enum law_answer no_scope)
{
	struct readings r = {.now.to[NO_SCOPE] = no_scope};
	law_outcomes out = 0;

	readings_ask(&r, m, p, EXCLUSIONS);
	readings_ask(&r, m, p, CHOSEN_BY);
	do
		out |= identities(p, &r.now);
	while (readings_next(&r));
	return out;
}

static law_outcomes all_traits(struct law_pair p, const struct reading *r)
{
	unsigned registries = names_in(p.sides[0]->registries, p.sides[1]->registries);
	unsigned spaces = names_in(p.sides[0]->spaces, p.sides[1]->spaces);
	struct traits t;
	law_outcomes out = 0;

	for (t.registry = 0; t.registry < registries; t.registry++) {
		for (t.space = 0; t.space < spaces; t.space++) {
			for (unsigned i = 0; i < 4; i++) {
				t.is_latest = i & 1;
				t.is_running = i & 2;
				out |= outcome(passes_filters(p.sides[0], r, t),
					       passes_filters(p.sides[1], r, t));
			}
		}
	}
	return out;
}

law_outcomes law_filters(law_model m, struct law_pair p, enum law_answer no_scope)
{
	struct readings r = {.now.to[NO_SCOPE] = no_scope};
	law_outcomes out = 0;

	readings_ask(&r, m, p, FILTERS);
	readings_ask(&r, m, p, REGISTRIES);
	readings_ask(&r, m, p, SPACES);
	readings_ask(&r, m, p, LATEST);
	readings_ask(&r, m, p, RUNNING);
	do
		out |= all_traits(p, &r.now);
	while (readings_next(&r));
	return out;
}

law_outcomes law_types(law_model m, struct law_pair p)
{
	unsigned types = names_in(p.sides[0]->types, p.sides[1]->types);
	struct readings r = {.now.to[0] = 0};
	law_outcomes out = 0;

	readings_ask(&r, m, p, NO_TYPE);
	do {
		for (unsigned t = 0; t < types; t++)
			out |= outcome(looks_for(p.sides[0], &r.now, t),
				       looks_for(p.sides[1], &r.now, t));
	} while (readings_next(&r));
	return out;
}

law_outcomes law_ages(struct law_pair p)
{
	law_outcomes out = 0;

	for (int days = 0; days <= days_in(p); days++)
		out |= outcome(is_within(p.sides[0], days), is_within(p.sides[1], days));
	return out;
}

law_outcomes law_windows(law_model m, struct law_pair p)
{
	struct readings r = {.now.to[0] = 0};
	law_outcomes out = 0;

	readings_ask(&r, m, p, WINDOW);
	do {
		for (int minutes = STEP; minutes <= LONGEST; minutes += STEP)
			out |= outcome(has_time_for(p.sides[0], &r.now, minutes),
				       has_time_for(p.sides[1], &r.now, minutes));
	} while (readings_next(&r));
	return out;
}

law_outcomes law_switch(struct law_pair p)
{
	return outcome(p.sides[0]->on == 1, p.sides[1]->on == 1);
}

law_outcomes law_outcomes_of(law_model m, struct law_pair p)
{
	struct answers scopes = answers_to(m, p, NO_SCOPE);
	law_outcomes out = 0, rest;

	rest = law_meet(law_meet(law_types(m, p), law_ages(p)),
			law_meet(law_windows(m, p), law_switch(p)));
	for (unsigned i = 0; i < scopes.n; i++)
		out |= law_meet(rest, law_meet(law_selection(m, p, scopes.v[i]),
					       law_filters(m, p, scopes.v[i])));
	return out;
}

/* --- image by image ---------------------------------------------------------------------------- */

struct image {
	struct traits traits;
	struct identity identity;
	unsigned type;
	int days, minutes;
};

static bool is_covered(const struct law_side *s, const struct reading *r, const struct image *i)
{
	return s->on == 1 && is_selected(s, r, i->identity) && passes_filters(s, r, i->traits) &&
	       looks_for(s, r, i->type) && is_within(s, i->days) && has_time_for(s, r, i->minutes);
}

/* What is left of an image when where it lies and what it is are given. */
static law_outcomes probes(struct law_pair p, const struct reading *r, struct image *i)
{
	unsigned types = names_in(p.sides[0]->types, p.sides[1]->types);
	law_outcomes out = 0;

	for (i->type = 0; i->type < types; i->type++) {
		for (i->days = 0; i->days <= days_in(p); i->days++) {
			for (i->minutes = STEP; i->minutes <= LONGEST; i->minutes += STEP)
				out |= outcome(is_covered(p.sides[0], r, i),
					       is_covered(p.sides[1], r, i));
		}
	}
	return out;
}

static law_outcomes all_images(struct law_pair p, const struct reading *r)
{
	unsigned registries = names_in(p.sides[0]->registries, p.sides[1]->registries);
	unsigned spaces = names_in(p.sides[0]->spaces, p.sides[1]->spaces);
	unsigned names = names_in(p.sides[0]->images, p.sides[1]->images);
	unsigned ids = names_in(p.sides[0]->ids | p.sides[0]->excluded,
				p.sides[1]->ids | p.sides[1]->excluded);
	unsigned picks = asked_picks(p), picked = 0;
	law_outcomes out = 0;

	/* One number for the tuple: mixed radix, a digit an attribute. */
	do {
		for (unsigned n = 0; n < registries * spaces * names * ids * 4; n++) {
			struct image i = {.identity.picked = picked};
			unsigned rest = n;

			i.traits.is_latest = rest & 1;
			i.traits.is_running = rest >> 1 & 1;
			rest >>= 2;
			i.traits.registry = rest % registries;
			rest /= registries;
			i.traits.space = rest % spaces;
			rest /= spaces;
			i.identity.name = rest % names;
			i.identity.id = rest / names;
			out |= probes(p, r, &i);
		}
		picked = next_picked(picked, picks);
	} while (picked);
	return out;
}

law_outcomes law_outcomes_by_image(law_model m, struct law_pair p)
{
	struct readings r = {.now.to[0] = 0};
	law_outcomes out = 0;

	for (enum question q = 0; q < QUESTIONS; q++)
		readings_ask(&r, m, p, q);
	do
		out |= all_images(p, &r.now);
	while (readings_next(&r));
	return out;
}
