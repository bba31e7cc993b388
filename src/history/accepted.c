/* SPDX-License-Identifier: Apache-2.0 */
#include "history/accepted.h"

#include <string.h>

#include "history/commit_message.h"
#include "model/canonical.h"

#define COMMIT_SIZE_MAX ((size_t)4 << 30)

static const char *what_happens(const struct acceptance *a, size_t i)
{
	const struct result_target *t = &a->r->targets[i];
	size_t n = baseline_served(a->w, a->w->selected[i], NULL);
	const char *what = "written anew";

	if (a->sides[i].base.state == BASELINE_MISSING)
		what = "first baseline";
	else if (t->has_diff && t->diff.change_count)
		what = direction_name(t->diff.judgement.direction);
	return n > 1 ? arena_printf(a->w->arena, "%s, for %zu targets: %s", what, n,
				    baseline_served_names(a->w, a->w->selected[i]))
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

		if (a->steps[i] == STEP_NOTHING || !baseline_is_first(a->w, i)) {
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

struct err *accepted_commit(const struct acceptance *a, const char *branch, struct accepted *out)
{
	struct repo_change *changes =
		arena_array(a->w->arena, a->w->selected_count, sizeof(*changes));
	struct buf message = BUF_INIT((size_t)1 << 20);
	struct repo_commit_request request = {.changes = changes};
	struct err *e = changes ? NULL : err_nomem();

	if (!e)
		e = repo_resolve_tip(a->w->repo, branch, a->w->arena, &request.expect);
	/* Where the branch has moved on since this was judged, the commit goes on top of that. */
	request.expect.commit = a->w->commit;
	if (!e)
		e = make_changes(a, changes, &request.change_count);
	if (!e)
		e = put_message(&message, a);
	request.message = buf_view(&message);
	if (!e)
		e = repo_commit_changes(a->w->repo, &request, a->w->arena, &out->commit);
	out->is_committed = !e && out->commit.is_committed;
	if (out->is_committed)
		result_add_commit(a->r, out->commit.ref, out->commit.hex);
	buf_free(&message);
	return e;
}

struct err *accepted_push(const struct acceptance *a, const char *branch, const char *remote,
			  struct accepted *out)
{
	const struct targets *targets = &a->w->targets;
	struct repo_owed owed = {.path_count = targets->count};
	struct repo_tip tip;

	TRY(repo_resolve_tip(a->w->repo, branch, a->w->arena, &tip));
	owed.ref = tip.ref;
	owed.paths = arena_array(a->w->arena, targets->count, sizeof(*owed.paths));
	if (!owed.paths)
		return err_nomem();
	for (size_t i = 0; i < targets->count; i++)
		owed.paths[i] = targets->list[i].baseline.p;
	TRY(repo_push(a->w->repo, remote, &owed, a->w->arena, &out->pushed));
	if (!out->is_committed || !out->pushed.count)
		return NULL;
	memcpy(out->commit.hex, out->pushed.hex, sizeof(out->commit.hex));
	result_add_commit(a->r, out->commit.ref, out->commit.hex);
	return NULL;
}
