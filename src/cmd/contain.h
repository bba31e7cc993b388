/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_CONTAIN_H
#define SCANDRIFT_CMD_CONTAIN_H

#include "base/arena.h"
#include "repo/open.h"
#include "run/io.h"
#include "run/options.h"

/*
 * A command that reads what strangers wrote shuts itself in, in two steps: no sockets, programs and
 * processes before it opens anything; no other files as soon as it knows which ones it needs. What
 * cannot be had is told and no error: a warning where the kernel has it, else with -v alone.
 */
void contain_calls(const struct io *io);

/*
 * The process ends with exit code 3 and one line when it has not ended by itself by then: what
 * strangers wrote may be made to take for ever. Of the processor a machine that is busy gives as
 * little as it likes, so the time that the work itself takes is a limit of its own; 0: there is none.
 */
struct err *contain_time(uint64_t limit_ms, uint64_t cpu_ms) MUST_USE;

/* Limits memory to so many bytes: an allocation beyond it fails. */
struct err *contain_memory(uint64_t bytes) MUST_USE;

/*
 * What may be read from here on is the repository (NULL: nothing), and what may be written are the
 * folders of the outputs (NULL: none), since a file is made there before it takes its place. An
 * error where the repository's own files do not say what belongs to it.
 */
struct err *contain_files(const struct io *io, const struct repo *repo,
			  const struct output_options *outputs, struct arena *a) MUST_USE;

/* One line of --version. */
void contain_describe(struct buf *b);

#endif
