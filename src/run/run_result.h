/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_RUN_RESULT_H
#define SCANDRIFT_RUN_RUN_RESULT_H

#include "result/result.h"
#include "run/options.h"
#include "run/workspace.h"

/* How each command that judges begins and ends: its result, and the report of it. */

/* An empty result of this command, its times set from clock, --now and SOURCE_DATE_EPOCH. */
struct err *run_begin(const char *command, const struct evaluate_options *o, const struct io *io,
		      const struct workspace *w, struct result *out) MUST_USE;
void run_end(struct result *r);

/* What is judged by: --now, else the clock. */
int64_t run_now(const struct evaluate_options *o);

/* Does one of the outputs say the digests of the sides? */
bool run_shows_digests(const struct output_options *o);

/*
 * Writes the result into the files of --output, and to standard output in the format asked for.
 * *code is what the run ends with, which is also in it; a file that cannot be written makes a 0 of
 * it a 4.
 */
struct err *run_report(const struct output_options *o, const struct io *io, struct result *r,
		       int *code) MUST_USE;

#endif
