/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PATCH_APPLY_H
#define PATCH_APPLY_H

#include <stdbool.h>

/*
 * The tests' own reading of RFC 6902, on json-c and on nothing of ours: add, remove, replace and
 * test. True where every operation could be done and the document then equals `want`, the order of
 * lists included and that of members not.
 */
bool patch_applies(const char *document, const char *patch, const char *want);

/* The document after it, to be freed. NULL where an operation could not be done. */
char *patch_result(const char *document, const char *patch);

#endif
