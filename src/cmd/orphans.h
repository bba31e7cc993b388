/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_ORPHANS_H
#define SCANDRIFT_CMD_ORPHANS_H

#include "policy/targets.h"
#include "repo/read.h"
#include "result/judge.h"

/*
 * A finding for each JSON file in or below the baselines' folder of a commit that no target names:
 * what it says is checked nowhere.
 */
struct err *orphans_judge(struct repo *repo, const struct repo_commit *c, const struct targets *t,
			  struct arena *a, struct result *r) MUST_USE;

#endif
