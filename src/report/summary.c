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

	buf_printf(b, "%zu %s%s", r->target_count, r->is_review ? "changed baseline" : "target",
		   r->target_count == 1 ? "" : "s");
	if (r->target_count)
		buf_puts(b, ": ");
	for (enum outcome o = OUTCOME_EQUAL; o < result_outcomes_end(r); o++)
		put_count(b, &any, result_count_outcome(r, o), outcome_name(o));
	any = false;
	buf_puts(b, "; findings: ");
	for (int s = SEVERITY_COUNT - 1; s >= 0; s--)
		put_count(b, &any, result_count(r, (enum severity)s),
			  severity_name((enum severity)s));
	buf_puts(b, any ? "" : "none");
	if (result_count_waived(r))
		buf_printf(b, "; waived: %zu", result_count_waived(r));
	if (result_count_approved(r))
		buf_printf(b, "; %s: %zu",
			   r->review.approval == APPROVAL_GIVEN ? "approved" : "for approval",
			   result_count_approved(r));
}

void summary_left_out(struct buf *b, size_t findings, size_t targets)
{
	buf_printf(b, "and %zu more finding%s", findings, findings == 1 ? "" : "s");
	if (targets)
		buf_printf(b, " and %zu more target%s", targets, targets == 1 ? "" : "s");
	buf_puts(b, ", left out here, for the text has a limit of 1 MiB; --format json has all\n");
}

const char *summary_verdict(const struct result *r)
{
	bool is_incomplete = result_is_incomplete(r);

	if (result_is_failed(r))
		return is_incomplete ? "FAIL, and incomplete" : "FAIL";
	return is_incomplete ? "INCOMPLETE" : "PASS";
}

bool summary_has_judged_by(const struct result *r)
{
	return r->commit.n || r->is_review || r->is_worktree || r->is_now_given;
}

static void put_review_by(struct buf *b, const struct result *r)
{
	if (r->review.is_staged)
		buf_puts(b, "the index");
	else
		buf_printf(b, "commit %.12s", r->commit.p);
	if (r->review.base.n)
		buf_printf(b, ", judged by the rules of commit %.12s", r->review.base.p);
	else
		buf_puts(b, ", with no commit before it");
}

void summary_judged_by(struct buf *b, const struct result *r)
{
	char text[TIME_TEXT_SIZE];

	if (r->is_review)
		put_review_by(b, r);
	else if (r->is_worktree)
		buf_printf(b, "judged by the working tree%s%.12s", r->commit.n ? " at commit " : "",
			   r->commit.n ? r->commit.p : "");
	else if (r->commit.n)
		buf_printf(b, "judged by commit %.12s", r->commit.p);
	if (r->uncommitted_count)
		buf_printf(b, "%s %zu file%s not as committed", r->is_worktree ? ", with" : " and",
			   r->uncommitted_count, r->uncommitted_count == 1 ? "" : "s");
	if (r->is_now_given)
		buf_printf(b, "%sas of %s (--now)",
			   r->commit.n || r->is_review || r->is_worktree ? ", " : "",
			   time_format_rfc3339(r->now_s, text));
}

void summary_approval(struct buf *b, const struct result *r)
{
	const struct result_review *v = &r->review;
	const char *things = v->loosening_count == 1 ? "loosening" : "loosenings";

	switch (v->approval) {
	case APPROVAL_NONE:
		return;
	case APPROVAL_GIVEN:
		buf_printf(b, "%zu %s approved: %s", v->loosening_count, things, v->digest.p);
		return;
	case APPROVAL_LEFT:
		buf_printf(b, "%zu %s told alone (--approvals report): %s", v->loosening_count,
			   things, v->digest.p);
		return;
	case APPROVAL_NEEDED:
		break;
	}
	if (v->given.n)
		buf_printf(b, "What was approved is another set, %s. ", v->given.p);
	buf_printf(b,
		   "%zu %s to be approved, by somebody who may decide it and from outside of this "
		   "change: %s",
		   v->loosening_count, things, v->digest.p);
}

bool summary_has_approve_command(const struct result *r)
{
	return r->review.approval == APPROVAL_NEEDED && !r->review.is_staged;
}

void summary_approve_command(struct buf *b, const struct result *r)
{
	const struct result_review *v = &r->review;

	buf_puts(b, "scandrift review ");
	buf_str(b, v->range);
	buf_printf(b, "%s--approve %s", v->range.n ? " " : "", v->digest.p);
}

const char *summary_word(const struct finding *f)
{
	if (f->waived)
		return "waived";
	if (f->approval == APPROVAL_GIVEN)
		return "approved";
	return f->class == CLASS_INCOMPLETE ? "incomplete" : severity_name(f->severity);
}

void summary_span(struct buf *b, int64_t seconds)
{
	static const int64_t day_s = INT64_C(24) * 60 * 60;
	int64_t days = seconds / day_s;

	if (days > 0)
		buf_printf(b, "%lld day%s", (long long)days, days == 1 ? "" : "s");
	else
		buf_printf(b, "%lld h", (long long)(seconds / 3600));
}

void summary_since(struct buf *b, int64_t since_s, bool is_bound, int64_t now_s)
{
	char when[TIME_TEXT_SIZE];

	buf_puts(b, time_format_rfc3339(since_s, when));
	if (is_bound)
		buf_puts(b, " or earlier");
	if (now_s <= since_s)
		return;
	buf_puts(b, is_bound ? ", for at least " : ", for ");
	summary_span(b, now_s - since_s);
}

void summary_as_of(struct buf *b, int64_t now_s)
{
	char when[TIME_TEXT_SIZE];

	buf_printf(b, "As of %s (--now).\n", time_format_rfc3339(now_s, when));
}
