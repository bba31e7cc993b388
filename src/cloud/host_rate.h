/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_HOST_RATE_H
#define SCANDRIFT_CLOUD_HOST_RATE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How fast one host may be sent to. The limits of an address and of a main account are not published,
 * so the rate is unbounded until the host says that one is exceeded. From then on it falls by half at
 * each such answer and grows by one send a second in each second without. What is under way at the
 * first such answer is wasted, so it is bounded until then, by how much the host has taken. A
 * function of the times that it is given alone.
 */

#define HOST_RATE_PARTS 10u /* of the second over which sends are counted */

/* A zeroed one has no bound. */
struct host_rate {
	unsigned milli; /* sends in a thousand seconds; 0: no bound */
	uint64_t next_us;
	uint64_t changed_ms;
	uint64_t decreased_ms; /* what was sent until then tells nothing new */
	unsigned refused;      /* decreases since the last good reply */
	unsigned under_way;
	unsigned good; /* replies, until the first decrease */
	uint64_t part[HOST_RATE_PARTS];
	unsigned sends[HOST_RATE_PARTS];
};

/* When the next send may leave; not after `now` where it may leave now. */
uint64_t host_rate_next_ms(const struct host_rate *r);
/* May one more be under way? */
bool host_rate_has_room(const struct host_rate *r);
void host_rate_sent(struct host_rate *r, uint64_t now_ms);
void host_rate_ended(struct host_rate *r); /* each send, before what became of it */

/* What became of a send that left at `sent_ms`. */
void host_rate_good(struct host_rate *r, uint64_t sent_ms, uint64_t now_ms);
void host_rate_refused(struct host_rate *r, uint64_t sent_ms, uint64_t now_ms);

/* It has refused everything for so long that more patience is of no use. */
bool host_rate_is_shut(const struct host_rate *r);

#endif
