/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_INI_LINE_H
#define SCANDRIFT_INI_LINE_H

#include "ini/ini.h"

/*
 * One line of an INI file before inih sees it. What inih 55 would cut (long lines, sections, keys),
 * skip (text behind "]", lines without "=") or read as something else (":", an indented header) is
 * refused here. Knows nothing of which sections and keys there are. Inside ini/ alone: ini.c calls
 * it, and its limits are those that ini.h promises.
 */

enum line_kind {
	LINE_EMPTY, /* a comment too */
	LINE_HEADER,
	LINE_KEY,
	LINE_MORE, /* goes on with the key above */
};

struct line {
	enum line_kind kind;
	struct str feed; /* what inih is to read: it takes no comment off a LINE_MORE */
	struct str word; /* LINE_HEADER: between the brackets; LINE_KEY: the key */
	struct str text; /* LINE_MORE: without blanks and comment */
};

/* `raw` has no line end. `has_key`: a key stands above in the same section. */
struct err *line_scan(const char *file, size_t number, struct str raw, bool has_key,
		      struct line *out) MUST_USE;

/* For messages: as much of it as is useful, ending between code points. */
struct str line_shown(struct str s);

#endif
