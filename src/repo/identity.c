/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Author and committer as git finds them: GIT_AUTHOR_* and GIT_COMMITTER_*, then author.* and
 * committer.*, then user.* of the configuration, EMAIL last. git would go on to guess an address
 * from the host's name; a commit that approves a configuration should not carry a guess.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/timeutil.h"
#include "repo/git.h"

struct role {
	const char *name; /* for messages */
	const char *env_name, *env_email, *env_date;
	const char *key_name, *key_email;
};

static const struct role roles[] = {
	{"author", "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_AUTHOR_DATE", "author.name",
	 "author.email"},
	{"committer", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "GIT_COMMITTER_DATE",
	 "committer.name", "committer.email"},
};

/* What git strips at both ends of a name. */
static bool is_crud(char c)
{
	return (unsigned char)c <= ' ' || strchr(".,:;<>\"\\'", c);
}

/* As git: no angle bracket and no control character, which would forge a header line. */
static void clean(char *text)
{
	char *to = text;
	size_t n, start = 0;

	for (const char *p = text; *p; p++)
		if ((unsigned char)*p >= ' ' && *p != 0x7f && *p != '<' && *p != '>')
			*to++ = *p;
	*to = '\0';
	n = (size_t)(to - text);
	while (n && is_crud(text[n - 1]))
		n--;
	while (start < n && is_crud(text[start]))
		start++;
	memmove(text, text + start, n - start);
	text[n - start] = '\0';
}

/* A copy of a variable of the environment; an empty one counts as unset. */
static struct err *from_environment(const char *name, char **out)
{
	const char *v = getenv(name);

	if (!v || !*v)
		return NULL;
	*out = strdup(v);
	return *out ? NULL : err_nomem();
}

/* As with git an empty author.name or committer.name leaves it to user.name. */
static struct err *from_keys(struct repo *r, const char *key, const char *fallback_key, char **out)
{
	TRY(gitconfig_text(r->config, key, out));
	if (*out && **out)
		return NULL;
	free(*out);
	return gitconfig_text(r->config, fallback_key, out);
}

/*
 * The first source that is set. With user.useConfigOnly git takes no address from EMAIL. A variable
 * of git's own that is empty says that there is no name; git refuses that, too.
 */
static struct err *find(struct repo *r, const char *env, const char *key, const char *fallback_key,
			char **out)
{
	const char *v = getenv(env);
	bool config_only = false;

	if (v) {
		*out = strdup(v);
		if (!*out)
			return err_nomem();
	} else {
		TRY(from_keys(r, key, fallback_key, out));
	}
	TRY(gitconfig_bool(r->config, "user.useconfigonly", false, &config_only));
	if (!*out && !config_only && strcmp(fallback_key, "user.email") == 0)
		TRY(from_environment("EMAIL", out));
	if (*out)
		clean(*out);
	return NULL;
}

/* "+0800", "-0330" */
static bool parse_offset(struct str s, int *east_min)
{
	uint64_t v;

	if (s.n != 5 || (s.p[0] != '+' && s.p[0] != '-') ||
	    !str_to_u64((struct str){s.p + 1, 4}, 1459, &v) || v % 100 > 59)
		return false;
	*east_min = (int)(v / 100 * 60 + v % 100);
	if (s.p[0] == '-')
		*east_min = -*east_min;
	return true;
}

/* git's own form: "1700000000 +0800", with or without "@"; the offset may be left out. */
static bool parse_raw(struct str s, int64_t *unix_s, int *east_min)
{
	const char *space;
	uint64_t v;
	struct str digits;

	if (s.n && s.p[0] == '@') {
		s.p++;
		s.n--;
	}
	space = s.n ? memchr(s.p, ' ', s.n) : NULL;
	digits = (struct str){s.p, space ? (size_t)(space - s.p) : s.n};
	*east_min = 0;
	if (!str_to_u64(digits, INT64_MAX / 2, &v))
		return false;
	*unix_s = (int64_t)v;
	return !space || parse_offset((struct str){space + 1, s.n - digits.n - 1}, east_min);
}

/* "2026-11-24 02:00:03 +0800" and RFC 3339. */
static bool parse_iso(struct str s, int64_t *unix_s, int *east_min)
{
	static const size_t head = sizeof("2026-11-24T02:00:03") - 1;
	char text[40];
	size_t n = head;
	struct str zone;
	int east_s = 0;

	if (s.n < head || s.n > 30)
		return false;
	zone = str_trim((struct str){s.p + head, s.n - head});
	if (zone.n && zone.p[0] == '.')
		return false;
	memcpy(text, s.p, head);
	if (text[10] == ' ')
		text[10] = 'T';
	/* RFC 3339 wants the colon in the offset that git leaves out. */
	if (zone.n == 5) {
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%.3s:%.2s", zone.p, zone.p + 3);
	} else {
		memcpy(text + n, zone.p, zone.n);
		n += zone.n;
	}
	if (zone.n == 0 || !time_parse_zone((struct str){text + head, n - head}, &east_s))
		return false;
	*east_min = east_s / 60;
	return time_parse_rfc3339((struct str){text, n}, unix_s);
}

bool identity_parse_date(struct str text, int64_t *unix_s, int *east_min)
{
	text = str_trim(text);
	return parse_raw(text, unix_s, east_min) || parse_iso(text, unix_s, east_min);
}

static struct err *make(const struct role *role, const char *name, const char *email,
			git_signature **out)
{
	const char *date = getenv(role->env_date);
	int64_t when = 0;
	int east_min = 0, code;

	if (!date || !*date)
		code = git_signature_now(out, name, email);
	else if (identity_parse_date(str_from(date), &when, &east_min))
		code = git_signature_new(out, name, email, when, east_min);
	else
		return err_new(ERR_REPO,
			       "%s is \"%s\"; expected \"1700000000 +0800\" or "
			       "\"2026-11-24T02:00:03+08:00\"",
			       role->env_date, date);
	return code < 0 ? err_git(ERR_REPO, "%s", role->name) : NULL;
}

static struct err *find_role(struct repo *r, const struct role *role, git_signature **out)
{
	char *name = NULL, *email = NULL;
	struct err *e;

	e = find(r, role->env_name, role->key_name, "user.name", &name);
	if (!e)
		e = find(r, role->env_email, role->key_email, "user.email", &email);
	if (!e && (!name || !*name))
		e = err_new(ERR_REPO,
			    "the %s of the commit has no name; set it: git config --global "
			    "user.name \"Your Name\" (or %s)",
			    role->name, role->env_name);
	if (!e && (!email || !*email))
		e = err_new(ERR_REPO,
			    "the %s of the commit has no address; set it: git config --global "
			    "user.email you@example.com (or %s)",
			    role->name, role->env_email);
	if (!e)
		e = make(role, name, email, out);
	free(email);
	free(name);
	return e;
}

struct err *identity_find(struct repo *r, git_signature **author, git_signature **committer)
{
	struct err *e = find_role(r, &roles[0], author);

	if (!e)
		e = find_role(r, &roles[1], committer);
	if (e) {
		git_signature_free(*author);
		*author = NULL;
	}
	return e;
}
