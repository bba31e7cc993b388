/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_EVALUATE_H
#define SCANDRIFT_RUN_EVALUATE_H

#include "run/baseline.h"
#include "run/live.h"
#include "run/run_result.h"
#include "run/stored_result.h"

/* What check and accept have in common: both sides of every target, judged into one result. */

/* How the sides of a run come to be. */
struct evaluation {
	const struct workspace *w;
	struct live *live;           /* NULL: `stored` has the live sides */
	const struct stored *stored; /* accept --from; NULL: `live` has them */
	/* Whole fields of the live config over the baseline's rest (accept --path); none: all. */
	const char *const *paths;
	size_t path_count;
	bool keeps_configs; /* else only the digests stay of a target that matches its baseline */
};

/* Fetches, compares and evaluates every selected target. `sides` has room for one each. */
struct err *evaluate_targets(const struct evaluation *e, struct result *r,
			     struct sides *sides) MUST_USE;

#endif
