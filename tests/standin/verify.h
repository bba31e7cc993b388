/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TC3-HMAC-SHA256 as the server sees it: judges one request strictly and says with the
 * API's own error code what is wrong. Pure: no clock, no file, no state; the caller gives
 * the time and the keys. Which action may be called is not judged here.
 */
#ifndef STANDIN_VERIFY_H
#define STANDIN_VERIFY_H

#include <stdint.h>

#include "text.h"

struct header {
	struct span name, value; /* value without white space around it */
};

struct verify_request {
	struct span method, target;
	const struct header *headers;
	size_t headers_n;
	struct span body;
};

struct verify_key {
	struct span secret_key;
	struct span token;
	bool is_temporary; /* a token belongs to it */
};

struct verify_policy {
	const char *const *services; /* NULL-terminated */
	/*
	 * The vendor's SDKs make the service of the endpoint's text up to the first dot, so
	 * that a loopback endpoint gives "127" or "localhost:PORT".
	 */
	bool sdk_host_quirk;
	/* The same SDKs sign the host without the port that they send. */
	bool host_port_optional;
	int64_t window_s; /* how far the clocks may be apart */
};

enum verify_kind {
	VERIFY_SIGNED,
	VERIFY_UNSIGNED, /* Authorization: SKIP; the action decides whether that will do */
	VERIFY_REFUSED,
};

/* Spans point into the request; empty where unknown. `code` is NULL unless refused. */
struct verify_outcome {
	enum verify_kind kind;
	const char *code;
	char message[256];
	struct span secret_id, service;
};

/* False for an unknown SecretId. What it sets stays valid until the verdict is given. */
typedef bool verify_lookup(void *ctx, struct span secret_id, struct verify_key *out);

struct verify_outcome verify(const struct verify_request *, const struct verify_policy *,
			     int64_t now, verify_lookup *, void *ctx);

/* The header's value, an empty span with p == NULL where it is absent. */
struct span header_get(const struct header *headers, size_t n, struct span name);

/* The claimed SecretId, before anything is verified; empty where there is none. */
struct span verify_claimed_id(const struct header *headers, size_t n);

#endif
