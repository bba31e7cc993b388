/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_RECORDING_H
#define SCANDRIFT_HISTORY_RECORDING_H

#include "history/journal.h"
#include "repo/push.h"

/*
 * What a run leaves in git, on the observed branch and in the journal, here and on the remote. A part
 * that fails is told and counted in the result, and keeps neither the other part nor the verdict back.
 */
struct recording {
	const char *remote;              /* --push, or NULL */
	const char *branch;              /* --commit, or NULL */
	bool commit, journal;            /* is it to be made? */
	struct repo_owed observed, runs; /* the branches */
};

/*
 * Before anything is fetched from the cloud: an error where nothing may be recorded. The branches are
 * brought up to the remote's first, since a fresh clone lacks them.
 */
struct err *recording_prepare(const struct record_options *o, const struct io *io,
			      const struct journal_run *run, struct recording *out) MUST_USE;

/* What was recorded is pushed when all of it is: a push that fails keeps nothing from being recorded. */
void recording_make(const struct recording *to, const struct io *io, const struct journal_run *run);

#endif
