/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_CREDENTIALS_H
#define SCANDRIFT_CLOUD_CREDENTIALS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/secret.h"

/*
 * Who we are to the API. Sources are rows of one table in the contract's order; the first that has
 * a credential wins. The environment comes in as a function, so that nothing here reads it behind
 * the caller's back.
 */

struct credential {
	struct secret id, key;
	struct secret token; /* unset with a permanent key */
	const char *source;  /* a literal: "environment" */
};

void credential_clear(struct credential *c); /* wipes; may be called twice */

/* "AKID****0000": enough to tell two keys apart. NULL when memory is at its end. */
const char *credential_masked_id(const struct credential *c, struct arena *a) MUST_USE;

struct credential_query {
	const char *profile; /* the target's, or NULL */
	/* As getenv: NULL where a variable is not set. */
	const char *(*env)(void *ctx, const char *name);
	void *env_ctx;
};

/*
 * ERR_CONFIG when there is none (it names the variables to set), or when a source is there and
 * broken: that is never passed over in favour of the next. No message holds a value.
 */
struct err *credentials_find(const struct credential_query *q, struct credential *out) MUST_USE;

/* The sources, in order; for tests and for explaining. NULL past the last one. */
const char *credentials_source_name(size_t i);

#endif
