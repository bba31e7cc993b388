/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/commands.h"

#include <stdint.h>

#include "base/suggest.h"

/* clang-format off */
const struct command commands[COMMAND_COUNT] = {
	{ CMD_ACCEPT,    "accept",    "TARGET...",  "show what is live; with --expect make it the new baseline", 1, SIZE_MAX, DOCUMENT_RESULT, cmd_accept },
	{ CMD_CHECK,     "check",     "[TARGET...]", "compare what is live with the committed baselines",        0, SIZE_MAX, DOCUMENT_RESULT, cmd_check },
	{ CMD_DIFF,      "diff",      "A B",        "compare two of: live:TARGET, a file, -, REV:PATH",       2, 2,        DOCUMENT_PAIR, cmd_diff },
	{ CMD_FETCH,     "fetch",     "TARGET",     "print the live config in canonical form",                    1, 1,        DOCUMENT_NONE, cmd_fetch },
	{ CMD_INIT,      "init",      "[TARGET]",   "write targets, a starter policy and the first baseline",     0, 1,        DOCUMENT_NONE, cmd_init },
	{ CMD_LOG,       "log",       "[TARGET...]", "tell when baselines, and what is live, changed: when, who, what it means", 0, SIZE_MAX, DOCUMENT_TIMELINES, cmd_log },
	{ CMD_NORMALIZE, "normalize", "[FILE]",     "print the canonical form of a reply or a baseline",          0, 1,        DOCUMENT_NONE, cmd_normalize },
	{ CMD_REVIEW,    "review",    "[BASE..HEAD]", "what a change of baselines, policies and targets means; offline", 0, 2, DOCUMENT_RESULT, cmd_review },
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
