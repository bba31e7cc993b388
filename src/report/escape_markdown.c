/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from outside in Markdown. References for every punctuation mark are not enough: readers make
 * links of what they decode, and GitHub looks for mentions in what was rendered. In a code span
 * nothing of this happens.
 */
#include <string.h>

#include "base/escape.h"
#include "base/utf8.h"
#include "report/escape.h"

/* So many digits and no more are a number; more could be the name of a commit. */
#define NUMBER_DIGITS_MAX 6u

/* GitHub takes so many hex digits for the name of a commit: "defaced" is a word and such a name. */
#define COMMIT_DIGITS_MIN 7u

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Hidden ones and blanks are seen in code alone. */
static bool is_plain_wide(uint32_t cp)
{
	return cp >= 0x80 && !escape_is_hidden(cp) && !escape_is_blank(cp);
}

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c) != NULL;
}

/* A word with no other sign in it than an apostrophe between letters: "vendor's". */
static bool is_word(struct str s)
{
	bool could_be_commit = s.n >= COMMIT_DIGITS_MIN;
	uint32_t cp = 0;

	for (size_t i = 0, n; i < s.n; i += n) {
		char c = s.p[i];

		n = utf8_decode((struct str){s.p + i, s.n - i}, &cp);
		could_be_commit &= is_one_of(c, "abcdefABCDEF");
		if (is_letter(c) || (n && is_plain_wide(cp)))
			continue;
		if (c != '\'' || i == 0 || i + 1 == s.n)
			return false;
	}
	return s.n && !could_be_commit;
}

static bool is_number(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return s.n && s.n <= NUMBER_DIGITS_MAX;
}

/* "(weakened)", "images," and "14": with nothing before or behind them that Markdown would read. */
static bool is_plain(struct str s)
{
	struct str number = s;

	if (number.n && number.p[number.n - 1] == ',')
		number.n--;
	if (is_number(number))
		return true;
	if (s.n && s.p[0] == '(') {
		s.p++;
		s.n--;
	}
	while (s.n && is_one_of(s.p[s.n - 1], ",.;:?)"))
		s.n--;
	return is_word(s);
}

/* To the next space that stands in no quotes. A quote that nobody closes reaches to the end. */
static size_t unit_length(struct str s)
{
	bool is_quoted = false;
	size_t i;

	for (i = 0; i < s.n && (is_quoted || s.p[i] != ' '); i++) {
		if (s.p[i] == '"')
			is_quoted = !is_quoted;
		else if (is_quoted && s.p[i] == '\\' && i + 1 < s.n)
			i++;
	}
	return i;
}

static struct str skip_spaces(struct str s)
{
	while (s.n && s.p[0] == ' ') {
		s.p++;
		s.n--;
	}
	return s;
}

/* Behind something else on its line, "a > b" quotes nothing. */
static bool is_plain_inside(struct str s)
{
	return is_plain(s) || str_is(s, ">");
}

/* As many units as stand together and are no plain words. */
static size_t code_length(struct str s)
{
	size_t end = unit_length(s);

	for (;;) {
		struct str next = skip_spaces((struct str){s.p + end, s.n - end});
		struct str unit = {next.p, unit_length(next)};

		if (!unit.n || is_plain_inside(unit))
			return end;
		end = (size_t)(unit.p - s.p) + unit.n;
	}
}

/* "a/b," is code and a comma. */
static void put_code(struct buf *out, struct str s)
{
	size_t sign = s.n > 1 && is_one_of(s.p[s.n - 1], ",.;:");

	escape_markdown_code(out, (struct str){s.p, s.n - sign});
	buf_add(out, s.p + s.n - sign, sign);
}

void escape_markdown(struct buf *out, struct str s)
{
	bool is_first = true;

	for (s = skip_spaces(s); s.n; s = skip_spaces(s)) {
		struct str unit = {s.p, unit_length(s)};

		if (!is_first)
			buf_char(out, ' ');
		if (is_first ? is_plain(unit) : is_plain_inside(unit)) {
			buf_str(out, unit);
		} else {
			unit.n = code_length(s);
			put_code(out, unit);
		}
		is_first = false;
		s.p += unit.n;
		s.n -= unit.n;
	}
}

void escape_markdown_raw(struct buf *out, struct str s)
{
	while (s.n) {
		size_t n = 0;

		while (n < s.n && s.p[n] != '`' && s.p[n] != '|')
			n++;
		escape_terminal(out, (struct str){s.p, n});
		if (n < s.n)
			buf_puts(out, s.p[n++] == '`' ? "\\u0060" : "\\u007c");
		s.p += n;
		s.n -= n;
	}
}

void escape_markdown_code(struct buf *out, struct str s)
{
	if (!s.n)
		return;
	buf_char(out, '`');
	escape_markdown_raw(out, s);
	buf_char(out, '`');
}
