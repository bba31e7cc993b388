/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_GIT_TEXT_H
#define SCANDRIFT_REPO_GIT_TEXT_H

#include <stdbool.h>

#include "base/attr.h"

/* What libgit2 says of its last failure. Only these read its words, and let no secret through. */

/* The caller's to free. NULL: it says nothing, or out of memory. */
char *git_text(void) MUST_USE;

/* Does it hold this word? */
bool git_text_has(const char *word);

/* Does it say that there was no memory? */
bool git_text_is_nomem(void);

#endif
