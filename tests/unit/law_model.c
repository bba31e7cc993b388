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
	 * imagine, and loses and gains nothing that these do not, nor does filters for the vendor's
	 * picks alone. Of its recommended scope the vendor shows an example with filters.
	 */
	[LAW_FILTERS_ALWAYS]          = { "filters touch every scope",              true,  true,  LAW_MATTERS },
	[LAW_FILTERS_SPARE_CHOSEN]    = { "filters spare what is chosen",           false, true,  LAW_MATTERS },
	[LAW_FILTERS_SPARE_ALL]       = { "filters spare the scope of all",         false, false, LAW_ADDS_NOTHING },
	[LAW_FILTERS_SPARE_PICKS]     = { "filters spare the vendor's picks",       false, false, LAW_MATTERS },
	[LAW_FILTERS_OF_PICKS]        = { "filters touch the vendor's picks only",  false, false, LAW_ADDS_NOTHING },

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

	/*
	 * "Is a container running" and "whether to scan the newest" can be read so that false asks for
	 * the others alone. A schedule as it is without any choice of these two has false in both, and
	 * scope 0 is documented to scan every authorized image; with false as a filter it never would.
	 * To say so only where the other side has true, as of a list that was emptied, would need a
	 * service to which one false means two things: a list has a state between named and not.
	 */
	[LAW_FALSE_LETS_PASS]         = { "false is no filter",                     true,  true,  LAW_NO_CHOICE },
	[LAW_FALSE_IS_WITHOUT]        = { "false is a filter too",                  false, false, LAW_MATTERS },
	[LAW_CHANGED_FALSE_IS_WITHOUT]= { "false is a filter where it was true",    false, false, LAW_MATTERS },

	/*
	 * An example of the write calls scope 2 what passes the filters. A pick that holds every image
	 * is one of the picks.
	 */
	[LAW_PICKS_ARE_SUBSETS]       = { "a pick is any set of images",            true,  true,  LAW_NO_CHOICE },
	[LAW_PICK_TWO_IS_ALL]         = { "scope 2 is all that filters pass",       false, false, LAW_ADDS_NOTHING },

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

	/*
	 * Without an end a scan may take as long as it takes; or the window was never set up, and none
	 * starts. Null on both sides is the same both times.
	 */
	[LAW_NO_END_IS_OPEN]          = { "no end leaves time for all",             true,  true,  LAW_MATTERS },
	[LAW_NO_END_IS_NEVER]         = { "no end was never set up",                false, true,  LAW_MATTERS },

	/*
	 * One unit for all numbers, whatever it is, changes nothing: their order alone counts. But a
	 * sibling is shown with 3600, so a number that is too large for days may be in a unit of its
	 * own, a smaller one for a larger number.
	 */
	[LAW_PERIOD_IN_DAYS]          = { "a period is in days",                    true,  true,  LAW_MATTERS },
	[LAW_PERIOD_IN_HOURS]         = { "a period is in hours",                   false, false, LAW_ADDS_NOTHING },
	[LAW_LARGE_PERIOD_IS_SHORT]   = { "a large period is in a smaller unit",    false, true,  LAW_MATTERS },

	/*
	 * A member without a row may decide anything, the switch too. What differs in one is told apart
	 * by what stands there, and either may be what is scanned. Nobody has a likely meaning for it.
	 */
	[LAW_MEMBERS_DO_NOTHING]      = { "unknown members do nothing",             true,  true,  LAW_ADDS_NOTHING },
	[LAW_MEMBERS_LESSER_COVERS]   = { "the lesser unknown members cover all",   true,  true,  LAW_MATTERS },
	[LAW_MEMBERS_GREATER_COVERS]  = { "the greater unknown members cover all",  true,  true,  LAW_MATTERS },

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
	FALSES,
	PICKS,
	NO_TYPE,
	CHOSEN_BY,
	WINDOW,
	NO_END,
	PERIOD,
	MEMBERS,
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
	return reach == ALL || has(i.picked, (unsigned)s->scope) ||
	       (s->scope == 2 && r->to[PICKS] == LAW_PICK_TWO_IS_ALL);
}

static bool filters_apply(const struct law_side *s, const struct reading *r)
{
	enum reach reach = reach_of(s, r);

	return !((r->to[FILTERS] == LAW_FILTERS_SPARE_CHOSEN && reach == CHOSEN) ||
		 (r->to[FILTERS] == LAW_FILTERS_SPARE_ALL && reach == ALL) ||
		 (r->to[FILTERS] == LAW_FILTERS_SPARE_PICKS && reach == PICK) ||
		 (r->to[FILTERS] == LAW_FILTERS_OF_PICKS && reach != PICK));
}

static bool passes_list(unsigned set, unsigned name, enum law_answer if_empty)
{
	if (set == 0)
		return if_empty == LAW_EMPTIED_PASSES || if_empty == LAW_EMPTY_PASSES;
	return has(set, name);
}

/* `other` is what the bool is on the other side. */
static bool passes_bool(int narrow, int other, enum law_answer if_null, enum law_answer if_false,
			bool has_it)
{
	if (narrow == LAW_NULL)
		narrow = if_null == LAW_NULL_IS_TRUE;
	if (other == LAW_NULL)
		other = if_null == LAW_NULL_IS_TRUE;
	if (narrow)
		return has_it;
	return !has_it || !(if_false == LAW_FALSE_IS_WITHOUT ||
			    (if_false == LAW_CHANGED_FALSE_IS_WITHOUT && other));
}

static bool passes_filters(struct law_pair p, int side, const struct reading *r, struct traits t)
{
	const struct law_side *s = p.sides[side], *o = p.sides[!side];

	return !filters_apply(s, r) ||
	       (passes_list(s->registries, t.registry, r->to[REGISTRIES]) &&
		passes_list(s->spaces, t.space, r->to[SPACES]) &&
		passes_bool(s->latest, o->latest, r->to[LATEST], r->to[FALSES], t.is_latest) &&
		passes_bool(s->running, o->running, r->to[RUNNING], r->to[FALSES], t.is_running));
}

static bool looks_for(const struct law_side *s, const struct reading *r, unsigned type)
{
	return s->types == 0 ? r->to[NO_TYPE] == LAW_NO_TYPE_IS_ALL : has(s->types, type);
}

/* More than any day's period, in a unit that nobody has named. */
#define LARGE 366

/* In days; below 0 where it is less than one, which of two such the larger number is more of. */
static int length_of(int period, enum law_answer unit)
{
	if (unit == LAW_PERIOD_IN_HOURS)
		return (period + 23) / 24;
	return unit == LAW_LARGE_PERIOD_IS_SHORT && period > LARGE ? -period : period;
}

/* A scan every third day leaves no image unseen for longer than that. */
static bool is_within(const struct law_side *s, const struct reading *r, int days)
{
	return length_of(s->period, r->to[PERIOD]) <= days;
}

static bool has_time_for(const struct law_side *s, const struct reading *r, int minutes)
{
	if (r->to[WINDOW] == LAW_WINDOW_IS_A_START)
		return true;
	if (s->end == LAW_NULL)
		return r->to[NO_END] == LAW_NO_END_IS_OPEN;
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

/* Every length that a period can have under some answer: nothing happens between them. */
#define AGES 7

static int age(struct law_pair p, unsigned i)
{
	int period = p.sides[i & 1]->period;

	switch (i / 2) {
	case 0:
		return length_of(period, LAW_PERIOD_IN_DAYS);
	case 1:
		return length_of(period, LAW_PERIOD_IN_HOURS);
	case 2:
		return length_of(period, LAW_LARGE_PERIOD_IS_SHORT);
	default:
		return -1000000;
	}
}

/* What stands in the members without a row, as a number: equal where all is. */
static unsigned members_of(const struct law_side *s)
{
	unsigned marked = s->images & s->marked;

	return marked << 16 | (s->images & s->remarked & ~marked);
}

/* Whole hours: no window of these tests ends or starts between them. A day and more. */
#define STEP    60
#define LONGEST (25 * 60)

/* The questions that a pair raises, with the answers that are considered. */
struct answers {
	enum law_answer v[5];
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
	case NO_END:
		return b->end == LAW_NULL || a->end == LAW_NULL;
	case PERIOD:
		return b->period != a->period;
	case MEMBERS:
		return members_of(b) != members_of(a);
	case FILTERS:
	case EXCLUSIONS:
	case REGISTRIES:
	case SPACES:
	case FALSES:
	case PICKS:
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
		return between(m, LAW_FILTERS_ALWAYS, LAW_FILTERS_OF_PICKS);
	case EXCLUSIONS:
		return between(m, LAW_EXCLUSIONS_ALWAYS, LAW_EXCLUSIONS_OF_ALL);
	case REGISTRIES:
		return for_empty(m, p.sides[0]->registries, p.sides[1]->registries);
	case SPACES:
		return for_empty(m, p.sides[0]->spaces, p.sides[1]->spaces);
	case FALSES:
		return between(m, LAW_FALSE_LETS_PASS, LAW_CHANGED_FALSE_IS_WITHOUT);
	case PICKS:
		return between(m, LAW_PICKS_ARE_SUBSETS, LAW_PICK_TWO_IS_ALL);
	case NO_END:
		return between(m, LAW_NO_END_IS_OPEN, LAW_NO_END_IS_NEVER);
	case PERIOD:
		return between(m, LAW_PERIOD_IN_DAYS, LAW_LARGE_PERIOD_IS_SHORT);
	case MEMBERS:
		return between(m, LAW_MEMBERS_DO_NOTHING, LAW_MEMBERS_GREATER_COVERS);
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
	readings_ask(&r, m, p, PICKS);
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
				out |= outcome(passes_filters(p, 0, r, t),
					       passes_filters(p, 1, r, t));
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
	readings_ask(&r, m, p, FALSES);
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

law_outcomes law_ages(law_model m, struct law_pair p)
{
	struct readings r = {.now.to[0] = 0};
	law_outcomes out = 0;

	readings_ask(&r, m, p, PERIOD);
	do {
		for (unsigned i = 0; i < AGES; i++)
			out |= outcome(is_within(p.sides[0], &r.now, age(p, i)),
				       is_within(p.sides[1], &r.now, age(p, i)));
	} while (readings_next(&r));
	return out;
}

law_outcomes law_windows(law_model m, struct law_pair p)
{
	struct readings r = {.now.to[0] = 0};
	law_outcomes out = 0;

	readings_ask(&r, m, p, WINDOW);
	readings_ask(&r, m, p, NO_END);
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

/* Everything is covered on one side and nothing on the other, whatever all else says. */
static law_outcomes under_members(struct law_pair p, enum law_answer answer)
{
	bool is_before_lesser = members_of(p.sides[0]) < members_of(p.sides[1]);
	bool before = is_before_lesser == (answer == LAW_MEMBERS_LESSER_COVERS);

	return outcome(before, !before);
}

static law_outcomes with_members(law_model m, struct law_pair p, law_outcomes rest)
{
	struct answers all = answers_to(m, p, MEMBERS);
	law_outcomes out = 0;

	if (!is_raised(p, MEMBERS))
		return rest;
	for (unsigned i = 0; i < all.n; i++)
		out |= all.v[i] == LAW_MEMBERS_DO_NOTHING ? rest : under_members(p, all.v[i]);
	return out;
}

law_outcomes law_outcomes_of(law_model m, struct law_pair p)
{
	struct answers scopes = answers_to(m, p, NO_SCOPE);
	law_outcomes out = 0, rest;

	rest = law_meet(law_meet(law_types(m, p), law_ages(m, p)),
			law_meet(law_windows(m, p), law_switch(p)));
	for (unsigned i = 0; i < scopes.n; i++)
		out |= law_meet(rest, law_meet(law_selection(m, p, scopes.v[i]),
					       law_filters(m, p, scopes.v[i])));
	return with_members(m, p, out);
}

/* --- image by image ---------------------------------------------------------------------------- */

struct image {
	struct traits traits;
	struct identity identity;
	unsigned type;
	int days, minutes;
};

static bool is_covered(struct law_pair p, int side, const struct reading *r, const struct image *i)
{
	const struct law_side *s = p.sides[side];

	return s->on == 1 && is_selected(s, r, i->identity) &&
	       passes_filters(p, side, r, i->traits) && looks_for(s, r, i->type) &&
	       is_within(s, r, i->days) && has_time_for(s, r, i->minutes);
}

/* What is left of an image when where it lies and what it is are given. */
static law_outcomes probes(struct law_pair p, const struct reading *r, struct image *i)
{
	unsigned types = names_in(p.sides[0]->types, p.sides[1]->types);
	law_outcomes out = 0;

	for (i->type = 0; i->type < types; i->type++) {
		for (unsigned a = 0; a < AGES; a++) {
			i->days = age(p, a);
			for (i->minutes = STEP; i->minutes <= LONGEST; i->minutes += STEP)
				out |= outcome(is_covered(p, 0, r, i), is_covered(p, 1, r, i));
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
		if (q != MEMBERS)
			readings_ask(&r, m, p, q);
	do
		out |= all_images(p, &r.now);
	while (readings_next(&r));
	return with_members(m, p, out);
}
