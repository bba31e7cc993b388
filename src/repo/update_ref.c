/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reference moves by compare and swap, and its move is on disk before success is said.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "repo/git.h"

static struct err *lock_branch(struct repo *r, git_transaction *tx, const char *ref)
{
	struct lock_wait w = {0};
	int code;

	while ((code = git_transaction_lock_ref(tx, ref)) == GIT_ELOCKED)
		if (!lock_wait_more(&w) && !lock_drop_spent(r, ref))
			return lock_error(git_repository_commondir(r->git), ref);
	return code < 0 ? err_git(ERR_OUTPUT, "%s: cannot be locked", ref) : NULL;
}

/* Under the lock: whether the branch is where the commit was built upon. */
static struct err *is_still(struct repo *r, const struct repo_tip *tip, bool *still)
{
	git_reference *ref = NULL;
	struct err *e = NULL;
	int code = git_reference_lookup(&ref, r->git, tip->ref);
	git_oid id;

	*still = false;
	if (code == GIT_ENOTFOUND)
		*still = tip->commit.is_unborn;
	else if (code < 0)
		e = err_git(ERR_REPO, "%s", tip->ref);
	else if (git_reference_type(ref) != GIT_REFERENCE_DIRECT)
		e = err_new(ERR_REPO, "%s: is a symbolic reference; name the branch it leads to",
			    tip->ref);
	else if (!tip->commit.is_unborn && git_oid_fromstr(&id, tip->commit.hex) == 0)
		*still = git_oid_equal(&id, git_reference_target(ref)) != 0;
	git_reference_free(ref);
	return e;
}

static char *reflog_text(const struct move *m)
{
	char *text = NULL;

	if (asprintf(&text, "commit%s: %.*s", m->from->commit.is_unborn ? " (initial)" : "",
		     (int)strcspn(m->message, "\n"), m->message) < 0)
		return NULL;
	return text;
}

/*
 * libgit2 syncs the file and the folder it stands in; what it has just made above a new branch must
 * be synced too.
 */
static struct err *sync_above(struct repo *r, const char *ref)
{
	const char *root = git_repository_commondir(r->git);
	char *dir = NULL, *slash;
	struct err *e = NULL;

	if (asprintf(&dir, "%s%s", root, ref) < 0)
		return err_nomem();
	while (!e && (slash = strrchr(dir, '/')) && slash > dir + strlen(root)) {
		*slash = '\0';
		e = store_sync_folder(dir);
	}
	free(dir);
	return e;
}

/* With the branch's lock held by `tx`. */
static struct err *swap(const struct move *m, git_transaction *tx, bool *moved)
{
	const char *ref = m->from->ref;
	bool still = false;
	char *text;
	struct err *e = NULL;

	TRY(is_still(m->r, m->from, &still));
	if (!still)
		return NULL;
	if (m->is_current && !repo_is_current(m->r, ref))
		return err_new(ERR_OUTPUT, "HEAD left %s meanwhile; nothing was committed", ref);
	text = reflog_text(m);
	if (!text)
		return err_nomem();
	if (git_transaction_set_target(tx, ref, m->to, m->who, text) < 0 ||
	    git_transaction_commit(tx) < 0)
		e = err_git(ERR_OUTPUT, "%s: cannot be moved", ref);
	else
		*moved = true;
	free(text);
	return e;
}

/*
 * A transaction, because libgit2's own matching update looks at a new branch's absence before it
 * takes the lock. The branch's lock is the only one: git commit needs it too, and a killed run
 * leaves one file to remove and not two.
 */
struct err *move_ref(const struct move *m, bool *moved)
{
	git_transaction *tx = NULL;
	struct err *e;

	*moved = false;
	if (git_transaction_new(&tx, m->r->git) < 0)
		return err_git(ERR_OUTPUT, "%s", m->from->ref);
	e = lock_branch(m->r, tx, m->from->ref);
	if (!e)
		e = swap(m, tx, moved);
	git_transaction_free(tx);
	if (!e && *moved)
		e = sync_above(m->r, m->from->ref);
	return e;
}
