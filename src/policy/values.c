/* SPDX-License-Identifier: Apache-2.0 */
/* The values that a subject stands for, and what they are as text. */
#include <string.h>

#include "base/timeutil.h"
#include "base/grow.h"
#include "base/utf8.h"
#include "json/scan.h"
#include "json/write.h"
#include "model/canonical.h"
#include "policy/subject.h"

#define DAY_S       INT64_C(86400)
#define ZONE_MOST_S (INT64_C(14) * 3600)

/* ---- from the table's fields ---- */

static struct datum from_value(const struct field *f, const struct value *v)
{
	struct datum d = {.field = f, .value = v};

	if (schema_is_set(f->kind)) {
		d.kind = f->kind == KIND_ELEMENTS ? DATUM_ELEMENTS : DATUM_LIST;
		d.count = value_count(f, v);
		return d;
	}
	if (v->is_null)
		return (struct datum){.kind = DATUM_NULL};
	switch (f->kind) {
	case KIND_BOOL:
		return (struct datum){.kind = DATUM_BOOL, .boolean = v->u.boolean};
	case KIND_INTEGER:
		return (struct datum){.kind = DATUM_INTEGER, .integer = v->u.integer};
	case KIND_CLOCK:
		return (struct datum){.kind = DATUM_CLOCK, .clock = v->u.clock};
	case KIND_TEXT:
	case KIND_TEXT_SET:
	case KIND_INTEGER_SET:
	case KIND_ELEMENTS:
		break;
	}
	return (struct datum){.kind = DATUM_TEXT, .text = v->u.text};
}

struct datum datum_item(const struct datum *list, size_t i)
{
	if (!list->field)
		return list->items[i];
	if (list->field->kind == KIND_INTEGER_SET)
		return (struct datum){.kind = DATUM_INTEGER,
				      .integer = list->value->u.integers.v[i]};
	return (struct datum){.kind = DATUM_TEXT, .text = list->value->u.texts.v[i]};
}

/* A member is kept as its canonical text. */
static struct datum from_member(const struct member *m, struct str text)
{
	struct datum d = {.kind = DATUM_TEXT, .text = text};
	bool is_negative = text.n && text.p[0] == '-';
	struct str digits = {text.p + is_negative, text.n - is_negative};

	if (text.n == 0)
		return (struct datum){.kind = DATUM_NULL};
	switch (m->kind) {
	case KIND_BOOL:
		d.kind = DATUM_BOOL;
		d.boolean = str_is(text, "true");
		break;
	case KIND_INTEGER:
		d.integer.is_negative = is_negative;
		if (str_to_u64(digits, UINT64_MAX, &d.integer.magnitude))
			d.kind = DATUM_INTEGER;
		break;
	case KIND_CLOCK:
		if (time_parse_clock(text, &d.clock))
			d.kind = DATUM_CLOCK;
		break;
	case KIND_TEXT:
	case KIND_TEXT_SET:
	case KIND_INTEGER_SET:
	case KIND_ELEMENTS:
		break;
	}
	return d;
}

/* ---- from a field without a row: JSON, walked token by token ---- */

struct walk {
	struct arena *a;
	const struct subject *s;
	struct str json;
	struct json_scan *scan;
	struct datum *v;
	size_t n, cap;
};

static struct err *push(struct arena *a, struct datum **v, size_t *n, size_t *cap, struct datum d)
{
	struct datum *p = grow_in(a, *v, *n, cap, sizeof(*p));

	if (!p)
		return err_nomem();
	*v = p;
	(*v)[(*n)++] = d;
	return NULL;
}

/* A value that is no list. */
static struct err *single(struct walk *w, const struct json_token *t, struct datum *out)
{
	*out = (struct datum){.kind = DATUM_OTHER};
	switch (t->kind) {
	case JSON_STRING:
		out->kind = DATUM_TEXT;
		out->text = t->text;
		return NULL;
	case JSON_TRUE:
	case JSON_FALSE:
		out->kind = DATUM_BOOL;
		out->boolean = t->kind == JSON_TRUE;
		return NULL;
	case JSON_NULL:
		out->kind = DATUM_NULL;
		return NULL;
	case JSON_NUMBER:
	case JSON_OBJECT:
	case JSON_ARRAY:
	case JSON_KEY:
	case JSON_OBJECT_END:
	case JSON_ARRAY_END:
	case JSON_END:
		break;
	}
	if (t->kind == JSON_NUMBER && t->is_integer) {
		out->kind = DATUM_INTEGER;
		out->integer = t->integer;
		return NULL;
	}
	TRY(json_skip(w->scan, t));
	out->text = json_source(w->scan, t->at);
	return NULL;
}

static struct err *whole(struct walk *w, const struct json_token *t, struct datum *out)
{
	struct datum *items = NULL, d;
	struct json_token item;
	size_t cap = 0, n = 0;

	if (t->kind != JSON_ARRAY)
		return single(w, t, out);
	for (;;) {
		TRY(json_next(w->scan, &item));
		if (item.kind == JSON_ARRAY_END)
			break;
		TRY(single(w, &item, &d));
		TRY(push(w->a, &items, &n, &cap, d));
	}
	*out = (struct datum){.kind = DATUM_LIST, .items = items, .count = n};
	return NULL;
}

static struct err *keep(struct walk *w, struct datum d)
{
	return push(w->a, &w->v, &w->n, &w->cap, d);
}

static struct err *descend(struct walk *w, const struct json_token *t, size_t depth);

static struct err *into_object(struct walk *w, size_t depth)
{
	struct json_token key, value;
	bool found = false;

	for (;;) {
		TRY(json_next(w->scan, &key));
		if (key.kind == JSON_OBJECT_END)
			break;
		TRY(json_next(w->scan, &value));
		if (str_eq(key.text, w->s->tokens[depth])) {
			found = true;
			TRY(descend(w, &value, depth + 1));
		} else {
			TRY(json_skip(w->scan, &value));
		}
	}
	return found ? NULL : keep(w, (struct datum){.kind = DATUM_NULL});
}

static struct err *into_array(struct walk *w, size_t depth)
{
	struct str part = w->s->tokens[depth];
	bool is_each = str_is(part, "*"), found = is_each;
	struct json_token item;
	uint64_t wanted = 0;

	if (!is_each && !str_to_u64(part, UINT64_MAX, &wanted))
		wanted = UINT64_MAX;
	for (uint64_t i = 0;; i++) {
		TRY(json_next(w->scan, &item));
		if (item.kind == JSON_ARRAY_END)
			break;
		if (is_each || i == wanted) {
			found = true;
			TRY(descend(w, &item, depth + 1));
		} else {
			TRY(json_skip(w->scan, &item));
		}
	}
	return found ? NULL : keep(w, (struct datum){.kind = DATUM_NULL});
}

static struct err *descend(struct walk *w, const struct json_token *t, size_t depth)
{
	struct datum d;

	if (depth < w->s->token_count && t->kind == JSON_OBJECT &&
	    !str_is(w->s->tokens[depth], "*"))
		return into_object(w, depth);
	if (depth < w->s->token_count && t->kind == JSON_ARRAY)
		return into_array(w, depth);
	TRY(whole(w, t, &d));
	/* The pointer goes on where the value does not. */
	if (depth < w->s->token_count)
		d = (struct datum){.kind = DATUM_NULL};
	return keep(w, d);
}

static struct err *unknown_values(struct arena *a, const struct subject *s, const struct config *c,
				  struct datum **out, size_t *count)
{
	struct json_limits lim = {JSON_SIZE_CEILING, JSON_DEPTH_CEILING, ERR_CONFIG};
	struct walk w = {.a = a, .s = s};
	struct json_token t;
	struct err *e;

	for (size_t i = 0; i < c->unknown_count; i++) {
		if (str_eq(c->unknown[i].name, s->tokens[0]))
			w.json = c->unknown[i].json;
	}
	if (w.json.n == 0) {
		TRY(keep(&w, (struct datum){.kind = DATUM_NULL}));
	} else {
		TRY(json_scan_new(w.json, &lim, a, &w.scan));
		e = json_next(w.scan, &t);
		if (!e)
			e = descend(&w, &t, 1);
		json_scan_free(w.scan);
		TRY(e);
	}
	*out = w.v;
	*count = w.n;
	return NULL;
}

/* ---- what is measured ---- */

/*
 * An end that is not behind the start is on the next day, or leaves no time; without one the
 * window is open, or was never set up. See "Readings" in src/README.md.
 */
static struct datum window_of(const struct config *c, const struct value *start)
{
	size_t row = schema_find_dimension(c->resource, DIM_END);
	const struct value *end = row < c->resource->field_count ? &c->values[row] : NULL;
	struct datum d = {.kind = DATUM_SPAN, .span = {0, SPAN_ENDLESS}};

	if (start->is_null)
		return (struct datum){.kind = DATUM_NULL};
	if (!end || end->is_null)
		return d;
	d.span.most = (int64_t)end->u.clock - (int64_t)start->u.clock;
	if (d.span.most > 0)
		d.span.least = d.span.most;
	else
		d.span.most += DAY_S;
	return d;
}

/* The vendor's times have no zone. Without the target's they may be of any. */
static struct datum age_of(const struct policy_input *in, const struct value *last)
{
	struct datum d = {.kind = DATUM_SPAN};
	int64_t last_s, age_s;
	int east_s;

	if (last->is_null)
		return (struct datum){.kind = DATUM_NULL};
	if (!time_parse_vendor(last->u.text, &last_s))
		return (struct datum){.kind = DATUM_TEXT, .text = last->u.text};
	age_s = in->now_s - last_s;
	if (in->zone.n && time_parse_zone(in->zone, &east_s))
		d.span = (struct time_span){age_s + east_s, age_s + east_s};
	else
		d.span = (struct time_span){age_s - ZONE_MOST_S, age_s + ZONE_MOST_S};
	return d;
}

/* ---- all of them ---- */

struct err *subject_values(struct arena *a, const struct subject *s, const struct policy_input *in,
			   struct datum **out, size_t *count)
{
	const struct value *v;
	struct datum whole_list;

	*count = 1;
	if (s->kind == SUBJECT_UNKNOWN)
		return unknown_values(a, s, in->config, out, count);
	if (s->kind == SUBJECT_COVERAGE) {
		*out = arena_array(a, 1, sizeof(**out));
		if (!*out)
			return err_nomem();
		**out = (struct datum){.kind = DATUM_LINES, .lines = in->coverage};
		return NULL;
	}
	v = &in->config->values[s->row];
	whole_list = s->measure == MEASURE_WINDOW ? window_of(in->config, v)
		     : s->measure == MEASURE_AGE  ? age_of(in, v)
						  : from_value(s->field, v);
	if (s->is_each)
		*count = whole_list.count;
	*out = arena_array(a, *count + 1, sizeof(**out));
	if (!*out)
		return err_nomem();
	if (!s->is_each)
		**out = whole_list;
	for (size_t i = 0; s->is_each && i < *count; i++)
		(*out)[i] = s->has_member
				    ? from_member(&s->field->members[s->member],
						  element_member(v->u.elements.v[i], s->member))
				    : datum_item(&whole_list, i);
	return NULL;
}

bool datum_equal(const struct datum *a, const struct datum *b)
{
	unsigned clock;

	if (a->kind == DATUM_TEXT && b->kind == DATUM_CLOCK)
		return time_parse_clock(a->text, &clock) && clock == b->clock;
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case DATUM_NULL:
		return true;
	case DATUM_BOOL:
		return a->boolean == b->boolean;
	case DATUM_INTEGER:
		return integer_compare(a->integer, b->integer) == 0;
	case DATUM_CLOCK:
		return a->clock == b->clock;
	case DATUM_SPAN:
		return a->span.least == b->span.least && a->span.most == b->span.most;
	case DATUM_TEXT:
		return str_eq(a->text, b->text);
	case DATUM_LINES:
	case DATUM_LIST:
	case DATUM_ELEMENTS:
	case DATUM_OTHER:
	case DATUM_KINDS:
		break;
	}
	return false;
}

/* ---- as text ---- */

static bool write_text(struct buf *b, struct str text, size_t max)
{
	struct str shown = utf8_prefix(text, max);

	json_put_string(b, shown);
	if (shown.n < text.n)
		buf_puts(b, "...");
	return shown.n == text.n;
}

static bool write_list(struct buf *b, const struct datum *d, size_t max)
{
	size_t from = b->n, i = 0;

	buf_char(b, '[');
	for (; i < d->count && b->n - from < max; i++) {
		buf_puts(b, i ? ", " : "");
		if (d->field) {
			canonical_write_item(b, d->field, d->value, i);
		} else {
			struct datum item = datum_item(d, i);

			(void)datum_write(b, &item, max);
		}
	}
	if (i < d->count)
		buf_printf(b, ", ... and %zu more", d->count - i);
	buf_char(b, ']');
	return i == d->count;
}

static bool write_lines(struct buf *b, const struct coverage *c, size_t max)
{
	struct buf all = BUF_INIT((size_t)1 << 20);
	bool is_whole;

	for (size_t i = 0; i < c->count; i++) {
		buf_puts(&all, i ? " " : "");
		buf_str(&all, c->lines[i]);
	}
	is_whole = write_text(b, buf_view(&all), max);
	b->failed_memory |= all.failed_memory;
	buf_free(&all);
	return is_whole;
}

/* "1d4h", "3m20s", "0s". */
static void put_seconds(struct buf *b, int64_t s)
{
	static const struct {
		const char *name;
		int64_t s;
	} units[] = {{"d", DAY_S}, {"h", 3600}, {"m", 60}, {"s", 1}};

	if (s == 0)
		buf_puts(b, "0s");
	if (s < 0)
		buf_puts(b, "-");
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		int64_t n = s / units[i].s;

		if (n)
			buf_printf(b, "%lld%s", (long long)(n < 0 ? -n : n), units[i].name);
		s %= units[i].s;
	}
}

static void write_span(struct buf *b, struct time_span s)
{
	buf_puts(b, "\"");
	put_seconds(b, s.least);
	if (s.most == SPAN_ENDLESS) {
		buf_puts(b, " or without end");
	} else if (s.most != s.least) {
		buf_puts(b, " to ");
		put_seconds(b, s.most);
	}
	buf_puts(b, "\"");
}

bool datum_write(struct buf *b, const struct datum *d, size_t max)
{
	char clock[TIME_TEXT_SIZE];

	switch (d->kind) {
	case DATUM_NULL:
		buf_puts(b, "null");
		return true;
	case DATUM_BOOL:
		buf_puts(b, d->boolean ? "true" : "false");
		return true;
	case DATUM_INTEGER:
		json_put_integer(b, d->integer);
		return true;
	case DATUM_CLOCK:
		json_put_string(b, str_from(time_format_clock(d->clock, clock)));
		return true;
	case DATUM_SPAN:
		write_span(b, d->span);
		return true;
	case DATUM_TEXT:
		return write_text(b, d->text, max);
	case DATUM_LINES:
		return write_lines(b, d->lines, max);
	case DATUM_LIST:
	case DATUM_ELEMENTS:
		return write_list(b, d, max);
	case DATUM_OTHER:
	case DATUM_KINDS:
		break;
	}
	if (d->text.n <= max) {
		buf_str(b, d->text);
		return true;
	}
	buf_str(b, utf8_prefix(d->text, max));
	buf_puts(b, "...");
	return false;
}
