/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/net.h"

#include <string.h>

static const struct {
	const char *word;
	bool is_transient;
	const char *hint;
} reasons[] = {
	/* clang-format off */
	[NET_DNS]         = { "dns",         true,  "Check the endpoint's name and this machine's name servers" },
	[NET_CONNECT]     = { "connect",     true,  "Check that this machine may reach the endpoint (firewall, proxy variables)" },
	[NET_PROXY]       = { "proxy",       false, "Check the proxy variables and what the proxy lets through" },
	[NET_TLS]         = { "tls",         true,  "TLS 1.2 or later is needed; check the endpoint and what stands between" },
	[NET_CERTIFICATE] = { "certificate", false, "The server's certificate is not trusted; a private CA is named by --ca-bundle" },
	[NET_TIMEOUT]     = { "timeout",     true,  "Run again, or raise the target's timeout" },
	[NET_TRUNCATED]   = { "truncated",   true,  "The reply ended early; run again" },
	[NET_TOO_LARGE]   = { "too-large",   false, "Nothing of this size is expected; check the endpoint, or raise --max-reply" },
	[NET_HTTP]        = { "http",        false, "What answers is not the API; check the endpoint" },
	[NET_INTERRUPTED] = { "interrupted", false, "Run again" },
	[NET_OTHER]       = { "network",     false, "Check the endpoint and the network" },
	/* clang-format on */
};

const char *net_word(enum net_reason r)
{
	return reasons[r].word;
}

bool net_is_transient(enum net_reason r)
{
	return reasons[r].is_transient;
}

const char *net_hint(enum net_reason r)
{
	return reasons[r].hint;
}

struct err *net_error(enum net_reason r, const char *host, const char *what)
{
	return err_new(ERR_NET, "%s: %s: %s", reasons[r].word, host, what);
}

enum net_reason net_reason(const struct err *e, const char **what)
{
	while (e->cause)
		e = e->cause;
	for (size_t i = 0; e->kind == ERR_NET && e->msg && i < ARRAY_LEN(reasons); i++) {
		size_t n = strlen(reasons[i].word);

		if (strncmp(e->msg, reasons[i].word, n) != 0 || strncmp(e->msg + n, ": ", 2) != 0)
			continue;
		if (what)
			*what = e->msg + n + 2;
		return (enum net_reason)i;
	}
	if (what)
		*what = e->msg ? e->msg : "";
	return NET_OTHER;
}
