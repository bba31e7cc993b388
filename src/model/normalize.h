/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_NORMALIZE_H
#define SCANDRIFT_MODEL_NORMALIZE_H

#include "base/arena.h"
#include "base/err.h"
#include "json/scan.h"
#include "model/config.h"

/*
 * From bytes to a canonical config. Only what is no JSON, or no object, is an error; what is wrong
 * with the data is a note, and the caller decides what a note means for it.
 */

enum reading_form {
	READ_REPLY, /* the API's envelope, and what a reply must have */
	READ_FILE,  /* what people have at hand: envelope, bare fields, a baseline */
};

enum note_kind {
	NOTE_UNKNOWN_FIELD, /* kept, and part of the config */
	NOTE_UNKNOWN_VALUE, /* kept: a member that the vocabulary lacks */
	NOTE_TYPE_CHANGED,  /* another JSON type: the value cannot be judged */
	NOTE_BAD_VALUE,     /* the right type, malformed: cannot be judged */
	NOTE_REQUIRED,      /* a field without which a reply is not whole */
	NOTE_KINDS,
};

struct note {
	enum note_kind kind;
	struct str path; /* RFC 6901 */
	struct str message;
	uint32_t at; /* offset in the source */
};

/* Notes beyond this are counted, not kept. */
#define NOTES_MAX 200u

struct reading {
	struct config config;
	struct str source;  /* what was read */
	uint32_t fields_at; /* offset of the object that holds the fields */
	bool has_envelope, has_error;
	struct str error_code, error_message;
	struct note *notes;
	size_t note_count; /* those kept */
	size_t totals[NOTE_KINDS];
};

/* A name of the vendor that a reviewed decision holds for another one. */
struct alias {
	struct str field, from, to;
};

struct normalize_options {
	enum reading_form form;
	struct json_limits limits;
	const struct alias *aliases;
	size_t alias_count;
	/*
	 * Of the memory that the document and all that is made of it take; NULL: it has one of its own,
	 * of `limits.size_max` and NORMALIZE_BESIDE. More is an error with REASON_TOO_LARGE.
	 */
	struct budget *budget;
};

/* 64 MiB, less what the program itself needs. */
#define NORMALIZE_BESIDE ((size_t)48 << 20)

/* Each becomes a change and a finding, which take far more than its text. */
#define NORMALIZE_UNKNOWN_MAX 10000u

/* *out, and all in it, is in `a`; texts may point into `bytes`. */
struct err *normalize_read(const struct resource *r, struct str bytes,
			   const struct normalize_options *opt, struct arena *a,
			   struct reading **out) MUST_USE;

/* True when every field could be understood: nothing malformed, nothing required absent, no error. */
bool reading_is_whole(const struct reading *r);

/*
 * Does it name one field of the setting at least, if only as null? A document that names none is
 * something else, and not a schedule in which nothing is set.
 */
bool reading_names_field(const struct reading *r);

/* The first field that a reply must have and that is not there, malformed ones apart; NULL: none. */
const struct field *reading_lacks(const struct reading *r);

/*
 * Says the reply, whatever else is wrong with it, that the schedule is off? It is an answer to a
 * call, and of its fields the switch decides everything then.
 */
bool reading_is_off(const struct reading *r);

/* Is it but for the state, which is no part of the config? */
bool reading_has_config(const struct reading *r);

/* The text of a state or run field by its row, empty when absent. */
struct str reading_text(const struct reading *r, const char *field);

#endif
