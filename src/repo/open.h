/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_OPEN_H
#define SCANDRIFT_REPO_OPEN_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * A git repository, found and opened as git does it: upward from a folder, bare ones, linked work
 * trees, a `.git` file; GIT_DIR where it is set. The content is not trusted: no hook, filter
 * program or text conversion is run, no link followed. All libgit2 is in this folder.
 *
 * The owner is checked as git checks it: what belongs to another user opens only with a
 * safe.directory entry in the user's or the system's configuration or in the environment.
 */

struct repo;

/* `start_dir` is where the search begins ("." for the current folder). */
struct err *repo_open(const char *start_dir, struct repo **out) MUST_USE;
void repo_free(struct repo *r); /* accepts NULL */

/* Absolute, with a slash at the end. Valid while the repository is open. */
const char *repo_workdir(const struct repo *r); /* NULL when bare */
const char *repo_git_dir(const struct repo *r);

/*
 * From here on no object of more than `max` bytes is held in memory, wherever in this process, nor
 * one that another is stored as a difference to: reading either is an error.
 */
struct err *repo_limit_memory(size_t max) MUST_USE;

/*
 * Every folder that reading from the repository may lead into: the work tree, its git folders, and
 * those of the repositories whose objects it borrows.
 */
struct err *repo_folders(const struct repo *r, struct arena *a, const char *const **out,
			 size_t *count) MUST_USE;

/* Name and version of the library that runs, for --version. */
void repo_describe_library(struct buf *b);

#endif
