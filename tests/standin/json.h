/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Just enough JSON to read an account file and to look at a request's parameters: checks
 * the text, walks the members of one object and hands out values as spans of the original
 * bytes. Numbers are never converted, so that 64-bit integers stay what they are.
 */
#ifndef STANDIN_JSON_H
#define STANDIN_JSON_H

#include "buf.h"

struct json_member {
	struct span name;  /* raw, without the quotes */
	struct span value; /* raw, without white space around it */
};

/* Is the whole text one well-formed value? */
bool json_valid(struct span text);

/* Is it an object (and, for json_next, where does it begin)? Text must be valid. */
bool json_is_object(struct span value);

/*
 * Steps through the members of the valid object `value`; *at starts at 0. False at the end.
 */
bool json_next(struct span value, size_t *at, struct json_member *out);

/* First member called `name`; false where there is none. */
bool json_find(struct span object, const char *name, struct span *value);

/* Appends what the string `value` stands for, in UTF-8; false where it is no string. */
bool json_string(struct span value, struct buf *out);

#endif
