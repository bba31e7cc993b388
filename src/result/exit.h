/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_EXIT_H
#define SCANDRIFT_RESULT_EXIT_H

#include "result/result.h"

/* The exit codes, and the one place that chooses them. */
enum exit_code {
	EXIT_FINE = 0,
	EXIT_NO = 1,          /* the answer is no */
	EXIT_UNUSABLE = 2,    /* usage, configuration or repository: nothing was judged */
	EXIT_INCOMPLETE = 3,  /* something could not be judged, or fetched */
	EXIT_SIDE_EFFECT = 4, /* judged, but an output or a commit failed */
	EXIT_BY_SIGNAL = 128  /* and the signal's number */
};

/* 1 outranks 3, 3 outranks 4. */
enum exit_code exit_for_result(const struct result *r);

/* A command that ended in an error. */
enum exit_code exit_for_error(const struct err *e);

/*
 * The code of a run that had come to `judged` when something failed: an output that cannot be
 * written leaves a no, or a gap, what it was, and a signal is what ended it, whatever failed then.
 */
int exit_for_failure(int judged, enum exit_code failure);

#endif
