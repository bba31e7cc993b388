/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LAW_MODEL_H
#define LAW_MODEL_H

#include "law_build.h"

/*
 * What is covered, said as sets and nothing else: an image is a tuple of attributes, a reading is
 * one answer to each question that the vendor leaves open, and one function says whether an image
 * is covered on one side under one reading. A pair loses when some image under some reading is
 * covered before and not after. No rule about edits stands here, and no code is shared with what
 * is tested.
 */

/*
 * The answers, question by question. The first to each is the plain one. Not all are the model's:
 * of the others the law shows that they would add nothing, or law_reasons says why they are out.
 */
enum law_answer {
	LAW_FILTERS_ALWAYS,
	LAW_FILTERS_SPARE_CHOSEN,
	LAW_FILTERS_SPARE_ALL,
	LAW_FILTERS_SPARE_PICKS,
	LAW_FILTERS_OF_PICKS,

	LAW_EXCLUSIONS_ALWAYS,
	LAW_EXCLUSIONS_SPARE_CHOSEN,
	LAW_EXCLUSIONS_OF_ALL,

	LAW_EMPTIED_PASSES,
	LAW_EMPTIED_BLOCKS,

	LAW_EMPTY_PASSES,
	LAW_EMPTY_BLOCKS,

	LAW_FALSE_LETS_PASS,
	LAW_FALSE_IS_WITHOUT,
	LAW_CHANGED_FALSE_IS_WITHOUT,

	LAW_PICKS_ARE_SUBSETS,
	LAW_PICK_TWO_IS_ALL,

	LAW_NO_TYPE_IS_NONE,
	LAW_NO_TYPE_IS_ALL,

	LAW_CHOSEN_BY_EITHER,
	LAW_CHOSEN_BY_IMAGES,
	LAW_CHOSEN_BY_IDS,

	LAW_WINDOW_OVER_MIDNIGHT,
	LAW_WINDOW_EMPTY,
	LAW_WINDOW_IS_A_START,

	LAW_NO_END_IS_OPEN,
	LAW_NO_END_IS_NEVER,

	LAW_PERIOD_IN_DAYS,
	LAW_PERIOD_IN_HOURS,
	LAW_LARGE_PERIOD_IS_SHORT,

	LAW_MEMBERS_DO_NOTHING,
	LAW_MEMBERS_LESSER_COVERS,
	LAW_MEMBERS_GREATER_COVERS,

	LAW_NO_SCOPE_IS_ALL,
	LAW_NO_SCOPE_IS_CHOSEN,

	LAW_NULL_IS_TRUE,
	LAW_NULL_IS_FALSE,

	LAW_ANSWERS,
};

/* What taking an answer of the model out does to it, or taking another one in. */
enum law_effect {
	LAW_MATTERS,      /* the bits of some pair change */
	LAW_ADDS_NOTHING, /* none do */
	LAW_NO_CHOICE,    /* the only answer of the model to its question */
};

struct law_reason {
	const char *what;
	bool is_plain, in_model;
	enum law_effect effect;
};

extern const struct law_reason law_reasons[LAW_ANSWERS];

/* Which answers are considered: one bit each. */
typedef uint64_t law_model;

#define LAW_BIT(answer) (UINT64_C(1) << (answer))

law_model law_full(void);
law_model law_plain(void);

struct law_pair {
	const struct law_side *sides[2]; /* before, after */
};

/*
 * A set of outcomes. An image has one under a reading: covered before or not, after or not. The
 * attributes of an image are independent, and so are most questions, hence what a part of them
 * can do is a set of four possible outcomes, and two parts meet outcome by outcome.
 */
typedef unsigned law_outcomes;

#define LAW_LOSE     2u /* the set holds: before and not after */
#define LAW_GAIN     4u
#define LAW_BOTH     8u
#define LAW_LOSES(o) ((LAW_LOSE & (o)) != 0)
#define LAW_GAINS(o) ((LAW_GAIN & (o)) != 0)

law_outcomes law_meet(law_outcomes x, law_outcomes y);

/*
 * The parts. `no_scope` is the answer to what a missing scope means, LAW_NO_SCOPE_*: the one that
 * two parts share.
 */
law_outcomes law_selection(law_model m, struct law_pair p, enum law_answer no_scope);
law_outcomes law_filters(law_model m, struct law_pair p, enum law_answer no_scope);
law_outcomes law_types(law_model m, struct law_pair p);
law_outcomes law_ages(law_model m, struct law_pair p);
law_outcomes law_windows(law_model m, struct law_pair p);
law_outcomes law_switch(struct law_pair p);

/* All parts, all answers. LAW_BOTH is set only where one answer covers something on both sides. */
law_outcomes law_outcomes_of(law_model m, struct law_pair p);

/*
 * The same image by image and reading by reading, without taking parts: slow, and what the parts
 * are checked against.
 */
law_outcomes law_outcomes_by_image(law_model m, struct law_pair p);

#endif
