/* SPDX-License-Identifier: Apache-2.0 */
#include "base/escape.h"

#include "base/utf8.h"

bool escape_is_hidden(uint32_t cp)
{
	return cp < 0x20 || (cp >= 0x7f && cp <= 0x9f) || (cp >= 0x200b && cp <= 0x200f) ||
	       (cp >= 0x2028 && cp <= 0x202e) || (cp >= 0x2060 && cp <= 0x206f) || cp == 0x61c ||
	       cp == 0xfeff;
}

void escape_terminal(struct buf *out, struct str s, bool in_actions)
{
	bool at_start = true;

	while (s.n) {
		uint32_t cp = 0;
		size_t n = utf8_decode(s, &cp);

		if (n == 0) {
			buf_printf(out, "\\x%02x", (unsigned)(unsigned char)s.p[0]);
			n = 1;
		} else if (escape_is_hidden(cp)) {
			buf_printf(out, "\\u%04x", cp);
		} else if (in_actions && str_starts(s, "##[")) {
			buf_puts(out, "#\\u0023[");
			n = 3;
		} else if (in_actions && at_start && str_starts(s, "::")) {
			buf_puts(out, "\\u003a:");
			n = 2;
		} else {
			buf_add(out, s.p, n);
		}
		if (cp != ' ')
			at_start = false;
		s.p += n;
		s.n -= n;
	}
}
