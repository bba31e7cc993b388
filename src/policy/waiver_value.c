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

struct err *pin_check(struct arena *a, const struct resource *r, size_t row, struct str json,
		      const char **problem)
{
	struct reading *pinned;

	return read_row(a, r, row, json, &pinned, problem);
}

/* ---- as canonical text ---- */

static struct err *canonical(struct arena *a, struct str json, struct str *out)
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
	struct err *e = canonical(a, json, &text);

	*problem = NULL;
	if (!e || e->kind == ERR_NOMEM)
		return e;
	*problem = arena_printf(a, "%s", e->msg);
	err_free(e);
	return *problem ? NULL : err_nomem();
}

/* ---- as what can be compared ---- */

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

/* What a subject has, or a pin says that it has. */
struct pin {
	bool is_value;               /* else it is none that the subject could have */
	const struct config *config; /* a field as a whole: it is in there */
	struct str *texts;           /* else: one, or with a star a set */
	size_t n;
};

static bool is_whole_field(const struct subject *s)
{
	return s->field && !s->is_each && !s->measure;
}

/* The values that fail, or all without an assertion. */
static struct err *read_texts(struct arena *a, const struct subject *s, const struct assertion *as,
			      const struct policy_input *in, struct pin *out)
{
	struct datum *values;
	size_t n;

	TRY(subject_values(a, s, in, &values, &n));
	out->is_value = true;
	out->texts = arena_array(a, n + 1, sizeof(*out->texts));
	if (!out->texts)
		return err_nomem();
	for (size_t i = 0; i < n; i++) {
		if (s->is_each && as && assertion_holds_for(as, &values[i]))
			continue;
		TRY(datum_text(a, &values[i], &out->texts[out->n++]));
	}
	out->n = as_set(out->texts, out->n);
	return NULL;
}

static struct err *read_elements(struct arena *a, struct json_scan *s, struct pin *out)
{
	struct json_token t;
	size_t cap = 0;

	TRY(json_next(s, &t));
	out->is_value = t.kind == JSON_ARRAY;
	while (out->is_value) {
		out->texts = grow_in(a, out->texts, out->n, &cap, sizeof(*out->texts));
		if (!out->texts)
			return err_nomem();
		TRY(json_next(s, &t));
		if (t.kind == JSON_ARRAY_END)
			break;
		TRY(json_canonical(s, &t, a, &out->texts[out->n++]));
	}
	out->n = as_set(out->texts, out->n);
	return NULL;
}

static struct err *read_pin(struct arena *a, const struct resource *r, const struct subject *s,
			    struct str json, struct pin *out)
{
	struct policy_input in = {0};
	struct json_scan *scan = NULL;
	struct reading *reading;
	const char *problem;
	struct err *e;

	*out = (struct pin){0};
	if (s->field && !s->has_member && !s->measure) {
		TRY(read_row(a, r, s->row, json, &reading, &problem));
		out->is_value = reading != NULL;
		if (reading)
			in.config = out->config = &reading->config;
		return reading && s->is_each ? read_texts(a, s, NULL, &in, out) : NULL;
	}
	e = json_scan_new(json, &limits, a, &scan);
	if (!e && s->is_each) {
		e = read_elements(a, scan, out);
	} else if (!e) {
		*out = (struct pin){true, NULL, arena_array(a, 1, sizeof(*out->texts)), 1};
		e = out->texts ? canonical(a, json, out->texts) : err_nomem();
	}
	json_scan_free(scan);
	return e;
}

static bool is_equal_pin(const struct resource *r, const struct subject *s, const struct pin *x,
			 const struct pin *y)
{
	if (!x->is_value || !y->is_value)
		return false;
	if (is_whole_field(s))
		return value_equal(r, s->row, &x->config->values[s->row],
				   &y->config->values[s->row]);
	for (size_t i = 0; i < x->n && x->n == y->n; i++) {
		if (!str_eq(x->texts[i], y->texts[i]))
			return false;
	}
	return x->n == y->n;
}

struct err *pin_is_found(struct arena *a, const struct subject *s, const struct assertion *as,
			 const struct policy_input *in, struct str json, bool *is_equal)
{
	const struct resource *r = in->config->resource;
	struct pin pinned, found = {.is_value = true, .config = in->config};

	*is_equal = false;
	if (!subject_is_known(s, in))
		return NULL;
	TRY(read_pin(a, r, s, json, &pinned));
	if (!is_whole_field(s))
		TRY(read_texts(a, s, as, in, &found));
	*is_equal = is_equal_pin(r, s, &pinned, &found);
	return NULL;
}

struct subject pin_subject(const struct resource *r, struct str rule_id)
{
	const char *slash = memchr(rule_id.p, '/', rule_id.n);
	size_t head = slash ? (size_t)(slash - rule_id.p) : 0;

	if (!str_eq((struct str){rule_id.p, head}, STR("drift")))
		return (struct subject){.kind = SUBJECT_UNKNOWN};
	return subject_of_field(r, (struct str){slash + 1, rule_id.n - head - 1});
}

struct err *pins_are_equal(struct arena *a, const struct resource *r, const struct subject *s,
			   struct str x, struct str y, bool *is_equal)
{
	struct pin p, q;

	TRY(read_pin(a, r, s, x, &p));
	TRY(read_pin(a, r, s, y, &q));
	/* Neither can be found. */
	*is_equal = (!p.is_value && !q.is_value) || is_equal_pin(r, s, &p, &q);
	return NULL;
}
