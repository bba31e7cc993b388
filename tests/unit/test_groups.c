/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which findings are one cause, and of which targets the same is told: pairs that belong together,
 * pairs that do not, and what a group says for all of its members.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#include "base/attr.h"
#include "result/result.h"

/* What a row does not say is filled in by whole(). Formatters differ about braces in a macro. */
/* clang-format off */
#define A(...)          {.policy = NULL, __VA_ARGS__}
#define INCOMPLETE(...) {.class = CLASS_INCOMPLETE, __VA_ARGS__}
/* clang-format on */

static const struct policy policy = {.file = "policies/a.ini"};
static const struct waiver waiver = {.policy = &policy, .line = 1};
static const struct waiver other_waiver = {.policy = &policy, .line = 9};

static const struct {
	const char *name;
	struct finding x, y;
	bool is_one;
} pairs[] = {
	{"the same", A(), A(), true},
	{"another severity", A(), A(.severity = SEVERITY_LOW), false},
	{"another rule", A(), A(.rule_text = STR("drift/Other")), false},
	{"another path", A(.path = STR("/A")), A(.path = STR("/B")), false},
	{"another message", A(), A(.message = STR("n")), false},
	{"another meaning", A(), A(.meaning = STR("n")), false},
	{"another advice", A(), A(.next = STR("n")), false},
	{"another place", A(.file = STR("a"), .line = 1), A(.file = STR("b"), .line = 2), true},
	{"what is each one's own", A(.message = STR("a"), .general = STR("g")),
	 A(.message = STR("b"), .general = STR("g")), true},
	{"something else in general", A(.message = STR("a"), .general = STR("g")),
	 A(.message = STR("b"), .general = STR("h")), false},
	{"own advice", A(.next = STR("a"), .general_next = STR("g")),
	 A(.next = STR("b"), .general_next = STR("g")), true},
	{"waived by one", A(.waived = &waiver), A(.waived = &waiver), true},
	{"waived by another", A(.waived = &waiver), A(.waived = &other_waiver), false},
	{"not waived", A(.waived = &waiver), A(), false},
	{"approved", A(.approval = APPROVAL_GIVEN), A(), false},
	{"the vendor's words", INCOMPLETE(), INCOMPLETE(.message = STR("n")), true},
	{"RequestIds", INCOMPLETE(.request_id = STR("1")), INCOMPLETE(.request_id = STR("2")),
	 true},
	{"another code", INCOMPLETE(), INCOMPLETE(.api_code = STR("Other")), false},
	{"another reason", INCOMPLETE(), INCOMPLETE(.rule_text = STR("incomplete/other")), false},
	{"another path, incomplete", INCOMPLETE(.path = STR("/A")), INCOMPLETE(.path = STR("/B")),
	 false},
};

struct trial {
	struct arena *a;
	struct finding v[8];
	struct result_target rows[8];
	struct result r;
};

static void begin(struct trial *x)
{
	x->a = arena_new();
	assert_non_null(x->a);
	x->r = (struct result){
		.arena = x->a, .targets = x->rows, .findings = {.v = x->v, .arena = x->a}};
}

static void add_row(struct trial *x, struct str name, enum outcome outcome)
{
	x->rows[x->r.target_count++] = (struct result_target){.name = name, .outcome = outcome};
}

static struct finding whole(struct finding f)
{
	bool is_incomplete = f.class == CLASS_INCOMPLETE;

	if (!f.rule_text.n)
		f.rule_text = is_incomplete ? STR("incomplete/permission") : STR("drift/ScanType");
	if (!f.message.n)
		f.message = STR("m");
	if (!f.meaning.n)
		f.meaning = STR("means");
	if (!f.next.n)
		f.next = STR("do");
	if (is_incomplete && !f.api_code.n)
		f.api_code = STR("No");
	if (f.severity == SEVERITY_INFO)
		f.severity = SEVERITY_HIGH;
	return f;
}

static void add(struct trial *x, struct finding f, struct str target)
{
	f = whole(f);
	f.target = target;
	x->v[x->r.findings.n++] = f;
}

static void test_pairs(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct trial x;

		begin(&x);
		add_row(&x, STR("a"), OUTCOME_EQUAL);
		add_row(&x, STR("b"), OUTCOME_EQUAL);
		add(&x, pairs[i].y, STR("b"));
		add(&x, pairs[i].x, STR("a"));
		assert_null(result_finish(&x.r));
		if ((x.r.groups.finding_count == 1) != pairs[i].is_one)
			fail_msg("%s: %zu groups", pairs[i].name, x.r.groups.finding_count);
		assert_int_equal(x.r.groups.target_count, 1);
		assert_int_equal(x.r.groups.targets[0].finding_count, x.r.groups.finding_count);
		arena_free(x.a);
	}
}

static bool is_names(const struct str *names, size_t n, const char *want)
{
	struct buf b = BUF_INIT(100);
	bool is;

	for (size_t i = 0; i < n; i++) {
		buf_str(&b, names[i]);
		buf_char(&b, ' ');
	}
	is = str_is(buf_view(&b), want);
	buf_free(&b);
	return is;
}

/* Of one group of targets, of several, of one that has no row, of the run. */
static void test_whose(void **state)
{
	const struct finding f = A(), g = A(.path = STR("/A")), h = A(.path = STR("/B")),
			     i = A(.path = STR("/C"));
	const struct groups *groups;
	struct trial x;

	(void)state;
	begin(&x);
	add_row(&x, STR("d"), OUTCOME_EQUAL);
	add_row(&x, STR("b"), OUTCOME_DRIFTED);
	add_row(&x, STR("c"), OUTCOME_EQUAL);
	add_row(&x, STR("a"), OUTCOME_INCOMPLETE);
	add(&x, f, STR("d"));
	add(&x, f, STR("c"));
	add(&x, g, STR("b"));
	add(&x, g, STR("c"));
	add(&x, h, STR("gone"));
	add(&x, i, STR(""));
	assert_null(result_finish(&x.r));
	groups = &x.r.groups;
	assert_int_equal(groups->target_count, 3);
	assert_true(is_names(groups->targets[0].names, groups->targets[0].name_count, "d c "));
	assert_true(is_names(groups->targets[1].names, groups->targets[1].name_count, "b "));
	assert_int_equal(groups->targets[0].finding_count, 1);
	assert_ptr_equal(groups->targets[0].findings[0], &groups->findings[0]);
	assert_int_equal(groups->targets[1].finding_count, 0);
	assert_int_equal(groups->finding_count, 4);
	assert_true(
		is_names(groups->findings[0].targets, groups->findings[0].target_count, "c d "));
	assert_int_equal(groups->findings[0].of, 0);
	assert_true(
		is_names(groups->findings[1].targets, groups->findings[1].target_count, "b c "));
	assert_int_equal(groups->findings[1].of, GROUP_NONE);
	assert_true(
		is_names(groups->findings[2].targets, groups->findings[2].target_count, "gone "));
	assert_int_equal(groups->findings[2].of, GROUP_NONE);
	assert_int_equal(groups->findings[3].target_count, 0);
	arena_free(x.a);
}

/* A review's row stands for several targets; one target may have a finding twice. */
static void test_names(void **state)
{
	static const struct str names[] = {STR("a"), STR("b")};
	const struct finding f = A();
	struct trial x;

	(void)state;
	begin(&x);
	add_row(&x, STR("a"), OUTCOME_CHANGED);
	x.rows[0].names = names;
	x.rows[0].name_count = ARRAY_LEN(names);
	add_row(&x, STR("c"), OUTCOME_CHANGED);
	add(&x, f, STR("a"));
	add(&x, f, STR("c"));
	add(&x, f, STR("c"));
	assert_null(result_finish(&x.r));
	assert_int_equal(x.r.groups.finding_count, 1);
	assert_int_equal(x.r.groups.findings[0].count, 3);
	assert_true(is_names(x.r.groups.findings[0].targets, x.r.groups.findings[0].target_count,
			     "a b c "));
	assert_true(
		is_names(x.r.groups.targets[0].names, x.r.groups.targets[0].name_count, "a b c "));
	arena_free(x.a);
}

/* Coverage parts drifted targets, and is nothing to those of which it is not told. */
static void test_coverage(void **state)
{
	static struct str lines[] = {STR("One."), STR("Two.")};
	const struct coverage one = {.lines = lines, .count = 1},
			      two = {.lines = lines, .count = 2};
	struct trial x;

	(void)state;
	begin(&x);
	for (size_t i = 0; i < 6; i++) {
		static const struct str rows[] = {STR("a"), STR("b"), STR("c"),
						  STR("d"), STR("e"), STR("f")};

		add_row(&x, rows[i], i < 3 ? OUTCOME_NO_BASELINE : OUTCOME_EQUAL);
		x.rows[i].coverage_after = i % 3 == 1 ? two : one;
	}
	assert_null(result_finish(&x.r));
	assert_int_equal(x.r.groups.target_count, 3);
	assert_true(
		is_names(x.r.groups.targets[0].names, x.r.groups.targets[0].name_count, "a c "));
	assert_true(
		is_names(x.r.groups.targets[2].names, x.r.groups.targets[2].name_count, "d e f "));
	arena_free(x.a);
}

/* The gravest first, by section; of drift that is equally grave what scans less. */
static void test_order(void **state)
{
	static const struct change weakened = {.direction = DIR_WEAKENED},
				   unknown = {.direction = DIR_UNKNOWN};
	static const struct finding list[] = {
		A(.path = STR("4"), .waived = &waiver, .severity = SEVERITY_CRITICAL),
		A(.path = STR("3"), .severity = SEVERITY_LOW),
		A(.path = STR("2"), .class = CLASS_DRIFT, .rule_text = STR("drift/A"),
		  .change = &unknown),
		A(.path = STR("1"), .rule_text = STR("drift/B"), .change = &weakened),
		INCOMPLETE(.path = STR("0"), .severity = SEVERITY_LOW),
	};
	struct trial x;

	(void)state;
	begin(&x);
	add_row(&x, STR("a"), OUTCOME_EQUAL);
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		add(&x, list[i], STR("a"));
	assert_null(result_finish(&x.r));
	assert_int_equal(x.r.groups.finding_count, ARRAY_LEN(list));
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		assert_int_equal(x.r.groups.findings[i].members[0]->path.p[0], '0' + i);
	arena_free(x.a);
}

/* What a group says: for all, or as an example. */
static void test_words(void **state)
{
	const struct finding own[] = {
		A(.message = STR("1"), .general = STR("g"), .next = STR("n1"),
		  .general_next = STR("gn"), .has_since = true, .since_s = 9, .line = 1),
		A(.message = STR("2"), .general = STR("g"), .next = STR("n2"),
		  .general_next = STR("gn"), .has_since = true, .since_s = 7,
		  .since_is_bound = true, .line = 2),
	};
	const struct finding refused[] = {INCOMPLETE(.message = STR("1")),
					  INCOMPLETE(.message = STR("2"), .has_since = true)};
	const struct finding *members[] = {&own[0], &own[1], &refused[0], &refused[1]};
	const struct finding_group alone = {.members = members, .count = 1},
				   both = {.members = members, .count = 2},
				   not_judged = {.members = members + 2, .count = 2};
	struct group_time t;

	(void)state;
	assert_true(str_is(group_message(&alone), "1") && str_is(group_next(&alone), "n1"));
	assert_true(str_is(group_message(&both), "g") && str_is(group_next(&both), "gn"));
	assert_false(group_shows_example(&alone) || group_shows_example(&both));
	assert_true(group_since(&both, &t) && t.since_s == 7 && t.differs && t.is_bound);
	assert_true(group_since(&alone, &t) && t.since_s == 9 && !t.differs && !t.is_bound);
	assert_int_equal(group_other_places(&both), 1);
	assert_true(str_is(group_message(&not_judged), "1") && group_shows_example(&not_judged));
	assert_false(group_since(&not_judged, &t));
	assert_int_equal(group_other_places(&not_judged), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pairs), cmocka_unit_test(test_whose),
		cmocka_unit_test(test_names), cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_order), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
