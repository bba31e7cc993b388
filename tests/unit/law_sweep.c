/* SPDX-License-Identifier: Apache-2.0 */
#include "law_sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

/* --- the relations that two sides can have ----------------------------------------------------- */

/* Two names and a third that no list holds: an edit of a list is one of these. */
static const struct {
	unsigned before, after;
} lists[7] = {{0, 0}, {1, 0}, {0, 1}, {1, 1}, {1, 2}, {3, 1}, {1, 3}};

static const struct {
	int scope, all;
} scopes[7] = {{0, 0}, {1, 0}, {2, 0}, {3, 0}, {LAW_NULL, 1}, {LAW_NULL, 0}, {LAW_NULL, LAW_NULL}};

static const struct {
	int before, after;
} periods[LAW_PERIODS] = {{2, 2}, {3, 1}, {1, 3},   {1, 1},   {3, 3},     {1, 2},     {2, 1},
			  {2, 3}, {3, 2}, {3, 400}, {400, 3}, {400, 800}, {800, 400}, {400, 400}};

/* Hours: inside a day, over midnight, a whole day, without an end. */
static const struct {
	int start, end;
} windows[LAW_WINDOWS] = {{2, 6},   {3, 7},  {2, 7},  {2, LAW_NULL}, {3, LAW_NULL},
			  {22, 23}, {22, 1}, {20, 1}, {5, 5}};

/* An id is chosen or not, excluded or not, on each side: 16 states, of which 0 needs no id. */
struct id_sets {
	unsigned ids[2], excluded[2];
};

static struct id_sets id_sets_of(const unsigned *states, unsigned n)
{
	struct id_sets out = {{0, 0}, {0, 0}};

	for (unsigned i = 0; i < n; i++) {
		out.ids[0] |= (states[i] & 1) << i;
		out.ids[1] |= (states[i] >> 1 & 1) << i;
		out.excluded[0] |= (states[i] >> 2 & 1) << i;
		out.excluded[1] |= (states[i] >> 3 & 1) << i;
	}
	return out;
}

/*
 * What code that walks lists can see of the ids: which lists are filled, which hold what the other
 * side does not, and where an exclusion meets a selection, as a set of yes and no. Two edits that
 * agree in that are one.
 */
static unsigned id_relation(struct id_sets s)
{
	const unsigned facts[] = {
		s.ids[0],
		s.ids[1],
		s.excluded[0],
		s.excluded[1],
		s.ids[0] & ~s.ids[1],
		s.ids[1] & ~s.ids[0],
		s.excluded[0] & ~s.excluded[1],
		s.excluded[1] & ~s.excluded[0],
		s.ids[0] & s.excluded[1],
		s.ids[1] & s.excluded[0],
		s.ids[0] & s.excluded[1] & ~s.excluded[0],
		s.ids[1] & s.excluded[0] & ~s.excluded[1],
	};
	unsigned out = 0;

	for (size_t i = 0; i < ARRAY_LEN(facts); i++)
		out |= (unsigned)(facts[i] != 0) << i;
	return out;
}

#define ID_RELATIONS_MAX 256

/* One edit for each relation that up to `ids` ids can have. */
static unsigned list_id_relations(unsigned ids, struct id_sets *out)
{
	static bool seen[1u << 12];
	unsigned n = 0, states[4] = {0};

	memset(seen, 0, sizeof(seen));
	for (unsigned code = 0; code < 1u << (4 * ids); code++) {
		struct id_sets s;
		unsigned relation;

		for (unsigned i = 0; i < ids; i++)
			states[i] = code >> (4 * i) & 15;
		s = id_sets_of(states, ids);
		relation = id_relation(s);
		if (seen[relation])
			continue;
		seen[relation] = true;
		assert_true(n < ID_RELATIONS_MAX);
		out[n++] = s;
	}
	return n;
}

/* --- sweeps ------------------------------------------------------------------------------------ */

static const enum law_answer no_scope[2] = {LAW_NO_SCOPE_IS_ALL, LAW_NO_SCOPE_IS_CHOSEN};

/* law_meet, for millions. */
static uint8_t meet[16][16];

static void fill_meet(void)
{
	for (unsigned x = 0; x < 16; x++) {
		for (unsigned y = 0; y < 16; y++)
			meet[x][y] = (uint8_t)law_meet(x, y);
	}
}

/* Outcomes of one part under both models and both answers to what a missing scope is. */
struct part {
	uint8_t of[LAW_MODELS][2];
};

/* Plain knows one answer only: its other place stays empty. */
static struct part part_of(struct law_pair p,
			   law_outcomes (*ask)(law_model, struct law_pair, enum law_answer))
{
	struct part out = {{{0}}};

	for (size_t m = 0; m < LAW_MODELS; m++) {
		for (size_t k = 0; k < 2; k++) {
			if (law_models[m] & LAW_BIT(no_scope[k]))
				out.of[m][k] = (uint8_t)ask(law_models[m], p, no_scope[k]);
		}
	}
	return out;
}

/* A part that does not ask about the scope. */
static struct part part_from(law_outcomes full, law_outcomes plain)
{
	return (struct part){{{(uint8_t)full, (uint8_t)full}, {(uint8_t)plain, (uint8_t)plain}}};
}

static struct part part_meet(struct part x, struct part y)
{
	for (size_t m = 0; m < LAW_MODELS; m++) {
		for (size_t k = 0; k < 2; k++)
			x.of[m][k] = meet[x.of[m][k]][y.of[m][k]];
	}
	return x;
}

static struct part part_union(struct part x, struct part y)
{
	for (size_t m = 0; m < LAW_MODELS; m++) {
		for (size_t k = 0; k < 2; k++)
			x.of[m][k] |= y.of[m][k];
	}
	return x;
}

static law_outcomes part_sum(struct part x, size_t model)
{
	return (law_outcomes)(x.of[model][0] | x.of[model][1]);
}

struct universe {
	const char *name;
	unsigned bools;  /* 2 bits a bool, before and after: 4 or 16 */
	unsigned spaces; /* relations of the second list: 1 or 7 */
	const struct id_sets *ids;
	unsigned id_count;
	unsigned one_in; /* a sample */
};

void law_take_scope(struct law_side *s, unsigned i)
{
	s->scope = scopes[i].scope;
	s->all = scopes[i].all;
}

/* The sides' halves of one number. */
static void set_scopes(struct law_side *sides, unsigned both)
{
	for (unsigned s = 0; s < 2; s++) {
		unsigned i = s ? both / 7 : both % 7;

		law_take_scope(&sides[s], i);
	}
}

void law_take_window(struct law_side *s, unsigned i)
{
	s->start = windows[i].start * 60;
	s->end = windows[i].end == LAW_NULL ? LAW_NULL : windows[i].end * 60;
}

static void set_windows(struct law_side *sides, unsigned both)
{
	law_take_window(&sides[0], both % LAW_WINDOWS);
	law_take_window(&sides[1], both / LAW_WINDOWS);
}

static void set_images(struct law_side *sides, unsigned relation)
{
	sides[0].images = lists[relation].before;
	sides[1].images = lists[relation].after;
	for (unsigned s = 0; s < 2; s++)
		law_set_images(&law_configs[s], sides[s].images);
}

static void set_ids(struct law_side *sides, const struct id_sets *ids)
{
	for (unsigned s = 0; s < 2; s++) {
		sides[s].ids = ids->ids[s];
		sides[s].excluded = ids->excluded[s];
		law_set_ids(&law_configs[s], sides[s].ids, sides[s].excluded);
	}
}

static void set_periods(struct law_side *sides, unsigned relation)
{
	sides[0].period = periods[relation].before;
	sides[1].period = periods[relation].after;
	for (unsigned s = 0; s < 2; s++)
		law_set_period(&law_configs[s], sides[s].period);
}

/* By image relation and id relation, for one pair of scopes. */
static void selections(struct law_side *sides, struct law_pair p, const struct universe *u,
		       struct part *out)
{
	for (unsigned n = 0; n < 7 * u->id_count; n++) {
		set_images(sides, n / u->id_count);
		set_ids(sides, &u->ids[n % u->id_count]);
		out[n] = part_of(p, law_selection);
	}
}

/* All selections and periods beside filters that stand. False: enough has failed. */
static bool sweep_selections(struct law_side *sides, struct law_pair p, const struct universe *u,
			     const struct part *selected, struct part filtered)
{
	for (unsigned n = 0; n < 3 * 7; n++) {
		struct part rest;

		set_periods(sides, n / 7);
		set_images(sides, n % 7);
		rest = part_meet(filtered,
				 part_from(law_ages(law_models[0], p), law_ages(law_models[1], p)));
		for (unsigned k = 0; k < u->id_count; k++) {
			struct part all;

			if (!law_is_sampled(u->one_in))
				continue;
			set_ids(sides, &u->ids[k]);
			all = part_meet(rest, selected[n % 7 * u->id_count + k]);
			law_check(p, part_sum(all, 0), part_sum(all, 1));
			if (law_random(16) == 0)
				law_check_swapped(p);
			if (law_failures >= LAW_FAILURES_MAX)
				return false;
		}
	}
	return true;
}

/* Scopes, filters, selections and exclusions against each other. */
static void sweep_universe(const struct universe *u)
{
	struct law_side sides[2] = {law_default, law_default};
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct part *selected = calloc(7 * (size_t)u->id_count, sizeof(*selected));
	struct part rest = part_from(
		law_meet(law_meet(law_types(law_models[0], p), law_windows(law_models[0], p)),
			 law_switch(p)),
		law_meet(law_meet(law_types(law_models[1], p), law_windows(law_models[1], p)),
			 law_switch(p)));
	struct law_clock clock = law_clock_start();

	assert_non_null(selected);
	for (unsigned both = 0; both < 49; both++) {
		set_scopes(sides, both);
		selections(sides, p, u, selected);
		for (unsigned f = 0; f < u->bools * 7 * u->spaces; f++) {
			unsigned bools = f % u->bools, registry = f / u->bools % 7,
				 space = f / u->bools / 7;

			for (unsigned s = 0; s < 2; s++) {
				sides[s].latest = bools >> s & 1;
				sides[s].running = bools >> (s + 2) & 1;
				sides[s].registries =
					s ? lists[registry].after : lists[registry].before;
				sides[s].spaces = s ? lists[space].after : lists[space].before;
			}
			law_build_both(sides);
			if (!sweep_selections(sides, p, u, selected,
					      part_meet(rest, part_of(p, law_filters))))
				goto out;
		}
	}
out:
	free(selected);
	law_clock_tell(clock, u->name);
	assert_int_equal(law_failures, 0);
}

void law_sweep_core(bool is_whole, unsigned one_in)
{
	static struct id_sets ids[ID_RELATIONS_MAX];
	struct universe u = {.ids = ids, .one_in = one_in};

	fill_meet();
	if (is_whole) {
		u.name = "core, all";
		u.bools = 16;
		u.spaces = 7;
		u.id_count = list_id_relations(4, ids);
		print_message("relations of ids: %u\n", u.id_count);
		assert_int_equal(u.id_count, 139);
	} else {
		u.name = "core, one bool, one list, two ids";
		u.bools = 4;
		u.spaces = 1;
		for (unsigned code = 0; code < 256; code++) {
			unsigned states[2] = {code & 15, code >> 4};

			ids[u.id_count++] = id_sets_of(states, 2);
		}
	}
	sweep_universe(&u);
}

#define WINDOW_PAIRS (LAW_WINDOWS * LAW_WINDOWS)

/* What windows and periods do, for all that two sides can have. */
struct times {
	struct part in_window[WINDOW_PAIRS], in_period[LAW_PERIODS];
};

static void fill_times(struct times *out)
{
	struct law_side sides[2] = {law_default, law_default};
	struct law_pair p = {{&sides[0], &sides[1]}};

	for (unsigned w = 0; w < WINDOW_PAIRS; w++) {
		set_windows(sides, w);
		out->in_window[w] =
			part_from(law_windows(law_models[0], p), law_windows(law_models[1], p));
	}
	for (unsigned t = 0; t < LAW_PERIODS; t++) {
		set_periods(sides, t);
		out->in_period[t] =
			part_from(law_ages(law_models[0], p), law_ages(law_models[1], p));
	}
}

/* Switch, periods and windows beside types, bools and scopes that stand. */
static bool sweep_times(struct law_side *sides, struct law_pair p, struct part standing,
			const struct times *times, unsigned one_in)
{
	for (unsigned n = 0; n < WINDOW_PAIRS * LAW_PERIODS * 4; n++) {
		unsigned w = n % WINDOW_PAIRS, t = n / WINDOW_PAIRS % LAW_PERIODS,
			 on = n / WINDOW_PAIRS / LAW_PERIODS;
		struct part all;

		if (!law_is_sampled(one_in))
			continue;
		set_windows(sides, w);
		set_periods(sides, t);
		for (unsigned s = 0; s < 2; s++) {
			sides[s].on = on >> s & 1;
			law_set_window(&law_configs[s], sides[s].start, sides[s].end);
			law_set_on(&law_configs[s], sides[s].on);
		}
		all = part_meet(part_meet(standing, times->in_window[w]), times->in_period[t]);
		all = part_meet(all, part_from(law_switch(p), law_switch(p)));
		law_check(p, part_sum(all, 0), part_sum(all, 1));
		if (law_failures >= LAW_FAILURES_MAX)
			return false;
	}
	return true;
}

/* What stands outside of the interplay, against all scopes; one image is chosen throughout. */
void law_sweep_second(const char *name, unsigned one_in)
{
	struct law_side sides[2] = {law_default, law_default};
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct law_clock clock = law_clock_start();
	struct times times;

	fill_meet();
	fill_times(&times);
	sides[0].images = sides[1].images = 1;
	for (unsigned n = 0; n < 49 * 81 * 7; n++) {
		unsigned bools = n % 81, types = n / 81 % 7;
		struct part standing;

		set_scopes(sides, n / 81 / 7);
		sides[0].latest = (int)(bools % 3) - 1;
		sides[1].latest = (int)(bools / 3 % 3) - 1;
		sides[0].running = (int)(bools / 9 % 3) - 1;
		sides[1].running = (int)(bools / 27) - 1;
		sides[0].types = lists[types].before;
		sides[1].types = lists[types].after;
		law_build_both(sides);
		standing = part_meet(part_of(p, law_selection), part_of(p, law_filters));
		standing = part_meet(standing, part_from(law_types(law_models[0], p),
							 law_types(law_models[1], p)));
		if (!sweep_times(sides, p, standing, &times, one_in))
			break;
	}
	law_clock_tell(clock, name);
	assert_int_equal(law_failures, 0);
}

/* What one id can do, by its state, for one pair of scopes and one relation of images. */
static void fill_states(struct law_side *sides, struct law_pair p, struct part out[16])
{
	for (unsigned state = 0; state < 16; state++) {
		struct id_sets ids = id_sets_of(&state, 1);

		set_ids(sides, &ids);
		out[state] = part_of(p, law_selection);
	}
}

/* Every set of states, beside scopes, images and filters that stand. */
static bool sweep_sets(struct law_side *sides, struct law_pair p, struct part standing,
		       unsigned states_max, unsigned one_in)
{
	struct part by_state[16];

	fill_states(sides, p, by_state);
	for (unsigned set = 0; set < 1u << 15; set++) {
		struct part all = by_state[0];
		unsigned states[15], n = 0;
		struct id_sets ids;

		if ((unsigned)__builtin_popcount(set) > states_max || !law_is_sampled(one_in))
			continue;
		for (unsigned i = 1; i < 16; i++) {
			if (set >> (i - 1) & 1)
				states[n++] = i;
		}
		for (unsigned i = 0; i < n; i++)
			all = part_union(all, by_state[states[i]]);
		ids = id_sets_of(states, n);
		set_ids(sides, &ids);
		all = part_meet(all, standing);
		law_check(p, part_sum(all, 0), part_sum(all, 1));
		if (law_failures >= LAW_FAILURES_MAX)
			return false;
	}
	return true;
}

/*
 * Every set of states that ids can be in, without taking relations for granted: up to 15 ids. An
 * image has one id, so what a set of them can do is what each of them can.
 */
void law_sweep_id_sets(const char *name, unsigned states_max, unsigned one_in)
{
	struct law_side sides[2] = {law_default, law_default};
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct law_clock clock = law_clock_start();

	fill_meet();
	for (unsigned n = 0; n < 49 * 7 * 4; n++) {
		set_scopes(sides, n / 4 / 7);
		sides[0].latest = n & 1;
		sides[1].latest = n >> 1 & 1;
		law_build_both(sides);
		set_images(sides, n / 4 % 7);
		if (!sweep_sets(sides, p, part_of(p, law_filters), states_max, one_in))
			break;
	}
	law_clock_tell(clock, name);
	assert_int_equal(law_failures, 0);
}

/* Each of two images has no such member, one, or another, on each side that names it. */
void law_sweep_members(const char *name)
{
	struct law_side sides[2] = {law_default, law_default};
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct law_clock clock = law_clock_start();

	for (unsigned n = 0; n < 49 * 7 * 81 * 4 && law_failures < LAW_FAILURES_MAX; n++) {
		unsigned marks = n / 4 % 81, relation = n / 4 / 81 % 7;

		set_scopes(sides, n / 4 / 81 / 7);
		for (unsigned s = 0; s < 2; s++) {
			unsigned mine = s ? marks / 9 : marks % 9;

			sides[s].on = n >> s & 1;
			sides[s].images = s ? lists[relation].after : lists[relation].before;
			sides[s].marked = (mine % 3 == 1 ? 1u : 0) | (mine / 3 == 1 ? 2u : 0);
			sides[s].remarked = (mine % 3 == 2 ? 1u : 0) | (mine / 3 == 2 ? 2u : 0);
		}
		law_build_both(sides);
		law_check(p, law_outcomes_of(law_models[0], p), law_outcomes_of(law_models[1], p));
		law_check_swapped(p);
	}
	law_clock_tell(clock, name);
	assert_int_equal(law_failures, 0);
}
