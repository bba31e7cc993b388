/* SPDX-License-Identifier: Apache-2.0 */
/* log --runs for a person: a run, and under it its targets by what became of them. */
#include "base/escape.h"
#include "base/timeutil.h"
#include "report/formats.h"
#include "report/summary.h"

#define COMMIT_SHOWN 12u
#define NAMES_SHOWN  5u

/* The one way of a text from outside onto the page. */
static void put(struct buf *b, struct str s)
{
	escape_terminal(b, s);
}

static size_t count(const struct run *run, enum outcome o)
{
	size_t n = 0;

	for (size_t i = 0; i < run->target_count; i++)
		n += run->targets[i].outcome == o;
	return n;
}

/* ": prod, staging and 3 more" */
static void put_names(struct buf *b, const struct run *run, enum outcome o, size_t n)
{
	size_t shown = 0;

	for (size_t i = 0; i < run->target_count && shown < NAMES_SHOWN; i++) {
		if (run->targets[i].outcome != o)
			continue;
		buf_puts(b, shown++ ? ", " : ": ");
		put(b, run->targets[i].name);
	}
	if (shown < n)
		buf_printf(b, " and %zu more", n - shown);
}

/* "57 equal, 1 drifted: prod": those that are as they should be need no names. */
static void put_targets(struct buf *b, const struct run *run)
{
	const char *before = "    ";

	for (enum outcome o = OUTCOME_EQUAL; o <= OUTCOME_COUNT; o++) {
		size_t n = count(run, o);

		if (!n)
			continue;
		buf_printf(b, "%s%zu %s", before, n,
			   o == OUTCOME_COUNT ? "of another outcome" : outcome_name(o));
		if (o != OUTCOME_EQUAL)
			put_names(b, run, o, n);
		before = o == OUTCOME_EQUAL ? ", " : "; ";
	}
	if (run->target_count)
		buf_char(b, '\n');
}

static void put_run(struct buf *b, const struct run *run)
{
	struct str judged_by = run->judged_by;
	char when[TIME_TEXT_SIZE];

	buf_printf(b, "%s  ", time_format_rfc3339(run->time_s, when));
	put(b, run->problem.n ? run->problem : run->verdict);
	buf_printf(b, "  %.*s", (int)COMMIT_SHOWN, run->hex);
	if (judged_by.n) {
		judged_by.n = judged_by.n > COMMIT_SHOWN ? COMMIT_SHOWN : judged_by.n;
		buf_puts(b, "  judged by ");
		put(b, judged_by);
	}
	if (run->is_fork)
		buf_puts(b, "  FORK: two chains meet here");
	buf_char(b, '\n');
	put_targets(b, run);
}

struct err *runs_text(struct buf *b, const struct runs *r)
{
	char when[TIME_TEXT_SIZE];

	for (size_t i = 0; i < r->count; i++)
		put_run(b, &r->list[i]);
	buf_printf(b, "%zu run%s", r->count, r->count == 1 ? "" : "s");
	if (r->is_due)
		buf_printf(b, ", %zu missing", r->missing_count);
	buf_char(b, '\n');
	for (size_t i = 0; i < r->missing_count; i++)
		buf_printf(b, "missing: %s\n", time_format_rfc3339(r->missing[i], when));
	if (r->parted_from)
		buf_printf(b, "FORK: %s has records that are not here\n", r->parted_from);
	if (r->is_cut)
		buf_puts(b, "Older runs are not in this shallow clone.\n");
	if (r->is_now_given)
		summary_as_of(b, r->now_s);
	return NULL;
}
