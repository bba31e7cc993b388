/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_LIVE_PARTS_H
#define SCANDRIFT_RUN_LIVE_PARTS_H

#include "cloud/identity.h"
#include "run/live.h"

/* Inside live*.c alone: what fetching, replaying and explaining share. */

struct live {
	const struct net_options *net;
	const struct io *io;
	const struct workspace *w;
	/* The network, from the first fetch on. */
	struct client *client;
	struct pool *pool;
	struct identities *identities;
	struct fetch_session session;
	uint64_t deadline_ms; /* on the monotonic clock */
	bool is_unrecorded;
	struct arena **kept; /* what live_get gave out */
	size_t kept_n, kept_cap;
	/* The endpoints of the target before, which most often are the next one's too. */
	struct str endpoint_text, sts_text;
	const struct endpoint *endpoint, *sts;
};

/* Makes client, pool and identities, where they are not there yet. */
struct err *live_open_network(struct live *l) MUST_USE;

/* ---- live_ask.c: what a target asks, and as whom ---- */

/* Fills the rest of `wish` from the target. */
struct err *live_find_identity(struct live *l, const struct target *t,
			       struct identity_request *wish, struct identity **out) MUST_USE;

/* All but the credential. */
struct err *live_make_request(struct live *l, const struct target *t,
			      struct fetch_request *out) MUST_USE;

/* ---- where replies come from ---- */

/* Called once a target, in the order in which they come. `a`, where the outcome is, is the callee's. */
typedef struct err *live_take_outcome(void *ctx, size_t i, struct fetch_outcome *o,
				      struct arena *a);

/* The network, many at once. */
struct err *live_fetch_all(struct live *l, const struct target *const *list, size_t n,
			   live_take_outcome *take, void *ctx) MUST_USE;

/* The folder of --replay. */
struct err *live_replay_all(struct live *l, const struct target *const *list, size_t n,
			    live_take_outcome *take, void *ctx) MUST_USE;

/* ---- live_side.c ---- */

/* Reads what came; what is wrong with it is out->failure. */
struct err *live_read_side(struct live *l, const struct target *t, const struct fetch_outcome *o,
			   struct arena *a, struct live_side *out) MUST_USE;

#endif
