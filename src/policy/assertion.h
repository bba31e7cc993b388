/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_ASSERTION_H
#define SCANDRIFT_POLICY_ASSERTION_H

#include "policy/operators.h"

/*
 * One assertion: SUBJECT OPERATOR OPERANDS, with blanks between them.
 *
 * Operands are numbers, true, false, null, times of day, bare words and "quoted strings" (JSON, so
 * that \u003b is a semicolon). Where a field has a vocabulary a bare word must be in it, in any
 * case where case means nothing; a quoted one says that a member not known here is meant.
 *
 * A subject may be quoted too. Every element must satisfy what is said about `*`; over no elements
 * it holds, and the verdict says so. A null scalar satisfies `== null` and `absent` alone: not
 * `!=` either, for what is not known is not a pass. null, absent and [] are one for lists.
 * Both ends of `within` belong to it; times are those of the target's zone, as the field's are.
 */

struct assertion {
	struct str text;   /* as written */
	struct str demand; /* of it, what stands behind the subject */
	size_t line;       /* of the file; 0 without one */
	struct subject subject;
	const struct operation *operation;
	struct operands operands;
};

/*
 * Reads one. `where` ("policies/a.ini:12: assert") begins the message of an error, which is
 * ERR_CONFIG and names the token and what was expected.
 */
struct err *assertion_parse(struct arena *a, const struct resource *r, const char *where,
			    struct str text, struct assertion *out) MUST_USE;

enum verdict_outcome {
	VERDICT_HOLDS,
	VERDICT_FAILS,
	VERDICT_OPEN,   /* hangs on a null; for an assert that is failing */
	VERDICT_UNSEEN, /* needs what this input does not have: state */
};

struct verdict {
	enum verdict_outcome outcome;
	bool is_vacuous;  /* over no elements */
	size_t seen;      /* values looked at */
	size_t failed;    /* of them */
	struct str found; /* JSON: the value, or with `*` the list of those that fail; may be cut */
	bool is_found_cut;
	struct str text; /* one sentence: what was found, what is demanded */
};

struct err *assertion_evaluate(struct arena *a, const struct assertion *as,
			       const struct policy_input *in, struct verdict *out) MUST_USE;

/* What it says of this one value of its subject. */
enum truth assertion_truth(const struct assertion *as, const struct datum *d);

/* Does it hold for it? */
bool assertion_holds_for(const struct assertion *as, const struct datum *d);

#endif
