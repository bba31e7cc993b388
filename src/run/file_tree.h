/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_FILE_TREE_H
#define SCANDRIFT_RUN_FILE_TREE_H

#include "repo/read.h"

/*
 * The files that a run reads by path: those of one commit, or those of the working tree as they are.
 * No link is followed, and nothing above the root is reached, in either.
 */
struct file_tree {
	struct repo *repo;
	const struct repo_commit *commit; /* may be unborn: a tree without files */
	const char *root; /* of the working tree; NULL: the files are the commit's */
};

struct tree_file {
	bool is_there;
	const char *problem; /* why it cannot be read as a file, a clause; NULL: it was read */
	bool is_too_large;   /* that is why */
	struct str bytes;    /* in the arena */
};

/* At most `max` bytes; a larger file is one that cannot be read. */
struct err *file_tree_read(const struct file_tree *t, const char *path, size_t max, struct arena *a,
			   struct tree_file *out) MUST_USE;

/*
 * What is at a path of a commit, without reading it: kind and id. What has one id in two trees is the
 * same content. A working tree has no ids.
 */
struct err *file_tree_find(const struct file_tree *t, const char *path,
			   struct repo_entry *out) MUST_USE;

/*
 * Paths of the regular files and links directly in `folder` whose name ends in `suffix` and does not
 * begin with a dot; sorted. More than `max` is an error. `folder` itself may be missing; a link or a
 * file in its place is an error.
 */
struct err *file_tree_list(const struct file_tree *t, const char *folder, const char *suffix,
			   size_t max, struct arena *a, const char ***out, size_t *count) MUST_USE;

/* All that is directly in `folder`, by name's bytes, as repo_list_folder has it of a commit. */
struct err *file_tree_entries(const struct file_tree *t, const char *folder, struct arena *a,
			      struct repo_names *out) MUST_USE;

#endif
