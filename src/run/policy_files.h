/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_POLICY_FILES_H
#define SCANDRIFT_RUN_POLICY_FILES_H

#include "result/judge_policy.h"
#include "run/workspace.h"

/*
 * policies/NAME.ini of the workspace, read like targets.ini: from the work tree, where there is
 * one, as they stand there, with a note where that is not what was committed; else, and where the
 * workspace is of a commit that is not checked out, from the commit.
 * Folders below policies/ are not read, and links not followed.
 */

#define POLICIES_MAX      200u
#define POLICIES_SIZE_MAX ((size_t)4 << 20) /* all of them */

/* Every file is read and checked; the errors of all but one are logged. */
struct err *policies_open(struct workspace *w, const struct io *io, struct policies *out) MUST_USE;

#endif
