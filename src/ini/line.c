/* SPDX-License-Identifier: Apache-2.0 */
#include "ini/line.h"

#include <string.h>

#include "base/utf8.h"

#define SHOWN_MAX 60

struct str line_shown(struct str s)
{
	return utf8_prefix(s, SHOWN_MAX);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct str behind(struct str s, size_t n)
{
	return (struct str){s.p + n, s.n - n};
}

/* What is before " ;", as inih finds it: a semicolon at the very start begins no comment. */
static struct str before_comment(struct str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == ';' && is_blank(s.p[i - 1]))
			return (struct str){s.p, i};
	}
	return s;
}

static struct err *check_bytes(const char *file, size_t number, struct str raw)
{
	size_t column = 1, n;

	if (number == 1 && str_starts(raw, "\xef\xbb\xbf"))
		return ini_error(file, number,
				 "begins with a byte order mark, expected plain UTF-8");
	if (raw.n > INI_LINE_MAX)
		return ini_error(file, number, "line of %zu bytes, expected at most %d", raw.n,
				 INI_LINE_MAX);
	for (struct str s = raw; s.n; s = behind(s, n), column++) {
		uint32_t cp = 0;

		n = utf8_decode(s, &cp);
		if (n == 0)
			return ini_error(file, number,
					 "column %zu: byte 0x%02x, expected valid UTF-8", column,
					 (unsigned)(unsigned char)s.p[0]);
		if ((cp < 0x20 && cp != '\t') || (cp >= 0x7f && cp <= 0x9f))
			return ini_error(file, number,
					 "column %zu: control character U+%04X, expected text",
					 column, (unsigned)cp);
	}
	return NULL;
}

static struct err *scan_header(const char *file, size_t number, struct str raw, struct line *out)
{
	struct str head = before_comment(raw), rest, text;
	const char *end = memchr(head.p, ']', head.n);

	if (!end)
		return ini_error(file, number, "\"%.*s\" has no \"]\", expected [SECTION]",
				 STR_ARG(line_shown(str_trim(head))));
	out->word = (struct str){raw.p + 1, (size_t)(end - raw.p) - 1};
	rest = behind(raw, out->word.n + 2);
	text = str_trim(rest);
	if (text.n && (text.p[0] != ';' || !is_blank(rest.p[0])))
		return ini_error(file, number,
				 "\"%.*s\" behind \"]\", expected nothing, or \" ;\" and a comment",
				 STR_ARG(line_shown(text)));
	if (out->word.n > INI_WORD_MAX)
		return ini_error(file, number, "section name of %zu bytes, expected at most %d",
				 out->word.n, INI_WORD_MAX);
	out->kind = LINE_HEADER;
	return NULL;
}

static struct err *scan_key(const char *file, size_t number, struct str raw, struct line *out)
{
	struct str head = before_comment(raw);
	size_t at = 0;

	while (at < head.n && head.p[at] != '=' && head.p[at] != ':')
		at++;
	if (at < head.n && head.p[at] == ':')
		return ini_error(file, number, "\"%.*s\" with a colon, expected KEY = VALUE",
				 STR_ARG(line_shown((struct str){head.p, at + 1})));
	if (at == head.n)
		return ini_error(file, number, "\"%.*s\", expected KEY = VALUE or [SECTION]",
				 STR_ARG(line_shown(str_trim(head))));
	out->word = str_trim((struct str){head.p, at});
	if (out->word.n == 0)
		return ini_error(file, number, "nothing before \"=\", expected KEY = VALUE");
	if (out->word.n > INI_WORD_MAX)
		return ini_error(file, number, "key of %zu bytes, expected at most %d", out->word.n,
				 INI_WORD_MAX);
	for (at++; at < raw.n && is_blank(raw.p[at]); at++)
		;
	/* inih takes "key =;text" for a value, people for a comment. */
	if (at < raw.n && raw.p[at] == ';' && !is_blank(raw.p[at - 1]))
		return ini_error(file, number,
				 "\"=;\", expected a value, or a blank before the comment");
	out->kind = LINE_KEY;
	return NULL;
}

struct err *line_scan(const char *file, size_t number, struct str raw, bool has_key,
		      struct line *out)
{
	struct str text = str_trim(raw);

	*out = (struct line){.kind = LINE_EMPTY, .feed = raw};
	TRY(check_bytes(file, number, raw));
	if (text.n == 0 || text.p[0] == ';' || text.p[0] == '#')
		return NULL;
	if (is_blank(raw.p[0]) && !has_key)
		return ini_error(file, number,
				 "\"%.*s\" is indented, expected it at the start of the line",
				 STR_ARG(line_shown(text)));
	if (is_blank(raw.p[0])) {
		out->kind = LINE_MORE;
		out->feed = before_comment(raw);
		out->text = str_trim(out->feed);
		return NULL;
	}
	if (raw.p[0] == '[')
		return scan_header(file, number, raw, out);
	return scan_key(file, number, raw, out);
}
