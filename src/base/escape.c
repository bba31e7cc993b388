/* SPDX-License-Identifier: Apache-2.0 */
#include "base/escape.h"

#include "base/utf8.h"

struct range {
	uint32_t first, last;
};

/*
 * Controls, line and paragraph separators, interlinear marks, and what Unicode's
 * DerivedCoreProperties.txt calls Default_Ignorable_Code_Point.
 */
static const struct range hidden[] = {
	{0x0000, 0x001f},   {0x007f, 0x009f},   {0x00ad, 0x00ad},   {0x034f, 0x034f},
	{0x061c, 0x061c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
	{0x200b, 0x200f},   {0x2028, 0x202e},   {0x2060, 0x206f},   {0x3164, 0x3164},
	{0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0},   {0xfff0, 0xfffb},
	{0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

/* White space that is left to look at: the runner passes over all of it in search of "::". */
static const struct range blank[] = {
	{' ', ' '},       {0x00a0, 0x00a0}, {0x1680, 0x1680}, {0x2000, 0x200a},
	{0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000},
};

static bool is_in(const struct range *r, size_t n, uint32_t cp)
{
	for (size_t i = 0; i < n; i++) {
		if (cp >= r[i].first && cp <= r[i].last)
			return true;
	}
	return false;
}

bool escape_is_hidden(uint32_t cp)
{
	return is_in(hidden, ARRAY_LEN(hidden), cp);
}

bool escape_is_blank(uint32_t cp)
{
	return is_in(blank, ARRAY_LEN(blank), cp);
}

/* Which words there are is for each system to say, and the next one may have another. */
bool escape_is_command(struct str s)
{
	size_t n = 2;

	if (!str_starts(s, "##"))
		return false;
	while (n < s.n && ((s.p[n] >= 'a' && s.p[n] <= 'z') || (s.p[n] >= 'A' && s.p[n] <= 'Z') ||
			   (s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '-' || s.p[n] == '_'))
		n++;
	return n < s.n && s.p[n] == '[';
}

/* How much at the front needs no look: printable ASCII that begins no command. */
static size_t plain_size(struct str s, bool *is_blank)
{
	size_t n = 0;

	for (; n < s.n && s.p[n] >= ' ' && s.p[n] < 0x7f && s.p[n] != '#' && s.p[n] != ':'; n++)
		*is_blank &= s.p[n] == ' ';
	return n;
}

void escape_terminal(struct buf *out, struct str s)
{
	bool at_start = true;

	while (s.n) {
		uint32_t cp = 0;
		size_t n = plain_size(s, &at_start);

		if (n) {
			buf_add(out, s.p, n);
			s.p += n;
			s.n -= n;
			continue;
		}
		n = utf8_decode(s, &cp);
		if (n == 0) {
			buf_printf(out, "\\x%02x", (unsigned)(unsigned char)s.p[0]);
			n = 1;
		} else if (escape_is_hidden(cp)) {
			buf_printf(out, cp > 0xffff ? "\\U%08x" : "\\u%04x", cp);
		} else if (escape_is_command(s)) {
			buf_puts(out, "#\\u0023");
			n = 2;
		} else if (at_start && str_starts(s, "::")) {
			buf_puts(out, "\\u003a:");
			n = 2;
		} else {
			buf_add(out, s.p, n);
		}
		if (!escape_is_blank(cp))
			at_start = false;
		s.p += n;
		s.n -= n;
	}
}
