/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/hmac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

/* Looked up once: a request needs four of them. */
static EVP_MAC *algorithm;

struct err *hmac_sha256(struct str key, struct str message, unsigned char out[SHA256_SIZE])
{
	/* The parameter's type has no const; the library only reads it. */
	char digest[] = "SHA256";
	const OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
		OSSL_PARAM_construct_end(),
	};
	/* An empty key is a key; NULL would mean "keep the last one". */
	const unsigned char *k = (const unsigned char *)(key.n ? key.p : "");
	const unsigned char *m = (const unsigned char *)(message.n ? message.p : "");
	EVP_MAC_CTX *ctx;
	size_t n = 0;
	struct err *e = NULL;

	if (!algorithm)
		algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
	ctx = algorithm ? EVP_MAC_CTX_new(algorithm) : NULL;
	if (!ctx || EVP_MAC_init(ctx, k, key.n, params) != 1 ||
	    EVP_MAC_update(ctx, m, message.n) != 1 ||
	    EVP_MAC_final(ctx, out, &n, SHA256_SIZE) != 1 || n != SHA256_SIZE)
		e = err_new(ERR_CONFIG, "HMAC-SHA256: the crypto library cannot make it");
	EVP_MAC_CTX_free(ctx); /* cleanses its key */
	return e;
}

void hmac_forget(void)
{
	EVP_MAC_free(algorithm);
	algorithm = NULL;
}
