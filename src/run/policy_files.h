/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_POLICY_FILES_H
#define SCANDRIFT_RUN_POLICY_FILES_H

#include "result/judge_policy.h"
#include "run/workspace.h"

/*
 * Every .ini in and below policies/ of the workspace: of its commit, or of the working tree. A
 * policy that nobody evaluates looks as one that holds. So what could be meant as one and cannot be
 * read is an error: a suffix in other letters, a link, a submodule, more than is looked at.
 */

#define POLICIES_MAX      200u
#define POLICIES_SIZE_MAX ((size_t)4 << 20) /* all of them */

/* Their paths, sorted within each folder. */
struct err *policy_files_list(const struct file_tree *tree, struct arena *a, const char ***out,
			      size_t *count) MUST_USE;

/* Every file is read and checked; the errors of all but one are logged. */
struct err *policies_open(struct workspace *w, const struct io *io, struct policies *out) MUST_USE;

#endif
