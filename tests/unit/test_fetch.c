/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pool makes of the replies and failures of one call, over a client that plays a script and
 * a clock that only moves while the pool waits; how a request is shown. test_pool.c has many calls.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endpoint.h"
#include "base/timeutil.h"
#include "cloud/fetch.h"
#include "cloud/net.h"
#include "cloud/pool.h"

#define NOW       1767207617 /* 2025-12-31T19:00:17Z */
#define STEPS_MAX 8

#define CANARY_KEY   "canary-secret-key"
#define CANARY_TOKEN "canary-token"

/* --- a server that plays a script --- */

struct step {
	int status; /* 0: no reply, for `failure` */
	enum reason failure;
	const char *body, *date;
	uint64_t retry_after_s;
	uint64_t takes_ms;
	bool is_no_memory;
};

struct world {
	const struct step *steps;
	size_t sent;
	uint64_t mono_ms, slept_ms; /* slept: waited while nothing was under way */
	bool is_interrupted;        /* once something was slept */
	client_done *done;          /* of the request under way; else NULL */
	void *done_ctx;
	uint64_t due_ms; /* when its reply comes */
	char timestamps[STEPS_MAX][24], signatures[STEPS_MAX][400];
	uint64_t timeouts[STEPS_MAX];
	bool saw_token, saw_region, saw_host;
};

static void note_headers(struct world *w, const struct http_request *req)
{
	for (size_t i = 0; i < req->header_count; i++) {
		const struct http_header *h = &req->headers[i];

		if (strcmp(h->name, "X-TC-Timestamp") == 0)
			(void)snprintf(w->timestamps[w->sent], 24, "%.*s", STR_ARG(h->value));
		if (strcmp(h->name, "Authorization") == 0)
			(void)snprintf(w->signatures[w->sent], 400, "%.*s", STR_ARG(h->value));
		if (strcmp(h->name, "X-TC-Token") == 0)
			w->saw_token = str_is(h->value, CANARY_TOKEN);
		if (strcmp(h->name, "X-TC-Region") == 0)
			w->saw_region = str_is(h->value, "ap-guangzhou");
		if (strcmp(h->name, "Host") == 0)
			w->saw_host = str_is(h->value, "127.0.0.1:8443");
	}
}

static struct world *current;

struct err *__wrap_client_start(struct client *c, const struct http_request *req, struct arena *a,
				client_done *done, void *ctx);
struct err *__wrap_client_run(struct client *c, uint64_t max_ms);
void __wrap_client_stop(struct client *c);

struct err *__wrap_client_start(struct client *c, const struct http_request *req, struct arena *a,
				client_done *done, void *ctx)
{
	struct world *w = current;

	(void)c, (void)a;
	assert_true(w->sent < STEPS_MAX);
	assert_null(w->done);
	assert_string_equal(req->url, "https://127.0.0.1:8443/");
	assert_true(str_is(req->body, "{}"));
	note_headers(w, req);
	w->done = done;
	w->done_ctx = ctx;
	w->due_ms = w->mono_ms + w->steps[w->sent].takes_ms;
	w->timeouts[w->sent++] = req->timeout_ms;
	return NULL;
}

static void play(struct world *w)
{
	const struct step *s = &w->steps[w->sent - 1];
	client_done *done = w->done;
	struct http_reply reply = {.status = s->status,
				   .body = str_from(s->body),
				   .content_type = STR("application/json"),
				   .date = str_from(s->date),
				   .retry_after_s = s->retry_after_s};
	struct err *e = NULL;

	w->done = NULL;
	if (s->is_no_memory)
		e = err_nomem();
	else if (s->status == 0)
		e = net_error(s->failure, "host", "no luck");
	done(w->done_ctx, e, e ? NULL : &reply);
}

struct err *__wrap_client_run(struct client *c, uint64_t max_ms)
{
	struct world *w = current;

	(void)c;
	if (!w->done) {
		w->mono_ms += max_ms;
		w->slept_ms += max_ms;
	} else if (w->due_ms > w->mono_ms + max_ms) {
		w->mono_ms += max_ms;
	} else {
		w->mono_ms = w->due_ms;
		play(w);
	}
	return NULL;
}

void __wrap_client_stop(struct client *c)
{
	(void)c;
	assert_null(current->done);
}

static bool is_stopped(void *ctx)
{
	const struct world *w = ctx;

	return w->is_interrupted && w->slept_ms > 0;
}

static int64_t unix_s(void *ctx)
{
	/* A second that has begun counts. */
	return NOW + (int64_t)((((struct world *)ctx)->slept_ms + 999) / 1000);
}

static uint64_t monotonic_ms(void *ctx)
{
	return ((struct world *)ctx)->mono_ms;
}

static uint64_t some_random(void *ctx)
{
	(void)ctx;
	return 400;
}

/* --- one fetch --- */

struct fixture {
	struct arena *a;
	struct world w;
	struct endpoint endpoint;
	struct credential credential;
	struct fetch_session session;
	struct fetch_request request;
	struct pool_call call;
	unsigned done;
	struct fetch_outcome out;
};

static void begin(struct fixture *f, const struct step *steps)
{
	*f = (struct fixture){.a = arena_new()};
	assert_non_null(f->a);
	f->w.steps = steps;
	f->w.mono_ms = 5000;
	assert_null(endpoint_parse(f->a, STR("https://127.0.0.1:8443"), &f->endpoint));
	assert_null(secret_set(&f->credential.id, STR("AKIDEXAMPLE0000")));
	assert_null(secret_set(&f->credential.key, STR(CANARY_KEY)));
	f->session = (struct fetch_session){
		.clock = {&f->w, unix_s, monotonic_ms, some_random},
		.policy = retry_default,
	};
	f->request = (struct fetch_request){
		.service = "tcss",
		.action = "DescribeImageRegistryTimingScanTask",
		.version = "2020-11-01",
		.body = STR("{}"),
		.endpoint = &f->endpoint,
		.credential = &f->credential,
		.timeout_ms = 10000,
		.reply_max = 1 << 20,
	};
}

static void on_done(void *ctx, struct pool_call *call)
{
	struct fixture *f = ctx;

	f->done++;
	f->out = call->steps.o;
}

static struct err *run_pool(struct fixture *f)
{
	struct pool *pool = NULL;
	struct err *e;

	current = &f->w;
	f->call = (struct pool_call){
		.request = f->request, .identity = "AKIDEXAMPLE0000", .done = on_done, .ctx = f};
	assert_null(pool_new(NULL, &f->session, 1, &pool));
	assert_null(pool_add(pool, &f->call));
	e = pool_run(pool, is_stopped, &f->w);
	assert_int_equal(f->done, 1);
	pool_free(pool);
	return e;
}

static void run(struct fixture *f)
{
	assert_null(run_pool(f));
}

static void end(struct fixture *f)
{
	credential_clear(&f->credential);
	arena_free(f->call.arena);
	host_clocks_free(&f->session.clocks);
	arena_free(f->a);
}

#define GOOD "{\"Response\":{\"Enable\":true,\"RequestId\":\"r-0\"}}"
#define ERROR(c) \
	"{\"Response\":{\"Error\":{\"Code\":\"" c "\",\"Message\":\"m\"},\"RequestId\":\"r-1\"}}"
#define RATE       ERROR("RequestLimitExceeded")
#define EXPIRED    ERROR("AuthFailure.SignatureExpire")
#define AHEAD_600  "Wed, 31 Dec 2025 19:10:17 GMT" /* ten minutes ahead of NOW */
#define AHEAD_10   "Wed, 31 Dec 2025 19:00:27 GMT"
#define BEHIND_600 "Wed, 31 Dec 2025 18:50:17 GMT"

/* A step of a script. */
/* clang-format off */
#define SAYS(s, b)  {.status = (s), .body = (b)}
#define DATED(b, d) {.status = 200, .body = (b), .date = (d)}
#define ASKS(t)     {.status = 503, .body = "", .retry_after_s = (t)}
#define FAILS(r)    {.failure = (r)}
#define TAKES(r, t) {.failure = (r), .takes_ms = (t)}
/* clang-format on */

/* `want` NULL: it is to work. */
static const struct {
	const char *name;
	struct step steps[4];
	unsigned tries;
	const char *want, *code, *message;
} rows[] = {
	/* clang-format off */
	{ "good",                       { SAYS(200, GOOD) },                                      1, NULL, "", NULL },
	{ "rate limited twice",         { SAYS(200, RATE), SAYS(200, RATE), SAYS(200, GOOD) },  3, NULL, "", NULL },
	{ "rate limited for ever",      { SAYS(200, RATE), SAYS(200, RATE), SAYS(200, RATE) },  3, "rate-limited", "RequestLimitExceeded", "m" },
	{ "a detail of the rate",       { SAYS(200, ERROR("RequestLimitExceeded.IPLimitExceeded")), SAYS(200, GOOD) }, 1, NULL, "", NULL },
	{ "server trouble once",        { SAYS(200, ERROR("InternalError.MainDBFail")), SAYS(200, GOOD) }, 2, NULL, "", NULL },
	{ "no role is configuration",   { SAYS(200, ERROR("InternalError.ErrRoleNotExist")) },    1, "refused", "InternalError.ErrRoleNotExist", "m" },
	{ "wrong key",                  { SAYS(200, ERROR("AuthFailure.SignatureFailure")) },     1, "credentials", "AuthFailure.SignatureFailure", "m" },
	{ "unknown id",                 { SAYS(200, ERROR("AuthFailure.SecretIdNotFound")) },     1, "credentials", "AuthFailure.SecretIdNotFound", "m" },
	{ "ended token",                { SAYS(200, ERROR("AuthFailure.TokenFailure")) },         1, "credentials", "AuthFailure.TokenFailure", "m" },
	{ "not allowed",                { SAYS(200, ERROR("UnauthorizedOperation")) },            1, "permission", "UnauthorizedOperation", "m" },
	{ "not found",                  { SAYS(200, ERROR("ResourceNotFound")) },                 1, "api-error", "ResourceNotFound", "m" },
	{ "a code nobody knows",        { SAYS(200, ERROR("Surprise.Of.2031")) },                 1, "api-error", "Surprise.Of.2031", "m" },
	{ "three limits of many",       { SAYS(200, ERROR("RequestLimitExceeded.IPLimitExceeded")), SAYS(200, ERROR("RequestLimitExceeded.UinLimitExceeded")), SAYS(200, ERROR("RequestLimitExceeded.GlobalRegionUinLimitExceeded")), SAYS(200, GOOD) }, 1, NULL, "", NULL },
	{ "a quota is not a rate",      { SAYS(200, ERROR("LimitExceeded")) },                    1, "api-error", "LimitExceeded", "m" },
	{ "error beside data",          { SAYS(200, "{\"Response\":{\"Enable\":true,\"Error\":{\"Code\":\"ResourceNotFound\",\"Message\":\"m\"},\"ScanPeriod\":1,\"RequestId\":\"r-1\"}}") }, 1, "api-error", "ResourceNotFound", "m" },
	{ "escaped name of Error",      { SAYS(200, "{\"Response\":{\"\\u0045rror\":{\"Code\":\"ResourceNotFound\",\"Message\":\"m\"},\"RequestId\":\"r-1\"}}") }, 1, "api-error", "ResourceNotFound", "m" },
	{ "error of another shape",     { SAYS(200, "{\"Response\":{\"Error\":\"no\",\"RequestId\":\"r-1\"}}") }, 1, "api-error", "", "no" },
	{ "error without members",      { SAYS(200, "{\"Response\":{\"Error\":{},\"RequestId\":\"r-1\"}}") }, 1, "api-error", "", "an error without a code and without a text" },
	{ "null error is none",         { SAYS(200, "{\"Response\":{\"Error\":null,\"RequestId\":\"r-1\"}}") }, 1, NULL, "", NULL },
	{ "Error outside is none",      { SAYS(200, "{\"Error\":{\"Code\":\"X\"},\"Response\":{\"Error2\":{},\"RequestId\":\"r-1\"}}") }, 1, NULL, "", NULL },
	/* Whatever is no envelope is handed over, for the model's reader to say what is wrong. */
	{ "page of a portal",           { SAYS(200, "<html>") },                                  1, NULL, "", NULL },
	{ "empty body",                 { SAYS(200, "") },                                        1, NULL, "", NULL },
	{ "an array",                   { SAYS(200, "[1]") },                                     1, NULL, "", NULL },
	{ "null response",              { SAYS(200, "{\"Response\":null}") },                     1, NULL, "", NULL },
	{ "cut JSON",                   { SAYS(200, "{\"Response\":{\"Error\":{\"Code\":\"Req") }, 1, NULL, "", NULL },
	{ "bytes behind the JSON",      { SAYS(200, RATE "x") },                                  1, NULL, "", NULL },
	{ "duplicate Error",            { SAYS(200, "{\"Response\":{\"Error\":{},\"Error\":null}}") }, 1, NULL, "", NULL },
	{ "500 then good",              { SAYS(500, ""), SAYS(200, GOOD) },                      2, NULL, "", NULL },
	{ "429 then good",              { SAYS(429, ""), SAYS(200, GOOD) },                      2, NULL, "", NULL },
	{ "503 for ever",               { SAYS(503, ""), SAYS(503, ""), SAYS(503, GOOD) },      3, "http-status", "", "HTTP status 503" },
	{ "redirect",                   { SAYS(302, GOOD) },                                      1, "http-status", "", "HTTP status 302" },
	{ "forbidden by a gateway",     { SAYS(403, GOOD) },                                      1, "http-status", "", "HTTP status 403" },
	{ "nothing in it",              { SAYS(204, "") },                                        1, "http-status", "", "HTTP status 204" },
	{ "time-out once",              { FAILS(REASON_TIMEOUT), SAYS(200, GOOD) },                  2, NULL, "", NULL },
	{ "time-out for ever",          { FAILS(REASON_TIMEOUT), FAILS(REASON_TIMEOUT), FAILS(REASON_TIMEOUT) }, 3, "timeout", "", "host: no luck" },
	{ "cut then refused",           { FAILS(REASON_TRUNCATED), FAILS(REASON_CONNECT), FAILS(REASON_DNS) }, 3, "dns", "", "host: no luck" },
	{ "unknown certificate",        { FAILS(REASON_CERTIFICATE) },                                1, "certificate", "", "host: no luck" },
	{ "too large",                  { FAILS(REASON_TOO_LARGE) },                                  1, "too-large", "", "host: no luck" },
	{ "interrupted",                { FAILS(REASON_INTERRUPTED) },                                1, "interrupted", "", "host: no luck" },
	{ "the proxy says no",          { FAILS(REASON_PROXY) },                                      1, "proxy", "", "host: no luck" },
	{ "clock ten minutes behind",   { DATED(EXPIRED, AHEAD_600), SAYS(200, GOOD) },      2, NULL, "", NULL },
	{ "clock ten minutes ahead",    { DATED(EXPIRED, BEHIND_600), SAYS(200, GOOD) },     2, NULL, "", NULL },
	{ "clock corrected in vain",    { DATED(EXPIRED, AHEAD_600), DATED(EXPIRED, AHEAD_600) }, 2, "clock", "AuthFailure.SignatureExpire", "m; this machine's clock is 600 s behind the server's" },
	{ "a Date that runs away",      { DATED(EXPIRED, AHEAD_600), DATED(EXPIRED, BEHIND_600) }, 2, "clock", "AuthFailure.SignatureExpire", "m; this machine's clock is 600 s ahead of the server's" },
	{ "a clock two days behind",    { DATED(EXPIRED, "Fri, 02 Jan 2026 19:00:17 GMT") }, 1, "clock", "AuthFailure.SignatureExpire", "m; this machine's clock is 172800 s behind the server's" },
	{ "expired without a Date",     { SAYS(200, EXPIRED) },                                   1, "clock", "AuthFailure.SignatureExpire", "m; this machine's clock and the server's differ by more than the API allows" },
	{ "a Date that explains nothing", { DATED(EXPIRED, AHEAD_10) },                       1, "clock", "AuthFailure.SignatureExpire", "m; this machine's clock is 10 s behind the server's" },
	{ "a Date that is none",        { DATED(EXPIRED, "yesterday") },                      1, "clock", "AuthFailure.SignatureExpire", NULL },
	{ "lost, and good",             { FAILS(REASON_LOST), SAYS(200, GOOD) },                     1, NULL, "", NULL },
	{ "rate, then clock, then good", { SAYS(200, RATE), DATED(EXPIRED, AHEAD_600), SAYS(200, GOOD) }, 3, NULL, "", NULL },
	/* clang-format on */
};

static void check_failure(const struct fetch_outcome *o, const char *want, const char *code,
			  const char *message)
{
	assert_false(fetch_is_ok(o));
	assert_string_equal(reason_word(o->failure.reason, NULL), want);
	assert_string_equal(o->failure.api_code, code);
	assert_non_null(o->failure.hint);
	if (message)
		assert_string_equal(o->failure.message, message);
	if (*code)
		assert_string_equal(o->failure.request_id, "r-1");
}

static bool is_shared_limit(const struct step *s)
{
	return s->body && (strstr(s->body, "IPLimit") || strstr(s->body, "UinLimit"));
}

/* A send whose connection was lost is none of the tries, nor one that met a limit of many. */
static size_t free_in(const struct step *steps, size_t n)
{
	size_t n_free = 0;

	for (size_t i = 0; i < n; i++)
		n_free += (steps[i].status == 0 && steps[i].failure == REASON_LOST) ||
			  is_shared_limit(&steps[i]);
	return n_free;
}

static void outcomes_follow_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture f;

		print_message("%s\n", rows[i].name);
		begin(&f, rows[i].steps);
		run(&f);
		assert_int_equal(f.out.tries, rows[i].tries);
		assert_int_equal(f.w.sent,
				 rows[i].tries + free_in(rows[i].steps, ARRAY_LEN(rows[i].steps)));
		if (rows[i].want)
			check_failure(&f.out, rows[i].want, rows[i].code, rows[i].message);
		else
			assert_true(fetch_is_ok(&f.out) && f.out.has_reply && f.out.status == 200);
		end(&f);
	}
}

static void each_try_is_signed_anew(void **state)
{
	static const struct step steps[] = {SAYS(200, RATE), DATED(EXPIRED, AHEAD_600),
					    SAYS(200, GOOD)};
	struct fixture f;

	(void)state;
	begin(&f, steps);
	run(&f);
	assert_int_equal(f.w.sent, 3);
	assert_string_equal(f.w.timestamps[0], "1767207617");
	/* One second was slept; then the server's Date, ten minutes from the start, is signed. */
	assert_string_equal(f.w.timestamps[1], "1767207618");
	assert_string_equal(f.w.timestamps[2], "1767208217");
	assert_int_equal(host_clock_of(&f.session.clocks, "127.0.0.1:8443")->ahead_s, 599);
	assert_string_not_equal(f.w.signatures[0], f.w.signatures[1]);
	assert_string_not_equal(f.w.signatures[1], f.w.signatures[2]);
	end(&f);
}

static void headers_are_those_of_the_target(void **state)
{
	static const struct step steps[] = {SAYS(200, GOOD)};
	struct fixture f;

	(void)state;
	begin(&f, steps);
	run(&f);
	assert_true(f.w.saw_host);
	assert_false(f.w.saw_token || f.w.saw_region);
	end(&f);
	begin(&f, steps);
	f.request.region = "ap-guangzhou";
	assert_null(secret_set(&f.credential.token, STR(CANARY_TOKEN)));
	run(&f);
	assert_true(f.w.saw_token && f.w.saw_region);
	end(&f);
}

/* What the script and the session's limits make of pauses: sent, slept, and the last word. */
static const struct {
	const char *name;
	struct step steps[3];
	uint64_t deadline_ms; /* the clock begins at 5000 */
	bool is_interrupted;
	size_t sent;
	uint64_t slept_ms;
	const char *want;
} pauses[] = {
	/* clang-format off */
	{ "no deadline",             { SAYS(500, ""), SAYS(500, ""), SAYS(200, GOOD) },               0,     false, 3, 800,  NULL          },
	{ "time for all",            { SAYS(500, ""), SAYS(500, ""), SAYS(200, GOOD) },               6000,  false, 3, 800,  NULL          },
	{ "time for one pause",      { SAYS(500, ""), SAYS(500, ""), SAYS(200, GOOD) },               5500,  false, 2, 400,  "http-status" },
	{ "time for none",           { SAYS(500, ""), SAYS(500, ""), SAYS(200, GOOD) },               5400,  false, 1, 0,    "http-status" },
	{ "over before it began",    { SAYS(200, GOOD) },                                 5000,  false, 0, 0,    "deadline"    },
	{ "over by a slow try",      { TAKES(REASON_TIMEOUT, 900), SAYS(200, "") }, 5900, false, 1, 0,   "deadline"    },
	{ "a time-out before that",  { TAKES(REASON_TIMEOUT, 900), TAKES(REASON_TIMEOUT, 900) }, 7400, false, 2, 400, "timeout" },
	{ "the server asks for 7 s", { ASKS(7), SAYS(200, GOOD) },        0,     false, 2, 7000, NULL          },
	{ "for less than we wait",   { ASKS(0), SAYS(200, GOOD) },        0,     false, 2, 400,  NULL          },
	{ "for more than there is",  { ASKS(7), SAYS(200, GOOD) },        11000, false, 1, 0,    "http-status" },
	{ "for more than a minute",  { ASKS(61), SAYS(200, GOOD) },       70000, false, 2, 61000, NULL         },
	{ "for a day",               { ASKS(86400), SAYS(200, GOOD) },    3605000, false, 1, 0,  "http-status" },
	{ "for ever",                { ASKS(UINT64_MAX), SAYS(200, GOOD) }, 3605000, false, 1, 0, "http-status" },
	{ "interrupted in a pause",  { SAYS(500, ""), SAYS(200, GOOD) },                        0,     true,  1, 200,  "interrupted" },
	/* clang-format on */
};

static void pauses_keep_to_the_limits(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pauses); i++) {
		struct fixture f;

		print_message("%s\n", pauses[i].name);
		begin(&f, pauses[i].steps);
		f.session.deadline_ms = pauses[i].deadline_ms;
		f.w.is_interrupted = pauses[i].is_interrupted;
		run(&f);
		assert_int_equal(f.w.sent, pauses[i].sent);
		assert_int_equal(f.w.slept_ms, pauses[i].slept_ms);
		if (pauses[i].want)
			check_failure(&f.out, pauses[i].want, "", NULL);
		else
			assert_true(fetch_is_ok(&f.out));
		end(&f);
	}
}

static void a_try_gets_no_more_than_is_left(void **state)
{
	static const struct step steps[] = {TAKES(REASON_CONNECT, 1000), SAYS(200, GOOD)};
	struct fixture f;

	(void)state;
	begin(&f, steps);
	f.session.deadline_ms = 5000 + 10500;
	run(&f);
	assert_int_equal(f.w.timeouts[0], 10000);
	assert_int_equal(f.w.timeouts[1], 10500 - 1000 - 400);
	assert_int_equal(f.out.elapsed_ms, 1400);
	end(&f);
}

static void what_is_not_the_network_is_an_error(void **state)
{
	static const struct step steps[] = {{.is_no_memory = true}};
	struct fixture f;
	struct err *e;

	(void)state;
	begin(&f, steps);
	e = run_pool(&f);
	assert_non_null(e);
	assert_int_equal(e->kind, ERR_NOMEM);
	err_free(e);
	end(&f);
}

/* --- what is shown --- */

static void secrets_are_not_shown(void **state)
{
	struct buf out = BUF_INIT(65536);
	struct fixture f;
	const char *text;

	(void)state;
	begin(&f, NULL);
	f.request.region = "ap-guangzhou";
	assert_null(secret_set(&f.credential.token, STR(CANARY_TOKEN)));
	assert_null(fetch_show_request(&f.request, NOW, f.a, &out));
	text = out.p;
	assert_non_null(strstr(text, "content-type:application/json\nhost:127.0.0.1:8443\n"));
	assert_non_null(strstr(text, "TC3-HMAC-SHA256\n1767207617\n2025-12-31/tcss/tc3_request\n"));
	assert_non_null(strstr(text, "POST https://127.0.0.1:8443/\nHost: 127.0.0.1:8443\n"));
	assert_non_null(strstr(text, "X-TC-Token: <hidden>\n"));
	assert_non_null(strstr(text, "Credential=AKID****0000/2025-12-31/tcss/tc3_request, "
				     "SignedHeaders=content-type;host, Signature=<hidden>\n"));
	assert_null(strstr(text, CANARY_KEY));
	assert_null(strstr(text, CANARY_TOKEN));
	assert_null(strstr(text, "AKIDEXAMPLE0000"));
	buf_free(&out);
	end(&f);
}

static void a_request_is_shown_without_a_credential(void **state)
{
	struct buf out = BUF_INIT(65536);
	struct fixture f;

	(void)state;
	begin(&f, NULL);
	f.request.credential = NULL;
	assert_null(fetch_show_request(&f.request, NOW, f.a, &out));
	assert_non_null(strstr(out.p, "Credential=<none>/2025-12-31/tcss/tc3_request"));
	buf_free(&out);
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outcomes_follow_the_table),
		cmocka_unit_test(each_try_is_signed_anew),
		cmocka_unit_test(headers_are_those_of_the_target),
		cmocka_unit_test(pauses_keep_to_the_limits),
		cmocka_unit_test(a_try_gets_no_more_than_is_left),
		cmocka_unit_test(what_is_not_the_network_is_an_error),
		cmocka_unit_test(secrets_are_not_shown),
		cmocka_unit_test(a_request_is_shown_without_a_credential),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
