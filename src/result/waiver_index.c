/* SPDX-License-Identifier: Apache-2.0 */
#include "result/waiver_index.h"

#include <stdlib.h>

#include "policy/waiver_value.h"

/* Steps of all comparisons; a value is read as JSON, which costs many. */
#define STEPS_MAX ((size_t)1 << 22)
#define PIN_STEPS 256u

/* A waiver with the names of its targets, sorted. */
struct waiver_names {
	const struct waiver *w;
	struct str *v;
	size_t n;
};

/* A waiver as one of its targets has it; one for all targets has the empty name. */
struct waiver_grant {
	struct str target;
	const struct waiver_names *of;
};

/* ---- sorting ---- */

static int compare_texts(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* What is looked up by value compares so as well. */
static int compare_keys(const struct waiver *x, struct str x_target, const struct waiver *y,
			struct str y_target)
{
	int c = str_cmp(x->rule_id, y->rule_id);

	return c ? c : str_cmp(x_target, y_target);
}

static int compare_grants(const void *x, const void *y)
{
	const struct waiver_grant *a = x, *b = y;
	int c = compare_keys(a->of->w, a->target, b->of->w, b->target);

	if (!c)
		c = str_cmp(a->of->w->value, b->of->w->value);
	return c ? c
		 : (a->of->w->ends_s < b->of->w->ends_s) - (a->of->w->ends_s > b->of->w->ends_s);
}

static int compare_names(const void *x, const void *y)
{
	const struct waiver *a = ((const struct waiver_names *)x)->w;
	const struct waiver *b = ((const struct waiver_names *)y)->w;
	int c = str_cmp(a->policy->id, b->policy->id);

	if (!c)
		c = str_cmp(a->name, b->name);
	return c ? c : a->is_ignore - b->is_ignore;
}

static struct err *sort_targets(struct arena *a, const struct waiver *w, struct waiver_names *out)
{
	*out = (struct waiver_names){
		.w = w,
		.v = arena_array(a, w->target_count + 1, sizeof(*out->v)),
		.n = w->target_count,
	};
	if (!out->v)
		return err_nomem();
	for (size_t i = 0; i < out->n; i++)
		out->v[i] = w->targets[i].name;
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), compare_texts);
	return NULL;
}

static struct err *add_grants(struct waiver_index *ix)
{
	size_t most = ix->name_count + 1;

	for (size_t i = 0; i < ix->name_count; i++)
		most += ix->by_name[i].n;
	ix->grants = arena_array(ix->a, most, sizeof(*ix->grants));
	if (!ix->grants)
		return err_nomem();
	for (size_t i = 0; i < ix->name_count; i++) {
		const struct waiver_names *of = &ix->by_name[i];

		if (!of->n)
			ix->grants[ix->grant_count++] = (struct waiver_grant){STR(""), of};
		for (size_t k = 0; k < of->n; k++)
			ix->grants[ix->grant_count++] = (struct waiver_grant){of->v[k], of};
	}
	if (ix->grant_count)
		qsort(ix->grants, ix->grant_count, sizeof(*ix->grants), compare_grants);
	return NULL;
}

struct err *waiver_index_new(struct arena *a, const struct policies *all, struct waiver_index *out)
{
	size_t n = 0;

	*out = (struct waiver_index){.a = a, .steps_left = STEPS_MAX};
	for (size_t i = 0; i < all->count; i++)
		n += all->list[i].waiver_count;
	out->by_name = arena_array(a, n + 1, sizeof(*out->by_name));
	if (!out->by_name)
		return err_nomem();
	for (size_t i = 0; i < all->count; i++) {
		for (size_t k = 0; k < all->list[i].waiver_count; k++)
			TRY(sort_targets(a, &all->list[i].waivers[k],
					 &out->by_name[out->name_count++]));
	}
	if (n)
		qsort(out->by_name, n, sizeof(*out->by_name), compare_names);
	return add_grants(out);
}

static bool spend(struct waiver_index *ix, size_t steps)
{
	bool has = ix->steps_left >= steps;

	ix->steps_left -= has ? steps : ix->steps_left;
	return has;
}

/* ---- values ---- */

/* A pin can be of each assertion of its rule. */
static struct err *is_alike_in(struct arena *a, const struct policy_rule *rule, struct str x,
			       struct str y, bool *out)
{
	*out = true;
	for (size_t i = 0; *out && i < rule->assert_count; i++)
		TRY(pins_are_equal(a, &schema_registry_scan, &rule->asserts[i].subject, x, y, out));
	return NULL;
}

static struct err *compare_pins(struct arena *a, const struct waiver *w, const struct waiver *other,
				bool *out)
{
	struct subject s;

	if (w->rule && other->rule) {
		TRY(is_alike_in(a, w->rule, w->value, other->value, out));
		return *out ? is_alike_in(a, other->rule, w->value, other->value, out) : NULL;
	}
	s = pin_subject(&schema_registry_scan, w->rule_id);
	return pins_are_equal(a, &schema_registry_scan, &s, w->value, other->value, out);
}

struct err *waiver_index_has_pin(struct waiver_index *ix, const struct waiver *w,
				 const struct waiver *other, bool *out)
{
	size_t reads = (w->rule ? w->rule->assert_count : 1) +
		       (other->rule ? other->rule->assert_count : 1);
	struct arena *scratch;
	struct err *e;

	*out = other->value.n == 0 || str_eq(w->value, other->value);
	if (*out || w->value.n == 0 || !spend(ix, PIN_STEPS * reads))
		return NULL;
	scratch = arena_new();
	e = scratch ? compare_pins(scratch, w, other, out) : err_nomem();
	arena_free(scratch);
	return e;
}

/* ---- one and another ---- */

/* Every target that `w` names is one that `other` names; none stands for all. */
static bool names_no_more(const struct waiver *w, const struct waiver_names *other)
{
	if (other->n == 0)
		return true;
	for (size_t i = 0; i < w->target_count; i++) {
		if (!bsearch(&w->targets[i].name, other->v, other->n, sizeof(*other->v),
			     compare_texts))
			return false;
	}
	return w->target_count > 0;
}

/* Of one rule: does `other` let pass all that `w` does? */
static struct err *covers(struct waiver_index *ix, const struct waiver_names *other,
			  const struct waiver *w, bool *out)
{
	*out = w->ends_s <= other->w->ends_s && names_no_more(w, other);
	return *out ? waiver_index_has_pin(ix, w, other->w, out) : NULL;
}

/* ---- looking up ---- */

/* The first grant that is not before this rule, target and value. */
static size_t first_of(const struct waiver_index *ix, const struct waiver *w, struct str target,
		       struct str value)
{
	size_t low = 0, high = ix->grant_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct waiver_grant *g = &ix->grants[middle];
		int c = compare_keys(g->of->w, g->target, w, target);

		if (!c)
			c = str_cmp(g->of->w->value, value);
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first one after those of this rule and target. */
static size_t end_of(const struct waiver_index *ix, const struct waiver *w, struct str target)
{
	size_t low = 0, high = ix->grant_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct waiver_grant *g = &ix->grants[middle];

		if (compare_keys(g->of->w, g->target, w, target) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Of this very value: the one that ends last comes first. */
static struct err *try_value(struct waiver_index *ix, const struct waiver *w, struct str target,
			     struct str value, bool *out)
{
	for (size_t i = first_of(ix, w, target, value); !*out && i < ix->grant_count; i++) {
		const struct waiver_grant *g = &ix->grants[i];

		if (compare_keys(g->of->w, g->target, w, target) != 0 ||
		    !str_eq(g->of->w->value, value) || g->of->w->ends_s < w->ends_s ||
		    !spend(ix, 1 + w->target_count))
			return NULL;
		TRY(covers(ix, g->of, w, out));
	}
	return NULL;
}

/* Of any value: another text may say the same. */
static struct err *try_all(struct waiver_index *ix, const struct waiver *w, struct str target,
			   bool *out)
{
	size_t end = end_of(ix, w, target);

	for (size_t i = first_of(ix, w, target, STR("")); !*out && i < end; i++) {
		if (!spend(ix, 1 + w->target_count))
			return NULL;
		TRY(covers(ix, ix->grants[i].of, w, out));
	}
	return NULL;
}

static struct err *try_target(struct waiver_index *ix, const struct waiver *w, struct str target,
			      bool *out)
{
	TRY(try_value(ix, w, target, STR(""), out));
	if (*out || !w->value.n)
		return NULL;
	TRY(try_value(ix, w, target, w->value, out));
	return *out ? NULL : try_all(ix, w, target, out);
}

/* One that covers all of its targets covers the one that the fewest are for. */
static struct str rarest_target(const struct waiver_index *ix, const struct waiver *w)
{
	struct str best = STR("");
	size_t least = SIZE_MAX;

	for (size_t i = 0; i < w->target_count; i++) {
		struct str name = w->targets[i].name;
		size_t n = end_of(ix, w, name) - first_of(ix, w, name, STR(""));

		if (n < least) {
			least = n;
			best = name;
		}
	}
	return best;
}

/* The one that it was, without respect to its rule. */
static const struct waiver_names *find_name(const struct waiver_index *ix, const struct waiver *w)
{
	const struct waiver_names key = {.w = w};

	return ix->name_count
		       ? bsearch(&key, ix->by_name, ix->name_count, sizeof(key), compare_names)
		       : NULL;
}

struct err *waiver_index_covers(struct waiver_index *ix, const struct waiver *w,
				const struct waiver **was, bool *is_covered)
{
	const struct waiver_names *same = find_name(ix, w);

	*is_covered = false;
	if (same && !str_eq(same->w->rule_id, w->rule_id))
		same = NULL;
	*was = same ? same->w : NULL;
	/* Nearly always it is the one, and it needs no search. */
	if (same)
		TRY(covers(ix, same, w, is_covered));
	if (!*is_covered)
		TRY(try_target(ix, w, STR(""), is_covered));
	if (!*is_covered && w->target_count)
		TRY(try_target(ix, w, rarest_target(ix, w), is_covered));
	return NULL;
}
