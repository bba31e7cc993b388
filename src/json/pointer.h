/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_JSON_POINTER_H
#define SCANDRIFT_JSON_POINTER_H

#include "base/buf.h"

/* A name as a reference token of RFC 6901: '~' and '/' have escapes. */
void pointer_put_token(struct buf *b, struct str name);

#endif
