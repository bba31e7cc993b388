/* SPDX-License-Identifier: Apache-2.0 */
#include "base/suggest.h"

/* Names here are short; what is longer than this is no misspelled name. */
#define WORD_MAX 64

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Insertions, deletions, replacements, swaps of neighbours. Both are at most WORD_MAX long. */
static size_t distance(struct str a, struct str b)
{
	size_t row[3][WORD_MAX + 1];
	size_t *before = row[0], *last = row[1], *now = row[2];

	for (size_t j = 0; j <= b.n; j++)
		last[j] = before[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		size_t *spare = before;

		now[0] = i;
		for (size_t j = 1; j <= b.n; j++) {
			char x = lower(a.p[i - 1]), y = lower(b.p[j - 1]);

			now[j] = min(min(last[j], now[j - 1]) + 1, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b.p[j - 2]) && lower(a.p[i - 2]) == y)
				now[j] = min(now[j], before[j - 2] + 1);
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[b.n];
}

struct suggest suggest_for(struct str given)
{
	return (struct suggest){.given = given, .distance = SIZE_MAX};
}

void suggest_offer(struct suggest *s, struct str candidate)
{
	size_t d, limit;

	if (s->given.n == 0 || s->given.n > WORD_MAX || candidate.n == 0 || candidate.n > WORD_MAX)
		return;
	limit = min(3, (min(s->given.n, candidate.n) + 2) / 3);
	d = distance(s->given, candidate);
	if (d > limit || d >= s->distance)
		return;
	s->best = candidate;
	s->distance = d;
}
