/* SPDX-License-Identifier: Apache-2.0 */
/* Policy files: what is read, what is refused and where, and what a rule says of a config. */
#include "policy/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define P "[policy]\nid = p\n"
#define W P "[rule r]\nseverity = low\nassert = /ScanPeriod <= 1\n"

static const char whole[] =
	"[policy]\n"
	"id    = tcss-registry-scan\n"
	"title = Registry images are scanned every night,\n"
	"        for everything\n"
	"\n"
	"[rule scan-types-complete]\n"
	"title       = All scan types are on\n"
	"severity    = critical\n"
	"assert      = /ScanType contains CVE RISK VIRUS\n"
	"rationale   = An image type that is not scanned is not known to be clean.\n"
	"remediation = Console: Image risk > Registry images\n"
	"controls    = ISO27001:A.8.8 NIST800-53:RA-5\n"
	"              MLPS2.0:8.1.4.4\n"
	"\n"
	"[rule quiet-hours]\n"
	"severity = medium\n"
	"when     = /Enable == true\n"
	"assert   = /ScanTime within 00:00-06:00\n"
	"           /ScanPeriod <= 1\n"
	"\n"
	"[drift]\n"
	"/ScanTime = low\n"
	"/Enable   = high\n"
	"\n"
	"[ignore reshuffled-ids]\n"
	"path    = /Id\n"
	"reason  = The console rewrites them\n"
	"owner   = platform@example.com\n"
	"expires = 2027-03-31\n"
	"\n"
	"[waiver prod-exclusions]\n"
	"rule    = quiet-hours\n"
	"target  = prod staging\n"
	"          dev\n"
	"value   = [888,\n"
	"          889]\n"
	"reason  = Vendor image, replaced in Q1\n"
	"owner   = platform@example.com\n"
	"expires = 2027-01-31\n"
	"\n"
	"[waiver drift]\n"
	"rule    = drift/ScanType\n"
	"reason  = x\n"
	"owner   = y\n"
	"expires = 2024-02-29\n";

/* The value in it is none of a time; linking refuses that, reading does not. */
static void test_whole(void **state)
{
	struct arena *a = arena_new();
	struct policy p;
	struct err *e =
		policy_parse(a, &schema_registry_scan, "policies/a.ini", str_from(whole), &p);
	const struct waiver *w;

	(void)state;
	if (e)
		fail_msg("%s", e->msg);
	assert_string_equal(p.file, "policies/a.ini");
	assert_string_equal(p.id.p, "tcss-registry-scan");
	assert_int_equal(p.id_line, 2);
	assert_string_equal(p.title.p, "Registry images are scanned every night, for everything");

	assert_int_equal(p.rule_count, 2);
	assert_ptr_equal(p.rules[0].policy, &p);
	assert_string_equal(p.rules[0].name.p, "scan-types-complete");
	assert_int_equal(p.rules[0].line, 6);
	assert_int_equal(p.rules[0].severity, SEVERITY_CRITICAL);
	assert_int_equal(p.rules[0].assert_count, 1);
	assert_int_equal(p.rules[0].asserts[0].line, 9);
	assert_int_equal(p.rules[0].when_count, 0);
	assert_int_equal(p.rules[0].control_count, 3);
	assert_true(str_is(p.rules[0].controls[0], "ISO27001:A.8.8"));
	assert_true(str_is(p.rules[0].controls[2], "MLPS2.0:8.1.4.4"));
	assert_int_equal(p.rules[1].title.n, 0);
	assert_int_equal(p.rules[1].when_count, 1);
	assert_int_equal(p.rules[1].when[0].line, 17);
	assert_int_equal(p.rules[1].assert_count, 2);
	assert_int_equal(p.rules[1].asserts[1].line, 19);
	assert_string_equal(p.rules[1].asserts[1].text.p, "/ScanPeriod <= 1");
	assert_true(str_is(p.rules[1].asserts[1].demand, "<= 1"));

	assert_int_equal(p.severity_count, 2);
	assert_string_equal(p.severities[0].field->name, "ScanTime");
	assert_int_equal(p.severities[0].severity, SEVERITY_LOW);
	assert_int_equal(p.severities[1].line, 23);

	assert_int_equal(p.waiver_count, 3);
	w = &p.waivers[0];
	assert_true(w->is_ignore);
	assert_string_equal(w->rule_id.p, "drift/Id");
	assert_int_equal(w->target_count, 0);
	w = &p.waivers[1];
	assert_false(w->is_ignore);
	assert_int_equal(w->line, 31);
	assert_int_equal(w->target_count, 3);
	assert_true(str_is(w->targets[2].name, "dev"));
	assert_int_equal(w->targets[2].line, 34);
	assert_string_equal(w->value.p, "[888, 889]");
	assert_string_equal(w->expires_text.p, "2027-01-31");
	assert_int_equal(w->ends_s, 1801440000); /* 2027-02-01T00:00:00Z */
	arena_free(a);
}

static const struct {
	const char *name, *text, *message;
} bad[] = {
	{"empty", "", "1: no section [policy], expected one with an id"},
	{"no id", "[policy]\n", "1: [policy] has no key \"id\", which it needs"},
	{"id", "[policy]\nid = a b\n",
	 "2: id = a b, expected 1 to 40 letters, digits, \".\", \"_\", \"-\", the first a letter or a "
	 "digit"},
	{"taken id", "[policy]\nid = Drift\n",
	 "2: id = Drift, which is a class of findings; expected another name"},
	{"section", P "[rules r]\n",
	 "3: unknown section [rules r], did you mean \"rule\"? Expected [policy], [rule ID], [severity], [drift], [limits], "
	 "[ignore NAME] or [waiver NAME]"},
	{"key", P "[rule r]\nseverty = low\n",
	 "4: unknown key \"severty\" in [rule r], did you mean \"severity\"?"},
	{"no severity", P "[rule r]\nassert = /Enable == true\n",
	 "3: [rule r] has no key \"severity\", which it needs"},
	{"no assert", P "[rule r]\nseverity = low\n",
	 "3: [rule r] has no key \"assert\", which it needs"},
	{"severity", P "[rule r]\nseverity = hihg\nassert = /Enable == true\n",
	 "4: severity = hihg, expected \"high\""},
	{"severity far off", P "[rule r]\nseverity = serious\nassert = /Enable == true\n",
	 "4: severity = serious, expected info, low, medium, high or critical"},
	{"rule twice", W "[rule R]\nseverity = low\nassert = /Enable == true\n",
	 "6: duplicate section [rule R], it stands on line 3 already; case makes no difference"},
	{"assert",
	 P "[rule r]\nseverity = low\nassert = /Enable == true\n  /ScanTyp contains CVE\n",
	 "6: assert: /ScanTyp: unknown field, did you mean /ScanType?"},
	{"when", P "[rule r]\nseverity = low\nassert = /Enable == true\nwhen = /Enable = true\n",
	 "6: when: unknown operator \"=\", did you mean \"==\"?"},
	{"control", P "[rule r]\nseverity = low\nassert = /Enable == true\ncontrols = A.8.8\n",
	 "6: controls: found \"A.8.8\", expected STANDARD:CLAUSE such as ISO27001:A.8.8"},

	{"drift field", P "[drift]\n/ScanTmie = low\n",
	 "4: [drift] /ScanTmie: unknown field, did you mean /ScanTime?"},
	{"drift element", P "[drift]\n/Images/*/ImageTag = low\n",
	 "4: [drift] /Images/*/ImageTag: expected /FIELD alone: drift is told by field"},
	{"drift state", P "[drift]\n/ScanResult = low\n",
	 "4: [drift] /ScanResult: is state, expected state:/ScanResult"},
	{"drift no pointer", P "[drift]\nScanTime = low\n",
	 "4: key \"ScanTime\" in [drift], expected /FIELD = severity"},
	{"drift severity", P "[drift]\n/ScanTime = lo\n", "4: /ScanTime = lo, expected \"low\""},

	{"no reason", W "[waiver w]\nrule = r\nowner = o\nexpires = 2027-01-31\n",
	 "6: [waiver w] has no key \"reason\", which it needs"},
	{"no owner", W "[waiver w]\nrule = r\nreason = o\nexpires = 2027-01-31\n",
	 "6: [waiver w] has no key \"owner\", which it needs"},
	{"no last day", W "[waiver w]\nrule = r\nreason = o\nowner = o\n",
	 "6: [waiver w] has no key \"expires\", which it needs"},
	{"last day", W "[waiver w]\nrule = r\nreason = o\nowner = o\nexpires = 2027-02-29\n",
	 "10: expires = 2027-02-29, expected its last day, YYYY-MM-DD"},
	{"last day with a time",
	 W "[waiver w]\nrule = r\nreason = o\nowner = o\nexpires = 2027-01-31T00:00:00Z\n",
	 "10: expires = 2027-01-31T00:00:00Z, expected its last day, YYYY-MM-DD"},
	{"value",
	 W "[waiver w]\nrule = r\nreason = o\nowner = o\nexpires = 2027-01-31\nvalue = [1\n",
	 "11: value = [1, expected a JSON value: line 1 column 3: the text ends, expected ',' or ']'"},
	{"target",
	 W "[waiver w]\nrule = r\nreason = o\nowner = o\nexpires = 2027-01-31\ntarget = prod *\n",
	 "11: target: found \"*\", expected names of targets; without the key it is for all"},
	{"ignore of a rule", W "[ignore w]\nrule = r\n",
	 "7: unknown key \"rule\" in [ignore w], expected path, target, value, reason, owner or "
	 "expires"},
	{"ignore path", W "[ignore w]\npath = /Idd\nreason = o\nowner = o\nexpires = 2027-01-31\n",
	 "7: path = /Idd: unknown field, did you mean /Id?"},
	{"ignore coverage",
	 W "[ignore w]\npath = coverage\nreason = o\nowner = o\nexpires = 2027-01-31\n",
	 "7: path = coverage: expected /FIELD alone: drift is told by field"},

	/* what only linking tells */
	{"unknown rule", W "[waiver w]\nrule = q\nreason = o\nowner = o\nexpires = 2027-01-31\n",
	 "7: rule = q: no such rule, did you mean \"r\"?"},
	{"unknown rule, far off",
	 W "[waiver w]\nrule = quiet\nreason = o\nowner = o\nexpires = 2027-01-31\n",
	 "7: rule = quiet: no such rule, expected one of this file, POLICY/RULE, or a built-in one "
	 "such as drift/FIELD"},
	{"unknown rule of a policy",
	 W "[waiver w]\nrule = p/rr\nreason = o\nowner = o\nexpires = 2027-01-31\n",
	 "7: rule = p/rr: no such rule, did you mean \"r\"?"},
	{"unknown policy",
	 W "[waiver w]\nrule = policy/elsewhere/r\nreason = o\nowner = o\nexpires = 2027-01-31\n",
	 "7: rule = policy/elsewhere/r: no such rule, expected one of this file, POLICY/RULE, or a "
	 "built-in one such as drift/FIELD"},
	{"unknown field",
	 W "[waiver w]\nrule = drift/ScanTyp\nreason = o\nowner = o\nexpires = 2027-01-31\n",
	 "7: rule = drift/ScanTyp: no such field, did you mean \"drift/ScanType\"?"},
	{"value of another kind",
	 W "[waiver w]\nrule = r\nreason = o\nowner = o\nexpires = 2027-01-31\nvalue = \"x\"\n",
	 "11: value = \"x\": not a value of what rule r is about: found a string, expected an "
	 "integer"},
};

static struct err *read_all(struct arena *a, const char *const *texts, size_t n,
			    struct policies *out)
{
	struct err *e = NULL;

	out->list = arena_array(a, n, sizeof(*out->list));
	out->count = n;
	for (size_t i = 0; !e && i < n; i++) {
		char *file = arena_printf(a, "policies/%c.ini", (char)('a' + (int)i));

		e = policy_parse(a, &schema_registry_scan, file, str_from(texts[i]), &out->list[i]);
	}
	return e ? e : policies_link(a, &schema_registry_scan, out);
}

static void test_refusals(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct arena *a = arena_new();
		struct policies all;
		struct err *e = read_all(a, &bad[i].text, 1, &all);
		char *want = NULL;

		if (!e)
			fail_msg("%s: taken", bad[i].name);
		assert_int_equal(e->kind, ERR_CONFIG);
		assert_true(asprintf(&want, "policies/a.ini:%s", bad[i].message) > 0);
		if (strcmp(e->msg, want) != 0)
			fail_msg("%s:\n  have %s\n  want %s", bad[i].name, e->msg, want);
		free(want);
		err_free(e);
		arena_free(a);
	}
}

#define WAIVE(rule) "[waiver w]\nrule = " rule "\nreason = o\nowner = o\nexpires = 2027-01-31\n"

/* Rules are found in the same file, and in others by policy. */
static void test_links(void **state)
{
	static const struct {
		const char *text, *id;
	} refs[] = {
		{"[policy]\nid = w\n" WAIVE("p/r"), "policy/p/r"},
		{"[policy]\nid = w\n" WAIVE("policy/p/r"), "policy/p/r"},
		{"[policy]\nid = w\n[rule r]\nseverity = low\nassert = /Latest == true\n" WAIVE(
			 "r"),
		 "policy/w/r"},
		{"[policy]\nid = w\n" WAIVE("drift/ScanType"), "drift/ScanType"},
		{"[policy]\nid = w\n" WAIVE("drift/SomethingNew"), "drift/SomethingNew"},
		{"[policy]\nid = w\n" WAIVE("liveness/stale"), "liveness/stale"},
		/* Whether there is such a rule is for others to say. */
		{"[policy]\nid = w\n" WAIVE("elsewhere/r"), "elsewhere/r"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
		const char *texts[] = {W, refs[i].text};
		struct arena *a = arena_new();
		struct policies all;
		struct err *e = read_all(a, texts, 2, &all);

		if (e)
			fail_msg("%s: %s", refs[i].text, e->msg);
		assert_string_equal(all.list[1].waivers[0].rule_id.p, refs[i].id);
		assert_int_equal(all.list[1].waivers[0].rule != NULL,
				 str_starts(all.list[1].waivers[0].rule_id, "policy/"));
		arena_free(a);
	}
}

static void test_two_files(void **state)
{
	static const struct {
		const char *texts[2], *message;
	} pairs[] = {
		{{P, "[policy]\nid = P\n"},
		 "policies/b.ini:2: id = P, which policies/a.ini:2 has already"},
		{{P "[drift]\n/Id = low\n",
		  "[policy]\nid = q\n[drift]\n/Latest = low\n/Id = low\n"},
		 "policies/b.ini:5: [drift] /Id, which policies/a.ini:4 has already"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct arena *a = arena_new();
		struct policies all;
		struct err *e = read_all(a, pairs[i].texts, 2, &all);

		assert_non_null(e);
		assert_string_equal(e->msg, pairs[i].message);
		err_free(e);
		arena_free(a);
	}
}

/* ---- rules ---- */

static const struct {
	const char *name, *when, *config;
	enum rule_outcome want;
	bool is_open;
} rules[] = {
	{"holds", NULL, "{\"ScanPeriod\":1}", RULE_PASSES, false},
	{"fails", NULL, "{\"ScanPeriod\":2}", RULE_FAILS, false},
	{"null fails", NULL, "{}", RULE_FAILS, false},
	{"when holds", "/Enable == true", "{\"Enable\":true,\"ScanPeriod\":2}", RULE_FAILS, false},
	{"when is false", "/Enable == true", "{\"Enable\":false,\"ScanPeriod\":2}",
	 RULE_NOT_APPLICABLE, false},
	{"when is open", "/ScanScope == 1", "{\"ScanPeriod\":2}", RULE_FAILS, true},
	{"when is open, and all is well", "/ScanScope == 1", "{\"ScanPeriod\":1}", RULE_PASSES,
	 true},
	{"one of two is false", "/ScanScope == 1\n /ScanScope present", "{\"ScanPeriod\":2}",
	 RULE_NOT_APPLICABLE, false},
	{"state is not seen", "state:/ScanResult == Success", "{\"ScanPeriod\":2}", RULE_NOT_JUDGED,
	 false},
	{"false, whatever the state", "state:/ScanResult == Success\n /Enable == true",
	 "{\"Enable\":false}", RULE_NOT_APPLICABLE, false},
};

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		struct arena *a = arena_new();
		struct normalize_options opt = {
			.form = READ_FILE, .limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_CONFIG}};
		struct reading *r;
		struct policy_input in = {0};
		struct rule_verdict v;
		struct policies all;
		char *text = arena_printf(a, "%s%s%s\n", W, rules[i].when ? "when = " : "",
					  rules[i].when ? rules[i].when : "");
		struct err *e = read_all(a, (const char *const *)&text, 1, &all);

		if (e)
			fail_msg("%s: %s", rules[i].name, e->msg);
		assert_null(normalize_read(&schema_registry_scan, str_from(rules[i].config), &opt,
					   a, &r));
		in.config = &r->config;
		assert_null(rule_evaluate(a, &all.list[0].rules[0], &in, &v));
		if (v.outcome != rules[i].want)
			fail_msg("%s: %d", rules[i].name, (int)v.outcome);
		assert_int_equal(v.open_when.n > 0, rules[i].is_open);
		arena_free(a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole), cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_links), cmocka_unit_test(test_two_files),
		cmocka_unit_test(test_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
