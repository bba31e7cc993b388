/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/operators.h"

#include <assert.h>
#include <string.h>

#include "base/timeutil.h"
#include "policy/form.h"

#define SHOWN_MAX 100u

static void put_item(struct buf *why, const struct datum *d)
{
	(void)datum_write(why, d, SHOWN_MAX);
}

static enum truth truth_of(bool b)
{
	return b ? TRUTH_YES : TRUTH_NO;
}

/* ---- equality ---- */

static bool is_null_operand(const struct operands *o)
{
	return o->v[0].kind == DATUM_NULL;
}

static enum truth equals(const struct datum *d, const struct operands *o, struct buf *why)
{
	(void)why;
	if (d->kind == DATUM_NULL && !is_null_operand(o))
		return TRUTH_NOT_KNOWN;
	return truth_of(datum_equal(d, &o->v[0]));
}

static enum truth differs(const struct datum *d, const struct operands *o, struct buf *why)
{
	(void)why;
	if (d->kind == DATUM_NULL && !is_null_operand(o))
		return TRUTH_NOT_KNOWN;
	return truth_of(!datum_equal(d, &o->v[0]));
}

static enum truth is_in(const struct datum *d, const struct operands *o, struct buf *why)
{
	(void)why;
	for (size_t i = 0; i < o->n; i++) {
		if (datum_equal(d, &o->v[i]))
			return TRUTH_YES;
	}
	return TRUTH_NO;
}

/* ---- order ---- */

/* False where the two are not of a kind. */
static bool compare(const struct datum *d, const struct datum *o, int *c)
{
	unsigned clock = d->clock;

	if (d->kind == DATUM_INTEGER && o->kind == DATUM_INTEGER) {
		*c = integer_compare(d->integer, o->integer);
		return true;
	}
	if (o->kind != DATUM_CLOCK ||
	    (d->kind != DATUM_CLOCK &&
	     !(d->kind == DATUM_TEXT && time_parse_clock(d->text, &clock))))
		return false;
	*c = (clock > o->clock) - (clock < o->clock);
	return true;
}

static enum truth ordered(const struct datum *d, const struct operands *o, struct buf *why,
			  bool lower, bool equal, bool higher)
{
	int c;

	if (!compare(d, &o->v[0], &c)) {
		buf_puts(why, "not of one kind");
		return TRUTH_NO;
	}
	return truth_of(c < 0 ? lower : c > 0 ? higher : equal);
}

static enum truth less(const struct datum *d, const struct operands *o, struct buf *why)
{
	return ordered(d, o, why, true, false, false);
}

static enum truth at_most(const struct datum *d, const struct operands *o, struct buf *why)
{
	return ordered(d, o, why, true, true, false);
}

static enum truth more(const struct datum *d, const struct operands *o, struct buf *why)
{
	return ordered(d, o, why, false, false, true);
}

static enum truth at_least(const struct datum *d, const struct operands *o, struct buf *why)
{
	return ordered(d, o, why, false, true, true);
}

static enum truth is_within(const struct datum *d, const struct operands *o, struct buf *why)
{
	unsigned clock = d->clock;

	if (d->kind == DATUM_TEXT && !time_parse_clock(d->text, &clock)) {
		buf_puts(why, "no time of day");
		return TRUTH_NO;
	}
	if (o->from_s <= o->to_s)
		return truth_of(clock >= o->from_s && clock <= o->to_s);
	return truth_of(clock >= o->from_s || clock <= o->to_s);
}

/* ---- what a list or a text holds ---- */

static bool text_has(struct str text, struct str part)
{
	return part.n == 0 || memmem(text.p, text.n, part.p, part.n) != NULL;
}

/* A set of the table is sorted, as datum_item gives it. */
static bool sorted_has(const struct datum *list, const struct datum *o)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct datum d = datum_item(list, middle);
		int c = d.kind == DATUM_INTEGER ? integer_compare(d.integer, o->integer)
						: str_cmp(d.text, o->text);

		if (c == 0)
			return true;
		if (c < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

static bool has(const struct datum *d, const struct datum *o)
{
	if (d->kind == DATUM_TEXT)
		return o->kind == DATUM_TEXT && text_has(d->text, o->text);
	for (size_t i = 0; d->kind == DATUM_LINES && i < d->lines->count; i++) {
		if (text_has(d->lines->lines[i], o->text))
			return true;
	}
	if (d->kind == DATUM_LINES)
		return false;
	if (d->field)
		return sorted_has(d, o);
	for (size_t i = 0; i < d->count; i++) {
		if (datum_equal(&d->items[i], o))
			return true;
	}
	return false;
}

/* Names those operands that are there, or that are not. */
static size_t name_those(const struct datum *d, const struct operands *o, struct buf *why,
			 const char *verb, bool that_are_there)
{
	size_t n = 0;

	for (size_t i = 0; i < o->n; i++) {
		if (has(d, &o->v[i]) != that_are_there)
			continue;
		buf_puts(why, n++ ? ", " : verb);
		put_item(why, &o->v[i]);
	}
	return n;
}

static enum truth contains(const struct datum *d, const struct operands *o, struct buf *why)
{
	return truth_of(name_those(d, o, why, "lacks ", false) == 0);
}

static enum truth contains_any(const struct datum *d, const struct operands *o, struct buf *why)
{
	for (size_t i = 0; i < o->n; i++) {
		if (has(d, &o->v[i]))
			return TRUTH_YES;
	}
	buf_puts(why, "has none of them");
	return TRUTH_NO;
}

static enum truth excludes(const struct datum *d, const struct operands *o, struct buf *why)
{
	return truth_of(name_those(d, o, why, "has ", true) == 0);
}

static enum truth is_like(const struct datum *d, const struct operands *o, struct buf *why)
{
	(void)why;
	if (d->kind == DATUM_TEXT)
		return truth_of(glob_matches(o->glob, d->text));
	for (size_t i = 0; i < d->lines->count; i++) {
		if (glob_matches(o->glob, d->lines->lines[i]))
			return TRUTH_YES;
	}
	return TRUTH_NO;
}

/* Of a list no element may match; what is no text in it does not. */
static enum truth is_unlike(const struct datum *d, const struct operands *o, struct buf *why)
{
	if (d->kind != DATUM_LIST)
		return truth_of(is_like(d, o, why) == TRUTH_NO);
	for (size_t i = 0; i < d->count; i++) {
		struct datum item = datum_item(d, i);

		if (item.kind == DATUM_TEXT && glob_matches(o->glob, item.text)) {
			buf_puts(why, "has ");
			put_item(why, &item);
			return TRUTH_NO;
		}
	}
	return TRUTH_YES;
}

static enum truth counts(const struct datum *d, const struct operands *o, struct buf *why)
{
	struct datum n = {.kind = DATUM_INTEGER, .integer = integer_from(d->count)};

	buf_printf(why, "has %zu", d->count);
	return o->compare->holds(&n, o, why);
}

static enum truth is_span(int64_t s, const struct operands *o, struct buf *why)
{
	struct datum n = {.kind = DATUM_INTEGER,
			  .integer = {s < 0 ? (uint64_t)-s : (uint64_t)s, s < 0}};

	return o->compare->holds(&n, o, why);
}

/*
 * What holds for the shortest and for the longest reading holds for all between them: the parser
 * lets nothing but an order through.
 */
static enum truth spans(const struct datum *d, const struct operands *o, struct buf *why)
{
	enum truth least = is_span(d->span.least, o, why), most = is_span(d->span.most, o, why);

	return least == most ? least : TRUTH_NOT_KNOWN;
}

/* ---- presence ---- */

static bool is_there(const struct datum *d)
{
	switch (d->kind) {
	case DATUM_NULL:
		return false;
	case DATUM_TEXT:
		return d->text.n > 0;
	case DATUM_LIST:
	case DATUM_ELEMENTS:
		return d->count > 0;
	case DATUM_BOOL:
	case DATUM_INTEGER:
	case DATUM_CLOCK:
	case DATUM_LINES:
	case DATUM_OTHER:
	case DATUM_SPAN:
	case DATUM_KINDS:
		break;
	}
	return true;
}

static enum truth present(const struct datum *d, const struct operands *o, struct buf *why)
{
	(void)o;
	(void)why;
	return truth_of(is_there(d));
}

static enum truth absent(const struct datum *d, const struct operands *o, struct buf *why)
{
	(void)o;
	(void)why;
	return truth_of(!is_there(d));
}

/* ---- patterns ---- */

static size_t char_size(struct str s)
{
	size_t n = 1;

	while (n < s.n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n++;
	return n;
}

static struct str behind(struct str s, size_t n)
{
	return (struct str){s.p + n, s.n - n};
}

/* How much of the text the pattern's first character takes, 0: none. */
static size_t takes(struct str pattern, struct str text, size_t *used)
{
	bool is_literal = pattern.p[0] == '\\' && pattern.n > 1;

	*used = 1;
	if (pattern.p[0] == '?')
		return char_size(text);
	*used += is_literal;
	return pattern.p[is_literal] == text.p[0];
}

/*
 * After a star that already stood its ground only the last one is ever tried again, so that the
 * work is at most one pass over the pattern for each byte of the text.
 */
bool glob_matches(struct str pattern, struct str text)
{
	struct str star_pattern = {NULL, 0}, star_text = {NULL, 0};

	while (text.n) {
		size_t used = 0, n = 0;

		if (pattern.n && pattern.p[0] == '*') {
			star_pattern = pattern = behind(pattern, 1);
			star_text = text;
			continue;
		}
		if (pattern.n)
			n = takes(pattern, text, &used);
		if (n) {
			pattern = behind(pattern, used);
			text = behind(text, n);
			continue;
		}
		if (!star_pattern.p)
			return false;
		star_text = text = behind(star_text, char_size(star_text));
		pattern = star_pattern;
	}
	while (pattern.n && pattern.p[0] == '*')
		pattern = behind(pattern, 1);
	return pattern.n == 0;
}

/* ---- what they let through, as a normal form ---- */

static void narrow_only(struct form *f, const struct operands *o)
{
	form_only(f, o->v, o->n);
}

static void narrow_deny(struct form *f, const struct operands *o)
{
	form_deny(f, &o->v[0]);
}

static void narrow_less(struct form *f, const struct operands *o)
{
	form_order(f, &o->v[0], true, false, false);
}

static void narrow_at_most(struct form *f, const struct operands *o)
{
	form_order(f, &o->v[0], true, true, false);
}

static void narrow_more(struct form *f, const struct operands *o)
{
	form_order(f, &o->v[0], false, false, true);
}

static void narrow_at_least(struct form *f, const struct operands *o)
{
	form_order(f, &o->v[0], false, true, true);
}

static void narrow_within(struct form *f, const struct operands *o)
{
	form_within_clock(f, o->from_s, o->to_s);
}

static void narrow_contains(struct form *f, const struct operands *o)
{
	for (size_t i = 0; i < o->n; i++)
		form_any(f, &o->v[i], 1);
}

static void narrow_any(struct form *f, const struct operands *o)
{
	form_any(f, o->v, o->n);
}

static void narrow_none(struct form *f, const struct operands *o)
{
	form_none(f, o->v, o->n);
}

static void narrow_like(struct form *f, const struct operands *o)
{
	form_like(f, o->glob);
}

static void narrow_unlike(struct form *f, const struct operands *o)
{
	form_unlike(f, o->glob);
}

static void narrow_count(struct form *f, const struct operands *o)
{
	o->compare->narrow(f, o);
}

static void narrow_present(struct form *f, const struct operands *o)
{
	(void)o;
	form_blank(f, false);
}

static void narrow_absent(struct form *f, const struct operands *o)
{
	(void)o;
	form_blank(f, true);
}

/* ---- the table ---- */

#define B          DATUM_BIT(DATUM_BOOL)
#define I          DATUM_BIT(DATUM_INTEGER)
#define C          DATUM_BIT(DATUM_CLOCK)
#define T          DATUM_BIT(DATUM_TEXT)
#define N          DATUM_BIT(DATUM_LINES)
#define L          DATUM_BIT(DATUM_LIST)
#define E          DATUM_BIT(DATUM_ELEMENTS)
#define O          DATUM_BIT(DATUM_OTHER)
#define S          DATUM_BIT(DATUM_SPAN)
#define EVERYTHING (B | I | C | T | N | L | E | O)

#define FOR_LISTS      "for a list write contains, excludes or count, or /FIELD/* for each element"
#define FOR_PART(name) "for one value write == or in, for a part of a text " name " *PART*"

/* clang-format off */
const struct operation operations[] = {
	/*                            name            takes          null   operands        syntax                    elsewhere                       */
	[OPERATION_EQUALS]       = { "==",           B | I | C | T | O, true,  OPERANDS_ONE,   "== VALUE",               FOR_LISTS,                      equals, narrow_only, MEASURE_NONE, "like" },
	[OPERATION_DIFFERS]      = { "!=",           B | I | C | T | O, true,  OPERANDS_ONE,   "!= VALUE",               FOR_LISTS,                      differs, narrow_deny, MEASURE_NONE, "unlike" },
	[OPERATION_LESS]         = { "<",            I | C | T,     false, OPERANDS_ORDER, "< NUMBER or HH:MM",      "for a list write count < N",   less, narrow_less, MEASURE_NONE, NULL },
	[OPERATION_AT_MOST]      = { "<=",           I | C | T,     false, OPERANDS_ORDER, "<= NUMBER or HH:MM",     "for a list write count <= N",  at_most, narrow_at_most, MEASURE_NONE, NULL },
	[OPERATION_MORE]         = { ">",            I | C | T,     false, OPERANDS_ORDER, "> NUMBER or HH:MM",      "for a list write count > N",   more, narrow_more, MEASURE_NONE, NULL },
	[OPERATION_AT_LEAST]     = { ">=",           I | C | T,     false, OPERANDS_ORDER, ">= NUMBER or HH:MM",     "for a list write count >= N",  at_least, narrow_at_least, MEASURE_NONE, NULL },
	[OPERATION_IN]           = { "in",           B | I | C | T, false, OPERANDS_MANY,  "in VALUE...",            FOR_LISTS,                      is_in, narrow_only, MEASURE_NONE, "like" },
	[OPERATION_CONTAINS]     = { "contains",     N | L,         false, OPERANDS_MANY,  "contains VALUE...",      FOR_PART("like"),             contains, narrow_contains, MEASURE_NONE, "like" },
	[OPERATION_CONTAINS_ANY] = { "contains-any", N | L,         false, OPERANDS_MANY,  "contains-any VALUE...",  FOR_PART("like"),             contains_any, narrow_any, MEASURE_NONE, "like" },
	[OPERATION_EXCLUDES]     = { "excludes",     N | L,         false, OPERANDS_MANY,  "excludes VALUE...",      FOR_PART("unlike"),           excludes, narrow_none, MEASURE_NONE, "unlike" },
	[OPERATION_WITHIN]       = { "within",       C | T,         false, OPERANDS_RANGE, "within HH:MM-HH:MM",     "it is for times of day",       is_within, narrow_within, MEASURE_NONE, NULL },
	[OPERATION_LIKE]         = { "like",         T | N,         false, OPERANDS_GLOB,  "like PATTERN",           "it is for text; /FIELD/* is each element of a list", is_like, narrow_like, MEASURE_NONE, NULL },
	[OPERATION_UNLIKE]       = { "unlike",       T | N | L,     false, OPERANDS_GLOB,  "unlike PATTERN",         "it is for text, and for lists of text", is_unlike, narrow_unlike, MEASURE_NONE, NULL },
	[OPERATION_COUNT]        = { "count",        L | E,         false, OPERANDS_COUNT, "count OPERATOR NUMBER",  "it is for lists",              counts, narrow_count, MEASURE_NONE, NULL },
	[OPERATION_DURATION]     = { "duration",     S,             false, OPERANDS_SPAN,  "duration >= LENGTH such as 4h", NULL,                    spans, narrow_count, MEASURE_WINDOW, NULL },
	[OPERATION_AGE]          = { "age",          S,             false, OPERANDS_SPAN,  "age <= LENGTH such as 36h", NULL,                        spans, narrow_count, MEASURE_AGE, NULL },
	[OPERATION_PRESENT]      = { "present",      EVERYTHING,    true,  OPERANDS_NONE,  "present",                NULL,                           present, narrow_present, MEASURE_NONE, NULL },
	[OPERATION_ABSENT]       = { "absent",       EVERYTHING,    true,  OPERANDS_NONE,  "absent",                 NULL,                           absent, narrow_absent, MEASURE_NONE, NULL },
};
/* clang-format on */

static_assert(ARRAY_LEN(operations) == OPERATION_KINDS, "a row for each operator");

const struct operation *operation_find(struct str name)
{
	for (size_t i = 0; i < OPERATION_KINDS; i++) {
		if (str_is(name, operations[i].name))
			return &operations[i];
	}
	return NULL;
}
