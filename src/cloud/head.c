/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/head.h"

#include <string.h>

/* RFC 9110, section 5.6.2. */
static bool is_token(struct str s)
{
	static const char allowed[] = "!#$%&'*+-.^_`|~0123456789"
				      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '\0' || !strchr(allowed, s.p[i]))
			return false;
	return s.n > 0;
}

/* Section 6.3 of RFC 9112: a length that is not sure makes the whole reply unsure. */
static const char *take_length(struct head *h, struct str value)
{
	uint64_t length;

	if (!str_to_u64(value, INT64_MAX, &length))
		return "a Content-Length that is not a number";
	if (h->has_length && h->length != length)
		return "two Content-Length headers that differ";
	h->has_length = true;
	h->length = length;
	return NULL;
}

static const char *take_field(struct head *h, struct str line)
{
	const char *colon = memchr(line.p, ':', line.n);
	struct str name, value;

	if (!colon)
		return "a header line without a colon";
	name = (struct str){line.p, (size_t)(colon - line.p)};
	value = str_trim((struct str){colon + 1, line.n - name.n - 1});
	if (name.n == 0)
		return "a header without a name";
	if (!is_token(name))
		return "a header name with a character that no name may have";
	if (h->is_complete)
		return NULL; /* a trailer changes nothing */
	if (str_eq_nocase(name, STR("content-length")))
		return take_length(h, value);
	h->has_coding |= str_eq_nocase(name, STR("transfer-encoding"));
	return NULL;
}

/* "HTTP/1.1 100 Continue": each head begins with one. */
static void take_status(struct head *h, struct str line)
{
	const char *space = memchr(line.p, ' ', line.n);

	h->is_interim = space && space + 1 < line.p + line.n && space[1] == '1';
	h->has_length = h->has_coding = false;
}

static const char *end_head(struct head *h)
{
	if (h->has_length && h->has_coding)
		return "both Content-Length and Transfer-Encoding";
	h->is_complete = !h->is_interim;
	return NULL;
}

bool head_take_line(struct head *h, struct str line)
{
	h->bytes += line.n;
	h->is_too_large = h->bytes > HEAD_MAX;
	if (line.n < 2 || line.p[line.n - 2] != '\r' || line.p[line.n - 1] != '\n')
		h->problem = "a header line that does not end in CR LF";
	else if (line.n == 2)
		h->problem = end_head(h);
	else if (!h->is_complete && str_starts(line, "HTTP/"))
		take_status(h, line);
	else if (line.p[0] != ' ' && line.p[0] != '\t') /* a folded value goes on */
		h->problem = take_field(h, (struct str){line.p, line.n - 2});
	return !h->problem && !h->is_too_large;
}
