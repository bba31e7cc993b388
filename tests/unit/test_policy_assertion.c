/* SPDX-License-Identifier: Apache-2.0 */
/* Assertions: what each operator says of each kind of value, and what is refused. */
#include "policy/assertion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "policy/waiver_value.h"

static struct reading *read_json(struct arena *a, const char *json)
{
	struct normalize_options opt = {.form = READ_FILE,
					.limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_CONFIG}};
	struct reading *r;
	struct err *e = normalize_read(&schema_registry_scan, str_from(json), &opt, a, &r);

	if (e)
		fail_msg("%s: %s", json, e->msg);
	return r;
}

/* A config that has something of everything. */
/* 2026-11-24T00:00:00Z */
#define NOW INT64_C(1795478400)

static const char whole[] =
	"{\"Enable\":true,\"ScanScope\":1,\"ScanType\":[\"CVE\",\"RISK\"],\"ScanPeriod\":7,"
	"\"ScanTime\":\"03:00:00\",\"ScanEndTime\":null,\"RegistryType\":[\"ccr\",\"tcr\"],"
	"\"Namespace\":[],\"Images\":["
	"{\"RegistryType\":\"ccr\",\"InstanceId\":\"i\",\"Namespace\":\"apps\",\"ImageName\":\"a\","
	"\"ImageTag\":\"v1\",\"InstanceName\":\"one\"},"
	"{\"RegistryType\":\"tcr\",\"InstanceId\":\"i\",\"Namespace\":\"base\",\"ImageName\":\"b\","
	"\"ImageTag\":\"v2\"}],"
	"\"Id\":[3,18446744073709551615,-9223372036854775808],\"ExcludeImageAssetIds\":[],"
	"\"Latest\":false,\"LastScanTime\":\"2026-11-23 03:00:00\",\"ScanResult\":\"Success\","
	"\"NewText\":\"ab\",\"NewList\":[1,\"x\",{\"k\":2},0.5],\"NewObject\":{\"a/b\":{\"c\":[true]}},"
	"\"NewTime\":\"02:30\"}";

enum want { HOLDS, FAILS, OPEN };

static const struct {
	const char *text;
	enum want want;
} rows[] = {
	{"/Enable == true", HOLDS},
	{"/Enable == false", FAILS},
	{"/Enable != false", HOLDS},
	{"/Enable in true", HOLDS},
	{"/Latest == false", HOLDS},
	{"/Latest present", HOLDS},
	{"/ScanScope == 1", HOLDS},
	{"/ScanScope == 2", FAILS},
	{"/ScanScope != 2", HOLDS},
	{"/ScanScope in 0 1", HOLDS},
	{"/ScanScope in 0 2", FAILS},
	{"/ScanPeriod < 7", FAILS},
	{"/ScanPeriod <= 7", HOLDS},
	{"/ScanPeriod > 7", FAILS},
	{"/ScanPeriod >= 7", HOLDS},
	{"/ScanPeriod > -1", HOLDS},
	{"/ScanPeriod <= 18446744073709551615", HOLDS},

	/* null: nothing is known of it but that it is null */
	{"/ScanEndTime == null", HOLDS},
	{"/ScanEndTime absent", HOLDS},
	{"/ScanEndTime present", FAILS},
	{"/ScanEndTime != null", FAILS},
	{"/ScanEndTime == 06:00", OPEN},
	{"/ScanEndTime != 06:00", OPEN},
	{"/ScanEndTime < 06:00", OPEN},
	{"/ScanEndTime in 06:00 07:00", OPEN},
	{"/ScanEndTime within 00:00-06:00", OPEN},
	{"/ContainerRunning == false", OPEN},
	{"/ContainerRunning != true", OPEN},
	{"/ScanTime == null", FAILS},
	{"/ScanTime != null", HOLDS},

	/* times */
	{"/ScanTime == 03:00", HOLDS},
	{"/ScanTime == 03:00:00", HOLDS},
	{"/ScanTime == \"03:00\"", HOLDS},
	{"/ScanTime < 03:00:01", HOLDS},
	{"/ScanTime >= 03:00", HOLDS},
	{"/ScanTime in 01:00 03:00", HOLDS},
	{"/ScanTime within 00:00-06:00", HOLDS},
	{"/ScanTime within 03:00-04:00", HOLDS},
	{"/ScanTime within 02:00-03:00", HOLDS},
	{"/ScanTime within 03:00:01-04:00", FAILS},
	{"/ScanTime within 02:00-02:59:59", FAILS},
	{"/ScanTime within 22:00-06:00", HOLDS},
	{"/ScanTime within 22:00-02:00", FAILS},
	{"/ScanTime within 18:00-24:00", FAILS},

	/* lists */
	{"/ScanType contains CVE", HOLDS},
	{"/ScanType contains CVE RISK", HOLDS},
	{"/ScanType contains cve", HOLDS},
	{"/ScanType contains CVE VIRUS", FAILS},
	{"/ScanType contains-any VIRUS RISK", HOLDS},
	{"/ScanType contains-any VIRUS", FAILS},
	{"/ScanType excludes VIRUS", HOLDS},
	{"/ScanType excludes VIRUS CVE", FAILS},
	{"/ScanType excludes \"NEW\"", HOLDS},
	{"/ScanType count == 2", HOLDS},
	{"/ScanType count != 2", FAILS},
	{"/ScanType count < 3", HOLDS},
	{"/ScanType present", HOLDS},
	{"/ScanType absent", FAILS},
	{"/RegistryType contains CCR", HOLDS},
	{"/Id contains 3", HOLDS},
	{"/Id contains -9223372036854775808 18446744073709551615", HOLDS},
	{"/Id excludes 4", HOLDS},
	{"/Id count <= 2", FAILS},
	{"/Images count >= 2", HOLDS},
	{"/Images present", HOLDS},
	{"/Namespace absent", HOLDS},
	{"/Namespace present", FAILS},
	{"/Namespace count == 0", HOLDS},
	{"/Namespace excludes apps", HOLDS},
	{"/Namespace contains apps", FAILS},
	{"/Namespace contains-any apps", FAILS},

	/* each element */
	{"/ScanType/* in CVE RISK VIRUS", HOLDS},
	{"/ScanType/* in CVE VIRUS", FAILS},
	{"/ScanType/* != VIRUS", HOLDS},
	{"/Id/* >= 0", FAILS},
	{"/Id/* >= -9223372036854775808", HOLDS},
	{"/Namespace/* == \"anything\"", HOLDS},
	{"/Images/*/Namespace in apps base", HOLDS},
	{"/Images/*/Namespace == apps", FAILS},
	{"/Images/*/ImageTag like v?", HOLDS},
	{"/Images/*/ImageTag like *v*", HOLDS},
	{"/Images/*/Namespace unlike test-*", HOLDS},
	{"/Images/*/Namespace unlike b?se", FAILS},
	{"/Images/*/ImageRepoAddress unlike x", OPEN},
	{"/ScanType unlike cv*", FAILS},
	{"/ScanType unlike X*", HOLDS},
	{"/Namespace unlike *", HOLDS},

	/* lengths of time */
	{"/ScanTime duration >= 4h", OPEN},
	{"/ScanTime duration >= 0s", HOLDS},
	{"state:/LastScanTime age <= 36h", HOLDS},
	{"/Images/*/RegistryType in CCR TCR", HOLDS},
	{"/Images/*/ImageRepoAddress present", FAILS},
	{"/Images/*/ImageRepoAddress == \"x\"", OPEN},
	{"\"/Images/*/ImageTag\" like v*", HOLDS},

	/* state */
	{"state:/ScanResult == Success", HOLDS},
	{"state:/ScanResult in Success ImageNeedIsEmpty", HOLDS},
	{"state:/ScanResult == \"Other\"", FAILS},
	{"state:/LastScanTime like 2026-*", HOLDS},
	{"state:/Images/*/InstanceName like one", OPEN},

	/* a field without a row */
	{"unknown:/NewText == ab", HOLDS},
	{"unknown:/NewText like a*", HOLDS},
	{"unknown:/NewText == 5", FAILS},
	{"unknown:/NewText contains b", FAILS},
	{"unknown:/NewText like *b", HOLDS},
	{"unknown:/NewText unlike *b", FAILS},
	{"unknown:/NewList unlike y*", HOLDS},
	{"unknown:/NewList unlike x*", FAILS},
	{"unknown:/NewObject unlike x*", FAILS},
	{"unknown:/NewText < 5", FAILS},
	{"unknown:/NewText count == 1", FAILS},
	{"unknown:/NewList count == 4", HOLDS},
	{"unknown:/NewList contains 1 x", HOLDS},
	{"unknown:/NewList contains \"1\"", FAILS},
	{"unknown:/NewList/0 == 1", HOLDS},
	{"unknown:/NewList/2/k == 2", HOLDS},
	{"unknown:/NewList/9 == 1", OPEN},
	{"unknown:/NewList/3 > 0", FAILS},
	{"unknown:/NewList/3 present", HOLDS},
	{"unknown:/NewList/* present", HOLDS},
	{"unknown:/NewList/* == 1", FAILS},
	{"unknown:/NewObject present", HOLDS},
	{"unknown:/NewObject == 1", FAILS},
	{"unknown:/NewObject/a~1b/c/* == true", HOLDS},
	{"unknown:/NewObject/a~1b/d == true", OPEN},
	{"unknown:/NewObject/*/c present", FAILS},
	{"unknown:/NewTime within 02:00-03:00", HOLDS},
	{"unknown:/NewTime == 02:30", HOLDS},
	{"unknown:/NewTime < 02:31", HOLDS},
	{"unknown:/Nowhere absent", HOLDS},
	{"unknown:/Nowhere == 1", OPEN},
	{"unknown:/Nowhere/* == 1", OPEN},
	/* once it is known it is read as such */
	{"unknown:/ScanPeriod == 7", HOLDS},

	/* coverage */
	{"coverage contains \"Only chosen images\"", HOLDS},
	{"coverage excludes \"Nothing is scanned\"", HOLDS},
	{"coverage like \"Every 7 days*\"", HOLDS},
	{"coverage like \"Every\"", FAILS},
	{"coverage unlike \"Every*\"", FAILS},
	{"coverage unlike \"Nothing*\"", HOLDS},
	{"coverage contains-any x \"Looked for\"", HOLDS},
	{"coverage present", HOLDS},

	/* words */
	{"  /ScanPeriod \t ==  7  ", HOLDS},
	{"unknown:/NewText != \"a b \\\" \\u003b\"", HOLDS},
};

static void test_operators(void **state)
{
	static const enum verdict_outcome outcomes[] = {
		[HOLDS] = VERDICT_HOLDS, [FAILS] = VERDICT_FAILS, [OPEN] = VERDICT_OPEN};
	struct arena *a = arena_new();
	struct reading *r = read_json(a, whole);
	struct coverage coverage;
	struct policy_input in = {&r->config, &coverage, true, STR("+08:00"), NOW, STR("")};

	(void)state;
	assert_null(coverage_describe(&r->config, a, &coverage));
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct assertion as;
		struct verdict v;
		struct err *e =
			assertion_parse(a, r->config.resource, "here", str_from(rows[i].text), &as);

		if (e)
			fail_msg("%s", e->msg);
		assert_null(assertion_evaluate(a, &as, &in, &v));
		if (v.outcome != outcomes[rows[i].want])
			fail_msg("%s: %d, %s", rows[i].text, (int)v.outcome, v.text.p);
	}
	arena_free(a);
}

static const struct {
	const char *text, *message;
} bad[] = {
	{"", "it is empty, expected POINTER OPERATOR VALUE"},
	{"Enable == true", "Enable: expected /FIELD, state:/FIELD or coverage"},
	{"/ == true", "/: a part is empty, expected /FIELD"},
	{"/Enable", "/Enable: expected an operator behind it, such as == or contains"},
	{"/Enabel == true", "/Enabel: unknown field, did you mean /Enable?"},
	{"/Zzz == true", "/Zzz: unknown field; an assertion on one that this version does not know "
			 "names it as unknown:/FIELD"},
	{"/Enable/x == true", "/Enable/x: is one value, expected nothing behind /Enable"},
	{"/ScanType/0 == CVE",
	 "/ScanType/0: \"0\": a set has no order, expected /ScanType/* for each"},
	{"/ScanType/*/x == CVE", "/ScanType/*/x: goes deeper than the field does"},
	{"/Images/* present",
	 "/Images/*: is an object each, expected a member: /Images/*/ImageDigest"},
	{"/Images/*/Tag == v1", "/Images/*/Tag: unknown member \"Tag\""},
	{"/Images/*/ImageTga == v1",
	 "/Images/*/ImageTga: unknown member \"ImageTga\", did you mean \"ImageTag\"?"},
	{"/Images/*/InstanceName == x",
	 "/Images/*/InstanceName: \"InstanceName\" is state, expected "
	 "state:/Images/*/InstanceName"},
	{"state:/Images/*/ImageTag == x", "state:/Images/*/ImageTag: \"ImageTag\" is part of the "
					  "config, expected /Images/*/ImageTag"},
	{"/ScanResult == Success", "/ScanResult: is state, expected state:/ScanResult"},
	{"state:/Enable == true", "state:/Enable: is part of the config, expected /Enable"},
	{"state:/ScanResul == Success",
	 "state:/ScanResul: unknown field, did you mean state:/ScanResult?"},
	{"/RequestId present", "/RequestId: belongs to the reply and not to the schedule"},
	{"/a~2 present", "/a~2: \"a~2\": expected ~0 for a tilde and ~1 for a slash"},
	{"unknown:/1/2/3/4/5/6/7/8/9 present", "unknown:/1/2/3/4/5/6/7/8/9: more than 8 parts"},

	{"/ScanType contain CVE", "unknown operator \"contain\", did you mean \"contains\"?"},
	{"/ScanType matches x", "unknown operator \"matches\", expected one of == != < <= > >= in "
				"contains contains-any excludes within like "
				"unlike count duration age present absent"},
	{"/ScanPeriod =< 1", "unknown operator \"=<\", did you mean \"==\"?"},
	{"/ScanType == CVE",
	 "/ScanType: == does not take it; for a list write contains, excludes or "
	 "count, or /FIELD/* for each element"},
	{"/ScanType <= 3", "/ScanType: <= does not take it; for a list write count <= N"},
	{"/ScanType within 1-2", "/ScanType: within does not take it; it is for times of day"},
	{"/Images contains x", "/Images: contains does not take a list of objects; write count, or "
			       "/Images/*/MEMBER for each element"},
	{"/ScanPeriod contains 1",
	 "/ScanPeriod: contains does not take it; for one value write == or in, for a part of a "
	 "text like *PART*"},
	{"/ScanPeriod count < 1", "/ScanPeriod: count does not take it; it is for lists"},
	{"/ScanPeriod like 1*",
	 "/ScanPeriod: like does not take it; it is for text; /FIELD/* is each "
	 "element of a list"},
	{"/Enable < true", "/Enable: < does not take it; for a list write count < N"},

	{"/Images/*/Namespace contains prod",
	 "/Images/*/Namespace: contains does not take it; for one value write == or in, for a part "
	 "of a text like *PART*"},
	{"state:/ScanResult excludes Fail",
	 "state:/ScanResult: excludes does not take it; for one value write == or in, for a part of "
	 "a text unlike *PART*"},
	{"/Namespace excludes test-*",
	 "/Namespace excludes: \"test-*\" would be taken literally; use unlike for a pattern, "
	 "in which \\* is a literal star"},
	{"/Images/*/ImageTag == \"v?\"",
	 "/Images/*/ImageTag ==: \"v?\" would be taken literally; use like for a pattern, "
	 "in which \\* is a literal star"},
	{"unknown:/X in a b*",
	 "unknown:/X in: \"b*\" would be taken literally; use like for a pattern, "
	 "in which \\* is a literal star"},
	{"/Id unlike 8*", "/Id: unlike does not take it; it is for text, and for lists of text"},
	{"/Images unlike a*", "/Images: unlike does not take a list of objects; write count, or "
			      "/Images/*/MEMBER for each element"},
	{"/ScanEndTime duration >= 4h", "/ScanEndTime: duration is the length of the window; write "
					"it of /ScanTime, where the window begins"},
	{"unknown:/X duration >= 4h", "unknown:/X: duration is the length of the window; write it "
				      "of /ScanTime, where the window begins"},
	{"/ScanTime age <= 4h", "/ScanTime: age is for state:/LastScanTime"},
	{"/ScanPeriod age <= 4h", "/ScanPeriod: age is for state:/LastScanTime"},
	{"/ScanTime duration <= 4h", "/ScanTime duration: found \"<=\", expected >= or >, and a "
				     "length below 24h, such as >= 4h"},
	{"/ScanTime duration >= 24h", "/ScanTime duration: found \"24h\", expected >= or >, and a "
				      "length below 24h, such as >= 4h"},
	{"/ScanTime duration >= 4", "/ScanTime duration: found \"4\", expected >= or >, and a "
				    "length below 24h, such as >= 4h"},
	{"state:/LastScanTime age >= 36h", "state:/LastScanTime age: found \">=\", expected <= or "
					   "<, and a length, such as <= 36h"},
	{"state:/LastScanTime age <= 36h1d", "state:/LastScanTime age: found \"36h1d\", expected "
					     "<= or <, and a length, such as <= 36h"},
	{"state:/LastScanTime age <= 100001d", "state:/LastScanTime age: found \"100001d\", "
					       "expected <= or <, and a length, such as <= 36h"},

	{"/Enable ==", "/Enable ==: expected a value"},
	{"/Enable == yes", "/Enable ==: found \"yes\", expected true or false"},
	{"/Enable == \"true\"",
	 "/Enable ==: found \"true\", expected true or false, without quotes"},
	{"/Enable == true false", "\"false\" is too much, expected /Enable == VALUE"},
	{"/ScanPeriod == 1.5", "/ScanPeriod ==: found \"1.5\", expected a whole number"},
	{"/ScanPeriod == 18446744073709551616",
	 "/ScanPeriod ==: found \"18446744073709551616\", expected a whole number"},
	{"/ScanPeriod == -9223372036854775809",
	 "/ScanPeriod ==: found \"-9223372036854775809\", expected a whole number"},
	{"/ScanPeriod <= x", "/ScanPeriod <=: found \"x\", expected a whole number"},
	{"/ScanPeriod in", "/ScanPeriod in: expected one value or more"},
	{"/ScanPeriod in 1 null",
	 "/ScanPeriod in: found \"null\", expected values; for null there are "
	 "== null and absent"},
	{"/ScanTime == 24:00",
	 "/ScanTime ==: found \"24:00\", expected a time of day, HH:MM or HH:MM:SS"},
	{"/ScanTime < 3", "/ScanTime <: found \"3\", expected a time of day, HH:MM or HH:MM:SS"},
	{"/ScanTime within 3-6",
	 "/ScanTime within: found \"3-6\", expected HH:MM-HH:MM, two different times"},
	{"/ScanTime within 03:00-03:00",
	 "/ScanTime within: found \"03:00-03:00\", expected HH:MM-HH:MM, two different times"},
	{"/ScanTime within", "/ScanTime within: expected HH:MM-HH:MM, two different times"},
	{"/ScanType contains CEV",
	 "/ScanType: unknown member \"CEV\", did you mean \"CVE\"? In quotes "
	 "it is taken as it is"},
	{"/ScanType contains SECRETS",
	 "/ScanType: unknown member \"SECRETS\", expected one of CVE, "
	 "RISK, VIRUS; in quotes it is taken as it is"},
	{"/ScanType count 3",
	 "/ScanType count: found \"3\", expected a comparison and a number, such "
	 "as <= 3"},
	{"/ScanType count <= x",
	 "/ScanType count: found \"x\", expected a comparison and a number, such as <= 3"},
	{"/ScanType count <= -1",
	 "/ScanType count: found \"-1\", expected a comparison and a number, such as <= 3"},
	{"/ScanType present CVE", "\"CVE\" is too much, expected /ScanType present"},
	{"coverage == x", "coverage: == does not take it; for a list write contains, excludes or "
			  "count, or /FIELD/* for each element"},
	{"/Namespace contains \"a", "\"a: the quote has no end"},
	{"/Namespace contains \"a\"b", "b directly behind a quote, expected a blank"},
	{"/Namespace contains \"a\\q\"", "\"a\\q\": expected a JSON string"},
	{"/Namespace \"contains\" a", "unknown operator \"contains\", did you mean \"contains\"?"},
};

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena *a = arena_new();
		struct assertion as;
		struct err *e = assertion_parse(a, &schema_registry_scan, "p.ini:3: assert",
						str_from(bad[i].text), &as);
		char *want = NULL;

		if (!e)
			fail_msg("%s: taken", bad[i].text);
		assert_int_equal(e->kind, ERR_CONFIG);
		assert_true(asprintf(&want, "p.ini:3: assert: %s", bad[i].message) > 0);
		assert_string_equal(e->msg, want);
		free(want);
		err_free(e);
		arena_free(a);
	}
}

/* More words than there are places for, and texts of every length up to there. */
static void test_many_words(void **state)
{
	struct buf b = BUF_INIT(1 << 16);
	struct arena *a = arena_new();
	struct assertion as;
	struct err *e;

	(void)state;
	buf_puts(&b, "/Id contains");
	for (int i = 0; i < 254; i++)
		buf_printf(&b, " %d", i);
	assert_null(assertion_parse(a, &schema_registry_scan, "x", buf_view(&b), &as));
	assert_int_equal(as.operands.n, 254);
	buf_puts(&b, " 7");
	e = assertion_parse(a, &schema_registry_scan, "x", buf_view(&b), &as);
	assert_non_null(e);
	assert_string_equal(e->msg, "x: more than 256 words");
	err_free(e);
	buf_free(&b);
	arena_free(a);
}

static const struct {
	const char *pattern, *text;
	bool matches;
} globs[] = {
	{"", "", true},
	{"", "a", false},
	{"*", "", true},
	{"*", "abc", true},
	{"a*", "abc", true},
	{"a*", "bac", false},
	{"*c", "abc", true},
	{"*c", "abcd", false},
	{"a*c", "abbbc", true},
	{"a*b*c", "aXbYc", true},
	{"a*b*c", "aXcYb", false},
	{"?", "a", true},
	{"?", "", false},
	{"?", "ab", false},
	{"??", "ab", true},
	{"?", "\xc3\xa9", true},
	{"\xc3\xa9", "\xc3\xa9", true},
	{"*\xa9", "\xc3\xa9", false},
	{"\\*", "*", true},
	{"\\*", "a", false},
	{"a\\?", "a?", true},
	{"\\", "\\", true},
	{"**", "x", true},
	{"*a*a*a*b", "aaaaaaaaaaaaaaaa", false},
	{"prod-*-v?", "prod-eu-v1", true},
};

static void test_globs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(globs); i++) {
		if (glob_matches(str_from(globs[i].pattern), str_from(globs[i].text)) !=
		    globs[i].matches)
			fail_msg("%s on %s", globs[i].pattern, globs[i].text);
	}
}

/* The table of operators is whole: each row can be found, read and asked. */
static void test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < OPERATION_KINDS; i++) {
		const struct operation *op = &operations[i];

		assert_ptr_equal(operation_find(str_from(op->name)), op);
		assert_true(op->takes != 0);
		assert_non_null(op->holds);
		assert_true(str_starts(str_from(op->syntax), op->name));
		assert_true(op->elsewhere || op->form == OPERANDS_NONE || op->measure);
	}
	assert_null(operation_find(STR("=")));
}

static const struct {
	const char *config, *text, *found, *sentence;
} sentences[] = {
	{"{\"ScanType\":[\"RISK\",\"VIRUS\"]}", "/ScanType contains CVE RISK",
	 "[\"RISK\", \"VIRUS\"]",
	 "/ScanType is [\"RISK\", \"VIRUS\"] (lacks \"CVE\"), demanded: contains CVE RISK"},
	{"{\"ScanType\":[\"RISK\",\"VIRUS\"]}", "/ScanType excludes RISK VIRUS",
	 "[\"RISK\", \"VIRUS\"]",
	 "/ScanType is [\"RISK\", \"VIRUS\"] (has \"RISK\", \"VIRUS\"), demanded: excludes RISK VIRUS"},
	{"{\"ExcludeImageAssetIds\":[888]}", "/ExcludeImageAssetIds count <= 0", "[888]",
	 "/ExcludeImageAssetIds is [888] (has 1), demanded: count <= 0"},
	{"{\"Namespace\":[\"a\",\"b\",\"c\"]}", "/Namespace/* in b", "[\"a\", \"c\"]",
	 "/Namespace/*: 2 of 3 fail: [\"a\", \"c\"], demanded: in b"},
	{"{}", "/Namespace/* in b", "[]",
	 "/Namespace/*: there is nothing in it that could fail: in b"},
	{"{}", "/ScanPeriod <= 1", "null",
	 "/ScanPeriod is null (what the vendor makes of null is not known), demanded: <= 1"},
	{"{\"ScanTime\":\"12:00\"}", "/ScanTime within 00:00-06:00", "\"12:00:00\"",
	 "/ScanTime is \"12:00:00\", demanded: within 00:00-06:00, by the target's clock (+08:00)"},
	{"{\"X\":[1]}", "unknown:/X < 2", "[1]",
	 "unknown:/X is [1] (a list, which < does not take), demanded: < 2"},
};

/* Both readings of what the vendor leaves open, and what is none. */
static const struct {
	const char *config, *zone, *text;
	enum verdict_outcome want;
	const char *sentence;
} spans[] = {
	{"{\"ScanTime\":\"02:00\",\"ScanEndTime\":\"06:00\"}", "", "/ScanTime duration >= 4h",
	 VERDICT_HOLDS,
	 "/ScanTime, to the end of the window, is \"4h\", as demanded: duration >= 4h"},
	{"{\"ScanTime\":\"02:00\",\"ScanEndTime\":\"06:00\"}", "", "/ScanTime duration > 4h",
	 VERDICT_FAILS, "/ScanTime, to the end of the window, is \"4h\", demanded: duration > 4h"},
	{"{\"ScanTime\":\"02:00:00\",\"ScanEndTime\":\"02:00:01\"}", "", "/ScanTime duration >= 4h",
	 VERDICT_FAILS, "/ScanTime, to the end of the window, is \"1s\", demanded: duration >= 4h"},
	{"{\"ScanTime\":\"22:30\",\"ScanEndTime\":\"06:00\"}", "", "/ScanTime duration >= 4h",
	 VERDICT_OPEN,
	 "/ScanTime, to the end of the window, is \"0s to 7h30m\" (which of them the vendor means is "
	 "not known, and the shortest one counts), demanded: duration >= 4h"},
	{"{\"ScanTime\":\"02:00\",\"ScanEndTime\":\"02:00\"}", "", "/ScanTime duration >= 4h",
	 VERDICT_OPEN,
	 "/ScanTime, to the end of the window, is \"0s to 1d\" (which of them the vendor means is not "
	 "known, and the shortest one counts), demanded: duration >= 4h"},
	{"{\"ScanTime\":\"02:00\"}", "", "/ScanTime duration >= 4h", VERDICT_OPEN,
	 "/ScanTime, to the end of the window, is \"0s or without end\" (which of them the vendor "
	 "means is not known, and the shortest one counts), demanded: duration >= 4h"},
	{"{\"ScanTime\":null,\"ScanEndTime\":\"06:00\"}", "", "/ScanTime duration >= 4h",
	 VERDICT_OPEN,
	 "/ScanTime, to the end of the window, is null (what the vendor makes of null is not known), "
	 "demanded: duration >= 4h"},
	{"{\"LastScanTime\":\"2026-11-23 03:00:00\"}", "+08:00", "state:/LastScanTime age <= 36h",
	 VERDICT_HOLDS, "state:/LastScanTime, its age, is \"1d5h\", as demanded: age <= 36h"},
	{"{\"LastScanTime\":\"2026-11-22 03:00:00\"}", "+08:00", "state:/LastScanTime age <= 36h",
	 VERDICT_FAILS, "state:/LastScanTime, its age, is \"2d5h\", demanded: age <= 36h"},
	{"{\"LastScanTime\":\"2026-11-23 03:00:00\"}", "", "state:/LastScanTime age <= 36h",
	 VERDICT_HOLDS,
	 "state:/LastScanTime, its age, is \"7h to 1d11h\", as demanded: age <= 36h"},
	{"{\"LastScanTime\":\"2026-11-22 20:00:00\"}", "", "state:/LastScanTime age <= 36h",
	 VERDICT_OPEN,
	 "state:/LastScanTime, its age, is \"14h to 1d18h\" (the target has no zone, and a time without "
	 "one may be 14 hours off), demanded: age <= 36h"},
	{"{\"LastScanTime\":\"2026-11-24 05:00:00\"}", "+00:00", "state:/LastScanTime age <= 36h",
	 VERDICT_HOLDS, "state:/LastScanTime, its age, is \"-5h\", as demanded: age <= 36h"},
	{"{\"LastScanTime\":\"yesterday\"}", "", "state:/LastScanTime age <= 36h", VERDICT_FAILS,
	 "state:/LastScanTime, its age, is \"yesterday\" (a text, which age does not take), demanded: "
	 "age <= 36h"},
	{"{\"LastScanTime\":\"\"}", "", "state:/LastScanTime age <= 36h", VERDICT_OPEN,
	 "state:/LastScanTime, its age, is null (what the vendor makes of null is not known), demanded: "
	 "age <= 36h"},
	{"{}", "", "state:/LastScanTime age <= 36h", VERDICT_OPEN,
	 "state:/LastScanTime, its age, is null (what the vendor makes of null is not known), demanded: "
	 "age <= 36h"},
	{"{\"Namespace\":[\"apps\",\"test-1\"]}", "", "/Namespace unlike test-*", VERDICT_FAILS,
	 "/Namespace: 1 of 2 fail: [\"test-1\"], demanded: unlike test-*"},
	{"{}", "", "/Namespace unlike test-*", VERDICT_HOLDS,
	 "/Namespace: there is nothing in it that could fail: unlike test-*"},
};

static void test_spans(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(spans); i++) {
		struct arena *a = arena_new();
		struct reading *r = read_json(a, spans[i].config);
		struct policy_input in = {&r->config, NULL,   true, str_from(spans[i].zone),
					  NOW,        STR("")};
		struct assertion as;
		struct verdict v;

		assert_null(
			assertion_parse(a, r->config.resource, "x", str_from(spans[i].text), &as));
		assert_null(assertion_evaluate(a, &as, &in, &v));
		assert_string_equal(v.text.p, spans[i].sentence);
		assert_int_equal(v.outcome, spans[i].want);
		arena_free(a);
	}
}

static void test_sentences(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(sentences); i++) {
		struct arena *a = arena_new();
		struct reading *r = read_json(a, sentences[i].config);
		struct policy_input in = {&r->config, NULL, false, STR("+08:00"), NOW, STR("")};
		struct assertion as;
		struct verdict v;

		assert_null(assertion_parse(a, r->config.resource, "x", str_from(sentences[i].text),
					    &as));
		assert_null(assertion_evaluate(a, &as, &in, &v));
		assert_string_equal(v.found.p, sentences[i].found);
		assert_string_equal(v.text.p, sentences[i].sentence);
		assert_int_equal(v.is_vacuous, v.seen == 0);
		arena_free(a);
	}
}

/* State and coverage that are not there are not judged; nothing is said of them. */
static void test_unseen(void **state)
{
	struct arena *a = arena_new();
	struct reading *r = read_json(a, whole);
	struct policy_input in = {&r->config, NULL, false, STR(""), NOW, STR("")};
	struct assertion as;
	struct verdict v;

	(void)state;
	assert_null(assertion_parse(a, r->config.resource, "x", STR("state:/ScanResult == Success"),
				    &as));
	assert_null(assertion_evaluate(a, &as, &in, &v));
	assert_int_equal(v.outcome, VERDICT_UNSEEN);
	assert_null(assertion_parse(a, r->config.resource, "x", STR("coverage contains x"), &as));
	assert_null(assertion_evaluate(a, &as, &in, &v));
	assert_int_equal(v.outcome, VERDICT_UNSEEN);
	arena_free(a);
}

/* Twenty thousand ids: found is cut, the verdict is not. */
static void test_many_ids(void **state)
{
	struct buf b = BUF_INIT(1 << 20);
	struct arena *a = arena_new();
	struct reading *r;
	struct policy_input in = {0};
	struct assertion as;
	struct verdict v;
	bool is_equal;

	(void)state;
	buf_puts(&b, "{\"Id\":[1");
	for (int i = 2; i <= 20000; i++)
		buf_printf(&b, ",%d", i);
	buf_puts(&b, "]}");
	r = read_json(a, b.p);
	in.config = &r->config;
	assert_null(assertion_parse(a, r->config.resource, "x", STR("/Id/* <= 10000"), &as));
	assert_null(assertion_evaluate(a, &as, &in, &v));
	assert_int_equal(v.outcome, VERDICT_FAILS);
	assert_int_equal(v.failed, 10000);
	assert_true(v.is_found_cut);
	assert_true(v.found.n < 1000);
	assert_null(assertion_parse(a, r->config.resource, "x", STR("/Id count <= 0"), &as));
	assert_null(assertion_evaluate(a, &as, &in, &v));
	assert_true(v.is_found_cut);
	/* A pin compares all of it. */
	assert_null(
		pin_is_found(a, &as.subject, &as, &in, (struct str){b.p + 6, b.n - 7}, &is_equal));
	assert_true(is_equal);
	assert_null(pin_is_found(a, &as.subject, &as, &in, STR("[1]"), &is_equal));
	assert_false(is_equal);
	buf_free(&b);
	arena_free(a);
}

static const struct {
	const char *text, *value;
	bool is_equal;
} pins[] = {
	{"/ScanType contains VIRUS", "[\"CVE\",\"RISK\"]", true},
	{"/ScanType contains VIRUS", "[\"risk\", \"cve\"]", true},
	{"/ScanType contains VIRUS", "[\"CVE\"]", false},
	{"/ScanType contains VIRUS", "\"CVE\"", false},
	{"/ScanPeriod <= 1", "7", true},
	{"/ScanPeriod <= 1", "8", false},
	{"/ScanPeriod <= 1", "\"7\"", false},
	{"/ScanTime within 04:00-05:00", "\"03:00\"", true},
	{"/ScanType/* in CVE", "[\"risk\"]", true},
	{"/ScanType/* in CVE", "[7]", false},
	{"/ScanTime duration >= 4h", "\"0s or without end\"", true},
	{"/ScanTime duration >= 4h", "\"03:00\"", false},
	{"/ScanEndTime present", "null", true},
	{"/Namespace present", "[]", true},
	{"/ScanType/* in CVE", "[\"RISK\"]", true},
	{"/ScanType/* in CVE", "[\"RISK\",\"RISK\"]", true},
	{"/ScanType/* in CVE", "[\"CVE\",\"RISK\"]", false},
	{"/ScanType/* in CVE", "\"RISK\"", false},
	{"/Images/*/Namespace == none", "[\"base\",\"apps\"]", true},
	{"/Id/* == 3", "[-9223372036854775808,18446744073709551615]", true},
	{"state:/ScanResult == \"X\"", "\"Success\"", true},
	{"unknown:/NewText == x", "\"ab\"", true},
	{"unknown:/NewList count == 0", "[1, \"x\", {\"k\": 2}, 5e-1]", true},
	{"unknown:/NewList/2/k == 0", "2", true},
	{"unknown:/NewList/* == 1", "[\"x\",{\"k\":2},0.5]", true},
	{"unknown:/Nowhere present", "null", true},
};

static void test_pins(void **state)
{
	struct arena *a = arena_new();
	struct reading *r = read_json(a, whole);
	struct policy_input in = {&r->config, NULL, true, STR(""), NOW, STR("")};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pins); i++) {
		struct assertion as;
		bool is_equal;

		assert_null(
			assertion_parse(a, r->config.resource, "x", str_from(pins[i].text), &as));
		assert_null(
			pin_is_found(a, &as.subject, &as, &in, str_from(pins[i].value), &is_equal));
		if (is_equal != pins[i].is_equal)
			fail_msg("%s on %s", pins[i].value, pins[i].text);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operators),  cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_many_words), cmocka_unit_test(test_globs),
		cmocka_unit_test(test_table),      cmocka_unit_test(test_sentences),
		cmocka_unit_test(test_unseen),     cmocka_unit_test(test_many_ids),
		cmocka_unit_test(test_pins),       cmocka_unit_test(test_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
