/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_INI_INI_H
#define SCANDRIFT_INI_INI_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

/*
 * INI files, read strictly: what inih would cut, skip or misread is refused as
 * "file:line: message", and the message says what was found and what is expected. Which sections
 * and keys there are is said by a table, so that an unknown one is an error with a suggestion.
 * What a value means is for the caller.
 *
 *   [section] or [section NAME]      at the start of the line
 *   key = value                      at the start of the line; " ;" starts a comment
 *       goes on, indented            where the key is a list or a text
 *   ; comment    # comment           a line of its own
 */

enum {
	INI_FILE_MAX = 4 << 20, /* bytes: 10,000 targets with all their keys fit */
	INI_LINE_MAX = 1000,    /* bytes of a line without its end */
	INI_WORD_MAX = 49, /* bytes of a key, and of what stands between [ and ]: inih cuts there */
	INI_SECTIONS_MAX = 20000,   /* of a file */
	INI_SECTION_KEYS_MAX = 1000 /* of a section */
};

enum ini_kind {
	INI_VALUE, /* one line */
	INI_LIST,  /* each line is an item */
	INI_TEXT,  /* the lines are one paragraph */
};

/* One key of a section. A caller's own row may begin with it: see ini_section_kind.key_size. */
struct ini_key {
	const char *name;
	enum ini_kind kind;
	bool is_required;
};

struct ini_section_kind {
	const char *prefix;            /* "target" */
	const char *name_word;         /* "NAME": stands as [target NAME], any number of times;
	                                   NULL: stands as [prefix], at most once */
	bool (*is_name)(struct str s); /* NULL: any name that is not empty */
	const char *name_rule;         /* what is_name accepts, for the message */
	const struct ini_key *keys;    /* the first row; NULL: any key, each of kind INI_VALUE */
	size_t key_count;
	size_t key_size; /* from one row to the next: sizeof(your row) */
	bool (*is_free_key)(
		struct str s); /* where keys is NULL: which keys there may be; or NULL */
	const char *free_key_rule;
};

struct ini_schema {
	const struct ini_section_kind *kinds;
	size_t kind_count;
};

struct ini_line {
	struct str text; /* NUL-terminated, never empty */
	size_t line;     /* from 1 */
};

struct ini_entry {
	struct str key;
	const struct ini_key *row; /* NULL where any key is allowed */
	struct str value;          /* the lines with a blank between them; never empty */
	const struct ini_line *lines;
	size_t line_count; /* at least 1 */
	size_t line;       /* of the key */
};

struct ini_section {
	const struct ini_section_kind *kind;
	struct str name; /* empty for [prefix] */
	size_t line;
	const struct ini_entry *entries; /* in the file's order */
	size_t entry_count;
};

struct ini_doc {
	const char *file;                   /* as in messages; in the arena */
	const struct ini_section *sections; /* in the file's order */
	size_t section_count;
};

/*
 * Reads the whole file from memory. Names of sections are unique without regard to case, keys are
 * unique in their section. All that `out` points to is in the arena; `schema` must live as long.
 * The first error is told. Not for several threads at once: inih has settings that are global.
 */
struct err *ini_read(struct arena *a, const char *file, struct str bytes,
		     const struct ini_schema *schema, struct ini_doc *out) MUST_USE;

/* NULL when it is not there. */
const struct ini_entry *ini_get(const struct ini_section *section, const char *key);

/* The section [prefix], or the first [prefix NAME]; NULL when there is none. */
const struct ini_section *ini_find(const struct ini_doc *doc, const char *prefix);

/* "file:line: ..." of kind ERR_CONFIG: how everything that is wrong in an INI file is told. */
struct err *ini_error(const char *file, size_t line, const char *fmt, ...) PRINTF(3, 4) MUST_USE;

/* Name and version of the library, for --version: the one at build time, it has no call to ask. */
void ini_describe_library(struct buf *b);

#endif
