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
	enum reason reason;
	enum retry_rule retry;
} rows[] = {
	/* clang-format off */
	{ "tcss", "RequestLimitExceeded",                              REASON_RATE_LIMITED, RETRY_BACKOFF },
	{ "tcss", "RequestLimitExceeded.UinLimitExceeded",             REASON_RATE_LIMITED, RETRY_LIMIT   },
	{ "tcss", "RequestLimitExceeded.GlobalRegionUinLimitExceeded", REASON_RATE_LIMITED, RETRY_LIMIT   },
	{ "tcss", "RequestLimitExceeded.IPLimitExceeded",              REASON_RATE_LIMITED, RETRY_LIMIT   },
	{ "tcss", "InternalError",                                     REASON_SERVER_ERROR, RETRY_BACKOFF },
	{ "tcss", "InternalError.MainDBFail",                          REASON_SERVER_ERROR, RETRY_BACKOFF },
	{ "tcss", "InternalError.NobodyKnows",                         REASON_SERVER_ERROR, RETRY_BACKOFF },
	{ "tcss", "InternalError.ErrRoleNotExist",                     REASON_REFUSED,      RETRY_NEVER   },
	{ "sts",  "InternalError.ErrRoleNotExist",                     REASON_SERVER_ERROR, RETRY_BACKOFF },
	{ "sts",  "InternalError.GetRoleError",                        REASON_REFUSED,      RETRY_NEVER   },
	{ "tcss", "ServiceUnavailable",                                REASON_SERVER_ERROR, RETRY_BACKOFF },
	{ "tcss", "ResourceUnavailable",                               REASON_SERVER_ERROR, RETRY_BACKOFF },
	{ "tcss", "AuthFailure.SignatureExpire",                       REASON_CLOCK,        RETRY_CLOCK   },
	{ "tcss", "AuthFailure",                                       REASON_CREDENTIALS,  RETRY_NEVER   },
	{ "tcss", "AuthFailure.SignatureFailure",                      REASON_CREDENTIALS,  RETRY_NEVER   },
	{ "tcss", "AuthFailure.SecretIdNotFound",                      REASON_CREDENTIALS,  RETRY_NEVER   },
	{ "tcss", "AuthFailure.MFAFailure",                            REASON_CREDENTIALS,  RETRY_NEVER   },
	{ "tcss", "AuthFailure.TokenFailure",                          REASON_CREDENTIALS,  RETRY_TOKEN   },
	{ "tcss", "AuthFailure.UnauthorizedOperation",                 REASON_PERMISSION,   RETRY_NEVER   },
	{ "tcss", "UnauthorizedOperation",                             REASON_PERMISSION,   RETRY_NEVER   },
	{ "tcss", "UnauthorizedOperation.CamNoAuth",                   REASON_PERMISSION,   RETRY_NEVER   },
	{ "tcss", "IpNotInWhitelist",                                  REASON_PERMISSION,   RETRY_NEVER   },
	{ "tcss", "UnsupportedRegion",                                 REASON_REFUSED,      RETRY_NEVER   },
	{ "tcss", "InvalidParameter",                                  REASON_REFUSED,      RETRY_NEVER   },
	{ "tcss", "InvalidParameter.ParsingError",                     REASON_REFUSED,      RETRY_NEVER   },
	{ "tcss", "InvalidParameterValue.DataRange",                   REASON_REFUSED,      RETRY_NEVER   },
	{ "tcss", "InvalidParameter.OverLimit",                        REASON_REFUSED,      RETRY_NEVER   },
	{ "sts",  "InvalidParameter.OverLimit",                        REASON_RATE_LIMITED, RETRY_BACKOFF },
	{ "tcss", "ResponseSizeLimitExceeded",                         REASON_REFUSED,      RETRY_NEVER   },
	{ "tcss", "LimitExceeded",                                     REASON_API_ERROR,    RETRY_NEVER   },
	{ "tcss", "LimitExceeded.Quota",                               REASON_API_ERROR,    RETRY_NEVER   },
	{ "tcss", "ResourceNotFound",                                  REASON_API_ERROR,    RETRY_NEVER   },
	{ "tcss", "FailedOperation.AgentOffline",                      REASON_API_ERROR,    RETRY_NEVER   },
	/* clang-format on */
};

static void codes_have_their_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct api_error_row *got =
			api_error_find(rows[i].service, str_from(rows[i].code));

		print_message("%s %s\n", rows[i].service, rows[i].code);
		assert_int_equal(got->reason, rows[i].reason);
		assert_int_equal(got->retry, rows[i].retry);
		assert_true(*got->code);
	}
}

/* No row is theirs: they are what the API says, and never tried again. */
static void unknown_codes_have_no_row(void **state)
{
	static const char *const codes[] = {
		"ResourceUnavailable.Image", "AuthFailureX", "", ".", "internalerror", "Internal"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const struct api_error_row *got = api_error_find("tcss", str_from(codes[i]));

		print_message("%s\n", codes[i]);
		assert_string_equal(got->code, "");
		assert_int_equal(got->reason, REASON_API_ERROR);
		assert_int_equal(got->retry, RETRY_NEVER);
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

/* Words are for ever, so each is one reason's and is found again; a hint is a whole line. */
static void reasons_are_words(void **state)
{
	(void)state;
	for (int r = REASON_NONE + 1; r < REASON_FOREIGN; r++) {
		const char *word = reason_word((enum reason)r, "unused"),
			   *hint = reason_hint((enum reason)r);

		print_message("%s\n", word);
		assert_true(is_word(word));
		assert_true(!*hint || strlen(hint) > 5);
		assert_int_equal(reason_find(str_from(word)), r);
	}
	assert_string_equal(reason_word(REASON_NONE, NULL), "none");
	assert_string_equal(reason_word(REASON_FOREIGN, "of-tomorrow"), "of-tomorrow");
	assert_int_equal(reason_find(STR("of-tomorrow")), REASON_FOREIGN);
	assert_int_equal(reason_find(STR("none")), REASON_FOREIGN);
	assert_int_equal(reason_find(STR("")), REASON_FOREIGN);
}

/* Those of a row of the API's codes, and of the network, are told what to do by the table alone. */
static void reasons_have_a_hint(void **state)
{
	(void)state;
	for (int r = REASON_DNS; r <= REASON_DEADLINE; r++)
		assert_true(*reason_hint((enum reason)r));
	for (size_t i = 0; api_errors[i].code; i++)
		assert_true(strlen(reason_hint(api_errors[i].reason)) > 20);
}

/* The reason travels in the error, whatever layers say about it. */
static void errors_carry_their_reason(void **state)
{
	(void)state;
	for (int r = REASON_DNS; r <= REASON_NETWORK; r++) {
		struct err *e = net_error((enum reason)r, "host", "timeout: no");
		char *text = err_text(e);

		assert_true(text && strncmp(text, reason_word((enum reason)r, NULL),
					    strlen(reason_word((enum reason)r, NULL))) == 0);
		assert_non_null(strstr(text, ": host: timeout: no"));
		free(text);
		e = err_wrap(e, "dns: a layer above");
		assert_int_equal(e->kind, ERR_NET);
		assert_int_equal(net_reason(e), r);
		assert_string_equal(net_what(e), "host: timeout: no");
		err_free(e);
	}
}

static void foreign_errors_have_no_word(void **state)
{
	struct err *e = err_new(ERR_NET, "timeouts are not timeout: x");

	(void)state;
	assert_int_equal(net_reason(e), REASON_NETWORK);
	assert_string_equal(net_what(e), "timeouts are not timeout: x");
	err_free(e);
	e = err_new(ERR_CONFIG, "timeout: x");
	assert_int_equal(net_reason(e), REASON_NETWORK);
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
		cmocka_unit_test(codes_have_their_reason),
		cmocka_unit_test(unknown_codes_have_no_row),
		cmocka_unit_test(table_is_sorted_and_unique),
		cmocka_unit_test(reasons_are_words),
		cmocka_unit_test(reasons_have_a_hint),
		cmocka_unit_test(errors_carry_their_reason),
		cmocka_unit_test(foreign_errors_have_no_word),
		cmocka_unit_test(jitter_is_full),
		cmocka_unit_test(jitter_does_not_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
