/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

struct sha256 {
	EVP_MD_CTX *ctx;
};

/* Looked up once: of a short text that costs as much as the digest. */
static EVP_MD *algorithm;

static struct err *failed(const char *step)
{
	return err_new(ERR_CONFIG, "SHA-256: the crypto library cannot %s it", step);
}

struct err *sha256_new(struct sha256 **out)
{
	struct sha256 *s = calloc(1, sizeof(*s));

	if (!s)
		return err_nomem();
	if (!algorithm)
		algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
	s->ctx = EVP_MD_CTX_new();
	if (!algorithm || !s->ctx || EVP_DigestInit_ex2(s->ctx, algorithm, NULL) != 1) {
		sha256_free(s);
		return failed("begin");
	}
	*out = s;
	return NULL;
}

struct err *sha256_add(struct sha256 *s, struct str bytes)
{
	if (bytes.n && EVP_DigestUpdate(s->ctx, bytes.p, bytes.n) != 1)
		return failed("continue");
	return NULL;
}

struct err *sha256_finish(struct sha256 *s, unsigned char out[SHA256_SIZE])
{
	unsigned n = 0;

	if (EVP_DigestFinal_ex(s->ctx, out, &n) != 1 || n != SHA256_SIZE)
		return failed("finish");
	return NULL;
}

void sha256_free(struct sha256 *s)
{
	if (!s)
		return;
	EVP_MD_CTX_free(s->ctx);
	free(s);
}

struct err *sha256(struct str bytes, unsigned char out[SHA256_SIZE])
{
	struct sha256 *s = NULL;
	struct err *e = sha256_new(&s);

	if (!e)
		e = sha256_add(s, bytes);
	if (!e)
		e = sha256_finish(s, out);
	sha256_free(s);
	return e;
}

struct err *sha256_hex(struct str bytes, char out[SHA256_HEX_SIZE])
{
	unsigned char raw[SHA256_SIZE];

	TRY(sha256(bytes, raw));
	digest_hex(raw, sizeof(raw), out);
	return NULL;
}

void digest_hex(const unsigned char *bytes, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}

void sha256_forget(void)
{
	EVP_MD_free(algorithm);
	algorithm = NULL;
}
