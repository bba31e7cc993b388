/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A conjunction is one normal form for each subject, and an assertion is implied if its own form
 * includes that of its subject. A field that is a set and its `*` are one subject, since what is
 * said of the elements limits what can be in the set, and how many.
 */
#include "policy/implication.h"

#include "policy/form.h"

/* Comparing honest policies takes some thousands. */
#define STEPS_MAX ((size_t)1 << 23)

struct side {
	const struct assertion *v;
	size_t n;
	enum implied_of what;
	struct effort effort;
	const struct subject *made_of; /* whose forms these are */
	struct form forms[DATUM_KINDS];
	struct form each;
};

static bool is_same_subject(const struct subject *x, const struct subject *y)
{
	if (x->kind != y->kind || x->token_count != y->token_count || x->measure != y->measure)
		return false;
	for (size_t i = 0; i < x->token_count; i++) {
		if (!str_eq(x->tokens[i], y->tokens[i]))
			return false;
	}
	return true;
}

/* The elements of a list of the table. */
static bool is_star(const struct subject *s)
{
	return s->field && s->is_each;
}

static bool is_list(const struct subject *s)
{
	return s->field && !s->is_each && schema_is_set(s->field->kind);
}

static enum datum_kind list_kind(const struct subject *s)
{
	return s->field->kind == KIND_ELEMENTS ? DATUM_ELEMENTS : DATUM_LIST;
}

/* A list, be it empty, and its elements are never null. */
static bool may_be_null(const struct subject *s)
{
	return s->kind != SUBJECT_COVERAGE && !is_list(s) && !(is_star(s) && !s->has_member);
}

/* ---- the forms of one subject ---- */

static struct form *make(struct side *a, const struct subject *s, enum datum_kind kind,
			 struct form *f)
{
	form_begin(f, &a->effort, s, kind);
	for (size_t i = 0; i < a->n; i++) {
		if (is_same_subject(&a->v[i].subject, s))
			form_take(f, &a->v[i]);
	}
	return f;
}

/* Of the list that a star goes through, or that `s` is. */
static void make_list(struct side *a, const struct subject *s)
{
	struct form *f = &a->forms[list_kind(s)];
	const struct subject *star = NULL;

	form_begin(f, &a->effort, s, list_kind(s));
	for (size_t i = 0; i < a->n; i++) {
		const struct subject *x = &a->v[i].subject;

		if (x->field != s->field)
			continue;
		if (is_list(x))
			form_take(f, &a->v[i]);
		else if (!x->has_member)
			star = x;
	}
	if (s->is_each)
		star = s;
	for (int k = 0; star && k < DATUM_KINDS; k++) {
		if (star->kinds & DATUM_BIT(k))
			make(a, star, (enum datum_kind)k, &a->each);
	}
	if (star) {
		for (size_t i = 0; i < f->none.n; i++)
			form_deny(&a->each, &f->none.v[i]);
		form_finish(&a->each, NULL);
	}
	form_finish(f, star && !star->has_member ? &a->each : NULL);
}

static void make_forms(struct side *a, const struct subject *s)
{
	if (a->made_of && is_same_subject(a->made_of, s))
		return;
	a->made_of = s;
	if (is_list(s) || is_star(s)) {
		make_list(a, s);
		return;
	}
	for (int k = DATUM_BOOL; k < DATUM_KINDS; k++) {
		if (s->kinds & DATUM_BIT(k))
			form_finish(make(a, s, (enum datum_kind)k, &a->forms[k]), NULL);
	}
}

/* ---- null ---- */

static bool takes_null(const struct side *a, const struct assertion *as)
{
	static const struct datum null = {.kind = DATUM_NULL};
	enum truth truth = assertion_truth(as, &null);

	return truth == TRUTH_YES || (truth == TRUTH_NOT_KNOWN && a->what == IMPLIED_WHEN);
}

/* What is measured is null where the value is. */
static bool are_null_together(const struct subject *x, const struct subject *y)
{
	struct subject value = *x;

	value.measure = y->measure;
	return is_same_subject(&value, y);
}

static bool all_take_null(const struct side *a, const struct subject *s)
{
	for (size_t i = 0; i < a->n; i++) {
		if (are_null_together(&a->v[i].subject, s) && !takes_null(a, &a->v[i]))
			return false;
	}
	return may_be_null(s);
}

/* ---- what is implied ---- */

/* No config satisfies what is said of this subject. Whether state is seen differs by input. */
static bool is_contradiction(struct side *a, const struct subject *s)
{
	if (s->kind == SUBJECT_STATE || s->kind == SUBJECT_COVERAGE || s->is_each ||
	    all_take_null(a, s))
		return false;
	make_forms(a, s);
	for (int k = DATUM_BOOL; k < DATUM_KINDS; k++) {
		if ((s->kinds & DATUM_BIT(k)) && !a->forms[k].is_empty)
			return false;
	}
	return true;
}

static bool has_contradiction(struct side *a)
{
	for (size_t i = 0; i < a->n; i++) {
		if (is_contradiction(a, &a->v[i].subject))
			return true;
	}
	return false;
}

/* For values of one kind. */
static bool is_implied_for(struct side *a, const struct assertion *as, enum datum_kind kind)
{
	struct form b;

	form_begin(&b, &a->effort, &as->subject, kind);
	form_take(&b, as);
	if (!is_star(&as->subject))
		return form_is_within(&a->forms[kind], &b, as);
	return form_elements_are_within(&a->forms[list_kind(&as->subject)], &a->each, &b, as);
}

/* A `when` on what this input may lack keeps the rule from being judged, whatever it says. */
static bool is_seen_alike(const struct side *a, const struct subject *s)
{
	bool may_lack = s->kind == SUBJECT_STATE || s->kind == SUBJECT_COVERAGE;

	for (size_t i = 0; i < a->n; i++) {
		if (a->v[i].subject.kind == s->kind)
			return true;
	}
	return a->what == IMPLIED_ASSERT || !may_lack;
}

static bool is_implied(struct side *a, const struct assertion *as)
{
	const struct subject *s = &as->subject;

	if (!is_seen_alike(a, s))
		return false;
	make_forms(a, s);
	if (is_star(s) && form_has_no_elements(&a->forms[list_kind(s)]))
		return true;
	for (int k = DATUM_BOOL; k < DATUM_KINDS; k++) {
		if ((s->kinds & DATUM_BIT(k)) && !is_implied_for(a, as, (enum datum_kind)k))
			return false;
	}
	return takes_null(a, as) || !all_take_null(a, s);
}

struct err *assertions_imply(struct arena *arena, enum implied_of what, const struct assertion *a,
			     size_t a_count, const struct assertion *b, size_t b_count,
			     const struct assertion **lost)
{
	struct side side = {
		.v = a, .n = a_count, .what = what, .effort = {arena, STEPS_MAX, false}};
	size_t i = 0;

	while (i < b_count && is_implied(&side, &b[i]) && side.effort.steps_left)
		i++;
	*lost = i < b_count ? &b[i] : NULL;
	if (*lost && has_contradiction(&side) && side.effort.steps_left)
		*lost = NULL;
	return side.effort.failed_memory ? err_nomem() : NULL;
}
