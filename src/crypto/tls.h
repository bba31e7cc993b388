/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CRYPTO_TLS_H
#define SCANDRIFT_CRYPTO_TLS_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * One rule on top of the library's own verification: a server's certificate names its hosts in its
 * subjectAltName (RFC 9525, section 2). A name in the subject's CN alone counts for nothing;
 * libcurl would still take it.
 */

/* `ssl_ctx` is OpenSSL's SSL_CTX, before the handshake. */
void tls_require_names(void *ssl_ctx);

/* Is `verify_result`, as X509_verify_cert says it, that of a certificate without such names? */
bool tls_lacks_names(long verify_result);

/* Did the handshake of `ssl`, OpenSSL's SSL, agree on HTTP/2? */
bool tls_speaks_http2(void *ssl);

/* Name and version of the library that runs, for --version. */
void tls_describe_library(struct buf *b);

#endif
