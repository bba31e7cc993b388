/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_SANDBOX_H
#define SCANDRIFT_BASE_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/*
 * Shuts this process in before it takes apart what nobody vouches for: a mistake in a parser then
 * reaches no network, starts no program and reads no file but those that were named. Both parts
 * last until the process ends and hold for all its threads. A kernel may lack either; what it has
 * is asked first.
 */

/* 0: this kernel, or who runs us in it, has no Landlock. */
int sandbox_landlock_abi(void);
bool sandbox_has_seccomp(void);

/*
 * No socket, no other program, no other process, and none of the ways around that: each such call
 * fails with EPERM. ERR_CONFIG where the kernel has it and it cannot be set.
 */
struct err *sandbox_close_calls(void) MUST_USE;

struct sandbox_files {
	const char *const *readable; /* folders, with all below them, and files */
	size_t readable_count;
	const char *const *writable; /* folders in which files may be made and replaced */
	size_t writable_count;
};

/*
 * No other file is opened from here on, and none is changed; what is open stays so. A path that is
 * not there is passed over. ERR_CONFIG as above.
 */
struct err *sandbox_close_files(const struct sandbox_files *files) MUST_USE;

#endif
