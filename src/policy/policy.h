/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_POLICY_H
#define SCANDRIFT_POLICY_POLICY_H

#include "ini/ini.h"
#include "policy/assertion.h"
#include "policy/key_change.h"

/*
 * policies/NAME.ini: what a schedule must be whatever its baseline says, and what is let pass for a
 * while. Bytes in, a model out: no file is opened here, no clock read. Everything that can be wrong
 * in a file is refused with file and line.
 *
 *   [policy]          id, title
 *   [rule ID]         title, severity, target, when, assert, rationale, remediation, controls
 *   [severity]        drift/Field = severity, target/unpinned = severity
 *   [drift]           /Field = severity, as drift/Field in [severity]
 *   [limits]          waiver-days
 *   [ignore NAME]     path, target, value, reason, owner, expires
 *   [waiver NAME]     rule, target, value, reason, owner, expires
 */

#define POLICIES_FOLDER "policies"
#define POLICY_NAME_MAX 40
#define POLICY_FILE_MAX ((size_t)1 << 20)

/* A key of a section, and what it means that its value changes. */
struct policy_key {
	struct ini_key ini; /* first, since the reader sees this alone */
	enum key_change change;
};

/* The sections of a policy file; their keys are rows of struct policy_key. */
extern const struct ini_schema policy_schema;

/* How grave a finding is: in this order, which is what --fail-on compares. */
enum severity { SEVERITY_INFO, SEVERITY_LOW, SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };
#define SEVERITY_COUNT 5

const char *severity_name(enum severity s);
bool severity_parse(struct str name, enum severity *out) MUST_USE;

struct policy;
struct waiver_target;

struct policy_rule {
	const struct policy *policy;
	struct str name;
	size_t line;
	struct str title; /* empty where it has none */
	enum severity severity;
	size_t severity_line;
	const struct waiver_target *targets; /* patterns of the names it is for; none: all */
	size_t target_count;
	size_t target_line;
	const struct assertion *when; /* all must hold, else the rule does not apply */
	size_t when_count;
	const struct assertion *asserts; /* all must hold */
	size_t assert_count;
	struct str rationale, remediation;
	const struct str *controls; /* "ISO27001:A.8.8" */
	size_t control_count;
};

/* [severity] and [drift]: what a finding of a built-in rule is held for, whatever it would be. */
struct policy_severity {
	const struct policy *policy;
	struct str rule;           /* "target/unpinned", "drift/Id" */
	const struct field *field; /* of drift/FIELD; else NULL */
	struct str text;           /* "[drift] /Id", as messages say it */
	enum severity severity;
	size_t line;
};

/* One target's name in a waiver, or a pattern of them in a rule. */
struct waiver_target {
	struct str name;
	size_t line;
};

/* A waiver lets one rule's findings pass; an ignore is one for the drift of a field. */
struct waiver {
	const struct policy *policy;
	bool is_ignore;
	struct str name;
	size_t line;
	const struct policy_rule *rule; /* a policy's rule; NULL: see rule_id */
	struct str rule_id;             /* what findings carry: "policy/p/r", "drift/Id" */
	struct str rule_text;           /* as written: rule's or path's value */
	size_t rule_line;
	const struct waiver_target *targets; /* none: all */
	size_t target_count;
	struct str value; /* JSON, or empty: it holds for this value alone */
	size_t value_line;
	struct str reason, owner;
	struct str expires_text; /* "2027-01-31": the last day */
	size_t expires_line;
	int64_t ends_s; /* the first second after it, UTC: applies while now < ends_s */
};

struct policy {
	const char *file;
	struct str id;
	size_t id_line;
	struct str title;
	const struct policy_rule *rules;
	size_t rule_count;
	const struct policy_rule *const *by_name; /* the rules, sorted */
	const struct policy_severity *severities;
	size_t severity_count;
	unsigned waiver_days; /* [limits]; 0: none */
	size_t waiver_days_line;
	struct waiver *waivers; /* ignores too, in the file's order */
	size_t waiver_count;
};

/* All files of a repository. */
struct policies {
	struct policy *list;
	size_t count;
};

/* `file` is what messages say. All of `out` is in the arena, and it must stay where it is. */
struct err *policy_parse(struct arena *a, const struct resource *r, const char *file,
			 struct str bytes, struct policy *out) MUST_USE;

/*
 * What only all files together can tell: ids that are twice there, a severity or a limit that two
 * files have, waivers of rules that do not exist. Fills in the waivers' rules. Those that are neither of
 * a policy nor drift/FIELD are left to who knows the built-in rules: their rule_id is as written.
 */
struct err *policies_link(struct arena *a, const struct resource *r, struct policies *all) MUST_USE;

/* The rule of this name; NULL without one. */
const struct policy_rule *policy_rule_find(const struct policy *p, struct str name);

/* The row that gives the drift of this field a severity; NULL without one. */
const struct policy_severity *policies_drift(const struct policies *all, const struct field *f);

/* The row that gives this built-in rule one; NULL without one. */
const struct policy_severity *policies_severity(const struct policies *all, struct str rule);

/* The one that bounds waivers; NULL: none does. */
const struct policy *policies_limit(const struct policies *all);

enum rule_outcome {
	RULE_PASSES,
	RULE_FAILS,
	RULE_NOT_APPLICABLE, /* a `when` is false, or it is for other targets */
	RULE_NOT_JUDGED,     /* needs state, and there is none */
};

struct rule_verdict {
	enum rule_outcome outcome;
	const struct verdict *asserts; /* one an assertion; NULL when not applicable */
	struct str open_when; /* a `when` that hangs on a null: the rule applies. Or empty */
};

struct err *rule_evaluate(struct arena *a, const struct policy_rule *rule,
			  const struct policy_input *in, struct rule_verdict *out) MUST_USE;

/* ---- waivers ---- */

#define WAIVER_SOON_S (INT64_C(14) * 86400)

enum waiver_age { WAIVER_ACTIVE, WAIVER_EXPIRES_SOON, WAIVER_EXPIRED };

/* The last day counts whole, UTC; in its last 14 days it expires soon. */
enum waiver_age waiver_age(const struct waiver *w, int64_t now_s);

/* Is its last day more than so many days from today? 0: any day is near enough. */
bool waiver_is_too_long(const struct waiver *w, unsigned days, int64_t now_s);

#endif
