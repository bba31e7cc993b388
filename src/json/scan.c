/* SPDX-License-Identifier: Apache-2.0 */
#include "json/scan.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "base/utf8.h"
#include "json/plain.h"

/* Objects with more keys than this are checked for duplicates by sorting when they end. */
#define KEYS_COMPARED 16u

/* RFC 8259 section 9 lets a parser bound numbers; no honest one comes near. */
#define NUMBER_LENGTH_MAX 512u

/* There may be millions of them. */
struct key {
	const char *text;
	uint32_t n, at;
};

struct frame {
	bool is_object, has_items;
	size_t first_key;
};

struct json_scan {
	const char *begin, *p, *end;
	uint32_t line; /* of p: line feeds stand between tokens alone */
	struct arena *arena;
	struct json_limits lim;
	struct frame stack[JSON_DEPTH_CEILING];
	unsigned depth;
	bool value_due; /* a key was told, its value comes */
	bool is_done;
	/* The keys of all objects that are open, innermost last. */
	struct key *keys;
	size_t key_count, key_cap;
	struct budget *budget; /* the arena's */
};

static const char *const kind_names[] = {
	[JSON_OBJECT] = "an object",
	[JSON_OBJECT_END] = "the end of an object",
	[JSON_KEY] = "a key",
	[JSON_ARRAY] = "an array",
	[JSON_ARRAY_END] = "the end of an array",
	[JSON_STRING] = "a string",
	[JSON_NUMBER] = "a number",
	[JSON_TRUE] = "true",
	[JSON_FALSE] = "false",
	[JSON_NULL] = "null",
	[JSON_END] = "the end",
};

const char *json_kind_name(enum json_kind k)
{
	return kind_names[k];
}

void json_position(struct str bytes, size_t at, size_t *line, size_t *column)
{
	size_t start = 0;

	*line = 1;
	if (at > bytes.n)
		at = bytes.n;
	for (size_t i = 0; i < at; i++) {
		if (bytes.p[i] == '\n') {
			(*line)++;
			start = i + 1;
		}
	}
	*column = utf8_count((struct str){bytes.p + start, at - start}) + 1;
}

struct err *json_error_at(const struct json_scan *s, size_t at, const char *fmt, ...)
{
	struct str bytes = {s->begin, (size_t)(s->end - s->begin)};
	size_t line, column;
	char *msg = NULL;
	struct err *e;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&msg, fmt, ap) < 0)
		msg = NULL;
	va_end(ap);
	if (!msg)
		return err_nomem();
	json_position(bytes, at, &line, &column);
	e = err_at(err_new(s->lim.kind, "line %zu column %zu: %s", line, column, msg), line,
		   column);
	free(msg);
	return e;
}

static size_t offset(const struct json_scan *s, const char *p)
{
	return (size_t)(p - s->begin);
}

size_t json_offset(const struct json_scan *s)
{
	return offset(s, s->p);
}

struct str json_source(const struct json_scan *s, size_t from)
{
	return (struct str){s->begin + from, offset(s, s->p) - from};
}

/* Something stands at `p` that may not: names it. */
static struct err *unexpected(const struct json_scan *s, const char *p, const char *expected)
{
	struct str rest = {p, (size_t)(s->end - p)};
	uint32_t cp;
	size_t n = utf8_decode(rest, &cp);

	if (n == 0)
		return json_error_at(s, offset(s, p), "the text ends, expected %s", expected);
	if (cp < 0x20 || cp == 0x7f)
		return json_error_at(s, offset(s, p),
				     "found the control character U+%04X, expected %s", cp,
				     expected);
	return json_error_at(s, offset(s, p), "found '%.*s', expected %s", (int)n, p, expected);
}

/* What other programs write in place of plain UTF-8, by its first bytes; the longer ones first. */
static const struct {
	struct str begin;
	const char *message;
} foreign[] = {
	/* clang-format off */
	{ STR("\xef\xbb\xbf"),     "begins with a byte order mark, expected JSON in UTF-8 without one" },
	{ STR("\xff\xfe\0\0"),     "is UTF-32, expected JSON in UTF-8" },
	{ STR("\0\0\xfe\xff"),     "is UTF-32, expected JSON in UTF-8" },
	{ STR("{\0\0\0"),          "is UTF-32, expected JSON in UTF-8" },
	{ STR("\0\0\0{"),          "is UTF-32, expected JSON in UTF-8" },
	{ STR("\xff\xfe"),         "is UTF-16, expected JSON in UTF-8" },
	{ STR("\xfe\xff"),         "is UTF-16, expected JSON in UTF-8" },
	{ STR("{\0"),              "is UTF-16, expected JSON in UTF-8" },
	{ STR("\0{"),              "is UTF-16, expected JSON in UTF-8" },
	{ STR("\x1f\x8b"),         "is compressed with gzip, expected JSON in UTF-8" },
	/* clang-format on */
};

static struct err *check_encoding(const struct json_scan *s, struct str bytes)
{
	size_t bad;

	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		struct str begin = foreign[i].begin;

		if (bytes.n >= begin.n && memcmp(bytes.p, begin.p, begin.n) == 0)
			return json_error_at(s, 0, "%s", foreign[i].message);
	}
	bad = utf8_invalid_at(bytes);
	if (bad < bytes.n)
		return json_error_at(s, bad, "byte 0x%02x is not valid UTF-8",
				     (unsigned char)bytes.p[bad]);
	return NULL;
}

struct err *json_scan_new(struct str bytes, const struct json_limits *lim, struct arena *a,
			  struct json_scan **out)
{
	struct json_scan *s;
	struct err *e;

	if (bytes.n > lim->size_max || bytes.n > JSON_SIZE_CEILING)
		return err_new(lim->kind, "larger than %zu bytes",
			       lim->size_max < JSON_SIZE_CEILING ? lim->size_max
								 : JSON_SIZE_CEILING);
	s = calloc(1, sizeof(*s));
	if (!s)
		return err_nomem();
	s->begin = s->p = bytes.n ? bytes.p : "";
	s->line = 1;
	s->end = s->begin + bytes.n;
	s->arena = a;
	s->budget = arena_budget(a);
	s->lim = *lim;
	if (s->lim.depth_max > JSON_DEPTH_CEILING)
		s->lim.depth_max = JSON_DEPTH_CEILING;
	e = check_encoding(s, bytes);
	if (e)
		json_scan_free(s);
	else
		*out = s;
	return e;
}

void json_scan_free(struct json_scan *s)
{
	if (!s)
		return;
	free(s->keys);
	budget_give(s->budget, s->key_cap * sizeof(*s->keys));
	free(s);
}

static void skip_blanks(struct json_scan *s)
{
	/* Replies have none between most tokens. */
	if (s->p < s->end && s->p[0] > ' ')
		return;
	for (; s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\t' || *s->p == '\r');
	     s->p++)
		s->line += *s->p == '\n';
}

/* Where the run of characters that need no look ends. */
static const char *plain_end(const char *p, const char *end)
{
	return p + json_plain_run((struct str){p, (size_t)(end - p)});
}

/* Four hex digits at p. */
static bool hex4(const char *p, const char *end, uint32_t *out)
{
	uint32_t v = 0;

	if (end - p < 4)
		return false;
	for (int i = 0; i < 4; i++) {
		unsigned char c = (unsigned char)p[i];
		uint32_t digit;

		if (c >= '0' && c <= '9')
			digit = c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			digit = (uint32_t)(c | 0x20) - 'a' + 10;
		else
			return false;
		v = v << 4 | digit;
	}
	*out = v;
	return true;
}

/* s->p stands behind "\u". Reads one character, of one escape or of a surrogate pair. */
static struct err *unicode_escape(struct json_scan *s, const char *start, uint32_t *cp)
{
	uint32_t low;

	if (!hex4(s->p, s->end, cp))
		return json_error_at(s, offset(s, start), "\\u without four hex digits");
	s->p += 4;
	if (*cp == 0)
		return json_error_at(s, offset(s, start), "U+0000 in a string is not taken");
	if (*cp < 0xd800 || *cp > 0xdfff)
		return NULL;
	if (*cp <= 0xdbff && s->end - s->p >= 6 && s->p[0] == '\\' && s->p[1] == 'u' &&
	    hex4(s->p + 2, s->end, &low) && low >= 0xdc00 && low <= 0xdfff) {
		s->p += 6;
		*cp = 0x10000 + ((*cp - 0xd800) << 10) + (low - 0xdc00);
		return NULL;
	}
	return json_error_at(s, offset(s, start), "lone surrogate \\u%04x", *cp);
}

/* s->p stands at a backslash. Appends what it stands for to out. */
static struct err *escape(struct json_scan *s, char *out, size_t *n)
{
	static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
	const char *start = s->p, *name;
	uint32_t cp = 0;

	if (s->end - s->p < 2)
		return unexpected(s, s->end, "an escape");
	name = memchr(names, s->p[1], sizeof(names) - 1);
	s->p += 2;
	if (name) {
		out[(*n)++] = values[name - names];
		return NULL;
	}
	if (s->p[-1] != 'u')
		return unexpected(s, s->p - 1, "one of \" \\ / b f n r t u behind a backslash");
	TRY(unicode_escape(s, start, &cp));
	*n += utf8_encode(cp, out + *n);
	return NULL;
}

/* Where the string ends that has escapes: a bound for what it unescapes to. */
static const char *closing_quote(const char *p, const char *end)
{
	for (p = plain_end(p, end); p < end && *p != '"'; p = plain_end(p, end))
		p += *p == '\\' && end - p > 1 ? 2 : 1;
	return p;
}

/* s->p stands behind the opening quote, and ends behind the closing one. */
static struct err *string(struct json_scan *s, struct str *out)
{
	const char *start = s->p;
	char *text;
	size_t n = 0;

	s->p = plain_end(s->p, s->end);
	if (s->p < s->end && *s->p == '"') {
		*out = (struct str){start, (size_t)(s->p - start)};
		s->p++;
		return NULL;
	}
	/* An escape never grows when it is resolved. */
	text = arena_bytes(s->arena, (size_t)(closing_quote(s->p, s->end) - start) + 1);
	if (!text)
		return err_nomem();
	for (;;) {
		size_t run = (size_t)(s->p - start);

		memcpy(text + n, start, run);
		n += run;
		if (s->p == s->end)
			return unexpected(s, s->p, "the end of a string");
		if (*s->p == '"')
			break;
		if (*s->p != '\\')
			return unexpected(
				s, s->p, "an escape: control characters may not stand in a string");
		TRY(escape(s, text, &n));
		start = s->p;
		s->p = plain_end(s->p, s->end);
	}
	s->p++;
	*out = (struct str){text, n};
	return NULL;
}

static const char *digits(const char *p, const char *end)
{
	while (p < end && *p >= '0' && *p <= '9')
		p++;
	return p;
}

static struct err *to_double(const struct json_scan *s, struct json_token *t)
{
	char copy[NUMBER_LENGTH_MAX + 1];

	memcpy(copy, t->text.p, t->text.n);
	copy[t->text.n] = '\0';
	t->number = strtod(copy, NULL);
	if (!isfinite(t->number))
		return json_error_at(s, t->at, "number out of range: a double cannot hold it");
	return NULL;
}

static struct err *to_integer(const struct json_scan *s, struct json_token *t)
{
	bool is_negative = t->text.p[0] == '-';
	struct str number = {t->text.p + is_negative, t->text.n - is_negative};
	uint64_t max = is_negative ? UINT64_C(1) << 63 : UINT64_MAX, v;

	if (!str_to_u64(number, max, &v))
		return json_error_at(s, t->at, "integer out of range: expected -2^63 to 2^64-1");
	t->integer = (struct integer){v, is_negative && v};
	return NULL;
}

static struct err *number(struct json_scan *s, struct json_token *t)
{
	const char *start = s->p, *p = s->p, *next;

	p += *p == '-';
	next = digits(p, s->end);
	if (next == p)
		return unexpected(s, p, "a digit");
	if (*p == '0' && next - p > 1)
		return json_error_at(s, t->at, "a number may not begin with 0");
	p = next;
	t->is_integer = true;
	if (p < s->end && *p == '.') {
		t->is_integer = false;
		next = digits(++p, s->end);
		if (next == p)
			return unexpected(s, p, "a digit behind the point");
		p = next;
	}
	if (p < s->end && (*p == 'e' || *p == 'E')) {
		t->is_integer = false;
		p++;
		p += p < s->end && (*p == '+' || *p == '-');
		next = digits(p, s->end);
		if (next == p)
			return unexpected(s, p, "a digit of the exponent");
		p = next;
	}
	t->kind = JSON_NUMBER;
	t->text = (struct str){start, (size_t)(p - start)};
	s->p = p;
	if (t->text.n > NUMBER_LENGTH_MAX)
		return json_error_at(s, t->at, "a number of more than %u characters",
				     NUMBER_LENGTH_MAX);
	return t->is_integer ? to_integer(s, t) : to_double(s, t);
}

static struct err *literal(struct json_scan *s, struct json_token *t)
{
	static const struct {
		const char *text;
		enum json_kind kind;
	} rows[] = {{"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL}};
	struct str rest = {s->p, (size_t)(s->end - s->p)};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (str_starts(rest, rows[i].text)) {
			s->p += strlen(rows[i].text);
			t->kind = rows[i].kind;
			return NULL;
		}
	}
	return unexpected(s, s->p, "a value");
}

static struct err *open_container(struct json_scan *s, struct json_token *t)
{
	if (s->depth == s->lim.depth_max)
		return json_error_at(s, t->at, "nested deeper than %u levels", s->lim.depth_max);
	t->kind = *s->p == '{' ? JSON_OBJECT : JSON_ARRAY;
	s->stack[s->depth++] =
		(struct frame){.is_object = t->kind == JSON_OBJECT, .first_key = s->key_count};
	s->p++;
	return NULL;
}

static struct err *value(struct json_scan *s, struct json_token *t)
{
	t->at = (uint32_t)offset(s, s->p);
	t->line = s->line;
	s->value_due = false;
	if (s->p == s->end)
		return unexpected(s, s->p, "a value");
	if (s->depth)
		s->stack[s->depth - 1].has_items = true;
	else
		s->is_done = true;
	switch (*s->p) {
	case '{':
	case '[':
		return open_container(s, t);
	case '"':
		s->p++;
		t->kind = JSON_STRING;
		return string(s, &t->text);
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		return number(s, t);
	default:
		return literal(s, t);
	}
}

static struct str text_of(const struct key *k)
{
	return (struct str){k->text, k->n};
}

static int by_text_then_place(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int c = str_cmp(text_of(x), text_of(y));

	return c ? c : (x->at > y->at) - (x->at < y->at);
}

static struct err *duplicate(const struct json_scan *s, const struct key *k)
{
	return json_error_at(s, k->at, "duplicate key \"%.*s\"", STR_ARG(text_of(k)));
}

static struct err *remember_key(struct json_scan *s, const struct key *k)
{
	size_t first = s->stack[s->depth - 1].first_key;
	struct key *keys;

	if (s->key_count - first < KEYS_COMPARED) {
		for (size_t i = first; i < s->key_count; i++) {
			if (str_eq(text_of(&s->keys[i]), text_of(k)))
				return duplicate(s, k);
		}
	}
	keys = grow_from(s->budget, s->keys, s->key_count, &s->key_cap, sizeof(*keys));
	if (!keys)
		return err_nomem();
	s->keys = keys;
	s->keys[s->key_count++] = *k;
	return NULL;
}

/* The object ends: its keys are dropped, many of them looked through first. */
static struct err *forget_keys(struct json_scan *s, size_t first)
{
	size_t n = s->key_count - first;
	const struct key *dup = NULL;
	struct key *keys;

	s->key_count = first;
	if (n <= KEYS_COMPARED)
		return NULL;
	keys = s->keys + first;
	/* The C library's sort works on a copy. */
	if (!budget_take(s->budget, n * sizeof(*keys)))
		return err_nomem();
	qsort(keys, n, sizeof(*keys), by_text_then_place);
	budget_give(s->budget, n * sizeof(*keys));
	for (size_t i = 1; i < n; i++) {
		if (str_eq(text_of(&keys[i - 1]), text_of(&keys[i])) &&
		    (!dup || keys[i].at < dup->at))
			dup = &keys[i];
	}
	return dup ? duplicate(s, dup) : NULL;
}

static struct err *key(struct json_scan *s, struct json_token *t)
{
	if (s->p == s->end || *s->p != '"')
		return unexpected(s, s->p, "a key in double quotes");
	t->kind = JSON_KEY;
	t->at = (uint32_t)offset(s, s->p);
	t->line = s->line;
	s->p++;
	TRY(string(s, &t->text));
	TRY(remember_key(s, &(struct key){t->text.p, (uint32_t)t->text.n, t->at}));
	skip_blanks(s);
	if (s->p == s->end || *s->p != ':')
		return unexpected(s, s->p, "':' behind the key");
	s->p++;
	s->value_due = true;
	return NULL;
}

/* Inside an array or object, where an item, a comma or the end may come. */
static struct err *in_container(struct json_scan *s, struct json_token *t)
{
	struct frame *f = &s->stack[s->depth - 1];
	const char close = f->is_object ? '}' : ']';

	if (s->p < s->end && *s->p == close) {
		t->kind = f->is_object ? JSON_OBJECT_END : JSON_ARRAY_END;
		t->at = (uint32_t)offset(s, s->p);
		s->p++;
		s->depth--;
		return f->is_object ? forget_keys(s, f->first_key) : NULL;
	}
	if (f->has_items) {
		if (s->p == s->end || *s->p != ',')
			return unexpected(s, s->p, f->is_object ? "',' or '}'" : "',' or ']'");
		s->p++;
		skip_blanks(s);
	}
	return f->is_object ? key(s, t) : value(s, t);
}

struct err *json_next(struct json_scan *s, struct json_token *t)
{
	skip_blanks(s);
	if (s->value_due)
		return value(s, t);
	if (s->depth)
		return in_container(s, t);
	if (!s->is_done)
		return value(s, t);
	t->kind = JSON_END;
	t->at = (uint32_t)offset(s, s->p);
	if (s->p != s->end)
		return unexpected(s, s->p, "nothing behind the document");
	return NULL;
}

struct err *json_skip(struct json_scan *s, const struct json_token *first)
{
	struct json_token t = *first;
	unsigned until = s->depth;

	if (first->kind != JSON_OBJECT && first->kind != JSON_ARRAY)
		return NULL;
	until--;
	while (s->depth > until)
		TRY(json_next(s, &t));
	return NULL;
}
