/* SPDX-License-Identifier: Apache-2.0 */
#include "model/diff.h"

#include "base/buf.h"
#include "base/grow.h"
#include "json/canonical.h"
#include "json/pointer.h"
#include "json/scan.h"

const char *change_op_name(enum change_op op)
{
	static const char *const names[] = {
		[CHANGE_ADD] = "add",
		[CHANGE_REMOVE] = "remove",
		[CHANGE_REPLACE] = "replace",
	};

	return names[op];
}

/* The lists of a change while they grow: they are in the arena. */
struct lists {
	struct change *c;
	struct arena *arena;
	size_t removed_cap, added_cap, altered_cap;
};

static struct err *add_item(struct arena *a, size_t **list, size_t *n, size_t *cap, size_t item)
{
	size_t *v = grow_in(a, *list, *n, cap, sizeof(*v));

	if (!v)
		return err_nomem();
	v[(*n)++] = item;
	*list = v;
	return NULL;
}

static struct err *add_altered(struct lists *l, size_t before, size_t after)
{
	struct change *c = l->c;
	struct item_pair *v =
		grow_in(l->arena, c->altered, c->altered_count, &l->altered_cap, sizeof(*v));

	if (!v)
		return err_nomem();
	v[c->altered_count++] = (struct item_pair){before, after};
	c->altered = v;
	return NULL;
}

/* Of two elements of one identity. */
static bool is_altered(const struct change *c, size_t i, size_t j)
{
	return c->field->kind == KIND_ELEMENTS &&
	       element_compare_config(c->field, c->before->u.elements.v[i],
				      c->after->u.elements.v[j]) != 0;
}

/* One merge of two sorted sets. */
static struct err *merge(const struct resource *r, struct lists *l)
{
	struct change *c = l->c;
	size_t n = value_count(c->field, c->before), m = value_count(c->field, c->after);
	size_t i = 0, j = 0;

	while (i < n || j < m) {
		int order;

		if (c->field->kind == KIND_ELEMENTS) {
			elements_fetch(c->field, c->before->u.elements.v, i, n);
			elements_fetch(c->field, c->after->u.elements.v, j, m);
		}
		order = i == n   ? 1
			: j == m ? -1
				 : value_compare_items(r, c->row, c->before, i, c->after, j);

		if (order < 0)
			TRY(add_item(l->arena, &c->removed, &c->removed_count, &l->removed_cap, i));
		else if (order > 0)
			TRY(add_item(l->arena, &c->added, &c->added_count, &l->added_cap, j));
		else if (is_altered(c, i, j))
			TRY(add_altered(l, i, j));
		i += order <= 0;
		j += order >= 0;
	}
	return NULL;
}

/*
 * Unknown members are part of what tells elements apart, so one that changes makes the old element
 * go and a new one come. Both have the same keys, and what happened is that the element changed.
 */
static struct err *pair_alike(struct lists *l)
{
	struct change *c = l->c;
	const struct element **before = c->before->u.elements.v, **after = c->after->u.elements.v;
	size_t i = 0, j = 0, removed = 0, added = 0;

	while (i < c->removed_count || j < c->added_count) {
		int order = i == c->removed_count ? 1
			    : j == c->added_count
				    ? -1
				    : element_compare_keys(c->field, before[c->removed[i]],
							   after[c->added[j]]);

		if (order == 0)
			TRY(add_altered(l, c->removed[i], c->added[j]));
		else if (order < 0)
			c->removed[removed++] = c->removed[i];
		else
			c->added[added++] = c->added[j];
		i += order <= 0;
		j += order >= 0;
	}
	c->removed_count = removed;
	c->added_count = added;
	return NULL;
}

static struct err *list_items(const struct config *before, struct change *c, struct arena *a)
{
	struct lists l = {.c = c, .arena = a};

	TRY(merge(before->resource, &l));
	if (c->field->kind == KIND_ELEMENTS && c->removed_count && c->added_count)
		return pair_alike(&l);
	return NULL;
}

static struct err *make_path(struct change *c, struct arena *a)
{
	struct buf b = BUF_INIT(JSON_SIZE_CEILING);

	buf_char(&b, '/');
	pointer_put_token(&b, c->name);
	c->path = arena_str(a, buf_view(&b));
	buf_free(&b);
	return c->path.p && !b.failed_memory ? NULL : err_nomem();
}

static enum change_op scalar_op(const struct value *before, const struct value *after)
{
	if (before->is_null)
		return CHANGE_ADD;
	return after->is_null ? CHANGE_REMOVE : CHANGE_REPLACE;
}

static struct err *add_known(struct diff *d, const struct judgement *j, size_t row, struct arena *a)
{
	const struct field *f = &d->before->resource->fields[row];
	struct change *c = &d->changes[d->change_count++];

	*c = (struct change){
		.field = f,
		.row = row,
		.name = str_from(f->name),
		.before = &d->before->values[row],
		.after = &d->after->values[row],
		.op = CHANGE_REPLACE,
		.direction = j->directions[row],
		.plain = j->plain_fields[row],
		.bits = j->fields[row],
	};
	if (schema_is_set(f->kind))
		TRY(list_items(d->before, c, a));
	else
		c->op = scalar_op(c->before, c->after);
	return make_path(c, a);
}

/* A field without a row is outside the model: whatever it does, it is not known. */
static struct err *add_unknown(struct diff *d, const struct unknown *before,
			       const struct unknown *after, struct arena *a)
{
	struct change *c = &d->changes[d->change_count++];

	*c = (struct change){
		.row = SCHEMA_FIELDS_MAX,
		.name = before ? before->name : after->name,
		.unknown_before = before,
		.unknown_after = after,
		.op = !before  ? CHANGE_ADD
		      : !after ? CHANGE_REMOVE
			       : CHANGE_REPLACE,
		.direction = DIR_UNKNOWN,
		.plain = DIR_UNKNOWN,
		.bits = {true, true},
	};
	return make_path(c, a);
}

static const struct unknown *take(const struct config *c, size_t i)
{
	return i < c->unknown_count ? &c->unknown[i] : NULL;
}

/* Both lists are sorted. An empty value and an absent one are the same. */
static struct err *diff_unknown(struct diff *d, struct arena *a)
{
	size_t i = 0, j = 0;

	for (;;) {
		const struct unknown *x = take(d->before, i), *y = take(d->after, j);
		int order = !x ? 1 : !y ? -1 : json_compare_keys(x->name, y->name);

		if (!x && !y)
			return NULL;
		i += order <= 0;
		j += order >= 0;
		x = order <= 0 && !unknown_is_empty(x) ? x : NULL;
		y = order >= 0 && !unknown_is_empty(y) ? y : NULL;
		if ((!x && !y) || (x && y && str_eq(x->json, y->json)))
			continue;
		TRY(add_unknown(d, x, y, a));
	}
}

/* How many changes there are at the most; of most pairs none. */
static size_t count_changes(const struct diff *d, const struct judgement *j)
{
	size_t n = j->unknown_differs ? d->before->unknown_count + d->after->unknown_count : 0;

	for (size_t i = 0; i < d->before->resource->field_count; i++)
		n += j->differs[i];
	return n;
}

struct err *diff_configs(const struct config *before, const struct config *after, struct arena *a,
			 struct diff *out)
{
	const struct resource *r = before->resource;
	struct judgement j;

	*out = (struct diff){.before = before, .after = after};
	direction_judge(before, after, &j);
	out->judgement = (struct pair_judgement){
		.whole = j.whole,
		.direction = j.direction,
		.plain = j.plain,
		.is_switched_off = j.is_switched_off,
	};
	out->changes = arena_array(a, count_changes(out, &j), sizeof(*out->changes));
	if (!out->changes)
		return err_nomem();
	for (size_t i = 0; i < r->field_count; i++)
		if (j.differs[i])
			TRY(add_known(out, &j, i, a));
	return j.unknown_differs ? diff_unknown(out, a) : NULL;
}
