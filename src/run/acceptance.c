/* SPDX-License-Identifier: Apache-2.0 */
#include "run/acceptance.h"

#include <string.h>

#define NAMES_SIZE_MAX ((size_t)1 << 20)

static enum step step_for(const struct sides *s)
{
	bool is_same = s->base.state == BASELINE_READ && s->base.is_canonical &&
		       str_eq(s->base.digest, s->live.digest);

	return is_same ? STEP_NOTHING : STEP_WRITE;
}

bool acceptance_may_weaken(const struct acceptance *a, size_t i)
{
	const struct result_target *t = &a->r->targets[i];

	if (a->sides[i].base.state == BASELINE_MALFORMED)
		return true;
	return t->has_diff && t->diff.judgement.whole.lose;
}

size_t baseline_served(const struct workspace *w, const struct target *t, struct buf *names)
{
	size_t n = 0;

	for (size_t k = 0; k < w->targets.count; k++) {
		const struct target *other = &w->targets.list[k];

		if (!str_eq(t->baseline, other->baseline))
			continue;
		if (names)
			buf_printf(names, "%s%s", n ? ", " : "", other->name.p);
		n++;
	}
	return n;
}

bool baseline_is_first(const struct workspace *w, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (str_eq(w->selected[k]->baseline, w->selected[i]->baseline))
			return false;
	}
	return true;
}

static void refuse_shared(struct acceptance *a, const struct target *t)
{
	struct buf names = BUF_INIT(NAMES_SIZE_MAX);
	size_t n = baseline_served(a->w, t, &names);

	if (n > 1 && !a->o->shared)
		buf_printf(&a->refusal,
			   "%s: is the baseline of %zu targets: %s; --shared takes it for all of "
			   "them\n",
			   t->baseline.p, n, names.p);
	buf_free(&names);
}

/* The pair that a stored result shows is the one that was looked at. */
static void refuse_moved(struct acceptance *a, size_t i)
{
	const struct target *t = a->w->selected[i];

	if (a->stored && !str_eq(stored_baseline_digest(a->stored, t), a->sides[i].base.digest))
		buf_printf(&a->refusal,
			   "%s: the baseline is not the one that %s compares with; look at it "
			   "again\n",
			   t->name.p, a->o->from);
}

static void refuse_lines(struct acceptance *a)
{
	const struct accept_options *o = a->o;

	for (size_t i = 0; i < a->w->selected_count; i++) {
		const struct target *t = a->w->selected[i];

		if (a->steps[i] == STEP_NOTHING)
			continue;
		if (baseline_is_first(a->w, i))
			refuse_shared(a, t);
		if (acceptance_may_weaken(a, i) && !o->allow_weakened)
			buf_printf(&a->refusal,
				   "%s: less may be scanned than before; --allow-weakened takes it "
				   "all the same\n",
				   t->name.p);
		refuse_moved(a, i);
		if (o->expect_count && strcmp(o->expect[i], a->sides[i].live.digest.p) != 0)
			buf_printf(&a->refusal,
				   "%s: what is live is %s and not what --expect says; look at it "
				   "again\n",
				   t->name.p, a->sides[i].live.digest.p);
	}
}

/* Targets that share a baseline can be accepted together where they agree. */
static struct err *check_agreement(const struct acceptance *a)
{
	const struct workspace *w = a->w;

	for (size_t i = 0; i < w->selected_count; i++) {
		for (size_t k = 0; k < i; k++) {
			if (str_eq(w->selected[k]->baseline, w->selected[i]->baseline) &&
			    !str_eq(a->sides[k].live.digest, a->sides[i].live.digest))
				return err_new(ERR_CONFIG,
					       "%s is the baseline of %s and of %s, and what is "
					       "live there differs; accept one of them",
					       w->selected[i]->baseline.p, w->selected[k]->name.p,
					       w->selected[i]->name.p);
		}
	}
	return NULL;
}

const char *baseline_served_names(const struct workspace *w, const struct target *t)
{
	struct buf names = BUF_INIT(NAMES_SIZE_MAX);
	struct str kept;

	(void)baseline_served(w, t, &names);
	kept = arena_str(w->arena, buf_view(&names));
	buf_free(&names);
	return kept.p ? kept.p : "";
}

struct err *acceptance_decide(struct acceptance *a, bool *any)
{
	*any = false;
	for (size_t i = 0; i < a->w->selected_count; i++) {
		a->steps[i] = step_for(&a->sides[i]);
		*any |= a->steps[i] == STEP_WRITE;
	}
	TRY(check_agreement(a));
	if (*any)
		refuse_lines(a);
	return NULL;
}
