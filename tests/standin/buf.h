/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A byte buffer that grows up to a ceiling given at birth. A failed write sticks: writers
 * need no checks, the owner asks buf_ok() once at the end.
 */
#ifndef STANDIN_BUF_H
#define STANDIN_BUF_H

#include "text.h"

struct buf {
	char *p;
	size_t n, room, max;
	bool failed;
};

#define BUF_INIT(ceiling) ((struct buf){.max = (ceiling)})

void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_add_span(struct buf *b, struct span s);
void buf_add_str(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* `s` as the inside of a JSON string; bytes above 0x7f pass as they are. */
void buf_add_json(struct buf *b, struct span s);

/* Appends at most what is left of the file; false when it cannot be read or is too long. */
bool buf_add_file(struct buf *b, const char *path);

/* Room for n > 0 more bytes at the end, NULL when there is none; buf_grown() says how many came. */
char *buf_reserve(struct buf *b, size_t n);
void buf_grown(struct buf *b, size_t n);

/* Drops the first n bytes. */
void buf_drop(struct buf *b, size_t n);

bool buf_ok(const struct buf *b);
struct span buf_span(const struct buf *b);

/* Zeroes what it held, which may be a key. */
void buf_free(struct buf *b);

#endif
