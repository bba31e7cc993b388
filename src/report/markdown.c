/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For a comment on a pull request and for a step's summary: the answer first, then why. Built of
 * pieces, a finding or a target each. A piece that does not fit is left out whole and counted, so
 * that a comment is never cut inside of something.
 */
#include "base/utf8.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/groups.h"
#include "report/summary.h"

/*
 * GitHub takes 65,536 characters in a comment. Each section may use what those before it left, up to
 * its own limit, so that a long one does not silence the next. The rest is room for what is said of
 * pieces left out, and for what whoever posts it writes around it.
 */
#define HEAD_LIMIT     8000u
#define COVERAGE_LIMIT 54000u
static const size_t limits[SECTION_COUNT] = {
	[SECTION_INCOMPLETE] = 20000u,
	[SECTION_FINDINGS] = 44000u,
	[SECTION_WAIVED] = 62000u,
};

#define TEXT_SHOWN    800u /* bytes of one text */
#define TARGETS_NAMED 10u
#define PIECE_MAX     ((size_t)1 << 20)

struct page {
	struct buf *b;
	const struct report_style *s;
	struct buf piece;    /* not in b yet */
	struct str told;     /* the last advice in b: the same is not told again */
	const char *heading; /* of a section that has nothing in b yet; NULL: it is there */
};

/* The ways of a text from outside into this format: as prose, and as one piece of code. */
static void put(struct page *p, struct str s)
{
	struct str shown = utf8_prefix(s, TEXT_SHOWN);

	escape_markdown(&p->piece, shown);
	if (shown.n < s.n)
		buf_puts(&p->piece, " (cut)");
}

static void put_code(struct page *p, struct str s)
{
	struct str shown = utf8_prefix(s, TEXT_SHOWN);

	escape_markdown_code(&p->piece, shown);
	if (shown.n < s.n)
		buf_puts(&p->piece, " (cut)");
}

/* Puts the piece behind the rest if that stays below the limit. */
static bool take_piece(struct page *p, size_t limit)
{
	size_t heading = p->heading ? strlen(p->heading) + 8 : 0;
	bool fits = !p->piece.failed_ceiling && p->b->n + heading + p->piece.n <= limit;

	if (fits && p->heading) {
		buf_printf(p->b, "\n### %s\n\n", p->heading);
		p->heading = NULL;
	}
	if (fits)
		buf_str(p->b, buf_view(&p->piece));
	p->b->failed_memory |= p->piece.failed_memory;
	p->piece.failed_ceiling = false;
	buf_clear(&p->piece);
	return fits;
}

static void put_left_out(struct page *p, const struct result *r, size_t count, const char *what)
{
	if (!count)
		return;
	if (p->heading)
		buf_printf(p->b, "\n### %s\n", p->heading);
	buf_printf(
		p->b,
		"\n**Left out here, for a comment has a limit of size: %zu %s.** All of it is in "
		"the output of scandrift %s with the format text or json.\n",
		count, what, r->command);
	p->heading = NULL;
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

static void put_targets(struct page *p, const struct result *r, const struct group *g)
{
	if (g->target_count > 1)
		buf_printf(&p->piece, " on %zu targets:", g->target_count);
	else if (g->target_count)
		buf_puts(&p->piece, " on");
	for (size_t i = 0; i < g->target_count && i < TARGETS_NAMED; i++) {
		buf_puts(&p->piece, i ? ", " : " ");
		put_code(p, group_target(r, g, i));
	}
	if (g->target_count > TARGETS_NAMED)
		buf_printf(&p->piece, " and %zu more", g->target_count - TARGETS_NAMED);
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

static void put_group(struct page *p, const struct result *r, const struct group *g)
{
	const struct finding *f = g->members[0];

	buf_printf(&p->piece, "- **%s** ", summary_word(f));
	put_code(p, f->rule_text);
	if (f->waived)
		buf_printf(&p->piece, " (%s)", severity_name(f->severity));
	put_targets(p, r, g);
	if (f->file.n) {
		buf_puts(&p->piece, ", at ");
		put_place(p, f->file, f->line);
	}
	buf_char(&p->piece, '\n');
	put_line(p, "Found", f->message);
	if (f->waived) {
		put_waiver(p, f->waived);
		return;
	}
	put_line(p, "Means", f->meaning);
	if (!str_eq(p->told, f->next))
		put_line(p, "Do", f->next);
	if (f->policy)
		put_controls(p, f->policy->rule);
	put_line(p, "Code", f->api_code);
	if (f->class == CLASS_INCOMPLETE)
		put_line(p, "RequestId", f->request_id);
}

static void put_section(struct page *p, const struct result *r, const struct groups *groups,
			enum section s)
{
	static const char *const headings[SECTION_COUNT] = {
		[SECTION_INCOMPLETE] = "Not judged",
		[SECTION_FINDINGS] = "Findings",
		[SECTION_WAIVED] = "Waived or approved: let pass, and not counted",
	};
	size_t left_out = 0;

	p->heading = headings[s];
	p->told = STR("");
	for (size_t i = 0; i < groups->count; i++) {
		if (groups->list[i].section != s)
			continue;
		put_group(p, r, &groups->list[i]);
		if (take_piece(p, limits[s]))
			p->told = groups->list[i].members[0]->next;
		else
			left_out++;
	}
	put_left_out(p, r, left_out, s == SECTION_WAIVED ? "waived findings" : "findings");
}

/* In a fence: no text has the sign that could end it. */
static void put_covered(void *ctx, char mark, struct str line)
{
	struct page *p = ctx;

	buf_printf(&p->piece, "%c ", mark);
	escape_markdown_raw(&p->piece, utf8_prefix(line, TEXT_SHOWN));
	buf_char(&p->piece, '\n');
}

static void put_names(struct page *p, const struct result_target *t)
{
	put_code(p, t->name);
	for (size_t i = 1; i < t->name_count && i < TARGETS_NAMED; i++) {
		buf_puts(&p->piece, ", ");
		put_code(p, t->names[i]);
	}
	if (t->name_count > TARGETS_NAMED)
		buf_printf(&p->piece, " and %zu more", t->name_count - TARGETS_NAMED);
}

static void put_coverage(struct page *p, const struct result *r)
{
	size_t left_out = 0;

	p->heading = "What is scanned: before (-), now (+), both";
	for (size_t i = 0; i < r->target_count; i++) {
		const struct result_target *t = &r->targets[i];

		if (!summary_has_coverage(t))
			continue;
		put_names(p, t);
		buf_printf(&p->piece, ": %s", outcome_name(t->outcome));
		if (t->has_diff && t->diff.change_count)
			buf_printf(&p->piece, " (%s)", direction_name(t->diff.judgement.direction));
		buf_puts(&p->piece, "\n\n```diff\n");
		summary_coverage(t, put_covered, p);
		buf_puts(&p->piece, "```\n\n");
		left_out += !take_piece(p, COVERAGE_LIMIT);
	}
	put_left_out(p, r, left_out, "targets");
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
	if (r->review.approval == APPROVAL_NEEDED) {
		buf_clear(&text);
		summary_approve_command(&text, r);
		buf_char(&p->piece, '\n');
		put_code(p, buf_view(&text));
		buf_char(&p->piece, '\n');
	}
	p->piece.failed_memory |= text.failed_memory;
	buf_free(&text);
}

static void put_head(struct page *p, const struct result *r)
{
	p->heading = NULL;
	buf_printf(&p->piece, "## scandrift %s", r->command);
	if (r->has_verdict)
		buf_printf(&p->piece, ": %s", summary_verdict(r));
	buf_puts(&p->piece, "\n\n**");
	summary_counts(&p->piece, r);
	buf_puts(&p->piece, "**\n");
	if (r->commit.n || r->is_now_given) {
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
	(void)take_piece(p, HEAD_LIMIT);
}

struct err *report_markdown(struct buf *b, const struct result *r, const struct report_style *s)
{
	struct page p = {.b = b, .s = s, .piece = BUF_INIT(PIECE_MAX)};
	struct groups groups;

	TRY(groups_new(r, &groups));
	put_head(&p, r);
	put_section(&p, r, &groups, SECTION_INCOMPLETE);
	put_section(&p, r, &groups, SECTION_FINDINGS);
	put_coverage(&p, r);
	put_section(&p, r, &groups, SECTION_WAIVED);
	groups_free(&groups);
	buf_free(&p.piece);
	return NULL;
}
