/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Three ways of showing it, each for assertions on the same subject:
 *
 * - They say the same.
 * - Bools, whole numbers and times: on a line, what an operator answers changes at its operands
 *   alone. So the two are asked about each operand, its neighbours and both ends, and whatever lies
 *   between answers as they do.
 * - Lists and texts: contains, excludes and contains-any by the sets behind them, and values that
 *   are named one by one by asking.
 *
 * A null is answered by the operator before it looks at operands, but for ==, !=, present and
 * absent; where one of the two is about null only the first way is taken.
 */
#include "policy/implication.h"

#define DAY_LAST_S 86399u

static bool is(const struct assertion *a, enum operation_id id)
{
	return a->operation == &operations[id];
}

/* ---- the same ---- */

static bool is_same_subject(const struct subject *x, const struct subject *y)
{
	if (x->kind != y->kind || x->token_count != y->token_count)
		return false;
	for (size_t i = 0; i < x->token_count; i++) {
		if (!str_eq(x->tokens[i], y->tokens[i]))
			return false;
	}
	return true;
}

static bool has_operand(const struct operands *o, const struct datum *d)
{
	for (size_t i = 0; i < o->n; i++) {
		if (datum_equal(&o->v[i], d))
			return true;
	}
	return false;
}

/* Every operand of x is one of y. */
static bool is_subset(const struct operands *x, const struct operands *y)
{
	for (size_t i = 0; i < x->n; i++) {
		if (!has_operand(y, &x->v[i]))
			return false;
	}
	return true;
}

static bool meets(const struct operands *x, const struct operands *y)
{
	for (size_t i = 0; i < x->n; i++) {
		if (has_operand(y, &x->v[i]))
			return true;
	}
	return false;
}

static bool says_the_same(const struct assertion *a, const struct assertion *b)
{
	const struct operands *x = &a->operands, *y = &b->operands;

	return a->operation == b->operation && x->compare == y->compare && x->n == y->n &&
	       is_subset(x, y) && is_subset(y, x) && x->from_s == y->from_s && x->to_s == y->to_s &&
	       str_eq(x->glob, y->glob);
}

static bool is_about_null(const struct assertion *a)
{
	const struct operands *o = &a->operands;

	return is(a, OPERATION_PRESENT) || is(a, OPERATION_ABSENT) ||
	       (a->operation->takes_null && o->n && o->v[0].kind == DATUM_NULL);
}

/* ---- on a line ---- */

/* Is it so at this point? */
static bool holds_at(const struct assertion *a, const struct assertion *b, const struct datum *d)
{
	return !assertion_holds_for(a, d) || assertion_holds_for(b, d);
}

static struct integer next_integer(struct integer i)
{
	if (!i.is_negative)
		return integer_from(i.magnitude < UINT64_MAX ? i.magnitude + 1 : i.magnitude);
	i.magnitude--;
	i.is_negative = i.magnitude > 0;
	return i;
}

static struct integer previous_integer(struct integer i)
{
	if (!i.is_negative && i.magnitude > 0)
		return integer_from(i.magnitude - 1);
	if (i.magnitude < UINT64_C(1) << 63)
		i.magnitude++;
	i.is_negative = true;
	return i;
}

static bool holds_near_integer(const struct assertion *a, const struct assertion *b,
			       struct integer i)
{
	const struct integer near[] = {previous_integer(i), i, next_integer(i)};

	for (size_t k = 0; k < ARRAY_LEN(near); k++) {
		struct datum d = {.kind = DATUM_INTEGER, .integer = near[k]};

		if (!holds_at(a, b, &d))
			return false;
	}
	return true;
}

static bool holds_on_integers(const struct assertion *a, const struct assertion *b)
{
	const struct assertion *both[] = {a, b};
	const struct integer least = {UINT64_C(1) << 63, true};

	for (size_t s = 0; s < ARRAY_LEN(both); s++) {
		for (size_t i = 0; i < both[s]->operands.n; i++) {
			if (!holds_near_integer(a, b, both[s]->operands.v[i].integer))
				return false;
		}
	}
	return holds_near_integer(a, b, least) &&
	       holds_near_integer(a, b, integer_from(UINT64_MAX));
}

static bool holds_near_clock(const struct assertion *a, const struct assertion *b, unsigned clock)
{
	const unsigned near[] = {clock ? clock - 1 : DAY_LAST_S, clock,
				 clock < DAY_LAST_S ? clock + 1 : 0};

	for (size_t k = 0; k < ARRAY_LEN(near); k++) {
		struct datum d = {.kind = DATUM_CLOCK, .clock = near[k]};

		if (!holds_at(a, b, &d))
			return false;
	}
	return true;
}

static bool holds_on_clocks(const struct assertion *a, const struct assertion *b)
{
	const struct assertion *both[] = {a, b};

	for (size_t s = 0; s < ARRAY_LEN(both); s++) {
		const struct operands *o = &both[s]->operands;

		for (size_t i = 0; i < o->n; i++) {
			if (!holds_near_clock(a, b, o->v[i].clock))
				return false;
		}
		if (!holds_near_clock(a, b, o->from_s) || !holds_near_clock(a, b, o->to_s))
			return false;
	}
	return holds_near_clock(a, b, 0);
}

static bool holds_on_bools(const struct assertion *a, const struct assertion *b)
{
	for (int i = 0; i <= 1; i++) {
		struct datum d = {.kind = DATUM_BOOL, .boolean = i};

		if (!holds_at(a, b, &d))
			return false;
	}
	return true;
}

/* ---- texts and lists ---- */

/* What `a` lets through is named one by one. */
static bool holds_for_each_named(const struct assertion *a, const struct assertion *b)
{
	for (size_t i = 0; i < a->operands.n; i++) {
		if (!assertion_holds_for(b, &a->operands.v[i]))
			return false;
	}
	return true;
}

static bool implies_by_sets(const struct assertion *a, const struct assertion *b)
{
	const struct operands *x = &a->operands, *y = &b->operands;

	if (is(a, OPERATION_CONTAINS) && is(b, OPERATION_CONTAINS))
		return is_subset(y, x);
	if (is(a, OPERATION_EXCLUDES) && is(b, OPERATION_EXCLUDES))
		return is_subset(y, x);
	if (is(a, OPERATION_CONTAINS_ANY) && is(b, OPERATION_CONTAINS_ANY))
		return is_subset(x, y);
	return is(a, OPERATION_CONTAINS) && is(b, OPERATION_CONTAINS_ANY) && meets(x, y);
}

static bool implies_on_text(const struct assertion *a, const struct assertion *b)
{
	if (is(a, OPERATION_EQUALS) || is(a, OPERATION_IN))
		return holds_for_each_named(a, b);
	/* Everything but one value: whatever does not let that one through. */
	if (is(b, OPERATION_DIFFERS))
		return !assertion_holds_for(a, &b->operands.v[0]);
	return implies_by_sets(a, b);
}

/* A count is a whole number from 0 on, and compared as one. */
static bool implies_on_counts(const struct assertion *a, const struct assertion *b)
{
	struct assertion x = *a, y = *b;

	x.operation = a->operands.compare;
	y.operation = b->operands.compare;
	return holds_on_integers(&x, &y);
}

bool assertion_implies(const struct assertion *a, const struct assertion *b)
{
	if (!is_same_subject(&a->subject, &b->subject))
		return false;
	if (says_the_same(a, b))
		return true;
	if (is_about_null(a) || is_about_null(b))
		return false;
	if (is(a, OPERATION_COUNT) || is(b, OPERATION_COUNT))
		return is(a, OPERATION_COUNT) && is(b, OPERATION_COUNT) && implies_on_counts(a, b);
	switch (a->subject.kinds) {
	case DATUM_BIT(DATUM_BOOL):
		return holds_on_bools(a, b);
	case DATUM_BIT(DATUM_INTEGER):
		return holds_on_integers(a, b);
	case DATUM_BIT(DATUM_CLOCK):
		return holds_on_clocks(a, b);
	case DATUM_BIT(DATUM_TEXT):
		return implies_on_text(a, b);
	default:
		return implies_by_sets(a, b);
	}
}

bool assertions_imply(const struct assertion *a, size_t a_count, const struct assertion *b,
		      size_t b_count)
{
	for (size_t i = 0; i < b_count; i++) {
		bool is_implied = false;

		for (size_t k = 0; !is_implied && k < a_count; k++)
			is_implied = assertion_implies(&a[k], &b[i]);
		if (!is_implied)
			return false;
	}
	return true;
}
