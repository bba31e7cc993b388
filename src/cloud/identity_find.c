/* SPDX-License-Identifier: Apache-2.0 */
/* The identities of a run: one for equal wishes, with what can be found without the network. */
#include <stdlib.h>
#include <string.h>

#include "cloud/identity_parts.h"
#include "cloud/sts.h"

static struct identity *look_up(const struct identities *ids, const char *key, size_t *at)
{
	struct identity *id = NULL;

	if (!ids->slot_count)
		return NULL;
	for (*at = str_hash(key) & (ids->slot_count - 1); (id = ids->slots[*at]);
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

static struct err *add(struct identities *ids, const char *key, const struct identity_request *wish,
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

static struct err *find_root(struct identity *id, const struct identity_request *wish)
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
	identity_fail_err(id, NULL, e, IDENTITY_HINT_FIND);
	return NULL;
}

static const char *wish_key(struct arena *a, const struct identity_request *w)
{
	return arena_printf(a, "%s|%d|%s|%s", w->profile ? w->profile : "", (int)w->is_cvm_role,
			    w->sts->url, w->region);
}

static struct err *get_root(struct identities *ids, const struct identity_request *wish,
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

static struct err *get_role(struct identities *ids, const struct identity_request *wish,
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

struct err *identities_get(struct identities *ids, const struct identity_request *wish,
			   struct identity **out)
{
	struct identity *id;

	TRY(get_root(ids, wish, &id));
	if (id->root.role_arn)
		TRY(get_role(ids, wish, id, id->root.role_arn,
			     id->root.role_session ? id->root.role_session : IDENTITY_SESSION,
			     &id));
	if (wish->role_arn && *wish->role_arn)
		TRY(get_role(ids, wish, id, wish->role_arn, IDENTITY_SESSION, &id));
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
