/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_UTF8_H
#define SCANDRIFT_BASE_UTF8_H

#include "base/str.h"

/*
 * Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.
 */

/* Index of the first byte that begins no valid sequence; s.n when all is valid. */
size_t utf8_invalid_at(struct str s);

/*
 * The code point that begins at s.p and its length in bytes. 0 when s is empty or does not begin
 * with a valid sequence.
 */
size_t utf8_decode(struct str s, uint32_t *cp);

/* Writes 1 to 4 bytes. `cp` is a valid scalar value. */
size_t utf8_encode(uint32_t cp, char out[4]);

/* As much of it as fits into max bytes without cutting a character. */
struct str utf8_prefix(struct str valid, size_t max);

size_t utf8_count(struct str valid); /* code points */

/* Columns on a terminal: East Asian wide characters count two, combining marks none. */
size_t utf8_width(struct str valid);

#endif
