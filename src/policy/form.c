/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/form_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/timeutil.h"

#define DAY_LAST_S   86399u
#define ELEMENTS_MAX 64u

static const struct integer least = {UINT64_C(1) << 63, true};
static const struct integer most = {UINT64_MAX, false};

/* False: nothing is left, and the comparison shows nothing. */
bool form_step(const struct form *f)
{
	if (f->effort->steps_left)
		f->effort->steps_left--;
	return f->effort->steps_left > 0;
}

/* ---- the line ---- */

struct integer form_next(struct integer i)
{
	if (!i.is_negative)
		return integer_from(i.magnitude + 1);
	i.magnitude--;
	i.is_negative = i.magnitude > 0;
	return i;
}

static struct integer previous_integer(struct integer i)
{
	if (!i.is_negative && i.magnitude > 0)
		return integer_from(i.magnitude - 1);
	return (struct integer){i.magnitude + 1, true};
}

bool form_is_below(struct integer x, struct integer y)
{
	return integer_compare(x, y) < 0;
}

static void add_stretch(struct form *f, struct line *to, struct integer from, struct integer end)
{
	struct stretch *p;

	if (form_is_below(end, from))
		return;
	p = grow_in(f->effort->arena, to->v, to->n, &to->cap, sizeof(*p));
	if (!p) {
		f->effort->failed_memory = true;
		return;
	}
	to->v = p;
	to->v[to->n++] = (struct stretch){from, end};
}

/* Both are in order and disjoint, so one pass over the two is enough. */
static void keep(struct form *f, const struct stretch *v, size_t n)
{
	struct line *out = &f->spare, old = f->line;

	out->n = 0;
	for (size_t i = 0, k = 0; i < old.n && k < n && form_step(f);) {
		struct stretch x = old.v[i], y = v[k];

		add_stretch(f, out, form_is_below(x.from, y.from) ? y.from : x.from,
			    form_is_below(x.to, y.to) ? x.to : y.to);
		if (form_is_below(x.to, y.to))
			i++;
		else
			k++;
	}
	f->line = *out;
	f->spare = old;
	f->is_empty |= f->line.n == 0;
}

/* The kind of an operand that is a point of the form's line. */
static enum datum_kind point_kind(const struct form *f)
{
	switch (f->kind) {
	case DATUM_BOOL:
	case DATUM_INTEGER:
	case DATUM_CLOCK:
		return f->kind;
	case DATUM_TEXT:
		return DATUM_CLOCK;
	case DATUM_LIST:
	case DATUM_ELEMENTS:
	case DATUM_SPAN:
		return DATUM_INTEGER;
	case DATUM_NULL:
	case DATUM_LINES:
	case DATUM_OTHER:
	case DATUM_KINDS:
		break;
	}
	return DATUM_KINDS;
}

static bool is_point(const struct form *f, const struct datum *d, struct integer *out)
{
	if (d->kind != point_kind(f))
		return false;
	*out = d->kind == DATUM_INTEGER ? d->integer
	       : d->kind == DATUM_CLOCK ? integer_from(d->clock)
					: integer_from(d->boolean);
	return true;
}

static struct stretch whole_line(const struct form *f, const struct subject *s)
{
	bool has_least = f->kind == DATUM_INTEGER && s->field && !s->is_each && s->field->least > 0;

	switch (point_kind(f)) {
	case DATUM_BOOL:
		return (struct stretch){integer_from(0), integer_from(1)};
	case DATUM_CLOCK:
		return (struct stretch){integer_from(0), integer_from(DAY_LAST_S)};
	case DATUM_INTEGER:
		/* A clock that is ahead makes an age that is below zero. */
		if (f->kind == DATUM_SPAN)
			return (struct stretch){least, most};
		if (f->kind != DATUM_INTEGER)
			return (struct stretch){integer_from(0), most};
		return (struct stretch){has_least ? integer_from((uint64_t)s->field->least) : least,
					most};
	default:
		return (struct stretch){integer_from(0), integer_from(0)};
	}
}

/* ---- what operators are made of ---- */

static void push(const struct form *f, struct datums *to, const struct datum *d)
{
	struct datum *p = grow_in(f->effort->arena, to->v, to->n, &to->cap, sizeof(*p));

	if (!p) {
		f->effort->failed_memory = true;
		return;
	}
	to->v = p;
	to->v[to->n++] = *d;
}

static int compare_stretches(const void *x, const void *y)
{
	return integer_compare(((const struct stretch *)x)->from,
			       ((const struct stretch *)y)->from);
}

/* Only these points. An operand twice would be two stretches that overlap. */
static void keep_points(struct form *f, const struct datum *v, size_t n)
{
	struct line points = {0};
	struct integer at;
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (is_point(f, &v[i], &at))
			add_stretch(f, &points, at, at);
	}
	if (points.n)
		qsort(points.v, points.n, sizeof(*points.v), compare_stretches);
	for (size_t i = 0; i < points.n; i++) {
		if (i == 0 || form_is_below(points.v[kept - 1].to, points.v[i].from))
			points.v[kept++] = points.v[i];
	}
	keep(f, points.v, kept);
}

/* A time is written in one of two ways, or in one if it has seconds. */
static void push_text(struct form *f, struct datums *to, const struct datum *d)
{
	struct datum as_text = {.kind = DATUM_TEXT};
	char text[TIME_TEXT_SIZE];

	if (d->kind == DATUM_TEXT)
		push(f, to, d);
	if (d->kind != DATUM_CLOCK)
		return;
	as_text.text = arena_str(f->effort->arena, str_from(time_format_clock(d->clock, text)));
	f->effort->failed_memory |= !as_text.text.p;
	push(f, to, &as_text);
	as_text.text.n -= strlen(":00");
	if (d->clock % 60 == 0)
		push(f, to, &as_text);
}

void form_only(struct form *f, const struct datum *v, size_t n)
{
	if (f->kind != DATUM_TEXT) {
		keep_points(f, v, n);
		return;
	}
	/* The second list is looked at when it is finished. */
	for (size_t i = 0; !f->is_listed && i < n; i++)
		push_text(f, &f->allowed, &v[i]);
	f->is_listed = true;
	f->is_empty |= f->allowed.n == 0;
}

void form_deny(struct form *f, const struct datum *d)
{
	if (f->kind == DATUM_TEXT)
		push_text(f, &f->denied, d);
	else
		form_order(f, d, true, false, true);
}

void form_order(struct form *f, const struct datum *d, bool lower, bool equal, bool higher)
{
	struct line sides = {0};
	struct integer at;

	if (!is_point(f, d, &at)) {
		/* Two kinds differ, and are in no order. */
		f->is_empty |= !(lower && higher);
		return;
	}
	f->is_time = true;
	if (lower && form_is_below(least, at))
		add_stretch(f, &sides, least, previous_integer(at));
	if (equal)
		add_stretch(f, &sides, at, at);
	if (higher && form_is_below(at, most))
		add_stretch(f, &sides, form_next(at), most);
	keep(f, sides.v, sides.n);
}

void form_within_clock(struct form *f, unsigned from_s, unsigned to_s)
{
	const struct stretch day[] = {{integer_from(from_s), integer_from(to_s)}};
	const struct stretch night[] = {{integer_from(0), integer_from(to_s)},
					{integer_from(from_s), integer_from(DAY_LAST_S)}};
	bool is_day = from_s <= to_s;

	f->is_time = true;
	keep(f, is_day ? day : night, is_day ? 1 : 2);
}

/* Does a list or a text that has `x` have `y` as well? Texts and sentences are looked through. */
bool form_has_too(const struct form *f, const struct datum *x, const struct datum *y)
{
	if (!form_step(f))
		return false;
	if (f->kind == DATUM_LIST)
		return datum_equal(x, y);
	return y->text.n == 0 || (x->text.n >= y->text.n &&
				  memmem(x->text.p, x->text.n, y->text.p, y->text.n) != NULL);
}

/* Those that can be in it: a text has no number. */
static bool can_have(const struct form *f, const struct datum *d)
{
	return f->kind == DATUM_LIST || d->kind == DATUM_TEXT;
}

void form_any(struct form *f, const struct datum *v, size_t n)
{
	struct datums those = {0};
	struct choice *p;

	for (size_t i = 0; i < n; i++) {
		/* Every text has the empty one. */
		if (f->kind == DATUM_TEXT && v[i].kind == DATUM_TEXT && v[i].text.n == 0)
			return;
		if (can_have(f, &v[i]))
			push(f, &those, &v[i]);
	}
	f->is_empty |= those.n == 0;
	p = grow_in(f->effort->arena, f->choices, f->choice_count, &f->choice_cap, sizeof(*p));
	if (!p) {
		f->effort->failed_memory = true;
		return;
	}
	f->choices = p;
	f->choices[f->choice_count++] = (struct choice){those.v, those.n};
}

void form_none(struct form *f, const struct datum *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		f->is_empty |= f->kind == DATUM_TEXT && v[i].kind == DATUM_TEXT && !v[i].text.n;
		if (can_have(f, &v[i]))
			push(f, &f->none, &v[i]);
	}
}

/* "*text*" says what contains does. */
static bool is_contained(struct str glob)
{
	size_t i = 1;

	while (i < glob.n && !memchr("*?\\", glob.p[i], 3))
		i++;
	return glob.n > 2 && glob.p[0] == '*' && i == glob.n - 1 && glob.p[i] == '*';
}

/* What a pattern says literally must be in the text; the rest is for those who say the same. */
void form_like(struct form *f, struct str glob)
{
	struct datum part = {.kind = DATUM_TEXT};
	size_t from = 0, parts = 0;

	for (size_t i = 0; i <= glob.n; i++) {
		if (i < glob.n && !memchr("*?\\", glob.p[i], 3))
			continue;
		part.text = (struct str){glob.p + from, i - from};
		if (part.text.n) {
			form_any(f, &part, 1);
			parts++;
		}
		from = i + 1;
		i += i < glob.n && glob.p[i] == '\\';
	}
	if (f->kind == DATUM_TEXT && parts == 1 && part.text.n == glob.n)
		form_only(f, &part, 1);
	else
		f->is_opaque |= parts != 1 || !is_contained(glob);
}

static bool is_of_stars(struct str glob)
{
	for (size_t i = 0; i < glob.n; i++) {
		if (glob.p[i] != '*')
			return false;
	}
	return glob.n > 0;
}

void form_unlike(struct form *f, struct str glob)
{
	struct datum d = {.kind = DATUM_TEXT, .text = glob};

	if (f->kind != DATUM_LIST && is_contained(glob)) {
		d.text = (struct str){glob.p + 1, glob.n - 2};
		form_none(f, &d, 1);
		return;
	}
	f->is_empty |= f->kind == DATUM_TEXT && is_of_stars(glob);
	push(f, &f->unlike, &d);
}

/* `present` and `absent`, but for null. */
void form_blank(struct form *f, bool is_blank)
{
	const struct datum text = {.kind = DATUM_TEXT, .text = STR("")};
	const struct datum zero = {.kind = DATUM_INTEGER};

	if (f->kind == DATUM_TEXT && is_blank)
		form_only(f, &text, 1);
	else if (f->kind == DATUM_TEXT)
		form_deny(f, &text);
	else if (f->kind == DATUM_LIST || f->kind == DATUM_ELEMENTS)
		form_order(f, &zero, false, is_blank, !is_blank);
	else
		f->is_empty |= is_blank;
}

/* ---- making one ---- */

void form_begin(struct form *f, struct effort *effort, const struct subject *s,
		enum datum_kind kind)
{
	const struct field *field = s->field;
	struct stretch whole;

	*f = (struct form){.effort = effort, .kind = kind, .is_set = field != NULL};
	f->never_blank = s->has_member || (field && schema_lists(field->unset, STR("")));
	whole = whole_line(f, s);
	add_stretch(f, &f->line, whole.from, whole.to);
	f->is_empty = f->line.n == 0;
}

void form_take(struct form *f, const struct assertion *as)
{
	const struct assertion **p = grow_in(f->effort->arena, f->asserts, f->assert_count,
					     &f->assert_cap, sizeof(const struct assertion *));

	if (!p) {
		f->effort->failed_memory = true;
		return;
	}
	f->asserts = p;
	f->asserts[f->assert_count++] = as;
	if (as->operation->takes & DATUM_BIT(f->kind))
		as->operation->narrow(f, &as->operands);
	else
		f->is_empty = true;
}

/* Is this one value among those of the form? */
bool form_admits(const struct form *f, const struct datum *d)
{
	if (f->never_blank && d->kind == DATUM_TEXT && d->text.n == 0)
		return false;
	for (size_t i = 0; i < f->denied.n && form_step(f); i++) {
		if (datum_equal(d, &f->denied.v[i]))
			return false;
	}
	for (size_t i = 0; i < f->assert_count && form_step(f); i++) {
		if (!assertion_holds_for(f->asserts[i], d))
			return false;
	}
	return true;
}

static bool may_be_in_time(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!memchr("0123456789:", s.p[i], 11))
			return false;
	}
	return true;
}

/* Must it not be in the list or the text? */
bool form_keeps_out(const struct form *f, const struct datum *d)
{
	bool is_element = f->kind == DATUM_LIST && f->is_listed;

	for (size_t i = 0; i < f->none.n; i++) {
		if (form_has_too(f, d, &f->none.v[i]))
			return true;
	}
	for (size_t i = 0; f->kind == DATUM_LIST && i < f->unlike.n; i++) {
		if (d->kind == DATUM_TEXT && glob_matches(f->unlike.v[i].text, d->text))
			return true;
	}
	if (f->each ? !form_admits(f->each, d)
		    : f->kind == DATUM_TEXT && f->is_time && !may_be_in_time(d->text))
		return true;
	for (size_t i = 0; is_element && i < f->allowed.n; i++) {
		if (datum_equal(d, &f->allowed.v[i]))
			return false;
	}
	return is_element;
}

static void keep_admitted(struct form *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->allowed.n; i++) {
		if (form_admits(f, &f->allowed.v[i]))
			f->allowed.v[kept++] = f->allowed.v[i];
	}
	f->allowed.n = kept;
	f->is_empty |= kept == 0;
}

/* Of each choice what can still be in it. */
static void narrow_choices(struct form *f)
{
	for (size_t i = 0; i < f->choice_count; i++) {
		struct datums those = {0};

		for (size_t k = 0; k < f->choices[i].n; k++) {
			if (!form_keeps_out(f, &f->choices[i].v[k]))
				push(f, &those, &f->choices[i].v[k]);
		}
		f->choices[i] = (struct choice){those.v, those.n};
		f->is_empty |= those.n == 0;
	}
}

bool form_has(const struct form *f, const struct datums *list, const struct datum *d)
{
	for (size_t i = 0; i < list->n && form_step(f); i++) {
		if (datum_equal(&list->v[i], d))
			return true;
	}
	return false;
}

/* The elements that a list may have, where they are few. */
static void list_elements(struct form *f)
{
	const struct form *each = f->each;
	struct datums those = {0};

	if (each->kind == DATUM_TEXT && !each->is_listed && !each->is_empty)
		return;
	for (size_t i = 0; each->is_listed && i < each->allowed.n; i++)
		push(f, &those, &each->allowed.v[i]);
	for (size_t i = 0; each->kind == DATUM_INTEGER && !each->is_empty && i < each->line.n;
	     i++) {
		struct datum d = {.kind = DATUM_INTEGER, .integer = each->line.v[i].from};

		for (;; d.integer = form_next(d.integer)) {
			if (those.n == ELEMENTS_MAX)
				return;
			push(f, &those, &d);
			if (integer_compare(d.integer, each->line.v[i].to) == 0)
				break;
		}
	}
	for (size_t i = 0; i < those.n; i++) {
		if (!form_keeps_out(f, &those.v[i]) && !form_has(f, &f->allowed, &those.v[i]))
			push(f, &f->allowed, &those.v[i]);
	}
	f->is_listed = true;
}

static void keep_count(struct form *f, uint64_t from, uint64_t to)
{
	const struct stretch s = {integer_from(from), integer_from(to)};

	keep(f, &s, 1);
}

/* How many elements there are, and which ones they are, say something of each other. */
static void finish_list(struct form *f)
{
	struct datums musts = {0};

	if (f->each)
		list_elements(f);
	narrow_choices(f);
	for (size_t i = 0; i < f->choice_count; i++) {
		/* A text may be read as a time, so the two may be one element. */
		if (f->choices[i].n == 1 && f->choices[i].v->kind != DATUM_CLOCK &&
		    !form_has(f, &musts, f->choices[i].v))
			push(f, &musts, f->choices[i].v);
	}
	if (f->choice_count)
		keep_count(f, musts.n ? musts.n : 1, UINT64_MAX);
	if (f->is_set && f->is_listed)
		keep_count(f, 0, f->allowed.n);
	if (f->is_empty || !f->line.n || f->is_listed ||
	    f->line.v[f->line.n - 1].to.magnitude != musts.n)
		return;
	f->is_listed = true;
	f->allowed = musts;
	narrow_choices(f);
}

void form_finish(struct form *f, const struct form *each)
{
	f->each = each;
	if (f->kind == DATUM_TEXT && f->is_listed)
		keep_admitted(f);
	else if (f->kind == DATUM_LIST)
		finish_list(f);
	else
		narrow_choices(f);
}
