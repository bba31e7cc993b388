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

/* To the next command; to the end where there is none. */
static size_t command_at(struct str s)
{
	size_t at = 0;

	while (at < s.n) {
		const char *hit = memchr(s.p + at, '#', s.n - at);

		if (!hit)
			return s.n;
		at = (size_t)(hit - s.p);
		if (escape_is_command((struct str){hit, s.n - at}))
			return at;
		at++;
	}
	return s.n;
}

struct err *escape_json_commands(struct buf *json)
{
	struct buf out = BUF_INIT(json->max);
	struct str rest = buf_view(json);
	size_t n = command_at(rest);
	struct err *e;

	if (n == rest.n)
		return NULL;
	for (; n < rest.n; n = command_at(rest)) {
		buf_add(&out, rest.p, n);
		buf_puts(&out, "#\\u0023");
		rest.p += n + 2;
		rest.n -= n + 2;
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

	escape_terminal(&shown, s);
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
