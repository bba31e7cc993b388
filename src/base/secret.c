/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

struct err *secret_set(struct secret *s, struct str value)
{
	char *copy = malloc(value.n + 1);

	if (!copy)
		return err_nomem();
	if (value.n)
		memcpy(copy, value.p, value.n);
	copy[value.n] = '\0';
	secret_clear(s);
	s->bytes = copy;
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
	if (s->bytes)
		secret_wipe(s->bytes, s->n);
	free(s->bytes);
	s->bytes = NULL;
	s->n = 0;
}

void secret_wipe(void *p, size_t n)
{
	explicit_bzero(p, n);
}
