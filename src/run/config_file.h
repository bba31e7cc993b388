/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RUN_CONFIG_FILE_H
#define SCANDRIFT_RUN_CONFIG_FILE_H

#include "run/workspace.h"

/*
 * The config at one path of a commit or of the working tree: baselines, observed configs, and what
 * diff and show name. A problem with the file is data here, no error.
 */
enum config_state {
	CONFIG_MISSING,
	CONFIG_READ,
	CONFIG_UNUSABLE, /* no file, no JSON, no schedule, or a value that cannot be compared */
};

struct config_file {
	enum config_state state;
	const char *path;
	struct str bytes;        /* of a file, also of an unusable one */
	struct reading *reading; /* READ */
	/* UNUSABLE: it is a schedule, or an error in place of one, and a part of it cannot be known. */
	bool is_incomplete;
	struct str problem;  /* UNUSABLE: one sentence, without the path */
	size_t problem_line; /* 0: the problem has no line */
};

/* `w` says how large a file may be and which aliases hold; everything is in the arena. */
struct err *config_file_read(const struct workspace *w, const struct file_tree *t, const char *path,
			     struct arena *a, struct config_file *out) MUST_USE;

/* Bytes that were read elsewhere: standard input, a file that is in no repository. */
struct err *config_file_parse(const struct workspace *w, const char *path, struct str bytes,
			      struct arena *a, struct config_file *out) MUST_USE;

/*
 * A baseline is no fragment: one that has the schedule on, without what such a schedule needs, is
 * unusable.
 */
struct err *config_file_demand(struct config_file *f, struct arena *a) MUST_USE;

/*
 * The same, and of a reply all without which check would call it incomplete. What names no call may
 * be a baseline or a part of one.
 */
struct err *config_file_demand_whole(struct config_file *f, struct arena *a) MUST_USE;

/* What keeps the file from being used, as an error of this kind; NULL: it is READ. */
struct err *config_file_require(const struct config_file *f, enum err_kind kind) MUST_USE;

#endif
