/* SPDX-License-Identifier: Apache-2.0 */
#include "result/result.h"

#include <assert.h>
#include <string.h>

void result_add_commit(struct result *r, const char *ref, const char *hex)
{
	struct result_commit *c = r->commits;

	while (c < r->commits + r->commit_count && strcmp(c->ref, ref) != 0)
		c++;
	assert(c < r->commits + RESULT_COMMITS_MAX && strlen(hex) < sizeof(c->hex));
	if (c == r->commits + r->commit_count)
		r->commit_count++;
	c->ref = ref;
	memcpy(c->hex, hex, strlen(hex) + 1);
}

bool result_has_commit(const struct result *r, const char *ref)
{
	for (size_t i = 0; i < r->commit_count; i++) {
		if (strcmp(r->commits[i].ref, ref) == 0)
			return true;
	}
	return false;
}

struct err *result_finish(struct result *r)
{
	findings_sort(&r->findings);
	return groups_find(r);
}

size_t result_count(const struct result *r, enum severity s)
{
	size_t n = 0;

	for (size_t i = 0; i < r->findings.n; i++) {
		const struct finding *f = &r->findings.v[i];

		n += f->class != CLASS_INCOMPLETE && !finding_is_settled(f) && f->severity == s;
	}
	return n;
}

size_t result_count_waived(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->findings.n; i++)
		n += r->findings.v[i].waived != NULL;
	return n;
}

size_t result_count_approved(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->findings.n; i++)
		n += finding_is_settled(&r->findings.v[i]) && !r->findings.v[i].waived;
	return n;
}

size_t result_count_outcome(const struct result *r, enum outcome o)
{
	size_t n = 0;

	for (size_t i = 0; i < r->target_count; i++)
		n += r->targets[i].outcome == o;
	return n;
}

size_t result_count_incomplete(const struct result *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->findings.n; i++)
		n += r->findings.v[i].class == CLASS_INCOMPLETE;
	return n;
}

bool result_is_incomplete(const struct result *r)
{
	return result_count_incomplete(r) || result_count_outcome(r, OUTCOME_INCOMPLETE);
}

bool result_is_failed(const struct result *r)
{
	/* Whatever --fail-on says: a threshold is no approval. */
	if (r->review.approval == APPROVAL_NEEDED)
		return true;
	if (r->never_fail)
		return false;
	for (unsigned s = r->fail_on; s < SEVERITY_COUNT; s++) {
		if (result_count(r, (enum severity)s))
			return true;
	}
	return false;
}

const char *result_verdict_name(const struct result *r)
{
	if (result_is_failed(r))
		return "fail";
	return result_is_incomplete(r) ? "incomplete" : "pass";
}

bool result_tells_coverage(const struct result_target *t)
{
	return t->outcome != OUTCOME_EQUAL && t->outcome != OUTCOME_INCOMPLETE &&
	       (t->coverage_before.count || t->coverage_after.count);
}

enum outcome result_outcomes_end(const struct result *r)
{
	return r->is_review ? OUTCOME_COUNT : OUTCOME_CHANGED;
}

const char *outcome_name(enum outcome o)
{
	static const char *const names[] = {
		[OUTCOME_EQUAL] = "equal",           [OUTCOME_DRIFTED] = "drifted",
		[OUTCOME_INCOMPLETE] = "incomplete", [OUTCOME_NO_BASELINE] = "no-baseline",
		[OUTCOME_CHANGED] = "changed",       [OUTCOME_ADDED] = "added",
		[OUTCOME_REMOVED] = "removed",
	};

	return names[o];
}
