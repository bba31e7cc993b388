/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_REDACT_H
#define SCANDRIFT_BASE_REDACT_H

#include "base/err.h"
#include "base/str.h"

/*
 * The one filter for words that are not ours: what a library, another program or a server says may
 * repeat what it was given. Known are all secrets that are set (secret.h), and the user and the
 * password of each URL that redact_learn_url was given.
 */

/*
 * `text` without what is known, and without what may be a user and a password in any URL. The
 * caller's to free; NULL if out of memory.
 */
char *redact(struct str text) MUST_USE;

/*
 * User and password of a URL that a library will be given: whole, decoded, and their parts, since one
 * who takes a reserved byte for the end of the user tells of the rest as a host or a port.
 */
struct err *redact_learn_url(struct str url) MUST_USE;

void redact_forget(void); /* what redact_learn_url was given; wipes */

#endif
