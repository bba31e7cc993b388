/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The conditions of includeIf: where the repository is, and which branch it is on. fnmatch(3) does
 * not know "**", so the match is here; its brackets are fnmatch's.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gitconfig/gitconfig.h"
#include "gitconfig/parts.h"

/* Work of one match: a pattern of many stars would take for ever to fail. */
#define STEPS_MAX 1000000ul

struct match {
	bool fold_case;
	const char *start; /* of the pattern */
	unsigned long steps;
};

static bool eq(const struct match *m, char a, char b)
{
	return a == b || (m->fold_case && tolower((unsigned char)a) == tolower((unsigned char)b));
}

/* "[...]" at `p` against one character; *end is what follows the bracket. */
static bool in_bracket(const struct match *m, const char *p, char c, const char **end)
{
	char set[256], one[2] = {c, '\0'};
	const char *close = p + 1 + (p[1] == '!' || p[1] == '^');
	size_t n;

	close = strchr(close + (*close == ']'), ']');
	*end = close ? close + 1 : NULL;
	n = close ? (size_t)(close + 1 - p) : 0;
	if (!close || c == '/' || n >= sizeof(set))
		return false;
	memcpy(set, p, n);
	set[n] = '\0';
	if (set[1] == '^')
		set[1] = '!';
	return fnmatch(set, one, m->fold_case ? FNM_CASEFOLD : 0) == 0;
}

static bool matches(struct match *m, const char *p, const char *t);

/* Two stars cross slashes where they are a whole part of the path. */
static bool match_star(struct match *m, const char *p, const char *t)
{
	const char *rest = p + strspn(p, "*");
	bool is_whole =
		rest - p >= 2 && (p == m->start || p[-1] == '/') && (*rest == '\0' || *rest == '/');

	/* The two stars between slashes may be no folder at all. */
	if (is_whole && *rest == '/' && matches(m, rest + 1, t))
		return true;
	for (;; t++) {
		if (matches(m, rest, t))
			return true;
		if (!*t || (*t == '/' && !is_whole))
			return false;
	}
}

static bool matches(struct match *m, const char *p, const char *t)
{
	const char *end;

	for (; *p; t++) {
		if (m->steps++ > STEPS_MAX)
			return false;
		if (*p == '*')
			return match_star(m, p, t);
		if (!*t)
			return false;
		if (*p == '[') {
			if (!in_bracket(m, p, *t, &end))
				return false;
			p = end;
			continue;
		}
		if (*p == '?') {
			if (*t == '/')
				return false;
			p++;
			continue;
		}
		if (*p == '\\' && p[1])
			p++;
		if (!eq(m, *p++, *t))
			return false;
	}
	return !*t;
}

bool gitconfig_match(const char *pattern, const char *text, bool fold_case)
{
	struct match m = {fold_case, pattern, 0};

	return matches(&m, pattern, text);
}

char *gitconfig_expand_home(const char *path)
{
	const char *home = getenv("HOME"), *slash = strchr(path, '/');
	struct passwd *user = NULL;
	char *name, *out = NULL;

	if (path[0] != '~')
		return strdup(path);
	if (path[1] != '/' && path[1] != '\0') {
		name = strndup(path + 1, slash ? (size_t)(slash - path - 1) : strlen(path + 1));
		user = name ? getpwnam(name) : NULL;
		free(name);
		home = user ? user->pw_dir : NULL;
	}
	if (!home)
		return strdup(path);
	return asprintf(&out, "%s%s", home, slash ? slash : "") < 0 ? NULL : out;
}

/* With "**" after a slash at its end, as git completes patterns. */
static char *complete(const char *pattern)
{
	size_t n = strlen(pattern);
	char *out = NULL;

	return asprintf(&out, "%s%s", pattern, n && pattern[n - 1] == '/' ? "**" : "") < 0 ? NULL
											   : out;
}

static char *folder_of(const char *file)
{
	char *real = realpath(file, NULL), *slash = real ? strrchr(real, '/') : NULL;

	if (slash)
		slash[slash == real] = '\0';
	return real;
}

/* As git completes it; *prefix bytes of it are a folder's name and no pattern. */
static struct err *absolute_pattern(const char *file, const char *pattern, char **out,
				    size_t *prefix)
{
	char *home = gitconfig_expand_home(pattern), *dir = NULL, *whole = NULL;
	struct err *e = home ? NULL : err_nomem();
	int n = 0;

	*prefix = 0;
	if (!e && strncmp(home, "./", 2) == 0) {
		dir = file ? folder_of(file) : NULL;
		if (!dir) {
			e = err_new(ERR_REPO,
				    "git configuration: includeIf \"gitdir:%s\": a relative "
				    "condition must be in a file",
				    pattern);
		} else {
			n = asprintf(&whole, "%s%s", dir, home + 1);
			*prefix = strlen(dir) + 1;
		}
	} else if (!e) {
		n = asprintf(&whole, "%s%s", home[0] == '/' ? "" : "**/", home);
	}
	if (n < 0)
		e = err_nomem();
	if (!e && !(*out = complete(whole)))
		e = err_nomem();
	if (n >= 0)
		free(whole);
	free(dir);
	free(home);
	return e;
}

static bool is_at(const char *pattern, size_t prefix, const char *dir, bool fold_case)
{
	if (prefix &&
	    (fold_case ? strncasecmp(pattern, dir, prefix) : strncmp(pattern, dir, prefix)) != 0)
		return false;
	return gitconfig_match(pattern + prefix, dir + prefix, fold_case);
}

struct err *gitconfig_is_gitdir(const struct gitconfig_place *place, const char *file,
				const char *pattern, bool fold_case, bool *out)
{
	char *whole = NULL, *dir, *real;
	size_t prefix, n;
	struct err *e;

	*out = false;
	if (!place)
		return NULL;
	TRY(absolute_pattern(file, pattern, &whole, &prefix));
	dir = strdup(place->git_dir);
	real = realpath(place->git_dir, NULL);
	e = dir ? NULL : err_nomem();
	for (n = dir ? strlen(dir) : 0; n > 1 && dir[n - 1] == '/'; n--)
		dir[n - 1] = '\0';
	if (!e)
		*out = (real && is_at(whole, prefix, real, fold_case)) ||
		       is_at(whole, prefix, dir, fold_case);
	free(real);
	free(dir);
	free(whole);
	return e;
}

bool gitconfig_is_onbranch(const struct gitconfig_place *place, const char *pattern)
{
	static const char heads[] = "refs/heads/";
	char *head = place ? place->find_head(place->ctx) : NULL, *whole = complete(pattern);
	bool same = whole && head && strncmp(head, heads, sizeof(heads) - 1) == 0 &&
		    gitconfig_match(whole, head + sizeof(heads) - 1, false);

	free(whole);
	free(head);
	return same;
}
