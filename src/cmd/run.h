/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_RUN_H
#define SCANDRIFT_CMD_RUN_H

#include "cmd/live.h"
#include "cmd/workspace.h"

/* What check and accept have in common: both sides of every target, judged into one result. */

/* One row a selected target; both sides stay in the workspace's arena. */
struct sides {
	struct live_side live;
	struct baseline_side base;
};

/* An empty result of this command, its times set from clock, --now and SOURCE_DATE_EPOCH. */
struct err *run_begin(const char *command, const struct options *o, const struct io *io,
		      const struct workspace *w, struct result *out) MUST_USE;
void run_end(struct result *r);

/* `sides` has room for one a selected target. */
struct err *run_judge(const struct options *o, const struct workspace *w, struct live *l,
		      struct result *r, struct sides *sides) MUST_USE;

/* Writes the result in the format asked for, and gives the exit code, which is also in it. */
struct err *run_report(const struct options *o, const struct io *io, struct result *r,
		       int exit_code) MUST_USE;

#endif
