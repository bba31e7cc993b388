/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_HISTORY_COMMIT_MESSAGE_H
#define SCANDRIFT_HISTORY_COMMIT_MESSAGE_H

#include "base/buf.h"
#include "policy/targets.h"
#include "result/result.h"

/*
 * Commit messages that a person reads in `git log` and a program reads by their trailers. What
 * comes from outside stands in them escaped; prose fits 72 columns.
 */

/* One target of a commit. */
struct message_part {
	const struct target *target;
	const struct result_target *row; /* its place in the result */
	const char *what;                /* "weakened", "first baseline" */
	struct str digest;               /* of what the commit holds for it */
};

struct message {
	const char *subject; /* "baselines: accept what is live for": the targets follow */
	const struct result *result;
	const struct message_part *parts;
	size_t part_count;
	const char *baseline_commit; /* a trailer, or NULL */
};

void message_write(struct buf *b, const struct message *m);

#endif
