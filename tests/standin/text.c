/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"

#include <string.h>

struct span span_of(const char *s)
{
	return (struct span){s, strlen(s)};
}

bool span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool span_equal_nocase(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++) {
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	}
	return true;
}

bool span_is(struct span a, const char *s)
{
	return span_equal(a, span_of(s));
}

bool span_skip(struct span *s, const char *prefix)
{
	size_t n = strlen(prefix);

	if (s->n < n || memcmp(s->p, prefix, n) != 0)
		return false;
	s->p += n;
	s->n -= n;
	return true;
}

bool span_until(struct span *rest, char c, struct span *head)
{
	const char *at = rest->n > 0 ? memchr(rest->p, c, rest->n) : NULL;

	if (!at)
		return false;
	*head = (struct span){rest->p, (size_t)(at - rest->p)};
	rest->n -= head->n + 1;
	rest->p = at + 1;
	return true;
}

struct span span_trim(struct span s)
{
	while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
		s.p++;
		s.n--;
	}
	while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
		s.n--;
	return s;
}

bool text_int(struct span s, long long min, long long max, long long *out)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	long long v = 0;

	if (negative) {
		s.p++;
		s.n--;
	}
	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int digit = s.p[i] - '0';

		if (digit < 0 || digit > 9 || __builtin_mul_overflow(v, 10LL, &v) ||
		    __builtin_add_overflow(v, (long long)digit, &v))
			return false;
	}
	if (negative)
		v = -v;
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}
