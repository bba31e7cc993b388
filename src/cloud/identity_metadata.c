/* SPDX-License-Identifier: Apache-2.0 */
/* The role of the machine: its name and its keys, from the metadata service. */
#include <string.h>

#include "cloud/identity_parts.h"
#include "cloud/net.h"
#include "cloud/sts.h"

#define METADATA_MS   1000u /* off the cloud nothing answers there, and somebody waits */
#define METADATA_MAX  ((size_t)64 << 10)
#define METADATA_PATH "/latest/meta-data/cam/security-credentials/"
#define METADATA_VAR  "SCANDRIFT_METADATA_URL"

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
		identity_fail_err(id, "credentials from the cvm-role", e, "");
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
		what = net_what(e);
	else if (reply->status == 404)
		what = "no role is bound to this instance";
	text = what ? arena_printf(id->scratch, "the metadata service: %s", what)
		    : arena_printf(id->scratch, "the metadata service: HTTP status %d",
				   reply->status);
	identity_fail_with(id,
			   e && net_reason(e) == REASON_INTERRUPTED ? REASON_INTERRUPTED
								    : REASON_CREDENTIALS,
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
		identity_take_keys(id, "the metadata service", reply->body, metadata_read_keys);
		if (reply->body.n)
			secret_wipe((char *)reply->body.p, reply->body.n);
	}
	end_metadata(id);
	if (id->state == IDENTITY_BUSY)
		identity_advance(id);
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
		identity_fail_with(id, REASON_CREDENTIALS,
				   "the metadata service: what it says is no role's name",
				   "Run on an instance that has a role");
		end_metadata(id);
		return;
	}
	get_metadata(id, path, on_role_keys);
	if (id->state == IDENTITY_FAILED)
		end_metadata(id);
}

void identity_ask_metadata(struct identity *id)
{
	id->scratch = arena_new();
	if (!id->scratch) {
		identity_fail_with(id, REASON_CREDENTIALS, "out of memory", "");
		return;
	}
	get_metadata(id, METADATA_PATH, on_role_name);
	if (id->state == IDENTITY_FAILED)
		end_metadata(id);
}
