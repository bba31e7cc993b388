/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GitHub's workflow commands: each finding at its line in the pull request. The runner shows ten
 * commands of a kind in a step and drops the rest without a word, so the rest is told as text.
 */
#include "base/escape.h"
#include "base/utf8.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/outline.h"
#include "report/summary.h"

#define SHOWN_OF_A_KIND 10u
#define TARGETS_NAMED   10u
#define TEXT_SHOWN      1000u /* bytes of one text */

/* Together at most 1 MiB. */
#define ANNOTATIONS_SIZE_MAX ((size_t)128 << 10)
#define REST_SIZE_MAX        ((size_t)880 << 10)

enum kind { KIND_ERROR, KIND_WARNING, KIND_NOTICE, KIND_COUNT };

static const char *const kind_names[KIND_COUNT] = {"error", "warning", "notice"};

static enum kind kind_of(const struct finding *f)
{
	static const enum kind kinds[SEVERITY_COUNT] = {
		[SEVERITY_INFO] = KIND_NOTICE,    [SEVERITY_LOW] = KIND_NOTICE,
		[SEVERITY_MEDIUM] = KIND_WARNING, [SEVERITY_HIGH] = KIND_ERROR,
		[SEVERITY_CRITICAL] = KIND_ERROR,
	};

	return f->class == CLASS_INCOMPLETE ? KIND_ERROR : kinds[f->severity];
}

struct page {
	struct buf *b;
	size_t shown[KIND_COUNT];
	struct buf rest; /* as text: what is not annotated, and what is let pass */
	size_t more;     /* of the first */
	bool is_settled; /* such a part comes now */
};

enum as { AS_TEXT, AS_DATA, AS_PROPERTY };

/* The one way of a text from outside into this format. */
static void put(struct buf *b, enum as as, struct str s)
{
	static void (*const escapes[])(struct buf *, struct str) = {
		[AS_TEXT] = escape_terminal,
		[AS_DATA] = escape_workflow_data,
		[AS_PROPERTY] = escape_workflow_property,
	};

	struct str shown = utf8_prefix(s, TEXT_SHOWN);

	escapes[as](b, shown);
	if (shown.n < s.n)
		buf_puts(b, " (cut)");
}

static void put_names(struct buf *b, const struct finding_group *g, enum as as)
{
	if (g->target_count > 1)
		buf_printf(b, "%zu targets, ", g->target_count);
	for (size_t i = 0; i < g->target_count && i < TARGETS_NAMED; i++) {
		buf_puts(b, i ? ", " : "");
		put(b, as, g->targets[i]);
	}
	if (g->target_count > TARGETS_NAMED)
		buf_printf(b, " and %zu more", g->target_count - TARGETS_NAMED);
	if (g->target_count)
		buf_puts(b, ": ");
}

/* Lines of an annotation follow each other in the command. */
static void put_next_line(struct buf *b, const char *label, struct str s)
{
	if (!s.n)
		return;
	buf_printf(b, "%%0A%s: ", label);
	put(b, AS_DATA, s);
}

static void put_command(struct buf *b, const struct finding_group *g)
{
	const struct finding *f = g->members[0];

	buf_printf(b, "::%s ", kind_names[kind_of(f)]);
	if (f->file.n) {
		buf_puts(b, "file=");
		put(b, AS_PROPERTY, f->file);
		buf_printf(b, ",line=%zu,", f->line ? f->line : 1);
	}
	buf_puts(b, "title=");
	put(b, AS_PROPERTY, f->rule_text);
	buf_printf(b, " (%s)::", summary_word(f));
	put_names(b, g, AS_DATA);
	put(b, AS_DATA, group_message(g));
	put_next_line(b, "Means", f->meaning);
	put_next_line(b, "Do", group_next(g));
	put_next_line(b, "Code", f->api_code);
	if (f->class == CLASS_INCOMPLETE)
		put_next_line(b, "RequestId", f->request_id);
	if (group_shows_example(g))
		put_next_line(b, "From, as an example", f->target);
	buf_char(b, '\n');
}

static void put_as_text(struct buf *b, const struct finding_group *g)
{
	const struct finding *f = g->members[0];

	buf_printf(b, "%s  ", summary_word(f));
	put(b, AS_TEXT, f->rule_text);
	buf_puts(b, "  ");
	put_names(b, g, AS_TEXT);
	put(b, AS_TEXT, group_message(g));
	if (f->waived) {
		buf_puts(b, "; reason: ");
		put(b, AS_TEXT, f->waived->reason);
		buf_puts(b, "; until ");
		put(b, AS_TEXT, f->waived->expires_text);
		buf_puts(b, ", by ");
		put(b, AS_TEXT, f->waived->owner);
	}
	buf_char(b, '\n');
}

static void begin_part(void *page, enum outline_part part)
{
	struct page *p = page;

	p->is_settled = part == OUTLINE_SETTLED;
}

static void put_finding(void *page, const struct finding_group *g,
			const struct target_group *within)
{
	struct page *p = page;
	size_t start = p->b->n;

	(void)within;
	if (!p->is_settled && p->shown[kind_of(g->members[0])]++ < SHOWN_OF_A_KIND) {
		put_command(p->b, g);
		if (p->b->n <= ANNOTATIONS_SIZE_MAX)
			return;
		buf_cut(p->b, start);
	}
	p->more += !p->is_settled;
	put_as_text(&p->rest, g);
}

/* Annotations are few; the list of the others is what may be long. */
static struct buf *text_of(void *page)
{
	return &((struct page *)page)->rest;
}

static void put_left_out(void *page, size_t findings, size_t targets)
{
	struct page *p = page;

	summary_left_out(&p->rest, findings, targets);
}

static void put_rest(struct page *p)
{
	if (p->more)
		buf_printf(p->b,
			   "Not annotated, for GitHub shows %u of a kind in a step: %zu more, as "
			   "text\n",
			   SHOWN_OF_A_KIND, p->more);
	buf_str(p->b, buf_view(&p->rest));
	p->b->failed_memory |= p->rest.failed_memory;
	p->b->failed_ceiling |= p->rest.failed_ceiling;
}

static void put_approval(struct buf *b, const struct result *r)
{
	struct buf command = BUF_INIT(1 << 20);

	if (r->review.approval == APPROVAL_NONE)
		return;
	summary_approval(b, r);
	buf_char(b, '\n');
	if (summary_has_approve_command(r)) {
		summary_approve_command(&command, r);
		buf_puts(b, "To approve: ");
		put(b, AS_TEXT, buf_view(&command));
		buf_char(b, '\n');
	}
	b->failed_memory |= command.failed_memory;
	buf_free(&command);
}

static void put_end(void *page, const struct result *r)
{
	struct page *p = page;
	struct buf *b = p->b;

	put_rest(p);
	buf_printf(b, "scandrift %s: ", r->command);
	if (r->has_verdict)
		buf_printf(b, "%s: ", summary_verdict(r));
	summary_counts(b, r);
	if (summary_has_judged_by(r))
		buf_puts(b, "; ");
	summary_judged_by(b, r);
	buf_char(b, '\n');
	put_approval(b, r);
	if (r->policies_note) {
		buf_puts(b, "Policies are not judged: ");
		put(b, AS_TEXT, str_from(r->policies_note));
		buf_char(b, '\n');
	}
}

struct err *report_github(struct buf *b, const struct result *r, const struct report_style *s)
{
	static const enum outline_part parts[] = {OUTLINE_INCOMPLETE, OUTLINE_FINDINGS,
						  OUTLINE_SETTLED};
	static const struct emitter emitter = {
		.parts = parts,
		.part_count = ARRAY_LEN(parts),
		.begin_part = begin_part,
		.finding = put_finding,
		.end = put_end,
		.text = text_of,
		.text_max = REST_SIZE_MAX,
		.left_out = put_left_out,
	};
	struct page p = {.b = b, .rest = BUF_INIT(b->max)};

	(void)s;
	outline_walk(r, &emitter, &p);
	buf_free(&p.rest);
	return NULL;
}
