/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pool's promises, over a network that is a heap of replies and a clock that moves from one to
 * the next: nights by chance, and by rows what chance would seldom show. SCANDRIFT_SEED=N takes
 * other nights.
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
#include "cloud/net.h"
#include "cloud/pool.h"

#define CALLS_MAX 800u
#define SENDS_MAX (CALLS_MAX * 4)
#define IDS_MAX   50u
#define WINDOW_MS 1000u
#define BEGIN_MS  5000u

#define GOOD "{\"Response\":{\"RequestId\":\"r\"}}"
#define RATE "{\"Response\":{\"Error\":{\"Code\":\"RequestLimitExceeded\",\"Message\":\"m\"}}}"
#define ADDRESS                                                                        \
	"{\"Response\":{\"Error\":{\"Code\":\"RequestLimitExceeded.IPLimitExceeded\"," \
	"\"Message\":\"m\"}}}"
#define BUSY  "{\"Response\":{\"Error\":{\"Code\":\"InternalError\",\"Message\":\"m\"}}}"
#define TOKEN "{\"Response\":{\"Error\":{\"Code\":\"AuthFailure.TokenFailure\",\"Message\":\"m\"}}}"

/* --- the network --- */

struct answer {
	const char *body; /* NULL: none comes, for `failure` */
	bool is_no_memory;
	int status;
	enum reason failure;
	uint64_t retry_after_s;
};

struct send {
	size_t id; /* whose */
	uint64_t left_ms, arrived_ms, replied_ms;
	client_done *done;
	void *ctx;
	struct answer answer;
	bool is_over, is_alone;
};

struct night {
	uint64_t now_ms, random;
	bool is_random_fixed;
	struct send sends[SENDS_MAX];
	size_t sent, under_way, most_under_way;
	unsigned jobs;
	uint64_t deadline_ms, stop_ms; /* 0: none */
	bool was_stopped;
	unsigned idle;     /* steps in which nothing moved */
	unsigned fails_at; /* the send that finds no memory, from 1; 0: none */
	/* What is answered and when; `n` counts the sends of that identity. */
	struct answer (*answer)(struct night *w, size_t id, size_t n);
	uint64_t (*latency)(struct night *w);
	size_t sends_of[IDS_MAX];
	struct pool *pool;
	struct pool_call *to_resume; /* gets its new token in the next step */
	bool is_resumed_to_end;
};

static struct night *current;

static uint64_t draw(struct night *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random;
}

/* "Credential=AKID7/": the one place where a request says whose it is. */
static size_t id_of(const struct http_request *req)
{
	for (size_t i = 0; i < req->header_count; i++) {
		char text[512];
		const char *at;

		if (strcmp(req->headers[i].name, "Authorization") != 0)
			continue;
		(void)snprintf(text, sizeof(text), "%.*s", STR_ARG(req->headers[i].value));
		at = strstr(text, "Credential=AKID");
		assert_non_null(at);
		return (size_t)strtoul(at + strlen("Credential=AKID"), NULL, 10);
	}
	fail_msg("a request without a signature");
	return 0;
}

struct err *__wrap_client_start(struct client *c, const struct http_request *req, struct arena *a,
				client_done *done, void *ctx);
struct err *__wrap_client_run(struct client *c, uint64_t max_ms);
void __wrap_client_stop(struct client *c);

struct err *__wrap_client_start(struct client *c, const struct http_request *req, struct arena *a,
				client_done *done, void *ctx)
{
	struct night *w = current;
	struct send *s = &w->sends[w->sent];
	uint64_t ms = w->latency(w);

	(void)c;
	(void)a;
	if (w->fails_at && w->sent + 1 == w->fails_at)
		return err_nomem();
	assert_true(w->sent < SENDS_MAX);
	if (w->deadline_ms && w->now_ms >= w->deadline_ms)
		fail_msg("sent at %llu, after the deadline", (unsigned long long)w->now_ms);
	if (w->was_stopped)
		fail_msg("sent after the stop");
	*s = (struct send){.id = id_of(req),
			   .left_ms = w->now_ms,
			   .arrived_ms = w->now_ms + draw(w) % (ms + 1),
			   .replied_ms = w->now_ms + ms,
			   .done = done,
			   .ctx = ctx,
			   .is_alone = req->is_alone};
	s->answer = w->answer(w, s->id, w->sends_of[s->id]++);
	if (ms > req->timeout_ms) {
		s->answer = (struct answer){.failure = REASON_TIMEOUT};
		s->replied_ms = w->now_ms + req->timeout_ms;
	}
	w->sent++;
	if (++w->under_way > w->most_under_way)
		w->most_under_way = w->under_way;
	return NULL;
}

static void end_send(struct night *w, struct send *s, const struct answer *answer)
{
	struct http_reply reply = {.status = answer->status};
	struct err *e = NULL;

	s->is_over = true;
	w->under_way--;
	if (answer->body) {
		reply.body = str_from(answer->body);
		reply.retry_after_s = answer->retry_after_s;
	} else {
		e = answer->is_no_memory ? err_nomem()
					 : net_error(answer->failure, "host", "no luck");
	}
	s->done(s->ctx, e, e ? NULL : &reply);
}

static struct send *next_reply(struct night *w)
{
	struct send *first = NULL;

	for (size_t i = 0; i < w->sent; i++) {
		struct send *s = &w->sends[i];

		if (!s->is_over && (!first || s->replied_ms < first->replied_ms))
			first = s;
	}
	return first;
}

struct err *__wrap_client_run(struct client *c, uint64_t max_ms)
{
	struct night *w = current;
	struct send *s = next_reply(w);
	uint64_t until = max_ms < UINT64_MAX - w->now_ms ? w->now_ms + max_ms : UINT64_MAX;

	(void)c;
	if (w->to_resume) {
		struct pool_call *call = w->to_resume;

		w->to_resume = NULL;
		w->now_ms += 50;
		if (w->is_resumed_to_end)
			pool_end(w->pool, call);
		else
			pool_resume(w->pool, call);
		return NULL;
	}
	if (s && s->replied_ms <= until) {
		w->now_ms = s->replied_ms > w->now_ms ? s->replied_ms : w->now_ms;
		w->idle = 0;
		end_send(w, s, &s->answer);
		return NULL;
	}
	if (until == w->now_ms && ++w->idle > 100)
		fail_msg("the pool spins");
	w->now_ms = until;
	return NULL;
}

void __wrap_client_stop(struct client *c)
{
	static const struct answer ended = {.failure = REASON_INTERRUPTED};

	(void)c;
	current->was_stopped = true;
	for (size_t i = 0; i < current->sent; i++)
		if (!current->sends[i].is_over)
			end_send(current, &current->sends[i], &ended);
}

/* --- a clock --- */

static int64_t unix_s(void *ctx)
{
	return 1767207617 + (int64_t)(((struct night *)ctx)->now_ms / 1000);
}

static uint64_t monotonic_ms(void *ctx)
{
	return ((struct night *)ctx)->now_ms;
}

static uint64_t random_bits(void *ctx)
{
	struct night *w = ctx;

	/* The end of both pauses that are drawn from: 0 to 500 ms and 0 to 1000. */
	return w->is_random_fixed ? 501u * 1001u - 1 : draw(w);
}

static bool is_stopped(void *ctx)
{
	const struct night *w = ctx;

	return w->stop_ms && w->now_ms >= w->stop_ms;
}

/* --- calls --- */

struct called {
	struct pool_call call;
	unsigned done, renewals;
	bool is_renewable;
	struct night *w;
};

struct fixture {
	struct night w;
	struct arena *a;
	struct endpoint endpoint;
	struct credential credentials[IDS_MAX];
	char names[IDS_MAX][16];
	struct called calls[CALLS_MAX];
	size_t count;
	struct fetch_session session;
	struct pool *pool;
};

static void on_done(void *ctx, struct pool_call *call)
{
	struct called *c = ctx;

	assert_ptr_equal(call, &c->call);
	c->done++;
}

static bool on_renew(void *ctx, struct pool_call *call)
{
	struct called *c = ctx;

	c->renewals++;
	if (c->is_renewable)
		c->w->to_resume = call;
	return c->is_renewable;
}

static struct answer answer_good(struct night *w, size_t id, size_t n)
{
	(void)w;
	(void)id;
	(void)n;
	return (struct answer){.body = GOOD, .status = 200};
}

static struct answer answer_no_memory(struct night *w, size_t id, size_t n)
{
	(void)w;
	(void)id;
	(void)n;
	return (struct answer){.is_no_memory = true};
}

static uint64_t latency_30(struct night *w)
{
	(void)w;
	return 30;
}

/* Calls are added by add_call. */
static struct fixture *begin(unsigned jobs, uint64_t seed)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->a = arena_new();
	assert_non_null(f->a);
	f->w = (struct night){.now_ms = BEGIN_MS,
			      .random = seed * 0x9e3779b97f4a7c15u + 1,
			      .jobs = jobs,
			      .answer = answer_good,
			      .latency = latency_30};
	assert_null(endpoint_parse(f->a, STR("https://127.0.0.1:8443"), &f->endpoint));
	for (size_t i = 0; i < IDS_MAX; i++) {
		(void)snprintf(f->names[i], sizeof(f->names[i]), "AKID%zu", i);
		assert_null(secret_set(&f->credentials[i].id, str_from(f->names[i])));
		assert_null(secret_set(&f->credentials[i].key, STR("key")));
	}
	f->session = (struct fetch_session){
		.clock = {&f->w, unix_s, monotonic_ms, random_bits},
		.policy = retry_default,
	};
	current = &f->w;
	assert_null(pool_new(NULL, &f->session, jobs, &f->pool));
	f->w.pool = f->pool;
	return f;
}

static struct called *add_call(struct fixture *f, size_t id)
{
	struct called *c = &f->calls[f->count++];

	assert_true(f->count <= CALLS_MAX);
	c->w = &f->w;
	c->call = (struct pool_call){
		.request = {.service = "tcss",
			    .action = "DescribeImageRegistryTimingScanTask",
			    .version = "2020-11-01",
			    .body = STR("{}"),
			    .endpoint = &f->endpoint,
			    .credential = &f->credentials[id],
			    .timeout_ms = 10000,
			    .reply_max = 1 << 20},
		.identity = f->names[id],
		.done = on_done,
		.renew = on_renew,
		.ctx = c,
	};
	assert_null(pool_add(f->pool, &c->call));
	return c;
}

static void run(struct fixture *f)
{
	f->session.deadline_ms = f->w.deadline_ms;
	assert_null(pool_run(f->pool, is_stopped, &f->w));
	for (size_t i = 0; i < f->count; i++)
		if (f->calls[i].done != 1)
			fail_msg("call %zu: done %u times", i, f->calls[i].done);
	assert_int_equal(f->w.under_way, 0);
	assert_true(f->w.most_under_way <= f->w.jobs);
}

static void end(struct fixture *f)
{
	for (size_t i = 0; i < f->count; i++)
		arena_free(f->calls[i].call.arena);
	for (size_t i = 0; i < IDS_MAX; i++)
		credential_clear(&f->credentials[i]);
	pool_free(f->pool);
	host_clocks_free(&f->session.clocks);
	arena_free(f->a);
	free(f);
}

static const char *reason_of(const struct called *c)
{
	return reason_word(c->call.steps.o.failure.reason, NULL);
}

/* --- what must hold of every night --- */

static int by_time(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* By the server's clock: it sees a request at any time between its sending and its reply. */
static void expect_rate(const struct night *w)
{
	static uint64_t times[SENDS_MAX];

	for (size_t id = 0; id < IDS_MAX; id++) {
		size_t n = 0;

		for (size_t i = 0; i < w->sent; i++)
			if (w->sends[i].id == id)
				times[n++] = w->sends[i].arrived_ms;
		qsort(times, n, sizeof(*times), by_time);
		for (size_t i = POOL_RATE; i < n; i++)
			if (times[i] - times[i - POOL_RATE] < WINDOW_MS)
				fail_msg("identity %zu: %u requests in %llu ms", id, POOL_RATE + 1,
					 (unsigned long long)(times[i] - times[i - POOL_RATE]));
	}
}

static struct answer answer_by_chance(struct night *w, size_t id, size_t n)
{
	static const struct answer bad[] = {
		{.body = RATE, .status = 200},
		{.body = BUSY, .status = 200},
		{.body = "", .status = 503},
		{.failure = REASON_TRUNCATED},
		{.failure = REASON_LOST},
		{.failure = REASON_CERTIFICATE},
		{.body = "", .status = 429, .retry_after_s = 2},
	};
	uint64_t r = draw(w);

	if (r % 4)
		return answer_good(w, id, n);
	return bad[(r >> 8) % ARRAY_LEN(bad)];
}

static uint64_t latency_by_chance(struct night *w)
{
	uint64_t r = draw(w);

	return r % 50 ? r % 400 : r % 20000;
}

static uint64_t seed_of_run(void)
{
	const char *text = getenv("SCANDRIFT_SEED");
	uint64_t seed = 20261124;

	assert_true(!text || str_to_u64(str_from(text), UINT64_MAX, &seed));
	return seed;
}

static const struct {
	unsigned jobs;
	size_t calls, ids;
	uint64_t lasts_ms, stops_ms; /* 0: as long as it takes */
} nights[] = {
	{1, 1, 1, 0, 0},           {1, 40, 1, 0, 0},          {40, 300, 1, 0, 0},
	{3, 200, 3, 0, 0},         {256, CALLS_MAX, 1, 0, 0}, {40, CALLS_MAX, IDS_MAX, 0, 0},
	{40, 500, 2, 4000, 0},     {40, 500, 2, 0, 4000},     {256, CALLS_MAX, IDS_MAX, 300, 0},
	{256, CALLS_MAX, 7, 0, 1}, {16, 400, 4, 6000, 3000},  {16, 400, 4, 3000, 6000},
};

static void play_night(size_t row, uint64_t seed)
{
	struct fixture *f = begin(nights[row].jobs, seed);
	size_t fetched = 0;

	f->w.answer = answer_by_chance;
	f->w.latency = latency_by_chance;
	f->w.deadline_ms = nights[row].lasts_ms ? BEGIN_MS + nights[row].lasts_ms : 0;
	f->w.stop_ms = nights[row].stops_ms ? BEGIN_MS + nights[row].stops_ms : 0;
	for (size_t i = 0; i < nights[row].calls; i++)
		(void)add_call(f, draw(&f->w) % nights[row].ids);
	run(f);
	expect_rate(&f->w);
	for (size_t i = 0; i < f->count; i++) {
		const struct fetch_outcome *o = &f->calls[i].call.steps.o;

		fetched += fetch_is_ok(o);
		if (o->tries > retry_default.tries_max)
			fail_msg("%u tries", o->tries);
		if (o->tries == 0 && fetch_is_ok(o))
			fail_msg("fetched, and never tried");
	}
	if (!f->w.deadline_ms && !f->w.stop_ms)
		assert_true(fetched > f->count / 2 || f->count < 4);
	end(f);
}

static void test_nights(void **state)
{
	uint64_t seed = seed_of_run();

	(void)state;
	print_message("seed: %llu\n", (unsigned long long)seed);
	for (size_t i = 0; i < ARRAY_LEN(nights); i++)
		for (uint64_t n = 0; n < 5; n++)
			play_night(i, seed + n * 1000 + i);
}

/* The limit is used, too: it is no reason to be slow. */
static void test_fast_enough(void **state)
{
	struct fixture *f = begin(40, 1);

	(void)state;
	for (size_t i = 0; i < 200; i++)
		(void)add_call(f, 0);
	run(f);
	expect_rate(&f->w);
	/* 200 at 20 a second, and each second 30 ms until its last reply is there. */
	assert_in_range(f->w.now_ms - BEGIN_MS, 9000, 11000);
	end(f);
}

static struct answer throttle_first(struct night *w, size_t id, size_t n)
{
	return id == 0 ? (struct answer){.body = RATE, .status = 200} : answer_good(w, id, n);
}

/* One that is throttled holds nobody else up, and gets slower itself. */
static void test_throttled_alone(void **state)
{
	struct fixture *f = begin(40, 2);
	uint64_t last_other = 0;
	size_t throttled = 0;

	(void)state;
	f->w.answer = throttle_first;
	for (size_t i = 0; i < 120; i++)
		(void)add_call(f, i % 2);
	run(f);
	for (size_t i = 0; i < f->w.sent; i++) {
		if (f->w.sends[i].id == 1 && f->w.sends[i].replied_ms > last_other)
			last_other = f->w.sends[i].replied_ms;
		throttled += f->w.sends[i].id == 0;
	}
	assert_in_range(last_other - BEGIN_MS, 2000, 3500);
	assert_int_equal(throttled, 60 * retry_default.tries_max);
	/* At the full rate it would have taken nine seconds. */
	assert_true(f->w.now_ms - BEGIN_MS > 30000);
	for (size_t i = 0; i < f->count; i++)
		assert_string_equal(reason_of(&f->calls[i]), i % 2 ? "none" : "rate-limited");
	end(f);
}

static struct answer answer_503(struct night *w, size_t id, size_t n)
{
	(void)w;
	(void)id;
	(void)n;
	return (struct answer){.body = "", .status = 503};
}

static struct answer answer_7_seconds(struct night *w, size_t id, size_t n)
{
	struct answer a = answer_503(w, id, n);

	a.retry_after_s = 7;
	return a;
}

/* The longest pauses that full jitter may take, and the server's wish where it is longer. */
static void test_pauses(void **state)
{
	const struct {
		struct answer (*answer)(struct night *w, size_t id, size_t n);
		uint64_t first, second;
	} rows[] = {{answer_503, 500, 1000}, {answer_7_seconds, 7000, 7000}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture *f = begin(1, 3);
		const struct send *s = f->w.sends;

		f->w.answer = rows[i].answer;
		f->w.is_random_fixed = true;
		(void)add_call(f, 0);
		run(f);
		assert_int_equal(f->w.sent, 3);
		assert_int_equal(s[1].left_ms - s[0].replied_ms, rows[i].first);
		assert_int_equal(s[2].left_ms - s[1].replied_ms, rows[i].second);
		end(f);
	}
}

/* What the run's end cut short says so, and what waited for it. */
static void test_ends(void **state)
{
	const struct {
		uint64_t lasts_ms, stops_ms;
		const char *reason;
	} rows[] = {{1500, 0, "deadline"}, {0, 1500, "interrupted"}};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture *f = begin(4, 4);
		size_t cut = 0;

		f->w.deadline_ms = rows[i].lasts_ms ? BEGIN_MS + rows[i].lasts_ms : 0;
		f->w.stop_ms = rows[i].stops_ms ? BEGIN_MS + rows[i].stops_ms : 0;
		for (size_t k = 0; k < 100; k++)
			(void)add_call(f, 0);
		run(f);
		for (size_t k = 0; k < f->count; k++) {
			const char *reason = reason_of(&f->calls[k]);

			if (strcmp(reason, "none") == 0)
				continue;
			assert_string_equal(reason, rows[i].reason);
			cut++;
		}
		assert_in_range(cut, 50, 80);
		end(f);
	}
}

static struct answer refuse_first_token(struct night *w, size_t id, size_t n)
{
	return n == 0 ? (struct answer){.body = TOKEN, .status = 200} : answer_good(w, id, n);
}

static struct answer refuse_token(struct night *w, size_t id, size_t n)
{
	(void)w;
	(void)id;
	(void)n;
	return (struct answer){.body = TOKEN, .status = 200};
}

static struct answer lose_all(struct night *w, size_t id, size_t n)
{
	(void)w;
	(void)id;
	(void)n;
	return (struct answer){.failure = REASON_LOST};
}

static struct answer lose_first_40(struct night *w, size_t id, size_t n)
{
	return n < 40 ? lose_all(w, id, n) : answer_good(w, id, n);
}

/*
 * What is lost with its connection costs no try, is sent again on a connection of its own, and counts
 * for the rate. A server that loses everything is left in the end.
 */
static void test_lost(void **state)
{
	struct fixture *f = begin(40, 7);
	size_t alone = 0;

	(void)state;
	f->w.answer = lose_first_40;
	for (size_t i = 0; i < 40; i++)
		(void)add_call(f, 0);
	run(f);
	expect_rate(&f->w);
	assert_int_equal(f->w.sent, 80);
	for (size_t i = 0; i < f->w.sent; i++)
		alone += f->w.sends[i].is_alone;
	assert_int_equal(alone, 40);
	for (size_t i = 0; i < f->count; i++) {
		assert_string_equal(reason_of(&f->calls[i]), "none");
		assert_int_equal(f->calls[i].call.steps.o.tries, 1);
	}
	end(f);
	f = begin(1, 7);
	f->w.answer = lose_all;
	(void)add_call(f, 0);
	run(f);
	assert_int_equal(f->w.sent, 4 + retry_default.tries_max);
	assert_string_equal(reason_of(&f->calls[0]), "lost");
	end(f);
}

/* The run ends with the error, and no call looks as if it had had its reply. */
static void test_no_memory(void **state)
{
	(void)state;
	for (int at_start = 0; at_start <= 1; at_start++) {
		struct fixture *f = begin(4, 8);
		struct err *e;

		f->w.fails_at = at_start ? 3 : 0;
		f->w.answer = at_start ? answer_good : answer_no_memory;
		for (size_t i = 0; i < 10; i++)
			(void)add_call(f, 0);
		e = pool_run(f->pool, is_stopped, &f->w);
		assert_non_null(e);
		assert_int_equal(e->kind, ERR_NOMEM);
		err_free(e);
		for (size_t i = 0; i < f->count; i++) {
			assert_int_equal(f->calls[i].done, 1);
			assert_string_equal(reason_of(&f->calls[i]), "interrupted");
		}
		end(f);
	}
}

/* A refused token is refreshed once, where it can be; what cannot go on ends as it stands. */
static void test_renewal(void **state)
{
	const struct {
		struct answer (*answer)(struct night *w, size_t id, size_t n);
		bool is_renewable, ends;
		unsigned sent, renewals;
		const char *reason;
	} rows[] = {
		{refuse_first_token, true, false, 2, 1, "none"},
		{refuse_token, true, false, 2, 1, "credentials"},
		{refuse_first_token, false, false, 1, 1, "credentials"},
		{refuse_first_token, true, true, 1, 1, "credentials"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture *f = begin(2, 5);
		struct called *c;

		f->w.answer = rows[i].answer;
		f->w.is_resumed_to_end = rows[i].ends;
		c = add_call(f, 0);
		c->is_renewable = rows[i].is_renewable;
		run(f);
		assert_int_equal(f->w.sent, rows[i].sent);
		assert_int_equal(c->renewals, rows[i].renewals);
		assert_string_equal(reason_of(c), rows[i].reason);
		end(f);
	}
}

/* A run waits for what is held, with no call left. */
static bool unhold_later(void *ctx)
{
	struct night *w = ctx;

	if (w->now_ms >= BEGIN_MS + 900 && w->stop_ms == 0) {
		pool_unhold(w->pool);
		w->stop_ms = UINT64_MAX;
	}
	return false;
}

static void test_hold(void **state)
{
	struct fixture *f = begin(2, 6);

	(void)state;
	pool_hold(f->pool);
	assert_null(pool_run(f->pool, unhold_later, &f->w));
	assert_in_range(f->w.now_ms - BEGIN_MS, 900, 1200);
	end(f);
}

/* 50 a second for all, the refused ones counted. */
static struct answer limit_address(struct night *w, size_t id, size_t n)
{
	size_t recent = 0;

	for (size_t i = w->sent; i > 0 && w->sends[i - 1].left_ms + 1000 > w->now_ms; i--)
		recent++;
	return recent < 50 ? answer_good(w, id, n)
			   : (struct answer){.body = ADDRESS, .status = 200};
}

static struct answer limit_all(struct night *w, size_t id, size_t n)
{
	(void)w;
	(void)id;
	(void)n;
	return (struct answer){.body = ADDRESS, .status = 200};
}

/* A limit that all share slows all, so that each has its reply and few sends are for nothing. */
static void test_shared_limit(void **state)
{
	const unsigned jobs[] = {1, 16, 40, 256};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		struct fixture *f = begin(jobs[i], 9);

		f->w.answer = limit_address;
		for (size_t k = 0; k < 300; k++)
			(void)add_call(f, k % IDS_MAX);
		run(f);
		expect_rate(&f->w);
		assert_in_range(f->w.sent, 300, 360);
		for (size_t k = 0; k < f->count; k++) {
			assert_string_equal(reason_of(&f->calls[k]), "none");
			assert_int_equal(f->calls[k].call.steps.o.tries, 1);
		}
		end(f);
	}
}

/* One that is never less: it ends, and what waited for the host when the time was over says so. */
static void test_limit_for_ever(void **state)
{
	const uint64_t lasts_ms[] = {0, 5000};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(lasts_ms); i++) {
		struct fixture *f = begin(16, 10);
		size_t limited = 0, late = 0;

		f->w.answer = limit_all;
		f->w.deadline_ms = lasts_ms[i] ? BEGIN_MS + lasts_ms[i] : 0;
		for (size_t k = 0; k < 100; k++)
			(void)add_call(f, k % IDS_MAX);
		run(f);
		for (size_t k = 0; k < f->count; k++) {
			limited += strcmp(reason_of(&f->calls[k]), "rate-limited") == 0;
			late += strcmp(reason_of(&f->calls[k]), "deadline") == 0;
		}
		assert_int_equal(limited + late, 100);
		assert_true(lasts_ms[i] ? late > 50 : late == 0);
		/* Two for each target would be a burst that nobody has asked for. */
		assert_true(f->w.sent < 200);
		end(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nights),
		cmocka_unit_test(test_fast_enough),
		cmocka_unit_test(test_throttled_alone),
		cmocka_unit_test(test_shared_limit),
		cmocka_unit_test(test_limit_for_ever),
		cmocka_unit_test(test_pauses),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_renewal),
		cmocka_unit_test(test_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
