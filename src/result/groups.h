/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_GROUPS_H
#define SCANDRIFT_RESULT_GROUPS_H

#include "result/finding.h"

/*
 * What many targets have alike, found once for every output: findings of one cause, and targets of
 * which the same is told. The entries themselves stay as they are; a group names them. The result
 * holds its groups, and result_finish makes them, so the two know each other.
 */

struct result;
struct result_target;

/* The order of a report: what could not be judged, what counts, what was let pass. */
enum section { SECTION_INCOMPLETE, SECTION_FINDINGS, SECTION_SETTLED, SECTION_COUNT };

#define GROUP_NONE SIZE_MAX

/*
 * Findings of one cause: the same rule, severity and path, found in the same words but for what is
 * each target's own. What could not be judged is one cause where reason and code are the same,
 * whatever the vendor's words and RequestIds are.
 */
struct finding_group {
	enum section section;
	const struct finding *const *members; /* by target; the first is the example */
	size_t count;
	const struct str *targets; /* each once; a review's row stands for several */
	size_t target_count;       /* 0: of the run as a whole */
	size_t of;                 /* the group of targets that has all of them; or GROUP_NONE */
};

/* Targets with the same outcome, and with the same coverage where it is told. */
struct target_group {
	const struct result_target *const *rows; /* in the order of the result */
	size_t count;
	const struct str *names; /* of all rows; a review's row has several */
	size_t name_count;
	const struct finding_group **findings; /* whose targets are all in here */
	size_t finding_count;
};

struct groups {
	const struct finding_group *findings; /* by section, the gravest first */
	size_t finding_count;
	const struct target_group *targets; /* in the order of their first rows */
	size_t target_count;
};

/* From the result's rows and sorted findings, into its arena. result_finish calls it. */
struct err *groups_find(struct result *r) MUST_USE;

/*
 * What was found and what to do, as it holds for all members; where nothing does, as the first one
 * has it: then the group shows an example, as it does of RequestIds that differ.
 */
struct str group_message(const struct finding_group *g);
struct str group_next(const struct finding_group *g);
bool group_shows_example(const struct finding_group *g);

/* How many members are at another place than the first one. */
size_t group_other_places(const struct finding_group *g);

struct group_time {
	int64_t since_s;
	bool is_bound; /* or earlier, for some */
	bool differs;  /* the earliest: not for all of them */
};

/* Since when, where history knows it of all members. */
bool group_since(const struct finding_group *g, struct group_time *out);

#endif
