/* SPDX-License-Identifier: Apache-2.0 */
/* check: what is live against what was committed. */
#include "cmd/run.h"
#include "result/exit.h"

static struct err *check(const struct options *o, struct io *io, const struct workspace *w,
			 struct live *l, struct result *r, int *code)
{
	struct sides *sides = arena_array(w->arena, w->selected_count, sizeof(*sides));

	if (!sides)
		return err_nomem();
	TRY(run_judge(o, w, l, r, sides));
	r->policies_note = "this version compares with the baseline alone";
	*code = exit_for_result(r);
	return run_report(o, io, r, *code);
}

struct err *cmd_check(const struct options *o, struct io *io, int *code)
{
	struct workspace w;
	struct live *l = NULL;
	struct result r = {0};
	struct err *e;

	TRY(workspace_open(o, io, &w));
	e = live_open(o, io, &w, &l);
	if (!e)
		e = run_begin("check", o, io, &w, &r);
	if (!e)
		e = check(o, io, &w, l, &r, code);
	run_end(&r);
	live_close(l);
	workspace_close(&w);
	return e;
}
