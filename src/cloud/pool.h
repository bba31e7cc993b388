/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_POOL_H
#define SCANDRIFT_CLOUD_POOL_H

#include "cloud/client.h"
#include "cloud/fetch.h"
#include "cloud/fetch_state.h"
#include "cloud/host_rate.h"

/*
 * Many API calls at once, from one thread. What limits them:
 *
 *   jobs   so many requests are under way at a time, over all hosts; fewer where the limit on open
 *          files has no room for them
 *   rate   at most POOL_RATE sends in any sliding second for each (host, action, identity), tries
 *          counted, by the server's clock too: a send counts from when it left until a second after
 *          its reply came, and it arrived somewhere between
 *   time   the session's deadline; calls that have not begun then never do
 *
 * An answer that the rate is exceeded halves the rate of its key; each good one lets it rise again.
 * One that a limit of the address or of the main account is exceeded slows all that is sent to that
 * host (host_rate.h).
 */

#define POOL_RATE     20u
#define POOL_JOBS_MAX 256u

struct pool;

/* Lives with the caller until `done` has been called, which happens once, within pool_run. */
struct pool_call {
	struct fetch_request request;
	const char *identity; /* who calls, for the rate: no secret; stays until done */
	/*
	 * The outcome is in steps.o, its texts in `arena`, which is the callee's from here on, and
	 * NULL where memory was at its end before the first try.
	 */
	void (*done)(void *ctx, struct pool_call *call);
	/*
	 * The session token was refused: true when a new one will come, and pool_resume be called.
	 * May be NULL.
	 */
	bool (*renew)(void *ctx, struct pool_call *call);
	void *ctx;

	/* The pool's. */
	struct fetch_steps steps;
	struct arena *arena; /* made at the first try */
	struct pool *pool;
	struct pool_gate *gate;
	uint64_t sent_ms; /* the last send */
	struct pool_call *next;
};

/* Both stay with the caller. jobs: 1 to POOL_JOBS_MAX. */
struct err *pool_new(struct client *c, struct fetch_session *s, unsigned jobs,
		     struct pool **out) MUST_USE;
void pool_free(struct pool *p); /* accepts NULL; no call may be under way */

struct err *pool_add(struct pool *p, struct pool_call *call) MUST_USE;
void pool_resume(struct pool *p, struct pool_call *call);
void pool_end(struct pool *p, struct pool_call *call); /* instead: its outcome stands */

/* Counts a request that is not a pool_call (client_start) as work that pool_run waits for. */
void pool_hold(struct pool *p);
void pool_unhold(struct pool *p);

/*
 * Until there is nothing left. `is_stopped`, if wanted, is asked between: when it is true, what is
 * under way and what waits ends as interrupted. Whatever `done` begins is run too.
 */
struct err *pool_run(struct pool *p, bool (*is_stopped)(void *ctx), void *ctx) MUST_USE;

#endif
