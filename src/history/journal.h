/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_JOURNAL_H
#define SCANDRIFT_HISTORY_JOURNAL_H

#include "run/evaluate.h"

/*
 * The journal: one commit a run on refs/scandrift/runs, "checked, equal" too, each upon the one
 * before it. Its tree holds run.json, the record. A night that is missing is then missing from a
 * chain, and cannot be put back without changing all that came after.
 */

#define JOURNAL_REF    "refs/scandrift/runs"
#define JOURNAL_FILE   "run.json"
#define JOURNAL_SCHEMA "scandrift-run/1"

struct err *journal_append(const struct io *io, struct workspace *w, struct result *r,
			   const char *remote) MUST_USE;

#endif
