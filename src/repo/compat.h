/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_COMPAT_H
#define SCANDRIFT_REPO_COMPAT_H

/*
 * Where libgit2 1.5 to 1.9 differ in what we use. CMake looks for each feature; no code asks for a
 * version. For files of this folder only.
 *
 *   HAVE_GIT2_SYS_ERRORS_H     since 1.8 the setters of its error message have a header of their own
 *   HAVE_GIT_ALLOCATOR_GCALLOC until 1.5 an allocator has nine functions; later versions derive six
 *                              of them from the other three
 */
#include <git2/sys/alloc.h>
#ifdef HAVE_GIT2_SYS_ERRORS_H
#include <git2/sys/errors.h>
#endif

#endif
