/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/targets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define T "[target prod]\n"

static const char whole[] = "[defaults]\n"
			    "endpoint = tcss.tencentcloudapi.com\n"
			    "timeout  = 30s\n"
			    "zone     = +08:00\n"
			    "\n"
			    "[target prod]\n"
			    "profile  = prod                 ; credential profile\n"
			    "uin      = 100000000001         ; the account this must be\n"
			    "region   = ap-guangzhou\n"
			    "role-arn = qcs::cam::uin/100000000001:roleName/ScanAuditor\n"
			    "baseline = baselines/gold.json\n"
			    "formerly = production\n"
			    "; its last line\n"
			    "\n"
			    "[target Staging.2]\n"
			    "sts-endpoint = https://sts.internal.example:8443/\n"
			    "endpoint = http://127.0.0.1:8080\n"
			    "timeout = 500ms\n"
			    "zone = -03:30\n"
			    "credentials = cvm-role\n"
			    "\n"
			    "[target dev]\n"
			    "[alias]\n"
			    "ScanType.VUL = CVE\n"
			    "ScanType.x.y = RISK\n";

static void test_whole(void **state)
{
	struct arena *a = arena_new();
	struct targets all;
	const struct target *t;
	struct err *e = targets_parse(a, TARGETS_FILE, str_from(whole), &all);

	(void)state;
	if (e)
		fail_msg("%s", e->msg);
	assert_string_equal(all.file, "baselines/targets.ini");
	assert_int_equal(all.count, 3);

	t = &all.list[0];
	assert_string_equal(t->name.p, "prod");
	assert_string_equal(t->file, all.file);
	assert_int_equal(t->line, 6);
	assert_string_equal(t->endpoint.p, "tcss.tencentcloudapi.com");
	assert_int_equal(t->timeout_ms, 30000);
	assert_string_equal(t->profile.p, "prod");
	assert_string_equal(t->uin.p, "100000000001");
	assert_true(t->has_zone);
	assert_int_equal(t->zone_east_s, 8 * 3600);
	assert_string_equal(t->zone.p, "+08:00");
	assert_string_equal(t->region.p, "ap-guangzhou");
	assert_string_equal(t->role_arn.p, "qcs::cam::uin/100000000001:roleName/ScanAuditor");
	assert_string_equal(t->baseline.p, "baselines/gold.json");
	assert_string_equal(t->former.p, "production");
	assert_int_equal(t->key_line[TARGET_KEY_FORMERLY], 12);
	assert_false(t->is_cvm_role);
	assert_int_equal(t->key_line[TARGET_KEY_TIMEOUT], 3);
	assert_int_equal(t->key_line[TARGET_KEY_UIN], 8);
	assert_int_equal(t->key_line[TARGET_KEY_CREDENTIALS], 0);

	t = &all.list[1];
	assert_string_equal(t->name.p, "Staging.2");
	assert_string_equal(t->sts_endpoint.p, "https://sts.internal.example:8443/");
	assert_string_equal(t->endpoint.p, "http://127.0.0.1:8080");
	assert_int_equal(t->timeout_ms, 500);
	assert_int_equal(t->zone_east_s, -12600);
	assert_true(t->is_cvm_role);
	assert_string_equal(t->baseline.p, "baselines/Staging.2.json");
	assert_int_equal(t->uin.n, 0);
	assert_int_equal(t->former.n, 0);
	assert_int_equal(t->key_line[TARGET_KEY_ENDPOINT], 17);

	assert_int_equal(all.list[2].timeout_ms, 30000);
	assert_int_equal(all.list[2].line, 22);

	assert_int_equal(all.alias_count, 2);
	assert_true(str_is(all.aliases[0].field, "ScanType"));
	assert_true(str_is(all.aliases[0].member, "VUL"));
	assert_true(str_is(all.aliases[0].canonical, "CVE"));
	assert_int_equal(all.aliases[0].line, 24);
	assert_true(str_is(all.aliases[1].member, "x.y"));
	arena_free(a);
}

static void test_least(void **state)
{
	struct arena *a = arena_new();
	struct targets all;

	(void)state;
	/* The defaults hold for targets above them too. */
	assert_null(
		targets_parse(a, TARGETS_FILE, STR("[target a]\n[defaults]\ntimeout = 3\n"), &all));
	assert_int_equal(all.list[0].timeout_ms, 3000);
	assert_null(targets_parse(a, TARGETS_FILE, STR("[target a]"), &all));
	assert_int_equal(all.list[0].timeout_ms, TARGET_TIMEOUT_MS_DEFAULT);
	assert_string_equal(all.list[0].endpoint.p, TARGET_ENDPOINT_DEFAULT);
	assert_string_equal(all.list[0].baseline.p, "baselines/a.json");
	assert_false(all.list[0].has_zone);
	assert_int_equal(all.alias_count, 0);
	/* One golden baseline for many. */
	assert_null(targets_parse(a, TARGETS_FILE,
				  STR("[defaults]\nbaseline = g.json\n[target a]\n[target b]\n"),
				  &all));
	assert_string_equal(all.list[0].baseline.p, "g.json");
	assert_string_equal(all.list[1].baseline.p, "g.json");
	arena_free(a);
}

static const struct {
	const char *name, *text, *message;
} bad[] = {
	{"empty", "", "1: no target, expected at least one [target NAME]"},
	{"no target", "[defaults]\ntimeout = 1s\n",
	 "1: no target, expected at least one [target NAME]"},
	{"target without its word", "[prod]\n",
	 "1: unknown section [prod], expected [defaults], [target NAME] or [alias]"},
	{"plural", "[targets prod]\n",
	 "1: unknown section [targets prod], did you mean \"target\"? Expected [defaults], [target "
	 "NAME] or [alias]"},
	{"name of a recording's file", "[target a.Meta]\n",
	 "1: target \"a.Meta\", expected a name that does not end in .meta: a recording of it would "
	 "be taken for another target's"},
	{"name", "[target -x]\n",
	 "1: [target -x], expected a name of 1 to 32 letters, digits, \".\", \"_\", \"-\", the first a "
	 "letter or a digit"},
	{"33 letters", "[target a23456789012345678901234567890123]\n",
	 "1: [target a23456789012345678901234567890123], expected a name of 1 to 32 letters, digits, "
	 "\".\", \"_\", \"-\", the first a letter or a digit"},
	{"same name", T "\n[target PROD]\n",
	 "3: duplicate section [target PROD], it stands on line 1 already; case makes no difference"},
	{"unknown key", T "profil = x\n",
	 "2: unknown key \"profil\" in [target prod], did you mean \"profile\"?"},
	{"underscore", T "role_arn = x\n",
	 "2: unknown key \"role_arn\" in [target prod], did you mean \"role-arn\"?"},
	{"unknown default", "[defaults]\nretries = 3\n",
	 "2: unknown key \"retries\" in [defaults], expected endpoint, sts-endpoint, timeout, profile, "
	 "uin, zone, region, role-arn, baseline, formerly or credentials"},
	{"former name for all", "[defaults]\nformerly = x\n" T,
	 "2: key \"formerly\" in [defaults], expected it in [target NAME]"},
	{"wrong default", "[defaults]\ntimeout = x\n" T,
	 "2: timeout = x, expected a time such as 10s or 500ms, up to 10m"},
	{"no time", T "timeout = 0s\n",
	 "2: timeout = 0s, expected a time such as 10s or 500ms, up to 10m"},
	{"long time", T "timeout = 11m\n",
	 "2: timeout = 11m, expected a time such as 10s or 500ms, up to 10m"},
	{"profile with a slash", T "profile = ../x\n",
	 "2: profile = ../x, expected letters, digits, \"_\", \"-\", \".\""},
	{"profile with a hash", T "profile = x # y\n",
	 "2: profile = x # y, expected letters, digits, \"_\", \"-\", \".\""},
	{"uin", T "uin = 1000x\n", "2: uin = 1000x, expected the digits of an account's uin"},
	{"zone by name", T "zone = Asia/Shanghai\n",
	 "2: zone = Asia/Shanghai, expected an offset from UTC such as +08:00"},
	{"zone", T "zone = +8\n", "2: zone = +8, expected an offset from UTC such as +08:00"},
	{"region", T "region = AP\n", "2: region = AP, expected a region such as ap-guangzhou"},
	{"role of nobody", T "role-arn = qcs::cam::uin/:roleName/x\n",
	 "2: role-arn = qcs::cam::uin/:roleName/x, expected qcs::cam::uin/DIGITS:roleName/NAME"},
	{"role without a name", T "role-arn = qcs::cam::uin/1:roleName/\n",
	 "2: role-arn = qcs::cam::uin/1:roleName/, expected qcs::cam::uin/DIGITS:roleName/NAME"},
	{"user for role", T "role-arn = qcs::cam::uin/1:user/x\n",
	 "2: role-arn = qcs::cam::uin/1:user/x, expected qcs::cam::uin/DIGITS:roleName/NAME"},
	{"role of another account", T "uin = 2\nrole-arn = qcs::cam::uin/1:role/x\n",
	 "3: role-arn is of account 1 (line 3), uin is 2 (line 2), expected the same"},
	{"credentials", T "credentials = env\n", "2: credentials = env, expected cvm-role"},
	{"baseline outside", T "baseline = ../outside.json\n",
	 "2: baseline = ../outside.json, expected a path to a .json file below the repository's root"},
	{"baseline at the root", T "baseline = /etc/x.json\n",
	 "2: baseline = /etc/x.json, expected a path to a .json file below the repository's root"},
	{"baseline in .git", T "baseline = .GIT/x.json\n",
	 "2: baseline = .GIT/x.json, expected a path to a .json file below the repository's root"},
	{"baseline that is code", T "baseline = src/x.c\n",
	 "2: baseline = src/x.c, expected a path to a .json file below the repository's root"},
	{"baseline without a name", T "baseline = x/.json\n",
	 "2: baseline = x/.json, expected a path to a .json file below the repository's root"},
	{"endpoint", T "endpoint = http://tcss.tencentcloudapi.com\n",
	 "2: endpoint = http://tcss.tencentcloudapi.com: plain http is for loopback addresses alone; "
	 "expected a host, an https:// URL, or an http:// URL to a loopback address, each with "
	 "an optional port and nothing behind it"},
	{"endpoint with a password", T "endpoint = https://u:p@host\n",
	 "2: endpoint = @host: it holds a user name or a password; expected a host, an https:// URL, "
	 "or an http:// URL to a loopback address, each with an optional port and nothing behind it"},
	{"sts-endpoint", T "sts-endpoint = a b\n",
	 "2: sts-endpoint = a b: it holds a byte that no host name has; "
	 "expected a host, an https:// URL, or an http:// URL to a loopback address, each with "
	 "an optional port and nothing behind it"},
	{"former name", T "formerly = a, b\n",
	 "2: formerly = a, b, expected one name that the target had"},
	{"two former names", T "formerly = a b\n",
	 "2: formerly = a b, expected one name that the target had"},
	{"former names on two lines", T "formerly = a\n  b\n",
	 "3: \"b\" is indented and would go on with \"formerly\", which is one line"},
	{"former name that is", T "formerly = dev\n[target Dev]\n",
	 "2: formerly = dev, but line 3 has this name too, expected it once"},
	{"former name that is its own", T "formerly = Prod\n",
	 "2: formerly = prod, but line 1 has this name too, expected it once"},
	{"former name of two", T "formerly = x\n\n[target b]\nformerly = X\n",
	 "5: formerly = x, but line 2 has this name too, expected it once"},
	{"alias without a member", T "[alias]\nScanType = CVE\n",
	 "3: key \"ScanType\" in [alias], expected FIELD.MEMBER, such as ScanType.VUL"},
	{"alias without a field", T "[alias]\n.VUL = CVE\n",
	 "3: key \".VUL\" in [alias], expected FIELD.MEMBER, such as ScanType.VUL"},
	{"alias of two words", T "[alias]\nScanType.VUL = CVE RISK\n",
	 "3: ScanType.VUL = CVE RISK, expected the one other word that it means"},
	{"alias of itself", T "[alias]\nScanType.CVE = CVE\n",
	 "3: ScanType.CVE = CVE, expected the one other word that it means"},
	{"aliases in a row", T "[alias]\nScanType.VUL = CVE\nScanType.CVE = X\n",
	 "3: ScanType.VUL = CVE, which is an alias too (line 4), expected the word that it ends at"},
	{"aliases in a ring", T "[alias]\nScanType.VUL = CVE\nScanType.CVE = VUL\n",
	 "3: ScanType.VUL = CVE, which is an alias too (line 4), expected the word that it ends at"},
	{"control byte", T "uin = 1\x1b\n", "2: column 8: control character U+001B, expected text"},
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena *a = arena_new();
		struct targets all = {0};
		struct err *e = targets_parse(a, TARGETS_FILE, str_from(bad[i].text), &all);
		char *want = arena_printf(a, TARGETS_FILE ":%s", bad[i].message);

		if (!e || strcmp(e->msg, want) != 0)
			fail_msg("%s:\nwant %s\ngot  %s", bad[i].name, want,
				 e ? e->msg : "no error");
		assert_int_equal(e ? e->kind : ERR_NOMEM, ERR_CONFIG);
		assert_int_equal(all.count, 0);
		err_free(e);
		arena_free(a);
	}
}

static void test_select(void **state)
{
	struct arena *a = arena_new();
	struct targets all;
	const struct target *const *list;
	size_t n;
	static const char *const two[] = {"dev", "prod", "dev"};
	static const struct {
		const char *name, *message;
	} unknown[] = {
		{"prd", "unknown target \"prd\", did you mean \"prod\"?"},
		{"DEV", "unknown target \"DEV\", did you mean \"dev\"?"},
		{"Production", "unknown target \"Production\", did you mean \"prod\"?"},
		{"x", "unknown target \"x\", baselines/targets.ini has prod, Staging.2, dev"},
		{"", "unknown target \"\", baselines/targets.ini has prod, Staging.2, dev"},
	};

	(void)state;
	assert_null(targets_parse(a, TARGETS_FILE, str_from(whole), &all));
	assert_null(targets_select(a, &all, NULL, 0, &list, &n));
	assert_int_equal(n, 3);
	assert_null(targets_select(a, &all, two, 3, &list, &n));
	assert_int_equal(n, 2);
	assert_ptr_equal(list[0], &all.list[0]);
	assert_ptr_equal(list[1], &all.list[2]);
	for (size_t i = 0; i < ARRAY_LEN(unknown); i++) {
		const char *names[] = {"prod", unknown[i].name};
		struct err *e = targets_select(a, &all, names, 2, &list, &n);

		assert_non_null(e);
		assert_string_equal(e->msg, unknown[i].message);
		assert_int_equal(e->kind, ERR_USAGE);
		err_free(e);
	}
	assert_ptr_equal(targets_find(&all, STR("dev")), &all.list[2]);
	assert_null(targets_find(&all, STR("Dev")));
	arena_free(a);
}

/* Whatever is done to a good file: targets, or an error with a line of the file. */
static void read_damaged(const char *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1), *end;
	struct arena *a = arena_new();
	struct targets all = {0};
	struct err *e;
	size_t lines = 1;

	assert_non_null(copy);
	memcpy(copy, bytes, n);
	for (size_t i = 0; i < n; i++)
		lines += copy[i] == '\n';
	e = targets_parse(a, TARGETS_FILE, (struct str){copy, n}, &all);
	assert_true(!e == (all.count > 0));
	if (e) {
		assert_true(str_starts(str_from(e->msg), TARGETS_FILE ":"));
		assert_in_range(strtoul(e->msg + sizeof(TARGETS_FILE), &end, 10), 1, lines);
		assert_true(str_starts(str_from(end), ": "));
		if (strstr(e->msg, "inih"))
			fail_msg("%s:\n%.*s", e->msg, (int)n, copy);
	}
	err_free(e);
	arena_free(a);
	free(copy);
}

static void test_damaged(void **state)
{
	static const char bytes[] = {0,   '\n', '\t', ' ', ';', '=',   ':',
				     '[', ']',  '/',  '.', 'a', '\xe4'};
	char text[sizeof(whole)];
	size_t n = sizeof(whole) - 1;

	(void)state;
	for (size_t i = 0; i <= n; i++)
		read_damaged(whole, i);
	for (size_t i = 0; i < n; i++) {
		memcpy(text, whole, n);
		for (size_t j = 0; j < sizeof(bytes); j++) {
			text[i] = bytes[j];
			read_damaged(text, n);
		}
		for (int bit = 0; bit < 8; bit++) {
			text[i] = (char)(whole[i] ^ 1 << bit);
			read_damaged(text, n);
		}
		memmove(text + i, whole + i + 1, n - i - 1);
		read_damaged(text, n - 1);
	}
}

/* ---- memory ends at each allocation in turn ---- */

static unsigned allocations_left; /* 0: never fails */

static bool is_memory_at_its_end(void)
{
	return allocations_left && --allocations_left == 0;
}

void *__real_arena_array(struct arena *a, size_t count, size_t size);
void *__wrap_arena_array(struct arena *a, size_t count, size_t size);
char *__real_arena_bytes(struct arena *a, size_t size);
char *__wrap_arena_bytes(struct arena *a, size_t size);
struct str __real_arena_str(struct arena *a, struct str s);
struct str __wrap_arena_str(struct arena *a, struct str s);
char *__wrap_arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

void *__wrap_arena_array(struct arena *a, size_t count, size_t size)
{
	return is_memory_at_its_end() ? NULL : __real_arena_array(a, count, size);
}

char *__wrap_arena_bytes(struct arena *a, size_t size)
{
	return is_memory_at_its_end() ? NULL : __real_arena_bytes(a, size);
}

struct str __wrap_arena_str(struct arena *a, struct str s)
{
	return is_memory_at_its_end() ? (struct str){NULL, 0} : __real_arena_str(a, s);
}

/* Cannot hand its arguments on: what it makes is short. */
char *__wrap_arena_printf(struct arena *a, const char *fmt, ...)
{
	char *p = is_memory_at_its_end() ? NULL : __real_arena_bytes(a, 1000);
	va_list ap;

	va_start(ap, fmt);
	if (p)
		assert_in_range(vsnprintf(p, 1000, fmt, ap), 0, 999);
	va_end(ap);
	return p;
}

static void test_nomem(void **state)
{
	static const char *const names[] = {"dev"};
	struct err *e = err_nomem();
	unsigned n;

	(void)state;
	for (n = 1; e; n++) {
		struct arena *a = arena_new();
		struct targets all = {0};
		const struct target *const *list;
		size_t count;

		allocations_left = n;
		e = targets_parse(a, TARGETS_FILE, str_from(whole), &all);
		if (!e)
			e = targets_select(a, &all, names, 1, &list, &count);
		if (e)
			assert_ptr_equal(e, err_nomem());
		else
			assert_int_equal(count, 1);
		arena_free(a);
	}
	assert_true(n > 50);
	allocations_left = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),   cmocka_unit_test(test_least),
		cmocka_unit_test(test_bad),     cmocka_unit_test(test_select),
		cmocka_unit_test(test_damaged), cmocka_unit_test(test_nomem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
