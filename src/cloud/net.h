/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_NET_H
#define SCANDRIFT_CLOUD_NET_H

#include "base/err.h"
#include "base/str.h"

/*
 * Why no whole reply came, as a word that stays the same over versions: it becomes the last part of
 * the finding's id, incomplete/<word>. The client passes plain errors, so the word travels at the
 * head of the innermost message ("timeout: HOST: ..."); only net_error writes it there and only
 * net_reason reads it.
 */
enum net_reason {
	NET_DNS,
	NET_CONNECT,
	NET_PROXY,
	NET_TLS,         /* the handshake failed, or the connection's protection did */
	NET_CERTIFICATE, /* the server is not who it should be; never tried again */
	NET_TIMEOUT,
	NET_TRUNCATED, /* the reply ended early */
	NET_TOO_LARGE,
	NET_HTTP, /* what came is not HTTP, or is in an unknown encoding */
	NET_INTERRUPTED,
	NET_OTHER,
};

const char *net_word(enum net_reason r);
bool net_is_transient(enum net_reason r); /* worth another try */
const char *net_hint(enum net_reason r);  /* what to do next, one line */

struct err *net_error(enum net_reason r, const char *host, const char *what) MUST_USE; /* ERR_NET */

/* NET_OTHER for errors that net_error did not make. `what`, if wanted: the text behind the word. */
enum net_reason net_reason(const struct err *e, const char **what);

#endif
