/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_LIVE_H
#define SCANDRIFT_RUN_LIVE_H

#include "cloud/fetch.h"
#include "run/options.h"
#include "run/workspace.h"

/*
 * The live sides of targets: fetched over the network, many at once, or replayed from a folder.
 * Credentials are found and the client is made at the first fetch, once a run.
 */
struct live;

struct err *live_open(const struct net_options *net, const struct io *io, const struct workspace *w,
		      struct live **out) MUST_USE;
void live_close(struct live *l); /* accepts NULL */

/*
 * Called once a target, in the order in which they come: `i` is its place in the list. Everything
 * in `side` is in the arena, which is the callee's. An error ends the run.
 */
typedef struct err *live_take(void *ctx, size_t i, const struct live_side *side, struct arena *a);

/*
 * A reply that cannot be had or used is in side->failure; an error is something that keeps the whole
 * run from going on: memory, or a configuration by which no target at all can be fetched.
 * SIGINT and SIGTERM end it early: what was not fetched by then is incomplete/interrupted, and
 * live_signal tells.
 */
struct err *live_get_all(struct live *l, const struct target *const *list, size_t n,
			 live_take *take, void *ctx) MUST_USE;

/* One, in memory that stays until live_close. */
struct err *live_get(struct live *l, const struct target *t, struct live_side *out) MUST_USE;

/* The same, with what came, as it came: for fetch --raw. */
struct err *live_get_reply(struct live *l, const struct target *t, struct fetch_outcome *reply,
			   struct live_side *out) MUST_USE;

/* The signal that ended the fetching, or 0. */
int live_signal(const struct live *l);

/* Was there a reply that --record could not keep? It has been told, and does not stop a run. */
bool live_is_unrecorded(const struct live *l);

/* Is there any credential for the target? One that is broken, or that nobody takes, is one. */
struct err *live_has_credential(struct live *l, const struct target *t, bool *out) MUST_USE;

/* What would be sent, as text. */
struct err *live_show_request(struct live *l, const struct target *t, struct buf *out) MUST_USE;

/*
 * Where the target's credential comes from, what was looked at and why it was passed over, and whose
 * it is: as text, without a secret. What keeps it from being had is *why, to be told behind the text.
 */
struct err *live_explain(struct live *l, const struct target *t, struct buf *out,
			 struct err **why) MUST_USE;

/* An error that says why there is no whole config of the target, with the vendor's words for it. */
struct err *live_require(const struct target *t, const struct live_side *side) MUST_USE;

#endif
