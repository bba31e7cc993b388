/* SPDX-License-Identifier: Apache-2.0 */
#include "law_sweep.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int random_bool(void)
{
	return (int)law_random(3) - 1;
}

static unsigned random_list(void)
{
	return law_random(2) ? law_random(4) : 0;
}

/* One part of a side, anew. */
static void change_part(struct law_side *s, unsigned part)
{
	unsigned i;

	switch (part) {
	case 0:
		s->on = law_random(5) != 0;
		break;
	case 1:
	case 2:
		i = law_random(LAW_SCOPES + 1);
		if (i < LAW_SCOPES)
			law_take_scope(s, i);
		else
			s->scope = 9;
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
		s->types = law_random(4);
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
		s->ids = law_random(2) ? law_random(8) : 0;
		break;
	case 13:
	case 14:
		s->excluded = law_random(2) ? law_random(8) : 0;
		break;
	case 15:
		i = law_random(5);
		s->period = i < 3 ? (int)i + 1 : 400 * ((int)i - 2);
		break;
	case 16:
		s->marked = law_random(3) ? 0 : law_random(4);
		s->remarked = law_random(3) ? 0 : law_random(4);
		break;
	default:
		law_take_window(s, law_random(LAW_WINDOWS));
		break;
	}
}
#define PARTS 18

/* Any side, and one that differs from it in few parts or in many. */
static void random_pair(struct law_side *sides)
{
	unsigned edits = law_random(4) ? law_random(3) + 1 : PARTS;

	sides[0] = law_default;
	for (unsigned i = 0; i < PARTS; i++)
		change_part(&sides[0], i);
	sides[1] = sides[0];
	while (edits-- > 0)
		change_part(&sides[1], law_random(PARTS));
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
	bool both_scan = false;
	struct judgement j;

	for (enum law_answer k = LAW_NO_SCOPE_IS_ALL; k <= LAW_NO_SCOPE_IS_CHOSEN; k++) {
		law_outcomes o = law_selection(law_models[0], p, k);

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
	direction_judge(&law_configs[0].c, &law_configs[1].c, &j);
	for (size_t i = 0; i < 7; i++) {
		struct law_pair q = {{&alone[i][0], &alone[i][1]}};
		size_t row = law_row(fields[i]);
		law_outcomes got = law_bits_of(j.fields[row].lose, j.fields[row].gain);
		law_outcomes want = law_outcomes_of(law_models[0], q) & (LAW_LOSE | LAW_GAIN);

		if (!both_scan || !b->on || !a->on || !j.differs[row])
			want = 0;
		if (got != want)
			return law_complain(p, fields[i], got, want);
	}
	return true;
}

void law_sweep_random(const char *name, unsigned long count)
{
	struct law_side sides[2];
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct law_clock clock = law_clock_start();

	for (unsigned long i = 0; i < count && law_failures < LAW_FAILURES_MAX; i++) {
		random_pair(sides);
		law_build_both(sides);
		law_check(p, law_outcomes_of(law_models[0], p), law_outcomes_of(law_models[1], p));
		law_check_swapped(p);
		check_alone(p);
	}
	law_clock_tell(clock, name);
	assert_int_equal(law_failures, 0);
}

/* The parts of the model against the model without parts. */
void law_sweep_images(const char *name, unsigned long count)
{
	struct law_side sides[2];
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct law_clock clock = law_clock_start();

	for (unsigned long i = 0; i < count; i++) {
		random_pair(sides);
		for (size_t m = 0; m < LAW_MODELS; m++)
			assert_int_equal(law_outcomes_by_image(law_models[m], p),
					 law_outcomes_of(law_models[m], p));
		law_pairs_judged++;
	}
	law_clock_tell(clock, name);
}

/* --- large sets -------------------------------------------------------------------------------- */

#define LARGE 4000

/* Room for what a pair of large configs points to, by side. */
struct large {
	struct str texts[2][2][LARGE]; /* RegistryType, Namespace; then by side */
	const struct element *images[2][LARGE];
	struct integer ids[2][LARGE], excluded[2][LARGE];
};

static char large_names[LARGE][8];
static struct element *large_images[LAW_MARKS][LARGE];

static void name_large_sets(void)
{
	for (unsigned i = 0; i < LARGE; i++) {
		snprintf(large_names[i], sizeof(large_names[i]), "n%05u", i);
		for (enum law_mark k = LAW_PLAIN; k < LAW_MARKS; k++)
			large_images[k][i] = law_image(large_names[i], k);
	}
}

static void free_large_sets(void)
{
	for (enum law_mark k = LAW_PLAIN; k < LAW_MARKS; k++) {
		for (unsigned i = 0; i < LARGE; i++)
			free(large_images[k][i]);
	}
}

/* Some of `count` states, each for some names: states[i] is the state of name i. */
static void deal(unsigned *states, unsigned count)
{
	unsigned allowed[16], n = 0;

	for (unsigned i = 0; i < count; i++) {
		if (law_random(3) == 0)
			allowed[n++] = i;
	}
	for (unsigned i = 0; i < LARGE; i++)
		states[i] = n ? allowed[law_random(n)] : 0;
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

/* Images of one state are marked as their witness is. */
static void enlarge_images(struct value *v, const struct element **list, const unsigned *states,
			   unsigned bit, const unsigned *occur, const struct law_side *side)
{
	bool have_extra = v->u.elements.have_extra;
	size_t n = 0;

	for (unsigned i = 0; i < LARGE; i++) {
		unsigned witness = 0;

		if (!(states[i] >> bit & 1))
			continue;
		while (occur[witness] != states[i])
			witness++;
		list[n++] = large_images[law_mark_of(side, witness)][i];
	}
	*v = (struct value){.is_null = n == 0};
	v->u.elements.v = list;
	v->u.elements.n = n;
	v->u.elements.have_extra = have_extra;
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

/* Lists of thousands of names in `law_configs`, their witnesses in `sides`. */
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
		struct value *values = law_configs[s].c.values;

		sides[s].registries = witnesses(occur[0], n[0], s);
		sides[s].spaces = witnesses(occur[1], n[1], s);
		sides[s].images = witnesses(occur[2], n[2], s);
		sides[s].ids = witnesses(occur[3], n[3], s);
		sides[s].excluded = witnesses(occur[3], n[3], s + 2);
		law_build(&law_configs[s], &sides[s]);
		enlarge_texts(&values[rows[0]], large->texts[0][s], states[0], s);
		enlarge_texts(&values[rows[1]], large->texts[1][s], states[1], s);
		enlarge_images(&values[rows[2]], large->images[s], states[2], s, occur[2],
			       &sides[s]);
		enlarge_ids(&values[rows[3]], large->ids[s], states[3], s);
		enlarge_ids(&values[rows[4]], large->excluded[s], states[3], s + 2);
	}
}

/* What thousands of names do is what one name of each kind does, for each field. */
void law_sweep_large(const char *name, unsigned long count)
{
	static struct large large;
	struct law_side sides[2];
	struct law_pair p = {{&sides[0], &sides[1]}};
	struct law_clock clock = law_clock_start();

	name_large_sets();
	for (unsigned long i = 0; i < count && law_failures < LAW_FAILURES_MAX; i++) {
		struct judgement big, cut;

		random_pair(sides);
		enlarge(&large, sides);
		direction_judge(&law_configs[0].c, &law_configs[1].c, &big);
		law_check(p, law_outcomes_of(law_models[0], p), law_outcomes_of(law_models[1], p));
		law_check_swapped(p);
		law_build_both(sides);
		direction_judge(&law_configs[0].c, &law_configs[1].c, &cut);
		if (memcmp(&big, &cut, sizeof(big)) != 0)
			law_complain(p, "cut to witnesses", big.direction, cut.direction);
	}
	free_large_sets();
	law_clock_tell(clock, name);
	assert_int_equal(law_failures, 0);
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
		law_build_both(sides);
		direction_judge(&law_configs[0].c, &law_configs[1].c, &j);
		law_pairs_judged++;
		/* The exception of the switch is none of the model's. */
		if (sides[0].on && sides[1].on && law_bits_of(j.whole.lose, j.whole.gain) != want)
			return false;
	}
	return true;
}

/*
 * The law would notice: without an answer that matters, or with one that is no part of the model
 * and should not be, some pair is judged wrongly.
 */
void law_sweep_answers(unsigned long count)
{
	for (enum law_answer a = 0; a < LAW_ANSWERS; a++) {
		const struct law_reason *r = &law_reasons[a];
		law_model m = law_models[0] ^ LAW_BIT(a);
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

/* A schedule as somebody may have it, and few edits of it. */
static void likely_pair(struct law_side *sides, unsigned edits)
{
	sides[0] = law_default;
	for (unsigned i = 0; i < 3; i++)
		change_part(&sides[0], law_random(PARTS));
	sides[0].on = 1;
	do {
		sides[1] = sides[0];
		for (unsigned i = 0; i < edits; i++)
			change_part(&sides[1], law_random(PARTS));
	} while (memcmp(&sides[0], &sides[1], sizeof(sides[0])) == 0);
}

static double unknown_percent(law_model m, unsigned edits, unsigned long count)
{
	struct law_side sides[2];
	struct law_pair p = {{&sides[0], &sides[1]}};
	unsigned long unknown = 0;

	/* The same pairs for each model. */
	law_begin(1);
	for (unsigned long i = 0; i < count; i++) {
		likely_pair(sides, edits);
		unknown += (law_outcomes_of(m, p) & (LAW_LOSE | LAW_GAIN)) == (LAW_LOSE | LAW_GAIN);
	}
	return 100.0 * (double)unknown / (double)count;
}

/* Of edits of one field, and of two. */
static void tell_cost(const char *what, const struct law_reason *r, double one, double two)
{
	print_message("%s \"%s\": %.1f %.1f\n", what, r->what, one, two);
}

void law_tell_costs(unsigned long count)
{
	law_model full = law_full();
	double one = unknown_percent(full, 1, count), two = unknown_percent(full, 2, count);

	print_message("may lose and may gain, %% of edits of one field and of two: %.1f %.1f\n",
		      one, two);
	for (enum law_answer a = 0; a < LAW_ANSWERS; a++) {
		const struct law_reason *r = &law_reasons[a];
		law_model other = full ^ LAW_BIT(a);

		if (r->effect == LAW_NO_CHOICE || r->is_plain)
			continue;
		if (r->in_model)
			tell_cost("costs", r, one - unknown_percent(other, 1, count),
				  two - unknown_percent(other, 2, count));
		else
			tell_cost("would cost", r, unknown_percent(other, 1, count) - one,
				  unknown_percent(other, 2, count) - two);
	}
}
