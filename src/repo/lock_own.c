/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lock files that this program takes, as git takes its own: "NAME.lock" is made beside NAME or it is
 * there already, and is renamed to NAME or removed.
 *
 * The lock file is first made under the name of a note in the git folder, and the writer holds an OFD
 * lock on it for as long as it lives. Then the same file gets the lock's name, by a link. So a lock
 * that shares its inode with a note was taken by this program, and a process that obtains the
 * OFD lock on that note knows that the writer is dead. The note's name says which lock it is.
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

#define NOTE_PREFIX  "scandrift-lock-"
#define EXTRA_PREFIX "scandrift-new-"
#define ID_LENGTH    16u

#define NAME_SIZE_MAX ((size_t)1 << 14)

/* A file that a writer makes, to put it in place while it holds the lock, and libgit2's lock of that. */
static const char *const extras[] = {"", ".lock"};

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

/* `id` is the part of a note's name that no other has. */
static void remove_extras(const char *dir, const char *id)
{
	for (size_t i = 0; i < ARRAY_LEN(extras); i++) {
		char *path = NULL;

		if (asprintf(&path, "%s" EXTRA_PREFIX "%.*s%s", dir, (int)ID_LENGTH, id,
			     extras[i]) < 0)
			return;
		(void)unlink(path);
		free(path);
	}
}

/* A reference's name as one name of a file: "%-" is a slash. */
static void put_name(struct buf *b, const char *name)
{
	for (; *name; name++) {
		if (*name == '/')
			buf_puts(b, "%-");
		else if (*name == '%')
			buf_puts(b, "%%");
		else
			buf_char(b, *name);
	}
}

static void take_name(struct buf *b, const char *text)
{
	for (; *text; text++) {
		if (*text == '%' && text[1])
			buf_char(b, *++text == '-' ? '/' : '%');
		else
			buf_char(b, *text);
	}
}

static void drop_note(const char *dir, const char *note, const char *lock, const char *id)
{
	int fd = open(note, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return;
	if (obtain(fd)) {
		remove_extras(dir, id);
		if (is_same_file(fd, lock))
			(void)unlink(lock);
		(void)unlink(note);
	}
	(void)close(fd);
}

static void drop_named(const char *dir, const char *name)
{
	const char *id = name + strlen(NOTE_PREFIX);
	struct buf lock = BUF_INIT(NAME_SIZE_MAX);
	char *note = NULL;
	struct err *e;

	if (strncmp(name, NOTE_PREFIX, strlen(NOTE_PREFIX)) != 0 || strlen(id) <= ID_LENGTH + 1)
		return;
	buf_puts(&lock, dir);
	take_name(&lock, id + ID_LENGTH + 1);
	buf_puts(&lock, ".lock");
	e = buf_check(&lock, ERR_OUTPUT, name);
	if (!e && asprintf(&note, "%s%s", dir, name) >= 0) {
		drop_note(dir, note, lock.p, id);
		free(note);
	}
	err_free(e);
	buf_free(&lock);
}

void lock_own_drop_dead(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *entry;

	while (d && (entry = readdir(d)))
		drop_named(dir, entry->d_name);
	if (d)
		(void)closedir(d);
}

static struct err *name_note(const char *dir, const char *name, struct lock_own *l)
{
	struct buf b = BUF_INIT(NAME_SIZE_MAX);
	unsigned char dice[ID_LENGTH / 2];
	struct err *e;

	if (getrandom(dice, sizeof(dice), 0) != (ssize_t)sizeof(dice))
		return err_errno(ERR_OUTPUT, errno, "random bytes");
	for (size_t i = 0; i < sizeof(dice); i++)
		(void)snprintf(l->id + 2 * i, 3, "%02x", dice[i]);
	buf_printf(&b, "%s" NOTE_PREFIX "%s-", dir, l->id);
	put_name(&b, name);
	e = buf_check(&b, ERR_OUTPUT, name);
	if (!e && !(l->note = strdup(b.p)))
		e = err_nomem();
	if (!e && asprintf(&l->extra, "%s" EXTRA_PREFIX "%s", dir, l->id) < 0)
		e = err_nomem();
	buf_free(&b);
	return e;
}

/* The file that becomes the lock, with its content on disk. */
static struct err *make_note(const char *dir, const char *name, struct str content,
			     struct lock_own *l)
{
	struct err *e = name_note(dir, name, l);
	int code = 0;

	if (e)
		return e;
	l->fd = open(l->note, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (l->fd < 0 && errno == ENAMETOOLONG) {
		/* Without the name of the lock nobody removes it; a person is told to. */
		l->note[strlen(dir) + strlen(NOTE_PREFIX) + ID_LENGTH] = '\0';
		l->fd = open(l->note, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	}
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
		lock_own_drop_dead(dir);
	while (!e && !out->is_held) {
		int code;

		/* git takes away a folder that it finds empty, and a dead writer's note may seem so too. */
		e = make_folder_of(out->lock);
		if (!e && out->fd < 0)
			e = make_note(dir, name, content, out);
		if (e)
			break;
		code = out->fd < 0 ? ENOENT : link_lock(content, out);
		if (code == EEXIST)
			lock_own_drop_dead(dir);
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

int lock_own_put(struct lock_own *l)
{
	if (rename(l->lock, l->target) != 0)
		return errno;
	l->is_held = false;
	return 0;
}

void lock_own_drop_note(struct lock_own *l)
{
	for (size_t i = 0; i < ARRAY_LEN(extras) && l->extra; i++) {
		char *path = NULL;

		if (asprintf(&path, "%s%s", l->extra, extras[i]) >= 0)
			(void)unlink(path);
		free(path);
	}
	if (l->note)
		(void)unlink(l->note);
	if (l->fd >= 0)
		(void)close(l->fd);
	free(l->extra);
	free(l->note);
	l->note = l->extra = NULL;
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
