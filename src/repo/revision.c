/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A revision that could mean two things. git takes the first of its search list and warns; libgit2
 * takes one in silence. Who can push a tag or a branch would then choose which commit is read.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "repo/git.h"

#define NAME_MAX_BYTES 1024u
#define DIGITS_MIN     4u
#define DIGITS_MAX     ((size_t)REPO_HEX_SIZE - 1)

/* git's own list, in its order: gitrevisions(7). */
static const struct {
	const char *before, *behind;
} places[] = {
	{"", ""},
	{"refs/", ""},
	{"refs/tags/", ""},
	{"refs/heads/", ""},
	{"refs/remotes/", ""},
	{"refs/remotes/", "/HEAD"},
};

struct meanings {
	char refs[ARRAY_LEN(places)][NAME_MAX_BYTES];
	size_t count;
};

/* The name that a revision begins with: "main" of "main~2^{tree}", "main@{1}" and "main:file". */
static size_t name_length(const char *rev)
{
	size_t n = strcspn(rev, "~^:");
	const char *at = strstr(rev, "@{");

	return at && (size_t)(at - rev) < n ? (size_t)(at - rev) : n;
}

static struct err *find_references(struct repo *r, const char *name, struct meanings *out)
{
	out->count = 0;
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		char *ref = out->refs[out->count];
		git_reference *found = NULL;
		int n, code;

		n = snprintf(ref, NAME_MAX_BYTES, "%s%s%s", places[i].before, name,
			     places[i].behind);
		if (n < 0 || (size_t)n >= NAME_MAX_BYTES)
			return err_new(ERR_REPO, "the name of a reference is too long");
		code = git_reference_lookup(&found, r->git, ref);
		git_reference_free(found);
		if (code < 0 && code != GIT_ENOTFOUND && code != GIT_EINVALIDSPEC)
			return err_git(ERR_REPO, "%s", ref);
		out->count += code == 0;
	}
	return NULL;
}

/* The digits of "1a2b3c" and of "v1.0-3-g1a2b3c"; NULL: it has none that could be an object's. */
static const char *digits_of(const char *name)
{
	const char *digits = name, *p;
	size_t n;

	for (p = name; (p = strstr(p, "-g")); p += 2)
		digits = p + 2;
	for (n = 0; isxdigit((unsigned char)digits[n]); n++)
		;
	return n >= DIGITS_MIN && n <= DIGITS_MAX && digits[n] == '\0' ? digits : NULL;
}

/* 40 digits are an id, whether or not the object is in this clone. */
static struct err *is_object(struct repo *r, const char *digits, bool *out)
{
	size_t n = strlen(digits);
	git_oid id, found;
	git_odb *odb = NULL;
	int code;

	*out = n == DIGITS_MAX;
	if (*out)
		return NULL;
	if (git_oid_fromstrn(&id, digits, n) < 0)
		return err_git(ERR_REPO, "%s", digits);
	if (git_repository_odb(&odb, r->git) < 0)
		return err_git(ERR_REPO, "%s: objects", repo_git_dir(r));
	code = git_odb_exists_prefix(&found, odb, &id, n);
	git_odb_free(odb);
	*out = code == 0 || code == GIT_EAMBIGUOUS;
	return NULL;
}

struct err *revision_check(struct repo *r, const char *rev)
{
	struct meanings m;
	char name[NAME_MAX_BYTES + sizeof("HEAD")];
	const char *digits;
	size_t n = name_length(rev);
	bool found;

	if (n >= NAME_MAX_BYTES)
		return err_new(ERR_REPO, "a revision of %zu bytes: expected fewer than %u", n,
			       NAME_MAX_BYTES);
	memcpy(name, rev, n);
	name[n] = '\0';
	if (strcmp(name, "@") == 0)
		memcpy(name, "HEAD", sizeof("HEAD"));
	/* A full name is the way out for who meets an ambiguous one, so it means itself alone. */
	if (n == 0 || str_starts(str_from(name), "refs/"))
		return NULL;
	TRY(find_references(r, name, &m));
	if (m.count > 1)
		return err_new(ERR_REPO,
			       "%s: could mean %s or %s; write the full name of the one that is "
			       "meant",
			       rev, m.refs[0], m.refs[1]);
	digits = digits_of(name);
	if (!m.count || !digits)
		return NULL;
	TRY(is_object(r, digits, &found));
	return found ? err_new(ERR_REPO,
			       "%s: could mean %s or the object %s; write the reference's full name, "
			       "or other digits of the object",
			       rev, m.refs[0], digits)
		     : NULL;
}
