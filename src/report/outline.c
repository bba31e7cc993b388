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

static void walk_targets(const struct emitter *e, void *page, const struct target_group *g,
			 const struct part *part)
{
	bool tells_coverage = result_tells_coverage(g->rows[0]);
	size_t shown = g->finding_count < e->findings_shown ? g->finding_count : e->findings_shown;

	if (part->has_coverage && !tells_coverage)
		return;
	if (e->targets)
		e->targets(page, g);
	if (e->covered && tells_coverage)
		outline_coverage(g->rows[0], true, e->covered, page);
	for (size_t i = 0; part->has_findings && i < shown; i++)
		e->finding(page, g->findings[i], g);
	if (part->has_findings && shown < g->finding_count)
		e->more_findings(page, g->finding_count - shown);
	if (e->end_targets)
		e->end_targets(page);
}

static void walk_part(const struct result *r, const struct emitter *e, void *page,
		      enum outline_part which)
{
	const struct part *part = &parts[which];
	const struct groups *groups = &r->groups;

	if (e->begin_part)
		e->begin_part(page, which);
	for (size_t i = 0; part->has_targets && i < groups->target_count; i++)
		walk_targets(e, page, &groups->targets[i], part);
	for (size_t i = 0; part->takes && i < groups->finding_count; i++) {
		if (part->takes(&groups->findings[i]))
			e->finding(page, &groups->findings[i], NULL);
	}
	if (e->end_part)
		e->end_part(page, which);
}

void outline_walk(const struct result *r, const struct emitter *e, void *page)
{
	if (e->begin)
		e->begin(page, r);
	for (size_t i = 0; i < e->part_count; i++)
		walk_part(r, e, page, e->parts[i]);
	if (e->end)
		e->end(page, r);
}
