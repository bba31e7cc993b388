/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_DIGEST_H
#define SCANDRIFT_CMD_DIGEST_H

#include "base/arena.h"
#include "model/config.h"

/* "sha256:HEX" of a config's digested form, in the arena; streamed, so of any size. */
struct err *digest_config(const struct config *c, struct arena *a, struct str *out) MUST_USE;

#endif
