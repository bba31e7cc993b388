/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way in which a branch moves that may be checked out: a note on disk, the reference under its
 * lock, then files and index. Until the reference moves nothing but the note has been written; from
 * then on the move stands, whatever happens to the files.
 */
#include <stdlib.h>

#include "repo/git.h"

#define LEFT_MAX ((size_t)1 << 16)

static void say_lag(const struct branch_move *m, const char *text)
{
	*m->lag = arena_printf(m->a, "%s", text ? text : "out of memory");
	if (!*m->lag)
		*m->lag = "out of memory";
}

/* That the files could not follow is told beside the success. */
static void follow(const struct branch_move *m)
{
	struct repo *r = m->move.r;
	struct buf left = BUF_INIT(LEFT_MAX);
	struct repo_commit now;
	struct err *e;

	/*
	 * If another branch is checked out by now, the files are those of that one. Or HEAD cannot
	 * be read now: the note stays, and the next run sees which of the two it was.
	 */
	if (!repo_is_current(r, m->move.from->ref))
		return;
	e = commit_describe(r, m->move.to, &now);
	if (!e)
		e = follow_apply(r, &m->move.from->commit, &now, m->paths, m->count, &left);
	if (e) {
		char *text = err_text(e);

		say_lag(m, text);
		free(text);
		err_free(e);
	} else {
		follow_forget(r);
		if (left.n)
			say_lag(m, left.p);
	}
	buf_free(&left);
}

struct err *branch_move(const struct branch_move *m, bool *moved)
{
	const struct move *move = &m->move;

	if (move->is_current)
		TRY(follow_note(move->r, move->from, m->paths, m->count));
	/* After an error the note stays: whether the branch moved all the same, the next run sees. */
	TRY(move_ref(move, moved));
	if (!move->is_current)
		return NULL;
	if (*moved)
		follow(m);
	else
		follow_forget(move->r);
	return NULL;
}
