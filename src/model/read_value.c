/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One field's value in its canonical form. The many ways in which the vendor writes one thing end
 * here: case, order, repetition, "17:10" and "17:10:00", null and absent.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timeutil.h"
#include "base/utf8.h"
#include "model/reader.h"

/* Of a value in a message. */
#define SHOWN_MAX 80u

/* A list of fewer bytes is copied into the arena; a larger one goes over to it as it is. */
#define LIST_COPIED ((size_t)64 << 10)

static struct err *wrong_type(struct reader *r, const struct scalar *s, const struct json_token *t,
			      const char *expected, bool *ok)
{
	*ok = false;
	TRY(reader_note(r, NOTE_TYPE_CHANGED, t->at, s->field, s->below, "found %s, expected %s",
			json_kind_name(t->kind), expected));
	return json_skip(r->scan, t);
}

static struct err *malformed(struct reader *r, const struct scalar *s, const struct json_token *t,
			     const char *expected, bool *ok)
{
	bool is_text = t->kind == JSON_STRING;
	const char *quote = is_text ? "\"" : "";
	struct str shown = utf8_prefix(t->text, SHOWN_MAX);

	*ok = false;
	return reader_note(r, NOTE_BAD_VALUE, t->at, s->field, s->below,
			   "found %s%.*s%s%s, expected %s", quote, STR_ARG(shown),
			   shown.n < t->text.n ? "..." : "", quote, expected);
}

static struct err *scalar_bool(struct reader *r, const struct scalar *s, const struct json_token *t,
			       struct str *out, bool *ok)
{
	static const struct {
		enum json_kind kind;
		const char *yes, *no, *expected;
	} forms[] = {
		[BOOL_JSON] = {JSON_TRUE, "", "", "true or false"},
		[BOOL_ZERO_ONE] = {JSON_NUMBER, "1", "0", "1 or 0"},
		[BOOL_ON_OFF] = {JSON_STRING, "ON", "OFF", "\"ON\" or \"OFF\""},
	};
	const char *expected = forms[s->form].expected;
	bool yes = t->kind == JSON_TRUE, no = t->kind == JSON_FALSE;

	/* The canonical form is read back in every form, so that normalize is idempotent. */
	if (!yes && !no) {
		if (t->kind != forms[s->form].kind)
			return wrong_type(r, s, t, expected, ok);
		yes = str_is(t->text, forms[s->form].yes);
		no = str_is(t->text, forms[s->form].no);
	}
	if (!yes && !no)
		return malformed(r, s, t, expected, ok);
	*out = yes ? STR("true") : STR("false");
	return NULL;
}

static struct err *scalar_integer(struct reader *r, const struct scalar *s,
				  const struct json_token *t, struct str *out, bool *ok)
{
	if (t->kind != JSON_NUMBER)
		return wrong_type(r, s, t, "an integer", ok);
	if (!t->is_integer)
		return malformed(r, s, t, "an integer", ok);
	*out = str_is(t->text, "-0") ? STR("0") : t->text;
	return NULL;
}

static struct err *scalar_clock(struct reader *r, const struct scalar *s,
				const struct json_token *t, struct str *out, bool *ok)
{
	char text[TIME_TEXT_SIZE];
	unsigned seconds;
	int64_t date;

	if (t->kind != JSON_STRING)
		return wrong_type(r, s, t, "a time of day in a string", ok);
	if (time_parse_clock(t->text, &seconds)) {
		*out = t->text;
		if (t->text.n == 8)
			return NULL;
	} else if (s->clock == CLOCK_IN_DATE && time_parse_vendor(t->text, &date)) {
		struct civil c = time_to_civil(date);

		seconds = c.hour * 3600 + c.minute * 60 + c.second;
	} else {
		return malformed(r, s, t, "a time of day, HH:MM or HH:MM:SS", ok);
	}
	*out = arena_str(r->arena, str_from(time_format_clock(seconds, text)));
	return out->p ? NULL : err_nomem();
}

static struct err *scalar_text(struct reader *r, const struct scalar *s, const struct json_token *t,
			       struct str *out, bool *ok)
{
	char *copy;

	if (t->kind != JSON_STRING)
		return wrong_type(r, s, t, "a string", ok);
	*out = t->text;
	if (schema_is_folded(t->text, s->fold))
		return NULL;
	copy = arena_bytes(r->arena, t->text.n);
	if (!copy)
		return err_nomem();
	for (size_t i = 0; i < t->text.n; i++)
		copy[i] = (char)(t->text.p[i] ^ (schema_folds(t->text.p[i], s->fold) ? 0x20 : 0));
	out->p = copy;
	return NULL;
}

bool read_is_unset(const struct scalar *s, const struct json_token *t)
{
	bool is_number = s->kind == KIND_INTEGER;

	if (t->kind != (is_number ? JSON_NUMBER : JSON_STRING))
		return false;
	return schema_lists(s->unset, is_number && str_is(t->text, "-0") ? STR("0") : t->text);
}

struct err *read_scalar(struct reader *r, const struct scalar *s, const struct json_token *t,
			struct str *out, bool *ok)
{
	*ok = true;
	*out = STR("");
	if (t->kind == JSON_NULL || read_is_unset(s, t))
		return NULL;
	switch (s->kind) {
	case KIND_BOOL:
		return scalar_bool(r, s, t, out, ok);
	case KIND_INTEGER:
	case KIND_INTEGER_SET:
		return scalar_integer(r, s, t, out, ok);
	case KIND_CLOCK:
		return scalar_clock(r, s, t, out, ok);
	case KIND_TEXT:
	case KIND_TEXT_SET:
		return scalar_text(r, s, t, out, ok);
	case KIND_ELEMENTS:
		break;
	}
	return wrong_type(r, s, t, "no object here", ok);
}

static struct err *check_vocabulary(struct reader *r, const struct field *f, const char *below,
				    uint32_t at, struct str member)
{
	bool is_number = f->kind == KIND_INTEGER || f->kind == KIND_INTEGER_SET;
	const char *quote = is_number ? "" : "\"";

	if (!f->known || schema_lists(f->known, member))
		return NULL;
	return reader_note(r, NOTE_UNKNOWN_VALUE, at, str_from(f->name), below,
			   "%s%.*s%s is a value that this version does not know; it is kept", quote,
			   STR_ARG(utf8_prefix(member, SHOWN_MAX)), quote);
}

/* The alias that the repository's reviewed decision holds for this value, or the value. */
static struct str resolve_alias(const struct reader *r, const struct field *f, struct str member)
{
	for (size_t i = 0; i < r->opt->alias_count; i++) {
		const struct alias *a = &r->opt->aliases[i];

		if (str_is(a->field, f->name) && str_eq(a->from, member))
			return a->to;
	}
	return member;
}

static struct err *too_small(struct reader *r, const struct field *f, const struct json_token *t,
			     struct value *v)
{
	v->is_null = v->is_malformed = true;
	return reader_note(r, NOTE_BAD_VALUE, t->at, str_from(f->name), "",
			   "found %.*s, expected an integer of at least %lld", STR_ARG(t->text),
			   (long long)f->least);
}

static struct err *read_integer(struct reader *r, const struct field *f, const struct json_token *t,
				struct value *v)
{
	v->u.integer = t->integer;
	if (f->least > 0 && integer_compare(t->integer, integer_from((uint64_t)f->least)) < 0)
		return too_small(r, f, t, v);
	if (!value_is_beyond(f, v))
		return NULL;
	return reader_note(r, NOTE_UNKNOWN_VALUE, t->at, str_from(f->name), "",
			   "%.*s is above %lld, so its unit may be another one; it is kept",
			   STR_ARG(t->text), (long long)f->most_known);
}

static struct err *read_single(struct reader *r, const struct field *f, const struct json_token *t,
			       struct value *v)
{
	struct scalar s = {str_from(f->name), "", f->kind, f->form, f->fold, f->clock, f->unset};
	struct str text;
	bool ok;

	TRY(read_scalar(r, &s, t, &text, &ok));
	v->is_malformed = !ok;
	v->is_unset = read_is_unset(&s, t);
	if (!ok || v->is_unset || t->kind == JSON_NULL)
		return NULL;
	v->is_null = false;
	switch (f->kind) {
	case KIND_BOOL:
		v->u.boolean = str_is(text, "true");
		break;
	case KIND_INTEGER:
		TRY(read_integer(r, f, t, v));
		break;
	case KIND_CLOCK:
		v->is_malformed = !time_parse_clock(text, &v->u.clock);
		break;
	case KIND_TEXT:
		v->u.text = text;
		break;
	case KIND_TEXT_SET:
	case KIND_INTEGER_SET:
	case KIND_ELEMENTS:
		break;
	}
	return v->is_malformed ? NULL : check_vocabulary(r, f, "", t->at, text);
}

static int compare_texts(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static int compare_integers(const void *a, const void *b)
{
	return integer_compare(*(const struct integer *)a, *(const struct integer *)b);
}

static bool is_sorted(const void *v, size_t n, size_t size,
		      int (*compare)(const void *, const void *))
{
	for (size_t i = 1; i < n; i++) {
		if (compare((const char *)v + (i - 1) * size, (const char *)v + i * size) >= 0)
			return false;
	}
	return true;
}

/* Sorts and drops what is there twice. Replies mostly come in order. */
static size_t make_set(void *v, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	char *base = v;
	size_t kept = 1;

	if (is_sorted(v, n, size, compare))
		return n;
	qsort(v, n, size, compare);
	for (size_t i = 1; i < n; i++) {
		if (compare(base + (kept - 1) * size, base + i * size) == 0)
			continue;
		if (kept != i)
			memcpy(base + kept * size, base + i * size, size);
		kept++;
	}
	return kept;
}

/* One member of a set; *ok is false when it is none. */
static struct err *read_member(struct reader *r, const struct field *f, size_t index,
			       const struct json_token *t, struct str *text, bool *ok)
{
	char below[32];
	struct scalar s = {str_from(f->name), below, f->kind, f->form, f->fold, f->clock, f->unset};

	(void)snprintf(below, sizeof(below), "/%zu", index);
	if (t->kind == JSON_NULL)
		return wrong_type(r, &s, t, f->kind == KIND_TEXT_SET ? "a string" : "an integer",
				  ok);
	TRY(read_scalar(r, &s, t, text, ok));
	if (!*ok)
		return NULL;
	if (f->kind == KIND_TEXT_SET)
		*text = resolve_alias(r, f, *text);
	return check_vocabulary(r, f, below, t->at, *text);
}

/* The members of a set while they come. */
struct members {
	void *v;
	size_t n, cap, size;
	int (*compare)(const void *, const void *);
};

/* In order, each once. */
static struct err *settle_members(struct reader *r, struct members *m)
{
	struct budget *budget = arena_budget(r->arena);
	size_t copy = m->n * m->size; /* the C library's sort works on one */

	if (!m->n)
		return NULL;
	if (!budget_take(budget, copy))
		return err_nomem();
	m->n = make_set(m->v, m->n, m->size, m->compare);
	budget_give(budget, copy);
	return NULL;
}

/* What came again is dropped first, and a list that is half empty then has room. */
static struct err *add_to_set(struct reader *r, struct members *m, const void *member)
{
	if (m->n == m->cap) {
		void *v;

		TRY(settle_members(r, m));
		v = m->n > m->cap / 2 || !m->cap
			    ? grow_from(arena_budget(r->arena), m->v, m->cap, &m->cap, m->size)
			    : m->v;
		if (!v)
			return err_nomem();
		m->v = v;
	}
	memcpy((char *)m->v + m->n++ * m->size, member, m->size);
	return NULL;
}

static struct err *read_members(struct reader *r, const struct field *f, struct value *v,
				struct members *m)
{
	for (size_t index = 0;; index++) {
		struct json_token t;
		struct str text;
		bool ok;

		TRY(json_next(r->scan, &t));
		if (t.kind == JSON_ARRAY_END)
			return settle_members(r, m);
		TRY(read_member(r, f, index, &t, &text, &ok));
		if (ok)
			TRY(add_to_set(r, m,
				       f->kind == KIND_TEXT_SET ? (void *)&text
								: (void *)&t.integer));
		else
			v->is_malformed = true;
	}
}

void *reader_keep_list(struct reader *r, void *list, size_t n, size_t cap, size_t size)
{
	void *kept;

	budget_give(arena_budget(r->arena), cap * size);
	if (n * size < LIST_COPIED) {
		kept = arena_array(r->arena, n, size);
		if (kept && n)
			memcpy(kept, list, n * size);
		free(list);
		return kept;
	}
	kept = realloc(list, n * size);
	if (!kept)
		kept = list;
	if (arena_adopt(r->arena, kept, n * size))
		return kept;
	free(kept);
	return NULL;
}

static struct err *read_set(struct reader *r, const struct field *f, struct value *v)
{
	bool is_text = f->kind == KIND_TEXT_SET;
	struct members m = {
		.size = is_text ? sizeof(struct str) : sizeof(struct integer),
		.compare = is_text ? compare_texts : compare_integers,
	};
	struct err *e = read_members(r, f, v, &m);
	void *list;

	if (e) {
		free(m.v);
		return e;
	}
	list = reader_keep_list(r, m.v, m.n, m.cap, m.size);
	if (!list)
		return err_nomem();
	if (is_text) {
		v->u.texts.v = list;
		v->u.texts.n = m.n;
	} else {
		v->u.integers.v = list;
		v->u.integers.n = m.n;
	}
	return NULL;
}

struct err *read_value(struct reader *r, const struct field *f, const struct json_token *t,
		       struct value *v)
{
	struct scalar s = {str_from(f->name), "", f->kind, f->form, f->fold, f->clock, f->unset};
	bool ok = true;

	if (!schema_is_set(f->kind))
		return read_single(r, f, t, v);
	if (t->kind == JSON_NULL)
		return NULL;
	if (t->kind != JSON_ARRAY) {
		TRY(wrong_type(r, &s, t, "a list", &ok));
		v->is_malformed = true;
		return NULL;
	}
	return f->kind == KIND_ELEMENTS ? read_elements(r, f, v) : read_set(r, f, v);
}
