/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index is read, changed and put back with its lock held all the time, as git does it. libgit2 takes
 * the lock only to write, so what somebody stages between its reading and its writing would be lost.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "repo/git.h"

#define INDEX_MAX ((size_t)4 << 30)

static struct err *copy_index(const struct index_lock *l, struct stat *st)
{
	struct buf bytes;
	struct err *e;
	int fd, code;

	if (stat(l->place, st) != 0) {
		*st = (struct stat){0};
		return errno == ENOENT ? NULL : err_errno(ERR_OUTPUT, errno, "%s", l->place);
	}
	TRY(fs_read(l->place, INDEX_MAX, &bytes));
	e = NULL;
	fd = open(l->copy, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	code = fd < 0 ? errno : fs_write_all(fd, bytes.p, bytes.n);
	if (fd >= 0 && close(fd) != 0 && !code)
		code = errno;
	if (code)
		e = err_errno(ERR_OUTPUT, code, "%s", l->copy);
	buf_free(&bytes);
	return e;
}

/*
 * git trusts an entry's remembered times unless the file could have been changed in the second in
 * which the index was written. The new index is younger, so those entries lose their size: git then
 * compares the file itself, and no edit of that second is overlooked.
 */
static struct err *distrust_recent(git_index *index, const struct stat *st)
{
	for (size_t i = 0; i < git_index_entrycount(index); i++) {
		git_index_entry entry = *git_index_get_byindex(index, i);

		if (entry.flags & GIT_INDEX_ENTRY_STAGEMASK ||
		    entry.mtime.seconds < (int32_t)st->st_mtim.tv_sec || entry.file_size == 0)
			continue;
		entry.file_size = 0;
		if (git_index_add(index, &entry) < 0)
			return err_git(ERR_OUTPUT, "index");
	}
	return NULL;
}

static struct err *open_copy(struct repo *r, struct index_lock *l)
{
	git_index *real = NULL;
	struct stat st;

	/* The reader that knows the advice for what cannot be read. */
	TRY(follow_open_index(r, &real));
	git_index_free(real);
	TRY(copy_index(l, &st));
	if (git_index_open(&l->index, l->copy) < 0 || git_index_read(l->index, 1) < 0)
		return err_git(ERR_OUTPUT, "%s", l->place);
	return distrust_recent(l->index, &st);
}

struct err *index_lock_take(struct repo *r, struct index_lock *out)
{
	const char *name;
	mode_t before;
	char *dir;
	struct err *e;

	*out = (struct index_lock){.r = r, .lock = {.fd = -1}, .place = strdup(r->index_path)};
	if (!out->place)
		return err_nomem();
	name = strrchr(out->place, '/');
	name = name ? name + 1 : out->place;
	dir = strndup(out->place, (size_t)(name - out->place));
	before = shared_begin(r);
	e = dir ? lock_own_take(dir, name, STR(""), &out->lock) : err_nomem();
	free(dir);
	out->copy = out->lock.extra;
	if (!e)
		e = open_copy(r, out);
	shared_end(before);
	if (e)
		index_lock_free(out);
	return e;
}

struct err *index_lock_put(struct index_lock *l)
{
	mode_t before = shared_begin(l->r);
	int code = git_index_write(l->index);

	shared_end(before);
	if (code < 0)
		return err_git(ERR_OUTPUT, "%s", l->place);
	if (rename(l->copy, l->place) != 0)
		return err_errno(ERR_OUTPUT, errno, "%s", l->place);
	return NULL;
}

void index_lock_free(struct index_lock *l)
{
	git_index_free(l->index);
	if (l->lock.note)
		lock_own_free(&l->lock);
	free(l->place);
	*l = (struct index_lock){.lock = {.fd = -1}};
}
