/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run.h"

#include <stdlib.h>
#include <time.h>

#include "report/formats.h"
#include "result/judge_policy.h"

#define REPORT_SIZE_MAX ((size_t)4 << 30)

struct err *run_begin(const char *command, const struct options *o, const struct io *io,
		      const struct workspace *w, struct result *out)
{
	const char *epoch = io_env(io, "SOURCE_DATE_EPOCH");
	int64_t clock = (int64_t)time(NULL);
	uint64_t fixed = 0;

	if (epoch && !str_to_u64(str_from(epoch), INT64_MAX / 2, &fixed))
		return err_new(ERR_CONFIG,
			       "SOURCE_DATE_EPOCH: found '%s', expected seconds since 1970", epoch);
	*out = (struct result){
		.arena = w->arena,
		.command = command,
		.time_s = epoch ? (int64_t)fixed : clock,
		.now_s = o->has_now ? o->now_s : clock,
		.is_now_given = o->has_now,
		.commit = str_from(w->commit.hex),
		.findings = {.arena = w->arena},
		.fail_on = o->fail_on,
		.never_fail = o->never_fail,
	};
	out->targets = arena_array(w->arena, w->selected_count + 1, sizeof(*out->targets));
	return out->targets ? NULL : err_nomem();
}

void run_end(struct result *r)
{
	free(r->findings.v);
	r->findings.v = NULL;
}

/* One target after the other, and the policies behind each. */
static struct err *judge_targets(const struct options *o, const struct workspace *w, struct live *l,
				 struct result *r, struct sides *sides, struct policy_run *policies)
{
	for (size_t i = 0; i < w->selected_count; i++) {
		const struct target *t = w->selected[i];
		size_t first = r->findings.n;

		TRY(workspace_baseline(w, o, t, &sides[i].base));
		TRY(live_get(l, t, &sides[i].live));
		TRY(judge_target(r, t, &sides[i].live, &sides[i].base));
		if (policies)
			TRY(policy_run_target(policies, t, &sides[i].live, &sides[i].base, first));
	}
	return NULL;
}

struct err *run_judge(const struct options *o, const struct workspace *w, struct live *l,
		      struct result *r, struct sides *sides)
{
	struct policy_run *policies = NULL;

	if (w->policies)
		TRY(policy_run_new(r, w->policies, &w->targets, &policies));
	TRY(judge_targets(o, w, l, r, sides, policies));
	if (policies)
		TRY(policy_run_end(policies));
	r->are_policies_judged = policies && w->policies->count > 0;
	if (policies && w->policies->count == 0)
		r->policies_note = "there are none in " POLICIES_FOLDER "/";
	r->side_effect_failed |= live_is_unrecorded(l);
	result_finish(r);
	return NULL;
}

struct err *run_report(const struct options *o, const struct io *io, struct result *r,
		       int exit_code)
{
	const struct format *f = format_find(str_from(o->format ? o->format : "text"));
	struct report_style style = {
		.has_colour = io->has_colour,
		.in_actions = io->log.in_actions,
		.width = io->width,
		.exit_code = exit_code,
	};
	struct buf b = BUF_INIT(REPORT_SIZE_MAX);
	struct err *e = f->write(&b, r, &style);

	if (!e)
		e = buf_check(&b, ERR_OUTPUT, "the report");
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	return e;
}
