/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls wait in queues, one a key of the rate limit ("gate"). A gate that may send stands in the
 * list of the runnable, one that may not has a timer or waits for a reply of its own. So a step
 * costs the same with ten gates as with ten thousand.
 */
#include "cloud/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/grow.h"

/* A second, and what two clocks that are read in whole milliseconds may be apart. */
#define WINDOW_MS 1010u
#define WAIT_MS   200u

struct pool_gate {
	struct pool_gate *same_slot; /* of the hash table */
	struct pool_gate *next;      /* of the runnable, or of those that wait for their host */
	struct pool_host *host;
	struct pool_call *head, *tail;
	uint64_t ended_ms[POOL_RATE]; /* when the last replies came, a ring */
	unsigned ended_first, ended_n;
	unsigned under_way;
	unsigned rate;
	unsigned good; /* since the rate changed last */
	bool is_listed;
	char key[];
};

/* The gates that could send and whose host is to be sent to more slowly; one timer for them all. */
struct pool_host {
	struct pool_host *same_slot;
	struct host_rate rate;
	struct pool_gate *first, *last;
	bool is_timed;
	char name[];
};

/* When a gate may be tried, or a call, or the first gate that waits for a host. */
struct timer {
	uint64_t at_ms;
	struct pool_gate *gate;
	struct pool_call *call;
	struct pool_host *host;
};

struct pool {
	struct client *client;
	struct fetch_session *session;
	unsigned jobs, running;
	size_t calls; /* added and not done */
	size_t holds;
	struct pool_gate **slots;
	size_t slot_count, gate_count;
	struct pool_host *hosts[64];
	struct pool_gate *first, *last; /* the runnable */
	struct timer *timers;           /* a heap, the earliest first */
	size_t timer_n, timer_cap;
	struct err *failed; /* what keeps the run from going on */
	bool is_stopping;
};

static uint64_t now_ms(const struct pool *p)
{
	return p->session->clock.monotonic_ms(p->session->clock.ctx);
}

static void set_failed(struct pool *p, struct err *e)
{
	if (p->failed)
		err_free(e);
	else
		p->failed = e;
	p->is_stopping |= p->failed != NULL;
}

/* ---- timers ---- */

static struct err *timer_add(struct pool *p, struct timer t)
{
	struct timer *v = grow(p->timers, p->timer_n, &p->timer_cap, sizeof(*v));
	size_t i;

	if (!v)
		return err_nomem();
	p->timers = v;
	for (i = p->timer_n++; i > 0 && p->timers[(i - 1) / 2].at_ms > t.at_ms; i = (i - 1) / 2)
		p->timers[i] = p->timers[(i - 1) / 2];
	p->timers[i] = t;
	return NULL;
}

static struct timer timer_take(struct pool *p)
{
	struct timer first = p->timers[0], last = p->timers[--p->timer_n];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < p->timer_n && p->timers[child + 1].at_ms < p->timers[child].at_ms)
			child++;
		if (child >= p->timer_n || p->timers[child].at_ms >= last.at_ms)
			break;
		p->timers[i] = p->timers[child];
		i = child;
	}
	if (p->timer_n)
		p->timers[i] = last;
	return first;
}

/* ---- gates ---- */

static bool grow_slots(struct pool *p)
{
	size_t count = p->slot_count ? p->slot_count * 4 : 64;
	struct pool_gate **slots = calloc(count, sizeof(struct pool_gate *));

	if (!slots)
		return false;
	for (size_t i = 0; i < p->slot_count; i++) {
		for (struct pool_gate *g = p->slots[i], *next; g; g = next) {
			size_t at = str_hash(g->key) & (count - 1);

			next = g->same_slot;
			g->same_slot = slots[at];
			slots[at] = g;
		}
	}
	free(p->slots);
	p->slots = slots;
	p->slot_count = count;
	return true;
}

static struct pool_gate *find_gate(struct pool *p, const char *key)
{
	struct pool_gate *g;
	size_t at;

	if (p->gate_count >= p->slot_count && !grow_slots(p))
		return NULL;
	at = str_hash(key) & (p->slot_count - 1);
	for (g = p->slots[at]; g; g = g->same_slot)
		if (strcmp(g->key, key) == 0)
			return g;
	g = calloc(1, sizeof(*g) + strlen(key) + 1);
	if (!g)
		return NULL;
	memcpy(g->key, key, strlen(key) + 1);
	g->rate = POOL_RATE;
	g->same_slot = p->slots[at];
	p->slots[at] = g;
	p->gate_count++;
	return g;
}

static struct pool_host *find_host(struct pool *p, const char *name)
{
	struct pool_host **slot = &p->hosts[str_hash(name) % ARRAY_LEN(p->hosts)];
	struct pool_host *h;

	for (h = *slot; h; h = h->same_slot)
		if (strcmp(h->name, name) == 0)
			return h;
	h = calloc(1, sizeof(*h) + strlen(name) + 1);
	if (!h)
		return NULL;
	memcpy(h->name, name, strlen(name) + 1);
	h->same_slot = *slot;
	*slot = h;
	return h;
}

static struct pool_gate *gate_of(struct pool *p, const struct pool_call *call)
{
	const struct fetch_request *r = &call->request;
	struct pool_gate *g;
	char *key;

	if (asprintf(&key, "%s %s %s", r->endpoint->host_sent, r->action, call->identity) < 0)
		return NULL;
	g = find_gate(p, key);
	free(key);
	if (g && !g->host)
		g->host = find_host(p, r->endpoint->host_sent);
	return g && g->host ? g : NULL;
}

static void make_runnable(struct pool *p, struct pool_gate *g)
{
	if (g->is_listed)
		return;
	g->is_listed = true;
	g->next = NULL;
	if (p->last)
		p->last->next = g;
	else
		p->first = g;
	p->last = g;
}

/* At its turn already, so it goes before the others. */
static void make_runnable_first(struct pool *p, struct pool_gate *g)
{
	g->is_listed = true;
	g->next = p->first;
	p->first = g;
	if (!p->last)
		p->last = g;
}

static struct pool_gate *take_runnable(struct pool *p)
{
	struct pool_gate *g = p->first;

	p->first = g->next;
	if (!p->first)
		p->last = NULL;
	g->is_listed = false;
	return g;
}

/* Retries go before what has not been tried yet. */
static void enqueue(struct pool_call *call, bool at_front)
{
	struct pool_gate *g = call->gate;

	call->next = at_front ? g->head : NULL;
	if (at_front)
		g->head = call;
	else if (g->tail)
		g->tail->next = call;
	else
		g->head = call;
	if (!at_front || !g->tail)
		g->tail = call;
	make_runnable(call->pool, g);
}

static struct pool_call *dequeue(struct pool_gate *g)
{
	struct pool_call *call = g->head;

	g->head = call->next;
	if (!g->head)
		g->tail = NULL;
	return call;
}

/* How many sends a new one would share a second with, at the most. */
static unsigned load(struct pool_gate *g, uint64_t now)
{
	while (g->ended_n && g->ended_ms[g->ended_first] + WINDOW_MS <= now) {
		g->ended_first = (g->ended_first + 1) % POOL_RATE;
		g->ended_n--;
	}
	return g->under_way + g->ended_n;
}

static void note_end(struct pool_gate *g, uint64_t now)
{
	g->under_way--;
	(void)load(g, now); /* never more than POOL_RATE are left, so there is room */
	g->ended_ms[(g->ended_first + g->ended_n++) % POOL_RATE] = now;
}

static void adapt_rate(struct pool_gate *g, const struct pool_call *call, uint64_t now)
{
	const struct fetch_outcome *o = &call->steps.o;

	if (call->steps.is_limited) {
		/* The limit of all that share the address or the account, and not this gate's. */
		host_rate_refused(&g->host->rate, call->sent_ms, now);
		return;
	}
	if (o->has_reply && o->failure.reason != REASON_RATE_LIMITED)
		host_rate_good(&g->host->rate, call->sent_ms, now);
	if (o->failure.reason == REASON_RATE_LIMITED) {
		g->rate = g->rate > 1 ? g->rate / 2 : 1;
		g->good = 0;
	} else if (g->rate < POOL_RATE && ++g->good >= g->rate) {
		g->rate++;
		g->good = 0;
	}
}

/* ---- calls ---- */

static void finish(struct pool *p, struct pool_call *call)
{
	p->calls--;
	call->done(call->ctx, call);
}

static void interrupt(struct pool *p, struct pool_call *call)
{
	if (!call->arena)
		call->arena = arena_new(); /* the callee takes NULL for a lack of memory */
	fetch_steps_interrupt(&call->steps);
	finish(p, call);
}

/* The run cannot go on; a call that this cuts must not look as if it had its reply. */
static void fail_run(struct pool *p, struct pool_call *call, struct err *e)
{
	set_failed(p, e);
	interrupt(p, call);
}

static void give_up(struct pool *p, struct pool_call *call, enum reason reason, const char *message)
{
	struct err *e = NULL;

	if (!call->arena)
		call->arena = arena_new();
	e = call->arena ? fetch_steps_give_up(call->arena, &call->steps, reason, message)
			: err_nomem();
	if (e)
		fail_run(p, call, e);
	else
		finish(p, call);
}

static void time_host(struct pool *p, struct pool_host *h)
{
	struct err *e;

	/* Where there is no room, the next reply makes some. */
	if (!h->first || h->is_timed || !host_rate_has_room(&h->rate))
		return;
	h->is_timed = true;
	e = timer_add(p, (struct timer){.at_ms = host_rate_next_ms(&h->rate), .host = h});
	if (e)
		set_failed(p, e);
}

static void on_reply(void *ctx, struct err *e, const struct http_reply *reply)
{
	struct pool_call *call = ctx;
	struct pool *p = call->pool;
	enum fetch_next next = FETCH_DONE;
	uint64_t pause_ms = 0, now = now_ms(p);

	p->running--;
	note_end(call->gate, now);
	host_rate_ended(&call->gate->host->rate);
	e = fetch_steps_take(p->session, &call->request, call->arena, &call->steps, e, reply, &next,
			     &pause_ms);
	if (call->gate->head)
		make_runnable(p, call->gate);
	if (e) {
		fail_run(p, call, e);
		return;
	}
	adapt_rate(call->gate, call, now);
	time_host(p, call->gate->host);
	if (p->is_stopping ||
	    (call->steps.is_limited && host_rate_is_shut(&call->gate->host->rate)))
		next = FETCH_DONE;
	if (next == FETCH_RENEW && call->renew && call->renew(call->ctx, call))
		return;
	if (next == FETCH_AGAIN) {
		e = timer_add(p, (struct timer){.at_ms = now + pause_ms, .call = call});
		if (!e)
			return;
		set_failed(p, e);
	}
	finish(p, call);
}

static void start(struct pool *p, struct pool_call *call)
{
	struct http_request http;
	struct err *e = NULL;

	if (!call->arena)
		call->arena = arena_new();
	if (!call->arena)
		e = err_nomem();
	if (call->steps.o.tries == 0 && call->steps.lost == 0 && call->steps.limited == 0)
		call->steps.start_ms = now_ms(p);
	if (!e)
		e = fetch_steps_prepare(p->session, &call->request, call->arena, &call->steps,
					&http);
	if (!e)
		e = client_start(p->client, &http, call->arena, on_reply, call);
	if (e) {
		fail_run(p, call, e);
		return;
	}
	p->running++;
	call->gate->under_way++;
	call->sent_ms = now_ms(p);
	host_rate_sent(&call->gate->host->rate, call->sent_ms);
}

/* ---- hosts ---- */

static void wait_for_host(struct pool *p, struct pool_gate *g)
{
	struct pool_host *h = g->host;

	g->is_listed = true;
	g->next = NULL;
	if (h->last)
		h->last->next = g;
	else
		h->first = g;
	h->last = g;
	time_host(p, h);
}

static void release_one(struct pool *p, struct pool_host *h)
{
	struct pool_gate *g = h->first;

	h->first = g->next;
	if (!h->first)
		h->last = NULL;
	make_runnable_first(p, g);
}

static void release_all(struct pool *p)
{
	for (size_t i = 0; i < ARRAY_LEN(p->hosts); i++)
		for (struct pool_host *h = p->hosts[i]; h; h = h->same_slot)
			while (h->first)
				release_one(p, h);
}

static void wait_for_window(struct pool *p, struct pool_gate *g)
{
	struct err *e;

	if (!g->ended_n)
		return; /* a reply of its own makes it runnable again */
	g->is_listed = true;
	e = timer_add(p,
		      (struct timer){.at_ms = g->ended_ms[g->ended_first] + WINDOW_MS, .gate = g});
	if (e)
		set_failed(p, e);
}

/* One call of a gate that is at its turn. */
static void serve(struct pool *p, struct pool_gate *g, uint64_t now)
{
	if (g->head && load(g, now) >= g->rate) {
		wait_for_window(p, g);
	} else if (g->head && (!host_rate_has_room(&g->host->rate) ||
			       host_rate_next_ms(&g->host->rate) > now)) {
		wait_for_host(p, g);
	} else if (g->head) {
		start(p, dequeue(g));
		if (g->head)
			make_runnable(p, g);
	}
	/* Whether or not it has sent, its host may have others that wait. */
	time_host(p, g->host);
}

static void fire_timer(struct pool *p)
{
	struct timer t = timer_take(p);

	if (t.call) {
		enqueue(t.call, true);
	} else if (t.host) {
		t.host->is_timed = false;
		if (t.host->first)
			release_one(p, t.host);
	} else {
		t.gate->is_listed = false;
		make_runnable(p, t.gate);
	}
}

static void fire_timers(struct pool *p, uint64_t now)
{
	while (p->timer_n && p->timers[0].at_ms <= now)
		fire_timer(p);
}

/* Everything that waits. What runs has been ended by then. */
static void drain(struct pool *p, bool is_stopped)
{
	while (p->timer_n)
		fire_timer(p);
	release_all(p);
	while (p->first) {
		struct pool_gate *g = take_runnable(p);

		while (g->head) {
			struct pool_call *call = dequeue(g);

			if (is_stopped)
				interrupt(p, call);
			else
				give_up(p, call, REASON_DEADLINE, FETCH_DEADLINE_TEXT);
		}
	}
}

static void stop(struct pool *p)
{
	p->is_stopping = true;
	client_stop(p->client);
	/* Gates that wait for a reply of their own became runnable by it. */
	drain(p, true);
}

static void dispatch(struct pool *p)
{
	uint64_t now = now_ms(p);

	fire_timers(p, now);
	if (fetch_time_left(p->session) == 0) {
		drain(p, false);
		return;
	}
	while (p->first && p->running < p->jobs && !p->failed)
		serve(p, take_runnable(p), now);
}

static uint64_t wait_for(const struct pool *p)
{
	uint64_t now = now_ms(p), left = fetch_time_left(p->session), ms = WAIT_MS;

	if (p->first && p->running < p->jobs)
		return 0;
	if (p->timer_n) {
		uint64_t at = p->timers[0].at_ms;
		uint64_t until = at > now ? at - now : 0;

		ms = until < ms ? until : ms;
	}
	return left < ms ? left : ms;
}

struct err *pool_run(struct pool *p, bool (*is_stopped)(void *ctx), void *ctx)
{
	p->is_stopping = false;
	while (p->calls || p->holds) {
		struct err *e;

		if (p->failed || (is_stopped && is_stopped(ctx)))
			stop(p);
		else
			dispatch(p);
		if (!p->calls && !p->holds)
			break;
		e = client_run(p->client, p->is_stopping ? 0 : wait_for(p));
		if (e)
			set_failed(p, e);
	}
	if (p->failed) {
		struct err *e = p->failed;

		p->failed = NULL;
		return e;
	}
	return NULL;
}

struct err *pool_add(struct pool *p, struct pool_call *call)
{
	call->pool = p;
	call->next = NULL;
	call->arena = NULL;
	call->gate = gate_of(p, call);
	if (!call->gate)
		return err_nomem();
	fetch_steps_begin(p->session, &call->steps);
	p->calls++;
	enqueue(call, false);
	return NULL;
}

void pool_resume(struct pool *p, struct pool_call *call)
{
	if (p->is_stopping)
		finish(p, call);
	else
		enqueue(call, true);
}

void pool_end(struct pool *p, struct pool_call *call)
{
	finish(p, call);
}

void pool_hold(struct pool *p)
{
	p->holds++;
}

void pool_unhold(struct pool *p)
{
	p->holds--;
}

struct err *pool_new(struct client *c, struct fetch_session *s, unsigned jobs, struct pool **out)
{
	struct pool *p = calloc(1, sizeof(*p));

	if (!p)
		return err_nomem();
	p->client = c;
	p->session = s;
	p->jobs = jobs < 1 ? 1 : jobs > POOL_JOBS_MAX ? POOL_JOBS_MAX : jobs;
	if (p->jobs > client_connections_max())
		p->jobs = client_connections_max();
	*out = p;
	return NULL;
}

void pool_free(struct pool *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->slot_count; i++) {
		for (struct pool_gate *g = p->slots[i], *next; g; g = next) {
			next = g->same_slot;
			free(g);
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(p->hosts); i++) {
		for (struct pool_host *h = p->hosts[i], *next; h; h = next) {
			next = h->same_slot;
			free(h);
		}
	}
	free(p->slots);
	free(p->timers);
	err_free(p->failed);
	free(p);
}
