/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_ACCEPTANCE_H
#define SCANDRIFT_RUN_ACCEPTANCE_H

#include "run/baseline.h"
#include "run/options.h"
#include "run/stored_result.h"

/*
 * What accept decides once all targets are judged: which baselines are to be written, and what
 * speaks against it. One baseline may be that of many targets.
 */

/* What is to be done about one target. */
enum step {
	STEP_NOTHING, /* the baseline says this already, in canonical form */
	STEP_WRITE,
};

struct acceptance {
	const struct accept_options *o;
	struct workspace *w;
	struct result *r;
	const struct stored *stored; /* --from, or NULL */
	/* One a selected target. */
	struct sides *sides;
	enum step *steps;
	struct buf refusal; /* why it is not committed, a line each; empty: nothing against it */
};

/*
 * Fills in steps and refusal; *any: there is something to write. ERR_CONFIG where targets that share
 * a baseline do not agree.
 */
struct err *acceptance_decide(struct acceptance *a, bool *any) MUST_USE;

/* May the new baseline demand less than the old one? Without an old one there is no less. */
bool acceptance_may_weaken(const struct acceptance *a, size_t i);

/* How many targets the baseline of `t` speaks for, and their names, which may be NULL. */
size_t baseline_served(const struct workspace *w, const struct target *t, struct buf *names);
/* "a, b, c", in the arena; "" if out of memory. */
const char *baseline_served_names(const struct workspace *w, const struct target *t);
/* Is the i-th of those selected the first that has its baseline? */
bool baseline_is_first(const struct workspace *w, size_t i);

#endif
