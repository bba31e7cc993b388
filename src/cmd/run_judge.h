/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_RUN_JUDGE_H
#define SCANDRIFT_CMD_RUN_JUDGE_H

#include "cmd/live.h"
#include "cmd/run.h"

/* What check and accept have in common: both sides of every target, judged into one result. */

/* One row a selected target; both sides stay in the workspace's arena. */
struct sides {
	struct live_side live;
	struct baseline_side base;
};

/* `sides` has room for one a selected target. */
struct err *run_judge(const struct options *o, const struct workspace *w, struct live *l,
		      struct result *r, struct sides *sides) MUST_USE;

#endif
