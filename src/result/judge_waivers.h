/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_JUDGE_WAIVERS_H
#define SCANDRIFT_RESULT_JUDGE_WAIVERS_H

#include "result/judge_policy.h"

/* Inside the judging of policies alone: what a run has seen, and the findings about waivers. */

struct waiver_use {
	const struct waiver *waiver;
	const struct rule *rule; /* its own or its group's row; NULL: there is none */
	size_t order;            /* of the files */
	bool is_used;
	bool has_other_value; /* it is pinned, and the rule found something else */
};

/* What was judged of a target. */
struct target_use {
	bool is_seen;
	bool is_config_judged;
	bool is_drift_judged;
};

struct policy_run {
	struct result *result;
	const struct policies *policies;
	const struct targets *targets;
	struct target_use *seen; /* by index in targets->list */
	struct waiver_use *uses; /* by rule_id */
	size_t use_count;
	unsigned waiver_days;    /* 0: nothing bounds them */
	bool are_accounts_known; /* of every target that there is */
};

/* Its name, or its former one. */
bool target_had_name(const struct target *t, struct str name);

/* Is the waiver for this target, under this name or its former one? */
bool policy_run_names(const struct waiver *w, const struct target *t);

struct err *judge_waivers(struct policy_run *run) MUST_USE;

#endif
