/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <string.h>

#define DEPTH_MAX 64 /* bounds the recursion, far above what the API sends */

struct scan {
	const char *p, *end;
	int depth;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blank(struct scan *s)
{
	while (s->p < s->end && is_blank(*s->p))
		s->p++;
}

static bool take(struct scan *s, char c)
{
	if (s->p == s->end || *s->p != c)
		return false;
	s->p++;
	return true;
}

static int hex_digit(char c)
{
	c = ascii_lower(c);
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Four hex digits at p, or -1. */
static int hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int d = hex_digit(p[i]);

		if (d < 0)
			return -1;
		v = v * 16 + d;
	}
	return v;
}

static bool scan_escape(struct scan *s)
{
	if (s->p == s->end)
		return false;
	if (*s->p == 'u') {
		if (hex4(s->p + 1, s->end) < 0)
			return false;
		s->p += 5;
		return true;
	}
	if (*s->p == '\0' || !strchr("\"\\/bfnrt", *s->p))
		return false;
	s->p++;
	return true;
}

static bool scan_string(struct scan *s)
{
	if (!take(s, '"'))
		return false;
	while (s->p < s->end && *s->p != '"') {
		if ((unsigned char)*s->p < 0x20)
			return false;
		if (*s->p++ == '\\' && !scan_escape(s))
			return false;
	}
	return take(s, '"');
}

static bool scan_digits(struct scan *s)
{
	const char *from = s->p;

	while (s->p < s->end && *s->p >= '0' && *s->p <= '9')
		s->p++;
	return s->p > from;
}

static bool scan_number(struct scan *s)
{
	take(s, '-');
	if (!take(s, '0') && !scan_digits(s))
		return false;
	if (take(s, '.') && !scan_digits(s))
		return false;
	if (take(s, 'e') || take(s, 'E')) {
		if (!take(s, '-'))
			take(s, '+');
		return scan_digits(s);
	}
	return true;
}

static bool scan_word(struct scan *s, const char *word)
{
	size_t n = strlen(word);

	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return false;
	s->p += n;
	return true;
}

static bool scan_value(struct scan *s);

static bool scan_member(struct scan *s)
{
	skip_blank(s);
	if (!scan_string(s))
		return false;
	skip_blank(s);
	return take(s, ':') && scan_value(s);
}

static bool scan_group(struct scan *s, char open, char close)
{
	if (++s->depth > DEPTH_MAX || !take(s, open))
		return false;
	skip_blank(s);
	if (!take(s, close)) {
		do {
			if (!(open == '{' ? scan_member(s) : scan_value(s)))
				return false;
		} while (take(s, ','));
		if (!take(s, close))
			return false;
	}
	s->depth--;
	return true;
}

/* One value with the white space on both sides. */
static bool scan_value(struct scan *s)
{
	bool ok;

	skip_blank(s);
	if (s->p == s->end)
		return false;
	switch (*s->p) {
	case '{':
		ok = scan_group(s, '{', '}');
		break;
	case '[':
		ok = scan_group(s, '[', ']');
		break;
	case '"':
		ok = scan_string(s);
		break;
	case 't':
		ok = scan_word(s, "true");
		break;
	case 'f':
		ok = scan_word(s, "false");
		break;
	case 'n':
		ok = scan_word(s, "null");
		break;
	default:
		ok = scan_number(s);
	}
	skip_blank(s);
	return ok;
}

bool json_valid(struct span text)
{
	struct scan s = {text.p, text.p + text.n, 0};

	return text.n > 0 && scan_value(&s) && s.p == s.end;
}

bool json_is_object(struct span value)
{
	struct scan s = {value.p, value.p + value.n, 0};

	if (value.n == 0)
		return false;
	skip_blank(&s);
	return s.p < s.end && *s.p == '{';
}

bool json_next(struct span value, size_t *at, struct json_member *out)
{
	struct scan s = {value.p + *at, value.p + value.n, 0};
	const char *from;

	skip_blank(&s);
	if (!take(&s, *at == 0 ? '{' : ','))
		return false;
	skip_blank(&s);
	from = s.p;
	if (!scan_string(&s))
		return false;
	out->name = (struct span){from + 1, (size_t)(s.p - from) - 2};
	skip_blank(&s);
	if (!take(&s, ':'))
		return false;
	skip_blank(&s);
	from = s.p;
	if (!scan_value(&s))
		return false;
	out->value = (struct span){from, (size_t)(s.p - from)};
	while (out->value.n > 0 && is_blank(out->value.p[out->value.n - 1]))
		out->value.n--;
	*at = (size_t)(s.p - value.p);
	return true;
}

bool json_find(struct span object, const char *name, struct span *value)
{
	struct json_member m;

	for (size_t at = 0; json_next(object, &at, &m);) {
		if (span_is(m.name, name)) {
			*value = m.value;
			return true;
		}
	}
	return false;
}

static void add_utf8(struct buf *out, unsigned int c)
{
	unsigned char b[4];

	if (c < 0x80) {
		b[0] = (unsigned char)c;
		buf_add(out, b, 1);
	} else if (c < 0x800) {
		b[0] = (unsigned char)(0xc0 | c >> 6);
		b[1] = (unsigned char)(0x80 | (c & 0x3f));
		buf_add(out, b, 2);
	} else if (c < 0x10000) {
		b[0] = (unsigned char)(0xe0 | c >> 12);
		b[1] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		b[2] = (unsigned char)(0x80 | (c & 0x3f));
		buf_add(out, b, 3);
	} else {
		b[0] = (unsigned char)(0xf0 | c >> 18);
		b[1] = (unsigned char)(0x80 | (c >> 12 & 0x3f));
		b[2] = (unsigned char)(0x80 | (c >> 6 & 0x3f));
		b[3] = (unsigned char)(0x80 | (c & 0x3f));
		buf_add(out, b, 4);
	}
}

/* A lone surrogate comes out as its three bytes: the stand-in may be asked to send nonsense. */
static const char *add_unicode_escape(const char *p, const char *end, struct buf *out)
{
	unsigned int high = (unsigned int)hex4(p, end), low;

	p += 4;
	if (high >= 0xd800 && high < 0xdc00 && end - p >= 6 && p[0] == '\\' && p[1] == 'u') {
		low = (unsigned int)hex4(p + 2, end);
		if (low >= 0xdc00 && low < 0xe000) {
			add_utf8(out, 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
			return p + 6;
		}
	}
	add_utf8(out, high);
	return p;
}

bool json_string(struct span value, struct buf *out)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	const char *p = value.p, *end;

	if (value.n < 2 || *p != '"')
		return false;
	end = p + value.n - 1;
	for (p++; p < end;) {
		const char *known;

		if (*p != '\\') {
			buf_add(out, p++, 1);
			continue;
		}
		p++;
		if (*p == 'u') {
			p = add_unicode_escape(p + 1, end, out);
			continue;
		}
		known = strchr(from, *p);
		buf_add(out, known ? &to[known - from] : p, 1);
		p++;
	}
	return buf_ok(out);
}
