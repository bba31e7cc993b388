/* SPDX-License-Identifier: Apache-2.0 */
/* diff: two configs that somebody names, live, from files or from git. */
#include <string.h>

#include "base/fs.h"
#include "cmd/options.h"
#include "result/exit.h"
#include "run/config_digest.h"
#include "run/config_file.h"
#include "run/live.h"
#include "run/run_result.h"

/* Only where a side is REV:PATH is a repository needed. */
struct source {
	const struct options *o;
	struct arena *arena;
	struct repo *repo;
	struct io *io;
	/* Of the live sides; what was read stands in them. */
	struct workspace workspaces[2];
	struct live *live[2];
	size_t live_count;
};

/* What is live is one side like any other: that it cannot be had is an error here, no finding. */
static struct err *read_live(struct source *s, const char *target, const struct reading **out,
			     struct str *digest)
{
	struct workspace_options where = options_workspace(s->o);
	struct workspace *w = &s->workspaces[s->live_count];
	struct live **l = &s->live[s->live_count];
	struct live_side side;
	struct err *e;

	where.names = &target;
	where.name_count = 1;
	TRY(workspace_open(&where, s->io, w));
	s->live_count++;
	TRY(live_open(&s->o->net, s->io, w, l));
	TRY(live_get(*l, w->selected[0], &side));
	e = live_require(w->selected[0], &side);
	if (e) {
		e->kind = e->kind == ERR_NOMEM ? ERR_NOMEM : ERR_CONFIG;
		return e;
	}
	*out = side.reading;
	*digest = side.digest;
	return NULL;
}

static void close_live(struct source *s)
{
	for (size_t i = 0; i < s->live_count; i++) {
		live_close(s->live[i]);
		workspace_close(&s->workspaces[i]);
	}
}

static struct err *read_committed(struct source *s, const struct repo_spec *spec,
				  const struct workspace *w, struct config_file *out)
{
	struct repo_commit commit;
	struct file_tree tree;

	if (!s->repo)
		TRY(repo_open(".", &s->repo));
	TRY(repo_resolve(s->repo, spec->rev, &commit));
	tree = (struct file_tree){.repo = s->repo, .commit = &commit};
	return config_file_read(w, &tree, spec->path, s->arena, out);
}

static struct err *read_file(struct source *s, const char *name, const struct workspace *w,
			     struct config_file *out)
{
	struct buf b = BUF_INIT(0);
	struct str bytes;

	TRY(fs_read(name, w->max_reply, &b));
	bytes = buf_view(&b);
	if (!arena_adopt(s->arena, b.p, b.cap)) {
		buf_free(&b);
		return err_nomem();
	}
	return config_file_parse(w, name, bytes, s->arena, out);
}

static struct err *read_side(struct source *s, const char *name, const struct reading **out,
			     struct str *digest)
{
	const struct workspace none = {.max_reply = s->o->max_reply};
	struct config_file file = {0};
	struct repo_spec spec;

	if (str_starts(str_from(name), "live:")) {
		struct err *e = read_live(s, name + 5, out, digest);

		return e ? err_wrap(e, "%s", name) : NULL;
	}
	TRY(repo_spec_split(name, s->arena, &spec));
	TRY(spec.rev ? read_committed(s, &spec, &none, &file) : read_file(s, name, &none, &file));
	file.path = fs_read_name(name);
	TRY(config_file_require(&file, ERR_CONFIG));
	*out = file.reading;
	/* It costs as much as the comparison. */
	if (!run_shows_digests(&s->o->output))
		return NULL;
	return digest_config(&file.reading->config, s->arena, digest);
}

static struct err *compare(struct source *s, const struct io *io, struct result *r, int *code)
{
	const char *a = s->o->args[0], *b = s->o->args[1];
	struct result_target *row = &r->targets[0];
	const struct reading *before = NULL, *after = NULL;
	char *name = arena_printf(s->arena, "%s -> %s", a, b);

	if (!name)
		return err_nomem();
	if (strcmp(a, "-") == 0 && strcmp(b, "-") == 0)
		return err_new(ERR_USAGE, "-: standard input can be one side, not both");
	TRY(read_side(s, a, &before, &row->baseline_digest));
	TRY(read_side(s, b, &after, &row->live_digest));
	row->name = str_from(name);
	row->baseline_path = str_from(a);
	r->target_count = 1;
	TRY(judge_pair(r, row->name, before, after, str_from(a), row));
	TRY(result_finish(r));
	*code = row->diff.change_count ? EXIT_NO : EXIT_FINE;
	return run_report(&s->o->output, io, r, code);
}

static int signal_of(const struct source *s)
{
	for (size_t i = 0; i < s->live_count; i++)
		if (s->live[i] && live_signal(s->live[i]))
			return live_signal(s->live[i]);
	return 0;
}

struct err *cmd_diff(const struct options *o, struct io *io, int *code)
{
	struct workspace w = {.arena = arena_new(), .selected_count = 1};
	struct source s = {.o = o, .arena = w.arena, .io = io};
	struct result r = {0};
	struct err *e = w.arena ? NULL : err_nomem();

	if (!e)
		e = run_begin("diff", &o->evaluate, io, &w, &r);
	if (!e) {
		/* Any difference is a no here, however harmless. */
		r.fail_on = SEVERITY_INFO;
		e = compare(&s, io, &r, code);
	}
	/* The error says what is not had; that somebody ended the wait is the reason. */
	if (e && signal_of(&s))
		*code = EXIT_BY_SIGNAL + signal_of(&s);
	run_end(&r);
	close_live(&s);
	repo_free(s.repo);
	arena_free(w.arena);
	return e;
}
