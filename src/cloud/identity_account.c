/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which account an identity's keys belong to. STS is asked once for all targets that share the
 * identity, because refreshed keys belong to the same account. If STS does not answer, the identity
 * can still be used.
 */
#include <stdlib.h>
#include <string.h>

#include "cloud/identity_parts.h"
#include "cloud/sts.h"

#define ACTION "GetCallerIdentity"

#define ACCOUNT_MAX 32u /* digits; the vendor's have twelve */

static void settle(struct identity *id, enum identity_state state)
{
	id->caller.state = state;
	identity_waiters_wake(&id->caller.waiters);
}

static void fail_with(struct identity *id, const char *what, const struct fetch_failure *f)
{
	id->caller.failure = identity_copy_failure(id, what, f);
	settle(id, IDENTITY_FAILED);
}

/* Frees the error. */
static void fail_err(struct identity *id, enum reason reason, struct err *e, const char *hint)
{
	id->caller.failure = identity_failure_of(id, ACTION, reason, e, hint);
	settle(id, IDENTITY_FAILED);
}

/* It is compared and recorded, so what is no number of an account is none. */
static bool is_number(const char *s)
{
	size_t n = strspn(s, "0123456789");

	return n > 0 && n <= ACCOUNT_MAX && !s[n];
}

static void take_caller(struct identity *id, struct str body)
{
	struct sts_caller caller = {"", ""};
	struct err *e = sts_read_caller(body, id->ids->o.arena, &caller);

	if (!e && !is_number(caller.account))
		e = err_new(ERR_REPLY, *caller.account ? "the reply's AccountId is no number"
						       : "the reply lacks AccountId");
	if (e) {
		fail_err(id, REASON_CREDENTIALS, e,
			 "What answers is not the service that was asked");
		return;
	}
	id->caller.account = caller.account;
	id->caller.arn = caller.arn;
	settle(id, IDENTITY_READY);
}

static void on_caller(void *ctx, struct pool_call *call)
{
	struct identity *id = ctx;
	const struct fetch_outcome *o = &call->steps.o;

	if (fetch_is_ok(o))
		take_caller(id, o->body);
	else
		fail_with(id, ACTION, &o->failure);
	arena_free(call->arena);
	call->arena = NULL;
}

static void on_renewed(void *ctx)
{
	struct identity *id = ctx;

	if (id->failure.reason)
		pool_end(id->ids->o.pool, &id->caller.call);
	else
		pool_resume(id->ids->o.pool, &id->caller.call);
}

static bool renew(void *ctx, struct pool_call *call)
{
	struct identity *id = ctx;

	(void)call;
	id->caller.for_keys = (struct identity_waiter){.ready = on_renewed, .ctx = id};
	return identity_renew(id, &id->caller.for_keys);
}

static void on_keys(void *ctx)
{
	struct identity *id = ctx;
	struct err *e;

	if (id->failure.reason) {
		fail_with(id, NULL, &id->failure);
		return;
	}
	id->caller.call = (struct pool_call){
		.request = identity_sts_request(id, ACTION, id->region, STR("{}"),
						identity_credential(id)),
		.identity = id->name,
		.done = on_caller,
		.renew = renew,
		.ctx = id,
	};
	e = pool_add(id->ids->o.pool, &id->caller.call);
	if (e)
		fail_err(id, REASON_CREDENTIALS, e, "");
}

void identity_wait_account(struct identity *id, struct identity_waiter *w)
{
	struct identity_caller *caller = &id->caller;

	if (caller->state == IDENTITY_READY || caller->state == IDENTITY_FAILED) {
		w->ready(w->ctx);
		return;
	}
	identity_waiters_add(&caller->waiters, w);
	if (caller->state == IDENTITY_BUSY)
		return;
	caller->state = IDENTITY_BUSY;
	caller->for_keys = (struct identity_waiter){.ready = on_keys, .ctx = id};
	identity_wait(id, &caller->for_keys);
}

const char *identity_account(const struct identity *id)
{
	return id->caller.account;
}

const char *identity_arn(const struct identity *id)
{
	return id->caller.arn;
}

const struct fetch_failure *identity_account_failure(const struct identity *id)
{
	return &id->caller.failure;
}
