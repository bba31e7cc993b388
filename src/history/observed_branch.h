/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_OBSERVED_BRANCH_H
#define SCANDRIFT_HISTORY_OBSERVED_BRANCH_H

#include "run/evaluate.h"

/*
 * Before anything is fetched: may the branch hold what was observed? Not the one that is checked
 * out, nor one with targets of its own: what is live would become what should be.
 */
struct err *observe_check(const char *branch, struct workspace *w) MUST_USE;

/*
 * check --commit: what was live, night by night, on a branch of its own. It is linear, it is never
 * merged, and each commit names the commit whose baselines it was judged by. A target that could
 * not be judged keeps what it had. What is seen of a target for the first time is always committed,
 * equal or not, so that an empty history never looks like a quiet one; after that, when nothing
 * differs from what was seen last, there is no commit.
 */
struct err *observe_commit(const char *branch, const struct io *io, struct workspace *w,
			   struct result *r, const struct sides *sides) MUST_USE;

#endif
