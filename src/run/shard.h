/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_SHARD_H
#define SCANDRIFT_RUN_SHARD_H

#include "policy/targets.h"
#include "run/io.h"

/*
 * --shard: one part of the targets, so that several machines share a night. Target i of the list is
 * in shard i mod N, so that each is in exactly one and neighbours are not together. The parts come
 * from K/N, from GitLab's CI_NODE_INDEX and CI_NODE_TOTAL (auto), or from the index of a Kubernetes
 * Indexed Job (auto/N); the environment is looked at only where auto is said. NULL: all targets.
 * Replaces the list by one in the arena.
 */
struct err *shard_select(const char *part, const struct io *io, struct arena *a,
			 const struct target *const **list, size_t *count) MUST_USE;

#endif
