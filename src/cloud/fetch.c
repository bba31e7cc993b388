/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/fetch.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/timeutil.h"
#include "cloud/net.h"
#include "cloud/request.h"
#include "json/scan.h"

/* A server that wants us to wait longer is told by the next night's run. */
#define RETRY_AFTER_MAX_MS 60000u

/* Below it the server's Date explains nothing: the API takes five minutes of difference. */
#define SKEW_MIN_S 60

bool fetch_is_ok(const struct fetch_outcome *o)
{
	return o->failure.reason == NULL;
}

/* --- the envelope --- */

struct envelope {
	bool has_error;
	struct str code, message, request_id;
};

static struct err *next_string(struct json_scan *s, struct str *out)
{
	struct json_token t;

	TRY(json_next(s, &t));
	if (t.kind == JSON_STRING) {
		*out = t.text;
		return NULL;
	}
	return json_skip(s, &t);
}

static struct err *scan_error(struct json_scan *s, struct envelope *env)
{
	struct json_token t;

	TRY(json_next(s, &t));
	/* A null is an absent one; anything else that is called Error is one. */
	env->has_error = t.kind != JSON_NULL;
	if (t.kind != JSON_OBJECT)
		return json_skip(s, &t);
	for (;;) {
		struct json_token value;

		TRY(json_next(s, &t));
		if (t.kind != JSON_KEY)
			return NULL;
		if (str_is(t.text, "Code")) {
			TRY(next_string(s, &env->code));
		} else if (str_is(t.text, "Message")) {
			TRY(next_string(s, &env->message));
		} else {
			TRY(json_next(s, &value));
			TRY(json_skip(s, &value));
		}
	}
}

static struct err *scan_response(struct json_scan *s, struct envelope *env)
{
	struct json_token t;

	TRY(json_next(s, &t));
	if (t.kind != JSON_OBJECT)
		return json_skip(s, &t);
	for (;;) {
		struct json_token value;

		TRY(json_next(s, &t));
		if (t.kind != JSON_KEY)
			return NULL;
		if (str_is(t.text, "Error")) {
			TRY(scan_error(s, env));
		} else if (str_is(t.text, "RequestId")) {
			TRY(next_string(s, &env->request_id));
		} else {
			TRY(json_next(s, &value));
			TRY(json_skip(s, &value));
		}
	}
}

static struct err *scan_envelope(struct json_scan *s, struct envelope *env)
{
	struct json_token t, value;

	TRY(json_next(s, &t));
	if (t.kind != JSON_OBJECT)
		return NULL;
	for (;;) {
		TRY(json_next(s, &t));
		if (t.kind != JSON_KEY)
			return NULL;
		if (str_is(t.text, "Response")) {
			TRY(scan_response(s, env));
		} else {
			TRY(json_next(s, &value));
			TRY(json_skip(s, &value));
		}
	}
}

/*
 * Looks for an Error in the envelope, and for nothing else: a body that is no JSON, or no envelope,
 * has none, and the model's reader says what is wrong with it.
 */
static struct err *envelope_error(struct str body, struct arena *a, struct envelope *env)
{
	const struct json_limits lim = {
		.size_max = JSON_SIZE_CEILING, .depth_max = JSON_DEPTH_MAX, .kind = ERR_REPLY};
	struct json_scan *s = NULL;
	struct err *e;

	*env = (struct envelope){0};
	e = json_scan_new(body, &lim, a, &s);
	if (!e)
		e = scan_envelope(s, env);
	json_scan_free(s);
	if (e && e->kind == ERR_REPLY) {
		err_free(e);
		*env = (struct envelope){0};
		return NULL;
	}
	return e;
}

/* --- what a reply means --- */

static struct err *fail(struct arena *a, struct fetch_outcome *o, const char *reason,
			const char *message, const char *hint)
{
	struct str copy = arena_str(a, str_from(message));

	if (!copy.p)
		return err_nomem();
	o->failure = (struct fetch_failure){
		.reason = reason,
		.message = copy.p,
		.api_code = "",
		.request_id = "",
		.hint = hint,
	};
	return NULL;
}

static const char *status_hint(int status)
{
	if (status / 100 == 3)
		return "Redirects are not followed; check the endpoint.";
	if (status == 429 || status / 100 == 5)
		return "The service, or something before it, is in trouble; run again later.";
	return "The API answers with status 200 alone; check the endpoint and what stands between.";
}

/* How far this machine's clock is behind the server's, when the reply tells. */
static bool clock_difference(const struct fetch_outcome *o, int64_t *behind_s)
{
	int64_t server;

	if (o->time == 0 || !o->date || !time_parse_http(str_from(o->date), &server))
		return false;
	*behind_s = server - o->time;
	return true;
}

static const char *clock_message(struct arena *a, const struct fetch_outcome *o, struct str message)
{
	int64_t behind;

	if (!clock_difference(o, &behind))
		return arena_printf(a,
				    "%.*s; this machine's clock and the server's differ by more "
				    "than the API allows",
				    STR_ARG(message));
	return arena_printf(a, "%.*s; this machine's clock is %lld s %s the server's",
			    STR_ARG(message), (long long)(behind < 0 ? -behind : behind),
			    behind < 0 ? "ahead of" : "behind");
}

static struct err *fail_api(struct arena *a, struct fetch_outcome *o,
			    const struct api_error_row *row, const struct envelope *env)
{
	struct str code = arena_str(a, env->code), id = arena_str(a, env->request_id);
	struct str message = arena_str(a, env->message);
	const char *text = message.p;

	if (row->class == API_CLOCK && text)
		text = clock_message(a, o, message);
	if (!code.p || !id.p || !text)
		return err_nomem();
	o->failure = (struct fetch_failure){
		.reason = api_class_reason(row->class),
		.message = text,
		.api_code = code.p,
		.request_id = id.p,
		.hint = api_class_hint(row->class),
	};
	return NULL;
}

/* `rule`, if wanted: what the table says about another try. */
static struct err *judge(const char *service, struct arena *a, struct fetch_outcome *o,
			 enum retry_rule *rule)
{
	const struct api_error_row *row;
	struct envelope env;
	const char *text;

	*rule = RETRY_NEVER;
	if (o->status != 200) {
		text = arena_printf(a, "HTTP status %d", o->status);
		if (o->status == 429 || o->status / 100 == 5)
			*rule = RETRY_BACKOFF;
		return text ? fail(a, o, "http-status", text, status_hint(o->status)) : err_nomem();
	}
	TRY(envelope_error(o->body, a, &env));
	if (!env.has_error)
		return NULL;
	row = api_error_find(service, env.code);
	*rule = row->retry;
	return fail_api(a, o, row, &env);
}

struct err *fetch_judge(const char *service, struct arena *a, struct fetch_outcome *o)
{
	enum retry_rule unused;

	return judge(service, a, o, &unused);
}

/* --- one try --- */

static struct err *take_reply(struct arena *a, const struct http_reply *r, struct fetch_outcome *o)
{
	struct str type = arena_str(a, r->content_type), date = arena_str(a, r->date);

	if (!type.p || !date.p)
		return err_nomem();
	o->has_reply = true;
	o->body = r->body;
	o->status = r->status;
	o->content_type = type.p;
	o->date = date.p;
	return NULL;
}

static struct err *take_error(struct arena *a, struct err *e, struct fetch_outcome *o,
			      enum retry_rule *rule)
{
	const char *what;
	enum net_reason reason;
	struct err *failed;

	if (e->kind != ERR_NET)
		return e;
	reason = net_reason(e, &what);
	*rule = net_is_transient(reason) ? RETRY_BACKOFF : RETRY_NEVER;
	failed = fail(a, o, net_word(reason), what, net_hint(reason));
	err_free(e);
	return failed;
}

static uint64_t retry_after_ms(struct str text)
{
	uint64_t s;

	/* The form with a date would trust the server's clock; a wait of our own does as well. */
	return str_to_u64(str_trim(text), 86400, &s) ? s * 1000 : 0;
}

/* What is left of the run, or UINT64_MAX. */
static uint64_t time_left(const struct fetch_session *s)
{
	uint64_t now = s->clock.monotonic_ms(s->clock.ctx);

	if (s->deadline_ms == 0)
		return UINT64_MAX;
	return s->deadline_ms > now ? s->deadline_ms - now : 0;
}

struct attempt {
	enum retry_rule rule;
	uint64_t wait_ms; /* what the server asked for */
};

static struct err *send_signed(struct fetch_session *s, const struct fetch_request *r,
			       struct arena *a, struct http_reply *reply)
{
	int64_t now = s->clock.unix_s(s->clock.ctx) + s->clock_ahead_s;
	struct signed_request signed_r;
	struct http_request http;
	uint64_t left = time_left(s);
	struct err *e;

	TRY(request_sign(r, now, a, &signed_r));
	http = (struct http_request){
		.url = r->endpoint->url,
		.headers = signed_r.headers,
		.header_count = signed_r.header_count,
		.body = r->body,
		.timeout_ms = r->timeout_ms < left ? r->timeout_ms : left,
		.reply_max = r->reply_max,
	};
	e = s->http.send(s->http.ctx, &http, a, reply);
	request_wipe(&signed_r);
	return e;
}

static struct err *try_once(struct fetch_session *s, const struct fetch_request *r, struct arena *a,
			    struct fetch_outcome *o, struct attempt *at)
{
	struct http_reply reply = {0};
	struct err *e;

	*at = (struct attempt){RETRY_NEVER, 0};
	*o = (struct fetch_outcome){
		.content_type = "",
		.date = "",
		.tries = o->tries + 1,
		.time = s->clock.unix_s(s->clock.ctx),
	};
	e = send_signed(s, r, a, &reply);
	if (e)
		return take_error(a, e, o, &at->rule);
	TRY(take_reply(a, &reply, o));
	at->wait_ms = retry_after_ms(reply.retry_after);
	return judge(r->service, a, o, &at->rule);
}

/* --- again or not --- */

static bool pause_for(struct fetch_session *s, const struct fetch_outcome *o,
		      const struct attempt *at)
{
	uint64_t random = s->clock.random(s->clock.ctx);
	uint64_t ms = retry_delay_ms(&s->policy, o->tries, random);

	if (at->wait_ms > ms)
		ms = at->wait_ms;
	if (ms > RETRY_AFTER_MAX_MS || ms >= time_left(s))
		return false;
	return s->clock.sleep_ms(s->clock.ctx, ms);
}

/*
 * Once: learns the difference from the server's Date. A Date that agrees with the time we signed
 * explains nothing, and signing the same again would only repeat the answer.
 */
static bool correct_clock(struct fetch_session *s, const struct fetch_outcome *o, bool *corrected)
{
	int64_t behind, off;

	if (*corrected || !clock_difference(o, &behind))
		return false;
	off = behind - s->clock_ahead_s;
	if (off > -SKEW_MIN_S && off < SKEW_MIN_S)
		return false;
	s->clock_ahead_s = behind;
	*corrected = true;
	return true;
}

static bool go_on(struct fetch_session *s, const struct fetch_outcome *o, const struct attempt *at,
		  bool *corrected)
{
	if (o->tries >= s->policy.tries_max)
		return false;
	switch (at->rule) {
	case RETRY_BACKOFF:
		return pause_for(s, o, at);
	case RETRY_CLOCK:
		return correct_clock(s, o, corrected);
	case RETRY_TOKEN: /* no source of today can renew one */
	case RETRY_NEVER:
		return false;
	}
	return false;
}

static void log_try(const struct fetch_session *s, const struct fetch_request *r,
		    const struct fetch_outcome *o)
{
	if (s->log)
		log_verbose(s->log, "fetch host=%s action=%s try=%u status=%d reason=%s code=%s",
			    r->endpoint->host_sent, r->action, o->tries, o->status,
			    o->failure.reason ? o->failure.reason : "none",
			    o->failure.api_code ? o->failure.api_code : "");
}

struct err *fetch_send(struct fetch_session *s, const struct fetch_request *r, struct arena *a,
		       struct fetch_outcome *out)
{
	uint64_t start = s->clock.monotonic_ms(s->clock.ctx);
	struct fetch_outcome o = {.content_type = "", .date = ""};
	struct attempt at;
	bool corrected = false;

	if (time_left(s) == 0) {
		TRY(fail(a, &o, "deadline", "the run's time was over before this was fetched",
			 "Raise --deadline, or run with fewer targets."));
		*out = o;
		return NULL;
	}
	do {
		TRY(try_once(s, r, a, &o, &at));
		log_try(s, r, &o);
	} while (go_on(s, &o, &at, &corrected));
	o.elapsed_ms = s->clock.monotonic_ms(s->clock.ctx) - start;
	*out = o;
	return NULL;
}

/* --- the system's clock --- */

static int64_t system_unix_s(void *ctx)
{
	struct timespec t = {0};

	(void)ctx;
	(void)clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec;
}

static uint64_t system_monotonic_ms(void *ctx)
{
	struct timespec t = {0};

	(void)ctx;
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static bool system_sleep_ms(void *ctx, uint64_t ms)
{
	struct timespec t = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

	(void)ctx;
	return nanosleep(&t, NULL) == 0;
}

static uint64_t system_random(void *ctx)
{
	uint64_t r = 0;

	(void)ctx;
	/* Only a pause depends on it, so a kernel without it is no reason to stop. */
	if (getrandom(&r, sizeof(r), 0) != (ssize_t)sizeof(r))
		r = system_monotonic_ms(NULL) * 0x9e3779b97f4a7c15u;
	return r;
}

struct fetch_clock fetch_clock_system(void)
{
	return (struct fetch_clock){
		.unix_s = system_unix_s,
		.monotonic_ms = system_monotonic_ms,
		.sleep_ms = system_sleep_ms,
		.random = system_random,
	};
}
