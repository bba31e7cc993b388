/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what an assertion speaks of. Which values it then has: values.c. */
#include "policy/subject.h"

#include <string.h>

#include "base/suggest.h"

/* Sets *problem. */
#define SAY(a, problem, ...) ((*(problem) = arena_printf((a), __VA_ARGS__)) ? NULL : err_nomem())

static struct str behind(struct str s, size_t n)
{
	return (struct str){s.p + n, s.n - n};
}

/* One part of a pointer, RFC 6901 section 4: ~1 is a slash, ~0 a tilde. */
static struct err *unescape(struct arena *a, struct str s, struct str *out, bool *ok)
{
	char *p = arena_bytes(a, s.n + 1);
	size_t n = 0;

	if (!p)
		return err_nomem();
	*ok = true;
	for (size_t i = 0; i < s.n; i++, n++) {
		p[n] = s.p[i];
		if (s.p[i] != '~')
			continue;
		*ok = *ok && i + 1 < s.n && (s.p[i + 1] == '0' || s.p[i + 1] == '1');
		if (*ok)
			p[n] = s.p[++i] == '1' ? '/' : '~';
	}
	p[n] = '\0';
	*out = (struct str){p, n};
	return NULL;
}

/* "/a/b" into its parts. */
static struct err *split(struct arena *a, struct str s, struct subject *out, const char **problem)
{
	while (s.n) {
		const char *slash;
		struct str part;
		bool ok = false;

		s = behind(s, 1);
		slash = memchr(s.p, '/', s.n);
		part = (struct str){s.p, slash ? (size_t)(slash - s.p) : s.n};
		s = behind(s, part.n);
		if (out->token_count == SUBJECT_TOKENS_MAX)
			return SAY(a, problem, "more than %u parts", SUBJECT_TOKENS_MAX);
		TRY(unescape(a, part, &out->tokens[out->token_count], &ok));
		if (!ok)
			return SAY(a, problem,
				   "\"%.*s\": expected ~0 for a tilde and ~1 for a slash",
				   STR_ARG(part));
		if (out->tokens[out->token_count++].n == 0)
			return SAY(a, problem, "a part is empty, expected /FIELD");
	}
	return NULL;
}

static size_t find_row(const struct resource *r, struct str name)
{
	size_t i = 0;

	while (i < r->field_count && !str_is(name, r->fields[i].name))
		i++;
	return i;
}

static struct err *unknown_field(struct arena *a, const struct resource *r, const struct subject *s,
				 const char **problem)
{
	struct suggest near = suggest_for(s->tokens[0]);
	const char *prefix = s->kind == SUBJECT_STATE ? "state:" : "";

	for (size_t i = 0; i < r->field_count; i++) {
		if (r->fields[i].role == (s->kind == SUBJECT_STATE ? ROLE_STATE : ROLE_CONFIG))
			suggest_offer(&near, str_from(r->fields[i].name));
	}
	if (near.best.n)
		return SAY(a, problem, "unknown field, did you mean %s/%.*s?", prefix,
			   STR_ARG(near.best));
	if (s->kind == SUBJECT_STATE)
		return SAY(a, problem, "unknown field, expected one that is state");
	return SAY(a, problem,
		   "unknown field; an assertion on one that this version does not know "
		   "names it as unknown:/FIELD");
}

/* A field of the other sort: says with which prefix it is meant. */
static struct err *wrong_role(struct arena *a, const struct subject *s, const char **problem)
{
	switch (s->field->role) {
	case ROLE_CONFIG:
		return SAY(a, problem, "is part of the config, expected /%s", s->field->name);
	case ROLE_STATE:
		return SAY(a, problem, "is state, expected state:/%s", s->field->name);
	case ROLE_RUN:
		break;
	}
	return SAY(a, problem, "belongs to the reply and not to the schedule");
}

static enum datum_kind kind_of(enum field_kind k)
{
	static const enum datum_kind kinds[] = {
		[KIND_BOOL] = DATUM_BOOL,         [KIND_INTEGER] = DATUM_INTEGER,
		[KIND_CLOCK] = DATUM_CLOCK,       [KIND_TEXT] = DATUM_TEXT,
		[KIND_TEXT_SET] = DATUM_LIST,     [KIND_INTEGER_SET] = DATUM_LIST,
		[KIND_ELEMENTS] = DATUM_ELEMENTS,
	};

	return kinds[k];
}

static struct err *take_member(struct arena *a, struct subject *s, const char **problem)
{
	struct suggest near = suggest_for(s->tokens[2]);
	bool is_state;

	for (size_t i = 0; i < s->field->member_count; i++) {
		suggest_offer(&near, str_from(s->field->members[i].name));
		if (!str_is(s->tokens[2], s->field->members[i].name))
			continue;
		is_state = s->field->members[i].role == MEMBER_STATE;
		if (is_state != (s->kind == SUBJECT_STATE))
			return SAY(a, problem, "\"%s\" is %s, expected %s/%s/*/%s",
				   s->field->members[i].name,
				   is_state ? "state" : "part of the config",
				   is_state ? "state:" : "", s->field->name,
				   s->field->members[i].name);
		s->has_member = true;
		s->member = i;
		s->kinds = DATUM_BIT(kind_of(s->field->members[i].kind));
		return NULL;
	}
	if (near.best.n)
		return SAY(a, problem, "unknown member \"%.*s\", did you mean \"%.*s\"?",
			   STR_ARG(s->tokens[2]), STR_ARG(near.best));
	return SAY(a, problem, "unknown member \"%.*s\"", STR_ARG(s->tokens[2]));
}

/* What stands behind the field's name. */
static struct err *take_rest(struct arena *a, struct subject *s, const char **problem)
{
	size_t depth = s->field->kind == KIND_ELEMENTS ? 3 : 2;

	s->kinds = DATUM_BIT(kind_of(s->field->kind));
	if (s->token_count == 1)
		return NULL;
	if (!schema_is_set(s->field->kind))
		return SAY(a, problem, "is one value, expected nothing behind /%s", s->field->name);
	if (!str_is(s->tokens[1], "*"))
		return SAY(a, problem, "\"%.*s\": a set has no order, expected /%s/* for each",
			   STR_ARG(s->tokens[1]), s->field->name);
	if (s->token_count > depth)
		return SAY(a, problem, "goes deeper than the field does");
	s->is_each = true;
	s->kinds = DATUM_BIT(s->field->kind == KIND_INTEGER_SET ? DATUM_INTEGER : DATUM_TEXT);
	if (s->field->kind != KIND_ELEMENTS)
		return NULL;
	if (s->token_count < depth)
		return SAY(a, problem, "is an object each, expected a member: /%s/*/%s",
			   s->field->name, s->field->members[0].name);
	return take_member(a, s, problem);
}

static struct err *take_field(struct arena *a, const struct resource *r, struct subject *s,
			      const char **problem)
{
	bool is_state = s->kind == SUBJECT_STATE;

	s->row = find_row(r, s->tokens[0]);
	if (s->row < r->field_count && s->kind == SUBJECT_UNKNOWN)
		s->kind = SUBJECT_FIELD;
	if (s->kind == SUBJECT_UNKNOWN) {
		s->kinds = DATUM_BIT(DATUM_BOOL) | DATUM_BIT(DATUM_INTEGER) |
			   DATUM_BIT(DATUM_TEXT) | DATUM_BIT(DATUM_LIST) | DATUM_BIT(DATUM_OTHER);
		for (size_t i = 1; i < s->token_count; i++)
			s->is_each |= str_is(s->tokens[i], "*");
		return NULL;
	}
	if (s->row == r->field_count)
		return unknown_field(a, r, s, problem);
	s->field = &r->fields[s->row];
	/* A list of the config may have members that are state. */
	if (s->field->role == ROLE_RUN || (s->field->role == ROLE_STATE) != is_state) {
		if (!is_state || s->field->kind != KIND_ELEMENTS || s->token_count < 3)
			return wrong_role(a, s, problem);
	}
	return take_rest(a, s, problem);
}

struct err *subject_parse(struct arena *a, const struct resource *r, struct str s,
			  struct subject *out, const char **problem)
{
	static const char state[] = "state:", unknown[] = "unknown:";
	struct subject subject = {.text = s};

	*problem = NULL;
	if (str_is(s, "coverage")) {
		subject.kind = SUBJECT_COVERAGE;
		subject.kinds = DATUM_BIT(DATUM_LINES);
		*out = subject;
		return NULL;
	}
	if (str_starts(s, state)) {
		subject.kind = SUBJECT_STATE;
		s = behind(s, sizeof(state) - 1);
	} else if (str_starts(s, unknown)) {
		subject.kind = SUBJECT_UNKNOWN;
		s = behind(s, sizeof(unknown) - 1);
	}
	if (s.n == 0 || s.p[0] != '/')
		return SAY(a, problem, "expected /FIELD, state:/FIELD or coverage");
	TRY(split(a, s, &subject, problem));
	if (!*problem)
		TRY(take_field(a, r, &subject, problem));
	if (!*problem)
		*out = subject;
	return NULL;
}

/* clang-format off */
static const struct {
	enum dimension dimension; /* of the config's field that it is for, or */
	enum state_kind state;    /* of the state's */
	const char *elsewhere;
} measures[] = {
	[MEASURE_NONE]   = { DIM_NONE,  STATE_OTHER,     NULL },
	[MEASURE_WINDOW] = { DIM_START, STATE_OTHER,     "duration is the length of the window; write it of /ScanTime, where the window begins" },
	[MEASURE_AGE]    = { DIM_NONE,  STATE_LAST_SCAN, "age is for state:/LastScanTime" },
};
/* clang-format on */

void subject_set_measure(struct subject *s, enum measure m, const char **problem)
{
	const struct field *f = s->is_each ? NULL : s->field;
	bool is_config = s->kind == SUBJECT_FIELD;

	*problem = NULL;
	if (!f || (is_config ? !measures[m].dimension || f->dimension != measures[m].dimension
			     : !measures[m].state || f->state != measures[m].state)) {
		*problem = measures[m].elsewhere;
		return;
	}
	s->measure = m;
	s->kinds = DATUM_BIT(DATUM_SPAN);
}

struct subject subject_of_field(const struct resource *r, struct str name)
{
	struct subject s = {.kind = SUBJECT_UNKNOWN,
			    .tokens = {name},
			    .token_count = 1,
			    .row = find_row(r, name)};

	if (s.row < r->field_count) {
		s.kind = SUBJECT_FIELD;
		s.field = &r->fields[s.row];
	}
	return s;
}

struct str subject_field_path(const struct subject *s)
{
	const char *slash = memchr(s->text.p, '/', s->text.n), *end;
	struct str path;

	if (s->kind == SUBJECT_COVERAGE || !slash)
		return STR("");
	path = behind(s->text, (size_t)(slash - s->text.p));
	end = memchr(path.p + 1, '/', path.n - 1);
	if (end)
		path.n = (size_t)(end - path.p);
	return path;
}

bool subject_is_known(const struct subject *s, const struct policy_input *in)
{
	switch (s->kind) {
	case SUBJECT_STATE:
		return in->has_state;
	case SUBJECT_COVERAGE:
		return in->coverage != NULL;
	case SUBJECT_FIELD:
	case SUBJECT_UNKNOWN:
		break;
	}
	return true;
}
