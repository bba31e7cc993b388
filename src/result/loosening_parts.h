/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_LOOSENING_PARTS_H
#define SCANDRIFT_RESULT_LOOSENING_PARTS_H

#include "json/write.h"
#include "result/loosening.h"

/* Inside the comparing of two commits alone: what its files share. */

struct comparing {
	struct result *r;
	struct loosenings *list;
};

/* JSON that is being written, and the text that it becomes, in the list's arena. */
struct scribe {
	struct buf b;
	struct json_writer w;
};

void scribe_begin(struct scribe *s); /* in place: the writer points into it */
/* .p is NULL if out of memory. Frees the rest. */
struct str scribe_end(struct scribe *s, struct arena *a);

void scribe_assertions(struct scribe *s, const char *key, const struct assertion *list, size_t n);

/* Texts as a list. */
struct str loosening_assertions(struct arena *a, const struct assertion *list, size_t n);

/* "POLICY/NAME" in the arena; .p is NULL if out of memory. */
struct str loosening_subject(struct arena *a, const struct policy *p, struct str name);

/* The policy of this id, NULL without one. */
const struct policy *loosening_policy(const struct policies *all, struct str id);

/* loosening_pairs.c: whose credentials go where. */
struct err *loosenings_of_pairs(const struct comparing *c, const struct targets *base,
				const struct targets *head) MUST_USE;

/* loosening_waiver.c */
struct err *loosenings_of_waivers(const struct comparing *c, const struct policies *base,
				  const struct policies *head) MUST_USE;

#endif
