/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM_WINDOW (64u << 10)

struct buf buf_stream(bool (*sink)(void *ctx, const char *p, size_t n), void *ctx)
{
	return (struct buf){.max = STREAM_WINDOW, .sink = sink, .sink_ctx = ctx};
}

static bool has_failed(const struct buf *b)
{
	return b->failed_memory || b->failed_ceiling || b->failed_sink;
}

/* After each change of content, capacity or state. */
static void measure_room(struct buf *b)
{
	size_t free_bytes = b->cap - b->n, allowed = b->max - b->n;

	if (has_failed(b) || !b->cap || b->n > b->max)
		b->room = 0;
	else
		b->room = free_bytes <= allowed ? free_bytes : allowed + 1;
}

/* Room for n more bytes and a NUL. */
static bool reserve(struct buf *b, size_t n)
{
	size_t need, cap;
	char *p;

	if (__builtin_add_overflow(b->n, n, &need) || need > b->max) {
		b->failed_ceiling = true;
		return false;
	}
	if (need < b->cap)
		return true;
	cap = b->cap ? b->cap : 64;
	while (cap <= need)
		cap = cap > SIZE_MAX / 2 ? need + 1 : cap * 2;
	p = realloc(b->p, cap);
	if (!p) {
		b->failed_memory = true;
		return false;
	}
	b->p = p;
	b->cap = cap;
	return true;
}

void buf_flush(struct buf *b)
{
	if (!b->sink || b->n == 0 || has_failed(b))
		return;
	if (!b->sink(b->sink_ctx, b->p, b->n))
		b->failed_sink = true;
	b->n = 0;
	measure_room(b);
}

static void add(struct buf *b, const void *p, size_t n)
{
	if (has_failed(b) || n == 0)
		return;
	if (b->sink && n > b->max - b->n) {
		buf_flush(b);
		if (n > b->max) {
			if (!has_failed(b) && !b->sink(b->sink_ctx, p, n))
				b->failed_sink = true;
			return;
		}
	}
	if (!reserve(b, n))
		return;
	memcpy(b->p + b->n, p, n);
	b->n += n;
	b->p[b->n] = '\0';
}

void buf_add_slowly(struct buf *b, const void *p, size_t n)
{
	add(b, p, n);
	measure_room(b);
}

char *buf_space(struct buf *b, size_t n)
{
	bool has_room = !has_failed(b) && reserve(b, n);

	measure_room(b);
	return has_room ? b->p + b->n : NULL;
}

void buf_filled(struct buf *b, size_t n)
{
	b->n += n;
	b->p[b->n] = '\0';
	measure_room(b);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	char small[256];
	char *large = NULL;
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(small, sizeof(small), fmt, ap);
	if (n >= 0 && (size_t)n < sizeof(small)) {
		buf_add(b, small, (size_t)n);
	} else if (n < 0 || vasprintf(&large, fmt, again) < 0) {
		b->failed_memory = true;
	} else {
		buf_add(b, large, (size_t)n);
		free(large);
	}
	va_end(again);
	va_end(ap);
}

void buf_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	buf_add(b, digits + at, sizeof(digits) - at);
}

struct str buf_view(const struct buf *b)
{
	return (struct str){b->p, b->n};
}

void buf_clear(struct buf *b)
{
	buf_cut(b, 0);
}

void buf_cut(struct buf *b, size_t n)
{
	if (n < b->n)
		b->n = n;
	measure_room(b);
}

void buf_free(struct buf *b)
{
	free(b->p);
	b->p = NULL;
	b->n = b->cap = b->room = 0;
}

struct err *buf_check(const struct buf *b, enum err_kind kind, const char *what)
{
	if (b->failed_memory)
		return err_nomem();
	if (b->failed_ceiling)
		return err_new(kind, "%s: larger than %zu bytes", what, b->max);
	if (b->failed_sink)
		return err_new(kind, "%s: cannot be written", what);
	return NULL;
}

char *buf_take(struct buf *b, size_t *n)
{
	char *p = b->p;

	if (n)
		*n = b->n;
	b->p = NULL;
	b->n = b->cap = b->room = 0;
	return p;
}
