/* SPDX-License-Identifier: Apache-2.0 */
#include "repo/merge.h"

#include <string.h>

#include "repo/git.h"

#define DEPTH_MAX 64u

/* What counts: the targets' baselines elsewhere are asked for by who knows them. */
static const struct {
	const char *text;
	enum { PLACE_BELOW, PLACE_PATH, PLACE_NAME } as;
} judged[] = {
	{"baselines", PLACE_BELOW},     {"policies", PLACE_BELOW},
	{".gitattributes", PLACE_NAME}, {".github/workflows", PLACE_BELOW},
	{".gitlab-ci.yml", PLACE_PATH}, {".gitlab", PLACE_BELOW},
	{".kubernetes", PLACE_BELOW},
};

static bool is_judged(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	for (size_t i = 0; i < ARRAY_LEN(judged); i++) {
		const char *text = judged[i].text;
		size_t n = strlen(text);

		if (strcmp(judged[i].as == PLACE_NAME ? name : path, text) == 0)
			return true;
		if (judged[i].as == PLACE_BELOW && strncmp(path, text, n) == 0 && path[n] == '/')
			return true;
	}
	return false;
}

/* One path in all of the trees. */
struct spots {
	struct tree_entry base, head, ancestors[RANGE_ANCESTORS_MAX];
	size_t count;
};

static struct err *find_spots(struct repo *r, const struct range *range, const char *path,
			      struct spots *out)
{
	out->count = range->ancestor_count;
	TRY(tree_find(r, &range->base, path, &out->base));
	TRY(tree_find(r, &range->head, path, &out->head));
	for (size_t i = 0; i < out->count; i++)
		TRY(tree_find(r, &range->ancestors[i], path, &out->ancestors[i]));
	return NULL;
}

static bool all_are(const struct spots *s, const struct tree_entry *like)
{
	for (size_t i = 0; i < s->count; i++) {
		if (!spot_eq(&s->ancestors[i], like))
			return false;
	}
	return true;
}

static bool all_kinds_are(const struct spots *s, enum repo_entry_kind kind)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->ancestors[i].kind != kind)
			return false;
	}
	return true;
}

static struct err *both_changed(const char *path, const char *how)
{
	return err_new(
		ERR_REPO,
		"%s: %s, so what a merge gives is not known; merge or rebase onto base first", path,
		how);
}

/*
 * A file that one side added, in a folder that was there before and that the other side deleted or
 * moved: where the file is meant to be is for a person to say.
 */
static struct err *check_folders(struct repo *r, const struct range *range,
				 const struct repo_commit *other, const char *path)
{
	char folder[4097];

	for (const char *p = path; (p = strchr(p, '/')); p++) {
		size_t n = (size_t)(p - path);
		bool was_there = false;
		struct tree_entry spot;

		if (n >= sizeof(folder))
			return err_new(ERR_REPO, "%s: the path is too long", path);
		memcpy(folder, path, n);
		folder[n] = '\0';
		for (size_t i = 0; i < range->ancestor_count && !was_there; i++) {
			TRY(tree_find(r, &range->ancestors[i], folder, &spot));
			was_there = spot.kind == REPO_ENTRY_TREE;
		}
		if (!was_there)
			return NULL;
		TRY(tree_find(r, other, folder, &spot));
		if (spot.kind != REPO_ENTRY_TREE)
			return both_changed(path,
					    "one side added it to a folder that the other side "
					    "deleted");
	}
	return NULL;
}

/* Both sides changed it, each in another way. */
static struct err *settle_both(const struct spots *s, const char *path, enum repo_side *out)
{
	bool base_is = s->base.kind == REPO_ENTRY_TREE, head_is = s->head.kind == REPO_ENTRY_TREE;

	if (base_is && head_is) {
		*out = REPO_SIDE_BOTH;
		return NULL;
	}
	/* A folder is gone on one side: each path below it that the other side changed is an error. */
	if (base_is != head_is && all_kinds_are(s, REPO_ENTRY_TREE)) {
		*out = base_is ? REPO_SIDE_HEAD : REPO_SIDE_BASE;
		return NULL;
	}
	if (!all_are(s, &s->ancestors[0]))
		return both_changed(path,
				    "base and head differ there, and so do their merge bases");
	return both_changed(path, "base and head both changed it");
}

static struct err *settle(struct repo *r, const struct range *range, const struct spots *s,
			  const char *path, enum repo_side *out)
{
	bool was_missing = all_kinds_are(s, REPO_ENTRY_MISSING);

	*out = REPO_SIDE_HEAD;
	if (spot_eq(&s->base, &s->head))
		return NULL;
	if (all_are(s, &s->base))
		return was_missing ? check_folders(r, range, &range->base, path) : NULL;
	if (!all_are(s, &s->head))
		return settle_both(s, path, out);
	*out = REPO_SIDE_BASE;
	return was_missing ? check_folders(r, range, &range->head, path) : NULL;
}

struct err *repo_merge_side(struct repo *r, const struct repo_merge *m, const char *path,
			    enum repo_side *out)
{
	struct spots s;

	*out = REPO_SIDE_HEAD;
	/* Nothing at it, above it or below it: no tree needs to be read. */
	if (m->range->ancestor_count == 1 && *path && !repo_may_differ_below(&m->theirs, path))
		return NULL;
	TRY(find_spots(r, m->range, path, &s));
	return settle(r, m->range, &s, path, out);
}

struct err *repo_merge_new(struct repo *r, const struct range *range, struct arena *a,
			   struct repo_merge *out)
{
	*out = (struct repo_merge){.range = range};
	if (range->ancestor_count > 1)
		return NULL;
	return repo_find_changed(r, &range->ancestors[0], &range->base, a, &out->theirs);
}

/* ---- all that counts ---- */

struct walk {
	struct repo *repo;
	const struct range *range;
	struct arena *arena;
	size_t trees;
};

static struct err *check_path(struct walk *w, const char *path, unsigned depth);

static struct err *check_names(struct walk *w, const struct repo_commit *side,
			       const struct repo_commit *done, const char *folder, unsigned depth)
{
	struct repo_names names;

	TRY(repo_list_folder(w->repo, side, folder, w->arena, &names));
	for (size_t i = 0; i < names.count; i++) {
		const char *path = arena_printf(w->arena, "%s%s%s", folder, *folder ? "/" : "",
						names.items[i].name);
		struct tree_entry spot = {.kind = REPO_ENTRY_MISSING};

		if (!path)
			return err_nomem();
		if (done)
			TRY(tree_find(w->repo, done, path, &spot));
		if (spot.kind == REPO_ENTRY_MISSING)
			TRY(check_path(w, path, depth));
	}
	return NULL;
}

/* Only where both sides changed a folder can there be something below it that has no result. */
static struct err *check_folder(struct walk *w, const char *folder, unsigned depth)
{
	if (depth > DEPTH_MAX || w->trees++ == REPO_CHANGED_TREES_MAX)
		return err_new(
			ERR_REPO,
			"%s: base and head changed too many folders, or too deep ones, for a "
			"merge to be told; merge or rebase onto base first",
			*folder ? folder : "root folder");
	TRY(check_names(w, &w->range->base, NULL, folder, depth));
	return check_names(w, &w->range->head, &w->range->base, folder, depth);
}

static struct err *check_path(struct walk *w, const char *path, unsigned depth)
{
	struct spots s;
	enum repo_side side;

	TRY(find_spots(w->repo, w->range, path, &s));
	if (is_judged(path))
		TRY(settle(w->repo, w->range, &s, path, &side));
	if (spot_eq(&s.base, &s.head) || all_are(&s, &s.base) || all_are(&s, &s.head))
		return NULL;
	if (s.base.kind == REPO_ENTRY_TREE || s.head.kind == REPO_ENTRY_TREE)
		return check_folder(w, path, depth + 1);
	return NULL;
}

struct err *repo_merge_check(struct repo *r, const struct repo_merge *m, struct arena *a)
{
	struct walk w = {.repo = r, .range = m->range, .arena = a};

	return check_folder(&w, "", 0);
}

/* ---- what it changes ---- */

struct err *repo_merge_changed(struct repo *r, const struct repo_merge *m, struct arena *a,
			       struct repo_changed *out)
{
	size_t kept = 0;
	struct spots s;

	TRY(repo_find_changed(r, &m->range->base, &m->range->head, a, out));
	for (size_t i = 0; i < out->count; i++) {
		TRY(find_spots(r, m->range, out->paths[i], &s));
		if (!all_are(&s, &s.head))
			out->paths[kept++] = out->paths[i];
	}
	out->count = kept;
	return NULL;
}
