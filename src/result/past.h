/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_PAST_H
#define SCANDRIFT_RESULT_PAST_H

#include "result/result.h"

/*
 * What git's history knows about findings of this run. history/ finds the facts; this is where they
 * change the result.
 */
enum past_kind {
	PAST_DRIFT,     /* the field has differed since then */
	PAST_ON,        /* a scan is late: the schedule was switched on then */
	PAST_NEVER_RAN, /* no scan has run: the schedule has been on since then */
};

struct past_fact {
	enum past_kind kind;
	size_t finding; /* its index among the findings of the result */
	int64_t since_s;
	bool is_cut; /* DRIFT, NEVER_RAN: or longer, since the history does not go back further */
	const struct reading *live;
};

struct past_facts {
	struct past_fact *v;
	size_t n;
};

/* Before result_finish, which sorts the findings. */
struct err *past_apply(struct result *r, const struct past_facts *facts) MUST_USE;

#endif
