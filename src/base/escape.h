/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_ESCAPE_H
#define SCANDRIFT_BASE_ESCAPE_H

#include "base/buf.h"

/*
 * Text from outside on its way to a terminal or a log. In base because the log needs it; the
 * escapes of the report formats stand in report/escape.c.
 */

/*
 * Control characters (C0, DEL, C1), characters that change the direction of text or are invisible
 * become \uXXXX or \UXXXXXXXX, invalid UTF-8 becomes \xXX, so that what is shown is what is there,
 * on one line.
 * With `in_actions` the two forms by which the runner of GitHub Actions finds a workflow command in
 * output are broken: "##[" anywhere and "::" where only blanks are before it.
 */
void escape_terminal(struct buf *out, struct str s, bool in_actions);

/* True for what is shown as an escape everywhere: controls, bidi, and all that is invisible. */
bool escape_is_hidden(uint32_t cp);

/* The white space that is not hidden: a space, and the wide and narrow ones. */
bool escape_is_blank(uint32_t cp);

#endif
