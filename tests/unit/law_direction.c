/* SPDX-License-Identifier: Apache-2.0 */
#include "model/direction.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "law_build.h"
#include "law_model.h"

/*
 * The soundness law, two-sided: the bits of a pair equal what the model of law_model.c finds by
 * enumerating images and readings, for every pair of a universe that holds each relation two sides
 * can have. A bit too few would call a loss harmless, a bit too many would be noise.
 *
 * SCANDRIFT_LONG=1 runs the whole universe; SCANDRIFT_SEED=N takes other samples.
 */

#if defined(__has_feature)
# if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#  define IS_SLOW_BUILD 1
# endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__)
# define IS_SLOW_BUILD 1
#endif
#ifndef IS_SLOW_BUILD
# define IS_SLOW_BUILD 0
#endif

/* --- exceptions -------------------------------------------------------------------------------- */

/*
 * Where what we say is not what the model says, and why that is right all the same. Every one is on
 * the loud side. Anything else fails.
 */
static struct exception {
	const char *what, *why;
	unsigned long pairs; /* met in the universe */
} exceptions[] = {
	{"the switch, where no image was chosen",
	 "nothing was scanned and nothing is, but a schedule that was switched off is critical: it "
	 "would stay off when somebody chooses images later",
	 0},
	{"a registry filter, where each chosen image names its own registry",
	 "a filter that cuts none of the registries which the entries of Images name takes nothing "
	 "away if both lists use one vocabulary, which nobody documents",
	 0},
};
enum { EXCEPTION_SWITCH, EXCEPTION_REGISTRY };

/* --- judging one pair -------------------------------------------------------------------------- */

static struct law_config configs[2]; /* before, after */
static unsigned long pairs_judged, failures;
static uint64_t seed, random_state;
static bool is_long;

static unsigned next_random(unsigned below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)((random_state >> 20) % below);
}

static law_outcomes bits_of(bool lose, bool gain)
{
	return (lose ? LAW_LOSE : 0) | (gain ? LAW_GAIN : 0);
}

static law_outcomes bits_of_direction(enum direction d)
{
	bool either = d == DIR_MIXED || d == DIR_UNKNOWN;

	return bits_of(d == DIR_WEAKENED || either, d == DIR_STRENGTHENED || either);
}

static law_outcomes swap_bits(law_outcomes o)
{
	return bits_of(LAW_GAINS(o), LAW_LOSES(o));
}

static bool complain(struct law_pair p, const char *what, unsigned got, unsigned want)
{
	char text[2][LAW_TEXT_SIZE];

	if (failures++ < 10)
		print_error("%s: %u, not %u\n  before %s\n  after  %s\n", what, got, want,
			    law_text(p.sides[0], text[0]), law_text(p.sides[1], text[1]));
	return false;
}

/* The switch flips, and the model has nothing to lose or gain. */
static bool is_excused(struct law_pair p, law_outcomes got, law_outcomes want)
{
	if (p.sides[0]->on == p.sides[1]->on || want ||
	    got != (p.sides[0]->on ? LAW_LOSE : LAW_GAIN))
		return false;
	exceptions[EXCEPTION_SWITCH].pairs++;
	return true;
}

/* A field has bits only where it differs, and the pair has what its fields have. */
static bool check_fields(struct law_pair p, const struct judgement *j)
{
	law_outcomes all = 0;
	unsigned unknown = 0;
	enum direction want;

	for (size_t i = 0; i < schema_registry_scan.field_count; i++) {
		law_outcomes bits = bits_of(j->fields[i].lose, j->fields[i].gain);
		law_outcomes plain = bits_of_direction(j->plain_fields[i]);

		if (bits && !j->differs[i])
			return complain(p, "a field that does not differ", bits, 0);
		if (bits != bits_of_direction(j->directions[i]))
			return complain(p, "a field's direction", j->directions[i], bits);
		if (plain & ~bits)
			return complain(p, "plain bits of a field", plain, bits);
		unknown += j->directions[i] == DIR_UNKNOWN;
		all |= bits;
	}
	if (all != bits_of(j->whole.lose, j->whole.gain))
		return complain(p, "all fields", all, bits_of(j->whole.lose, j->whole.gain));
	if (all != bits_of_direction(j->direction))
		return complain(p, "the direction", j->direction, all);
	want = unknown ? DIR_UNKNOWN : DIR_MIXED;
	if (all == (LAW_LOSE | LAW_GAIN) && j->direction != want)
		return complain(p, "mixed or unknown", j->direction, want);
	return true;
}

/* Only when the scan takes place differs: something is covered on both sides, at another time. */
static bool is_shifted(struct law_pair p, law_outcomes o)
{
	return (o & LAW_BOTH) &&
	       (p.sides[0]->start != p.sides[1]->start || p.sides[0]->end != p.sides[1]->end);
}

static bool check(struct law_pair p, law_outcomes full, law_outcomes plain)
{
	law_outcomes want = full & (LAW_LOSE | LAW_GAIN), got;
	struct judgement j;

	pairs_judged++;
	direction_judge(&configs[0].c, &configs[1].c, &j);
	got = bits_of(j.whole.lose, j.whole.gain);
	if (got != want && !is_excused(p, got, want))
		return complain(p, "the pair", got, want);
	if (!got && (j.direction == DIR_NEUTRAL) != is_shifted(p, full))
		return complain(p, "neutral", j.direction, is_shifted(p, full));
	want = plain & (LAW_LOSE | LAW_GAIN);
	got = bits_of_direction(j.plain);
	if (got != want && !is_excused(p, got, want))
		return complain(p, "plain", got, want);
	return check_fields(p, &j);
}

/*
 * What is lost one way is gained the other way, for each field. For the pair that follows from the
 * law where the universe holds both ways round; so a sample is enough.
 */
static bool check_swapped(struct law_pair p)
{
	struct judgement j, back;

	direction_judge(&configs[0].c, &configs[1].c, &j);
	direction_judge(&configs[1].c, &configs[0].c, &back);
	for (size_t i = 0; i < schema_registry_scan.field_count; i++) {
		law_outcomes there = bits_of(j.fields[i].lose, j.fields[i].gain);
		law_outcomes back_bits = bits_of(back.fields[i].lose, back.fields[i].gain);

		if (there != swap_bits(back_bits) ||
		    bits_of_direction(j.plain_fields[i]) !=
			    swap_bits(bits_of_direction(back.plain_fields[i])))
			return complain(p, "a field, swapped", there, back_bits);
	}
	return true;
}

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
} periods[9] = {{2, 2}, {3, 1}, {1, 3}, {1, 1}, {3, 3}, {1, 2}, {2, 1}, {2, 3}, {3, 2}};

/* Hours: inside a day, over midnight, a whole day, without an end. */
static const struct {
	int start, end;
} windows[8] = {{2, 6}, {3, 7}, {2, 7}, {2, LAW_NULL}, {22, 23}, {22, 1}, {20, 1}, {5, 5}};

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

static uint8_t meet[16][16];

#define MODELS 2 /* full, plain */
static law_model models[MODELS];
static const enum law_answer no_scope[2] = {LAW_NO_SCOPE_IS_ALL, LAW_NO_SCOPE_IS_CHOSEN};

/* Outcomes of one part under both models and both answers to what a missing scope is. */
struct part {
	uint8_t of[MODELS][2];
};

/* Plain knows one answer only: its other place stays empty. */
static struct part part_of(struct law_pair p,
			   law_outcomes (*ask)(law_model, struct law_pair, enum law_answer))
{
	struct part out = {{{0}}};

	for (size_t m = 0; m < MODELS; m++) {
		for (size_t k = 0; k < 2; k++) {
			if (models[m] & LAW_BIT(no_scope[k]))
				out.of[m][k] = (uint8_t)ask(models[m], p, no_scope[k]);
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
	for (size_t m = 0; m < MODELS; m++) {
		for (size_t k = 0; k < 2; k++)
			x.of[m][k] = meet[x.of[m][k]][y.of[m][k]];
	}
	return x;
}

static struct part part_union(struct part x, struct part y)
{
	for (size_t m = 0; m < MODELS; m++) {
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

struct clock {
	struct timespec start;
	unsigned long pairs;
};

static struct clock clock_start(void)
{
	struct clock c = {.pairs = pairs_judged};

	clock_gettime(CLOCK_MONOTONIC, &c.start);
	return c;
}

static void clock_tell(struct clock c, const char *what)
{
	struct timespec now;
	double s;

	clock_gettime(CLOCK_MONOTONIC, &now);
	s = (double)(now.tv_sec - c.start.tv_sec) + (double)(now.tv_nsec - c.start.tv_nsec) / 1e9;
	print_message("%s: %lu pairs, %.1f s\n", what, pairs_judged - c.pairs, s);
}

/* True for one in `one_in` calls, at random. */
static bool is_sampled(unsigned one_in)
{
	static unsigned gap;

	if (one_in <= 1)
		return true;
	if (gap > 0) {
		gap--;
		return false;
	}
	gap = next_random(2 * one_in - 1);
	return true;
}

/* The sides' halves of a number below 49, and of one below 64. */
static void set_scopes(struct law_side *sides, unsigned both)
{
	for (unsigned s = 0; s < 2; s++) {
		unsigned i = s ? both / 7 : both % 7;

		sides[s].scope = scopes[i].scope;
		sides[s].all = scopes[i].all;
	}
}

static void set_window(struct law_side *s, unsigned i)
{
	s->start = windows[i].start * 60;
	s->end = windows[i].end == LAW_NULL ? LAW_NULL : windows[i].end * 60;
}

static void set_windows(struct law_side *sides, unsigned both)
{
	set_window(&sides[0], both % 8);
	set_window(&sides[1], both / 8);
}

static void set_images(struct law_side *sides, unsigned relation)
{
	sides[0].images = lists[relation].before;
	sides[1].images = lists[relation].after;
	for (unsigned s = 0; s < 2; s++)
		law_set_images(&configs[s], sides[s].images);
}

static void set_ids(struct law_side *sides, const struct id_sets *ids)
{
	for (unsigned s = 0; s < 2; s++) {
		sides[s].ids = ids->ids[s];
		sides[s].excluded = ids->excluded[s];
		law_set_ids(&configs[s], sides[s].ids, sides[s].excluded);
	}
}

static void set_periods(struct law_side *sides, unsigned relation)
{
	sides[0].period = periods[relation].before;
	sides[1].period = periods[relation].after;
	for (unsigned s = 0; s < 2; s++)
		law_set_period(&configs[s], sides[s].period);
}

static void build_both(const struct law_side *sides)
{
	law_build(&configs[0], &sides[0]);
	law_build(&configs[1], &sides[1]);
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
		rest = part_meet(filtered, part_from(law_ages(p), law_ages(p)));
		for (unsigned k = 0; k < u->id_count; k++) {
			struct part all;

			if (!is_sampled(u->one_in))
				continue;
			set_ids(sides, &u->ids[k]);
			all = part_meet(rest, selected[n % 7 * u->id_count + k]);
			check(p, part_sum(all, 0), part_sum(all, 1));
			if (next_random(16) == 0)
				check_swapped(p);
			if (failures >= 10)
				return false;
		}
	}
	return true;
}

/* Scopes, filters, selections and exclusions against each other. */
static void sweep_core(const struct universe *u)
{
	struct law_side sides[2] = {law_default, law_default};
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct part *selected = calloc(7 * (size_t)u->id_count, sizeof(*selected));
	struct part rest =
		part_from(law_meet(law_meet(law_types(models[0], p), law_windows(models[0], p)),
				   law_switch(p)),
			  law_meet(law_meet(law_types(models[1], p), law_windows(models[1], p)),
				   law_switch(p)));
	struct clock clock = clock_start();

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
			build_both(sides);
			if (!sweep_selections(sides, p, u, selected,
					      part_meet(rest, part_of(p, law_filters))))
				goto out;
		}
	}
out:
	free(selected);
	clock_tell(clock, u->name);
	assert_int_equal(failures, 0);
}

/* What windows and periods do, for all that two sides can have. */
struct times {
	struct part in_window[64], in_period[9];
};

static void fill_times(struct times *out)
{
	struct law_side sides[2] = {law_default, law_default};
	struct law_pair p = {{&sides[0], &sides[1]}};

	for (unsigned w = 0; w < 64; w++) {
		set_windows(sides, w);
		out->in_window[w] = part_from(law_windows(models[0], p), law_windows(models[1], p));
	}
	for (unsigned t = 0; t < 9; t++) {
		set_periods(sides, t);
		out->in_period[t] = part_from(law_ages(p), law_ages(p));
	}
}

/* Switch, periods and windows beside types, bools and scopes that stand. */
static bool sweep_times(struct law_side *sides, struct law_pair p, struct part standing,
			const struct times *times, unsigned one_in)
{
	for (unsigned n = 0; n < 64 * 9 * 4; n++) {
		unsigned w = n % 64, t = n / 64 % 9, on = n / 64 / 9;
		struct part all;

		if (!is_sampled(one_in))
			continue;
		set_windows(sides, w);
		set_periods(sides, t);
		for (unsigned s = 0; s < 2; s++) {
			sides[s].on = on >> s & 1;
			law_set_window(&configs[s], sides[s].start, sides[s].end);
			law_set_on(&configs[s], sides[s].on);
		}
		all = part_meet(part_meet(standing, times->in_window[w]), times->in_period[t]);
		all = part_meet(all, part_from(law_switch(p), law_switch(p)));
		check(p, part_sum(all, 0), part_sum(all, 1));
		if (failures >= 10)
			return false;
	}
	return true;
}

/* What stands outside of the interplay, against all scopes; one image is chosen throughout. */
static void sweep_second(const char *name, unsigned one_in)
{
	struct law_side sides[2] = {law_default, law_default};
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct clock clock = clock_start();
	struct times times;

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
		build_both(sides);
		standing = part_meet(part_of(p, law_selection), part_of(p, law_filters));
		standing = part_meet(standing,
				     part_from(law_types(models[0], p), law_types(models[1], p)));
		if (!sweep_times(sides, p, standing, &times, one_in))
			break;
	}
	clock_tell(clock, name);
	assert_int_equal(failures, 0);
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

		if ((unsigned)__builtin_popcount(set) > states_max || !is_sampled(one_in))
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
		check(p, part_sum(all, 0), part_sum(all, 1));
		if (failures >= 10)
			return false;
	}
	return true;
}

/*
 * Every set of states that ids can be in, without taking relations for granted: up to 15 ids. An
 * image has one id, so what a set of them can do is what each of them can.
 */
static void sweep_id_sets(const char *name, unsigned states_max, unsigned one_in)
{
	struct law_side sides[2] = {law_default, law_default};
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct clock clock = clock_start();

	for (unsigned n = 0; n < 49 * 7 * 4; n++) {
		set_scopes(sides, n / 4 / 7);
		sides[0].latest = n & 1;
		sides[1].latest = n >> 1 & 1;
		build_both(sides);
		set_images(sides, n / 4 % 7);
		if (!sweep_sets(sides, p, part_of(p, law_filters), states_max, one_in))
			break;
	}
	clock_tell(clock, name);
	assert_int_equal(failures, 0);
}

/* --- random pairs ------------------------------------------------------------------------------ */

static int random_bool(void)
{
	return (int)next_random(3) - 1;
}

static unsigned random_list(void)
{
	return next_random(2) ? next_random(4) : 0;
}

/* One part of a side, anew. */
static void change_part(struct law_side *s, unsigned part)
{
	unsigned i;

	switch (part) {
	case 0:
		s->on = next_random(5) != 0;
		break;
	case 1:
	case 2:
		i = next_random(8);
		s->scope = i < 7 ? scopes[i].scope : 9;
		s->all = i < 7 ? scopes[i].all : 0;
		break;
	case 3:
		s->all = random_bool();
		break;
	case 4:
		s->latest = random_bool();
		break;
	case 5:
		s->running = random_bool();
		break;
	case 6:
		s->types = next_random(4);
		break;
	case 7:
		s->registries = random_list();
		break;
	case 8:
		s->spaces = random_list();
		break;
	case 9:
	case 10:
		s->images = random_list();
		break;
	case 11:
	case 12:
		s->ids = next_random(2) ? next_random(8) : 0;
		break;
	case 13:
	case 14:
		s->excluded = next_random(2) ? next_random(8) : 0;
		break;
	case 15:
		s->period = (int)next_random(3) + 1;
		break;
	default:
		set_window(s, next_random(8));
		break;
	}
}
#define PARTS 17

/* Any side, and one that differs from it in few parts or in many. */
static void random_pair(struct law_side *sides)
{
	unsigned edits = next_random(4) ? next_random(3) + 1 : PARTS;

	sides[0] = law_default;
	for (unsigned i = 0; i < PARTS; i++)
		change_part(&sides[0], i);
	sides[1] = sides[0];
	while (edits-- > 0)
		change_part(&sides[1], next_random(PARTS));
}

/*
 * The fields that no other field touches have, whenever both sides scan something, the bits that
 * they would have if they were all there is; else none.
 */
static bool check_alone(struct law_pair p)
{
	const struct law_side *b = p.sides[0], *a = p.sides[1];
	struct law_side alone[7][2];
	const char *const fields[7] = {"ScanType",  "ScanPeriod", "ScanTime",        "RegistryType",
				       "Namespace", "Latest",     "ContainerRunning"};
	struct part selected = part_of(p, law_selection);
	bool both_scan = false;
	struct judgement j;

	for (size_t k = 0; k < 2; k++) {
		law_outcomes o = selected.of[0][k];

		both_scan |= (o & (LAW_LOSE | LAW_BOTH)) && (o & (LAW_GAIN | LAW_BOTH));
	}
	for (size_t i = 0; i < 7; i++)
		alone[i][0] = alone[i][1] = law_default;
	for (int s = 0; s < 2; s++) {
		const struct law_side *from = s ? a : b;

		alone[0][s].types = from->types;
		alone[1][s].period = from->period;
		alone[2][s].start = from->start;
		alone[2][s].end = from->end;
		alone[3][s].registries = from->registries;
		alone[4][s].spaces = from->spaces;
		alone[5][s].latest = from->latest;
		alone[6][s].running = from->running;
	}
	direction_judge(&configs[0].c, &configs[1].c, &j);
	for (size_t i = 0; i < 7; i++) {
		struct law_pair q = {{&alone[i][0], &alone[i][1]}};
		size_t row = law_row(fields[i]);
		law_outcomes got = bits_of(j.fields[row].lose, j.fields[row].gain);
		law_outcomes want = law_outcomes_of(models[0], q) & (LAW_LOSE | LAW_GAIN);

		if (!both_scan || !b->on || !a->on || !j.differs[row])
			want = 0;
		if (got != want)
			return complain(p, fields[i], got, want);
	}
	return true;
}

static void sweep_random(const char *name, unsigned long count)
{
	struct law_side sides[2];
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct clock clock = clock_start();

	for (unsigned long i = 0; i < count && failures < 10; i++) {
		random_pair(sides);
		build_both(sides);
		check(p, law_outcomes_of(models[0], p), law_outcomes_of(models[1], p));
		check_swapped(p);
		check_alone(p);
	}
	clock_tell(clock, name);
	assert_int_equal(failures, 0);
}

/* The parts of the model against the model without parts. */
static void sweep_images(const char *name, unsigned long count)
{
	struct law_side sides[2];
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct clock clock = clock_start();

	for (unsigned long i = 0; i < count; i++) {
		random_pair(sides);
		for (size_t m = 0; m < MODELS; m++)
			assert_int_equal(law_outcomes_by_image(models[m], p),
					 law_outcomes_of(models[m], p));
		pairs_judged++;
	}
	clock_tell(clock, name);
}

/* --- large sets -------------------------------------------------------------------------------- */

#define LARGE 4000

/* A large list and its witnesses: one name for each way in which the sides can hold a name. */
struct large {
	struct str texts[2][2][LARGE]; /* RegistryType, Namespace */
	const struct element *images[2][LARGE];
	struct integer ids[2][LARGE], excluded[2][LARGE];
};

static char large_names[LARGE][8];
static struct element *large_images[LARGE];

static void name_large_sets(void)
{
	for (unsigned i = 0; i < LARGE; i++) {
		snprintf(large_names[i], sizeof(large_names[i]), "n%05u", i);
		large_images[i] = law_image(large_names[i]);
	}
}

static void free_large_sets(void)
{
	for (unsigned i = 0; i < LARGE; i++)
		free(large_images[i]);
}

/* Some of `count` states, each for some names: states[i] is the state of name i. */
static unsigned deal(unsigned *states, unsigned count)
{
	unsigned allowed[16], n = 0;

	for (unsigned i = 0; i < count; i++) {
		if (next_random(3) == 0)
			allowed[n++] = i;
	}
	for (unsigned i = 0; i < LARGE; i++)
		states[i] = n ? allowed[next_random(n)] : 0;
	return n;
}

/* The states that occur, 0 apart. */
static unsigned occurring(const unsigned *states, unsigned *out)
{
	bool seen[16] = {false};
	unsigned n = 0;

	for (unsigned i = 0; i < LARGE; i++)
		seen[states[i]] = true;
	for (unsigned i = 1; i < 16; i++) {
		if (seen[i])
			out[n++] = i;
	}
	return n;
}

/* Bit `bit` of the states, as a set of witnesses. */
static unsigned witnesses(const unsigned *states, unsigned n, unsigned bit)
{
	unsigned out = 0;

	for (unsigned i = 0; i < n; i++)
		out |= (states[i] >> bit & 1) << i;
	return out;
}

static void enlarge_texts(struct value *v, struct str *list, const unsigned *states, unsigned bit)
{
	size_t n = 0;

	for (unsigned i = 0; i < LARGE; i++) {
		if (states[i] >> bit & 1)
			list[n++] = str_from(large_names[i]);
	}
	*v = (struct value){.is_null = n == 0};
	v->u.texts.v = list;
	v->u.texts.n = n;
}

static void enlarge_images(struct value *v, const struct element **list, const unsigned *states,
			   unsigned bit)
{
	size_t n = 0;

	for (unsigned i = 0; i < LARGE; i++) {
		if (states[i] >> bit & 1)
			list[n++] = large_images[i];
	}
	*v = (struct value){.is_null = n == 0};
	v->u.elements.v = list;
	v->u.elements.n = n;
}

static void enlarge_ids(struct value *v, struct integer *list, const unsigned *states, unsigned bit)
{
	size_t n = 0;

	for (unsigned i = 0; i < LARGE; i++) {
		if (states[i] >> bit & 1)
			list[n++] = integer_from(1000 + (uint64_t)i * 7);
	}
	*v = (struct value){.is_null = n == 0};
	v->u.integers.v = list;
	v->u.integers.n = n;
}

/* Lists of thousands of names in `configs`, their witnesses in `sides`. */
static void enlarge(struct large *large, struct law_side *sides)
{
	static unsigned states[4][LARGE]; /* two lists of texts, images, ids */
	unsigned occur[4][16], n[4];
	size_t rows[] = {law_row("RegistryType"), law_row("Namespace"), law_row("Images"),
			 law_row("Id"), law_row("ExcludeImageAssetIds")};

	for (unsigned i = 0; i < 4; i++) {
		deal(states[i], i < 3 ? 4 : 16);
		n[i] = occurring(states[i], occur[i]);
	}
	for (unsigned s = 0; s < 2; s++) {
		struct value *values = configs[s].c.values;

		sides[s].registries = witnesses(occur[0], n[0], s);
		sides[s].spaces = witnesses(occur[1], n[1], s);
		sides[s].images = witnesses(occur[2], n[2], s);
		sides[s].ids = witnesses(occur[3], n[3], s);
		sides[s].excluded = witnesses(occur[3], n[3], s + 2);
		law_build(&configs[s], &sides[s]);
		enlarge_texts(&values[rows[0]], large->texts[0][s], states[0], s);
		enlarge_texts(&values[rows[1]], large->texts[1][s], states[1], s);
		enlarge_images(&values[rows[2]], large->images[s], states[2], s);
		enlarge_ids(&values[rows[3]], large->ids[s], states[3], s);
		enlarge_ids(&values[rows[4]], large->excluded[s], states[3], s + 2);
	}
}

/* What thousands of names do is what one name of each kind does, for each field. */
static void sweep_large(const char *name, unsigned long count)
{
	static struct large large;
	struct law_side sides[2];
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct clock clock = clock_start();

	name_large_sets();
	for (unsigned long i = 0; i < count && failures < 10; i++) {
		struct judgement big, cut;

		random_pair(sides);
		enlarge(&large, sides);
		direction_judge(&configs[0].c, &configs[1].c, &big);
		check(p, law_outcomes_of(models[0], p), law_outcomes_of(models[1], p));
		check_swapped(p);
		build_both(sides);
		direction_judge(&configs[0].c, &configs[1].c, &cut);
		if (memcmp(&big, &cut, sizeof(big)) != 0)
			complain(p, "cut to witnesses", big.direction, cut.direction);
	}
	free_large_sets();
	clock_tell(clock, name);
	assert_int_equal(failures, 0);
}

/* --- the model itself -------------------------------------------------------------------------- */

/* Does the law hold for the pairs that follow, with another model? Counts the pairs looked at. */
static bool holds_for(law_model m, unsigned long count, unsigned long *looked_at)
{
	struct law_side sides[2];
	struct law_pair p = {{&sides[0], &sides[1]}};

	for (*looked_at = 0; *looked_at < count; ++*looked_at) {
		law_outcomes want;
		struct judgement j;

		random_pair(sides);
		want = law_outcomes_of(m, p) & (LAW_LOSE | LAW_GAIN);
		build_both(sides);
		direction_judge(&configs[0].c, &configs[1].c, &j);
		pairs_judged++;
		/* The exception of the switch is none of the model's. */
		if (sides[0].on && sides[1].on && bits_of(j.whole.lose, j.whole.gain) != want)
			return false;
	}
	return true;
}

/*
 * The law would notice: without an answer that matters, or with one that is no part of the model
 * and should not be, some pair is judged wrongly.
 */
static void sweep_answers(unsigned long count)
{
	for (enum law_answer a = 0; a < LAW_ANSWERS; a++) {
		const struct law_reason *r = &law_reasons[a];
		law_model m = models[0] ^ LAW_BIT(a);
		unsigned long looked_at;
		bool holds;

		if (r->effect == LAW_NO_CHOICE)
			continue;
		holds = holds_for(m, count, &looked_at);
		print_message("%s \"%s\": %s after %lu pairs\n", r->in_model ? "without" : "with",
			      r->what, holds ? "nothing changes" : "the law fails", looked_at);
		assert_int_equal(holds, r->effect == LAW_ADDS_NOTHING);
	}
}

/* --- tests ------------------------------------------------------------------------------------- */

static unsigned slow(unsigned one_in)
{
	return IS_SLOW_BUILD ? one_in : 1;
}

static void test_core(void **state)
{
	static struct id_sets ids[256];
	unsigned n = 0;

	(void)state;
	if (is_long) {
		n = list_id_relations(4, ids);
		print_message("relations of ids: %u\n", n);
		assert_int_equal(n, 139);
	} else {
		for (unsigned code = 0; code < 256; code++) {
			unsigned states[2] = {code & 15, code >> 4};

			ids[n++] = id_sets_of(states, 2);
		}
	}
	sweep_core(&(struct universe){
		.name = is_long ? "core, all" : "core, one bool, one list, two ids",
		.bools = is_long ? 16 : 4,
		.spaces = is_long ? 7 : 1,
		.ids = ids,
		.id_count = n,
		.one_in = slow(64),
	});
}

static void test_second_sweep(void **state)
{
	(void)state;
	sweep_second(is_long ? "types, times, switch, null bools"
			     : "types, times, switch, null bools, a sample",
		     is_long ? slow(64) : 64 * slow(16));
}

static void test_id_sets(void **state)
{
	(void)state;
	sweep_id_sets(is_long ? "sets of ids, all" : "sets of ids in up to four states",
		      is_long ? 15 : 4, slow(64));
}

static void test_random(void **state)
{
	(void)state;
	sweep_random("at random", (is_long ? 3000000 : 100000) / slow(16));
}

static void test_single_images(void **state)
{
	(void)state;
	sweep_images("image by image", (is_long ? 400 : 20) / slow(4));
}

static void test_large_sets(void **state)
{
	(void)state;
	sweep_large("large sets and their witnesses", (is_long ? 4000 : 400) / slow(8));
}

static void test_answers(void **state)
{
	(void)state;
	sweep_answers((is_long ? 1000000 : 30000) / slow(4));
}

/* A filter and a selection that may be about the same thing: we say the louder. */
static void test_exceptions(void **state)
{
	struct law_side sides[2] = {law_default, law_default};
	struct judgement j;

	(void)state;
	/* The image "a" has the registry "a": dropping "b" takes nothing from it. */
	sides[0].scope = sides[1].scope = 1;
	sides[0].images = sides[1].images = 1;
	sides[0].registries = 3;
	sides[1].registries = 1;
	build_both(sides);
	direction_judge(&configs[0].c, &configs[1].c, &j);
	assert_int_equal(j.direction, DIR_WEAKENED);
	exceptions[EXCEPTION_REGISTRY].pairs++;

	print_message("exceptions: %zu\n", ARRAY_LEN(exceptions));
	for (size_t i = 0; i < ARRAY_LEN(exceptions); i++) {
		print_message("  %s: %s (%lu pairs)\n", exceptions[i].what, exceptions[i].why,
			      exceptions[i].pairs);
		assert_true(exceptions[i].pairs > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_core),          cmocka_unit_test(test_second_sweep),
		cmocka_unit_test(test_id_sets),       cmocka_unit_test(test_random),
		cmocka_unit_test(test_single_images), cmocka_unit_test(test_large_sets),
		cmocka_unit_test(test_answers),       cmocka_unit_test(test_exceptions),
	};
	const char *want_long = getenv("SCANDRIFT_LONG"), *want_seed = getenv("SCANDRIFT_SEED");

	is_long = want_long && strcmp(want_long, "1") == 0;
	seed = want_seed ? strtoull(want_seed, NULL, 10) : 20260101;
	random_state = seed * 2654435769u + 1;
	print_message("seed %llu\n", (unsigned long long)seed);
	models[0] = law_full();
	models[1] = law_plain();
	for (unsigned x = 0; x < 16; x++) {
		for (unsigned y = 0; y < 16; y++)
			meet[x][y] = (uint8_t)law_meet(x, y);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
