/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/waiver_value.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "json/canonical.h"
#include "model/config.h"
#include "model/normalize.h"

#define WHOLE ((size_t)1 << 30)

static const struct json_limits limits = {JSON_SIZE_CEILING, JSON_DEPTH_MAX, ERR_CONFIG};

/* A JSON value read as this row would be. *out is NULL where it cannot be one. */
static struct err *read_row(struct arena *a, const struct resource *r, size_t row, struct str json,
			    struct reading **out, const char **problem)
{
	struct normalize_options opt = {.form = READ_FILE, .limits = limits};
	struct buf b = BUF_INIT(WHOLE);
	struct reading *reading;
	struct str text;

	*out = NULL;
	buf_printf(&b, "{\"%s\":", r->fields[row].name);
	buf_str(&b, json);
	buf_char(&b, '}');
	text = arena_str(a, buf_view(&b));
	if (b.failed_memory)
		text.p = NULL;
	buf_free(&b);
	if (!text.p)
		return err_nomem();
	TRY(normalize_read(r, text, &opt, a, &reading));
	for (size_t i = 0; i < reading->note_count; i++) {
		const struct note *n = &reading->notes[i];

		if (n->kind != NOTE_TYPE_CHANGED && n->kind != NOTE_BAD_VALUE)
			continue;
		*problem = n->message.p;
		return NULL;
	}
	*problem = NULL;
	*out = reading;
	return NULL;
}

struct err *pin_is_row(struct arena *a, const struct config *c, size_t row, struct str json,
		       bool *is_equal)
{
	struct reading *pinned;
	const char *problem;

	TRY(read_row(a, c->resource, row, json, &pinned, &problem));
	*is_equal = pinned &&
		    value_equal(c->resource, row, &pinned->config.values[row], &c->values[row]);
	return NULL;
}

struct err *pin_check(struct arena *a, const struct resource *r, size_t row, struct str json,
		      const char **problem)
{
	struct reading *pinned;

	return read_row(a, r, row, json, &pinned, problem);
}

/* ---- as canonical text ---- */

struct err *pin_canonical(struct arena *a, struct str json, struct str *out)
{
	struct json_scan *s = NULL;
	struct json_token t;
	struct err *e = json_scan_new(json, &limits, a, &s);

	if (!e)
		e = json_next(s, &t);
	if (!e)
		e = json_canonical(s, &t, a, out);
	if (!e)
		e = json_next(s, &t);
	json_scan_free(s);
	return e;
}

struct err *pin_check_json(struct arena *a, struct str json, const char **problem)
{
	struct str text;
	struct err *e = pin_canonical(a, json, &text);

	*problem = NULL;
	if (!e || e->kind == ERR_NOMEM)
		return e;
	*problem = arena_printf(a, "%s", e->msg);
	err_free(e);
	return *problem ? NULL : err_nomem();
}

struct err *pin_is_unknown(struct arena *a, const struct config *c, struct str name,
			   struct str json, bool *is_equal)
{
	struct str pinned, found = STR("null");

	TRY(pin_canonical(a, json, &pinned));
	for (size_t i = 0; i < c->unknown_count; i++) {
		if (str_eq(c->unknown[i].name, name))
			found = c->unknown[i].json;
	}
	*is_equal = str_eq(pinned, found);
	return NULL;
}

/* ---- what an assertion found ---- */

static int compare_texts(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* Sorted, each once. */
static size_t as_set(struct str *v, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(v, n, sizeof(*v), compare_texts);
	for (size_t i = 0; i < n; i++) {
		if (i == 0 || !str_eq(v[i], v[kept - 1]))
			v[kept++] = v[i];
	}
	return kept;
}

static struct err *datum_text(struct arena *a, const struct datum *d, struct str *out)
{
	struct buf b = BUF_INIT(WHOLE);

	(void)datum_write(&b, d, WHOLE);
	*out = arena_str(a, buf_view(&b));
	if (b.failed_memory)
		out->p = NULL;
	buf_free(&b);
	return out->p ? NULL : err_nomem();
}

struct texts {
	struct str *v;
	size_t n;
};

static struct err *failing(struct arena *a, const struct assertion *as,
			   const struct policy_input *in, struct texts *out)
{
	struct datum *values;
	size_t n;

	TRY(subject_values(a, &as->subject, in, &values, &n));
	out->v = arena_array(a, n + 1, sizeof(*out->v));
	if (!out->v)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		if (assertion_holds_for(as, &values[i]))
			continue;
		TRY(datum_text(a, &values[i], &out->v[out->n++]));
	}
	out->n = as_set(out->v, out->n);
	return NULL;
}

static struct err *read_elements(struct arena *a, struct json_scan *s, struct texts *out)
{
	struct json_token t;
	size_t cap = 0;

	TRY(json_next(s, &t));
	if (t.kind != JSON_ARRAY) {
		out->v = NULL;
		return NULL;
	}
	for (;;) {
		out->v = grow_in(a, out->v, out->n, &cap, sizeof(*out->v));
		if (!out->v)
			return err_nomem();
		TRY(json_next(s, &t));
		if (t.kind == JSON_ARRAY_END)
			return NULL;
		TRY(json_canonical(s, &t, a, &out->v[out->n++]));
	}
}

static struct err *is_failing_list(struct arena *a, const struct assertion *as,
				   const struct policy_input *in, struct str json, bool *is_equal)
{
	struct texts found = {0}, pinned = {0};
	struct json_scan *s = NULL;
	struct err *e;

	*is_equal = false;
	TRY(failing(a, as, in, &found));
	e = json_scan_new(json, &limits, a, &s);
	if (!e)
		e = read_elements(a, s, &pinned);
	json_scan_free(s);
	TRY(e);
	if (!pinned.v)
		return NULL;
	pinned.n = as_set(pinned.v, pinned.n);
	if (pinned.n != found.n)
		return NULL;
	for (size_t i = 0; i < found.n; i++) {
		if (!str_eq(pinned.v[i], found.v[i]))
			return NULL;
	}
	*is_equal = true;
	return NULL;
}

struct err *pin_is_found(struct arena *a, const struct assertion *as, const struct policy_input *in,
			 struct str json, bool *is_equal)
{
	struct str pinned, found;
	struct datum *values;
	size_t n;

	*is_equal = false;
	if (!subject_is_known(&as->subject, in))
		return NULL;
	if (as->subject.field && !as->subject.is_each)
		return pin_is_row(a, in->config, as->subject.row, json, is_equal);
	if (as->subject.is_each)
		return is_failing_list(a, as, in, json, is_equal);
	TRY(subject_values(a, &as->subject, in, &values, &n));
	TRY(datum_text(a, values, &found));
	TRY(pin_canonical(a, json, &pinned));
	*is_equal = str_eq(pinned, found);
	return NULL;
}
