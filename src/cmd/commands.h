/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_COMMANDS_H
#define SCANDRIFT_CMD_COMMANDS_H

#include <stddef.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "report/formats.h"

struct io;
struct options;

enum command_id {
	CMD_ACCEPT,
	CMD_CHECK,
	CMD_DIFF,
	CMD_FETCH,
	CMD_INIT,
	CMD_LOG,
	CMD_NORMALIZE,
	CMD_REVIEW,
	CMD_SHOW,
	COMMAND_COUNT,
};

/*
 * A command sets *code, or returns an error whose kind gives the code. It writes its result to
 * standard output and everything else to the log.
 */
struct command {
	enum command_id id;
	const char *name;
	const char *arguments; /* for --help */
	const char *help;
	size_t least, most; /* arguments */
	enum document prints;
	struct err *(*run)(const struct options *o, struct io *io, int *code);
};

extern const struct command commands[COMMAND_COUNT];

/* ERR_USAGE with a suggestion for an unknown name. */
struct err *command_find(struct str name, const struct command **out) MUST_USE;

/* The rows' functions, each in a file of its name. */
struct err *cmd_accept(const struct options *o, struct io *io, int *code) MUST_USE;
struct err *cmd_check(const struct options *o, struct io *io, int *code) MUST_USE;
struct err *cmd_diff(const struct options *o, struct io *io, int *code) MUST_USE;
struct err *cmd_fetch(const struct options *o, struct io *io, int *code) MUST_USE;
struct err *cmd_init(const struct options *o, struct io *io, int *code) MUST_USE;
struct err *cmd_log(const struct options *o, struct io *io, int *code) MUST_USE;
struct err *cmd_normalize(const struct options *o, struct io *io, int *code) MUST_USE;
struct err *cmd_review(const struct options *o, struct io *io, int *code) MUST_USE;
struct err *cmd_show(const struct options *o, struct io *io, int *code) MUST_USE;

#endif
