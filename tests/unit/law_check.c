/* SPDX-License-Identifier: Apache-2.0 */
#include "law_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/*
 * Where what we say is not what the model says, and why that is right all the same. Every one is on
 * the loud side. Anything else fails.
 */
struct law_exception law_exceptions[LAW_EXCEPTIONS] = {
	[LAW_EXCEPTION_SWITCH] =
		{"the switch, where no image was chosen",
		 "nothing was scanned and nothing is, but a schedule that was switched off is critical: it "
		 "would stay off when somebody chooses images later",
		 0},
	[LAW_EXCEPTION_REGISTRY] =
		{"a registry filter, where each chosen image names its own registry",
		 "a filter that cuts none of the registries which the entries of Images name takes nothing "
		 "away if both lists use one vocabulary, which nobody documents",
		 0},
};

struct law_config law_configs[2];
unsigned long law_pairs_judged, law_failures;
law_model law_models[LAW_MODELS];
static uint64_t random_state;

void law_begin(uint64_t seed)
{
	random_state = seed * 2654435769u + 1;
	law_models[0] = law_full();
	law_models[1] = law_plain();
	law_build(&law_configs[0], &law_default);
	law_build(&law_configs[1], &law_default);
}

unsigned law_random(unsigned below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)((random_state >> 20) % below);
}

law_outcomes law_bits_of(bool lose, bool gain)
{
	return (lose ? LAW_LOSE : 0) | (gain ? LAW_GAIN : 0);
}

law_outcomes law_bits_of_direction(enum direction d)
{
	bool either = d == DIR_MIXED || d == DIR_UNKNOWN;

	return law_bits_of(d == DIR_WEAKENED || either, d == DIR_STRENGTHENED || either);
}

law_outcomes law_swap_bits(law_outcomes o)
{
	return law_bits_of(LAW_GAINS(o), LAW_LOSES(o));
}

bool law_complain(struct law_pair p, const char *what, unsigned got, unsigned want)
{
	char text[2][LAW_TEXT_SIZE];

	if (law_failures++ < 10)
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
	law_exceptions[LAW_EXCEPTION_SWITCH].pairs++;
	return true;
}

/* A field has bits only where it differs, and the pair has what its fields have. */
static bool check_fields(struct law_pair p, const struct judgement *j)
{
	law_outcomes all = 0;
	unsigned unknown = 0;
	enum direction want;

	for (size_t i = 0; i < schema_registry_scan.field_count; i++) {
		law_outcomes bits = law_bits_of(j->fields[i].lose, j->fields[i].gain);
		law_outcomes plain = law_bits_of_direction(j->plain_fields[i]);

		if (bits && !j->differs[i])
			return law_complain(p, "a field that does not differ", bits, 0);
		if (bits != law_bits_of_direction(j->directions[i]))
			return law_complain(p, "a field's direction", j->directions[i], bits);
		if (plain & ~bits)
			return law_complain(p, "plain bits of a field", plain, bits);
		unknown += j->directions[i] == DIR_UNKNOWN;
		all |= bits;
	}
	if (all != law_bits_of(j->whole.lose, j->whole.gain))
		return law_complain(p, "all fields", all,
				    law_bits_of(j->whole.lose, j->whole.gain));
	if (all != law_bits_of_direction(j->direction))
		return law_complain(p, "the direction", j->direction, all);
	want = unknown ? DIR_UNKNOWN : DIR_MIXED;
	if (all == (LAW_LOSE | LAW_GAIN) && j->direction != want)
		return law_complain(p, "mixed or unknown", j->direction, want);
	return true;
}

/* Only when the scan takes place differs: something is covered on both sides, at another time. */
static bool is_shifted(struct law_pair p, law_outcomes o)
{
	return (o & LAW_BOTH) &&
	       (p.sides[0]->start != p.sides[1]->start || p.sides[0]->end != p.sides[1]->end);
}

bool law_check(struct law_pair p, law_outcomes full, law_outcomes plain)
{
	law_outcomes want = full & (LAW_LOSE | LAW_GAIN), got;
	struct judgement j;

	law_pairs_judged++;
	direction_judge(&law_configs[0].c, &law_configs[1].c, &j);
	got = law_bits_of(j.whole.lose, j.whole.gain);
	if (got != want && !is_excused(p, got, want))
		return law_complain(p, "the pair", got, want);
	if (!got && (j.direction == DIR_NEUTRAL) != is_shifted(p, full))
		return law_complain(p, "neutral", j.direction, is_shifted(p, full));
	want = plain & (LAW_LOSE | LAW_GAIN);
	got = law_bits_of_direction(j.plain);
	if (got != want && !is_excused(p, got, want))
		return law_complain(p, "plain", got, want);
	return check_fields(p, &j);
}

/*
 * What is lost one way is gained the other way, for each field. For the pair that follows from the
 * law where the universe holds both ways round; so a sample is enough.
 */
bool law_check_swapped(struct law_pair p)
{
	struct judgement j, back;

	direction_judge(&law_configs[0].c, &law_configs[1].c, &j);
	direction_judge(&law_configs[1].c, &law_configs[0].c, &back);
	for (size_t i = 0; i < schema_registry_scan.field_count; i++) {
		law_outcomes there = law_bits_of(j.fields[i].lose, j.fields[i].gain);
		law_outcomes back_bits = law_bits_of(back.fields[i].lose, back.fields[i].gain);

		if (there != law_swap_bits(back_bits) ||
		    law_bits_of_direction(j.plain_fields[i]) !=
			    law_swap_bits(law_bits_of_direction(back.plain_fields[i])))
			return law_complain(p, "a field, swapped", there, back_bits);
	}
	return true;
}

struct law_clock law_clock_start(void)
{
	struct law_clock c = {.pairs = law_pairs_judged};

	clock_gettime(CLOCK_MONOTONIC, &c.start);
	return c;
}

void law_clock_tell(struct law_clock c, const char *what)
{
	struct timespec now;
	double s;

	clock_gettime(CLOCK_MONOTONIC, &now);
	s = (double)(now.tv_sec - c.start.tv_sec) + (double)(now.tv_nsec - c.start.tv_nsec) / 1e9;
	print_message("%s: %lu pairs, %.1f s\n", what, law_pairs_judged - c.pairs, s);
}

/* True for one in `one_in` calls, at random. */
bool law_is_sampled(unsigned one_in)
{
	static unsigned gap;

	if (one_in <= 1)
		return true;
	if (gap > 0) {
		gap--;
		return false;
	}
	gap = law_random(2 * one_in - 1);
	return true;
}

void law_build_both(const struct law_side *sides)
{
	law_build(&law_configs[0], &sides[0]);
	law_build(&law_configs[1], &sides[1]);
}
