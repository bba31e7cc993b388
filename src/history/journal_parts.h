/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_JOURNAL_PARTS_H
#define SCANDRIFT_HISTORY_JOURNAL_PARTS_H

#include "result/runs.h"
#include "run/workspace.h"

/* Inside journal_*.c alone: what is found out about runs once all records are read. */

/* Sets the marks of each run and target, and which targets of its commit a run left out. */
struct err *journal_mark(const struct workspace *w, struct runs *r) MUST_USE;

/*
 * The nights that are missing, by target: one is due each `every_s` from the first record on that
 * has the target or left it out, up to `now_s`, or to the last such record where the target is gone
 * from targets.ini.
 */
struct err *journal_find_missing(const struct workspace *w, int64_t every_s, int64_t now_s,
				 struct runs *r) MUST_USE;

#endif
