/* SPDX-License-Identifier: Apache-2.0 */
/* For a person: what is not as it should be, what it means, what to do. One line of totals ends it. */
#include <stdio.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "report/formats.h"
#include "report/outline.h"
#include "report/summary.h"

#define NAMES_SHOWN    5u /* behind the first */
#define FINDINGS_SHOWN 200u
#define CONTROLS_SHOWN 20u
#define TEXT_SHOWN     4000u /* bytes of one text */
#define TEXT_SIZE_MAX  ((size_t)1 << 20)

struct page {
	struct buf *b;
	const struct report_style *s;
	int64_t now_s;
	struct str told; /* the last advice to these targets: the same is not told again */
	const struct finding_group *above; /* whose targets the last heading named */
};

/* The one way of a text from outside into this format. */
static void put(const struct page *p, struct str s)
{
	struct str shown = utf8_prefix(s, TEXT_SHOWN);

	escape_terminal(p->b, shown);
	if (shown.n < s.n)
		buf_puts(p->b, " (cut)");
}

static void in_colour(const struct page *p, const char *code, const char *text)
{
	if (p->s->has_colour)
		buf_printf(p->b, "\033[%sm%s\033[0m", code, text);
	else
		buf_puts(p->b, text);
}

static const char *severity_colour(enum severity s)
{
	static const char *const codes[SEVERITY_COUNT] = {"2", "36", "33", "31", "1;31"};

	return codes[s];
}

static void begin_line(const struct page *p, const char *label)
{
	buf_printf(p->b, "            %-6s ", label);
}

static void put_line(const struct page *p, const char *label, struct str text)
{
	if (!text.n)
		return;
	begin_line(p, label);
	put(p, text);
	buf_char(p->b, '\n');
}

/* "prod and 299 more (staging, test, ...)" */
static void put_names(const struct page *p, const struct str *names, size_t n)
{
	put(p, names[0]);
	if (n < 2)
		return;
	buf_printf(p->b, " and %zu more (", n - 1);
	for (size_t i = 1; i < n && i <= NAMES_SHOWN; i++) {
		buf_puts(p->b, i > 1 ? ", " : "");
		put(p, names[i]);
	}
	buf_puts(p->b, n > 1 + NAMES_SHOWN ? ", ...)" : ")");
}

/* ---- a finding ---- */

/* Who let it pass, why, and until when. */
static void put_waiver(const struct page *p, const struct waiver *w)
{
	put_line(p, "waived", w->reason);
	begin_line(p, "until");
	put(p, w->expires_text);
	buf_puts(p->b, " (UTC), by ");
	put(p, w->owner);
	buf_printf(p->b, ", [%s ", w->is_ignore ? "ignore" : "waiver");
	put(p, w->name);
	buf_puts(p->b, "] in ");
	put(p, str_from(w->policy->file));
	buf_printf(p->b, ":%zu\n", w->line);
}

static void put_controls(const struct page *p, const struct policy_rule *rule)
{
	if (!rule->control_count)
		return;
	buf_puts(p->b, "            for   ");
	for (size_t i = 0; i < rule->control_count && i < CONTROLS_SHOWN; i++) {
		buf_char(p->b, ' ');
		put(p, rule->controls[i]);
	}
	buf_puts(p->b, rule->control_count > CONTROLS_SHOWN ? " ..." : "");
	buf_char(p->b, '\n');
}

static void put_place(const struct page *p, const struct finding_group *g)
{
	const struct finding *f = g->members[0];
	size_t others = group_other_places(g);

	if (!f->file.n)
		return;
	/* Of a reply the file is not the place: its line says which target was asked. */
	begin_line(p, f->class == CLASS_INCOMPLETE ? "target" : "at");
	put(p, f->file);
	buf_printf(p->b, ":%zu", f->line ? f->line : 1);
	if (others)
		buf_printf(p->b, ", and %zu other place%s", others, others == 1 ? "" : "s");
	buf_char(p->b, '\n');
}

static void put_since(const struct page *p, const struct finding_group *g)
{
	struct group_time t;

	if (!group_since(g, &t))
		return;
	begin_line(p, "since");
	summary_since(p->b, t.since_s, t.is_bound, p->now_s);
	buf_puts(p->b, t.differs ? "; some of them later\n" : "\n");
}

static void put_advice(struct page *p, struct str next)
{
	if (!str_eq(p->told, next))
		put_line(p, "do", next);
	p->told = next;
}

static bool has_same_targets(const struct finding_group *x, const struct finding_group *y)
{
	for (size_t i = 0; i < x->target_count && i < y->target_count; i++) {
		if (!str_eq(x->targets[i], y->targets[i]))
			return false;
	}
	return x->target_count == y->target_count;
}

/* A line of names above what concerns them, for findings that no line of targets is above of. */
static void put_heading(struct page *p, const struct finding_group *g)
{
	if (!g->target_count || (p->above && has_same_targets(p->above, g)))
		return;
	put_names(p, g->targets, g->target_count);
	buf_puts(p->b, ":\n");
	p->above = g;
	p->told = STR("");
}

/* Whom it concerns, where that is not all of those who are named above it. */
static void put_concerned(const struct page *p, const struct finding_group *g,
			  const struct target_group *within)
{
	if (!within || within->name_count == g->target_count)
		return;
	begin_line(p, "on");
	put_names(p, g->targets, g->target_count);
	buf_char(p->b, '\n');
}

/* The vendor's words differ from target to target, and so do RequestIds. */
static void put_example(const struct page *p, const struct finding_group *g)
{
	if (!group_shows_example(g))
		return;
	begin_line(p, "from");
	put(p, g->members[0]->target);
	buf_puts(p->b, ", as an example; --format json has all\n");
}

/* What asks nobody to do anything fits one line. */
static bool is_notice(const struct finding *f)
{
	return f->severity == SEVERITY_INFO && f->class != CLASS_INCOMPLETE &&
	       f->class != CLASS_DRIFT && !f->policy && !f->waived;
}

static void put_details(struct page *p, const struct finding_group *g)
{
	const struct finding *f = g->members[0];

	put_line(p, "means", f->meaning);
	if (f->approval != APPROVAL_GIVEN)
		put_advice(p, group_next(g));
	if (f->policy)
		put_controls(p, f->policy->rule);
	put_place(p, g);
	put_since(p, g);
	put_line(p, "code", f->api_code);
	if (f->class == CLASS_INCOMPLETE)
		put_line(p, "id", f->request_id);
	put_example(p, g);
}

static void put_finding(void *page, const struct finding_group *g,
			const struct target_group *within)
{
	struct page *p = page;
	const struct finding *f = g->members[0];
	char word[16];

	if (!within)
		put_heading(p, g);
	(void)snprintf(word, sizeof(word), "%-10s", summary_word(f));
	buf_puts(p->b, "  ");
	in_colour(p, finding_is_settled(f) ? "2" : severity_colour(f->severity), word);
	buf_puts(p->b, "  ");
	put(p, f->rule_text);
	if (f->waived || f->approval == APPROVAL_GIVEN)
		buf_printf(p->b, " (%s)", severity_name(f->severity));
	buf_puts(p->b, is_notice(f) ? ": " : "\n            ");
	put(p, group_message(g));
	buf_char(p->b, '\n');
	put_concerned(p, g, within);
	if (f->waived)
		put_waiver(p, f->waived);
	else if (!is_notice(f))
		put_details(p, g);
}

static void put_more_findings(void *page, size_t left_out)
{
	const struct page *p = page;

	buf_printf(p->b,
		   "  and %zu more findings of this target, none graver; --format json has them "
		   "all\n",
		   left_out);
}

static struct buf *text_of(void *page)
{
	return ((struct page *)page)->b;
}

static void put_left_out(void *page, size_t findings, size_t targets)
{
	const struct page *p = page;

	summary_left_out(p->b, findings, targets);
}

/* ---- targets ---- */

static void put_targets(void *page, const struct target_group *g)
{
	static const char *const codes[] = {
		[OUTCOME_EQUAL] = "32",        [OUTCOME_DRIFTED] = "1;31",
		[OUTCOME_INCOMPLETE] = "1;35", [OUTCOME_NO_BASELINE] = "1;31",
		[OUTCOME_CHANGED] = "1;33",    [OUTCOME_ADDED] = "1;32",
		[OUTCOME_REMOVED] = "1;31",
	};

	struct page *p = page;
	const struct result_target *t = g->rows[0];

	p->told = STR("");
	put_names(p, g->names, g->name_count);
	buf_puts(p->b, ": ");
	in_colour(p, codes[t->outcome], outcome_name(t->outcome));
	if (t->has_diff && t->diff.change_count)
		buf_printf(p->b, " (%s)", direction_name(t->diff.judgement.direction));
	buf_char(p->b, '\n');
}

static void put_covered(void *page, char mark, struct str line)
{
	const struct page *p = page;

	buf_printf(p->b, "  %c ", mark);
	put(p, line);
	buf_char(p->b, '\n');
}

static void begin_part(void *page, enum outline_part part)
{
	struct page *p = page;

	(void)part;
	p->told = STR("");
	p->above = NULL;
}

/* ---- totals ---- */

static void put_verdict(const struct page *p, const struct result *r)
{
	const char *code = "1;32";

	if (result_is_failed(r))
		code = "1;31";
	else if (result_is_incomplete(r))
		code = "1;35";
	in_colour(p, code, summary_verdict(r));
	if (summary_has_judged_by(r))
		buf_puts(p->b, "  ");
	summary_judged_by(p->b, r);
	buf_char(p->b, '\n');
}

/* What has to be approved, or was, and how. */
static void put_approval(const struct page *p, const struct result *r)
{
	struct buf command = BUF_INIT(1 << 20);

	if (r->review.approval == APPROVAL_NONE)
		return;
	summary_approval(p->b, r);
	buf_char(p->b, '\n');
	if (!summary_has_approve_command(r))
		return;
	summary_approve_command(&command, r);
	buf_puts(p->b, "    ");
	put(p, buf_view(&command));
	buf_char(p->b, '\n');
	p->b->failed_memory |= command.failed_memory;
	buf_free(&command);
}

static void put_totals(void *page, const struct result *r)
{
	const struct page *p = page;

	if (r->target_count)
		buf_char(p->b, '\n');
	summary_counts(p->b, r);
	buf_char(p->b, '\n');
	if (r->policies_note)
		buf_printf(p->b, "Policies are not judged: %s\n", r->policies_note);
	if (r->has_verdict)
		put_verdict(p, r);
	put_approval(p, r);
}

struct err *report_text(struct buf *b, const struct result *r, const struct report_style *s)
{
	static const enum outline_part parts[] = {OUTLINE_TARGETS, OUTLINE_SEVERAL, OUTLINE_RUN};
	static const struct emitter emitter = {
		.parts = parts,
		.part_count = ARRAY_LEN(parts),
		.findings_shown = FINDINGS_SHOWN,
		.begin_part = begin_part,
		.targets = put_targets,
		.covered = put_covered,
		.finding = put_finding,
		.more_findings = put_more_findings,
		.text = text_of,
		.text_max = TEXT_SIZE_MAX,
		.left_out = put_left_out,
		.end = put_totals,
	};
	struct page p = {.b = b, .s = s, .now_s = r->now_s};

	outline_walk(r, &emitter, &p);
	return NULL;
}
