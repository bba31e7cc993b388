/* SPDX-License-Identifier: Apache-2.0 */
#include "patch_apply.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the last token of a pointer stands: its container, and its text, to be freed. */
struct place {
	json_object *in;
	char *token;
};

static void unescape(char *token)
{
	char *to = token;

	for (char *from = token; *from; from++) {
		if (*from == '~') {
			from++;
			*to++ = *from == '1' ? '/' : '~';
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

/* An index, the length itself allowed where something is added. */
static bool index_of(const char *token, size_t count, size_t *out)
{
	char *end;

	if (*token < '0' || *token > '9' || (*token == '0' && token[1]))
		return false;
	*out = strtoul(token, &end, 10);
	return !*end && *out < count;
}

static json_object *child(json_object *in, const char *token, bool *found)
{
	json_object *o = NULL;
	size_t i;

	*found = json_object_is_type(in, json_type_object) &&
		 json_object_object_get_ex(in, token, &o);
	if (json_object_is_type(in, json_type_array) &&
	    index_of(token, json_object_array_length(in), &i)) {
		*found = true;
		o = json_object_array_get_idx(in, i);
	}
	return o;
}

static bool find(json_object *document, const char *pointer, struct place *out)
{
	const char *p = pointer;

	*out = (struct place){document, NULL};
	while (*p == '/') {
		size_t n = strcspn(p + 1, "/");
		char *token = strndup(p + 1, n);
		bool found = true;

		if (!token)
			abort();
		unescape(token);
		p += n + 1;
		if (!*p) {
			out->token = token;
			return true;
		}
		out->in = child(out->in, token, &found);
		free(token);
		if (!found)
			return false;
	}
	return false;
}

/* A list anew, as json-c cannot insert: without item `out`, with `v` before item `in`. */
static void rebuild(json_object *list, size_t out, size_t in, json_object *v)
{
	size_t n = json_object_array_length(list), kept = 0;
	json_object **old = calloc(n + 1, sizeof(json_object *));

	if (!old)
		abort();
	for (size_t i = 0; i < n; i++)
		old[i] = json_object_get(json_object_array_get_idx(list, i));
	json_object_array_del_idx(list, 0, n);
	for (size_t i = 0; i <= n; i++) {
		if (i == in)
			json_object_array_put_idx(list, kept++, json_object_get(v));
		if (i == n)
			break;
		if (i == out)
			json_object_put(old[i]);
		else
			json_object_array_put_idx(list, kept++, old[i]);
	}
	free(old);
}

#define NOWHERE ((size_t)-1)

static bool change(const struct place *at, const char *op, json_object *v)
{
	bool adds = strcmp(op, "add") == 0, removes = strcmp(op, "remove") == 0, found;
	json_object *old = child(at->in, at->token, &found);
	size_t i;

	if (strcmp(op, "test") == 0)
		return found && json_object_equal(old, v);
	if (!adds && !found)
		return false;
	if (json_object_is_type(at->in, json_type_object)) {
		if (removes)
			json_object_object_del(at->in, at->token);
		else
			json_object_object_add(at->in, at->token, json_object_get(v));
		return true;
	}
	if (!json_object_is_type(at->in, json_type_array) ||
	    !index_of(at->token, json_object_array_length(at->in) + adds, &i))
		return false;
	if (adds || removes)
		rebuild(at->in, removes ? i : NOWHERE, adds ? i : NOWHERE, v);
	else
		json_object_array_put_idx(at->in, i, json_object_get(v));
	return true;
}

static const char *text_of(json_object *operation, const char *key)
{
	const char *text = json_object_get_string(json_object_object_get(operation, key));

	return text ? text : "";
}

static bool apply(json_object *document, json_object *operation)
{
	const char *op = text_of(operation, "op");
	json_object *v = NULL;
	bool has_value = json_object_object_get_ex(operation, "value", &v);
	struct place at;
	bool done = has_value == (strcmp(op, "remove") != 0) &&
		    (strcmp(op, "add") == 0 || strcmp(op, "remove") == 0 ||
		     strcmp(op, "replace") == 0 || strcmp(op, "test") == 0) &&
		    find(document, text_of(operation, "path"), &at);

	if (!done)
		return false;
	done = change(&at, op, v);
	free(at.token);
	return done;
}

/* Deeper than json-c goes by itself: a patch stands above what it holds. */
static json_object *parse(const char *text)
{
	struct json_tokener *t = json_tokener_new_ex(64);
	json_object *o;

	if (!t)
		abort();
	o = json_tokener_parse_ex(t, text, (int)strlen(text));
	json_tokener_free(t);
	return o;
}

static bool apply_all(json_object *document, json_object *patch)
{
	bool good = json_object_is_type(patch, json_type_array);

	for (size_t i = 0; good && i < json_object_array_length(patch); i++)
		good = apply(document, json_object_array_get_idx(patch, i));
	return good;
}

bool patch_applies(const char *document, const char *patch, const char *want)
{
	json_object *d = parse(document), *p = parse(patch), *w = parse(want);
	bool good = json_object_is_type(d, json_type_object) &&
		    json_object_is_type(w, json_type_object) && apply_all(d, p) &&
		    json_object_equal(d, w);

	json_object_put(d);
	json_object_put(p);
	json_object_put(w);
	return good;
}

char *patch_result(const char *document, const char *patch)
{
	json_object *d = parse(document), *p = parse(patch);
	char *text = NULL;

	if (apply_all(d, p))
		text = strdup(json_object_to_json_string_ext(
			d, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(d);
	json_object_put(p);
	return text;
}
