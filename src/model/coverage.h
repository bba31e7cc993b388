/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_MODEL_COVERAGE_H
#define SCANDRIFT_MODEL_COVERAGE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/config.h"

/*
 * What a config scans, when, and what it leaves out: short sentences for a person, fixed enough for
 * a policy to assert. What the vendor leaves open is said as not known, never guessed.
 */

struct coverage {
	const struct str *lines;
	size_t count;
};

/* Texts are in the arena; members from outside stand in them as JSON strings. */
struct err *coverage_describe(const struct config *c, struct arena *a,
			      struct coverage *out) MUST_USE;

#endif
