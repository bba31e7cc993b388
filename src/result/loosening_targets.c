/* SPDX-License-Identifier: Apache-2.0 */
/* targets.ini: which accounts are asked, how, and what they are compared with. */
#include <stdlib.h>

#include "result/loosening_parts.h"

/* ---- one target's keys ---- */

static struct str key_text(const struct target *t, enum target_key key)
{
	switch (key) {
	case TARGET_KEY_ENDPOINT:
		return t->endpoint;
	case TARGET_KEY_STS_ENDPOINT:
		return t->sts_endpoint;
	case TARGET_KEY_PROFILE:
		return t->profile;
	case TARGET_KEY_UIN:
		return t->uin;
	case TARGET_KEY_ZONE:
		return t->zone;
	case TARGET_KEY_REGION:
		return t->region;
	case TARGET_KEY_ROLE_ARN:
		return t->role_arn;
	case TARGET_KEY_BASELINE:
		return t->baseline;
	case TARGET_KEY_CREDENTIALS:
		return t->is_cvm_role ? STR("cvm-role") : STR("");
	case TARGET_KEY_TIMEOUT:
	case TARGET_KEY_FORMERLY:
	case TARGET_KEY_COUNT:
		break;
	}
	return STR("");
}

/*
 * What each key decides about the judging. A timeout decides nothing: without a reply the target is
 * incomplete. Former names are looked at one by one, below.
 */
/* clang-format off */
static const struct {
	enum target_key key;
	const char *name;
	bool may_be_set; /* where it was not, setting it can only narrow */
} watched[] = {
	{ TARGET_KEY_ENDPOINT,     "endpoint",     false },
	{ TARGET_KEY_STS_ENDPOINT, "sts-endpoint", false },
	{ TARGET_KEY_PROFILE,      "profile",      false },
	{ TARGET_KEY_UIN,          "uin",          true  }, /* another account is incomplete then */
	{ TARGET_KEY_ZONE,         "zone",         true  }, /* without one there are 14 h of slack */
	{ TARGET_KEY_REGION,       "region",       false },
	{ TARGET_KEY_ROLE_ARN,     "role-arn",     false },
	{ TARGET_KEY_BASELINE,     "baseline",     false },
	{ TARGET_KEY_CREDENTIALS,  "credentials",  false },
};
/* clang-format on */

static struct str json_or_nothing(struct arena *a, struct str text)
{
	return text.n ? loosening_text(a, text) : STR("");
}

static struct err *tell(const struct comparing *c, struct reported *t)
{
	if (!t->what.subject.p || !t->what.before.p || !t->what.after.p)
		return err_nomem();
	return loosening_tell(c->r, c->list, t);
}

static struct err *tell_key(const struct comparing *c, const struct target *base,
			    const struct target *head, const char *name, struct str was,
			    struct str is, size_t line)
{
	struct arena *a = c->list->arena;
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_TARGET_CHANGED,
			 .subject = base->name,
			 .path = str_from(name),
			 .before = json_or_nothing(a, was),
			 .after = json_or_nothing(a, is)},
		.file = head->file,
		.line = line ? line : head->line,
		.message = findings_text(&c->r->findings, "[target %s]: %s was %.*s%s, is %.*s%s",
					 head->name.p, name, STR_ARG(was), was.n ? "" : "not set",
					 STR_ARG(is), is.n ? "" : "not set"),
	};

	return tell(c, &t);
}

static bool has_name(const struct target *t, struct str name)
{
	bool has = str_eq(name, t->name);

	for (size_t i = 0; !has && i < t->former_count; i++)
		has = str_eq(name, t->former[i].name);
	return has;
}

/* A name that is claimed brings the waivers that were given under it. */
static struct err *compare_former(const struct comparing *c, const struct target *base,
				  const struct target *head)
{
	for (size_t i = 0; i < head->former_count; i++) {
		if (!has_name(base, head->former[i].name))
			TRY(tell_key(c, base, head, "formerly", STR(""), head->former[i].name,
				     head->former[i].line));
	}
	return NULL;
}

/* A renamed target's default baseline goes with its name: no more is said of it than that. */
static bool is_default_baseline(const struct target *t)
{
	return t->key_line[TARGET_KEY_BASELINE] == 0;
}

static struct err *compare_keys(const struct comparing *c, const struct target *base,
				const struct target *head)
{
	for (size_t i = 0; i < ARRAY_LEN(watched); i++) {
		enum target_key key = watched[i].key;
		struct str was = key_text(base, key), is = key_text(head, key);

		if (str_eq(was, is) || (watched[i].may_be_set && !was.n))
			continue;
		if (key == TARGET_KEY_BASELINE && is_default_baseline(base) &&
		    is_default_baseline(head))
			continue;
		TRY(tell_key(c, base, head, watched[i].name, was, is, head->key_line[key]));
	}
	return compare_former(c, base, head);
}

/* ---- which targets there are ---- */

static int compare_followers(const void *x, const void *y)
{
	const struct follower *a = x, *b = y;

	return str_cmp(a->name, b->name);
}

struct err *followers_new(struct arena *a, const struct targets *head, struct followers *out)
{
	size_t n = head->count;

	for (size_t i = 0; i < head->count; i++)
		n += head->list[i].former_count;
	*out = (struct followers){.v = arena_array(a, n + 1, sizeof(*out->v))};
	if (!out->v)
		return err_nomem();
	for (size_t i = 0; i < head->count; i++) {
		const struct target *t = &head->list[i];

		out->v[out->n++] = (struct follower){t->name, t};
		for (size_t k = 0; k < t->former_count; k++)
			out->v[out->n++] = (struct follower){t->former[k].name, t};
	}
	qsort(out->v, out->n, sizeof(*out->v), compare_followers);
	return NULL;
}

const struct target *followers_find(const struct followers *f, struct str name)
{
	const struct follower key = {name, NULL};
	const struct follower *hit = bsearch(&key, f->v, f->n, sizeof(*f->v), compare_followers);

	return hit ? hit->target : NULL;
}

static struct str keys_json(struct arena *a, const struct target *t)
{
	struct scribe s;

	scribe_begin(&s);
	json_begin_object(&s.w);
	for (size_t i = 0; i < ARRAY_LEN(watched); i++) {
		struct str text = key_text(t, watched[i].key);

		if (!text.n)
			continue;
		json_key(&s.w, watched[i].name);
		json_string(&s.w, text);
	}
	json_end_object(&s.w);
	return scribe_end(&s, a);
}

static struct err *tell_gone(const struct comparing *c, const struct target *base,
			     const struct targets *head)
{
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_TARGET_REMOVED,
			 .subject = base->name,
			 .before = keys_json(c->list->arena, base),
			 .after = STR("")},
		.target = base->name,
		.file = head->file,
		.line = 1,
		.message = findings_text(&c->r->findings,
					 "[target %s] is gone: its account is not checked any more",
					 base->name.p),
		.general = STR("The target is gone: its account is not checked any more"),
	};

	return tell(c, &t);
}

static struct err *tell_renamed(const struct comparing *c, const struct target *base,
				const struct target *head)
{
	struct arena *a = c->list->arena;
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_TARGET_RENAMED,
			 .subject = base->name,
			 .path = STR("name"),
			 .before = loosening_text(a, base->name),
			 .after = loosening_text(a, head->name)},
		.target = base->name,
		.file = head->file,
		.line = head->line,
		.message = findings_text(&c->r->findings, "[target %s] is [target %s] now",
					 base->name.p, head->name.p),
	};

	return tell(c, &t);
}

/* A target that the base has under no name, and that claims former ones. */
static struct err *compare_new(const struct comparing *c, const struct target *head,
			       const struct followers *base)
{
	bool is_old = followers_find(base, head->name);

	for (size_t i = 0; !is_old && i < head->former_count; i++)
		is_old = followers_find(base, head->former[i].name);
	if (is_old)
		return NULL;
	for (size_t i = 0; i < head->former_count; i++)
		TRY(tell_key(c, head, head, "formerly", STR(""), head->former[i].name,
			     head->former[i].line));
	return NULL;
}

static struct err *compare_targets(const struct comparing *c, const struct targets *base,
				   const struct targets *head)
{
	struct followers followers, were;

	TRY(followers_new(c->list->arena, head, &followers));
	TRY(followers_new(c->list->arena, base, &were));
	for (size_t i = 0; i < head->count; i++)
		TRY(compare_new(c, &head->list[i], &were));
	for (size_t i = 0; i < base->count; i++) {
		const struct target *was = &base->list[i];
		const struct target *is = followers_find(&followers, was->name);

		if (!is) {
			TRY(tell_gone(c, was, head));
			continue;
		}
		if (!str_eq(was->name, is->name))
			TRY(tell_renamed(c, was, is));
		TRY(compare_keys(c, was, is));
	}
	return NULL;
}

/* ---- [alias] ---- */

static const struct target_alias *find_alias(const struct targets *all,
					     const struct target_alias *a)
{
	for (size_t i = 0; i < all->alias_count; i++) {
		if (str_eq(all->aliases[i].field, a->field) &&
		    str_eq(all->aliases[i].member, a->member))
			return &all->aliases[i];
	}
	return NULL;
}

/* `one` is either of the two. */
static struct err *tell_alias(const struct comparing *c, const struct targets *head,
			      const struct target_alias *one, const struct target_alias *was,
			      const struct target_alias *is)
{
	struct arena *a = c->list->arena;
	char *key = arena_printf(a, "%.*s.%.*s", STR_ARG(one->field), STR_ARG(one->member));
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_ALIAS_CHANGED,
			 .subject = STR("alias"),
			 .path = str_from(key),
			 .before = was ? loosening_text(a, was->canonical) : STR(""),
			 .after = is ? loosening_text(a, is->canonical) : STR("")},
		.file = head->file,
		.line = is ? is->line : 1,
	};

	if (!key)
		return err_nomem();
	t.message = findings_text(&c->r->findings, "[alias] %s was %.*s, is %.*s", key,
				  STR_ARG(was ? was->canonical : STR("a name of its own")),
				  STR_ARG(is ? is->canonical : STR("a name of its own")));
	return tell(c, &t);
}

/* One that goes can loosen too: what two names were counted as, say, is counted as more. */
static struct err *compare_aliases(const struct comparing *c, const struct targets *base,
				   const struct targets *head)
{
	for (size_t i = 0; i < base->alias_count; i++) {
		const struct target_alias *was = &base->aliases[i], *is = find_alias(head, was);

		if (!is || !str_eq(was->canonical, is->canonical))
			TRY(tell_alias(c, head, was, was, is));
	}
	for (size_t i = 0; i < head->alias_count; i++) {
		if (!find_alias(base, &head->aliases[i]))
			TRY(tell_alias(c, head, &head->aliases[i], NULL, &head->aliases[i]));
	}
	return NULL;
}

struct err *loosenings_of_targets(struct result *r, struct loosenings *list,
				  const struct targets *base, const struct targets *head)
{
	struct comparing c = {r, list};

	if (base->list == head->list)
		return NULL;
	TRY(compare_targets(&c, base, head));
	return compare_aliases(&c, base, head);
}
