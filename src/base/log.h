/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_LOG_H
#define SCANDRIFT_BASE_LOG_H

#include <stdbool.h>
#include <stdio.h>

#include "base/attr.h"

/*
 * Notes and warnings for a person, one line an event, on the stream that the command was given
 * (standard error). Control characters in them are made visible, and no line can become a command
 * of a CI system. Secrets have no way in: see base/secret.h.
 */

enum log_level { LOG_QUIET, LOG_NORMAL, LOG_VERBOSE };

struct log {
	FILE *out;
	enum log_level level;
	bool has_colour; /* of the name before errors and warnings; what they say has none */
};

void log_error(const struct log *log, const char *fmt, ...) PRINTF(2, 3);   /* always */
void log_warn(const struct log *log, const char *fmt, ...) PRINTF(2, 3);    /* always */
void log_note(const struct log *log, const char *fmt, ...) PRINTF(2, 3);    /* not with -q */
void log_verbose(const struct log *log, const char *fmt, ...) PRINTF(2, 3); /* with -v */

#endif
