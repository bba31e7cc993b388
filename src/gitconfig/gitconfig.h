/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_GITCONFIG_GITCONFIG_H
#define SCANDRIFT_GITCONFIG_GITCONFIG_H

#include "base/buf.h"

/*
 * git's configuration as git finds it: the files of the machine, the user, the repository and the
 * work tree, what they include and on which conditions, and the environment last. It is read when
 * it is loaded, once and as a whole; the last value of a key counts. A file that cannot be read is
 * an error, as in git. Which library reads the repository itself does not matter here.
 */
struct gitconfig;

/* What the files and conditions ask of the repository. Borrowed for the time of one load. */
struct gitconfig_place {
	const char *git_dir;    /* of this work tree: config.worktree, and "gitdir:" */
	const char *common_dir; /* of all its work trees: config */
	/*
	 * The reference that HEAD names, "refs/heads/main": owned by the caller, NULL where there is
	 * none. It is asked only where a condition depends on it, since a library that looks for a
	 * reference reads the configuration for that.
	 */
	char *(*find_head)(void *ctx);
	void *ctx;
};

/* `place` is NULL where there is no repository: the machine, the user and the environment. */
struct err *gitconfig_load(const struct gitconfig_place *place, struct gitconfig **out) MUST_USE;
void gitconfig_free(struct gitconfig *c);

/* The first condition of an include that is not understood here, or NULL. */
const char *gitconfig_unknown(const struct gitconfig *c);

/*
 * Of a key, in any case of section and name: *out is NULL when unset; owned by the caller. A key
 * without a value is an error, as in git.
 */
struct err *gitconfig_text(const struct gitconfig *c, const char *key, char **out) MUST_USE;
/* A key without a value is true, and an empty value false. */
struct err *gitconfig_bool(const struct gitconfig *c, const char *key, bool fallback,
			   bool *out) MUST_USE;
bool gitconfig_has_no_value(const struct gitconfig *c, const char *key);

/* All of it as the text of one file, without includes: for a library that reads files alone. */
struct err *gitconfig_flatten(const struct gitconfig *c, struct buf *out) MUST_USE;

/* Each value of a key that only the user and the system may set: not the repository itself. */
struct err *gitconfig_each_protected(const char *key, void (*see)(void *ctx, const char *value),
				     void *ctx) MUST_USE;

/* "~/x" and "~user/x" with the home folder in it, owned by the caller; NULL when out of memory. */
char *gitconfig_expand_home(const char *path);

#endif
