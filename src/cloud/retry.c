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
	/* service  code                                 exact   reason               retry         */
	{ NULL,     "ActionOffline",                     false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "AuthFailure",                       false,  REASON_CREDENTIALS,  RETRY_NEVER   },
	{ NULL,     "AuthFailure.SignatureExpire",       false,  REASON_CLOCK,        RETRY_CLOCK   },
	{ NULL,     "AuthFailure.TokenFailure",          false,  REASON_CREDENTIALS,  RETRY_TOKEN   },
	{ NULL,     "AuthFailure.UnauthorizedOperation", false,  REASON_PERMISSION,   RETRY_NEVER   },
	{ NULL,     "DryRunOperation",                   false,  REASON_API_ERROR,    RETRY_NEVER   },
	{ NULL,     "FailedOperation",                   false,  REASON_API_ERROR,    RETRY_NEVER   },
	{ NULL,     "InternalError",                     false,  REASON_SERVER_ERROR, RETRY_BACKOFF },
	/* Said to mean "user not authorised": no role for the product to work with. */
	{ "tcss",   "InternalError.ErrRoleNotExist",     false,  REASON_REFUSED,      RETRY_NEVER   },
	{ "sts",    "InternalError.GetRoleError",        false,  REASON_REFUSED,      RETRY_NEVER   },
	{ "sts",    "InternalError.IllegalRole",         false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "InvalidAction",                     false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "InvalidParameter",                  false,  REASON_REFUSED,      RETRY_NEVER   },
	/* STS says "rate exceeded" by it, in spite of the category. */
	{ "sts",    "InvalidParameter.OverLimit",        false,  REASON_RATE_LIMITED, RETRY_BACKOFF },
	{ NULL,     "InvalidParameterValue",             false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "InvalidRequest",                    false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "IpInBlacklist",                     false,  REASON_PERMISSION,   RETRY_NEVER   },
	{ NULL,     "IpNotInWhitelist",                  false,  REASON_PERMISSION,   RETRY_NEVER   },
	/* A quota, which waiting does not raise. */
	{ NULL,     "LimitExceeded",                     false,  REASON_API_ERROR,    RETRY_NEVER   },
	{ NULL,     "MissingParameter",                  false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "NoSuchProduct",                     false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "NoSuchVersion",                     false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "OperationDenied",                   false,  REASON_PERMISSION,   RETRY_NEVER   },
	{ NULL,     "RequestLimitExceeded",              false,  REASON_RATE_LIMITED, RETRY_BACKOFF },
	{ NULL,     "RequestSizeLimitExceeded",          false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "ResourceInUse",                     false,  REASON_API_ERROR,    RETRY_NEVER   },
	{ NULL,     "ResourceInsufficient",              false,  REASON_API_ERROR,    RETRY_NEVER   },
	{ NULL,     "ResourceNotFound",                  false,  REASON_API_ERROR,    RETRY_NEVER   },
	/* With a detail it speaks of one resource, not of the service. */
	{ NULL,     "ResourceUnavailable",               true,   REASON_SERVER_ERROR, RETRY_BACKOFF },
	{ NULL,     "ResponseSizeLimitExceeded",         false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "ServiceUnavailable",                false,  REASON_SERVER_ERROR, RETRY_BACKOFF },
	{ NULL,     "UnauthorizedOperation",             false,  REASON_PERMISSION,   RETRY_NEVER   },
	{ NULL,     "UnknownParameter",                  false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "UnsupportedOperation",              false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "UnsupportedProtocol",               false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     "UnsupportedRegion",                 false,  REASON_REFUSED,      RETRY_NEVER   },
	{ NULL,     NULL,                                false,  REASON_API_ERROR,    RETRY_NEVER   },
	/* clang-format on */
};

static const struct api_error_row unknown = {NULL, "", false, REASON_API_ERROR, RETRY_NEVER};

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
