/* SPDX-License-Identifier: Apache-2.0 */
#include "run/run_result.h"

#include <stdlib.h>
#include <time.h>

#include "base/fs.h"
#include "report/formats.h"
#include "result/exit.h"

#define REPORT_SIZE_MAX ((size_t)4 << 30)

struct err *run_begin(const char *command, const struct evaluate_options *o, const struct io *io,
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
		.is_worktree = w->is_worktree,
		.uncommitted = w->uncommitted,
		.uncommitted_count = w->uncommitted_count,
		.findings = {.arena = w->arena},
		.fail_on = o->fail_on,
		.never_fail = o->never_fail,
	};
	out->targets = arena_array(w->arena, w->selected_count + 1, sizeof(*out->targets));
	return out->targets ? NULL : err_nomem();
}

int64_t run_now(const struct evaluate_options *o)
{
	return o->has_now ? o->now_s : (int64_t)time(NULL);
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

static struct err *render(const struct format *f, const struct result *r,
			  const struct report_style *style, struct buf *b)
{
	TRY(f->write(b, r, style));
	return buf_check(b, ERR_OUTPUT, "the report");
}

/* A file has no colours and no width. */
static struct err *write_output(const struct output *to, const struct result *r, int exit_code)
{
	struct report_style style = {.exit_code = exit_code};
	struct buf b = BUF_INIT(REPORT_SIZE_MAX);
	struct err *e = render(to->format, r, &style, &b);

	if (!e)
		e = fs_write(to->path, buf_view(&b), FS_REPLACE_FILE);
	buf_free(&b);
	return e ? err_wrap(e, "--output %s", to->format->name) : NULL;
}

/*
 * All files, and once more those that could be written if one could not: that one failed is in the
 * result, and every output tells the same.
 */
static void write_outputs(const struct output_options *o, const struct io *io, struct result *r,
			  int *code)
{
	bool failed[OUTPUTS_MAX] = {false};

	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < o->file_count; i++) {
			struct err *e;

			if (failed[i])
				continue;
			e = write_output(&o->files[i], r, *code);
			if (!e)
				continue;
			failed[i] = again = r->side_effect_failed = true;
			if (*code == EXIT_FINE)
				*code = EXIT_SIDE_EFFECT;
			(void)io_fail(io, e);
		}
	}
}

bool run_shows_digests(const struct output_options *o)
{
	bool shows = o->format && o->format->has_digests;

	for (size_t i = 0; i < o->file_count; i++)
		shows |= o->files[i].format->has_digests;
	return shows;
}

struct err *run_report(const struct output_options *o, const struct io *io, struct result *r,
		       int *code)
{
	const struct format *f = o->format ? o->format : &formats[FORMAT_TEXT];
	struct report_style style = {
		.has_colour = io->has_colour,
		.width = io->width,
	};
	struct buf b = BUF_INIT(REPORT_SIZE_MAX);
	struct err *e;

	write_outputs(o, io, r, code);
	style.exit_code = *code;
	e = render(f, r, &style, &b);
	if (!e)
		e = io_write(io, buf_view(&b));
	buf_free(&b);
	return e;
}
