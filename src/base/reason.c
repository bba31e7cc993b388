/* SPDX-License-Identifier: Apache-2.0 */
#include "base/reason.h"

#include <assert.h>

#include "base/attr.h"

static const struct {
	const char *word, *hint;
} reasons[] = {
	/* clang-format off */
	[REASON_NONE]          = { "none",          "" },
	[REASON_DNS]           = { "dns",           "Check the endpoint's name and this machine's name servers" },
	[REASON_CONNECT]       = { "connect",       "Check that this machine may reach the endpoint (firewall, proxy variables)" },
	[REASON_PROXY]         = { "proxy",         "Check the proxy variables and what the proxy lets through" },
	[REASON_TLS]           = { "tls",           "TLS 1.2 or later is needed; check the endpoint and what stands between" },
	[REASON_CERTIFICATE]   = { "certificate",   "The server's certificate is not trusted; a private CA is named by --ca-bundle" },
	[REASON_TIMEOUT]       = { "timeout",       "Run again, or raise the target's timeout" },
	[REASON_TRUNCATED]     = { "truncated",     "The reply ended early; run again" },
	[REASON_LOST]          = { "lost",          "The server closes connections before it replies; run again" },
	[REASON_TOO_LARGE]     = { "too-large",     "Nothing of this size is expected; check the endpoint, or raise --max-reply" },
	[REASON_HTTP]          = { "http",          "What answers is not the API; check the endpoint" },
	[REASON_DESCRIPTORS]   = { "descriptors",   "Lower --jobs, or raise the limit on open files (ulimit -n)" },
	[REASON_INTERRUPTED]   = { "interrupted",   "Run again" },
	[REASON_NETWORK]       = { "network",       "Check the endpoint and the network" },
	[REASON_DEADLINE]      = { "deadline",      "Raise --deadline, or run with fewer targets" },
	[REASON_HTTP_STATUS]   = { "http-status",   "" },
	[REASON_RATE_LIMITED]  = { "rate-limited",  "Other callers use up this identity's 20 requests a second; run again later" },
	[REASON_SERVER_ERROR]  = { "server-error",  "The service is in trouble; run again later, and tell the vendor if it stays" },
	[REASON_CLOCK]         = { "clock",         "Set this machine's clock; a request may differ from the server's by five minutes at most" },
	[REASON_CREDENTIALS]   = { "credentials",   "Check the SecretId, its SecretKey and, if temporary, its token: unknown, wrong, disabled or expired" },
	[REASON_PERMISSION]    = { "permission",    "Let this identity call the action (CAM policy, or its list of addresses)" },
	[REASON_REFUSED]       = { "refused",       "The service does not take this request here; check the target's endpoint and region, and that the product is set up" },
	[REASON_API_ERROR]     = { "api-error",     "See the code in the vendor's documentation of this action" },
	[REASON_BAD_REPLY]     = { "bad-reply",     "" },
	[REASON_WRONG_ACCOUNT] = { "wrong-account", "" },
	[REASON_NO_REPLY]      = { "no-reply",      "Record this target, or look for the run that should have" },
	[REASON_BAD_RECORDING] = { "bad-recording", "Record this target again" },
	[REASON_OTHER_COMMIT]  = { "other-commit",  "Run all shards on one commit, and this again" },
	[REASON_FOREIGN]       = { "",              "" },
	/* clang-format on */
};

static_assert(ARRAY_LEN(reasons) == REASON_COUNT, "a row for each reason");

const char *reason_word(enum reason r, const char *foreign)
{
	return r == REASON_FOREIGN ? foreign : reasons[r].word;
}

const char *reason_hint(enum reason r)
{
	return reasons[r].hint;
}

enum reason reason_find(struct str word)
{
	for (size_t i = REASON_NONE + 1; i < REASON_FOREIGN; i++) {
		if (str_is(word, reasons[i].word))
			return (enum reason)i;
	}
	return REASON_FOREIGN;
}
