/* SPDX-License-Identifier: Apache-2.0 */
/* Reads one policy file. What needs all of them: policies.c. */
#include "policy/policy.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/timeutil.h"
#include "ini/ini.h"
#include "policy/targets.h"
#include "policy/waiver_value.h"

#define DAY_S           INT64_C(86400)
#define WAIVER_DAYS_MAX 3660u

static const char *const severity_names[SEVERITY_COUNT] = {"info", "low", "medium", "high",
							   "critical"};

const char *severity_name(enum severity s)
{
	return severity_names[s];
}

bool severity_parse(struct str name, enum severity *out)
{
	for (size_t i = 0; i < SEVERITY_COUNT; i++) {
		if (str_is(name, severity_names[i])) {
			*out = (enum severity)i;
			return true;
		}
	}
	return false;
}

/* ---- forms of values ---- */

static bool is_name(struct str s)
{
	if (s.n == 0 || s.n > POLICY_NAME_MAX)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool is_alnum =
			(c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (!is_alnum && (i == 0 || (c != '.' && c != '_' && c != '-')))
			return false;
	}
	return true;
}

#define NAME_RULE "1 to 40 letters, digits, \".\", \"_\", \"-\", the first a letter or a digit"

static bool is_pointer_key(struct str s)
{
	return s.n > 1 && s.p[0] == '/';
}

static bool is_rule_key(struct str s)
{
	const char *slash = memchr(s.p, '/', s.n);

	return slash && slash > s.p && slash + 1 < s.p + s.n;
}

/* Every argument must be given: a key without a meaning of its change does not compile. */
/* clang-format off */
#define KEY(name, kind, is_required, change) { {name, kind, is_required}, KEY_CHANGE_##change }

static const struct policy_key policy_keys[] = {
	KEY("id",          INI_VALUE, true,  COMPARED),
	KEY("title",       INI_TEXT,  false, NOTHING), /* words for people */
};
static const struct policy_key rule_keys[] = {
	KEY("title",       INI_TEXT,  false, NOTHING), /* words for people */
	KEY("severity",    INI_VALUE, true,  COMPARED),
	KEY("target",      INI_LIST,  false, COMPARED),
	KEY("when",        INI_LIST,  false, COMPARED),
	KEY("assert",      INI_LIST,  true,  COMPARED),
	KEY("rationale",   INI_TEXT,  false, NOTHING), /* words for people */
	KEY("remediation", INI_TEXT,  false, NOTHING), /* words for people */
	KEY("controls",    INI_LIST,  false, NOTHING), /* demands nothing */
};
static const struct policy_key limit_keys[] = {
	KEY("waiver-days", INI_VALUE, true,  COMPARED),
};
static const struct policy_key ignore_keys[] = {
	KEY("path",        INI_VALUE, true,  COMPARED),
	KEY("target",      INI_LIST,  false, COMPARED),
	KEY("value",       INI_TEXT,  false, COMPARED),
	KEY("reason",      INI_TEXT,  true,  NOTHING), /* words for people */
	KEY("owner",       INI_VALUE, true,  NOTHING), /* lets nothing pass */
	KEY("expires",     INI_VALUE, true,  COMPARED),
};
static const struct policy_key waiver_keys[] = {
	KEY("rule",        INI_VALUE, true,  COMPARED),
	KEY("target",      INI_LIST,  false, COMPARED),
	KEY("value",       INI_TEXT,  false, COMPARED),
	KEY("reason",      INI_TEXT,  true,  NOTHING), /* words for people */
	KEY("owner",       INI_VALUE, true,  NOTHING), /* lets nothing pass */
	KEY("expires",     INI_VALUE, true,  COMPARED),
};
/* clang-format on */

/* What COMPARED promises is in loosening_policy.c and loosening_waiver.c: a new key needs both. */
static_assert(ARRAY_LEN(policy_keys) == 2, "what a change of a new key means is compared too");
static_assert(ARRAY_LEN(rule_keys) == 8, "what a change of a new key means is compared too");
static_assert(ARRAY_LEN(limit_keys) == 1, "what a change of a new key means is compared too");
static_assert(ARRAY_LEN(ignore_keys) == 6, "what a change of a new key means is compared too");
static_assert(ARRAY_LEN(waiver_keys) == 6, "what a change of a new key means is compared too");

#define KEYS(table) \
	.keys = &(table)[0].ini, .key_count = ARRAY_LEN(table), .key_size = sizeof((table)[0])
#define NAMED(word) .name_word = (word), .is_name = is_name, .name_rule = NAME_RULE

enum {
	SECTION_POLICY,
	SECTION_RULE,
	SECTION_SEVERITY,
	SECTION_DRIFT,
	SECTION_LIMITS,
	SECTION_IGNORE,
	SECTION_WAIVER
};

static const struct ini_section_kind section_kinds[] = {
	[SECTION_POLICY] = {.prefix = "policy", KEYS(policy_keys)},
	[SECTION_RULE] = {.prefix = "rule", NAMED("ID"), KEYS(rule_keys)},
	[SECTION_SEVERITY] = {.prefix = "severity",
			      .is_free_key = is_rule_key,
			      .free_key_rule = "CLASS/RULE = severity, such as target/unpinned"},
	[SECTION_LIMITS] = {.prefix = "limits", KEYS(limit_keys)},
	[SECTION_DRIFT] = {.prefix = "drift",
			   .is_free_key = is_pointer_key,
			   .free_key_rule = "/FIELD = severity"},
	[SECTION_IGNORE] = {.prefix = "ignore", NAMED("NAME"), KEYS(ignore_keys)},
	[SECTION_WAIVER] = {.prefix = "waiver", NAMED("NAME"), KEYS(waiver_keys)},
};

const struct ini_schema policy_schema = {section_kinds, ARRAY_LEN(section_kinds)};

struct reader {
	struct arena *a;
	const struct resource *resource;
	const struct ini_doc *doc;
	struct policy *out;
};

/* The text of a key that is there or not. */
static struct str text_of(const struct ini_section *s, const char *key)
{
	const struct ini_entry *e = ini_get(s, key);

	return e ? e->value : STR("");
}

static struct err *read_severity(const struct reader *r, const struct ini_entry *e,
				 enum severity *out)
{
	struct suggest near = suggest_for(e->value);

	if (severity_parse(e->value, out))
		return NULL;
	for (int i = 0; i < SEVERITY_COUNT; i++)
		suggest_offer(&near, str_from(severity_name((enum severity)i)));
	return ini_error(
		r->doc->file, e->line, "%.*s = %.*s, expected %s%.*s%s", STR_ARG(e->key),
		STR_ARG(e->value), near.best.n ? "\"" : "",
		STR_ARG(near.best.n ? near.best : STR("info, low, medium, high or critical")),
		near.best.n ? "\"" : "");
}

/* ---- [policy] ---- */

/* What findings that are not of a policy begin with: a waiver could not tell them apart. */
static const char *const taken_ids[] = {"approval", "baseline", "drift",  "incomplete", "liveness",
					"policy",   "schema",   "target", "waiver"};

static struct err *read_head(const struct reader *r)
{
	const struct ini_section *s = ini_find(r->doc, "policy");
	const struct ini_entry *id;

	if (!s)
		return ini_error(r->doc->file, 1, "no section [policy], expected one with an id");
	id = ini_get(s, "id");
	if (!is_name(id->value))
		return ini_error(r->doc->file, id->line, "id = %.*s, expected " NAME_RULE,
				 STR_ARG(id->value));
	for (size_t i = 0; i < ARRAY_LEN(taken_ids); i++) {
		if (str_eq_nocase(id->value, str_from(taken_ids[i])))
			return ini_error(r->doc->file, id->line,
					 "id = %.*s, which is a class of findings; expected "
					 "another name",
					 STR_ARG(id->value));
	}
	r->out->id = id->value;
	r->out->id_line = id->line;
	r->out->title = text_of(s, "title");
	return NULL;
}

/* ---- [rule ID] ---- */

static struct err *read_assertions(const struct reader *r, const struct ini_entry *e,
				   const struct assertion **out, size_t *count)
{
	struct assertion *list;

	*count = 0;
	if (!e)
		return NULL;
	list = arena_array(r->a, e->line_count, sizeof(*list));
	if (!list)
		return err_nomem();
	for (size_t i = 0; i < e->line_count; i++) {
		char *where =
			arena_printf(r->a, "%s:%zu: %s", r->doc->file, e->lines[i].line, e->key.p);

		if (!where)
			return err_nomem();
		TRY(assertion_parse(r->a, r->resource, where, e->lines[i].text, &list[i]));
		list[i].line = e->lines[i].line;
	}
	*out = list;
	*count = e->line_count;
	return NULL;
}

/* The next word of a line, and takes it off; empty at the end. */
static struct str take_word(struct str *rest)
{
	struct str word;
	size_t n = 0;

	*rest = str_trim(*rest);
	while (n < rest->n && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	word = (struct str){rest->p, n};
	rest->p += n;
	rest->n -= n;
	return word;
}

/* A list of words parted by blanks, over as many lines as there are. */
struct word {
	struct str text;
	size_t line;
};

struct words {
	struct word *v;
	size_t n;
};

/* No words where the key is not there. `expected` says what a word must be. */
static struct err *read_words(const struct reader *r, const struct ini_entry *e,
			      bool (*is_valid)(struct str word), const char *expected,
			      struct words *out)
{
	struct str word;

	*out = (struct words){0};
	if (!e)
		return NULL;
	out->v = arena_array(r->a, e->value.n / 2 + 1, sizeof(*out->v));
	if (!out->v)
		return err_nomem();
	for (size_t i = 0; i < e->line_count; i++) {
		struct str rest = e->lines[i].text;

		while ((word = take_word(&rest)).n) {
			if (!is_valid(word))
				return ini_error(r->doc->file, e->lines[i].line,
						 "%.*s: found \"%.*s\", expected %s",
						 STR_ARG(e->key), STR_ARG(word), expected);
			out->v[out->n++] = (struct word){word, e->lines[i].line};
		}
	}
	return NULL;
}

static bool is_control(struct str s)
{
	const char *colon = memchr(s.p, ':', s.n);

	return colon && colon > s.p && colon + 1 < s.p + s.n;
}

static struct err *read_controls(const struct reader *r, const struct ini_entry *e,
				 struct policy_rule *rule)
{
	struct words words;
	struct str *list;

	TRY(read_words(r, e, is_control, "STANDARD:CLAUSE such as ISO27001:A.8.8", &words));
	list = arena_array(r->a, words.n + 1, sizeof(*list));
	if (!list)
		return err_nomem();
	for (size_t i = 0; i < words.n; i++)
		list[i] = words.v[i].text;
	rule->controls = list;
	rule->control_count = words.n;
	return NULL;
}

/* Letters of names, and what patterns have. */
static bool is_target_pattern(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char plain = s.p[i] == '*' || s.p[i] == '?' ? 'x' : s.p[i];

		if (!target_is_name((struct str){&plain, 1}) && plain != '-' && plain != '_' &&
		    plain != '.')
			return false;
	}
	return s.n <= GLOB_MAX;
}

static struct err *read_target_list(const struct reader *r, const struct ini_entry *e,
				    bool (*fits)(struct str), const char *expected,
				    const struct waiver_target **out, size_t *count)
{
	struct words words;
	struct waiver_target *list;

	TRY(read_words(r, e, fits, expected, &words));
	list = arena_array(r->a, words.n + 1, sizeof(*list));
	if (!list)
		return err_nomem();
	for (size_t i = 0; i < words.n; i++)
		list[i] = (struct waiver_target){words.v[i].text, words.v[i].line};
	*out = list;
	*count = words.n;
	return NULL;
}

static struct err *read_patterns(const struct reader *r, const struct ini_entry *e,
				 struct policy_rule *rule)
{
	rule->target_line = e ? e->line : rule->line;
	return read_target_list(r, e, is_target_pattern,
				"names of targets, or patterns such as prod-*", &rule->targets,
				&rule->target_count);
}

static struct err *read_rule(const struct reader *r, const struct ini_section *s,
			     struct policy_rule *rule)
{
	*rule = (struct policy_rule){
		.policy = r->out,
		.name = s->name,
		.line = s->line,
		.title = text_of(s, "title"),
		.rationale = text_of(s, "rationale"),
		.remediation = text_of(s, "remediation"),
	};
	TRY(read_severity(r, ini_get(s, "severity"), &rule->severity));
	rule->severity_line = ini_get(s, "severity")->line;
	TRY(read_patterns(r, ini_get(s, "target"), rule));
	TRY(read_assertions(r, ini_get(s, "when"), &rule->when, &rule->when_count));
	TRY(read_assertions(r, ini_get(s, "assert"), &rule->asserts, &rule->assert_count));
	return read_controls(r, ini_get(s, "controls"), rule);
}

/* ---- [severity], [drift], [limits] ---- */

/* "/Field" of the config; *problem says what else it is. */
static struct err *read_field(const struct reader *r, struct str pointer, struct subject *out,
			      const char **problem)
{
	TRY(subject_parse(r->a, r->resource, pointer, out, problem));
	if (!*problem && (out->token_count != 1 || out->kind == SUBJECT_STATE))
		*problem = "expected /FIELD alone: drift is told by field";
	return NULL;
}

/* The field of "/Field" in [drift], and of "drift/Field" in [severity]. */
static struct err *read_drift(const struct reader *r, const struct ini_entry *e, struct str pointer,
			      struct policy_severity *out)
{
	struct subject subject;
	const char *problem;
	char *rule;

	TRY(read_field(r, pointer, &subject, &problem));
	if (problem)
		return ini_error(r->doc->file, e->line, "%.*s: %s", STR_ARG(out->text), problem);
	rule = arena_printf(r->a, "drift/%.*s", STR_ARG(subject.tokens[0]));
	out->field = subject.field;
	out->rule = str_from(rule);
	return rule ? NULL : err_nomem();
}

static struct err *read_severity_row(const struct reader *r, const struct ini_section *s,
				     const struct ini_entry *e, struct policy_severity *out)
{
	size_t prefix = strlen("drift");
	const char *section = s->kind->prefix;
	char *text = arena_printf(r->a, "[%s] %.*s", section, STR_ARG(e->key));
	struct str pointer = e->key;

	if (!text)
		return err_nomem();
	*out = (struct policy_severity){
		.policy = r->out, .rule = e->key, .text = str_from(text), .line = e->line};
	if (str_starts(e->key, "drift/"))
		pointer = (struct str){e->key.p + prefix, e->key.n - prefix};
	if (s->kind == &section_kinds[SECTION_DRIFT] || pointer.n < e->key.n)
		TRY(read_drift(r, e, pointer, out));
	return read_severity(r, e, &out->severity);
}

/* The rows of both sections are one list. */
static struct err *read_severities(const struct reader *r)
{
	struct policy_severity *list;
	size_t n = 0;

	for (size_t i = 0; i < r->doc->section_count; i++)
		n += r->doc->sections[i].entry_count;
	list = arena_array(r->a, n + 1, sizeof(*list));
	if (!list)
		return err_nomem();
	n = 0;
	for (size_t i = 0; i < r->doc->section_count; i++) {
		const struct ini_section *s = &r->doc->sections[i];

		if (s->kind != &section_kinds[SECTION_SEVERITY] &&
		    s->kind != &section_kinds[SECTION_DRIFT])
			continue;
		for (size_t k = 0; k < s->entry_count; k++)
			TRY(read_severity_row(r, s, &s->entries[k], &list[n++]));
	}
	r->out->severities = list;
	r->out->severity_count = n;
	return NULL;
}

static struct err *read_limits(const struct reader *r, const struct ini_section *s)
{
	const struct ini_entry *e = ini_get(s, "waiver-days");
	uint64_t days;

	if (!str_to_u64(e->value, WAIVER_DAYS_MAX, &days) || days == 0)
		return ini_error(r->doc->file, e->line, "waiver-days = %.*s, expected 1 to %u days",
				 STR_ARG(e->value), WAIVER_DAYS_MAX);
	r->out->waiver_days = (unsigned)days;
	r->out->waiver_days_line = e->line;
	return NULL;
}

/* ---- [waiver NAME], [ignore NAME] ---- */

static struct err *read_targets(const struct reader *r, const struct ini_entry *e, struct waiver *w)
{
	return read_target_list(r, e, target_is_name,
				"names of targets; without the key it is for all", &w->targets,
				&w->target_count);
}

static struct err *read_expires(const struct reader *r, const struct ini_entry *e, struct waiver *w)
{
	int64_t day;

	if (!time_parse_date(e->value, &day))
		return ini_error(r->doc->file, e->line,
				 "expires = %.*s, expected its last day, YYYY-MM-DD",
				 STR_ARG(e->value));
	w->expires_text = e->value;
	w->expires_line = e->line;
	w->ends_s = day + DAY_S;
	return NULL;
}

static struct err *read_value(const struct reader *r, const struct ini_entry *e, struct waiver *w)
{
	const char *problem;

	if (!e)
		return NULL;
	TRY(pin_check_json(r->a, e->value, &problem));
	if (problem)
		return ini_error(r->doc->file, e->line, "value = %.*s, expected a JSON value: %s",
				 STR_ARG(e->value), problem);
	w->value = e->value;
	w->value_line = e->line;
	return NULL;
}

/* An ignore is a waiver of the drift of one field. */
static struct err *read_path(const struct reader *r, const struct ini_entry *e, struct waiver *w)
{
	struct subject subject;
	const char *problem;
	char *id;

	TRY(read_field(r, e->value, &subject, &problem));
	if (problem)
		return ini_error(r->doc->file, e->line, "path = %.*s: %s", STR_ARG(e->value),
				 problem);
	id = arena_printf(r->a, "drift/%.*s", STR_ARG(subject.tokens[0]));
	w->rule_id = str_from(id);
	return id ? NULL : err_nomem();
}

static struct err *read_waiver(const struct reader *r, const struct ini_section *s, bool is_ignore,
			       struct waiver *w)
{
	const struct ini_entry *rule = ini_get(s, is_ignore ? "path" : "rule");

	*w = (struct waiver){
		.policy = r->out,
		.is_ignore = is_ignore,
		.name = s->name,
		.line = s->line,
		.rule_text = rule->value,
		.rule_line = rule->line,
		.reason = text_of(s, "reason"),
		.owner = text_of(s, "owner"),
	};
	if (is_ignore)
		TRY(read_path(r, rule, w));
	TRY(read_targets(r, ini_get(s, "target"), w));
	TRY(read_value(r, ini_get(s, "value"), w));
	return read_expires(r, ini_get(s, "expires"), w);
}

/* ---- the whole ---- */

static int compare_rules(const void *x, const void *y)
{
	const struct policy_rule *const *a = x, *const *b = y;

	return str_cmp((*a)->name, (*b)->name);
}

static struct err *sort_rules(const struct reader *r)
{
	struct policy *p = r->out;
	const struct policy_rule **v =
		arena_array(r->a, p->rule_count + 1, sizeof(const struct policy_rule *));

	if (!v)
		return err_nomem();
	for (size_t i = 0; i < p->rule_count; i++)
		v[i] = &p->rules[i];
	if (p->rule_count)
		qsort(v, p->rule_count, sizeof(const struct policy_rule *), compare_rules);
	p->by_name = v;
	return NULL;
}

const struct policy_rule *policy_rule_find(const struct policy *p, struct str name)
{
	const struct policy_rule key = {.name = name}, *wanted = &key;
	const struct policy_rule *const *hit =
		p->rule_count ? bsearch(&wanted, p->by_name, p->rule_count,
					sizeof(const struct policy_rule *), compare_rules)
			      : NULL;

	return hit ? *hit : NULL;
}

static struct err *read_sections(const struct reader *r)
{
	struct policy_rule *rules = arena_array(r->a, r->doc->section_count, sizeof(*rules));
	struct waiver *waivers = arena_array(r->a, r->doc->section_count, sizeof(*waivers));

	if (!rules || !waivers)
		return err_nomem();
	r->out->rules = rules;
	r->out->waivers = waivers;
	for (size_t i = 0; i < r->doc->section_count; i++) {
		const struct ini_section *s = &r->doc->sections[i];

		switch (s->kind - section_kinds) {
		case SECTION_RULE:
			TRY(read_rule(r, s, &rules[r->out->rule_count++]));
			break;
		case SECTION_LIMITS:
			TRY(read_limits(r, s));
			break;
		case SECTION_IGNORE:
		case SECTION_WAIVER:
			TRY(read_waiver(r, s, s->kind == &section_kinds[SECTION_IGNORE],
					&waivers[r->out->waiver_count++]));
			break;
		case SECTION_SEVERITY: /* read_severities has both */
		case SECTION_DRIFT:
		case SECTION_POLICY: /* read_head has it */
			break;
		}
	}
	return NULL;
}

struct err *policy_parse(struct arena *a, const struct resource *res, const char *file,
			 struct str bytes, struct policy *out)
{
	struct ini_doc doc;
	struct reader r = {a, res, &doc, out};

	*out = (struct policy){0};
	TRY(ini_read(a, file, bytes, &policy_schema, &doc));
	out->file = doc.file;
	TRY(read_head(&r));
	TRY(read_severities(&r));
	TRY(read_sections(&r));
	return sort_rules(&r);
}
