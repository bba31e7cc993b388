/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GitHub's workflow commands: each finding at its line in the pull request. The runner shows ten
 * commands of a kind in a step and drops the rest without a word, so the rest is told as text.
 */
#include "base/escape.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/groups.h"
#include "report/summary.h"

#define SHOWN_OF_A_KIND 10u
#define TARGETS_NAMED   10u

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

/* Where a text goes: into the data of a command, or on a line of its own. */
typedef void put_text(struct buf *b, struct str s);

static void put_plain(struct buf *b, struct str s)
{
	escape_terminal(b, s);
}

static void put_targets(struct buf *b, const struct result *r, const struct group *g, put_text *put)
{
	if (g->target_count > 1)
		buf_printf(b, "%zu targets, ", g->target_count);
	for (size_t i = 0; i < g->target_count && i < TARGETS_NAMED; i++) {
		buf_puts(b, i ? ", " : "");
		put(b, group_target(r, g, i));
	}
	if (g->target_count > TARGETS_NAMED)
		buf_printf(b, " and %zu more", g->target_count - TARGETS_NAMED);
	if (g->target_count)
		buf_puts(b, ": ");
}

/* Lines of an annotation stand behind each other in the command. */
static void put_next_line(struct buf *b, const char *label, struct str s)
{
	if (!s.n)
		return;
	buf_printf(b, "%%0A%s: ", label);
	escape_workflow_data(b, s);
}

static void put_command(struct buf *b, const struct result *r, const struct group *g)
{
	const struct finding *f = g->members[0];

	buf_printf(b, "::%s ", kind_names[kind_of(f)]);
	if (f->file.n) {
		buf_puts(b, "file=");
		escape_workflow_property(b, f->file);
		buf_printf(b, ",line=%zu,", f->line ? f->line : 1);
	}
	buf_puts(b, "title=");
	escape_workflow_property(b, f->rule_text);
	buf_printf(b, " (%s)::", summary_word(f));
	put_targets(b, r, g, escape_workflow_data);
	escape_workflow_data(b, f->message);
	put_next_line(b, "Means", f->meaning);
	put_next_line(b, "Do", f->next);
	put_next_line(b, "Code", f->api_code);
	if (f->class == CLASS_INCOMPLETE)
		put_next_line(b, "RequestId", f->request_id);
	buf_char(b, '\n');
}

static void put_as_text(struct buf *b, const struct result *r, const struct group *g)
{
	const struct finding *f = g->members[0];

	buf_printf(b, "%s  ", summary_word(f));
	put_plain(b, f->rule_text);
	buf_puts(b, "  ");
	put_targets(b, r, g, put_plain);
	put_plain(b, f->message);
	if (f->waived) {
		buf_puts(b, "; reason: ");
		put_plain(b, f->waived->reason);
		buf_puts(b, "; until ");
		put_plain(b, f->waived->expires_text);
		buf_puts(b, ", by ");
		put_plain(b, f->waived->owner);
	}
	buf_char(b, '\n');
}

static bool is_shown(const struct group *g, size_t shown[KIND_COUNT])
{
	enum kind k = kind_of(g->members[0]);

	return g->section != SECTION_WAIVED && shown[k]++ < SHOWN_OF_A_KIND;
}

static void put_rest(struct buf *b, const struct result *r, const struct groups *groups)
{
	size_t shown[KIND_COUNT] = {0}, waived = groups_count(groups, SECTION_WAIVED), more = 0;

	for (size_t i = 0; i < groups->count; i++)
		more += !is_shown(&groups->list[i], shown);
	more -= waived;
	if (more)
		buf_printf(b,
			   "Not annotated, for GitHub shows %u of a kind in a step: %zu more, as "
			   "text\n",
			   SHOWN_OF_A_KIND, more);
	memset(shown, 0, sizeof(shown));
	for (size_t i = 0; i < groups->count; i++) {
		if (!is_shown(&groups->list[i], shown))
			put_as_text(b, r, &groups->list[i]);
	}
}

static void put_approval(struct buf *b, const struct result *r)
{
	struct buf command = BUF_INIT(1 << 20);

	if (r->review.approval == APPROVAL_NONE)
		return;
	summary_approval(b, r);
	buf_char(b, '\n');
	if (r->review.approval == APPROVAL_NEEDED) {
		summary_approve_command(&command, r);
		buf_puts(b, "To approve: ");
		put_plain(b, buf_view(&command));
		buf_char(b, '\n');
	}
	b->failed_memory |= command.failed_memory;
	buf_free(&command);
}

static void put_summary(struct buf *b, const struct result *r)
{
	buf_printf(b, "scandrift %s: ", r->command);
	if (r->has_verdict)
		buf_printf(b, "%s: ", summary_verdict(r));
	summary_counts(b, r);
	if (r->commit.n || r->is_now_given)
		buf_puts(b, "; ");
	summary_judged_by(b, r);
	buf_char(b, '\n');
	put_approval(b, r);
	if (r->policies_note) {
		buf_puts(b, "Policies are not judged: ");
		put_plain(b, str_from(r->policies_note));
		buf_char(b, '\n');
	}
}

struct err *report_github(struct buf *b, const struct result *r, const struct report_style *s)
{
	size_t shown[KIND_COUNT] = {0};
	struct groups groups;

	(void)s;
	TRY(groups_new(r, &groups));
	for (size_t i = 0; i < groups.count; i++) {
		if (is_shown(&groups.list[i], shown))
			put_command(b, r, &groups.list[i]);
	}
	put_rest(b, r, &groups);
	put_summary(b, r);
	groups_free(&groups);
	return NULL;
}
