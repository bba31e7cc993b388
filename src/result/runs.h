/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_RUNS_H
#define SCANDRIFT_RESULT_RUNS_H

#include "result/result.h"

/*
 * The runs of the journal: what each says of itself and of its targets, and which are missing.
 * history/journal_read reads them from git. Whoever may write the journal's branch may have
 * written any of these texts.
 */

struct run_target {
	struct str name;
	struct str outcome_text; /* as the record says it; another version may have other words */
	enum outcome outcome;    /* OUTCOME_COUNT: none that this version knows */
	struct str baseline_digest, live_digest, account, request_id; /* or empty */
};

struct run {
	const char *hex; /* of the record's commit */
	int64_t time_s;
	struct str verdict, judged_by, version, build; /* as the record says */
	const struct run_target *targets;              /* in the order of the record */
	size_t target_count;
	bool is_fork;       /* two chains meet in it */
	struct str problem; /* why it cannot be read; or empty */
};

struct runs {
	const struct run *list; /* newest first */
	size_t count;
	const char *reference, *tip_hex;
	const char *parted_from; /* a reference that has records which are not here; or NULL */
	bool is_cut;             /* the clone is shallow */
	bool is_due;             /* one is due each interval, so that some may be missing */
	const int64_t *missing;  /* oldest first */
	size_t missing_count;
	int64_t now_s;
	bool is_now_given;
};

#endif
