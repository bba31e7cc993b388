/* SPDX-License-Identifier: Apache-2.0 */
#include "report/outline.h"

static bool has_line(const struct coverage *c, struct str line)
{
	for (size_t i = 0; i < c->count; i++) {
		if (str_eq(c->lines[i], line))
			return true;
	}
	return false;
}

void outline_coverage(const struct result_target *t, bool both,
		      void (*put)(void *page, char mark, struct str line), void *page)
{
	const struct coverage *before = &t->coverage_before, *after = &t->coverage_after;
	char gained = before->count || !both ? '+' : ' ';
	size_t i = 0, j = 0;

	while (i < before->count || j < after->count) {
		while (i < before->count && !has_line(after, before->lines[i]))
			put(page, '-', before->lines[i++]);
		while (j < after->count && !has_line(before, after->lines[j]))
			put(page, gained, after->lines[j++]);
		if (i < before->count && both)
			put(page, ' ', before->lines[i]);
		i += i < before->count;
		j += j < after->count;
	}
}

/* What a part is of: groups of targets with what is asked for, or findings that it takes. */
struct part {
	bool has_targets, has_coverage, has_findings;
	bool (*takes)(const struct finding_group *g);
};

static bool is_of_several(const struct finding_group *g)
{
	return g->of == GROUP_NONE && g->target_count;
}

static bool is_of_run(const struct finding_group *g)
{
	return g->of == GROUP_NONE && !g->target_count;
}

static bool is_incomplete(const struct finding_group *g)
{
	return g->section == SECTION_INCOMPLETE;
}

static bool is_counted(const struct finding_group *g)
{
	return g->section == SECTION_FINDINGS;
}

static bool is_settled(const struct finding_group *g)
{
	return g->section == SECTION_SETTLED;
}

static const struct part parts[] = {
	[OUTLINE_TARGETS] = {.has_targets = true, .has_findings = true},
	[OUTLINE_SEVERAL] = {.takes = is_of_several},
	[OUTLINE_RUN] = {.takes = is_of_run},
	[OUTLINE_INCOMPLETE] = {.takes = is_incomplete},
	[OUTLINE_FINDINGS] = {.takes = is_counted},
	[OUTLINE_SETTLED] = {.takes = is_settled},
	[OUTLINE_COVERAGE] = {.has_targets = true, .has_coverage = true},
};

/* Each later part has so much for itself, whatever the ones before it have to say. */
#define PART_MIN ((size_t)64 << 10)

struct walk {
	const struct result *r;
	const struct emitter *e;
	void *page;
	struct buf *text; /* NULL: without a limit */
	size_t limit;     /* of the part, as those below */
	bool is_full;
	size_t findings, targets; /* left out */
};

/* Did what came since `start` still fit? If not, it goes, and what follows in this part as well. */
static bool fits(struct walk *w, size_t start)
{
	if (!w->text || w->text->n <= w->limit)
		return true;
	buf_cut(w->text, start);
	w->is_full = true;
	return false;
}

static void walk_finding(struct walk *w, const struct finding_group *g,
			 const struct target_group *within)
{
	size_t start = w->text ? w->text->n : 0;

	if (!w->is_full)
		w->e->finding(w->page, g, within);
	if (w->is_full || !fits(w, start))
		w->findings += g->count;
}

static void walk_heading(struct walk *w, const struct target_group *g)
{
	size_t start = w->text ? w->text->n : 0;

	if (!w->is_full && w->e->targets)
		w->e->targets(w->page, g);
	if (!w->is_full && w->e->covered && result_tells_coverage(g->rows[0]))
		outline_coverage(g->rows[0], true, w->e->covered, w->page);
	if (w->is_full || !fits(w, start))
		w->targets += g->name_count;
}

static void walk_targets(struct walk *w, const struct target_group *g, const struct part *part)
{
	const struct emitter *e = w->e;
	size_t shown = g->finding_count < e->findings_shown ? g->finding_count : e->findings_shown;

	if (part->has_coverage && !result_tells_coverage(g->rows[0]))
		return;
	walk_heading(w, g);
	for (size_t i = 0; part->has_findings && i < shown; i++)
		walk_finding(w, g->findings[i], g);
	if (part->has_findings && shown < g->finding_count && !w->is_full)
		e->more_findings(w->page, g->finding_count - shown);
	for (size_t i = shown; part->has_findings && w->is_full && i < g->finding_count; i++)
		w->findings += g->findings[i]->count;
	if (e->end_targets)
		e->end_targets(w->page);
}

static void walk_part(struct walk *w, size_t number)
{
	const struct emitter *e = w->e;
	enum outline_part which = e->parts[number];
	const struct part *part = &parts[which];
	const struct groups *groups = &w->r->groups;

	w->is_full = false;
	w->findings = w->targets = 0;
	w->limit = e->text_max - PART_MIN * (e->part_count - number);
	if (e->begin_part)
		e->begin_part(w->page, which);
	for (size_t i = 0; part->has_targets && i < groups->target_count; i++)
		walk_targets(w, &groups->targets[i], part);
	for (size_t i = 0; part->takes && i < groups->finding_count; i++) {
		if (part->takes(&groups->findings[i]))
			walk_finding(w, &groups->findings[i], NULL);
	}
	if (w->is_full)
		e->left_out(w->page, w->findings, w->targets);
	if (e->end_part)
		e->end_part(w->page, which);
}

void outline_walk(const struct result *r, const struct emitter *e, void *page)
{
	struct walk w = {.r = r, .e = e, .page = page, .text = e->text ? e->text(page) : NULL};

	if (e->begin)
		e->begin(page, r);
	for (size_t i = 0; i < e->part_count; i++)
		walk_part(&w, i);
	if (e->end)
		e->end(page, r);
}
