/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_ORPHANS_H
#define SCANDRIFT_RUN_ORPHANS_H

#include "policy/targets.h"
#include "result/judge.h"
#include "run/file_tree.h"

#define ORPHANS_FOLDER "baselines"

/* A JSON file in or below the baselines' folder that no target names: it is checked nowhere. */
struct orphans {
	const struct str *named; /* the paths that targets name, sorted */
	size_t named_count;
};

struct err *orphans_new(const struct targets *t, struct arena *a, struct orphans *out) MUST_USE;
bool orphans_is(const struct orphans *o, struct str path);

/* Where they are looked for. */
struct orphans_at {
	struct file_tree tree;
	const char *folder; /* ORPHANS_FOLDER, or one below it */
};

/* A finding for each. */
struct err *orphans_judge(const struct orphans_at *at, const struct targets *t, struct arena *a,
			  struct result *r) MUST_USE;

#endif
