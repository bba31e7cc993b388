/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_TIMELINE_H
#define SCANDRIFT_RESULT_TIMELINE_H

#include "result/result.h"

/*
 * The history of targets as its meaning: each state of a baseline, and of what was observed live,
 * with what changed and what that did to scanning. history/timeline reads it from git.
 */

enum timeline_kind { TIMELINE_BASELINE, TIMELINE_OBSERVED };

const char *timeline_kind_name(enum timeline_kind k);

/* The commit that brought a state. Texts may be any bytes but NUL; times are asserted. */
struct timeline_commit {
	const char *hex;
	int64_t time_s, author_s;
	const char *author, *email;
	const char *subject;   /* the message's first line */
	const char *judged_by; /* its trailer Scandrift-Baseline, or NULL */
};

struct timeline_entry {
	enum timeline_kind kind;
	struct timeline_commit commit;
	const char *path;         /* NULL: it was removed */
	const char *former_path;  /* where it was before, if elsewhere; or NULL */
	struct str problem;       /* why it cannot be read; or empty */
	struct str digest;        /* empty: not there, or not readable */
	struct result_target row; /* changes against the state before; coverage */
	struct str *messages;     /* of row.diff.changes, a line each */
	bool is_drifted;          /* from here on what was observed differs from the baseline */
	bool is_drift_start;
	bool is_bound;        /* the clone is shallow: it may have been so before its commit */
	int64_t drift_s;      /* how long it had been drifted, where this ended it; else 0 */
	bool is_drift_longer; /* drift_s: or longer */
};

struct timeline {
	struct str target;
	struct timeline_entry *entries; /* newest first, by the committers' clocks */
	size_t count;
	bool is_cut; /* the clone is shallow */
	const struct timeline_entry
		*drift; /* since when it is drifted; NULL: it is not, as far as seen */
};

/* What log prints. */
struct timelines {
	const struct timeline *list;
	size_t count;
	const char *commit; /* the tip whose baselines they are; "" where there is none */
	int64_t now_s;
	bool is_now_given;
};

#endif
