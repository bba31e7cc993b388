/* SPDX-License-Identifier: Apache-2.0 */
/* log for a person: each target's states, the newest first, with what each did to scanning. */
#include "base/escape.h"
#include "base/timeutil.h"
#include "report/formats.h"
#include "report/outline.h"
#include "report/summary.h"

/* The one way of a text from outside onto the page. */
static void put(struct buf *b, struct str s)
{
	escape_terminal(b, s);
}

static void put_line(struct buf *b, const char *mark, struct str s)
{
	buf_puts(b, mark);
	put(b, s);
	buf_char(b, '\n');
}

/* What the step did, in a word. */
static const char *verb(const struct timeline_entry *e)
{
	if (e->problem.n)
		return "cannot be read";
	if (!e->path)
		return "removed";
	if (!e->row.has_diff)
		return "first state";
	if (e->row.diff.change_count)
		return direction_name(e->row.diff.judgement.direction);
	return e->former_path ? "renamed" : "written anew";
}

static void put_covered(void *page, char mark, struct str line)
{
	struct buf *b = page;

	buf_printf(b, "    %c ", mark);
	put(b, line);
	buf_char(b, '\n');
}

static void put_drift(struct buf *b, const struct timeline_entry *e)
{
	if (e->is_drift_start)
		buf_puts(b, "    drift begins: what is live is not the baseline\n");
	if (e->drift_s > 0) {
		buf_printf(b, "    drift ends, after %s", e->is_drift_longer ? "at least " : "");
		summary_span(b, e->drift_s);
		buf_char(b, '\n');
	}
}

static void put_entry(struct buf *b, const struct timeline_entry *e)
{
	char when[TIME_TEXT_SIZE];

	buf_printf(b, "\n%s%s  %s  %s  %.12s\n", time_format_rfc3339(e->commit.time_s, when),
		   e->is_bound ? " or earlier" : "", timeline_kind_name(e->kind), verb(e),
		   e->commit.hex);
	buf_puts(b, "    by ");
	put(b, str_from(e->commit.author));
	buf_puts(b, " <");
	put(b, str_from(e->commit.email));
	put_line(b, ">: ", str_from(e->commit.subject));
	if (e->former_path) {
		put_line(b, "    from ", str_from(e->former_path));
		put_line(b, "    to   ", str_from(e->path));
	}
	if (e->problem.n)
		put_line(b, "    ", e->problem);
	for (size_t i = 0; i < e->row.diff.change_count; i++)
		put_line(b, "    ", e->messages[i]);
	outline_coverage(&e->row, false, put_covered, b);
	put_drift(b, e);
}

static void put_timeline(struct buf *b, const struct timeline *t, int64_t now_s)
{
	put(b, t->target);
	if (!t->count) {
		buf_puts(b, ": no history");
	} else if (t->drift) {
		buf_puts(b, ": drifted since ");
		summary_since(b, t->drift->commit.time_s, t->drift->is_bound, now_s);
	}
	buf_char(b, '\n');
	for (size_t i = 0; i < t->count; i++)
		put_entry(b, &t->entries[i]);
	if (t->is_cut)
		buf_puts(b, "\nOlder history is not in this shallow clone.\n");
}

struct err *timelines_text(struct buf *b, const struct timelines *t)
{
	for (size_t i = 0; i < t->count; i++) {
		if (i)
			buf_char(b, '\n');
		put_timeline(b, &t->list[i], t->now_s);
	}
	if (!t->is_now_given)
		return NULL;
	buf_char(b, '\n');
	summary_as_of(b, t->now_s);
	return NULL;
}
