/* SPDX-License-Identifier: Apache-2.0 */
/* What the filter takes out of words that are not ours, and what it leaves in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attr.h"
#include "base/redact.h"
#include "base/secret.h"

#define FRONT "Canary0Front"
#define REAR  "Canary0Rear"
#define USER  "Canary0User"

static void learn(const char *url, size_t n)
{
	assert_null(redact_learn_url((struct str){url, n}));
}

static void expect(const char *name, const char *text, const char *want)
{
	char *got = redact(str_from(text));

	assert_non_null(got);
	if (strcmp(got, want) != 0)
		fail_msg("%s: \"%s\" became \"%s\", not \"%s\"", name, text, got, want);
	free(got);
}

static const struct {
	const char *name, *url, *text, *want;
} rows[] = {
	/* clang-format off */
	{"nothing is known", "", "as it was", "as it was"},
	{"no user", "http://proxy:3128", "proxy:3128", "proxy:3128"},
	{"user alone", "http://robert@proxy", "for robert at proxy", "for **** at proxy"},
	{"user and password", "http://robert:Wint3r26@proxy", "robert with Wint3r26", "**** with ****"},
	{"the whole URL", "http://robert:Wint3r26@proxy", "<http://robert:Wint3r26@proxy>", "<http://****@proxy>"},
	{"a URL without a scheme", "robert:Wint3r26@proxy:1", "robert:Wint3r26 of proxy", "**** of proxy"},
	{"an empty user", "http://:Wint3r26@proxy", "Wint3r26", "****"},
	{"an empty password", "http://robert:@proxy", "robert: no", "**** no"},
	{"in a word", "http://robert:Wint3r26@proxy", "xWint3r26y", "x****y"},
	{"in other letters", "http://robert:Wint3r26@proxy", "wint3r26", "wint3r26"},
	{"the host by a reader who ends the user at #", "http://robert:Wint3r#2026@proxy",
		"cannot resolve Wint3r", "cannot resolve ****"},
	{"the rest by the same", "http://robert:Wint3r#2026@proxy", "fragment 2026", "fragment ****"},
	{"the port by a reader who ends it at @", "http://robert:Wint3r@2026@proxy", "port 2026", "port ****"},
	{"decoded", "http://robert:Wint3r%232026@proxy", "Wint3r#2026", "****"},
	{"decoded, in lower case", "http://robert:Wint3r%2f2026@proxy", "Wint3r/2026", "****"},
	{"decoded, a part", "http://robert:Wint3r%232026@proxy", "at 2026 in Wint3r", "at **** in ****"},
	{"not a number behind the per cent", "http://robert:Wint3r%zz@proxy", "Wint3r%zz", "****"},
	{"cut after the per cent", "http://robert:Wint3r%2@proxy", "Wint3r%2", "****"},
	/* The longest goes, and what overlaps goes with it. */
	{"nested", "http://wint:winter2026@proxy", "winter2026, winter", "****, ****er"},
	{"overlapping", "http://abcdef:defghi@proxy", "abcdefghi", "****"},
	{"twice in a row", "http://robert:Wint3r26@proxy", "robertrobert", "********"},
	/* A short one is taken out as a word alone, or no text would be left of it. */
	{"one byte, in words", "http://robert:e@proxy", "the server ended", "the server ended"},
	{"one byte, a word", "http://robert:e@proxy", "password e: refused", "password ****: refused"},
	{"two bytes, in words", "http://robert:in@proxy", "a line ending", "a line ending"},
	{"two bytes, a word", "http://robert:in@proxy", "in", "****"},
	{"three bytes, in words", "http://robert:one@proxy", "none, gone, ones", "none, gone, ones"},
	{"three bytes, a word", "http://robert:one@proxy", "'one'", "'****'"},
	{"four bytes, in a word", "http://robert:line@proxy", "aline", "a****"},
	/* Any URL, since nobody says which ones a library was given. */
	{"an unknown URL", "", "at https://eve:pw@host/x", "at https://****@host/x"},
	{"an unknown URL with @ in the password", "", "https://eve:p@w@host", "https://****@host"},
	{"an unknown URL in quotes", "", "'https://eve@host' for x@y", "'https://****@host' for x@y"},
	{"a URL without a user", "", "https://host/x, mail x@y", "https://host/x, mail x@y"},
	{"a mail address", "", "x@y.example", "x@y.example"},
	/* clang-format on */
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		learn(rows[i].url, strlen(rows[i].url));
		expect(rows[i].name, rows[i].text, rows[i].want);
		redact_forget();
		if (*rows[i].url && strcmp(rows[i].text, rows[i].want) != 0 &&
		    !strstr(rows[i].text, "://"))
			expect("forgotten", rows[i].text, rows[i].text);
	}
}

/* No half of a password, and no user, however a reader of the URL cuts it. */
static void expect_none_told(const char *form, const char *byte, const char *text)
{
	char *got = redact(str_from(text));

	assert_non_null(got);
	if (strstr(got, "Canary0"))
		fail_msg("%s with %s: \"%s\" became \"%s\"", form, byte, text, got);
	free(got);
}

static void try_url(const char *form, const char *byte, const char *decoded)
{
	static const char *const said[] = {
		"host: " REAR,
		"port: \"" REAR "\" is no number",
		FRONT " and " REAR,
		USER ":" FRONT,
		"cannot resolve " USER ".local",
		"the URL " USER "@" REAR ":" FRONT "@",
	};
	const char *at = strchr(form, '*');
	bool is_cut = !strstr(form, FRONT REAR);
	char url[256], text[512];
	int n = snprintf(url, sizeof(url), "%.*s%s%s", (int)(at - form), form, byte, at + 1);

	assert_in_range(n, 1, sizeof(url) - 1);
	learn(url, (size_t)n);
	for (size_t i = 0; is_cut && i < ARRAY_LEN(said); i++)
		expect_none_told(form, byte, said[i]);
	if (!is_cut)
		expect_none_told(form, byte, "of " USER ", " FRONT REAR ": wrong");
	snprintf(text, sizeof(text), "Unsupported proxy '%s'", url);
	expect_none_told(form, byte, text);
	snprintf(text, sizeof(text), "password " FRONT "%s" REAR ", user " USER "%s" FRONT, decoded,
		 decoded);
	if (is_cut)
		expect_none_told(form, byte, text);
	redact_forget();
}

static void test_reserved_bytes(void **state)
{
	static const char *const forms[] = {
		"http://" USER ":" FRONT "*" REAR "@proxy:3128",
		"http://" USER "*" FRONT ":" REAR "@proxy:3128",
		"http://" USER ":*" FRONT REAR "@proxy",
		"http://" USER ":" FRONT REAR "*@proxy",
		"http://*" USER ":" FRONT REAR "@proxy",
		USER ":" FRONT "*" REAR "@proxy:3128",
		"https://" USER ":" FRONT "*" REAR "@git.example/repo.git",
	};
	static const char bytes[] = ":/?#[]@!$&'()*+,;=%\"<>\\^`{|}~ \t";

	(void)state;
	for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
		for (size_t i = 0; bytes[i]; i++) {
			char raw[2] = {bytes[i], '\0'}, upper[16], lower[16];

			snprintf(upper, sizeof(upper), "%%%02X", (unsigned)bytes[i]);
			snprintf(lower, sizeof(lower), "%%%02x", (unsigned)bytes[i]);
			try_url(forms[f], raw, raw);
			try_url(forms[f], upper, raw);
			try_url(forms[f], lower, raw);
		}
		try_url(forms[f], "%zz/", "%zz/");
		try_url(forms[f], "%0a", "\n");
		try_url(forms[f], "/@", "/@");
		try_url(forms[f], "%2F%23", "/#");
	}
}

/* Each secret that is set is known, as long as it is. */
static void test_secrets(void **state)
{
	struct secret key = {0}, token = {0};

	(void)state;
	assert_null(secret_set(&key, STR("kEy4567")));
	assert_null(secret_set(&token, STR("t0")));
	expect("set", "kEy4567 t0 t0day", "**** **** t0day");
	assert_null(secret_set(&key, STR("other99")));
	expect("set again", "kEy4567 other99", "kEy4567 ****");
	secret_clear(&token);
	expect("cleared", "t0", "t0");
	secret_clear(&key);
	expect("both cleared", "other99", "other99");
}

/* A byte NUL is a byte of the text, and ends no search. */
static void test_bytes(void **state)
{
	char *got;

	(void)state;
	learn("http://robert:a\0bcdef@proxy", 26);
	got = redact(STR("x\0robert"));
	assert_non_null(got);
	assert_memory_equal(got, "x\0****", 7);
	free(got);
	redact_forget();
	got = redact((struct str){NULL, 0});
	assert_non_null(got);
	assert_string_equal(got, "");
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_reserved_bytes),
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
