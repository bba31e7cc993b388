/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_OPTIONS_H
#define SCANDRIFT_CMD_OPTIONS_H

#include "base/arena.h"
#include "cmd/commands.h"
#include "run/options.h"
#include "run/workspace.h"

/*
 * The command line. One table holds every option with the commands that know it; --help, the errors
 * for unknown ones and the completion come from it. A command sees this struct and never argv.
 */

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

#define ASSERTIONS_MAX 64u
#define DIRS_MAX       16u

struct options {
	const char *dirs[DIRS_MAX]; /* -C, each from the one before */
	size_t dir_count;
	bool help, version, quiet, verbose;
	enum colour colour;

	uint64_t max_reply; /* bytes of a reply, and of any file that is read like one */
	struct net_options net;
	struct evaluate_options evaluate;
	struct output_options output;
	struct record_options record; /* --push is accept's too */
	struct accept_options accept;

	const char *branch; /* accept, log, show; NULL: the current one */
	const char *rev;    /* check, show; NULL: none is named */
	struct {
		const char *shard; /* NULL: all targets */
		bool config_only, worktree;
	} check;
	struct {
		bool explain_credentials, raw, show_request;
	} fetch;
	struct {
		const char *ci; /* NULL: no job file */
	} init;
	struct {
		bool runs;
		int64_t every_s; /* 0: not given */
	} log;
	struct {
		bool digest, jcs;
		const char *assertions[ASSERTIONS_MAX];
		size_t assertion_count;
	} normalize;
	struct {
		const char *approve; /* NULL: nothing */
		bool leave_approvals, staged, trees;
	} review;
	struct {
		bool has_as_of;
		int64_t as_of_s;
	} show;

	const char **args; /* what is no option */
	size_t arg_count;
};

struct option {
	const char *name;     /* without dashes */
	char letter;          /* 0: none */
	const char *argument; /* NULL: takes none; "[X]": optional, with '=' alone */
	unsigned commands;    /* bits of enum command_id; ON_ALL */
	const char *help;
	struct err *(*set)(struct options *o, const struct option *row, const char *value);
	size_t offset; /* of the field that the generic setters write */
};

/* A line for --help of a command that prints this; it has no line feed. */
void option_help(struct buf *b, const struct option *row, enum document prints);

extern const struct option options[];
extern const size_t option_count;

#define ON(command) (1u << (command))
#define ON_ALL      (~0u)

/* The part of it that a workspace is opened by: HEAD, targets.ini to try, the named targets. */
struct workspace_options options_workspace(const struct options *o);

/*
 * Reads argv. *command is NULL where none is named (with --help or --version). Arguments that stay
 * are in the arena. ERR_USAGE names what is wrong and, where near, what may have been meant.
 */
struct err *options_parse(int argc, char **argv, struct arena *a, struct options *out,
			  const struct command **command) MUST_USE;

#endif
