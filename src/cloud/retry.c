/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API's error codes. A code is "Category" or "Category.Detail"; a row stands for its details
 * too unless it is exact, so that a detail nobody has heard of is judged by its category. A row that
 * is not here is never tried again: trying costs a night, not trying costs a message.
 */
#include "cloud/retry.h"

#include <string.h>

const struct api_error_row api_errors[] = {
	/* clang-format off */
	/* service  code                                 exact   class              retry         */
	{ NULL,     "ActionOffline",                     false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "AuthFailure",                       false,  API_CREDENTIALS,   RETRY_NEVER   },
	{ NULL,     "AuthFailure.SignatureExpire",       false,  API_CLOCK,         RETRY_CLOCK   },
	{ NULL,     "AuthFailure.TokenFailure",          false,  API_CREDENTIALS,   RETRY_TOKEN   },
	{ NULL,     "AuthFailure.UnauthorizedOperation", false,  API_PERMISSION,    RETRY_NEVER   },
	{ NULL,     "DryRunOperation",                   false,  API_BUSINESS,      RETRY_NEVER   },
	{ NULL,     "FailedOperation",                   false,  API_BUSINESS,      RETRY_NEVER   },
	{ NULL,     "InternalError",                     false,  API_SERVER,        RETRY_BACKOFF },
	/* Said to mean "user not authorised": no role for the product to work with. */
	{ "tcss",   "InternalError.ErrRoleNotExist",     false,  API_CONFIGURATION, RETRY_NEVER   },
	{ "sts",    "InternalError.GetRoleError",        false,  API_CONFIGURATION, RETRY_NEVER   },
	{ "sts",    "InternalError.IllegalRole",         false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "InvalidAction",                     false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "InvalidParameter",                  false,  API_CONFIGURATION, RETRY_NEVER   },
	/* STS says "rate exceeded" by it, in spite of the category. */
	{ "sts",    "InvalidParameter.OverLimit",        false,  API_RATE,          RETRY_BACKOFF },
	{ NULL,     "InvalidParameterValue",             false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "InvalidRequest",                    false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "IpInBlacklist",                     false,  API_PERMISSION,    RETRY_NEVER   },
	{ NULL,     "IpNotInWhitelist",                  false,  API_PERMISSION,    RETRY_NEVER   },
	/* A quota, which waiting does not raise. */
	{ NULL,     "LimitExceeded",                     false,  API_BUSINESS,      RETRY_NEVER   },
	{ NULL,     "MissingParameter",                  false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "NoSuchProduct",                     false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "NoSuchVersion",                     false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "OperationDenied",                   false,  API_PERMISSION,    RETRY_NEVER   },
	{ NULL,     "RequestLimitExceeded",              false,  API_RATE,          RETRY_BACKOFF },
	{ NULL,     "RequestSizeLimitExceeded",          false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "ResourceInUse",                     false,  API_BUSINESS,      RETRY_NEVER   },
	{ NULL,     "ResourceInsufficient",              false,  API_BUSINESS,      RETRY_NEVER   },
	{ NULL,     "ResourceNotFound",                  false,  API_BUSINESS,      RETRY_NEVER   },
	/* With a detail it speaks of one resource, not of the service. */
	{ NULL,     "ResourceUnavailable",               true,   API_SERVER,        RETRY_BACKOFF },
	{ NULL,     "ResponseSizeLimitExceeded",         false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "ServiceUnavailable",                false,  API_SERVER,        RETRY_BACKOFF },
	{ NULL,     "UnauthorizedOperation",             false,  API_PERMISSION,    RETRY_NEVER   },
	{ NULL,     "UnknownParameter",                  false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "UnsupportedOperation",              false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "UnsupportedProtocol",               false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     "UnsupportedRegion",                 false,  API_CONFIGURATION, RETRY_NEVER   },
	{ NULL,     NULL,                                false,  API_UNKNOWN,       RETRY_NEVER   },
	/* clang-format on */
};

static const struct api_error_row unknown = {NULL, "", false, API_UNKNOWN, RETRY_NEVER};

static const struct {
	const char *reason, *hint;
} classes[] = {
	[API_RATE] = {"rate-limited",
		      "Other callers use up this identity's 20 requests a second; run again later"},
	[API_SERVER] = {"server-error",
			"The service is in trouble; run again later, and name the RequestId to the "
			"vendor if it stays"},
	[API_CLOCK] = {"clock", "Set this machine's clock; a request may differ from the server's "
				"by five minutes at most"},
	[API_CREDENTIALS] = {"credentials",
			     "Check the SecretId, its SecretKey and, if temporary, its token: "
			     "unknown, wrong, disabled or expired"},
	[API_PERMISSION] = {"permission", "Let this identity call the action (CAM policy, or its "
					  "list of addresses)"},
	[API_CONFIGURATION] = {"refused",
			       "The service does not take this request here; check the target's "
			       "endpoint and region, and that the product is set up"},
	[API_BUSINESS] = {"api-error", "See the code in the vendor's documentation of this action"},
	[API_UNKNOWN] = {"api-error", "See the code in the vendor's documentation of this action"},
};

const struct retry_policy retry_default = {.tries_max = 3, .base_ms = 500, .cap_ms = 8000};

/* A row's length as a match for `code`, 0 for none. */
static size_t match(const struct api_error_row *row, struct str code)
{
	size_t n = strlen(row->code);

	if (!str_starts(code, row->code))
		return 0;
	if (code.n == n)
		return n;
	return !row->is_exact && code.p[n] == '.' ? n : 0;
}

const struct api_error_row *api_error_find(const char *service, struct str code)
{
	const struct api_error_row *best = &unknown;
	size_t best_n = 0;

	for (const struct api_error_row *row = api_errors; row->code; row++) {
		size_t n = match(row, code);
		bool is_ours = row->service && strcmp(row->service, service) == 0;

		if (row->service && !is_ours)
			continue;
		if (n > best_n || (n && n == best_n && is_ours)) {
			best = row;
			best_n = n;
		}
	}
	return best;
}

const char *api_class_reason(enum api_class c)
{
	return classes[c].reason;
}

const char *api_class_hint(enum api_class c)
{
	return classes[c].hint;
}

uint64_t retry_delay_ms(const struct retry_policy *p, unsigned tries_done, uint64_t random)
{
	uint64_t ceiling = p->base_ms;

	for (unsigned i = 1; i < tries_done && ceiling < p->cap_ms; i++)
		if (__builtin_mul_overflow(ceiling, 2u, &ceiling))
			ceiling = p->cap_ms;
	if (ceiling > p->cap_ms)
		ceiling = p->cap_ms;
	/* The remainder favours small delays by less than one part in 2^40: of no account. */
	return ceiling == UINT64_MAX ? random : random % (ceiling + 1);
}
