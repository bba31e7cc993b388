/* SPDX-License-Identifier: Apache-2.0 */
/*
 * git's configuration as git finds it: the files of the machine, the user and the repository, what
 * they include, and the environment last.
 */
#include "gitconfig/gitconfig.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/grow.h"
#include "gitconfig/parts.h"

#define FILE_BYTES_MAX ((size_t)16 << 20)
#define INCLUDES_MAX   10u /* one in the other, as git has it */
#define ENTRIES_MAX    100000u

static const char per_worktree_key[] = "extensions.worktreeconfig";

struct entry {
	char *key, *value; /* value NULL: the key without "=" */
};

struct gitconfig {
	struct entry *v;
	size_t n, cap;
	char *unknown; /* the first condition that is not understood here */
};

/* One reading. With `addresses`, only remotes' addresses are wanted, for hasconfig. */
struct load {
	struct gitconfig *to;
	const struct gitconfig_place *place; /* NULL: no repository */
	struct gitconfig *addresses;
	bool is_for_addresses;
	const char *file; /* being read; NULL: the environment */
	unsigned depth;
	unsigned conditional; /* how many includes around this have a condition */
};

static struct err *add(struct gitconfig *c, const char *key, const char *value)
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

void gitconfig_free(struct gitconfig *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++) {
		free(c->v[i].key);
		free(c->v[i].value);
	}
	free(c->v);
	free(c->unknown);
	free(c);
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
	struct load inner = {.place = l->place, .is_for_addresses = true};

	if (l->addresses)
		return NULL;
	inner.to = l->addresses = calloc(1, sizeof(struct gitconfig));
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
		       gitconfig_match(pattern, l->addresses->v[i].value, false);
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
			*out = gitconfig_is_onbranch(l->place, condition);
		else if (rows[i].kind == ADDRESS)
			return is_remote_at(l, condition, out);
		else
			return gitconfig_is_gitdir(l->place, l->file, condition,
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
	path = gitconfig_expand_home(value);
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
	e = gitconfig_parse(buf_view(&b), path, take, l);
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

/* A number as git counts: in bases 8, 10 and 16, and with a unit. It must fit into 32 bits. */
static bool parse_number(const char *text, int64_t *out)
{
	static const char units[] = "kmg";
	const char *unit;
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 0);
	if (errno || end == text || *out > INT32_MAX || *out < INT32_MIN)
		return false;
	if (!*end)
		return true;
	unit = strchr(units, *end | 0x20);
	if (!unit || end[1])
		return false;
	*out *= (int64_t)1 << 10 * (unit - units + 1);
	return *out <= INT32_MAX && *out >= INT32_MIN;
}

/* A key alone (NULL) is true; one with nothing after its "=" is false. */
static bool parse_bool(const char *text, bool *out)
{
	static const struct {
		const char *word;
		bool value;
	} rows[] = {
		{"true", true}, {"yes", true},  {"on", true}, {"false", false},
		{"no", false},  {"off", false}, {"", false},
	};
	int64_t number = 0;

	if (!text) {
		*out = true;
		return true;
	}
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		if (strcasecmp(text, rows[i].word) == 0) {
			*out = rows[i].value;
			return true;
		}
	}
	if (!parse_number(text, &number))
		return false;
	*out = number != 0;
	return true;
}

static struct err *is_system_off(bool *off)
{
	const char *v = getenv("GIT_CONFIG_NOSYSTEM");

	*off = false;
	if (v && !parse_bool(v, off))
		return err_new(ERR_REPO, "GIT_CONFIG_NOSYSTEM is \"%s\"; expected true or false",
			       v);
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
		TRY(read_file(l, system ? system : "/etc/gitconfig", !l->place));
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

	TRY(read_below(l, l->place->common_dir, "config", false));
	TRY(gitconfig_bool(l->to, per_worktree_key, false, &per_worktree));
	if (!per_worktree)
		return NULL;
	return read_below(l, l->place->git_dir, "config.worktree", false);
}

static struct err *read_all(struct load *l)
{
	TRY(read_protected(l));
	if (l->place)
		TRY(read_local(l));
	return gitconfig_each_env(take, l);
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

struct err *gitconfig_load(const struct gitconfig_place *place, struct gitconfig **out)
{
	struct load l = {.place = place, .to = calloc(1, sizeof(struct gitconfig))};
	struct err *e = l.to ? read_all(&l) : err_nomem();

	gitconfig_free(l.addresses);
	if (e)
		gitconfig_free(l.to);
	else
		*out = l.to;
	return e;
}

struct err *gitconfig_flatten(const struct gitconfig *c, struct buf *out)
{
	for (size_t i = 0; i < c->n; i++)
		write_entry(out, &c->v[i]);
	return buf_check(out, ERR_REPO, "git configuration");
}

const char *gitconfig_unknown(const struct gitconfig *c)
{
	return c->unknown;
}

/* Section and name without regard to case, as our own callers write them. The last one wins. */
static const struct entry *find(const struct gitconfig *c, const char *key)
{
	for (size_t i = c->n; i-- > 0;) {
		if (str_eq_nocase(str_from(c->v[i].key), str_from(key)))
			return &c->v[i];
	}
	return NULL;
}

struct err *gitconfig_text(const struct gitconfig *c, const char *key, char **out)
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

struct err *gitconfig_bool(const struct gitconfig *c, const char *key, bool fallback, bool *out)
{
	const struct entry *entry = find(c, key);

	*out = fallback;
	if (entry && !parse_bool(entry->value, out))
		return err_new(ERR_REPO, "git configuration: %s = %s: expected true or false", key,
			       entry->value);
	return NULL;
}

bool gitconfig_has_no_value(const struct gitconfig *c, const char *key)
{
	const struct entry *entry = find(c, key);

	return entry && !entry->value;
}

struct err *gitconfig_each_protected(const char *key, void (*see)(void *ctx, const char *value),
				     void *ctx)
{
	struct gitconfig *c = NULL;

	TRY(gitconfig_load(NULL, &c));
	for (size_t i = 0; i < c->n; i++) {
		if (strcasecmp(c->v[i].key, key) == 0)
			see(ctx, c->v[i].value ? c->v[i].value : "");
	}
	gitconfig_free(c);
	return NULL;
}
