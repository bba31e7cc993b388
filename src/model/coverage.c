/* SPDX-License-Identifier: Apache-2.0 */
#include "model/coverage.h"

#include "base/grow.h"
#include "base/timeutil.h"
#include "base/utf8.h"
#include "json/scan.h"
#include "json/write.h"
#include "model/canonical.h"

/* Of a list in a sentence; the whole stands in the config. */
#define NAMED_MAX      5u
#define NAME_MAX_BYTES 100u

enum reach { REACH_ALL, REACH_CHOSEN, REACH_PICK, REACH_OPEN };

struct writer {
	const struct config *c;
	struct arena *a;
	struct str *lines;
	size_t count, room;
	bool failed;
};

static const struct value absent = {.is_null = true};

static const struct value *single(const struct config *c, enum dimension d)
{
	size_t i = schema_find_dimension(c->resource, d);

	return i < c->resource->field_count ? &c->values[i] : &absent;
}

/* Ends a sentence and keeps it. */
static void say(struct writer *w, struct buf *b)
{
	struct str line, *lines;

	buf_char(b, '.');
	line = arena_str(w->a, buf_view(b));
	if (b->failed_memory || b->failed_ceiling || !line.p)
		w->failed = true;
	/* Every row of a resource may have a sentence or two, so there is no telling how many. */
	lines = w->failed ? NULL : grow_in(w->a, w->lines, w->count, &w->room, sizeof(*w->lines));
	if (lines) {
		w->lines = lines;
		w->lines[w->count++] = line;
	} else {
		w->failed = true;
	}
	buf_free(b);
}

static void say_text(struct writer *w, const char *text)
{
	struct buf b = BUF_INIT((size_t)1 << 16);

	buf_puts(&b, text);
	say(w, &b);
}

/* `"a", "b" and 3 more` */
static void put_members(struct buf *b, const struct field *f, const struct value *v)
{
	size_t n = value_count(f, v);

	for (size_t i = 0; i < n && i < NAMED_MAX; i++) {
		struct buf item = BUF_INIT(JSON_SIZE_CEILING);

		canonical_write_item(&item, f, v, i);
		buf_puts(b, i ? ", " : "");
		buf_str(b, utf8_prefix(buf_view(&item), NAME_MAX_BYTES));
		if (item.n > NAME_MAX_BYTES)
			buf_puts(b, f->kind == KIND_TEXT_SET ? "...\"" : "...");
		b->failed_memory |= item.failed_memory;
		buf_free(&item);
	}
	if (n > NAMED_MAX)
		buf_printf(b, " and %zu more", n - NAMED_MAX);
}

static enum reach reach_of(const struct config *c)
{
	const struct value *scope = single(c, DIM_SCOPE), *all = single(c, DIM_ALL);

	if (scope->is_null && all->is_null)
		return REACH_OPEN;
	if (scope->is_null)
		return all->u.boolean ? REACH_ALL : REACH_CHOSEN;
	if (integer_compare(scope->u.integer, integer_from(0)) == 0)
		return REACH_ALL;
	if (integer_compare(scope->u.integer, integer_from(1)) == 0)
		return REACH_CHOSEN;
	return REACH_PICK;
}

static bool chooses_something(const struct config *c)
{
	for (size_t i = 0; i < c->resource->field_count; i++) {
		const struct field *f = &c->resource->fields[i];

		if (f->dimension == DIM_CHOSEN && value_count(f, &c->values[i]))
			return true;
	}
	return false;
}

static void say_chosen(struct writer *w, const char *joint)
{
	struct buf b = BUF_INIT((size_t)1 << 16);

	for (size_t i = 0; i < w->c->resource->field_count; i++) {
		const struct field *f = &w->c->resource->fields[i];
		size_t n = f->dimension == DIM_CHOSEN ? value_count(f, &w->c->values[i]) : 0;

		if (!n)
			continue;
		buf_printf(&b, "%s%zu %s", joint, n, f->words);
		joint = ", ";
	}
	say(w, &b);
}

/*
 * Which images a number picks is the vendor's to know. Of 2 an example of the write is titled as
 * everything that the filters let through.
 */
static void say_pick(struct writer *w)
{
	struct integer n = single(w->c, DIM_SCOPE)->u.integer;
	struct buf b = BUF_INIT(256);

	if (integer_compare(n, integer_from(2)) == 0)
		buf_puts(&b, "Images that the vendor recommends are scanned, or all that the "
			     "filters let through; which of the two is not documented");
	else if (integer_compare(n, integer_from(3)) == 0)
		buf_puts(&b,
			 "Images of chosen clusters are scanned; which ones is not in the reply");
	else
		buf_printf(&b, "What is scanned is not known: scope %s%llu is not documented",
			   n.is_negative ? "-" : "", (unsigned long long)n.magnitude);
	say(w, &b);
}

/* Does the field leave images out, or may it? */
static bool limits(const struct field *f, const struct value *v)
{
	if (f->role != ROLE_CONFIG)
		return false;
	if (f->dimension == DIM_NARROW)
		return v->is_null || v->u.boolean;
	return (f->dimension == DIM_FILTER || f->dimension == DIM_EXCLUDED) && value_count(f, v);
}

static bool has_unknown_members(const struct field *f, const struct value *v)
{
	return f->kind == KIND_ELEMENTS && value_count(f, v) && v->u.elements.have_extra;
}

/* Policies assert single sentences, so this one has to be true without the others. */
static bool is_without_limits(const struct config *c)
{
	for (size_t i = 0; i < c->resource->field_count; i++) {
		const struct field *f = &c->resource->fields[i];

		if (limits(f, &c->values[i]) || has_unknown_members(f, &c->values[i]))
			return false;
	}
	return !single(c, DIM_SWITCH)->is_null && c->unknown_count == 0;
}

static void say_reach(struct writer *w, enum reach reach)
{
	switch (reach) {
	case REACH_ALL:
		say_text(w, is_without_limits(w->c)
				    ? "All authorized images are scanned"
				    : "Authorized images are scanned, unless another sentence "
				      "leaves them out");
		break;
	case REACH_CHOSEN:
		say_chosen(w, "Only chosen images are scanned: ");
		break;
	case REACH_PICK:
		say_pick(w);
		break;
	case REACH_OPEN:
		say_text(w, "Which images are scanned is not known: no scope is set");
		if (chooses_something(w->c))
			say_chosen(w, "Chosen, should that count: ");
		break;
	}
}

/* Filters may pass chosen images by; everywhere else they hold. */
static void say_filter(struct writer *w, const struct field *f, const struct value *v,
		       enum reach reach)
{
	bool is_certain = reach == REACH_ALL || reach == REACH_PICK;
	struct buf b = BUF_INIT((size_t)1 << 16);

	if (!value_count(f, v)) {
		buf_free(&b);
		return;
	}
	buf_printf(&b, is_certain ? "Of these, only %s " : "Whether that is limited to %s ",
		   f->words);
	put_members(&b, f, v);
	if (!is_certain)
		buf_puts(&b, " is not documented");
	say(w, &b);
}

static void say_narrow(struct writer *w, const struct field *f, const struct value *v,
		       enum reach reach)
{
	bool is_certain = reach == REACH_ALL || reach == REACH_PICK;
	struct buf b = BUF_INIT(512);

	if (v->is_null)
		buf_printf(&b, "Whether that is limited to %s is not said", f->words);
	else if (v->u.boolean && is_certain)
		buf_printf(&b, "Of these, only %s", f->words);
	else if (v->u.boolean)
		buf_printf(&b, "Whether that is limited to %s is not documented", f->words);
	if (b.n)
		say(w, &b);
	buf_free(&b);
}

/* Exclusions hold for scope 0 under every reading, and for no other. */
static void say_excluded(struct writer *w, const struct field *f, const struct value *v,
			 enum reach reach)
{
	struct buf b = BUF_INIT((size_t)1 << 16);

	if (!value_count(f, v))
		return;
	buf_printf(&b, reach == REACH_ALL ? "Left out: %s " : "Whether that leaves out %s ",
		   f->words);
	put_members(&b, f, v);
	buf_puts(&b, reach == REACH_ALL ? "" : " is not documented");
	say(w, &b);
}

/* Filters first: what is left out is left out of what they let pass. */
static void say_selection(struct writer *w, enum reach reach)
{
	const struct resource *r = w->c->resource;

	for (size_t i = 0; i < r->field_count; i++) {
		const struct field *f = &r->fields[i];

		if (f->role == ROLE_CONFIG && f->dimension == DIM_FILTER)
			say_filter(w, f, &w->c->values[i], reach);
		else if (f->role == ROLE_CONFIG && f->dimension == DIM_NARROW)
			say_narrow(w, f, &w->c->values[i], reach);
	}
	for (size_t i = 0; i < r->field_count; i++) {
		const struct field *f = &r->fields[i];

		if (f->role == ROLE_CONFIG && f->dimension == DIM_EXCLUDED)
			say_excluded(w, f, &w->c->values[i], reach);
	}
}

static bool names(const struct value *v, const char *member)
{
	for (size_t i = 0; i < v->u.texts.n; i++) {
		if (str_is(v->u.texts.v[i], member))
			return true;
	}
	return false;
}

/* A type that is not known may be another name for one that is. */
static bool has_unknown(const struct field *f, const struct value *v)
{
	for (size_t i = 0; i < v->u.texts.n; i++) {
		const char *const *k = f->known;

		while (k && *k && !str_is(v->u.texts.v[i], *k))
			k++;
		if (k && !*k)
			return true;
	}
	return false;
}

static void say_types(struct writer *w)
{
	size_t i = schema_find_dimension(w->c->resource, DIM_TYPES);
	const struct field *f = &w->c->resource->fields[i];
	const struct value *v = &w->c->values[i];
	struct buf found = BUF_INIT((size_t)1 << 16), missing = BUF_INIT((size_t)1 << 16);
	const char *head;
	bool is_certain;

	if (i == w->c->resource->field_count)
		return;
	if (v->u.texts.n == 0) {
		say_text(w,
			 "Whether everything or nothing is looked for is not known: no scan type "
			 "is set");
		return;
	}
	buf_puts(&found, "Looked for: ");
	put_members(&found, f, v);
	say(w, &found);
	is_certain = !has_unknown(f, v);
	head = is_certain ? "Not looked for: " : "Whether that includes ";
	for (const char *const *k = f->known; k && *k; k++) {
		if (!names(v, *k))
			buf_printf(&missing, "%s\"%s\"", missing.n ? ", " : head, *k);
	}
	if (missing.n) {
		buf_puts(&missing, is_certain ? "" : " is not known");
		say(w, &missing);
	}
	buf_free(&missing);
}

static void put_window(struct buf *b, const struct value *start, const struct value *end)
{
	char text[TIME_TEXT_SIZE];

	if (start->is_null) {
		buf_puts(b, ", at a time that is not said");
		return;
	}
	buf_printf(b, ", from %s", time_format_clock(start->u.clock, text));
	if (end->is_null) {
		buf_puts(b, ", without an end; whether that leaves time to scan is not documented");
		return;
	}
	buf_printf(b, " to %s", time_format_clock(end->u.clock, text));
	if (end->u.clock <= start->u.clock)
		buf_puts(b, "; whether that runs into the next day is not documented");
}

static void say_when(struct writer *w)
{
	size_t row = schema_find_dimension(w->c->resource, DIM_PERIOD);
	const struct value *period = single(w->c, DIM_PERIOD);
	struct buf b = BUF_INIT(512);

	if (period->is_null)
		buf_puts(&b, "How often is not said");
	else if (value_is_beyond(&w->c->resource->fields[row], period))
		buf_printf(&b, "How often is not known, since a period of %llu may not be in days",
			   (unsigned long long)period->u.integer.magnitude);
	else if (period->u.integer.magnitude == 1)
		buf_puts(&b, "Every day");
	else
		buf_printf(&b, "Every %llu days", (unsigned long long)period->u.integer.magnitude);
	put_window(&b, single(w->c, DIM_START), single(w->c, DIM_END));
	say(w, &b);
}

/* Fields by their names; of members the list that they are in, which may have a million. */
static void say_unknown(struct writer *w)
{
	struct buf b = BUF_INIT((size_t)1 << 16);
	const char *joint = "Not known to this version, and what they do: ";
	size_t n = w->c->unknown_count;

	for (size_t i = 0; i < n && i < NAMED_MAX; i++) {
		buf_puts(&b, joint);
		joint = ", ";
		json_put_string(&b, utf8_prefix(w->c->unknown[i].name, NAME_MAX_BYTES));
	}
	if (n > NAMED_MAX)
		buf_printf(&b, " and %zu more", n - NAMED_MAX);
	for (size_t i = 0; i < w->c->resource->field_count; i++) {
		const struct field *f = &w->c->resource->fields[i];

		if (!has_unknown_members(f, &w->c->values[i]))
			continue;
		buf_printf(&b, "%smembers of \"%s\"", joint, f->name);
		joint = ", ";
	}
	if (b.n)
		say(w, &b);
	buf_free(&b);
}

static struct err *take_lines(const struct writer *w, struct coverage *out)
{
	*out = (struct coverage){w->lines, w->count};
	return w->failed ? err_nomem() : NULL;
}

struct err *coverage_describe(const struct config *c, struct arena *a, struct coverage *out)
{
	struct writer w = {.c = c, .a = a};
	const struct value *on = single(c, DIM_SWITCH);
	enum reach reach = reach_of(c);

	if (!on->is_null && !on->u.boolean) {
		say_text(&w, "Nothing is scanned: the schedule is off");
		return take_lines(&w, out);
	}
	if (on->is_null)
		say_text(&w, "Whether the schedule is on is not said");
	if (reach == REACH_CHOSEN && !chooses_something(c)) {
		say_text(&w, "Nothing is scanned: images are to be chosen, and none is");
	} else {
		say_reach(&w, reach);
		say_selection(&w, reach);
		say_types(&w);
		say_when(&w);
	}
	say_unknown(&w);
	return take_lines(&w, out);
}
