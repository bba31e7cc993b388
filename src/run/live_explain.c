/* SPDX-License-Identifier: Apache-2.0 */
/* For people: what would be sent, and where a credential comes from. */
#include <string.h>

#include "cloud/stop.h"
#include "run/live_parts.h"

/* Without asking anybody: a credential that has yet to be exchanged signs nothing here. */
struct err *live_show_request(struct live *l, const struct target *t, struct buf *out)
{
	struct fetch_clock clock = fetch_clock_system();
	struct identity_request wish = {0};
	struct identity *id = NULL;
	struct fetch_request request;

	TRY(live_open_network(l));
	TRY(live_find_identity(l, t, &wish, &id));
	if (identity_is_unconfigured(id))
		return err_new(ERR_CONFIG, "%s", identity_failure(id)->message);
	TRY(live_make_request(l, t, &request));
	if (secret_is_set(&identity_credential(id)->id))
		request.credential = identity_credential(id);
	return fetch_show_request(&request, clock.unix_s(clock.ctx), l->w->arena, out);
}

static void on_passed(void *ctx, enum credential_source source, const char *why)
{
	buf_printf(ctx, "  %-12s passed over: %s\n", credential_source_name(source), why);
}

static void on_known(void *ctx)
{
	(void)ctx;
}

static bool is_stopped(void *ctx)
{
	(void)ctx;
	return stop_signal() != 0;
}

static struct err *put_source(const struct live *l, const struct identity *id, struct buf *out)
{
	const struct credential *root = identity_root(id);
	const char *masked = credential_masked_id(root, l->w->arena);

	if (!masked)
		return err_nomem();
	if (root->source == CREDENTIAL_NONE) {
		buf_printf(out, "  %-12s %s\n", "none", identity_failure(id)->message);
		return NULL;
	}
	buf_printf(out, "  %-12s used: %s", credential_source_name(root->source), root->place);
	if (root->form == CREDENTIAL_KEY)
		buf_printf(out, ", SecretId %s, %s", masked,
			   secret_is_set(&root->token) ? "with a token" : "without a token");
	buf_char(out, '\n');
	return NULL;
}

static void put_rest(const struct identity *id, const struct target *t, struct buf *out)
{
	const struct credential *root = identity_root(id);
	const struct fetch_failure *f = identity_account_failure(id);

	for (enum credential_source i = root->source + 1;
	     root->source && i < CREDENTIAL_SOURCES_END; i++)
		buf_printf(out, "  %-12s not looked at\n", credential_source_name(i));
	if (root->role_arn)
		buf_printf(out, "  %-12s %s, said by the file\n", "role", root->role_arn);
	if (t->role_arn.n)
		buf_printf(out, "  %-12s %s\n", "role-arn", t->role_arn.p);
	if (f->reason && root->source)
		buf_printf(out, "  %-12s %s%s%s%s\n", "failed", f->message,
			   *f->api_code ? " (" : "", f->api_code, *f->api_code ? ")" : "");
	if (!f->reason)
		buf_printf(out, "  %-12s %s%s%s%s\n", "account", identity_account(id),
			   *identity_arn(id) ? " (" : "", identity_arn(id),
			   *identity_arn(id) ? ")" : "");
	if (!f->reason && t->uin.n && !str_is(t->uin, identity_account(id)))
		buf_printf(out, "  %-12s %s is another account\n", "uin", t->uin.p);
}

struct err *live_explain(struct live *l, const struct target *t, struct buf *out, struct err **why)
{
	const struct fetch_failure *f;
	struct identity_request wish = {.passed = on_passed, .passed_ctx = out};
	struct identity_waiter waiter = {.ready = on_known};
	struct identity *id = NULL;
	struct err *e;

	TRY(live_open_network(l));
	buf_printf(out, "target %s\n", t->name.p);
	TRY(live_find_identity(l, t, &wish, &id));
	TRY(put_source(l, id, out));
	stop_catch();
	identity_wait_account(id, &waiter);
	e = pool_run(l->pool, is_stopped, NULL);
	stop_release();
	if (e)
		return e;
	put_rest(id, t, out);
	f = identity_account_failure(id);
	if (f->reason)
		*why = err_new(identity_is_unconfigured(id) ? ERR_CONFIG : ERR_NET, "%s: %s: %s",
			       t->name.p, reason_word(f->reason, f->foreign), f->message);
	return NULL;
}
