/* SPDX-License-Identifier: Apache-2.0 */
#include "run/review_pairs.h"

#include <stdlib.h>
#include <string.h>

struct finder {
	const struct review_side *base, *head;
	const struct repo_changed *changed;
	struct arena *a;
	struct review_pairs *out;
	/* Names in waivers of either side, sorted: what they name is judged alone. */
	struct str *named;
	size_t named_count;
};

/* ---- which have changed ---- */

static struct err *differs(const struct finder *f, const struct target *base,
			   const struct target *head, bool *out)
{
	const struct file_tree was = workspace_tree(&f->base->w), is = workspace_tree(&f->head->w);
	struct repo_entry before, after;

	*out = false;
	if (str_eq(base->baseline, head->baseline) &&
	    !repo_may_differ(f->changed, base->baseline.p))
		return NULL;
	TRY(file_tree_find(&was, base->baseline.p, &before));
	TRY(file_tree_find(&is, head->baseline.p, &after));
	*out = before.kind != after.kind || strcmp(before.hex, after.hex) != 0;
	return NULL;
}

/*
 * The base's target, but for where things stand: findings point into the head's tree. A new target
 * brings no name that it had: waivers of the base were not given to it.
 */
static void add_pair(struct finder *f, const struct target *base, const struct target *head)
{
	struct review_pairs *p = f->out;
	struct target *t = &p->by_base[p->count];

	p->by_head[p->count] = *head;
	*t = base ? *base : *head;
	if (!base)
		t->former = STR("");
	t->baseline = head->baseline;
	t->line = head->line;
	memcpy(t->key_line, head->key_line, sizeof(t->key_line));
	p->before[p->count++] = base;
}

/* One file in both commits: no target came, went or has another name. */
static struct err *find_changed_alone(struct finder *f)
{
	const struct targets *all = &f->base->w.targets;
	bool changed;

	for (size_t i = 0; i < all->count; i++) {
		TRY(differs(f, &all->list[i], &all->list[i], &changed));
		if (changed)
			add_pair(f, &all->list[i], &all->list[i]);
	}
	return NULL;
}

static struct err *find_changed(struct finder *f)
{
	const struct targets *base = &f->base->w.targets, *head = &f->head->w.targets;
	bool *is_old = arena_array(f->a, head->count + 1, sizeof(*is_old));
	struct followers followers;
	bool changed;

	if (!is_old)
		return err_nomem();
	if (base->list == head->list)
		return find_changed_alone(f);
	TRY(followers_new(f->a, head, &followers));
	for (size_t i = 0; i < base->count; i++) {
		const struct target *was = &base->list[i];
		const struct target *is = followers_find(&followers, was->name);

		if (!is)
			continue;
		is_old[is - head->list] = true;
		TRY(differs(f, was, is, &changed));
		if (changed)
			add_pair(f, was, is);
	}
	for (size_t i = 0; i < head->count; i++) {
		if (!is_old[i])
			add_pair(f, NULL, &head->list[i]);
	}
	return NULL;
}

/* ---- which are judged alike ---- */

static int compare_texts(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

static size_t count_named(const struct policies *all)
{
	size_t n = 0;

	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->list[i].waiver_count; k++)
			n += all->list[i].waivers[k].target_count;
	}
	return n;
}

static void add_named(struct finder *f, const struct policies *all)
{
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->list[i].waiver_count; k++) {
			const struct waiver *w = &all->list[i].waivers[k];

			for (size_t j = 0; j < w->target_count; j++)
				f->named[f->named_count++] = w->targets[j].name;
		}
	}
}

static struct err *find_named(struct finder *f)
{
	size_t n = count_named(&f->base->policies) + count_named(&f->head->policies);

	f->named = arena_array(f->a, n + 1, sizeof(*f->named));
	if (!f->named)
		return err_nomem();
	add_named(f, &f->base->policies);
	add_named(f, &f->head->policies);
	if (n)
		qsort(f->named, n, sizeof(*f->named), compare_texts);
	return NULL;
}

static bool is_named(const struct finder *f, struct str name)
{
	return bsearch(&name, f->named, f->named_count, sizeof(*f->named), compare_texts);
}

static bool is_in_a_waiver(const struct finder *f, const struct target *t)
{
	return is_named(f, t->name) || (t->former.n && is_named(f, t->former));
}

/* What makes two targets one group: equal in all but `pair`. */
struct likeness {
	struct str before, after, zone, zone_after;
	bool is_new;
	size_t alone; /* 0, or a number that no other has */
	size_t pair;
};

static int compare_likeness(const struct likeness *x, const struct likeness *y)
{
	int c = str_cmp(x->before, y->before);

	if (!c)
		c = str_cmp(x->after, y->after);
	if (!c)
		c = str_cmp(x->zone, y->zone);
	if (!c)
		c = str_cmp(x->zone_after, y->zone_after);
	if (!c)
		c = x->is_new - y->is_new;
	return c ? c : (x->alone > y->alone) - (x->alone < y->alone);
}

static int compare_order(const void *x, const void *y)
{
	const struct likeness *a = x, *b = y;
	int c = compare_likeness(a, b);

	return c ? c : (a->pair > b->pair) - (a->pair < b->pair);
}

static int compare_groups(const void *x, const void *y)
{
	const struct review_group *a = x, *b = y;

	return (a->members[0] > b->members[0]) - (a->members[0] < b->members[0]);
}

static struct likeness likeness_of(const struct finder *f, size_t i)
{
	const struct review_pairs *p = f->out;
	const struct target *base = &p->by_base[i], *head = &p->by_head[i];
	bool is_alone = is_in_a_waiver(f, base) || is_in_a_waiver(f, head);

	return (struct likeness){
		.before = p->before[i] ? p->before[i]->baseline : STR(""),
		.after = head->baseline,
		.zone = base->zone,
		.zone_after = head->zone,
		.is_new = !p->before[i],
		.alone = is_alone ? i + 1 : 0,
		.pair = i,
	};
}

static struct err *find_groups(struct finder *f)
{
	struct review_pairs *p = f->out;
	struct likeness *all = arena_array(f->a, p->count + 1, sizeof(*all));
	size_t *members = arena_array(f->a, p->count + 1, sizeof(*members));

	p->groups = arena_array(f->a, p->count + 1, sizeof(*p->groups));
	if (!all || !members || !p->groups)
		return err_nomem();
	for (size_t i = 0; i < p->count; i++)
		all[i] = likeness_of(f, i);
	if (p->count)
		qsort(all, p->count, sizeof(*all), compare_order);
	for (size_t i = 0; i < p->count; i++) {
		members[i] = all[i].pair;
		if (i == 0 || compare_likeness(&all[i - 1], &all[i]) != 0)
			p->groups[p->group_count++].members = &members[i];
		p->groups[p->group_count - 1].n++;
	}
	if (p->group_count)
		qsort(p->groups, p->group_count, sizeof(*p->groups), compare_groups);
	return NULL;
}

struct err *review_pairs_find(const struct review_side *base, const struct review_side *head,
			      const struct repo_changed *changed, struct arena *a,
			      struct review_pairs *out)
{
	struct finder f = {base, head, changed, a, out, NULL, 0};
	size_t most = base->w.targets.count + head->w.targets.count;

	*out = (struct review_pairs){
		.by_base = arena_array(a, most + 1, sizeof(*out->by_base)),
		.by_head = arena_array(a, most + 1, sizeof(*out->by_head)),
		.before = arena_array(a, most + 1, sizeof(const struct target *)),
	};
	if (!out->by_base || !out->by_head || !out->before)
		return err_nomem();
	TRY(find_changed(&f));
	TRY(find_named(&f));
	return find_groups(&f);
}
