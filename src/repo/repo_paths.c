/* SPDX-License-Identifier: Apache-2.0 */
/* Where the parts of a repository lie: what a process needs to read that reads nothing else. */
#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "repo/git.h"

#define ALTERNATES_MAX  ((size_t)64 << 10) /* bytes of one such file */
#define ALTERNATES_DEEP 5u                 /* as git and libgit2 */
#define FOLDERS_MAX     64u

struct list {
	struct arena *a;
	const char **v;
	size_t n;
};

static struct err *add(struct list *l, const char *path)
{
	if (l->n == FOLDERS_MAX)
		return err_new(ERR_REPO, "more than %u folders of objects", FOLDERS_MAX);
	l->v[l->n] = path ? arena_printf(l->a, "%s", path) : NULL;
	return l->v[l->n++] ? NULL : err_nomem();
}

static struct err *add_alternates(struct list *l, const char *objects, unsigned depth);

static struct err *add_alternate(struct list *l, const char *objects, struct str line,
				 unsigned depth)
{
	bool is_relative = line.p[0] != '/';
	const char *path = arena_printf(l->a, "%s%s%.*s", is_relative ? objects : "",
					is_relative ? "/" : "", STR_ARG(line));

	if (!path)
		return err_nomem();
	TRY(add(l, path));
	return add_alternates(l, path, depth + 1);
}

/* The objects of other repositories that this one borrows; no such file, or one unread: none. */
static struct err *add_alternates(struct list *l, const char *objects, unsigned depth)
{
	struct str rest, line;
	struct err *e = NULL;
	struct buf b;
	bool found;

	if (depth == ALTERNATES_DEEP)
		return NULL;
	e = fs_read_beneath(objects, "info/alternates", ALTERNATES_MAX, &b, &found);
	if (e) {
		err_free(e);
		return NULL;
	}
	for (rest = buf_view(&b); !e && rest.n;
	     rest = (struct str){rest.p + line.n, rest.n - line.n}) {
		const char *end = memchr(rest.p, '\n', rest.n);

		line = (struct str){rest.p, end ? (size_t)(end - rest.p) + 1 : rest.n};
		if (str_trim(line).n && *rest.p != '#')
			e = add_alternate(l, objects, str_trim(line), depth);
	}
	buf_free(&b);
	return e;
}

/* Where GIT_DIR is set, these are looked at too; in a hook, the index may be anywhere. */
static struct err *add_environment(struct list *l)
{
	const char *objects = getenv("GIT_OBJECT_DIRECTORY");
	const char *more = getenv("GIT_ALTERNATE_OBJECT_DIRECTORIES");
	const char *index = getenv("GIT_INDEX_FILE"), *slash = index ? strrchr(index, '/') : NULL;

	if (slash && *index == '/')
		TRY(add(l, arena_printf(l->a, "%.*s", (int)(slash - index) + 1, index)));
	if (objects && *objects) {
		TRY(add(l, objects));
		TRY(add_alternates(l, objects, 0));
	}
	while (more && *more) {
		size_t n = strcspn(more, ":");

		if (n)
			TRY(add_alternate(l, ".", (struct str){more, n}, 0));
		more += n + (more[n] == ':');
	}
	return NULL;
}

struct err *repo_folders(const struct repo *r, struct arena *a, const char *const **out,
			 size_t *count)
{
	struct list l = {.a = a};
	const char *common = git_repository_commondir(r->git), *objects;

	l.v = arena_array(a, FOLDERS_MAX, sizeof(*l.v));
	objects = arena_printf(a, "%sobjects", common);
	if (!l.v || !objects)
		return err_nomem();
	TRY(add(&l, repo_git_dir(r)));
	TRY(add(&l, common));
	if (repo_workdir(r))
		TRY(add(&l, repo_workdir(r)));
	TRY(add_alternates(&l, objects, 0));
	TRY(add_environment(&l));
	*out = l.v;
	*count = l.n;
	return NULL;
}
