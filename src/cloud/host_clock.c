/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/host_clock.h"

#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/str.h"

struct host_clock *host_clock_of(struct host_clocks *c, const char *host)
{
	struct host_clock **slot = &c->slots[str_hash(host) % ARRAY_LEN(c->slots)];
	size_t size = strlen(host) + 1;
	struct host_clock *h;

	for (h = *slot; h; h = h->next)
		if (strcmp(h->host, host) == 0)
			return h;
	h = calloc(1, sizeof(*h) + size);
	if (!h)
		return NULL;
	memcpy(h->host, host, size);
	h->next = *slot;
	*slot = h;
	return h;
}

void host_clocks_free(struct host_clocks *c)
{
	for (size_t i = 0; i < ARRAY_LEN(c->slots); i++) {
		for (struct host_clock *h = c->slots[i], *next; h; h = next) {
			next = h->next;
			free(h);
		}
		c->slots[i] = NULL;
	}
}
