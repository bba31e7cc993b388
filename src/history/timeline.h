/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_TIMELINE_H
#define SCANDRIFT_HISTORY_TIMELINE_H

#include "repo/history.h"
#include "result/timeline.h"
#include "run/workspace.h"

/*
 * Reads the history of targets from git: each state of their baselines, and of what was observed
 * live. One walk of each branch serves all targets.
 */

#define OBSERVED_BRANCH "scandrift/observed"

/*
 * A timeline each selected target. Baselines from `tip`; what was observed from the branch of
 * `check --commit`, where there is one.
 */
struct err *timelines_read(const struct workspace *w, const struct repo_commit *tip,
			   struct timeline *out) MUST_USE;

/* The tip of scandrift/observed, or of a remote's as fetched; unborn where there is none. */
struct err *timeline_observed_tip(const struct workspace *w, struct repo_commit *out) MUST_USE;

#endif
