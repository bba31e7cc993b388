/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_FINDING_H
#define SCANDRIFT_RESULT_FINDING_H

#include "base/arena.h"
#include "base/err.h"
#include "model/diff.h"
#include "policy/policy.h"
#include "result/rule_id.h"

/*
 * One thing that is told: by which rule, how grave, about what, and what to do. Texts may come from
 * outside and are raw: each report escapes them for where it shows them.
 */

/* What a finding is about. Incomplete ones are counted apart: they never fail, they exit 3. */
enum finding_class {
	CLASS_DRIFT,
	CLASS_POLICY,
	CLASS_LIVENESS,
	CLASS_SCHEMA,
	CLASS_BASELINE,
	CLASS_TARGET,
	CLASS_WAIVER,
	CLASS_APPROVAL,
	CLASS_INCOMPLETE,
};

/* In a review: what became of a loosening, or of a change that is one. */
enum approval {
	APPROVAL_NONE,   /* it needs none */
	APPROVAL_NEEDED, /* and has none: it fails the review */
	APPROVAL_GIVEN,  /* from outside the tree, for exactly this set */
	APPROVAL_LEFT,   /* told alone: somebody else's rules ask for it */
};

/* What a rule of a policy found. */
struct finding_policy {
	const struct policy_rule *rule;
	const struct assertion *assertion;
	struct str found; /* JSON: the value, or of a star those that fail */
	bool is_found_cut;
};

struct finding {
	enum rule_id rule;
	struct str part;      /* of a rule that is a group: "ScanType"; else empty */
	struct str rule_text; /* "drift/ScanType": stable; findings_add writes it */
	enum finding_class class;
	enum severity severity;
	struct str target;  /* empty: the run as a whole */
	struct str path;    /* RFC 6901, or empty */
	struct str message; /* what was found */
	struct str meaning; /* what it means for scanning */
	struct str next;    /* what to do now */
	/*
	 * `message` and `next` for a group of targets, without what is this one's own, such as its
	 * file or its account. Empty: they have nothing of it.
	 */
	struct str general, general_next;
	struct str file;                 /* relative to the repository, or empty */
	size_t line;                     /* from 1; 0: no place */
	struct str api_code, request_id; /* the vendor's, or empty */
	const struct change *change;     /* drift alone */
	bool has_since;                  /* history knows since when it has been so */
	int64_t since_s;
	bool since_is_bound;                 /* or earlier: the history is cut there */
	const struct finding_policy *policy; /* a policy's rule alone */
	const struct waiver *waived;         /* let pass: listed, and counted nowhere; or NULL */
	enum approval approval;
};

struct findings {
	struct finding *v;
	size_t n, cap;
	struct arena *arena;
};

/* Writes the rule's text. Other texts must live as long as the list; see findings_text. */
struct err *findings_add(struct findings *list, const struct finding *f) MUST_USE;

/* printf into the list's arena, as valid UTF-8. .p is NULL if out of memory. */
struct str findings_text(const struct findings *list, const char *fmt, ...) PRINTF(2, 3) MUST_USE;

/* Gravest first, then target, rule, path: the order of every output. */
void findings_sort(struct findings *list);

/* Waived, approved, or left to somebody else: listed, and in no count but its own. */
bool finding_is_settled(const struct finding *f);

const char *finding_class_name(enum finding_class c);
const char *approval_name(enum approval a); /* NULL for APPROVAL_NONE */

#endif
