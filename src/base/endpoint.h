/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_ENDPOINT_H
#define SCANDRIFT_BASE_ENDPOINT_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/*
 * Where requests go: a host ("tcss.tencentcloudapi.com"), or an https URL, or an http URL to a
 * loopback address (127.0.0.0/8, ::1, localhost); a port may follow. The API has one path, "/".
 */
struct endpoint {
	const char *url;  /* "https://tcss.tencentcloudapi.com/" */
	const char *host; /* lower case, no port; IPv6 without its brackets */
	const char
		*host_sent; /* the Host header, which is what is signed: with a port not default */
	uint16_t port;
	bool is_tls;
	bool is_loopback; /* never through a proxy */
};

/* What follows "expected". */
#define ENDPOINT_FORM                                                                              \
	"a host, an https:// URL, or an http:// URL to a loopback address, each with an optional " \
	"port and nothing behind it"

/* What is wrong with it: "it holds a path". NULL: nothing. */
const char *endpoint_problem(struct str text);

/* What a message may show of one that is refused: without a user and a password before the host. */
struct str endpoint_shown(struct str text);

/* ERR_CONFIG says what was found and what was expected. `out` points into `a`. */
struct err *endpoint_parse(struct arena *a, struct str text, struct endpoint *out) MUST_USE;

/* Where STS is for an API endpoint, when the target does not say. */
struct err *endpoint_of_sts(struct arena *a, const struct endpoint *api,
			    struct endpoint *out) MUST_USE;

#endif
