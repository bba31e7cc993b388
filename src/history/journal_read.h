/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_JOURNAL_READ_H
#define SCANDRIFT_HISTORY_JOURNAL_READ_H

#include "result/runs.h"
#include "run/workspace.h"

/*
 * Reads the journal: what each run says of itself, what the journal lacks, and where it parts. One
 * run is due each `every_s`, up to `now_s`; 0: none is. Everything is in the arena of `w`.
 */
struct err *journal_read(const struct workspace *w, int64_t every_s, int64_t now_s,
			 struct runs *out) MUST_USE;

#endif
