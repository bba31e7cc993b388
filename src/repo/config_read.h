/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_CONFIG_READ_H
#define SCANDRIFT_REPO_CONFIG_READ_H

#include <git2.h>

#include "base/buf.h"

/*
 * The parts of reading git's configuration, for config.c alone: syntax and conditions.
 */

/* A key as git writes it, "section.Sub Section.name", and its value: NULL where it has none. */
typedef struct err *config_see(void *ctx, const char *key, const char *value);

/* config_syntax.c: each entry of a file's text, in its order. `name` is for messages. */
struct err *config_parse(struct str text, const char *name, config_see *see, void *ctx) MUST_USE;

/* config_env.c: GIT_CONFIG_COUNT, then GIT_CONFIG_PARAMETERS, as git -c makes it. */
struct err *config_each_env(config_see *see, void *ctx) MUST_USE;

/* config_match.c: git's wildcards in paths; "*" stops at a slash and "**" does not. */
bool config_match(const char *pattern, const char *text, bool fold_case);

/* Does `includeIf "gitdir:PATTERN"` hold? `file` holds the condition, NULL: the environment. */
struct err *config_is_gitdir(git_repository *repo, const char *file, const char *pattern,
			     bool fold_case, bool *out) MUST_USE;
bool config_is_onbranch(git_repository *repo, const char *pattern);

#endif
