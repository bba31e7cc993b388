/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_REASON_H
#define SCANDRIFT_BASE_REASON_H

#include "base/str.h"

/*
 * Why a target could not be judged, as far as a rule of its own does not say it. The word stays the
 * same over versions: it is the last part of a finding's id, incomplete/<word>, and stands in
 * recordings. One table, in reason.c.
 */
enum reason {
	REASON_NONE,
	/* No whole reply came. */
	REASON_DNS,
	REASON_CONNECT,
	REASON_PROXY,
	REASON_TLS,         /* the handshake failed, or the connection's protection did */
	REASON_CERTIFICATE, /* the server is not who it should be; never tried again */
	REASON_TIMEOUT,
	REASON_TRUNCATED, /* the reply ended early */
	REASON_LOST,      /* a shared connection ended before the reply began */
	REASON_TOO_LARGE,
	REASON_HTTP,        /* what came is not HTTP, or is in an unknown encoding */
	REASON_DESCRIPTORS, /* no more files may be opened */
	REASON_INTERRUPTED,
	REASON_NETWORK, /* any other trouble of the network */
	REASON_DEADLINE,
	/* A reply came that refuses. */
	REASON_HTTP_STATUS,
	REASON_RATE_LIMITED,
	REASON_SERVER_ERROR,
	REASON_CLOCK,
	REASON_CREDENTIALS,
	REASON_PERMISSION,
	REASON_REFUSED,
	REASON_API_ERROR,
	/* A reply came, or a recording, that cannot be used. */
	REASON_BAD_REPLY,
	REASON_WRONG_ACCOUNT,
	REASON_NO_REPLY,
	REASON_BAD_RECORDING,
	REASON_OTHER_COMMIT,
	/* A recording gives a word that this version does not know: the word is kept beside it. */
	REASON_FOREIGN,
	REASON_COUNT,
};

/* "timeout"; "none" for REASON_NONE. `foreign` is the word of REASON_FOREIGN, else unused. */
const char *reason_word(enum reason r, const char *foreign);

/* What to do next, one line; empty where that depends on more than the reason. */
const char *reason_hint(enum reason r);

/* REASON_FOREIGN for a word that is not in the table. */
enum reason reason_find(struct str word);

#endif
