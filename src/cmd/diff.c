/* SPDX-License-Identifier: Apache-2.0 */
/* diff: two configs that somebody names, from files or from git. */
#include "base/fs.h"
#include "cmd/digest.h"
#include "cmd/run.h"
#include "result/exit.h"

/* Only where a side is REV:PATH is a repository needed. */
struct source {
	const struct options *o;
	struct arena *arena;
	struct repo *repo;
};

static struct err *read_committed(struct source *s, const struct repo_spec *spec, const char *name,
				  struct str *bytes)
{
	struct repo_commit commit;
	struct repo_entry entry;

	if (!s->repo)
		TRY(repo_open(".", &s->repo));
	TRY(repo_resolve(s->repo, spec->rev, &commit));
	TRY(repo_read_entry(s->repo, &commit, spec->path, s->o->max_reply, s->arena, &entry));
	if (entry.kind == REPO_ENTRY_MISSING)
		return err_new(ERR_CONFIG, "%s: the commit has no such file", name);
	if (entry.kind == REPO_ENTRY_TOO_LARGE)
		return err_new(ERR_CONFIG, "%s: larger than --max-reply allows", name);
	if (entry.kind != REPO_ENTRY_FILE)
		return err_new(ERR_CONFIG, "%s: not a file", name);
	*bytes = entry.bytes;
	return NULL;
}

static struct err *read_file(struct source *s, const char *name, struct str *bytes)
{
	struct buf b = BUF_INIT(0);
	struct err *e = fs_read(name, s->o->max_reply, &b);

	if (!e) {
		*bytes = arena_str(s->arena, buf_view(&b));
		e = bytes->p ? NULL : err_nomem();
	}
	buf_free(&b);
	return e;
}

static struct err *read_side(struct source *s, const char *name, struct reading **out,
			     struct str *digest)
{
	struct normalize_options opt = workspace_reading(NULL, s->o, READ_FILE, ERR_CONFIG);
	struct repo_spec spec;
	struct str bytes = {NULL, 0};

	if (str_starts(str_from(name), "live:"))
		return err_new(ERR_USAGE,
			       "%s: comparing with what is live is not there yet; "
			       "scandrift fetch TARGET | scandrift diff A - does it",
			       name);
	TRY(repo_spec_split(name, s->arena, &spec));
	if (spec.rev)
		TRY(read_committed(s, &spec, name, &bytes));
	else
		TRY(read_file(s, name, &bytes));
	TRY(workspace_read_config(bytes, name, &opt, s->arena, out));
	return digest_config(&(*out)->config, s->arena, digest);
}

static struct err *compare(struct source *s, const struct io *io, struct result *r, int *code)
{
	const char *a = s->o->args[0], *b = s->o->args[1];
	struct result_target *row = &r->targets[0];
	struct reading *before = NULL, *after = NULL;
	char *name = arena_printf(s->arena, "%s -> %s", a, b);

	if (!name)
		return err_nomem();
	TRY(read_side(s, a, &before, &row->baseline_digest));
	TRY(read_side(s, b, &after, &row->live_digest));
	row->name = str_from(name);
	row->baseline_path = str_from(a);
	r->target_count = 1;
	TRY(judge_pair(r, row->name, before, after, str_from(a), row));
	result_finish(r);
	*code = row->diff.change_count ? EXIT_NO : EXIT_FINE;
	return run_report(s->o, io, r, *code);
}

struct err *cmd_diff(const struct options *o, struct io *io, int *code)
{
	struct workspace w = {.arena = arena_new(), .selected_count = 1};
	struct source s = {o, w.arena, NULL};
	struct result r = {0};
	struct err *e = w.arena ? NULL : err_nomem();

	if (!e)
		e = run_begin("diff", o, io, &w, &r);
	if (!e) {
		/* Any difference is a no here, however harmless. */
		r.fail_on = SEVERITY_INFO;
		e = compare(&s, io, &r, code);
	}
	run_end(&r);
	repo_free(s.repo);
	arena_free(w.arena);
	return e;
}
