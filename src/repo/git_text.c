/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/git_text.h"

#include <git2.h>
#include <string.h>

#include "base/redact.h"

char *git_text(void)
{
	const git_error *last = git_error_last();

	return last && last->message ? redact(str_from(last->message)) : NULL;
}

bool git_text_has(const char *word)
{
	const git_error *last = git_error_last();

	return last && last->message && strstr(last->message, word);
}

bool git_text_is_nomem(void)
{
	const git_error *last = git_error_last();

	return last && last->klass == GIT_ERROR_NOMEMORY;
}
