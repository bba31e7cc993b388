/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_JSON_WRITE_H
#define SCANDRIFT_JSON_WRITE_H

#include "base/buf.h"
#include "json/integer.h"

/*
 * JSON out. A push writer for documents, and the scalars alone for writers with a layout of their
 * own. Failures are the buffer's, sticky, to be checked once.
 */

/* With quotes; escapes as RFC 8785 section 3.2.2.2. `s` is valid UTF-8. */
void json_put_string(struct buf *b, struct str s);
void json_put_integer(struct buf *b, struct integer i);

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

/*
 * The shortest decimal that reads back as v, as ECMAScript prints it (RFC 8785 3.2.2.3). `text` is
 * how the source writes it.
 */
void json_put_number(struct buf *b, struct str text, double v, enum json_style style);

/*
 * The document, indented by two spaces. Keys come in the order of the calls. A container that is
 * opened with `inline_items` stands on one line with all it holds.
 */
struct json_writer {
	struct buf *out;
	unsigned depth, inline_from; /* 0: not inline */
	bool has_items, after_key;
};

struct json_writer json_writer_to(struct buf *out);
void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);
void json_begin_inline(struct json_writer *w); /* until json_end_inline, one line */
void json_end_inline(struct json_writer *w);
void json_key(struct json_writer *w, const char *key);
void json_key_str(struct json_writer *w, struct str key);
void json_string(struct json_writer *w, struct str s);
void json_text(struct json_writer *w, const char *s); /* NULL writes null */
void json_boolean(struct json_writer *w, bool v);
void json_integer(struct json_writer *w, struct integer v);
void json_count(struct json_writer *w, uint64_t v);
void json_null(struct json_writer *w);
/* Text that is JSON already, on one line. */
void json_raw(struct json_writer *w, struct str json);
/* Ends the document with a line feed. */
void json_finish(struct json_writer *w);

#endif
