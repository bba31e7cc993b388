/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_RUN_H
#define SCANDRIFT_CMD_RUN_H

#include "cmd/workspace.h"
#include "result/result.h"

/* How each command that judges begins and ends: its result, and the report of it. */

/* An empty result of this command, its times set from clock, --now and SOURCE_DATE_EPOCH. */
struct err *run_begin(const char *command, const struct options *o, const struct io *io,
		      const struct workspace *w, struct result *out) MUST_USE;
void run_end(struct result *r);

/* What is judged by: --now, else the clock. */
int64_t run_now(const struct options *o);
/* A time that was given is told at the end of a page, in a line of its own. */
void run_tell_now(struct buf *b, const struct options *o);

/*
 * Writes the result into the files of --output, and to standard output in the format asked for.
 * *code is what the run ends with, which is also in it; a file that cannot be written makes a 0 of
 * it a 4.
 */
struct err *run_report(const struct options *o, const struct io *io, struct result *r,
		       int *code) MUST_USE;

#endif
