/* SPDX-License-Identifier: Apache-2.0 */
#include "result/groups.h"

#include <stdlib.h>
#include <string.h>

#include "result/result.h"

static int compare_sizes(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* ---- findings ---- */

static enum section section_of(const struct finding *f)
{
	if (f->class == CLASS_INCOMPLETE)
		return SECTION_INCOMPLETE;
	/* What is left to another control is what that control has to look at. */
	return f->waived || f->approval == APPROVAL_GIVEN ? SECTION_SETTLED : SECTION_FINDINGS;
}

/* Of drift that is equally grave, what is known to scan less comes first. */
static size_t rank(const struct finding *f)
{
	return !(f->change && f->change->direction == DIR_WEAKENED);
}

static struct str cause(const struct finding *f)
{
	return f->general.n ? f->general : f->message;
}

static struct str advice(const struct finding *f)
{
	return f->general_next.n ? f->general_next : f->next;
}

static int compare_waivers(const struct waiver *x, const struct waiver *y)
{
	int c = compare_sizes(x != NULL, y != NULL);

	if (c || !x || !y)
		return c;
	c = strcmp(x->policy->file, y->policy->file);
	return c ? c : compare_sizes(x->line, y->line);
}

/* 0: one text tells both. */
static int compare_causes(const struct finding *x, const struct finding *y)
{
	enum section s = section_of(x);
	int c = compare_sizes(s, section_of(y));

	if (!c)
		c = compare_sizes(y->severity, x->severity);
	if (!c)
		c = strcmp(finding_class_name(x->class), finding_class_name(y->class));
	if (!c)
		c = compare_sizes(rank(x), rank(y));
	if (!c)
		c = str_cmp(x->rule_text, y->rule_text);
	if (!c)
		c = str_cmp(x->path, y->path);
	if (!c)
		c = str_cmp(x->meaning, y->meaning);
	if (!c && s == SECTION_INCOMPLETE)
		return str_cmp(x->api_code, y->api_code);
	if (!c)
		c = str_cmp(cause(x), cause(y));
	if (!c)
		c = str_cmp(advice(x), advice(y));
	return c ? c : compare_waivers(x->waived, y->waived);
}

static int by_cause(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;
	int c = compare_causes(x, y);

	if (!c)
		c = str_cmp(x->target, y->target);
	/* Sorted findings keep their order. */
	return c ? c : (x > y) - (x < y);
}

/* ---- rows ---- */

static bool has_same_lines(const struct coverage *x, const struct coverage *y)
{
	for (size_t i = 0; i < x->count && i < y->count; i++) {
		if (!str_eq(x->lines[i], y->lines[i]))
			return false;
	}
	return x->count == y->count;
}

static int compare_coverage(const struct coverage *x, const struct coverage *y)
{
	int c = compare_sizes(x->count, y->count);

	if (has_same_lines(x, y))
		return 0;
	for (size_t i = 0; !c && i < x->count; i++)
		c = str_cmp(x->lines[i], y->lines[i]);
	return c;
}

static size_t direction_of(const struct result_target *t)
{
	return t->has_diff && t->diff.change_count ? 1 + (size_t)t->diff.judgement.direction : 0;
}

/* 0: one line tells both, and the same sentences of what they scan. */
static int compare_rows(const struct result_target *x, const struct result_target *y)
{
	int c = compare_sizes(x->outcome, y->outcome);

	if (!c)
		c = compare_sizes(direction_of(x), direction_of(y));
	if (c || !result_tells_coverage(x))
		return c;
	c = compare_coverage(&x->coverage_before, &y->coverage_before);
	return c ? c : compare_coverage(&x->coverage_after, &y->coverage_after);
}

static int by_content(const void *a, const void *b)
{
	const struct result_target *x = *(const struct result_target *const *)a;
	const struct result_target *y = *(const struct result_target *const *)b;
	int c = compare_rows(x, y);

	return c ? c : (x > y) - (x < y);
}

/* A row, and the group that it is in. */
struct place {
	const struct result_target *row;
	size_t group;
};

static int by_name(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return str_cmp(x->row->name, y->row->name);
}

static int by_first_row(const void *a, const void *b)
{
	const struct target_group *x = a, *y = b;

	return (x->rows[0] > y->rows[0]) - (x->rows[0] < y->rows[0]);
}

static size_t names_of(const struct result_target *t)
{
	return t->name_count ? t->name_count : 1;
}

static void put_names(struct str *to, const struct result_target *t)
{
	for (size_t i = 0; i < names_of(t); i++)
		to[i] = t->name_count ? t->names[i] : t->name;
}

static size_t count_names(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->target_count; i++)
		n += names_of(&r->targets[i]);
	return n;
}

/* ---- what is found ---- */

struct finder {
	const struct result *r;
	struct target_group *targets;
	size_t target_count;
	struct finding_group *findings;
	size_t finding_count;
	struct place *places; /* of all rows, by name */
};

static struct err *group_rows(struct finder *f)
{
	size_t n = f->r->target_count, at = 0;
	const struct result_target **rows = arena_array(f->r->arena, n + 1, sizeof(*rows));
	struct str *names = arena_array(f->r->arena, count_names(f->r) + 1, sizeof(*names));

	f->targets = arena_array(f->r->arena, n + 1, sizeof(*f->targets));
	if (!rows || !names || !f->targets)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		rows[i] = &f->r->targets[i];
	qsort(rows, n, sizeof(*rows), by_content);
	for (size_t i = 0; i < n; i++) {
		struct target_group *g = &f->targets[f->target_count];

		if (i && compare_rows(rows[i - 1], rows[i]) == 0)
			g--;
		else
			*g = (struct target_group){.rows = rows + i, .names = names + at};
		f->target_count += g->count == 0;
		put_names(names + at, rows[i]);
		at += names_of(rows[i]);
		g->count++;
		g->name_count += names_of(rows[i]);
	}
	qsort(f->targets, f->target_count, sizeof(*f->targets), by_first_row);
	return NULL;
}

static struct err *index_rows(struct finder *f)
{
	size_t at = 0;

	f->places = arena_array(f->r->arena, f->r->target_count + 1, sizeof(*f->places));
	if (!f->places)
		return err_nomem();
	for (size_t i = 0; i < f->target_count; i++) {
		for (size_t k = 0; k < f->targets[i].count; k++)
			f->places[at++] = (struct place){f->targets[i].rows[k], i};
	}
	qsort(f->places, at, sizeof(*f->places), by_name);
	return NULL;
}

static const struct place *find_row(const struct finder *f, struct str name)
{
	const struct result_target named = {.name = name};
	const struct place key = {.row = &named};

	if (!name.n)
		return NULL;
	return bsearch(&key, f->places, f->r->target_count, sizeof(key), by_name);
}

/* The names of a group's targets, and which group of targets has all of them. */
static void name_targets(const struct finder *f, struct finding_group *g, struct str *names)
{
	g->targets = names;
	for (size_t i = 0; i < g->count; i++) {
		struct str name = g->members[i]->target;
		const struct place *at = find_row(f, name);
		size_t of = at ? at->group : GROUP_NONE;

		g->of = i == 0 || g->of == of ? of : GROUP_NONE;
		if (!name.n || (i && str_eq(g->members[i - 1]->target, name)))
			continue;
		if (at)
			put_names(names + g->target_count, at->row);
		else
			names[g->target_count] = name;
		g->target_count += at ? names_of(at->row) : 1;
	}
}

/* How many names all findings together can need. */
static size_t count_finding_names(const struct finder *f)
{
	const struct findings *list = &f->r->findings;
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct place *at = find_row(f, list->v[i].target);

		n += at ? names_of(at->row) : 1;
	}
	return n;
}

static struct err *group_findings(struct finder *f)
{
	const struct findings *list = &f->r->findings;
	const struct finding **members =
		arena_array(f->r->arena, list->n + 1, sizeof(const struct finding *));
	struct str *names = arena_array(f->r->arena, count_finding_names(f) + 1, sizeof(*names));

	if (!members || !names)
		return err_nomem();
	for (size_t i = 0; i < list->n; i++)
		members[i] = &list->v[i];
	qsort(members, list->n, sizeof(*members), by_cause);
	for (size_t i = 0; i < list->n; i++)
		f->finding_count += !i || compare_causes(members[i - 1], members[i]) != 0;
	f->findings = arena_array(f->r->arena, f->finding_count + 1, sizeof(*f->findings));
	if (!f->findings)
		return err_nomem();
	for (size_t i = 0, n = 0; n < f->finding_count; n++) {
		struct finding_group *g = &f->findings[n];

		*g = (struct finding_group){.section = section_of(members[i]),
					    .members = members + i,
					    .of = GROUP_NONE};
		do
			g->count++;
		while (++i < list->n && compare_causes(members[i - 1], members[i]) == 0);
		name_targets(f, g, names);
		names += g->target_count;
	}
	return NULL;
}

/* Each group of targets gets the findings that are its alone. */
static struct err *hand_out(struct finder *f)
{
	const struct finding_group **list = arena_array(f->r->arena, f->finding_count + 1,
							sizeof(const struct finding_group *));

	if (!list)
		return err_nomem();
	for (size_t i = 0; i < f->finding_count; i++) {
		if (f->findings[i].of != GROUP_NONE)
			f->targets[f->findings[i].of].finding_count++;
	}
	for (size_t i = 0; i < f->target_count; i++) {
		f->targets[i].findings = list;
		list += f->targets[i].finding_count;
		f->targets[i].finding_count = 0;
	}
	for (size_t i = 0; i < f->finding_count; i++) {
		struct target_group *g;

		if (f->findings[i].of == GROUP_NONE)
			continue;
		g = &f->targets[f->findings[i].of];
		g->findings[g->finding_count++] = &f->findings[i];
	}
	return NULL;
}

struct err *groups_find(struct result *r)
{
	struct finder f = {.r = r};

	TRY(group_rows(&f));
	TRY(index_rows(&f));
	TRY(group_findings(&f));
	TRY(hand_out(&f));
	r->groups = (struct groups){f.findings, f.finding_count, f.targets, f.target_count};
	return NULL;
}

/* ---- what is read of them ---- */

static bool is_one_message(const struct finding_group *g)
{
	for (size_t i = 1; i < g->count; i++) {
		if (!str_eq(g->members[i]->message, g->members[0]->message))
			return false;
	}
	return true;
}

struct str group_message(const struct finding_group *g)
{
	const struct finding *f = g->members[0];

	return f->general.n && !is_one_message(g) ? f->general : f->message;
}

struct str group_next(const struct finding_group *g)
{
	const struct finding *f = g->members[0];

	for (size_t i = 1; i < g->count && f->general_next.n; i++) {
		if (!str_eq(g->members[i]->next, f->next))
			return f->general_next;
	}
	return f->next;
}

bool group_shows_example(const struct finding_group *g)
{
	const struct finding *f = g->members[0];

	for (size_t i = 1; i < g->count; i++) {
		const struct finding *other = g->members[i];

		if (!f->general.n && !str_eq(other->message, f->message))
			return true;
		if (f->class == CLASS_INCOMPLETE && !str_eq(other->request_id, f->request_id))
			return true;
	}
	return false;
}

size_t group_other_places(const struct finding_group *g)
{
	const struct finding *f = g->members[0];
	size_t n = 0;

	for (size_t i = 1; i < g->count; i++)
		n += !str_eq(g->members[i]->file, f->file) || g->members[i]->line != f->line;
	return n;
}

bool group_since(const struct finding_group *g, struct group_time *out)
{
	*out = (struct group_time){.since_s = g->members[0]->since_s};
	for (size_t i = 0; i < g->count; i++) {
		const struct finding *f = g->members[i];

		if (!f->has_since)
			return false;
		out->differs |= f->since_s != out->since_s;
		out->is_bound |= f->since_is_bound;
		if (f->since_s < out->since_s)
			out->since_s = f->since_s;
	}
	return true;
}
