/* SPDX-License-Identifier: Apache-2.0 */
#include "buf.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *buf_reserve(struct buf *b, size_t n)
{
	size_t need, room;
	char *p;

	if (b->failed || __builtin_add_overflow(b->n, n, &need) || need > b->max) {
		b->failed = true;
		return NULL;
	}
	if (need > b->room) {
		room = b->room < 256 ? 256 : b->room;
		while (room < need)
			room = room > b->max / 2 ? b->max : room * 2;
		/* Not realloc: the old block may hold a key and would be left behind unzeroed. */
		p = malloc(room);
		if (!p) {
			b->failed = true;
			return NULL;
		}
		if (b->n > 0)
			memcpy(p, b->p, b->n);
		if (b->p)
			OPENSSL_cleanse(b->p, b->room);
		free(b->p);
		b->p = p;
		b->room = room;
	}
	return b->p + b->n;
}

void buf_grown(struct buf *b, size_t n)
{
	b->n += n;
}

void buf_drop(struct buf *b, size_t n)
{
	if (n > b->n)
		n = b->n;
	if (n == 0)
		return;
	memmove(b->p, b->p + n, b->n - n);
	b->n -= n;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	char *p = n > 0 ? buf_reserve(b, n) : NULL;

	if (p) {
		memcpy(p, bytes, n);
		b->n += n;
	}
}

void buf_add_span(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.n);
}

void buf_add_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= sizeof(text))
		b->failed = true;
	else
		buf_add(b, text, (size_t)n);
}

void buf_add_json(struct buf *b, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_printf(b, "\\u%04x", c);
		else
			buf_add(b, &c, 1);
	}
}

bool buf_add_file(struct buf *b, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got;
	char part[8192];

	if (fd < 0)
		return false;
	do {
		got = read(fd, part, sizeof(part));
		if (got > 0)
			buf_add(b, part, (size_t)got);
	} while ((got > 0 && !b->failed) || (got < 0 && errno == EINTR));
	OPENSSL_cleanse(part, sizeof(part));
	close(fd);
	return got == 0 && buf_ok(b);
}

bool buf_ok(const struct buf *b)
{
	return !b->failed;
}

struct span buf_span(const struct buf *b)
{
	return (struct span){b->p, b->n};
}

void buf_free(struct buf *b)
{
	if (b->p)
		OPENSSL_cleanse(b->p, b->room);
	free(b->p);
	*b = BUF_INIT(b->max);
}
