/* SPDX-License-Identifier: Apache-2.0 */
#include "run/attributes.h"

#include <string.h>

#include "base/attr.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct str skip_blanks(struct str s)
{
	while (s.n && is_blank(*s.p)) {
		s.p++;
		s.n--;
	}
	return s;
}

static struct str take_word(struct str *rest)
{
	struct str word = skip_blanks(*rest);

	*rest = word;
	while (rest->n && !is_blank(*rest->p)) {
		rest->p++;
		rest->n--;
	}
	word.n -= rest->n;
	return word;
}

/* "text", "-text", "!eol", "eol=lf": line ends, which change nothing of what is judged. */
static bool is_about_line_ends(struct str word)
{
	static const char *const names[] = {"text", "eol", "crlf"};
	const char *equals;

	if (word.n && (*word.p == '-' || *word.p == '!'))
		word = (struct str){word.p + 1, word.n - 1};
	equals = word.n ? memchr(word.p, '=', word.n) : NULL;
	if (equals)
		word.n = (size_t)(equals - word.p);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (str_is(word, names[i]))
			return true;
	}
	return false;
}

static bool is_quiet(struct str line)
{
	struct str rest = skip_blanks(line), word;

	if (!rest.n || *rest.p == '#')
		return true;
	/* A quoted pattern may hold blanks, and a macro is no pattern. */
	if (*rest.p == '"' || str_starts(rest, "["))
		return false;
	(void)take_word(&rest);
	for (word = take_word(&rest); word.n; word = take_word(&rest)) {
		if (!is_about_line_ends(word))
			return false;
	}
	return true;
}

/* The next line that counts; false: there is none. */
static bool take_line(struct str *rest, struct str *line)
{
	while (rest->n) {
		const char *end = memchr(rest->p, '\n', rest->n);
		size_t n = end ? (size_t)(end - rest->p) : rest->n;

		*line = (struct str){rest->p, n};
		rest->p += end ? n + 1 : n;
		rest->n -= end ? n + 1 : n;
		if (!is_quiet(*line))
			return true;
	}
	return false;
}

/* For git a file ends at its first NUL, wherever the line with it ends. */
static bool has_nul(struct str text)
{
	return text.n && memchr(text.p, '\0', text.n);
}

bool attributes_have_macro(struct str text)
{
	return text.n && memmem(text.p, text.n, "[attr]", 6);
}

bool attributes_may_differ(struct str before, struct str after, bool is_strict)
{
	struct str was, is;
	bool has_was, has_is;

	if (is_strict || has_nul(before) || has_nul(after))
		return !str_eq(before, after);
	do {
		has_was = take_line(&before, &was);
		has_is = take_line(&after, &is);
		if (has_was != has_is || (has_was && !str_eq(was, is)))
			return true;
	} while (has_was);
	return false;
}
