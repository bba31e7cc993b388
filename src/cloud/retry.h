/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_RETRY_H
#define SCANDRIFT_CLOUD_RETRY_H

#include "base/reason.h"
#include "base/str.h"

/*
 * What an API error code means, and whether another try can help: one table, in retry.c. Unknown
 * codes are never tried again.
 */

enum retry_rule {
	RETRY_NEVER,
	RETRY_BACKOFF,
	RETRY_CLOCK, /* once, with the clock corrected */
	RETRY_TOKEN, /* once, with a renewed session token, where it can be renewed */
	RETRY_LIMIT, /* as often as it takes, at a lower rate for the whole host */
};

struct api_error_row {
	const char *service; /* NULL: any */
	const char *code;
	bool is_exact; /* else it stands for its details ("code.X") too */
	enum reason reason;
	enum retry_rule retry;
	const char *hint; /* where the code tells more than its reason; else NULL */
};

/* Sorted by code; the last has none. */
extern const struct api_error_row api_errors[];

/* The longest match, a row of `service` before a row of any. Never NULL. */
const struct api_error_row *api_error_find(const char *service, struct str code);

struct retry_policy {
	unsigned tries_max;
	uint64_t base_ms, cap_ms;
};

extern const struct retry_policy retry_default; /* 3 tries, 500 ms, 8 s */

/*
 * Full jitter: uniform in 0 .. min(cap, base * 2^(tries_done - 1)), both ends included, by `random`
 * (64 uniform bits). tries_done >= 1.
 */
uint64_t retry_delay_ms(const struct retry_policy *p, unsigned tries_done, uint64_t random);

#endif
