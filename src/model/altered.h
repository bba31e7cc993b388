/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_ALTERED_H
#define SCANDRIFT_MODEL_ALTERED_H

#include "base/buf.h"
#include "base/err.h"
#include "model/config.h"

/*
 * In words, what an element that both sides know by its keys has become: the keys, then each member
 * that differs with both of its values, as in `{"ImageName": "a"}: "X" was 1, is absent`. Values
 * are cut, and of many members a few are named.
 */
struct err *altered_describe(struct buf *b, const struct field *f, const struct element *before,
			     const struct element *after) MUST_USE;

#endif
