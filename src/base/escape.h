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
 * The forms by which a CI system finds a command in output are broken, whatever system this is: a
 * report may be printed by one job and shown by another. "::" where only blanks are before it is
 * GitHub's; "##[", "##vso[" and "##teamcity[" anywhere are those of GitHub, Azure Pipelines and
 * TeamCity; the marks of GitLab's sections need an escape sequence, which is a control character.
 */
void escape_terminal(struct buf *out, struct str s);

/* True where the text begins as a command does that may stand anywhere: "##[", "##vso[". */
bool escape_is_command(struct str s);

/* True for what is shown as an escape everywhere: controls, bidi, and all that is invisible. */
bool escape_is_hidden(uint32_t cp);

/* The white space that is not hidden: a space, and the wide and narrow ones. */
bool escape_is_blank(uint32_t cp);

#endif
