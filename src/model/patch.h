/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_PATCH_H
#define SCANDRIFT_MODEL_PATCH_H

#include "base/buf.h"
#include "base/err.h"
#include "model/config.h"

/*
 * An RFC 6902 patch that turns the canonical form of `before` into that of `after`, state inside
 * elements included: one operation a line, in an order that any implementation can follow. What is
 * replaced or removed is tested first, so that a patch on anything else fails instead of mixing two
 * configs. In lists what changed is replaced, then what went is removed from the highest index
 * down, then what came is added from the lowest up.
 */
struct err *patch_write(struct buf *b, const struct config *before,
			const struct config *after) MUST_USE;

#endif
