/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_DRIFT_SINCE_H
#define SCANDRIFT_HISTORY_DRIFT_SINCE_H

#include "result/past.h"
#include "run/evaluate.h"

/*
 * Facts for the result: since when it has been so, from git's history: a drift began when what was observed live became
 * what it is, or when the baseline did, whichever is later; and a scan that is late because the
 * schedule was switched on a while ago is no fault yet. Where nothing was observed nothing is said.
 * Times are the committers': asserted. `branch` is where this run records what it observes; NULL:
 * it does not, and the usual one is read. A history that cannot be read is none; only being out of
 * memory is an error.
 */
struct err *since_find(const char *branch, const struct workspace *w, const struct result *r,
		       const struct sides *sides, struct past_facts *out) MUST_USE;

#endif
