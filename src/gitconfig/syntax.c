/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The syntax of git's configuration files, character by character as git reads it: the files are
 * read here and not by libgit2, because what git includes in the middle of a file decides which
 * value is the last one.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "gitconfig/parts.h"

#define NAME_MAX_BYTES  4096u
#define VALUE_MAX_BYTES ((size_t)1 << 20)

struct reader {
	struct str text;
	size_t at;
	unsigned line;
	struct buf key, value;
};

static int next_char(struct reader *r)
{
	if (r->at < r->text.n && r->text.p[r->at] == '\r' && r->at + 1 < r->text.n &&
	    r->text.p[r->at + 1] == '\n')
		r->at++;
	if (r->at >= r->text.n) {
		r->at++;
		return '\n';
	}
	if (r->text.p[r->at] == '\n')
		r->line++;
	return (unsigned char)r->text.p[r->at++];
}

static bool is_end(const struct reader *r)
{
	return r->at > r->text.n;
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_name_char(int c)
{
	return c < 0x80 && (isalnum(c) || c == '-');
}

/* What follows the blank in [section "sub"]. */
static bool read_subsection(struct reader *r, int c)
{
	while (is_blank(c)) {
		if (c == '\n')
			return false;
		c = next_char(r);
	}
	if (c != '"')
		return false;
	buf_char(&r->key, '.');
	while ((c = next_char(r)) != '"') {
		if (c == '\\')
			c = next_char(r);
		if (c == '\n')
			return false;
		buf_char(&r->key, (char)c);
	}
	return next_char(r) == ']';
}

static bool read_section(struct reader *r)
{
	int c;

	buf_clear(&r->key);
	while ((c = next_char(r)) != ']') {
		if (is_blank(c))
			return read_subsection(r, c);
		if (!is_name_char(c) && c != '.')
			return false;
		buf_char(&r->key, (char)tolower(c));
	}
	return true;
}

/* After a backslash. False for what git does not know. */
static bool read_escape(struct reader *r)
{
	static const char from[] = "tbn\\\"", to[] = "\t\b\n\\\"";
	int c = next_char(r);
	const char *p = c ? strchr(from, c) : NULL;

	if (c == '\n')
		return true; /* the value goes on in the next line */
	if (!p)
		return false;
	buf_char(&r->value, to[p - from]);
	return true;
}

static bool read_value(struct reader *r)
{
	bool is_quoted = false, is_comment = false;
	size_t spaces = 0;
	int c;

	buf_clear(&r->value);
	while ((c = next_char(r)) != '\n') {
		if (is_comment)
			continue;
		if (!is_quoted && is_blank(c)) {
			spaces += r->value.n != 0;
			continue;
		}
		if (!is_quoted && (c == ';' || c == '#')) {
			is_comment = true;
			continue;
		}
		for (; spaces; spaces--)
			buf_char(&r->value, ' ');
		if (c == '"')
			is_quoted = !is_quoted;
		else if (c != '\\')
			buf_char(&r->value, (char)c);
		else if (!read_escape(r))
			return false;
	}
	return !is_quoted;
}

/* A variable whose first letter is `c`. */
static struct err *read_variable(struct reader *r, int c, gitconfig_see *see, void *ctx, bool *fine)
{
	size_t section = r->key.n;
	bool has_value;
	struct err *e;

	*fine = false;
	if (section == 0)
		return NULL;
	buf_char(&r->key, '.');
	for (; is_name_char(c); c = next_char(r))
		buf_char(&r->key, (char)tolower(c));
	while (c == ' ' || c == '\t')
		c = next_char(r);
	has_value = c != '\n';
	if (has_value && (c != '=' || !read_value(r)))
		return NULL;
	TRY(buf_check(&r->key, ERR_REPO, "git configuration: a name"));
	TRY(buf_check(&r->value, ERR_REPO, "git configuration: a value"));
	*fine = true;
	e = see(ctx, r->key.p, has_value ? r->value.n ? r->value.p : "" : NULL);
	r->key.n = section;
	r->key.room = 0;
	r->key.p[section] = '\0';
	return e;
}

static struct err *parse_all(struct reader *r, const char *name, gitconfig_see *see, void *ctx)
{
	bool is_comment = false, fine = true;
	unsigned line;
	int c;

	for (;;) {
		c = next_char(r);
		line = r->line;
		if (c == '\n') {
			if (is_end(r))
				return NULL;
			is_comment = false;
		} else if (c == '#' || c == ';') {
			is_comment = true;
		} else if (is_comment || is_blank(c)) {
			continue;
		} else if (c == '[') {
			fine = read_section(r);
		} else if (c < 0x80 && isalpha(c)) {
			TRY(read_variable(r, c, see, ctx, &fine));
		} else {
			fine = false;
		}
		if (!fine)
			return err_new(ERR_REPO, "git configuration %s:%u: cannot be read", name,
				       line);
	}
}

struct err *gitconfig_parse(struct str text, const char *name, gitconfig_see *see, void *ctx)
{
	struct reader r = {.text = text,
			   .line = 1,
			   .key = BUF_INIT(NAME_MAX_BYTES),
			   .value = BUF_INIT(VALUE_MAX_BYTES)};
	struct err *e;

	if (str_starts(text, "\xef\xbb\xbf"))
		r.at = 3;
	e = parse_all(&r, name, see, ctx);
	buf_free(&r.key);
	buf_free(&r.value);
	return e;
}
