/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_REPO_GIT_H
#define SCANDRIFT_REPO_GIT_H

#include <git2.h>
#include <sys/stat.h>

#include "gitconfig/gitconfig.h"
#include "repo/commit.h"

/*
 * What the files of this folder share, and nobody else includes: libgit2's types stay here.
 */

#define TREES_KEPT         32u /* more than the folders in each other of a path that is walked */
#define TREES_KEPT_ENTRIES 500000u

/* core.sharedRepository: what others may do with files in the git folder. */
struct shared_mode {
	bool is_on, is_exact; /* exact: these bits and no others; else they are added */
	mode_t bits;
};

/* A configuration of libgit2's, and the file in memory that it reads; both 0: none. */
struct config_flat {
	git_config *git;
	int fd;
};

struct repo {
	git_repository *git;
	struct gitconfig *config;
	struct config_flat flat;   /* the same, for libgit2 */
	struct shared_mode shared; /* shared.c */
	char *index_path;          /* GIT_INDEX_FILE, or in the git folder */
	/* The trees that were read last: a run asks for one folder's entries one by one. */
	git_tree *trees[TREES_KEPT];
	unsigned next_tree;
};

/* An error with libgit2's last message as its cause. */
struct err *err_git(enum err_kind kind, const char *fmt, ...) PRINTF(2, 3) MUST_USE;

/*
 * history.c: how many parents a commit names, and the first two. libgit2 1.9 hides those that a
 * shallow clone lacks, as if history began there.
 */
size_t commit_parents(const git_commit *c, git_oid ids[2]);

/*
 * alloc_limit.c: starts libgit2 and has it make the place where it keeps a thread's errors. While that is
 * missing, libgit2 1.5 needs memory to report that it is out of memory, and recurses without end.
 * So the allocator is ours from the first call on, and libgit2 is never stopped.
 */
struct err *repo_memory_start(void) MUST_USE;

/* alloc_limit.c: did the last allocation that failed ask for more than repo_limit_memory allows? */
bool repo_memory_was_refused(void);

/* config.c: reads git's configuration as it is now, for this program and for libgit2. */
struct err *config_open(struct repo *r) MUST_USE;
void config_close(struct repo *r);

/* owner.c */
struct err *owner_check(git_repository *repo) MUST_USE;

/* read.c: what stands at a path of a commit, without reading it. */
struct tree_entry {
	enum repo_entry_kind kind; /* never TOO_LARGE */
	git_filemode_t mode;
	git_oid id;
};

struct err *tree_find(struct repo *r, const struct repo_commit *c, const char *path,
		      struct tree_entry *out) MUST_USE;
/* `c` is the commit that leads to it, for messages; NULL: none is known. */
struct err *tree_load(struct repo *r, const struct repo_commit *c, const git_oid *id,
		      const char *what, git_tree **out) MUST_USE;
void trees_forget(struct repo *r);
/* tree_check.c: an error where a tree's names are not those of a tree that git would write. */
struct err *tree_check(const git_tree *tree, const char *what) MUST_USE;
struct err *commit_describe(struct repo *r, const git_oid *id, struct repo_commit *out) MUST_USE;
bool spot_eq(const struct tree_entry *a, const struct tree_entry *b);

/* revision.c: an error where a revision could mean two references, or a reference and an object. */
struct err *revision_check(struct repo *r, const char *rev) MUST_USE;

/* missing_object.c: "" where the clone is whole, else what brings the rest of its history. */
const char *shallow_hint(struct repo *r);
/* `c` is the commit that leads to the object; NULL: none is known. */
struct err *missing_object(struct repo *r, const struct repo_commit *c, const git_oid *id,
			   const char *what) MUST_USE;

/* shared.c: what core.sharedRepository says of new files in the git folder. */
struct err *shared_find(struct repo *r) MUST_USE;
/* Between the two the umask is the one that it asks for; the one before is returned. */
mode_t shared_begin(const struct repo *r);
void shared_end(mode_t before);
/* What a umask cannot give: a new folder that passes its group on, and logs that were there. */
void shared_adjust_ref(const struct repo *r, const char *ref);
void shared_adjust_objects(const struct repo *r);

/* refuse.c: an error where git would act on something that is not understood here. */
struct err *refuse_unknown(struct repo *r) MUST_USE;

/* identity.c: who git would say made a commit now. */
struct err *identity_find(struct repo *r, git_signature **author,
			  git_signature **committer) MUST_USE;
bool identity_parse_date(struct str text, int64_t *unix_s, int *east_min);

/* encoding.c: texts of commits that are not UTF-8. */
struct making;
/* Sets the encoding that git would note, and the message in it. */
struct err *encoding_find(struct repo *r, struct making *m) MUST_USE;
/* `text` as UTF-8, in the arena; the bytes as they are where `encoding` is NULL or cannot be read. */
const char *encoding_to_utf8(const char *encoding, struct str text, struct arena *a);

/* default_key.c: the ssh key where user.signingkey names none; owned by the caller. */
struct err *default_ssh_key(struct repo *r, char **out) MUST_USE;

/* sign.c: whether, and by what, commits are signed here. */
struct signer {
	bool is_on, is_ssh;
	char *program, *key;
};

struct err *signer_find(struct repo *r, const git_signature *committer,
			struct signer *out) MUST_USE;
void signer_free(struct signer *s);
/* The armored signature, without a line end behind it; owned by the caller. */
struct err *signer_sign(const struct signer *s, struct str bytes, char **out) MUST_USE;

/* check.c: what must hold before anything is written. */
struct err *check_path_text(const char *path) MUST_USE;
struct err *check_kind(struct repo *r, const struct repo_commit *tip, const char *path) MUST_USE;
struct err *check_no_operation(struct repo *r) MUST_USE;
struct err *check_tip(struct repo *r, const struct repo_tip *tip, const char *const *paths,
		      size_t count, bool is_current) MUST_USE;

/* commit_object.c: a commit as an object. */
struct making {
	char *message; /* as git commit would leave it */
	git_signature *author, *committer;
	struct signer signer;
	char *encoding; /* what the commit says its texts are in; NULL: UTF-8 */
};

/* To be freed after an error too. */
struct err *making_find(struct repo *r, struct str message, struct making *out) MUST_USE;
void making_free(struct making *m);
/* The request's changes on top of `parent`: on disk, on no branch. */
struct err *making_write(struct repo *r, const struct making *m,
			 const struct repo_commit_request *req, const struct repo_commit *parent,
			 git_oid *out) MUST_USE;

/* update_ref.c: a reference from one commit to another. */
struct move {
	struct repo *r;
	const struct repo_tip *from;
	const git_oid *to;
	const git_signature *who; /* for the reference's log */
	const char *message;      /* its first line goes there too */
	bool is_current;          /* HEAD was on it, and must still be */
};

/* *moved is false where the reference was no longer `from`; nothing has happened then. */
/* Is HEAD on this branch, in a bare repository too? */
bool ref_is_head(struct repo *r, const char *ref);
struct err *move_ref(const struct move *m, bool *moved) MUST_USE;

/* open.c: another handle on the same repository. */
struct err *open_again(const struct repo *r, git_repository **out) MUST_USE;
bool open_has_git_dir(void); /* GIT_DIR is set */

/* store.c: where the new objects of one commit go. */
struct store {
	git_repository *git; /* write through this */
	bool is_pack;
	git_oid *ids;
	size_t count, room;
};

/* `expected` objects, more or less. To be freed after an error too. */
struct err *store_open(struct repo *r, size_t expected, struct store *out) MUST_USE;
/* Each object that was written is to be told. */
struct err *store_note(struct store *s, const git_oid *id) MUST_USE;
/* All of them are on disk, with the names that lead to them. */
struct err *store_finish(struct repo *r, struct store *s) MUST_USE;
void store_free(struct store *s);
struct err *store_sync(const struct repo *r) MUST_USE;
/* The folder of objects, or what is at `below` in it; owned by the caller, NULL: out of memory. */
char *store_folder(const struct repo *r, const char *below);
struct err *store_sync_folder(const char *dir) MUST_USE;

/* tree.c: `base` (NULL: empty) with the changes in it. Objects go to the store. */
struct err *tree_write(struct repo *r, struct store *to, const git_oid *base,
		       const struct repo_change *changes, size_t count, git_oid *out) MUST_USE;

/* status.c: whether the work tree holds at `path` what `spot` says; MISSING is held by no file. */
struct err *state_worktree_is(struct repo *r, const char *path, const struct tree_entry *spot,
			      bool *same) MUST_USE;

/* lock_own.c: a lock file of this program, which the next run removes where this one is killed. */
struct lock_own {
	char *target, *lock, *note;
	char *extra; /* the name of a file of the writer's own, which goes with the lock */
	char id[17]; /* the part of both names that no other writer has */
	int fd;      /* of the note, with an OFD lock on it */
	bool is_held;
};

/* Waits for others; `name` is below the folder `dir`, which ends with a slash. */
struct err *lock_own_take(const char *dir, const char *name, struct str content,
			  struct lock_own *out) MUST_USE;
/* Locks in the folder whose writers are dead go, with what these left beside them. */
void lock_own_drop_dead(const char *dir);
/* The lock's content takes the place of the file that it locks. 0, or errno. */
int lock_own_put(struct lock_own *l);
void lock_own_drop_note(struct lock_own *l);
void lock_own_free(struct lock_own *l);

/* checkout.c: index and work tree at our paths. */
struct err *follow_open_index(struct repo *r, git_index **out) MUST_USE;
/* Why libgit2 could not read the index of this path, and what to do. */
struct err *index_failure(const char *path) MUST_USE;
struct err *follow_check_attributes(struct repo *r, const char *path) MUST_USE;

/*
 * Index and files at the paths go from one commit to another. An entry or a file that is no longer
 * as the first commit has it is somebody's work and stays; `left` gets a line of words about each.
 */
struct err *follow_apply(struct repo *r, const struct repo_commit *before,
			 const struct repo_commit *now, const char *const *paths, size_t count,
			 struct buf *left) MUST_USE;
/* An error where something at one of the paths is in the way of that. */
struct err *follow_check(struct repo *r, const struct repo_commit *before,
			 const struct repo_commit *now, const char *const *paths,
			 size_t count) MUST_USE;

/* index_lock.c: the index, read and changed under git's own lock of it. */
struct index_lock {
	struct repo *r;
	struct lock_own lock;
	git_index *index; /* a copy, beside the lock */
	const char *copy; /* its name; the lock's */
	char *place;
};

struct err *index_lock_take(struct repo *r, struct index_lock *out) MUST_USE;
/* The copy becomes the index. */
struct err *index_lock_put(struct index_lock *l) MUST_USE;
void index_lock_free(struct index_lock *l);

/* move_branch.c: a branch goes from one commit to another, and index and files follow at the paths. */
struct branch_move {
	struct move move;
	const char *const *paths; /* all in which the two commits differ */
	size_t count;
	const char **lag; /* NULL, or why something could not follow; in the arena */
	struct arena *a;
};

/* *moved is false where the branch was no longer there; nothing has happened then. */
struct err *branch_move(const struct branch_move *m, bool *moved) MUST_USE;

/* diff_paths.c: the paths in which two commits differ; `before` may be unborn. */
struct path_list {
	char **list;
	size_t count, room;
};

struct err *paths_between(struct repo *r, const struct repo_commit *before,
			  const struct repo_commit *now, struct path_list *out) MUST_USE;
void paths_free(struct path_list *p);

/*
 * A note on disk, from before the branch moves until the files have followed, by which the next run
 * can finish what a killed one began.
 */
struct err *follow_note(struct repo *r, const struct repo_tip *before, const char *const *paths,
			size_t count) MUST_USE;
void follow_forget(struct repo *r);
struct err *follow_repair(struct repo *r) MUST_USE;

/* lock.c: waits a little while another process holds a lock. */
struct lock_wait {
	unsigned tries;
};

bool lock_wait_more(struct lock_wait *w);
struct err *lock_error(const char *dir, const char *name) MUST_USE;
/* "index", wherever it is, or `name` in the git folder: "HEAD". */
struct err *lock_wait_gone(struct repo *r, const char *name) MUST_USE;

/* One of our own writers at a time where that can be had; a courtesy, not what safety rests on. */
int lock_take_turn(struct repo *r);
void lock_end_turn(int turn);

#endif
