/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_JOB_FILES_H
#define SCANDRIFT_RUN_JOB_FILES_H

#include <stddef.h>

/*
 * The job files that `init --ci` writes, by their paths in the repository. A review looks at the same
 * paths: who changes the job that runs the check needs to change nothing else.
 */
enum job_file_id {
	JOB_GITHUB_NIGHTLY,
	JOB_GITHUB_REVIEW,
	JOB_GITLAB_PIPELINE,
	JOB_GITLAB_NIGHTLY,
	JOB_GITLAB_REVIEW,
	JOB_KUBERNETES,
	JOB_FILE_COUNT,
};

struct job_file {
	const char *ci; /* as --ci names it */
	const char *path;
};

extern const struct job_file job_files[]; /* JOB_FILE_COUNT */

#endif
