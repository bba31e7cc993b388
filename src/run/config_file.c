/* SPDX-License-Identifier: Apache-2.0 */
#include "run/config_file.h"

#include <string.h>

static struct err *set_problem(struct config_file *f, struct arena *a, struct str text)
{
	f->state = CONFIG_UNUSABLE;
	f->problem = arena_str(a, text);
	return f->problem.p ? NULL : err_nomem();
}

/* An error of the reader becomes the problem of the file; out of memory stays an error. */
static struct err *take_error(struct config_file *f, struct arena *a, struct err *e)
{
	struct err *memory;
	struct str text;

	if (e->kind == ERR_NOMEM)
		return e;
	text = str_from(e->cause ? e->cause->msg : e->msg);
	f->problem_line = e->line;
	memory = set_problem(f, a, text);
	err_free(e);
	return memory;
}

/* A value that cannot be compared makes the whole file unusable: the first of them. */
static struct err *check_notes(struct config_file *f, const struct reading *r, struct arena *a)
{
	for (size_t i = 0; i < r->note_count; i++) {
		const struct note *n = &r->notes[i];
		size_t column;
		char *text;

		if (n->kind != NOTE_TYPE_CHANGED && n->kind != NOTE_BAD_VALUE)
			continue;
		json_position(f->bytes, n->at, &f->problem_line, &column);
		text = arena_printf(a, "line %zu column %zu: %.*s: %.*s", f->problem_line, column,
				    STR_ARG(n->path), STR_ARG(n->message));
		return text ? set_problem(f, a, str_from(text)) : err_nomem();
	}
	return NULL;
}

static struct err *check_error(struct config_file *f, const struct reading *r, struct arena *a)
{
	char *text = arena_printf(a, "it is an error reply of the API, no config: %.*s: %.*s",
				  STR_ARG(r->error_code), STR_ARG(r->error_message));

	return text ? set_problem(f, a, str_from(text)) : err_nomem();
}

struct err *config_file_parse(const struct workspace *w, const char *path, struct str bytes,
			      struct arena *a, struct config_file *out)
{
	struct normalize_options opt = workspace_reading(w, READ_FILE, ERR_CONFIG);
	struct reading *r = NULL;
	struct err *e;

	*out = (struct config_file){.path = path, .bytes = bytes};
	e = normalize_read(&schema_registry_scan, bytes, &opt, a, &r);
	if (e)
		return take_error(out, a, e);
	if (r->has_error)
		return check_error(out, r, a);
	TRY(check_notes(out, r, a));
	if (out->state == CONFIG_UNUSABLE)
		return NULL;
	out->state = CONFIG_READ;
	out->reading = r;
	return NULL;
}

struct err *config_file_read(const struct workspace *w, const struct file_tree *t, const char *path,
			     struct arena *a, struct config_file *out)
{
	struct tree_file file;

	*out = (struct config_file){.state = CONFIG_MISSING, .path = path};
	TRY(file_tree_read(t, path, w->max_reply, a, &file));
	if (file.is_too_large)
		return set_problem(out, a, STR("it is larger than --max-reply allows"));
	if (file.problem)
		return set_problem(out, a, str_from(file.problem));
	return file.is_there ? config_file_parse(w, path, file.bytes, a, out) : NULL;
}

/* Where it is; where the switch is that demands it, if it is not there. */
static size_t place_of(const struct config *c, const struct value *v)
{
	return v->is_present ? v->at : c->values[schema_find_dimension(c->resource, DIM_SWITCH)].at;
}

struct err *config_file_demand(struct config_file *f, struct arena *a)
{
	const struct config *c = f->state == CONFIG_READ ? &f->reading->config : NULL;
	const struct field *lacks = c ? config_lacks(c) : NULL;
	const struct value *v;
	size_t column;
	char *text;

	if (!lacks)
		return NULL;
	v = &c->values[lacks - c->resource->fields];
	json_position(f->bytes, place_of(c, v), &f->problem_line, &column);
	text = arena_printf(a,
			    "line %zu column %zu: /%s: %s, expected a value where the scan is on",
			    f->problem_line, column, lacks->name, value_absence(v));
	f->reading = NULL;
	return text ? set_problem(f, a, str_from(text)) : err_nomem();
}

struct err *config_file_require(const struct config_file *f, enum err_kind kind)
{
	switch (f->state) {
	case CONFIG_MISSING:
		return err_new(kind, "%s: there is no such file", f->path);
	case CONFIG_UNUSABLE:
		return err_new(kind, "%s: %.*s", f->path, STR_ARG(f->problem));
	case CONFIG_READ:
		break;
	}
	return NULL;
}
