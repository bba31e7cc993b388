/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_REPLAY_H
#define SCANDRIFT_CLOUD_REPLAY_H

#include "cloud/fetch.h"

/*
 * --record DIR and --replay DIR. TARGET.json is the reply's body byte for byte, and enough by
 * itself. TARGET.meta.json holds time, status, headers without secrets and, where the fetch failed,
 * why: a failure is replayed as the same failure, whatever stands in TARGET.json.
 */

/* `commit`, or NULL: the commit whose baselines the run judges by. Makes the folder. */
struct err *replay_record(const char *dir, const char *target, const char *commit,
			  const struct fetch_outcome *o) MUST_USE;

/*
 * What replay_record was given, or a failure: "no-reply" without a file, "too-large" for one above
 * reply_max, "bad-recording" for a file that is not a regular one or a meta file that cannot be
 * understood. Follows no link below `dir`. ERR_CONFIG for a folder that is not there.
 */
struct err *replay_read(const char *dir, const char *target, const char *service, size_t reply_max,
			struct arena *a, struct fetch_outcome *out) MUST_USE;

/* What a recording says of itself, without its reply being read. */
struct recorded {
	bool has_reply;     /* there is a file with a body */
	bool is_unreadable; /* the meta file cannot be understood, which replay_read says */
	bool is_timed;      /* it says when the reply came */
	const char *commit; /* that it names, or NULL */
};

struct err *replay_look(const char *dir, const char *target, struct arena *a,
			struct recorded *out) MUST_USE;

/*
 * The commit that the target's recording names; NULL where it names none, is not there, or cannot
 * be understood, which replay_read says of that target alone.
 */
struct err *replay_commit(const char *dir, const char *target, struct arena *a,
			  const char **out) MUST_USE;

#endif
