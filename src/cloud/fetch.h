/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_FETCH_H
#define SCANDRIFT_CLOUD_FETCH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/log.h"
#include "cloud/credentials.h"
#include "base/endpoint.h"
#include "cloud/host_clock.h"
#include "cloud/http.h"
#include "cloud/retry.h"

/*
 * One signed request and what came of it. Tries again, signed anew, what the table of retry.c says
 * is worth it. A fetch that fails is an outcome, not an error: the run goes on with other targets.
 */

/* All that is not a function of the input. */
struct fetch_clock {
	void *ctx;
	int64_t (*unix_s)(void *ctx);        /* what is signed: --now never moves it */
	uint64_t (*monotonic_ms)(void *ctx); /* what deadlines are measured by */
	uint64_t (*random)(void *ctx);       /* 64 uniform bits */
};

struct fetch_clock fetch_clock_system(void);

/* What the fetches of a run share. */
struct fetch_session {
	struct fetch_clock clock;
	struct retry_policy policy;
	unsigned retries_max;      /* of all fetches together; 0: no bound */
	unsigned retries;          /* those that were had */
	uint64_t deadline_ms;      /* on the monotonic clock; 0: none */
	struct host_clocks clocks; /* learned from Date; host_clocks_free is the caller's */
	const struct log *log;     /* may be NULL */
};

struct fetch_request {
	const char *service, *action, *version; /* from the resource's row */
	struct str body;                        /* "{}" */
	const char *region;                     /* NULL or empty: no header */
	const char *language;                   /* the same */
	const struct endpoint *endpoint;
	const struct credential *credential;
	bool is_unsigned;    /* the one action that is sent without a signature */
	uint64_t timeout_ms; /* one try */
	size_t reply_max;
};

/* Texts come from outside: whoever shows them escapes them. Empty where there is nothing to say. */
struct fetch_failure {
	enum reason reason;
	const char *message;
	const char *api_code, *request_id;
	const char *hint;
	const char *foreign; /* the word of REASON_FOREIGN */
};

/* Everything in the arena or literal. `body` may be there with a failure too (for --record). */
struct fetch_outcome {
	struct fetch_failure failure;
	bool has_reply; /* body, status and headers mean something */
	struct str body;
	int status;
	const char *content_type, *date; /* as received; "" where absent */
	int64_t time;                    /* Unix seconds when the last try began; 0: not known */
	int64_t clock_ahead_s; /* how far its host's clock was, where that was corrected */
	uint64_t elapsed_ms;   /* of all tries, pauses included */
	unsigned tries;
	bool is_fetched;   /* over the network, in this run or in the one that recorded it */
	int64_t arrived_s; /* Unix seconds when the reply was there; 0: not known, or none came */
	const char *endpoint; /* the URL that was asked; NULL: not known, or none was */
	/* Whose it was, as far as that is known, and by which credential (identity_mark); else NULL or "". */
	const char *account, *credential;
	const struct fetch_failure *unnamed; /* why the account is not known; or NULL */
	const char *commit;                  /* from a recording that names one; else NULL */
};

bool fetch_is_ok(const struct fetch_outcome *o);

/*
 * Judges status and envelope of a reply that is in `o` and sets o->failure: a status other than 200,
 * or an Error in the envelope. Whatever else may be wrong with the body is the model's to say.
 */
struct err *fetch_judge(const char *service, struct arena *a, struct fetch_outcome *o) MUST_USE;

/*
 * The canonical request, the string to sign, the headers and the body, as text; the SecretId masked,
 * the signature and the token left out. Sends nothing; r->credential may be NULL.
 */
struct err *fetch_show_request(const struct fetch_request *r, int64_t timestamp, struct arena *a,
			       struct buf *out) MUST_USE;

#endif
