/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_CONFIG_PATHS_H
#define SCANDRIFT_RUN_CONFIG_PATHS_H

#include "run/baseline.h"

/*
 * Puts the named fields of the live config over the rest of the baseline, in place of the live
 * config: what accept --path would commit. A target without a whole live config stays as it is.
 */
struct err *config_take_paths(const char *const *paths, size_t count, const struct target *t,
			      struct arena *a, struct sides *s) MUST_USE;

#endif
