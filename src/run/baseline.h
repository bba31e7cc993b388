/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_BASELINE_H
#define SCANDRIFT_RUN_BASELINE_H

#include "run/workspace.h"

/* Both sides of a selected target; what they hold is in the target's arena. */
struct sides {
	struct live_side live;
	struct baseline_side base;
};

/*
 * The baseline of a target in this workspace. What is wrong with it is in `out`, no error. `live`:
 * what it will be compared with, or NULL; where both are the same, its digest is taken over.
 */
struct err *baseline_read(const struct workspace *w, const struct target *t,
			  const struct live_side *live, struct baseline_side *out) MUST_USE;

#endif
