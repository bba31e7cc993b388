/* SPDX-License-Identifier: Apache-2.0 */
/* Reads assertions. What they say of a config: verdict.c. */
#include "policy/assertion.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/timeutil.h"
#include "base/utf8.h"
#include "json/scan.h"

#define WORDS_MAX 256u
#define DAY_S     86400u
/* Longer than anybody keeps a schedule; with every unit it is far from overflowing. */
#define SPAN_MOST_D 100000u

struct word {
	struct str text; /* unquoted */
	bool is_quoted;
	size_t at; /* where it begins in the assertion */
};

struct parser {
	struct arena *a;
	const struct resource *resource;
	const char *where;
	struct str rest; /* not read yet */
	struct str whole;
	struct word words[WORDS_MAX];
	size_t count, next;
	struct assertion *out;
};

#define FAIL(p, fmt, ...) err_new(ERR_CONFIG, "%s: " fmt, (p)->where, __VA_ARGS__)

/* ---- words ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str take(struct parser *p, size_t n)
{
	struct str s = {p->rest.p, n};

	p->rest.p += n;
	p->rest.n -= n;
	return s;
}

/* A JSON string, so that every character can be written. */
static struct err *unquote(struct parser *p, struct str quoted, struct word *w)
{
	struct json_limits lim = {quoted.n, 1, ERR_CONFIG};
	struct json_scan *s = NULL;
	struct json_token t;
	struct err *e = json_scan_new(quoted, &lim, p->a, &s);

	if (!e)
		e = json_next(s, &t);
	json_scan_free(s);
	if (e && e->kind == ERR_NOMEM)
		return e;
	if (e) {
		err_free(e);
		return FAIL(p, "%.*s: expected a JSON string", STR_ARG(quoted));
	}
	w->text = t.text;
	w->is_quoted = true;
	return NULL;
}

static struct err *quoted_word(struct parser *p, struct word *w)
{
	size_t n = 1;

	while (n < p->rest.n && p->rest.p[n] != '"')
		n += p->rest.p[n] == '\\' ? 2 : 1;
	if (n >= p->rest.n)
		return FAIL(p, "%.*s: the quote has no end", STR_ARG(p->rest));
	TRY(unquote(p, take(p, n + 1), w));
	if (p->rest.n && !is_blank(p->rest.p[0]))
		return FAIL(p, "%.*s directly behind a quote, expected a blank", STR_ARG(p->rest));
	return NULL;
}

static struct err *split(struct parser *p)
{
	for (;;) {
		struct word *w = &p->words[p->count];
		size_t n = 0;

		while (p->rest.n && is_blank(p->rest.p[0]))
			(void)take(p, 1);
		if (p->rest.n == 0)
			return NULL;
		if (p->count == WORDS_MAX)
			return FAIL(p, "more than %u words", WORDS_MAX);
		w->at = (size_t)(p->rest.p - p->whole.p);
		p->count++;
		if (p->rest.p[0] == '"') {
			TRY(quoted_word(p, w));
			continue;
		}
		while (n < p->rest.n && !is_blank(p->rest.p[n]))
			n++;
		w->text = arena_str(p->a, take(p, n));
		if (!w->text.p)
			return err_nomem();
	}
}

static const struct word *next_word(struct parser *p)
{
	return p->next < p->count ? &p->words[p->next++] : NULL;
}

/* ---- subject and operator ---- */

static struct err *take_subject(struct parser *p)
{
	const struct word *w = next_word(p);
	const char *problem;

	if (!w)
		return FAIL(p, "%s", "it is empty, expected POINTER OPERATOR VALUE");
	TRY(subject_parse(p->a, p->resource, w->text, &p->out->subject, &problem));
	if (problem)
		return FAIL(p, "%.*s: %s", STR_ARG(w->text), problem);
	return NULL;
}

static struct err *unknown_operator(struct parser *p, struct str name)
{
	struct suggest near = suggest_for(name);
	struct buf all = BUF_INIT(512);
	struct err *e;

	for (size_t i = 0; i < OPERATION_KINDS; i++) {
		suggest_offer(&near, str_from(operations[i].name));
		buf_printf(&all, "%s%s", i ? " " : "", operations[i].name);
	}
	if (near.best.n)
		e = FAIL(p, "unknown operator \"%.*s\", did you mean \"%.*s\"?", STR_ARG(name),
			 STR_ARG(near.best));
	else
		e = FAIL(p, "unknown operator \"%.*s\", expected one of %.*s", STR_ARG(name),
			 STR_ARG(buf_view(&all)));
	buf_free(&all);
	return e;
}

static struct err *wrong_subject(struct parser *p, const struct operation *op)
{
	const struct subject *s = &p->out->subject;

	if (s->kinds & DATUM_BIT(DATUM_ELEMENTS))
		return FAIL(p,
			    "%.*s: %s does not take a list of objects; write count, or "
			    "%.*s/*/MEMBER for each element",
			    STR_ARG(s->text), op->name, STR_ARG(s->text));
	return FAIL(p, "%.*s: %s does not take it; %s", STR_ARG(s->text), op->name, op->elsewhere);
}

static struct err *take_measure(struct parser *p, const struct operation *op)
{
	struct subject *s = &p->out->subject;
	const char *problem;

	subject_set_measure(s, op->measure, &problem);
	return problem ? FAIL(p, "%.*s: %s", STR_ARG(s->text), problem) : NULL;
}

/* What no element of a list may be is said of each of them: so the verdict counts those that are. */
static struct err *take_each(struct parser *p, const struct operation *op)
{
	struct subject *s = &p->out->subject;

	if (s->kinds != DATUM_BIT(DATUM_LIST))
		return NULL;
	if (s->field->kind == KIND_INTEGER_SET)
		return wrong_subject(p, op);
	s->tokens[s->token_count++] = STR("*");
	s->is_each = true;
	s->kinds = DATUM_BIT(DATUM_TEXT);
	return NULL;
}

/* NULL where *e says what is wrong. */
static const struct operation *take_operator(struct parser *p, struct err **e)
{
	const struct subject *s = &p->out->subject;
	const struct word *w = next_word(p);
	const struct operation *op;

	*e = NULL;
	if (!w) {
		*e = FAIL(p, "%.*s: expected an operator behind it, such as == or contains",
			  STR_ARG(s->text));
		return NULL;
	}
	p->out->demand = (struct str){p->whole.p + w->at, p->whole.n - w->at};
	op = w->is_quoted ? NULL : operation_find(w->text);
	if (!op)
		*e = unknown_operator(p, w->text);
	else if (op->measure)
		*e = take_measure(p, op);
	else if (!(op->takes & s->kinds))
		*e = wrong_subject(p, op);
	else if (op == &operations[OPERATION_UNLIKE])
		*e = take_each(p, op);
	return *e ? NULL : op;
}

/* ---- operands ---- */

static struct err *expected(struct parser *p, const struct word *w, const char *what)
{
	const struct assertion *as = p->out;

	if (!w)
		return FAIL(p, "%.*s %s: expected %s", STR_ARG(as->subject.text),
			    as->operation->name, what);
	return FAIL(p, "%.*s %s: found \"%.*s\", expected %s", STR_ARG(as->subject.text),
		    as->operation->name, STR_ARG(w->text), what);
}

static bool parse_integer(struct str s, struct integer *out)
{
	bool is_negative = s.n && s.p[0] == '-';
	struct str digits = {s.p + is_negative, s.n - is_negative};
	uint64_t most = is_negative ? UINT64_C(1) << 63 : UINT64_MAX;

	if (!str_to_u64(digits, most, &out->magnitude))
		return false;
	out->is_negative = is_negative && out->magnitude;
	return true;
}

/* A copy as normalizing writes it. */
static struct err *fold(struct parser *p, struct str s, struct str *out)
{
	const struct subject *subject = &p->out->subject;
	enum text_fold how = FOLD_NONE;
	char *copy = arena_bytes(p->a, s.n + 1);

	if (!copy)
		return err_nomem();
	if (subject->field)
		how = subject->has_member ? subject->field->members[subject->member].fold
					  : subject->field->fold;
	for (size_t i = 0; i < s.n; i++) {
		bool is_other = (how == FOLD_UPPER && s.p[i] >= 'a' && s.p[i] <= 'z') ||
				(how == FOLD_LOWER && s.p[i] >= 'A' && s.p[i] <= 'Z');

		copy[i] = (char)(s.p[i] ^ (is_other ? 0x20 : 0));
	}
	*out = (struct str){copy, s.n};
	return NULL;
}

static struct err *check_vocabulary(struct parser *p, const struct word *w, struct str text)
{
	const struct subject *s = &p->out->subject;
	struct suggest near = suggest_for(text);
	struct buf all = BUF_INIT(1024);
	struct err *e;

	if (!s->field || !s->field->known || s->has_member || w->is_quoted)
		return NULL;
	for (size_t i = 0; s->field->known[i]; i++) {
		if (str_is(text, s->field->known[i])) {
			buf_free(&all);
			return NULL;
		}
		suggest_offer(&near, str_from(s->field->known[i]));
		buf_printf(&all, "%s%s", i ? ", " : "", s->field->known[i]);
	}
	if (near.best.n)
		e = FAIL(p,
			 "%.*s: unknown member \"%.*s\", did you mean \"%.*s\"? In quotes it is "
			 "taken as it is",
			 STR_ARG(s->text), STR_ARG(w->text), STR_ARG(near.best));
	else
		e = FAIL(p,
			 "%.*s: unknown member \"%.*s\", expected one of %.*s; in quotes it is "
			 "taken as it is",
			 STR_ARG(s->text), STR_ARG(w->text), STR_ARG(buf_view(&all)));
	buf_free(&all);
	return e;
}

/* One that was meant as a pattern would be looked for as it is, and nothing be found for ever. */
static struct err *check_literal(struct parser *p, const struct word *w)
{
	const struct operation *op = p->out->operation;

	if (!op->for_pattern ||
	    !(memchr(w->text.p, '*', w->text.n) || memchr(w->text.p, '?', w->text.n)))
		return NULL;
	return FAIL(p,
		    "%.*s %s: \"%.*s\" would be taken literally; use %s for a pattern, in which "
		    "\\* is a literal star",
		    STR_ARG(p->out->subject.text), op->name, STR_ARG(w->text), op->for_pattern);
}

static struct err *text_operand(struct parser *p, const struct word *w, struct datum *out)
{
	*out = (struct datum){.kind = DATUM_TEXT};
	TRY(check_literal(p, w));
	TRY(fold(p, w->text, &out->text));
	return check_vocabulary(p, w, out->text);
}

/* Where the table says nothing the word itself tells its kind. */
static void guess(const struct word *w, struct datum *out)
{
	*out = (struct datum){.kind = DATUM_TEXT, .text = w->text};
	if (w->is_quoted)
		return;
	if (str_is(w->text, "true") || str_is(w->text, "false")) {
		out->kind = DATUM_BOOL;
		out->boolean = w->text.p[0] == 't';
	} else if (parse_integer(w->text, &out->integer)) {
		out->kind = DATUM_INTEGER;
	} else if (time_parse_clock(w->text, &out->clock)) {
		out->kind = DATUM_CLOCK;
	}
}

/* The kind of value that is compared: of a list, that of its elements. */
static unsigned operand_kinds(const struct subject *s)
{
	if (s->kinds == DATUM_BIT(DATUM_LIST))
		return DATUM_BIT(s->field->kind == KIND_INTEGER_SET ? DATUM_INTEGER : DATUM_TEXT);
	return s->kinds;
}

static struct err *value_operand(struct parser *p, const struct word *w, struct datum *out)
{
	*out = (struct datum){.kind = DATUM_NULL};
	switch (operand_kinds(&p->out->subject)) {
	case DATUM_BIT(DATUM_BOOL):
		if (w->is_quoted || !(str_is(w->text, "true") || str_is(w->text, "false")))
			return expected(p, w,
					w->is_quoted ? "true or false, without quotes"
						     : "true or false");
		*out = (struct datum){.kind = DATUM_BOOL, .boolean = w->text.p[0] == 't'};
		return NULL;
	case DATUM_BIT(DATUM_INTEGER):
		out->kind = DATUM_INTEGER;
		if (w->is_quoted || !parse_integer(w->text, &out->integer))
			return expected(p, w,
					w->is_quoted ? "a whole number, without quotes"
						     : "a whole number");
		return NULL;
	case DATUM_BIT(DATUM_CLOCK):
		out->kind = DATUM_CLOCK;
		if (!time_parse_clock(w->text, &out->clock))
			return expected(p, w, "a time of day, HH:MM or HH:MM:SS");
		return NULL;
	case DATUM_BIT(DATUM_TEXT):
	case DATUM_BIT(DATUM_LINES):
		return text_operand(p, w, out);
	default:
		guess(w, out);
		return out->kind == DATUM_TEXT ? check_literal(p, w) : NULL;
	}
}

static bool is_null_word(const struct word *w)
{
	return !w->is_quoted && str_is(w->text, "null");
}

static struct err *keep_values(struct parser *p, struct datum *v, size_t n)
{
	p->out->operands.v = v;
	p->out->operands.n = n;
	return NULL;
}

static struct err *operands_none(struct parser *p)
{
	(void)p;
	return NULL;
}

static struct err *operands_one(struct parser *p)
{
	const struct word *w = next_word(p);
	struct datum *v = arena_array(p->a, 1, sizeof(*v));

	if (!v)
		return err_nomem();
	if (!w)
		return expected(p, NULL, "a value");
	*v = (struct datum){.kind = DATUM_NULL};
	if (!is_null_word(w))
		TRY(value_operand(p, w, v));
	return keep_values(p, v, 1);
}

static struct err *operands_many(struct parser *p)
{
	struct datum *v = arena_array(p->a, p->count, sizeof(*v));
	const struct word *w;
	size_t n = 0;

	if (!v)
		return err_nomem();
	while ((w = next_word(p))) {
		if (is_null_word(w))
			return expected(p, w, "values; for null there are == null and absent");
		TRY(value_operand(p, w, &v[n++]));
	}
	if (n == 0)
		return expected(p, NULL, "one value or more");
	return keep_values(p, v, n);
}

static struct err *operands_order(struct parser *p)
{
	unsigned kinds = p->out->subject.kinds;
	const struct word *w = next_word(p);
	struct datum *v = arena_array(p->a, 1, sizeof(*v));

	if (!v)
		return err_nomem();
	if (!w || w->is_quoted)
		return expected(p, w, kinds == DATUM_BIT(DATUM_CLOCK) ? "HH:MM" : "a number");
	*v = (struct datum){.kind = DATUM_NULL};
	if (kinds & DATUM_BIT(DATUM_INTEGER) && parse_integer(w->text, &v->integer))
		v->kind = DATUM_INTEGER;
	else if (kinds & (DATUM_BIT(DATUM_CLOCK) | DATUM_BIT(DATUM_TEXT)) &&
		 time_parse_clock(w->text, &v->clock))
		v->kind = DATUM_CLOCK;
	else
		return expected(p, w,
				kinds == DATUM_BIT(DATUM_INTEGER)
					? "a whole number"
					: "a time of day, HH:MM or HH:MM:SS");
	return keep_values(p, v, 1);
}

/* "24:00" ends a range, and stands for its last second. */
static bool parse_end(struct str s, unsigned *seconds)
{
	if (str_is(s, "24:00") || str_is(s, "24:00:00")) {
		*seconds = DAY_S - 1;
		return true;
	}
	return time_parse_clock(s, seconds);
}

static struct err *operands_range(struct parser *p)
{
	static const char form[] = "HH:MM-HH:MM, two different times";
	struct operands *o = &p->out->operands;
	const struct word *w = next_word(p);
	const char *dash = w ? memchr(w->text.p, '-', w->text.n) : NULL;
	struct str from, to;

	if (!dash)
		return expected(p, w, form);
	from = (struct str){w->text.p, (size_t)(dash - w->text.p)};
	to = (struct str){dash + 1, w->text.n - from.n - 1};
	if (!time_parse_clock(from, &o->from_s) || !parse_end(to, &o->to_s) || o->from_s == o->to_s)
		return expected(p, w, form);
	return NULL;
}

static struct err *operands_glob(struct parser *p)
{
	const struct word *w = next_word(p);

	if (!w)
		return expected(p, NULL, "a pattern");
	if (w->text.n > GLOB_MAX)
		return expected(p, w, "a pattern of at most 128 bytes");
	return fold(p, w->text, &p->out->operands.glob);
}

static struct err *operands_count(struct parser *p)
{
	static const char form[] = "a comparison and a number, such as <= 3";
	const struct word *w = next_word(p), *number;
	const struct operation *op = w && !w->is_quoted ? operation_find(w->text) : NULL;
	struct datum *v = arena_array(p->a, 1, sizeof(*v));

	if (!v)
		return err_nomem();
	if (!op || (op->form != OPERANDS_ORDER && op->form != OPERANDS_ONE))
		return expected(p, w, form);
	number = next_word(p);
	if (!number || number->is_quoted || !parse_integer(number->text, &v->integer) ||
	    v->integer.is_negative)
		return expected(p, number, form);
	v->kind = DATUM_INTEGER;
	p->out->operands.compare = op;
	return keep_values(p, v, 1);
}

/* "4h", "1d12h", "90m": seconds; the units in this order, each once. */
static bool parse_span(struct str s, uint64_t *seconds)
{
	static const struct {
		char name;
		uint64_t s;
	} units[] = {{'d', DAY_S}, {'h', 3600}, {'m', 60}, {'s', 1}};
	size_t unit = 0;

	*seconds = 0;
	if (s.n == 0)
		return false;
	while (s.n) {
		struct str digits = {s.p, strspn(s.p, "0123456789")};
		uint64_t n;

		if (digits.n >= s.n || !str_to_u64(digits, SPAN_MOST_D, &n))
			return false;
		while (unit < ARRAY_LEN(units) && units[unit].name != s.p[digits.n])
			unit++;
		if (unit == ARRAY_LEN(units))
			return false;
		*seconds += n * units[unit++].s;
		s = (struct str){s.p + digits.n + 1, s.n - digits.n - 1};
	}
	return true;
}

/*
 * The shortest reading is what counts, so a window is compared with what it must at least be; and
 * an age, where there are several, with what it may at most be.
 */
static struct err *operands_span(struct parser *p)
{
	bool is_window = p->out->operation->measure == MEASURE_WINDOW;
	const char *form = is_window ? ">= or >, and a length below 24h, such as >= 4h"
				     : "<= or <, and a length, such as <= 36h";
	const struct word *w = next_word(p), *length;
	const struct operation *op = w && !w->is_quoted ? operation_find(w->text) : NULL;
	struct datum *v = arena_array(p->a, 1, sizeof(*v));
	uint64_t seconds;

	if (!v)
		return err_nomem();
	if (!op || op->form != OPERANDS_ORDER ||
	    is_window !=
		    (op == &operations[OPERATION_AT_LEAST] || op == &operations[OPERATION_MORE]))
		return expected(p, w, form);
	length = next_word(p);
	if (!length || length->is_quoted || !parse_span(length->text, &seconds) ||
	    (is_window && seconds >= DAY_S))
		return expected(p, length, form);
	*v = (struct datum){.kind = DATUM_INTEGER, .integer = integer_from(seconds)};
	p->out->operands.compare = op;
	return keep_values(p, v, 1);
}

static struct err *(*const readers[])(struct parser *p) = {
	[OPERANDS_NONE] = operands_none,   [OPERANDS_ONE] = operands_one,
	[OPERANDS_MANY] = operands_many,   [OPERANDS_ORDER] = operands_order,
	[OPERANDS_RANGE] = operands_range, [OPERANDS_GLOB] = operands_glob,
	[OPERANDS_COUNT] = operands_count, [OPERANDS_SPAN] = operands_span,
};

/* A file's reader has looked at this before; a command line has no such reader. */
static struct err *check_text(struct parser *p)
{
	if (utf8_invalid_at(p->whole) < p->whole.n)
		return FAIL(p, "%s", "it is not valid UTF-8");
	for (size_t i = 0; i < p->whole.n; i++) {
		if ((unsigned char)p->whole.p[i] < 0x20 && p->whole.p[i] != '\t')
			return FAIL(p, "%s", "it has control characters");
	}
	return NULL;
}

static struct err *parse(struct parser *p)
{
	const struct operation *op;
	const struct word *extra;
	struct err *e;

	TRY(check_text(p));
	TRY(split(p));
	TRY(take_subject(p));
	op = take_operator(p, &e);
	if (!op)
		return e;
	p->out->operation = op;
	TRY(readers[op->form](p));
	extra = next_word(p);
	if (extra)
		return FAIL(p, "\"%.*s\" is too much, expected %.*s %s", STR_ARG(extra->text),
			    STR_ARG(p->out->subject.text), op->syntax);
	return NULL;
}

struct err *assertion_parse(struct arena *a, const struct resource *r, const char *where,
			    struct str text, struct assertion *out)
{
	struct parser *p = calloc(1, sizeof(*p));
	struct assertion as = {.text = arena_str(a, str_trim(text))};
	struct err *e = NULL;

	if (!p || !as.text.p) {
		free(p);
		return err_nomem();
	}
	*p = (struct parser){a, r, where, as.text, as.text, .out = &as};
	e = parse(p);
	if (!e)
		*out = as;
	free(p);
	return e;
}
