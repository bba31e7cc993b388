/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_FS_H
#define SCANDRIFT_BASE_FS_H

#include "base/buf.h"

/*
 * Files: bounded reads, and writes that are whole or absent. Every descriptor is close-on-exec.
 */

/*
 * Reads a regular file or a pipe; "-" is standard input. At most `max` bytes; more is an error.
 * `out` need not be initialized; after an error it is empty.
 */
struct err *fs_read(const char *path, size_t max, struct buf *out) MUST_USE;
/* What messages call it. */
const char *fs_read_name(const char *path);

/*
 * Reads `path` (relative, slashes) below the folder `root`; follows no link, at no place of the
 * path, and does not leave the folder. *found is false, and out empty, when there is no such file.
 */
struct err *fs_read_beneath(const char *root, const char *path, size_t max, struct buf *out,
			    bool *found) MUST_USE;

/* Relative, no empty part, no "." or "..", no backslash or control byte: cannot leave its root. */
bool fs_is_safe_path(struct str path);

enum fs_write_mode {
	FS_REPLACE, /* the new content takes the old one's place in one step */
	/* The same over a regular file or nothing: a link, a device or a pipe is an error. */
	FS_REPLACE_FILE,
	FS_NEW_ONLY, /* an error when the file is there already */
};

/*
 * Writes a temporary file beside `path`, syncs it, and renames it into place, so that a reader sees
 * the old content or the new, and syncs the folder. On failure the temporary file is removed. A new
 * file has mode 0666 less the umask; one that is there already keeps its mode.
 */
struct err *fs_write(const char *path, struct str content, enum fs_write_mode mode) MUST_USE;

/* Makes the folder and those above it. */
struct err *fs_make_dirs(const char *path) MUST_USE;

/* All bytes, over short writes and EINTR. 0, or errno. */
int fs_write_all(int fd, const char *p, size_t n);

#endif
