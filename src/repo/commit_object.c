/* SPDX-License-Identifier: Apache-2.0 */
/* The objects of one commit: who makes it, its words, its signature, and writing it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "repo/commit.h"
#include "repo/git.h"

#define WRITES_MAX 5
#define COMMIT_MAX ((size_t)64 << 20)

/* Valid UTF-8 without control characters, and the white space as git commit leaves it. */
static struct err *clean_message(struct str raw, char **out)
{
	git_buf buf = {0};
	char *text;
	size_t n = 0;

	if (utf8_invalid_at(raw) != raw.n)
		return err_new(ERR_REPO, "the commit's message is not valid UTF-8");
	text = malloc(raw.n + 1);
	if (!text)
		return err_nomem();
	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = (unsigned char)raw.p[i];

		if (c == '\n' || c == '\t' || (c >= 0x20 && c != 0x7f))
			text[n++] = raw.p[i];
	}
	text[n] = '\0';
	if (git_message_prettify(&buf, text, 0, '#') < 0) {
		free(text);
		return err_git(ERR_REPO, "the commit's message");
	}
	free(text);
	*out = strdup(buf.ptr ? buf.ptr : "");
	git_buf_dispose(&buf);
	if (!*out)
		return err_nomem();
	return **out ? NULL : err_new(ERR_REPO, "the commit's message is empty");
}

struct err *making_find(struct repo *r, struct str message, struct making *out)
{
	struct err *e;

	*out = (struct making){.message = NULL};
	e = refuse_unknown(r);
	if (!e)
		e = clean_message(message, &out->message);
	if (!e)
		e = identity_find(r, &out->author, &out->committer);
	if (!e)
		e = signer_find(r, out->committer, &out->signer);
	if (!e)
		e = encoding_find(r, out);
	return e;
}

void making_free(struct making *m)
{
	signer_free(&m->signer);
	free(m->encoding);
	git_signature_free(m->committer);
	git_signature_free(m->author);
	free(m->message);
}

static struct err *write_plain(git_repository *to, struct str bytes, git_oid *out)
{
	git_odb *odb = NULL;
	int code = git_repository_odb(&odb, to);

	if (code == 0)
		code = git_odb_write(out, odb, bytes.p, bytes.n, GIT_OBJECT_COMMIT);
	git_odb_free(odb);
	return code < 0 ? err_git(ERR_OUTPUT, "the commit cannot be written") : NULL;
}

/* There is never an unsigned commit where signed ones are asked for. */
static struct err *write_signed(const struct signer *s, git_repository *to, struct str bytes,
				git_oid *out)
{
	char *signature = NULL;
	struct err *e = signer_sign(s, bytes, &signature);

	if (!e && git_commit_create_with_signature(out, to, bytes.p, signature, NULL) < 0)
		e = err_git(ERR_OUTPUT, "the commit cannot be written");
	free(signature);
	return e;
}

/* libgit2's bytes, with the header that it cannot write and git puts after the committer. */
static void add_encoding(struct buf *out, const git_buf *bytes, const char *encoding)
{
	const char *end = encoding ? strstr(bytes->ptr, "\n\n") : NULL;
	size_t head = end ? (size_t)(end - bytes->ptr) : 0;

	buf_add(out, bytes->ptr, head);
	if (end)
		buf_printf(out, "\nencoding %s", encoding);
	buf_add(out, bytes->ptr + head, bytes->size - head);
}

/*
 * By its bytes and not by git_commit_create: that of libgit2 1.5 reports success where the object
 * could not be written.
 */
static struct err *write_commit_object(const struct making *m, git_repository *to,
				       const git_tree *tree, const git_commit *parent, git_oid *out)
{
	git_buf bytes = {0};
	struct buf all = BUF_INIT(COMMIT_MAX);
	struct err *e;

	if (git_commit_create_buffer(&bytes, to, m->author, m->committer, NULL, m->message, tree,
				     parent ? 1 : 0, &parent) < 0)
		return err_git(ERR_OUTPUT, "the commit cannot be written");
	add_encoding(&all, &bytes, m->encoding);
	e = buf_check(&all, ERR_OUTPUT, "the commit");
	if (!e)
		e = m->signer.is_on ? write_signed(&m->signer, to, buf_view(&all), out)
				    : write_plain(to, buf_view(&all), out);
	buf_free(&all);
	git_buf_dispose(&bytes);
	return e;
}

static struct err *write_objects(struct repo *r, const struct making *m,
				 const struct repo_commit_request *req,
				 const struct repo_commit *tip, struct store *to, git_oid *out)
{
	git_tree *tree = NULL;
	git_commit *parent = NULL;
	git_oid base, parent_id, tree_id;
	struct err *e;

	if (!tip->is_unborn && (git_oid_fromstr(&base, tip->tree_hex) < 0 ||
				git_oid_fromstr(&parent_id, tip->hex) < 0 ||
				git_commit_lookup(&parent, to->git, &parent_id) < 0))
		return err_git(ERR_REPO, "commit %s", tip->hex);
	e = tree_write(r, to, tip->is_unborn ? NULL : &base, req->changes, req->change_count,
		       &tree_id);
	if (e)
		goto out;
	if (git_tree_lookup(&tree, to->git, &tree_id) < 0)
		e = err_git(ERR_OUTPUT, "the commit cannot be written");
	else
		e = write_commit_object(m, to->git, tree, parent, out);
	if (!e)
		e = store_note(to, out);
out:
	git_tree_free(tree);
	git_commit_free(parent);
	return e;
}

static struct err *write_once(struct repo *r, const struct making *m,
			      const struct repo_commit_request *req, const struct repo_commit *tip,
			      git_oid *out)
{
	struct store to;
	mode_t before = shared_begin(r);
	struct err *e = store_open(r, req->change_count, &to);

	if (!e)
		e = write_objects(r, m, req, tip, &to, out);
	if (!e)
		e = store_finish(r, &to);
	store_free(&to);
	shared_end(before);
	shared_adjust_objects(r);
	return e;
}

static bool says(const struct err *e, const char *text)
{
	for (; e; e = e->cause) {
		if (strstr(e->msg, text))
			return true;
	}
	return false;
}

/*
 * git gc takes away a folder of objects that it has emptied, also between the moment when libgit2
 * finds or makes it and the one when it writes there. Objects can be written twice.
 */
struct err *making_write(struct repo *r, const struct making *m,
			 const struct repo_commit_request *req, const struct repo_commit *parent,
			 git_oid *out)
{
	struct err *e = write_once(r, m, req, parent, out);

	for (unsigned i = 0; i < WRITES_MAX && e && says(e, strerror(ENOENT)); i++) {
		err_free(e);
		e = write_once(r, m, req, parent, out);
	}
	return e;
}
