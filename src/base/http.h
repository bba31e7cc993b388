/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_HTTP_H
#define SCANDRIFT_BASE_HTTP_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Sending a request and getting its reply, as an interface: cloud/ implements it on libcurl, and
 * who needs a request without knowing the network (time stamps for evidence) is handed one.
 */

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
	uint64_t timeout_ms;
	size_t reply_max; /* bytes of the body, decoded */
};

struct http_reply {
	int status;
	struct str body; /* in the caller's arena */
	struct str content_type;
	struct str date; /* the Date header as received, or empty */
	struct str retry_after;
	uint64_t elapsed_ms;
};

struct http {
	void *ctx;
	/* ERR_NET when no whole reply came. The status is for the caller to judge. */
	struct err *(*send)(void *ctx, const struct http_request *req, struct arena *a,
			    struct http_reply *out);
};

#endif
