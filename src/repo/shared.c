/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core.sharedRepository, which libgit2 reads only when it makes a repository. Each write into the
 * git folder is done under a umask that gives what git would give, so that no file is there for a
 * moment with less.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "repo/git.h"

static const char key[] = "core.sharedrepository";

static struct err *bad_value(const char *text)
{
	return err_new(ERR_REPO,
		       "core.sharedRepository is \"%s\"; expected umask, group, all or an octal "
		       "mode with which the owner reads and writes",
		       text);
}

static struct err *parse_octal(const char *text, struct shared_mode *out)
{
	char *end;
	unsigned long v = strtoul(text, &end, 8);

	/* git's numbers from the days before there were words. */
	if (*end || end == text || v > 0777)
		return bad_value(text);
	if (v == 0)
		return NULL;
	*out = (struct shared_mode){.is_on = true, .bits = v == 1 ? 0660 : 0664};
	if (v == 1 || v == 2)
		return NULL;
	*out = (struct shared_mode){.is_on = true, .is_exact = true, .bits = (mode_t)v & 0666};
	return (v & 0600) == 0600 ? NULL : bad_value(text);
}

static struct err *parse(const char *text, struct shared_mode *out)
{
	static const struct {
		const char *word;
		mode_t bits; /* 0: as the umask says */
	} words[] = {
		{"umask", 0}, {"group", 0660}, {"all", 0664}, {"world", 0664}, {"everybody", 0664}};
	int value;

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (strcmp(text, words[i].word) == 0) {
			*out = (struct shared_mode){.is_on = words[i].bits != 0,
						    .bits = words[i].bits};
			return NULL;
		}
	}
	if (*text >= '0' && *text <= '9')
		return parse_octal(text, out);
	if (git_config_parse_bool(&value, text) < 0)
		return bad_value(text);
	*out = (struct shared_mode){.is_on = value != 0, .bits = 0660};
	return NULL;
}

struct err *shared_find(struct repo *r)
{
	char *text = NULL;
	bool is_group = false;
	struct err *e;

	r->shared = (struct shared_mode){.is_on = false};
	/* A key without a value is "group" to git. */
	if (gitconfig_has_no_value(r->config, key))
		is_group = true;
	else
		TRY(gitconfig_text(r->config, key, &text));
	if (!text && !is_group)
		return NULL;
	e = parse(text ? text : "group", &r->shared);
	free(text);
	return e;
}

/* Who may read a folder may enter it. */
static mode_t with_entry(mode_t bits)
{
	return bits | ((bits & 0444) >> 2);
}

mode_t shared_begin(const struct repo *r)
{
	mode_t before = umask(0), wanted = with_entry(r->shared.bits), now = before;

	if (r->shared.is_on)
		now = r->shared.is_exact ? ~wanted & 0777 : before & ~wanted;
	(void)umask(now);
	return before;
}

void shared_end(mode_t before)
{
	(void)umask(before);
}

/* As git does after each write to a log. Who does not own the file cannot, and its owner has. */
static void adjust_file(const struct repo *r, const char *path)
{
	mode_t bits = r->shared.bits, mode;
	struct stat st;

	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return;
	mode = r->shared.is_exact ? (st.st_mode & (mode_t)~0777) | bits : st.st_mode | bits;
	if (mode != st.st_mode)
		(void)chmod(path, mode & 07777);
}

/* A folder of our umask, which cannot ask for the group to be passed on. Older ones stay. */
static void adjust_folder(const struct repo *r, const char *path)
{
	mode_t wanted = with_entry(r->shared.bits), have;
	struct stat st;

	if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode) || (st.st_mode & S_ISGID))
		return;
	have = st.st_mode & (r->shared.is_exact ? 0777 : wanted);
	if (have == wanted && (st.st_mode & 060))
		(void)chmod(path, (st.st_mode & 07777) | S_ISGID);
}

/* The file `path`, and the folders above it as far as `root` bytes of it. */
static void adjust_up(const struct repo *r, char *path, size_t root)
{
	char *slash;

	adjust_file(r, path);
	while ((slash = strrchr(path, '/')) && slash > path + root) {
		*slash = '\0';
		adjust_folder(r, path);
	}
}

void shared_adjust_ref(const struct repo *r, const char *ref)
{
	const struct {
		const char *dir, *below, *name;
	} rows[] = {
		{git_repository_commondir(r->git), "", ref},
		{git_repository_commondir(r->git), "logs/", ref},
		{git_repository_path(r->git), "logs/", "HEAD"},
	};

	for (size_t i = 0; i < ARRAY_LEN(rows) && r->shared.is_on; i++) {
		char *path = NULL;

		if (asprintf(&path, "%s%s%s", rows[i].dir, rows[i].below, rows[i].name) < 0)
			return;
		adjust_up(r, path, strlen(rows[i].dir));
		free(path);
	}
}

void shared_adjust_objects(const struct repo *r)
{
	for (unsigned i = 0; i < 256 && r->shared.is_on; i++) {
		char below[8], *path;

		(void)snprintf(below, sizeof(below), "/%02x", i);
		path = store_folder(r, below);
		if (path)
			adjust_folder(r, path);
		free(path);
	}
}
