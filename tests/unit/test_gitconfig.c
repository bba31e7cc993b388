/* SPDX-License-Identifier: Apache-2.0 */
/* git's configuration without a repository: values from the environment, and what they mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gitconfig/gitconfig.h"

/* `value` is what follows the key: NULL, nothing at all. */
static struct gitconfig *load_pair(const char *value)
{
	struct buf b = BUF_INIT(4096);
	struct gitconfig *c = NULL;
	struct err *e;

	buf_puts(&b, "'my.Sub.key");
	if (value)
		buf_printf(&b, "=%s", value);
	buf_puts(&b, "'");
	assert_int_equal(setenv("GIT_CONFIG_PARAMETERS", b.p, 1), 0);
	buf_free(&b);
	e = gitconfig_load(NULL, &c);
	assert_null(e);
	return c;
}

/* What git itself says of each, by `git config --type=bool`. */
static void test_bool(void **state)
{
	enum { NO, YES, BAD };
	static const struct {
		const char *value;
		int want;
	} rows[] = {
		{NULL, YES},
		{"", NO},
		{"true", YES},
		{"Yes", YES},
		{"ON", YES},
		{"false", NO},
		{"nO", NO},
		{"off", NO},
		{"0", NO},
		{"1", YES},
		{"-1", YES},
		{"0x10", YES},
		{"00", NO},
		{"08", BAD},
		{"1k", YES},
		{"0M", NO},
		{"1g", YES},
		{"2g", BAD},
		{"1kk", BAD},
		{"1x", BAD},
		{"k", BAD},
		{"2147483647", YES},
		{"2147483648", BAD},
		{"99999999999999999999", BAD},
		{"9223372036854775807k", BAD},
		{"tru", BAD},
		{"true ", BAD},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct gitconfig *c = load_pair(rows[i].value);
		bool is_on = false, other = true;
		struct err *e = gitconfig_bool(c, "My.Sub.Key", false, &is_on);

		if ((e ? BAD : is_on ? YES : NO) != rows[i].want)
			fail_msg("%s: %s", rows[i].value ? rows[i].value : "no value",
				 e       ? e->msg
				 : is_on ? "true"
					 : "false");
		err_free(e);
		assert_null(gitconfig_bool(c, "my.other", true, &other));
		assert_true(other);
		assert_int_equal(gitconfig_has_no_value(c, "my.sub.key"), !rows[i].value);
		gitconfig_free(c);
	}
}

static void test_flatten(void **state)
{
	struct gitconfig *c = load_pair("a \"b\" ; c ");
	struct buf b = BUF_INIT(4096);

	(void)state;
	assert_null(gitconfig_flatten(c, &b));
	assert_string_equal(b.p, "[my \"Sub\"]\n\tkey = a \\\"b\\\" \";\" c\" \"\n");
	buf_free(&b);
	gitconfig_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_flatten),
	};

	if (setenv("GIT_CONFIG_NOSYSTEM", "true", 1) != 0 ||
	    setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
