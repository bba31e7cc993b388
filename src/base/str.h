/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_STR_H
#define SCANDRIFT_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/attr.h"

/*
 * Borrowed text: a pointer and a length, no NUL promised. What comes through the readers has no
 * NUL inside either (they refuse it).
 */
struct str {
	const char *p;
	size_t n;
};

/* A literal as a str. */
#define STR(lit) ((struct str){"" lit, sizeof(lit) - 1})

/* These three here, because readers compare names by the million. NULL gives the empty str. */
static inline struct str str_from(const char *nul_terminated)
{
	return (struct str){nul_terminated, nul_terminated ? strlen(nul_terminated) : 0};
}

static inline bool str_eq(struct str a, struct str b)
{
	/* Both lengths are looked at for whoever proves that no NULL is compared. */
	return a.n == b.n && (a.n == 0 || b.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

static inline bool str_is(struct str a, const char *b)
{
	return str_eq(a, str_from(b));
}

bool str_eq_nocase(struct str a, struct str b); /* ASCII alone */
bool str_starts(struct str s, const char *prefix);

/* FNV-1a, for tables; names of our own configuration alone, since who knows it can make it slow. */
size_t str_hash(const char *s);

/* By bytes, a prefix first: <0, 0, >0. For valid UTF-8 this is code point order. */
int str_cmp(struct str a, struct str b);

/* Without white space (space, tab, CR, LF) at both ends. */
struct str str_trim(struct str s);

/*
 * Decimal digits alone, no sign, no blanks, nothing behind; at most `max`. The one way from text
 * to a number.
 */
bool str_to_u64(struct str s, uint64_t max, uint64_t *out) MUST_USE;

/* For messages: printf("%.*s", STR_ARG(s)). Never for text from outside in a report. */
#define STR_ARG(s) (int)((s).n > 4096 ? 4096 : (s).n), ((s).p ? (s).p : "")

#endif
