/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of objects, each known by its key members. There may be a million of them, so an element
 * is spans into the source wherever the source says it in canonical form already.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/canonical.h"
#include "json/pointer.h"
#include "json/write.h"
#include "model/reader.h"

/* A member without a row. */
struct extra_member {
	struct str name, json;
};

/* A member with a row: its canonical text, and where the source has the same bytes. */
struct draft_member {
	struct str text;
	uint32_t at;
	bool is_in_source, is_named;
};

/* One element while it is read. */
struct draft {
	struct draft_member members[SCHEMA_MEMBERS_MAX];
	struct extra_member *extra;
	size_t extra_count, extra_cap;
	size_t index; /* in the list, for paths */
};

static struct err *read_extra(struct reader *r, const struct field *f, struct draft *d,
			      const struct json_token *key)
{
	struct buf below = BUF_INIT(JSON_SIZE_CEILING);
	struct json_token t;
	struct err *e;

	TRY(json_next(r->scan, &t));
	d->extra = grow_in(r->arena, d->extra, d->extra_count, &d->extra_cap, sizeof(*d->extra));
	if (!d->extra)
		return err_nomem();
	TRY(json_canonical(r->scan, &t, r->arena, &d->extra[d->extra_count].json));
	d->extra[d->extra_count++].name = key->text;
	buf_printf(&below, "/%zu/", d->index);
	pointer_put_token(&below, key->text);
	e = buf_check(&below, ERR_REPLY, "a path");
	if (!e)
		e = reader_note(r, NOTE_UNKNOWN_FIELD, key->at, str_from(f->name), below.p,
				"a member that this version does not know; it is kept as it is");
	buf_free(&below);
	return e;
}

/* Members mostly come in one order: the search begins behind the last hit. */
static size_t find_member(const struct field *f, struct str name, size_t *hint)
{
	for (size_t k = 0; k < f->member_count; k++) {
		size_t i = *hint + k < f->member_count ? *hint + k : *hint + k - f->member_count;

		if (str_is(name, f->members[i].name)) {
			*hint = i + 1 < f->member_count ? i + 1 : 0;
			return i;
		}
	}
	return f->member_count;
}

static struct err *read_known(struct reader *r, const struct field *f, struct draft *d, size_t i,
			      struct value *v)
{
	const struct member *m = &f->members[i];
	struct draft_member *out = &d->members[i];
	char below[128];
	struct scalar s = {str_from(f->name), below, m->kind, m->form, m->fold, m->clock, m->unset};
	struct json_token t;
	bool ok;

	TRY(json_next(r->scan, &t));
	out->is_named = true;
	/* The path is wanted only where something is wrong; the plain case must stay cheap. */
	if (t.kind == JSON_STRING && m->kind == KIND_TEXT && schema_is_folded(t.text, m->fold)) {
		out->text = t.text;
		out->at = t.at + 1;
		/* Every escape is longer than what it stands for, so equal length means none. */
		out->is_in_source = json_offset(r->scan) - t.at == t.text.n + 2;
		return NULL;
	}
	(void)snprintf(below, sizeof(below), "/%zu/%s", d->index, m->name);
	TRY(read_scalar(r, &s, &t, &out->text, &ok));
	if (!ok)
		v->is_malformed = true;
	return NULL;
}

static int by_extra_name(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return json_compare_keys(x[0], y[0]);
}

/* What a member of the table would say by being absent. */
static bool is_empty(struct str json)
{
	return str_is(json, "null") || str_is(json, "[]") || str_is(json, "\"\"");
}

/* The unknown members as one object; *out is empty where there is none. */
static struct err *join_extra(struct reader *r, const struct draft *d, bool with_empty,
			      struct str *out)
{
	struct buf b = BUF_INIT(JSON_SIZE_CEILING);
	struct err *e;

	*out = STR("");
	for (size_t i = 0; i < d->extra_count; i++) {
		if (!with_empty && is_empty(d->extra[i].json))
			continue;
		buf_puts(&b, b.n ? ", " : "{");
		json_put_string(&b, d->extra[i].name);
		buf_puts(&b, ": ");
		buf_str(&b, d->extra[i].json);
	}
	if (b.n) {
		buf_char(&b, '}');
		*out = arena_str(r->arena, buf_view(&b));
	}
	e = buf_check(&b, ERR_REPLY, "an element");
	if (!e && !out->p)
		e = err_nomem();
	buf_free(&b);
	return e;
}

static struct err *place_extra(struct reader *r, struct draft *d, struct value *v,
			       struct element *e)
{
	struct extra *x = arena_alloc(r->arena, sizeof(*x));

	if (!x)
		return err_nomem();
	qsort(d->extra, d->extra_count, sizeof(*d->extra), by_extra_name);
	TRY(join_extra(r, d, true, &x->kept));
	TRY(join_extra(r, d, false, &x->compared));
	v->u.elements.have_extra |= x->compared.n > 0;
	e->extra = x;
	return NULL;
}

static struct err *copy_members(struct reader *r, const struct field *f, const struct draft *d,
				struct element *e)
{
	size_t total = 0, at = 0;
	char *copy;

	for (size_t i = 0; i < f->member_count; i++)
		total += d->members[i].text.n;
	copy = arena_bytes(r->arena, total + 1);
	if (!copy)
		return err_nomem();
	e->base = copy;
	for (size_t i = 0; i < f->member_count; i++) {
		struct str text = d->members[i].text;

		if (!text.n) {
			e->members[i] = (struct span){d->members[i].is_named, 0};
			continue;
		}
		memcpy(copy + at, text.p, text.n);
		e->members[i] = (struct span){(uint32_t)at, (uint32_t)text.n};
		at += text.n;
	}
	return NULL;
}

/*
 * All members in one piece of text: the source, or a copy where the source lacks the bytes of one,
 * since it has an escape there or another form.
 */
static struct err *place_members(struct reader *r, const struct field *f, const struct draft *d,
				 struct element *e)
{
	e->base = r->out->source.p;
	for (size_t i = 0; i < f->member_count; i++) {
		const struct draft_member *m = &d->members[i];

		if (m->text.n && !m->is_in_source)
			return copy_members(r, f, d, e);
		e->members[i] = m->text.n ? (struct span){m->at, (uint32_t)m->text.n}
					  : (struct span){m->is_named, 0};
	}
	return NULL;
}

/* Behind the opening brace. */
static struct err *read_element(struct reader *r, const struct field *f, size_t index,
				struct value *v, const struct element **out)
{
	struct element *e;
	struct draft d;
	size_t hint = 0;

	/* Not all of it: most rows of the draft have no member. */
	memset(d.members, 0, f->member_count * sizeof(d.members[0]));
	d.extra = NULL;
	d.extra_count = d.extra_cap = 0;
	d.index = index;

	for (;;) {
		struct json_token key;
		size_t i;

		TRY(json_next(r->scan, &key));
		if (key.kind != JSON_KEY)
			break;
		i = find_member(f, key.text, &hint);
		if (i == f->member_count)
			TRY(read_extra(r, f, &d, &key));
		else
			TRY(read_known(r, f, &d, i, v));
	}
	e = arena_alloc(r->arena, sizeof(*e) + f->member_count * sizeof(e->members[0]));
	if (!e)
		return err_nomem();
	TRY(place_members(r, f, &d, e));
	if (d.extra_count)
		TRY(place_extra(r, &d, v, e));
	*out = e;
	return NULL;
}

struct order {
	const struct resource *resource;
	size_t field;
};

/* Total: elements that differ in state alone stand in one order too, whatever the reply's. */
static int compare_elements(const void *a, const void *b, void *ctx)
{
	const struct element *x = *(const struct element *const *)a;
	const struct element *y = *(const struct element *const *)b;
	const struct order *o = ctx;
	const struct field *f = &o->resource->fields[o->field];
	int c = element_compare(o->resource, o->field, x, y);

	if (!c)
		c = element_compare_config(f, x, y);
	return c ? c : element_compare_state(f, x, y);
}

static bool same_element(const struct order *o, const struct element *x, const struct element *y)
{
	return element_compare(o->resource, o->field, x, y) == 0 &&
	       element_compare_config(&o->resource->fields[o->field], x, y) == 0;
}

/*
 * Most comparisons are decided by the first bytes in which identities differ at all, so those are
 * kept beside each element and a million of them are sorted with few looks at the texts.
 */
struct ranked {
	uint64_t first; /* big-endian: compares like the bytes */
	const struct element *e;
};

/* A byte of an identity; behind the last of a member is the next key member. */
struct place {
	size_t member, at;
};

static size_t same_bytes(struct str a, struct str b)
{
	size_t max = a.n < b.n ? a.n : b.n, n = 0;

	while (n < max && a.p[n] == b.p[n])
		n++;
	return n;
}

/* Moves `until` back to where two identities part, if that is before it. */
static void part_at(const struct field *f, const struct element *x, const struct element *y,
		    struct place *until)
{
	for (size_t m = 0; m < f->member_count && m <= until->member; m++) {
		struct str a = element_member(x, m), b = element_member(y, m);
		size_t same;

		if (f->members[m].role != MEMBER_KEY)
			continue;
		same = same_bytes(a, b);
		if (m == until->member ? same < until->at : same < a.n || same < b.n) {
			*until = (struct place){m, same};
			return;
		}
	}
}

/* Where the first two of all these identities part: what is before it is in all of them. */
static struct place common_place(const struct field *f, const struct element **v, size_t n)
{
	struct place common = {f->member_count, 0};

	for (size_t i = 1; i < n; i++)
		part_at(f, v[0], v[i], &common);
	return common;
}

/* The bytes from there on, members parted by NULs; NULs for ever behind the last. */
static uint64_t rank(const struct field *f, const struct element *e, struct place from)
{
	unsigned char bytes[sizeof(uint64_t)] = {0};
	uint64_t v = 0;

	for (size_t n = 0, m = from.member; m < f->member_count && n < sizeof(bytes); m++) {
		struct str text = element_member(e, m);
		size_t skip = m == from.member ? from.at : 0;

		if (f->members[m].role != MEMBER_KEY)
			continue;
		for (size_t i = skip; i < text.n && n < sizeof(bytes); i++)
			bytes[n++] = (unsigned char)text.p[i];
		n++; /* NUL */
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		v = v << 8 | bytes[i];
	return v;
}

static int compare_ranked(const void *a, const void *b, void *ctx)
{
	const struct ranked *x = a, *y = b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	return compare_elements(&x->e, &y->e, ctx);
}

static struct err *sort_elements(const struct element **v, size_t n, struct order *o)
{
	const struct field *f = &o->resource->fields[o->field];
	struct ranked *ranked = reallocarray(NULL, n, sizeof(*ranked));
	struct place common = common_place(f, v, n);

	if (!ranked)
		return err_nomem();
	for (size_t i = 0; i < n; i++)
		ranked[i] = (struct ranked){rank(f, v[i], common), v[i]};
	qsort_r(ranked, n, sizeof(*ranked), compare_ranked, o);
	for (size_t i = 0; i < n; i++)
		v[i] = ranked[i].e;
	free(ranked);
	return NULL;
}

static struct err *make_elements_set(const struct element **v, size_t *n, struct order *o)
{
	size_t kept = 1, i;

	for (i = 1; i < *n && compare_elements(&v[i - 1], &v[i], o) < 0; i++)
		;
	if (i < *n)
		TRY(sort_elements(v, *n, o));
	for (i = 1; i < *n; i++) {
		if (!same_element(o, v[kept - 1], v[i]))
			v[kept++] = v[i];
	}
	*n = *n ? kept : 0;
	return NULL;
}

struct err *read_elements(struct reader *r, const struct field *f, struct value *v)
{
	struct order o = {r->resource, (size_t)(f - r->resource->fields)};
	const struct element **list = NULL;
	size_t n = 0, cap = 0;

	for (size_t index = 0;; index++) {
		struct json_token t;

		TRY(json_next(r->scan, &t));
		if (t.kind == JSON_ARRAY_END)
			break;
		if (t.kind != JSON_OBJECT) {
			char below[32];

			(void)snprintf(below, sizeof(below), "/%zu", index);
			v->is_malformed = true;
			TRY(reader_note(r, NOTE_TYPE_CHANGED, t.at, str_from(f->name), below,
					"found %s, expected an object", json_kind_name(t.kind)));
			TRY(json_skip(r->scan, &t));
			continue;
		}
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
		list = grow_in(r->arena, (void *)list, n, &cap, sizeof(*list));
		if (!list)
			return err_nomem();
		TRY(read_element(r, f, index, v, &list[n]));
		n++;
	}
	TRY(make_elements_set(list, &n, &o));
	v->u.elements.v = list;
	v->u.elements.n = n;
	return NULL;
}
