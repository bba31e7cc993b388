/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reference moves by compare and swap, and its move is on disk before success is said.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "repo/git.h"

#define LINE_MAX_BYTES ((size_t)1 << 16)

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

/* As git: a log that is there goes on; else branches have one where there is a work tree. */
static struct err *has_log(struct repo *r, const char *ref, bool *out)
{
	bool is_logged_kind = strcmp(ref, "HEAD") == 0 || strncmp(ref, "refs/heads/", 11) == 0;
	char *text = NULL;
	int on;

	*out = git_reference_has_log(r->git, ref) == 1;
	if (*out)
		return NULL;
	TRY(gitconfig_text(r->config, "core.logAllRefUpdates", &text));
	if (!text)
		*out = is_logged_kind && !git_repository_is_bare(r->git);
	else if (strcmp(text, "always") == 0)
		*out = true;
	else
		*out = is_logged_kind && git_config_parse_bool(&on, text) == 0 && on;
	free(text);
	return NULL;
}

static struct err *append(const char *path, struct str line)
{
	char *dir = strndup(path, (size_t)(strrchr(path, '/') - path));
	struct err *e = dir ? fs_make_dirs(dir) : err_nomem();
	int fd, code;

	free(dir);
	if (e)
		return e;
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);
	code = fd < 0 ? errno : fs_write_all(fd, line.p, line.n);
	if (fd >= 0 && close(fd) != 0 && !code)
		code = errno;
	return code ? err_errno(ERR_OUTPUT, code, "%s", path) : NULL;
}

static void put_line(struct buf *b, const struct move *m)
{
	const struct repo_commit *from = &m->from->commit;
	char zeros[REPO_HEX_SIZE], to[REPO_HEX_SIZE];
	int east = m->who->when.offset;

	(void)git_oid_tostr(to, sizeof(to), m->to);
	memset(zeros, '0', sizeof(zeros));
	zeros[strlen(to)] = '\0';
	buf_printf(b, "%s %s %s <%s> %lld %c%02d%02d\t%s%.*s\n",
		   from->is_unborn ? zeros : from->hex, to, m->who->name, m->who->email,
		   (long long)m->who->when.time, east < 0 ? '-' : '+', abs(east) / 60,
		   abs(east) % 60, from->is_unborn ? "commit (initial): " : "commit: ",
		   (int)strcspn(m->message, "\n"), m->message);
}

/* libgit2 writes a whole log anew under a lock of its own; git adds one line. */
static struct err *log_move(const struct move *m, const char *dir, const char *ref)
{
	struct buf line = BUF_INIT(LINE_MAX_BYTES);
	char *path = NULL;
	bool is_wanted;
	struct err *e;

	TRY(has_log(m->r, ref, &is_wanted));
	if (!is_wanted)
		return NULL;
	put_line(&line, m);
	e = buf_check(&line, ERR_OUTPUT, "the reference's log");
	if (!e && asprintf(&path, "%slogs/%s", dir, ref) < 0)
		e = err_nomem();
	if (!e)
		e = append(path, buf_view(&line));
	free(path);
	buf_free(&line);
	return e;
}

bool ref_is_head(struct repo *r, const char *ref)
{
	git_reference *head = NULL;
	bool is_it = git_reference_lookup(&head, r->git, "HEAD") == 0 &&
		     git_reference_type(head) == GIT_REFERENCE_SYMBOLIC &&
		     strcmp(git_reference_symbolic_target(head), ref) == 0;

	git_reference_free(head);
	return is_it;
}

static int remove_empty(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)at;
	return type == FTW_DP ? rmdir(path) : -1;
}

/* Branches below this name that are gone may have left their folders. */
static int put_reference(struct lock_own *l)
{
	int code = lock_own_put(l);

	if (code == EISDIR || code == ENOTEMPTY || code == EEXIST) {
		(void)nftw(l->target, remove_empty, 16, FTW_DEPTH | FTW_PHYS);
		code = lock_own_put(l);
	}
	return code;
}

/*
 * The file was synced when it was written; the folder it stands in, and those that were made above a
 * new branch, must be too.
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

/* With the branch's lock held. */
static struct err *swap(const struct move *m, struct lock_own *l, bool *moved)
{
	const char *ref = m->from->ref;
	bool still = false;
	int code;

	TRY(is_still(m->r, m->from, &still));
	if (!still)
		return NULL;
	if (m->is_current && !repo_is_current(m->r, ref))
		return err_new(ERR_OUTPUT, "HEAD left %s meanwhile; nothing was committed", ref);
	TRY(log_move(m, git_repository_commondir(m->r->git), ref));
	if (ref_is_head(m->r, ref))
		TRY(log_move(m, git_repository_path(m->r->git), "HEAD"));
	code = put_reference(l);
	if (code)
		return err_errno(ERR_OUTPUT, code, "%s: cannot be moved", ref);
	*moved = true;
	return NULL;
}

/*
 * The branch's lock is the only one: git commit needs it too. Its file is made and renamed here, as
 * git does it, because libgit2 cannot tell its own lock from another's after it was killed.
 */
struct err *move_ref(const struct move *m, bool *moved)
{
	char content[REPO_HEX_SIZE + 1] = {0};
	mode_t before = shared_begin(m->r);
	struct lock_own l;
	struct err *e;

	*moved = false;
	(void)git_oid_tostr(content, REPO_HEX_SIZE, m->to);
	content[strlen(content)] = '\n';
	e = lock_own_take(git_repository_commondir(m->r->git), m->from->ref, str_from(content), &l);
	if (!e) {
		e = swap(m, &l, moved);
		lock_own_free(&l);
	}
	shared_end(before);
	shared_adjust_ref(m->r, m->from->ref);
	if (!e && *moved)
		e = sync_above(m->r, m->from->ref);
	return e;
}
