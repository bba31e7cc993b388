/* SPDX-License-Identifier: Apache-2.0 */
#include "model/direction_view.h"

static bool has_settings(const struct field *f)
{
	for (size_t i = 0; i < f->member_count; i++) {
		if (f->members[i].role == MEMBER_CONFIG)
			return true;
	}
	return false;
}

static bool has_extra(const struct value *v, size_t i)
{
	const struct extra *x = v->u.elements.v[i]->extra;

	return x && x->compared.n;
}

/* Of two elements at hand: of one when the order tells them apart, else of both. */
static bool members_differ(const struct field *f, const struct value *before, size_t b,
			   const struct value *after, size_t a, int order)
{
	if (order == 0)
		return element_compare_config(f, before->u.elements.v[b], after->u.elements.v[a]) !=
		       0;
	return order < 0 ? has_extra(before, b) : has_extra(after, a);
}

void direction_compare_sets(const struct resource *r, size_t field, const struct value *before,
			    const struct value *after, struct set_change *out)
{
	const struct field *f = &r->fields[field];
	size_t nb = value_count(f, before), na = value_count(f, after), b = 0, a = 0;
	bool wants_members = f->kind == KIND_ELEMENTS &&
			     (has_settings(f) || (nb && before->u.elements.have_extra) ||
			      (na && after->u.elements.have_extra));

	*out = (struct set_change){.is_filled = {nb > 0, na > 0}};
	while (b < nb || a < na) {
		int order = b == nb   ? 1
			    : a == na ? -1
				      : value_compare_items(r, field, before, b, after, a);

		out->members_changed |=
			wants_members && members_differ(f, before, b, after, a, order);
		out->has_only[0] |= order < 0;
		out->has_only[1] |= order > 0;
		/* Nothing is left to learn: the rest of a long list is not looked at. */
		if (!wants_members && (out->has_only[0] || b == nb) &&
		    (out->has_only[1] || a == na))
			return;
		b += order <= 0;
		a += order >= 0;
	}
}

/* Moves *at to the first id that is not below `id`. */
static bool stands_in(struct ids list, size_t *at, struct integer id)
{
	while (*at < list.n && integer_compare(list.v[*at], id) < 0)
		++*at;
	return *at < list.n && integer_compare(list.v[*at], id) == 0;
}

bool direction_has_id(struct ids in, const struct ids out[2], const struct ids *also)
{
	size_t at_out[2] = {0, 0}, at_also = 0;

	for (size_t i = 0; i < in.n; i++) {
		struct integer id = in.v[i];

		if (!stands_in(out[0], &at_out[0], id) && !stands_in(out[1], &at_out[1], id) &&
		    (!also || stands_in(*also, &at_also, id)))
			return true;
	}
	return false;
}
