/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_SIGN_H
#define SCANDRIFT_CLOUD_SIGN_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "cloud/credentials.h"

/*
 * TC3-HMAC-SHA256 as functions of their input alone: no clock, no environment. Signs content-type
 * and host, and `extra` where asked to. No error and no result but `authorization` is made from
 * the secret key; the key and what is derived from it are wiped before this returns.
 */

struct sign_header {
	const char *name; /* lower case */
	struct str value;
};

struct sign_request {
	struct str method;       /* empty: POST */
	struct str query;        /* as on the request line, without '?'; empty for POST */
	struct str host;         /* byte for byte as the Host header */
	struct str content_type; /* byte for byte as the header */
	struct str body;         /* as sent */
	struct str service;      /* "tcss": it goes into the scope */
	int64_t timestamp;       /* Unix seconds, the one of X-TC-Timestamp */
	const struct credential *credential; /* NULL: all but the authorization is made */
	const struct sign_header *extra;     /* their values are signed in lower case */
	size_t extra_count;
};

struct sign_result {
	struct str canonical_request;
	struct str string_to_sign;
	struct str authorization; /* secret_wipe it after use */
};

/* All in `a`. ERR_CONFIG for input that cannot be signed (a line break in a header). */
struct err *sign_tc3(struct arena *a, const struct sign_request *r,
		     struct sign_result *out) MUST_USE;

#endif
