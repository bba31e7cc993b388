/* SPDX-License-Identifier: Apache-2.0 */
#include "run/review_files.h"

#include <stdlib.h>
#include <string.h>

#include "run/attributes.h"
#include "run/job_files.h"
#include "run/orphans.h"
#include "run/policy_files.h"

#define ATTRIBUTES_NAME  ".gitattributes"
#define ATTRIBUTES_MAX   ((size_t)64 << 10) /* bytes of one */
#define CANDIDATES_MAX   10000u
#define WALK_ENTRIES_MAX 200000u
#define WALK_BYTES_MAX   ((size_t)16 << 20) /* of paths */

/* ---- one file of both commits ---- */

struct spot {
	const char *path;
	struct repo_entry before, after;
};

static struct err *find_spot(const struct review_files *f, const char *path, struct spot *out)
{
	const struct file_tree was = workspace_tree(&f->base->w), is = workspace_tree(&f->head->w);

	out->path = path;
	TRY(file_tree_find(&was, path, &out->before));
	return file_tree_find(&is, path, &out->after);
}

static bool is_same(const struct spot *s)
{
	return s->before.kind == s->after.kind && strcmp(s->before.hex, s->after.hex) == 0;
}

static const char *kind_text(enum repo_entry_kind kind)
{
	switch (kind) {
	case REPO_ENTRY_MISSING:
		break;
	case REPO_ENTRY_FILE:
	case REPO_ENTRY_TOO_LARGE:
		return "file";
	case REPO_ENTRY_LINK:
		return "symbolic link";
	case REPO_ENTRY_TREE:
		return "folder";
	case REPO_ENTRY_SUBMODULE:
		return "submodule";
	}
	return "nothing";
}

/* What is there, since a link and a file can have one id. */
static struct err *tell(const struct review_files *f, enum rule_id rule, const struct spot *s,
			const char *what)
{
	struct reported t = {
		.what = {.rule = rule,
			 .subject = str_from(s->path),
			 .before = loosening_text(f->arena, str_from(kind_text(s->before.kind))),
			 .after = loosening_text(f->arena, str_from(kind_text(s->after.kind)))},
		.message = findings_text(&f->result->findings, "%s %s", s->path, what),
		.file = s->path,
		.line = 1,
	};

	if (!t.what.before.p || !t.what.after.p)
		return err_nomem();
	return loosening_tell(f->result, f->list, &t);
}

/* ---- jobs ---- */

static const char *how(const struct spot *s)
{
	if (s->before.kind == REPO_ENTRY_MISSING)
		return "is a new job file";
	return s->after.kind == REPO_ENTRY_MISSING ? "is a job file that is gone"
						   : "is a job file that differs";
}

struct err *review_jobs(const struct review_files *f)
{
	for (int i = 0; i < JOB_FILE_COUNT; i++) {
		struct spot s;

		if (!repo_may_differ(f->changed, job_files[i].path))
			continue;
		TRY(find_spot(f, job_files[i].path, &s));
		if (!is_same(&s))
			TRY(tell(f, RULE_APPROVAL_PIPELINE, &s, how(&s)));
	}
	return NULL;
}

/* ---- which .gitattributes count ---- */

struct candidates {
	const struct review_files *f;
	const char **paths;
	size_t n;
	bool is_cut; /* there are more */
};

/* `n` bytes of a path are the folder, with its '/'. */
static struct err *add(struct candidates *c, const char *folder, size_t n)
{
	char *path = arena_printf(c->f->arena, "%.*s" ATTRIBUTES_NAME, (int)n, folder);

	if (!path)
		return err_nomem();
	if (!repo_may_differ(c->f->changed, path))
		return NULL;
	if (c->n == CANDIDATES_MAX)
		c->is_cut = true;
	else
		c->paths[c->n++] = path;
	return NULL;
}

/* In each folder on the way to the file. */
static struct err *add_above(struct candidates *c, const char *path)
{
	TRY(add(c, path, 0));
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/'))
		TRY(add(c, path, (size_t)(slash - path) + 1));
	return NULL;
}

static bool is_attributes(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(slash ? slash + 1 : path, ATTRIBUTES_NAME) == 0;
}

static struct err *take(void *taker, const char *path, enum repo_entry_kind kind)
{
	(void)kind;
	return is_attributes(path) ? add(taker, path, strlen(path) - strlen(ATTRIBUTES_NAME))
				   : NULL;
}

/* Everything in and below a folder, of both commits. */
static struct err *add_below(struct candidates *c, const char *folder)
{
	const struct file_tree trees[] = {workspace_tree(&c->f->base->w),
					  workspace_tree(&c->f->head->w)};

	for (size_t i = 0; i < ARRAY_LEN(trees); i++) {
		struct tree_walk walk = {.tree = &trees[i],
					 .arena = c->f->arena,
					 .take = take,
					 .taker = c,
					 .entries_left = WALK_ENTRIES_MAX,
					 .bytes_left = WALK_BYTES_MAX};

		TRY(file_tree_walk(&walk, folder));
		c->is_cut |= walk.is_cut;
	}
	return NULL;
}

/* What changed in it says where to look, unless it came or went as a whole. */
static struct err *add_changed_below(struct candidates *c, const char *folder)
{
	const struct repo_changed *changed = c->f->changed;
	size_t n = strlen(folder);
	struct spot s;

	if (repo_may_differ(changed, folder))
		return add_below(c, folder);
	for (size_t i = 0; i < changed->count; i++) {
		const char *path = changed->paths[i];

		if (strncmp(path, folder, n) != 0 || path[n] != '/')
			continue;
		TRY(take(c, path, REPO_ENTRY_FILE));
		TRY(find_spot(c->f, path, &s));
		if (s.before.kind == REPO_ENTRY_TREE || s.after.kind == REPO_ENTRY_TREE)
			TRY(add_below(c, path));
	}
	return NULL;
}

static struct err *add_of_targets(struct candidates *c, const struct targets *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const char *path = all->list[i].baseline.p;
		size_t n = strlen(ORPHANS_FOLDER "/");

		if (strncmp(path, ORPHANS_FOLDER "/", n) != 0)
			TRY(add_above(c, path));
	}
	return NULL;
}

static int compare_paths(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static struct err *find_candidates(struct candidates *c)
{
	c->paths = arena_array(c->f->arena, CANDIDATES_MAX, sizeof(*c->paths));
	if (!c->paths)
		return err_nomem();
	for (int i = 0; i < JOB_FILE_COUNT; i++)
		TRY(add_above(c, job_files[i].path));
	TRY(add_of_targets(c, &c->f->base->w.targets));
	if (c->f->head->w.targets.list != c->f->base->w.targets.list)
		TRY(add_of_targets(c, &c->f->head->w.targets));
	TRY(add_changed_below(c, ORPHANS_FOLDER));
	TRY(add_changed_below(c, POLICIES_FOLDER));
	if (c->n)
		qsort(c->paths, c->n, sizeof(*c->paths), compare_paths);
	return NULL;
}

/* ---- what they say ---- */

#define DIFFERS                                                                                \
	"gives judged files other git attributes, or may do so: more than text, eol and crlf " \
	"differs"

static struct err *read_both(const struct review_files *f, const char *path,
			     struct tree_file *before, struct tree_file *after)
{
	const struct file_tree was = workspace_tree(&f->base->w), is = workspace_tree(&f->head->w);

	TRY(file_tree_read(&was, path, ATTRIBUTES_MAX, f->arena, before));
	return file_tree_read(&is, path, ATTRIBUTES_MAX, f->arena, after);
}

/* Macros count from the root's file alone. */
static struct err *find_macros(const struct review_files *f, bool *out)
{
	struct tree_file before, after;

	TRY(read_both(f, ATTRIBUTES_NAME, &before, &after));
	*out = before.problem || after.problem || attributes_have_macro(before.bytes) ||
	       attributes_have_macro(after.bytes);
	return NULL;
}

static struct err *judge_attributes(const struct review_files *f, const char *path, bool is_strict)
{
	struct tree_file before, after;
	struct spot s;

	TRY(find_spot(f, path, &s));
	if (is_same(&s))
		return NULL;
	TRY(read_both(f, path, &before, &after));
	if (!before.problem && !after.problem &&
	    !attributes_may_differ(before.bytes, after.bytes, is_strict))
		return NULL;
	return tell(f, RULE_APPROVAL_ATTRIBUTE, &s, DIFFERS);
}

struct err *review_attributes(const struct review_files *f)
{
	struct candidates c = {.f = f};
	bool is_strict = false;

	TRY(find_candidates(&c));
	if (c.n)
		TRY(find_macros(f, &is_strict));
	for (size_t i = 0; i < c.n; i++) {
		if (i == 0 || strcmp(c.paths[i], c.paths[i - 1]) != 0)
			TRY(judge_attributes(f, c.paths[i], is_strict));
	}
	if (c.is_cut) {
		struct spot s;

		TRY(find_spot(f, ATTRIBUTES_NAME, &s));
		return tell(f, RULE_APPROVAL_ATTRIBUTE, &s,
			    "and files of its name in other folders: too many, or in folders too "
			    "many or too deep, to see whether they differ");
	}
	return NULL;
}
