/* SPDX-License-Identifier: Apache-2.0 */
#include "run/job_files.h"

#include <assert.h>

#include "base/attr.h"

const struct job_file job_files[] = {
	[JOB_GITHUB_NIGHTLY] = {"github", ".github/workflows/scandrift-nightly.yml"},
	[JOB_GITHUB_REVIEW] = {"github", ".github/workflows/scandrift-review.yml"},
	[JOB_GITLAB_PIPELINE] = {"gitlab", ".gitlab-ci.yml"},
	[JOB_GITLAB_NIGHTLY] = {"gitlab", ".gitlab/scandrift-nightly.yml"},
	[JOB_GITLAB_REVIEW] = {"gitlab", ".gitlab/scandrift-review.yml"},
	[JOB_KUBERNETES] = {"kubernetes", ".kubernetes/scandrift.yaml"},
};
static_assert(ARRAY_LEN(job_files) == JOB_FILE_COUNT, "each job file has a row");
