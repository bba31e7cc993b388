/* SPDX-License-Identifier: Apache-2.0 */
#include "history/observed_branch.h"

#include <string.h>

#include "history/commit_message.h"
#include "history/journal.h"
#include "history/target_trail.h"
#include "history/timeline.h"
#include "model/canonical.h"
#include "repo/commit.h"
#include "run/config_digest.h"

#define CONFIG_SIZE_MAX ((size_t)4 << 30)

struct observation {
	struct workspace *w;
	struct result *r;
	const struct sides *sides;
	struct repo_tip tip;
	struct repo_change *changes;
	struct message_part *parts; /* one a change */
	size_t count;
};

/*
 * The digest of what was seen last, also under a former name; empty where that is nothing, or
 * nothing that can be read.
 */
static struct err *last_digest(const struct observation *ob, const struct repo_trail *trail,
			       bool *is_first, struct str *out)
{
	struct config_file file;

	TRY(target_read_config(ob->w, &ob->tip.commit, trail, &file));
	*out = STR("");
	*is_first = file.state == CONFIG_MISSING;
	return file.state == CONFIG_READ ? digest_config(&file.reading->config, ob->w->arena, out)
					 : NULL;
}

static struct err *take_change(struct observation *ob, size_t i, const char *path, bool is_first)
{
	const struct result_target *row = &ob->r->targets[i];
	struct buf b = BUF_INIT(CONFIG_SIZE_MAX);
	struct err *e = canonical_write(&b, &ob->sides[i].live.reading->config);
	struct str bytes = {NULL, 0};

	if (!e)
		e = buf_check(&b, ERR_OUTPUT, path);
	if (!e)
		bytes = arena_str(ob->w->arena, buf_view(&b));
	buf_free(&b);
	if (!e && !bytes.p)
		e = err_nomem();
	if (e)
		return e;
	ob->changes[ob->count] = (struct repo_change){.path = path, .bytes = bytes};
	ob->parts[ob->count++] = (struct message_part){
		.target = ob->w->selected[i],
		.row = row,
		.what = row->outcome == OUTCOME_DRIFTED
				? direction_name(row->diff.judgement.direction)
			: row->outcome != OUTCOME_EQUAL ? "no baseline"
			: is_first                      ? "equal to the baseline"
							: "equal to the baseline again",
		.digest = ob->sides[i].live.digest,
	};
	return NULL;
}

static struct err *collect(struct observation *ob)
{
	for (size_t i = 0; i < ob->w->selected_count; i++) {
		struct repo_trail trail;
		struct str last;
		bool is_first;

		if (ob->r->targets[i].outcome == OUTCOME_INCOMPLETE)
			continue;
		/* One file a target, though targets may share a baseline. */
		TRY(target_trail(ob->w->selected[i], true, ob->w->arena, &trail));
		TRY(last_digest(ob, &trail, &is_first, &last));
		if (!str_eq(last, ob->sides[i].live.digest))
			TRY(take_change(ob, i, trail.path, is_first));
	}
	return NULL;
}

static struct err *write_commit(struct observation *ob, const struct io *io)
{
	struct message m = {
		.subject = "observed: what is live for",
		.result = ob->r,
		.parts = ob->parts,
		.part_count = ob->count,
		.baseline_commit = ob->w->commit.is_unborn ? NULL : ob->w->commit.hex,
	};
	struct repo_commit_request request = {
		.expect = ob->tip,
		.changes = ob->changes,
		.change_count = ob->count,
	};
	struct repo_commit_result done = {0};
	struct buf text = BUF_INIT((size_t)16 << 20);
	struct err *e;

	message_write(&text, &m);
	e = buf_check(&text, ERR_OUTPUT, "the message");
	request.message = buf_view(&text);
	if (!e)
		e = repo_commit_changes(ob->w->repo, &request, ob->w->arena, &done);
	if (!e && done.is_committed)
		log_note(&io->log, "recorded on %s as %.12s", done.ref, done.hex);
	if (done.is_committed)
		result_add_commit(ob->r, done.ref, done.hex);
	buf_free(&text);
	return e;
}

struct err *observe_check(const char *branch, struct workspace *w)
{
	struct repo_tip tip, current;
	struct repo_entry entry;
	struct err *e = repo_resolve_tip(w->repo, NULL, w->arena, &current);
	bool is_current;

	TRY(repo_resolve_tip(w->repo, branch, w->arena, &tip));
	/* A detached HEAD is no branch, so none that could be meant. */
	is_current = !e && str_is(str_from(tip.ref), current.ref);
	err_free(e);
	if (is_current)
		return err_new(ERR_USAGE,
			       "--commit: %s is the current branch; what was observed needs a "
			       "branch of its own, such as " OBSERVED_BRANCH,
			       tip.ref);
	if (strcmp(tip.ref, JOURNAL_REF) == 0)
		return err_new(ERR_USAGE,
			       "--commit: %s is the journal's branch; what was observed needs a "
			       "branch of its own, such as " OBSERVED_BRANCH,
			       tip.ref);
	if (tip.commit.is_unborn)
		return NULL;
	TRY(repo_read_entry(w->repo, &tip.commit, TARGETS_FILE, 0, w->arena, &entry));
	if (entry.kind != REPO_ENTRY_MISSING)
		return err_new(ERR_USAGE,
			       "--commit: %s holds " TARGETS_FILE
			       ", so it is no branch of what was observed; such as " OBSERVED_BRANCH
			       " is",
			       tip.ref);
	return NULL;
}

struct err *observe_commit(const char *branch, const struct io *io, struct workspace *w,
			   struct result *r, const struct sides *sides)
{
	struct observation ob = {.w = w, .r = r, .sides = sides};

	ob.changes = arena_array(w->arena, w->selected_count, sizeof(*ob.changes));
	ob.parts = arena_array(w->arena, w->selected_count, sizeof(*ob.parts));
	if (!ob.changes || !ob.parts)
		return err_nomem();
	TRY(repo_resolve_tip(w->repo, branch, w->arena, &ob.tip));
	TRY(collect(&ob));
	if (!ob.count) {
		log_verbose(&io->log, "nothing new to record on %s", ob.tip.ref);
		return NULL;
	}
	return write_commit(&ob, io);
}
