/* SPDX-License-Identifier: Apache-2.0 */
#include "test_repo_lib.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * libgit2 1.5 loses a match's memory when it looks through the extensions of a repository of format
 * version 1 (git_repository_open_ext). Only LeakSanitizer calls this.
 */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libpcre2-8";
}

static void clean_environment(const char *home)
{
	static const char *const gone[] = {
		"GIT_DIR",
		"GIT_WORK_TREE",
		"GIT_INDEX_FILE",
		"GIT_AUTHOR_NAME",
		"GIT_AUTHOR_EMAIL",
		"GIT_AUTHOR_DATE",
		"GIT_COMMITTER_NAME",
		"GIT_COMMITTER_EMAIL",
		"GIT_COMMITTER_DATE",
		"EMAIL",
		"XDG_CONFIG_HOME",
		"GIT_CONFIG_COUNT",
		"GIT_CONFIG_PARAMETERS",
		"SUDO_UID",
		"GIT_CONFIG_SYSTEM",
		"GIT_CEILING_DIRECTORIES",
	};

	for (size_t i = 0; i < ARRAY_LEN(gone); i++)
		(void)unsetenv(gone[i]);
	(void)setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	(void)setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	(void)setenv("HOME", home, 1);
	(void)setenv("LC_ALL", "C.UTF-8", 1);
	(void)setenv("TZ", "UTC", 1);
}

int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	if (!w || !(w->arena = arena_new()))
		return -1;
	(void)snprintf(w->dir, sizeof(w->dir), "/tmp/scandrift-repo-XXXXXX");
	if (!mkdtemp(w->dir))
		return -1;
	clean_environment(w->dir);
	(void)snprintf(w->work, sizeof(w->work), "%s/a repo", w->dir);
	*state = w;
	run(w, "true");
	run(w, "git init -q -b main . && git config user.name 'Ada L' && "
	       "git config user.email ada@example.com && mkdir baselines policies && "
	       "printf '{\"Enable\": true}\\n' >baselines/prod.json && "
	       "printf 'baselines/*.json -text\\n' >.gitattributes && "
	       "printf x >policies/b.ini && printf y >policies/a.ini && "
	       "git add . && git commit -q -m first");
	return 0;
}

int world_teardown(void **state)
{
	struct world *w = *state;
	char command[160];

	repo_free(w->repo);
	arena_free(w->arena);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", w->dir);
	if (system(command) != 0)
		return -1;
	free(w);
	return 0;
}

static char *in_work(struct world *w, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

static char *in_work(struct world *w, const char *fmt, va_list ap)
{
	char *command = NULL, *all = NULL;

	if (vasprintf(&command, fmt, ap) < 0 ||
	    asprintf(&all, "mkdir -p '%s' && cd '%s' && { %s\n}", w->work, w->work, command) < 0)
		abort();
	free(command);
	return all;
}

void run(struct world *w, const char *fmt, ...)
{
	va_list ap;
	char *command;
	int status;

	va_start(ap, fmt);
	command = in_work(w, fmt, ap);
	va_end(ap);
	status = system(command);
	if (status != 0)
		print_error("exit %d: %s\n", WEXITSTATUS(status), command);
	free(command);
	assert_int_equal(status, 0);
}

const char *output(struct world *w, const char *fmt, ...)
{
	char text[16384];
	va_list ap;
	char *command;
	FILE *pipe;
	size_t n;

	va_start(ap, fmt);
	command = in_work(w, fmt, ap);
	va_end(ap);
	pipe = popen(command, "r");
	free(command);
	assert_non_null(pipe);
	n = fread(text, 1, sizeof(text), pipe);
	assert_int_equal(pclose(pipe), 0);
	if (n && text[n - 1] == '\n')
		n--;
	return arena_str(w->arena, (struct str){text, n}).p;
}

void expect_ok(struct err *e)
{
	char *text = e ? err_text(e) : NULL;

	if (e)
		print_error("%s\n", text);
	free(text);
	err_free(e);
	assert_null(e);
}

void expect_err(struct err *e, enum err_kind kind, const char *part)
{
	char *text = e ? err_text(e) : NULL;
	bool fits = e && e->kind == kind && text && strstr(text, part);

	if (!fits)
		print_error("expected \"%s\" (kind %d), got \"%s\" (kind %d)\n", part, (int)kind,
			    text ? text : "success", e ? (int)e->kind : -1);
	free(text);
	err_free(e);
	assert_true(fits);
}

void reopen(struct world *w, const char *dir)
{
	repo_free(w->repo);
	w->repo = NULL;
	expect_ok(repo_open(*dir ? dir : w->work, &w->repo));
}

struct repo_commit resolved(struct world *w, const char *rev)
{
	struct repo_commit c = {0};

	expect_ok(repo_resolve(w->repo, rev, &c));
	return c;
}

struct repo_tip tip_of(struct world *w, const char *branch)
{
	struct repo_tip tip = {0};

	expect_ok(repo_resolve_tip(w->repo, branch, w->arena, &tip));
	return tip;
}

struct repo_entry entry_of(struct world *w, const char *rev, const char *path)
{
	struct repo_commit c = resolved(w, rev);
	struct repo_entry entry = {0};

	expect_ok(repo_read_entry(w->repo, &c, path, 1000, w->arena, &entry));
	return entry;
}

struct err *commit_file(struct world *w, const char *path, const char *text,
			struct repo_commit_result *out)
{
	struct repo_change change = {.path = path, .bytes = str_from(text)};
	struct repo_commit_request req = {
		.changes = &change,
		.change_count = 1,
		.message = STR("scandrift: accept prod\n\nBody.\n\nScandrift-Target: prod\n"),
	};
	struct err *e = repo_resolve_tip(w->repo, NULL, w->arena, &req.expect);

	return e ? e : repo_commit_changes(w->repo, &req, w->arena, out);
}
