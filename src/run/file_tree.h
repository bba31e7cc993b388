/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_FILE_TREE_H
#define SCANDRIFT_RUN_FILE_TREE_H

#include "repo/merge.h"

/*
 * The files that a run reads by path: those of one commit, those that a merge of two would have, or
 * those of the working tree as they are.
 * No link is followed, and nothing above the root is reached, in either.
 */
struct file_tree {
	struct repo *repo;
	const struct repo_commit *commit; /* may be unborn: a tree without files */
	const struct repo_merge *merge;   /* `commit` is its head; NULL: nothing is merged */
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
 * same content. A working tree has no ids, and neither has a folder with something of both sides.
 */
struct err *file_tree_find(const struct file_tree *t, const char *path,
			   struct repo_entry *out) MUST_USE;

/*
 * Everything below a folder but the folders themselves, each folder by its names' bytes. A tree
 * object of git may be there many times: six of them make a million paths. So a walk ends after so
 * many folders in each other, so many entries and so many bytes of paths, and says that it did.
 */
#define TREE_WALK_DEPTH_MAX 16u

struct tree_walk {
	const struct file_tree *tree;
	struct arena *arena; /* paths are in it */
	struct err *(*take)(void *taker, const char *path, enum repo_entry_kind kind);
	void *taker;
	size_t entries_left, bytes_left; /* of this walk, and of the next one with the same */

	bool is_spent;     /* one of the two is at its end */
	bool is_cut;       /* there may be more than what was taken */
	bool is_no_folder; /* a link or a file has the folder's place; nothing at all is fine */
};

struct err *file_tree_walk(struct tree_walk *w, const char *folder) MUST_USE;

#endif
