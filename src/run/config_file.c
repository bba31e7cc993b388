/* SPDX-License-Identifier: Apache-2.0 */
#include "run/config_file.h"

#include <string.h>

#include "base/utf8.h"
#include "result/judge_liveness.h"

/* Of a document that is no schedule: names that are shown, and of each so many bytes. */
#define NAMES_SHOWN 3u
#define NAME_SHOWN  40u

#define SHAPES                                                                                   \
	"scandrift reads the bare object, the Response envelope, what the vendor's CLI prints, " \
	"and a paste from API Explorer"

static struct err *set_problem(struct config_file *f, struct arena *a, struct str text)
{
	f->state = CONFIG_UNUSABLE;
	f->problem = arena_str(a, text);
	return f->problem.p ? NULL : err_nomem();
}

/* An error of the reader becomes the problem of the file; out of memory stays an error. */
static struct err *take_error(const struct workspace *w, struct config_file *f, struct arena *a,
			      struct err *e)
{
	struct err *memory;
	struct str text;

	if (e->kind == ERR_NOMEM)
		return e;
	text = str_from(e->cause ? e->cause->msg : e->msg);
	f->problem_line = e->line;
	/* A limit of its own, which grows with the option. */
	if (e->reason == REASON_TOO_LARGE && !w->budget)
		text = str_from(arena_printf(a, "%s; raise --max-reply", text.p));
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
		f->is_incomplete = true;
		json_position(f->bytes, n->at, &f->problem_line, &column);
		text = arena_printf(a, "line %zu column %zu: %.*s: %.*s", f->problem_line, column,
				    STR_ARG(n->path), STR_ARG(n->message));
		return text ? set_problem(f, a, str_from(text)) : err_nomem();
	}
	return NULL;
}

static struct err *check_error(struct config_file *f, const struct reading *r, struct arena *a)
{
	const char *between = r->error_message.n ? ": " : "";
	char *text =
		r->error_code.n
			? arena_printf(a, "it is an error reply of the API, no config: %.*s%s%.*s",
				       STR_ARG(r->error_code), between, STR_ARG(r->error_message))
			: arena_printf(a, "it is an error without a code, no config%s%.*s", between,
				       STR_ARG(r->error_message));

	f->is_incomplete = true;
	return text ? set_problem(f, a, str_from(text)) : err_nomem();
}

static void put_name(struct buf *b, struct str name, size_t i)
{
	struct str shown = utf8_prefix(name, NAME_SHOWN);

	buf_printf(b, "%s\"%.*s%s\"", i ? ", " : "only ", STR_ARG(shown),
		   shown.n < name.n ? "..." : "");
}

/* The names in it: those that no row has, then those that say nothing of the setting. */
static void put_names(struct buf *b, const struct config *c)
{
	size_t n = 0;

	for (size_t i = 0; i < c->unknown_count; i++, n++) {
		if (n < NAMES_SHOWN)
			put_name(b, c->unknown[i].name, n);
	}
	for (size_t i = 0; i < c->resource->field_count; i++) {
		if (!c->values[i].is_present)
			continue;
		if (n < NAMES_SHOWN)
			put_name(b, str_from(c->resource->fields[i].name), n);
		n++;
	}
	if (n > NAMES_SHOWN)
		buf_printf(b, " and %zu more", n - NAMES_SHOWN);
	if (n == 0)
		buf_puts(b, "an empty object");
}

/* What it may have been meant for: a reply in a wrapper, or names as an SDK's objects have them. */
static void put_guess(struct buf *b, const struct config *c)
{
	for (size_t i = 0; i < c->unknown_count; i++) {
		const struct unknown *u = &c->unknown[i];

		if (str_starts(u->json, "{\"Response\":")) {
			buf_printf(b, " (give the value of \"%.*s\" alone)",
				   STR_ARG(utf8_prefix(u->name, NAME_SHOWN)));
			return;
		}
		for (size_t k = 0; k < c->resource->field_count; k++) {
			if (!str_eq_nocase(u->name, str_from(c->resource->fields[k].name)))
				continue;
			buf_printf(b, " (the API writes \"%s\")", c->resource->fields[k].name);
			return;
		}
	}
}

/* A document without one field of a schedule is not a schedule in which nothing is set. */
static struct err *check_shape(struct config_file *f, const struct reading *r, struct arena *a)
{
	struct buf b = BUF_INIT((size_t)1 << 16);
	size_t column;
	struct err *e;

	if (reading_names_field(r))
		return NULL;
	json_position(f->bytes, r->fields_at, &f->problem_line, &column);
	buf_printf(&b, "line %zu column %zu: no field of a scan schedule: found ", f->problem_line,
		   column);
	put_names(&b, &r->config);
	put_guess(&b, &r->config);
	buf_puts(&b, "; " SHAPES);
	e = buf_check(&b, ERR_CONFIG, f->path);
	if (!e)
		e = set_problem(f, a, buf_view(&b));
	buf_free(&b);
	return e;
}

/* The baseline has neither; both a reply and what the vendor's CLI prints of it name the call. */
static bool is_reply(const struct reading *r)
{
	const struct resource *res = r->config.resource;
	bool is = r->has_envelope;

	for (size_t i = 0; i < res->field_count; i++)
		is |= res->fields[i].role == ROLE_RUN && r->config.values[i].is_present;
	return is;
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
		return take_error(w, out, a, e);
	if (r->has_error)
		return check_error(out, r, a);
	TRY(check_shape(out, r, a));
	if (out->state == CONFIG_UNUSABLE)
		return NULL;
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

/* Where it is; if it is not there, where the switch is that demands it, or the object without it. */
static size_t place_of(const struct reading *r, const struct field *f)
{
	const struct config *c = &r->config;
	const struct value *v = &c->values[f - c->resource->fields];

	if (!v->is_present && f->need == NEED_WHEN_ON)
		v = &c->values[schema_find_dimension(c->resource, DIM_SWITCH)];
	return v->is_present ? v->at : r->fields_at;
}

static struct err *set_incomplete(struct config_file *f, struct arena *a, const struct field *field,
				  const char *why)
{
	size_t column;
	char *text;

	json_position(f->bytes, place_of(f->reading, field), &f->problem_line, &column);
	text = arena_printf(a, "line %zu column %zu: /%s: %s", f->problem_line, column, field->name,
			    why);
	f->reading = NULL;
	f->is_incomplete = true;
	return text ? set_problem(f, a, str_from(text)) : err_nomem();
}

static struct err *set_lack(struct config_file *f, const struct field *lacks, struct arena *a)
{
	const struct config *c = &f->reading->config;
	const struct value *v = &c->values[lacks - c->resource->fields];
	const char *why =
		arena_printf(a, "%s, expected a value%s", v->is_null ? value_absence(v) : "empty",
			     lacks->need == NEED_WHEN_ON ? " where the scan is on" : "");

	return why ? set_incomplete(f, a, lacks, why) : err_nomem();
}

struct err *config_file_demand(struct config_file *f, struct arena *a)
{
	const struct field *lacks =
		f->state == CONFIG_READ ? config_lacks(&f->reading->config) : NULL;

	return lacks ? set_lack(f, lacks, a) : NULL;
}

struct err *config_file_demand_whole(struct config_file *f, struct arena *a)
{
	const struct reading *r;
	const struct field *lacks;

	TRY(config_file_demand(f, a));
	r = f->reading;
	if (f->state != CONFIG_READ || !is_reply(r))
		return NULL;
	lacks = reading_lacks(r);
	if (lacks)
		return set_lack(f, lacks, a);
	if (liveness_is_legible(r))
		return NULL;
	return set_incomplete(
		f, a,
		&r->config.resource->fields[schema_find_state(r->config.resource, STATE_LAST_SCAN)],
		"expected YYYY-MM-DD hh:mm:ss");
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
