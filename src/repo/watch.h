/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_WATCH_H
#define SCANDRIFT_REPO_WATCH_H

#include "repo/git.h"

/*
 * Paths that are watched while a walk goes from one root folder to another. Folders are compared by
 * id, and only one that is another is read, once for all paths in it. Nothing here is checked
 * against its id.
 */
struct watch;

/* `paths` must stay as long as the watch. The same path may be there several times. */
struct err *watch_new(git_odb *odb, const char *const *paths, size_t count,
		      struct watch **out) MUST_USE;
void watch_free(struct watch *w); /* accepts NULL */

/*
 * From the root that it was at to this one. *touched are the places in `paths` of those at which
 * something else may be now, each once; valid until the next call.
 */
struct err *watch_move(struct watch *w, const git_oid *root, const size_t **touched,
		       size_t *count) MUST_USE;

/* What is at the path now; a folder counts as nothing. */
const struct tree_entry *watch_spot(const struct watch *w, size_t path);

/* An object's bytes, to be freed by git_odb_object_free. */
struct err *object_load(git_odb *odb, const git_oid *id, git_object_t type,
			git_odb_object **out) MUST_USE;
struct err *object_is_damaged(const git_oid *id, const char *what) MUST_USE;

#endif
