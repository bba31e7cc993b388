/* SPDX-License-Identifier: Apache-2.0 */
#include "base/grow.h"

#include <stdlib.h>
#include <string.h>

#define FIRST 8u

/* 0: no array has room for so many. */
static size_t next_room(size_t cap, size_t size)
{
	size_t room = FIRST, bytes;

	if (cap && __builtin_mul_overflow(cap, (size_t)2, &room))
		return 0;
	return __builtin_mul_overflow(room, size, &bytes) ? 0 : room;
}

void *grow(void *v, size_t n, size_t *cap, size_t size)
{
	size_t room;
	void *p;

	if (n < *cap)
		return v;
	room = next_room(*cap, size);
	p = room ? realloc(v, room * size) : NULL;
	if (p)
		*cap = room;
	return p;
}

void *grow_in(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
	size_t room;
	void *p;

	if (n < *cap)
		return v;
	room = next_room(*cap, size);
	p = room ? arena_array(a, room, size) : NULL;
	if (!p)
		return NULL;
	if (n)
		memcpy(p, v, n * size);
	*cap = room;
	return p;
}
