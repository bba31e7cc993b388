/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_JSON_SCAN_H
#define SCANDRIFT_JSON_SCAN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "json/integer.h"

/*
 * A strict reader of RFC 8259, a token at a time, for bytes that nobody vouches for. Stricter than
 * the RFC where a lenient reader would let two programs see two documents: no byte order mark, no
 * duplicate keys (compared unescaped), no U+0000, no lone surrogates, no integer outside
 * -2^63..2^64-1, no number that a double cannot hold, and bounds on size and depth.
 *
 * Texts point into the bytes given, or into the arena where escapes had to be resolved.
 */

struct json_limits {
	size_t size_max;
	unsigned depth_max; /* at most JSON_DEPTH_CEILING */
	enum err_kind kind; /* of the errors */
};

#define JSON_DEPTH_MAX     32u
#define JSON_DEPTH_CEILING 64u
#define JSON_SIZE_MAX      ((size_t)64 << 20)
#define JSON_SIZE_CEILING  ((size_t)UINT32_MAX) /* offsets are 32 bits */

enum json_kind {
	JSON_OBJECT,
	JSON_OBJECT_END,
	JSON_KEY,
	JSON_ARRAY,
	JSON_ARRAY_END,
	JSON_STRING,
	JSON_NUMBER,
	JSON_TRUE,
	JSON_FALSE,
	JSON_NULL,
	JSON_END, /* the document is over; again and again */
};

struct json_token {
	enum json_kind kind;
	uint32_t at;     /* offset of its first byte */
	uint32_t line;   /* of it, from 1 */
	struct str text; /* JSON_KEY, JSON_STRING: unescaped. JSON_NUMBER: as written */
	bool is_integer; /* JSON_NUMBER without fraction and exponent */
	struct integer integer;
	double number; /* JSON_NUMBER that is no integer */
};

struct json_scan;

/* Checks size and encoding of the whole. Texts that need memory go to `a`. */
struct err *json_scan_new(struct str bytes, const struct json_limits *lim, struct arena *a,
			  struct json_scan **out) MUST_USE;
void json_scan_free(struct json_scan *s); /* accepts NULL */

/* The next token. After an error the scan is over. */
struct err *json_next(struct json_scan *s, struct json_token *t) MUST_USE;

/* Passes over the rest of the value that `first` began. */
struct err *json_skip(struct json_scan *s, const struct json_token *first) MUST_USE;

/* The offset behind what was read last. */
size_t json_offset(const struct json_scan *s);

/* The bytes from an offset up to what was read last. */
struct str json_source(const struct json_scan *s, size_t from);

/* For messages: the position of an offset, both from 1, columns in characters. */
void json_position(struct str bytes, size_t at, size_t *line, size_t *column);

/* "line 3 column 7: " and the message, of the kind of this scan's errors, with its place. */
struct err *json_error_at(const struct json_scan *s, size_t at, const char *fmt, ...)
	PRINTF(3, 4) MUST_USE;

/* "an object", "a string": for "expected X, found Y". */
const char *json_kind_name(enum json_kind k);

#endif
