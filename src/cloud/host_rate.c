/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/host_rate.h"

#define PART_MS   (1000u / HOST_RATE_PARTS)
#define MILLI_MIN 1000u
#define MILLI_MAX 1000000u
#define MILLI_ADD 1000u

/* The limits count by the second, so one second of silence makes room again. */
#define HOLD_MS 1000u

/* Pauses of 1, 2, 4, 8 and then 16 seconds: 79 in all before a host counts as shut. */
#define DOUBLINGS_MAX 4u
#define REFUSED_MAX   8u

/* Of a host that has not refused anything: so many, and one more for each so many good replies. */
#define UNDER_WAY_MIN 40u
#define GOOD_PER_ONE  16u

bool host_rate_has_room(const struct host_rate *r)
{
	return r->milli || r->under_way < UNDER_WAY_MIN + r->good / GOOD_PER_ONE;
}

void host_rate_ended(struct host_rate *r)
{
	r->under_way--;
}

uint64_t host_rate_next_ms(const struct host_rate *r)
{
	return r->milli ? (r->next_us + 999) / 1000 : 0;
}

static unsigned sends_of_last_second(const struct host_rate *r, uint64_t now_ms)
{
	uint64_t part = now_ms / PART_MS + 1;
	unsigned n = 0;

	for (unsigned i = 0; i < HOST_RATE_PARTS; i++)
		if (r->part[i] && part - r->part[i] < HOST_RATE_PARTS)
			n += r->sends[i];
	return n;
}

void host_rate_sent(struct host_rate *r, uint64_t now_ms)
{
	uint64_t part = now_ms / PART_MS + 1; /* 0 is a part without a send */
	unsigned i = (unsigned)(part % HOST_RATE_PARTS);

	if (r->part[i] != part) {
		r->part[i] = part;
		r->sends[i] = 0;
	}
	r->sends[i]++;
	r->under_way++;
	if (!r->milli)
		return;
	/* Time that was not used is lost, else a burst would follow each pause. */
	if (r->next_us < now_ms * 1000)
		r->next_us = now_ms * 1000;
	r->next_us += 1000000000u / r->milli;
}

void host_rate_good(struct host_rate *r, uint64_t sent_ms, uint64_t now_ms)
{
	r->good++;
	if (!r->milli || sent_ms <= r->decreased_ms)
		return;
	r->refused = 0;
	if (now_ms - r->changed_ms < 1000)
		return;
	if (r->milli < MILLI_MAX)
		r->milli += MILLI_ADD;
	r->changed_ms = now_ms;
}

static uint64_t hold_ms(const struct host_rate *r)
{
	if (host_rate_is_shut(r))
		return HOLD_MS;
	return (uint64_t)HOLD_MS << (r->refused > DOUBLINGS_MAX ? DOUBLINGS_MAX : r->refused - 1);
}

void host_rate_refused(struct host_rate *r, uint64_t sent_ms, uint64_t now_ms)
{
	/* The answers to one burst are one answer. */
	if (r->milli && sent_ms <= r->decreased_ms)
		return;
	if (!r->milli)
		r->milli = sends_of_last_second(r, now_ms) * 1000;
	r->milli = r->milli / 2 < MILLI_MIN ? MILLI_MIN : r->milli / 2;
	if (r->milli > MILLI_MAX)
		r->milli = MILLI_MAX;
	r->refused++;
	r->decreased_ms = r->changed_ms = now_ms;
	r->next_us = (now_ms + hold_ms(r)) * 1000;
}

bool host_rate_is_shut(const struct host_rate *r)
{
	return r->refused > REFUSED_MAX;
}
