/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory at its end, at each place in turn: from the bytes of a policy to the last finding about a
 * waiver, what comes is the whole or the one error.
 */
#include "result/judge_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char policy[] =
	"[policy]\nid = p\n"
	"[rule a]\ntitle = T\nseverity = high\nwhen = /ScanScope == 0\nassert = /ScanPeriod <= 1\n"
	"  /Namespace/* like a*\n  coverage contains \"Every day\"\n  unknown:/New/* == 1\n"
	"rationale = r\nremediation = m\ncontrols = A:1 B:2\n"
	"[rule b]\nseverity = low\nassert = state:/ScanResult in Success\n"
	"[drift]\n/ScanPeriod = low\n"
	"[ignore i]\npath = /Id\nreason = r\nowner = o\nexpires = 2027-01-31\n"
	"[waiver w]\nrule = a\ntarget = prod\nvalue = 7\nreason = r\nowner = o\nexpires = 2026-12-01\n"
	"[waiver list]\nrule = a\nvalue = [\"b\", \"c\"]\nreason = r\nowner = o\nexpires = 2027-12-01\n"
	"[waiver old]\nrule = b\nreason = r\nowner = o\nexpires = 2020-12-01\n"
	"[waiver none]\nrule = drift/Latest\ntarget = prdo\nreason = r\nowner = o\nexpires = 2027-12-01\n"
	"[waiver new]\nrule = drift/New\nvalue = {\"a\": 1}\nreason = r\nowner = o\nexpires = 2027-12-01\n";

static const char base_json[] = "{\"Enable\":true,\"ScanPeriod\":1,\"ScanTime\":\"03:00\","
				"\"Id\":[1],\"Old\":1}";
static const char live_json[] =
	"{\"Enable\":true,\"ScanPeriod\":7,\"ScanTime\":\"04:00\",\"Id\":[2],\"Namespace\":"
	"[\"a\",\"b\",\"c\"],\"New\":[1,\"x\"],\"ScanResult\":\"Success\",\"RequestId\":\"x\"}";

static unsigned allocations_left; /* 0: never fails */

static bool is_memory_at_its_end(void)
{
	return allocations_left && --allocations_left == 0;
}

void *__real_arena_alloc(struct arena *a, size_t size);
void *__wrap_arena_alloc(struct arena *a, size_t size);
void *__real_arena_array(struct arena *a, size_t count, size_t size);
void *__wrap_arena_array(struct arena *a, size_t count, size_t size);
char *__real_arena_bytes(struct arena *a, size_t size);
char *__wrap_arena_bytes(struct arena *a, size_t size);
struct str __real_arena_str(struct arena *a, struct str s);
struct str __wrap_arena_str(struct arena *a, struct str s);
char *__wrap_arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

void *__wrap_arena_alloc(struct arena *a, size_t size)
{
	return is_memory_at_its_end() ? NULL : __real_arena_alloc(a, size);
}

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

static struct err *read_json(struct arena *a, const char *json, struct reading **out)
{
	struct normalize_options opt = {.form = READ_FILE,
					.limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_CONFIG}};

	return normalize_read(&schema_registry_scan, str_from(json), &opt, a, out);
}

static struct err *judge(struct result *r, const struct policies *policies,
			 const struct targets *targets)
{
	struct live_side live = {0};
	struct baseline_side base = {.state = BASELINE_READ, .is_canonical = true};
	struct reading *before, *after;
	struct policy_run *run;

	TRY(read_json(r->arena, base_json, &before));
	TRY(read_json(r->arena, live_json, &after));
	base.reading = before;
	live.reading = after;
	TRY(policy_run_new(r, policies, targets, &run));
	TRY(judge_target(r, &targets->list[0], &live, &base));
	TRY(policy_run_target(run, &targets->list[0], &live, &base, 0));
	return policy_run_end(run);
}

static struct err *run_all(struct arena *a, struct result *r)
{
	struct policy list[1];
	struct policies policies = {list, 1};
	struct targets targets;

	*r = (struct result){.arena = a, .now_s = 1795478400, .findings = {.arena = a}};
	TRY(targets_parse(a, TARGETS_FILE, STR("[target prod]\n"), &targets));
	TRY(policy_parse(a, &schema_registry_scan, "policies/p.ini", str_from(policy), &list[0]));
	TRY(policies_link(a, &schema_registry_scan, &policies));
	TRY(judge_policies_check(&policies));
	r->targets = arena_array(a, 1, sizeof(*r->targets));
	if (!r->targets)
		return err_nomem();
	return judge(r, &policies, &targets);
}

static void test_each(void **state)
{
	struct err *e = err_nomem();
	size_t whole = 0;

	(void)state;
	for (unsigned n = 0; n < 100000; n++) {
		struct arena *a = arena_new();
		struct result r = {0};

		allocations_left = n;
		e = run_all(a, &r);
		if (n == 0) {
			if (e)
				fail_msg("%s", e->msg);
			whole = r.findings.n;
			assert_true(whole > 8);
		} else if (e) {
			assert_int_equal(e->kind, ERR_NOMEM);
		} else {
			assert_int_equal(r.findings.n, whole);
		}
		free(r.findings.v);
		err_free(e);
		arena_free(a);
		if (n && !e && allocations_left)
			break;
	}
	assert_null(e);
	allocations_left = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_each)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
