/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_POLICY_FILES_H
#define SCANDRIFT_RUN_POLICY_FILES_H

#include "result/judge_policy.h"
#include "run/workspace.h"

/*
 * policies/NAME.ini of the workspace: of its commit, or of the working tree. Folders below policies/
 * are not read, and links not followed.
 */

#define POLICIES_MAX      200u
#define POLICIES_SIZE_MAX ((size_t)4 << 20) /* all of them */

/* Every file is read and checked; the errors of all but one are logged. */
struct err *policies_open(struct workspace *w, const struct io *io, struct policies *out) MUST_USE;

#endif
