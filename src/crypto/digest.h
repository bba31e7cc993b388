/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CRYPTO_DIGEST_H
#define SCANDRIFT_CRYPTO_DIGEST_H

#include "base/err.h"
#include "base/str.h"

/*
 * SHA-256, at once or piece by piece. It fails only where the crypto library does (no provider, no
 * memory), and then says so: a digest is never made up.
 */

#define SHA256_SIZE     32u
#define SHA256_HEX_SIZE (2u * SHA256_SIZE + 1u)

struct err *sha256(struct str bytes, unsigned char out[SHA256_SIZE]) MUST_USE;

/* The same as lower-case hex with a NUL behind it. */
struct err *sha256_hex(struct str bytes, char out[SHA256_HEX_SIZE]) MUST_USE;

struct sha256;

struct err *sha256_new(struct sha256 **out) MUST_USE;
struct err *sha256_add(struct sha256 *s, struct str bytes) MUST_USE;
/* Ends the digest; after it only sha256_free may follow. */
struct err *sha256_finish(struct sha256 *s, unsigned char out[SHA256_SIZE]) MUST_USE;
void sha256_free(struct sha256 *s); /* accepts NULL */

/* What the library was asked for once, at the end of the program. */
void sha256_forget(void);

/* Lower-case hex of n bytes: writes 2 n characters and a NUL. */
void digest_hex(const unsigned char *bytes, size_t n, char *out);

#endif
