/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_TARGET_PATHS_H
#define SCANDRIFT_HISTORY_TARGET_PATHS_H

#include "run/config_file.h"

/*
 * Where the config of a target stands in a commit, over a rename: its own path first, then that of
 * its former name.
 */
struct target_paths {
	const char *list[2];
	size_t count;
};

/* Of its baseline, or of what was observed (scandrift/observed has one file a target). */
struct err *target_paths(const struct target *t, bool is_observed, struct arena *a,
			 struct target_paths *out) MUST_USE;

/* The first of them that is in `c`; MISSING without one. */
struct err *target_read_config(const struct workspace *w, const struct repo_commit *c,
			       const struct target_paths *paths, struct config_file *out) MUST_USE;

#endif
