/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_TIMELINE_H
#define SCANDRIFT_HISTORY_TIMELINE_H

#include "repo/history.h"
#include "result/result.h"
#include "run/workspace.h"

/*
 * The history of one target as its meaning: each state of its baseline, and of what was observed
 * live, with what changed and what that did to scanning.
 */

#define OBSERVED_BRANCH "scandrift/observed"

enum timeline_kind { TIMELINE_BASELINE, TIMELINE_OBSERVED };

struct timeline_entry {
	enum timeline_kind kind;
	const struct repo_event *event;
	const char *path;         /* NULL: it was removed */
	const char *former_path;  /* where it stood before, if elsewhere; or NULL */
	struct str problem;       /* why it cannot be read; or empty */
	struct str digest;        /* empty: not there, or not readable */
	struct result_target row; /* changes against the state before; coverage */
	struct str *messages;     /* of row.diff.changes, a line each */
	bool is_drifted;          /* from here on what was observed differs from the baseline */
	bool is_drift_start;
	int64_t drift_s; /* how long it had been drifted, where this ended it; else 0 */
};

struct timeline {
	const struct target *target;
	struct timeline_entry *entries; /* newest first, by the committers' clocks */
	size_t count;
	bool is_cut;
	const struct timeline_entry
		*drift; /* since when it is drifted; NULL: it is not, as far as seen */
};

/* Baselines from `tip`; what was observed from the branch of `check --commit`, where there is one. */
struct err *timeline_read(const struct workspace *w, const struct repo_commit *tip,
			  const struct target *t, struct timeline *out) MUST_USE;

/* The tip of scandrift/observed, or of a remote's as fetched; unborn where there is none. */
struct err *timeline_observed_tip(const struct workspace *w, struct repo_commit *out) MUST_USE;

#endif
