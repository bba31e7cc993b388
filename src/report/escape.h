/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPORT_ESCAPE_H
#define SCANDRIFT_REPORT_ESCAPE_H

#include "base/buf.h"

/*
 * What formats do to text from outside; a terminal's is base/escape.h.
 */

/* Valid UTF-8: U+FFFD for each byte that is none. A name on the command line may be any bytes. */
void escape_utf8(struct buf *out, struct str s);

/*
 * Breaks what a CI system would take for a command (escape_is_command), wherever it is in this JSON
 * document: its second '#' is written as an escape. The value stays the same, since '#' is found in
 * strings alone.
 */
struct err *escape_json_commands(struct buf *json) MUST_USE;

/*
 * Prose for Markdown, on one line and inert. Words that can be nothing but words stand as they are;
 * all else, and all that stands in quotes, goes into code spans, where nothing links, mentions or
 * begins anything, as escape_markdown_code has it. Blanks between words become one space.
 */
void escape_markdown(struct buf *out, struct str s);

/*
 * One code span; nothing for an empty text. What could end the span or a table's cell is written
 * as \u0060 and \u007c, and what a terminal must not get as for a terminal.
 */
void escape_markdown_code(struct buf *out, struct str s);

/* Inside a fenced block: the same without the back-ticks around it. */
void escape_markdown_raw(struct buf *out, struct str s);

/*
 * The parts of a GitHub workflow command: behind the second "::", and the value of a property. What
 * a terminal must not get is made visible first, so that no line break is left from outside.
 */
void escape_workflow_data(struct buf *out, struct str s);
void escape_workflow_property(struct buf *out, struct str s);

#endif
