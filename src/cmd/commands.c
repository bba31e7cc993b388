/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/commands.h"

#include <stdint.h>
#include <stdio.h>

#include "base/suggest.h"
#include "cmd/options.h"

/* clang-format off */
const struct command commands[COMMAND_COUNT] = {
	{ CMD_ACCEPT,    "accept",    "TARGET...",  "show what is live; with --expect make it the new baseline", 1, SIZE_MAX, DOCUMENT_RESULT, cmd_accept },
	{ CMD_CHECK,     "check",     "[TARGET...]", "compare what is live with the committed baselines",        0, SIZE_MAX, DOCUMENT_RESULT, cmd_check },
	{ CMD_DIFF,      "diff",      "A B",        "compare two of: live:TARGET, a file, -, REV:PATH",       2, 2,        DOCUMENT_PAIR, cmd_diff },
	{ CMD_FETCH,     "fetch",     "TARGET",     "print the live config in canonical form",                    1, 1,        DOCUMENT_NONE, cmd_fetch },
	{ CMD_INIT,      "init",      "[TARGET]",   "write targets, a starter policy and the first baseline",     0, 1,        DOCUMENT_NONE, cmd_init },
	{ CMD_LOG,       "log",       "[TARGET...]", "tell when baselines, and what is live, changed: when, who, what it means", 0, SIZE_MAX, DOCUMENT_TIMELINES, cmd_log },
	{ CMD_NORMALIZE, "normalize", "[FILE]",     "print the canonical form of a reply or a baseline",          0, 1,        DOCUMENT_NONE, cmd_normalize },
	{ CMD_REVIEW,    "review",    "[BASE..HEAD]", "what a change of baselines, policies and targets means; offline", 0, 1, DOCUMENT_RESULT, cmd_review },
	{ CMD_SHOW,      "show",      "TARGET",      "print a baseline as it is committed, or was",                1, 1,        DOCUMENT_NONE, cmd_show },
};
/* clang-format on */

struct err *command_find(struct str name, const struct command **out)
{
	struct suggest near = suggest_for(name);

	for (size_t i = 0; i < COMMAND_COUNT; i++) {
		if (str_is(name, commands[i].name)) {
			*out = &commands[i];
			return NULL;
		}
		suggest_offer(&near, str_from(commands[i].name));
	}
	if (near.best.n)
		return err_new(ERR_USAGE, "unknown command '%.*s'; did you mean '%.*s'?",
			       STR_ARG(name), STR_ARG(near.best));
	return err_new(ERR_USAGE, "unknown command '%.*s'; scandrift --help lists them",
		       STR_ARG(name));
}

static void help_options(struct buf *b, unsigned mask, bool shared, enum document prints)
{
	for (size_t i = 0; i < option_count; i++) {
		const struct option *o = &options[i];
		char name[48];
		const char *equals = o->argument ? (o->argument[0] == '[' ? "" : " ") : "";

		if ((o->commands == ON_ALL) != shared || !(o->commands & mask))
			continue;
		(void)snprintf(name, sizeof(name), "--%s%s%s", o->name, equals,
			       o->argument ? o->argument : "");
		if (o->letter)
			buf_printf(b, "  -%c, %-22s ", o->letter, name);
		else
			buf_printf(b, "      %-22s ", name);
		option_help(b, o, prints);
		buf_char(b, '\n');
	}
}

void help_overview(struct buf *b)
{
	buf_puts(b,
		 "Is the registry-image scan schedule that is live in TCSS the one that git says "
		 "it should be?\n\nUsage: scandrift COMMAND [OPTION...] [ARGUMENT...]\n\n"
		 "Commands:\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		buf_printf(b, "  %-10s %s\n", commands[i].name, commands[i].help);
	buf_puts(b, "\nOptions of every command:\n");
	help_options(b, ON_ALL, true, DOCUMENT_NONE);
	buf_puts(b,
		 "\nscandrift COMMAND --help tells the rest. Exit codes: 0 fine, 1 the answer is "
		 "no,\n2 usage or configuration, 3 incomplete, 4 judged but an output failed.\n");
}

void help_command(struct buf *b, const struct command *c)
{
	buf_printf(b, "Usage: scandrift %s [OPTION...] %s\n\n%s\n\nOptions:\n", c->name,
		   c->arguments, c->help);
	help_options(b, ON(c->id), false, c->prints);
	help_options(b, ON(c->id), true, c->prints);
}
