/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_JSON_CANONICAL_H
#define SCANDRIFT_JSON_CANONICAL_H

#include "base/buf.h"
#include "json/scan.h"
#include "json/write.h"

/*
 * Values that no table knows: written once, while they are read, in one line with sorted keys, and
 * told to the rest of the program as that text. No tree of them is ever held.
 */

/*
 * The value that `first` begins, in one line. Equal text is equal value. It is in the arena, or in
 * the source where that says the same.
 */
struct err *json_canonical(struct json_scan *s, const struct json_token *first, struct arena *a,
			   struct str *out) MUST_USE;

/* A member in the text of its object; `key` as the scanner has it, without escapes. */
struct json_canonical_member {
	struct str key;
	uint32_t at, n;
};

/*
 * The same for who writes more than one value into one text: members of an object that come one by
 * one, between others that go elsewhere.
 */
struct json_canonical_text {
	struct buf out;
	struct buf spare; /* while members change places */
	/* Of all objects that are open, innermost last. */
	struct json_canonical_member *members;
	size_t count, cap;
	struct budget *budget;
	size_t taken; /* from the budget */
};

struct json_canonical_text json_canonical_new(struct budget *b);
void json_canonical_free(struct json_canonical_text *t);
/* Appends `"key": value`, and what parts it from the member before it. */
struct err *json_canonical_add(struct json_canonical_text *t, struct json_scan *s,
			       const struct json_token *key) MUST_USE;
/* The value of member i. */
struct str json_canonical_told(const struct json_canonical_text *t, size_t i);
/* Empties it, and keeps its memory. */
void json_canonical_clear(struct json_canonical_text *t);
/* Puts the members from `first` on in the order of RFC 8785. They end the text. */
struct err *json_canonical_sort(struct json_canonical_text *t, size_t first) MUST_USE;

/*
 * Text of JSON_LINE in another style: a whole value, or any part of one that begins and ends between
 * its tokens.
 */
void json_restyle(struct buf *b, struct str canonical, enum json_style style);

/* How long the value is with which such text begins. */
size_t json_canonical_length(struct str canonical);

/* A whole document as RFC 8785 has it. */
struct err *json_jcs(struct buf *b, struct str bytes, const struct json_limits *lim) MUST_USE;

/* The order of keys in RFC 8785: by UTF-16 code units. Both are valid UTF-8. */
int json_compare_keys(struct str x, struct str y);

/* Name and version of the library that runs, for --version. */
void json_describe_library(struct buf *b);

#endif
