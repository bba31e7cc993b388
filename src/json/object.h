/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_JSON_OBJECT_H
#define SCANDRIFT_JSON_OBJECT_H

#include "json/scan.h"

/*
 * An object whose members we know, read into a struct by a table: one row a member. A member without
 * a row is passed over, since a later version may write it. The scanner refuses one that is there
 * twice. A member that is absent leaves the struct as it is.
 */

enum json_member_kind {
	JSON_MEMBER_TEXT,    /* struct str: of a string; in the scanner's bytes or arena */
	JSON_MEMBER_LITERAL, /* struct str: of a string, or of a number as it is written */
	JSON_MEMBER_COPY,    /* const char *: a copy of a string, in the arena given */
	JSON_MEMBER_COUNT,   /* uint64_t: a whole number up to `max` */
	JSON_MEMBER_SOURCE,  /* struct str: the bytes of an object, as they are written */
	JSON_MEMBER_OBJECT,  /* the members of an object, by `object` */
	JSON_MEMBER_READ,    /* whatever `read` makes of any value */
};

/* Reads the value that `t` began into what is at the row's offset. */
typedef struct err *json_member_read(struct json_scan *s, const struct json_token *t,
				     struct arena *a, void *to);

struct json_member {
	const char *key;
	enum json_member_kind kind;
	size_t offset; /* of what is filled, in the struct */
	uint64_t max;
	const struct json_object *object;
	json_member_read *read;
};

/* {JSON_ROW("Code", TEXT, struct api_error, code)}; the rest behind it, by name. */
#define JSON_ROW(name, what, type, field) \
	.key = (name), .kind = JSON_MEMBER_##what, .offset = offsetof(type, field)

struct json_object {
	/* What a value is that is not of the kind that its row names, and the object itself. */
	enum { JSON_OTHER_IS_REFUSED, JSON_NULL_IS_ABSENT, JSON_OTHER_IS_ABSENT } other;
	const struct json_member *members;
	size_t count;
};

/* Reads the value that `first` began into the struct `to`. `a`: for JSON_MEMBER_COPY, else NULL. */
struct err *json_object_read(struct json_scan *s, const struct json_token *first,
			     const struct json_object *o, struct arena *a, void *to) MUST_USE;

/* The same of a whole document, which must be an object. Texts that need memory go to `a`. */
struct err *json_object_parse(struct str bytes, const struct json_limits *lim,
			      const struct json_object *o, struct arena *a, void *to) MUST_USE;

#endif
