/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/help.h"

#include <stdio.h>

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
