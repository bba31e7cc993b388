/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A certificate authority and a server certificate that live as long as the process. The
 * keys are never written anywhere; the authority's certificate is, for clients to trust.
 */
#ifndef STANDIN_TLS_H
#define STANDIN_TLS_H

#include <openssl/types.h>

#include "buf.h"

/*
 * A context that serves `names` (host names and IP addresses) beside the usual ones; the
 * authority's certificate goes to *ca_pem. NULL on failure, with OpenSSL's error queue set.
 */
SSL_CTX *tls_new(const char *const *names, size_t names_n, struct buf *ca_pem);

#endif
