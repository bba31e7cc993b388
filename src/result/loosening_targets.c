/* SPDX-License-Identifier: Apache-2.0 */
/* targets.ini: which accounts are asked, how, and what they are compared with. */
#include <stdlib.h>

#include "result/loosening_parts.h"

/* ---- one target's keys ---- */

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
			    const struct target *head, enum target_key key)
{
	struct str was = target_key_text(base, key), is = target_key_text(head, key);
	const char *name = target_key_name(key);
	size_t line = head->key_line[key];
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

/* A renamed target's default baseline goes with its name: no more is said of it than that. */
static bool is_default_baseline(const struct target *t)
{
	return t->key_line[TARGET_KEY_BASELINE] == 0;
}

static bool needs_approval(const struct target *base, const struct target *head,
			   enum target_key key)
{
	struct str was = target_key_text(base, key), is = target_key_text(head, key);

	if (str_eq(was, is))
		return false;
	switch (target_key_change(key)) {
	case KEY_CHANGE_APPROVAL:
		return key != TARGET_KEY_BASELINE || !is_default_baseline(base) ||
		       !is_default_baseline(head);
	case KEY_CHANGE_NARROWS:
		return was.n > 0;
	case KEY_CHANGE_COMPARED: /* formerly: compare_names */
	case KEY_CHANGE_NOTHING:
		break;
	}
	return false;
}

static struct err *compare_keys(const struct comparing *c, const struct target *base,
				const struct target *head)
{
	for (int key = 0; key < TARGET_KEY_COUNT; key++) {
		if (needs_approval(base, head, (enum target_key)key))
			TRY(tell_key(c, base, head, (enum target_key)key));
	}
	return NULL;
}

/* ---- which targets there are ---- */

static int compare_followers(const void *x, const void *y)
{
	const struct follower *a = x, *b = y;

	return str_cmp(a->name, b->name);
}

struct err *followers_new(struct arena *a, const struct targets *head, struct followers *out)
{
	*out = (struct followers){.v = arena_array(a, 2 * head->count + 1, sizeof(*out->v))};
	if (!out->v)
		return err_nomem();
	for (size_t i = 0; i < head->count; i++) {
		const struct target *t = &head->list[i];

		out->v[out->n++] = (struct follower){t->name, t};
		if (t->former.n)
			out->v[out->n++] = (struct follower){t->former, t};
	}
	if (!out->n)
		return NULL;
	qsort(out->v, out->n, sizeof(*out->v), compare_followers);
	return NULL;
}

const struct target *followers_find(const struct followers *f, struct str name)
{
	const struct follower key = {name, NULL};
	const struct follower *hit =
		f->n ? bsearch(&key, f->v, f->n, sizeof(*f->v), compare_followers) : NULL;

	return hit ? hit->target : NULL;
}

static struct str keys_json(struct arena *a, const struct target *t)
{
	struct scribe s;

	scribe_begin(&s);
	json_begin_object(&s.w);
	for (int key = 0; key < TARGET_KEY_COUNT; key++) {
		struct str text = target_key_text(t, (enum target_key)key);

		if (!text.n)
			continue;
		json_key(&s.w, target_key_name((enum target_key)key));
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

static struct err *tell_taken(const struct comparing *c, const struct target *head, struct str name,
			      size_t line)
{
	struct arena *a = c->list->arena;
	struct reported t = {
		.what = {.rule = RULE_APPROVAL_TARGET_RENAMED,
			 .subject = head->name,
			 .path = str_from(target_key_name(TARGET_KEY_FORMERLY)),
			 .after = loosening_text(a, name),
			 .before = STR("")},
		.target = head->name,
		.file = head->file,
		.line = line,
		.message =
			findings_text(&c->r->findings,
				      "[target %s] takes over the name %.*s, with its waivers and "
				      "history",
				      head->name.p, STR_ARG(name)),
	};

	return tell(c, &t);
}

/* Did a target of the base that is this one now have the name? */
static bool was_named(const struct target *const *was, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(name, was[i]->name) || str_eq(name, was[i]->former))
			return true;
	}
	return false;
}

/*
 * A name brings the waivers and the history that are under it. A target may keep those of what it
 * was in the base; a former name that is new to it, and a name of its own that another target of
 * the base had, are taken over, even if no target had them.
 */
static struct err *compare_names(const struct comparing *c, const struct target *head,
				 const struct followers *base)
{
	const struct target *was[2], *owner;
	size_t n = 0;

	owner = followers_find(base, head->name);
	if (owner && str_eq(owner->name, head->name))
		was[n++] = owner;
	else if (owner)
		TRY(tell_taken(c, head, head->name, head->line));
	if (!head->former.n)
		return NULL;
	owner = followers_find(base, head->former);
	if (owner && str_eq(owner->name, head->former))
		was[n++] = owner;
	if (was_named(was, n, head->former))
		return NULL;
	return tell_taken(c, head, head->former, head->key_line[TARGET_KEY_FORMERLY]);
}

static struct err *compare_targets(const struct comparing *c, const struct targets *base,
				   const struct targets *head)
{
	struct followers followers, were;

	TRY(followers_new(c->list->arena, head, &followers));
	TRY(followers_new(c->list->arena, base, &were));
	for (size_t i = 0; i < head->count; i++)
		TRY(compare_names(c, &head->list[i], &were));
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
	TRY(loosenings_of_pairs(&c, base, head));
	return compare_aliases(&c, base, head);
}
