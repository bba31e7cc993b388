/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPORT_GROUPS_H
#define SCANDRIFT_REPORT_GROUPS_H

#include "result/result.h"

/*
 * The findings in the order of a short report: what could not be judged, what counts, what was let
 * pass; in each the gravest first. What many targets have alike is one group and told once.
 */

enum section { SECTION_INCOMPLETE, SECTION_FINDINGS, SECTION_WAIVED, SECTION_COUNT };

struct group {
	enum section section;
	const struct finding *const *members; /* of several targets; the first stands for all */
	size_t count;
	size_t target_count; /* a review's row may stand for many; 0: of the run as a whole */
};

struct groups {
	const struct finding **members;
	struct group *list;
	size_t count;
};

struct err *groups_new(const struct result *r, struct groups *out) MUST_USE;
void groups_free(struct groups *g);

/* The name of target i of the group, i < target_count. */
struct str group_target(const struct result *r, const struct group *g, size_t i);

/* In how many groups of the section. */
size_t groups_count(const struct groups *g, enum section s);

#endif
