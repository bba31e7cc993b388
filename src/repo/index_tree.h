/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_INDEX_TREE_H
#define SCANDRIFT_REPO_INDEX_TREE_H

#include "repo/read.h"

/*
 * What is staged, as a commit of it would hold it: a commit without an id, whose trees are in this
 * process's memory alone and can be read like any others until the repository is closed. The index is
 * the one that git would commit: in a hook GIT_INDEX_FILE names it. ERR_REPO where the index has a
 * conflict, or a form that cannot be read, or the repository is bare.
 */
struct err *repo_index_tree(struct repo *r, struct arena *a, struct repo_commit *out) MUST_USE;

#endif
