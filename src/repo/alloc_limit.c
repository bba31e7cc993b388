/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ceiling on what libgit2 allocates at once. An object's own size is asked for before it is read;
 * but a packed one may be stored as its difference to another, of any size, which is then read
 * too. The hooks have no context, so what they know is global, as libgit2's own settings are.
 */
#include <stdlib.h>
#include <string.h>

#include "repo/compat.h"
#include "repo/git.h"

static size_t once_max = SIZE_MAX;
static bool was_refused;
static bool errors_have_place;

static void *limited_realloc(void *p, size_t n, const char *file, int line)
{
	void *q;

	(void)file;
	(void)line;
	q = n > once_max ? NULL : realloc(p, n ? n : 1);
	if (!q)
		was_refused = n > once_max;
#ifdef HAVE_GIT_ALLOCATOR_GCALLOC
	if (!q && errors_have_place)
		git_error_set_oom();
#endif
	return q;
}

static void *limited_malloc(size_t n, const char *file, int line)
{
	return limited_realloc(NULL, n, file, line);
}

#ifdef HAVE_GIT_ALLOCATOR_GCALLOC

static void *limited_reallocarray(void *p, size_t count, size_t size, const char *file, int line)
{
	size_t n;

	return limited_realloc(p, __builtin_mul_overflow(count, size, &n) ? SIZE_MAX : n, file,
			       line);
}

static void *limited_mallocarray(size_t count, size_t size, const char *file, int line)
{
	return limited_reallocarray(NULL, count, size, file, line);
}

static void *limited_calloc(size_t count, size_t size, const char *file, int line)
{
	void *p = limited_mallocarray(count, size, file, line);

	if (p)
		memset(p, 0, count * size);
	return p;
}

static char *limited_substrdup(const char *s, size_t n, const char *file, int line)
{
	char *p = n == SIZE_MAX ? NULL : limited_malloc(n + 1, file, line);

	if (p) {
		memcpy(p, s, n);
		p[n] = '\0';
	}
	return p;
}

static char *limited_strndup(const char *s, size_t n, const char *file, int line)
{
	return limited_substrdup(s, strnlen(s, n), file, line);
}

static char *limited_strdup(const char *s, const char *file, int line)
{
	return limited_substrdup(s, strlen(s), file, line);
}

#endif

bool repo_memory_was_refused(void)
{
	return was_refused;
}

static struct err *set_allocator(void)
{
	git_allocator limited = {
		.gmalloc = limited_malloc,
		.grealloc = limited_realloc,
		.gfree = free,
#ifdef HAVE_GIT_ALLOCATOR_GCALLOC
		.gcalloc = limited_calloc,
		.gstrdup = limited_strdup,
		.gstrndup = limited_strndup,
		.gsubstrdup = limited_substrdup,
		.greallocarray = limited_reallocarray,
		.gmallocarray = limited_mallocarray,
#endif
	};

	if (git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &limited) < 0)
		return err_new(ERR_REPO, "libgit2 cannot be set up");
	return NULL;
}

struct err *repo_limit_memory(size_t max)
{
	/* Above what libgit2 needs beside an object's bytes. */
	once_max = max > SIZE_MAX - 4096 ? SIZE_MAX : max + 4096;
	return set_allocator();
}

struct err *repo_memory_start(void)
{
	TRY(set_allocator());
	/* It may have no place yet for what goes wrong, and must not be asked for it. */
	if (git_libgit2_init() < 0)
		return err_new(ERR_REPO, "libgit2 cannot be started");
	git_error_clear();
	errors_have_place = true;
	return NULL;
}
