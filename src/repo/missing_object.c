/* SPDX-License-Identifier: Apache-2.0 */
/* An object that is not here: why, and the one command that brings it. */
#include <stdlib.h>
#include <string.h>

#include "repo/git.h"

const char *shallow_hint(struct repo *r)
{
	return git_repository_is_shallow(r->git) == 1
		       ? "; this clone is shallow: fetch the history (git fetch --unshallow, "
			 "fetch-depth: 0, GIT_DEPTH: 0)"
		       : "";
}

/* Does the remote hold back objects until they are asked for? */
static struct err *is_partial(struct repo *r, bool *out)
{
	git_config_iterator *it = NULL;
	git_config_entry *entry;
	char *extension = NULL;
	int is_on = 0;

	TRY(gitconfig_text(r->config, "extensions.partialclone", &extension));
	*out = extension;
	free(extension);
	if (git_config_iterator_glob_new(&it, r->flat.git, "^remote\\..*\\.promisor$") < 0)
		return err_git(ERR_REPO, "git configuration: remotes");
	while (git_config_next(&entry, it) == 0) {
		if (git_config_parse_bool(&is_on, entry->value) == 0 && is_on)
			*out = true;
	}
	git_config_iterator_free(it);
	return NULL;
}

/*
 * The command that brings all that is judged, not this object alone: asking for the size of a blob
 * makes git fetch it. What stands here is pasted into a shell, so a folder's name is plain or left
 * out.
 */
static struct err *held_back(const struct repo_commit *c, const char *hex, const char *what)
{
	size_t n = strcspn(what, "/");
	bool is_plain = n && what[0] != '-' && what[0] != '.' &&
			strspn(what, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "0123456789._-") == n;

	return err_new(ERR_REPO,
		       "%s: object %s is not in this partial clone; fetch it with the others: git "
		       "ls-tree -rl %s%s%.*s",
		       what, hex, *c->hex ? c->hex : "HEAD", is_plain ? " " : "",
		       is_plain ? (int)n : 0, what);
}

struct err *missing_object(struct repo *r, const struct repo_commit *c, const git_oid *id,
			   const char *what)
{
	char hex[REPO_HEX_SIZE];
	git_odb *odb = NULL;
	bool is_here, is_held_back = false;

	(void)git_oid_tostr(hex, sizeof(hex), id);
	if (git_repository_odb(&odb, r->git) < 0)
		return err_git(ERR_REPO, "%s: objects", repo_git_dir(r));
	is_here = git_odb_exists(odb, id) == 1;
	git_odb_free(odb);
	if (is_here)
		return err_git(ERR_REPO, "%s: object %s is damaged; see git fsck", what, hex);
	TRY(is_partial(r, &is_held_back));
	if (is_held_back && c)
		return held_back(c, hex, what);
	return err_new(ERR_REPO, "%s: object %s is missing; see git fsck%s", what, hex,
		       shallow_hint(r));
}
