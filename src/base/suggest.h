/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_SUGGEST_H
#define SCANDRIFT_BASE_SUGGEST_H

#include "base/str.h"

/*
 * "did you mean": the nearest of the words that were possible. The candidates are offered one by
 * one, so that any table can be walked:
 *
 *   struct suggest s = suggest_for(given);
 *   for (each row)
 *           suggest_offer(&s, str_from(row->name));
 *   if (s.best.n) ...
 *
 * Near means: one letter in three changed at most, and never more than three; swapped
 * neighbours are one change, case is none.
 */

struct suggest {
	struct str given;
	struct str best; /* empty when nothing is near; borrowed from the candidate */
	size_t distance;
};

struct suggest suggest_for(struct str given);
void suggest_offer(struct suggest *s, struct str candidate);

#endif
