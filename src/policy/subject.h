/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_POLICY_SUBJECT_H
#define SCANDRIFT_POLICY_SUBJECT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "model/coverage.h"
#include "model/normalize.h"

/*
 * What an assertion speaks of:
 *
 *   /ScanType            a field of the canonical config, by JSON pointer (RFC 6901)
 *   state:/ScanResult    what changes by itself: fields, and members of elements, that are state
 *   coverage             the sentences that say what is scanned
 *   unknown:/NewField/0  a field that this version does not know, and what is in it
 *
 * A star as the part behind a list stands for each of its elements, and may be followed by a
 * member: /Images/STAR/ImageTag. Sets have no order, so there is no /Images/0.
 *
 * A name without a row is refused unless "unknown:" says that it is meant: an assertion on a
 * misspelled field could hold for ever. Once a version knows the field, unknown:/X reads as /X.
 */

/* Kinds of values, as bits where an operator says what it takes. */
enum datum_kind {
	DATUM_NULL,
	DATUM_BOOL,
	DATUM_INTEGER,
	DATUM_CLOCK,
	DATUM_TEXT,
	DATUM_LINES, /* the coverage: each line is a sentence */
	DATUM_LIST,
	DATUM_ELEMENTS, /* a list of objects */
	DATUM_OTHER,    /* an object, or a number with a fraction: present, and no more */
	DATUM_SPAN,     /* a length of time, see `struct time_span` */
	DATUM_KINDS,
};
#define DATUM_BIT(kind) (1u << (kind))

/*
 * Seconds. Where the vendor's texts allow several readings these are the shortest and the longest
 * one; what has no end is SPAN_ENDLESS.
 */
struct time_span {
	int64_t least, most;
};
#define SPAN_ENDLESS INT64_MAX

/* One value that an operator looks at. Borrowed from the config, or in the walk's arena. */
struct datum {
	enum datum_kind kind;
	bool boolean;
	struct integer integer;
	unsigned clock;  /* seconds since midnight */
	struct str text; /* DATUM_TEXT; DATUM_OTHER: as JSON */
	struct time_span span;
	const struct coverage *lines;
	const struct field *field; /* of a set in the table; see value */
	const struct value *value;
	const struct datum *items; /* DATUM_LIST without a field */
	size_t count;              /* of lists */
};

/* Element i of a DATUM_LIST. */
struct datum datum_item(const struct datum *list, size_t i);

/* As JSON on one line; false when it was cut with "..." after about `max` bytes. */
bool datum_write(struct buf *b, const struct datum *d, size_t max);

/* Of one kind and equal. Clocks in text form equal clocks. */
bool datum_equal(const struct datum *a, const struct datum *b);

enum subject_kind { SUBJECT_FIELD, SUBJECT_STATE, SUBJECT_COVERAGE, SUBJECT_UNKNOWN };

/* What of the subject is looked at, where that is not its value: the operator says so. */
enum measure {
	MEASURE_NONE,
	MEASURE_WINDOW, /* of the start of the window: from there to its end */
	MEASURE_AGE,    /* of the time of the last scan: from there to the run's time */
};

#define SUBJECT_TOKENS_MAX 8u

struct subject {
	enum subject_kind kind;
	struct str text;           /* as written */
	const struct field *field; /* SUBJECT_FIELD, SUBJECT_STATE */
	size_t row;
	bool is_each;    /* "*" behind it */
	bool has_member; /* a member of each element */
	size_t member;
	struct str tokens[SUBJECT_TOKENS_MAX]; /* SUBJECT_UNKNOWN: unescaped, field first */
	size_t token_count;
	unsigned kinds; /* DATUM_BITs of what it may be, null aside */
	enum measure measure;
};

/* "" for coverage: the pointer without prefix and what is behind its first part. */
struct str subject_field_path(const struct subject *s);

/*
 * Reads one; `s` is unquoted. *problem is NULL on success, else what is wrong, in words that stand
 * behind the subject, in the arena.
 */
struct err *subject_parse(struct arena *a, const struct resource *r, struct str s,
			  struct subject *out, const char **problem) MUST_USE;

/*
 * Lets it stand for what is measured. *problem as above where the subject has no such measure, in
 * words that stand behind it.
 */
void subject_set_measure(struct subject *s, enum measure m, const char **problem);

/* The whole of the field of this name, whether the table knows it or not. */
struct subject subject_of_field(const struct resource *r, struct str name);

/* What is asserted about. */
struct policy_input {
	const struct config *config;
	const struct coverage *coverage; /* NULL: not known, nor is an assertion about it */
	bool has_state;                  /* a reply; a baseline holds no state */
	struct str zone;                 /* the target's, as written, or empty */
	int64_t now_s;                   /* the run's time */
	struct str target; /* its name, or empty: then a rule for some targets is for it */
};

/* Can it be told from this input? Without state, nothing is said about state. */
bool subject_is_known(const struct subject *s, const struct policy_input *in);

/* All values that it stands for: one, or one an element. In the arena. */
struct err *subject_values(struct arena *a, const struct subject *s, const struct policy_input *in,
			   struct datum **out, size_t *count) MUST_USE;

#endif
