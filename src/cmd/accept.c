/* SPDX-License-Identifier: Apache-2.0 */
/*
 * accept: shows what is live and, when the digest of exactly that is given back, commits it as the
 * new baseline. What was not shown is never committed.
 */
#include <string.h>

#include "cmd/options.h"
#include "history/commit_message.h"
#include "model/canonical.h"
#include "repo/push.h"
#include "report/formats.h"
#include "result/exit.h"
#include "run/evaluate.h"
#include "run/policy_files.h"

#define COMMIT_SIZE_MAX ((size_t)4 << 30)
#define NAMES_SIZE_MAX  ((size_t)1 << 20)

/* What is to be done about one target. */
enum step {
	STEP_NOTHING, /* the baseline says this already, in canonical form */
	STEP_WRITE,
};

struct acceptance {
	const struct options *o;
	struct io *io;
	struct workspace *w;
	struct result *r;
	const struct stored *stored; /* --from, or NULL */
	struct sides *sides;
	enum step *steps; /* one a selected target */
	struct repo_commit_result commit;
	bool is_committed;
	const char *remote;       /* --push; or NULL */
	struct err *push_failure; /* what is committed is not pushed */
	struct repo_pushed pushed;
	struct buf refusal; /* why it is not committed, a line each; empty: nothing against it */
};

static enum step step_for(const struct sides *s)
{
	bool is_same = s->base.state == BASELINE_READ && s->base.is_canonical &&
		       str_eq(s->base.digest, s->live.digest);

	return is_same ? STEP_NOTHING : STEP_WRITE;
}

/* May the new baseline demand less than the old one? Without an old one there is no less. */
static bool may_weaken(const struct acceptance *a, size_t i)
{
	const struct result_target *t = &a->r->targets[i];

	if (a->sides[i].base.state == BASELINE_MALFORMED)
		return true;
	return t->has_diff && t->diff.judgement.whole.lose;
}

/* --expect says what was looked at; a stored result is that itself. */
static bool is_confirmed(const struct acceptance *a)
{
	return a->o->accept.expect_count || a->o->accept.from;
}

/* How many targets the baseline of `t` speaks for, and their names. */
static size_t served_by(const struct workspace *w, const struct target *t, struct buf *names)
{
	size_t n = 0;

	for (size_t k = 0; k < w->targets.count; k++) {
		const struct target *other = &w->targets.list[k];

		if (!str_eq(t->baseline, other->baseline))
			continue;
		if (names)
			buf_printf(names, "%s%s", n ? ", " : "", other->name.p);
		n++;
	}
	return n;
}

/* The first of those selected that has this baseline. */
static bool is_first_of_baseline(const struct workspace *w, size_t i)
{
	for (size_t k = 0; k < i; k++) {
		if (str_eq(w->selected[k]->baseline, w->selected[i]->baseline))
			return false;
	}
	return true;
}

static void refuse_shared(struct acceptance *a, const struct target *t)
{
	struct buf names = BUF_INIT(NAMES_SIZE_MAX);
	size_t n = served_by(a->w, t, &names);

	if (n > 1 && !a->o->accept.shared)
		buf_printf(&a->refusal,
			   "%s: is the baseline of %zu targets: %s; --shared takes it for all of "
			   "them\n",
			   t->baseline.p, n, names.p);
	buf_free(&names);
}

/* The pair that a stored result shows is the one that was looked at. */
static void refuse_moved(struct acceptance *a, size_t i)
{
	const struct target *t = a->w->selected[i];

	if (a->stored && !str_eq(stored_baseline_digest(a->stored, t), a->sides[i].base.digest))
		buf_printf(&a->refusal,
			   "%s: the baseline is not the one that %s compares with; look at it "
			   "again\n",
			   t->name.p, a->o->accept.from);
}

static void refuse_lines(struct acceptance *a)
{
	const struct options *o = a->o;

	for (size_t i = 0; i < a->w->selected_count; i++) {
		const struct target *t = a->w->selected[i];

		if (a->steps[i] == STEP_NOTHING)
			continue;
		if (is_first_of_baseline(a->w, i))
			refuse_shared(a, t);
		if (may_weaken(a, i) && !o->accept.allow_weakened)
			buf_printf(&a->refusal,
				   "%s: less may be scanned than before; --allow-weakened takes it "
				   "all the same\n",
				   t->name.p);
		refuse_moved(a, i);
		if (o->accept.expect_count &&
		    strcmp(o->accept.expect[i], a->sides[i].live.digest.p) != 0)
			buf_printf(&a->refusal,
				   "%s: what is live is %s and not what --expect says; look at it "
				   "again\n",
				   t->name.p, a->sides[i].live.digest.p);
	}
}

/* Targets that share a baseline can be accepted together where they agree. */
static struct err *check_agreement(const struct acceptance *a)
{
	const struct workspace *w = a->w;

	for (size_t i = 0; i < w->selected_count; i++) {
		for (size_t k = 0; k < i; k++) {
			if (str_eq(w->selected[k]->baseline, w->selected[i]->baseline) &&
			    !str_eq(a->sides[k].live.digest, a->sides[i].live.digest))
				return err_new(ERR_CONFIG,
					       "%s is the baseline of %s and of %s, and what is "
					       "live there differs; accept one of them",
					       w->selected[i]->baseline.p, w->selected[k]->name.p,
					       w->selected[i]->name.p);
		}
	}
	return NULL;
}

/* "a, b, c", in the arena; "" when memory is at its end. */
static const char *served_names(const struct acceptance *a, const struct target *t)
{
	struct buf names = BUF_INIT(NAMES_SIZE_MAX);
	struct str kept;

	(void)served_by(a->w, t, &names);
	kept = arena_str(a->w->arena, buf_view(&names));
	buf_free(&names);
	return kept.p ? kept.p : "";
}

static const char *what_happens(const struct acceptance *a, size_t i)
{
	const struct result_target *t = &a->r->targets[i];
	size_t n = served_by(a->w, a->w->selected[i], NULL);
	const char *what = "written anew";

	if (a->sides[i].base.state == BASELINE_MISSING)
		what = "first baseline";
	else if (t->has_diff && t->diff.change_count)
		what = direction_name(t->diff.judgement.direction);
	return n > 1 ? arena_printf(a->w->arena, "%s, for %zu targets: %s", what, n,
				    served_names(a, a->w->selected[i]))
		     : what;
}

static struct err *put_message(struct buf *b, const struct acceptance *a)
{
	struct message_part *parts = arena_array(a->w->arena, a->w->selected_count, sizeof(*parts));
	struct message m = {
		.subject = "baselines: accept what is live for", .result = a->r, .parts = parts};

	if (!parts)
		return err_nomem();
	for (size_t i = 0; i < a->w->selected_count; i++) {
		if (a->steps[i] == STEP_NOTHING)
			continue;
		parts[m.part_count++] =
			(struct message_part){a->w->selected[i], &a->r->targets[i],
					      what_happens(a, i), a->sides[i].live.digest};
		if (!parts[m.part_count - 1].what)
			return err_nomem();
	}
	message_write(b, &m);
	return buf_check(b, ERR_OUTPUT, "the message");
}

static struct err *make_changes(const struct acceptance *a, struct repo_change *changes, size_t *n)
{
	for (size_t i = 0; i < a->w->selected_count; i++) {
		struct buf b = BUF_INIT(COMMIT_SIZE_MAX);
		struct repo_change *c = &changes[*n];
		struct err *e;

		if (a->steps[i] == STEP_NOTHING || !is_first_of_baseline(a->w, i)) {
			buf_free(&b);
			continue;
		}
		e = canonical_write(&b, &a->sides[i].live.reading->config);
		if (!e)
			e = buf_check(&b, ERR_OUTPUT, "the baseline");
		if (!e) {
			*c = (struct repo_change){
				.path = a->w->selected[i]->baseline.p,
				.bytes = arena_str(a->w->arena, buf_view(&b)),
			};
			e = c->bytes.p ? NULL : err_nomem();
		}
		buf_free(&b);
		TRY(e);
		(*n)++;
	}
	return NULL;
}

static struct err *commit(struct acceptance *a)
{
	struct repo_change *changes =
		arena_array(a->w->arena, a->w->selected_count, sizeof(*changes));
	struct buf message = BUF_INIT((size_t)1 << 20);
	struct repo_commit_request request = {.changes = changes};
	struct err *e = changes ? NULL : err_nomem();

	if (!e)
		e = repo_resolve_tip(a->w->repo, a->o->branch, a->w->arena, &request.expect);
	/* Where the branch has moved on since this was judged, the commit goes on top of that. */
	request.expect.commit = a->w->commit;
	if (!e)
		e = make_changes(a, changes, &request.change_count);
	if (!e)
		e = put_message(&message, a);
	request.message = buf_view(&message);
	if (!e)
		e = repo_commit_changes(a->w->repo, &request, a->w->arena, &a->commit);
	a->is_committed = !e && a->commit.is_committed;
	if (a->is_committed)
		result_add_commit(a->r, a->commit.ref, a->commit.hex);
	buf_free(&message);
	return e;
}

/* What is owed to the remote, also by runs before this one. */
static struct err *push(struct acceptance *a)
{
	const struct targets *targets = &a->w->targets;
	struct repo_owed owed = {.path_count = targets->count};
	struct repo_tip tip;

	TRY(repo_resolve_tip(a->w->repo, a->o->branch, a->w->arena, &tip));
	owed.ref = tip.ref;
	owed.paths = arena_array(a->w->arena, targets->count, sizeof(*owed.paths));
	if (!owed.paths)
		return err_nomem();
	for (size_t i = 0; i < targets->count; i++)
		owed.paths[i] = targets->list[i].baseline.p;
	TRY(repo_push(a->w->repo, a->remote, &owed, a->w->arena, &a->pushed));
	if (!a->is_committed || !a->pushed.count)
		return NULL;
	memcpy(a->commit.hex, a->pushed.hex, sizeof(a->commit.hex));
	result_add_commit(a->r, a->commit.ref, a->commit.hex);
	return NULL;
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

static void put_command(struct buf *b, const struct acceptance *a)
{
	bool weakens = false, is_shared = false;

	buf_puts(b, "To make this the baseline:\n  scandrift");
	for (size_t i = 0; i < a->o->dir_count; i++)
		put_option(b, " -C", a->o->dirs[i]);
	buf_puts(b, " accept");
	for (size_t i = 0; i < a->w->selected_count; i++) {
		put_word(b, a->w->selected[i]->name.p);
		weakens |= a->steps[i] == STEP_WRITE && may_weaken(a, i);
		is_shared |=
			a->steps[i] == STEP_WRITE && served_by(a->w, a->w->selected[i], NULL) > 1;
	}
	for (size_t i = 0; i < a->w->selected_count; i++)
		put_option(b, " --expect", a->sides[i].live.digest.p);
	for (size_t i = 0; i < a->o->accept.path_count; i++)
		put_option(b, " --path", a->o->accept.paths[i]);
	put_option(b, " --branch", a->o->branch);
	if (a->o->record.push)
		buf_printf(b, " --push=%s", a->remote);
	if (weakens)
		buf_puts(b, " --allow-weakened");
	if (is_shared)
		buf_puts(b, " --shared");
	put_option(b, " --replay", a->o->net.replay);
	put_option(b, " --endpoint", a->o->net.endpoint);
	put_option(b, " --ca-bundle", a->o->net.ca_bundle);
	if (a->o->max_reply != JSON_SIZE_MAX)
		buf_printf(b, " --max-reply %llu", (unsigned long long)a->o->max_reply);
	if (a->o->net.timeout_ms)
		buf_printf(b, " --timeout %llums", (unsigned long long)a->o->net.timeout_ms);
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

static void put_committed(struct buf *b, const struct acceptance *a)
{
	buf_printf(b, "Committed %.12s to %s\n", a->commit.hex, a->commit.ref);
	for (size_t i = 0; i < a->w->selected_count; i++) {
		const struct target *t = a->w->selected[i];
		size_t n = served_by(a->w, t, NULL);

		if (n > 1 && a->steps[i] == STEP_WRITE && is_first_of_baseline(a->w, i))
			buf_printf(b, "%s is now that of %zu targets: %s\n", t->baseline.p, n,
				   served_names(a, t));
	}
}

/* What was done, or what to do: behind the report, for a person. */
static struct err *print_outcome(const struct acceptance *a, bool any)
{
	struct buf b = BUF_INIT((size_t)1 << 20);
	struct err *e;

	if (!any && a->pushed.count)
		buf_printf(&b, "Pushed %.12s to %s, which lacked it; nothing else to do.\n",
			   a->pushed.hex, a->remote);
	else if (!any)
		buf_puts(&b,
			 a->o->accept.path_count
				 ? "Nothing to do: what --path names is live as it is committed; "
				   "the rest was not looked at.\n"
				 : "Nothing to do: the committed baseline is what is live.\n");
	else if (a->is_committed)
		put_committed(&b, a);
	else if (a->refusal.n)
		buf_printf(&b, "Not committed:\n%s", a->refusal.p);
	else if (is_confirmed(a))
		buf_puts(&b, "Nothing was committed (--dry-run); it could be.\n");
	if (any && !is_confirmed(a))
		put_command(&b, a);
	if (a->is_committed && a->commit.worktree_lag)
		log_warn(&a->io->log, "%s", a->commit.worktree_lag);
	if (a->pushed.worktree_lag)
		log_warn(&a->io->log, "%s", a->pushed.worktree_lag);
	e = buf_check(&b, ERR_OUTPUT, "the report");
	if (!e && (!a->o->output.format || a->o->output.format == &formats[FORMAT_TEXT]))
		e = io_write(a->io, buf_view(&b));
	else if (!e)
		note_lines(a->io, str_trim(buf_view(&b)));
	buf_free(&b);
	return e;
}

static struct err *decide(struct acceptance *a, int *code)
{
	bool any = false;
	struct err *e = NULL;

	for (size_t i = 0; i < a->w->selected_count; i++) {
		if (a->r->targets[i].outcome == OUTCOME_INCOMPLETE) {
			*code = a->r->signal ? EXIT_BY_SIGNAL + a->r->signal : EXIT_INCOMPLETE;
			return run_report(&a->o->output, a->io, a->r, code);
		}
		a->steps[i] = step_for(&a->sides[i]);
		any |= a->steps[i] == STEP_WRITE;
	}
	TRY(check_agreement(a));
	if (any)
		refuse_lines(a);
	*code = any && (a->refusal.n || !is_confirmed(a)) ? EXIT_NO : EXIT_FINE;
	if (any && *code == EXIT_FINE && !a->o->accept.dry_run)
		e = commit(a);
	if (!e && *code == EXIT_FINE && a->remote && !a->o->accept.dry_run)
		a->push_failure = push(a);
	if (a->push_failure) {
		a->r->side_effect_failed = true;
		*code = io_fail(a->io, a->is_committed
					       ? err_wrap(a->push_failure,
							  "committed as %.12s, and not pushed",
							  a->commit.hex)
					       : err_wrap(a->push_failure, "not pushed"));
		a->push_failure = NULL;
	}
	if (!e)
		e = run_report(&a->o->output, a->io, a->r, code);
	return e ? e : print_outcome(a, any);
}

static struct err *accept_targets(struct acceptance *a, struct live *l, int *code)
{
	const struct evaluation evaluation = {
		.w = a->w,
		.live = a->stored ? NULL : l,
		.stored = a->stored,
		.paths = a->o->accept.paths,
		.path_count = a->o->accept.path_count,
		.keeps_configs = true,
	};

	a->sides = arena_array(a->w->arena, a->w->selected_count, sizeof(*a->sides));
	a->steps = arena_array(a->w->arena, a->w->selected_count, sizeof(*a->steps));
	if (!a->sides || !a->steps)
		return err_nomem();
	TRY(evaluate_targets(&evaluation, a->r, a->sides));
	TRY(result_finish(a->r));
	return decide(a, code);
}

static struct err *check_options(const struct options *o, const struct workspace *w)
{
	if (o->accept.expect_count && o->accept.expect_count != w->selected_count)
		return err_new(ERR_USAGE,
			       "--expect is given %zu times for %zu targets; once for each",
			       o->accept.expect_count, w->selected_count);
	return NULL;
}

static struct err *find_remote(struct acceptance *a)
{
	struct repo_tip tip;

	a->remote = a->o->record.remote;
	TRY(repo_resolve_tip(a->w->repo, a->o->branch, a->w->arena, &tip));
	return repo_push_check(a->w->repo, tip.ref, a->w->arena, &a->remote);
}

struct err *cmd_accept(const struct options *o, struct io *io, int *code)
{
	struct workspace_options where = options_workspace(o);
	struct policies policies;
	struct workspace w;
	struct live *l = NULL;
	struct result r = {0};
	struct acceptance a = {o, io, &w, &r, .refusal = BUF_INIT((size_t)1 << 20)};
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
		e = find_remote(&a);
	if (!e && o->accept.from)
		e = stored_open(o->accept.from, &w, &a.stored);
	if (!e)
		e = live_open(&o->net, io, &w, &l);
	if (!e)
		e = run_begin("accept", &o->evaluate, io, &w, &r);
	if (!e)
		e = accept_targets(&a, l, code);
	buf_free(&a.refusal);
	run_end(&r);
	live_close(l);
	workspace_close(&w);
	return e;
}
