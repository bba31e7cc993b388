/* SPDX-License-Identifier: Apache-2.0 */
/* Files: what is read and what is not, and that a write is whole or absent whatever fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/fs.h"

/* ---- the calls that a write is made of, each of which can be told to fail ---- */

enum call { CALL_NONE, CALL_WRITE, CALL_FSYNC, CALL_RENAME, CALL_LINK, CALL_CHMOD };

static enum call failing;
static unsigned fail_at; /* counts down to 1 */
static size_t write_max; /* bytes a write takes at once; 0 is all */
static bool is_interrupted;

static bool fails(enum call call, int code)
{
	if (failing != call || --fail_at)
		return false;
	failing = CALL_NONE;
	errno = code;
	return true;
}

ssize_t __real_write(int fd, const void *p, size_t n);
ssize_t __wrap_write(int fd, const void *p, size_t n);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __real_rename(const char *a, const char *b);
int __wrap_rename(const char *a, const char *b);
int __real_link(const char *a, const char *b);
int __wrap_link(const char *a, const char *b);
int __real_fchmod(int fd, mode_t mode);
int __wrap_fchmod(int fd, mode_t mode);

ssize_t __wrap_write(int fd, const void *p, size_t n)
{
	if (fails(CALL_WRITE, ENOSPC))
		return -1;
	if (write_max) {
		is_interrupted = !is_interrupted;
		if (is_interrupted) {
			errno = EINTR;
			return -1;
		}
		n = n < write_max ? n : write_max;
	}
	return __real_write(fd, p, n);
}

int __wrap_fsync(int fd)
{
	return fails(CALL_FSYNC, EIO) ? -1 : __real_fsync(fd);
}

int __wrap_rename(const char *a, const char *b)
{
	return fails(CALL_RENAME, EXDEV) ? -1 : __real_rename(a, b);
}

int __wrap_link(const char *a, const char *b)
{
	return fails(CALL_LINK, EPERM) ? -1 : __real_link(a, b);
}

int __wrap_fchmod(int fd, mode_t mode)
{
	return fails(CALL_CHMOD, EPERM) ? -1 : __real_fchmod(fd, mode);
}

/* ---- each test in a folder of its own ---- */

static char folder[64];

static int setup(void **state)
{
	(void)state;
	failing = CALL_NONE;
	write_max = 0;
	(void)snprintf(folder, sizeof(folder), "%s", "/tmp/test_base_fs-XXXXXX");
	return mkdtemp(folder) && chdir(folder) == 0 ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int teardown(void **state)
{
	(void)state;
	return chdir("/") == 0 ? nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS) : -1;
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void expect_content(const char *path, const char *want)
{
	struct buf b = {0};

	assert_null(fs_read(path, 1000, &b));
	assert_true(str_is(buf_view(&b), want));
	buf_free(&b);
}

static unsigned files; /* and folders, without the one that is walked */

static int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path;
	(void)st;
	(void)type;
	files += ftw->level > 0;
	return 0;
}

static unsigned count_files(void)
{
	files = 0;
	assert_int_equal(nftw(".", count_one, 8, FTW_PHYS), 0);
	return files;
}

static void expect_error(struct err *e, enum err_kind kind, const char *want)
{
	char *text;

	assert_non_null(e);
	text = err_text(e);
	assert_string_equal(text, want);
	assert_int_equal(e->kind, kind);
	free(text);
	err_free(e);
}

/* ---- reading ---- */

static void test_read(void **state)
{
	struct buf b = {0};
	int pipes[2], saved;

	(void)state;
	put("a", "12345");
	put("empty", "");
	assert_null(fs_read("a", 5, &b));
	assert_true(str_is(buf_view(&b), "12345"));
	buf_free(&b);
	expect_error(fs_read("a", 4, &b), ERR_CONFIG, "a: larger than 4 bytes");
	buf_free(&b);
	assert_null(fs_read("empty", 0, &b));
	assert_int_equal(b.n, 0);
	buf_free(&b);
	expect_error(fs_read("none", 5, &b), ERR_CONFIG, "none: No such file or directory");
	expect_error(fs_read(".", 5, &b), ERR_CONFIG, ".: is a folder, expected a file");
	buf_free(&b);

	assert_int_equal(pipe(pipes), 0);
	saved = dup(STDIN_FILENO);
	assert_true(dup2(pipes[0], STDIN_FILENO) >= 0);
	assert_int_equal(__real_write(pipes[1], "piped", 5), 5);
	assert_int_equal(close(pipes[1]), 0);
	assert_null(fs_read("-", 5, &b));
	assert_true(str_is(buf_view(&b), "piped"));
	buf_free(&b);
	assert_int_equal(close(pipes[0]), 0);
	if (saved >= 0) {
		assert_true(dup2(saved, STDIN_FILENO) >= 0);
		assert_int_equal(close(saved), 0);
	}
}

static void test_beneath(void **state)
{
	static const char link_text[] =
		": a symbolic link or a file stands in its path; links are not followed";
	static const struct {
		const char *path;
		const char *want; /* content; NULL: see error; "-": not found */
		const char *error;
	} rows[] = {
		{"a", "top", NULL},
		{"d/e/f", "deep", NULL},
		{"none", "-", NULL},
		{"d/none", "-", NULL},
		{"none/none", "-", NULL},
		{"link", NULL, link_text},
		{"d/out", NULL, link_text},
		{"dlink/e/f", NULL, link_text},
		{"a/b", NULL, link_text},
		{"dangling", NULL, link_text},
		{"d", NULL, ": not a regular file"},
		{"fifo", NULL, ": not a regular file"},
		{"large", NULL, ": larger than 10 bytes"},
		{"../x", NULL, ": not a plain path below the repository"},
		{"", NULL, ": not a plain path below the repository"},
		{"/etc/passwd", NULL, ": not a plain path below the repository"},
	};

	(void)state;
	assert_null(fs_make_dirs("root/d/e"));
	put("outside", "outside");
	put("root/a", "top");
	put("root/d/e/f", "deep");
	put("root/large", "01234567890");
	assert_int_equal(symlink("a", "root/link"), 0);
	assert_int_equal(symlink("d", "root/dlink"), 0);
	assert_int_equal(symlink("none", "root/dangling"), 0);
	assert_int_equal(symlink("../../outside", "root/d/out"), 0);
	/* Nobody writes to it: opening it as a plain file would wait for ever. */
	assert_int_equal(mkfifo("root/fifo", 0600), 0);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b = {(char *)1, 1, 1, 1, .sink = NULL};
		bool found = true;
		struct err *e = fs_read_beneath("root", rows[i].path, 10, &b, &found);
		char want[200];

		if (rows[i].error) {
			(void)snprintf(want, sizeof(want), "%s%s", rows[i].path, rows[i].error);
			expect_error(e, ERR_CONFIG, want);
			assert_false(found);
			assert_null(b.p);
		} else if (strcmp(rows[i].want, "-") == 0) {
			assert_null(e);
			assert_false(found);
			assert_int_equal(b.n, 0);
		} else {
			assert_null(e);
			assert_true(found);
			assert_true(str_is(buf_view(&b), rows[i].want));
		}
		buf_free(&b);
	}
}

static void test_safe_path(void **state)
{
	static const char *const good[] = {"a",       "a/b",    "...",
					   "a..b/.c", ".git/x", "\xe4\xb8\xad/b c"};
	static const char *const bad[] = {"",      "/",    "/a",     "a/",    "a//b", ".",
					  "..",    "./a",  "a/..",   "a/./b", "a\\b", "a\nb",
					  "a\x7f", "../a", "a/../b", "//"};
	char longest[4098];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_true(fs_is_safe_path(str_from(good[i])));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		if (fs_is_safe_path(str_from(bad[i])))
			fail_msg("\"%s\"", bad[i]);
	}
	assert_false(fs_is_safe_path(STR("a\0b")));
	memset(longest, 'x', sizeof(longest));
	assert_true(fs_is_safe_path((struct str){longest, 4096}));
	assert_false(fs_is_safe_path((struct str){longest, 4097}));
}

/* ---- writing ---- */

static void test_write(void **state)
{
	struct stat st;
	mode_t mask = umask(0077);

	(void)state;
	assert_null(fs_write("a", STR("one"), FS_NEW_ONLY));
	expect_content("a", "one");
	assert_int_equal(stat("a", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(chmod("a", 0664), 0);
	assert_null(fs_write("a", STR("one"), FS_REPLACE));
	assert_int_equal(stat("a", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0664);
	(void)umask(0027);
	assert_null(fs_write("b", STR("one"), FS_NEW_ONLY));
	assert_int_equal(stat("b", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(unlink("b"), 0);
	expect_error(fs_write("a", STR("two"), FS_NEW_ONLY), ERR_OUTPUT, "a: File exists");
	expect_content("a", "one");
	assert_null(fs_write("a", STR("two"), FS_REPLACE));
	expect_content("a", "two");
	assert_null(fs_write("a", (struct str){NULL, 0}, FS_REPLACE));
	expect_content("a", "");
	assert_int_equal(count_files(), 1);

	/* A link is replaced, not written through. */
	put("target", "safe");
	assert_int_equal(symlink("target", "link"), 0);
	expect_error(fs_write("link", STR("x"), FS_NEW_ONLY), ERR_OUTPUT, "link: File exists");
	expect_error(fs_write("link", STR("x"), FS_REPLACE_FILE), ERR_OUTPUT,
		     "link: a link, expected a file or nothing");
	assert_null(fs_write("link", STR("x"), FS_REPLACE));
	expect_content("target", "safe");
	assert_int_equal(lstat("link", &st), 0);
	assert_true(S_ISREG(st.st_mode));

	expect_error(fs_write("none/a", STR("x"), FS_REPLACE), ERR_OUTPUT,
		     "none/a: cannot create a file beside it: No such file or directory");
	assert_null(fs_make_dirs("d/sub"));
	expect_error(fs_write("d", STR("x"), FS_REPLACE), ERR_OUTPUT, "d: Is a directory");
	expect_error(fs_write("d", STR("x"), FS_REPLACE_FILE), ERR_OUTPUT,
		     "d: a folder, expected a file or nothing");
	assert_int_equal(mkfifo("pipe", 0600), 0);
	expect_error(fs_write("pipe", STR("x"), FS_REPLACE_FILE), ERR_OUTPUT,
		     "pipe: a device or a pipe, expected a file or nothing");
	assert_null(fs_write("b", STR("one"), FS_REPLACE_FILE));
	assert_null(fs_write("b", STR("two"), FS_REPLACE_FILE));
	expect_content("b", "two");
	assert_int_equal(count_files(), 7);
	(void)umask(mask);
}

static void test_write_in_pieces(void **state)
{
	(void)state;
	write_max = 3;
	assert_null(fs_write("a", STR("0123456789"), FS_REPLACE));
	write_max = 0;
	expect_content("a", "0123456789");
}

/* Whatever fails: the old content or the new, nothing beside it, and an error. */
static void test_write_faults(void **state)
{
	static const struct {
		const char *name;
		enum call call;
		unsigned at;
		enum fs_write_mode mode;
		const char *content; /* NULL: no file */
		const char *error;
	} rows[] = {
		{"disk full", CALL_WRITE, 1, FS_REPLACE, "old", "a: No space left on device"},
		{"disk full later", CALL_WRITE, 2, FS_REPLACE, "old", "a: No space left on device"},
		{"mode", CALL_CHMOD, 1, FS_REPLACE, "old", "a: Operation not permitted"},
		{"sync", CALL_FSYNC, 1, FS_REPLACE, "old", "a: Input/output error"},
		{"rename", CALL_RENAME, 1, FS_REPLACE, "old", "a: Invalid cross-device link"},
		{"sync of the folder", CALL_FSYNC, 2, FS_REPLACE, "new!",
		 "a: its folder cannot be synced: Input/output error"},
		{"disk full, new", CALL_WRITE, 1, FS_NEW_ONLY, NULL, "a: No space left on device"},
		{"link", CALL_LINK, 1, FS_NEW_ONLY, NULL, "a: Operation not permitted"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		(void)unlink("a");
		if (rows[i].mode == FS_REPLACE)
			put("a", "old");
		write_max = rows[i].call == CALL_WRITE && rows[i].at > 1 ? 2 : 0;
		is_interrupted = true;
		failing = rows[i].call;
		fail_at = rows[i].at;
		expect_error(fs_write("a", STR("new!"), rows[i].mode), ERR_OUTPUT, rows[i].error);
		assert_int_equal(failing, CALL_NONE);
		if (rows[i].content)
			expect_content("a", rows[i].content);
		assert_int_equal(count_files(), rows[i].content != NULL);
	}
}

static void test_make_dirs(void **state)
{
	char absolute[128];
	struct stat st;

	(void)state;
	assert_null(fs_make_dirs("a/b//c/"));
	assert_null(fs_make_dirs("a/b/c"));
	assert_null(fs_make_dirs("."));
	assert_int_equal(stat("a/b/c", &st), 0);
	(void)snprintf(absolute, sizeof(absolute), "%s/x/y", folder);
	assert_null(fs_make_dirs(absolute));
	assert_int_equal(stat("x/y", &st), 0);
	put("file", "");
	expect_error(fs_make_dirs("file/x"), ERR_OUTPUT, "file/x: Not a directory");
	expect_error(fs_make_dirs("file"), ERR_OUTPUT, "file: Not a directory");
	expect_error(fs_make_dirs(""), ERR_OUTPUT, ": No such file or directory");
	assert_int_equal(symlink("a", "link"), 0);
	assert_null(fs_make_dirs("link/d"));
	assert_int_equal(stat("a/d", &st), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_read, setup, teardown),
		cmocka_unit_test_setup_teardown(test_beneath, setup, teardown),
		cmocka_unit_test(test_safe_path),
		cmocka_unit_test_setup_teardown(test_write, setup, teardown),
		cmocka_unit_test_setup_teardown(test_write_in_pieces, setup, teardown),
		cmocka_unit_test_setup_teardown(test_write_faults, setup, teardown),
		cmocka_unit_test_setup_teardown(test_make_dirs, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
