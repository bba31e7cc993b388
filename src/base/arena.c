/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Chunks double up to the ceiling, so that a small target costs little and a large one few calls. */
#define CHUNK_FIRST 4096u
#define CHUNK_MAX   (1u << 20)

struct chunk {
	struct chunk *next;
	size_t size, used;
	alignas(max_align_t) char data[];
};

struct adopted {
	struct adopted *next;
	void *p;
	size_t size;
};

struct arena {
	struct chunk *head;
	struct adopted *adopted;
	size_t next_size;
	struct budget *budget;
};

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof(*a));

	if (a)
		a->next_size = CHUNK_FIRST;
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	for (struct adopted *d = a->adopted; d; d = d->next)
		free(d->p);
	for (struct chunk *c = a->head, *next; c; c = next) {
		next = c->next;
		free(c);
	}
	free(a);
}

/* A block larger than a chunk gets a chunk of its own behind the head, which stays in use. */
static struct chunk *add_chunk(struct arena *a, size_t need)
{
	size_t size = need > a->next_size ? need : a->next_size;
	struct chunk *c;

	if (size > SIZE_MAX - sizeof(*c))
		return NULL;
	if (!budget_take(a->budget, size))
		return NULL;
	c = calloc(1, sizeof(*c) + size);
	if (!c) {
		budget_give(a->budget, size);
		return NULL;
	}
	c->size = size;
	if (need > a->next_size && a->head) {
		c->next = a->head->next;
		a->head->next = c;
		return c;
	}
	c->next = a->head;
	a->head = c;
	if (a->next_size < CHUNK_MAX)
		a->next_size *= 2;
	return c;
}

static void *take(struct arena *a, size_t size, size_t align)
{
	struct chunk *c = a->head;
	size_t at = 0;

	if (c)
		at = (c->used + align - 1) & ~(align - 1);
	if (!c || at > c->size || size > c->size - at) {
		c = add_chunk(a, size);
		if (!c)
			return NULL;
		at = 0;
	}
	c->used = at + size;
	return c->data + at;
}

void *arena_alloc(struct arena *a, size_t size)
{
	return take(a, size, alignof(max_align_t));
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return arena_alloc(a, total);
}

char *arena_bytes(struct arena *a, size_t size)
{
	return take(a, size, 1);
}

bool arena_adopt(struct arena *a, void *p, size_t size)
{
	struct adopted *d = arena_alloc(a, sizeof(*d));

	if (!d || !budget_take(a->budget, size))
		return false;
	*d = (struct adopted){a->adopted, p, size};
	a->adopted = d;
	return true;
}

void arena_set_budget(struct arena *a, struct budget *b)
{
	a->budget = b;
}

struct budget *arena_budget(const struct arena *a)
{
	return a->budget;
}

struct arena_mark arena_mark(const struct arena *a)
{
	struct arena_mark m = {.chunk = a->head, .adopted = a->adopted};

	if (a->head) {
		m.used = a->head->used;
		m.behind = a->head->next;
	}
	return m;
}

/* Frees the chunks from *c on, up to `until`. */
static void drop_chunks(struct arena *a, struct chunk **c, const struct chunk *until)
{
	while (*c != until) {
		struct chunk *gone = *c;

		*c = gone->next;
		budget_give(a->budget, gone->size);
		free(gone);
	}
}

void arena_rewind(struct arena *a, const struct arena_mark *m)
{
	struct chunk *marked = m->chunk;
	size_t used = m->used;

	for (; a->adopted != m->adopted; a->adopted = a->adopted->next) {
		budget_give(a->budget, a->adopted->size);
		free(a->adopted->p);
	}
	if (a->head != marked) {
		/* A new head stays: who rewinds often would get and free one each time. */
		drop_chunks(a, &a->head->next, marked);
		used = 0;
	}
	if (marked)
		drop_chunks(a, &marked->next, m->behind);
	if (a->head) {
		memset(a->head->data + used, 0, a->head->used - used);
		a->head->used = used;
	}
}

struct str arena_str(struct arena *a, struct str s)
{
	char *p = s.n == SIZE_MAX ? NULL : arena_bytes(a, s.n + 1);

	if (!p)
		return (struct str){NULL, 0};
	if (s.n)
		memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return (struct str){p, s.n};
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p = NULL;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0)
		p = arena_bytes(a, (size_t)n + 1);
	if (p)
		(void)vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p;
}
