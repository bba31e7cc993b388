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
	return grow_from(NULL, v, n, cap, size);
}

void *grow_from(struct budget *b, void *v, size_t n, size_t *cap, size_t size)
{
	size_t room;
	void *p;

	if (n < *cap)
		return v;
	room = next_room(*cap, size);
	if (!room || !budget_take(b, (room - *cap) * size))
		return NULL;
	p = realloc(v, room * size);
	if (p)
		*cap = room;
	else
		budget_give(b, (room - *cap) * size);
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
