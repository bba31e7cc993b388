/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ci_env.h"

#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "json/scan.h"

#define EVENT_SIZE_MAX ((size_t)32 << 20) /* GitHub sends at most 25 MB */

#define GIVE_RANGE "give BASE..HEAD or BASE"

/*
 * A value is named as "/member/member" of the event file, or as an environment variable. A proposal
 * is merged into the current commit of its target branch. The commit that the event names as base is
 * never used, because the proposer can choose how old it is. A push to the default branch or to a
 * protected one is compared with the commit that was there before.
 */
struct system {
	const char *name, *on; /* the variable that is "true" there */
	const char *event;     /* the variable that says what has happened */
	const char *file;      /* the variable that names the event file */
};

static const struct system github = {"GitHub", "GITHUB_ACTIONS", "GITHUB_EVENT_NAME",
				     "GITHUB_EVENT_PATH"};
static const struct system gitlab = {"GitLab", "GITLAB_CI", "CI_PIPELINE_SOURCE", NULL};
static const struct system *const systems[] = {&github, &gitlab};

enum event_kind { EVENT_PROPOSAL, EVENT_PUSH, EVENT_QUEUE };

struct source {
	const struct system *system;
	const char *event;
	enum event_kind kind;
	const char *head; /* a commit */
	const char *base; /* a commit; of a push: what was there before; of a proposal: none */
	const char *merge, *proposal;
	const char *target;       /* a branch's name; of a push: the default one */
	const char *own;          /* of a push: the branch that was pushed to */
	const char *is_protected; /* of a push: "true" where not everybody may */
};

/* clang-format off */
static const struct source sources[] = {
	/*        event                  kind            head                      base                     merge            proposal                  target, own, is_protected */
	{ &github, "merge_group",         EVENT_QUEUE,    "/merge_group/head_sha",  "/merge_group/base_sha", NULL,            NULL,                     NULL, NULL, NULL },
	{ &github, "pull_request",        EVENT_PROPOSAL, "/pull_request/head/sha", NULL,                    "GITHUB_SHA",    "/pull_request/head/sha", "/pull_request/base/ref", NULL, NULL },
	{ &github, "pull_request",        EVENT_PROPOSAL, "GITHUB_SHA",             NULL,                    NULL,            NULL,                     "GITHUB_BASE_REF", NULL, NULL },
	{ &github, "pull_request_review", EVENT_PROPOSAL, "/pull_request/head/sha", NULL,                    "GITHUB_SHA",    "/pull_request/head/sha", "/pull_request/base/ref", NULL, NULL },
	{ &github, "pull_request_target", EVENT_PROPOSAL, "/pull_request/head/sha", NULL,                    "GITHUB_SHA",    "/pull_request/head/sha", "/pull_request/base/ref", NULL, NULL },
	{ &github, "push",                EVENT_PUSH,     "GITHUB_SHA",             "/before",               NULL,            NULL,                     "/repository/default_branch", "GITHUB_REF", "GITHUB_REF_PROTECTED" },
	{ &gitlab, "merge_request_event", EVENT_PROPOSAL, "CI_COMMIT_SHA",          NULL,                    "CI_COMMIT_SHA", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", NULL, NULL },
	{ &gitlab, "push",                EVENT_PUSH,     "CI_COMMIT_SHA",          "CI_COMMIT_BEFORE_SHA",  NULL,            NULL,                     "CI_DEFAULT_BRANCH", "CI_COMMIT_BRANCH", "CI_COMMIT_REF_PROTECTED" },
};
/* clang-format on */

struct lookup {
	const struct io *io;
	struct arena *a;
	const struct system *system;
	struct str event; /* the event file's bytes; none: empty */
};

/* Goes down one member. False: the value is no object or has none of that name. */
static struct err *enter(struct json_scan *j, const struct json_token *at, struct str name,
			 struct json_token *value, bool *found)
{
	struct json_token key;

	*found = false;
	while (at->kind == JSON_OBJECT) {
		TRY(json_next(j, &key));
		if (key.kind == JSON_OBJECT_END)
			return NULL;
		TRY(json_next(j, value));
		*found = str_eq(key.text, name);
		if (*found)
			return NULL;
		TRY(json_skip(j, value));
	}
	return NULL;
}

/* To the end, so that a damaged file, or one with a member twice, is refused whatever is asked. */
static struct err *walk_event(struct json_scan *j, const char *pointer, struct str *out)
{
	struct json_token at;
	bool found = true;

	TRY(json_next(j, &at));
	for (const char *p = pointer; found && *p == '/';) {
		size_t n = strcspn(p + 1, "/");
		struct json_token value;

		TRY(enter(j, &at, (struct str){p + 1, n}, &value, &found));
		at = value;
		p += 1 + n;
	}
	if (found && at.kind == JSON_STRING)
		*out = at.text;
	while (at.kind != JSON_END)
		TRY(json_next(j, &at));
	return NULL;
}

static struct err *from_event(const struct lookup *l, const char *pointer, struct str *out)
{
	struct json_limits lim = {EVENT_SIZE_MAX, JSON_DEPTH_CEILING, ERR_CONFIG};
	struct json_scan *j = NULL;
	struct err *e = json_scan_new(l->event, &lim, l->a, &j);

	if (!e)
		e = walk_event(j, pointer, out);
	json_scan_free(j);
	return e ? err_wrap(e, "%s", l->system->file) : NULL;
}

/* *out is NULL where it is not there or empty. */
static struct err *value_of(const struct lookup *l, const char *name, const char **out)
{
	struct str text = {0};

	*out = NULL;
	if (!name || (*name == '/' && !l->event.n))
		return NULL;
	if (*name == '/')
		TRY(from_event(l, name, &text));
	else
		text = str_from(io_env(l->io, name));
	if (text.n) {
		*out = arena_str(l->a, text).p;
		return *out ? NULL : err_nomem();
	}
	return NULL;
}

/* 40 hex digits; *is_none for 40 zeros, which stand for no commit. */
static struct err *id_of(const struct lookup *l, const char *name, const char **out, bool *is_none)
{
	TRY(value_of(l, name, out));
	*is_none = false;
	if (!*out)
		return NULL;
	if (strlen(*out) != REPO_HEX_SIZE - 1 ||
	    strspn(*out, "0123456789abcdef") != REPO_HEX_SIZE - 1)
		return err_new(ERR_CONFIG,
			       "%s: %s: found '%s', expected the id of a commit, 40 lower-case hex "
			       "digits",
			       l->system->name, name, *out);
	*is_none = strspn(*out, "0") == REPO_HEX_SIZE - 1;
	return NULL;
}

static struct err *open_event(struct lookup *l)
{
	const char *path = l->system->file ? io_env(l->io, l->system->file) : NULL;
	struct stat st;
	struct buf b;
	struct err *e;

	if (!path || !*path)
		return NULL;
	if (stat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return err_new(ERR_CONFIG, "%s: %s: not there, or no file", l->system->file, path);
	e = fs_read(path, EVENT_SIZE_MAX, &b);
	if (e)
		return err_wrap(e, "%s", l->system->file);
	l->event = arena_str(l->a, buf_view(&b));
	buf_free(&b);
	return l->event.p ? NULL : err_nomem();
}

/* "main" of "main" and of "refs/heads/main"; "" of a tag. */
static const char *branch_name(const char *ref)
{
	static const char heads[] = "refs/heads/";

	if (str_starts(str_from(ref), heads))
		return ref + sizeof(heads) - 1;
	return str_starts(str_from(ref), "refs/") ? "" : ref;
}

/* To a branch that counts: the trees before and after. To any other: a proposal to the default one. */
static struct err *take_push(const struct lookup *l, const struct source *s, struct range_wish *w)
{
	const char *before, *target, *own, *is_protected;
	bool is_new, is_default;

	TRY(id_of(l, s->base, &before, &is_new));
	TRY(value_of(l, s->target, &target));
	TRY(value_of(l, s->own, &own));
	TRY(value_of(l, s->is_protected, &is_protected));
	is_default = target && own && strcmp(target, branch_name(own)) == 0;
	if (is_new && is_default)
		return err_new(ERR_USAGE,
			       "%s: %s is the default branch and new here, so nothing stood on it "
			       "before; " GIVE_RANGE,
			       s->system->name, target);
	if (!is_new && (is_default || (is_protected && strcmp(is_protected, "true") == 0))) {
		w->kind = RANGE_TREES;
		w->base = before;
		return NULL;
	}
	w->base = target;
	w->is_branch = target;
	return NULL;
}

static struct err *take_base(const struct lookup *l, const struct source *s, struct range_wish *w)
{
	bool is_none;

	switch (s->kind) {
	case EVENT_PUSH:
		return take_push(l, s, w);
	case EVENT_QUEUE:
		w->kind = RANGE_QUEUE;
		return id_of(l, s->base, &w->base, &is_none);
	case EVENT_PROPOSAL:
		break;
	}
	w->is_branch = true;
	return value_of(l, s->target, &w->base);
}

/* A wish without base: the row's values are not all there. */
static struct err *take(const struct lookup *l, const struct source *s, struct range_wish *out)
{
	struct range_wish w = {.named_by = s->system->name, .is_id = true};
	bool is_none;

	*out = (struct range_wish){0};
	TRY(id_of(l, s->head, &w.head, &is_none));
	if (is_none)
		return err_new(ERR_USAGE, "%s: the branch was deleted: there is nothing to review",
			       s->system->name);
	TRY(id_of(l, s->merge, &w.merge, &is_none));
	TRY(id_of(l, s->proposal, &w.proposal, &is_none));
	TRY(take_base(l, s, &w));
	/* What is checked out is no head: it may be the base. */
	if (w.base && w.head)
		*out = w;
	return NULL;
}

static const struct system *find_system(const struct io *io)
{
	for (size_t i = 0; i < ARRAY_LEN(systems); i++) {
		const char *on = io_env(io, systems[i]->on);

		if (on && strcmp(on, "true") == 0)
			return systems[i];
	}
	return NULL;
}

struct err *ci_env_range(const struct io *io, struct arena *a, struct range_wish *out)
{
	struct lookup l = {.io = io, .a = a, .system = find_system(io)};
	const char *event = NULL;

	if (!l.system)
		return err_new(ERR_USAGE, "no commits to compare are named, neither here nor by "
					  "a CI system's environment; " GIVE_RANGE);
	TRY(value_of(&l, l.system->event, &event));
	if (!event)
		event = "";
	TRY(open_event(&l));
	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		const struct source *s = &sources[i];

		if (s->system != l.system || (*event && strcmp(event, s->event) != 0))
			continue;
		TRY(take(&l, s, out));
		if (out->base)
			return NULL;
	}
	return err_new(ERR_USAGE, "%s names no base for the event '%s'; " GIVE_RANGE,
		       l.system->name, event);
}
