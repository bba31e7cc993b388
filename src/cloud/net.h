/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_NET_H
#define SCANDRIFT_CLOUD_NET_H

#include "base/err.h"
#include "base/str.h"

/*
 * Why no whole reply came. The client passes plain errors: the reason travels in them, and their
 * text begins with its word ("timeout: HOST: ...").
 */
struct err *net_error(enum reason r, const char *host, const char *what) MUST_USE; /* ERR_NET */

/* REASON_NETWORK for errors that net_error did not make. */
enum reason net_reason(const struct err *e);

/* What the innermost error says, without the word: "HOST: ..." */
const char *net_what(const struct err *e);

bool net_is_transient(enum reason r); /* worth another try */

#endif
