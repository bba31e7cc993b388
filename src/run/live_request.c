/* SPDX-License-Identifier: Apache-2.0 */
/* What a target asks of the API, and as whom: its endpoints, identity and request. */
#include <string.h>

#include "run/live_parts.h"

#define REGION_STS "ap-guangzhou" /* what the vendor's clients name where none is */

static struct err *parse_endpoint(struct live *l, struct str text, const struct endpoint **out)
{
	struct endpoint *e = arena_alloc(l->w->arena, sizeof(*e));

	if (!e)
		return err_nomem();
	TRY(endpoint_parse(l->w->arena, text, e));
	*out = e;
	return NULL;
}

static struct err *find_sts(struct live *l)
{
	struct endpoint *e = arena_alloc(l->w->arena, sizeof(*e));

	if (!e)
		return err_nomem();
	TRY(endpoint_of_sts(l->w->arena, l->endpoint, e));
	l->sts = e;
	return NULL;
}

/* --endpoint is for both; without a place of its own STS is looked for beside the API. */
static struct err *find_endpoints(struct live *l, const struct target *t)
{
	struct str where = l->net->endpoint ? str_from(l->net->endpoint) : t->endpoint;
	struct str sts = l->net->endpoint ? where : t->sts_endpoint;

	if (l->endpoint && str_eq(where, l->endpoint_text) && str_eq(sts, l->sts_text))
		return NULL;
	TRY(parse_endpoint(l, where, &l->endpoint));
	TRY(sts.n ? parse_endpoint(l, sts, &l->sts) : find_sts(l));
	l->endpoint_text = where;
	l->sts_text = sts;
	return NULL;
}

static uint64_t timeout_of(const struct live *l, const struct target *t)
{
	return l->net->timeout_ms ? l->net->timeout_ms : t->timeout_ms;
}

/* The financial zones are worlds of their own; elsewhere STS is the same in every region. */
static const char *sts_region(const struct target *t)
{
	static const char isolated[] = "-fsi";
	size_t n = sizeof(isolated) - 1;

	return t->region.n > n && strcmp(t->region.p + t->region.n - n, isolated) == 0 ? t->region.p
										       : REGION_STS;
}

struct err *live_find_identity(struct live *l, const struct target *t,
			       struct identity_request *wish, struct identity **out)
{
	TRY(find_endpoints(l, t));
	wish->profile = t->profile.p;
	wish->is_cvm_role = t->is_cvm_role;
	wish->role_arn = t->role_arn.p;
	wish->sts = l->sts;
	wish->region = sts_region(t);
	wish->timeout_ms = timeout_of(l, t);
	return identities_get(l->identities, wish, out);
}

struct err *live_has_credential(struct live *l, const struct target *t, bool *out)
{
	struct identity_request wish = {0};
	struct identity *id = NULL;

	TRY(live_open_network(l));
	TRY(live_find_identity(l, t, &wish, &id));
	*out = !identity_is_unconfigured(id);
	return NULL;
}

struct err *live_make_request(struct live *l, const struct target *t, struct fetch_request *out)
{
	const struct resource *r = &schema_registry_scan;

	TRY(find_endpoints(l, t));
	*out = (struct fetch_request){
		.service = r->service,
		.action = r->action,
		.version = r->version,
		.body = str_from(r->request_body),
		.region = t->region.p,
		.endpoint = l->endpoint,
		.timeout_ms = timeout_of(l, t),
		.reply_max = l->w->max_reply,
	};
	return NULL;
}
