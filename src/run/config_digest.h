/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_CONFIG_DIGEST_H
#define SCANDRIFT_RUN_CONFIG_DIGEST_H

#include "base/arena.h"
#include "model/config.h"
#include "result/loosening.h"

/* Starts the crypto library, which reads files of its own: before no other file may be opened. */
struct err *digest_start(void) MUST_USE;

/* "sha256:HEX" of a config's digested form, in the arena; streamed, so of any size. */
struct err *digest_config(const struct config *c, struct arena *a, struct str *out) MUST_USE;

/* The same of what loosenings_write writes, and how many items that has. */
struct err *digest_loosenings(struct loosenings *list, struct arena *a, struct str *out,
			      size_t *count) MUST_USE;

#endif
