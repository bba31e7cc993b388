/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Linked into the program where gcov counts its lines. What was counted is written at the program's
 * end, also by a command that has shut itself in, and where allocations were made to fail.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/sandbox.h"

struct err *__real_sandbox_close_files(const struct sandbox_files *files) MUST_USE;
struct err *__wrap_sandbox_close_files(const struct sandbox_files *files) MUST_USE;

struct err *__wrap_sandbox_close_files(const struct sandbox_files *files)
{
	struct sandbox_files wider = *files;
	const char **readable = calloc(files->readable_count + 1, sizeof(*readable));
	const char **writable = calloc(files->writable_count + 1, sizeof(*writable));
	struct err *e = err_nomem();

	if (readable && writable) {
		for (size_t i = 0; i < files->readable_count; i++)
			readable[i] = files->readable[i];
		for (size_t i = 0; i < files->writable_count; i++)
			writable[i] = files->writable[i];
		readable[wider.readable_count++] = SCANDRIFT_BUILD_DIR;
		writable[wider.writable_count++] = SCANDRIFT_BUILD_DIR;
		wider.readable = readable;
		wider.writable = writable;
		e = __real_sandbox_close_files(&wider);
	}
	free(readable);
	free(writable);
	return e;
}

/* gcov's own is later. */
__attribute__((destructor)) static void let_gcov_allocate(void)
{
	void (*stop)(void) = (void (*)(void))(uintptr_t)dlsym(RTLD_DEFAULT, "alloc_fault_stop");

	if (stop)
		stop();
}
