/* SPDX-License-Identifier: Apache-2.0 */
/* show: the baseline of a target, byte for byte, as it is committed or was. */
#include "base/timeutil.h"
#include "cmd/options.h"
#include "history/target_trail.h"
#include "model/coverage.h"

static struct err *find_commit(const struct options *o, struct workspace *w,
			       struct repo_commit *out)
{
	struct repo_tip tip;
	bool found = false;
	char text[TIME_TEXT_SIZE];

	if (o->rev)
		return repo_resolve(w->repo, o->rev, out);
	*out = w->commit;
	if (o->branch) {
		TRY(repo_resolve_tip(w->repo, o->branch, w->arena, &tip));
		if (tip.commit.is_unborn)
			return err_new(ERR_REPO, "--branch: there is no branch %s", o->branch);
		*out = tip.commit;
	}
	if (!o->show.has_as_of)
		return NULL;
	TRY(repo_as_of(w->repo, out, o->show.as_of_s, out, &found));
	return found ? NULL
		     : err_new(ERR_REPO, "no commit of this branch is as old as %s",
			       time_format_rfc3339(o->show.as_of_s, text));
}

/* In words, what it asks for. Bytes that mean nothing are shown all the same. */
static struct err *note_coverage(const struct io *io, const struct workspace *w,
				 const struct config_file *file)
{
	struct coverage words;

	if (file->state == CONFIG_UNUSABLE) {
		log_warn(&io->log, "%s: %.*s", file->path, STR_ARG(file->problem));
		return NULL;
	}
	TRY(coverage_describe(&file->reading->config, w->arena, &words));
	for (size_t i = 0; i < words.count; i++)
		log_note(&io->log, "%.*s", STR_ARG(words.lines[i]));
	return NULL;
}

static struct err *show(const struct options *o, const struct io *io, struct workspace *w)
{
	const struct target *t = w->selected[0];
	struct repo_trail trail;
	struct repo_commit commit;
	struct config_file file;
	char text[TIME_TEXT_SIZE];

	TRY(find_commit(o, w, &commit));
	TRY(target_trail(t, false, w->arena, &trail));
	TRY(target_read_config(w, &commit, &trail, &file));
	if (file.state == CONFIG_MISSING)
		return err_new(ERR_CONFIG, "%s: there is no %s in the commit %.12s", t->name.p,
			       t->baseline.p, commit.is_unborn ? "(none)" : commit.hex);
	if (!file.bytes.p)
		return config_file_require(&file, ERR_CONFIG);
	log_note(&io->log, "%s in %.12s of %s%s", file.path, commit.hex,
		 time_format_rfc3339(commit.time_s, text),
		 o->show.has_as_of ? " (asserted: the committer's clock said so)" : "");
	TRY(io_write(io, file.bytes));
	return note_coverage(io, w, &file);
}

struct err *cmd_show(const struct options *o, struct io *io, int *code)
{
	const struct workspace_options where = options_workspace(o);
	struct workspace w;
	struct err *e;

	TRY(workspace_open(&where, io, &w));
	*code = 0;
	e = show(o, io, &w);
	workspace_close(&w);
	return e;
}
