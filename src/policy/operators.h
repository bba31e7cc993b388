/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_OPERATORS_H
#define SCANDRIFT_POLICY_OPERATORS_H

#include "base/buf.h"
#include "policy/subject.h"

/*
 * The operators: one row each in operators.c. What stands behind an operator is read by its form,
 * into values of the subject's kind; see assertion.c.
 */

enum truth {
	TRUTH_NO,
	TRUTH_YES,
	TRUTH_NOT_KNOWN, /* the value is null: what the vendor makes of it is open */
};

/* What stands behind an operator. */
enum operand_form {
	OPERANDS_NONE,
	OPERANDS_ONE,   /* a value of the subject's kind, or null */
	OPERANDS_MANY,  /* one or more; of a list: of its elements' kind */
	OPERANDS_ORDER, /* one number or time */
	OPERANDS_RANGE, /* HH:MM-HH:MM */
	OPERANDS_GLOB,  /* a pattern with * and ? */
	OPERANDS_COUNT, /* a comparison and a number */
	OPERANDS_SPAN,  /* a comparison and a length of time, such as 36h; v[0] is in seconds */
};

struct operation;
struct form;

struct operands {
	const struct datum *v;
	size_t n;
	unsigned from_s, to_s; /* OPERANDS_RANGE, both included; over midnight: to < from */
	struct str glob;       /* OPERANDS_GLOB */
	const struct operation *compare; /* OPERANDS_COUNT, OPERANDS_SPAN */
};

struct operation {
	const char *name;
	unsigned takes;  /* DATUM_BITs of subjects */
	bool takes_null; /* else a null is TRUTH_NOT_KNOWN without being asked */
	enum operand_form form;
	const char *syntax;    /* "within HH:MM-HH:MM" */
	const char *elsewhere; /* what to write for a subject that it does not take; NULL: none */
	/* Writes into `why` what is to be said about a value for which the answer is no. */
	enum truth (*holds)(const struct datum *d, const struct operands *o, struct buf *why);
	/* The same for all values of a kind that it takes at once; see form.h. */
	void (*narrow)(struct form *f, const struct operands *o);
	enum measure measure;    /* of the subject, which is looked at in the place of its value */
	const char *for_pattern; /* which operator takes a pattern for what it takes literally */
};

enum operation_id {
	OPERATION_EQUALS,
	OPERATION_DIFFERS,
	OPERATION_LESS,
	OPERATION_AT_MOST,
	OPERATION_MORE,
	OPERATION_AT_LEAST,
	OPERATION_IN,
	OPERATION_CONTAINS,
	OPERATION_CONTAINS_ANY,
	OPERATION_EXCLUDES,
	OPERATION_WITHIN,
	OPERATION_LIKE,
	OPERATION_UNLIKE,
	OPERATION_COUNT,
	OPERATION_DURATION,
	OPERATION_AGE,
	OPERATION_PRESENT,
	OPERATION_ABSENT,
	OPERATION_KINDS,
};

extern const struct operation operations[]; /* OPERATION_KINDS */

const struct operation *operation_find(struct str name); /* NULL */

/*
 * Does all of `text` match? `*` stands for any characters, `?` for one, `\` takes the next one as
 * it is. Bounded by the lengths' product; patterns are at most GLOB_MAX bytes.
 */
#define GLOB_MAX 128u
bool glob_matches(struct str pattern, struct str text);

#endif
