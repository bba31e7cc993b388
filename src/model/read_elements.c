/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of objects, each known by its key members. There may be a million of them, so an element
 * is spans into the source wherever the source says it in canonical form already.
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "json/canonical.h"
#include "json/pointer.h"
#include "json/write.h"
#include "model/reader.h"

/* A member with a row: its canonical text, and where the source has the same bytes. */
struct draft_member {
	struct str text;
	uint32_t at;
	bool is_in_source, is_named;
};

/* One element while it is read. */
struct draft {
	struct draft_member members[SCHEMA_MEMBERS_MAX];
	size_t index; /* in the list, for paths */
};

/* A member without a row goes to the text of those of this element. */
static struct err *read_extra(struct reader *r, const struct field *f, const struct draft *d,
			      const struct json_token *key)
{
	struct buf below = BUF_INIT(JSON_SIZE_CEILING);
	struct err *e;

	TRY(json_canonical_add(r->extra, r->scan, key));
	if (!reader_wants_note(r, NOTE_UNKNOWN_FIELD))
		return NULL;
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

		if (strncmp(f->members[i].name, name.p, name.n) == 0 &&
		    !f->members[i].name[name.n]) {
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

/* What a member of the table would say by being absent. */
static bool is_empty(struct str json)
{
	return str_is(json, "null") || str_is(json, "[]") || str_is(json, "\"\"");
}

static bool has_empty(const struct json_canonical_text *t)
{
	for (size_t i = 0; i < t->count; i++) {
		if (is_empty(json_canonical_told(t, i)))
			return true;
	}
	return false;
}

/* `{`, those members, `}`, in the arena; *out is empty where there is none. */
static struct err *join_extra(struct reader *r, bool with_empty, struct str *out)
{
	const struct json_canonical_text *t = r->extra;
	char *p = arena_bytes(r->arena, t->out.n + 3);
	size_t n = 0;

	if (!p)
		return err_nomem();
	for (size_t i = 0; i < t->count; i++) {
		const struct json_canonical_member *m = &t->members[i];

		if (!with_empty && is_empty(json_canonical_told(t, i)))
			continue;
		memcpy(p + n, n ? ", " : "{", n ? 2 : 1);
		n += n ? 2 : 1;
		memcpy(p + n, t->out.p + m->at, m->n);
		n += m->n;
	}
	if (n)
		p[n++] = '}';
	*out = (struct str){p, n};
	return NULL;
}

static struct err *place_extra(struct reader *r, struct value *v, struct element *e)
{
	struct extra *x = arena_alloc(r->arena, sizeof(*x));

	if (!x)
		return err_nomem();
	TRY(json_canonical_sort(r->extra, 0));
	TRY(buf_check(&r->extra->out, ERR_REPLY, "an element"));
	TRY(join_extra(r, true, &x->kept));
	x->compared = x->kept;
	if (has_empty(r->extra))
		TRY(join_extra(r, false, &x->compared));
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
	d.index = index;
	json_canonical_clear(r->extra);

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
	if (r->extra->count)
		TRY(place_extra(r, v, e));
	*out = e;
	return NULL;
}

struct order {
	const struct resource *resource;
	size_t field;
	struct budget *budget;
	bool has_repeats; /* two were compared that differ in state alone, or in nothing */
};

static const struct field *field_of(const struct order *o)
{
	return &o->resource->fields[o->field];
}

/* Total: elements that differ in state alone stand in one order too, whatever the reply's. */
static int compare_elements(struct order *o, const struct element *x, const struct element *y)
{
	const struct field *f = field_of(o);
	int c = element_compare(o->resource, o->field, x, y);

	if (!c)
		c = element_compare_config(f, x, y);
	if (c)
		return c;
	o->has_repeats = true;
	return element_compare_state(f, x, y);
}

static bool same_element(const struct order *o, const struct element *x, const struct element *y)
{
	return element_compare(o->resource, o->field, x, y) == 0 &&
	       element_compare_config(field_of(o), x, y) == 0;
}

/*
 * The texts of a million elements are far from each other in memory. So eight bytes of each
 * identity, from where the identities differ first, are kept beside the element, and what is sorted
 * is those. Elements whose bytes are equal are ranked again among themselves, by what differs next.
 */
struct ranked {
	uint64_t rank; /* big-endian: compares like the bytes */
	const struct element *e;
};

/* So often elements are ranked again; what is equal then is compared as it is, text by text. */
#define RANKINGS_MAX 16u

/* Fewer elements than this are compared at once. */
#define RANKED_LEAST ((size_t)6)

/* A byte of an identity; after the last of a member is the next key member. */
struct place {
	size_t member, at;
};

static size_t same_bytes(struct str a, struct str b, size_t n)
{
	size_t max = a.n < b.n ? a.n : b.n;

	/* Eight at a time, and the last of them one by one. */
	while (max - n >= 8 && memcmp(a.p + n, b.p + n, 8) == 0)
		n += 8;
	while (n < max && a.p[n] == b.p[n])
		n++;
	return n;
}

/* Moves `until` back to where two identities part, if that is before it; they are equal to `from`. */
static void part_at(const struct field *f, const struct element *x, const struct element *y,
		    struct place from, struct place *until)
{
	for (size_t m = from.member; m < f->member_count && m <= until->member; m++) {
		struct str a = element_member(x, m), b = element_member(y, m);
		size_t same;

		if (f->members[m].role != MEMBER_KEY)
			continue;
		same = same_bytes(a, b, m == from.member ? from.at : 0);
		if (m == until->member ? same < until->at : same < a.n || same < b.n) {
			*until = (struct place){m, same};
			return;
		}
	}
}

/* Where the first two of all these identities part: what is before it is in all of them. */
static struct place common_place(const struct field *f, const struct ranked *v, size_t n,
				 struct place from)
{
	struct place common = {f->member_count, 0};

	for (size_t i = 1; i < n; i++) {
		if (i + ELEMENTS_AHEAD < n)
			__builtin_prefetch(v[i + ELEMENTS_AHEAD].e);
		if (i + TEXTS_AHEAD < n)
			element_fetch(f, v[i + TEXTS_AHEAD].e);
		part_at(f, v[0].e, v[i].e, from, &common);
	}
	return common;
}

/* The bytes from there on, members parted by NULs; NULs for ever after the last. */
static uint64_t rank(const struct field *f, const struct element *e, struct place from)
{
	unsigned char bytes[sizeof(uint64_t)] = {0};
	uint64_t v;

	for (size_t n = 0, m = from.member; m < f->member_count && n < sizeof(bytes); m++) {
		struct str text = element_member(e, m);
		size_t skip = m == from.member ? from.at : 0;

		if (f->members[m].role != MEMBER_KEY)
			continue;
		if (n == 0 && text.n - skip >= sizeof(bytes)) {
			memcpy(bytes, text.p + skip, sizeof(bytes));
			break;
		}
		for (size_t i = skip; i < text.n && n < sizeof(bytes); i++)
			bytes[n++] = (unsigned char)text.p[i];
		n++; /* NUL */
	}
	memcpy(&v, bytes, sizeof(v));
	return be64toh(v);
}

static int by_rank(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->rank > y->rank) - (x->rank < y->rank);
}

static int by_text(const void *a, const void *b, void *order)
{
	return compare_elements(order, ((const struct ranked *)a)->e,
				((const struct ranked *)b)->e);
}

/* All are equal to `from`. */
static void sort_ranked(struct order *o, struct ranked *v, size_t n, struct place from,
			unsigned rankings)
{
	const struct field *f = field_of(o);
	size_t end;

	if (n >= RANKED_LEAST)
		from = common_place(f, v, n, from);
	if (n < RANKED_LEAST || !rankings || from.member == f->member_count) {
		qsort_r(v, n, sizeof(*v), by_text, o);
		return;
	}
	for (size_t i = 0; i < n; i++)
		v[i].rank = rank(f, v[i].e, from);
	qsort(v, n, sizeof(*v), by_rank);
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; end < n && v[end].rank == v[i].rank; end++)
			;
		if (end - i > 1)
			sort_ranked(o, v + i, end - i, from, rankings - 1);
	}
}

static struct err *sort_elements(const struct element **v, size_t n, struct order *o)
{
	size_t size = 2 * n * sizeof(struct ranked); /* the C library's sort works on a copy */
	struct ranked *ranked;

	if (!budget_take(o->budget, size))
		return err_nomem();
	ranked = reallocarray(NULL, n, sizeof(*ranked));
	if (!ranked) {
		budget_give(o->budget, size);
		return err_nomem();
	}
	for (size_t i = 0; i < n; i++)
		ranked[i] = (struct ranked){0, v[i]};
	sort_ranked(o, ranked, n, (struct place){0, 0}, RANKINGS_MAX);
	for (size_t i = 0; i < n; i++)
		v[i] = ranked[i].e;
	free(ranked);
	budget_give(o->budget, size);
	return NULL;
}

/* Sorting compares all that end up side by side, unless their ranks differ. */
static struct err *make_elements_set(const struct element **v, size_t *n, struct order *o)
{
	size_t kept = 1, i;

	for (i = 1; i < *n && compare_elements(o, v[i - 1], v[i]) < 0; i++)
		;
	if (i < *n)
		TRY(sort_elements(v, *n, o));
	if (!o->has_repeats)
		return NULL;
	for (i = 1; i < *n; i++) {
		if (!same_element(o, v[kept - 1], v[i]))
			v[kept++] = v[i];
	}
	*n = kept;
	return NULL;
}

/*
 * Short elements take more memory than their text, so that of those that are equal one is kept from
 * the start. A slot holds the place of an element in the list, from 1. Where elements crowd, one may
 * be kept twice: making a set of the list drops it.
 */
#define SLOTS_FIRST  ((size_t)256)
#define SLOTS_LOOKED 16u

struct slot {
	uint32_t hash, index;
};

struct seen {
	struct slot *slots;
	size_t count, cap;
};

/* The list while it is read. */
struct elements {
	const struct element **v;
	size_t n, cap;
	struct seen seen;
};

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

static uint64_t hash_text(uint64_t h, struct str s)
{
	uint64_t v = 0;

	h = mix(h, s.n);
	for (; s.n >= sizeof(v); s.p += sizeof(v), s.n -= sizeof(v)) {
		memcpy(&v, s.p, sizeof(v));
		h = mix(h, v);
	}
	v = 0;
	if (s.n)
		memcpy(&v, s.p, s.n);
	return mix(h, v);
}

static uint32_t hash_element(const struct field *f, const struct element *e)
{
	uint64_t h = 1;

	for (size_t i = 0; i < f->member_count; i++)
		h = hash_text(h, element_member(e, i));
	if (e->extra)
		h = hash_text(h, e->extra->kept);
	return (uint32_t)(h >> 32);
}

/* To the last byte, and which members are named. */
static bool is_same(const struct field *f, const struct element *x, const struct element *y)
{
	for (size_t i = 0; i < f->member_count; i++) {
		if (!str_eq(element_member(x, i), element_member(y, i)) ||
		    element_names(x, i) != element_names(y, i))
			return false;
	}
	return str_eq(x->extra ? x->extra->kept : STR(""), y->extra ? y->extra->kept : STR(""));
}

static void put_slot(struct seen *s, struct slot slot)
{
	for (size_t i = 0; i < SLOTS_LOOKED; i++) {
		struct slot *at = &s->slots[(slot.hash + i) & (s->cap - 1)];

		if (!at->index) {
			*at = slot;
			s->count++;
			return;
		}
	}
}

static struct err *widen_seen(struct seen *s, struct budget *budget)
{
	struct seen wide = {.cap = s->cap ? 2 * s->cap : SLOTS_FIRST};

	if (s->count < s->cap / 2)
		return NULL;
	if (!budget_take(budget, wide.cap * sizeof(*wide.slots)))
		return err_nomem();
	wide.slots = calloc(wide.cap, sizeof(*wide.slots));
	if (!wide.slots) {
		budget_give(budget, wide.cap * sizeof(*wide.slots));
		return err_nomem();
	}
	for (size_t i = 0; i < s->cap; i++) {
		if (s->slots[i].index)
			put_slot(&wide, s->slots[i]);
	}
	free(s->slots);
	budget_give(budget, s->cap * sizeof(*s->slots));
	*s = wide;
	return NULL;
}

/* Did one like the last of the list come before? */
static struct err *look_up(struct reader *r, const struct field *f, struct elements *l, bool *found)
{
	const struct element *e = l->v[l->n];
	uint32_t hash = hash_element(f, e);

	*found = false;
	TRY(widen_seen(&l->seen, arena_budget(r->arena)));
	for (size_t i = 0; i < SLOTS_LOOKED; i++) {
		const struct slot *at = &l->seen.slots[(hash + i) & (l->seen.cap - 1)];

		if (!at->index)
			break;
		*found = at->hash == hash && is_same(f, l->v[at->index - 1], e);
		if (*found)
			return NULL;
	}
	if (l->n < UINT32_MAX)
		put_slot(&l->seen, (struct slot){hash, (uint32_t)l->n + 1});
	return NULL;
}

/* Does it take more than its text, which is from `at` to here? */
static bool is_costly(const struct reader *r, const struct field *f, const struct element *e,
		      uint32_t at)
{
	size_t size = sizeof(*e) + f->member_count * sizeof(e->members[0]) + sizeof(struct ranked) +
		      sizeof(void *);

	return e->extra || e->base != r->out->source.p || json_offset(r->scan) - at < size;
}

static struct err *add_element(struct reader *r, const struct field *f, size_t index, uint32_t at,
			       struct value *v, struct elements *l)
{
	struct arena_mark mark;
	size_t notes = r->out->note_count;
	bool found = false;

	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	void *list = grow_from(arena_budget(r->arena), (void *)l->v, l->n, &l->cap, sizeof(*l->v));

	if (!list)
		return err_nomem();
	l->v = list;
	mark = arena_mark(r->arena);
	TRY(read_element(r, f, index, v, &l->v[l->n]));
	if (is_costly(r, f, l->v[l->n], at))
		TRY(look_up(r, f, l, &found));
	if (!found)
		l->n++;
	else if (r->out->note_count == notes)
		arena_rewind(r->arena, &mark);
	return NULL;
}

static struct err *not_an_object(struct reader *r, const struct field *f, size_t index,
				 const struct json_token *t, struct value *v)
{
	char below[32];

	(void)snprintf(below, sizeof(below), "/%zu", index);
	v->is_malformed = true;
	TRY(reader_note(r, NOTE_TYPE_CHANGED, t->at, str_from(f->name), below,
			"found %s, expected an object", json_kind_name(t->kind)));
	return json_skip(r->scan, t);
}

static struct err *read_list(struct reader *r, const struct field *f, struct value *v,
			     struct elements *l)
{
	struct order o = {.resource = r->resource,
			  .field = (size_t)(f - r->resource->fields),
			  .budget = arena_budget(r->arena)};

	for (size_t index = 0;; index++) {
		struct json_token t;

		TRY(json_next(r->scan, &t));
		if (t.kind == JSON_ARRAY_END)
			break;
		if (t.kind == JSON_OBJECT)
			TRY(add_element(r, f, index, t.at, v, l));
		else
			TRY(not_an_object(r, f, index, &t, v));
	}
	free(l->seen.slots);
	budget_give(o.budget, l->seen.cap * sizeof(*l->seen.slots));
	l->seen = (struct seen){0};
	return make_elements_set(l->v, &l->n, &o);
}

struct err *read_elements(struct reader *r, const struct field *f, struct value *v)
{
	struct json_canonical_text extra = json_canonical_new(arena_budget(r->arena));
	struct elements l = {0};
	struct err *e;
	void *list = NULL;

	r->extra = &extra;
	e = read_list(r, f, v, &l);
	r->extra = NULL;
	json_canonical_free(&extra);
	if (e) {
		free(l.seen.slots);
		free((void *)l.v);
		return e;
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	list = reader_keep_list(r, (void *)l.v, l.n, l.cap, sizeof(*l.v));
	if (!list)
		return err_nomem();
	v->u.elements.v = list;
	v->u.elements.n = l.n;
	return NULL;
}
