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
	struct str baseline_digest, live_digest, account, endpoint, request_id; /* or empty */
	bool has_arrival;  /* the record is of a version that writes when replies arrived */
	int64_t fetched_s; /* when its reply arrived; 0: none did, or the record does not say */
	bool is_replayed;
	bool is_repeated; /* an earlier record, or another target of this one, has its RequestId */
	bool is_ahead;    /* its reply would have arrived after the record was made */
};

/* What an honest run does not show. Each is a bit of run.marks. */
enum run_mark {
	RUN_MARK_COMMIT_DATE,     /* its time is far from the dates of its commit */
	RUN_MARK_BEFORE_PARENT,   /* its time is earlier than that of the record before it */
	RUN_MARK_COPY,            /* an earlier record is of the same run */
	RUN_MARK_PART,            /* over a part of the targets */
	RUN_MARK_TARGETS_UNKNOWN, /* nothing says which targets there were */
	RUN_MARK_REPEATED,        /* a reply is that of an earlier record */
	RUN_MARK_AHEAD,           /* a reply would have arrived after the record was made */
	RUN_MARK_COUNT,
};

#define RUN_CLOCK_SLACK_S 3600 /* so far two clocks, or two ends of a run, may be apart */

struct run {
	const char *hex; /* of the record's commit */
	int64_t time_s;
	int64_t commit_s, author_s; /* the dates of its commit */
	bool has_now;               /* --now was given: */
	int64_t now_s;
	struct str id; /* of the run, as the record says; or empty */
	struct str verdict, judged_by, version, build; /* as the record says */
	bool is_endpoint_other;                        /* --endpoint was used */
	struct run_target *targets;                    /* in the order of the record */
	size_t target_count;
	uint64_t targets_of_commit; /* as the record says; 0: it does not */
	const struct str *left_out; /* targets of its commit that it has not */
	size_t left_out_count;
	unsigned marks;     /* 1 << enum run_mark */
	bool is_fork;       /* two chains meet in it */
	struct str problem; /* why it cannot be read; or empty */
};

/* A night that is missing for some targets: they were due together, or nearly so. */
struct run_missing {
	int64_t due_s; /* the earliest of them */
	const struct str *names;
	size_t name_count;
};

struct runs {
	struct run *list; /* newest first */
	size_t count;
	const char *reference, *tip_hex;
	const char *parted_from; /* a reference that has records which are not here; or NULL */
	bool is_cut;             /* the clone is shallow */
	bool is_due;             /* one is due each interval, so that some may be missing */
	const struct run_missing *missing; /* oldest first */
	size_t missing_count;
	bool is_missing_cut; /* there are more */
	int64_t now_s;
	bool is_now_given;
};

/* "before-parent" and, after "marked: ", a sentence's worth of words. */
const char *run_mark_name(enum run_mark m);
const char *run_mark_text(enum run_mark m);

static inline bool run_is_marked(const struct run *run, enum run_mark m)
{
	return run->marks >> m & 1;
}

/* Does the target's reply count for the night in which it arrived? */
bool run_target_counts(const struct run *run, const struct run_target *t);

#endif
