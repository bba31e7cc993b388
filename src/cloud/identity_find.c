/* SPDX-License-Identifier: Apache-2.0 */
/* The identities of a run: one for equal wishes, with what can be found without the network. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/identity_parts.h"
#include "crypto/digest.h"

static struct identity_slot *find_slot(const struct identities *ids, const char *key)
{
	size_t at = str_hash(key) & (ids->slot_count - 1);

	while (ids->slots[at].key && strcmp(ids->slots[at].key, key) != 0)
		at = (at + 1) & (ids->slot_count - 1);
	return &ids->slots[at];
}

static struct identity *look_up(const struct identities *ids, const char *key)
{
	return ids->slot_count ? find_slot(ids, key)->id : NULL;
}

/* At most half of the slots are taken. */
static struct err *make_room(struct identities *ids)
{
	struct identities grown = *ids;

	if (ids->count * 2 < ids->slot_count)
		return NULL;
	grown.slot_count = ids->slot_count ? ids->slot_count * 4 : 64;
	grown.slots = calloc(grown.slot_count, sizeof(*grown.slots));
	if (!grown.slots)
		return err_nomem();
	for (size_t i = 0; i < ids->slot_count; i++) {
		if (ids->slots[i].key)
			*find_slot(&grown, ids->slots[i].key) = ids->slots[i];
	}
	free(ids->slots);
	*ids = grown;
	return NULL;
}

static struct err *bind(struct identities *ids, const char *key, struct identity *id)
{
	TRY(make_room(ids));
	*find_slot(ids, key) = (struct identity_slot){key, id};
	ids->count++;
	return NULL;
}

static struct err *add(struct identities *ids, const struct identity_request *wish,
		       struct identity **out)
{
	struct identity *id = calloc(1, sizeof(*id));

	if (!id)
		return err_nomem();
	id->ids = ids;
	id->sts = wish->sts;
	id->region = wish->region;
	id->timeout_ms = wish->timeout_ms;
	id->caller.account = id->caller.arn = "";
	id->key = id->name = id->mark = "";
	id->next = ids->list;
	ids->list = id;
	*out = id;
	return NULL;
}

/* ---- names of credentials ---- */

/* The digest of `text`, which is NULL if out of memory. */
static struct err *digest_text(struct arena *a, const char *text, const char **out)
{
	char hex[SHA256_HEX_SIZE];

	if (!text)
		return err_nomem();
	TRY(sha256_hex(str_from(text), hex));
	*out = arena_printf(a, "sha256:%s", hex);
	return *out ? NULL : err_nomem();
}

static struct err *add_secret(struct sha256 *s, const struct secret *part)
{
	struct str bytes = secret_view(part);
	char size[32];

	(void)snprintf(size, sizeof(size), "%zu:", bytes.n);
	TRY(sha256_add(s, str_from(size)));
	return bytes.n ? sha256_add(s, bytes) : NULL;
}

static struct err *add_keys(struct sha256 *s, const struct credential *c, unsigned char *out)
{
	TRY(add_secret(s, &c->id));
	TRY(add_secret(s, &c->key));
	TRY(add_secret(s, &c->token));
	return sha256_finish(s, out);
}

/* Equal for equal keys that are used at one STS. It stays in memory. */
static struct err *keys_key(struct identity *id, const char **out)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX_SIZE];
	struct sha256 *s = NULL;
	struct err *e;

	TRY(sha256_new(&s));
	e = add_keys(s, &id->root, digest);
	sha256_free(s);
	if (e)
		return e;
	digest_hex(digest, sizeof(digest), hex);
	*out = arena_printf(id->ids->o.arena, "keys %s|%s|%s", hex, id->sts->url, id->region);
	return *out ? NULL : err_nomem();
}

static struct err *name_root(struct identity *id)
{
	struct arena *a = id->ids->o.arena;
	const struct credential *c = &id->root;
	const char *text = NULL;

	switch (c->form) {
	case CREDENTIAL_KEY:
		id->name = arena_str(a, secret_view(&c->id)).p;
		text = id->name ? arena_printf(a, "key %s", id->name) : NULL;
		break;
	case CREDENTIAL_WEB_IDENTITY:
		id->name = c->web.role_arn;
		text = arena_printf(a, "web %s %s", c->web.provider, id->name);
		break;
	case CREDENTIAL_INSTANCE:
		id->name = text = "the instance's role";
		break;
	}
	return digest_text(a, text, &id->mark);
}

/* ---- what is wished ---- */

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

static struct err *get_role(struct identities *ids, const struct identity_request *wish,
			    struct identity *parent, const char *role_arn, const char *session,
			    struct identity **out)
{
	struct arena *a = ids->o.arena;
	const char *key = arena_printf(a, "%s>%s", parent->key, role_arn);
	struct identity *id;

	if (!key)
		return err_nomem();
	*out = look_up(ids, key);
	if (*out)
		return NULL;
	TRY(add(ids, wish, &id));
	id->key = key;
	id->parent = parent;
	id->role_arn = id->name = role_arn;
	id->session = session;
	TRY(digest_text(a, arena_printf(a, "%s>%s", parent->mark, role_arn), &id->mark));
	*out = id;
	return bind(ids, key, id);
}

/* The newest of the list, which nobody has yet. */
static void take_back(struct identities *ids, struct identity *id)
{
	ids->list = id->next;
	credential_clear(&id->root);
	free(id);
}

/* Keys that another wish has found too are asked about once, wherever they were found. */
static struct err *find_equal(struct identities *ids, struct identity **id)
{
	struct identity *equal;

	if ((*id)->root.form != CREDENTIAL_KEY || (*id)->state == IDENTITY_FAILED)
		return NULL;
	TRY(keys_key(*id, &(*id)->key));
	equal = look_up(ids, (*id)->key);
	if (!equal)
		return bind(ids, (*id)->key, *id);
	take_back(ids, *id);
	*id = equal;
	return NULL;
}

/* What the source says, with the role that a file names beside its keys. */
static struct err *get_base(struct identities *ids, const struct identity_request *wish,
			    struct identity **out)
{
	const char *key =
		arena_printf(ids->o.arena, "%s|%d|%s|%s", wish->profile ? wish->profile : "",
			     (int)wish->is_cvm_role, wish->sts->url, wish->region);
	const char *role, *session;
	struct identity *id;

	if (!key)
		return err_nomem();
	*out = look_up(ids, key);
	if (*out)
		return NULL;
	TRY(add(ids, wish, &id));
	id->key = key;
	TRY(find_root(id, wish));
	role = id->root.role_arn;
	session = id->root.role_session;
	TRY(find_equal(ids, &id));
	if (role)
		TRY(get_role(ids, wish, id, role, session ? session : IDENTITY_SESSION, &id));
	*out = id;
	return bind(ids, key, id);
}

struct err *identities_get(struct identities *ids, const struct identity_request *wish,
			   struct identity **out)
{
	TRY(get_base(ids, wish, out));
	if (wish->role_arn && *wish->role_arn)
		TRY(get_role(ids, wish, *out, wish->role_arn, IDENTITY_SESSION, out));
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
