/* SPDX-License-Identifier: Apache-2.0 */
/* What an assertion says of a config. */
#include "policy/assertion.h"

/* Of a value in a sentence, and of the reasons. */
#define FOUND_MAX 400u
#define WHY_MAX   ((size_t)1 << 16)
#define TEXT_MAX  ((size_t)1 << 17)

static const char *const kind_names[DATUM_KINDS] = {
	[DATUM_NULL] = "null",
	[DATUM_BOOL] = "a bool",
	[DATUM_INTEGER] = "a number",
	[DATUM_CLOCK] = "a time",
	[DATUM_TEXT] = "a text",
	[DATUM_LINES] = "text",
	[DATUM_LIST] = "a list",
	[DATUM_ELEMENTS] = "a list of objects",
	[DATUM_OTHER] = "an object or a fraction",
	[DATUM_SPAN] = "a length of time",
};

static enum truth ask(const struct assertion *as, const struct datum *d, struct buf *why)
{
	const struct operation *op = as->operation;

	if (d->kind == DATUM_NULL)
		return op->takes_null ? op->holds(d, &as->operands, why) : TRUTH_NOT_KNOWN;
	if (op->takes & DATUM_BIT(d->kind))
		return op->holds(d, &as->operands, why);
	buf_printf(why, "%s, which %s does not take", kind_names[d->kind], op->name);
	return TRUTH_NO;
}

enum truth assertion_truth(const struct assertion *as, const struct datum *d)
{
	struct buf why = BUF_INIT(WHY_MAX);
	enum truth truth = ask(as, d, &why);

	buf_free(&why);
	return truth;
}

bool assertion_holds_for(const struct assertion *as, const struct datum *d)
{
	return assertion_truth(as, d) == TRUTH_YES;
}

static const char *not_known(const struct assertion *as, const struct datum *d)
{
	if (d->kind == DATUM_NULL)
		return "what the vendor makes of null is not known";
	return as->subject.measure == MEASURE_AGE
		       ? "the target has no zone, and a time without one may be 14 hours off"
		       : "which of them the vendor means is not known, and the shortest one counts";
}

static const char *measure_name(const struct assertion *as)
{
	static const char *const names[] = {
		[MEASURE_NONE] = "",
		[MEASURE_WINDOW] = ", to the end of the window,",
		[MEASURE_AGE] = ", its age,",
	};

	return names[as->subject.measure];
}

struct tally {
	const struct assertion *as;
	struct verdict *out;
	struct buf found; /* of a star: those that fail */
	struct buf why;
	size_t open;
};

static void count(struct tally *t, const struct datum *d)
{
	struct buf why = BUF_INIT(WHY_MAX);
	enum truth truth = ask(t->as, d, &why);

	t->out->seen++;
	if (truth != TRUTH_YES) {
		t->out->failed++;
		t->open += truth == TRUTH_NOT_KNOWN;
		if (t->as->subject.is_each && t->found.n < FOUND_MAX) {
			buf_puts(&t->found, t->found.n ? ", " : "");
			t->out->is_found_cut |= !datum_write(&t->found, d, FOUND_MAX);
		} else {
			t->out->is_found_cut |= t->as->subject.is_each;
		}
		if (truth == TRUTH_NO && t->why.n == 0)
			buf_str(&t->why, buf_view(&why));
		else if (truth == TRUTH_NOT_KNOWN && t->why.n == 0)
			buf_puts(&t->why, not_known(t->as, d));
	}
	t->why.failed_memory |= why.failed_memory;
	buf_free(&why);
}

/* "a time" is said by whose clock it is. */
static void put_clock(struct buf *b, const struct assertion *as, const struct policy_input *in)
{
	if (as->operation->form != OPERANDS_RANGE)
		return;
	if (in->zone.n)
		buf_printf(b, ", by the target's clock (%.*s)", STR_ARG(in->zone));
	else
		buf_puts(b, ", by the clock as it is written (the target has no zone)");
}

static void put_text(struct buf *b, const struct tally *t, const struct policy_input *in)
{
	const struct assertion *as = t->as;
	const struct verdict *v = t->out;

	buf_str(b, as->subject.text);
	if (v->is_vacuous) {
		buf_printf(b, ": there is nothing in it that could fail: %.*s",
			   STR_ARG(as->demand));
		return;
	}
	if (!as->subject.is_each)
		buf_printf(b, "%s is %.*s", measure_name(as), STR_ARG(v->found));
	else if (v->failed)
		buf_printf(b, ": %zu of %zu fail: %.*s", v->failed, v->seen, STR_ARG(v->found));
	else
		buf_printf(b, ": each of %zu", v->seen);
	if (v->outcome == VERDICT_HOLDS) {
		buf_printf(b, ", as demanded: %.*s", STR_ARG(as->demand));
		put_clock(b, as, in);
		return;
	}
	if (t->why.n)
		buf_printf(b, " (%.*s)", STR_ARG(buf_view(&t->why)));
	buf_printf(b, ", demanded: %.*s", STR_ARG(as->demand));
	put_clock(b, as, in);
}

static struct err *finish(struct arena *a, struct tally *t, const struct policy_input *in,
			  const struct datum *values)
{
	struct verdict *v = t->out;
	struct buf b = BUF_INIT(TEXT_MAX);

	v->is_vacuous = v->seen == 0;
	v->outcome = v->failed == 0         ? VERDICT_HOLDS
		     : t->open == v->failed ? VERDICT_OPEN
					    : VERDICT_FAILS;
	if (t->as->subject.is_each)
		buf_printf(&b, "[%.*s%s]", STR_ARG(buf_view(&t->found)),
			   v->is_found_cut ? ", ..." : "");
	else
		v->is_found_cut = !datum_write(&b, values, FOUND_MAX);
	v->found = arena_str(a, buf_view(&b));
	buf_clear(&b);
	if (v->found.p)
		put_text(&b, t, in);
	v->text = arena_str(a, buf_view(&b));
	if (b.failed_memory || t->found.failed_memory || t->why.failed_memory)
		v->text.p = NULL;
	buf_free(&b);
	return v->found.p && v->text.p ? NULL : err_nomem();
}

struct err *assertion_evaluate(struct arena *a, const struct assertion *as,
			       const struct policy_input *in, struct verdict *out)
{
	struct tally t = {as, out, BUF_INIT(TEXT_MAX), BUF_INIT(WHY_MAX), 0};
	struct datum *values;
	struct err *e;
	size_t n;

	*out = (struct verdict){0};
	if (!subject_is_known(&as->subject, in)) {
		char *text = arena_printf(a, "%.*s cannot be seen here: it is in a reply alone",
					  STR_ARG(as->subject.text));

		out->outcome = VERDICT_UNSEEN;
		out->text = str_from(text);
		return text ? NULL : err_nomem();
	}
	TRY(subject_values(a, &as->subject, in, &values, &n));
	for (size_t i = 0; i < n; i++)
		count(&t, &values[i]);
	e = finish(a, &t, in, values);
	buf_free(&t.found);
	buf_free(&t.why);
	return e;
}
