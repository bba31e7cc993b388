/* SPDX-License-Identifier: Apache-2.0 */
/*
 * review: which two commits are meant, the limits of the process that reads them, and what was
 * approved of what they loosen. run/review.h compares and judges.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/ci_env.h"
#include "cmd/contain.h"
#include "cmd/options.h"
#include "repo/index_tree.h"
#include "result/exit.h"
#include "run/config_digest.h"
#include "run/review.h"
#include "run/run_result.h"

#define OBJECT_MAX ((uint64_t)64 << 20) /* bytes of one git object, unless --max-reply is more */
/* What all baselines take: 256 MiB less what the program and one object on its way need. */
#define BASELINES_MEMORY ((size_t)128 << 20)
#define TIME_MAX_MS      ((uint64_t)60 * 1000)
/* Ten thousand targets that all change take a tenth of it. */
#define CPU_MAX_MS ((uint64_t)5 * 1000)
/*
 * Of all that is allocated. The program itself and pages of the repository's packs are not counted,
 * and with them it is at most 256 MiB. Who allows larger baselines allows what reading them takes.
 */
#define MEMORY_MAX     ((uint64_t)240 << 20)
#define MEMORY_OF_BYTE 4u

struct review_command {
	const struct options *o;
	struct io *io;
	struct review v;
};

static struct err *take_wish(struct review_command *c, struct range_wish *out)
{
	if (c->o->review.staged)
		return NULL;
	if (c->o->review.trees) {
		*out = (struct range_wish){
			.kind = RANGE_TREES, .base = c->o->args[0], .head = c->o->args[1]};
		return NULL;
	}
	return c->o->arg_count ? range_parse(c->o->args[0], c->v.arena, out)
			       : ci_env_range(c->io, c->v.arena, out);
}

static uint64_t memory_max(const struct review_command *c)
{
	uint64_t more = c->o->max_reply > OBJECT_MAX ? c->o->max_reply - OBJECT_MAX : 0;

	return MEMORY_MAX + MEMORY_OF_BYTE * more;
}

static struct err *contain_limits(const struct review_command *c)
{
	uint64_t deadline_ms = c->o->net.deadline_ms;

	TRY(deadline_ms ? contain_time(deadline_ms, 0) : contain_time(TIME_MAX_MS, CPU_MAX_MS));
	return contain_memory(memory_max(c));
}

/* Nothing that the two commits hold is read before this process is shut in. */
static struct err *open_contained(struct review_command *c)
{
	uint64_t object_max = c->o->max_reply > OBJECT_MAX ? c->o->max_reply : OBJECT_MAX;

	TRY(contain_limits(c));
	TRY(digest_start());
	TRY(repo_limit_memory((size_t)object_max));
	TRY(repo_open(".", &c->v.repo));
	return contain_files(c->io, c->v.repo, &c->o->output, c->v.arena);
}

static struct err *find_range(struct review_command *c, const struct range_wish *wish)
{
	if (!c->o->review.staged)
		return range_find(c->v.repo, wish, &c->v.range);
	TRY(repo_resolve_head(c->v.repo, &c->v.range.base));
	return repo_index_tree(c->v.repo, c->v.arena, &c->v.range.head);
}

static struct err *open_sides(struct review_command *c)
{
	struct range_wish wish = {0};

	TRY(take_wish(c, &wish));
	TRY(open_contained(c));
	TRY(find_range(c, &wish));
	/* What nobody typed is said. */
	if (!c->o->arg_count && !c->o->review.staged)
		log_note(&c->io->log, "as the CI system names them: base %.12s, head %.12s",
			 c->v.range.base.hex, c->v.range.head.hex);
	return review_open_sides(&c->v);
}

/* As the command that approves has to name it. */
static struct err *name_range(struct review_command *c, struct str *out)
{
	const struct options *o = c->o;

	*out = str_from(o->arg_count ? o->args[0] : NULL);
	if (!o->review.trees)
		return NULL;
	*out = str_from(arena_printf(c->v.arena, "--trees %s %s", o->args[0], o->args[1]));
	return out->p ? NULL : err_nomem();
}

static struct err *settle(struct review_command *c)
{
	struct result_review *out = &c->v.r.review;

	TRY(review_identify(&c->v));
	TRY(digest_loosenings(&c->v.list, c->v.arena, &out->digest, &out->loosening_count));
	if (!out->loosening_count)
		out->digest = STR("");
	if (c->o->review.approve && !out->loosening_count)
		return err_new(ERR_USAGE,
			       "--approve: nothing in this change needs an approval; leave the "
			       "option out");
	if (c->o->review.approve && !str_is(out->digest, c->o->review.approve))
		log_warn(&c->io->log,
			 "--approve: %s is not the digest of what this change loosens, which is "
			 "%.*s; nothing is approved",
			 c->o->review.approve, STR_ARG(out->digest));
	out->base = str_from(c->v.base.w.commit.hex);
	out->given = str_from(c->o->review.approve);
	out->is_staged = c->o->review.staged;
	TRY(name_range(c, &out->range));
	review_settle(&c->v.r, c->o->review.leave_approvals);
	return NULL;
}

static struct err *review(struct review_command *c, int *code)
{
	struct result *r = &c->v.r;

	TRY(open_sides(c));
	TRY(run_begin("review", &c->o->evaluate, c->io, &c->v.head.w, r));
	TRY(review_judge(&c->v));
	TRY(settle(c));
	TRY(result_finish(r));
	*code = (int)exit_for_result(r);
	return run_report(&c->o->output, c->io, r, code);
}

struct err *cmd_review(const struct options *o, struct io *io, int *code)
{
	struct review_command c = {
		.o = o,
		.io = io,
		.v = {.io = io,
		      .arena = arena_new(),
		      .max_reply = o->max_reply,
		      .budget = {.max = BASELINES_MEMORY}},
	};
	uint64_t mib = memory_max(&c) >> 20;
	struct err *e;

	c.v.list.arena = c.v.arena;
	contain_calls(io);
	e = c.v.arena ? review(&c, code) : err_nomem();
	run_end(&c.v.r);
	free(c.v.list.v);
	repo_free(c.v.repo);
	arena_free(c.v.arena);
	if (e && e->kind == ERR_NOMEM)
		return err_new(ERR_NOMEM,
			       "out of memory, of which a review may use %" PRIu64
			       " MiB (--max-reply gives it more); nothing was judged",
			       mib);
	return e;
}
