/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_JUDGE_LIVENESS_H
#define SCANDRIFT_RESULT_JUDGE_LIVENESS_H

#include "result/result.h"

/*
 * A schedule that is on may still scan nothing: does the state that comes with the config say that
 * scans run and end well? Judged while the schedule is on. Where the state cannot be understood
 * *unclear says so, and has no message otherwise; what the setting is, is known all the same.
 * The vendor's times are by its clock, which is `clock_ahead_s` before this machine's. A time that
 * was given (--now) is no clock's.
 */
struct err *judge_liveness(struct result *r, const struct target *t, const struct reading *live,
			   int64_t clock_ahead_s, struct note *unclear) MUST_USE;

/* Is it one of which judge_liveness has nothing unclear to say? */
bool liveness_is_legible(const struct reading *r);

/*
 * A schedule that was switched on less than two periods ago need not have scanned yet. That it is
 * on while its baseline is off does not say when: history may, and then `stale` becomes a notice.
 */
bool liveness_can_be_excused(const struct finding *f);
struct err *liveness_excuse(struct result *r, struct finding *stale, const struct reading *live,
			    int64_t on_since_s) MUST_USE;

/*
 * One that has never run is a notice at first; not any more when history has had it on for two
 * periods, or does not reach back to where it was first seen on (`is_cut`).
 */
bool liveness_is_never_run(const struct finding *f);
struct err *liveness_end_grace(struct result *r, struct finding *never, const struct reading *live,
			       bool is_cut, int64_t on_since_s) MUST_USE;

/* The pointer of the field that says whether the schedule is on. */
struct err *liveness_switch(const struct reading *r, struct arena *a, struct str *out) MUST_USE;

#endif
