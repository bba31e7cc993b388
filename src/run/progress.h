/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_PROGRESS_H
#define SCANDRIFT_RUN_PROGRESS_H

#include "run/io.h"

/*
 * How far a long fetch is: one line on a terminal's standard error, drawn over itself and gone at
 * the end; nothing anywhere else, and nothing with -q.
 */
struct progress {
	FILE *out; /* NULL: nothing is shown */
	size_t total;
	uint64_t drawn_ms;
	bool is_shown;
};

struct progress progress_on(const struct io *io, size_t total);
void progress_show(struct progress *p, size_t done, size_t failed);
void progress_hide(struct progress *p); /* before anything else is written there */

#endif
