/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_JUDGE_H
#define SCANDRIFT_RESULT_JUDGE_H

#include "result/result.h"

/*
 * From the two sides of a target to its outcome and findings. Pure: what was fetched and read comes
 * in, no file, socket or clock is touched.
 */

struct live_side {
	bool is_fetched;       /* over the network, now or when it was recorded */
	struct str account;    /* whose it is, where that is known */
	struct str credential; /* equal for equal ones, and no secret; or empty */
	struct str unnamed;    /* why the account is not known, where something says */
	/* The host's clock, before the one that asked, where it was corrected; and before ours. */
	int64_t clock_ahead_s, now_ahead_s;
	int64_t fetched_s; /* when its reply arrived, as the recording says of a replayed one; or 0 */
	bool is_replayed;              /* from a recording */
	struct str endpoint;           /* the URL that was asked; empty: not known, or none was */
	const struct reading *reading; /* NULL: see failure */
	struct str digest;
	/* Why there is no reading, or none that can be used. */
	struct {
		enum reason reason;
		const char *foreign; /* the word of REASON_FOREIGN */
		struct str message, api_code, request_id, next;
	} failure;
};

enum baseline_state {
	BASELINE_READ,
	BASELINE_MISSING,
	BASELINE_MALFORMED, /* problem says why */
};

struct baseline_side {
	enum baseline_state state;
	const struct reading *reading;
	struct str digest;
	bool is_canonical;
	struct str problem; /* malformed */
	size_t problem_line;
	struct str uncommitted; /* what the work tree holds instead, or empty */
};

/* Judges `t`, appends its row and its findings to the result. */
struct err *judge_target(struct result *r, const struct target *t, const struct live_side *live,
			 const struct baseline_side *base) MUST_USE;

/* A committed file among the baselines that no target names; `path` is in the result's arena. */
struct err *judge_orphan(struct result *r, struct str path) MUST_USE;

/* Those that have no finding of their own, in one. */
struct unlisted_orphans {
	const char *folder;
	size_t count;
	bool is_cut; /* there may be more: the search ended at one of these two */
	unsigned entries_max, depth_max;
};

struct err *judge_unlisted_orphans(struct result *r, const struct unlisted_orphans *o) MUST_USE;

/* What is wrong with a committed baseline. */
struct err *judge_baseline(struct result *r, const struct target *t,
			   const struct baseline_side *base) MUST_USE;

/* Where a change stands in the file of its second side: its line, or 1. */
size_t change_line_after(const struct change *c);

/*
 * The finding of one change of a pair; the other parameters as in judge_pair. In a review a change
 * is what somebody proposes, and no drift: what loses nothing is told as info.
 */
struct err *judge_change(struct result *r, struct str target, const struct change *c,
			 bool is_switched_off, struct str file) MUST_USE;

/* Compares two readings that somebody named; `file` is where a change is shown, or empty. */
struct err *judge_pair(struct result *r, struct str name, const struct reading *before,
		       const struct reading *after, struct str file,
		       struct result_target *row) MUST_USE;

#endif
