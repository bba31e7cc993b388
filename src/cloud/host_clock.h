/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_HOST_CLOCK_H
#define SCANDRIFT_CLOUD_HOST_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How far each host's clock is ahead of this machine's. What one host says about the time must not
 * change how requests to another are signed.
 */

/* Beyond a day it is no skew: a wrong clock, or a server that wants another day's signature. */
#define HOST_CLOCK_MAX_S 86400

struct host_clock {
	struct host_clock *next;
	int64_t ahead_s;
	bool is_corrected; /* once a run */
	char host[];
};

/* A zeroed one is empty. */
struct host_clocks {
	struct host_clock *slots[64];
};

/* The clock of `host`, which begins without a difference. NULL: out of memory. */
struct host_clock *host_clock_of(struct host_clocks *c, const char *host);
void host_clocks_free(struct host_clocks *c);

#endif
