/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_SCHEMA_H
#define SCANDRIFT_MODEL_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/*
 * What the watched objects look like: one row a field, in the order in which the canonical form
 * prints them. Everything that knows a field by name stands in schema.c; the rest of the program
 * goes by kinds, roles and dimensions. Adding a field, or another resource, is adding rows.
 */

enum field_kind {
	KIND_BOOL,
	KIND_INTEGER,
	KIND_CLOCK, /* time of day; "HH:MM" and "HH:MM:SS" are one */
	KIND_TEXT,
	KIND_TEXT_SET, /* order and repetition mean nothing */
	KIND_INTEGER_SET,
	KIND_ELEMENTS, /* a list of objects, each known by its key members */
};

/* How the vendor writes a bool. The canonical form is always true or false. */
enum bool_form { BOOL_JSON, BOOL_ZERO_ONE, BOOL_ON_OFF };

/*
 * How the vendor may write a time of day: alone, or also in a date with a time, of which only the
 * time counts. The canonical form is always the time alone.
 */
enum clock_form { CLOCK_ALONE, CLOCK_IN_DATE };

/* Case that means nothing: how the canonical form writes it. */
enum text_fold { FOLD_NONE, FOLD_UPPER, FOLD_LOWER };

enum field_role {
	ROLE_CONFIG, /* somebody's decision: compared, digested, in the baseline */
	ROLE_STATE,  /* changes by itself: reported, never compared */
	ROLE_RUN,    /* belongs to the one call: RequestId, a deprecation notice */
};

/* Without it a reply is incomplete. A null counts as absent. */
enum field_need { NEED_NEVER, NEED_ALWAYS, NEED_WHEN_ON };

/*
 * What a field does to the coverage ("Directions" in src/README.md). Direction and coverage ask for the
 * dimension, never for a name.
 */
enum dimension {
	DIM_NONE,   /* outside the model: any change is unknown */
	DIM_SWITCH, /* Enable */
	DIM_SCOPE,  /* 0 all, 1 chosen, others the vendor's pick */
	DIM_TYPES,  /* what is looked for */
	DIM_PERIOD, /* days between scans */
	DIM_START,  /* window */
	DIM_END,
	DIM_FILTER,   /* a set that lets through what it names; empty lets all through */
	DIM_CHOSEN,   /* Images, Id: the selection under scope 1 */
	DIM_EXCLUDED, /* ids that are left out */
	DIM_NARROW,   /* a bool that leaves images out when true */
	DIM_ALL,      /* the deprecated bool before there was a scope */
};

enum member_role {
	MEMBER_KEY,         /* identity */
	MEMBER_KEY_IF_GAPS, /* identity too where one of the MEMBER_KEYs is empty */
	MEMBER_CONFIG,      /* compared within elements of one identity */
	MEMBER_STATE,       /* kept on disk as it was seen; never compared, not in the digest */
};

/* A member of an element. On disk members stand in this order. */
struct member {
	const char *name;
	enum field_kind kind; /* KIND_TEXT, KIND_BOOL, KIND_INTEGER or KIND_CLOCK */
	enum member_role role;
	enum text_fold fold;
	enum bool_form form;
	enum clock_form clock;
	const char *const *unset;
};

/* What a state field tells about the scans themselves. */
enum state_kind {
	STATE_OTHER,
	STATE_LAST_SCAN, /* when a scan last ran, in the vendor's form without a zone */
	STATE_OUTCOME,   /* how it ended */
};

struct field {
	const char *name;
	const char *words; /* what it names or narrows, for coverage in words; NULL: nothing */
	enum field_kind kind;
	enum field_role role;
	enum dimension dimension;
	enum field_need need;
	enum text_fold fold;
	enum bool_form form;
	enum clock_form clock;
	/*
	 * What a service writes where nothing was ever set, NULL-terminated: it is null. NULL: nothing.
	 * A number stands here in its digits.
	 */
	const char *const *unset;
	int64_t least; /* KIND_INTEGER: smaller is malformed */
	/* KIND_INTEGER: larger is kept and told, since its unit may be another one. 0: any is known. */
	int64_t most_known;
	const char *const
		*known; /* vocabulary, NULL-terminated; NULL: any. Others are kept and told */
	enum state_kind state;
	const char *good, *mild;      /* STATE_OUTCOME: all well, and a lesser trouble */
	const struct member *members; /* KIND_ELEMENTS */
	size_t member_count;
};

struct resource {
	const char *service, *action, *version, *request_body;
	const struct field *fields;
	size_t field_count;
};

/* The scheduled scan of registry images. */
extern const struct resource schema_registry_scan;

/* Index of the field with this dimension, or field_count. */
size_t schema_find_dimension(const struct resource *r, enum dimension d);

/* The same for a state field. */
size_t schema_find_state(const struct resource *r, enum state_kind k);

bool schema_is_set(enum field_kind k);

/* Is it in such a list? False without one. */
bool schema_lists(const char *const *list, struct str text);

/* Does the canonical form write this character in the other case? */
bool schema_folds(char c, enum text_fold fold);
/* Is the text in the case that the canonical form writes? */
bool schema_is_folded(struct str text, enum text_fold fold);

/* The longest row set that a resource may have; configs are laid out for it. */
#define SCHEMA_FIELDS_MAX  64
#define SCHEMA_MEMBERS_MAX 32

#endif
