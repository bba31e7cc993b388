/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_CANONICAL_H
#define SCANDRIFT_MODEL_CANONICAL_H

#include "base/buf.h"
#include "base/err.h"
#include "model/config.h"

/*
 * The canonical config as text. Equal configs give equal bytes, and what is written reads back as
 * the same config.
 */

/* Indented, one list element a line, a line feed at the end: the form of a baseline. */
struct err *canonical_write(struct buf *b, const struct config *c) MUST_USE;

/*
 * RFC 8785 without null and [] members, without state: the bytes whose SHA-256 is the digest. A row
 * or a member that the table learns changes no digest until it is set.
 */
struct err *canonical_write_jcs(struct buf *b, const struct config *c) MUST_USE;

/*
 * Is `source`, from which `c` was read, canonical? Rows and members that are null or empty may be
 * absent from it, so that a baseline outlives the table's growth.
 */
struct err *canonical_check(const struct config *c, struct str source, bool *is_canonical) MUST_USE;

/* One value on one line; sets as lists. */
void canonical_write_value(struct buf *b, const struct field *f, const struct value *v);
/* One element of a set, 0 <= i < value_count, on one line. */
void canonical_write_item(struct buf *b, const struct field *f, const struct value *v, size_t i);
/* The same for a sentence: of an element only what tells it from others. */
void canonical_name_item(struct buf *b, const struct field *f, const struct value *v, size_t i);
/* Of an element its keys alone: what it has in common with one whose other members differ. */
void canonical_name_keys(struct buf *b, const struct field *f, const struct element *e);
/* The text that an element has for a member of the table, with its quotes; null where it is empty. */
void canonical_write_member(struct buf *b, const struct member *m, struct str text);

#endif
