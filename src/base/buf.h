/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_BUF_H
#define SCANDRIFT_BASE_BUF_H

#include <string.h>

#include "base/err.h"
#include "base/str.h"

/*
 * Text that grows, under a ceiling given at birth. A failure (ceiling or memory) is sticky: later
 * additions do nothing, and buf_check tells once at the end, so that writers need no ifs.
 * `p` is NUL-terminated whenever n > 0; inside there may be any byte.
 */
struct buf {
	char *p;
	size_t n, cap, max;
	size_t room; /* what buf_add may fill without a look: 0 after a failure */
	bool failed_memory, failed_ceiling;
	/* When set, the buffer is a window: full content goes here and `n` starts again at 0. */
	bool (*sink)(void *ctx, const char *p, size_t n);
	void *sink_ctx;
	bool failed_sink;
};

#define BUF_INIT(ceiling) ((struct buf){.max = (ceiling)})

/*
 * A buffer that hands its content to `sink` in pieces, so that output of any size needs bounded
 * memory. Call buf_flush at the end. `sink` returns false to fail.
 */
struct buf buf_stream(bool (*sink)(void *ctx, const char *p, size_t n), void *ctx);

/* The way round room and failures; see buf_add. */
void buf_add_slowly(struct buf *b, const void *p, size_t n);

/*
 * The next n bytes, to be filled at once, where there is room without a look; else NULL. These are
 * here, because canonical forms are written in many small pieces.
 */
static inline char *buf_claim(struct buf *b, size_t n)
{
	char *p;

	if (n >= b->room)
		return NULL;
	p = b->p + b->n;
	b->n += n;
	b->room -= n;
	p[n] = '\0';
	return p;
}

static inline void buf_add(struct buf *b, const void *p, size_t n)
{
	char *to = buf_claim(b, n);

	if (to && n)
		memcpy(to, p, n);
	else
		buf_add_slowly(b, p, n);
}

static inline void buf_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

static inline void buf_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

static inline void buf_puts(struct buf *b, const char *nul_terminated)
{
	buf_add(b, nul_terminated, strlen(nul_terminated));
}

/*
 * Room for n bytes at the end of what is no stream, for who has them from a call that fills memory;
 * NULL after a failure. Then buf_filled says how many came.
 */
char *buf_space(struct buf *b, size_t n);
void buf_filled(struct buf *b, size_t n);

void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_u64(struct buf *b, uint64_t v);

void buf_flush(struct buf *b); /* for streams; else does nothing */
struct str buf_view(const struct buf *b);
void buf_clear(struct buf *b);         /* empties, keeps memory and failures */
void buf_cut(struct buf *b, size_t n); /* the same from n bytes on; no stream's */
void buf_free(struct buf *b);

/* NULL, or what went wrong since the start: `kind` for the ceiling and the sink. */
struct err *buf_check(const struct buf *b, enum err_kind kind, const char *what) MUST_USE;

/* The bytes, owned by the caller (free()); the buffer is empty afterwards. NULL if nothing. */
char *buf_take(struct buf *b, size_t *n);

#endif
