/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_COMPAT_H
#define SCANDRIFT_REPO_COMPAT_H

/*
 * Where libgit2 1.5 to 1.9 differ in what this folder uses. CMake looks for each feature; no code
 * asks for a version.
 *
 *   HAVE_GIT2_SYS_ERRORS_H      since 1.8 the functions that set and clear its error have a header of
 *                               their own
 *   HAVE_GIT_ALLOCATOR_GCALLOC  up to 1.5 an allocator has nine functions and reports that it is out
 *                               of memory; later versions derive six of them from the other three
 *                               and report it themselves
 */
#include <git2/errors.h>
#include <git2/sys/alloc.h>
#ifdef HAVE_GIT2_SYS_ERRORS_H
#include <git2/sys/errors.h>
#endif

#endif
