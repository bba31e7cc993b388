/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/fetch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/redact.h"
#include "base/timeutil.h"
#include "cloud/fetch_state.h"
#include "cloud/net.h"
#include "cloud/request.h"
#include "json/api_error.h"
#include "json/object.h"

/* Lost connections beyond this many cost a try each. */
#define LOST_MAX 4u

/* The same of answers that a limit shared with others is exceeded. */
#define LIMITED_MAX 8u

/* Below it the server's Date explains nothing: the API takes five minutes of difference. */
#define SKEW_MIN_S 60

/* libcurl ends a request within this of the time that it was given. */
#define TIMER_SLACK_MS 20u

bool fetch_is_ok(const struct fetch_outcome *o)
{
	return o->failure.reason == REASON_NONE;
}

/* --- the envelope --- */

struct envelope {
	struct api_error error;
	struct str request_id;
};

static struct err *read_error(struct json_scan *s, const struct json_token *t, struct arena *a,
			      void *to)
{
	(void)a;
	return api_error_read(s, t, to);
}

static const struct json_member response_members[] = {
	{JSON_ROW("Error", READ, struct envelope, error), .read = read_error},
	{JSON_ROW("RequestId", TEXT, struct envelope, request_id)},
};
static const struct json_object response = {JSON_OTHER_IS_ABSENT, response_members,
					    ARRAY_LEN(response_members)};
static const struct json_member document_members[] = {
	{.key = "Response", .kind = JSON_MEMBER_OBJECT, .object = &response},
};
static const struct json_object document = {JSON_OTHER_IS_ABSENT, document_members,
					    ARRAY_LEN(document_members)};

/* The key is written as it is, or with some of its letters as \u00XX. */
static bool may_hold_error(struct str body)
{
	static const char plain[] = "\"Error\"", escaped[] = "\\u00";
	const char *p = body.p, *end;

	if (body.n == 0)
		return false;
	end = p + body.n;
	for (; (p = memchr(p, '\\', (size_t)(end - p))); p++) {
		if (str_starts((struct str){p, (size_t)(end - p)}, escaped))
			return true;
	}
	return memmem(body.p, body.n, plain, sizeof(plain) - 1);
}

/*
 * Looks for an Error in the envelope, and for nothing else: a body that is no JSON, or no envelope,
 * has none, and the model's reader says what is wrong with it. That one takes the body apart too, so
 * one that cannot hold an Error is left to it alone.
 */
static struct err *envelope_error(struct str body, struct arena *a, struct envelope *env)
{
	const struct json_limits lim = {
		.size_max = JSON_SIZE_CEILING, .depth_max = JSON_DEPTH_MAX, .kind = ERR_REPLY};
	struct err *e;

	*env = (struct envelope){0};
	if (!may_hold_error(body))
		return NULL;
	e = json_object_parse(body, &lim, &document, a, env);
	if (e && e->kind == ERR_REPLY) {
		err_free(e);
		*env = (struct envelope){0};
		return NULL;
	}
	return e;
}

/* --- what a reply means --- */

static struct err *fail(struct arena *a, struct fetch_outcome *o, enum reason reason,
			const char *message)
{
	struct str copy = arena_str(a, str_from(message));

	if (!copy.p)
		return err_nomem();
	o->failure = (struct fetch_failure){
		.reason = reason,
		.message = copy.p,
		.api_code = "",
		.request_id = "",
		.hint = reason_hint(reason),
	};
	return NULL;
}

static const char *status_hint(int status)
{
	if (status / 100 == 3)
		return "Redirects are not followed; check the endpoint";
	if (status == 429 || status / 100 == 5)
		return "The service, or something before it, is in trouble; run again later";
	return "The API answers with status 200 alone; check the endpoint and what stands between";
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
	struct str code = arena_str(a, env->error.code), id = arena_str(a, env->request_id);
	char *said = redact(env->error.message);
	struct str message = said ? arena_str(a, str_from(said)) : STR("");
	const char *text = message.p;

	free(said);
	if (!said)
		return err_nomem();

	/* Without both a reader would see no word of what came. */
	if (!message.n && !code.n)
		text = "an error without a code and without a text";
	if (row->reason == REASON_CLOCK && text)
		text = clock_message(a, o, message);
	if (!code.p || !id.p || !text)
		return err_nomem();
	o->failure = (struct fetch_failure){
		.reason = row->reason,
		.message = text,
		.api_code = code.p,
		.request_id = id.p,
		/* It is about the code. */
		.hint = row->hint ? row->hint
			: code.n  ? reason_hint(row->reason)
				  : "",
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
		if (!text)
			return err_nomem();
		TRY(fail(a, o, REASON_HTTP_STATUS, text));
		o->failure.hint = status_hint(o->status);
		return NULL;
	}
	TRY(envelope_error(o->body, a, &env));
	if (!env.error.is_there)
		return NULL;
	row = api_error_find(service, env.error.code);
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
	enum reason reason = net_reason(e);
	struct err *failed;

	if (e->kind != ERR_NET)
		return e;
	*rule = net_is_transient(reason) ? RETRY_BACKOFF : RETRY_NEVER;
	failed = fail(a, o, reason, net_what(e));
	err_free(e);
	return failed;
}

uint64_t fetch_time_left(const struct fetch_session *s)
{
	uint64_t now = s->clock.monotonic_ms(s->clock.ctx);

	if (s->deadline_ms == 0)
		return UINT64_MAX;
	return s->deadline_ms > now ? s->deadline_ms - now : 0;
}

void fetch_steps_begin(const struct fetch_session *s, struct fetch_steps *steps)
{
	*steps = (struct fetch_steps){
		.o = {.content_type = "", .date = ""},
		.start_ms = s->clock.monotonic_ms(s->clock.ctx),
	};
}

struct err *fetch_steps_prepare(struct fetch_session *s, const struct fetch_request *r,
				struct arena *a, struct fetch_steps *steps,
				struct http_request *http)
{
	uint64_t left = fetch_time_left(s);

	steps->o = (struct fetch_outcome){
		.content_type = "",
		.date = "",
		.tries = steps->o.tries + 1,
		.time = s->clock.unix_s(s->clock.ctx),
	};
	if (!steps->clock)
		steps->clock = host_clock_of(&s->clocks, r->endpoint->host_sent);
	if (!steps->request)
		steps->request = arena_alloc(a, sizeof(*steps->request));
	if (!steps->request || !steps->clock)
		return err_nomem();
	steps->signed_ahead_s = steps->o.clock_ahead_s = steps->clock->ahead_s;
	TRY(request_sign(r, steps->o.time + steps->signed_ahead_s, a, steps->request));
	*http = (struct http_request){
		.url = r->endpoint->url,
		.headers = steps->request->headers,
		.header_count = steps->request->header_count,
		.body = r->body,
		.timeout_ms = r->timeout_ms < left ? r->timeout_ms : left,
		.reply_max = r->reply_max,
		/* Others may be why the connection was lost. */
		.is_alone = steps->lost > 0,
	};
	return NULL;
}

struct err *fetch_steps_give_up(struct arena *a, struct fetch_steps *steps, enum reason reason,
				const char *message)
{
	return fail(a, &steps->o, reason, message);
}

void fetch_steps_interrupt(struct fetch_steps *steps)
{
	steps->o.failure = (struct fetch_failure){
		.reason = REASON_INTERRUPTED,
		.message = "the run was ended before this was fetched",
		.api_code = "",
		.request_id = "",
		.hint = reason_hint(REASON_INTERRUPTED),
	};
}

/* --- again or not --- */

static bool pause_for(const struct fetch_session *s, unsigned tries_done, uint64_t wait_ms,
		      uint64_t *pause_ms)
{
	uint64_t random = s->clock.random(s->clock.ctx);
	uint64_t ms = retry_delay_ms(&s->policy, tries_done, random);

	if (wait_ms > ms)
		ms = wait_ms;
	*pause_ms = ms;
	return ms < fetch_time_left(s);
}

/*
 * Once for each host: learns the difference from the server's Date. A Date that agrees with the time
 * we signed explains nothing, and signing the same again would only repeat the answer.
 */
static bool correct_clock(const struct fetch_session *s, struct fetch_steps *steps)
{
	struct host_clock *clock = steps->clock;
	int64_t behind, off;

	if (steps->signed_ahead_s != clock->ahead_s)
		return true; /* another reply has told meanwhile */
	if (clock->is_corrected || !clock_difference(&steps->o, &behind))
		return false;
	off = behind - steps->signed_ahead_s;
	if (off > -SKEW_MIN_S && off < SKEW_MIN_S)
		return false;
	if (behind > HOST_CLOCK_MAX_S || behind < -HOST_CLOCK_MAX_S)
		return false;
	clock->ahead_s = behind;
	clock->is_corrected = true;
	if (s->log)
		log_warn(s->log,
			 "%s: its clock is %lld s %s this machine's; requests to it are signed for "
			 "its time",
			 clock->host, (long long)(behind < 0 ? -behind : behind),
			 behind < 0 ? "behind" : "ahead of");
	return true;
}

/* Sent again by itself, on a connection of its own; the first time at once. */
static enum fetch_next repeat_lost(const struct fetch_session *s, struct fetch_steps *steps,
				   uint64_t *pause_ms)
{
	uint64_t random = s->clock.random(s->clock.ctx);

	*pause_ms = steps->lost ? retry_delay_ms(&s->policy, steps->lost, random) : 0;
	if (*pause_ms >= fetch_time_left(s))
		return FETCH_DONE;
	steps->lost++;
	steps->o.tries--;
	return FETCH_AGAIN;
}

/* The limit is not this target's, so it costs none of its tries. The pool slows the host. */
static enum fetch_next repeat_limited(const struct fetch_session *s, struct fetch_steps *steps,
				      uint64_t wait_ms, uint64_t *pause_ms)
{
	if (!pause_for(s, steps->limited + 1, wait_ms, pause_ms))
		return FETCH_DONE;
	steps->limited++;
	steps->o.tries--;
	return FETCH_AGAIN;
}

/* One more retry of the run, where its budget has one. */
static enum fetch_next back_off(struct fetch_session *s, const struct fetch_steps *steps,
				uint64_t wait_ms, uint64_t *pause_ms)
{
	if (s->retries_max && s->retries >= s->retries_max)
		return FETCH_DONE;
	if (!pause_for(s, steps->o.tries, wait_ms, pause_ms))
		return FETCH_DONE;
	s->retries++;
	return FETCH_AGAIN;
}

static bool is_lost(const struct fetch_outcome *o)
{
	return o->failure.reason == REASON_LOST;
}

static enum fetch_next go_on(struct fetch_session *s, struct fetch_steps *steps,
			     enum retry_rule rule, uint64_t wait_ms, uint64_t *pause_ms)
{
	*pause_ms = 0;
	if (is_lost(&steps->o) && steps->lost < LOST_MAX)
		return repeat_lost(s, steps, pause_ms);
	if (steps->is_limited && steps->limited < LIMITED_MAX)
		return repeat_limited(s, steps, wait_ms, pause_ms);
	if (steps->o.tries >= s->policy.tries_max)
		return FETCH_DONE;
	switch (rule) {
	case RETRY_BACKOFF:
	case RETRY_LIMIT:
		return back_off(s, steps, wait_ms, pause_ms);
	case RETRY_CLOCK:
		return correct_clock(s, steps) ? FETCH_AGAIN : FETCH_DONE;
	case RETRY_TOKEN:
		if (steps->renewed)
			return FETCH_DONE;
		steps->renewed = true;
		return FETCH_RENEW;
	case RETRY_NEVER:
		break;
	}
	return FETCH_DONE;
}

static void log_try(const struct fetch_session *s, const struct fetch_request *r,
		    const struct fetch_outcome *o)
{
	if (s->log)
		log_verbose(s->log, "fetch host=%s action=%s try=%u status=%d reason=%s code=%s",
			    r->endpoint->host_sent, r->action, o->tries, o->status,
			    reason_word(o->failure.reason, o->failure.foreign),
			    o->failure.api_code ? o->failure.api_code : "");
}

/* A request that is under way gets what is left of the run's time: its time-out is the run's end. */
static bool is_cut_by_deadline(const struct fetch_session *s, const struct fetch_outcome *o)
{
	return o->failure.reason == REASON_TIMEOUT && fetch_time_left(s) <= TIMER_SLACK_MS;
}

struct err *fetch_steps_take(struct fetch_session *s, const struct fetch_request *r,
			     struct arena *a, struct fetch_steps *steps, struct err *e,
			     const struct http_reply *reply, enum fetch_next *next,
			     uint64_t *pause_ms)
{
	enum retry_rule rule = RETRY_NEVER;
	uint64_t wait_ms = 0;

	request_wipe(steps->request);
	if (e) {
		TRY(take_error(a, e, &steps->o, &rule));
		if (is_cut_by_deadline(s, &steps->o))
			TRY(fetch_steps_give_up(a, steps, REASON_DEADLINE, FETCH_DEADLINE_TEXT));
	} else {
		TRY(take_reply(a, reply, &steps->o));
		steps->o.arrived_s = s->clock.unix_s(s->clock.ctx);
		if (__builtin_mul_overflow(reply->retry_after_s, 1000u, &wait_ms))
			wait_ms = UINT64_MAX;
		TRY(judge(r->service, a, &steps->o, &rule));
	}
	steps->is_limited = rule == RETRY_LIMIT;
	log_try(s, r, &steps->o);
	*next = go_on(s, steps, rule, wait_ms, pause_ms);
	steps->o.elapsed_ms = s->clock.monotonic_ms(s->clock.ctx) - steps->start_ms;
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
		.random = system_random,
	};
}
