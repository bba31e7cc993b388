/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_CLIENT_H
#define SCANDRIFT_CLOUD_CLIENT_H

#include "base/buf.h"
#include "cloud/http.h"

/*
 * HTTP on libcurl's multi interface. One client serves a whole run from one thread: connections, TLS
 * sessions and the CA store are shared, HTTP/2 is used where it is offered. TLS 1.2 or later, always
 * verified; no redirect, cookie or netrc; proxies by the usual variables (libcurl reads them), but
 * never for a loopback address or the metadata service. Errors are made by net_error (cloud/net.h).
 */

/* The one host that is asked over plain HTTP beyond loopback: it is link-local, and has no TLS. */
#define CLIENT_METADATA_HOST "metadata.tencentyun.com"

struct client_options {
	const char *ca_bundle;     /* --ca-bundle, or NULL: these CAs instead of the system's */
	const char *ssl_cert_file; /* the value of SSL_CERT_FILE, or NULL; ca_bundle wins */
};

struct client;

/* ERR_CONFIG for a CA file that cannot be read. The strings are copied. */
struct err *client_new(const struct client_options *o, struct client **out) MUST_USE;
void client_free(struct client *c); /* accepts NULL */

/* `e` (owned by the callee) or `reply`, whose texts are in the arena of the request. */
typedef void client_done(void *ctx, struct err *e, const struct http_reply *reply);

/* Begins a request; `done` is called once, by client_run alone. Headers and URL are copied. */
struct err *client_start(struct client *c, const struct http_request *req, struct arena *a,
			 client_done *done, void *ctx) MUST_USE;

/* Moves what was begun, and waits up to max_ms for something to happen. */
struct err *client_run(struct client *c, uint64_t max_ms) MUST_USE;

/* Ends what runs; each is told that it was interrupted. */
void client_stop(struct client *c);

/* As many connections as the limit on open files leaves room for, at least 1. */
unsigned client_connections_max(void);

/* Name and version of the library that runs, for --version; and of the TLS library in it. */
void client_describe_library(struct buf *b);

#endif
