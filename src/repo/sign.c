/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signatures as git makes them: the program that gpg.format and its keys name signs the commit's
 * bytes. Keys, agents, tokens and passphrases are the program's own business.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/child.h"
#include "repo/git.h"

#define TIMEOUT_S 60u /* an agent may open a window and wait for a person */

static const struct {
	const char *format, *program, *key, *older_key;
} formats[] = {
	{"openpgp", "gpg", "gpg.openpgp.program", "gpg.program"},
	{"ssh", "ssh-keygen", "gpg.ssh.program", NULL},
	{"x509", "gpgsm", "gpg.x509.program", NULL},
};

void signer_free(struct signer *s)
{
	free(s->program);
	free(s->key);
	*s = (struct signer){0};
}

static struct err *find_program(struct repo *r, size_t row, char **out)
{
	if (formats[row].older_key)
		TRY(gitconfig_text(r->config, formats[row].older_key, out));
	if (!*out)
		TRY(gitconfig_text(r->config, formats[row].key, out));
	if (!*out)
		*out = strdup(formats[row].program);
	return *out ? NULL : err_nomem();
}

static struct err *find_format(struct repo *r, size_t *row)
{
	struct err *e = NULL;
	char *text = NULL;

	TRY(gitconfig_text(r->config, "gpg.format", &text));
	for (*row = 0; text && *row < ARRAY_LEN(formats); (*row)++) {
		if (strcmp(text, formats[*row].format) == 0)
			break;
	}
	if (*row == ARRAY_LEN(formats))
		e = err_new(ERR_REPO, "gpg.format is \"%s\"; expected openpgp, ssh or x509", text);
	free(text);
	return e;
}

struct err *signer_find(struct repo *r, const git_signature *committer, struct signer *out)
{
	struct err *e;
	size_t row = 0;

	*out = (struct signer){0};
	TRY(gitconfig_bool(r->config, "commit.gpgsign", false, &out->is_on));
	if (!out->is_on)
		return NULL;
	TRY(find_format(r, &row));
	out->is_ssh = row == 1;
	e = find_program(r, row, &out->program);
	if (!e)
		e = gitconfig_text(r->config, "user.signingkey", &out->key);
	if (!e && !out->key && out->is_ssh)
		e = default_ssh_key(r, &out->key);
	if (!e && !out->key &&
	    asprintf(&out->key, "%s <%s>", committer->name, committer->email) < 0) {
		out->key = NULL;
		e = err_nomem();
	}
	if (!e && !child_is_there(out->program))
		e = err_new(ERR_REPO,
			    "commit.gpgsign is set, and there is no program %s to sign with",
			    out->program);
	if (e)
		signer_free(out);
	return e;
}

/* Without line ends at the end, and none of another system. */
static struct err *take_signature(const struct buf *b, char **out)
{
	struct str s = str_trim(buf_view(b));
	char *text = malloc(s.n + 1);
	size_t n = 0;

	if (!text)
		return err_nomem();
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\r' || i + 1 == s.n || s.p[i + 1] != '\n')
			text[n++] = s.p[i];
	}
	text[n] = '\0';
	*out = text;
	return NULL;
}

static struct err *run_signer(const struct signer *s, const char *const *argv, struct str bytes,
			      const char *proof, char **out)
{
	struct child_request req = {argv, bytes, TIMEOUT_S};
	struct child_result r;
	struct err *e = child_run(&req, &r);

	if (!e && (r.status != 0 || !r.out.n || (proof && (!r.err.n || !strstr(r.err.p, proof)))))
		e = child_failure(ERR_OUTPUT, s->program, &r);
	if (!e)
		e = take_signature(&r.out, out);
	child_free(&r);
	return e ? err_wrap(e, "the commit cannot be signed; nothing was committed") : NULL;
}

/* A key that is given as such goes into a file of its own; its private half is in the agent. */
static struct err *write_literal(const char *key, char *path)
{
	int fd = mkstemp(path), failure;

	if (fd < 0)
		return err_new(ERR_OUTPUT, "%s: cannot be made", path);
	failure = fs_write_all(fd, key, strlen(key));
	if (!failure)
		failure = fs_write_all(fd, "\n", 1);
	if (close(fd) != 0 || failure) {
		(void)unlink(path);
		return err_errno(ERR_OUTPUT, failure, "%s", path);
	}
	return NULL;
}

static struct err *sign_ssh(const struct signer *s, struct str bytes, char **out)
{
	const char *home = getenv("HOME"), *tmp = getenv("TMPDIR");
	bool is_literal = strncmp(s->key, "key::", 5) == 0 || strncmp(s->key, "ssh-", 4) == 0;
	char *path = NULL;
	struct err *e = NULL;
	int n;

	if (is_literal)
		n = asprintf(&path, "%s/scandrift-key-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	else if (strncmp(s->key, "~/", 2) == 0)
		n = asprintf(&path, "%s/%s", home ? home : "", s->key + 2);
	else
		n = asprintf(&path, "%s", s->key);
	if (n < 0)
		return err_nomem();
	if (is_literal)
		e = write_literal(s->key + (s->key[0] == 'k' ? 5 : 0), path);
	if (!e) {
		const char *argv[] = {s->program, "-Y", "sign", "-n",
				      "git",      "-f", path,   is_literal ? "-U" : NULL,
				      NULL};

		e = run_signer(s, argv, bytes, NULL, out);
		if (is_literal)
			(void)unlink(path);
	}
	free(path);
	return e;
}

struct err *signer_sign(const struct signer *s, struct str bytes, char **out)
{
	const char *argv[] = {s->program, "--status-fd=2", "-bsau", s->key, NULL};

	if (s->is_ssh)
		return sign_ssh(s, bytes, out);
	return run_signer(s, argv, bytes, "[GNUPG:] SIG_CREATED ", out);
}
