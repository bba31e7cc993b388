/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/index_tree.h"

#include <git2/sys/mempack.h>
#include <git2/sys/odb_backend.h>
#include <stdlib.h>
#include <string.h>

#include "repo/git.h"

#define DEPTH_MAX     512u
#define MEMORY_FIRST  1000 /* libgit2's own stores have one digit */
#define TREE_SIZE_MAX ((size_t)64 << 20)

struct maker {
	const git_index_entry **entries; /* by path's bytes, which is the order of trees too */
	git_odb_backend *memory;         /* the repository's store owns it */
};

static struct err *open_index(struct repo *r, git_index **out)
{
	if (git_index_open(out, r->index_path) < 0 || git_index_read(*out, 1) < 0)
		return index_failure(r->index_path);
	return NULL;
}

/* What `git add --intent-to-add` noted is not there yet: git commits nothing of it. */
static struct err *take_entries(struct maker *m, git_index *index, struct arena *a, size_t *count)
{
	size_t all = git_index_entrycount(index), n = 0;

	m->entries = arena_array(a, all + 1, sizeof(const git_index_entry *));
	if (!m->entries)
		return err_nomem();
	for (size_t i = 0; i < all; i++) {
		const git_index_entry *entry = git_index_get_byindex(index, i);

		if (git_index_entry_is_conflict(entry))
			return err_new(ERR_REPO,
				       "%s: the index has a conflict there; resolve it and git add "
				       "the file first",
				       entry->path);
		if (!(entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD))
			m->entries[n++] = entry;
	}
	*count = n;
	return NULL;
}

/* Straight into memory: the store's own way would first touch an object of the same id on disk. */
static struct err *keep_tree(struct maker *m, struct buf *b, git_oid *out)
{
	TRY(buf_check(b, ERR_REPO, "a tree of the index"));
	if (git_odb_hash(out, b->n ? b->p : "", b->n, GIT_OBJECT_TREE) < 0 ||
	    m->memory->write(m->memory, out, b->n ? b->p : "", b->n, GIT_OBJECT_TREE) < 0)
		return err_git(ERR_REPO, "a tree of the index");
	return NULL;
}

static void put_entry(struct buf *b, unsigned mode, struct str name, const git_oid *id)
{
	buf_printf(b, "%o %.*s", mode, STR_ARG(name));
	buf_char(b, '\0');
	buf_str(b, (struct str){(const char *)id->id, GIT_OID_RAWSZ});
}

/* The end of the run of entries that are in the same folder as the first: `n` bytes of its path. */
static size_t folder_end(const struct maker *m, size_t from, size_t to, size_t n)
{
	size_t end = from + 1;

	while (end < to && strncmp(m->entries[end]->path, m->entries[from]->path, n) == 0)
		end++;
	return end;
}

/* The folder whose path is the first `skip` bytes of each of these entries. */
static struct err *make_tree(struct maker *m, size_t from, size_t to, size_t skip, unsigned depth,
			     git_oid *out)
{
	struct buf b = BUF_INIT(TREE_SIZE_MAX);
	struct err *e = NULL;

	for (size_t i = from, end; i < to && !e; i = end) {
		const git_index_entry *entry = m->entries[i];
		const char *name = entry->path + skip;
		size_t n = strcspn(name, "/");
		git_oid id = entry->id;

		end = i + 1;
		if (n == 0 || depth == DEPTH_MAX) {
			e = err_new(ERR_REPO, "%s: no path that a tree of git can have here",
				    entry->path);
		} else if (name[n] == '/') {
			end = folder_end(m, i, to, skip + n + 1);
			e = make_tree(m, i, end, skip + n + 1, depth + 1, &id);
		}
		put_entry(&b, name[n] == '/' ? GIT_FILEMODE_TREE : entry->mode,
			  (struct str){name, n}, &id);
	}
	if (!e)
		e = keep_tree(m, &b, out);
	buf_free(&b);
	return e;
}

static struct err *add_memory(struct repo *r, git_odb_backend **out)
{
	git_odb *odb = NULL;
	struct err *e = NULL;

	if (git_repository_odb(&odb, r->git) < 0)
		return err_git(ERR_REPO, "%s: objects", repo_git_dir(r));
	if (git_mempack_new(out) < 0) {
		e = err_git(ERR_REPO, "%s: objects", repo_git_dir(r));
	} else if (git_odb_add_backend(odb, *out, MEMORY_FIRST) < 0) {
		(*out)->free(*out);
		e = err_git(ERR_REPO, "%s: objects", repo_git_dir(r));
	}
	git_odb_free(odb);
	return e;
}

struct err *repo_index_tree(struct repo *r, struct arena *a, struct repo_commit *out)
{
	struct maker m = {0};
	git_index *index = NULL;
	size_t count = 0;
	git_oid root;
	struct err *e;

	if (!repo_workdir(r))
		return err_new(ERR_REPO, "%s: a bare repository has no index", repo_git_dir(r));
	e = open_index(r, &index);
	if (!e)
		e = take_entries(&m, index, a, &count);
	if (!e)
		e = add_memory(r, &m.memory);
	if (!e)
		e = make_tree(&m, 0, count, 0, 0, &root);
	git_index_free(index);
	if (e)
		return e;
	*out = (struct repo_commit){0};
	(void)git_oid_tostr(out->tree_hex, sizeof(out->tree_hex), &root);
	return NULL;
}
