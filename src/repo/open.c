/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/open.h"

#include <git2/sys/repository.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "repo/git.h"
#include "repo/git_text.h"

struct err *err_git(enum err_kind kind, const char *fmt, ...)
{
	char *said = git_text(), *text = NULL;
	const char *reason = said;
	struct err *e;
	va_list ap;

	if (git_text_is_nomem()) {
		if (!repo_memory_was_refused()) {
			free(said);
			return err_nomem();
		}
		reason = "it, or an object that it is stored by, is too large";
	}
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text)
		e = err_nomem();
	else if (reason)
		e = err_wrap(err_new(kind, "%s", reason), "%s", text);
	else
		e = err_new(kind, "%s", text);
	free(said);
	free(text);
	return e;
}

/*
 * Settings of the whole library, before anything is opened. Extensions: libgit2 1.5 refuses what it
 * does not know; these three ask nothing of a reader but to report missing objects, to read one
 * more configuration file, and of a writer never to delete objects. The owner is checked in
 * owner.c, because libgit2 sees neither "*" nor the environment's safe.directory.
 */
static struct err *set_options(void)
{
	static const char *extensions[] = {"partialclone", "worktreeconfig", "preciousobjects"};

	if (git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) < 0 ||
	    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions, ARRAY_LEN(extensions)) < 0 ||
	    git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0) < 0)
		return err_git(ERR_REPO, "libgit2 cannot be set up");
	return NULL;
}

/* Names what another git reads and this libgit2 does not. */
static struct err *open_failure(const char *start_dir, int code)
{
	static const struct {
		const char *word, *what; /* a word of libgit2's message */
	} foreign[] = {
		{"objectformat", "objects of another kind, such as sha256"},
		{"refstorage", "references of another kind, such as reftable"},
		{"extension", "a format of its own"},
		{"version", "a format of its own"},
	};

	if (code == GIT_ENOTFOUND)
		return err_new(ERR_REPO,
			       "%s: no git repository here or in a folder above; run it inside "
			       "one, or name one with -C DIR",
			       start_dir);
	for (size_t i = 0; i < ARRAY_LEN(foreign); i++) {
		if (git_text_has(foreign[i].word))
			return err_git(ERR_REPO,
				       "%s: the repository has %s; what can be read here is SHA-1 "
				       "objects and references as files",
				       start_dir, foreign[i].what);
	}
	return err_git(ERR_REPO, "%s: the repository cannot be opened", start_dir);
}

/*
 * libgit2 1.5 opens a sha256 repository of format version 0, and a reftable one, as if it were
 * empty. Both say what they are in the configuration.
 */
static struct err *check_format(struct repo *r)
{
	static const struct {
		const char *key, *supported, *what;
	} rows[] = {
		{"extensions.objectformat", "sha1", "object format"},
		{"extensions.refstorage", "files", "reference storage"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *value = NULL;
		struct err *e = gitconfig_text(r->config, rows[i].key, &value);

		if (!e && value && strcmp(value, rows[i].supported) != 0)
			e = err_new(ERR_REPO,
				    "%s: its %s is \"%s\"; this program reads \"%s\" alone",
				    repo_git_dir(r), rows[i].what, value, rows[i].supported);
		free(value);
		if (e)
			return e;
	}
	return NULL;
}

bool open_has_git_dir(void)
{
	const char *v = getenv("GIT_DIR");

	return v && *v;
}

/*
 * libgit2 refuses GIT_WORK_TREE, which is taken care of below, and would read references of
 * GIT_NAMESPACE alone, which git does for what serves fetches and pushes and for nothing else.
 */
static int open_from_environment(git_repository **out)
{
	static const char *const hidden[] = {"GIT_WORK_TREE", "GIT_NAMESPACE"};
	char *kept[ARRAY_LEN(hidden)] = {NULL};
	int code;

	for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
		const char *v = getenv(hidden[i]);

		kept[i] = v ? strdup(v) : NULL;
		(void)unsetenv(hidden[i]);
	}
	code = git_repository_open_ext(out, NULL, GIT_REPOSITORY_OPEN_FROM_ENV, NULL);
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++) {
		if (kept[i])
			(void)setenv(hidden[i], kept[i], 1);
		free(kept[i]);
	}
	return code;
}

static struct err *open_at(const char *start_dir, git_repository **out)
{
	/* The search stops at GIT_CEILING_DIRECTORIES and at a file system's border, as git's. */
	const char *ceiling = getenv("GIT_CEILING_DIRECTORIES");
	const char *across = getenv("GIT_DISCOVERY_ACROSS_FILESYSTEM");
	int code, is_across = 0;

	if (across && git_config_parse_bool(&is_across, across) < 0)
		return err_new(ERR_REPO,
			       "GIT_DISCOVERY_ACROSS_FILESYSTEM is \"%s\"; expected true or false",
			       across);
	if (open_has_git_dir())
		code = open_from_environment(out);
	else
		code = git_repository_open_ext(
			out, start_dir, is_across ? GIT_REPOSITORY_OPEN_CROSS_FS : 0, ceiling);
	return code < 0 ? open_failure(open_has_git_dir() ? getenv("GIT_DIR") : start_dir, code)
			: NULL;
}

struct err *open_again(const struct repo *r, git_repository **out)
{
	int code = open_has_git_dir()
			   ? open_from_environment(out)
			   : git_repository_open_ext(out, git_repository_path(r->git),
						     GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);

	return code < 0 ? open_failure(git_repository_path(r->git), code) : NULL;
}

static bool is_work_tree(struct repo *r, const char *folder)
{
	const char *known = git_repository_workdir(r->git);
	char *whole = known ? realpath(folder, NULL) : NULL;
	size_t n = whole ? strlen(whole) : 0;
	bool is_it = n && strncmp(known, whole, n) == 0 && strcmp(known + n, "/") == 0;

	free(whole);
	return is_it;
}

/*
 * GIT_WORK_TREE names the work tree; where GIT_DIR stands alone and the repository does not say
 * where its own is, git takes the current folder.
 */
static struct err *place_work_tree(struct repo *r)
{
	const char *named = getenv("GIT_WORK_TREE");
	const char *implicit = getenv("GIT_IMPLICIT_WORK_TREE");
	bool is_bare = false, is_set = named && *named;
	int is_implicit = 1;

	if (!is_set) {
		char *configured = NULL;
		struct err *e = gitconfig_text(r->config, "core.worktree", &configured);

		if (!e)
			e = gitconfig_bool(r->config, "core.bare", false, &is_bare);
		is_set = configured != NULL;
		free(configured);
		if (e || is_bare || is_set || !open_has_git_dir() ||
		    git_repository_is_worktree(r->git) ||
		    (implicit && git_config_parse_bool(&is_implicit, implicit) == 0 &&
		     !is_implicit))
			return e;
		named = ".";
	}
	/* libgit2 1.5 loses memory where it is told what it knows already. */
	if (is_work_tree(r, named))
		return NULL;
	if (git_repository_set_workdir(r->git, named, 0) < 0)
		return err_git(ERR_REPO, "%s: cannot be the work tree", named);
	return NULL;
}

/* As git takes it: relative to the work tree. */
static struct err *place_index(struct repo *r)
{
	const char *named = getenv("GIT_INDEX_FILE"), *base = git_repository_workdir(r->git);
	git_index *index = NULL;
	struct err *e = NULL;
	int n;

	if (!named || !*named)
		n = asprintf(&r->index_path, "%sindex", git_repository_path(r->git));
	else
		n = asprintf(&r->index_path, "%s%s", *named == '/' || !base ? "" : base, named);
	if (n < 0) {
		r->index_path = NULL;
		return err_nomem();
	}
	if (!named || !*named)
		return NULL;
	if (git_index_open(&index, r->index_path) < 0 ||
	    git_repository_set_index(r->git, index) < 0)
		e = err_git(ERR_REPO, "%s: cannot be the index", r->index_path);
	git_index_free(index);
	return e;
}

struct err *repo_open(const char *start_dir, struct repo **out)
{
	struct repo *r = calloc(1, sizeof(*r));
	struct err *e;

	if (!r)
		return err_nomem();
	e = repo_memory_start();
	if (!e)
		e = set_options();
	if (!e)
		e = open_at(start_dir, &r->git);
	/* Whoever sets GIT_DIR names the repository on purpose; git does not ask for its owner. */
	if (!e && !open_has_git_dir())
		e = owner_check(r->git);
	if (!e)
		e = config_open(r);
	if (!e)
		e = check_format(r);
	if (!e)
		e = place_work_tree(r);
	if (!e)
		e = place_index(r);
	if (e)
		repo_free(r);
	else
		*out = r;
	return e;
}

void repo_free(struct repo *r)
{
	if (!r)
		return;
	trees_forget(r);
	config_close(r);
	git_repository_free(r->git);
	free(r->index_path);
	free(r);
}

const char *repo_workdir(const struct repo *r)
{
	return git_repository_workdir(r->git);
}

const char *repo_git_dir(const struct repo *r)
{
	return git_repository_path(r->git);
}

void repo_describe_library(struct buf *b)
{
	int major = 0, minor = 0, patch = 0;

	git_libgit2_version(&major, &minor, &patch);
	buf_printf(b, "libgit2 %d.%d.%d", major, minor, patch);
}
