/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_CI_ENV_H
#define SCANDRIFT_CMD_CI_ENV_H

#include "base/arena.h"
#include "repo/range.h"
#include "run/io.h"

/*
 * What a CI system says is to be reviewed: GitHub Actions by its event file, GitLab by variables.
 * Each value is checked before it is used; texts are in the arena. ERR_USAGE where no system is
 * known by its environment, or its event has nothing to compare with: then a range must be given.
 */
struct err *ci_env_range(const struct io *io, struct arena *a, struct range_wish *out) MUST_USE;

#endif
