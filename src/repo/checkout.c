/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Index and work tree follow a commit at our paths and nowhere else. Files are written whole, with
 * the bytes that git checkout would write, before the index is; the index is read, changed and
 * written in one go, so that what others staged meanwhile is kept.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "repo/git.h"
#include "repo/git_text.h"

#define NOTE_NAME "scandrift-follow"

/* A file is first written under this name beside its own; the note tells where to look for it. */
#define HALF_SUFFIX ".scandrift-half"

#define NOTE_MAX ((size_t)4 << 20)

/* Two forms of the index that git may have been told to use have no reader in libgit2 1.5. */
struct err *index_failure(const char *path)
{
	static const struct {
		const char *extension, *advice;
	} rows[] = {
		{"'link'", "it is split: git update-index --no-split-index"},
		{"'sdir'", "it is sparse: git sparse-checkout init --no-sparse-index"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (git_text_has(rows[i].extension))
			return err_git(ERR_REPO, "%s: cannot be read here; %s", path,
				       rows[i].advice);
	return err_git(ERR_REPO, "%s: cannot be read", path);
}

struct err *follow_open_index(struct repo *r, git_index **out)
{
	git_index *index = NULL;

	if (git_repository_index(&index, r->git) < 0 || git_index_read(index, 0) < 0) {
		struct err *e = index ? index_failure(git_index_path(index))
				      : err_git(ERR_REPO, "%s: its index", repo_git_dir(r));

		git_index_free(index);
		return e;
	}
	*out = index;
	return NULL;
}

/*
 * What is committed must come back byte for byte, here and wherever it is checked out. A filter
 * (Git LFS) or an encoding would make the blob something else.
 */
struct err *follow_check_attributes(struct repo *r, const char *path)
{
	static const char *names[] = {"filter", "working-tree-encoding"};
	const char *values[ARRAY_LEN(names)] = {NULL};
	git_index *index = NULL;

	/* The look-up reads the index too, and would name the path where the index is at fault. */
	if (!git_repository_is_bare(r->git)) {
		TRY(follow_open_index(r, &index));
		git_index_free(index);
	}
	if (git_attr_get_many(values, r->git, GIT_ATTR_CHECK_FILE_THEN_INDEX, path,
			      ARRAY_LEN(names), names) < 0)
		return err_git(ERR_REPO, "%s: its git attributes", path);
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (git_attr_value(values[i]) == GIT_ATTR_VALUE_STRING)
			return err_new(ERR_REPO,
				       "%s: .gitattributes gives it %s=%s; it must be stored as it "
				       "is: write %s -%s behind that line",
				       path, names[i], values[i], path, names[i]);
	}
	return NULL;
}

static char *in_workdir(struct repo *r, const char *path, const char *suffix)
{
	char *full = NULL;

	return asprintf(&full, "%s%s%s", git_repository_workdir(r->git), path, suffix) < 0 ? NULL
											   : full;
}

/* The bytes that git checkout would write: line ends by attributes and core.autocrlf. */
static struct err *write_filtered(struct repo *r, git_blob *blob, const char *path,
				  const char *full)
{
	git_filter_list *filters = NULL;
	git_buf buf = {0};
	struct str bytes = {git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob)};
	char *half = in_workdir(r, path, HALF_SUFFIX);
	struct err *e = half ? NULL : err_nomem();

	if (e)
		return e;

	if (git_filter_list_load(&filters, r->git, blob, path, GIT_FILTER_TO_WORKTREE,
				 GIT_FILTER_DEFAULT) < 0) {
		e = err_git(ERR_OUTPUT, "%s", path);
		goto out;
	}
	if (filters) {
		if (git_filter_list_apply_to_blob(&buf, filters, blob) < 0) {
			e = err_git(ERR_OUTPUT, "%s", path);
			goto out;
		}
		bytes = (struct str){buf.ptr, buf.size};
	}
	e = fs_replace_via(half, full, bytes);
out:
	free(half);
	git_buf_dispose(&buf);
	git_filter_list_free(filters);
	return e;
}

static struct err *make_parent(const char *full)
{
	const char *slash = strrchr(full, '/');
	char *dir = strndup(full, (size_t)(slash - full));
	struct err *e = dir ? fs_make_dirs(dir) : err_nomem();

	free(dir);
	return e;
}

static struct err *write_file(struct repo *r, const char *path, const struct tree_entry *spot,
			      const char *full)
{
	git_blob *blob = NULL;
	struct err *e;

	if (git_blob_lookup(&blob, r->git, &spot->id) < 0)
		return err_git(ERR_OUTPUT, "%s", path);
	e = make_parent(full);
	if (!e)
		e = write_filtered(r, blob, path, full);
	if (!e && spot->mode == GIT_FILEMODE_BLOB_EXECUTABLE && chmod(full, 0755) != 0)
		e = err_errno(ERR_OUTPUT, errno, "%s", full);
	git_blob_free(blob);
	return e;
}

/* Folders that become empty go too, as with git; rmdir refuses the others. */
static struct err *remove_file(struct repo *r, const char *path, char *full)
{
	size_t root = strlen(git_repository_workdir(r->git));
	char *slash;

	if (unlink(full) != 0 && errno != ENOENT)
		return err_errno(ERR_OUTPUT, errno, "%s", path);
	while ((slash = strrchr(full, '/')) && slash >= full + root) {
		*slash = '\0';
		if (rmdir(full) != 0)
			break;
	}
	return NULL;
}

static bool is_left_out(git_index *index, const char *path, const char *full)
{
	const git_index_entry *entry = git_index_get_bypath(index, path, 0);
	struct stat st;

	return entry && (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) &&
	       lstat(full, &st) != 0;
}

static struct err *follow_file(struct repo *r, git_index *index, const char *path,
			       const struct tree_entry *spot)
{
	char *full = in_workdir(r, path, "");
	struct err *e = NULL;

	if (!full)
		return err_nomem();
	if (spot->kind == REPO_ENTRY_MISSING)
		e = remove_file(r, path, full);
	else if (!is_left_out(index, path, full))
		e = write_file(r, path, spot, full);
	free(full);
	return e;
}

static void set_stat(git_index_entry *entry, const struct stat *st)
{
	entry->ctime = (git_index_time){(int32_t)st->st_ctim.tv_sec, (uint32_t)st->st_ctim.tv_nsec};
	entry->mtime = (git_index_time){(int32_t)st->st_mtim.tv_sec, (uint32_t)st->st_mtim.tv_nsec};
	entry->dev = (uint32_t)st->st_dev;
	entry->ino = (uint32_t)st->st_ino;
	entry->uid = st->st_uid;
	entry->gid = st->st_gid;
	entry->file_size = (uint32_t)st->st_size;
}

static struct err *follow_entry(struct repo *r, git_index *index, const char *path,
				const struct tree_entry *spot)
{
	git_index_entry entry = {.mode = (uint32_t)spot->mode, .id = spot->id, .path = path};
	struct stat st;
	char *full;
	int code;

	if (spot->kind == REPO_ENTRY_MISSING) {
		code = git_index_remove(index, path, 0);
		return code < 0 && code != GIT_ENOTFOUND ? err_git(ERR_OUTPUT, "%s", path) : NULL;
	}
	full = in_workdir(r, path, "");
	if (!full)
		return err_nomem();
	if (is_left_out(index, path, full))
		entry.flags_extended = GIT_INDEX_ENTRY_SKIP_WORKTREE;
	else if (lstat(full, &st) == 0)
		set_stat(&entry, &st);
	free(full);
	return git_index_add(index, &entry) < 0 ? err_git(ERR_OUTPUT, "%s", path) : NULL;
}

static struct err *write_index(struct repo *r, const char *const *paths,
			       const struct tree_entry *spots, size_t count)
{
	git_index *index = NULL;
	struct err *e;

	TRY(lock_wait_gone(r, "index"));
	TRY(follow_open_index(r, &index));
	e = NULL;
	for (size_t i = 0; i < count && !e; i++)
		e = follow_entry(r, index, paths[i], &spots[i]);
	if (!e) {
		int code = git_index_write(index);

		if (code == GIT_ELOCKED)
			e = lock_error(git_repository_path(r->git), "index");
		else if (code < 0)
			e = err_git(ERR_OUTPUT, "%sindex", git_repository_path(r->git));
	}
	git_index_free(index);
	return e;
}

struct err *follow_apply(struct repo *r, const struct repo_commit *c, const char *const *paths,
			 size_t count)
{
	struct tree_entry *spots;
	git_index *index = NULL;
	struct err *e;

	if (count == 0)
		return NULL;
	spots = calloc(count, sizeof(*spots));
	if (!spots)
		return err_nomem();
	e = follow_open_index(r, &index);
	for (size_t i = 0; i < count && !e; i++) {
		e = tree_find(r, c, paths[i], &spots[i]);
		if (!e)
			e = follow_file(r, index, paths[i], &spots[i]);
	}
	git_index_free(index);
	if (!e)
		e = write_index(r, paths, spots, count);
	free(spots);
	return e;
}

static char *note_path(struct repo *r)
{
	char *path = NULL;

	return asprintf(&path, "%s" NOTE_NAME, git_repository_path(r->git)) < 0 ? NULL : path;
}

struct err *follow_note(struct repo *r, const struct repo_tip *before, const char *const *paths,
			size_t count)
{
	struct buf b = BUF_INIT(NOTE_MAX);
	char *path = note_path(r);
	struct err *e;

	/* Paths hold no line end: fs_is_safe_path. */
	buf_printf(&b, "%s\n%s\n", before->ref,
		   before->commit.is_unborn ? "-" : before->commit.hex);
	for (size_t i = 0; i < count; i++)
		buf_printf(&b, "%s\n", paths[i]);
	e = path ? buf_check(&b, ERR_OUTPUT, path) : err_nomem();
	if (!e)
		e = fs_write(path, buf_view(&b), FS_REPLACE);
	free(path);
	buf_free(&b);
	return e;
}

void follow_forget(struct repo *r)
{
	char *path = note_path(r);

	if (path)
		(void)unlink(path);
	free(path);
}

/* Takes one line off the front, as a C string inside the buffer. */
static char *next_line(char **at)
{
	char *line = *at, *end = line ? strchr(line, '\n') : NULL;

	if (!end)
		return NULL;
	*end = '\0';
	*at = end + 1;
	return line;
}

static bool is_head(struct repo *r, const char *ref)
{
	git_reference *head = NULL;
	bool same = git_reference_lookup(&head, r->git, "HEAD") == 0 &&
		    git_reference_type(head) == GIT_REFERENCE_SYMBOLIC &&
		    strcmp(git_reference_symbolic_target(head), ref) == 0;

	git_reference_free(head);
	return same;
}

/*
 * A path lags when the commit moved on and the index is as before the move, and the file is as
 * before or after it. Anything else is somebody's own work.
 */
static struct err *is_lagging(struct repo *r, git_index *index, const struct repo_commit *before,
			      const struct repo_commit *now, const char *path, bool *out)
{
	const git_index_entry *entry = git_index_get_bypath(index, path, 0);
	struct tree_entry was, is;
	bool same;

	*out = false;
	TRY(tree_find(r, before, path, &was));
	TRY(tree_find(r, now, path, &is));
	if (spot_eq(&was, &is))
		return NULL;
	same = entry ? was.kind == REPO_ENTRY_FILE && git_oid_equal(&entry->id, &was.id)
		     : was.kind == REPO_ENTRY_MISSING;
	if (!same)
		return NULL;
	TRY(state_worktree_is(r, path, &was, out));
	if (!*out)
		TRY(state_worktree_is(r, path, &is, out));
	return NULL;
}

static struct err *repair_path(struct repo *r, const struct repo_commit *before,
			       const struct repo_commit *now, const char *path)
{
	git_index *index = NULL;
	bool lags = false;
	struct err *e;

	if (!fs_is_safe_path(str_from(path)))
		return NULL;
	TRY(follow_open_index(r, &index));
	e = is_lagging(r, index, before, now, path, &lags);
	git_index_free(index);
	if (!e && lags)
		e = follow_apply(r, now, &path, 1);
	return e;
}

/* What a run that was killed had not written to its end. */
static void drop_half(struct repo *r, const char *path)
{
	char *half = fs_is_safe_path(str_from(path)) ? in_workdir(r, path, HALF_SUFFIX) : NULL;

	if (half)
		(void)unlink(half);
	free(half);
}

static struct err *repair_by(struct repo *r, char *note)
{
	struct repo_commit before = {0}, now;
	const char *ref = next_line(&note), *hex = next_line(&note), *path;
	git_oid id;

	if (!ref || !hex)
		return NULL;
	if (!is_head(r, ref)) {
		while ((path = next_line(&note)))
			drop_half(r, path);
		return NULL;
	}
	if (strcmp(hex, "-") == 0)
		before.is_unborn = true;
	else if (git_oid_fromstr(&id, hex) < 0)
		return NULL;
	else
		TRY(commit_describe(r, &id, &before));
	TRY(repo_resolve_head(r, &now));
	TRY(lock_wait_gone(r, "index"));
	while ((path = next_line(&note))) {
		drop_half(r, path);
		TRY(repair_path(r, &before, &now, path));
	}
	return NULL;
}

struct err *follow_repair(struct repo *r)
{
	struct buf b = BUF_INIT(NOTE_MAX);
	char *path;
	struct err *e = NULL;

	if (git_repository_is_bare(r->git))
		return NULL;
	path = note_path(r);
	if (!path)
		return err_nomem();
	if (access(path, F_OK) == 0) {
		e = fs_read(path, NOTE_MAX, &b);
		if (!e && b.n && strlen(b.p) == b.n)
			e = repair_by(r, b.p);
		if (!e)
			follow_forget(r);
		else
			e = err_wrap(e, "finishing what an interrupted run began");
	}
	buf_free(&b);
	free(path);
	return e;
}

struct err *follow_checkout(struct repo *r, const char *from_hex, const git_oid *to)
{
	git_checkout_options opt;
	git_commit *from = NULL, *next = NULL;
	git_tree *before = NULL;
	struct err *e = NULL;
	git_oid id;

	if (git_checkout_options_init(&opt, GIT_CHECKOUT_OPTIONS_VERSION) < 0)
		return err_git(ERR_OUTPUT, "the work tree");
	opt.checkout_strategy = GIT_CHECKOUT_SAFE;
	if (git_oid_fromstr(&id, from_hex) < 0 || git_commit_lookup(&from, r->git, &id) < 0 ||
	    git_commit_tree(&before, from) < 0 || git_commit_lookup(&next, r->git, to) < 0) {
		e = err_git(ERR_OUTPUT, "commit %s", from_hex);
		goto out;
	}
	opt.baseline = before;
	if (git_checkout_tree(r->git, (const git_object *)next, &opt) < 0)
		e = err_git(ERR_OUTPUT, "the work tree");
out:
	git_tree_free(before);
	git_commit_free(next);
	git_commit_free(from);
	return e;
}
