/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whose repository is it? git opens one that belongs to another user only where safe.directory
 * allows it, since its configuration could name programs. We start none, but what git would refuse
 * we refuse too, by the same rule, so that a job behaves the same with both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "repo/git.h"

static bool is_own(const char *path)
{
	const char *sudo = getenv("SUDO_UID");
	uint64_t sudo_uid = 0;
	struct stat st;

	if (lstat(path, &st) != 0)
		return false;
	if (st.st_uid == geteuid())
		return true;
	/* As git: with sudo, root may use what belongs to who called sudo. */
	return geteuid() == 0 && sudo && str_to_u64(str_from(sudo), UINT32_MAX, &sudo_uid) &&
	       st.st_uid == (uid_t)sudo_uid;
}

/* Without the slash at the end that libgit2 gives to folders. */
static char *plain(const char *dir)
{
	char *copy = strdup(dir);
	size_t n = copy ? strlen(copy) : 0;

	while (n > 1 && copy[n - 1] == '/')
		copy[--n] = '\0';
	return copy;
}

struct safe {
	const char *dir;
	bool is_safe;
};

static bool covers(const char *entry, const char *dir)
{
	const char *home = getenv("HOME");
	size_t n;

	if (entry[0] == '~' && entry[1] == '/' && home) {
		size_t h = strlen(home);

		if (strncmp(dir, home, h) != 0)
			return false;
		entry += 1;
		dir += h;
	}
	n = strlen(entry);
	if (n >= 2 && strcmp(entry + n - 2, "/*") == 0)
		return strncmp(entry, dir, n - 1) == 0;
	while (n > 1 && entry[n - 1] == '/')
		n--;
	return strlen(dir) == n && strncmp(entry, dir, n) == 0;
}

/* An empty value takes back what earlier files allowed. */
static void see_entry(void *ctx, const char *value)
{
	struct safe *s = ctx;

	if (*value == '\0')
		s->is_safe = false;
	else if (strcmp(value, "*") == 0 || covers(value, s->dir))
		s->is_safe = true;
}

struct err *owner_check(git_repository *repo)
{
	const char *work = git_repository_workdir(repo);
	struct safe s = {0};
	char *git_dir = plain(git_repository_path(repo)), *work_dir = NULL, *dot_git = NULL;
	struct err *e = NULL;
	bool is_ours;

	if (!git_dir ||
	    (work && (!(work_dir = plain(work)) || asprintf(&dot_git, "%s/.git", work_dir) < 0))) {
		e = err_nomem();
		goto out;
	}
	/* `.git` may be a file that another user put there. */
	is_ours = is_own(git_dir) &&
		  (!work_dir ||
		   (is_own(work_dir) && (access(dot_git, F_OK) != 0 || is_own(dot_git))));
	if (is_ours)
		goto out;
	s.dir = work_dir ? work_dir : git_dir;
	e = gitconfig_each_protected("safe.directory", see_entry, &s);
	if (!e && !s.is_safe)
		e = err_new(ERR_REPO,
			    "%s: the repository belongs to another user; if you trust it: git "
			    "config --global --add safe.directory %s",
			    s.dir, s.dir);
out:
	free(dot_git);
	free(work_dir);
	free(git_dir);
	return e;
}
