/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_ACCEPTED_H
#define SCANDRIFT_HISTORY_ACCEPTED_H

#include "repo/push.h"
#include "run/acceptance.h"

/* What was accepted, as a commit of the baselines; `branch` NULL is the current one. */
struct accepted {
	struct repo_commit_result commit;
	bool is_committed;
	struct repo_pushed pushed;
};

/* Everything that acceptance_decide found to be written, whatever it found against it. */
struct err *accepted_commit(const struct acceptance *a, const char *branch,
			    struct accepted *out) MUST_USE;

/* What is owed to the remote, also by runs before this one. */
struct err *accepted_push(const struct acceptance *a, const char *branch, const char *remote,
			  struct accepted *out) MUST_USE;

#endif
