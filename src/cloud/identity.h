/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_IDENTITY_H
#define SCANDRIFT_CLOUD_IDENTITY_H

#include "cloud/credentials.h"
#include "cloud/pool.h"

/*
 * Who a target's requests are signed by: a credential of credentials.h and what has to be asked
 * before it can sign. A web identity or the machine's role is exchanged for keys, and a role is
 * assumed on top. STS is asked which account the keys are of, since the text of a role's ARN proves
 * nothing. All of it happens once for each credential, for all targets that share it. Expired
 * keys are refreshed.
 */

struct identities;
struct identity;

struct identities_options {
	struct client *client;
	struct pool *pool;
	struct fetch_session *session;
	struct arena *arena; /* lives as long as the identities */
	const char *(*env)(void *ctx, const char *name);
	void *env_ctx;
	const struct log *log; /* may be NULL */
};

struct err *identities_new(const struct identities_options *o, struct identities **out) MUST_USE;
void identities_free(struct identities *ids); /* accepts NULL; wipes */

/* What a target says of it. */
struct identity_request {
	const char *profile; /* NULL or empty: none */
	bool is_cvm_role;
	const char *role_arn;       /* NULL or empty: none */
	const struct endpoint *sts; /* stays */
	const char *region;         /* for STS, which wants one */
	uint64_t timeout_ms;        /* of one request */
	/* Told of sources passed over, as in credential_query; may be NULL. */
	void (*passed)(void *ctx, enum credential_source source, const char *why);
	void *passed_ctx;
};

/*
 * Equal wishes give one identity, and so do equal keys from two places. What can be found without the
 * network is found here; that there is nothing is the identity's failure.
 */
struct err *identities_get(struct identities *ids, const struct identity_request *wish,
			   struct identity **out) MUST_USE;

/* Calls back once it is ready or has failed, maybe at once; the pool has to run. */
struct identity_waiter {
	void (*ready)(void *ctx);
	void *ctx;
	struct identity_waiter *next;
};
void identity_wait(struct identity *id, struct identity_waiter *w);

/*
 * The same for the account, which is asked for at the first call. Where the identity fails, its
 * account does too. An identity whose account cannot be had is as good as before.
 */
void identity_wait_account(struct identity *id, struct identity_waiter *w);

/* Has this credential's token been refused? Gets a new one, where that can be, and is ready again. */
bool identity_renew(struct identity *id, struct identity_waiter *w);

/* REASON_NONE: ready. */
const struct fetch_failure *identity_failure(const struct identity *id);
/* True where it is this machine's configuration that has none. */
bool identity_is_unconfigured(const struct identity *id);

const struct credential *identity_credential(const struct identity *id);
const char *identity_name(const struct identity *id); /* no secret: for limits and messages */

/* As STS says: the main account's uin and the caller's ARN; empty where they are not known. */
const char *identity_account(const struct identity *id);
const char *identity_arn(const struct identity *id);
/* Why the account is not known, after identity_wait_account. */
const struct fetch_failure *identity_account_failure(const struct identity *id);

/* "sha256:...": equal for equal credentials, on other machines too. Made of what is no secret. */
const char *identity_mark(const struct identity *id);

/* The credential that all begins with; it has no source where there is none. */
const struct credential *identity_root(const struct identity *id);

#endif
