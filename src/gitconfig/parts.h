/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_GITCONFIG_PARTS_H
#define SCANDRIFT_GITCONFIG_PARTS_H

#include "base/buf.h"

struct gitconfig_place;

/*
 * The parts of reading git's configuration, for gitconfig.c alone: syntax and conditions.
 */

/* A key as git writes it, "section.Sub Section.name", and its value: NULL where it has none. */
typedef struct err *gitconfig_see(void *ctx, const char *key, const char *value);

/* syntax.c: each entry of a file's text, in its order. `name` is for messages. */
struct err *gitconfig_parse(struct str text, const char *name, gitconfig_see *see,
			    void *ctx) MUST_USE;

/* env.c: GIT_CONFIG_COUNT, then GIT_CONFIG_PARAMETERS, as git -c makes it. */
struct err *gitconfig_each_env(gitconfig_see *see, void *ctx) MUST_USE;

/* gitmatch.c: git's wildcards in paths; "*" stops at a slash and "**" does not. */
bool gitconfig_match(const char *pattern, const char *text, bool fold_case);

/* Does `includeIf "gitdir:PATTERN"` hold? `file` holds the condition, NULL: the environment. */
struct err *gitconfig_is_gitdir(const struct gitconfig_place *place, const char *file,
				const char *pattern, bool fold_case, bool *out) MUST_USE;
bool gitconfig_is_onbranch(const struct gitconfig_place *place, const char *pattern);

#endif
