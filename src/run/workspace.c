/* SPDX-License-Identifier: Apache-2.0 */
#include "run/workspace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "policy/policy.h"
#include "repo/commit.h"
#include "run/orphans.h"
#include "run/shard.h"

#define WORKSPACE_ENTRIES_MAX 200000u            /* below one folder of the commit */
#define WORKSPACE_BYTES_MAX   ((size_t)16 << 20) /* of their paths */

#define TARGETS_SIZE_MAX ((size_t)4 << 20)

static const char *const targets_file_alone[] = {TARGETS_FILE};

/* An alias that can match nothing would be a decision that is silently dead. */
static struct err *check_alias(const struct workspace *w, const struct target_alias *a)
{
	const struct resource *r = &schema_registry_scan;
	struct suggest near = suggest_for(a->field);

	for (size_t i = 0; i < r->field_count; i++) {
		const struct field *f = &r->fields[i];

		if (f->kind != KIND_TEXT_SET)
			continue;
		suggest_offer(&near, str_from(f->name));
		if (!str_is(a->field, f->name))
			continue;
		if (schema_is_folded(a->member, f->fold) && schema_is_folded(a->canonical, f->fold))
			return NULL;
		return err_new(
			ERR_CONFIG,
			"%s:%zu: %s values are compared in %s case, expected both names in it",
			w->targets.file, a->line, f->name,
			f->fold == FOLD_UPPER ? "upper" : "lower");
	}
	return err_new(
		ERR_CONFIG, "%s:%zu: %.*s has no values that could have another name%s%.*s%s",
		w->targets.file, a->line, STR_ARG(a->field), near.best.n ? "; did you mean '" : "",
		STR_ARG(near.best), near.best.n ? "'?" : "");
}

/* Aliases as the model takes them. */
static struct err *take_aliases(struct workspace *w)
{
	struct alias *list = arena_array(w->arena, w->targets.alias_count + 1, sizeof(*list));

	if (!list)
		return err_nomem();
	for (size_t i = 0; i < w->targets.alias_count; i++) {
		const struct target_alias *a = &w->targets.aliases[i];

		TRY(check_alias(w, a));
		list[i] = (struct alias){a->field, a->member, a->canonical};
	}
	w->aliases = list;
	w->alias_count = w->targets.alias_count;
	return NULL;
}

/* ---- which files ---- */

struct file_tree workspace_tree(const struct workspace *w)
{
	return (struct file_tree){
		.repo = w->repo,
		.commit = &w->commit,
		.merge = w->merge,
		.root = w->is_worktree ? repo_workdir(w->repo) : NULL,
	};
}

static struct err *read_targets(struct workspace *w, const struct file_tree *from)
{
	struct tree_file file;

	w->targets = (struct targets){.file = TARGETS_FILE};
	TRY(file_tree_read(from, TARGETS_FILE, TARGETS_SIZE_MAX, w->arena, &file));
	if (file.problem)
		return err_new(ERR_CONFIG, TARGETS_FILE ": %s", file.problem);
	if (!file.is_there)
		return NULL;
	TRY(targets_parse(w->arena, TARGETS_FILE, file.bytes, &w->targets));
	return take_aliases(w);
}

static struct err *no_targets(const struct workspace *w)
{
	struct file_tree there = {.repo = w->repo, .root = repo_workdir(w->repo)};
	struct tree_file file = {0};
	struct repo_entry entry;

	if (!w->is_worktree && !w->is_elsewhere && there.root)
		TRY(file_tree_read(&there, TARGETS_FILE, TARGETS_SIZE_MAX, w->arena, &file));
	if (file.is_there)
		return err_new(ERR_CONFIG,
			       TARGETS_FILE ": is in the working tree and not in commit %.12s; "
					    "commit it, or use --worktree",
			       w->commit.hex);
	TRY(repo_find_entry(w->repo, &w->commit, TARGETS_FILE, &entry));
	if (entry.kind != REPO_ENTRY_MISSING)
		return err_new(ERR_CONFIG, TARGETS_FILE TARGETS_COMMITTED_ONLY, w->commit.hex);
	return err_new(ERR_CONFIG, TARGETS_FILE ": not there; scandrift init writes one");
}

/* targets.ini for a run that may try what is not committed yet. */
static struct err *read_targets_to_try(struct workspace *w)
{
	const char *root = w->is_elsewhere ? NULL : repo_workdir(w->repo);
	const struct file_tree there = {.repo = w->repo, .commit = &w->commit, .root = root};

	return read_targets(w, &there);
}

static int compare_paths(const void *x, const void *y)
{
	const struct repo_uncommitted *a = x, *b = y;

	return strcmp(a->path, b->path);
}

/* NULL: the file is as committed. */
const struct repo_uncommitted *workspace_find_change(const struct workspace *w, const char *path)
{
	const struct repo_uncommitted key = {.path = path};

	return w->changed_count ? bsearch(&key, w->changed, w->changed_count, sizeof(*w->changed),
					  compare_paths)
				: NULL;
}

static struct err *take_nothing(void *taker, const char *path, enum repo_entry_kind kind)
{
	(void)taker;
	(void)path;
	(void)kind;
	return NULL;
}

/*
 * libgit2 lists every path of the commit that the index lacks, and has no bound: a few trees that
 * repeat each other would take all memory. So the commit is walked first, with bounds.
 */
static struct err *refuse_endless(const struct workspace *w, const char *folder)
{
	const struct file_tree tree = {.repo = w->repo, .commit = &w->commit};
	struct arena *a = arena_new();
	struct tree_walk walk = {.tree = &tree,
				 .arena = a,
				 .take = take_nothing,
				 .entries_left = WORKSPACE_ENTRIES_MAX,
				 .bytes_left = WORKSPACE_BYTES_MAX};
	struct err *e = NULL;

	if (w->commit.is_unborn || !a) {
		arena_free(a);
		return a ? NULL : err_nomem();
	}
	e = file_tree_walk(&walk, folder);
	if (!e && walk.is_cut)
		e = err_new(ERR_CONFIG,
			    "%s: commit %.12s has more than %u entries there, or more than %u "
			    "folders in each other; nothing was evaluated",
			    folder, w->commit.hex, WORKSPACE_ENTRIES_MAX, TREE_WALK_DEPTH_MAX);
	arena_free(a);
	return e;
}

/* Everything below baselines/ and policies/, and the baselines that are elsewhere. */
static struct err *find_changed(struct workspace *w)
{
	const char **paths = arena_array(w->arena, w->targets.count + 2, sizeof(*paths));
	size_t n = 0;

	if (!paths)
		return err_nomem();
	TRY(refuse_endless(w, ORPHANS_FOLDER));
	TRY(refuse_endless(w, POLICIES_FOLDER));
	paths[n++] = ORPHANS_FOLDER;
	paths[n++] = POLICIES_FOLDER;
	for (size_t i = 0; i < w->targets.count; i++) {
		const struct target *t = &w->targets.list[i];

		if (!str_starts(t->baseline, ORPHANS_FOLDER "/"))
			paths[n++] = t->baseline.p;
	}
	return repo_find_uncommitted(w->repo, &w->commit, paths, n, w->arena, &w->changed,
				     &w->changed_count);
}

static struct err *take_changed(struct workspace *w)
{
	const char **paths = arena_array(w->arena, w->changed_count, sizeof(*paths));

	if (!paths)
		return err_nomem();
	for (size_t i = 0; i < w->changed_count; i++)
		paths[i] = w->changed[i].path;
	w->uncommitted = paths;
	w->uncommitted_count = w->changed_count;
	return NULL;
}

/* What is not as committed is said once; in a run over one commit it has no effect. */
static struct err *note_changed(struct workspace *w, const struct io *io,
				enum workspace_files files)
{
	char more[40];

	if (w->is_elsewhere || !repo_workdir(w->repo))
		return NULL;
	TRY(find_changed(w));
	if (!w->changed_count)
		return NULL;
	if (w->is_worktree)
		return take_changed(w);
	if (files == WORKSPACE_TARGETS) {
		if (!workspace_find_change(w, TARGETS_FILE))
			return NULL;
		w->uncommitted = targets_file_alone;
		w->uncommitted_count = 1;
		log_note(&io->log, TARGETS_FILE " is not as committed; it is used as it is in the "
						"working tree");
	} else {
		more[0] = '\0';
		if (w->changed_count > 1)
			(void)snprintf(more, sizeof(more), " and %zu more", w->changed_count - 1);
		log_note(&io->log,
			 "not as committed: %s%s; commit %.12s is evaluated (--worktree: the files "
			 "as they are)",
			 w->changed[0].path, more, w->commit.hex);
	}
	return NULL;
}

static struct err *find_commit(struct workspace *w, const struct workspace_options *o)
{
	struct repo_tip tip;

	if (o->rev) {
		w->is_elsewhere = true;
		TRY(repo_resolve(w->repo, o->rev, &w->commit));
		/* The working tree stands in for a commit that nobody named, never for one by name. */
		return w->commit.is_unborn
			       ? err_new(ERR_REPO, "--rev %s: there is no commit yet", o->rev)
			       : NULL;
	}
	if (!o->branch)
		return repo_resolve_head(w->repo, &w->commit);
	TRY(repo_resolve_tip(w->repo, o->branch, w->arena, &tip));
	w->commit = tip.commit;
	w->is_elsewhere = !repo_is_current(w->repo, tip.ref);
	if (w->is_elsewhere && tip.commit.is_unborn)
		return err_new(ERR_REPO,
			       "--branch: there is no branch %s; make it first: git branch %s",
			       o->branch, o->branch);
	return NULL;
}

static struct err *find_files(struct workspace *w, enum workspace_files files)
{
	bool has_worktree = repo_workdir(w->repo);

	if (files == WORKSPACE_WORKTREE && !has_worktree)
		return err_new(ERR_USAGE, "--worktree: a bare repository has no working tree");
	w->is_worktree =
		has_worktree && (files == WORKSPACE_WORKTREE || files == WORKSPACE_EDITED ||
				 (files == WORKSPACE_COMMIT && w->commit.is_unborn));
	return NULL;
}

/* A file that lags would count as an edit that nobody made. */
static void repair(const struct io *io, struct workspace *w)
{
	struct err *e = repo_repair(w->repo);
	char *text;

	if (!e)
		return;
	text = err_text(e);
	log_warn(&io->log, "%s", text ? text : "out of memory");
	free(text);
	err_free(e);
}

static struct err *open_parts(const struct workspace_options *o, const struct io *io,
			      struct workspace *w)
{
	struct file_tree tree;

	TRY(repo_open(".", &w->repo));
	if (o->repairs)
		repair(io, w);
	TRY(find_commit(w, o));
	TRY(find_files(w, o->files));
	tree = workspace_tree(w);
	TRY(o->files == WORKSPACE_TARGETS ? read_targets_to_try(w) : read_targets(w, &tree));
	if (!w->targets.count)
		return no_targets(w);
	TRY(targets_select(w->arena, &w->targets, o->names, o->name_count, &w->selected,
			   &w->selected_count));
	TRY(shard_select(o->shard, io, w->arena, &w->selected, &w->selected_count));
	return o->files == WORKSPACE_EDITED ? NULL : note_changed(w, io, o->files);
}

struct err *workspace_open(const struct workspace_options *o, const struct io *io,
			   struct workspace *out)
{
	struct err *e;

	*out = (struct workspace){.arena = arena_new(), .max_reply = o->max_reply};
	if (!out->arena)
		return err_nomem();
	e = open_parts(o, io, out);
	if (e)
		workspace_close(out);
	return e;
}

struct err *workspace_of_commit(struct workspace *w)
{
	const struct file_tree tree = workspace_tree(w);

	w->is_elsewhere = true;
	return read_targets(w, &tree);
}

static struct err *require_committed(const struct target *t, const struct target *there,
				     const struct repo_commit *c)
{
	if (!there)
		return err_new(ERR_CONFIG,
			       "%s: commit %.12s has no such target in " TARGETS_FILE
			       "; commit it first",
			       t->name.p, c->hex);
	if (!str_eq(t->baseline, there->baseline))
		return err_new(ERR_CONFIG,
			       "%s: its baseline is %s in " TARGETS_FILE " of commit %.12s, and %s "
			       "in the working tree; commit that first",
			       t->name.p, there->baseline.p, c->hex, t->baseline.p);
	return NULL;
}

struct err *workspace_require_committed(const struct workspace *w)
{
	struct workspace committed = *w;
	const struct file_tree tree = {.repo = w->repo, .commit = &w->commit};

	if (w->commit.is_unborn || !w->uncommitted_count)
		return NULL;
	TRY(read_targets(&committed, &tree));
	for (size_t i = 0; i < w->selected_count; i++) {
		const struct target *t = w->selected[i];

		TRY(require_committed(t, targets_find(&committed.targets, t->name), &w->commit));
	}
	return NULL;
}

void workspace_close(struct workspace *w)
{
	repo_free(w->repo);
	arena_free(w->arena);
	*w = (struct workspace){0};
}

struct normalize_options workspace_reading(const struct workspace *w, enum reading_form form,
					   enum err_kind kind)
{
	return (struct normalize_options){
		.form = form,
		.limits = {w->max_reply, JSON_DEPTH_MAX, kind},
		.aliases = w->aliases,
		.alias_count = w->alias_count,
		.budget = w->budget,
	};
}
