/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/orphans.h"

#include <stdlib.h>

#define BASELINES_FOLDER "baselines"
#define FOLDERS_MAX      16u /* of them in each other */

struct search {
	struct repo *repo;
	const struct repo_commit *commit;
	struct arena *arena;
	struct result *result;
	const struct str *named; /* what targets name, sorted */
	size_t named_count;
};

static int by_text(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(*x, *y);
}

static struct err *list_named(struct search *s, const struct targets *t)
{
	struct str *list = arena_array(s->arena, t->count + 1, sizeof(*list));

	if (!list)
		return err_nomem();
	for (size_t i = 0; i < t->count; i++)
		list[i] = t->list[i].baseline;
	qsort(list, t->count, sizeof(*list), by_text);
	s->named = list;
	s->named_count = t->count;
	return NULL;
}

static bool is_orphan(const struct search *s, struct str path)
{
	static const struct str end = {".json", 5};

	return path.n > end.n && str_eq((struct str){path.p + path.n - end.n, end.n}, end) &&
	       !bsearch(&path, s->named, s->named_count, sizeof(*s->named), by_text);
}

static struct err *search_folder(const struct search *s, const char *folder, unsigned depth)
{
	struct repo_names names;

	if (depth > FOLDERS_MAX)
		return err_new(ERR_REPO, "%s: more than %u folders in each other", folder,
			       FOLDERS_MAX);
	TRY(repo_list_folder(s->repo, s->commit, folder, s->arena, &names));
	for (size_t i = 0; i < names.count; i++) {
		char *path = arena_printf(s->arena, "%s/%s", folder, names.items[i].name);

		if (!path)
			return err_nomem();
		if (names.items[i].kind == REPO_ENTRY_TREE)
			TRY(search_folder(s, path, depth + 1));
		else if (is_orphan(s, str_from(path)))
			TRY(judge_orphan(s->result, str_from(path)));
	}
	return NULL;
}

struct err *orphans_judge(struct repo *repo, const struct repo_commit *c, const struct targets *t,
			  struct arena *a, struct result *r)
{
	struct search s = {.repo = repo, .commit = c, .arena = a, .result = r};

	if (c->is_unborn)
		return NULL;
	TRY(list_named(&s, t));
	return search_folder(&s, BASELINES_FOLDER, 1);
}
