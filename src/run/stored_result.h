/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_STORED_RESULT_H
#define SCANDRIFT_RUN_STORED_RESULT_H

#include "run/workspace.h"

/*
 * A JSON result that a run wrote, as far as accept --from needs it: what each target's live config
 * was. The file is taken at its word for nothing but that: the config must have the digest that
 * stands beside it, and is judged anew.
 */
struct stored;

/* Everything is in the workspace's arena. */
struct err *stored_open(const char *file, const struct workspace *w,
			const struct stored **out) MUST_USE;

/*
 * The live side of a target as it was then. *out may share the reading of `base`. An error, where
 * the result does not hold it.
 */
struct err *stored_side(const struct stored *s, const struct target *t,
			const struct baseline_side *base, struct live_side *out) MUST_USE;

/* The digest of the baseline that it was judged by, empty without; and the vendor's id of the call. */
struct str stored_baseline_digest(const struct stored *s, const struct target *t);
struct str stored_request_id(const struct stored *s, const struct target *t);

#endif
