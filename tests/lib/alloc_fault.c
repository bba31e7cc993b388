/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaded before the C library (LD_PRELOAD) into the program under test: memory that is at its end.
 *
 *   SCANDRIFT_FAIL_AT=N     the Nth allocation fails
 *   SCANDRIFT_FAIL_FROM=N   the Nth fails, and all that come after it
 *   SCANDRIFT_FAIL_COUNT=F  how many allocations there were, written to F when the program ends
 *   SCANDRIFT_FAIL_STACK=F  where the program crashed, if it did
 *
 * It does nothing in another program, and takes itself out of the environment of what the program
 * starts. LeakSanitizer's library may be loaded after it: that one then allocates.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static atomic_ulong count;
static unsigned long fail_at, fail_from;
static bool is_armed;
static int count_fd = -1, stack_fd = -1;

static bool is_at_its_end(void)
{
	unsigned long n;

	if (!is_armed)
		return false;
	n = atomic_fetch_add(&count, 1) + 1;
	if (n != fail_at && !(fail_from && n >= fail_from))
		return false;
	errno = ENOMEM;
	return true;
}

/* What the next library in order has under this name. */
#define NEXT(name)                     \
	static __typeof__(name) *next; \
	if (!next)                     \
	next = (__typeof__(name) *)(uintptr_t)dlsym(RTLD_NEXT, #name)

void *malloc(size_t size)
{
	NEXT(malloc);
	return is_at_its_end() ? NULL : next(size);
}

void *calloc(size_t n, size_t size)
{
	NEXT(calloc);
	return is_at_its_end() ? NULL : next(n, size);
}

void *realloc(void *p, size_t size)
{
	NEXT(realloc);
	return is_at_its_end() ? NULL : next(p, size);
}

void *reallocarray(void *p, size_t n, size_t size)
{
	NEXT(reallocarray);
	return is_at_its_end() ? NULL : next(p, n, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
	NEXT(aligned_alloc);
	return is_at_its_end() ? NULL : next(alignment, size);
}

int posix_memalign(void **p, size_t alignment, size_t size)
{
	NEXT(posix_memalign);
	return is_at_its_end() ? ENOMEM : next(p, alignment, size);
}

/* For what is no part of the program but runs in it: tests/lib/coverage.c asks for it by name. */
void alloc_fault_stop(void);

void alloc_fault_stop(void)
{
	is_armed = false;
}

/* LeakSanitizer asks. It cannot look at a process that has shut itself in. */
int __lsan_is_turned_off(void);

int __lsan_is_turned_off(void)
{
	return prctl(PR_GET_SECCOMP, 0, 0, 0, 0) > 0;
}

/* The second time the signal has its usual effect: the faulty instruction, or abort, is next. */
static void write_stack(int signal_number)
{
	void *frames[64];

	(void)signal_number;
	is_armed = false;
	backtrace_symbols_fd(frames, backtrace(frames, 64), stack_fd);
}

/* Above what a program counts on, and open before it shuts itself in. */
static int open_for(const char *variable)
{
	const char *path = getenv(variable);
	int low = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666) : -1, fd;

	if (low < 0)
		return -1;
	fd = fcntl(low, F_DUPFD_CLOEXEC, 200);
	close(low);
	return fd;
}

static void watch_for_crashes(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
	struct sigaction action = {.sa_handler = write_stack,
				   .sa_flags = (int)(SA_RESETHAND | SA_ONSTACK)};
	static char room[1 << 16];
	const stack_t own = {.ss_sp = room, .ss_size = sizeof(room)};
	void *frame;

	/* Recursion without an end crashes where the usual stack has no room left. */
	(void)sigaltstack(&own, NULL);
	/* Its first use loads a library. */
	(void)backtrace(&frame, 1);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaction(signals[i], &action, NULL);
}

static unsigned long number_of(const char *variable)
{
	const char *text = getenv(variable);

	return text ? strtoul(text, NULL, 10) : 0;
}

__attribute__((constructor)) static void begin(void)
{
	static const char *const ours[] = {"LD_PRELOAD", "SCANDRIFT_FAIL_AT", "SCANDRIFT_FAIL_FROM",
					   "SCANDRIFT_FAIL_COUNT", "SCANDRIFT_FAIL_STACK"};
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		return;
	path[n] = '\0';
	if (strcmp(basename(path), "scandrift") != 0)
		return;
	fail_at = number_of("SCANDRIFT_FAIL_AT");
	fail_from = number_of("SCANDRIFT_FAIL_FROM");
	count_fd = open_for("SCANDRIFT_FAIL_COUNT");
	stack_fd = open_for("SCANDRIFT_FAIL_STACK");
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		(void)unsetenv(ours[i]);
	if (stack_fd >= 0)
		watch_for_crashes();
	is_armed = true;
}

/* What other libraries do at their end still fails, and is not counted. */
__attribute__((destructor)) static void end(void)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%lu\n", atomic_load(&count));

	if (count_fd >= 0 && n > 0 && write(count_fd, text, (size_t)n) != n)
		abort();
}
