/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_SECRET_H
#define SCANDRIFT_BASE_SECRET_H

#include "base/err.h"
#include "base/str.h"

/*
 * A key, a token, a password. The type has no printf path: the one way to its bytes is
 * secret_view, which only the signer and the header writer call. Zeroed when it is cleared. All that
 * are set are known to the filter of redact.h.
 */
struct secret {
	char *bytes;
	size_t n;
};

struct err *secret_set(struct secret *s, struct str value) MUST_USE; /* a copy; clears the old */
struct str secret_view(const struct secret *s);
bool secret_is_set(const struct secret *s);
void secret_clear(struct secret *s);

/* The length of the longest known secret that `text` has at `at`; 0: none. */
size_t secret_match(struct str text, size_t at);

/* Zeroes memory in a way that the compiler keeps. */
void secret_wipe(void *p, size_t n);

#endif
