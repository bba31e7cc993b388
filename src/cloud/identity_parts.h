/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_IDENTITY_PARTS_H
#define SCANDRIFT_CLOUD_IDENTITY_PARTS_H

#include "cloud/identity.h"

/*
 * Inside identity*.c alone. An identity advances by the keys that it lacks. Each step ends in
 * identity_advance again, or in identity_fail. A role's parent is an identity like any other, so that
 * one login serves a thousand roles. The account is a question of its own beside: targets that do
 * not depend on its answer do not wait for it.
 */

#define IDENTITY_SESSION   "scandrift" /* the name of a role's session, where none is said */
#define IDENTITY_HINT_FIND "scandrift fetch --explain-credentials TARGET tells what was looked at"

enum identity_state { IDENTITY_NEW, IDENTITY_BUSY, IDENTITY_READY, IDENTITY_FAILED };

/* In the order in which they came. */
struct identity_waiters {
	struct identity_waiter *first, **end;
};

struct identity_caller {
	enum identity_state state;
	const char *account, *arn;
	struct fetch_failure failure;
	struct identity_waiters waiters;
	struct identity_waiter for_keys;
	struct pool_call call;
};

struct identity {
	struct identity *next;
	struct identities *ids;
	const char *key; /* equal credentials at one STS */
	const char *mark;
	struct identity *parent;
	const char *role_arn, *session; /* with a parent */
	const struct endpoint *sts;
	const char *region;
	uint64_t timeout_ms;

	enum identity_state state;
	bool has_keys, is_unconfigured;
	struct credential root; /* as it was found */
	struct credential keys; /* exchanged; unused where root is keys already */
	int64_t obtained_s;
	struct fetch_failure failure;
	const char *name;

	struct identity_waiters waiters;
	struct identity_waiter for_parent;
	struct pool_call call;
	struct buf body; /* holds a web identity's token: wiped */
	struct arena *scratch;
	struct identity_caller caller;
};

/* Of a hash table; an identity may have several: what was wished, and what was found. */
struct identity_slot {
	const char *key;
	struct identity *id;
};

struct identities {
	struct identities_options o;
	struct identity *list;
	struct identity_slot *slots;
	size_t count, slot_count; /* slots taken, and all */
};

/* ---- identity.c: ends and what comes next ---- */

void identity_advance(struct identity *id);

void identity_waiters_add(struct identity_waiters *list, struct identity_waiter *w);
void identity_waiters_wake(struct identity_waiters *list);

/* Texts are copied; `what`, if wanted, goes before the message. */
struct fetch_failure identity_copy_failure(struct identity *id, const char *what,
					   const struct fetch_failure *f);
/* The error as a failure with the identity's own copies of its texts. Frees the error. */
struct fetch_failure identity_failure_of(struct identity *id, const char *what, enum reason reason,
					 struct err *e, const char *hint);
void identity_fail(struct identity *id, const char *what, const struct fetch_failure *f);
void identity_fail_with(struct identity *id, enum reason reason, const char *message,
			const char *hint);
/* Frees the error. */
void identity_fail_err(struct identity *id, const char *what, struct err *e, const char *hint);

/* Keys from a reply, by the reader of its form; `what` names who sent it. */
void identity_take_keys(struct identity *id, const char *what, struct str body,
			struct err *(*read)(struct str, struct arena *, struct credential *));

/* ---- where keys come from ---- */

/* identity_sts.c */
void identity_ask_role(struct identity *id);
void identity_exchange_web_token(struct identity *id);

/* What all calls of STS have in common; `by` NULL: unsigned. */
struct fetch_request identity_sts_request(struct identity *id, const char *action,
					  const char *region, struct str body,
					  const struct credential *by);

/* identity_metadata.c */
void identity_ask_metadata(struct identity *id);

#endif
