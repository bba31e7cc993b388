/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A review over generated trees: six files with NULs between them, targets.ini, a policy and a
 * baseline of the base, then of the head. What must hold of any of them:
 *
 * - Nothing is loosened from a commit to itself, and nothing differs.
 * - Where no policy is loosened, what fails a rule of the base and is not let pass there fails it in
 *   the head as well, at least as gravely, and is not let pass there either.
 * - A baseline that loses something is a loosening.
 * - An approval is of the set: the same comparison gives the same bytes.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "result/judge_review.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct tree {
	struct targets targets;
	struct policies policies;
	struct reading *baseline; /* NULL: malformed */
};

static struct str take(struct str *rest)
{
	const char *nul = rest->n ? memchr(rest->p, '\0', rest->n) : NULL;
	struct str part = {rest->p, nul ? (size_t)(nul - rest->p) : rest->n};

	rest->p += part.n + (nul != NULL);
	rest->n -= part.n + (nul != NULL);
	return part;
}

static bool refused(struct err *e)
{
	err_free(e);
	return e != NULL;
}

/* False where a command would end with 2. */
static bool read_tree(struct arena *a, struct str *rest, struct tree *t)
{
	struct normalize_options opt = {.form = READ_FILE,
					.limits = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_CONFIG}};
	struct str targets = take(rest), policy = take(rest), baseline = take(rest);

	*t = (struct tree){.targets.file = TARGETS_FILE};
	t->policies = (struct policies){arena_array(a, 1, sizeof(struct policy)), policy.n > 0};
	if ((targets.n && refused(targets_parse(a, TARGETS_FILE, targets, &t->targets))) ||
	    (policy.n && refused(policy_parse(a, &schema_registry_scan, "policies/p.ini", policy,
					      t->policies.list))) ||
	    refused(policies_link(a, &schema_registry_scan, &t->policies)) ||
	    refused(judge_policies_check(&t->policies)))
		return false;
	if (refused(normalize_read(&schema_registry_scan, baseline, &opt, a, &t->baseline)) ||
	    !reading_is_whole(t->baseline))
		t->baseline = NULL;
	return true;
}

struct review {
	struct result r;
	struct loosenings list;
	struct policy_run *by_base, *by_head;
	size_t policies_loosened;
};

static struct baseline_side side_of(const struct tree *t)
{
	return (struct baseline_side){
		.state = t->baseline ? BASELINE_READ : BASELINE_MALFORMED,
		.reading = t->baseline,
		.digest = STR("sha256:0"),
		.is_canonical = true,
		.problem = STR("malformed"),
	};
}

static void review(struct arena *a, const struct tree *base, const struct tree *head,
		   struct review *v)
{
	size_t n = base->targets.count;

	*v = (struct review){.list.arena = a};
	v->r = (struct result){.arena = a, .findings.arena = a, .is_review = true};
	v->r.targets = arena_array(a, n + 1, sizeof(*v->r.targets));
	assert(v->r.targets);
	assert(!policy_run_new(&v->r, &base->policies, &base->targets, &v->by_base));
	assert(!policy_run_new(&v->r, &head->policies, &base->targets, &v->by_head));
	for (size_t i = 0; i < n; i++) {
		const struct target *t = &base->targets.list[i];
		struct review_rules by = {v->by_base, v->by_head, &v->list};
		struct proposal p = {t, t, false, side_of(base), side_of(head), &t->name, 1, NULL};

		assert(!judge_proposal(&v->r, &by, &p));
	}
	v->policies_loosened = v->list.n;
	assert(!loosenings_of_policies(&v->r, &v->list, &base->policies, &head->policies));
	v->policies_loosened = v->list.n - v->policies_loosened;
	assert(!loosenings_of_targets(&v->r, &v->list, &base->targets, &head->targets));
}

static struct str document(struct arena *a, struct review *v)
{
	struct buf b = BUF_INIT(SIZE_MAX);
	struct str out;

	assert(!loosenings_write(&v->list, &b, &v->r.review.loosening_count));
	out = arena_str(a, buf_view(&b));
	buf_free(&b);
	v->r.review.digest = out;
	review_settle(&v->r, false);
	assert(result_is_failed(&v->r) || v->list.n == 0);
	return out;
}

static void close_review(struct review *v)
{
	free(v->list.v);
	free(v->r.findings.v);
}

/* What the head's policies say of its baseline, for one target. */
static void judge_by(struct arena *a, const struct tree *rules, const struct tree *head,
		     const struct targets *targets, struct review *v)
{
	struct live_side live = {.reading = head->baseline};
	struct baseline_side side = side_of(head);

	*v = (struct review){0};
	v->r = (struct result){.arena = a, .findings.arena = a, .is_review = true};
	v->r.targets = arena_array(a, 1, sizeof(*v->r.targets));
	assert(v->r.targets);
	v->r.target_count = 1;
	v->r.targets[0] = (struct result_target){.name = targets->list[0].name};
	assert(!policy_run_new(&v->r, &rules->policies, targets, &v->by_base));
	assert(!policy_run_target(v->by_base, &targets->list[0], &live, &side, 0));
}

static bool fails(const struct result *r, const struct finding *like)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		if (str_eq(f->rule_text, like->rule_text) && !f->waived &&
		    f->severity >= like->severity)
			return true;
	}
	return false;
}

static void expect_as_strict(struct arena *a, const struct tree *base, const struct tree *head)
{
	struct review was, is;

	if (!base->targets.count || !head->baseline)
		return;
	judge_by(a, base, head, &base->targets, &was);
	judge_by(a, head, head, &base->targets, &is);
	for (size_t i = 0; i < was.r.findings.n; i++)
		assert(was.r.findings.v[i].waived || fails(&is.r, &was.r.findings.v[i]));
	close_review(&was);
	close_review(&is);
}

static void expect_losses_told(const struct review *v)
{
	for (size_t i = 0; i < v->r.target_count; i++) {
		const struct result_target *row = &v->r.targets[i];

		assert(!row->has_diff || !row->diff.judgement.whole.lose || v->list.n > 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = {(const char *)data, size};
	struct arena *a = arena_new();
	struct tree base, head;
	struct review v, again;

	if (read_tree(a, &rest, &base) && read_tree(a, &rest, &head)) {
		review(a, &base, &head, &v);
		review(a, &base, &head, &again);
		assert(str_eq(document(a, &v), document(a, &again)));
		expect_losses_told(&v);
		if (v.policies_loosened == 0)
			expect_as_strict(a, &base, &head);
		close_review(&v);
		close_review(&again);
		review(a, &base, &base, &v);
		assert(v.list.n == 0);
		close_review(&v);
	}
	arena_free(a);
	return 0;
}
