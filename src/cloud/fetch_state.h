/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_FETCH_STATE_H
#define SCANDRIFT_CLOUD_FETCH_STATE_H

#include "cloud/fetch.h"
#include "cloud/request.h"

/*
 * A fetch as steps that never wait: prepare a try, take what came of it, and be told whether and
 * when to try again. The pool walks them for many requests at once.
 */

struct fetch_steps {
	struct fetch_outcome o; /* of the last try */
	uint64_t start_ms;
	struct host_clock *clock; /* NULL before the first try */
	int64_t signed_ahead_s;   /* the correction that the last try was signed with */
	bool renewed;
	unsigned lost;    /* sends whose connection was lost before a reply; they cost no try */
	unsigned limited; /* sends that met a limit shared with others; the same */
	bool is_limited;  /* the last one did */
	struct signed_request *request; /* of the try that is under way; NULL before the first */
};

enum fetch_next {
	FETCH_DONE,
	FETCH_AGAIN, /* after *pause_ms */
	FETCH_RENEW, /* once the session token is a new one, where it can be renewed; else done */
};

#define FETCH_DEADLINE_TEXT "the run's time was over before this was fetched"

/* What is left of the run; UINT64_MAX without a deadline. */
uint64_t fetch_time_left(const struct fetch_session *s);

void fetch_steps_begin(const struct fetch_session *s, struct fetch_steps *steps);

/* *http holds what to send, good until fetch_steps_take. */
struct err *fetch_steps_prepare(struct fetch_session *s, const struct fetch_request *r,
				struct arena *a, struct fetch_steps *steps,
				struct http_request *http) MUST_USE;

/* `e` (owned here) where there is no reply. An error only where we cannot go on at all. */
struct err *fetch_steps_take(struct fetch_session *s, const struct fetch_request *r,
			     struct arena *a, struct fetch_steps *steps, struct err *e,
			     const struct http_reply *reply, enum fetch_next *next,
			     uint64_t *pause_ms) MUST_USE;

/* The run ends first, for whatever reason: needs no memory, so that it cannot fail. */
void fetch_steps_interrupt(struct fetch_steps *steps);

/* The fetch ends without a try: REASON_DEADLINE. */
struct err *fetch_steps_give_up(struct arena *a, struct fetch_steps *steps, enum reason reason,
				const char *message) MUST_USE;

#endif
