/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_OPTIONS_H
#define SCANDRIFT_RUN_OPTIONS_H

#include "result/finding.h"

/*
 * The parts of a command line that a run goes by. The command line fills them (cmd/options.c); a
 * function takes the part that it needs. Texts are borrowed and live as long as the process.
 */

#define EXPECT_MAX  64u
#define PATHS_MAX   64u
#define OUTPUTS_MAX 32u

/* How replies are had: over the network, or from a directory. */
struct net_options {
	const char *replay, *record; /* directories; NULL: not given */
	const char *endpoint, *ca_bundle;
	uint64_t timeout_ms;  /* 0: the target's */
	uint64_t deadline_ms; /* of the whole run; 0: an hour */
	unsigned jobs;        /* 0: the default */
};

/* What counts as a failure, and as of when. */
struct evaluate_options {
	bool has_now;
	int64_t now_s;
	enum severity fail_on;
	bool never_fail;
};

struct format;

/* --output FORMAT=PATH */
struct output {
	const struct format *format;
	const char *path;
};

struct output_options {
	const struct format *format; /* of standard output; NULL: the command's own default */
	struct output files[OUTPUTS_MAX];
	size_t file_count;
};

/* What a run leaves in git. */
struct record_options {
	const char *branch; /* of what was observed; NULL: it is not recorded */
	bool journal, journal_start;
	bool push;
	const char *remote; /* of --push; NULL: the branch's own, or origin */
};

struct accept_options {
	const char *expect[EXPECT_MAX]; /* in the order of the targets */
	size_t expect_count;
	const char *paths[PATHS_MAX]; /* whole fields; none: all of them */
	size_t path_count;
	const char *from; /* a stored result; NULL: live */
	bool allow_weakened, dry_run, shared;
};

#endif
