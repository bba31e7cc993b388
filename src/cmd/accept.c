/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accept: shows what is live and, when the digest of exactly that is given back, commits it as the
 * new baseline. What was not shown is never committed.
 */
#include <string.h>

#include "cmd/options.h"
#include "history/accepted.h"
#include "report/formats.h"
#include "result/exit.h"
#include "run/evaluate.h"
#include "run/policy_files.h"

struct accepting {
	const struct options *o;
	struct io *io;
	struct acceptance a;
	struct accepted done;
	const char *remote;       /* --push; or NULL */
	struct err *push_failure; /* what is committed is not pushed */
};

/* --expect says what was looked at; a stored result is that itself. */
static bool is_confirmed(const struct accepting *c)
{
	return c->o->accept.expect_count || c->o->accept.from;
}

/* A word of a command line that a shell takes as it stands, or in quotes. */
static void put_word(struct buf *b, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_./:=@%+,-";

	buf_char(b, ' ');
	if (*word && word[strspn(word, plain)] == '\0') {
		buf_puts(b, word);
		return;
	}
	buf_char(b, '\'');
	for (; *word; word++) {
		if (*word == '\'')
			buf_puts(b, "'\\''");
		else
			buf_char(b, *word);
	}
	buf_char(b, '\'');
}

static void put_option(struct buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	buf_puts(b, name);
	put_word(b, value);
}

static void put_command(struct buf *b, const struct accepting *c)
{
	bool weakens = false, is_shared = false;

	buf_puts(b, "To make this the baseline:\n  scandrift");
	for (size_t i = 0; i < c->o->dir_count; i++)
		put_option(b, " -C", c->o->dirs[i]);
	buf_puts(b, " accept");
	for (size_t i = 0; i < c->a.w->selected_count; i++) {
		put_word(b, c->a.w->selected[i]->name.p);
		weakens |= c->a.steps[i] == STEP_WRITE && acceptance_may_weaken(&c->a, i);
		is_shared |= c->a.steps[i] == STEP_WRITE &&
			     baseline_served(c->a.w, c->a.w->selected[i], NULL) > 1;
	}
	for (size_t i = 0; i < c->a.w->selected_count; i++)
		put_option(b, " --expect", c->a.sides[i].live.digest.p);
	for (size_t i = 0; i < c->o->accept.path_count; i++)
		put_option(b, " --path", c->o->accept.paths[i]);
	put_option(b, " --branch", c->o->branch);
	if (c->o->record.push)
		buf_printf(b, " --push=%s", c->remote);
	if (weakens)
		buf_puts(b, " --allow-weakened");
	if (is_shared)
		buf_puts(b, " --shared");
	put_option(b, " --replay", c->o->net.replay);
	put_option(b, " --endpoint", c->o->net.endpoint);
	put_option(b, " --ca-bundle", c->o->net.ca_bundle);
	if (c->o->max_reply != JSON_SIZE_MAX)
		buf_printf(b, " --max-reply %llu", (unsigned long long)c->o->max_reply);
	if (c->o->net.timeout_ms)
		buf_printf(b, " --timeout %llums", (unsigned long long)c->o->net.timeout_ms);
	buf_char(b, '\n');
}

static void note_lines(const struct io *io, struct str text)
{
	while (text.n) {
		const char *end = memchr(text.p, '\n', text.n);
		struct str line = {text.p, end ? (size_t)(end - text.p) : text.n};

		log_note(&io->log, "%.*s", STR_ARG(line));
		text.p += line.n + (end != NULL);
		text.n -= line.n + (end != NULL);
	}
}

static void put_committed(struct buf *b, const struct accepting *c)
{
	buf_printf(b, "Committed %.12s to %s\n", c->done.commit.hex, c->done.commit.ref);
	for (size_t i = 0; i < c->a.w->selected_count; i++) {
		const struct target *t = c->a.w->selected[i];
		size_t n = baseline_served(c->a.w, t, NULL);

		if (n > 1 && c->a.steps[i] == STEP_WRITE && baseline_is_first(c->a.w, i))
			buf_printf(b, "%s is now that of %zu targets: %s\n", t->baseline.p, n,
				   baseline_served_names(c->a.w, t));
	}
}

/* What was done, or what to do: behind the report, for a person. */
static struct err *print_outcome(const struct accepting *c, bool any)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct err *e;

	if (!any && c->done.pushed.count)
		buf_printf(&b, "Pushed %.12s to %s, which lacked it; nothing else to do.\n",
			   c->done.pushed.hex, c->remote);
	else if (!any)
		buf_puts(&b,
			 c->o->accept.path_count
				 ? "Nothing to do: what --path names is live as it is committed; "
				   "the rest was not looked at.\n"
				 : "Nothing to do: the committed baseline is what is live.\n");
	else if (c->done.is_committed)
		put_committed(&b, c);
	else if (c->a.refusal.n)
		buf_printf(&b, "Not committed:\n%s", c->a.refusal.p);
	else if (is_confirmed(c))
		buf_puts(&b, "Nothing was committed (--dry-run); it could be.\n");
	if (any && !is_confirmed(c))
		put_command(&b, c);
	if (c->done.is_committed && c->done.commit.worktree_lag)
		log_warn(&c->io->log, "%s", c->done.commit.worktree_lag);
	if (c->done.pushed.worktree_lag)
		log_warn(&c->io->log, "%s", c->done.pushed.worktree_lag);
	e = buf_check(&b, ERR_OUTPUT, "the report");
	if (!e && (!c->o->output.format || c->o->output.format == &formats[FORMAT_TEXT]))
		e = io_write(c->io, buf_view(&b));
	else if (!e)
		note_lines(c->io, str_trim(buf_view(&b)));
	buf_free(&b);
	return e;
}

static struct err *decide(struct accepting *c, int *code)
{
	bool any = false;
	struct err *e = NULL;

	for (size_t i = 0; i < c->a.w->selected_count; i++) {
		if (c->a.r->targets[i].outcome != OUTCOME_INCOMPLETE)
			continue;
		*code = c->a.r->signal ? EXIT_BY_SIGNAL + c->a.r->signal : EXIT_INCOMPLETE;
		return run_report(&c->o->output, c->io, c->a.r, code);
	}
	TRY(acceptance_decide(&c->a, &any));
	*code = any && (c->a.refusal.n || !is_confirmed(c)) ? EXIT_NO : EXIT_FINE;
	if (any && *code == EXIT_FINE && !c->o->accept.dry_run)
		e = accepted_commit(&c->a, c->o->branch, &c->done);
	if (!e && *code == EXIT_FINE && c->remote && !c->o->accept.dry_run)
		c->push_failure = accepted_push(&c->a, c->o->branch, c->remote, &c->done);
	if (c->push_failure) {
		c->a.r->side_effect_failed = true;
		*code = io_fail(c->io, c->done.is_committed
					       ? err_wrap(c->push_failure,
							  "committed as %.12s, and not pushed",
							  c->done.commit.hex)
					       : err_wrap(c->push_failure, "not pushed"));
		c->push_failure = NULL;
	}
	if (!e)
		e = run_report(&c->o->output, c->io, c->a.r, code);
	return e ? e : print_outcome(c, any);
}

static struct err *accept_targets(struct accepting *c, struct live *l, int *code)
{
	const struct evaluation evaluation = {
		.w = c->a.w,
		.live = c->a.stored ? NULL : l,
		.stored = c->a.stored,
		.paths = c->o->accept.paths,
		.path_count = c->o->accept.path_count,
		.keeps_configs = true,
	};

	c->a.sides = arena_array(c->a.w->arena, c->a.w->selected_count, sizeof(*c->a.sides));
	c->a.steps = arena_array(c->a.w->arena, c->a.w->selected_count, sizeof(*c->a.steps));
	if (!c->a.sides || !c->a.steps)
		return err_nomem();
	TRY(evaluate_targets(&evaluation, c->a.r, c->a.sides));
	TRY(result_finish(c->a.r));
	return decide(c, code);
}

static struct err *check_options(const struct options *o, const struct workspace *w)
{
	if (o->accept.expect_count && o->accept.expect_count != w->selected_count)
		return err_new(ERR_USAGE,
			       "--expect is given %zu times for %zu targets; once for each",
			       o->accept.expect_count, w->selected_count);
	return NULL;
}

static struct err *find_remote(struct accepting *c)
{
	struct repo_tip tip;

	c->remote = c->o->record.remote;
	TRY(repo_resolve_tip(c->a.w->repo, c->o->branch, c->a.w->arena, &tip));
	return repo_push_check(c->a.w->repo, tip.ref, c->a.w->arena, &c->remote);
}

struct err *cmd_accept(const struct options *o, struct io *io, int *code)
{
	struct workspace_options where = options_workspace(o);
	struct policies policies;
	struct workspace w;
	struct live *l = NULL;
	struct result r = {0};
	struct accepting c = {
		.o = o,
		.io = io,
		.a = {&o->accept, &w, &r, .refusal = BUF_INIT((size_t)1 << 20)},
	};
	struct err *e;

	where.branch = o->branch;
	TRY(workspace_open(&where, io, &w));
	e = check_options(o, &w);
	if (!e)
		e = workspace_require_committed(&w);
	if (!e)
		e = repo_repair(w.repo);
	if (!e)
		e = policies_open(&w, io, &policies);
	w.policies = &policies;
	if (!e && o->record.push)
		e = find_remote(&c);
	if (!e && o->accept.from)
		e = stored_open(o->accept.from, &w, &c.a.stored);
	if (!e)
		e = live_open(&o->net, io, &w, &l);
	if (!e)
		e = run_begin("accept", &o->evaluate, io, &w, &r);
	if (!e)
		e = accept_targets(&c, l, code);
	buf_free(&c.a.refusal);
	run_end(&r);
	live_close(l);
	workspace_close(&w);
	return e;
}
