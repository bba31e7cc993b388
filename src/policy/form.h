/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_FORM_H
#define SCANDRIFT_POLICY_FORM_H

#include "policy/assertion.h"

/*
 * The normal form of all that is demanded of one subject, for values of one kind. A subject that
 * may have values of several kinds has a form for each. Null is no kind here: an operator is simply
 * asked about it.
 *
 * Numbers, times and bools are points of a line, and the form has the stretches that are allowed.
 * A list has its count on that line, and a text the time that it may be read as.
 */

/* Both ends are included. */
struct stretch {
	struct integer from, to;
};

struct line {
	struct stretch *v; /* in order, disjoint */
	size_t n, cap;
};

struct datums {
	struct datum *v;
	size_t n, cap;
};

/* One of these must be in the list or the text. */
struct choice {
	const struct datum *v;
	size_t n;
};

/*
 * What a whole comparison may use. The heads of pull requests are hostile, so the steps are bounded;
 * without any left the answer is that nothing was shown.
 */
struct effort {
	struct arena *arena;
	size_t steps_left;
	bool failed_memory;
};

struct form {
	struct effort *effort;
	enum datum_kind kind;
	bool is_set;      /* a list in which each element is there once */
	bool never_blank; /* the empty text is read as null */
	bool is_empty;    /* no value satisfies it */
	bool is_opaque;   /* more is demanded than the rest of the form says */
	bool is_time;     /* a text that reads as a time on the line */
	struct line line, spare;
	bool is_listed;
	struct datums allowed; /* if is_listed: of a text the values, of a list the elements */
	struct datums denied;  /* values that a text must not be */
	struct datums none;    /* must not be in the list or the text */
	struct datums unlike;  /* patterns that a text, or no element of a list, may match */
	struct choice *choices;
	size_t choice_count, choice_cap;
	const struct assertion **asserts;
	size_t assert_count, assert_cap;
	const struct form *each; /* of a list of the table: of its elements */
};

/* All values of the kind that the subject can have. `kind` may be that of the list behind `*`. */
void form_begin(struct form *f, struct effort *effort, const struct subject *s,
		enum datum_kind kind);

/* Narrows it to what the assertion lets through. */
void form_take(struct form *f, const struct assertion *as);

/* Draws conclusions from what was taken together. `each` may be NULL. */
void form_finish(struct form *f, const struct form *each);

/* Does each value of `a`, which is finished, satisfy `as`, of which `b` is the form? */
bool form_is_within(const struct form *a, const struct form *b, const struct assertion *as);

/* Is the list empty in each case? Then everything is so of its elements. */
bool form_has_no_elements(const struct form *list);

/* Does each element satisfy `as`, of which `b` is the form, as far as `list` and `each` say? */
bool form_elements_are_within(const struct form *list, const struct form *each,
			      const struct form *b, const struct assertion *as);

/* ---- what operators are made of: see the column `narrow` ---- */

void form_only(struct form *f, const struct datum *v, size_t n);
void form_deny(struct form *f, const struct datum *d);
/* Those that are lower than the operand, equal to it, higher. */
void form_order(struct form *f, const struct datum *d, bool lower, bool equal, bool higher);
void form_within_clock(struct form *f, unsigned from_s, unsigned to_s);
void form_any(struct form *f, const struct datum *v, size_t n);
void form_none(struct form *f, const struct datum *v, size_t n);
void form_like(struct form *f, struct str glob);
/* None of those that match. */
void form_unlike(struct form *f, struct str glob);
void form_blank(struct form *f, bool is_blank);

#endif
