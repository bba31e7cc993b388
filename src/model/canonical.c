/* SPDX-License-Identifier: Apache-2.0 */
#include "model/canonical.h"

#include <stdlib.h>
#include <string.h>

#include "base/timeutil.h"
#include "json/canonical.h"
#include "json/write.h"

/* A member's text is canonical already; only texts and times of day stand in quotes. */
void canonical_write_member(struct buf *b, const struct member *m, struct str text)
{
	if (m->kind == KIND_TEXT || (m->kind == KIND_CLOCK && text.n))
		json_put_string(b, text);
	else if (text.n)
		buf_str(b, text);
	else
		buf_puts(b, "null");
}

/* `{"a": 1}` without its braces. */
static struct str inner(struct str object)
{
	return (struct str){object.p + 1, object.n - 2};
}

static struct str behind(struct str s, size_t n)
{
	return (struct str){s.p + n, s.n - n};
}

/* With `as_present` members that the source does not name are left out. */
static void put_element(struct buf *b, const struct field *f, const struct element *e,
			bool as_present)
{
	bool is_first = true;

	buf_char(b, '{');
	for (size_t i = 0; i < f->member_count; i++) {
		if (as_present && !element_names(e, i))
			continue;
		if (!is_first)
			buf_puts(b, ", ");
		is_first = false;
		json_put_string(b, str_from(f->members[i].name));
		buf_puts(b, ": ");
		canonical_write_member(b, &f->members[i], element_member(e, i));
	}
	if (e->extra) {
		if (!is_first)
			buf_puts(b, ", ");
		buf_str(b, inner(e->extra->kept));
	}
	buf_char(b, '}');
}

static void put_item(struct buf *b, const struct field *f, const struct value *v, size_t i,
		     bool as_present)
{
	if (f->kind == KIND_TEXT_SET)
		json_put_string(b, v->u.texts.v[i]);
	else if (f->kind == KIND_INTEGER_SET)
		json_put_integer(b, v->u.integers.v[i]);
	else
		put_element(b, f, v->u.elements.v[i], as_present);
}

void canonical_write_item(struct buf *b, const struct field *f, const struct value *v, size_t i)
{
	put_item(b, f, v, i, false);
}

/* `"a": "b"` for each, without braces. */
static void put_keys(struct buf *b, const struct field *f, const struct element *e)
{
	bool has_gaps = element_has_gaps(f, e);
	const char *joint = "";

	for (size_t k = 0; k < f->member_count; k++) {
		enum member_role role = f->members[k].role;

		if (!e->members[k].n ||
		    (role != MEMBER_KEY && (role != MEMBER_KEY_IF_GAPS || !has_gaps)))
			continue;
		buf_puts(b, joint);
		joint = ", ";
		json_put_string(b, str_from(f->members[k].name));
		buf_puts(b, ": ");
		canonical_write_member(b, &f->members[k], element_member(e, k));
	}
}

void canonical_name_keys(struct buf *b, const struct field *f, const struct element *e)
{
	buf_char(b, '{');
	put_keys(b, f, e);
	buf_char(b, '}');
}

void canonical_name_item(struct buf *b, const struct field *f, const struct value *v, size_t i)
{
	const struct element *e = f->kind == KIND_ELEMENTS ? v->u.elements.v[i] : NULL;
	size_t start;

	if (!e) {
		canonical_write_item(b, f, v, i);
		return;
	}
	buf_char(b, '{');
	start = b->n;
	put_keys(b, f, e);
	if (e->extra && e->extra->compared.n) {
		buf_puts(b, b->n > start ? ", " : "");
		buf_str(b, inner(e->extra->compared));
	}
	buf_char(b, '}');
}

static void put_scalar(struct buf *b, const struct field *f, const struct value *v)
{
	char clock[TIME_TEXT_SIZE];

	switch (f->kind) {
	case KIND_BOOL:
		buf_puts(b, v->u.boolean ? "true" : "false");
		break;
	case KIND_INTEGER:
		json_put_integer(b, v->u.integer);
		break;
	case KIND_CLOCK:
		json_put_string(b, str_from(time_format_clock(v->u.clock, clock)));
		break;
	case KIND_TEXT:
		json_put_string(b, v->u.text);
		break;
	case KIND_TEXT_SET:
	case KIND_INTEGER_SET:
	case KIND_ELEMENTS:
		break;
	}
}

struct layout {
	const char *before, *between, *after;
	bool as_present;
};

static const struct layout one_line = {"[", ", ", "]", false};
static const struct layout packed = {"[", ",", "]", false};
static const struct layout lines = {"[\n    ", ",\n    ", "\n  ]", false};
static const struct layout lines_as_present = {"[\n    ", ",\n    ", "\n  ]", true};

static void put_list(struct buf *b, const struct field *f, const struct value *v,
		     const struct layout *l)
{
	size_t n = value_count(f, v);

	if (n == 0) {
		buf_puts(b, "[]");
		return;
	}
	buf_puts(b, l->before);
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_puts(b, l->between);
		if (f->kind == KIND_ELEMENTS)
			elements_fetch(f, v->u.elements.v, i, n);
		put_item(b, f, v, i, l->as_present);
	}
	buf_puts(b, l->after);
}

void canonical_write_value(struct buf *b, const struct field *f, const struct value *v)
{
	if (v->is_null)
		buf_puts(b, "null");
	else if (schema_is_set(f->kind))
		put_list(b, f, v, &one_line);
	else
		put_scalar(b, f, v);
}

/* A list without a row, one element a line as those with one; text is in one line. */
static void put_unknown(struct buf *b, const struct unknown *u)
{
	struct str rest = u->json;

	if (rest.p[0] != '[' || str_is(rest, "[]")) {
		buf_str(b, rest);
		return;
	}
	buf_puts(b, "[\n    ");
	while (rest.p[0] != ']') {
		size_t n;

		if (rest.p[0] == ',')
			buf_puts(b, ",\n    ");
		/* The opening bracket, or a comma and a blank. */
		rest = behind(rest, rest.p[0] == ',' ? 2 : 1);
		n = json_canonical_length(rest);
		buf_add(b, rest.p, n);
		rest = behind(rest, n);
	}
	buf_puts(b, "\n  ]");
}

static void put_name(struct buf *b, bool is_first, struct str name)
{
	buf_puts(b, is_first ? "\n  " : ",\n  ");
	json_put_string(b, name);
	buf_puts(b, ": ");
}

static bool is_empty(const struct field *f, const struct value *v)
{
	return schema_is_set(f->kind) ? value_count(f, v) == 0 : v->is_null;
}

/* With `as_present` rows that are empty and that the source does not name are left out. */
static void write_disk(struct buf *b, const struct config *c, bool as_present)
{
	const struct resource *r = c->resource;
	bool is_first = true;

	buf_char(b, '{');
	for (size_t i = 0; i < r->field_count; i++) {
		const struct field *f = &r->fields[i];
		const struct value *v = &c->values[i];

		if (f->role != ROLE_CONFIG || (as_present && !v->is_present && is_empty(f, v)))
			continue;
		put_name(b, is_first, str_from(f->name));
		is_first = false;
		if (schema_is_set(f->kind))
			put_list(b, f, v, as_present ? &lines_as_present : &lines);
		else
			canonical_write_value(b, f, v);
	}
	for (size_t i = 0; i < c->unknown_count; i++) {
		put_name(b, is_first, c->unknown[i].name);
		is_first = false;
		put_unknown(b, &c->unknown[i]);
	}
	buf_puts(b, is_first ? "}\n" : "\n}\n");
}

struct err *canonical_write(struct buf *b, const struct config *c)
{
	write_disk(b, c, false);
	return NULL;
}

/*
 * Compares what is written with the source as it comes, so that a large baseline is not held twice.
 */
struct comparison {
	struct str rest;
	bool is_equal;
};

static bool compare_sink(void *ctx, const char *p, size_t n)
{
	struct comparison *c = ctx;

	if (n > c->rest.n || memcmp(c->rest.p, p, n) != 0) {
		c->is_equal = false;
		return false;
	}
	c->rest.p += n;
	c->rest.n -= n;
	return true;
}

struct err *canonical_check(const struct config *c, struct str source, bool *is_canonical)
{
	struct comparison cmp = {source, true};
	struct buf b = buf_stream(compare_sink, &cmp);
	struct err *e;

	write_disk(&b, c, true);
	buf_flush(&b);
	*is_canonical = cmp.is_equal && cmp.rest.n == 0;
	e = b.failed_memory ? err_nomem() : NULL;
	buf_free(&b);
	return e;
}

/* Rows in the order of RFC 8785. */
struct entry {
	struct str name;
	size_t row; /* field_count and above: unknown fields */
};

static int by_name(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return json_compare_keys(x->name, y->name);
}

static bool is_digested(const struct field *f, const struct element *e, size_t i, bool has_gaps)
{
	if (e->members[i].n == 0)
		return false;
	switch (f->members[i].role) {
	case MEMBER_KEY:
	case MEMBER_CONFIG:
		return true;
	case MEMBER_KEY_IF_GAPS:
		return has_gaps;
	case MEMBER_STATE:
		return false;
	}
	return false;
}

/* Members without a row that are still to be written: `"a": 1, "b": 2`. */
static struct str first_extra(const struct element *e)
{
	return e->extra && e->extra->compared.n ? inner(e->extra->compared) : STR("");
}

/*
 * Is the member in front, whose name is in quotes and may have escapes, before the one of this
 * name? Names of rows are letters, which are above all that is escaped but the backslash.
 */
static bool is_before(struct str extra, struct str name)
{
	for (size_t i = 0; i < name.n; i++) {
		char c = extra.p[i + 1];

		if (c == '"')
			return true;
		if (c == '\\' && extra.p[i + 2] != '\\')
			return true;
		if (c != name.p[i])
			return (unsigned char)c < (unsigned char)name.p[i];
	}
	return false;
}

static void put_joint(struct buf *b, bool *is_first)
{
	if (!*is_first)
		buf_char(b, ',');
	*is_first = false;
}

/* The members in front that are before `name`, or all; *rest is what stays. */
static void put_jcs_extra(struct buf *b, struct str *rest, const struct str *name, bool *is_first)
{
	while (rest->n && (!name || is_before(*rest, *name))) {
		size_t n = json_canonical_length(*rest);

		n += 2; /* the colon and a blank */
		n += json_canonical_length(behind(*rest, n));
		put_joint(b, is_first);
		json_restyle(b, (struct str){rest->p, n}, JSON_JCS);
		*rest = behind(*rest, n < rest->n ? n + 2 : n);
	}
}

static void put_jcs_element(struct buf *b, const struct field *f, const struct element *e,
			    const struct entry *order)
{
	bool has_gaps = element_has_gaps(f, e), is_first = true;
	struct str extra = first_extra(e);

	buf_char(b, '{');
	for (size_t k = 0; k < f->member_count; k++) {
		size_t i = order[k].row;

		if (!is_digested(f, e, i, has_gaps))
			continue;
		put_jcs_extra(b, &extra, &order[k].name, &is_first);
		put_joint(b, &is_first);
		json_put_string(b, order[k].name);
		buf_char(b, ':');
		canonical_write_member(b, &f->members[i], element_member(e, i));
	}
	put_jcs_extra(b, &extra, NULL, &is_first);
	buf_char(b, '}');
}

static void put_jcs_elements(struct buf *b, const struct field *f, const struct value *v)
{
	struct entry order[SCHEMA_MEMBERS_MAX];

	for (size_t i = 0; i < f->member_count; i++)
		order[i] = (struct entry){str_from(f->members[i].name), i};
	qsort(order, f->member_count, sizeof(*order), by_name);
	buf_char(b, '[');
	for (size_t i = 0, n = v->u.elements.n; i < n; i++) {
		if (i)
			buf_char(b, ',');
		elements_fetch(f, v->u.elements.v, i, n);
		put_jcs_element(b, f, v->u.elements.v[i], order);
	}
	buf_char(b, ']');
}

static void put_jcs_entry(struct buf *b, const struct config *c, size_t row)
{
	const struct resource *r = c->resource;
	const struct field *f;

	if (row >= r->field_count) {
		json_restyle(b, c->unknown[row - r->field_count].json, JSON_JCS);
		return;
	}
	f = &r->fields[row];
	if (f->kind == KIND_ELEMENTS)
		put_jcs_elements(b, f, &c->values[row]);
	else if (schema_is_set(f->kind))
		put_list(b, f, &c->values[row], &packed);
	else
		put_scalar(b, f, &c->values[row]);
}

struct err *canonical_write_jcs(struct buf *b, const struct config *c)
{
	const struct resource *r = c->resource;
	struct entry *order = calloc(r->field_count + c->unknown_count + 1, sizeof(*order));
	size_t n = 0;
	struct err *e = order ? NULL : err_nomem();

	for (size_t i = 0; !e && i < r->field_count; i++) {
		if (r->fields[i].role == ROLE_CONFIG && !is_empty(&r->fields[i], &c->values[i]))
			order[n++] = (struct entry){str_from(r->fields[i].name), i};
	}
	for (size_t i = 0; !e && i < c->unknown_count; i++) {
		if (!unknown_is_empty(&c->unknown[i]))
			order[n++] = (struct entry){c->unknown[i].name, r->field_count + i};
	}
	if (n)
		qsort(order, n, sizeof(*order), by_name);
	buf_char(b, '{');
	for (size_t i = 0; !e && i < n; i++) {
		if (i)
			buf_char(b, ',');
		json_put_string(b, order[i].name);
		buf_char(b, ':');
		put_jcs_entry(b, c, order[i].row);
	}
	buf_char(b, '}');
	free(order);
	return e;
}
