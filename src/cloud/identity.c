/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An identity advances by what it lacks: keys first, the account then. Each step ends in advance()
 * again, or in fail(). A role's parent is an identity like any other, so that one login serves a
 * thousand roles.
 */
#include "cloud/identity.h"

#include <stdlib.h>
#include <string.h>

#include "base/fs.h"
#include "cloud/net.h"
#include "cloud/sts.h"

#define SESSION_NAME   "scandrift"
#define STS_REPLY_MAX  ((size_t)1 << 20)
#define TOKEN_FILE_MAX ((size_t)64 << 10)
#define METADATA_MS    1000u /* off the cloud nothing answers there, and somebody waits */
#define METADATA_MAX   ((size_t)64 << 10)
#define METADATA_PATH  "/latest/meta-data/cam/security-credentials/"
#define METADATA_VAR   "SCANDRIFT_METADATA_URL"
#define EXPIRES_SOON_S 300 /* as the vendor's clients do it */
#define RENEW_PAUSE_S  30  /* keys as young as this are not what is wrong */
#define CREDENTIALS    "credentials"

enum state { STATE_NEW, STATE_BUSY, STATE_READY, STATE_FAILED };

struct identity {
	struct identity *next;
	struct identities *ids;
	const char *key; /* equal wishes */
	struct identity *parent;
	const char *role_arn, *session; /* with a parent */
	const struct endpoint *sts;
	const char *region;
	uint64_t timeout_ms;
	bool wants_account;

	enum state state;
	bool has_keys, has_asked, is_unconfigured;
	struct credential root; /* as it was found */
	struct credential keys; /* exchanged; unused where root is keys already */
	int64_t obtained_s;
	struct fetch_failure failure;
	const char *name, *account, *arn;
	int64_t clock_ahead_s;

	struct identity_waiter *waiters, **waiters_end; /* in the order in which they came */
	struct identity_waiter for_parent;
	struct pool_call call;
	struct buf body; /* holds a web identity's token: wiped */
	struct arena *scratch;
};

struct identities {
	struct identities_options o;
	struct identity *list;
	struct identity **slots;
	size_t count, slot_count;
};

static void advance(struct identity *id);

/* ---- ends ---- */

static void wake(struct identity *id)
{
	struct identity_waiter *w = id->waiters;

	id->waiters = NULL;
	while (w) {
		struct identity_waiter *next = w->next;

		w->ready(w->ctx);
		w = next;
	}
}

static const char *keep(struct identity *id, const char *text)
{
	const char *copy = arena_str(id->ids->o.arena, str_from(text)).p;

	return copy ? copy : "";
}

static void fail(struct identity *id, const char *what, const struct fetch_failure *f)
{
	const char *message = what ? arena_printf(id->ids->o.arena, "%s: %s", what, f->message)
				   : keep(id, f->message);

	id->failure = (struct fetch_failure){
		.reason = keep(id, f->reason),
		.message = message ? message : "out of memory",
		.api_code = keep(id, f->api_code),
		.request_id = keep(id, f->request_id),
		.hint = keep(id, f->hint),
	};
	id->state = STATE_FAILED;
	wake(id);
}

static void fail_with(struct identity *id, const char *reason, const char *message,
		      const char *hint)
{
	fail(id, NULL,
	     &(struct fetch_failure){.reason = reason,
				     .message = message,
				     .api_code = "",
				     .request_id = "",
				     .hint = hint});
}

/* Frees the error. */
static void fail_err(struct identity *id, const char *what, struct err *e, const char *hint)
{
	char *text = err_text(e);
	struct fetch_failure f = {.reason = CREDENTIALS,
				  .message = text ? text : "out of memory",
				  .api_code = "",
				  .request_id = "",
				  .hint = hint};

	fail(id, what, &f);
	free(text);
	err_free(e);
}

#define HINT_FIND "scandrift fetch --explain-credentials TARGET tells what was looked at"

/* ---- calls to STS ---- */

static const struct credential *usable(const struct identity *id)
{
	return id->parent || id->root.form != CREDENTIAL_KEY ? &id->keys : &id->root;
}

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

static void call_sts(struct identity *id, const char *action, const struct credential *by,
		     const char *by_name, void (*done)(void *ctx, struct pool_call *call))
{
	struct err *e = buf_check(&id->body, ERR_NET, action);

	id->call = (struct pool_call){
		.request = {.service = STS_SERVICE,
			    .action = action,
			    .version = STS_VERSION,
			    .body = buf_view(&id->body),
			    .region = id->region,
			    .endpoint = id->sts,
			    .credential = by,
			    .is_unsigned = by == NULL,
			    .clock_ahead_s = &id->clock_ahead_s,
			    .timeout_ms = id->timeout_ms,
			    .reply_max = STS_REPLY_MAX},
		.identity = by_name,
		.done = done,
		.ctx = id,
	};
	if (!e)
		e = pool_add(id->ids->o.pool, &id->call);
	if (e)
		fail_err(id, action, e, "");
}

static void take_keys(struct identity *id, const char *what, struct str body,
		      struct err *(*read)(struct str, struct arena *, struct credential *))
{
	struct credential c = {0};
	struct err *e = read(body, id->call.arena ? id->call.arena : id->scratch, &c);

	if (e) {
		credential_clear(&c);
		fail_err(id, what, e, "What answers is not the service that was asked");
		return;
	}
	credential_clear(&id->keys);
	c.source = id->parent ? "role" : id->root.source;
	id->keys = c;
	id->has_keys = true;
	id->obtained_s = id->ids->o.session->clock.unix_s(id->ids->o.session->clock.ctx);
	if (id->ids->o.log)
		log_verbose(id->ids->o.log, "identity name=%s what=%s", id->name, what);
}

static void on_keys(void *ctx, struct pool_call *call)
{
	struct identity *id = ctx;
	const struct fetch_outcome *o = &call->steps.o;

	if (!fetch_is_ok(o))
		fail(id, call->request.action, &o->failure);
	else
		take_keys(id, call->request.action, o->body, sts_read_keys);
	wipe_call(id);
	if (id->state == STATE_BUSY)
		advance(id);
}

static void on_parent(void *ctx)
{
	struct identity *id = ctx;

	if (id->parent->state == STATE_FAILED) {
		id->is_unconfigured = id->parent->is_unconfigured;
		fail(id, NULL, &id->parent->failure);
		return;
	}
	id->body = BUF_INIT(TOKEN_FILE_MAX);
	sts_assume_role(&id->body, id->role_arn, id->session);
	call_sts(id, "AssumeRole", usable(id->parent), id->parent->name, on_keys);
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
						  id->root.web.role_arn, SESSION_NAME);
	if (token.n)
		secret_wipe(token.p, token.n);
	buf_free(&token);
	return e;
}

static void exchange_web_identity(struct identity *id)
{
	struct err *e;

	id->body = BUF_INIT(TOKEN_FILE_MAX);
	e = make_web_body(id);
	if (e) {
		id->is_unconfigured = true;
		fail_err(id, "credentials from the tke", e, HINT_FIND);
		return;
	}
	call_sts(id, "AssumeRoleWithWebIdentity", NULL, id->name, on_keys);
}

static void on_caller(void *ctx, struct pool_call *call)
{
	struct identity *id = ctx;
	const struct fetch_outcome *o = &call->steps.o;
	struct sts_caller caller = {"", ""};
	struct err *e = NULL;

	if (!fetch_is_ok(o)) {
		fail(id, call->request.action, &o->failure);
	} else {
		e = sts_read_caller(o->body, id->ids->o.arena, &caller);
		if (!e && !caller.account[0])
			e = err_new(ERR_REPLY, "the reply lacks AccountId");
		if (e)
			fail_err(id, call->request.action, e,
				 "What answers is not the service that was asked");
		id->account = caller.account;
		id->arn = caller.arn;
	}
	id->has_asked = true;
	wipe_call(id);
	if (id->state == STATE_BUSY)
		advance(id);
}

static void ask_who(struct identity *id)
{
	id->body = BUF_INIT(16);
	buf_puts(&id->body, "{}");
	call_sts(id, "GetCallerIdentity", usable(id), id->name, on_caller);
}

/* ---- the metadata service ---- */

static struct err *metadata_url(struct identity *id, const char *path, const char **out)
{
	const char *other = id->ids->o.env(id->ids->o.env_ctx, METADATA_VAR);
	struct endpoint to;

	if (!other || !*other) {
		*out = arena_printf(id->scratch, "http://" CLIENT_METADATA_HOST "%s", path);
		return *out ? NULL : err_nomem();
	}
	TRY(endpoint_parse(id->scratch, str_from(other), &to));
	if (!to.is_loopback)
		return err_new(ERR_CONFIG, METADATA_VAR ": not a loopback address");
	*out = arena_printf(id->scratch, "%.*s%s", (int)(strlen(to.url) - 1), to.url, path);
	return *out ? NULL : err_nomem();
}

static void get_metadata(struct identity *id, const char *path, client_done *done)
{
	struct http_request req = {
		.is_get = true, .timeout_ms = METADATA_MS, .reply_max = METADATA_MAX};
	struct err *e = metadata_url(id, path, &req.url);

	if (!e)
		e = client_start(id->ids->o.client, &req, id->scratch, done, id);
	if (e)
		fail_err(id, "credentials from the cvm-role", e, "");
	else
		pool_hold(id->ids->o.pool);
}

/* What is wrong with an answer; true where nothing is. Frees the error. */
static bool metadata_is_good(struct identity *id, struct err *e, const struct http_reply *reply)
{
	static const char hint[] = "Run on an instance that has a role, or take "
				   "credentials = cvm-role out of the target";
	const char *what = NULL;
	char *text;

	pool_unhold(id->ids->o.pool);
	if (!e && reply->status == 200)
		return true;
	if (e)
		(void)net_reason(e, &what);
	else if (reply->status == 404)
		what = "no role is bound to this instance";
	text = what ? arena_printf(id->scratch, "the metadata service: %s", what)
		    : arena_printf(id->scratch, "the metadata service: HTTP status %d",
				   reply->status);
	fail_with(id,
		  e && net_reason(e, NULL) == NET_INTERRUPTED ? net_word(NET_INTERRUPTED)
							      : CREDENTIALS,
		  text ? text : "out of memory", hint);
	err_free(e);
	return false;
}

static void end_metadata(struct identity *id)
{
	arena_free(id->scratch);
	id->scratch = NULL;
}

static void on_role_keys(void *ctx, struct err *e, const struct http_reply *reply)
{
	struct identity *id = ctx;

	if (metadata_is_good(id, e, reply)) {
		take_keys(id, "the metadata service", reply->body, metadata_read_keys);
		if (reply->body.n)
			secret_wipe((char *)reply->body.p, reply->body.n);
	}
	end_metadata(id);
	if (id->state == STATE_BUSY)
		advance(id);
}

static void on_role_name(void *ctx, struct err *e, const struct http_reply *reply)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789_+=,.@-";
	struct identity *id = ctx;
	struct str name;
	char *path;

	if (!metadata_is_good(id, e, reply)) {
		end_metadata(id);
		return;
	}
	name = str_trim(reply->body);
	path = arena_printf(id->scratch, METADATA_PATH "%.*s", STR_ARG(name));
	if (!path || name.n == 0 || name.n > 128 ||
	    strspn(path + sizeof(METADATA_PATH) - 1, allowed) != name.n) {
		fail_with(id, CREDENTIALS, "the metadata service: what it says is no role's name",
			  "Run on an instance that has a role");
		end_metadata(id);
		return;
	}
	get_metadata(id, path, on_role_keys);
	if (id->state == STATE_FAILED)
		end_metadata(id);
}

static void ask_metadata(struct identity *id)
{
	id->scratch = arena_new();
	if (!id->scratch) {
		fail_with(id, CREDENTIALS, "out of memory", "");
		return;
	}
	get_metadata(id, METADATA_PATH, on_role_name);
	if (id->state == STATE_FAILED)
		end_metadata(id);
}

/* ---- on ---- */

static void get_keys(struct identity *id)
{
	if (id->parent) {
		id->for_parent = (struct identity_waiter){.ready = on_parent, .ctx = id};
		identity_wait(id->parent, &id->for_parent);
		return;
	}
	switch (id->root.form) {
	case CREDENTIAL_KEY:
		id->has_keys = true;
		advance(id);
		return;
	case CREDENTIAL_WEB_IDENTITY:
		exchange_web_identity(id);
		return;
	case CREDENTIAL_INSTANCE:
		ask_metadata(id);
		return;
	}
}

static void advance(struct identity *id)
{
	id->state = STATE_BUSY;
	if (!id->has_keys) {
		get_keys(id);
	} else if (id->wants_account && !id->account[0] && !id->has_asked) {
		ask_who(id);
	} else {
		id->state = STATE_READY;
		wake(id);
	}
}

static bool can_renew(const struct identity *id)
{
	int64_t now = id->ids->o.session->clock.unix_s(id->ids->o.session->clock.ctx);

	return usable(id) == &id->keys && now - id->obtained_s > RENEW_PAUSE_S;
}

static bool ends_soon(const struct identity *id)
{
	int64_t now = id->ids->o.session->clock.unix_s(id->ids->o.session->clock.ctx);

	return id->keys.expires_s && id->keys.expires_s - EXPIRES_SOON_S <= now;
}

void identity_wait(struct identity *id, struct identity_waiter *w)
{
	bool lacks_account = id->wants_account && !id->account[0] && !id->has_asked;

	if (id->state == STATE_READY && can_renew(id) && ends_soon(id)) {
		id->state = STATE_NEW;
		id->has_keys = false;
	}
	if (id->state == STATE_FAILED || (id->state == STATE_READY && !lacks_account)) {
		w->ready(w->ctx);
		return;
	}
	w->next = NULL;
	if (!id->waiters)
		id->waiters_end = &id->waiters;
	*id->waiters_end = w;
	id->waiters_end = &w->next;
	if (id->state != STATE_BUSY)
		advance(id);
}

bool identity_renew(struct identity *id, struct identity_waiter *w)
{
	if (usable(id) != &id->keys)
		return false;
	if (id->state == STATE_READY && can_renew(id)) {
		id->state = STATE_NEW;
		id->has_keys = false;
	}
	identity_wait(id, w);
	return true;
}

/* ---- finding them ---- */

static size_t hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return (size_t)(h ^ h >> 32);
}

static struct identity *look_up(const struct identities *ids, const char *key, size_t *at)
{
	struct identity *id = NULL;

	if (!ids->slot_count)
		return NULL;
	for (*at = hash(key) & (ids->slot_count - 1); (id = ids->slots[*at]);
	     *at = (*at + 1) & (ids->slot_count - 1))
		if (strcmp(id->key, key) == 0)
			return id;
	return NULL;
}

/* At most half of the slots are taken. */
static struct err *make_room(struct identities *ids)
{
	size_t count = ids->slot_count ? ids->slot_count * 4 : 64, at;
	struct identities grown = *ids;

	if (ids->count * 2 < ids->slot_count)
		return NULL;
	grown.slots = calloc(count, sizeof(struct identity *));
	grown.slot_count = count;
	if (!grown.slots)
		return err_nomem();
	for (struct identity *id = ids->list; id; id = id->next) {
		(void)look_up(&grown, id->key, &at);
		grown.slots[at] = id;
	}
	free(ids->slots);
	ids->slots = grown.slots;
	ids->slot_count = count;
	return NULL;
}

static struct err *add(struct identities *ids, const char *key, const struct identity_wish *wish,
		       struct identity **out)
{
	struct identity *id;
	size_t at;

	TRY(make_room(ids));
	id = calloc(1, sizeof(*id));
	if (!id)
		return err_nomem();
	id->ids = ids;
	id->key = key;
	id->sts = wish->sts;
	id->region = wish->region;
	id->timeout_ms = wish->timeout_ms;
	id->account = id->arn = "";
	id->name = "";
	id->next = ids->list;
	ids->list = id;
	ids->count++;
	(void)look_up(ids, key, &at);
	ids->slots[at] = id;
	*out = id;
	return NULL;
}

/* Text that ends with the arena as ours do. */
static struct err *set_account(struct identity *id, const char *arn)
{
	struct str account = arena_str(id->ids->o.arena, arn_account(arn));

	if (!account.p)
		return err_nomem();
	id->account = account.p;
	id->arn = arn;
	return NULL;
}

static struct err *name_root(struct identity *id)
{
	const struct credential *c = &id->root;

	switch (c->form) {
	case CREDENTIAL_KEY:
		id->name = arena_str(id->ids->o.arena, secret_view(&c->id)).p;
		break;
	case CREDENTIAL_WEB_IDENTITY:
		id->name = c->web.role_arn;
		return set_account(id, c->web.role_arn);
	case CREDENTIAL_INSTANCE:
		id->name = "the instance's role";
		break;
	}
	return id->name ? NULL : err_nomem();
}

static struct err *find_root(struct identity *id, const struct identity_wish *wish)
{
	const struct identities_options *o = &id->ids->o;
	struct credential_query q = {
		.profile = wish->profile,
		.env = o->env,
		.env_ctx = o->env_ctx,
		.arena = o->arena,
		.now_s = o->session->clock.unix_s(o->session->clock.ctx),
		.is_cvm_role = wish->is_cvm_role,
		.log = o->log,
		.passed = wish->passed,
		.passed_ctx = wish->passed_ctx,
	};
	struct err *e = credentials_find(&q, &id->root);

	if (!e)
		return name_root(id);
	if (e->kind == ERR_NOMEM)
		return e;
	id->is_unconfigured = true;
	fail_err(id, NULL, e, HINT_FIND);
	return NULL;
}

static const char *wish_key(struct arena *a, const struct identity_wish *w)
{
	return arena_printf(a, "%s|%d|%s|%s", w->profile ? w->profile : "", (int)w->is_cvm_role,
			    w->sts->url, w->region);
}

static struct err *get_root(struct identities *ids, const struct identity_wish *wish,
			    struct identity **out)
{
	const char *key = wish_key(ids->o.arena, wish);
	size_t at = 0;

	if (!key)
		return err_nomem();
	*out = look_up(ids, key, &at);
	if (*out)
		return NULL;
	TRY(add(ids, key, wish, out));
	return find_root(*out, wish);
}

static struct err *get_role(struct identities *ids, const struct identity_wish *wish,
			    struct identity *parent, const char *role_arn, const char *session,
			    struct identity **out)
{
	const char *key = arena_printf(ids->o.arena, "%s>%s", parent->key, role_arn);
	size_t at = 0;

	if (!key)
		return err_nomem();
	*out = look_up(ids, key, &at);
	if (*out)
		return NULL;
	TRY(add(ids, key, wish, out));
	(*out)->parent = parent;
	(*out)->role_arn = (*out)->name = role_arn;
	(*out)->session = session;
	return set_account(*out, role_arn);
}

struct err *identities_get(struct identities *ids, const struct identity_wish *wish,
			   struct identity **out)
{
	struct identity *id;

	TRY(get_root(ids, wish, &id));
	if (id->root.role_arn)
		TRY(get_role(ids, wish, id, id->root.role_arn,
			     id->root.role_session ? id->root.role_session : SESSION_NAME, &id));
	if (wish->role_arn && *wish->role_arn)
		TRY(get_role(ids, wish, id, wish->role_arn, SESSION_NAME, &id));
	id->wants_account |= wish->wants_account;
	*out = id;
	return NULL;
}

struct err *identities_new(const struct identities_options *o, struct identities **out)
{
	struct identities *ids = calloc(1, sizeof(*ids));

	if (!ids)
		return err_nomem();
	ids->o = *o;
	*out = ids;
	return NULL;
}

void identities_free(struct identities *ids)
{
	if (!ids)
		return;
	for (struct identity *id = ids->list, *next; id; id = next) {
		next = id->next;
		credential_clear(&id->root);
		credential_clear(&id->keys);
		free(id);
	}
	free(ids->slots);
	free(ids);
}

/* ---- asking ---- */

const struct fetch_failure *identity_failure(const struct identity *id)
{
	return &id->failure;
}

bool identity_is_unconfigured(const struct identity *id)
{
	return id->state == STATE_FAILED && id->is_unconfigured;
}

const struct credential *identity_credential(const struct identity *id)
{
	return usable(id);
}

const char *identity_name(const struct identity *id)
{
	return id->name;
}

const char *identity_account(const struct identity *id)
{
	return id->account;
}

const char *identity_arn(const struct identity *id)
{
	return id->arn;
}

const struct credential *identity_root(const struct identity *id)
{
	while (id->parent)
		id = id->parent;
	return &id->root;
}

/* tcss.REST is served beside sts.REST; a loopback address serves both; else it is the usual one. */
struct err *identity_sts_endpoint(struct arena *a, const struct endpoint *api, struct endpoint *out)
{
	const char *text;

	if (api->is_loopback) {
		*out = *api;
		return NULL;
	}
	if (strncmp(api->host_sent, "tcss.", 5) != 0)
		return endpoint_parse(a, STR("sts.tencentcloudapi.com"), out);
	text = arena_printf(a, "https://sts.%s", api->host_sent + 5);
	return text ? endpoint_parse(a, str_from(text), out) : err_nomem();
}
