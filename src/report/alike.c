/* SPDX-License-Identifier: Apache-2.0 */
#include "report/alike.h"

#include <stdlib.h>

/* A row with what is said of it. */
struct row {
	const struct result_target *target;
	const struct finding *const *findings;
	size_t n, index;
};

size_t alike_findings(const struct result *r, const struct finding *const *list, struct str target,
		      size_t *n)
{
	size_t low = 0, high = r->findings.n, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (str_cmp(list[middle]->target, target) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < r->findings.n && str_eq(list[end]->target, target); end++)
		;
	*n = end - low;
	return low;
}

static int compare_sizes(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_findings(const struct finding *x, const struct finding *y)
{
	int c = str_cmp(x->rule_text, y->rule_text);

	if (!c)
		c = str_cmp(x->path, y->path);
	if (!c)
		c = str_cmp(x->message, y->message);
	if (!c)
		c = compare_sizes(x->severity, y->severity);
	return c ? c : compare_sizes((size_t)x->waived, (size_t)y->waived);
}

static int compare(const struct row *x, const struct row *y)
{
	int c = str_cmp(x->target->baseline_digest, y->target->baseline_digest);

	if (!c)
		c = str_cmp(x->target->live_digest, y->target->live_digest);
	if (!c)
		c = compare_sizes(x->n, y->n);
	for (size_t i = 0; !c && i < x->n; i++)
		c = compare_findings(x->findings[i], y->findings[i]);
	return c;
}

static int by_content(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	int c = compare(x, y);

	return c ? c : compare_sizes(x->index, y->index);
}

/* One row may stand for several targets already; it is left as it is. */
static bool has_likes(const struct result_target *t)
{
	return t->has_diff && t->diff.change_count && t->name_count < 2;
}

static size_t collect(const struct result *r, const struct finding *const *list, struct row *rows)
{
	size_t count = 0;

	for (size_t i = 0; i < r->target_count; i++) {
		struct row *row = &rows[count];

		if (!has_likes(&r->targets[i]))
			continue;
		row->target = &r->targets[i];
		row->index = i;
		row->findings = list + alike_findings(r, list, row->target->name, &row->n);
		count++;
	}
	return count;
}

struct err *alike_new(const struct result *r, const struct finding *const *list, struct alike *out)
{
	struct row *rows = calloc(r->target_count + 1, sizeof(*rows));
	size_t count;

	*out = (struct alike){calloc(r->target_count + 1, sizeof(*out->next)),
			      calloc(r->target_count + 1, sizeof(*out->is_told))};
	if (!rows || !out->next || !out->is_told) {
		free(rows);
		alike_free(out);
		return err_nomem();
	}
	for (size_t i = 0; i < r->target_count; i++)
		out->next[i] = ALIKE_END;
	count = collect(r, list, rows);
	qsort(rows, count, sizeof(*rows), by_content);
	for (size_t i = 1; i < count; i++) {
		if (compare(&rows[i - 1], &rows[i]) != 0)
			continue;
		out->next[rows[i - 1].index] = rows[i].index;
		out->is_told[rows[i].index] = true;
	}
	free(rows);
	return NULL;
}

void alike_free(struct alike *a)
{
	free(a->next);
	free(a->is_told);
	*a = (struct alike){0};
}
