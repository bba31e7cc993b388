/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_RESULT_JUDGE_POLICY_H
#define SCANDRIFT_RESULT_JUDGE_POLICY_H

#include "policy/policy.h"
#include "result/judge.h"

/*
 * Policies in a run: rules judge what is live, [drift] rows change severities, waivers and ignores
 * let findings pass, which stay in the result and count nowhere. At the end the waivers themselves
 * are told of: ended, ending, or of no use, the last only where all that they name was judged.
 *
 * An ignored field is held to be as the baseline says, and the other changes are judged for the
 * pair that this produces: what an ignored change made harmless is not harmless any more.
 */
struct policy_run;

/* What is left of `policies_link`: waivers of built-in rules. ERR_CONFIG, with file and line. */
struct err *judge_policies_check(const struct policies *all) MUST_USE;

/*
 * Policies without a rule: nobody may take one for a demand. `before` (or NULL): what was there, of
 * which the same is not told again.
 */
struct err *judge_empty_policies(struct result *r, const struct policies *all,
				 const struct policies *before) MUST_USE;

/* Everything given must outlive the run, which is in the result's arena. */
struct err *policy_run_new(struct result *r, const struct policies *policies,
			   const struct targets *targets, struct policy_run **out) MUST_USE;

/* Right behind judge_target of the same: its findings are those from `first` on. */
struct err *policy_run_target(struct policy_run *run, const struct target *t,
			      const struct live_side *live, const struct baseline_side *base,
			      size_t first) MUST_USE;

/*
 * Does at least one rule apply to this config, and do all that apply hold, whatever is waived? What a
 * rule demands of the state of scans is no matter here, since no baseline has any.
 */
struct err *policy_run_vouches(const struct policy_run *run, const struct policy_input *in,
			       bool *out) MUST_USE;

/* After judge_accounts: its findings are those from `first` on. */
struct err *policy_run_accounts(struct policy_run *run, size_t first) MUST_USE;

/* Behind the last target. */
struct err *policy_run_end(struct policy_run *run) MUST_USE;

#endif
