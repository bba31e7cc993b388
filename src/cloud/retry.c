/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The API's error codes. A code is "Category" or "Category.Detail"; a row stands for its details
 * too unless it is exact, so that a detail nobody has heard of is judged by its category. A row that
 * is not here is never tried again: trying costs a night, not trying costs a message.
 */
#include "cloud/retry.h"

#include <string.h>

#define HINT_ACCOUNT \
	"The limit of the main account: all its callers share it; run again later, or stop the others"
#define HINT_ADDRESS \
	"The limit of this machine's public address: all that send from it share it; run again later"

const struct api_error_row api_errors[] = {
	/* clang-format off */
	/* service  code                                 exact   reason               retry          hint  */
	{ NULL,     "ActionOffline",                     false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "AuthFailure",                       false,  REASON_CREDENTIALS,  RETRY_NEVER,   NULL },
	{ NULL,     "AuthFailure.SignatureExpire",       false,  REASON_CLOCK,        RETRY_CLOCK,   NULL },
	{ NULL,     "AuthFailure.TokenFailure",          false,  REASON_CREDENTIALS,  RETRY_TOKEN,   NULL },
	{ NULL,     "AuthFailure.UnauthorizedOperation", false,  REASON_PERMISSION,   RETRY_NEVER,   NULL },
	{ NULL,     "DryRunOperation",                   false,  REASON_API_ERROR,    RETRY_NEVER,   NULL },
	{ NULL,     "FailedOperation",                   false,  REASON_API_ERROR,    RETRY_NEVER,   NULL },
	{ NULL,     "InternalError",                     false,  REASON_SERVER_ERROR, RETRY_BACKOFF, NULL },
	/* Said to mean "user not authorised": no role for the product to work with. */
	{ "tcss",   "InternalError.ErrRoleNotExist",     false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ "sts",    "InternalError.GetRoleError",        false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ "sts",    "InternalError.IllegalRole",         false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "InvalidAction",                     false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "InvalidParameter",                  false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	/* STS says "rate exceeded" by it, in spite of the category. */
	{ "sts",    "InvalidParameter.OverLimit",        false,  REASON_RATE_LIMITED, RETRY_BACKOFF, NULL },
	{ NULL,     "InvalidParameterValue",             false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "InvalidRequest",                    false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "IpInBlacklist",                     false,  REASON_PERMISSION,   RETRY_NEVER,   NULL },
	{ NULL,     "IpNotInWhitelist",                  false,  REASON_PERMISSION,   RETRY_NEVER,   NULL },
	/* A quota, which waiting does not raise. */
	{ NULL,     "LimitExceeded",                     false,  REASON_API_ERROR,    RETRY_NEVER,   NULL },
	{ NULL,     "MissingParameter",                  false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "NoSuchProduct",                     false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "NoSuchVersion",                     false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "OperationDenied",                   false,  REASON_PERMISSION,   RETRY_NEVER,   NULL },
	{ NULL,     "RequestLimitExceeded",              false,  REASON_RATE_LIMITED, RETRY_BACKOFF, NULL },
	/* The limits by main account and by address, which are not published. */
	{ NULL,     "RequestLimitExceeded.GlobalRegionUinLimitExceeded",
							 false,  REASON_RATE_LIMITED, RETRY_LIMIT,   HINT_ACCOUNT },
	{ NULL,     "RequestLimitExceeded.IPLimitExceeded",
							 false,  REASON_RATE_LIMITED, RETRY_LIMIT,   HINT_ADDRESS },
	{ NULL,     "RequestLimitExceeded.UinLimitExceeded",
							 false,  REASON_RATE_LIMITED, RETRY_LIMIT,   HINT_ACCOUNT },
	{ NULL,     "RequestSizeLimitExceeded",          false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "ResourceInUse",                     false,  REASON_API_ERROR,    RETRY_NEVER,   NULL },
	{ NULL,     "ResourceInsufficient",              false,  REASON_API_ERROR,    RETRY_NEVER,   NULL },
	{ NULL,     "ResourceNotFound",                  false,  REASON_API_ERROR,    RETRY_NEVER,   NULL },
	/* With a detail it speaks of one resource, not of the service. */
	{ NULL,     "ResourceUnavailable",               true,   REASON_SERVER_ERROR, RETRY_BACKOFF, NULL },
	{ NULL,     "ResponseSizeLimitExceeded",         false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "ServiceUnavailable",                false,  REASON_SERVER_ERROR, RETRY_BACKOFF, NULL },
	{ NULL,     "UnauthorizedOperation",             false,  REASON_PERMISSION,   RETRY_NEVER,   NULL },
	{ NULL,     "UnknownParameter",                  false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "UnsupportedOperation",              false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "UnsupportedProtocol",               false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     "UnsupportedRegion",                 false,  REASON_REFUSED,      RETRY_NEVER,   NULL },
	{ NULL,     NULL,                                false,  REASON_API_ERROR,    RETRY_NEVER,   NULL },
	/* clang-format on */
};

static const struct api_error_row unknown = {NULL, "", false, REASON_API_ERROR, RETRY_NEVER, NULL};

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
