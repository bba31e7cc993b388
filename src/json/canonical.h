/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_JSON_CANONICAL_H
#define SCANDRIFT_JSON_CANONICAL_H

#include "base/buf.h"
#include "json/scan.h"

/*
 * Values that no table knows: kept in json-c while their keys are sorted, and told to the rest of
 * the program as text.
 */

enum json_style {
	/* RFC 8785, but for integers beyond 2^53, whose digits are all kept. */
	JSON_JCS,
	/*
	 * One line with a blank behind ':' and ','. Keys and numbers as in JCS, except that a whole
	 * number beyond what the scanner takes as an integer keeps an exponent, so that what we
	 * write we can read.
	 */
	JSON_LINE,
};

/* The value that `first` begins, in one line, in the arena. Equal text is equal value. */
struct err *json_canonical(struct json_scan *s, const struct json_token *first, struct arena *a,
			   struct str *out) MUST_USE;

/* Text that json_canonical made, in another style. */
struct err *json_restyle(struct buf *b, struct str canonical, enum json_style style) MUST_USE;

/* A whole document as RFC 8785 has it. */
struct err *json_jcs(struct buf *b, struct str bytes, const struct json_limits *lim) MUST_USE;

/* The order of keys in RFC 8785: by UTF-16 code units. Both are valid UTF-8. */
int json_compare_keys(struct str x, struct str y);

/* Name and version of the library that runs, for --version. */
void json_describe_library(struct buf *b);

#endif
