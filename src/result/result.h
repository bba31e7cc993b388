/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_RESULT_H
#define SCANDRIFT_RESULT_RESULT_H

#include "model/coverage.h"
#include "model/normalize.h"
#include "policy/targets.h"
#include "result/finding.h"
#include "result/groups.h"

/*
 * The one result of a run. Every output and the exit code come from it and from nothing else.
 */

enum outcome {
	OUTCOME_EQUAL,
	OUTCOME_DRIFTED,
	OUTCOME_INCOMPLETE,  /* the live side could not be judged */
	OUTCOME_NO_BASELINE, /* nothing to compare with: missing or malformed */
	/* A review's own, beside equal and no-baseline: */
	OUTCOME_CHANGED,
	OUTCOME_ADDED,   /* the base has none that can be read */
	OUTCOME_REMOVED, /* the head has none */
	OUTCOME_COUNT,
};

#define DIGEST_TEXT_SIZE 72 /* "sha256:" and 64 hex digits */

/*
 * One target of a check; for diff, the two sides that were named; for review, the targets that
 * share a baseline and everything that it is judged by, told once.
 */
struct result_target {
	struct str name;
	const struct str *names; /* review: of all that it stands for, `name` first */
	size_t name_count;       /* 0: of itself alone */
	enum outcome outcome;
	struct str baseline_path;
	struct str baseline_digest, live_digest; /* "sha256:...", or empty */
	struct str request_id;
	struct str account;        /* which one answered, where that is known */
	struct str credential;     /* equal for equal ones; empty: not known, or not the target's */
	const struct config *live; /* where it is whole; NULL: not known, or not of a target */
	bool has_diff;
	struct diff diff;
	/* In words: by the baseline, and live. No lines where a side is not known. */
	struct coverage coverage_before, coverage_after;
};

/* What a review adds: from the base to `commit`, the head. */
struct result_review {
	struct str base;        /* the commit whose rules judge; empty: there is none yet */
	size_t loosening_count; /* of the set that the digest is of */
	struct str digest;      /* "sha256:...", empty where nothing is loosened */
	struct str given;       /* --approve, or empty */
	struct str range;       /* as it was written, or empty */
	bool is_staged;         /* the index was judged: there is no commit of it */
	enum approval approval; /* of every loosening */
};

/* A commit that the run made. */
struct result_commit {
	const char *ref; /* "refs/heads/main" */
	char hex[41];
};

#define RESULT_COMMITS_MAX 2u /* of a baseline, or of what was observed; and of the journal */

struct result {
	struct arena *arena;
	const char *command;
	int64_t time_s; /* printed; SOURCE_DATE_EPOCH or the clock */
	int64_t now_s;  /* judged by */
	bool is_now_given;
	struct str
		commit; /* whose baselines were judged; empty when unborn or without a repository */
	bool is_worktree; /* the files of the working tree were evaluated; `commit` is HEAD */
	const char *const *uncommitted; /* files judged by that were not as committed; borrowed */
	size_t uncommitted_count;
	struct result_target *targets;
	size_t target_count;
	struct findings findings;
	struct groups groups; /* there after result_finish */
	bool has_verdict;     /* a check: passes or fails. Others show what differs, for a person */
	bool are_policies_judged;
	const char *policies_note; /* why not */
	enum severity fail_on;
	bool never_fail; /* --fail-on never */
	int signal;      /* that ended the run early; 0: none */
	bool side_effect_failed;
	struct result_commit commits[RESULT_COMMITS_MAX];
	size_t commit_count;
	/* What was put into words last: of most targets of most nights it is the same. */
	char described_digest[DIGEST_TEXT_SIZE];
	struct coverage described;
	bool is_review; /* two commits are judged, and nothing live */
	struct result_review review;
	struct arena **kept; /* of targets, besides `arena`; freed with the run */
	size_t kept_count;
};

/* One of each reference; a later one takes its place. `ref` is borrowed. */
void result_add_commit(struct result *r, const char *ref, const char *hex);
bool result_has_commit(const struct result *r, const char *ref);

/* Order, counts and groups are right only after this; nothing may be added then. */
struct err *result_finish(struct result *r) MUST_USE;

/* Findings of a severity that count: incomplete and settled ones are counted apart. */
size_t result_count(const struct result *r, enum severity s);
size_t result_count_waived(const struct result *r);
size_t result_count_approved(const struct result *r); /* by whom or how ever; not waived */
size_t result_count_outcome(const struct result *r, enum outcome o);
size_t result_count_incomplete(const struct result *r); /* findings of that class */
bool result_is_incomplete(const struct result *r);
/* Is there a finding at or above the threshold, or a loosening that nobody approved? */
bool result_is_failed(const struct result *r);
/* "fail", "incomplete" or "pass"; a failed run may be incomplete too. */
const char *result_verdict_name(const struct result *r);

/* Is it worth to say what the target scans? */
bool result_tells_coverage(const struct result_target *t);

/* Outcomes from this one on do not exist for this command. */
enum outcome result_outcomes_end(const struct result *r);

const char *outcome_name(enum outcome o);

#endif
