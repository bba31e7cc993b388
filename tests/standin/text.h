/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Borrowed text and the few things done with it. A span never owns its bytes and is not
 * NUL terminated; nothing here depends on the locale.
 */
#ifndef STANDIN_TEXT_H
#define STANDIN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct span {
	const char *p;
	size_t n;
};

/* For a literal: its bytes without the NUL. */
#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

struct span span_of(const char *s);
bool span_equal(struct span a, struct span b);
bool span_equal_nocase(struct span a, struct span b);
bool span_is(struct span a, const char *s);

/* Cuts `prefix` off the front of *s; false and untouched where it is not there. */
bool span_skip(struct span *s, const char *prefix);

/* Takes what stands before the first `c` and moves *rest behind it; false where there is no `c`. */
bool span_until(struct span *rest, char c, struct span *head);

/* Without spaces and tabs at both ends. */
struct span span_trim(struct span s);

char ascii_lower(char c);

/* The whole of `s` as a decimal number in [min, max]; refuses signs but '-', blanks and junk. */
bool text_int(struct span s, long long min, long long max, long long *out);

#endif
