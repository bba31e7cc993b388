/* SPDX-License-Identifier: Apache-2.0 */
/* The rate of a host against a server that counts: by rows of its limit and of what asks of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/attr.h"
#include "cloud/host_rate.h"

#define SENDS_MAX 4000u

/* --- a server that takes `limit` requests in any second, and counts those that it refuses --- */

struct server {
	unsigned limit; /* 0: refuses all */
	uint64_t arrived_ms[SENDS_MAX];
	unsigned n;
};

static bool takes(struct server *s, uint64_t now_ms)
{
	unsigned n = s->n;

	assert_true(n < SENDS_MAX);
	s->arrived_ms[s->n++] = now_ms;
	return n < s->limit || (s->limit && now_ms - s->arrived_ms[n - s->limit] >= 1000);
}

struct flight {
	uint64_t sent_ms, replied_ms;
	bool is_taken, is_under_way;
};

struct run {
	struct server server;
	struct host_rate rate;
	unsigned done, sends;
	uint64_t lasted_ms;
};

/* `targets` are asked for until each has its reply, `jobs` at a time, each `latency_ms` long. */
static void play(struct run *r, unsigned targets, unsigned jobs, uint64_t latency_ms)
{
	struct flight flights[256] = {0};
	unsigned waiting = targets;
	uint64_t now = 1000000;

	assert_true(jobs <= ARRAY_LEN(flights));
	for (; r->done < targets && !host_rate_is_shut(&r->rate); now++) {
		for (unsigned i = 0; i < jobs; i++) {
			struct flight *f = &flights[i];

			if (f->is_under_way && f->replied_ms == now) {
				f->is_under_way = false;
				host_rate_ended(&r->rate);
				r->done += f->is_taken;
				waiting += !f->is_taken;
				if (f->is_taken)
					host_rate_good(&r->rate, f->sent_ms, now);
				else
					host_rate_refused(&r->rate, f->sent_ms, now);
			}
			if (f->is_under_way || !waiting || !host_rate_has_room(&r->rate) ||
			    host_rate_next_ms(&r->rate) > now)
				continue;
			waiting--;
			r->sends++;
			host_rate_sent(&r->rate, now);
			*f = (struct flight){now, now + latency_ms, takes(&r->server, now), true};
		}
	}
	r->lasted_ms = now - 1000000;
}

static const struct {
	unsigned limit, targets, jobs;
	uint64_t latency_ms;
	unsigned sends_max;
	uint64_t lasts_max_ms;
} rows[] = {
	/* clang-format off */
	{  50, 300, 16,   5, 360,  20000 },
	{  50, 300, 40,   5, 360,  20000 },
	{  50, 300, 40, 200, 360,  20000 },
	{  20, 300, 16,   5, 360,  40000 },
	{  20, 300, 40,  30, 360,  40000 },
	{  20, 300, 16, 400, 360,  40000 },
	/* As many jobs as there may be: the first burst is not theirs to choose. */
	{  50, 300, 256,   5, 360,  20000 },
	{  50, 300, 256, 200, 360,  20000 },
	{  50, 300, 256, 900, 360,  20000 },
	{  50, 300,  64,  30, 360,  20000 },
	{  20, 300, 256,  30, 360,  40000 },
	{ 200, 1000, 256, 100, 1200, 20000 },
	{   3,  60, 16,   5,  90,  60000 },
	{   1,  20,  4,   5,  45,  60000 },
	/* A limit that is not met costs nothing. */
	{ 2000, 1000, 40, 20, 1000, 600 },
	/* Nor much to those who have many jobs for a slow host. */
	{ 4000, 3800, 256, 200, 3800, 8000 },
	/* clang-format on */
};

static void all_are_had_with_few_sends(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct run r = {.server = {.limit = rows[i].limit}};

		play(&r, rows[i].targets, rows[i].jobs, rows[i].latency_ms);
		print_message("%u a second, %u jobs of %llu ms: %u sends, %llu ms\n", rows[i].limit,
			      rows[i].jobs, (unsigned long long)rows[i].latency_ms, r.sends,
			      (unsigned long long)r.lasted_ms);
		assert_int_equal(r.done, rows[i].targets);
		assert_true(r.sends <= rows[i].sends_max);
		assert_true(r.lasted_ms <= rows[i].lasts_max_ms);
	}
}

static void the_first_burst_is_bounded(void **state)
{
	struct host_rate r = {0};
	unsigned n = 0;

	(void)state;
	for (; host_rate_has_room(&r) && n < 100; n++)
		host_rate_sent(&r, 5000);
	assert_int_equal(n, 40);
	for (unsigned i = 0; i < 32; i++) {
		host_rate_ended(&r);
		host_rate_good(&r, 5000, 5200);
	}
	for (n = 0; host_rate_has_room(&r) && n < 100; n++)
		host_rate_sent(&r, 5200);
	assert_int_equal(n, 34);
	/* What was neither good nor refused tells nothing of the host. */
	host_rate_ended(&r);
	host_rate_sent(&r, 5300);
	assert_false(host_rate_has_room(&r));
	/* Once there is a rate, that bounds. */
	host_rate_ended(&r);
	host_rate_refused(&r, 5200, 5400);
	for (n = 0; n < 100; n++)
		host_rate_sent(&r, 5400);
	assert_true(host_rate_has_room(&r));
}

static void one_burst_is_one_decrease(void **state)
{
	struct host_rate r = {0};

	(void)state;
	for (uint64_t i = 0; i < 40; i++)
		host_rate_sent(&r, 5000 + i);
	assert_int_equal(host_rate_next_ms(&r), 0);
	for (uint64_t i = 0; i < 40; i++)
		host_rate_refused(&r, 5000 + i, 5100 + i);
	assert_int_equal(r.milli, 20000);
	/* A second of silence, then one each 50 ms. */
	assert_int_equal(host_rate_next_ms(&r), 6100);
	host_rate_sent(&r, 6100);
	assert_int_equal(host_rate_next_ms(&r), 6150);
	/* What was sent before the decrease says nothing of the new rate. */
	host_rate_good(&r, 5039, 7500);
	assert_int_equal(r.milli, 20000);
	host_rate_good(&r, 6100, 7500);
	assert_int_equal(r.milli, 21000);
	host_rate_good(&r, 6200, 8499);
	assert_int_equal(r.milli, 21000);
	host_rate_good(&r, 6300, 8500);
	assert_int_equal(r.milli, 22000);
	host_rate_refused(&r, 8400, 8600);
	assert_int_equal(r.milli, 11000);
}

/* Sends of more than a second ago are no measure. */
static void the_last_second_is_measured(void **state)
{
	struct host_rate r = {0};

	(void)state;
	for (uint64_t i = 0; i < 100; i++)
		host_rate_sent(&r, 5000);
	for (uint64_t i = 0; i < 8; i++)
		host_rate_sent(&r, 6000 + i * 100);
	host_rate_refused(&r, 6700, 6750);
	assert_int_equal(r.milli, 4000);
}

static void a_host_that_refuses_all_is_left(void **state)
{
	struct run r = {.server = {.limit = 0}};

	(void)state;
	play(&r, 300, 16, 5);
	assert_true(host_rate_is_shut(&r.rate));
	assert_int_equal(r.done, 0);
	assert_in_range(r.sends, 9, 30);
	assert_in_range(r.lasted_ms, 60000, 90000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_are_had_with_few_sends),
		cmocka_unit_test(the_first_burst_is_bounded),
		cmocka_unit_test(one_burst_is_one_decrease),
		cmocka_unit_test(the_last_second_is_measured),
		cmocka_unit_test(a_host_that_refuses_all_is_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
