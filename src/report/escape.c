/* SPDX-License-Identifier: Apache-2.0 */
#include "report/escape.h"

#include <string.h>

#include "base/escape.h"
#include "base/utf8.h"

void escape_utf8(struct buf *out, struct str s)
{
	while (s.n) {
		size_t valid = utf8_invalid_at(s);

		buf_add(out, s.p, valid);
		if (valid == s.n)
			return;
		buf_puts(out, "\xef\xbf\xbd");
		s.p += valid + 1;
		s.n -= valid + 1;
	}
}

struct err *escape_json_in_actions(struct buf *json)
{
	struct buf out = BUF_INIT(json->max);
	struct str rest = buf_view(json);
	const char *hit;
	struct err *e;

	if (!rest.n || !memmem(rest.p, rest.n, "##[", 3))
		return NULL;
	while ((hit = memmem(rest.p, rest.n, "##[", 3))) {
		size_t n = (size_t)(hit - rest.p);

		buf_add(&out, rest.p, n);
		buf_puts(&out, "#\\u0023[");
		rest.p += n + 3;
		rest.n -= n + 3;
	}
	buf_str(&out, rest);
	e = buf_check(&out, ERR_OUTPUT, "the report");
	if (e) {
		buf_free(&out);
		return e;
	}
	buf_free(json);
	*json = out;
	return NULL;
}

/* '%' before all else; what is left of the others is ours alone. */
static void put_workflow(struct buf *out, struct str s, bool is_property)
{
	struct buf shown = BUF_INIT(out->max);

	escape_terminal(&shown, s, true);
	for (size_t i = 0; i < shown.n; i++) {
		char c = shown.p[i];

		if (c == '%' || (is_property && (c == ':' || c == ',')))
			buf_printf(out, "%%%02X", (unsigned)c);
		else
			buf_char(out, c);
	}
	out->failed_memory |= shown.failed_memory;
	out->failed_ceiling |= shown.failed_ceiling;
	buf_free(&shown);
}

void escape_workflow_data(struct buf *out, struct str s)
{
	put_workflow(out, s, false);
}

void escape_workflow_property(struct buf *out, struct str s)
{
	put_workflow(out, s, true);
}
