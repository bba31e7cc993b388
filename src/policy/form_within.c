/* SPDX-License-Identifier: Apache-2.0 */
/* Is each value that one form admits admitted by another? */
#include <string.h>

#include "policy/form_parts.h"

static bool is_line_within(const struct line *a, const struct line *b)
{
	size_t k = 0;

	for (size_t i = 0; i < a->n; i++) {
		struct integer at = a->v[i].from;

		while (k < b->n && form_is_below(b->v[k].to, at))
			k++;
		/* Stretches of `b` may touch each other. */
		for (;; k++) {
			if (k == b->n || form_is_below(at, b->v[k].from))
				return false;
			if (!form_is_below(b->v[k].to, a->v[i].to))
				break;
			at = form_next(b->v[k].to);
		}
	}
	return true;
}

static bool is_chosen_within(const struct form *f, const struct choice *x, const struct choice *y)
{
	for (size_t i = 0; i < x->n; i++) {
		bool is_there = false;

		for (size_t k = 0; !is_there && k < y->n; k++)
			is_there = form_has_too(f, &x->v[i], &y->v[k]);
		if (!is_there)
			return false;
	}
	return true;
}

/* Of those that may be in the list so few are not chosen that one chosen must be in it. */
static bool is_chosen_by_count(const struct form *f, const struct choice *y)
{
	const struct datums chosen = {.v = (struct datum *)y->v, .n = y->n};
	size_t others = 0;

	if (f->kind != DATUM_LIST || !f->is_listed)
		return false;
	for (size_t i = 0; i < f->allowed.n; i++)
		others += !form_has(f, &chosen, &f->allowed.v[i]);
	return form_is_below(integer_from(others), f->line.v[0].from);
}

static bool has_choice(const struct form *f, const struct choice *y)
{
	for (size_t i = 0; i < f->choice_count; i++) {
		if (is_chosen_within(f, &f->choices[i], y))
			return true;
	}
	return is_chosen_by_count(f, y);
}

/* What the form cannot say is known only where the same is said. */
static bool is_said(const struct form *f, const struct assertion *as)
{
	for (size_t i = 0; i < f->assert_count && form_step(f); i++) {
		const struct assertion *x = f->asserts[i];

		if (x->operation == as->operation &&
		    (as->operation->form == OPERANDS_GLOB
			     ? str_eq(x->operands.glob, as->operands.glob)
			     : str_eq(x->demand, as->demand)))
			return true;
	}
	return false;
}

static bool all_hold(const struct datums *list, const struct assertion *as)
{
	for (size_t i = 0; i < list->n; i++) {
		if (!assertion_holds_for(as, &list->v[i]))
			return false;
	}
	return true;
}

/* Does a text without one of the pattern's literal parts exist nowhere else in `f`? */
static bool lacks_a_part(const struct form *f, struct str glob)
{
	struct datum part = {.kind = DATUM_TEXT};
	size_t from = 0;

	for (size_t i = 0; i <= glob.n; i++) {
		if (i < glob.n && !memchr("*?\\", glob.p[i], 3))
			continue;
		part.text = (struct str){glob.p + from, i - from};
		if (part.text.n && form_keeps_out(f, &part))
			return true;
		from = i + 1;
		i += i < glob.n && glob.p[i] == '\\';
	}
	return false;
}

static bool is_literal(struct str glob)
{
	for (size_t i = 0; i < glob.n; i++) {
		if (memchr("*?\\", glob.p[i], 3))
			return false;
	}
	return true;
}

/* Is it shown that nothing matches the pattern? That the same is said has been looked at. */
static bool is_unlike(const struct form *f, const struct datum *pattern)
{
	bool is_list = f->kind == DATUM_LIST;

	for (size_t i = 0; is_list && f->is_listed; i++) {
		if (i == f->allowed.n)
			return true;
		if (f->allowed.v[i].kind == DATUM_TEXT &&
		    glob_matches(pattern->text, f->allowed.v[i].text))
			break;
	}
	if (is_literal(pattern->text) && f->kind == DATUM_TEXT && !form_admits(f, pattern))
		return true;
	if (is_list)
		return is_literal(pattern->text) && form_keeps_out(f, pattern);
	return lacks_a_part(f, pattern->text);
}

bool form_is_within(const struct form *a, const struct form *b, const struct assertion *as)
{
	if (a->is_empty || is_said(a, as))
		return true;
	if (b->is_empty)
		return false;
	if (a->kind == DATUM_TEXT && a->is_listed)
		return all_hold(&a->allowed, as);
	if (b->is_opaque || b->is_listed)
		return false;
	if (a->kind == DATUM_TEXT && b->is_time && !a->is_time)
		return false;
	if (!is_line_within(&a->line, &b->line))
		return false;
	for (size_t i = 0; i < b->denied.n; i++) {
		if (form_admits(a, &b->denied.v[i]))
			return false;
	}
	for (size_t i = 0; i < b->choice_count; i++) {
		if (!has_choice(a, &b->choices[i]))
			return false;
	}
	for (size_t i = 0; i < b->none.n; i++) {
		if (!form_keeps_out(a, &b->none.v[i]))
			return false;
	}
	for (size_t i = 0; i < b->unlike.n; i++) {
		if (!is_unlike(a, &b->unlike.v[i]))
			return false;
	}
	return true;
}

bool form_has_no_elements(const struct form *list)
{
	return list->is_empty ||
	       integer_compare(list->line.v[list->line.n - 1].to, integer_from(0)) == 0;
}

bool form_elements_are_within(const struct form *list, const struct form *each,
			      const struct form *b, const struct assertion *as)
{
	return list->is_listed ? all_hold(&list->allowed, as) : form_is_within(each, b, as);
}
