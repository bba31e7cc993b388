/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_ORPHANS_H
#define SCANDRIFT_RUN_ORPHANS_H

#include "policy/targets.h"
#include "result/judge.h"
#include "run/file_tree.h"

#define ORPHANS_FOLDER "baselines"

/* A JSON file in or below the baselines' folder that no target names: it is checked nowhere. */
struct orphans {
	struct result *result;
	const struct str *named; /* the paths that targets name, sorted */
	size_t named_count;
	size_t told, untold; /* findings are for people: from some number on they are counted */
	struct file_tree tree;
	struct tree_walk walk; /* one budget for all searches */
};

/* `out` must stay where it is. */
struct err *orphans_begin(const struct file_tree *tree, const struct targets *t, struct arena *a,
			  struct result *r, struct orphans *out) MUST_USE;

bool orphans_is(const struct orphans *o, struct str path);

/* A finding for one file, if it is one; and for each in and below a folder. */
struct err *orphans_take(struct orphans *o, const char *path) MUST_USE;
struct err *orphans_search(struct orphans *o, const char *folder) MUST_USE;

/* One finding for all that has none of its own. */
struct err *orphans_end(struct orphans *o) MUST_USE;

#endif
