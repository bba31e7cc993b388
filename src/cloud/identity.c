/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an identity comes to be ready: what it lacks, who waits for it, and when keys are refreshed.
 * Who is asked for them is in identity_sts.c and identity_metadata.c.
 */
#include <stdlib.h>

#include "cloud/identity_parts.h"

#define EXPIRES_SOON_S 300 /* as the vendor's clients do it */
#define RENEW_PAUSE_S  30  /* keys as young as this are not what is wrong */

void identity_waiters_add(struct identity_waiters *list, struct identity_waiter *w)
{
	w->next = NULL;
	if (!list->first)
		list->end = &list->first;
	*list->end = w;
	list->end = &w->next;
}

void identity_waiters_wake(struct identity_waiters *list)
{
	struct identity_waiter *w = list->first;

	list->first = NULL;
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

struct fetch_failure identity_copy_failure(struct identity *id, const char *what,
					   const struct fetch_failure *f)
{
	const char *message = what ? arena_printf(id->ids->o.arena, "%s: %s", what, f->message)
				   : keep(id, f->message);

	return (struct fetch_failure){
		.reason = f->reason,
		.message = message ? message : "out of memory",
		.api_code = keep(id, f->api_code),
		.request_id = keep(id, f->request_id),
		.hint = keep(id, f->hint),
	};
}

struct fetch_failure identity_failure_of(struct identity *id, const char *what, enum reason reason,
					 struct err *e, const char *hint)
{
	char *text = err_text(e);
	struct fetch_failure f = {.reason = reason,
				  .message = text ? text : "out of memory",
				  .api_code = "",
				  .request_id = "",
				  .hint = hint};

	f = identity_copy_failure(id, what, &f);
	free(text);
	err_free(e);
	return f;
}

static void set_failed(struct identity *id, struct fetch_failure f)
{
	id->failure = f;
	id->state = IDENTITY_FAILED;
	identity_waiters_wake(&id->waiters);
}

void identity_fail(struct identity *id, const char *what, const struct fetch_failure *f)
{
	set_failed(id, identity_copy_failure(id, what, f));
}

void identity_fail_with(struct identity *id, enum reason reason, const char *message,
			const char *hint)
{
	identity_fail(id, NULL,
		      &(struct fetch_failure){.reason = reason,
					      .message = message,
					      .api_code = "",
					      .request_id = "",
					      .hint = hint});
}

void identity_fail_err(struct identity *id, const char *what, struct err *e, const char *hint)
{
	set_failed(id, identity_failure_of(id, what, REASON_CREDENTIALS, e, hint));
}

void identity_take_keys(struct identity *id, const char *what, struct str body,
			struct err *(*read)(struct str, struct arena *, struct credential *))
{
	struct credential c = {0};
	struct err *e = read(body, id->call.arena ? id->call.arena : id->scratch, &c);

	if (e) {
		credential_clear(&c);
		identity_fail_err(id, what, e, "What answers is not the service that was asked");
		return;
	}
	credential_clear(&id->keys);
	c.source = id->parent ? CREDENTIAL_ROLE : id->root.source;
	id->keys = c;
	id->has_keys = true;
	id->obtained_s = id->ids->o.session->clock.unix_s(id->ids->o.session->clock.ctx);
	if (id->ids->o.log)
		log_verbose(id->ids->o.log, "identity name=%s what=%s", id->name, what);
}

static void get_keys(struct identity *id)
{
	if (id->parent) {
		identity_ask_role(id);
		return;
	}
	switch (id->root.form) {
	case CREDENTIAL_KEY:
		id->has_keys = true;
		identity_advance(id);
		return;
	case CREDENTIAL_WEB_IDENTITY:
		identity_exchange_web_token(id);
		return;
	case CREDENTIAL_INSTANCE:
		identity_ask_metadata(id);
		return;
	}
}

void identity_advance(struct identity *id)
{
	id->state = IDENTITY_BUSY;
	if (!id->has_keys) {
		get_keys(id);
	} else {
		id->state = IDENTITY_READY;
		identity_waiters_wake(&id->waiters);
	}
}

static bool can_renew(const struct identity *id)
{
	int64_t now = id->ids->o.session->clock.unix_s(id->ids->o.session->clock.ctx);

	return identity_credential(id) == &id->keys && now - id->obtained_s > RENEW_PAUSE_S;
}

static bool ends_soon(const struct identity *id)
{
	int64_t now = id->ids->o.session->clock.unix_s(id->ids->o.session->clock.ctx);

	return id->keys.expires_s && id->keys.expires_s - EXPIRES_SOON_S <= now;
}

void identity_wait(struct identity *id, struct identity_waiter *w)
{
	if (id->state == IDENTITY_READY && can_renew(id) && ends_soon(id)) {
		id->state = IDENTITY_NEW;
		id->has_keys = false;
	}
	if (id->state == IDENTITY_FAILED || id->state == IDENTITY_READY) {
		w->ready(w->ctx);
		return;
	}
	identity_waiters_add(&id->waiters, w);
	if (id->state != IDENTITY_BUSY)
		identity_advance(id);
}

bool identity_renew(struct identity *id, struct identity_waiter *w)
{
	if (identity_credential(id) != &id->keys)
		return false;
	if (id->state == IDENTITY_READY && can_renew(id)) {
		id->state = IDENTITY_NEW;
		id->has_keys = false;
	}
	identity_wait(id, w);
	return true;
}

const struct fetch_failure *identity_failure(const struct identity *id)
{
	return &id->failure;
}

bool identity_is_unconfigured(const struct identity *id)
{
	return id->state == IDENTITY_FAILED && id->is_unconfigured;
}

const struct credential *identity_credential(const struct identity *id)
{
	return id->parent || id->root.form != CREDENTIAL_KEY ? &id->keys : &id->root;
}

const char *identity_name(const struct identity *id)
{
	return id->name;
}

const char *identity_mark(const struct identity *id)
{
	return id->mark;
}

const struct credential *identity_root(const struct identity *id)
{
	while (id->parent)
		id = id->parent;
	return &id->root;
}
