/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_REQUEST_H
#define SCANDRIFT_CLOUD_REQUEST_H

#include "cloud/http.h"
#include "cloud/fetch.h"
#include "cloud/sign.h"

/*
 * A fetch_request as headers, signed for one moment. Within cloud/ alone: the headers hold the
 * signature and the token.
 */

#define REQUEST_HEADERS_MAX 12u

struct signed_request {
	struct http_header headers[REQUEST_HEADERS_MAX];
	size_t header_count;
	struct sign_result sign;
};

/* Texts in `a`, but the token, which stays where the credential has it. */
struct err *request_sign(const struct fetch_request *r, int64_t timestamp, struct arena *a,
			 struct signed_request *out) MUST_USE;

/* Wipes the Authorization header; the token is the credential's to wipe. */
void request_wipe(struct signed_request *s);

#endif
