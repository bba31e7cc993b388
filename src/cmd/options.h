/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_OPTIONS_H
#define SCANDRIFT_CMD_OPTIONS_H

#include "base/arena.h"
#include "cmd/commands.h"
#include "result/finding.h"

/*
 * The command line. One table holds every option with the commands that know it; --help, the errors
 * for unknown ones and the completion come from it. A command sees this struct and never argv.
 */

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

#define EXPECT_MAX     64u
#define ASSERTIONS_MAX 64u
#define PATHS_MAX      64u

#define DIRS_MAX    16u
#define OUTPUTS_MAX 32u

struct format;

/* --output FORMAT=PATH */
struct output {
	const struct format *format;
	const char *path;
};

struct options {
	const char *dirs[DIRS_MAX]; /* -C, each from the one before */
	size_t dir_count;
	bool help, version, quiet, verbose;
	enum colour colour;

	const char *format; /* NULL: the command's own default */
	struct output outputs[OUTPUTS_MAX];
	size_t output_count;
	const char *replay, *record;
	const char *endpoint, *ca_bundle;
	uint64_t max_reply;
	uint64_t timeout_ms; /* 0: the target's */
	bool has_now;
	int64_t now_s;
	enum severity fail_on;
	bool never_fail;
	bool push;                   /* accept, check */
	const char *push_remote;     /* NULL: the branch's own, or origin */
	bool journal, journal_start; /* check */
	bool runs;                   /* log */
	int64_t every_s;             /* log --runs; 0: not said */
	const char *commit_branch;   /* check --commit[=BRANCH]; NULL: not asked for */

	const char *approve;  /* review; NULL: nothing */
	bool leave_approvals; /* review --approvals report */

	const char *expect[EXPECT_MAX]; /* accept --expect, in the order of the targets */
	size_t expect_count;
	bool allow_weakened, dry_run, shared;
	const char *branch; /* NULL: the current one */
	const char *rev;    /* show */
	bool has_as_of;     /* show */
	int64_t as_of_s;
	const char *from;             /* accept: a stored result */
	const char *paths[PATHS_MAX]; /* accept --path; none: all */
	size_t path_count;

	uint64_t deadline_ms;                   /* 0: none */
	unsigned jobs;                          /* 0: the default */
	const char *ci;                         /* init; NULL: no job file */
	const char *shard;                      /* check; NULL: all targets */
	bool explain_credentials;               /* fetch */
	bool raw, show_request;                 /* fetch */
	bool digest, jcs;                       /* normalize */
	const char *assertions[ASSERTIONS_MAX]; /* normalize --assert */
	size_t assertion_count;
	bool config_only; /* check */

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

extern const struct option options[];
extern const size_t option_count;

#define ON(command) (1u << (command))
#define ON_ALL      (~0u)

/*
 * Reads argv. *command is NULL where none is named (with --help or --version). Arguments that stay
 * are in the arena. ERR_USAGE names what is wrong and, where near, what may have been meant.
 */
struct err *options_parse(int argc, char **argv, struct arena *a, struct options *out,
			  const struct command **command) MUST_USE;

#endif
