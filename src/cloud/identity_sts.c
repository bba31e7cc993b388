/* SPDX-License-Identifier: Apache-2.0 */
/* What an identity asks STS for: a role, and keys for a web identity. */
#include <string.h>

#include "base/fs.h"
#include "cloud/identity_parts.h"
#include "cloud/sts.h"

#define STS_REPLY_MAX  ((size_t)1 << 20)
#define TOKEN_FILE_MAX ((size_t)64 << 10)

static void wipe_call(struct identity *id)
{
	struct fetch_outcome *o = &id->call.steps.o;

	if (o->has_reply && o->body.n)
		secret_wipe((char *)o->body.p, o->body.n);
	arena_free(id->call.arena);
	id->call.arena = NULL;
	if (id->body.n)
		secret_wipe(id->body.p, id->body.n);
	buf_free(&id->body);
}

struct fetch_request identity_sts_request(struct identity *id, const char *action,
					  const char *region, struct str body,
					  const struct credential *by)
{
	return (struct fetch_request){
		.service = STS_SERVICE,
		.action = action,
		.version = STS_VERSION,
		.body = body,
		.region = region,
		.endpoint = id->sts,
		.credential = by,
		.is_unsigned = by == NULL,
		.timeout_ms = id->timeout_ms,
		.reply_max = STS_REPLY_MAX,
	};
}

static void call_sts(struct identity *id, const char *action, const char *region,
		     const struct credential *by, const char *by_name,
		     void (*done)(void *ctx, struct pool_call *call))
{
	struct err *e = buf_check(&id->body, ERR_NET, action);

	id->call = (struct pool_call){
		.request = identity_sts_request(id, action, region, buf_view(&id->body), by),
		.identity = by_name,
		.done = done,
		.ctx = id,
	};
	if (!e)
		e = pool_add(id->ids->o.pool, &id->call);
	if (e)
		identity_fail_err(id, action, e, "");
}

static void on_keys(void *ctx, struct pool_call *call)
{
	struct identity *id = ctx;
	const struct fetch_outcome *o = &call->steps.o;

	if (!fetch_is_ok(o))
		identity_fail(id, call->request.action, &o->failure);
	else
		identity_take_keys(id, call->request.action, o->body, sts_read_keys);
	wipe_call(id);
	if (id->state == IDENTITY_BUSY)
		identity_advance(id);
}

static void on_parent(void *ctx)
{
	struct identity *id = ctx;

	if (id->parent->state == IDENTITY_FAILED) {
		id->is_unconfigured = id->parent->is_unconfigured;
		identity_fail(id, NULL, &id->parent->failure);
		return;
	}
	id->body = BUF_INIT(TOKEN_FILE_MAX);
	sts_assume_role(&id->body, id->role_arn, id->session);
	call_sts(id, "AssumeRole", id->region, identity_credential(id->parent), id->parent->name,
		 on_keys);
}

void identity_ask_role(struct identity *id)
{
	id->for_parent = (struct identity_waiter){.ready = on_parent, .ctx = id};
	identity_wait(id->parent, &id->for_parent);
}

/* The cluster writes the token anew before it ends, so it is read at each exchange. */
static struct err *make_web_body(struct identity *id)
{
	struct buf token;
	struct str text;
	struct err *e;

	TRY(fs_read(id->root.web.token_file, TOKEN_FILE_MAX / 4, &token));
	text = str_trim(buf_view(&token));
	e = credential_check_value("the web identity token", text, TOKEN_FILE_MAX / 4);
	if (!e && text.n == 0)
		e = err_new(ERR_CONFIG, "%s: empty", id->root.web.token_file);
	if (!e)
		sts_assume_role_with_web_identity(&id->body, id->root.web.provider, text,
						  id->root.web.role_arn, IDENTITY_SESSION);
	if (token.n)
		secret_wipe(token.p, token.n);
	buf_free(&token);
	return e;
}

/* In the cluster's region, as the vendor's SDKs do it: a cluster may reach no other. */
void identity_exchange_web_token(struct identity *id)
{
	struct err *e;

	id->body = BUF_INIT(TOKEN_FILE_MAX);
	e = make_web_body(id);
	if (e) {
		id->is_unconfigured = true;
		identity_fail_err(id, "credentials from the tke", e, IDENTITY_HINT_FIND);
		return;
	}
	call_sts(id, "AssumeRoleWithWebIdentity", id->root.web.region, NULL, id->name, on_keys);
}
