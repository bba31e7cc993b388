/* SPDX-License-Identifier: Apache-2.0 */
#include "report/summary.h"

#include "base/timeutil.h"

static void put_count(struct buf *b, bool *any, size_t n, const char *name)
{
	if (n)
		buf_printf(b, "%s%zu %s", *any ? ", " : "", n, name);
	*any |= n > 0;
}

void summary_counts(struct buf *b, const struct result *r)
{
	bool any = false;

	buf_printf(b, "%zu target%s", r->target_count, r->target_count == 1 ? "" : "s");
	if (r->target_count)
		buf_puts(b, ": ");
	for (enum outcome o = OUTCOME_EQUAL; o <= OUTCOME_NO_BASELINE; o++)
		put_count(b, &any, result_count_outcome(r, o), outcome_name(o));
	any = false;
	buf_puts(b, "; findings: ");
	for (int s = SEVERITY_COUNT - 1; s >= 0; s--)
		put_count(b, &any, result_count(r, (enum severity)s),
			  severity_name((enum severity)s));
	buf_puts(b, any ? "" : "none");
	if (result_count_waived(r))
		buf_printf(b, "; waived: %zu", result_count_waived(r));
}

const char *summary_verdict(const struct result *r)
{
	bool is_incomplete = result_is_incomplete(r);

	if (result_is_failed(r))
		return is_incomplete ? "FAIL, and incomplete" : "FAIL";
	return is_incomplete ? "INCOMPLETE" : "PASS";
}

void summary_judged_by(struct buf *b, const struct result *r)
{
	char text[TIME_TEXT_SIZE];

	if (r->commit.n)
		buf_printf(b, "judged by commit %.12s", r->commit.p);
	if (r->is_now_given)
		buf_printf(b, "%sas of %s (--now)", r->commit.n ? ", " : "",
			   time_format_rfc3339(r->now_s, text));
}

const char *summary_word(const struct finding *f)
{
	if (f->waived)
		return "waived";
	return f->class == CLASS_INCOMPLETE ? "incomplete" : severity_name(f->severity);
}

static bool has_line(const struct coverage *c, struct str line)
{
	for (size_t i = 0; i < c->count; i++) {
		if (str_eq(c->lines[i], line))
			return true;
	}
	return false;
}

void summary_coverage(const struct result_target *t,
		      void (*put)(void *ctx, char mark, struct str line), void *ctx)
{
	const struct coverage *before = &t->coverage_before, *after = &t->coverage_after;
	char gained = before->count ? '+' : ' ';
	size_t i = 0, j = 0;

	while (i < before->count || j < after->count) {
		while (i < before->count && !has_line(after, before->lines[i]))
			put(ctx, '-', before->lines[i++]);
		while (j < after->count && !has_line(before, after->lines[j]))
			put(ctx, gained, after->lines[j++]);
		if (i < before->count)
			put(ctx, ' ', before->lines[i++]);
		j += j < after->count;
	}
}

bool summary_has_coverage(const struct result_target *t)
{
	return (t->outcome == OUTCOME_DRIFTED || t->outcome == OUTCOME_NO_BASELINE) &&
	       (t->coverage_before.count || t->coverage_after.count);
}
