/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/net.h"

struct err *net_error(enum reason r, const char *host, const char *what)
{
	return err_because(
		err_wrap(err_new(ERR_NET, "%s: %s", host, what), "%s", reason_word(r, NULL)), r);
}

enum reason net_reason(const struct err *e)
{
	return e->reason ? e->reason : REASON_NETWORK;
}

const char *net_what(const struct err *e)
{
	while (e->cause)
		e = e->cause;
	return e->msg;
}

bool net_is_transient(enum reason r)
{
	static const bool is_transient[REASON_COUNT] = {
		[REASON_DNS] = true,         [REASON_CONNECT] = true,   [REASON_TLS] = true,
		[REASON_TIMEOUT] = true,     [REASON_TRUNCATED] = true, [REASON_LOST] = true,
		[REASON_DESCRIPTORS] = true,
	};

	return is_transient[r];
}
