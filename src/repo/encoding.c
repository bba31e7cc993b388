/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commits whose texts are not UTF-8 name their encoding (i18n.commitEncoding). What a commit of
 * ours says is UTF-8 and mostly ASCII; names come from the configuration, in the user's encoding.
 */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"
#include "repo/git.h"

#define TEXT_MAX ((size_t)1 << 20)

static bool is_utf8(const char *encoding)
{
	return !encoding || !*encoding || strcasecmp(encoding, "utf-8") == 0 ||
	       strcasecmp(encoding, "utf8") == 0;
}

/* False where the encoding is unknown or the text is not in it. */
static bool convert(const char *from, const char *to, struct str text, struct buf *out)
{
	iconv_t cd = iconv_open(to, from);
	char *in = (char *)(uintptr_t)text.p, chunk[4096];
	size_t left = text.n;
	bool fine = true;

	if (cd == (iconv_t)-1)
		return false;
	while (fine && left) {
		char *at = chunk;
		size_t room = sizeof(chunk);

		if (iconv(cd, &in, &left, &at, &room) == (size_t)-1 && errno != E2BIG)
			fine = false;
		buf_add(out, chunk, (size_t)(at - chunk));
	}
	(void)iconv_close(cd);
	return fine && !out->failed_memory && !out->failed_ceiling;
}

const char *encoding_to_utf8(const char *encoding, struct str text, struct arena *a)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	const char *out;

	if (is_utf8(encoding) || !convert(encoding, "UTF-8", text, &b) ||
	    (b.n && memchr(b.p, '\0', b.n)))
		out = arena_str(a, text).p;
	else
		out = arena_str(a, buf_view(&b)).p;
	buf_free(&b);
	return out;
}

static struct err *message_in(const char *encoding, char **message)
{
	struct buf b = BUF_INIT(TEXT_MAX);
	struct err *e = NULL;
	char *text;

	if (!convert("UTF-8", encoding, str_from(*message), &b) || (b.n && memchr(b.p, '\0', b.n)))
		e = err_new(ERR_REPO,
			    "i18n.commitEncoding is \"%s\": the commit's message cannot be written "
			    "in it",
			    encoding);
	else if (!(text = strndup(b.n ? b.p : "", b.n)))
		e = err_nomem();
	if (!e) {
		free(*message);
		*message = text;
	}
	buf_free(&b);
	return e;
}

static struct err *check_name(const char *text, const char *what)
{
	struct str s = str_from(text);

	return utf8_invalid_at(s) == s.n
		       ? NULL
		       : err_new(ERR_REPO,
				 "the name or address of the commit's %s is not valid UTF-8; where "
				 "it is in another encoding: git config i18n.commitEncoding",
				 what);
}

struct err *encoding_find(struct repo *r, struct making *m)
{
	TRY(gitconfig_text(r->config, "i18n.commitencoding", &m->encoding));
	if (!is_utf8(m->encoding))
		return message_in(m->encoding, &m->message);
	free(m->encoding);
	m->encoding = NULL;
	TRY(check_name(m->author->name, "author"));
	TRY(check_name(m->author->email, "author"));
	TRY(check_name(m->committer->name, "committer"));
	return check_name(m->committer->email, "committer");
}
