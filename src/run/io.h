/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_IO_H
#define SCANDRIFT_RUN_IO_H

#include <stdio.h>

#include "base/buf.h"
#include "base/log.h"

/*
 * What a command has of the world outside: two streams, the environment, the clock. Standard output
 * carries the result alone; notes, warnings and errors go to the log, which is standard error.
 */
struct io {
	FILE *out;
	struct log log;
	const char *(*env)(void *ctx, const char *name);
	void *env_ctx;
	bool out_is_terminal, err_is_terminal;
	unsigned width; /* of the terminal, 0 without one */
	bool has_colour;
};

/* The process's own. */
struct io io_process(void);

const char *io_env(const struct io *io, const char *name);

/* All bytes to standard output, flushed; ERR_OUTPUT where that fails. */
struct err *io_write(const struct io *io, struct str bytes) MUST_USE;

/* Prints the error, its chain in one line, and gives the exit code. Frees it. */
int io_fail(const struct io *io, struct err *e);

#endif
