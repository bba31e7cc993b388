/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/tls.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

/* Of all codes the one that is left to the application. */
#define LACKS_NAMES X509_V_ERR_APPLICATION_VERIFICATION

static bool has_names(X509 *cert)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		int type = sk_GENERAL_NAME_value(names, i)->type;

		found |= type == GEN_DNS || type == GEN_IPADD;
	}
	GENERAL_NAMES_free(names);
	return found;
}

static int on_verify(int is_fine, X509_STORE_CTX *ctx)
{
	X509 *cert = X509_STORE_CTX_get_current_cert(ctx);

	if (!is_fine || X509_STORE_CTX_get_error_depth(ctx) != 0 || (cert && has_names(cert)))
		return is_fine;
	X509_STORE_CTX_set_error(ctx, LACKS_NAMES);
	return 0;
}

void tls_require_names(void *ssl_ctx)
{
	SSL_CTX_set_verify(ssl_ctx, SSL_CTX_get_verify_mode(ssl_ctx), on_verify);
}

bool tls_lacks_names(long verify_result)
{
	return verify_result == LACKS_NAMES;
}

bool tls_speaks_http2(void *ssl)
{
	const unsigned char *name = NULL;
	unsigned n = 0;

	SSL_get0_alpn_selected(ssl, &name, &n);
	return n == 2 && memcmp(name, "h2", 2) == 0;
}

void tls_describe_library(struct buf *b)
{
	buf_printf(b, "OpenSSL %s", OpenSSL_version(OPENSSL_VERSION_STRING));
}
