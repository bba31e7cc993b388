/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Policies in a run: which findings count, which are let pass, and what is said of waivers. Each
 * row is a small world: two targets, a policy file, and the findings that must come of it.
 */
#include "result/judge_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/timeutil.h"
#include "model_lib.h"
#include "result/exit.h"

#define TARGETS "[target prod]\nformerly = production\nzone = +08:00\n[target dev]\n"
#define POLICY  "[policy]\nid = p\n"
#define RULES                                                               \
	POLICY "[rule daily]\nseverity = high\nassert = /ScanPeriod <= 1\n" \
	       "[rule bare]\nseverity = medium\nassert = /ExcludeImageAssetIds count == 0\n"
#define LINES "reason = because\nowner = me\nexpires = 2027-01-31\n"

/* Of a config: fields that the rows below change. */
#define REST \
	"\"Enable\":true,\"ScanType\":[\"CVE\"],\"ScanTime\":\"03:00\",\"RequestId\":\"x\",\"Latest\":false"
#define RUNNING ",\"ContainerRunning\":false"
#define GOOD    "{" REST ",\"ScanScope\":0,\"ScanPeriod\":1}"
#define SLOW    "{" REST ",\"ScanScope\":0,\"ScanPeriod\":7}"
#define EXCL    "{" REST ",\"ScanScope\":0,\"ScanPeriod\":1,\"ExcludeImageAssetIds\":[888]}"

/* A world. Lives are by target; NULL: no reply came. */
struct world {
	const char *name, *policy;
	const char *base, *prod, *dev;
	const char *now;      /* NULL: 2026-11-24 */
	const char *select;   /* NULL: all targets */
	const char *findings; /* "severity rule target" each, waived ones in brackets, sorted */
	int code;
};

static int64_t now_of(const char *text)
{
	int64_t t;

	if (!time_parse_rfc3339(str_from(text ? text : "2026-11-24T00:00:00Z"), &t))
		fail_msg("%s", text);
	return t;
}

struct scene {
	struct arena *a;
	struct result r;
	struct policies policies;
	struct targets targets;
	struct policy_run *run;
};

static void open_scene(struct scene *s, const struct world *w)
{
	struct err *e;

	*s = (struct scene){.a = arena_new()};
	assert_null(targets_parse(s->a, TARGETS_FILE, STR(TARGETS), &s->targets));
	s->policies = (struct policies){arena_array(s->a, 1, sizeof(*s->policies.list)), 1};
	e = policy_parse(s->a, &schema_registry_scan, "policies/p.ini", str_from(w->policy),
			 &s->policies.list[0]);
	if (!e)
		e = policies_link(s->a, &schema_registry_scan, &s->policies);
	if (!e)
		e = judge_policies_check(&s->policies);
	if (e)
		fail_msg("%s: %s", w->name, e->msg);
	s->r = (struct result){.arena = s->a,
			       .command = "check",
			       .now_s = now_of(w->now),
			       .findings = {.arena = s->a},
			       .fail_on = SEVERITY_LOW};
	s->r.targets = arena_array(s->a, s->targets.count, sizeof(*s->r.targets));
	assert_null(policy_run_new(&s->r, &s->policies, &s->targets, &s->run));
}

static void judge_one(struct scene *s, const struct world *w, const struct target *t)
{
	const char *json = str_is(t->name, "prod") ? w->prod : w->dev;
	struct live_side live = {0};
	struct baseline_side base = {.state = BASELINE_READ, .is_canonical = true};
	size_t first = s->r.findings.n;

	base.reading = lib_read(s->a, &schema_registry_scan, w->base ? w->base : GOOD);
	if (json) {
		live.reading = lib_read(s->a, &schema_registry_scan, json);
	} else {
		live.failure.reason = REASON_SERVER_ERROR;
		live.failure.message = STR("try later");
	}
	assert_null(judge_target(&s->r, t, &live, &base));
	assert_null(policy_run_target(s->run, t, &live, &base, first));
}

static int compare_lines(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

/* One line a finding, sorted. The lives of these rows say nothing of their scans: not of interest. */
static char *list_findings(const struct scene *s)
{
	char **lines = arena_array(s->a, s->r.findings.n + 1, sizeof(char *));
	struct buf b = BUF_INIT(1 << 16);
	size_t n = 0;

	for (size_t i = 0; i < s->r.findings.n; i++) {
		const struct finding *f = &s->r.findings.v[i];

		if (f->rule == RULE_LIVENESS_UNKNOWN)
			continue;
		lines[n++] = arena_printf(s->a, "%s%s %s %s%s\n", f->waived ? "[" : "",
					  severity_name(f->severity), f->rule_text.p,
					  f->target.n ? f->target.p : "-", f->waived ? "]" : "");
	}
	qsort(lines, n, sizeof(*lines), compare_lines);
	for (size_t i = 0; i < n; i++)
		buf_puts(&b, lines[i]);
	buf_char(&b, '\0');
	return buf_take(&b, &(size_t){0});
}

static void close_scene(struct scene *s)
{
	free(s->r.findings.v);
	arena_free(s->a);
}

static void play(struct scene *s, const struct world *w)
{
	open_scene(s, w);
	for (size_t i = 0; i < s->targets.count; i++) {
		const struct target *t = &s->targets.list[i];

		if (!w->select || str_is(t->name, w->select))
			judge_one(s, w, t);
	}
	assert_null(policy_run_end(s->run));
	assert_null(result_finish(&s->r));
}

static void expect(const struct world *w)
{
	struct scene s;
	char *have;

	play(&s, w);
	have = list_findings(&s);
	if (strcmp(have, w->findings) != 0)
		fail_msg("%s:\nhave:\n%swant:\n%s", w->name, have, w->findings);
	if ((int)exit_for_result(&s.r) != w->code)
		fail_msg("%s: exit code %d", w->name, (int)exit_for_result(&s.r));
	free(have);
	close_scene(&s);
}

#define DAILY_PROD "high policy/p/daily prod\n"
#define DRIFT_PROD "high drift/ScanPeriod prod\n"

static const struct world worlds[] = {
	{"all is well", RULES, GOOD, GOOD, GOOD, NULL, NULL, "", 0},
	{"a rule fails", RULES, SLOW, SLOW, GOOD, NULL, NULL,
	 "high policy/p/daily prod\nlow drift/ScanPeriod dev\n", 1},
	{"drift and a rule", RULES, GOOD, SLOW, GOOD, NULL, NULL, DRIFT_PROD DAILY_PROD, 1},
	{"nothing is said of what did not come", RULES, GOOD, NULL, GOOD, NULL, NULL,
	 "high incomplete/server-error prod\n", 3},

	/* severities of drift */
	{"lowered", RULES "[drift]\n/ScanPeriod = info\n", GOOD, SLOW, GOOD, NULL, NULL,
	 DAILY_PROD "info drift/ScanPeriod prod\n", 1},
	{"another field's", RULES "[drift]\n/ScanTime = info\n", GOOD, SLOW, GOOD, NULL, NULL,
	 DRIFT_PROD DAILY_PROD, 1},
	{"switched off stays critical", POLICY "[drift]\n/ScanPeriod = info\n/ScanTime = info\n",
	 GOOD,
	 "{\"Enable\":false,\"RequestId\":\"x\",\"ScanScope\":0,\"ScanPeriod\":1,\"ScanType\":[\"CVE\"],"
	 "\"ScanTime\":\"03:00\",\"Latest\":false}",
	 GOOD, NULL, NULL, "critical drift/Enable prod\n", 1},
	{"switched off, named", POLICY "[drift]\n/Enable = low\n", GOOD,
	 "{\"Enable\":false,\"RequestId\":\"x\",\"ScanScope\":0,\"ScanPeriod\":1,\"ScanType\":[\"CVE\"],"
	 "\"ScanTime\":\"03:00\",\"Latest\":false}",
	 GOOD, NULL, NULL, "low drift/Enable prod\n", 1},

	/* waivers of a rule */
	{"waived", RULES "[waiver w]\nrule = daily\ntarget = prod\n" LINES, SLOW, SLOW, SLOW, NULL,
	 NULL, "[high policy/p/daily prod]\nhigh policy/p/daily dev\n", 1},
	{"waived for all", RULES "[waiver w]\nrule = daily\n" LINES, SLOW, SLOW, SLOW, NULL, NULL,
	 "[high policy/p/daily dev]\n[high policy/p/daily prod]\n", 0},
	{"waived under a former name",
	 RULES "[waiver w]\nrule = p/daily\ntarget = production\n" LINES, SLOW, SLOW, SLOW, NULL,
	 "prod", "[high policy/p/daily prod]\n", 0},
	{"another rule's", RULES "[waiver w]\nrule = bare\ntarget = prod\n" LINES, SLOW, SLOW, SLOW,
	 NULL, "prod", DAILY_PROD "low waiver/unused -\n", 1},
	{"drift is another finding", RULES "[waiver w]\nrule = daily\n" LINES, GOOD, SLOW, SLOW,
	 NULL, "prod", "[high policy/p/daily prod]\n" DRIFT_PROD, 1},

	/* pinned */
	{"pinned", RULES "[waiver w]\nrule = bare\nvalue = [888]\n" LINES, EXCL, EXCL, EXCL, NULL,
	 "prod", "[medium policy/p/bare prod]\n", 0},
	{"pinned, another order of the same",
	 RULES "[waiver w]\nrule = bare\nvalue = [9, 8]\n" LINES,
	 "{" REST ",\"ScanScope\":0,\"ScanPeriod\":1,\"ExcludeImageAssetIds\":[8,9]}",
	 "{" REST ",\"ScanScope\":0,\"ScanPeriod\":1,\"ExcludeImageAssetIds\":[8,9]}", GOOD, NULL,
	 "prod", "[medium policy/p/bare prod]\n", 0},
	{"pinned to another value", RULES "[waiver w]\nrule = bare\nvalue = [889]\n" LINES, EXCL,
	 EXCL, EXCL, NULL, "prod", "medium policy/p/bare prod\n", 1},
	{"pinned to another value, all targets",
	 RULES "[waiver w]\nrule = bare\nvalue = [888, 889]\n" LINES, EXCL, EXCL, EXCL, NULL, NULL,
	 "low waiver/unused -\nmedium policy/p/bare dev\nmedium policy/p/bare prod\n", 1},

	/* last days */
	{"the last second", RULES "[waiver w]\nrule = daily\n" LINES, SLOW, SLOW, SLOW,
	 "2027-01-31T23:59:59Z", "prod", "[high policy/p/daily prod]\ninfo waiver/expires-soon -\n",
	 0},
	{"the first second after it", RULES "[waiver w]\nrule = daily\n" LINES, SLOW, SLOW, SLOW,
	 "2027-02-01T00:00:00Z", "prod", DAILY_PROD "medium waiver/expired -\n", 1},
	{"another zone's clock is no other time", RULES "[waiver w]\nrule = daily\n" LINES, SLOW,
	 SLOW, SLOW, "2027-02-01T07:59:59+08:00", "prod",
	 "[high policy/p/daily prod]\ninfo waiver/expires-soon -\n", 0},
	{"fourteen days and a second", RULES "[waiver w]\nrule = daily\n" LINES, SLOW, SLOW, SLOW,
	 "2027-01-17T23:59:59Z", "prod", "[high policy/p/daily prod]\n", 0},
	{"fourteen days", RULES "[waiver w]\nrule = daily\n" LINES, SLOW, SLOW, SLOW,
	 "2027-01-18T00:00:00Z", "prod", "[high policy/p/daily prod]\ninfo waiver/expires-soon -\n",
	 0},
	{"expired and of no use is told once", RULES "[waiver w]\nrule = daily\n" LINES, GOOD, GOOD,
	 GOOD, "2028-01-01T00:00:00Z", NULL, "medium waiver/expired -\n", 1},
	{"expired, of another target", RULES "[waiver w]\nrule = daily\ntarget = dev\n" LINES, GOOD,
	 GOOD, GOOD, "2028-01-01T00:00:00Z", "prod", "", 0},
	{"expired ignore", RULES "[ignore i]\npath = /ScanTime\n" LINES, GOOD, GOOD, GOOD,
	 "2028-01-01T00:00:00Z", NULL, "medium waiver/expired -\n", 1},

	/* of no use */
	{"unused", RULES "[waiver w]\nrule = daily\ntarget = prod\n" LINES, GOOD, GOOD, GOOD, NULL,
	 NULL, "low waiver/unused -\n", 1},
	{"unused, the other target not judged",
	 RULES "[waiver w]\nrule = daily\ntarget = prod\n" LINES, GOOD, GOOD, NULL, NULL, NULL,
	 "high incomplete/server-error dev\nlow waiver/unused -\n", 1},
	{"its target not judged", RULES "[waiver w]\nrule = daily\ntarget = prod\n" LINES, GOOD,
	 NULL, GOOD, NULL, NULL, "high incomplete/server-error prod\n", 3},
	{"of its target the switch alone was compared",
	 POLICY "[ignore i]\npath = /Id\ntarget = prod\n" LINES, "{\"Enable\":false}",
	 "{\"Enable\":false,\"ScanTime\":5,\"RequestId\":\"x\"}", "{\"Enable\":false}", NULL, NULL,
	 "high schema/type-changed prod\n", 3},
	{"its target not looked at", RULES "[waiver w]\nrule = daily\ntarget = prod\n" LINES, GOOD,
	 GOOD, GOOD, NULL, "dev", "", 0},
	{"one of its targets not looked at",
	 RULES "[waiver w]\nrule = daily\ntarget = prod dev\n" LINES, GOOD, GOOD, GOOD, NULL,
	 "prod", "", 0},
	{"for all, one not looked at", RULES "[waiver w]\nrule = daily\n" LINES, GOOD, GOOD, GOOD,
	 NULL, "prod", "", 0},
	{"used by one of two", RULES "[waiver w]\nrule = daily\ntarget = prod dev\n" LINES, SLOW,
	 SLOW, "{" REST ",\"ScanScope\":0,\"ScanPeriod\":1}", NULL, NULL,
	 "[high policy/p/daily prod]\nlow drift/ScanPeriod dev\n", 1},
	{"an unknown target", RULES "[waiver w]\nrule = daily\ntarget = prdo\n" LINES, GOOD, GOOD,
	 GOOD, NULL, NULL, "low waiver/unused -\n", 1},
	{"an unknown target, not all looked at",
	 RULES "[waiver w]\nrule = daily\ntarget = prdo\n" LINES, GOOD, GOOD, GOOD, NULL, "prod",
	 "", 0},
	{"built-in, unused", RULES "[waiver w]\nrule = liveness/stale\n" LINES, GOOD, GOOD, GOOD,
	 NULL, NULL, "low waiver/unused -\n", 1},

	/* drift */
	{"ignored", POLICY "[ignore i]\npath = /ScanPeriod\ntarget = prod\n" LINES, GOOD, SLOW,
	 GOOD, NULL, NULL, "[high drift/ScanPeriod prod]\n", 0},
	{"waived drift", POLICY "[waiver i]\nrule = drift/ScanPeriod\ntarget = prod\n" LINES, GOOD,
	 SLOW, GOOD, NULL, NULL, "[high drift/ScanPeriod prod]\n", 0},
	{"ignored for one value", POLICY "[ignore i]\npath = /ScanPeriod\nvalue = 7\n" LINES, GOOD,
	 SLOW, SLOW, NULL, "prod", "[high drift/ScanPeriod prod]\n", 0},
	{"ignored for another value", POLICY "[ignore i]\npath = /ScanPeriod\nvalue = 3\n" LINES,
	 GOOD, SLOW, SLOW, NULL, "prod", DRIFT_PROD, 1},
	{"ignored, unused", POLICY "[ignore i]\npath = /Id\n" LINES, GOOD, GOOD, GOOD, NULL, NULL,
	 "low waiver/unused -\n", 1},
	{"a field without a row", POLICY "[ignore i]\npath = unknown:/New\n" LINES, GOOD,
	 "{" REST ",\"ScanScope\":0,\"ScanPeriod\":1,\"New\":[1]}", GOOD, NULL, "prod",
	 "[high drift/New prod]\ninfo schema/unknown-field prod\n", 0},
	{"a field without a row, pinned",
	 POLICY "[ignore i]\npath = unknown:/New\nvalue = [2]\n" LINES, GOOD,
	 "{" REST ",\"ScanScope\":0,\"ScanPeriod\":1,\"New\":[1]}", GOOD, NULL, "prod",
	 "high drift/New prod\ninfo schema/unknown-field prod\n", 1},
	/*
	 * Scope 1 to 0 makes the emptied selection mean nothing; with the scope's change ignored it
	 * is all that was scanned.
	 */
	{"what is left is judged by itself", POLICY "[ignore i]\npath = /ScanScope\n" LINES,
	 "{" REST RUNNING ",\"ScanScope\":1,\"ScanPeriod\":1,\"Id\":[1,2]}",
	 "{" REST RUNNING ",\"ScanScope\":0,\"ScanPeriod\":1,\"Id\":[1]}", GOOD, NULL, "prod",
	 "[low drift/ScanScope prod]\nhigh drift/Id prod\n", 1},
	{"the same without the ignore", POLICY,
	 "{" REST RUNNING ",\"ScanScope\":1,\"ScanPeriod\":1,\"Id\":[1,2]}",
	 "{" REST RUNNING ",\"ScanScope\":0,\"ScanPeriod\":1,\"Id\":[1]}", GOOD, NULL, "prod",
	 "info drift/Id prod\nlow drift/ScanScope prod\n", 1},
};

static void test_worlds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(worlds); i++)
		expect(&worlds[i]);
}

/* Which text stands in the message of the one finding of this rule. */
static const struct {
	const char *name, *policy, *prod, *now, *rule, *message;
	size_t line;
} told[] = {
	{"unused", RULES "[waiver w]\nrule = daily\n" LINES, GOOD, NULL, "waiver/unused",
	 "[waiver w] lets nothing pass: policy/p/daily has no finding", 9},
	{"unknown target", RULES "[waiver w]\nrule = daily\ntarget = prdo\n" LINES, GOOD, NULL,
	 "waiver/unused",
	 "[waiver w] is for target \"prdo\", which baselines/targets.ini does not have; did you mean "
	 "\"prod\"?",
	 11},
	{"other value", RULES "[waiver w]\nrule = bare\nvalue = [1]\n" LINES, EXCL, NULL,
	 "waiver/unused",
	 "[waiver w] lets nothing pass: policy/p/bare found another value than [1]", 9},
	{"expired", RULES "[ignore w]\npath = /Id\n" LINES, GOOD, "2027-02-01T00:00:00Z",
	 "waiver/expired", "[ignore w] of me for drift/Id ended with 2027-01-31 (UTC)", 9},
	{"one day left", RULES "[waiver w]\nrule = bare\n" LINES, EXCL, "2027-01-30T23:59:59Z",
	 "waiver/expires-soon",
	 "[waiver w] of me for policy/p/bare ends with 2027-01-31 (UTC): 1 whole day left", 9},
	{"hours left", RULES "[waiver w]\nrule = bare\n" LINES, EXCL, "2027-01-31T00:00:00Z",
	 "waiver/expires-soon",
	 "[waiver w] of me for policy/p/bare ends with 2027-01-31 (UTC): 0 whole days left", 9},
	{"a rule's sentence", RULES, EXCL, NULL, "policy/p/bare",
	 "/ExcludeImageAssetIds is [888] (has 1), demanded: count == 0", 8},
	{"open when",
	 POLICY "[rule r]\ntitle = T\nseverity = low\nwhen = /ContainerRunning == true\n"
		"assert = /ScanPeriod > 1\n",
	 GOOD, NULL, "policy/p/r",
	 "T: /ScanPeriod is 1, demanded: > 1; judged because this is open: /ContainerRunning is null "
	 "(what the vendor makes of null is not known), demanded: == true",
	 0},
};

static void test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(told); i++) {
		const struct world w = {.name = told[i].name,
					.policy = told[i].policy,
					.base = GOOD,
					.prod = told[i].prod,
					.dev = told[i].prod,
					.now = told[i].now};
		const struct finding *f = NULL;
		struct scene s;

		play(&s, &w);
		for (size_t k = 0; !f && k < s.r.findings.n; k++) {
			if (str_is(s.r.findings.v[k].rule_text, told[i].rule))
				f = &s.r.findings.v[k];
		}
		if (!f)
			fail_msg("%s: no %s", told[i].name, told[i].rule);
		assert_string_equal(f->message.p, told[i].message);
		if (told[i].line) {
			assert_string_equal(f->file.p, "policies/p.ini");
			assert_int_equal(f->line, told[i].line);
		}
		close_scene(&s);
	}
}

/* A policy's finding is at the baseline's line where the baseline has the field. */
static void test_place(void **state)
{
	static const struct world w = {
		.name = "place",
		.policy = RULES,
		.base = "{\n\"Enable\":true,\n\"ScanPeriod\":7,\n\"ScanTime\":\"03:00\"}",
		.prod = SLOW,
		.select = "prod"};
	struct scene s;
	const struct finding *f = NULL;

	(void)state;
	play(&s, &w);
	for (size_t i = 0; i < s.r.findings.n; i++) {
		if (str_is(s.r.findings.v[i].rule_text, "policy/p/daily"))
			f = &s.r.findings.v[i];
	}
	assert_non_null(f);
	assert_string_equal(f->file.p, "baselines/prod.json");
	assert_int_equal(f->line, 3);
	assert_true(str_is(f->path, "/ScanPeriod"));
	assert_string_equal(f->policy->found.p, "7");
	close_scene(&s);
}

/* What cannot be let pass is refused, with file and line. */
static void test_refused(void **state)
{
	static const struct {
		const char *rule, *message;
	} refs[] = {
		{"incomplete/no-reply", "cannot be waived: what was not judged never looks fine"},
		{"incomplete/anything", "cannot be waived: what was not judged never looks fine"},
		{"schema/type-changed", "cannot be waived: what was not judged never looks fine"},
		{"baseline/missing", "cannot be waived: what was not judged never looks fine"},
		{"baseline/malformed", "cannot be waived: what was not judged never looks fine"},
		{"approval/rule-removed",
		 "cannot be waived: nothing in the repository approves its own loosening"},
		{"waiver/unused", "cannot be waived: mend the waiver instead"},
		{"liveness/stael", ": no such rule, did you mean \"liveness/stale\"?"},
		{"liveness/", ": neither a policy's rule nor a built-in one"},
		{"x/y", ": neither a policy's rule nor a built-in one"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(refs); i++) {
		struct arena *a = arena_new();
		struct policies all = {arena_array(a, 1, sizeof(*all.list)), 1};
		char *text = arena_printf(a, RULES "[waiver w]\nrule = %s\n" LINES, refs[i].rule);
		struct err *e;
		char *start;

		assert_null(policy_parse(a, &schema_registry_scan, "policies/p.ini", str_from(text),
					 &all.list[0]));
		assert_null(policies_link(a, &schema_registry_scan, &all));
		e = judge_policies_check(&all);
		if (!e)
			fail_msg("%s: taken", refs[i].rule);
		assert_int_equal(e->kind, ERR_CONFIG);
		start = arena_printf(a, "policies/p.ini:10: rule = %s", refs[i].rule);
		assert_true(str_starts(str_from(e->msg), start));
		if (!strstr(e->msg, refs[i].message))
			fail_msg("%s: %s", refs[i].rule, e->msg);
		err_free(e);
		arena_free(a);
	}
}

/* A run's own finding: an orphan, which has no target, is let pass by a waiver for all. */
static void test_orphan(void **state)
{
	static const struct world w = {.name = "orphan",
				       .policy =
					       POLICY "[waiver w]\nrule = baseline/orphan\n" LINES,
				       .prod = GOOD,
				       .dev = GOOD};
	struct scene s;
	char *have;

	(void)state;
	open_scene(&s, &w);
	assert_null(judge_orphan(&s.r, STR("baselines/old.json")));
	for (size_t i = 0; i < s.targets.count; i++)
		judge_one(&s, &w, &s.targets.list[i]);
	assert_null(policy_run_end(s.run));
	assert_null(result_finish(&s.r));
	have = list_findings(&s);
	assert_string_equal(have, "[low baseline/orphan -]\n");
	assert_int_equal(result_count(&s.r, SEVERITY_LOW), 0);
	assert_int_equal(result_count_waived(&s.r), 1);
	assert_int_equal(exit_for_result(&s.r), EXIT_FINE);
	free(have);
	close_scene(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_worlds), cmocka_unit_test(test_messages),
		cmocka_unit_test(test_place),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_orphan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
