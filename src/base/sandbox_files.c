/* SPDX-License-Identifier: Apache-2.0 */
/* Landlock: which files this process may still open. Raw calls, since glibc has none. */
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/attr.h"
#include "base/sandbox.h"

/* Later than the headers that we build with; a kernel says by its ABI which it knows. */
#define FS_TRUNCATE  (UINT64_C(1) << 14)
#define FS_IOCTL_DEV (UINT64_C(1) << 15)

#define FS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define FS_WRITE                                                                 \
	(FS_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | FS_TRUNCATE)

/* struct landlock_ruleset_attr as it has grown. */
struct ruleset {
	uint64_t fs, net, scope;
};

struct level {
	int abi;
	size_t size; /* of struct ruleset, as far as this ABI has it */
	uint64_t fs, net, scope;
};

/* What each ABI can forbid more than the one before; all of it is forbidden. */
static const struct level levels[] = {
	{1, 8, (UINT64_C(1) << 13) - 1, 0, 0}, /* open, read, make, remove */
	{2, 8, LANDLOCK_ACCESS_FS_REFER, 0, 0},
	{3, 8, FS_TRUNCATE, 0, 0},
	{4, 16, 0, 3, 0}, /* TCP: bind, connect */
	{5, 16, FS_IOCTL_DEV, 0, 0},
	{6, 24, 0, 0, 3}, /* abstract sockets, signals to others */
};

int sandbox_landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi > 0 ? (int)abi : 0;
}

static int make_ruleset(int abi, struct ruleset *all)
{
	size_t size = 0;

	*all = (struct ruleset){0};
	for (size_t i = 0; i < ARRAY_LEN(levels) && levels[i].abi <= abi; i++) {
		size = levels[i].size;
		all->fs |= levels[i].fs;
		all->net |= levels[i].net;
		all->scope |= levels[i].scope;
	}
	return (int)syscall(SYS_landlock_create_ruleset, all, size, 0);
}

/* -1 and errno. */
static int allow(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = access};
	struct stat st;
	int fd = open(path, O_PATH | O_CLOEXEC), code, saved;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
	/* A right on folders is refused for a file. */
	if (fstat(fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= LANDLOCK_ACCESS_FS_READ_FILE;
	rule.parent_fd = fd;
	code = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	saved = errno;
	(void)close(fd);
	errno = saved;
	return code;
}

static int allow_all(int ruleset, const char *const *paths, size_t count, uint64_t access)
{
	for (size_t i = 0; i < count; i++) {
		if (allow(ruleset, paths[i], access) != 0)
			return -1;
	}
	return 0;
}

struct err *sandbox_close_files(const struct sandbox_files *files)
{
	int abi = sandbox_landlock_abi(), ruleset;
	struct err *e = NULL;
	struct ruleset all;

	if (abi == 0)
		return NULL;
	ruleset = make_ruleset(abi, &all);
	if (ruleset < 0)
		return err_errno(ERR_CONFIG, errno, "Landlock");
	if (allow_all(ruleset, files->readable, files->readable_count, FS_READ & all.fs) != 0 ||
	    allow_all(ruleset, files->writable, files->writable_count, FS_WRITE & all.fs) != 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
		e = err_errno(ERR_CONFIG, errno, "Landlock");
	(void)close(ruleset);
	return e;
}
