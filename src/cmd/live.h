/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_LIVE_H
#define SCANDRIFT_CMD_LIVE_H

#include "cloud/fetch.h"
#include "cmd/workspace.h"

/*
 * The live side of a target: fetched over the network, or replayed from a folder. Credentials are
 * found and the client is made at the first fetch, once a run.
 */
struct live;

struct err *live_open(const struct options *o, const struct io *io, const struct workspace *w,
		      struct live **out) MUST_USE;
void live_close(struct live *l); /* accepts NULL */

/*
 * Everything in the workspace's arena. A reply that cannot be had or used is in out->failure; an
 * error is something that keeps the whole run from going on: configuration, memory.
 */
struct err *live_get(struct live *l, const struct target *t, struct live_side *out) MUST_USE;

/* The same without judging the body: for fetch --raw. */
struct err *live_get_reply(struct live *l, const struct target *t,
			   struct fetch_outcome *out) MUST_USE;

/* Was there a reply that --record could not keep? It has been told, and does not stop a run. */
bool live_is_unrecorded(const struct live *l);

/* What would be sent, as text. */
struct err *live_show_request(struct live *l, const struct target *t, struct buf *out) MUST_USE;

/* An error that says why there is no whole config of the target, with the vendor's words for it. */
struct err *live_require(const struct target *t, const struct live_side *side) MUST_USE;

/* The same of a reply that is not there, or is an error. */
struct err *live_refuse(const struct target *t, const struct live_side *side) MUST_USE;

/* Puts what keeps a fetch's outcome from being used into side->failure. */
void live_take_failure(struct live_side *side, const struct fetch_outcome *o);

#endif
