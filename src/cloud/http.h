/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_HTTP_H
#define SCANDRIFT_CLOUD_HTTP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* A request and its reply: request.c fills the one, client.c sends it, fetch.c judges the other. */

struct http_header {
	const char *name;
	struct str value;
};

struct http_request {
	const char *url; /* https, or http to a loopback address */
	const struct http_header *headers;
	size_t header_count;
	struct str body; /* sent as POST; stays where it is until the reply is there */
	bool is_get;     /* sent as GET, and without a body */
	bool is_alone;   /* on a new connection, not on one that other requests have used */
	uint64_t timeout_ms;
	size_t reply_max; /* bytes of the body, decoded */
};

struct http_reply {
	int status;
	struct str body; /* in the caller's arena */
	struct str content_type;
	struct str date;        /* the Date header as received, or empty */
	uint64_t retry_after_s; /* 0: not said, or not to be understood */
	uint64_t elapsed_ms;
};

#endif
