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

void direction_compare_sets(const struct resource *r, size_t field, const struct value *before,
			    const struct value *after, struct set_change *out)
{
	const struct field *f = &r->fields[field];
	size_t nb = value_count(f, before), na = value_count(f, after), b = 0, a = 0;
	bool wants_settings = f->kind == KIND_ELEMENTS && has_settings(f);

	*out = (struct set_change){.is_filled = {nb > 0, na > 0}};
	while (b < nb && a < na) {
		int order = value_compare_items(r, field, before, b, after, a);

		if (order == 0 && wants_settings)
			out->members_changed |= element_compare_config(f, before->u.elements.v[b],
								       after->u.elements.v[a]) != 0;
		out->has_only[0] |= order < 0;
		out->has_only[1] |= order > 0;
		if (out->has_only[0] && out->has_only[1] &&
		    (!wants_settings || out->members_changed))
			return;
		b += order <= 0;
		a += order >= 0;
	}
	out->has_only[0] |= b < nb;
	out->has_only[1] |= a < na;
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
