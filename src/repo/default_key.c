/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ssh key that nothing names: the first line that gpg.ssh.defaultKeyCommand prints, such as
 * "ssh-add -L". As in git no shell reads the command, and the line is a key and no path.
 */
#include <stdlib.h>
#include <string.h>

#include "base/child.h"
#include "repo/git.h"

#define WORDS_MAX 64u
#define TIMEOUT_S 60u

static const char command_key[] = "gpg.ssh.defaultkeycommand";

/*
 * Words of a command line: blanks part them; quotes, single and double, and backslashes keep them
 * together. Cuts `text` up in place; false for an open quote or too many.
 */
static bool split_words(char *text, const char **words)
{
	char *from = text, *to = text, quote = '\0';
	size_t n = 0;

	for (;;) {
		from += strspn(from, " \t\n");
		if (!*from)
			break;
		if (n + 1 == WORDS_MAX)
			return false;
		words[n++] = to;
		for (; *from && (quote || !strchr(" \t\n", *from)); from++) {
			if (!quote && (*from == '\'' || *from == '"'))
				quote = *from;
			else if (*from == quote)
				quote = '\0';
			else if (*from == '\\' && quote != '\'' && from[1])
				*to++ = *++from;
			else
				*to++ = *from;
		}
		if (quote)
			return false;
		if (*from)
			from++;
		*to++ = '\0';
	}
	words[n] = NULL;
	return n > 0;
}

static struct err *first_line(const struct child_result *r, char **out)
{
	struct str line = buf_view(&r->out);
	const char *end = line.n ? memchr(line.p, '\n', line.n) : NULL;

	if (end)
		line.n = (size_t)(end - line.p);
	line = str_trim(line);
	if (!str_starts(line, "ssh-") && !str_starts(line, "key::"))
		return err_new(ERR_REPO,
			       "%s: its first line is no key; expected \"ssh-...\" or \"key::...\"",
			       command_key);
	*out = strndup(line.p, line.n);
	return *out ? NULL : err_nomem();
}

struct err *default_ssh_key(struct repo *r, char **out)
{
	const char *words[WORDS_MAX];
	struct child_request req = {words, {0}, TIMEOUT_S};
	struct child_result result;
	char *command = NULL;
	struct err *e;

	TRY(gitconfig_text(r->config, command_key, &command));
	if (!command)
		return err_new(ERR_REPO,
			       "commit.gpgsign is set with gpg.format ssh, and neither "
			       "user.signingkey nor gpg.ssh.defaultKeyCommand names a key");
	if (!split_words(command, words)) {
		free(command);
		return err_new(ERR_REPO, "%s: expected a program and its words, each quote closed",
			       command_key);
	}
	e = child_run(&req, &result);
	if (!e && result.status != 0)
		e = child_failure(ERR_REPO, words[0], &result);
	if (!e)
		e = first_line(&result, out);
	child_free(&result);
	free(command);
	return e;
}
