/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run.h"

#include <stdlib.h>
#include <time.h>

#include "report/formats.h"

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
	for (size_t i = 0; i < r->kept_count; i++)
		arena_free(r->kept[i]);
	free(r->kept);
	r->kept = NULL;
	r->kept_count = 0;
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
