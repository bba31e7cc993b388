/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_REVIEW_FILES_H
#define SCANDRIFT_RUN_REVIEW_FILES_H

#include "run/review_pairs.h"

/*
 * The files that decide whether anybody sees or runs what is judged: the jobs, and the attributes that
 * git gives to the files below baselines/ and policies/, to each target's baseline and to the jobs.
 */
struct review_files {
	const struct review_side *base, *head;
	const struct repo_changed *changed; /* where the two differ */
	struct arena *arena;
	struct result *result;
	struct loosenings *list;
};

/* approval/pipeline: each job file that is not what it was. */
struct err *review_jobs(const struct review_files *f) MUST_USE;

/* approval/attribute: each .gitattributes on the way to a judged file, see run/attributes.h. */
struct err *review_attributes(const struct review_files *f) MUST_USE;

#endif
