/* SPDX-License-Identifier: Apache-2.0 */
#include "model/config.h"

static int compare_role(const struct field *f, const struct element *a, const struct element *b,
			enum member_role role)
{
	for (size_t i = 0; i < f->member_count; i++) {
		int c;

		if (f->members[i].role != role)
			continue;
		c = str_cmp(element_member(a, i), element_member(b, i));
		if (c)
			return c;
	}
	return 0;
}

bool element_has_gaps(const struct field *f, const struct element *e)
{
	for (size_t i = 0; i < f->member_count; i++) {
		if (f->members[i].role == MEMBER_KEY && e->members[i].n == 0)
			return true;
	}
	return false;
}

int element_compare_keys(const struct field *f, const struct element *a, const struct element *b)
{
	int c = compare_role(f, a, b, MEMBER_KEY);

	/* Equal keys have equal gaps, so one side tells for both. */
	if (!c && element_has_gaps(f, a))
		c = compare_role(f, a, b, MEMBER_KEY_IF_GAPS);
	return c;
}

int element_compare(const struct resource *r, size_t field, const struct element *a,
		    const struct element *b)
{
	int c = element_compare_keys(&r->fields[field], a, b);

	if (!c && (a->extra || b->extra))
		c = str_cmp(a->extra ? a->extra->compared : STR(""),
			    b->extra ? b->extra->compared : STR(""));
	return c;
}

int element_compare_config(const struct field *f, const struct element *a, const struct element *b)
{
	return compare_role(f, a, b, MEMBER_CONFIG);
}

int element_compare_state(const struct field *f, const struct element *a, const struct element *b)
{
	int c = compare_role(f, a, b, MEMBER_STATE);

	if (!c)
		c = compare_role(f, a, b, MEMBER_KEY_IF_GAPS);
	if (!c && (a->extra || b->extra))
		c = str_cmp(a->extra ? a->extra->kept : STR(""),
			    b->extra ? b->extra->kept : STR(""));
	return c;
}

bool value_is_beyond(const struct field *f, const struct value *v)
{
	return f->kind == KIND_INTEGER && f->most_known > 0 && !v->is_null &&
	       integer_compare(v->u.integer, integer_from((uint64_t)f->most_known)) > 0;
}

size_t value_count(const struct field *f, const struct value *v)
{
	if (v->is_null)
		return 0;
	switch (f->kind) {
	case KIND_TEXT_SET:
		return v->u.texts.n;
	case KIND_INTEGER_SET:
		return v->u.integers.n;
	case KIND_ELEMENTS:
		return v->u.elements.n;
	case KIND_BOOL:
	case KIND_INTEGER:
	case KIND_CLOCK:
	case KIND_TEXT:
		break;
	}
	return 0;
}

bool value_equal(const struct resource *r, size_t field, const struct value *a,
		 const struct value *b)
{
	const struct field *f = &r->fields[field];
	size_t n;

	if (a->is_null || b->is_null)
		return a->is_null == b->is_null;
	switch (f->kind) {
	case KIND_BOOL:
		return a->u.boolean == b->u.boolean;
	case KIND_INTEGER:
		return integer_compare(a->u.integer, b->u.integer) == 0;
	case KIND_CLOCK:
		return a->u.clock == b->u.clock;
	case KIND_TEXT:
		return str_eq(a->u.text, b->u.text);
	case KIND_TEXT_SET:
	case KIND_INTEGER_SET:
	case KIND_ELEMENTS:
		break;
	}
	n = value_count(f, a);
	if (n != value_count(f, b))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!value_items_equal(r, field, a, i, b, i))
			return false;
	}
	return true;
}

int value_compare_items(const struct resource *r, size_t field, const struct value *a, size_t i,
			const struct value *b, size_t j)
{
	const struct field *f = &r->fields[field];

	if (f->kind == KIND_TEXT_SET)
		return str_cmp(a->u.texts.v[i], b->u.texts.v[j]);
	if (f->kind == KIND_INTEGER_SET)
		return integer_compare(a->u.integers.v[i], b->u.integers.v[j]);
	return element_compare(r, field, a->u.elements.v[i], b->u.elements.v[j]);
}

bool value_items_equal(const struct resource *r, size_t field, const struct value *a, size_t i,
		       const struct value *b, size_t j)
{
	const struct field *f = &r->fields[field];

	if (value_compare_items(r, field, a, i, b, j) != 0)
		return false;
	return f->kind != KIND_ELEMENTS ||
	       element_compare_config(f, a->u.elements.v[i], b->u.elements.v[j]) == 0;
}

const char *value_absence(const struct value *v)
{
	if (v->is_unset)
		return "not set";
	return v->is_present ? "null" : "absent";
}

bool config_is_on(const struct config *c)
{
	size_t i = schema_find_dimension(c->resource, DIM_SWITCH);

	return i < c->resource->field_count && !c->values[i].is_null && c->values[i].u.boolean;
}

const struct field *config_lacks(const struct config *c)
{
	for (size_t i = 0; config_is_on(c) && i < c->resource->field_count; i++) {
		if (c->resource->fields[i].need == NEED_WHEN_ON && c->values[i].is_null)
			return &c->resource->fields[i];
	}
	return NULL;
}

bool unknown_is_empty(const struct unknown *u)
{
	return str_is(u->json, "null") || str_is(u->json, "[]");
}

bool config_is_same(const struct config *a, const struct config *b)
{
	const struct resource *r = a->resource;

	if (r != b->resource || a->unknown_count != b->unknown_count)
		return false;
	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].role == ROLE_CONFIG &&
		    !value_equal(r, i, &a->values[i], &b->values[i]))
			return false;
	}
	for (size_t i = 0; i < a->unknown_count; i++) {
		if (!str_eq(a->unknown[i].name, b->unknown[i].name) ||
		    !str_eq(a->unknown[i].json, b->unknown[i].json))
			return false;
	}
	return true;
}
