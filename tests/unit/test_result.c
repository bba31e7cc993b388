/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From two sides to findings, a verdict and an exit code: the table of rules, what each state of a
 * target becomes, and which code wins.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "model/canonical.h"
#include "model_lib.h"
#include "result/exit.h"
#include "result/judge.h"
#include "result/judge_accounts.h"
#include "result/rules.h"

#define RESOURCE (&schema_registry_scan)

/* --- the table of rules -------------------------------------------------------------------- */

static void test_rules(void **state)
{
	struct findings list = {.arena = arena_new()};

	(void)state;
	assert_non_null(list.arena);
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *rule = &rules[i];
		const char *class = finding_class_name(rule->class);
		bool is_group = rule->id[strlen(rule->id) - 1] == '/';

		if (i && strcmp(rules[i - 1].id, rule->id) >= 0)
			fail_msg("%s stands behind %s", rule->id, rules[i - 1].id);
		/* The id begins with its class, but for what makes a target incomplete. */
		if (rule->class != CLASS_INCOMPLETE &&
		    (strncmp(rule->id, class, strlen(class)) != 0 ||
		     rule->id[strlen(class)] != '/'))
			fail_msg("%s is of class %s", rule->id, class);
		assert_true(rule->severity < SEVERITY_COUNT);
		assert_true(strlen(rule->title) > 0);
		/* What one direction or policy means, its own row says. */
		if (!is_group && (!*rule->meaning || !*rule->next))
			fail_msg("%s: no meaning, or nothing to do", rule->id);
		assert_ptr_equal(rule_find(str_from(rule->id)), rule);
		assert_true(str_is(rule_text(&list, (enum rule_id)i, STR("")), rule->id));
	}
	for (size_t i = 0; i < RULE_COUNT; i++) {
		char below[96];

		if (rules[i].id[strlen(rules[i].id) - 1] != '/')
			continue;
		(void)snprintf(below, sizeof(below), "%sNobodyNamesThis", rules[i].id);
		assert_ptr_equal(rule_find(str_from(below)), &rules[i]);
	}
	assert_true(str_is(rule_text(&list, RULE_DRIFT, STR("Enable")), "drift/Enable"));
	assert_true(str_is(rule_text(&list, RULE_TARGET_UNPINNED, STR("no")), "target/unpinned"));
	arena_free(list.arena);
	assert_true(rule_is_of(STR("approval/no-row-of-ours"), CLASS_APPROVAL));
	assert_false(rule_is_of(STR("approvals/x"), CLASS_APPROVAL));
	assert_false(rule_is_of(STR("approval"), CLASS_APPROVAL));
	assert_null(rule_find(STR("nothing/of-the-kind")));
	assert_null(rule_find(STR("baseline/")));
	assert_null(rule_find(STR("baseline/missing-too")));
	assert_null(rule_find(STR("")));
	/* The row of its own goes before the group above it. */
	assert_string_equal(rule_find(STR("incomplete/missing-field"))->id,
			    "incomplete/missing-field");
}

/* On to off is critical; what may lose is high; what is harmless never is. */
static void test_severities_of_directions(void **state)
{
	static const struct {
		enum direction direction;
		enum severity severity;
	} rows[] = {
		{DIR_WEAKENED, SEVERITY_HIGH},    {DIR_UNKNOWN, SEVERITY_HIGH},
		{DIR_MIXED, SEVERITY_HIGH},       {DIR_NEUTRAL, SEVERITY_MEDIUM},
		{DIR_STRENGTHENED, SEVERITY_LOW}, {DIR_INERT, SEVERITY_INFO},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		const struct direction_rule *plain = rule_for_direction(rows[i].direction, false);

		if (plain->severity != rows[i].severity)
			fail_msg("%s", direction_name(rows[i].direction));
		assert_true(*plain->meaning);
		assert_int_equal(rule_for_direction(rows[i].direction, true)->severity,
				 SEVERITY_CRITICAL);
	}
}

/* --- exit codes ---------------------------------------------------------------------------- */

/* What the contract says, by the three facts that a run ends with. */
static enum exit_code wanted(bool fails, bool incomplete, bool side_effect)
{
	if (fails)
		return EXIT_NO;
	if (incomplete)
		return EXIT_INCOMPLETE;
	return side_effect ? EXIT_SIDE_EFFECT : EXIT_FINE;
}

static void test_exit_codes(void **state)
{
	(void)state;
	for (int severity = -1; severity < SEVERITY_COUNT; severity++) {
		for (int fail_on = 0; fail_on <= SEVERITY_COUNT; fail_on++) {
			for (unsigned bits = 0; bits < 16; bits++) {
				bool incomplete = bits & 1, side = bits & 2, waived = bits & 4;
				bool as_target = bits & 8; /* by its outcome, without a finding */
				struct finding list[2] = {
					{.severity = SEVERITY_CRITICAL, .class = CLASS_INCOMPLETE}};
				struct result_target target = {.outcome = OUTCOME_INCOMPLETE};
				struct result r = {
					.fail_on = (enum severity)(fail_on % SEVERITY_COUNT),
					.never_fail = fail_on == SEVERITY_COUNT,
					.side_effect_failed = side,
					.targets = &target,
					.target_count = incomplete && as_target};
				bool fails = !r.never_fail && severity >= fail_on && !waived;
				const struct waiver *pass = (const struct waiver *)&target;
				enum exit_code want = wanted(fails, incomplete, side);

				r.findings.v = list;
				r.findings.n = incomplete && !as_target;
				if (severity >= 0)
					list[r.findings.n++] = (struct finding){
						.severity = (enum severity)severity,
						.class = CLASS_POLICY,
						.waived = waived ? pass : NULL};
				if (exit_for_result(&r) != want)
					fail_msg(
						"severity %d, fail on %d, incomplete %d, waived %d, "
						"side effect %d: %d",
						severity, fail_on, incomplete, waived, side,
						exit_for_result(&r));
				assert_string_equal(result_verdict_name(&r), fails ? "fail"
									     : incomplete
										     ? "incomplete"
										     : "pass");
			}
		}
	}
}

static void test_exit_codes_of_failures(void **state)
{
	static const struct {
		int judged;
		enum exit_code failure;
		int code;
	} rows[] = {
		{EXIT_FINE, EXIT_SIDE_EFFECT, 4},       {EXIT_NO, EXIT_SIDE_EFFECT, 1},
		{EXIT_INCOMPLETE, EXIT_SIDE_EFFECT, 3}, {128 + 15, EXIT_SIDE_EFFECT, 143},
		{EXIT_FINE, EXIT_UNUSABLE, 2},          {EXIT_NO, EXIT_UNUSABLE, 2},
		{128 + 2, EXIT_UNUSABLE, 130},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(exit_for_failure(rows[i].judged, rows[i].failure), rows[i].code);
}

static void test_exit_codes_of_errors(void **state)
{
	static const struct {
		enum err_kind kind;
		enum exit_code code;
	} rows[] = {
		{ERR_USAGE, EXIT_UNUSABLE},   {ERR_CONFIG, EXIT_UNUSABLE},
		{ERR_REPO, EXIT_UNUSABLE},    {ERR_NET, EXIT_INCOMPLETE},
		{ERR_REPLY, EXIT_INCOMPLETE}, {ERR_OUTPUT, EXIT_SIDE_EFFECT},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct err *e = err_wrap(err_new(rows[i].kind, "inner"), "outer");

		assert_int_equal(exit_for_error(e), rows[i].code);
		err_free(e);
	}
}

/* --- order --------------------------------------------------------------------------------- */

static void test_order(void **state)
{
	static const struct finding want[] = {
		{.severity = SEVERITY_CRITICAL, .target = {"z", 1}, .rule_text = {"z", 1}},
		{.severity = SEVERITY_HIGH, .target = {"", 0}, .rule_text = {"z", 1}},
		{.severity = SEVERITY_HIGH,
		 .target = {"a", 1},
		 .rule_text = {"a", 1},
		 .path = {"/b", 2}},
		{.severity = SEVERITY_HIGH,
		 .target = {"a", 1},
		 .rule_text = {"b", 1},
		 .path = {"/a", 2}},
		{.severity = SEVERITY_HIGH,
		 .target = {"a", 1},
		 .rule_text = {"b", 1},
		 .path = {"/b", 2},
		 .message = {"1", 1}},
		{.severity = SEVERITY_HIGH,
		 .target = {"a", 1},
		 .rule_text = {"b", 1},
		 .path = {"/b", 2},
		 .message = {"2", 1}},
		{.severity = SEVERITY_HIGH, .target = {"ab", 2}, .rule_text = {"a", 1}},
		{.severity = SEVERITY_INFO, .target = {"a", 1}, .rule_text = {"a", 1}},
	};
	struct lib_random random = lib_seed();

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct finding have[ARRAY_LEN(want)];
		struct findings list = {.v = have, .n = ARRAY_LEN(want)};

		memcpy(have, want, sizeof(want));
		for (size_t i = ARRAY_LEN(want); i > 1; i--) {
			size_t k = lib_below(&random, (unsigned)i);
			struct finding t = have[k];

			have[k] = have[i - 1];
			have[i - 1] = t;
		}
		findings_sort(&list);
		for (size_t i = 0; i < ARRAY_LEN(want); i++) {
			assert_int_equal(have[i].severity, want[i].severity);
			assert_true(str_eq(have[i].target, want[i].target));
			assert_true(str_eq(have[i].rule_text, want[i].rule_text));
			assert_true(str_eq(have[i].path, want[i].path));
			assert_true(str_eq(have[i].message, want[i].message));
		}
	}
}

/* --- judging ------------------------------------------------------------------------------- */

struct trial {
	struct arena *a;
	struct result r;
	struct result_target rows[1];
	struct target t;
	struct live_side live;
	struct baseline_side base;
};

#define REPLY(fields) "{\"Response\":{" fields "\"RequestId\":\"id-1\"}}"
#define ON            "\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":1,"
#define BASELINE      "{\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":1}"

/* A target whose reply and baseline are these; NULL: none. */
static struct trial *trial_new(const char *reply, const char *baseline)
{
	const struct normalize_options opt = {.form = READ_REPLY,
					      .limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_REPLY}};
	struct trial *x = calloc(1, sizeof(*x));
	struct reading *live = NULL;

	assert_non_null(x);
	x->a = arena_new();
	x->r = (struct result){.arena = x->a,
			       .command = "check",
			       .targets = x->rows,
			       .findings = {.arena = x->a},
			       .has_verdict = true};
	x->t = (struct target){.name = STR("prod"),
			       .line = 3,
			       .file = TARGETS_FILE,
			       .uin = STR("100000000001"),
			       .baseline = STR("baselines/prod.json")};
	if (reply) {
		assert_null(normalize_read(RESOURCE, str_from(reply), &opt, x->a, &live));
		x->live = (struct live_side){.reading = live,
					     .digest = STR("sha256:live"),
					     .is_fetched = true,
					     .account = x->t.uin};
	}
	x->base = (struct baseline_side){.state = BASELINE_MISSING};
	if (baseline) {
		x->base.state = BASELINE_READ;
		x->base.reading = lib_read(x->a, RESOURCE, baseline);
		x->base.digest = STR("sha256:base");
		x->base.is_canonical = true;
	}
	return x;
}

static void trial_run(struct trial *x)
{
	assert_null(judge_target(&x->r, &x->t, &x->live, &x->base));
	assert_null(result_finish(&x->r));
	assert_int_equal(x->r.target_count, 1);
}

static void trial_free(struct trial *x)
{
	free(x->r.findings.v);
	arena_free(x->a);
	free(x);
}

/* The finding of that rule; a test says what it counts on, liveness stands in test_liveness.c. */
static const struct finding *found(const struct trial *x, const char *rule)
{
	for (size_t i = 0; i < x->r.findings.n; i++) {
		if (str_is(x->r.findings.v[i].rule_text, rule))
			return &x->r.findings.v[i];
	}
	return NULL;
}

/* Nor is it of interest here that a field or member is not known. */
static size_t count_besides_liveness(const struct trial *x)
{
	size_t n = 0;

	for (size_t i = 0; i < x->r.findings.n; i++) {
		const struct finding *f = &x->r.findings.v[i];

		n += f->class != CLASS_LIVENESS && f->rule != RULE_SCHEMA_UNKNOWN_FIELD;
	}
	return n;
}

/* clang-format off */
static const struct {
	const char *name, *reply, *baseline;
	enum outcome outcome;
	const char *rule; /* the one finding, or NULL */
	enum severity severity;
	const char *message;
} judged[] = {
	{ "equal", REPLY(ON), BASELINE, OUTCOME_EQUAL, NULL, 0, NULL },
	{ "equal in another form", REPLY("\"Enable\":true,\"ScanTime\":\"03:00:00\",\"ScanPeriod\":1,\"Id\":null,"), BASELINE, OUTCOME_EQUAL, NULL, 0, NULL },
	{ "weakened", REPLY("\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":7,"), BASELINE, OUTCOME_DRIFTED, "drift/ScanPeriod", SEVERITY_HIGH, "/ScanPeriod was 1, is 7 (weakened)" },
	{ "strengthened", REPLY(ON), "{\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":7}", OUTCOME_DRIFTED, "drift/ScanPeriod", SEVERITY_LOW, "/ScanPeriod was 7, is 1 (strengthened)" },
	{ "switched off", REPLY("\"Enable\":false,\"ScanTime\":\"03:00\",\"ScanPeriod\":1,"), BASELINE, OUTCOME_DRIFTED, "drift/Enable", SEVERITY_CRITICAL, "/Enable was true, is false (weakened)" },
	{ "a list", REPLY(ON "\"Namespace\":[\"a\",\"c\"],"), "{\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":1,\"Namespace\":[\"b\",\"a\"]}", OUTCOME_DRIFTED, "drift/Namespace", SEVERITY_HIGH, "/Namespace lost \"b\", gained \"c\" (unknown)" },
	{ "a long list", REPLY(ON "\"Namespace\":[\"a\"],"), "{\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":1,\"Namespace\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\"]}", OUTCOME_DRIFTED, "drift/Namespace", SEVERITY_HIGH, "/Namespace lost \"b\", \"c\", \"d\" and 2 more (weakened)" },
	{ "an unknown member", REPLY(ON "\"ScanScope\":0,\"Images\":[{\"ImageName\":\"a\",\"New\":true},{\"ImageName\":\"b\"}],"), "{\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":1,\"ScanScope\":0,\"Images\":[{\"ImageName\":\"a\",\"New\":false},{\"ImageName\":\"b\"}]}", OUTCOME_DRIFTED, "drift/Images", SEVERITY_HIGH, "/Images altered {\"ImageName\": \"a\"}: \"New\" was false, is true (unknown)" },
	{ "unknown members, and off", REPLY("\"Enable\":false,\"Images\":[{\"ImageName\":\"a\",\"B\":[1,2],\"C\":\"x\",\"E\":1,\"F\":1}],"), "{\"Enable\":false,\"Images\":[{\"ImageName\":\"a\",\"A\":{\"b\":1},\"B\":[2,1],\"E\":1}]}", OUTCOME_DRIFTED, "drift/Images", SEVERITY_HIGH, "/Images altered {\"ImageName\": \"a\"}: \"A\" was {\"b\": 1}, is absent; \"B\" was [2, 1], is [1, 2]; \"C\" was absent, is \"x\" and 1 more (unknown)" },
	{ "an unknown member that came with its image", REPLY(ON "\"ScanScope\":0,\"Images\":[{\"ImageName\":\"a\",\"New\":1}],"), "{\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":1,\"ScanScope\":0}", OUTCOME_DRIFTED, "drift/Images", SEVERITY_HIGH, "/Images gained {\"ImageName\": \"a\", \"New\": 1} (unknown)" },
	{ "an unknown member that says nothing", REPLY(ON "\"Images\":[{\"ImageName\":\"a\",\"New\":null}],"), "{\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":1,\"Images\":[{\"ImageName\":\"a\",\"Newer\":\"\"}]}", OUTCOME_EQUAL, NULL, 0, NULL },
	{ "no baseline", REPLY(ON), NULL, OUTCOME_NO_BASELINE, "baseline/missing", SEVERITY_HIGH, "baselines/prod.json is not in the commit" },
	{ "an error beside data", REPLY(ON "\"Error\":{\"Code\":\"InternalError\",\"Message\":\"\"},"), BASELINE, OUTCOME_INCOMPLETE, NULL, 0, NULL },
	{ "a type that changed", REPLY(ON "\"Latest\":1,"), BASELINE, OUTCOME_INCOMPLETE, "schema/type-changed", SEVERITY_HIGH, "/Latest: found a number, expected true or false" },
	{ "a malformed value", REPLY(ON "\"ScanEndTime\":\"24:00\","), BASELINE, OUTCOME_INCOMPLETE, "schema/bad-value", SEVERITY_HIGH, "/ScanEndTime: found \"24:00\", expected a time of day, HH:MM or HH:MM:SS" },
	{ "what must be there", REPLY("\"Enable\":true,\"ScanPeriod\":1,"), BASELINE, OUTCOME_INCOMPLETE, "incomplete/missing-field", SEVERITY_HIGH, "/ScanTime: absent, expected a value where the scan is on" },
};
/* clang-format on */

static void test_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(judged); i++) {
		struct trial *x = trial_new(judged[i].reply, judged[i].baseline);
		const struct finding *f;

		trial_run(x);
		if (x->rows[0].outcome != judged[i].outcome)
			fail_msg("%s: %s", judged[i].name, outcome_name(x->rows[0].outcome));
		if (count_besides_liveness(x) != (judged[i].rule != NULL))
			fail_msg("%s: %zu findings", judged[i].name, count_besides_liveness(x));
		f = judged[i].rule ? found(x, judged[i].rule) : NULL;
		if (judged[i].rule && (!f || f->severity != judged[i].severity ||
				       !str_is(f->message, judged[i].message)))
			fail_msg("%s: %s", judged[i].name, f ? f->message.p : "not found");
		if (f)
			assert_true(str_is(f->target, "prod") && f->file.n && f->line &&
				    f->meaning.n && f->next.n);
		assert_true(str_is(x->rows[0].request_id, "id-1"));
		trial_free(x);
	}
}

/* Whether scans run is one thing, what the setting is another: drift is told, and outranks. */
static void test_unclear_state(void **state)
{
	static const struct {
		const char *reply, *rule, *path, *drift;
		size_t changes;
		enum exit_code code;
	} rows[] = {
		{REPLY("\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":7,"
		       "\"LastScanTime\":\"0000-00-00\","),
		 "schema/bad-value", "/LastScanTime", "drift/ScanPeriod", 1, EXIT_NO},
		{REPLY("\"Enable\":true,\"ScanTime\":\"03:00\",\"ScanPeriod\":7,\"ScanResult\":5,"),
		 "schema/type-changed", "/ScanResult", "drift/ScanPeriod", 1, EXIT_NO},
		{REPLY(ON "\"LastScanTime\":\"-\","), "schema/bad-value", "/LastScanTime", NULL, 0,
		 EXIT_INCOMPLETE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct trial *x = trial_new(rows[i].reply, BASELINE);
		const struct finding *f;

		trial_run(x);
		f = found(x, rows[i].rule);
		assert_non_null(f);
		assert_true(str_is(f->path, rows[i].path));
		assert_true(str_is(f->request_id, "id-1"));
		assert_true(
			str_is(f->meaning,
			       "Whether scans run is not known; the setting itself was judged"));
		assert_int_equal(f->class, CLASS_INCOMPLETE);
		assert_int_equal(x->rows[0].outcome, OUTCOME_INCOMPLETE);
		assert_true(x->rows[0].has_diff);
		assert_int_equal(x->rows[0].diff.change_count, rows[i].changes);
		if (rows[i].drift)
			assert_non_null(found(x, rows[i].drift));
		assert_true(result_is_incomplete(&x->r));
		assert_int_equal(exit_for_result(&x->r), rows[i].code);
		trial_free(x);
	}
}

/* Where the schedule is off that is compared, and nothing that could not be read is. */
static void test_off(void **state)
{
	static const struct {
		const char *reply, *baseline;
		bool is_compared, is_changed;
		enum exit_code code;
	} rows[] = {
		{REPLY("\"Enable\":false,\"ScanTime\":5,"), BASELINE, true, true, EXIT_NO},
		{REPLY("\"Enable\":false,\"ScanTime\":5,"), "{\"Enable\":false}", true, false,
		 EXIT_INCOMPLETE},
		{REPLY("\"Enable\":false,\"ScanTime\":5,\"New\":1,"), "{\"Enable\":false}", true,
		 false, EXIT_INCOMPLETE},
		{REPLY("\"Enable\":true,\"ScanTime\":5,\"ScanPeriod\":1,"), "{\"Enable\":false}",
		 false, false, EXIT_INCOMPLETE},
		{REPLY("\"Enable\":null,\"ScanTime\":5,"), BASELINE, false, false, EXIT_INCOMPLETE},
		{"{\"Response\":{\"Enable\":false,\"ScanTime\":5}}", BASELINE, false, false,
		 EXIT_INCOMPLETE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct trial *x = trial_new(rows[i].reply, rows[i].baseline);
		const struct result_target *row = &x->rows[0];

		x->r.fail_on = SEVERITY_LOW;
		trial_run(x);
		if (row->outcome != OUTCOME_INCOMPLETE || row->has_diff != rows[i].is_compared ||
		    (found(x, "drift/Enable") != NULL) != rows[i].is_changed ||
		    exit_for_result(&x->r) != rows[i].code)
			fail_msg("%s", rows[i].reply);
		assert_true(!row->live && !row->live_digest.n);
		assert_int_equal(row->coverage_after.count, rows[i].is_compared);
		if (rows[i].is_changed)
			assert_int_equal(found(x, "drift/Enable")->severity, SEVERITY_CRITICAL);
		trial_free(x);
	}
}

/* A baseline that cannot be read is the gravest of all, and the live side is told all the same. */
static void test_malformed_baseline(void **state)
{
	struct trial *x = trial_new(REPLY(ON "\"New\":1,"), NULL);
	const struct finding *f;

	(void)state;
	x->base = (struct baseline_side){
		.state = BASELINE_MALFORMED, .problem = STR("line 7: a comma"), .problem_line = 7};
	trial_run(x);
	f = found(x, "baseline/malformed");
	assert_non_null(f);
	assert_int_equal(f->severity, SEVERITY_CRITICAL);
	assert_true(str_is(f->file, "baselines/prod.json"));
	assert_int_equal(f->line, 7);
	assert_true(str_is(f->message, "baselines/prod.json: line 7: a comma"));
	assert_non_null(found(x, "schema/unknown-field"));
	assert_int_equal(x->rows[0].outcome, OUTCOME_NO_BASELINE);
	assert_int_equal(exit_for_result(&x->r), EXIT_NO);
	trial_free(x);
}

static void test_baseline_notes(void **state)
{
	struct trial *x = trial_new(REPLY(ON), BASELINE);

	(void)state;
	x->base.is_canonical = false;
	x->base.uncommitted = STR("changed");
	trial_run(x);
	assert_non_null(found(x, "baseline/not-canonical"));
	assert_int_equal(found(x, "baseline/not-canonical")->severity, SEVERITY_LOW);
	assert_non_null(found(x, "baseline/uncommitted"));
	assert_int_equal(found(x, "baseline/uncommitted")->severity, SEVERITY_MEDIUM);
	/* The committed one was judged. */
	assert_int_equal(x->rows[0].outcome, OUTCOME_EQUAL);
	trial_free(x);

	x = trial_new(REPLY(ON), "{\"Enable\":true,\n\"ScanTime\":\"03:00\",\"ScanPeriod\":1,\n\n"
				 "\"Latest\":true}");
	trial_run(x);
	assert_non_null(found(x, "schema/missing-field"));
	assert_int_equal(found(x, "schema/missing-field")->line, 4);
	assert_non_null(found(x, "drift/Latest"));
	assert_int_equal(found(x, "drift/Latest")->line, 4);
	trial_free(x);
}

static void test_failed_fetch(void **state)
{
	struct trial *x = trial_new(NULL, BASELINE);
	const struct finding *f;

	(void)state;
	x->live.failure.reason = REASON_API_ERROR;
	x->live.failure.message = STR("the API refuses");
	x->live.failure.api_code = STR("AuthFailure.SignatureFailure");
	x->live.failure.request_id = STR("id-2");
	trial_run(x);
	f = found(x, "incomplete/api-error");
	assert_non_null(f);
	assert_int_equal(x->r.findings.n, 1);
	assert_int_equal(f->class, CLASS_INCOMPLETE);
	assert_true(str_is(f->api_code, "AuthFailure.SignatureFailure"));
	assert_true(str_is(f->request_id, "id-2"));
	assert_true(str_is(x->rows[0].request_id, "id-2"));
	assert_int_equal(x->rows[0].outcome, OUTCOME_INCOMPLETE);
	assert_int_equal(exit_for_result(&x->r), EXIT_INCOMPLETE);
	/* A recording's own word stands in the id as it is. */
	trial_free(x);
	x = trial_new(NULL, BASELINE);
	x->live.failure.reason = REASON_FOREIGN;
	x->live.failure.foreign = "of-tomorrow";
	trial_run(x);
	f = found(x, "incomplete/of-tomorrow");
	assert_non_null(f);
	assert_int_equal(f->rule, RULE_INCOMPLETE);
	assert_true(str_is(f->part, "of-tomorrow"));
	/* Nor does a missing baseline hide behind it: the answer is no, and incomplete. */
	trial_free(x);
	x = trial_new(NULL, NULL);
	x->live.failure.reason = REASON_TIMEOUT;
	x->live.failure.message = STR("too late");
	trial_run(x);
	assert_int_equal(exit_for_result(&x->r), EXIT_NO);
	assert_true(result_is_incomplete(&x->r));
	trial_free(x);
}

/* Notes beyond those that are kept are told by their number, kind by kind. */
static void test_many_notes(void **state)
{
	struct buf b = BUF_INIT(JSON_SIZE_MAX);
	struct trial *x;
	size_t told = 0;

	(void)state;
	buf_puts(&b, "{\"Response\":{" ON "\"RequestId\":\"id-1\"");
	for (int i = 0; i < 500; i++)
		buf_printf(&b, ",\"f%d\":%d", i, i);
	buf_puts(&b, "}}");
	x = trial_new(b.p, BASELINE);
	trial_run(x);
	for (size_t i = 0; i < x->r.findings.n; i++) {
		const struct finding *f = &x->r.findings.v[i];

		told += f->rule == RULE_SCHEMA_UNKNOWN_FIELD;
		if (str_is(f->message, "and 300 more of the same kind"))
			told += 1000;
	}
	assert_int_equal(told, 1000 + 200 + 1);
	trial_free(x);
	buf_free(&b);
}

/* --- hostile texts ------------------------------------------------------------------------- */

/* `n` characters of three bytes each, between `before` and `after`. */
static char *with_long(const char *before, size_t n, const char *after)
{
	struct buf b = BUF_INIT(JSON_SIZE_MAX);

	buf_puts(&b, before);
	for (size_t i = 0; i < n; i++)
		buf_puts(&b, "\xe2\x82\xac");
	buf_puts(&b, after);
	return buf_take(&b, NULL);
}

static void expect_valid(const struct finding *f)
{
	const struct str texts[] = {f->rule_text, f->path, f->message,
				    f->meaning,   f->next, f->file};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_true(utf8_invalid_at(texts[i]) == texts[i].n);
}

/*
 * A message is short whatever it tells of, cut between characters, and its end is there: what a
 * value became, and the direction. One of the lengths would be cut inside a character.
 */
static void test_long_texts(void **state)
{
	static const struct {
		const char *name, *before, *after, *rule, *has, *ends;
	} rows[] = {
		{"a value without a row", "{\"Response\":{" ON "\"New\":\"",
		 "\",\"RequestId\":\"id-1\"}}", "drift/New", "/New was absent, is \"\xe2\x82\xac",
		 "... (unknown)"},
		{"an item", "{\"Response\":{" ON "\"Namespace\":[\"",
		 "\"],\"RequestId\":\"id-1\"}}", "drift/Namespace",
		 "/Namespace gained \"\xe2\x82\xac", "... (unknown)"},
		{"an unknown value", "{\"Response\":{" ON "\"RegistryType\":[\"",
		 "\"],\"RequestId\":\"id-1\"}}", "schema/unknown-value", "/RegistryType/0: \"",
		 "it is kept"},
		{"a result of a scan", "{\"Response\":{" ON "\"ScanResult\":\"",
		 "\",\"RequestId\":\"id-1\"}}", "liveness/scan-result",
		 "/ScanResult is \"\xe2\x82\xac", "\xe2\x82\xac\""},
		{"a time of a scan", "{\"Response\":{" ON "\"LastScanTime\":\"",
		 "\",\"RequestId\":\"id-1\"}}", "schema/bad-value",
		 "/LastScanTime: found \"\xe2\x82\xac", "expected YYYY-MM-DD hh:mm:ss"},
		{"a name", "{\"Response\":{" ON "\"", "\":1,\"RequestId\":\"id-1\"}}",
		 "schema/unknown-field", "/\xe2\x82\xac", "it is kept as it is"},
		{"a member's name", "{\"Response\":{" ON "\"Images\":[{\"",
		 "\":1}],\"RequestId\":\"id-1\"}}", "schema/unknown-field",
		 "/Images/0/\xe2\x82\xac", "it is kept as it is"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		for (size_t n = 1365; n < 1369; n++) {
			char *reply = with_long(rows[i].before, n, rows[i].after);
			struct trial *x = trial_new(reply, BASELINE);
			const struct finding *f;

			trial_run(x);
			f = found(x, rows[i].rule);
			assert_non_null(f);
			for (size_t k = 0; k < x->r.findings.n; k++)
				expect_valid(&x->r.findings.v[k]);
			if (f->message.n > 600 || !str_starts(f->message, rows[i].has) ||
			    f->message.n < strlen(rows[i].ends) ||
			    strcmp(f->message.p + f->message.n - strlen(rows[i].ends),
				   rows[i].ends) != 0)
				fail_msg("%s, %zu: %zu bytes: %s", rows[i].name, n, f->message.n,
					 f->message.p);
			trial_free(x);
			free(reply);
		}
	}
}

/* 60 MB in one string, for a list and for a field that no row knows. */
static void test_largest_string(void **state)
{
	static const struct {
		const char *before, *after, *rule;
	} rows[] = {
		{"{\"Response\":{" ON "\"New\":\"", "\",\"RequestId\":\"id-1\"}}", "drift/New"},
		{"{\"Response\":{" ON "\"Namespace\":[\"", "\"],\"RequestId\":\"id-1\"}}",
		 "drift/Namespace"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		char *reply = with_long(rows[i].before, 20000000, rows[i].after);
		struct trial *x = trial_new(reply, BASELINE);
		const struct finding *f;

		trial_run(x);
		f = found(x, rows[i].rule);
		assert_non_null(f);
		assert_true(f->message.n < 600);
		expect_valid(f);
		trial_free(x);
		free(reply);
	}
}

/* What the vendor is to be given is there; without it the advice is another one. */
static void test_advice(void **state)
{
	static const struct {
		enum rule_id rule;
		const char *request_id, *next;
	} rows[] = {
		{RULE_INCOMPLETE, "id-1", "give the RequestId"},
		{RULE_INCOMPLETE, "", "scandrift fetch --raw"},
		{RULE_INCOMPLETE_MISSING_FIELD, "id-1", "give the RequestId"},
		{RULE_INCOMPLETE_MISSING_FIELD, "", "scandrift fetch --raw"},
		{RULE_SCHEMA_BAD_VALUE, "", "scandrift fetch --raw"},
		{RULE_SCHEMA_TYPE_CHANGED, "", "scandrift fetch --raw"},
		{RULE_SCHEMA_UNKNOWN_FIELD, "", "scandrift accept"},
		{RULE_SCHEMA_UNKNOWN_VALUE, "id-1", "scandrift accept"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct finding f =
			finding_of_reply(rows[i].rule, STR("prod"), str_from(rows[i].request_id));

		if (!strstr(f.next.p, rows[i].next))
			fail_msg("row %zu: %s", i, f.next.p);
		assert_true(str_is(f.request_id, rows[i].request_id));
	}
	for (size_t i = REASON_NONE; i < REASON_COUNT; i++)
		assert_null(strstr(reason_hint((enum reason)i), "RequestId"));
}

/* --- accounts ------------------------------------------------------------------------------ */

static const struct {
	const char *uin, *account, *unnamed;
	bool is_fetched;
	const char *want; /* the message of target/unpinned; NULL: there is none */
} pins[] = {
	/* clang-format off */
	{ "", "100000000001", "", true, "The target does not say which account it is; it was account 100000000001" },
	{ "", "", "GetCallerIdentity: HTTP status 500", true, "The target does not say which account it is, and it is not known: GetCallerIdentity: HTTP status 500" },
	{ "", "", "", true, "The target does not say which account it is, and it is not known" },
	{ "", "", "", false, NULL },
	{ "100000000001", "100000000001", "", true, NULL },
	{ "100000000001", "100000000001", "", false, NULL },
	{ "100000000001", "", "", false, "Its uin, 100000000001, was not verified: the recording does not say which account it is of" },
	{ "100000000001", "", "", true, "Its uin, 100000000001, was not verified: the recording does not say which account it is of" },
	/* clang-format on */
};

/* What is not verified is said, and the row has the account. */
static void test_pins(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pins); i++) {
		struct trial *x = trial_new(REPLY(ON), BASELINE);
		const struct finding *f;

		x->t.uin = str_from(pins[i].uin);
		x->live.account = str_from(pins[i].account);
		x->live.unnamed = str_from(pins[i].unnamed);
		x->live.is_fetched = pins[i].is_fetched;
		trial_run(x);
		f = found(x, "target/unpinned");
		if (!f != !pins[i].want || (f && !str_is(f->message, pins[i].want)))
			fail_msg("row %zu: %s", i, f ? f->message.p : "no finding");
		assert_true(!f || f->severity == SEVERITY_INFO);
		assert_true(str_is(x->rows[0].account, pins[i].account));
		assert_int_equal(x->rows[0].outcome, OUTCOME_EQUAL);
		trial_free(x);
	}
}

#define REACHED_MAX 5u

/* Targets a, b, ... as "ACCOUNT CREDENTIAL", each of a letter or - where it is not known. */
static const struct {
	const char *targets[REACHED_MAX];
	const char *want; /* "a:b": a's message names b */
} reached[] = {
	{{"1 x"}, ""},
	{{"1 x", "2 y"}, ""},
	{{"1 x", "1 x", "1 x"}, ""},
	{{"1 x", "1 y"}, "a:b b:a "},
	{{"2 x", "1 y", "2 z"}, "a:c c:a "},
	{{"1 x", "1 x", "1 y"}, "a:c b:c c:a "},
	{{"1 x", "1 y", "1 y", "1 z"}, "a:b b:a c:a d:a "},
	{{"1 x", "2 y", "2 z", "1 y"}, "a:d b:c c:b d:a "},
	/* Who cannot be named is no reason for an alarm. */
	{{"1 x", "- y", "- z"}, ""},
	{{"1 x", "1 -", "1 -"}, ""},
	{{"- -", "- -"}, ""},
};

static struct str letter(const char *s)
{
	return *s == '-' ? STR("") : (struct str){s, 1};
}

static void test_accounts(void **state)
{
	static const char *const names[REACHED_MAX] = {"a", "b", "c", "d", "e"};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(reached); i++) {
		struct target targets[REACHED_MAX];
		const struct target *list[REACHED_MAX];
		struct result_target rows[REACHED_MAX];
		struct result r = {.arena = arena_new(), .targets = rows};
		char have[64] = "";

		r.findings.arena = r.arena;
		for (size_t k = 0; k < REACHED_MAX && reached[i].targets[k]; k++) {
			const char *t = reached[i].targets[k];

			targets[k] =
				(struct target){.name = str_from(names[k]), .file = TARGETS_FILE};
			list[k] = &targets[k];
			rows[k] = (struct result_target){.name = targets[k].name,
							 .account = letter(t),
							 .credential = letter(t + 2)};
			r.target_count++;
		}
		assert_null(judge_accounts(&r, list));
		for (size_t k = 0; k < r.findings.n; k++) {
			const struct finding *f = &r.findings.v[k];
			const char *other = strstr(f->message.p, "target ");

			assert_true(str_is(f->rule_text, "target/same-account"));
			assert_int_equal(f->severity, SEVERITY_MEDIUM);
			assert_non_null(other);
			(void)snprintf(have + strlen(have), sizeof(have) - strlen(have), "%s:%c ",
				       f->target.p, other[strlen("target ")]);
		}
		if (strcmp(have, reached[i].want) != 0)
			fail_msg("row %zu: %s", i, have);
		free(r.findings.v);
		arena_free(r.arena);
	}
}

/* The credential of another target's account is the other's, and told as wrong-account alone. */
static void test_wrong_account(void **state)
{
	struct trial *x = trial_new(NULL, BASELINE);

	(void)state;
	x->live.failure.reason = REASON_WRONG_ACCOUNT;
	x->live.account = STR("100000000009");
	x->live.credential = STR("sha256:x");
	trial_run(x);
	assert_true(str_is(x->rows[0].account, "100000000009"));
	assert_int_equal(x->rows[0].credential.n, 0);
	trial_free(x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_severities_of_directions),
		cmocka_unit_test(test_exit_codes),
		cmocka_unit_test(test_exit_codes_of_failures),
		cmocka_unit_test(test_exit_codes_of_errors),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_judged),
		cmocka_unit_test(test_unclear_state),
		cmocka_unit_test(test_off),
		cmocka_unit_test(test_malformed_baseline),
		cmocka_unit_test(test_baseline_notes),
		cmocka_unit_test(test_failed_fetch),
		cmocka_unit_test(test_advice),
		cmocka_unit_test(test_many_notes),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_largest_string),
		cmocka_unit_test(test_pins),
		cmocka_unit_test(test_accounts),
		cmocka_unit_test(test_wrong_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
