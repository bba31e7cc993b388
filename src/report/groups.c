/* SPDX-License-Identifier: Apache-2.0 */
#include "report/groups.h"

#include <stdlib.h>

static enum section section_of(const struct finding *f)
{
	if (f->class == CLASS_INCOMPLETE)
		return SECTION_INCOMPLETE;
	/* What is left to another control is what that control has to look at. */
	return f->waived || f->approval == APPROVAL_GIVEN ? SECTION_WAIVED : SECTION_FINDINGS;
}

/* 0: one text tells both. A RequestId is one target's own, so what has one stands alone. */
static int compare_told(const struct finding *x, const struct finding *y)
{
	int c = (section_of(x) > section_of(y)) - (section_of(x) < section_of(y));

	if (!c)
		c = (x->severity < y->severity) - (x->severity > y->severity);
	if (!c)
		c = str_cmp(x->rule_text, y->rule_text);
	if (!c)
		c = str_cmp(x->path, y->path);
	if (!c)
		c = str_cmp(x->message, y->message);
	if (!c)
		c = str_cmp(x->next, y->next);
	if (!c)
		c = str_cmp(x->request_id, y->request_id);
	if (!c)
		c = (x->waived > y->waived) - (x->waived < y->waived);
	return c;
}

static int compare(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;
	int c = compare_told(x, y);

	if (!c)
		c = str_cmp(x->target, y->target);
	return c ? c : (x > y) - (x < y);
}

/* Only a review has rows that stand for several targets. */
static size_t targets_of(const struct result *r, const struct finding *f)
{
	const struct result_target *row = r->is_review ? result_row(r, f) : NULL;

	if (row && row->name_count)
		return row->name_count;
	return f->target.n > 0;
}

static void count_targets(const struct result *r, struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		struct group *g = &groups->list[i];

		for (size_t k = 0; k < g->count; k++)
			g->target_count += targets_of(r, g->members[k]);
	}
}

struct err *groups_new(const struct result *r, struct groups *out)
{
	size_t n = r->findings.n;

	*out = (struct groups){.members = calloc(n + 1, sizeof(const struct finding *)),
			       .list = calloc(n + 1, sizeof(*out->list))};
	if (!out->members || !out->list) {
		groups_free(out);
		return err_nomem();
	}
	for (size_t i = 0; i < n; i++)
		out->members[i] = &r->findings.v[i];
	qsort(out->members, n, sizeof(struct finding *), compare);
	for (size_t i = 0; i < n; i++) {
		struct group *last = out->count ? &out->list[out->count - 1] : NULL;

		if (last && compare_told(last->members[0], out->members[i]) == 0)
			last->count++;
		else
			out->list[out->count++] = (struct group){
				section_of(out->members[i]),
				(const struct finding *const *)&out->members[i], 1, 0};
	}
	count_targets(r, out);
	return NULL;
}

struct str group_target(const struct result *r, const struct group *g, size_t i)
{
	for (size_t k = 0; k < g->count; k++) {
		const struct finding *f = g->members[k];
		size_t n = targets_of(r, f);

		if (i < n)
			return r->is_review && result_row(r, f) ? result_row(r, f)->names[i]
								: f->target;
		i -= n;
	}
	return STR("");
}

void groups_free(struct groups *g)
{
	free(g->members);
	free(g->list);
	*g = (struct groups){0};
}

size_t groups_count(const struct groups *g, enum section s)
{
	size_t n = 0;

	for (size_t i = 0; i < g->count; i++)
		n += g->list[i].section == s;
	return n;
}
