/* SPDX-License-Identifier: Apache-2.0 */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/attr.h"

#define NAMES_MAX 100u /* tries to find a name that is free */
/* What is asked for at a time of a file whose size is not known, or has grown. */
#define READ_STEP ((size_t)32 << 10)

static struct err *read_all(int fd, const char *name, size_t max, struct buf *out)
{
	size_t step = READ_STEP;
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_errno(ERR_CONFIG, errno, "%s", name);
	if (S_ISDIR(st.st_mode))
		return err_new(ERR_CONFIG, "%s: is a folder, expected a file", name);
	/* With the byte that is not there, so that the end is found without more room. */
	if (S_ISREG(st.st_mode) && (uintmax_t)st.st_size < SIZE_MAX && (size_t)st.st_size > step)
		step = (size_t)st.st_size + 1;
	for (;;) {
		size_t left = out->max - out->n;
		char *p = buf_space(out, left < step ? left : step);
		ssize_t n;

		if (!p)
			return buf_check(out, ERR_CONFIG, name);
		n = read(fd, p, left < step ? left : step);
		if (n == 0)
			return NULL;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(ERR_CONFIG, errno, "%s", name);
		buf_filled(out, (size_t)n);
		if (out->n > max)
			return err_new(ERR_CONFIG, "%s: larger than %zu bytes", name, max);
	}
}

/* On failure `out` holds nothing that would have to be freed. */
static struct err *read_fd(int fd, const char *name, size_t max, struct buf *out)
{
	struct err *e;

	/* One byte more, in which it shows that there is more. */
	out->max = max < SIZE_MAX ? max + 1 : max;
	e = read_all(fd, name, max, out);
	if (e)
		buf_free(out);
	return e;
}

const char *fs_read_name(const char *path)
{
	return strcmp(path, "-") == 0 ? "standard input" : path;
}

struct err *fs_read(const char *path, size_t max, struct buf *out)
{
	struct err *e;
	int fd;

	*out = BUF_INIT(max);
	if (strcmp(path, "-") == 0)
		return read_fd(STDIN_FILENO, fs_read_name(path), max, out);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_errno(ERR_CONFIG, errno, "%s", path);
	e = read_fd(fd, path, max, out);
	(void)close(fd);
	return e;
}

bool fs_is_safe_path(struct str path)
{
	size_t start = 0;

	if (path.n == 0 || path.n > 4096)
		return false;
	for (size_t i = 0; i <= path.n; i++) {
		struct str part;

		if (i < path.n && path.p[i] != '/') {
			unsigned char c = (unsigned char)path.p[i];

			if (c < 0x20 || c == 0x7f || c == '\\')
				return false;
			continue;
		}
		part = (struct str){path.p + start, i - start};
		if (part.n == 0 || str_is(part, ".") || str_is(part, ".."))
			return false;
		start = i + 1;
	}
	return true;
}

/* One step down without following a link. */
static int open_step(int dir, struct str part, int flags)
{
	char name[256];

	if (part.n >= sizeof(name)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, part.p, part.n);
	name[part.n] = '\0';
	return openat(dir, name, flags | O_NOFOLLOW | O_CLOEXEC);
}

/* A descriptor, or -1 and errno. */
static int open_beneath(const char *root, struct str path)
{
	int dir = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (dir >= 0) {
		const char *slash = memchr(path.p, '/', path.n);
		size_t n = slash ? (size_t)(slash - path.p) : path.n;
		/* O_NONBLOCK: a FIFO put there must not make us wait. */
		int flags = slash ? O_RDONLY | O_DIRECTORY : O_RDONLY | O_NONBLOCK | O_NOCTTY;
		int next = open_step(dir, (struct str){path.p, n}, flags);
		int saved = errno;

		(void)close(dir);
		errno = saved;
		if (next < 0 || !slash)
			return next;
		path.p += n + 1;
		path.n -= n + 1;
		dir = next;
	}
	return dir;
}

struct err *fs_read_beneath(const char *root, const char *path, size_t max, struct buf *out,
			    bool *found)
{
	struct stat st;
	struct err *e;
	int fd;

	*found = false;
	*out = BUF_INIT(max);
	if (!fs_is_safe_path(str_from(path)))
		return err_new(ERR_CONFIG, "%s: not a plain path below the repository", path);
	fd = open_beneath(root, str_from(path));
	if (fd < 0 && errno == ENOENT)
		return NULL;
	if (fd < 0 && (errno == ELOOP || errno == ENOTDIR))
		return err_new(
			ERR_CONFIG,
			"%s: a symbolic link or a file stands in its path; links are not followed",
			path);
	if (fd < 0)
		return err_errno(ERR_CONFIG, errno, "%s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return err_new(ERR_CONFIG, "%s: not a regular file", path);
	}
	e = read_fd(fd, path, max, out);
	(void)close(fd);
	*found = !e;
	return e;
}

int fs_write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno;
		p += done;
		n -= (size_t)done;
	}
	return 0;
}

/* The folder part of a path, "." without one; owned by the caller. */
static char *dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static int sync_dir(const char *path)
{
	char *dir = dir_of(path);
	int fd = dir ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int failed = fd < 0 || fsync(fd) != 0;

	if (fd >= 0)
		(void)close(fd);
	free(dir);
	return failed ? -1 : 0;
}

static int put_in_place(const char *tmp, const char *path, enum fs_write_mode mode)
{
	if (mode != FS_NEW_ONLY)
		return rename(tmp, path);
	if (link(tmp, path) != 0)
		return -1;
	return unlink(tmp);
}

/* The rename would take its place; this is for who named it and did not know what it is. */
static struct err *check_is_file(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0 || S_ISREG(st.st_mode))
		return NULL;
	return err_new(ERR_OUTPUT, "%s: %s, expected a file or nothing", path,
		       S_ISLNK(st.st_mode)   ? "a link"
		       : S_ISDIR(st.st_mode) ? "a folder"
					     : "a device or a pipe");
}

/* A new file has the mode that it was made with; one that takes another's place, the other's. */
static int keep_mode(int fd, const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	return fchmod(fd, st.st_mode & 07777) == 0 ? 0 : errno;
}

/* `fd`, of the file `tmp`, is closed here. */
static struct err *write_via(int fd, const char *tmp, const char *path, struct str content,
			     enum fs_write_mode mode)
{
	struct err *e = NULL;
	int code;

	if (fd < 0)
		return err_errno(ERR_OUTPUT, errno, "%s: cannot create a file beside it", path);
	code = fs_write_all(fd, content.p, content.n);
	if (!code)
		code = keep_mode(fd, path);
	if (!code && fsync(fd) != 0)
		code = errno;
	if (close(fd) != 0 && !code)
		code = errno;
	if (!code && put_in_place(tmp, path, mode) != 0)
		code = errno;
	if (code) {
		(void)unlink(tmp);
		e = err_errno(ERR_OUTPUT, code, "%s", path);
	} else if (sync_dir(path) != 0) {
		e = err_errno(ERR_OUTPUT, errno, "%s: its folder cannot be synced", path);
	}
	return e;
}

/*
 * A file of a new name beside `path`. mkostemp would make it for its owner alone, and then only the
 * kernel knows what umask and the folder's default access would have allowed.
 */
static int create_beside(const char *path, char **tmp)
{
	uint64_t dice = 0;
	int fd = -1;

	*tmp = NULL;
	for (unsigned i = 0; i < NAMES_MAX && fd < 0; i++) {
		free(*tmp);
		(void)!getrandom(&dice, sizeof(dice), 0);
		if (asprintf(tmp, "%s.tmp-%012llx", path,
			     (unsigned long long)(dice & 0xffffffffffff)) < 0) {
			*tmp = NULL;
			errno = ENOMEM;
			return -1;
		}
		fd = open(*tmp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	return fd;
}

struct err *fs_write(const char *path, struct str content, enum fs_write_mode mode)
{
	char *tmp;
	struct err *e;
	int fd;

	if (mode == FS_REPLACE_FILE)
		TRY(check_is_file(path));
	fd = create_beside(path, &tmp);
	e = tmp ? write_via(fd, tmp, path, content, mode) : err_nomem();
	free(tmp);
	return e;
}

struct err *fs_make_dirs(const char *path)
{
	char *copy = strdup(path);
	struct err *e = NULL;
	struct stat st;

	if (!copy)
		return err_nomem();
	for (char *p = copy; *p && !e;) {
		char c;

		p += 1 + strcspn(p + 1, "/");
		c = *p;
		*p = '\0';
		if (mkdir(copy, 0777) != 0 && errno != EEXIST)
			e = err_errno(ERR_OUTPUT, errno, "%s", copy);
		*p = c;
	}
	/* What is there already may be a file. */
	if (!e && stat(path, &st) != 0)
		e = err_errno(ERR_OUTPUT, errno, "%s", path);
	else if (!e && !S_ISDIR(st.st_mode))
		e = err_errno(ERR_OUTPUT, ENOTDIR, "%s", path);
	free(copy);
	return e;
}
