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
 * For the runner of GitHub Actions, which finds a command behind "##[" anywhere in a line: writes
 * its middle as an escape, wherever it stands in this JSON document. The value stays the same, for
 * '#' stands in strings alone.
 */
struct err *escape_json_in_actions(struct buf *json) MUST_USE;

#endif
