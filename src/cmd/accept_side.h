/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_ACCEPT_SIDE_H
#define SCANDRIFT_CMD_ACCEPT_SIDE_H

#include "cmd/run_judge.h"
#include "cmd/stored.h"

/*
 * What accept would make the baseline of each target: what is live, or of it the fields that --path
 * names over the committed rest. Judged as the pair that it makes with the committed baseline.
 */
struct err *accept_judge(const struct options *o, const struct workspace *w, struct live *l,
			 const struct stored *stored, struct result *r,
			 struct sides *sides) MUST_USE;

#endif
