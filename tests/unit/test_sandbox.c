/* SPDX-License-Identifier: Apache-2.0 */
/* What a process that has shut itself in can still do: each row in a process of its own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sandbox.h"

static char dir[] = "/tmp/scandrift-sandbox-XXXXXX";

/* Each gives 0, or the errno that it met. */

static int done(long code)
{
	return code < 0 ? errno : 0;
}

static int try_socket(void)
{
	return done(socket(AF_INET, SOCK_STREAM, 0));
}

static int try_socketpair(void)
{
	int fds[2];

	return done(socketpair(AF_UNIX, SOCK_STREAM, 0, fds));
}

static int try_connect(void)
{
	const struct sockaddr a = {.sa_family = AF_UNIX};

	return done(connect(0, &a, sizeof(a)));
}

static int try_exec(void)
{
	return done(execl("/bin/true", "true", (char *)NULL));
}

static int try_fork(void)
{
	return done(fork());
}

static int try_vfork_by_clone(void)
{
	return done(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0));
}

static int try_clone3(void)
{
	char args[64] = {0};

	return done(syscall(SYS_clone3, args, sizeof(args)));
}

static int try_x32(void)
{
#ifdef __x86_64__
	return done(syscall(0x40000000 | SYS_socket, AF_INET, SOCK_STREAM, 0));
#else
	return EPERM;
#endif
}

static int try_ptrace(void)
{
	return done(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}

static int try_io_uring(void)
{
	return done(syscall(SYS_io_uring_setup, 1, NULL));
}

static int try_kill(void)
{
	return done(kill(getppid(), 0));
}

static void *work(void *arg)
{
	return arg;
}

static int try_thread(void)
{
	pthread_t t;
	int code = pthread_create(&t, NULL, work, NULL);

	return code ? code : pthread_join(t, NULL);
}

static int open_in(const char *name, int flags)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return done(open(path, flags, 0600));
}

static int try_read_inside(void)
{
	return open_in("readable/below/file", O_RDONLY);
}

static int try_list_inside(void)
{
	return open_in("readable/below", O_RDONLY | O_DIRECTORY);
}

static int try_read_single(void)
{
	return open_in("single", O_RDONLY);
}

static int try_write_inside(void)
{
	return open_in("readable/below/file", O_WRONLY);
}

static int try_make_inside(void)
{
	return open_in("readable/new", O_WRONLY | O_CREAT);
}

static int try_read_outside(void)
{
	return open_in("other", O_RDONLY);
}

static int try_through_link(void)
{
	return open_in("readable/link", O_RDONLY);
}

static int try_read_system(void)
{
	return done(open("/etc/passwd", O_RDONLY));
}

static int try_make_output(void)
{
	return open_in("out/new", O_WRONLY | O_CREAT);
}

static int try_replace_output(void)
{
	char a[256], b[256];

	(void)snprintf(a, sizeof(a), "%s/out/old", dir);
	(void)snprintf(b, sizeof(b), "%s/out/old2", dir);
	return done(rename(a, b));
}

static const struct {
	const char *name;
	int (*try)(void);
	int want; /* with all on */
	bool is_call;
} rows[] = {
	{"socket", try_socket, EPERM, true},
	{"socketpair", try_socketpair, EPERM, true},
	{"connect", try_connect, EPERM, true},
	{"execve", try_exec, EPERM, true},
	{"fork", try_fork, EPERM, true},
	{"clone as fork", try_vfork_by_clone, EPERM, true},
	{"clone3", try_clone3, ENOSYS, true},
	{"x32", try_x32, EPERM, true},
	{"ptrace", try_ptrace, EPERM, true},
	{"io_uring", try_io_uring, EPERM, true},
	{"kill", try_kill, EPERM, true},
	{"thread", try_thread, 0, true},
	{"read inside", try_read_inside, 0, false},
	{"list inside", try_list_inside, 0, false},
	{"read a single file", try_read_single, 0, false},
	{"write inside", try_write_inside, EACCES, false},
	{"make inside", try_make_inside, EACCES, false},
	{"read outside", try_read_outside, EACCES, false},
	{"read through a link", try_through_link, EACCES, false},
	{"read the system", try_read_system, EACCES, false},
	{"make an output", try_make_output, 0, false},
	{"rename an output", try_replace_output, 0, false},
};

static struct err *shut_in(void)
{
	char path[4][64];
	const char *readable[3], *writable[1];

	(void)snprintf(path[0], sizeof(path[0]), "%s/readable", dir);
	(void)snprintf(path[1], sizeof(path[1]), "%s/single", dir);
	(void)snprintf(path[2], sizeof(path[2]), "%s/absent", dir);
	(void)snprintf(path[3], sizeof(path[3]), "%s/out", dir);
	for (size_t i = 0; i < 3; i++)
		readable[i] = path[i];
	writable[0] = path[3];
	TRY(sandbox_close_calls());
	return sandbox_close_files(&(struct sandbox_files){readable, 3, writable, 1});
}

/* What the row met: 0 or errno; 255 where the sandbox could not be set. */
static int in_child(int (*try)(void), bool is_shut)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		struct err *e = is_shut ? shut_in() : NULL;

		_exit(e ? 255 : try());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void test_rows(void **state)
{
	bool has_calls = sandbox_has_seccomp(), has_files = sandbox_landlock_abi() > 0;

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		int have;

		if (rows[i].is_call ? !has_calls : !has_files)
			continue;
		have = in_child(rows[i].try, true);
		if (have != rows[i].want)
			fail_msg("%s: want %s, have %s", rows[i].name, strerror(rows[i].want),
				 have < 0 ? "a signal" : strerror(have));
	}
	(void)state;
}

/* Each refusal is the sandbox's: without it the same call has another end. */
static void test_rows_outside(void **state)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (rows[i].want != 0 && in_child(rows[i].try, false) == rows[i].want &&
		    strcmp(rows[i].name, "x32") != 0)
			fail_msg("%s: is refused without the sandbox too", rows[i].name);
	}
	(void)state;
}

static int setup(void **state)
{
	char command[512];

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	(void)snprintf(command, sizeof(command),
		       "cd %s && mkdir -p readable/below out && touch readable/below/file single "
		       "other out/old && ln -s ../other readable/link",
		       dir);
	return system(command);
}

static int teardown(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_rows_outside),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
