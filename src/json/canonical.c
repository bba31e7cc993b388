/* SPDX-License-Identifier: Apache-2.0 */
#include "json/canonical.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "json/write.h"

/*
 * In json-c: objects, lists, texts, bools, null, integers. A number with a fraction or an exponent
 * becomes a double.
 */
static struct err *to_tree(struct json_scan *s, const struct json_token *t, json_object **out);

static struct err *add_member(struct json_scan *s, const struct json_token *key, json_object *o)
{
	struct json_token t;
	json_object *v = NULL;
	struct err *e = NULL;
	char *name;

	TRY(json_next(s, &t));
	TRY(to_tree(s, &t, &v));
	name = malloc(key->text.n + 1);
	if (name) {
		memcpy(name, key->text.p, key->text.n);
		name[key->text.n] = '\0';
	}
	if (!name || json_object_object_add_ex(o, name, v, JSON_C_OBJECT_ADD_KEY_IS_NEW) < 0) {
		json_object_put(v);
		e = err_nomem();
	}
	free(name);
	return e;
}

static struct err *add_element(struct json_scan *s, const struct json_token *t, json_object *o)
{
	json_object *v = NULL;

	TRY(to_tree(s, t, &v));
	if (json_object_array_add(o, v) < 0) {
		json_object_put(v);
		return err_nomem();
	}
	return NULL;
}

static struct err *to_container(struct json_scan *s, bool is_object, json_object **out)
{
	json_object *o = is_object ? json_object_new_object() : json_object_new_array();
	struct json_token t;
	struct err *e = o ? NULL : err_nomem();

	while (!e) {
		e = json_next(s, &t);
		if (e || t.kind == JSON_OBJECT_END || t.kind == JSON_ARRAY_END)
			break;
		e = is_object ? add_member(s, &t, o) : add_element(s, &t, o);
	}
	if (e) {
		json_object_put(o);
		return e;
	}
	*out = o;
	return NULL;
}

static json_object *to_number(const struct json_token *t)
{
	if (!t->is_integer)
		return json_object_new_double(t->number);
	if (t->integer.is_negative)
		return json_object_new_int64((int64_t)(0 - t->integer.magnitude));
	return json_object_new_uint64(t->integer.magnitude);
}

static struct err *to_tree(struct json_scan *s, const struct json_token *t, json_object **out)
{
	switch (t->kind) {
	case JSON_OBJECT:
	case JSON_ARRAY:
		return to_container(s, t->kind == JSON_OBJECT, out);
	case JSON_STRING:
		if (t->text.n > INT32_MAX)
			return json_error_at(s, t->at, "a string of more than 2 GiB");
		*out = json_object_new_string_len(t->text.p ? t->text.p : "", (int)t->text.n);
		break;
	case JSON_NUMBER:
		*out = to_number(t);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		*out = json_object_new_boolean(t->kind == JSON_TRUE);
		break;
	case JSON_NULL: /* json-c's own form of null */
		*out = NULL;
		return NULL;
	case JSON_KEY:
	case JSON_OBJECT_END:
	case JSON_ARRAY_END:
	case JSON_END:
		return json_error_at(s, t->at, "found %s, expected a value",
				     json_kind_name(t->kind));
	}
	return *out ? NULL : err_nomem();
}

/*
 * RFC 8785 sorts by UTF-16 code units: as code points, but that U+10000 and above, being
 * surrogates there, stand before U+E000 to U+FFFF.
 */
int json_compare_keys(struct str x, struct str y)
{
	uint32_t cx = 0, cy = 0;

	for (;;) {
		size_t nx = utf8_decode(x, &cx), ny = utf8_decode(y, &cy);

		if (nx == 0 || ny == 0)
			return (nx != 0) - (ny != 0);
		if (cx != cy)
			break;
		x.p += nx;
		x.n -= nx;
		y.p += ny;
		y.n -= ny;
	}
	if ((cx >= 0x10000) != (cy >= 0x10000)) {
		uint32_t low = cx >= 0x10000 ? cy : cx;

		if (low >= 0xe000)
			return cx >= 0x10000 ? -1 : 1;
	}
	return cx < cy ? -1 : 1;
}

static int by_key(const void *a, const void *b)
{
	return json_compare_keys(str_from(*(const char *const *)a),
				 str_from(*(const char *const *)b));
}

static struct err *put_tree(struct buf *b, json_object *o);

static struct err *put_object(struct buf *b, json_object *o)
{
	size_t n = (size_t)json_object_object_length(o), i = 0;
	const char **names = calloc(n + 1, sizeof(*names));
	struct err *e = names ? NULL : err_nomem();

	if (!e) {
		json_object_object_foreach(o, name, unused)
		{
			(void)unused;
			names[i++] = name;
		}
		qsort(names, n, sizeof(*names), by_key);
	}
	buf_char(b, '{');
	for (i = 0; !e && i < n; i++) {
		if (i)
			buf_puts(b, ", ");
		json_put_string(b, str_from(names[i]));
		buf_puts(b, ": ");
		e = put_tree(b, json_object_object_get(o, names[i]));
	}
	buf_char(b, '}');
	free(names);
	return e;
}

static struct err *put_array(struct buf *b, json_object *o)
{
	size_t n = json_object_array_length(o);

	buf_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_puts(b, ", ");
		TRY(put_tree(b, json_object_array_get_idx(o, i)));
	}
	buf_char(b, ']');
	return NULL;
}

/* JCS writes 1e20 as 21 digits, which is no integer that the scanner takes. */
static void put_line_double(struct buf *b, double v)
{
	/* -2^63 itself would be printed as -9223372036854776000. */
	if (v >= 0x1p64 || v <= -0x1p63) {
		struct buf digits = BUF_INIT(64);
		struct str s;
		size_t end, sign = v < 0;

		json_put_double(&digits, v);
		s = buf_view(&digits);
		if (memchr(s.p, 'e', s.n)) {
			buf_str(b, s);
		} else {
			for (end = s.n; s.p[end - 1] == '0';)
				end--;
			buf_add(b, s.p, sign + 1);
			if (end > sign + 1) {
				buf_char(b, '.');
				buf_add(b, s.p + sign + 1, end - sign - 1);
			}
			buf_printf(b, "e+%zu", s.n - sign - 1);
		}
		buf_free(&digits);
		return;
	}
	json_put_double(b, v);
}

static struct err *put_tree(struct buf *b, json_object *o)
{
	switch (json_object_get_type(o)) {
	case json_type_object:
		return put_object(b, o);
	case json_type_array:
		return put_array(b, o);
	case json_type_string:
		json_put_string(b, (struct str){json_object_get_string(o),
						(size_t)json_object_get_string_len(o)});
		break;
	case json_type_double:
		put_line_double(b, json_object_get_double(o));
		break;
	case json_type_int:
		if (json_object_get_int64(o) < 0)
			buf_printf(b, "%lld", (long long)json_object_get_int64(o));
		else
			buf_u64(b, json_object_get_uint64(o));
		break;
	case json_type_boolean:
		buf_puts(b, json_object_get_boolean(o) ? "true" : "false");
		break;
	case json_type_null:
		buf_puts(b, "null");
		break;
	}
	return NULL;
}

struct err *json_canonical(struct json_scan *s, const struct json_token *first, struct arena *a,
			   struct str *out)
{
	struct buf b = BUF_INIT(JSON_SIZE_CEILING);
	json_object *tree = NULL;
	struct str text = {NULL, 0};
	struct err *e = to_tree(s, first, &tree);

	if (!e)
		e = put_tree(&b, tree);
	if (!e)
		e = buf_check(&b, ERR_REPLY, "a value");
	if (!e) {
		text = arena_str(a, buf_view(&b));
		if (!text.p)
			e = err_nomem();
		else
			*out = text;
	}
	json_object_put(tree);
	buf_free(&b);
	return e;
}

struct err *json_restyle(struct buf *b, struct str canonical, enum json_style style)
{
	const struct json_limits lim = {JSON_SIZE_CEILING, JSON_DEPTH_CEILING, ERR_REPLY};
	struct arena *a = NULL;
	struct json_scan *s = NULL;
	struct json_token t = {.kind = JSON_NULL};
	bool comma = false;
	struct err *e;

	if (style == JSON_LINE) {
		buf_str(b, canonical);
		return NULL;
	}
	a = arena_new();
	if (!a)
		return err_nomem();
	e = json_scan_new(canonical, &lim, a, &s);
	while (!e) {
		e = json_next(s, &t);
		if (e || t.kind == JSON_END)
			break;
		if (comma && t.kind != JSON_OBJECT_END && t.kind != JSON_ARRAY_END)
			buf_char(b, ',');
		comma = t.kind != JSON_KEY && t.kind != JSON_OBJECT && t.kind != JSON_ARRAY;
		if (t.kind == JSON_KEY || t.kind == JSON_STRING)
			json_put_string(b, t.text);
		else if (t.kind == JSON_NUMBER && t.is_integer)
			json_put_integer(b, t.integer);
		else if (t.kind == JSON_NUMBER)
			json_put_double(b, t.number);
		else
			buf_add(b, canonical.p + t.at,
				t.kind == JSON_FALSE                         ? 5
				: t.kind == JSON_TRUE || t.kind == JSON_NULL ? 4
									     : 1);
		if (t.kind == JSON_KEY)
			buf_char(b, ':');
	}
	json_scan_free(s);
	arena_free(a);
	return e;
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
		e = json_restyle(b, line, JSON_JCS);
	json_scan_free(s);
	arena_free(a);
	return e;
}

void json_describe_library(struct buf *b)
{
	buf_printf(b, "json-c %s", json_c_version());
}
