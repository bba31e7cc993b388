/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_JUDGE_LIVENESS_H
#define SCANDRIFT_RESULT_JUDGE_LIVENESS_H

#include "result/result.h"

/*
 * A schedule that is on may still scan nothing: does the state that comes with the config say that
 * scans run and end well? Judged while the schedule is on. Where the state cannot be understood
 * *unclear says so, and has no message otherwise; what the setting is, is known all the same.
 */
struct err *judge_liveness(struct result *r, const struct target *t, const struct reading *live,
			   const struct reading *base, struct note *unclear) MUST_USE;

#endif
