/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live sides of a run, over the network or from a folder: what the two have in common. The rest
 * is in live_*.c.
 */
#include <stdlib.h>

#include "base/grow.h"
#include "cloud/harden.h"
#include "cloud/stop.h"
#include "run/live_parts.h"

#define JOBS_DEFAULT        16u
#define DEADLINE_DEFAULT_MS (60u * 60u * 1000u)

struct err *live_open(const struct net_options *net, const struct io *io, const struct workspace *w,
		      struct live **out)
{
	struct fetch_clock clock = fetch_clock_system();
	struct live *l;

	l = calloc(1, sizeof(*l));
	if (!l)
		return err_nomem();
	l->net = net;
	l->io = io;
	l->w = w;
	l->deadline_ms = clock.monotonic_ms(clock.ctx) +
			 (net->deadline_ms ? net->deadline_ms : DEADLINE_DEFAULT_MS);
	*out = l;
	return NULL;
}

void live_close(struct live *l)
{
	if (!l)
		return;
	identities_free(l->identities);
	pool_free(l->pool);
	client_free(l->client);
	host_clocks_free(&l->session.clocks);
	for (size_t i = 0; i < l->kept_n; i++)
		arena_free(l->kept[i]);
	free(l->kept);
	free(l);
}

static const char *lookup(void *ctx, const char *name)
{
	return io_env(ctx, name);
}

struct err *live_open_network(struct live *l)
{
	const struct client_options opt = {
		.ca_bundle = l->net->ca_bundle,
		.ssl_cert_file = io_env(l->io, "SSL_CERT_FILE"),
	};
	struct identities_options who = {
		.session = &l->session,
		.arena = l->w->arena,
		.env = lookup,
		.env_ctx = (void *)(uintptr_t)l->io,
		.log = &l->io->log,
	};

	if (l->identities)
		return NULL;
	TRY(cloud_harden());
	if (!l->client)
		TRY(client_new(&opt, &l->client));
	l->session = (struct fetch_session){
		.clock = fetch_clock_system(),
		.policy = retry_default,
		.deadline_ms = l->deadline_ms,
		.log = &l->io->log,
	};
	if (!l->pool)
		TRY(pool_new(l->client, &l->session, l->net->jobs ? l->net->jobs : JOBS_DEFAULT,
			     &l->pool));
	who.client = l->client;
	who.pool = l->pool;
	return identities_new(&who, &l->identities);
}

static struct err *get_all(struct live *l, const struct target *const *list, size_t n,
			   live_take_outcome *take, void *ctx)
{
	return l->net->replay ? live_replay_all(l, list, n, take, ctx)
			      : live_fetch_all(l, list, n, take, ctx);
}

struct sides_taker {
	struct live *l;
	const struct target *const *list;
	live_take *take;
	void *ctx;
};

static struct err *take_side(void *ctx, size_t i, struct fetch_outcome *o, struct arena *a)
{
	struct sides_taker *s = ctx;
	struct live_side side;
	struct err *e = live_read_side(s->l, s->list[i], o, a, &side);

	if (e) {
		arena_free(a);
		return e;
	}
	return s->take(s->ctx, i, &side, a);
}

struct err *live_get_all(struct live *l, const struct target *const *list, size_t n,
			 live_take *take, void *ctx)
{
	struct sides_taker s = {l, list, take, ctx};

	return get_all(l, list, n, take_side, &s);
}

/* ---- one ---- */

struct single {
	struct live *l;
	const struct target *target;
	struct fetch_outcome *outcome;
	struct live_side *side;
};

static struct err *keep(struct live *l, struct arena *a)
{
	struct arena **v = grow(l->kept, l->kept_n, &l->kept_cap, sizeof(struct arena *));

	if (!v) {
		arena_free(a);
		return err_nomem();
	}
	l->kept = v;
	l->kept[l->kept_n++] = a;
	return NULL;
}

static struct err *take_single_side(void *ctx, size_t i, const struct live_side *side,
				    struct arena *a)
{
	struct single *s = ctx;

	(void)i;
	TRY(keep(s->l, a));
	*s->side = *side;
	return NULL;
}

static struct err *take_single_outcome(void *ctx, size_t i, struct fetch_outcome *o,
				       struct arena *a)
{
	struct single *s = ctx;

	(void)i;
	TRY(keep(s->l, a));
	*s->outcome = *o;
	return live_read_side(s->l, s->target, o, a, s->side);
}

struct err *live_get(struct live *l, const struct target *t, struct live_side *out)
{
	struct single s = {.l = l, .side = out};

	return live_get_all(l, &t, 1, take_single_side, &s);
}

struct err *live_get_reply(struct live *l, const struct target *t, struct fetch_outcome *reply,
			   struct live_side *out)
{
	struct single s = {.l = l, .target = t, .outcome = reply, .side = out};

	return get_all(l, &t, 1, take_single_outcome, &s);
}

int live_signal(const struct live *l)
{
	(void)l;
	return stop_signal();
}

bool live_is_unrecorded(const struct live *l)
{
	return l->is_unrecorded;
}
