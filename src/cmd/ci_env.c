/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ci_env.h"

#include <string.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "json/scan.h"

#define EVENT_SIZE_MAX ((size_t)32 << 20) /* GitHub sends at most 25 MB */

#define GIVE_RANGE "give BASE..HEAD, BASE...HEAD or BASE"

/*
 * A value is named as "/member/member" of the event file, or as an environment variable. GitHub
 * tests a proposal on a merge commit that it makes, and the `base.sha` of an event may be older
 * than that commit's first parent: so the merge comes first. GitLab does the same in a pipeline for
 * merged results alone.
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

struct source {
	const struct system *system;
	const char *event;
	const char *base, *head; /* commits */
	const char *merge, *proposal;
	const char *branch; /* where base is no commit: head is held against where it left this */
	const char *own;    /* the branch that head is on: it did not leave itself */
};

/* clang-format off */
static const struct source sources[] = {
	/*        event                  base, head                                           merge, proposal                               branch, own */
	{ &github, "merge_group",         "/merge_group/base_sha",  "/merge_group/head_sha",  NULL,         NULL,                     NULL, NULL },
	{ &github, "pull_request",        "/pull_request/base/sha", "/pull_request/head/sha", "GITHUB_SHA", "/pull_request/head/sha", "GITHUB_BASE_REF", NULL },
	{ &github, "pull_request_review", "/pull_request/base/sha", "/pull_request/head/sha", "GITHUB_SHA", "/pull_request/head/sha", NULL, NULL },
	{ &github, "pull_request_target", "/pull_request/base/sha", "/pull_request/head/sha", NULL,         NULL,                     NULL, NULL },
	{ &github, "push",                "/before",                "GITHUB_SHA",             NULL,         NULL,                     "/repository/default_branch", "GITHUB_REF_NAME" },
	{ &gitlab, "merge_request_event", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_COMMIT_SHA", "CI_COMMIT_SHA", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", NULL, NULL },
	{ &gitlab, "merge_request_event", "CI_MERGE_REQUEST_DIFF_BASE_SHA",     "CI_COMMIT_SHA", NULL, NULL, NULL, NULL },
	{ &gitlab, "push",                "CI_COMMIT_BEFORE_SHA",               "CI_COMMIT_SHA", NULL, NULL, "CI_DEFAULT_BRANCH", "CI_COMMIT_BRANCH" },
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

/* A branch that is new has no commit before: it is held against the one that it came from. */
static struct err *take_branch(const struct lookup *l, const struct source *s, struct range_wish *w)
{
	const char *own;

	TRY(value_of(l, s->branch, &w->base));
	TRY(value_of(l, s->own, &own));
	if (w->base && own && strcmp(w->base, own) == 0)
		return err_new(ERR_USAGE,
			       "%s: %s is the default branch and new here, so nothing stood on it "
			       "before; " GIVE_RANGE,
			       s->system->name, own);
	w->is_branch = w->is_merge_base = w->base;
	return NULL;
}

/* A wish without base: the row names none. */
static struct err *take(const struct lookup *l, const struct source *s, struct range_wish *out)
{
	struct range_wish w = {.named_by = s->system->name, .is_id = true};
	bool is_none;

	*out = (struct range_wish){0};
	TRY(id_of(l, s->base, &w.base, &is_none));
	if (!w.base || is_none)
		TRY(take_branch(l, s, &w));
	if (!w.base)
		return NULL;
	TRY(id_of(l, s->head, &w.head, &is_none));
	if (is_none)
		return err_new(ERR_USAGE, "%s: the branch was deleted: there is nothing to review",
			       s->system->name);
	TRY(id_of(l, s->merge, &w.merge, &is_none));
	TRY(id_of(l, s->proposal, &w.proposal, &is_none));
	/* Without its event, GitHub names the merge alone. */
	if (!w.head)
		w.head = w.merge;
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
	const char *event;

	if (!l.system)
		return err_new(ERR_USAGE, "no commits to compare are named, neither here nor by "
					  "a CI system's environment; " GIVE_RANGE);
	event = io_env(io, l.system->event);
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
