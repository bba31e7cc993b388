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

/*
 * Files of a commit that is the base of a review. One that cannot be read must not end the review,
 * since nothing could repair it then: it is told of, and what it said counts as not said.
 */
struct unreadable {
	const char *path;
	struct str why; /* the error's text, which names the file */
};

#define UNREADABLE_MAX 200u

struct unreadables {
	struct unreadable list[UNREADABLE_MAX]; /* the last one may stand for more in its folder */
	size_t count;
	struct arena *arena;
};

/* NULL, or the error itself, where it is none of the file's content. */
struct err *unreadable_take(struct unreadables *u, const char *path, struct err *e) MUST_USE;

/*
 * As policies_open, of what can be read. Where the files are no whole, their rules hold, and no waiver,
 * no ignore and no severity does.
 */
struct err *policies_open_readable(struct workspace *w, const struct io *io, struct policies *out,
				   struct unreadables *u) MUST_USE;

#endif
