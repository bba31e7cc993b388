/* SPDX-License-Identifier: Apache-2.0 */
/* For a person: what is not as it should be, what it means, what to do. One line of totals ends it. */
#include <stdio.h>
#include <stdlib.h>

#include "base/escape.h"
#include "report/alike.h"
#include "report/formats.h"
#include "report/summary.h"

#define NAMES_SHOWN    5u
#define FINDINGS_SHOWN 200u /* of one target: a reply may have a million unknown fields */

struct page {
	struct buf *b;
	const struct report_style *s;
	int64_t now_s;
	struct str told; /* the last advice to this target: the same is not told again */
};

/* The one way of a text from outside into this format. */
static void put(const struct page *p, struct str s)
{
	escape_terminal(p->b, s);
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

static void put_place(const struct page *p, const struct finding *f)
{
	if (!f->file.n)
		return;
	buf_puts(p->b, "            at     ");
	put(p, f->file);
	buf_printf(p->b, ":%zu\n", f->line ? f->line : 1);
}

static void put_line(const struct page *p, const char *label, struct str text)
{
	if (!text.n)
		return;
	buf_printf(p->b, "            %-6s ", label);
	put(p, text);
	buf_char(p->b, '\n');
}

/* Who let it pass, why, and until when. */
static void put_waiver(const struct page *p, const struct waiver *w)
{
	put_line(p, "waived", w->reason);
	buf_printf(p->b, "            until  %s (UTC), by ", w->expires_text.p);
	put(p, w->owner);
	buf_printf(p->b, ", [%s %s] in ", w->is_ignore ? "ignore" : "waiver", w->name.p);
	put(p, str_from(w->policy->file));
	buf_printf(p->b, ":%zu\n", w->line);
}

static void put_controls(const struct page *p, const struct policy_rule *rule)
{
	if (!rule->control_count)
		return;
	buf_puts(p->b, "            for   ");
	for (size_t i = 0; i < rule->control_count; i++) {
		buf_char(p->b, ' ');
		put(p, rule->controls[i]);
	}
	buf_char(p->b, '\n');
}

/* What asks nobody to do anything fits one line. */
static bool is_notice(const struct finding *f)
{
	return f->severity == SEVERITY_INFO && f->class != CLASS_INCOMPLETE &&
	       f->class != CLASS_DRIFT && !f->policy && !f->waived;
}

static void put_advice(struct page *p, struct str next)
{
	if (!str_eq(p->told, next))
		put_line(p, "do", next);
	p->told = next;
}

static void put_finding(struct page *p, const struct finding *f)
{
	char word[16];

	(void)snprintf(word, sizeof(word), "%-10s", summary_word(f));
	buf_puts(p->b, "  ");
	in_colour(p, finding_is_settled(f) ? "2" : severity_colour(f->severity), word);
	buf_puts(p->b, "  ");
	put(p, f->rule_text);
	if (f->waived || f->approval == APPROVAL_GIVEN)
		buf_printf(p->b, " (%s)", severity_name(f->severity));
	buf_puts(p->b, is_notice(f) ? ": " : "\n            ");
	put(p, f->message);
	buf_char(p->b, '\n');
	if (is_notice(f))
		return;
	if (f->waived) {
		put_waiver(p, f->waived);
		return;
	}
	put_line(p, "means", f->meaning);
	if (f->approval != APPROVAL_GIVEN)
		put_advice(p, f->next);
	if (f->policy)
		put_controls(p, f->policy->rule);
	put_place(p, f);
	if (f->has_since) {
		buf_printf(p->b, "            %-6s ", "since");
		summary_since(p->b, f->since_s, p->now_s);
		buf_char(p->b, '\n');
	}
	if (f->api_code.n)
		put_line(p, "code", f->api_code);
	if (f->class == CLASS_INCOMPLETE)
		put_line(p, "id", f->request_id);
}

static void put_covered(void *ctx, char mark, struct str line)
{
	const struct page *p = ctx;

	buf_printf(p->b, "  %c ", mark);
	put(p, line);
	buf_char(p->b, '\n');
}

static int by_target(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;
	int c = str_cmp((*x)->target, (*y)->target);

	/* Within a target they keep their order. */
	return c ? c : (*x > *y) - (*x < *y);
}

/* All findings, those of one target together. NULL when memory is at its end. */
static const struct finding **group_findings(const struct result *r)
{
	const struct finding **list =
		reallocarray(NULL, r->findings.n + 1, sizeof(const struct finding *));

	for (size_t i = 0; list && i < r->findings.n; i++)
		list[i] = &r->findings.v[i];
	if (list)
		qsort(list, r->findings.n, sizeof(const struct finding *), by_target);
	return list;
}

/* What counts, the gravest, and of those what is known to scan less. */
static unsigned weight(const struct finding *f)
{
	bool is_weakened = f->change && f->change->direction == DIR_WEAKENED;

	return (finding_is_settled(f) ? 0 : 64) + 2 * (unsigned)f->severity + is_weakened;
}

static int by_weight(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;
	unsigned x_weight = weight(*x), y_weight = weight(*y);

	return x_weight != y_weight ? (x_weight < y_weight) - (x_weight > y_weight)
				    : (*x > *y) - (*x < *y);
}

/* All of one target; of very many the gravest, and how many there are. */
static void put_findings(struct page *p, const struct finding **list, size_t n)
{
	size_t shown = n < FINDINGS_SHOWN ? n : FINDINGS_SHOWN;

	if (shown < n)
		qsort(list, n, sizeof(const struct finding *), by_weight);
	for (size_t i = 0; i < shown; i++)
		put_finding(p, list[i]);
	if (shown < n)
		buf_printf(p->b,
			   "  and %zu more findings of this target, none graver; --format json "
			   "has them all\n",
			   n - shown);
}

/* The names that a row speaks for: the first ones, and how many there are. */
struct names {
	struct str shown[1 + NAMES_SHOWN];
	size_t n;
};

static void add_name(struct names *names, struct str name)
{
	if (names->n < ARRAY_LEN(names->shown))
		names->shown[names->n] = name;
	names->n++;
}

static struct names names_of(const struct result *r, const struct alike *alike, size_t row)
{
	const struct result_target *t = &r->targets[row];
	struct names names = {.n = 0};

	if (t->name_count > 1) {
		for (size_t i = 0; i < t->name_count; i++)
			add_name(&names, t->names[i]);
		return names;
	}
	for (size_t i = row; i != ALIKE_END; i = alike->next[i])
		add_name(&names, r->targets[i].name);
	return names;
}

/* "prod and 299 more (staging, test, ...)" */
static void put_names(const struct page *p, const struct names *names)
{
	put(p, names->shown[0]);
	if (names->n < 2)
		return;
	buf_printf(p->b, " and %zu more (", names->n - 1);
	for (size_t i = 1; i < names->n && i < ARRAY_LEN(names->shown); i++) {
		buf_puts(p->b, i > 1 ? ", " : "");
		put(p, names->shown[i]);
	}
	buf_puts(p->b, names->n > ARRAY_LEN(names->shown) ? ", ...)" : ")");
}

static void put_target(struct page *p, const struct result *r, const struct finding **list,
		       const struct alike *alike, size_t row)
{
	static const char *const codes[] = {
		[OUTCOME_EQUAL] = "32",        [OUTCOME_DRIFTED] = "1;31",
		[OUTCOME_INCOMPLETE] = "1;35", [OUTCOME_NO_BASELINE] = "1;31",
		[OUTCOME_CHANGED] = "1;33",    [OUTCOME_ADDED] = "1;32",
		[OUTCOME_REMOVED] = "1;31",
	};

	const struct result_target *t = &r->targets[row];
	struct names names = names_of(r, alike, row);
	size_t first, n;

	p->told = STR("");
	put_names(p, &names);
	buf_puts(p->b, ": ");
	in_colour(p, codes[t->outcome], outcome_name(t->outcome));
	if (t->has_diff && t->diff.change_count)
		buf_printf(p->b, " (%s)", direction_name(t->diff.judgement.direction));
	buf_char(p->b, '\n');
	if (summary_has_coverage(t))
		summary_coverage(t, put_covered, p);
	first = alike_findings(r, list, t->name, &n);
	put_findings(p, list + first, n);
}

static void put_verdict(const struct page *p, const struct result *r)
{
	const char *code = "1;32";

	if (result_is_failed(r))
		code = "1;31";
	else if (result_is_incomplete(r))
		code = "1;35";
	in_colour(p, code, summary_verdict(r));
	if (r->commit.n || r->is_now_given)
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
	if (r->review.approval != APPROVAL_NEEDED)
		return;
	summary_approve_command(&command, r);
	buf_puts(p->b, "    ");
	put(p, buf_view(&command));
	buf_char(p->b, '\n');
	p->b->failed_memory |= command.failed_memory;
	buf_free(&command);
}

/* Of the run as a whole, or of a target that a review has nothing else to say of. */
static bool has_no_row(const struct result *r, const struct finding *f)
{
	return !f->target.n || (f->class == CLASS_APPROVAL && !result_row(r, f));
}

struct err *report_text(struct buf *b, const struct result *r, const struct report_style *s)
{
	struct page p = {.b = b, .s = s, .now_s = r->now_s};
	const struct finding **list = group_findings(r);

	struct alike alike = {0};
	struct err *e = list ? alike_new(r, list, &alike) : err_nomem();

	for (size_t i = 0; !e && i < r->target_count; i++) {
		if (!alike.is_told[i])
			put_target(&p, r, list, &alike, i);
	}
	alike_free(&alike);
	free(list);
	if (e)
		return e;
	p.told = STR("");
	for (size_t i = 0; i < r->findings.n; i++) {
		if (has_no_row(r, &r->findings.v[i]))
			put_finding(&p, &r->findings.v[i]);
	}
	if (r->target_count)
		buf_char(b, '\n');
	summary_counts(b, r);
	buf_char(b, '\n');
	if (r->policies_note)
		buf_printf(b, "Policies are not judged: %s\n", r->policies_note);
	if (r->has_verdict)
		put_verdict(&p, r);
	put_approval(&p, r);
	return NULL;
}
