/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_TARGET_TRAIL_H
#define SCANDRIFT_HISTORY_TARGET_TRAIL_H

#include "repo/history.h"
#include "run/config_file.h"

/*
 * Where the config of a target is in a commit, over a rename: at its own path, or, where nothing is
 * there, at that of its former name. Of its baseline, or of what was observed (scandrift/observed
 * has one file a target).
 */
struct err *target_trail(const struct target *t, bool is_observed, struct arena *a,
			 struct repo_trail *out) MUST_USE;

/* What the trail leads to in `c`; MISSING where that is nothing. */
struct err *target_read_config(const struct workspace *w, const struct repo_commit *c,
			       const struct repo_trail *trail, struct config_file *out) MUST_USE;

#endif
