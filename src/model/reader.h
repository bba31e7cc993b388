/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_READER_H
#define SCANDRIFT_MODEL_READER_H

#include "base/grow.h"
#include "json/canonical.h"
#include "model/normalize.h"

/*
 * Inside the model alone: what normalize.c (the document), read_value.c (one field) and
 * read_elements.c (a list of objects) share while a document is read.
 */
struct reader {
	const struct resource *resource;
	const struct normalize_options *opt;
	struct arena *arena;
	struct json_scan *scan;
	struct reading *out;
	size_t note_cap;
	struct json_canonical_text *extra; /* members without a row of the element at hand */
};

/* Is a note of this kind kept, or counted only? One that is not is counted by this call. */
bool reader_wants_note(struct reader *r, enum note_kind kind);

/*
 * Adds a note on `field`, or on a place below it: "" or "/3/ImageTag". Notes beyond NOTES_MAX are
 * counted.
 */
struct err *reader_note(struct reader *r, enum note_kind kind, uint32_t at, struct str field,
			const char *below, const char *fmt, ...) PRINTF(6, 7) MUST_USE;

/* Reads the value that `t` began into *v. What is wrong with it becomes notes. */
struct err *read_value(struct reader *r, const struct field *f, const struct json_token *t,
		       struct value *v) MUST_USE;
struct err *read_elements(struct reader *r, const struct field *f, struct value *v) MUST_USE;

/*
 * One scalar as text of its canonical form: "true", "42", "03:00:00", text. *ok is false, with a
 * note, when it cannot be one. Null, and what stands for it, gives the empty text. Forms and fold as in the tables.
 */
struct scalar {
	struct str field;  /* for notes */
	const char *below; /* for notes */
	enum field_kind kind;
	enum bool_form form;
	enum text_fold fold;
	enum clock_form clock;
	const char *const *unset;
};
struct err *read_scalar(struct reader *r, const struct scalar *s, const struct json_token *t,
			struct str *out, bool *ok) MUST_USE;

/* Is it what the service writes where nothing was ever set? */
bool read_is_unset(const struct scalar *s, const struct json_token *t);

/* A list from grow_from, of `n` items of `size` bytes, becomes the arena's. NULL: no memory. */
void *reader_keep_list(struct reader *r, void *list, size_t n, size_t cap, size_t size) MUST_USE;

#endif
