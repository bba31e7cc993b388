/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_JOURNAL_H
#define SCANDRIFT_HISTORY_JOURNAL_H

#include "run/evaluate.h"

/*
 * The journal: one commit a run on a branch of its own, "checked, equal" too, each on top of the one
 * before it. Its tree holds run.json, the record. A night that is missing is then missing from a
 * chain, and cannot be put back without changing all that came after.
 *
 * A record says when it was made, by the machine's clock alone, and of each target when its reply
 * arrived. Neither --now nor SOURCE_DATE_EPOCH moves any of these.
 */

#define JOURNAL_BRANCH "scandrift/runs"
#define JOURNAL_REF    "refs/heads/" JOURNAL_BRANCH
#define JOURNAL_FILE   "run.json"
#define JOURNAL_SCHEMA "scandrift-run/1"

/* Where version 0.1.0 kept it, and the command that makes the branch of it. */
#define JOURNAL_OLD_REF  "refs/scandrift/runs"
#define JOURNAL_OLD_HINT "git branch " JOURNAL_BRANCH " " JOURNAL_OLD_REF

/*
 * Before anything is fetched: can a record be added to the journal that is here? Not to one of
 * version 0.1.0, which has to be moved first, nor to a branch with targets of its own.
 */
struct err *journal_check(const struct workspace *w) MUST_USE;

/* ERR_REPO where only a journal of version 0.1.0 is here: with the command that moves it. */
struct err *journal_find_tip(const struct workspace *w, struct repo_tip *out) MUST_USE;

/* What is recorded: `endpoint_given` by --endpoint. */
struct journal_run {
	struct workspace *w;
	struct result *r;
	const struct sides *sides;
	bool endpoint_given;
};

struct err *journal_append(const struct io *io, const struct journal_run *run) MUST_USE;

#endif
