/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the objects of a commit go: each into a file of its own, or, where they are many, all into
 * one pack, which is two files to sync and not a thousand.
 *
 * The pack is made by a second handle on the repository, with a store in memory in front of its
 * objects; the handle and the store end together, since libgit2 1.5 cannot take a store away again.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <git2/sys/mempack.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/grow.h"

#include "repo/git.h"

#define PACK_FROM       32u /* objects */
#define MEMORY_PRIORITY 999 /* above the stores on disk, which have 1 and 2 */

struct err *store_sync_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct err *e = NULL;

	if (fd < 0 || fsync(fd) != 0)
		e = err_errno(ERR_OUTPUT, errno, "%s: cannot be synced to disk", dir);
	if (fd >= 0)
		(void)close(fd);
	return e;
}

/* Whoever sets GIT_DIR may have the objects elsewhere. */
char *store_folder(const struct repo *r, const char *below)
{
	const char *elsewhere = open_has_git_dir() ? getenv("GIT_OBJECT_DIRECTORY") : NULL;
	char *out = NULL;
	int n = elsewhere && *elsewhere
			? asprintf(&out, "%s%s", elsewhere, below)
			: asprintf(&out, "%sobjects%s", git_repository_commondir(r->git), below);

	return n < 0 ? NULL : out;
}

struct err *store_sync(const struct repo *r)
{
	char *dir = store_folder(r, "");
	struct err *e = dir ? store_sync_folder(dir) : err_nomem();

	free(dir);
	return e;
}

/* A handle that was opened without the folder never looks for a pack. */
static struct err *can_pack(const struct repo *r, bool *out)
{
	char *dir = store_folder(r, "/pack");

	if (!dir)
		return err_nomem();
	*out = access(dir, W_OK | X_OK) == 0;
	free(dir);
	return NULL;
}

struct err *store_open(struct repo *r, size_t expected, struct store *out)
{
	git_odb *odb = NULL;
	git_odb_backend *memory = NULL;
	struct err *e;

	*out = (struct store){.git = r->git};
	if (expected < PACK_FROM)
		return NULL;
	TRY(can_pack(r, &out->is_pack));
	if (!out->is_pack)
		return NULL;
	e = open_again(r, &out->git);
	out->is_pack = !e;
	if (e)
		return e;
	if (git_repository_odb(&odb, out->git) < 0 || git_mempack_new(&memory) < 0 ||
	    git_odb_add_backend(odb, memory, MEMORY_PRIORITY) < 0)
		e = err_git(ERR_OUTPUT, "objects cannot be gathered");
	git_odb_free(odb);
	return e;
}

void store_free(struct store *s)
{
	if (s->is_pack)
		git_repository_free(s->git);
	free(s->ids);
	*s = (struct store){0};
}

struct err *store_note(struct store *s, const git_oid *id)
{
	git_oid *ids;

	if (!s->is_pack)
		return NULL;
	ids = grow(s->ids, s->count, &s->room, sizeof(*ids));
	if (!ids)
		return err_nomem();
	s->ids = ids;
	s->ids[s->count++] = *id;
	return NULL;
}

static struct err *bad_pack(void)
{
	return err_git(ERR_OUTPUT, "the pack of the commit's objects cannot be written");
}

/*
 * Pack and index in a folder of their own; *name is what both are called, owned by the caller. In
 * one piece: libgit2 maps the file into memory for each that it is given.
 */
static struct err *write_pack(const struct store *s, const git_buf *bytes, const char *dir,
			      char **name)
{
	git_indexer_progress progress = {0};
	git_indexer *indexer = NULL;
	git_odb *odb = NULL;
	struct err *e = NULL;

	if (git_repository_odb(&odb, s->git) < 0 ||
	    git_indexer_new(&indexer, dir, 0, odb, NULL) < 0 ||
	    git_indexer_append(indexer, bytes->ptr, bytes->size, &progress) < 0 ||
	    git_indexer_commit(indexer, &progress) < 0)
		e = bad_pack();
	else if (asprintf(name, "pack-%s", git_indexer_name(indexer)) < 0)
		e = err_nomem();
	git_indexer_free(indexer);
	git_odb_free(odb);
	return e;
}

static struct err *build(const struct store *s, const char *dir, char **name)
{
	git_packbuilder *pb = NULL;
	git_buf bytes = {0};
	struct err *e;
	int code = git_packbuilder_new(&pb, s->git);

	for (size_t i = 0; i < s->count && code == 0; i++)
		code = git_packbuilder_insert(pb, &s->ids[i], NULL);
	if (code == 0)
		code = git_packbuilder_write_buf(&bytes, pb);
	e = code < 0 ? bad_pack() : write_pack(s, &bytes, dir, name);
	git_buf_dispose(&bytes);
	git_packbuilder_free(pb);
	return e;
}

static char *file_in(const char *dir, const char *name, const char *suffix)
{
	char *path = NULL;

	return asprintf(&path, "%s/%s%s", dir, name, suffix) < 0 ? NULL : path;
}

static struct err *move_file(const char *from, const char *to)
{
	if (!from || !to)
		return err_nomem();
	return rename(from, to) == 0
		       ? NULL
		       : err_errno(ERR_OUTPUT, errno, "%s: cannot be put in place", to);
}

/*
 * The pack before its index: who finds the index looks for the pack. One of this name that is
 * there already holds the same objects, and somebody may be reading it.
 */
static struct err *move_pack(const char *from, const char *to, const char *name)
{
	char *pack = file_in(to, name, ".pack"), *index = file_in(to, name, ".idx");
	char *new_pack = file_in(from, name, ".pack"), *new_index = file_in(from, name, ".idx");
	struct err *e = NULL;

	if (!index || access(index, F_OK) != 0) {
		e = move_file(new_pack, pack);
		if (!e) {
			e = move_file(new_index, index);
			if (e)
				(void)unlink(pack);
		}
	}
	if (!e)
		e = store_sync_folder(to);
	free(new_index);
	free(new_pack);
	free(index);
	free(pack);
	return e;
}

/* What a failure has left in it; after a success it is empty. */
static void remove_folder(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		(void)unlinkat(dirfd(d), entry->d_name, 0);
	if (d)
		(void)closedir(d);
	(void)rmdir(dir);
}

/* The objects are there for every reader from now on. */
static struct err *show(struct repo *r)
{
	git_odb *odb = NULL;
	struct err *e = NULL;

	if (git_repository_odb(&odb, r->git) < 0 || git_odb_refresh(odb) < 0)
		e = err_git(ERR_OUTPUT, "the commit's objects cannot be read again");
	git_odb_free(odb);
	return e;
}

struct err *store_finish(struct repo *r, struct store *s)
{
	char *to, *dir, *name = NULL;
	struct err *e;

	if (!s->is_pack)
		return store_sync(r);
	/* git's own name for such a folder: what a killed run leaves of it, git gc removes. */
	dir = store_folder(r, "/tmp_objdir-scandrift-XXXXXX");
	to = store_folder(r, "/pack");
	e = dir && to ? NULL : err_nomem();
	if (!e && !mkdtemp(dir))
		e = err_errno(ERR_OUTPUT, errno, "%s: cannot be made", dir);
	if (!e)
		e = build(s, dir, &name);
	if (!e)
		e = move_pack(dir, to, name);
	if (dir)
		remove_folder(dir);
	if (!e)
		e = show(r);
	free(name);
	free(dir);
	free(to);
	return e;
}
