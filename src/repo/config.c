/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration that gitconfig/ has read, for libgit2: as one file in memory, by which it goes
 * where it asks for a key itself. Its own reader knows neither the environment's part nor the
 * condition hasconfig, and skips what it does not know without a word.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <git2/sys/repository.h>

#include "base/fs.h"
#include "repo/git.h"

#define FLAT_BYTES_MAX ((size_t)64 << 20)

static char *find_head(void *ctx)
{
	git_reference *head = NULL;
	char *name = NULL;

	if (git_reference_lookup(&head, ctx, "HEAD") == 0 &&
	    git_reference_type(head) == GIT_REFERENCE_SYMBOLIC)
		name = strdup(git_reference_symbolic_target(head));
	git_reference_free(head);
	return name;
}

static void free_flat(struct config_flat *f)
{
	if (!f->git)
		return;
	git_config_free(f->git);
	(void)close(f->fd);
	*f = (struct config_flat){0};
}

static struct err *write_flat(const struct gitconfig *c, int fd)
{
	struct buf b = BUF_INIT(FLAT_BYTES_MAX);
	struct err *e = gitconfig_flatten(c, &b);
	int failure = e ? 0 : fs_write_all(fd, b.p, b.n);

	buf_free(&b);
	if (failure)
		return err_errno(ERR_REPO, failure, "git configuration in memory");
	return e;
}

/* The file stays open as long as libgit2 may look at it again. */
static struct err *make_flat(const struct gitconfig *c, struct config_flat *out)
{
	int fd = memfd_create("gitconfig", MFD_CLOEXEC);
	git_config *git = NULL;
	char path[64];
	struct err *e;

	if (fd < 0)
		return err_errno(ERR_REPO, errno, "git configuration in memory");
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	e = write_flat(c, fd);
	if (!e && (git_config_new(&git) < 0 ||
		   git_config_add_file_ondisk(git, path, GIT_CONFIG_LEVEL_LOCAL, NULL, 0) < 0))
		e = err_git(ERR_REPO, "git configuration in memory");
	if (e) {
		git_config_free(git);
		(void)close(fd);
		return e;
	}
	*out = (struct config_flat){git, fd};
	return NULL;
}

struct err *config_open(struct repo *r)
{
	const struct gitconfig_place place = {
		.git_dir = git_repository_path(r->git),
		.common_dir = git_repository_commondir(r->git),
		.find_head = find_head,
		.ctx = r->git,
	};
	struct config_flat flat = {0};
	struct gitconfig *c = NULL;
	struct err *e;

	TRY(gitconfig_load(&place, &c));
	e = make_flat(c, &flat);
	if (!e && git_repository_set_config(r->git, flat.git) < 0)
		e = err_git(ERR_REPO, "%s: its configuration", repo_git_dir(r));
	if (e) {
		free_flat(&flat);
		gitconfig_free(c);
		return e;
	}
	config_close(r);
	r->config = c;
	r->flat = flat;
	return NULL;
}

void config_close(struct repo *r)
{
	gitconfig_free(r->config);
	r->config = NULL;
	free_flat(&r->flat);
}
