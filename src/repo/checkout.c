/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Index and work tree follow a commit at some paths and nowhere else. The index's lock is held
 * throughout, as git does it, so that nothing is staged meanwhile; each entry and each file is compared
 * with the old commit directly before it is replaced, since a person may have worked on it. Files are
 * written whole, with the bytes that git checkout would write, before the index is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/grow.h"
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
		struct err *e = index_failure(r->index_path);

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

/* One path on its way from one commit to the other. */
struct follower {
	struct repo *r;
	git_index *index;
	const char *path;
	char *full, *half;
	struct tree_entry was, is;
};

static struct err *find_spot(struct repo *r, const struct repo_commit *c, const char *path,
			     struct tree_entry *out)
{
	TRY(tree_find(r, c, path, out));
	/* A folder there is other paths' affair. */
	if (out->kind == REPO_ENTRY_TREE)
		*out = (struct tree_entry){.kind = REPO_ENTRY_MISSING};
	return NULL;
}

static void follower_end(struct follower *f)
{
	free(f->half);
	free(f->full);
}

static struct err *follower_begin(struct follower *f, const struct repo_commit *before,
				  const struct repo_commit *now)
{
	f->full = in_workdir(f->r, f->path, "");
	f->half = in_workdir(f->r, f->path, HALF_SUFFIX);
	if (!f->full || !f->half)
		return err_nomem();
	TRY(find_spot(f->r, before, f->path, &f->was));
	return find_spot(f->r, now, f->path, &f->is);
}

static bool entry_is(const struct follower *f, const struct tree_entry *spot)
{
	const git_index_entry *entry = git_index_get_bypath(f->index, f->path, 0);

	for (int stage = 1; stage <= 3; stage++)
		if (git_index_get_bypath(f->index, f->path, stage))
			return false;
	if (!entry)
		return spot->kind == REPO_ENTRY_MISSING;
	return spot->kind != REPO_ENTRY_MISSING && git_oid_equal(&entry->id, &spot->id) &&
	       entry->mode == (uint32_t)spot->mode &&
	       !(entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD);
}

/* A sparse checkout leaves files out on purpose. */
static bool is_left_out(const struct follower *f)
{
	const git_index_entry *entry = git_index_get_bypath(f->index, f->path, 0);
	struct stat st;

	return entry && (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) &&
	       lstat(f->full, &st) != 0;
}

/* What cannot be looked at is not ours to replace. */
static bool file_is(const struct follower *f, const struct tree_entry *spot)
{
	bool same = false;
	struct err *e = state_worktree_is(f->r, f->path, spot, &same);

	err_free(e);
	return !e && same;
}

/* The bytes that git checkout would write: line ends by attributes and core.autocrlf. */
static struct err *write_filtered(const struct follower *f, git_blob *blob, int fd)
{
	git_filter_list *filters = NULL;
	git_buf buf = {0};
	struct str bytes = {git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob)};
	struct err *e = NULL;
	int code;

	if (git_filter_list_load(&filters, f->r->git, blob, f->path, GIT_FILTER_TO_WORKTREE,
				 GIT_FILTER_DEFAULT) < 0 ||
	    (filters && git_filter_list_apply_to_blob(&buf, filters, blob) < 0)) {
		e = err_git(ERR_OUTPUT, "%s", f->path);
	} else {
		if (filters)
			bytes = (struct str){buf.ptr, buf.size};
		code = fs_write_all(fd, bytes.p, bytes.n);
		if (code)
			e = err_errno(ERR_OUTPUT, code, "%s", f->half);
	}
	git_buf_dispose(&buf);
	git_filter_list_free(filters);
	return e;
}

/*
 * As git: new files by the umask; one that is there keeps its mode but for the executable bit, and
 * that too where core.fileMode says that it means nothing.
 */
static struct err *set_mode(const struct follower *f, int fd)
{
	bool is_executable = f->is.mode == GIT_FILEMODE_BLOB_EXECUTABLE, has_meaning;
	struct stat st;

	if (lstat(f->full, &st) != 0 || !S_ISREG(st.st_mode))
		return NULL;
	TRY(gitconfig_bool(f->r->config, "core.filemode", true, &has_meaning));
	if (has_meaning && ((st.st_mode & S_IXUSR) != 0) != is_executable)
		return NULL;
	return fchmod(fd, st.st_mode & 07777) == 0 ? NULL
						   : err_errno(ERR_OUTPUT, errno, "%s", f->half);
}

static struct err *write_half(const struct follower *f, git_blob *blob)
{
	bool is_executable = f->is.mode == GIT_FILEMODE_BLOB_EXECUTABLE;
	struct err *e;
	int fd, code;

	(void)unlink(f->half);
	fd = open(f->half, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  is_executable ? 0777 : 0666);
	if (fd < 0)
		return err_errno(ERR_OUTPUT, errno, "%s", f->half);
	e = write_filtered(f, blob, fd);
	if (!e)
		e = set_mode(f, fd);
	code = !e && fsync(fd) != 0 ? errno : 0;
	if (close(fd) != 0 && !code)
		code = errno;
	if (!e && code)
		e = err_errno(ERR_OUTPUT, code, "%s", f->half);
	return e;
}

static struct err *write_link(const struct follower *f, git_blob *blob)
{
	char *to = strndup(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	struct err *e = to ? NULL : err_nomem();

	(void)unlink(f->half);
	if (!e && symlink(to, f->half) != 0)
		e = err_errno(ERR_OUTPUT, errno, "%s", f->half);
	free(to);
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

/* *same: the file still was as the old commit has it when its place was taken. */
static struct err *write_file(const struct follower *f, bool *same)
{
	git_blob *blob = NULL;
	struct err *e;

	if (git_blob_lookup(&blob, f->r->git, &f->is.id) < 0)
		return err_git(ERR_OUTPUT, "%s", f->path);
	e = make_parent(f->full);
	if (!e)
		e = f->is.kind == REPO_ENTRY_LINK ? write_link(f, blob) : write_half(f, blob);
	git_blob_free(blob);
	if (!e) {
		*same = file_is(f, &f->was);
		if (*same && rename(f->half, f->full) != 0)
			e = err_errno(ERR_OUTPUT, errno, "%s", f->path);
	}
	if (e || !*same)
		(void)unlink(f->half);
	return e;
}

/* Folders that become empty go too, as with git; rmdir refuses the others. */
static struct err *remove_file(const struct follower *f)
{
	size_t root = strlen(git_repository_workdir(f->r->git));
	char *slash;

	if (unlink(f->full) != 0 && errno != ENOENT)
		return err_errno(ERR_OUTPUT, errno, "%s", f->path);
	while ((slash = strrchr(f->full, '/')) && slash >= f->full + root) {
		*slash = '\0';
		if (rmdir(f->full) != 0)
			break;
	}
	return NULL;
}

/* *same is false where somebody's work is there; it stays. */
static struct err *follow_file(struct follower *f, bool *same)
{
	bool is_module = f->was.kind == REPO_ENTRY_SUBMODULE || f->is.kind == REPO_ENTRY_SUBMODULE;

	*same = true;
	/* What a submodule has checked out follows by git submodule update. */
	if (is_module || is_left_out(f) || file_is(f, &f->is))
		return NULL;
	*same = file_is(f, &f->was);
	if (!*same)
		return NULL;
	return f->is.kind == REPO_ENTRY_MISSING ? remove_file(f) : write_file(f, same);
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

static struct err *follow_entry(const struct follower *f, bool is_file_ours)
{
	git_index_entry entry = {.mode = (uint32_t)f->is.mode, .id = f->is.id, .path = f->path};
	struct stat st;
	int code;

	if (f->is.kind == REPO_ENTRY_MISSING) {
		code = git_index_remove(f->index, f->path, 0);
		return code < 0 && code != GIT_ENOTFOUND ? err_git(ERR_OUTPUT, "%s", f->path)
							 : NULL;
	}
	if (is_left_out(f))
		entry.flags_extended = GIT_INDEX_ENTRY_SKIP_WORKTREE;
	else if (is_file_ours && lstat(f->full, &st) == 0)
		set_stat(&entry, &st);
	return git_index_add(f->index, &entry) < 0 ? err_git(ERR_OUTPUT, "%s", f->path) : NULL;
}

/*
 * A file that was edited keeps the edit, and its entry follows: so the edit stays unstaged on top of
 * the new commit. Where something was staged, both stay.
 */
static struct err *follow_one(struct follower *f, struct buf *left)
{
	bool same = true;

	if (spot_eq(&f->was, &f->is))
		return NULL;
	if (!entry_is(f, &f->was)) {
		if (!entry_is(f, &f->is))
			buf_printf(left,
				   "%s%s: something else was staged meanwhile; index and file are "
				   "left as they are and differ from the new commit",
				   left->n ? "; " : "", f->path);
		return NULL;
	}
	TRY(follow_file(f, &same));
	if (!same)
		buf_printf(left,
			   "%s%s: was changed in the work tree meanwhile; the file is left as it "
			   "is and differs from the new commit",
			   left->n ? "; " : "", f->path);
	return follow_entry(f, same);
}

/* What goes makes room for what comes: a file where a folder was. */
static struct err *follow_all(struct repo *r, git_index *index, const struct repo_commit *before,
			      const struct repo_commit *now, const char *const *paths, size_t count,
			      struct buf *left)
{
	struct err *e = NULL;

	for (int goes = 1; goes >= 0; goes--) {
		for (size_t i = 0; i < count && !e; i++) {
			struct follower f = {.r = r, .index = index, .path = paths[i]};

			e = follower_begin(&f, before, now);
			if (!e && (f.is.kind == REPO_ENTRY_MISSING) == (goes == 1))
				e = follow_one(&f, left);
			follower_end(&f);
		}
	}
	return e;
}

struct err *follow_apply(struct repo *r, const struct repo_commit *before,
			 const struct repo_commit *now, const char *const *paths, size_t count,
			 struct buf *left)
{
	struct index_lock lock;
	struct err *e;

	if (count == 0)
		return NULL;
	TRY(index_lock_take(r, &lock));
	e = follow_all(r, lock.index, before, now, paths, count, left);
	/* After an error the index stays, and by the note the next run finishes what was begun. */
	if (!e)
		e = index_lock_put(&lock);
	index_lock_free(&lock);
	return e;
}

static struct err *check_one(struct follower *f)
{
	TRY(check_path_text(f->path));
	TRY(follow_check_attributes(f->r, f->path));
	if (spot_eq(&f->was, &f->is))
		return NULL;
	if (!entry_is(f, &f->was))
		return err_new(ERR_OUTPUT, "%s: something else is staged", f->path);
	if (f->was.kind != REPO_ENTRY_SUBMODULE && !is_left_out(f) && !file_is(f, &f->was))
		return err_new(ERR_OUTPUT, "%s: something else is in the work tree", f->path);
	return NULL;
}

struct err *follow_check(struct repo *r, const struct repo_commit *before,
			 const struct repo_commit *now, const char *const *paths, size_t count)
{
	git_index *index = NULL;
	struct err *e;

	TRY(lock_wait_gone(r, "index"));
	TRY(follow_open_index(r, &index));
	e = NULL;
	for (size_t i = 0; i < count && !e; i++) {
		struct follower f = {.r = r, .index = index, .path = paths[i]};

		e = follower_begin(&f, before, now);
		if (!e)
			e = check_one(&f);
		follower_end(&f);
	}
	git_index_free(index);
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
	if (!e) {
		mode_t before_umask = shared_begin(r);

		e = fs_write(path, buf_view(&b), FS_REPLACE);
		shared_end(before_umask);
	}
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

/* What a run that was killed had not written to its end. */
static void drop_half(struct repo *r, const char *path)
{
	char *half = fs_is_safe_path(str_from(path)) ? in_workdir(r, path, HALF_SUFFIX) : NULL;

	if (half)
		(void)unlink(half);
	free(half);
}

/*
 * A path lags where the commit moved on and the index is as before the move. Anything else is
 * somebody's own work, which is no news to him by now.
 */
static struct err *repair_paths(struct repo *r, const struct repo_commit *before,
				const struct repo_commit *now, char *note)
{
	struct buf left = BUF_INIT(NOTE_MAX);
	const char **paths = NULL, *path;
	size_t count = 0, room = 0;
	struct err *e = NULL;

	while (!e && (path = next_line(&note))) {
		const char **list = grow(paths, count, &room, sizeof(*list));

		if (!list) {
			e = err_nomem();
			break;
		}
		paths = list;
		drop_half(r, path);
		if (fs_is_safe_path(str_from(path)))
			paths[count++] = path;
	}
	if (!e)
		e = follow_apply(r, before, now, paths, count, &left);
	free(paths);
	buf_free(&left);
	return e;
}

static struct err *repair_by(struct repo *r, char *note)
{
	struct repo_commit before = {0}, now;
	const char *ref = next_line(&note), *hex = next_line(&note), *path;
	git_oid id;

	if (!ref || !hex)
		return NULL;
	if (!ref_is_head(r, ref)) {
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
	return repair_paths(r, &before, &now, note);
}

struct err *follow_repair(struct repo *r)
{
	struct buf b = BUF_INIT(NOTE_MAX);
	char *path;
	struct err *e = NULL;

	lock_own_drop_dead(git_repository_path(r->git));
	lock_own_drop_dead(git_repository_commondir(r->git));
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
