/* SPDX-License-Identifier: Apache-2.0 */
#include "json/object.h"

/* The kind that a row wants; JSON_MEMBER_READ has none. */
static const enum json_kind wanted[] = {
	[JSON_MEMBER_TEXT] = JSON_STRING,   [JSON_MEMBER_LITERAL] = JSON_STRING,
	[JSON_MEMBER_COPY] = JSON_STRING,   [JSON_MEMBER_COUNT] = JSON_NUMBER,
	[JSON_MEMBER_SOURCE] = JSON_OBJECT, [JSON_MEMBER_OBJECT] = JSON_OBJECT,
};

static bool is_wanted(const struct json_member *m, const struct json_token *t)
{
	return t->kind == wanted[m->kind] ||
	       (m->kind == JSON_MEMBER_LITERAL && t->kind == JSON_NUMBER);
}

static struct err *refuse(struct json_scan *s, const struct json_token *t, enum json_kind want)
{
	return json_error_at(s, t->at, "expected %s, found %s", json_kind_name(want),
			     json_kind_name(t->kind));
}

/* A value of another kind than `want`. */
static struct err *read_other(struct json_scan *s, const struct json_token *t,
			      const struct json_object *o, enum json_kind want)
{
	if (o->other == JSON_OTHER_IS_ABSENT ||
	    (o->other == JSON_NULL_IS_ABSENT && t->kind == JSON_NULL))
		return json_skip(s, t);
	return refuse(s, t, want);
}

static struct err *read_copy(struct arena *a, struct str text, const char **out)
{
	*out = arena_str(a, text).p;
	return *out ? NULL : err_nomem();
}

static struct err *read_count(struct json_scan *s, const struct json_token *t, uint64_t max,
			      uint64_t *out)
{
	if (!t->is_integer || t->integer.is_negative || t->integer.magnitude > max)
		return json_error_at(s, t->at, "expected a whole number from 0 to %llu",
				     (unsigned long long)max);
	*out = t->integer.magnitude;
	return NULL;
}

static struct err *read_member(struct json_scan *s, const struct json_token *t,
			       const struct json_object *o, const struct json_member *m,
			       struct arena *a, void *to)
{
	if (m->kind == JSON_MEMBER_READ)
		return m->read(s, t, a, to);
	if (!is_wanted(m, t))
		return read_other(s, t, o, wanted[m->kind]);
	switch (m->kind) {
	case JSON_MEMBER_TEXT:
	case JSON_MEMBER_LITERAL:
		*(struct str *)to = t->text;
		break;
	case JSON_MEMBER_COPY:
		return read_copy(a, t->text, to);
	case JSON_MEMBER_COUNT:
		return read_count(s, t, m->max, to);
	case JSON_MEMBER_SOURCE:
		TRY(json_skip(s, t));
		*(struct str *)to = json_source(s, t->at);
		break;
	case JSON_MEMBER_OBJECT:
		return json_object_read(s, t, m->object, a, to);
	case JSON_MEMBER_READ:
		break;
	}
	return NULL;
}

struct err *json_object_read(struct json_scan *s, const struct json_token *first,
			     const struct json_object *o, struct arena *a, void *to)
{
	if (first->kind != JSON_OBJECT)
		return read_other(s, first, o, JSON_OBJECT);
	for (;;) {
		const struct json_member *m = o->members, *end = m + o->count;
		struct json_token key, t;

		TRY(json_next(s, &key));
		if (key.kind != JSON_KEY)
			return NULL;
		TRY(json_next(s, &t));
		while (m < end && !str_is(key.text, m->key))
			m++;
		if (m < end)
			TRY(read_member(s, &t, o, m, a, (char *)to + m->offset));
		else
			TRY(json_skip(s, &t));
	}
}

struct err *json_object_parse(struct str bytes, const struct json_limits *lim,
			      const struct json_object *o, struct arena *a, void *to)
{
	struct json_scan *s = NULL;
	struct json_token t;
	struct err *e = json_scan_new(bytes, lim, a, &s);

	if (!e)
		e = json_next(s, &t);
	if (!e && t.kind != JSON_OBJECT)
		e = refuse(s, &t, JSON_OBJECT);
	if (!e)
		e = json_object_read(s, &t, o, a, to);
	if (!e)
		e = json_next(s, &t); /* bytes behind the document are an error */
	json_scan_free(s);
	return e;
}
