/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_ATTRIBUTES_H
#define SCANDRIFT_RUN_ATTRIBUTES_H

#include <stdbool.h>

#include "base/str.h"

/*
 * Two contents of one .gitattributes: may any path have an attribute in the second, other than text,
 * eol and crlf, that it does not have in the first? No pattern is looked at, so a no is certain and a
 * yes may be about paths that nobody judges: the price of having no matcher of patterns that could be
 * mistaken where git is not. Comments, empty lines and lines that set those three alone do not count;
 * of the others each must be there in both, byte for byte and in the same order.
 *
 * `is_strict`: there are macros, which could give those three names another meaning; all lines count.
 */
bool attributes_may_differ(struct str before, struct str after, bool is_strict);

bool attributes_have_macro(struct str text);

#endif
