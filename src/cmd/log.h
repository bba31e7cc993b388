/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_LOG_H
#define SCANDRIFT_CMD_LOG_H

#include "cmd/options.h"

/* log --runs, in log_runs.c. */
struct err *runs_print(const struct options *o, const struct io *io,
		       const struct workspace *w) MUST_USE;

#endif
