/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git's configuration as git finds it: the files of the machine, the user and the repository, what
 * they include, and the environment last. libgit2 knows neither the environment's part nor the
 * condition hasconfig, and skips what it does not know without a word; so it is read here, and
 * libgit2 gets the outcome as one file in memory, by which it goes where it asks for a key itself.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/grow.h"
#include "repo/config_read.h"
#include "repo/git.h"

#define FILE_BYTES_MAX ((size_t)16 << 20)
#define INCLUDES_MAX   10u /* one in the other, as git has it */
#define ENTRIES_MAX    100000u

static const char per_worktree_key[] = "extensions.worktreeconfig";

struct entry {
	char *key, *value; /* value NULL: the key without "=" */
};

struct config {
	struct entry *v;
	size_t n, cap;
	char *unknown; /* the first condition that is not understood here */
	git_config *flat;
	int fd; /* what `flat` is read from */
};

/* One reading. With `addresses`, only remotes' addresses are wanted, for hasconfig. */
struct load {
	struct config *to;
	git_repository *repo;
	struct config *addresses;
	bool is_for_addresses;
	const char *file; /* being read; NULL: the environment */
	unsigned depth;
	unsigned conditional; /* how many includes around this have a condition */
};

static struct err *add(struct config *c, const char *key, const char *value)
{
	struct entry *v;

	if (c->n == ENTRIES_MAX)
		return err_new(ERR_REPO, "git configuration: more than %u values", ENTRIES_MAX);
	v = grow(c->v, c->n, &c->cap, sizeof(*v));
	if (!v)
		return err_nomem();
	c->v = v;
	v[c->n] = (struct entry){strdup(key), value ? strdup(value) : NULL};
	if (!v[c->n].key || (value && !v[c->n].value)) {
		free(v[c->n].key);
		free(v[c->n].value);
		return err_nomem();
	}
	c->n++;
	return NULL;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].key);
		free(c->v[i].value);
	}
	free(c->v);
	free(c->unknown);
	git_config_free(c->flat);
	if (c->fd >= 0)
		(void)close(c->fd);
	free(c);
}

static struct config *new_config(void)
{
	struct config *c = calloc(1, sizeof(*c));

	if (c)
		c->fd = -1;
	return c;
}

static bool is_address(const char *key)
{
	size_t n = strlen(key);

	return n > 11 && strncmp(key, "remote.", 7) == 0 && strcmp(key + n - 4, ".url") == 0;
}

static struct err *read_all(struct load *l);

/* As git, a reading of its own over everything, in which no file by address counts. */
static struct err *find_addresses(struct load *l)
{
	struct load inner = {.repo = l->repo, .is_for_addresses = true};

	if (l->addresses)
		return NULL;
	inner.to = l->addresses = new_config();
	return inner.to ? read_all(&inner) : err_nomem();
}

static struct err *is_remote_at(struct load *l, const char *pattern, bool *out)
{
	*out = l->is_for_addresses;
	if (*out)
		return NULL;
	TRY(find_addresses(l));
	for (size_t i = 0; i < l->addresses->n && !*out; i++)
		*out = is_address(l->addresses->v[i].key) && l->addresses->v[i].value &&
		       config_match(pattern, l->addresses->v[i].value, false);
	return NULL;
}

/* git takes a condition that it does not know for false; a later git may know it. */
static struct err *note_unknown(struct load *l, const char *condition)
{
	if (l->to->unknown)
		return NULL;
	if (asprintf(&l->to->unknown, "includeIf \"%s\" in %s", condition,
		     l->file ? l->file : "the environment") < 0) {
		l->to->unknown = NULL;
		return err_nomem();
	}
	return NULL;
}

static struct err *holds(struct load *l, const char *condition, bool *out)
{
	enum kind { GITDIR, GITDIR_FOLD, BRANCH, ADDRESS };
	static const struct {
		const char *prefix;
		enum kind kind;
	} rows[] = {
		{"gitdir:", GITDIR},
		{"gitdir/i:", GITDIR_FOLD},
		{"onbranch:", BRANCH},
		{"hasconfig:remote.*.url:", ADDRESS},
	};

	*out = false;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		size_t n = strlen(rows[i].prefix);

		if (strncmp(condition, rows[i].prefix, n) != 0)
			continue;
		condition += n;
		if (rows[i].kind == BRANCH)
			*out = config_is_onbranch(l->repo, condition);
		else if (rows[i].kind == ADDRESS)
			return is_remote_at(l, condition, out);
		else
			return config_is_gitdir(l->repo, l->file, condition,
						rows[i].kind == GITDIR_FOLD, out);
		return NULL;
	}
	return note_unknown(l, condition);
}

static struct err *read_file(struct load *l, const char *path, bool may_be_closed);

/* Relative to the folder of the file that names it. */
static struct err *include(struct load *l, const char *value)
{
	char *path, *whole = NULL;
	const char *slash = l->file ? strrchr(l->file, '/') : NULL;
	struct err *e;
	int n;

	if (!value)
		return err_new(ERR_REPO, "git configuration: an include without a path");
	if (strncmp(value, "%(prefix)/", 10) == 0)
		return note_unknown(l, value);
	path = config_expand_home(value);
	if (!path)
		return err_nomem();
	if (path[0] != '/' && !l->file) {
		free(path);
		return err_new(
			ERR_REPO,
			"git configuration: include of %s: a relative path must be in a file",
			value);
	}
	n = path[0] == '/' || !slash
		    ? asprintf(&whole, "%s", path)
		    : asprintf(&whole, "%.*s/%s", (int)(slash - l->file), l->file, path);
	free(path);
	if (n < 0)
		return err_nomem();
	if (l->depth == INCLUDES_MAX)
		e = err_new(ERR_REPO,
			    "git configuration: %s: more than %u includes one in the other", whole,
			    INCLUDES_MAX);
	else
		e = read_file(l, whole, false);
	free(whole);
	return e;
}

static struct err *include_if(struct load *l, const char *key, const char *value)
{
	size_t n = strlen(key);
	char *condition = strndup(key + 10, n - 10 - 5);
	bool is_true = false;
	struct err *e;

	if (!condition)
		return err_nomem();
	e = holds(l, condition, &is_true);
	free(condition);
	if (e || !is_true)
		return e;
	l->conditional++;
	e = include(l, value);
	l->conditional--;
	return e;
}

static struct err *take(void *ctx, const char *key, const char *value)
{
	struct load *l = ctx;
	size_t n = strlen(key);

	if (strcmp(key, "include.path") == 0)
		return include(l, value);
	if (n > 15 && strncmp(key, "includeif.", 10) == 0 && strcmp(key + n - 5, ".path") == 0)
		return include_if(l, key, value);
	if (!l->is_for_addresses || strcmp(key, per_worktree_key) == 0)
		return add(l->to, key, value);
	if (!is_address(key))
		return NULL;
	if (l->conditional)
		return err_new(ERR_REPO,
			       "git configuration: %s is in a file that is included by a "
			       "condition, and another condition asks for remotes' addresses",
			       key);
	return add(l->to, key, value);
}

/* No such file is no configuration. As git: one of the user's that may not be read is skipped. */
static struct err *read_file(struct load *l, const char *path, bool may_be_closed)
{
	const char *outer = l->file;
	struct err *e;
	struct buf b;

	if (!*path)
		return NULL;
	if (access(path, R_OK) != 0)
		return errno == ENOENT || errno == ENOTDIR || (errno == EACCES && may_be_closed)
			       ? NULL
			       : err_errno(ERR_REPO, errno, "git configuration %s", path);
	e = fs_read(path, FILE_BYTES_MAX, &b);
	if (e) {
		e->kind = ERR_REPO;
		return err_wrap(e, "git configuration");
	}
	l->file = path;
	l->depth++;
	e = config_parse(buf_view(&b), path, take, l);
	l->depth--;
	l->file = outer;
	buf_free(&b);
	return e;
}

static struct err *read_below(struct load *l, const char *dir, const char *name, bool may_be_closed)
{
	struct err *e;
	char *path = NULL;

	if (!dir || !*dir)
		return NULL;
	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return err_nomem();
	e = read_file(l, path, may_be_closed);
	free(path);
	return e;
}

static struct err *is_system_off(bool *off)
{
	const char *v = getenv("GIT_CONFIG_NOSYSTEM");
	int value = 0;

	if (v && git_config_parse_bool(&value, v) < 0)
		return err_new(ERR_REPO, "GIT_CONFIG_NOSYSTEM is \"%s\"; expected true or false",
			       v);
	*off = value;
	return NULL;
}

/* What the machine and the user say; nothing from inside a repository. */
static struct err *read_protected(struct load *l)
{
	const char *system = getenv("GIT_CONFIG_SYSTEM");
	const char *global = getenv("GIT_CONFIG_GLOBAL");
	const char *xdg = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	bool off = false;

	TRY(is_system_off(&off));
	if (!off)
		TRY(read_file(l, system ? system : "/etc/gitconfig", !l->repo));
	if (global)
		return read_file(l, global, true);
	if (xdg && *xdg)
		TRY(read_below(l, xdg, "git/config", true));
	else
		TRY(read_below(l, home, ".config/git/config", true));
	return read_below(l, home, ".gitconfig", true);
}

static struct err *read_local(struct load *l)
{
	bool per_worktree = false;

	TRY(read_below(l, git_repository_commondir(l->repo), "config", false));
	TRY(config_bool(l->to, per_worktree_key, false, &per_worktree));
	if (!per_worktree)
		return NULL;
	return read_below(l, git_repository_path(l->repo), "config.worktree", false);
}

static struct err *read_all(struct load *l)
{
	TRY(read_protected(l));
	if (l->repo)
		TRY(read_local(l));
	return config_each_env(take, l);
}

/* A value that libgit2 reads back as it is; quotes around single characters, as it counts them. */
static void write_value(struct buf *b, const char *value)
{
	static const char plain[] = "\"\\\n\t\b", escaped[] = "\"\\ntb";

	buf_puts(b, " = ");
	for (const char *p = value; *p; p++) {
		const char *at = strchr(plain, *p);

		if (at) {
			buf_char(b, '\\');
			buf_char(b, escaped[at - plain]);
		} else if (strchr(";#", *p) || (*p == ' ' && (p == value || !p[1]))) {
			buf_printf(b, "\"%c\"", *p);
		} else {
			buf_char(b, *p);
		}
	}
}

static void write_entry(struct buf *b, const struct entry *entry)
{
	const char *key = entry->key, *first = strchr(key, '.'), *last = strrchr(key, '.');

	buf_printf(b, "[%.*s", (int)(first - key), key);
	if (last != first) {
		buf_puts(b, " \"");
		for (const char *p = first + 1; p < last; p++) {
			if (*p == '"' || *p == '\\')
				buf_char(b, '\\');
			buf_char(b, *p);
		}
		buf_char(b, '"');
	}
	buf_printf(b, "]\n\t%s", last + 1);
	if (entry->value)
		write_value(b, entry->value);
	buf_char(b, '\n');
}

/* What has been read, for libgit2. */
static struct err *make_flat(struct config *c)
{
	struct buf b = BUF_INIT(4 * FILE_BYTES_MAX);
	struct err *e;
	char path[64];
	int failure = 0;

	for (size_t i = 0; i < c->n; i++)
		write_entry(&b, &c->v[i]);
	e = buf_check(&b, ERR_REPO, "git configuration");
	c->fd = e ? -1 : memfd_create("gitconfig", MFD_CLOEXEC);
	if (!e && c->fd < 0)
		failure = errno;
	else if (!e)
		failure = fs_write_all(c->fd, b.p, b.n);
	buf_free(&b);
	if (e)
		return e;
	if (failure)
		return err_errno(ERR_REPO, failure, "git configuration in memory");
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", c->fd);
	if (git_config_new(&c->flat) < 0 ||
	    git_config_add_file_ondisk(c->flat, path, GIT_CONFIG_LEVEL_LOCAL, NULL, 0) < 0)
		return err_git(ERR_REPO, "git configuration in memory");
	return NULL;
}

static struct err *load(git_repository *repo, struct config **out)
{
	struct load l = {.repo = repo, .to = new_config()};
	struct err *e = l.to ? read_all(&l) : err_nomem();

	config_free(l.addresses);
	if (e)
		config_free(l.to);
	else
		*out = l.to;
	return e;
}

struct err *config_load(git_repository *repo, struct config **out)
{
	struct config *c = NULL;
	struct err *e;

	TRY(load(repo, &c));
	e = make_flat(c);
	if (e)
		config_free(c);
	else
		*out = c;
	return e;
}

git_config *config_for_libgit2(const struct config *c)
{
	return c->flat;
}

const char *config_unknown(const struct config *c)
{
	return c->unknown;
}

/* Section and name without regard to case, as our own callers write them. The last one wins. */
static const struct entry *find(const struct config *c, const char *key)
{
	for (size_t i = c->n; i-- > 0;) {
		if (str_eq_nocase(str_from(c->v[i].key), str_from(key)))
			return &c->v[i];
	}
	return NULL;
}

struct err *config_text(const struct config *c, const char *key, char **out)
{
	const struct entry *entry = find(c, key);

	*out = NULL;
	if (!entry)
		return NULL;
	if (!entry->value)
		return err_new(ERR_REPO, "git configuration: %s has no value", key);
	*out = strdup(entry->value);
	return *out ? NULL : err_nomem();
}

struct err *config_bool(const struct config *c, const char *key, bool fallback, bool *out)
{
	const struct entry *entry = find(c, key);
	int value = fallback;

	/* A key alone is true; one with nothing after its "=" is false. */
	if (entry && git_config_parse_bool(&value, entry->value) < 0)
		return err_new(ERR_REPO, "git configuration: %s = %s: expected true or false", key,
			       entry->value);
	*out = value != 0;
	return NULL;
}

bool config_has_no_value(const struct config *c, const char *key)
{
	const struct entry *entry = find(c, key);

	return entry && !entry->value;
}

struct err *config_each_protected(const char *key, void (*see)(void *ctx, const char *value),
				  void *ctx)
{
	struct config *c = NULL;

	TRY(load(NULL, &c));
	for (size_t i = 0; i < c->n; i++) {
		if (strcasecmp(c->v[i].key, key) == 0)
			see(ctx, c->v[i].value ? c->v[i].value : "");
	}
	config_free(c);
	return NULL;
}
