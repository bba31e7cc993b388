/* SPDX-License-Identifier: Apache-2.0 */
/* init: the files that a repository needs. What is there is kept, always. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "cmd/options.h"
#include "model/canonical.h"
#include "result/exit.h"
#include "run/job_files.h"
#include "run/live.h"
#include "run/policy_files.h"

#define FILE_SIZE_MAX    ((size_t)1 << 20)
#define TARGET_DEFAULT   "prod"
#define ENDPOINT_DEFAULT "tcss.tencentcloudapi.com"

extern const unsigned char data_starter_targets[], data_starter_policy[];
extern const size_t data_starter_targets_size, data_starter_policy_size;

extern const unsigned char data_ci_github_review[], data_ci_gitlab[], data_ci_gitlab_review[],
	data_ci_kubernetes[];
extern const size_t data_ci_github_review_size, data_ci_gitlab_size, data_ci_gitlab_review_size,
	data_ci_kubernetes_size;

/* --ci: the job files of each system; those of one system are next to each other. */
static const struct ci {
	enum job_file_id file;
	const unsigned char *text;
	const size_t *size;
} cis[] = {
	{JOB_GITHUB_REVIEW, data_ci_github_review, &data_ci_github_review_size},
	{JOB_GITLAB_PIPELINE, data_ci_gitlab, &data_ci_gitlab_size},
	{JOB_GITLAB_REVIEW, data_ci_gitlab_review, &data_ci_gitlab_review_size},
	{JOB_KUBERNETES, data_ci_kubernetes, &data_ci_kubernetes_size},
};

static struct err *check_ci(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_LEN(cis); i++)
		if (strcmp(name, job_files[cis[i].file].ci) == 0)
			return NULL;
	if (name)
		return err_new(ERR_USAGE, "--ci: found '%s', expected github, gitlab or kubernetes",
			       name);
	return NULL;
}

static const char attributes[] = "baselines/*.json -text\n";

/*
 * Is it in the commit? A file that is not in the working tree may be there all the same: a sparse
 * checkout leaves it out. To write another one over it would take back what was decided.
 */
static struct err *find_committed(struct repo *repo, const char *path, struct repo_commit *c,
				  bool *found)
{
	struct repo_entry entry;

	TRY(repo_resolve_head(repo, c));
	TRY(repo_find_entry(repo, c, path, &entry));
	*found = entry.kind != REPO_ENTRY_MISSING;
	return NULL;
}

/* Has somebody this file already, in the working tree or in the commit? It is kept then. */
static struct err *keep(const struct io *io, struct repo *repo, const char *path, bool *found)
{
	struct buf there = BUF_INIT(0);
	struct repo_commit c;
	struct err *e = fs_read_beneath(repo_workdir(repo), path, FILE_SIZE_MAX, &there, found);

	buf_free(&there);
	if (e)
		return e;
	if (*found) {
		log_note(&io->log, "kept %s", path);
		return NULL;
	}
	TRY(find_committed(repo, path, &c, found));
	if (*found)
		log_note(&io->log,
			 "kept %s as it is in commit %.12s; it is not in the working tree", path,
			 c.hex);
	return NULL;
}

/* Writes the file unless it is there; says which. */
static struct err *write_new(const struct io *io, struct repo *repo, const char *path,
			     struct str content)
{
	char *full = NULL, *slash;
	bool found;
	struct err *e;

	TRY(keep(io, repo, path, &found));
	if (found)
		return NULL;
	if (asprintf(&full, "%s%s", repo_workdir(repo), path) < 0)
		return err_nomem();
	slash = strrchr(full, '/');
	*slash = '\0';
	e = fs_make_dirs(full);
	*slash = '/';
	if (!e)
		e = fs_write(full, content, FS_NEW_ONLY);
	if (!e)
		log_note(&io->log, "wrote %s", path);
	free(full);
	return e;
}

/* What stands for a value in a starter file. */
struct mark {
	const char *mark, *value;
};

static const struct mark *find_mark(struct str text, const struct mark *marks, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (str_starts(text, marks[i].mark))
			return &marks[i];
	}
	return NULL;
}

/* The file with each mark's value in its place. */
static void fill_marks(struct buf *b, struct str text, const struct mark *marks, size_t count)
{
	while (text.n) {
		const char *at = memchr(text.p, '@', text.n);
		struct str before = {text.p, at ? (size_t)(at - text.p) : text.n};
		const struct mark *mark;

		buf_str(b, before);
		text.p += before.n;
		text.n -= before.n;
		if (!at)
			break;
		mark = find_mark(text, marks, count);
		buf_puts(b, mark ? mark->value : "@");
		text.p += mark ? strlen(mark->mark) : 1;
		text.n -= mark ? strlen(mark->mark) : 1;
	}
}

static struct err *new_targets(const struct options *o, const struct io *io, struct repo *repo,
			       const char *target)
{
	const struct mark marks[] = {
		{"@TARGET@", target},
		{"@ENDPOINT@", o->net.endpoint ? o->net.endpoint : ENDPOINT_DEFAULT},
	};
	struct buf b = BUF_INIT(FILE_SIZE_MAX);
	struct repo_commit c;
	bool found;
	struct err *e;

	TRY(find_committed(repo, TARGETS_FILE, &c, &found));
	if (found)
		return err_new(ERR_CONFIG, TARGETS_FILE TARGETS_COMMITTED_ONLY, c.hex);
	fill_marks(&b, (struct str){(const char *)data_starter_targets, data_starter_targets_size},
		   marks, ARRAY_LEN(marks));
	e = buf_check(&b, ERR_OUTPUT, TARGETS_FILE);
	if (!e)
		e = write_new(io, repo, TARGETS_FILE, buf_view(&b));
	buf_free(&b);
	return e;
}

static struct err *replace_file(const char *root, const char *path, struct str content)
{
	char *full = NULL;
	struct err *e;

	if (asprintf(&full, "%s%s", root, path) < 0)
		return err_nomem();
	e = fs_write(full, content, FS_REPLACE);
	free(full);
	return e;
}

/* The file as it is, with one section more; what that makes must still be a file of targets. */
static struct err *add_target(const struct options *o, const struct io *io, const char *root,
			      struct str there, struct arena *a, const char *target)
{
	struct buf b = BUF_INIT(FILE_SIZE_MAX);
	struct targets all;
	struct err *e;

	buf_str(&b, there);
	if (there.n && there.p[there.n - 1] != '\n')
		buf_char(&b, '\n');
	buf_printf(&b, "\n[target %s]\n", target);
	if (o->net.endpoint)
		buf_printf(&b, "endpoint = %s\n", o->net.endpoint);
	e = buf_check(&b, ERR_OUTPUT, TARGETS_FILE);
	if (!e)
		e = targets_parse(a, TARGETS_FILE, buf_view(&b), &all);
	if (!e)
		e = replace_file(root, TARGETS_FILE, buf_view(&b));
	if (!e)
		log_note(&io->log, "added target %s to " TARGETS_FILE, target);
	buf_free(&b);
	return e;
}

/* A second init with a name adds that target; nothing that is there changes. */
static struct err *write_targets(const struct options *o, const struct io *io, struct repo *repo,
				 struct arena *a, const char *target, bool *has_target)
{
	const char *root = repo_workdir(repo);
	struct buf there = BUF_INIT(0);
	struct targets all;
	bool found;
	struct err *e = fs_read_beneath(root, TARGETS_FILE, FILE_SIZE_MAX, &there, &found);

	if (!e && found)
		e = targets_parse(a, TARGETS_FILE, buf_view(&there), &all);
	if (!e && !found)
		e = new_targets(o, io, repo, target);
	else if (!e && o->arg_count && !targets_find(&all, str_from(target)))
		e = add_target(o, io, root, buf_view(&there), a, target);
	else if (!e)
		log_note(&io->log, "kept " TARGETS_FILE);
	*has_target = !e && (!found || o->arg_count || targets_find(&all, str_from(target)));
	buf_free(&there);
	return e;
}

static struct err *note_attributes(const struct io *io, const char *root)
{
	struct buf b = BUF_INIT(0);
	bool found;
	struct err *e = fs_read_beneath(root, ".gitattributes", FILE_SIZE_MAX, &b, &found);

	if (!e && found && !memmem(b.p, b.n, attributes, strlen(attributes) - 1))
		log_warn(&io->log,
			 ".gitattributes lacks the line '%.*s': git may change line ends "
			 "of baselines",
			 (int)strlen(attributes) - 1, attributes);
	buf_free(&b);
	return e;
}

/* A repository with policies has begun: one more would demand what nobody there decided. */
static struct err *write_policy(const struct io *io, struct repo *repo, struct arena *a)
{
	const char *const starter = POLICIES_FOLDER "/base.ini";
	struct repo_commit c;
	const struct file_tree there = {.repo = repo, .commit = &c, .root = repo_workdir(repo)};
	const struct file_tree committed = {.repo = repo, .commit = &c};
	size_t count, committed_count;
	const char **paths;
	bool found;

	TRY(keep(io, repo, starter, &found));
	if (found)
		return NULL;
	TRY(repo_resolve_head(repo, &c));
	TRY(policy_files_list(&there, a, &paths, &count));
	TRY(policy_files_list(&committed, a, &paths, &committed_count));
	if (count || committed_count) {
		log_note(&io->log, "kept " POLICIES_FOLDER "/, which has policies");
		return NULL;
	}
	return write_new(io, repo, starter,
			 (struct str){(const char *)data_starter_policy, data_starter_policy_size});
}

static struct err *write_ci(const char *name, const struct io *io, struct repo *repo)
{
	for (size_t i = 0; name && i < ARRAY_LEN(cis); i++) {
		const struct job_file *file = &job_files[cis[i].file];

		if (strcmp(name, file->ci) == 0)
			TRY(write_new(io, repo, file->path,
				      (struct str){(const char *)cis[i].text, *cis[i].size}));
	}
	return NULL;
}

static struct err *write_files(const struct options *o, const struct io *io, struct repo *repo,
			       struct arena *a, const char *target, bool *has_target)
{
	TRY(write_targets(o, io, repo, a, target, has_target));
	TRY(write_policy(io, repo, a));
	TRY(write_new(io, repo, ".gitattributes", str_from(attributes)));
	return note_attributes(io, repo_workdir(repo));
}

static struct err *write_baseline(const struct io *io, const struct workspace *w, struct live *l)
{
	const struct target *t = w->selected[0];
	struct buf b = BUF_INIT(JSON_SIZE_CEILING * 4);
	struct live_side live;
	struct err *e;

	TRY(live_get(l, t, &live));
	e = live_require(t, &live);
	if (e)
		return err_wrap(e, "no first baseline");
	e = canonical_write(&b, &live.reading->config);
	if (!e)
		e = buf_check(&b, ERR_OUTPUT, t->baseline.p);
	if (!e)
		e = write_new(io, w->repo, t->baseline.p, buf_view(&b));
	buf_free(&b);
	return e;
}

static struct err *first_baseline(const struct options *o, struct io *io, const char *target)
{
	struct workspace_options where = options_workspace(o);
	struct io quiet = *io;
	struct workspace w;
	struct live *l = NULL;
	bool can_ask = true;
	struct err *e;

	where.names = &target;
	where.name_count = 1;
	/* That nothing is committed yet goes without saying. */
	quiet.log.level = LOG_QUIET;
	TRY(workspace_open(&where, &quiet, &w));
	e = live_open(&o->net, io, &w, &l);
	if (!e && !o->net.replay)
		e = live_has_credential(l, w.selected[0], &can_ask);
	if (!e && !can_ask)
		log_note(&io->log, "no first baseline: no credentials and no --replay");
	else if (!e)
		e = write_baseline(io, &w, l);
	live_close(l);
	workspace_close(&w);
	return e;
}

/* Before anything is written. */
static struct err *check_arguments(const struct options *o, const char *target)
{
	TRY(check_ci(o->init.ci));
	if (!target_is_name(str_from(target)))
		return err_new(ERR_USAGE,
			       "'%s' cannot name a target, expected letters, digits, '.', '_' and "
			       "'-', %d at most",
			       target, TARGET_NAME_MAX);
	if (o->net.replay && access(o->net.replay, R_OK | X_OK) != 0)
		return err_errno(ERR_CONFIG, errno, "--replay %s", o->net.replay);
	return NULL;
}

struct err *cmd_init(const struct options *o, struct io *io, int *code)
{
	const char *target = o->arg_count ? o->args[0] : TARGET_DEFAULT;
	struct arena *a = arena_new();
	struct repo *repo = NULL;
	bool has_target = false;
	struct err *e = a ? NULL : err_nomem();

	*code = EXIT_FINE;
	if (!e)
		e = check_arguments(o, target);
	if (!e)
		e = repo_open(".", &repo);
	if (!e && !repo_workdir(repo))
		e = err_new(ERR_REPO,
			    "a bare repository has no files to write; run this in a clone");
	if (!e)
		e = write_files(o, io, repo, a, target, &has_target);
	if (!e)
		e = write_ci(o->init.ci, io, repo);
	if (!e && has_target)
		e = first_baseline(o, io, target);
	else if (!e)
		log_note(&io->log,
			 "no first baseline: " TARGETS_FILE
			 " has no target %s; scandrift init NAME adds one",
			 target);
	if (!e)
		log_note(&io->log, "next: look at the files, then git add and git commit them");
	repo_free(repo);
	arena_free(a);
	return e;
}
