/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CMD_HELP_H
#define SCANDRIFT_CMD_HELP_H

#include "cmd/options.h"

/* --help, from the tables of commands and options. */
void help_overview(struct buf *b);
void help_command(struct buf *b, const struct command *c);

#endif
