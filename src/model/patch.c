/* SPDX-License-Identifier: Apache-2.0 */
#include "model/patch.h"

#include <stdlib.h>

#include "json/canonical.h"
#include "json/pointer.h"
#include "json/write.h"
#include "model/canonical.h"

struct patch {
	struct buf *b;
	bool has_operations;
};

/* A place: a member of the document, or an item of the list that it is. */
struct place {
	struct str name;
	bool is_item;
	size_t index;
};

/* `{"op": "test", "path": "/Id/0"`, to be ended by end_operation. */
static void begin_operation(struct patch *p, const char *op, const struct place *at)
{
	struct buf path = BUF_INIT(JSON_SIZE_CEILING);

	buf_puts(p->b, p->has_operations ? ",\n  " : "[\n  ");
	p->has_operations = true;
	buf_printf(p->b, "{\"op\": \"%s\", \"path\": ", op);
	buf_char(&path, '/');
	pointer_put_token(&path, at->name);
	if (at->is_item)
		buf_printf(&path, "/%zu", at->index);
	json_put_string(p->b, buf_view(&path));
	p->b->failed_memory |= path.failed_memory;
	buf_free(&path);
}

static void end_operation(struct patch *p)
{
	buf_char(p->b, '}');
}

static void begin_value(struct patch *p, const char *op, const struct place *at)
{
	begin_operation(p, op, at);
	buf_puts(p->b, ", \"value\": ");
}

/* One side of a pair of lists. */
struct side {
	const struct resource *r;
	size_t row;
	const struct value *v;
};

static const struct field *field_of(const struct side *s)
{
	return &s->r->fields[s->row];
}

static void put_item(struct patch *p, const char *op, const struct side *s, size_t i, size_t at)
{
	const struct field *f = field_of(s);

	begin_value(p, op, &(struct place){str_from(f->name), true, at});
	canonical_write_item(p->b, f, s->v, i);
	end_operation(p);
}

/* Not the same in canonical form, though by identity they are one. */
static bool items_differ(const struct side *x, size_t i, const struct side *y, size_t j)
{
	const struct field *f = field_of(x);
	const struct element *a, *b;

	if (f->kind != KIND_ELEMENTS)
		return false;
	a = x->v->u.elements.v[i];
	b = y->v->u.elements.v[j];
	return element_compare_config(f, a, b) != 0 || element_compare_state(f, a, b) != 0;
}

/*
 * Walks both lists, which are sorted. Writes what is replaced, or what is added; notes what goes in
 * `gone` and returns its count.
 */
static size_t walk(struct patch *p, const struct side *x, const struct side *y, size_t *gone,
		   bool adds)
{
	size_t n = value_count(field_of(x), x->v), m = value_count(field_of(y), y->v);
	size_t i = 0, j = 0, count = 0;

	while (i < n || j < m) {
		int order = i == n   ? 1
			    : j == m ? -1
				     : value_compare_items(x->r, x->row, x->v, i, y->v, j);

		if (order < 0 && !adds)
			gone[count++] = i;
		else if (order > 0 && adds)
			put_item(p, "add", y, j, j);
		else if (order == 0 && !adds && items_differ(x, i, y, j)) {
			put_item(p, "test", x, i, i);
			put_item(p, "replace", y, j, i);
		}
		i += order <= 0;
		j += order >= 0;
	}
	return count;
}

static struct err *patch_list(struct patch *p, const struct side *x, const struct side *y)
{
	const struct field *f = field_of(x);
	size_t *gone = calloc(value_count(f, x->v) + 1, sizeof(*gone));
	size_t n;

	if (!gone)
		return err_nomem();
	n = walk(p, x, y, gone, false);
	while (n-- > 0) {
		put_item(p, "test", x, gone[n], gone[n]);
		begin_operation(p, "remove", &(struct place){str_from(f->name), true, gone[n]});
		end_operation(p);
	}
	(void)walk(p, x, y, gone, true);
	free(gone);
	return NULL;
}

/* The row is in both documents, be it as null. */
static void patch_scalar(struct patch *p, const struct side *x, const struct side *y)
{
	const struct field *f = field_of(x);
	struct place at = {str_from(f->name), false, 0};

	begin_value(p, "test", &at);
	canonical_write_value(p->b, f, x->v);
	end_operation(p);
	begin_value(p, "replace", &at);
	canonical_write_value(p->b, f, y->v);
	end_operation(p);
}

static void put_unknown(struct patch *p, const char *op, const struct unknown *u)
{
	begin_value(p, op, &(struct place){u->name, false, 0});
	buf_str(p->b, u->json);
	end_operation(p);
}

static const struct unknown *take(const struct config *c, size_t i)
{
	return i < c->unknown_count ? &c->unknown[i] : NULL;
}

/* Canonical form keeps a field without a row even where it is null, so absent and null differ. */
static void patch_unknown(struct patch *p, const struct config *before, const struct config *after)
{
	size_t i = 0, j = 0;

	while (i < before->unknown_count || j < after->unknown_count) {
		const struct unknown *x = take(before, i), *y = take(after, j);
		int order = !x ? 1 : !y ? -1 : json_compare_keys(x->name, y->name);

		if (order > 0) {
			put_unknown(p, "add", y);
		} else if (order < 0) {
			put_unknown(p, "test", x);
			begin_operation(p, "remove", &(struct place){x->name, false, 0});
			end_operation(p);
		} else if (!str_eq(x->json, y->json)) {
			put_unknown(p, "test", x);
			put_unknown(p, "replace", y);
		}
		i += order <= 0;
		j += order >= 0;
	}
}

struct err *patch_write(struct buf *b, const struct config *before, const struct config *after)
{
	const struct resource *r = before->resource;
	struct patch p = {b, false};

	for (size_t i = 0; i < r->field_count; i++) {
		struct side x = {r, i, &before->values[i]}, y = {r, i, &after->values[i]};

		if (r->fields[i].role != ROLE_CONFIG)
			continue;
		if (schema_is_set(r->fields[i].kind))
			TRY(patch_list(&p, &x, &y));
		else if (!value_equal(r, i, x.v, y.v))
			patch_scalar(&p, &x, &y);
	}
	patch_unknown(&p, before, after);
	buf_puts(b, p.has_operations ? "\n]\n" : "[]\n");
	return NULL;
}
