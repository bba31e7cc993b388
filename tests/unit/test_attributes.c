/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attr.h"
#include "run/attributes.h"

struct row {
	const char *before, *after;
	bool may_differ;
};

/* clang-format off */
static const struct row rows[] = {
	/* Nothing, comments and empty lines. */
	{ "", "", false },
	{ "", "# note\n\n  \t\n", false },
	{ "* -diff\n", "# note\n* -diff\n", false },
	{ "", "  # not in the first column\n", false },
	/* Line ends, in each form and together. */
	{ "", "*.json -text\n", false },
	{ "*.json text\n", "*.json !text eol=lf\n", false },
	{ "", "*.ini text=auto eol=crlf crlf=input\r\n", false },
	{ "* text\n", "", false },
	/* More than that, alone or beside it. */
	{ "", "*.json -diff\n", true },
	{ "", "*.json text -diff\n", true },
	{ "", "*.json binary\n", true },
	{ "", "*.json linguist-generated\n", true },
	{ "", "*.json working-tree-encoding=UTF-16\n", true },
	{ "", "* filter=lfs diff=lfs merge=lfs -text\n", true },
	{ "", "* merge=union", true },
	{ "", "* export-ignore\n", true },
	{ "", "* ident\n", true },
	/* A name that only begins like one of the three. */
	{ "", "* texture\n", true },
	{ "", "* eol-style=lf\n", true },
	{ "", "* -crlfx\n", true },
	/* What goes, changes or changes its place counts too. */
	{ "* -diff\n", "", true },
	{ "* -diff\n", "* diff\n", true },
	{ "a -diff\nb diff\n", "b diff\na -diff\n", true },
	{ "a -diff\n", "a  -diff\n", true },
	{ "a -diff\n", "a -diff", false },
	/* A pattern in quotation marks may hold blanks, and a macro is none. */
	{ "", "\"a text\" -diff\n", true },
	{ "", "\"a b\" text\n", true },
	{ "", "[attr]text diff\n", true },
	/* The mark before the text, which git leaves out. */
	{ "", "\xEF\xBB\xBF* -diff\n", true },
};
/* clang-format on */

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];

		if (attributes_may_differ(str_from(r->before), str_from(r->after), false) !=
		    r->may_differ)
			fail_msg("row %zu: \"%s\" and \"%s\"", i, r->before, r->after);
		/* Whatever it is, a file is no other than itself. */
		assert_false(attributes_may_differ(str_from(r->after), str_from(r->after), false));
		assert_false(attributes_may_differ(str_from(r->after), str_from(r->after), true));
	}
}

/* With macros every line counts: one of the three names may mean anything. */
static void test_strict(void **state)
{
	(void)state;
	assert_true(attributes_may_differ(STR(""), STR("*.json text\n"), true));
	assert_true(attributes_may_differ(STR(""), STR("# note\n"), true));
	assert_true(attributes_have_macro(STR("a -diff\n[attr]mine -diff\n")));
	assert_true(attributes_have_macro(STR(" [attr]mine")));
	assert_false(attributes_have_macro(STR("a attr\n")));
	assert_false(attributes_have_macro(STR("")));
}

/* git stops at a NUL, so what comes after it must not look like a part of the file. */
static void test_nul(void **state)
{
	static const char text[] = "* text\n\0* -diff\n";

	(void)state;
	assert_true(attributes_may_differ(STR("* text\n"), (struct str){text, sizeof(text) - 1},
					  false));
	assert_true(attributes_may_differ((struct str){text, sizeof(text) - 1}, STR("* text\n"),
					  false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_nul),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
