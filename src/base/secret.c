/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <ctype.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Secrets are found by their first bytes, so that thousands cost no more than one. */
#define LEAD 4u

/* What s->bytes lies in. */
struct known {
	struct known *next, **at;
	size_t n;
	char bytes[];
};

/* The last one is of those that are shorter than LEAD. */
static struct known *known_secrets[1024 + 1];

static struct known **bucket(const char *p, size_t n)
{
	uint32_t lead;

	if (n < LEAD)
		return &known_secrets[ARRAY_LEN(known_secrets) - 1];
	memcpy(&lead, p, LEAD);
	return &known_secrets[(lead * 2654435761u) >> 22];
}

static void add_known(struct known *k)
{
	k->at = bucket(k->bytes, k->n);
	k->next = *k->at;
	if (k->next)
		k->next->at = &k->next;
	*k->at = k;
}

static struct known *known_of(char *bytes)
{
	return (struct known *)(void *)(bytes - offsetof(struct known, bytes));
}

struct err *secret_set(struct secret *s, struct str value)
{
	struct known *k = malloc(sizeof(*k) + value.n + 1);

	if (!k)
		return err_nomem();
	k->n = value.n;
	if (value.n)
		memcpy(k->bytes, value.p, value.n);
	k->bytes[value.n] = '\0';
	secret_clear(s);
	add_known(k);
	s->bytes = k->bytes;
	s->n = value.n;
	return NULL;
}

struct str secret_view(const struct secret *s)
{
	return (struct str){s->bytes, s->n};
}

bool secret_is_set(const struct secret *s)
{
	return s->n > 0;
}

void secret_clear(struct secret *s)
{
	struct known *k = s->bytes ? known_of(s->bytes) : NULL;

	if (k) {
		*k->at = k->next;
		if (k->next)
			k->next->at = k->at;
		secret_wipe(k->bytes, k->n);
	}
	free(k);
	s->bytes = NULL;
	s->n = 0;
}

/* A short one within a word is that word's letters. */
static bool is_whole_word(struct str text, size_t at, size_t n)
{
	return (at == 0 || !isalnum((unsigned char)text.p[at - 1])) &&
	       (at + n == text.n || !isalnum((unsigned char)text.p[at + n]));
}

static size_t longest(const struct known *k, struct str text, size_t at)
{
	size_t n = 0;

	for (; k; k = k->next)
		if (k->n > n && k->n <= text.n - at && memcmp(k->bytes, text.p + at, k->n) == 0 &&
		    (k->n >= LEAD || is_whole_word(text, at, k->n)))
			n = k->n;
	return n;
}

size_t secret_match(struct str text, size_t at)
{
	size_t n = 0;

	if (text.n - at >= LEAD)
		n = longest(*bucket(text.p + at, LEAD), text, at);
	return n ? n : longest(*bucket(NULL, 0), text, at);
}

void secret_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}
