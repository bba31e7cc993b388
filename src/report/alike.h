/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPORT_ALIKE_H
#define SCANDRIFT_REPORT_ALIKE_H

#include "result/result.h"

/*
 * The same change on many targets is told once. Rows are alike when both their sides have the same
 * digests, and their findings say the same; where in a file each stands may differ.
 */

struct alike {
	/* One a row of the result: the next row that is alike, or ALIKE_END. */
	size_t *next;
	bool *is_told; /* by a row before it */
};

#define ALIKE_END SIZE_MAX

/*
 * `list` is the findings, those of one target together, by target. Rows without a change are like
 * none.
 */
struct err *alike_new(const struct result *r, const struct finding *const *list,
		      struct alike *out) MUST_USE;
void alike_free(struct alike *a);

/* The findings of a target in such a list: *n of them from list[return value] on. */
size_t alike_findings(const struct result *r, const struct finding *const *list, struct str target,
		      size_t *n);

#endif
