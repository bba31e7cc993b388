/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment's part of git's configuration: pairs that CI jobs count, and the list that
 * git -c makes for the programs that it starts. What cannot be read is an error, as in git.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gitconfig/parts.h"

/* More pairs than this are no configuration but an accident. */
#define PAIRS_MAX 10000

static struct err *bad(const char *variable, const char *why)
{
	return err_new(ERR_REPO, "%s: %s", variable, why);
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Section and name without capitals, in place; false for what is no key. */
static bool make_canonical(char *key)
{
	char *first = strchr(key, '.'), *last = strrchr(key, '.');

	if (!first || first == key || !last[1] || !isalpha((unsigned char)last[1]) ||
	    strchr(key, '\n'))
		return false;
	for (char *p = key; *p; p++) {
		if (p >= first && p <= last)
			continue;
		if (!isalnum((unsigned char)*p) && *p != '-')
			return false;
		*p = (char)tolower((unsigned char)*p);
	}
	return true;
}

/* `key` is changed in place. */
static struct err *take_pair(const char *variable, char *key, const char *value, gitconfig_see *see,
			     void *ctx)
{
	if (!make_canonical(key))
		return err_new(ERR_REPO, "%s: \"%s\" is no key", variable, key);
	return see(ctx, key, value);
}

static const char *numbered(const char *what, uint64_t i)
{
	char name[64];

	(void)snprintf(name, sizeof(name), "GIT_CONFIG_%s_%llu", what, (unsigned long long)i);
	return getenv(name);
}

static struct err *each_counted(gitconfig_see *see, void *ctx)
{
	static const char variable[] = "GIT_CONFIG_COUNT";
	const char *text = getenv(variable);
	struct err *e = NULL;
	uint64_t n = 0;

	if (!text || !*text)
		return NULL;
	if (!str_to_u64(str_from(text), PAIRS_MAX, &n))
		return bad(variable, "is no number of pairs");
	for (uint64_t i = 0; i < n && !e; i++) {
		const char *key = numbered("KEY", i), *value = numbered("VALUE", i);
		char *copy;

		if (!key || !value)
			return bad(variable, "counts more pairs than there are");
		copy = strdup(key);
		e = copy ? take_pair(variable, copy, value, see, ctx) : err_nomem();
		free(copy);
	}
	return e;
}

/*
 * One word in single quotes, unquoted in place; '\'' and '\!' stand for a quote and a mark in it.
 * *at is moved to what follows. NULL for another form.
 */
static char *unquote(char **at, char *after)
{
	char *from = *at, *word = from, *to = from;

	if (*from++ != '\'')
		return NULL;
	for (;;) {
		if (!*from)
			return NULL;
		if (*from != '\'') {
			*to++ = *from++;
			continue;
		}
		from++;
		if (*from != '\\' || (from[1] != '\'' && from[1] != '!') || from[2] != '\'')
			break;
		*to++ = from[1];
		from += 3;
	}
	*after = *from;
	*at = from;
	*to = '\0';
	return word;
}

/* 'key=value', 'key'='value', 'key'= */
static struct err *take_word(const char *variable, char **at, gitconfig_see *see, void *ctx)
{
	static const char form[] = "expected 'key'='value'";
	char after, *key = unquote(at, &after), *value = NULL;

	if (!key)
		return bad(variable, form);
	if (after == '\0' || is_space(after)) {
		value = strchr(key, '=');
		if (value)
			*value++ = '\0';
	} else if (after == '=') {
		++*at;
		after = **at;
		if (after == '\'' && !(value = unquote(at, &after)))
			return bad(variable, form);
	}
	if (after && !is_space(after))
		return bad(variable, form);
	if (after)
		++*at;
	return take_pair(variable, key, value, see, ctx);
}

static struct err *each_parameter(gitconfig_see *see, void *ctx)
{
	static const char variable[] = "GIT_CONFIG_PARAMETERS";
	const char *text = getenv(variable);
	struct err *e = NULL;
	char *copy, *at;

	if (!text)
		return NULL;
	copy = strdup(text);
	if (!copy)
		return err_nomem();
	at = copy;
	while (*at && !e) {
		e = take_word(variable, &at, see, ctx);
		while (!e && is_space(*at))
			at++;
	}
	free(copy);
	return e;
}

struct err *gitconfig_each_env(gitconfig_see *see, void *ctx)
{
	TRY(each_counted(see, ctx));
	return each_parameter(see, ctx);
}
