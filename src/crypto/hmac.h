/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CRYPTO_HMAC_H
#define SCANDRIFT_CRYPTO_HMAC_H

#include "base/err.h"
#include "base/str.h"
#include "crypto/digest.h"

/*
 * HMAC-SHA256 (RFC 2104). `key` may be of any length, zero too. The library's copies of the key are
 * wiped before this returns; the caller wipes `key` and, where it is a key itself, `out`.
 */
struct err *hmac_sha256(struct str key, struct str message,
			unsigned char out[SHA256_SIZE]) MUST_USE;

/* What the library was asked for once, at the end of the program. */
void hmac_forget(void);

#endif
