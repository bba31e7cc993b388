/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_TEST_REPO_LIB_H
#define SCANDRIFT_TEST_REPO_LIB_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>

#include <cmocka.h>

#include "base/arena.h"
#include "repo/commit.h"

/*
 * Real repositories, made by the real git in a folder of their own. Everything that git would read
 * from the machine and the user is taken out of the environment.
 */
struct world {
	char dir[64];  /* the folder that holds all */
	char work[80]; /* a repository with one commit on main, in a path with a space */
	struct arena *arena;
	struct repo *repo;
};

int world_setup(void **state);
int world_teardown(void **state);

/* A shell command in w->work; must succeed. */
void run(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* What it prints, without the last line end; in the arena. */
const char *output(struct world *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Opens `dir` ("" is w->work) anew as w->repo. */
void reopen(struct world *w, const char *dir);

struct repo_commit resolved(struct world *w, const char *rev);
struct repo_tip tip_of(struct world *w, const char *branch);
struct repo_entry entry_of(struct world *w, const char *rev, const char *path);

/* One file on the current branch. */
struct err *commit_file(struct world *w, const char *path, const char *text,
			struct repo_commit_result *out);

/* The error is there, of this kind, and its text has all of `part`; frees it. */
void expect_err(struct err *e, enum err_kind kind, const char *part);
void expect_ok(struct err *e);

#endif
