/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_CONFIG_H
#define SCANDRIFT_MODEL_CONFIG_H

#include "base/str.h"
#include "json/integer.h"
#include "model/schema.h"

/*
 * A canonical config in memory. All of it lives in the arena of the reading that made it; texts
 * may point into the bytes that were read, which must live as long.
 */

/*
 * Text of one member of an element, relative to the element's base. Without text, `at` tells an
 * absent member (0) from one that the source names (1).
 */
struct span {
	uint32_t at, n;
};

/*
 * The members of an element that the table does not know, as one object. Compared, and digested, is
 * what stays without those that are null or empty: learning a member changes neither.
 */
struct extra {
	struct str kept;     /* disk form */
	struct str compared; /* the same form; empty where nothing stays */
};

/*
 * One element of a list of objects. Members stand in the order of the table's rows, each as its
 * canonical text ("", when null, absent or empty). Small on purpose: there may be a million.
 */
struct element {
	const char *base;
	const struct extra *extra; /* NULL without any */
	struct span members[];
};

static inline struct str element_member(const struct element *e, size_t i)
{
	return (struct str){e->base + e->members[i].at, e->members[i].n};
}

/*
 * A sorted list is in another order than the source, so that each element, and then its text, is
 * waited for. A walk over many asks for both ahead of its turn.
 */
#define ELEMENTS_AHEAD ((size_t)16)
#define TEXTS_AHEAD    ((size_t)8)

static inline void element_fetch(const struct field *f, const struct element *e)
{
	for (size_t i = 0; i < f->member_count; i++) {
		if (f->members[i].role == MEMBER_KEY)
			__builtin_prefetch(e->base + e->members[i].at);
	}
}

/* The walk is at number i of n. */
static inline void elements_fetch(const struct field *f, const struct element *const *v, size_t i,
				  size_t n)
{
	if (n > ELEMENTS_AHEAD && i < n - ELEMENTS_AHEAD)
		__builtin_prefetch(v[i + ELEMENTS_AHEAD]);
	if (n > TEXTS_AHEAD && i < n - TEXTS_AHEAD)
		element_fetch(f, v[i + TEXTS_AHEAD]);
}

/* Does the source name this member? */
static inline bool element_names(const struct element *e, size_t i)
{
	return e->members[i].n || e->members[i].at;
}

struct value {
	bool is_null;      /* null, or absent: one thing */
	bool is_present;   /* the source names it */
	bool is_unset;     /* null, since the source writes what stands for "never set" */
	bool is_malformed; /* it could not be read, in whole or in part; there is a note */
	uint32_t at;       /* offset of its key in the source; 0 when absent */
	uint32_t line;     /* of its key; 0 when absent */
	union {
		bool boolean;
		struct integer integer;
		unsigned clock; /* seconds since midnight */
		struct str text;
		struct {
			struct str *v;
			size_t n;
		} texts; /* sorted, each once */
		struct {
			struct integer *v;
			size_t n;
		} integers; /* sorted, each once */
		struct {
			const struct element **v;
			size_t n;
			bool have_extra; /* members that the table does not know and that say something */
		} elements;              /* sorted by identity, each once */
	} u;
};

/* A field that the table does not know. Kept as it is, objects by key. */
struct unknown {
	struct str name;
	struct str json; /* one line, disk form: equal text is equal value */
	uint32_t line;   /* of its name, from 1 */
};

struct config {
	const struct resource *resource;
	struct value values[SCHEMA_FIELDS_MAX]; /* by row; state and run rows too */
	struct unknown *unknown;                /* sorted by name */
	size_t unknown_count;
};

/*
 * By identity: <0, 0, >0. Keys first, the keys of elements with gaps next, then unknown members.
 * Config and state members are no part of it.
 */
int element_compare(const struct resource *r, size_t field, const struct element *a,
		    const struct element *b);
/* By the members of the table alone that are its identity: elements that may be one, changed. */
int element_compare_keys(const struct field *f, const struct element *a, const struct element *b);
int element_compare_config(const struct field *f, const struct element *a, const struct element *b);
/* What identity and config leave: makes an order total. */
int element_compare_state(const struct field *f, const struct element *a, const struct element *b);
/* One of the MEMBER_KEYs is empty. */
bool element_has_gaps(const struct field *f, const struct element *e);

/* KIND_INTEGER: a number above those of which the unit is known. */
bool value_is_beyond(const struct field *f, const struct value *v);

/* How many elements a set has; 0 for null. Only for kinds for which schema_is_set is true. */
size_t value_count(const struct field *f, const struct value *v);

/* The same config value, state members apart. */
bool value_equal(const struct resource *r, size_t field, const struct value *a,
		 const struct value *b);

/* Sets alone: item i of a against item j of b, by what orders the set. */
int value_compare_items(const struct resource *r, size_t field, const struct value *a, size_t i,
			const struct value *b, size_t j);
/* The same item, its config members too. */
bool value_items_equal(const struct resource *r, size_t field, const struct value *a, size_t i,
		       const struct value *b, size_t j);

/* How the source says a null: "absent", "null", "not set". */
const char *value_absence(const struct value *v);

/* A field without which a schedule that is on says nothing, and that is null; NULL: none. */
const struct field *config_lacks(const struct config *c);
bool config_is_on(const struct config *c);

/*
 * Do both have one digest, as far as that is seen without making it? True is certain; false is
 * also said of two that write an empty value in two ways.
 */
bool config_is_same(const struct config *a, const struct config *b);

/* null or []: for the digest and for changes the same as absent. */
bool unknown_is_empty(const struct unknown *u);

#endif
