/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_CLIENT_H
#define SCANDRIFT_CLOUD_CLIENT_H

#include "base/http.h"

/*
 * `struct http` on libcurl. One client serves a whole run from one thread, so that connections, TLS
 * sessions and the CA store are shared. TLS 1.2 or later, always verified; no redirect, cookie or
 * netrc; proxies by the usual variables (libcurl reads them), but never for a loopback address.
 * Errors are made by net_error (cloud/net.h).
 */

struct client_options {
	const char *ca_bundle;       /* --ca-bundle, or NULL: these CAs instead of the system's */
	const char *ssl_cert_file;   /* the value of SSL_CERT_FILE, or NULL; ca_bundle wins */
	uint64_t connect_timeout_ms; /* 0: 10 s */
	/* Asked at least once a second while a transfer runs; true ends it. May be NULL. */
	bool (*is_stopped)(void *ctx);
	void *stop_ctx;
};

struct client;

/* ERR_CONFIG for a CA file that cannot be read. The strings are copied. */
struct err *client_new(const struct client_options *o, struct client **out) MUST_USE;
void client_free(struct client *c); /* accepts NULL */

/* Valid as long as `c`. */
struct http client_http(struct client *c);

#endif
