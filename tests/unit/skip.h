/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_UNIT_SKIP_H
#define SCANDRIFT_UNIT_SKIP_H

/* Include cmocka.h, and what it wants, first. */

/*
 * A part that cannot run here is skipped by name. cmocka tells of it in its output alone, and ends
 * as if it had passed; the exit status says it to who counts.
 */

static int skipped_parts;

/* Leaves the test. */
static inline void skip_for(const char *reason)
{
	print_message("skipped: %s\n", reason);
	skipped_parts++;
	skip();
}

/* What main returns: the failures, else 77 where something was skipped. */
static inline int exit_with_skips(int failures)
{
	return !failures && skipped_parts ? 77 : failures;
}

#endif
