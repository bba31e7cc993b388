/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For a comment on a pull request and for a step's summary: the answer first, then why. Built of
 * pieces, a finding or a target each. A piece that does not fit is left out whole and counted, so
 * that a comment is never cut inside of something.
 */
#include "base/utf8.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/outline.h"
#include "report/summary.h"

/*
 * GitHub takes 65,536 characters in a comment. Each section may use what those before it left, up to
 * its own limit, so that a long one does not silence the next. The rest is room for what is said of
 * pieces left out, and for what whoever posts it writes around it.
 */
#define HEAD_LIMIT 8000u

static const struct part {
	const char *heading;
	size_t limit;
	const char *of; /* what is left out */
} parts[] = {
	[OUTLINE_INCOMPLETE] = {"Not judged", 20000u, "findings"},
	[OUTLINE_FINDINGS] = {"Findings", 44000u, "findings"},
	[OUTLINE_COVERAGE] = {"What is scanned: before (-), now (+), both", 54000u, "targets"},
	[OUTLINE_SETTLED] = {"Waived or approved: let pass, and not counted", 62000u,
			     "waived findings"},
};

#define TEXT_SHOWN    800u /* bytes of one text */
#define TARGETS_NAMED 10u
#define PIECE_MAX     ((size_t)1 << 20)

struct page {
	struct buf *b;
	const char *command;
	struct buf piece;        /* not in b yet */
	struct str told;         /* the last advice in b: the same is not told again */
	const struct part *part; /* which one comes now; NULL: the head */
	bool has_heading;        /* it is in b */
	size_t left_out;         /* of the part */
};

enum as { AS_PROSE, AS_CODE, IN_FENCE };

/* The one way of a text from outside into this format. */
static void put_as(struct page *p, enum as as, struct str s)
{
	static void (*const escapes[])(struct buf *, struct str) = {
		[AS_PROSE] = escape_markdown,
		[AS_CODE] = escape_markdown_code,
		[IN_FENCE] = escape_markdown_raw,
	};
	struct str shown = utf8_prefix(s, TEXT_SHOWN);

	escapes[as](&p->piece, shown);
	if (shown.n < s.n)
		buf_puts(&p->piece, " (cut)");
}

static void put(struct page *p, struct str s)
{
	put_as(p, AS_PROSE, s);
}

static void put_code(struct page *p, struct str s)
{
	put_as(p, AS_CODE, s);
}

static void put_heading(struct page *p, const char *end)
{
	if (p->part && !p->has_heading)
		buf_printf(p->b, "\n### %s\n%s", p->part->heading, end);
	p->has_heading = true;
}

/* Puts the piece behind the rest if that stays below the limit. */
static bool take_piece(struct page *p)
{
	size_t limit = p->part ? p->part->limit : HEAD_LIMIT;
	size_t heading = p->part && !p->has_heading ? strlen(p->part->heading) + 8 : 0;
	bool fits = !p->piece.failed_ceiling && p->b->n + heading + p->piece.n <= limit;

	if (fits) {
		put_heading(p, "\n");
		buf_str(p->b, buf_view(&p->piece));
	}
	p->left_out += !fits;
	p->b->failed_memory |= p->piece.failed_memory;
	p->piece.failed_ceiling = false;
	buf_clear(&p->piece);
	return fits;
}

static void begin_part(void *page, enum outline_part which)
{
	struct page *p = page;

	p->part = &parts[which];
	p->has_heading = false;
	p->told = STR("");
	p->left_out = 0;
}

static void end_part(void *page, enum outline_part which)
{
	struct page *p = page;

	(void)which;
	if (!p->left_out)
		return;
	put_heading(p, "");
	buf_printf(
		p->b,
		"\n**Left out here, for a comment has a limit of size: %zu %s.** All of it is in "
		"the output of scandrift %s with the format text or json.\n",
		p->left_out, p->part->of, p->command);
}

static void put_line(struct page *p, const char *label, struct str text)
{
	if (!text.n)
		return;
	buf_printf(&p->piece, "  - %s: ", label);
	put(p, text);
	buf_char(&p->piece, '\n');
}

/* `file:7` */
static void put_place(struct page *p, struct str file, size_t line)
{
	struct buf place = BUF_INIT(PIECE_MAX);

	buf_printf(&place, "%.*s:%zu", STR_ARG(file), line ? line : 1);
	put_code(p, buf_view(&place));
	p->piece.failed_memory |= place.failed_memory;
	buf_free(&place);
}

static void put_names(struct page *p, const struct str *names, size_t n)
{
	for (size_t i = 0; i < n && i < TARGETS_NAMED; i++) {
		buf_puts(&p->piece, i ? ", " : "");
		put_code(p, names[i]);
	}
	if (n > TARGETS_NAMED)
		buf_printf(&p->piece, " and %zu more", n - TARGETS_NAMED);
}

static void put_controls(struct page *p, const struct policy_rule *rule)
{
	if (!rule->control_count)
		return;
	buf_puts(&p->piece, "  - Controls:");
	for (size_t i = 0; i < rule->control_count; i++) {
		buf_char(&p->piece, ' ');
		put_code(p, rule->controls[i]);
	}
	buf_char(&p->piece, '\n');
}

static void put_waiver(struct page *p, const struct waiver *w)
{
	put_line(p, "Reason", w->reason);
	buf_puts(&p->piece, "  - Until ");
	put_code(p, w->expires_text);
	buf_puts(&p->piece, " (UTC), by ");
	put_code(p, w->owner);
	buf_printf(&p->piece, ", %s ", w->is_ignore ? "ignore" : "waiver");
	put_code(p, w->name);
	buf_puts(&p->piece, " in ");
	put_place(p, str_from(w->policy->file), w->line);
	buf_char(&p->piece, '\n');
}

static void put_concerned(struct page *p, const struct finding_group *g)
{
	const struct finding *f = g->members[0];
	size_t others = group_other_places(g);

	if (g->target_count > 1)
		buf_printf(&p->piece, " on %zu targets: ", g->target_count);
	else if (g->target_count)
		buf_puts(&p->piece, " on ");
	put_names(p, g->targets, g->target_count);
	if (!f->file.n)
		return;
	buf_puts(&p->piece, f->class == CLASS_INCOMPLETE ? ", target at " : ", at ");
	put_place(p, f->file, f->line);
	if (others)
		buf_printf(&p->piece, " and %zu other place%s", others, others == 1 ? "" : "s");
}

static void put_example(struct page *p, const struct finding_group *g)
{
	if (!group_shows_example(g))
		return;
	buf_puts(&p->piece, "  - From ");
	put_code(p, g->members[0]->target);
	buf_puts(&p->piece, ", as an example; the format json has all\n");
}

static void put_details(struct page *p, const struct finding_group *g)
{
	const struct finding *f = g->members[0];

	put_line(p, "Means", f->meaning);
	if (!str_eq(p->told, group_next(g)))
		put_line(p, "Do", group_next(g));
	if (f->policy)
		put_controls(p, f->policy->rule);
	put_line(p, "Code", f->api_code);
	if (f->class == CLASS_INCOMPLETE)
		put_line(p, "RequestId", f->request_id);
	put_example(p, g);
}

static void put_finding(void *page, const struct finding_group *g,
			const struct target_group *within)
{
	struct page *p = page;
	const struct finding *f = g->members[0];

	(void)within;
	buf_printf(&p->piece, "- **%s** ", summary_word(f));
	put_code(p, f->rule_text);
	if (f->waived)
		buf_printf(&p->piece, " (%s)", severity_name(f->severity));
	put_concerned(p, g);
	buf_char(&p->piece, '\n');
	put_line(p, "Found", group_message(g));
	if (f->waived)
		put_waiver(p, f->waived);
	else
		put_details(p, g);
	if (take_piece(p))
		p->told = group_next(g);
}

static void put_targets(void *page, const struct target_group *g)
{
	struct page *p = page;
	const struct result_target *t = g->rows[0];

	put_names(p, g->names, g->name_count);
	buf_printf(&p->piece, ": %s", outcome_name(t->outcome));
	if (t->has_diff && t->diff.change_count)
		buf_printf(&p->piece, " (%s)", direction_name(t->diff.judgement.direction));
	buf_puts(&p->piece, "\n\n```diff\n");
}

/* In a fence: no text has the sign that could end it. */
static void put_covered(void *page, char mark, struct str line)
{
	struct page *p = page;

	buf_printf(&p->piece, "%c ", mark);
	put_as(p, IN_FENCE, line);
	buf_char(&p->piece, '\n');
}

static void end_targets(void *page)
{
	struct page *p = page;

	buf_puts(&p->piece, "```\n\n");
	(void)take_piece(p);
}

/* The digest and the command that approves, each as one piece of code. */
static void put_approval(struct page *p, const struct result *r)
{
	struct buf text = BUF_INIT(PIECE_MAX);

	if (r->review.approval == APPROVAL_NONE)
		return;
	summary_approval(&text, r);
	buf_char(&p->piece, '\n');
	put(p, buf_view(&text));
	buf_puts(&p->piece, "\n");
	if (summary_has_approve_command(r)) {
		buf_clear(&text);
		summary_approve_command(&text, r);
		buf_char(&p->piece, '\n');
		put_code(p, buf_view(&text));
		buf_char(&p->piece, '\n');
	}
	p->piece.failed_memory |= text.failed_memory;
	buf_free(&text);
}

static void put_head(void *page, const struct result *r)
{
	struct page *p = page;

	buf_printf(&p->piece, "## scandrift %s", r->command);
	if (r->has_verdict)
		buf_printf(&p->piece, ": %s", summary_verdict(r));
	buf_puts(&p->piece, "\n\n**");
	summary_counts(&p->piece, r);
	buf_puts(&p->piece, "**\n");
	if (summary_has_judged_by(r)) {
		struct buf by = BUF_INIT(PIECE_MAX);

		summary_judged_by(&by, r);
		buf_puts(&p->piece, "\nThis was ");
		put(p, buf_view(&by));
		buf_char(&p->piece, '\n');
		p->piece.failed_memory |= by.failed_memory;
		buf_free(&by);
	}
	put_approval(p, r);
	if (r->policies_note) {
		buf_puts(&p->piece, "\nPolicies are not judged: ");
		put(p, str_from(r->policies_note));
		buf_char(&p->piece, '\n');
	}
	(void)take_piece(p);
}

struct err *report_markdown(struct buf *b, const struct result *r, const struct report_style *s)
{
	static const enum outline_part order[] = {OUTLINE_INCOMPLETE, OUTLINE_FINDINGS,
						  OUTLINE_COVERAGE, OUTLINE_SETTLED};
	static const struct emitter emitter = {
		.parts = order,
		.part_count = ARRAY_LEN(order),
		.begin = put_head,
		.begin_part = begin_part,
		.targets = put_targets,
		.covered = put_covered,
		.end_targets = end_targets,
		.finding = put_finding,
		.end_part = end_part,
	};
	struct page p = {.b = b, .command = r->command, .piece = BUF_INIT(PIECE_MAX)};

	(void)s;
	outline_walk(r, &emitter, &p);
	buf_free(&p.piece);
	return NULL;
}
