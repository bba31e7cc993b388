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

/* ": other", ": prod, other and 3 more" */
static void put_list(struct buf *b, const struct str *names, size_t n)
{
	for (size_t i = 0; i < n && i < NAMES_SHOWN; i++) {
		buf_puts(b, i ? ", " : ": ");
		put(b, names[i]);
	}
	if (n > NAMES_SHOWN)
		buf_printf(b, " and %zu more", n - NAMES_SHOWN);
}

/* Which targets a mark is about, where it is about targets. */
static bool is_marked(const struct run_target *t, enum run_mark m)
{
	return m == RUN_MARK_REPEATED ? t->is_repeated : m == RUN_MARK_AHEAD && t->is_ahead;
}

static void put_marked(struct buf *b, const struct run *run, enum run_mark m)
{
	struct str names[NAMES_SHOWN];
	size_t n = 0;

	for (size_t i = 0; i < run->target_count; i++) {
		if (!is_marked(&run->targets[i], m))
			continue;
		if (n < NAMES_SHOWN)
			names[n] = run->targets[i].name;
		n++;
	}
	put_list(b, names, n);
}

/* Of the two dates of a commit the one that does not fit. */
static int64_t date_in_doubt(const struct run *run)
{
	int64_t apart = run->time_s - run->commit_s;

	return apart > RUN_CLOCK_SLACK_S || apart < -RUN_CLOCK_SLACK_S ? run->commit_s
								       : run->author_s;
}

static void put_marks(struct buf *b, const struct run *run)
{
	char when[TIME_TEXT_SIZE];

	for (enum run_mark m = 0; m < RUN_MARK_COUNT; m++) {
		if (!run_is_marked(run, m))
			continue;
		buf_printf(b, "    MARKED: %s", run_mark_text(m));
		if (m == RUN_MARK_COMMIT_DATE)
			buf_printf(b, ", %s", time_format_rfc3339(date_in_doubt(run), when));
		else if (m == RUN_MARK_PART && run->left_out_count)
			buf_puts(b, ", without");
		if (m == RUN_MARK_PART)
			put_list(b, run->left_out, run->left_out_count);
		else
			put_marked(b, run, m);
		buf_char(b, '\n');
	}
}

/* "2 replayed, fetched 2026-11-24T02:00:03Z to 2026-11-24T02:00:09Z" */
static void put_replayed(struct buf *b, const struct run *run)
{
	int64_t first = INT64_MAX, last = INT64_MIN;
	char when[TIME_TEXT_SIZE];
	size_t n = 0;

	for (size_t i = 0; i < run->target_count; i++) {
		const struct run_target *t = &run->targets[i];

		if (!t->is_replayed || !t->fetched_s)
			continue;
		n++;
		first = t->fetched_s < first ? t->fetched_s : first;
		last = t->fetched_s > last ? t->fetched_s : last;
	}
	if (!n)
		return;
	buf_printf(b, "    %zu replayed, fetched %s", n, time_format_rfc3339(first, when));
	if (last != first)
		buf_printf(b, " to %s", time_format_rfc3339(last, when));
	buf_char(b, '\n');
}

static void put_asked(struct buf *b, const struct run *run)
{
	char when[TIME_TEXT_SIZE];

	if (run->has_now)
		buf_printf(b, "    as of %s (--now)\n", time_format_rfc3339(run->now_s, when));
	if (run->is_endpoint_other)
		buf_puts(b, "    from another endpoint (--endpoint)\n");
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
	put_asked(b, run);
	put_replayed(b, run);
	put_marks(b, run);
}

/* Records of 0.1.0 name no night, so with --every each of theirs is missing. */
static size_t count_old(const struct runs *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct run *run = &r->list[i];

		n += run->target_count && !run->targets[0].has_arrival;
	}
	return n;
}

static void put_missing(struct buf *b, const struct runs *r)
{
	char when[TIME_TEXT_SIZE];
	size_t old = r->is_due ? count_old(r) : 0;

	for (size_t i = 0; i < r->missing_count; i++) {
		const struct run_missing *m = &r->missing[i];

		buf_printf(b, "missing: %s", time_format_rfc3339(m->due_s, when));
		put_list(b, m->names, m->name_count);
		buf_char(b, '\n');
	}
	if (r->is_missing_cut)
		buf_puts(b, "More are missing than are listed here.\n");
	if (old)
		buf_printf(
			b,
			"No night counts by records of version 0.1.0 (%zu): they do not say when "
			"replies arrived.\n",
			old);
}

struct err *runs_text(struct buf *b, const struct runs *r)
{
	for (size_t i = 0; i < r->count; i++)
		put_run(b, &r->list[i]);
	buf_printf(b, "%zu run%s", r->count, r->count == 1 ? "" : "s");
	if (r->is_due)
		buf_printf(b, ", %zu missing", r->missing_count);
	buf_char(b, '\n');
	put_missing(b, r);
	if (r->parted_from)
		buf_printf(b, "FORK: %s has records that are not here\n", r->parted_from);
	if (r->is_cut)
		buf_puts(b, "Older runs are not in this shallow clone.\n");
	if (r->is_now_given)
		summary_as_of(b, r->now_s);
	return NULL;
}
