/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_LIB_H
#define MODEL_LIB_H

#include "model/diff.h"
#include "model/normalize.h"

/*
 * What the tests and the fuzz targets of the model share: text in, text out. What fails here where
 * nothing may fail ends the program; texts are the caller's to free.
 */

/* As a file that somebody named; it must be readable. */
struct reading *lib_read(struct arena *a, const struct resource *r, const char *json);

/* The form of a baseline, and the bytes that the digest is of. */
char *lib_canonical(const struct config *c);
char *lib_jcs(const struct config *c);

/* How many changes lead from one to the other. */
size_t lib_changes(const struct config *before, const struct config *after, struct arena *a);

/* The notes of one kind. */
size_t lib_notes(const struct reading *r, enum note_kind kind);
/* The path of the first note of that kind, or "" without one. */
struct str lib_note_path(const struct reading *r, enum note_kind kind);

/* The row of that name, which must be there. */
size_t lib_row(const struct resource *r, const char *field);

/* One field as it is written, on one line. */
char *lib_value(const struct reading *r, const char *field);

/*
 * A resource that only the tests know: bools as 0 and 1 and as ON and OFF, a list known by a key
 * with config and state inside its elements, times as a time of day, as a date with a time, and as
 * hours. Rows alone; nothing knows it by name.
 */
extern const struct resource lib_resource;

/* A generator of numbers: the same seed gives the same ones. */
struct lib_random {
	uint64_t state;
};
uint64_t lib_next(struct lib_random *r);
unsigned lib_below(struct lib_random *r, unsigned n); /* n > 0 */

/* Of SCANDRIFT_SEED, which is printed. */
struct lib_random lib_seed(void);
/* How often: more with SCANDRIFT_LONG=1. */
size_t lib_rounds(size_t few, size_t many);

#endif
