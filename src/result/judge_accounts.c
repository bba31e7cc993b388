/* SPDX-License-Identifier: Apache-2.0 */
#include "result/judge_accounts.h"

#include <stdlib.h>

#include "result/rules.h"

/* A target whose account is known, by the credential that reached it. */
struct reached {
	const struct result_target *row;
	const struct result_target *other; /* one of the same account by another credential; NULL */
};

static int compare_accounts(const void *x, const void *y)
{
	const struct reached *a = x, *b = y;
	int c = str_cmp(a->row->account, b->row->account);

	return c ? c : (a->row > b->row) - (a->row < b->row);
}

static int compare_rows(const void *x, const void *y)
{
	const struct reached *a = x, *b = y;

	return (a->row > b->row) - (a->row < b->row);
}

/* All of one account: those of its first credential and the first one of another find each other. */
static void pair_up(struct reached *v, size_t n)
{
	size_t other = 0;

	while (other < n && str_eq(v[other].row->credential, v[0].row->credential))
		other++;
	for (size_t i = 0; other < n && i < n; i++) {
		bool is_first = str_eq(v[i].row->credential, v[0].row->credential);

		v[i].other = is_first ? v[other].row : v[0].row;
	}
}

static void pair_up_all(struct reached *v, size_t n)
{
	size_t end;

	for (size_t first = 0; first < n; first = end) {
		for (end = first + 1; end < n && str_eq(v[end].row->account, v[first].row->account);
		     end++)
			continue;
		pair_up(v + first, end - first);
	}
}

static struct err *tell(struct result *r, const struct reached *v, const struct target *t)
{
	struct finding f = finding_from_rule(RULE_TARGET_SAME_ACCOUNT, t->name);

	f.message = findings_text(&r->findings,
				  "Account %.*s is that of target %.*s too, by other credentials",
				  STR_ARG(v->row->account), STR_ARG(v->other->name));
	/* Whose partner it is differs; the account is the cause. */
	f.general = findings_text(&r->findings,
				  "Account %.*s is that of several targets, by different "
				  "credentials",
				  STR_ARG(v->row->account));
	f.file = str_from(t->file);
	f.line = t->line;
	if (!f.message.p || !f.general.p)
		return err_nomem();
	return findings_add(&r->findings, &f);
}

struct err *judge_accounts(struct result *r, const struct target *const *list)
{
	struct reached *v = arena_array(r->arena, r->target_count + 1, sizeof(*v));
	size_t n = 0;

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < r->target_count; i++) {
		const struct result_target *row = &r->targets[i];

		if (row->account.n && row->credential.n)
			v[n++] = (struct reached){.row = row};
	}
	qsort(v, n, sizeof(*v), compare_accounts);
	pair_up_all(v, n);
	qsort(v, n, sizeof(*v), compare_rows);
	for (size_t i = 0; i < n; i++) {
		if (v[i].other)
			TRY(tell(r, &v[i], list[v[i].row - r->targets]));
	}
	return NULL;
}
