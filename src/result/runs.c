/* SPDX-License-Identifier: Apache-2.0 */
#include "result/runs.h"

#include <assert.h>

static const struct {
	const char *name, *text;
} marks[] = {
	[RUN_MARK_COMMIT_DATE] = {"commit-date", "its time is over an hour from its commit's date"},
	[RUN_MARK_BEFORE_PARENT] = {"before-parent", "its time is earlier than its parent's"},
	[RUN_MARK_COPY] = {"copy", "an earlier record is of the same run"},
	[RUN_MARK_PART] = {"part", "over a part of the targets"},
	[RUN_MARK_TARGETS_UNKNOWN] = {"targets-unknown", "nothing says which targets there were"},
	[RUN_MARK_REPEATED] = {"repeated", "replies that were in the journal already"},
	[RUN_MARK_AHEAD] = {"ahead", "replies from after the record was made"},
};
static_assert(ARRAY_LEN(marks) == RUN_MARK_COUNT, "a row for each mark");

const char *run_mark_name(enum run_mark m)
{
	return marks[m].name;
}

const char *run_mark_text(enum run_mark m)
{
	return marks[m].text;
}

bool run_target_counts(const struct run *run, const struct run_target *t)
{
	if (run_is_marked(run, RUN_MARK_COPY) || t->is_repeated || t->is_ahead)
		return false;
	/* A reply that could be compared has both; a word of another version may mean anything. */
	if (!t->fetched_s || !t->request_id.n)
		return false;
	return t->outcome == OUTCOME_EQUAL || t->outcome == OUTCOME_DRIFTED ||
	       t->outcome == OUTCOME_NO_BASELINE;
}
