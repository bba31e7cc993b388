/* SPDX-License-Identifier: Apache-2.0 */
#include "json/canonical.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

/* What is taken from the budget at a time: each token takes less. */
#define BUDGET_STEP ((size_t)64 << 10)

/*
 * RFC 8785 sorts by UTF-16 code units: as code points, and so as bytes of UTF-8, but that U+10000
 * and above, being surrogates there, are before U+E000 to U+FFFF.
 */
int json_compare_keys(struct str x, struct str y)
{
	size_t max = x.n < y.n ? x.n : y.n, i = 0;
	unsigned char cx, cy;

	while (i < max && x.p[i] == y.p[i])
		i++;
	if (i == max)
		return (x.n > i) - (y.n > i);
	cx = (unsigned char)x.p[i];
	cy = (unsigned char)y.p[i];
	if (cx >= 0xee && cy >= 0xee && (cx >= 0xf0) != (cy >= 0xf0))
		return cx >= 0xf0 ? -1 : 1;
	return cx < cy ? -1 : 1;
}

static int by_key(const void *a, const void *b)
{
	const struct json_canonical_member *x = a, *y = b;

	return json_compare_keys(x->key, y->key);
}

struct json_canonical_text json_canonical_new(struct budget *b)
{
	return (struct json_canonical_text){
		.out = BUF_INIT(JSON_SIZE_CEILING),
		.spare = BUF_INIT(JSON_SIZE_CEILING),
		.budget = b,
	};
}

void json_canonical_free(struct json_canonical_text *t)
{
	buf_free(&t->out);
	buf_free(&t->spare);
	free(t->members);
	budget_give(t->budget, t->taken);
	*t = json_canonical_new(t->budget);
}

/* All that is held now is taken from the budget, with `more` besides. */
static struct err *pay(struct json_canonical_text *t, size_t more)
{
	size_t held = t->out.n + t->spare.cap + t->cap * sizeof(*t->members) + more;

	if (held > t->taken) {
		if (!budget_take(t->budget, held - t->taken + BUDGET_STEP))
			return err_nomem();
		t->taken = held + BUDGET_STEP;
	}
	return NULL;
}

static struct err *put_value(struct json_canonical_text *t, struct json_scan *s,
			     const struct json_token *token);

/* The text of a member ends where the text ends. */
static struct err *add_member(struct json_canonical_text *t, struct json_scan *s,
			      const struct json_token *key)
{
	struct json_canonical_member *members;
	struct json_token token;
	size_t at = t->out.n, i = t->count;

	members = grow(t->members, t->count, &t->cap, sizeof(*members));
	if (!members)
		return err_nomem();
	t->members = members;
	t->count++;
	TRY(pay(t, json_offset(s) - key->at));
	json_put_string(&t->out, key->text);
	buf_add(&t->out, ": ", 2);
	TRY(json_next(s, &token));
	TRY(put_value(t, s, &token));
	t->members[i] =
		(struct json_canonical_member){key->text, (uint32_t)at, (uint32_t)(t->out.n - at)};
	return NULL;
}

struct err *json_canonical_add(struct json_canonical_text *t, struct json_scan *s,
			       const struct json_token *key)
{
	if (t->count)
		buf_add(&t->out, ", ", 2);
	return add_member(t, s, key);
}

void json_canonical_clear(struct json_canonical_text *t)
{
	buf_clear(&t->out);
	t->count = 0;
}

/* Where the string ends that begins at i, behind its quote. */
static size_t string_end(struct str s, size_t i)
{
	for (i++; s.p[i] != '"'; i++)
		i += s.p[i] == '\\';
	return i + 1;
}

struct str json_canonical_told(const struct json_canonical_text *t, size_t i)
{
	struct str text = {t->out.p + t->members[i].at, t->members[i].n};
	size_t n = string_end(text, 0) + 2; /* the colon and a blank */

	return (struct str){text.p + n, text.n - n};
}

/* The members change places: their text is written again from a copy. */
static struct err *move_members(struct json_canonical_text *t, struct json_canonical_member *m,
				size_t n, size_t begin)
{
	size_t size = t->out.n - begin;

	buf_clear(&t->spare);
	/* A buffer may be twice as large as what it holds, and has a NUL at its end. */
	if (size >= t->spare.cap)
		TRY(pay(t, 2 * size + 2 - t->spare.cap));
	buf_add(&t->spare, t->out.p + begin, size);
	TRY(buf_check(&t->spare, ERR_REPLY, "an object"));
	buf_cut(&t->out, begin);
	for (size_t i = 0; i < n; i++) {
		const char *text = t->spare.p + (m[i].at - begin);

		if (i)
			buf_add(&t->out, ", ", 2);
		m[i].at = (uint32_t)t->out.n;
		buf_add(&t->out, text, m[i].n);
	}
	return NULL;
}

struct err *json_canonical_sort(struct json_canonical_text *t, size_t first)
{
	struct json_canonical_member *m;
	size_t n = t->count - first, begin, sorted = 1;

	if (n < 2)
		return NULL;
	m = t->members + first;
	while (sorted < n && by_key(&m[sorted - 1], &m[sorted]) < 0)
		sorted++;
	if (sorted >= n)
		return NULL;
	begin = m[0].at;
	/* The C library's sort works on a copy. */
	TRY(pay(t, n * sizeof(*m)));
	qsort(m, n, sizeof(*m), by_key);
	return move_members(t, m, n, begin);
}

static struct err *put_object(struct json_canonical_text *t, struct json_scan *s)
{
	size_t first = t->count;
	struct json_token key;

	buf_char(&t->out, '{');
	for (;;) {
		TRY(json_next(s, &key));
		if (key.kind == JSON_OBJECT_END)
			break;
		if (t->count > first)
			buf_add(&t->out, ", ", 2);
		TRY(add_member(t, s, &key));
	}
	TRY(json_canonical_sort(t, first));
	t->count = first;
	buf_char(&t->out, '}');
	return NULL;
}

static struct err *put_array(struct json_canonical_text *t, struct json_scan *s)
{
	bool is_first = true;
	struct json_token token;

	buf_char(&t->out, '[');
	for (;;) {
		TRY(json_next(s, &token));
		if (token.kind == JSON_ARRAY_END)
			break;
		if (!is_first)
			buf_add(&t->out, ", ", 2);
		is_first = false;
		TRY(put_value(t, s, &token));
	}
	buf_char(&t->out, ']');
	return NULL;
}

static void put_number(struct buf *b, const struct json_token *t)
{
	if (!t->is_integer)
		json_put_number(b, t->text, t->number, JSON_LINE);
	else if (str_is(t->text, "-0"))
		buf_char(b, '0');
	else
		buf_str(b, t->text);
}

static struct err *put_value(struct json_canonical_text *t, struct json_scan *s,
			     const struct json_token *token)
{
	switch (token->kind) {
	case JSON_OBJECT:
		TRY(put_object(t, s));
		break;
	case JSON_ARRAY:
		TRY(put_array(t, s));
		break;
	case JSON_STRING:
		/* It may be nearly all of the document; it never grows when it is written again. */
		TRY(pay(t, json_offset(s) - token->at));
		json_put_string(&t->out, token->text);
		break;
	case JSON_NUMBER:
		put_number(&t->out, token);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		buf_puts(&t->out, json_kind_name(token->kind));
		break;
	case JSON_KEY:
	case JSON_OBJECT_END:
	case JSON_ARRAY_END:
	case JSON_END:
		return json_error_at(s, token->at, "found %s, expected a value",
				     json_kind_name(token->kind));
	}
	return pay(t, 0);
}

/* Large text goes over to the arena as it is; of small text the arena has a copy. */
static struct err *keep(struct json_canonical_text *t, struct arena *a, struct str *out)
{
	size_t n = t->out.n;
	char *p;

	TRY(buf_check(&t->out, ERR_REPLY, "a value"));
	if (n < BUDGET_STEP) {
		*out = arena_str(a, buf_view(&t->out));
		return out->p ? NULL : err_nomem();
	}
	p = realloc(t->out.p, n + 1);
	if (!p)
		return err_nomem();
	t->out = BUF_INIT(JSON_SIZE_CEILING);
	budget_give(t->budget, t->taken);
	t->taken = 0;
	if (!arena_adopt(a, p, n)) {
		free(p);
		return err_nomem();
	}
	*out = (struct str){p, n};
	return NULL;
}

/* Does the source say it as we would? Every escape is longer than what it means. */
static bool is_canonical(const struct json_scan *s, const struct json_token *t)
{
	switch (t->kind) {
	case JSON_TRUE:
	case JSON_FALSE:
	case JSON_NULL:
		return true;
	case JSON_NUMBER:
		return t->is_integer && !str_is(t->text, "-0");
	case JSON_STRING:
		return json_offset(s) - t->at == t->text.n + 2;
	case JSON_OBJECT:
	case JSON_OBJECT_END:
	case JSON_KEY:
	case JSON_ARRAY:
	case JSON_ARRAY_END:
	case JSON_END:
		break;
	}
	return false;
}

struct err *json_canonical(struct json_scan *s, const struct json_token *first, struct arena *a,
			   struct str *out)
{
	struct json_canonical_text t = json_canonical_new(arena_budget(a));
	struct err *e;

	if (is_canonical(s, first)) {
		*out = json_source(s, first->at);
		return NULL;
	}
	e = put_value(&t, s, first);
	if (!e)
		e = keep(&t, a, out);
	json_canonical_free(&t);
	return e;
}

static bool is_number(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e';
}

/* Of the numbers only those differ of which JSON_LINE keeps the exponent and JCS has all digits. */
static void restyle_number(struct buf *b, struct str text)
{
	char copy[64];

	if (text.n >= sizeof(copy) || !memchr(text.p, 'e', text.n)) {
		buf_str(b, text);
		return;
	}
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	json_put_number(b, text, strtod(copy, NULL), JSON_JCS);
}

void json_restyle(struct buf *b, struct str s, enum json_style style)
{
	size_t i = 0, start;

	if (style == JSON_LINE) {
		buf_str(b, s);
		return;
	}
	while (i < s.n) {
		start = i;
		if (s.p[i] == '"') {
			i = string_end(s, i);
			buf_add(b, s.p + start, i - start);
		} else if ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == '-') {
			while (i < s.n && is_number(s.p[i]))
				i++;
			restyle_number(b, (struct str){s.p + start, i - start});
		} else if (s.p[i++] != ' ') {
			buf_char(b, s.p[start]);
		}
	}
}

size_t json_canonical_length(struct str s)
{
	size_t depth = 0, i = 0;

	do {
		char c = s.p[i];

		if (c == '"') {
			i = string_end(s, i);
			continue;
		}
		depth += c == '{' || c == '[';
		depth -= c == '}' || c == ']';
		i++;
	} while (i < s.n &&
		 (depth || (s.p[i] != ',' && s.p[i] != ':' && s.p[i] != '}' && s.p[i] != ']')));
	return i;
}

struct err *json_jcs(struct buf *b, struct str bytes, const struct json_limits *lim)
{
	struct arena *a = arena_new();
	struct json_scan *s = NULL;
	struct json_token t;
	struct str line = {NULL, 0};
	struct err *e = a ? NULL : err_nomem();

	if (!e)
		e = json_scan_new(bytes, lim, a, &s);
	if (!e)
		e = json_next(s, &t);
	if (!e)
		e = json_canonical(s, &t, a, &line);
	if (!e)
		e = json_next(s, &t);
	if (!e)
		json_restyle(b, line, JSON_JCS);
	json_scan_free(s);
	arena_free(a);
	return e;
}

void json_describe_library(struct buf *b)
{
	buf_printf(b, "json-c %s", json_c_version());
}
