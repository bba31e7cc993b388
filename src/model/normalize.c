/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The document: envelope or bare fields, errors of the API, fields without a row, what a reply must
 * have. One field's value is read_value.c's.
 */
#include "model/normalize.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/api_error.h"
#include "json/canonical.h"
#include "json/pointer.h"
#include "model/reader.h"

bool reader_wants_note(struct reader *r, enum note_kind kind)
{
	if (r->out->totals[kind] < NOTES_MAX)
		return true;
	r->out->totals[kind]++;
	return false;
}

struct err *reader_note(struct reader *r, enum note_kind kind, uint32_t at, struct str field,
			const char *below, const char *fmt, ...)
{
	struct buf path = BUF_INIT(JSON_SIZE_CEILING);
	/* The name may be nearly all of the document, and twice as long when it is escaped. */
	size_t path_max = 2 * (field.n + strlen(below));
	struct reading *out = r->out;
	struct note n = {.kind = kind, .at = at};
	char *text = NULL;
	va_list ap;

	if (!reader_wants_note(r, kind))
		return NULL;
	out->totals[kind]++;
	if (!budget_take(arena_budget(r->arena), path_max))
		return err_nomem();
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	buf_char(&path, '/');
	pointer_put_token(&path, field);
	buf_puts(&path, below);
	n.path = arena_str(r->arena, buf_view(&path));
	n.message = arena_str(r->arena, str_from(text));
	free(text);
	buf_free(&path);
	budget_give(arena_budget(r->arena), path_max);
	out->notes =
		grow_in(r->arena, out->notes, out->note_count, &r->note_cap, sizeof(*out->notes));
	if (!n.path.p || !n.message.p || !out->notes)
		return err_nomem();
	out->notes[out->note_count++] = n;
	return NULL;
}

static const struct field *find_field(const struct resource *r, struct str name, size_t *index)
{
	for (*index = 0; *index < r->field_count; (*index)++) {
		if (str_is(name, r->fields[*index].name))
			return &r->fields[*index];
	}
	return NULL;
}

struct unknown_list {
	struct unknown *v;
	size_t n, cap;
};

static struct err *read_unknown(struct reader *r, const struct json_token *key,
				struct unknown_list *list)
{
	struct unknown u = {.name = key->text, .line = key->line};
	struct json_token t;

	if (list->n == NORMALIZE_UNKNOWN_MAX)
		return json_error_at(r->scan, key->at,
				     "more than %u fields that this version does not know",
				     NORMALIZE_UNKNOWN_MAX);
	TRY(json_next(r->scan, &t));
	TRY(json_canonical(r->scan, &t, r->arena, &u.json));
	list->v = grow_in(r->arena, list->v, list->n, &list->cap, sizeof(*list->v));
	if (!list->v)
		return err_nomem();
	list->v[list->n++] = u;
	return reader_note(r, NOTE_UNKNOWN_FIELD, key->at, key->text, "",
			   "a field that this version does not know; it is kept as it is");
}

static struct err *read_error(struct reader *r)
{
	struct api_error error;
	struct json_token t;

	TRY(json_next(r->scan, &t));
	TRY(api_error_read(r->scan, &t, &error));
	r->out->has_error = error.is_there;
	r->out->error_code = error.code;
	r->out->error_message = error.message;
	return NULL;
}

static struct err *read_field(struct reader *r, const struct json_token *key,
			      struct unknown_list *unknown)
{
	struct json_token t;
	size_t i;
	const struct field *f = find_field(r->resource, key->text, &i);
	struct value *v;

	if (!f && str_is(key->text, "Error"))
		return read_error(r);
	/* An envelope with company, or one in another: never fields with one name more. */
	if (!f && str_is(key->text, "Response"))
		return json_error_at(
			r->scan, key->at,
			r->out->has_envelope
				? "found Response in Response, expected the fields"
				: "found Response beside other fields, expected it alone");
	if (!f)
		return read_unknown(r, key, unknown);
	v = &r->out->config.values[i];
	v->is_present = true;
	v->at = key->at;
	v->line = key->line;
	TRY(json_next(r->scan, &t));
	return read_value(r, f, &t, v);
}

static int by_name(const void *a, const void *b)
{
	const struct unknown *x = a, *y = b;

	return json_compare_keys(x->name, y->name);
}

static struct err *sort_unknown(struct reader *r, const struct unknown_list *list)
{
	struct budget *b = arena_budget(r->arena);
	size_t copy = list->n * sizeof(*list->v); /* the C library's sort works on one */

	if (!list->n)
		return NULL;
	if (!budget_take(b, copy))
		return err_nomem();
	qsort(list->v, list->n, sizeof(*list->v), by_name);
	budget_give(b, copy);
	return NULL;
}

/* Behind the opening brace of the object that holds the fields. */
static struct err *read_fields(struct reader *r, struct json_token *key)
{
	struct unknown_list unknown = {NULL, 0, 0};

	while (key->kind == JSON_KEY) {
		TRY(read_field(r, key, &unknown));
		TRY(json_next(r->scan, key));
	}
	TRY(sort_unknown(r, &unknown));
	r->out->config.unknown = unknown.v;
	r->out->config.unknown_count = unknown.n;
	return NULL;
}

static struct err *read_envelope(struct reader *r)
{
	struct json_token t;

	r->out->has_envelope = true;
	TRY(json_next(r->scan, &t));
	if (t.kind != JSON_OBJECT)
		return json_error_at(r->scan, t.at, "Response is %s, expected an object",
				     json_kind_name(t.kind));
	r->out->fields_at = t.at;
	TRY(json_next(r->scan, &t));
	TRY(read_fields(r, &t));
	TRY(json_next(r->scan, &t));
	if (t.kind == JSON_KEY)
		return json_error_at(r->scan, t.at,
				     "found \"%.*s\" beside Response, expected Response alone",
				     STR_ARG(t.text));
	return NULL;
}

static struct err *read_document(struct reader *r)
{
	struct json_token t;

	TRY(json_next(r->scan, &t));
	if (t.kind != JSON_OBJECT)
		return json_error_at(r->scan, t.at, "found %s, expected an object",
				     json_kind_name(t.kind));
	r->out->fields_at = t.at;
	TRY(json_next(r->scan, &t));
	if (t.kind == JSON_KEY && str_is(t.text, "Response"))
		TRY(read_envelope(r));
	else if (r->opt->form == READ_REPLY)
		return json_error_at(r->scan, t.at, "no Response: not a reply of the API");
	else
		TRY(read_fields(r, &t));
	return json_next(r->scan, &t); /* nothing may follow */
}

/* What the field says, as a reply must: an empty RequestId names no request. */
static const char *lacks_value(const struct field *f, const struct value *v)
{
	if (v->is_null)
		return value_absence(v);
	return f->kind == KIND_TEXT && v->u.text.n == 0 ? "empty" : NULL;
}

/* Must a reply have it, and has it not? A malformed one was there and has a note of its own. */
static bool is_missing(const struct config *c, size_t i)
{
	const struct field *f = &c->resource->fields[i];
	const struct value *v = &c->values[i];
	bool is_needed = f->need == NEED_ALWAYS || (f->need == NEED_WHEN_ON && config_is_on(c));

	return is_needed && lacks_value(f, v) && !v->is_malformed;
}

static struct err *demand_fields(struct reader *r)
{
	const struct config *c = &r->out->config;

	for (size_t i = 0; i < r->resource->field_count; i++) {
		const struct field *f = &r->resource->fields[i];
		const struct value *v = &c->values[i];

		if (!is_missing(c, i))
			continue;
		TRY(reader_note(r, NOTE_REQUIRED, v->at, str_from(f->name), "",
				"%s, expected a value%s", lacks_value(f, v),
				f->need == NEED_WHEN_ON ? " where the scan is on" : ""));
	}
	return NULL;
}

/* Where memory was at its end, and how much it might have been. */
static struct err *too_large(const struct reader *r, const struct budget *b)
{
	const char *whose = r->opt->budget ? "the limit of this run" : "the limit for its size";
	size_t mib = b->max >> 20;

	return json_error_at(r->scan, json_offset(r->scan),
			     "the values up to here take more than %zu MiB of memory, %s", mib,
			     whose);
}

static struct err *read_in_budget(struct reader *r, struct str bytes, struct budget *b)
{
	struct err *e = json_scan_new(bytes, &r->opt->limits, r->arena, &r->scan);

	TRY(e);
	e = budget_take(b, bytes.n) ? read_document(r) : err_nomem();
	if (e && b->is_over) {
		err_free(e);
		e = err_because(too_large(r, b), REASON_TOO_LARGE);
	}
	json_scan_free(r->scan);
	return e;
}

struct err *normalize_read(const struct resource *resource, struct str bytes,
			   const struct normalize_options *opt, struct arena *a,
			   struct reading **out)
{
	struct budget own = {.max = opt->limits.size_max + NORMALIZE_BESIDE};
	struct reader r = {.resource = resource, .opt = opt, .arena = a};
	struct budget *b = opt->budget ? opt->budget : &own;
	struct err *e;

	r.out = arena_alloc(a, sizeof(*r.out));
	if (!r.out)
		return err_nomem();
	r.out->source = bytes;
	r.out->config.resource = resource;
	for (size_t i = 0; i < resource->field_count; i++)
		r.out->config.values[i].is_null = !schema_is_set(resource->fields[i].kind);
	arena_set_budget(a, b);
	e = read_in_budget(&r, bytes, b);
	arena_set_budget(a, NULL);
	if (!e && opt->form == READ_REPLY && !r.out->has_error)
		e = demand_fields(&r);
	if (!e)
		*out = r.out;
	return e;
}

bool reading_is_whole(const struct reading *r)
{
	return !r->has_error && !r->totals[NOTE_TYPE_CHANGED] && !r->totals[NOTE_BAD_VALUE] &&
	       !r->totals[NOTE_REQUIRED];
}

bool reading_names_field(const struct reading *r)
{
	for (size_t i = 0; i < r->config.resource->field_count; i++) {
		if (r->config.resource->fields[i].role == ROLE_CONFIG &&
		    r->config.values[i].is_present)
			return true;
	}
	return false;
}

const struct field *reading_lacks(const struct reading *r)
{
	for (size_t i = 0; i < r->config.resource->field_count; i++) {
		if (is_missing(&r->config, i))
			return &r->config.resource->fields[i];
	}
	return NULL;
}

bool reading_is_off(const struct reading *r)
{
	const struct resource *res = r->config.resource;
	size_t on = schema_find_dimension(res, DIM_SWITCH);

	for (size_t i = 0; i < res->field_count; i++) {
		if (res->fields[i].role == ROLE_RUN && res->fields[i].need == NEED_ALWAYS &&
		    lacks_value(&res->fields[i], &r->config.values[i]))
			return false;
	}
	return !r->has_error && on < res->field_count && !r->config.values[on].is_null &&
	       !r->config.values[on].u.boolean;
}

/* A state field that is malformed has one note; any other trouble is more than those. */
bool reading_has_config(const struct reading *r)
{
	size_t troubles =
		r->totals[NOTE_TYPE_CHANGED] + r->totals[NOTE_BAD_VALUE] + r->totals[NOTE_REQUIRED];

	for (size_t i = 0; i < r->config.resource->field_count; i++) {
		if (r->config.resource->fields[i].role == ROLE_STATE &&
		    r->config.values[i].is_malformed)
			troubles--;
	}
	return !r->has_error && troubles == 0;
}

struct str reading_text(const struct reading *r, const char *field)
{
	size_t i;
	const struct field *f = find_field(r->config.resource, str_from(field), &i);
	const struct value *v = &r->config.values[i];

	if (!f || f->kind != KIND_TEXT || v->is_null)
		return STR("");
	return v->u.text;
}
