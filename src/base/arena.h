/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_ARENA_H
#define SCANDRIFT_BASE_ARENA_H

#include <stddef.h>

#include "base/attr.h"
#include "base/budget.h"
#include "base/str.h"

/*
 * What lives and dies together. A target's reply, config, changes and findings sit in one arena;
 * nothing in it is freed alone. Allocation that fails returns NULL: callers turn that into
 * err_nomem(). Memory is zeroed.
 */

struct arena;

struct arena *arena_new(void) MUST_USE;
void arena_free(struct arena *a); /* accepts NULL */

/* Aligned for any object. */
void *arena_alloc(struct arena *a, size_t size) MUST_USE;

/* count * size, refused when that overflows. */
void *arena_array(struct arena *a, size_t count, size_t size) MUST_USE;

/* Bytes without alignment: what to use for text. */
char *arena_bytes(struct arena *a, size_t size) MUST_USE;

/*
 * Gives memory from malloc to the arena, which frees it. `size` is the part that counts against the
 * budget. Returns false if out of memory; the caller then still owns it.
 */
bool arena_adopt(struct arena *a, void *p, size_t size) MUST_USE;

/* What comes from now on is taken from this budget; NULL: from none. */
void arena_set_budget(struct arena *a, struct budget *b);
struct budget *arena_budget(const struct arena *a);

/* What was allocated since arena_mark is dropped: nothing may point to it. */
struct arena_mark {
	void *chunk, *behind, *adopted;
	size_t used;
};
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, const struct arena_mark *m);

/* A copy with a NUL behind it; .p is NULL if out of memory. */
struct str arena_str(struct arena *a, struct str s) MUST_USE;

/* printf into the arena, NUL-terminated; NULL if out of memory. */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3) MUST_USE;

#endif
