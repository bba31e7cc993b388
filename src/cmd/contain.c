/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/contain.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/sandbox.h"
#include "result/exit.h"

/* What came of switching a part on. */
static void tell(const struct io *io, struct err *e, bool is_there, const char *what)
{
	char *text;

	if (!e) {
		log_verbose(&io->log, "%s: %s", what,
			    is_there ? "on, for the rest of this run" : "not in this kernel");
		return;
	}
	text = err_text(e);
	log_warn(&io->log, "this run goes on without a sandbox: %s", text ? text : what);
	free(text);
	err_free(e);
}

void contain_calls(const struct io *io)
{
	tell(io, sandbox_close_calls(), sandbox_has_seccomp(), "seccomp");
}

/* A sanitizer needs memory and time of its own, and a limit would say nothing. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SLOW_BUILD true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(memory_sanitizer)
#define IS_SLOW_BUILD true
#endif
#endif
#ifndef IS_SLOW_BUILD
#define IS_SLOW_BUILD false
#endif

/* In a signal's handler: nothing but the two calls. */
static void end_late(int signal_number)
{
	static const char text[] = "scandrift: not done within its time; nothing was judged "
				   "(--deadline gives it more)\n";

	(void)signal_number;
	(void)fs_write_all(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(EXIT_INCOMPLETE);
}

static struct itimerval timer_of(uint64_t limit_ms)
{
	return (struct itimerval){
		.it_value = {.tv_sec = (time_t)(limit_ms / 1000),
			     .tv_usec = (suseconds_t)(limit_ms % 1000 * 1000)},
	};
}

struct err *contain_time(uint64_t limit_ms, uint64_t cpu_ms)
{
	const struct sigaction action = {.sa_handler = end_late};
	const struct itimerval real = timer_of(limit_ms), cpu = timer_of(cpu_ms);

	if (sigaction(SIGALRM, &action, NULL) != 0 || sigaction(SIGPROF, &action, NULL) != 0 ||
	    setitimer(ITIMER_REAL, &real, NULL) != 0)
		return err_errno(ERR_CONFIG, errno, "a timer");
	if (cpu_ms && !IS_SLOW_BUILD && setitimer(ITIMER_PROF, &cpu, NULL) != 0)
		return err_errno(ERR_CONFIG, errno, "a timer");
	return NULL;
}

struct err *contain_memory(uint64_t bytes)
{
	struct rlimit limit;

	if (IS_SLOW_BUILD)
		return NULL;
	if (getrlimit(RLIMIT_DATA, &limit) != 0)
		return err_errno(ERR_CONFIG, errno, "the limit of memory");
	if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur <= bytes)
		return NULL;
	limit.rlim_cur = bytes;
	if (setrlimit(RLIMIT_DATA, &limit) != 0)
		return err_errno(ERR_CONFIG, errno, "a limit of memory");
	return NULL;
}

/* Where the files of --output are made: each beside the one that it replaces. */
static struct err *output_folders(const struct output_options *o, struct arena *a,
				  struct sandbox_files *files)
{
	const char **folders = arena_array(a, o->file_count + 1, sizeof(*folders));

	if (!folders)
		return err_nomem();
	for (size_t i = 0; i < o->file_count; i++) {
		const char *path = o->files[i].path, *slash = strrchr(path, '/');

		folders[i] = !slash ? "." : arena_printf(a, "%.*s", (int)(slash - path) + 1, path);
		if (!folders[i])
			return err_nomem();
	}
	files->writable = folders;
	files->writable_count = o->file_count;
	return NULL;
}

struct err *contain_files(const struct io *io, const struct repo *repo,
			  const struct output_options *outputs, struct arena *a)
{
	struct sandbox_files files = {0};

	if (outputs)
		TRY(output_folders(outputs, a, &files));
	if (repo)
		TRY(repo_folders(repo, a, &files.readable, &files.readable_count));
	tell(io, sandbox_close_files(&files), sandbox_landlock_abi() > 0, "Landlock");
	return NULL;
}

void contain_describe(struct buf *b)
{
	int abi = sandbox_landlock_abi();

	buf_puts(b, "sandbox: ");
	if (abi)
		buf_printf(b, "Landlock (ABI %d)", abi);
	else
		buf_puts(b, "no Landlock");
	buf_puts(b, sandbox_has_seccomp() ? ", seccomp\n" : ", no seccomp\n");
}
