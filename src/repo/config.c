/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git's configuration as git finds it. libgit2 1.5 knows neither GIT_CONFIG_GLOBAL, GIT_CONFIG_SYSTEM
 * and GIT_CONFIG_NOSYSTEM nor GIT_CONFIG_COUNT, by which CI jobs configure git; so the files are
 * put together here, and the environment's keys are looked at first.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "repo/git.h"

/* More pairs than this are no configuration but an accident. */
#define ENV_PAIRS_MAX 10000

static struct err *add_file(git_config *cfg, git_repository *repo, const char *path,
			    git_config_level_t level)
{
	/* As git: one of the user's that may not be read is skipped, the repository's own is not. */
	if (!path || !*path || access(path, R_OK) != 0)
		return level >= GIT_CONFIG_LEVEL_LOCAL && path && *path && errno == EACCES
			       ? err_errno(ERR_REPO, errno, "git configuration %s", path)
			       : NULL;
	if (git_config_add_file_ondisk(cfg, path, level, repo, 0) < 0)
		return err_git(ERR_REPO, "git configuration %s", path);
	return NULL;
}

static struct err *add_below(git_config *cfg, git_repository *repo, const char *dir,
			     const char *name, git_config_level_t level)
{
	struct err *e;
	char *path = NULL;

	if (!dir || !*dir)
		return NULL;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return err_nomem();
	e = add_file(cfg, repo, path, level);
	free(path);
	return e;
}

static bool is_system_off(void)
{
	const char *v = getenv("GIT_CONFIG_NOSYSTEM");
	int off = 0;

	return v && git_config_parse_bool(&off, v) == 0 && off;
}

/* What the machine and the user say; nothing from inside a repository. */
static struct err *add_protected(git_config *cfg, git_repository *repo)
{
	const char *system = getenv("GIT_CONFIG_SYSTEM");
	const char *global = getenv("GIT_CONFIG_GLOBAL");
	const char *xdg = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (!is_system_off())
		TRY(add_file(cfg, repo, system ? system : "/etc/gitconfig",
			     GIT_CONFIG_LEVEL_SYSTEM));
	if (global)
		return add_file(cfg, repo, global, GIT_CONFIG_LEVEL_GLOBAL);
	if (xdg && *xdg)
		TRY(add_below(cfg, repo, xdg, "git/config", GIT_CONFIG_LEVEL_XDG));
	else
		TRY(add_below(cfg, repo, home, ".config/git/config", GIT_CONFIG_LEVEL_XDG));
	return add_below(cfg, repo, home, ".gitconfig", GIT_CONFIG_LEVEL_GLOBAL);
}

static struct err *add_local(git_config *cfg, git_repository *repo)
{
	int per_worktree = 0;

	TRY(add_below(cfg, repo, git_repository_commondir(repo), "config", GIT_CONFIG_LEVEL_LOCAL));
	if (git_config_get_bool(&per_worktree, cfg, "extensions.worktreeconfig") < 0 ||
	    !per_worktree)
		return NULL;
	return add_below(cfg, repo, git_repository_path(repo), "config.worktree",
			 GIT_CONFIG_LEVEL_APP);
}

struct err *config_load(git_repository *repo, git_config **out)
{
	git_config *cfg = NULL;
	struct err *e;

	if (git_config_new(&cfg) < 0)
		return err_git(ERR_REPO, "git configuration");
	e = add_protected(cfg, repo);
	if (!e)
		e = add_local(cfg, repo);
	if (e)
		git_config_free(cfg);
	else
		*out = cfg;
	return e;
}

static uint64_t env_pair_count(void)
{
	const char *text = getenv("GIT_CONFIG_COUNT");
	uint64_t n = 0;

	if (!text || !str_to_u64(str_from(text), ENV_PAIRS_MAX, &n))
		return 0;
	return n;
}

static const char *env_pair(const char *what, uint64_t i)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "GIT_CONFIG_%s_%llu", what, (unsigned long long)i);
	return getenv(name);
}

/* The last one wins, as in git. Our keys have two parts, so case does not matter. */
static const char *env_value(const char *key)
{
	for (uint64_t i = env_pair_count(); i-- > 0;) {
		const char *k = env_pair("KEY", i);

		if (k && strcasecmp(k, key) == 0)
			return env_pair("VALUE", i);
	}
	return NULL;
}

struct err *config_text(git_config *cfg, const char *key, char **out)
{
	const char *env = env_value(key);
	git_buf buf = {0};
	int code;

	*out = NULL;
	if (env) {
		*out = strdup(env);
		return *out ? NULL : err_nomem();
	}
	code = git_config_get_string_buf(&buf, cfg, key);
	if (code == GIT_ENOTFOUND)
		return NULL;
	if (code < 0)
		return err_git(ERR_REPO, "git configuration: %s", key);
	*out = strdup(buf.ptr);
	git_buf_dispose(&buf);
	return *out ? NULL : err_nomem();
}

struct err *config_bool(git_config *cfg, const char *key, bool fallback, bool *out)
{
	struct err *e = NULL;
	char *text = NULL;
	int value = fallback;

	TRY(config_text(cfg, key, &text));
	if (text && git_config_parse_bool(&value, text) < 0)
		e = err_new(ERR_REPO, "git configuration: %s = %s: expected true or false", key,
			    text);
	free(text);
	*out = value != 0;
	return e;
}

struct err *config_each_protected(const char *key, void (*see)(void *ctx, const char *value),
				  void *ctx)
{
	git_config *cfg = NULL;
	git_config_iterator *it = NULL;
	git_config_entry *entry;
	struct err *e = NULL;
	uint64_t pairs = env_pair_count();

	if (git_config_new(&cfg) < 0)
		return err_git(ERR_REPO, "git configuration");
	e = add_protected(cfg, NULL);
	if (e)
		goto out;
	if (git_config_multivar_iterator_new(&it, cfg, key, NULL) == 0)
		while (git_config_next(&entry, it) == 0)
			see(ctx, entry->value ? entry->value : "");
	for (uint64_t i = 0; i < pairs; i++) {
		const char *k = env_pair("KEY", i), *v = env_pair("VALUE", i);

		if (k && v && strcasecmp(k, key) == 0)
			see(ctx, v);
	}
out:
	git_config_iterator_free(it);
	git_config_free(cfg);
	return e;
}
