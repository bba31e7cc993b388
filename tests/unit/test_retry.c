/* SPDX-License-Identifier: Apache-2.0 */
/* The table of API codes, the words of transport failures, and the jitter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "cloud/net.h"
#include "cloud/retry.h"

static const struct {
	const char *service, *code;
	enum api_class class;
	enum retry_rule retry;
} rows[] = {
	/* clang-format off */
	{ "tcss", "RequestLimitExceeded",                              API_RATE,          RETRY_BACKOFF },
	{ "tcss", "RequestLimitExceeded.UinLimitExceeded",             API_RATE,          RETRY_BACKOFF },
	{ "tcss", "RequestLimitExceeded.GlobalRegionUinLimitExceeded", API_RATE,          RETRY_BACKOFF },
	{ "tcss", "RequestLimitExceeded.IPLimitExceeded",              API_RATE,          RETRY_BACKOFF },
	{ "tcss", "InternalError",                                     API_SERVER,        RETRY_BACKOFF },
	{ "tcss", "InternalError.MainDBFail",                          API_SERVER,        RETRY_BACKOFF },
	{ "tcss", "InternalError.NobodyKnows",                         API_SERVER,        RETRY_BACKOFF },
	{ "tcss", "InternalError.ErrRoleNotExist",                     API_CONFIGURATION, RETRY_NEVER   },
	{ "sts",  "InternalError.ErrRoleNotExist",                     API_SERVER,        RETRY_BACKOFF },
	{ "sts",  "InternalError.GetRoleError",                        API_CONFIGURATION, RETRY_NEVER   },
	{ "tcss", "ServiceUnavailable",                                API_SERVER,        RETRY_BACKOFF },
	{ "tcss", "ResourceUnavailable",                               API_SERVER,        RETRY_BACKOFF },
	{ "tcss", "ResourceUnavailable.Image",                         API_UNKNOWN,       RETRY_NEVER   },
	{ "tcss", "AuthFailure.SignatureExpire",                       API_CLOCK,         RETRY_CLOCK   },
	{ "tcss", "AuthFailure",                                       API_CREDENTIALS,   RETRY_NEVER   },
	{ "tcss", "AuthFailure.SignatureFailure",                      API_CREDENTIALS,   RETRY_NEVER   },
	{ "tcss", "AuthFailure.SecretIdNotFound",                      API_CREDENTIALS,   RETRY_NEVER   },
	{ "tcss", "AuthFailure.MFAFailure",                            API_CREDENTIALS,   RETRY_NEVER   },
	{ "tcss", "AuthFailure.TokenFailure",                          API_CREDENTIALS,   RETRY_TOKEN   },
	{ "tcss", "AuthFailure.UnauthorizedOperation",                 API_PERMISSION,    RETRY_NEVER   },
	{ "tcss", "AuthFailureX",                                      API_UNKNOWN,       RETRY_NEVER   },
	{ "tcss", "UnauthorizedOperation",                             API_PERMISSION,    RETRY_NEVER   },
	{ "tcss", "UnauthorizedOperation.CamNoAuth",                   API_PERMISSION,    RETRY_NEVER   },
	{ "tcss", "IpNotInWhitelist",                                  API_PERMISSION,    RETRY_NEVER   },
	{ "tcss", "UnsupportedRegion",                                 API_CONFIGURATION, RETRY_NEVER   },
	{ "tcss", "InvalidParameter",                                  API_CONFIGURATION, RETRY_NEVER   },
	{ "tcss", "InvalidParameter.ParsingError",                     API_CONFIGURATION, RETRY_NEVER   },
	{ "tcss", "InvalidParameterValue.DataRange",                   API_CONFIGURATION, RETRY_NEVER   },
	{ "tcss", "InvalidParameter.OverLimit",                        API_CONFIGURATION, RETRY_NEVER   },
	{ "sts",  "InvalidParameter.OverLimit",                        API_RATE,          RETRY_BACKOFF },
	{ "tcss", "ResponseSizeLimitExceeded",                         API_CONFIGURATION, RETRY_NEVER   },
	{ "tcss", "LimitExceeded",                                     API_BUSINESS,      RETRY_NEVER   },
	{ "tcss", "LimitExceeded.Quota",                               API_BUSINESS,      RETRY_NEVER   },
	{ "tcss", "ResourceNotFound",                                  API_BUSINESS,      RETRY_NEVER   },
	{ "tcss", "FailedOperation.AgentOffline",                      API_BUSINESS,      RETRY_NEVER   },
	{ "tcss", "",                                                  API_UNKNOWN,       RETRY_NEVER   },
	{ "tcss", ".",                                                 API_UNKNOWN,       RETRY_NEVER   },
	{ "tcss", "internalerror",                                     API_UNKNOWN,       RETRY_NEVER   },
	{ "tcss", "Internal",                                          API_UNKNOWN,       RETRY_NEVER   },
	/* clang-format on */
};

static void codes_have_their_class(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct api_error_row *got =
			api_error_find(rows[i].service, str_from(rows[i].code));

		print_message("%s %s\n", rows[i].service, rows[i].code);
		assert_int_equal(got->class, rows[i].class);
		assert_int_equal(got->retry, rows[i].retry);
	}
}

static void table_is_sorted_and_unique(void **state)
{
	size_t i = 0;

	(void)state;
	for (; api_errors[i].code; i++) {
		const struct api_error_row *r = &api_errors[i];

		if (i)
			assert_true(strcmp(api_errors[i - 1].code, r->code) < 0);
		assert_ptr_equal(api_error_find(r->service ? r->service : "any", str_from(r->code)),
				 r);
	}
	assert_true(i > 30);
}

static bool is_word(const char *s)
{
	return *s && strspn(s, "abcdefghijklmnopqrstuvwxyz-") == strlen(s);
}

static void reasons_are_words_with_a_hint(void **state)
{
	(void)state;
	for (int c = API_RATE; c <= API_UNKNOWN; c++) {
		assert_true(is_word(api_class_reason((enum api_class)c)));
		assert_true(strlen(api_class_hint((enum api_class)c)) > 20);
	}
	for (int r = NET_DNS; r <= NET_OTHER; r++) {
		const char *what = NULL;
		struct err *e = net_error((enum net_reason)r, "host", "timeout: no");

		assert_true(is_word(net_word((enum net_reason)r)));
		assert_true(strlen(net_hint((enum net_reason)r)) > 5);
		e = err_wrap(e, "dns: a layer above");
		assert_int_equal(e->kind, ERR_NET);
		assert_int_equal(net_reason(e, &what), r);
		assert_string_equal(what, "host: timeout: no");
		err_free(e);
	}
}

static void foreign_errors_have_no_word(void **state)
{
	struct err *e = err_new(ERR_NET, "timeouts are not timeout: x");
	const char *what;

	(void)state;
	assert_int_equal(net_reason(e, &what), NET_OTHER);
	assert_string_equal(what, "timeouts are not timeout: x");
	err_free(e);
	e = err_new(ERR_CONFIG, "timeout: x");
	assert_int_equal(net_reason(e, NULL), NET_OTHER);
	err_free(e);
}

static uint64_t next_random(uint64_t *state)
{
	/* splitmix64: reproducible */
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

static void jitter_is_full(void **state)
{
	static const struct {
		unsigned tries;
		uint64_t ceiling;
	} steps[] = {{1, 500},  {2, 1000}, {3, 2000},      {4, 4000},
		     {5, 8000}, {6, 8000}, {4000000, 8000}};
	uint64_t seed = 1;

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(steps); i++) {
		uint64_t sum = 0, low = UINT64_MAX, high = 0, c = steps[i].ceiling;

		for (int n = 0; n < 1000; n++) {
			uint64_t ms =
				retry_delay_ms(&retry_default, steps[i].tries, next_random(&seed));

			assert_true(ms <= c);
			sum += ms;
			low = ms < low ? ms : low;
			high = ms > high ? ms : high;
		}
		/* The mean of 1000 draws is within 5 % of half the ceiling, and the ends are met. */
		assert_in_range(sum / 1000, c * 45 / 100, c * 55 / 100);
		assert_true(low < c / 20);
		assert_true(high > c - c / 20);
	}
	assert_int_equal(retry_delay_ms(&retry_default, 1, 0), 0);
	assert_int_equal(retry_delay_ms(&retry_default, 1, 500), 500);
	assert_int_equal(retry_delay_ms(&retry_default, 1, 501), 0);
}

static void jitter_does_not_overflow(void **state)
{
	const struct retry_policy wide = {3, UINT64_MAX / 2 + 1, UINT64_MAX};

	(void)state;
	assert_int_equal(retry_delay_ms(&wide, 9, 7), 7);
	assert_int_equal(retry_delay_ms(&wide, 9, UINT64_MAX), UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_have_their_class),
		cmocka_unit_test(table_is_sorted_and_unique),
		cmocka_unit_test(reasons_are_words_with_a_hint),
		cmocka_unit_test(foreign_errors_have_no_word),
		cmocka_unit_test(jitter_is_full),
		cmocka_unit_test(jitter_does_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
