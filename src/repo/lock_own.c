/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lock files that this program takes, as git takes its own: "NAME.lock" is made beside NAME or it is
 * there already, and is renamed to NAME or removed.
 *
 * The lock file is first made under the name of a note in the git folder, and the writer holds an OFD
 * lock on it for as long as it lives. Then the same file gets the lock's name, by a link. So a lock
 * that shares its inode with a note was taken by this program, and a process that obtains the
 * OFD lock on that note knows that the writer is dead.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "repo/git.h"

#define NOTE_PREFIX "scandrift-lock-"

/* Files that a writer makes beside its note, for what it puts in place while it holds the lock. */
static const char *const extras[] = {".new", ".new.lock"};

static bool obtain(int fd)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	return fcntl(fd, F_OFD_SETLK, &whole) == 0;
}

static bool is_same_file(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && lstat(path, &b) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

static void remove_extras(const char *note)
{
	for (size_t i = 0; i < ARRAY_LEN(extras); i++) {
		char *path = NULL;

		if (asprintf(&path, "%s%s", note, extras[i]) < 0)
			return;
		(void)unlink(path);
		free(path);
	}
}

/*
 * A note whose only other name is not `lock` belongs to another lock, and stays: without it nobody
 * could tell that lock's writer.
 */
static void drop_note(const char *note, const char *lock)
{
	int fd = open(note, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return;
	if (obtain(fd)) {
		remove_extras(note);
		if (is_same_file(fd, lock))
			(void)unlink(lock);
		if (fstat(fd, &st) == 0 && st.st_nlink == 1)
			(void)unlink(note);
	}
	(void)close(fd);
}

/* Locks of writers that are dead: `lock` goes, if it is one, and so does what they left beside it. */
static void drop_dead(const char *dir, const char *lock)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;

	while (d && (entry = readdir(d))) {
		const char *name = entry->d_name;
		char *note = NULL;

		if (strncmp(name, NOTE_PREFIX, strlen(NOTE_PREFIX)) != 0 || strchr(name, '.'))
			continue;
		if (asprintf(&note, "%s%s", dir, name) < 0)
			break;
		drop_note(note, lock);
		free(note);
	}
	if (d)
		(void)closedir(d);
}

static struct err *name_note(const char *dir, char **out)
{
	unsigned char dice[8];
	unsigned long long n = 0;

	if (getrandom(dice, sizeof(dice), 0) != (ssize_t)sizeof(dice))
		return err_errno(ERR_OUTPUT, errno, "random bytes");
	for (size_t i = 0; i < sizeof(dice); i++)
		n = n << 8 | dice[i];
	return asprintf(out, "%s" NOTE_PREFIX "%016llx", dir, n) < 0 ? err_nomem() : NULL;
}

/* The file that becomes the lock, with its content on disk. */
static struct err *make_note(const char *dir, struct str content, struct lock_own *l)
{
	struct err *e = name_note(dir, &l->note);
	int code = 0;

	if (e)
		return e;
	l->fd = open(l->note, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (l->fd < 0) {
		code = errno;
	} else if (!obtain(l->fd) && (errno == EAGAIN || errno == EACCES)) {
		/* Another run looks at it in this moment, and removes it as one without an owner. */
		lock_own_drop_note(l);
		return NULL;
	} else {
		code = fs_write_all(l->fd, content.p, content.n);
		if (!code && fsync(l->fd) != 0)
			code = errno;
	}
	if (!code)
		return NULL;
	e = err_errno(ERR_OUTPUT, code, "%s", l->note);
	lock_own_free(l);
	return e;
}

/* A file system without hard links: a lock whose writer nobody can tell. */
static int make_plain(struct str content, const struct lock_own *l)
{
	int fd = open(l->lock, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	int code;

	if (fd < 0)
		return errno;
	code = fs_write_all(fd, content.p, content.n);
	if (!code && fsync(fd) != 0)
		code = errno;
	if (close(fd) != 0 && !code)
		code = errno;
	if (code)
		(void)unlink(l->lock);
	return code;
}

/* 0, or errno: EEXIST where somebody holds the lock. */
static int link_lock(struct str content, struct lock_own *l)
{
	int code = link(l->note, l->lock) == 0 ? 0 : errno;

	if (code == EPERM || code == EOPNOTSUPP || code == ENOSYS)
		code = make_plain(content, l);
	l->is_held = code == 0;
	return code;
}

static struct err *make_folder_of(const char *path)
{
	char *dir = strndup(path, (size_t)(strrchr(path, '/') - path));
	struct err *e = dir ? fs_make_dirs(dir) : err_nomem();

	free(dir);
	return e;
}

struct err *lock_own_take(const char *dir, const char *name, struct str content,
			  struct lock_own *out)
{
	struct lock_wait w = {0};
	struct err *e = NULL;

	*out = (struct lock_own){.fd = -1};
	if (asprintf(&out->target, "%s%s", dir, name) < 0 ||
	    asprintf(&out->lock, "%s%s.lock", dir, name) < 0)
		e = err_nomem();
	if (!e)
		drop_dead(dir, out->lock);
	while (!e && !out->is_held) {
		int code;

		/* git takes away a folder that it finds empty, and a dead writer's note may seem so too. */
		e = make_folder_of(out->lock);
		if (!e && out->fd < 0)
			e = make_note(dir, content, out);
		if (e)
			break;
		code = out->fd < 0 ? ENOENT : link_lock(content, out);
		if (code == EEXIST)
			drop_dead(dir, out->lock);
		else if (code == ENOENT)
			lock_own_drop_note(out);
		else if (code)
			e = err_errno(ERR_OUTPUT, code, "%s", out->lock);
		if (!e && code && !lock_wait_more(&w))
			e = lock_error(dir, name);
	}
	if (e)
		lock_own_free(out);
	return e;
}

struct err *lock_own_file(const struct lock_own *l, char **out)
{
	return asprintf(out, "%s%s", l->note, extras[0]) < 0 ? err_nomem() : NULL;
}

int lock_own_put(struct lock_own *l)
{
	if (rename(l->lock, l->target) != 0)
		return errno;
	l->is_held = false;
	return 0;
}

void lock_own_drop_note(struct lock_own *l)
{
	if (l->note) {
		remove_extras(l->note);
		(void)unlink(l->note);
	}
	if (l->fd >= 0)
		(void)close(l->fd);
	free(l->note);
	l->note = NULL;
	l->fd = -1;
}

/* The lock before its note: a lock without one could not be told from another program's. */
void lock_own_free(struct lock_own *l)
{
	if (l->is_held)
		(void)unlink(l->lock);
	lock_own_drop_note(l);
	free(l->target);
	free(l->lock);
	*l = (struct lock_own){.fd = -1};
}
