/* SPDX-License-Identifier: Apache-2.0 */
#include "run/orphans.h"

#include <stdlib.h>
#include <string.h>

#define FOLDERS_MAX 16u /* of them in each other */

struct search {
	const struct orphans_at *at;
	struct arena *arena;
	struct result *result;
	struct orphans orphans;
};

static int by_text(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(*x, *y);
}

struct err *orphans_new(const struct targets *t, struct arena *a, struct orphans *out)
{
	struct str *list = arena_array(a, t->count + 1, sizeof(*list));

	if (!list)
		return err_nomem();
	for (size_t i = 0; i < t->count; i++)
		list[i] = t->list[i].baseline;
	if (t->count)
		qsort(list, t->count, sizeof(*list), by_text);
	*out = (struct orphans){list, t->count};
	return NULL;
}

bool orphans_is(const struct orphans *o, struct str path)
{
	static const struct str folder = {ORPHANS_FOLDER "/", sizeof(ORPHANS_FOLDER)};
	static const struct str end = {".json", 5};

	return path.n > folder.n + end.n && memcmp(path.p, folder.p, folder.n) == 0 &&
	       str_eq((struct str){path.p + path.n - end.n, end.n}, end) &&
	       !bsearch(&path, o->named, o->named_count, sizeof(*o->named), by_text);
}

static struct err *search_folder(const struct search *s, const char *folder, unsigned depth)
{
	struct repo_names names;

	if (depth > FOLDERS_MAX)
		return err_new(ERR_REPO, "%s: more than %u folders in each other", folder,
			       FOLDERS_MAX);
	TRY(file_tree_entries(&s->at->tree, folder, s->arena, &names));
	for (size_t i = 0; i < names.count; i++) {
		char *path = arena_printf(s->arena, "%s/%s", folder, names.items[i].name);

		if (!path)
			return err_nomem();
		if (names.items[i].kind == REPO_ENTRY_TREE)
			TRY(search_folder(s, path, depth + 1));
		else if (orphans_is(&s->orphans, str_from(path)))
			TRY(judge_orphan(s->result, str_from(path)));
	}
	return NULL;
}

struct err *orphans_judge(const struct orphans_at *at, const struct targets *t, struct arena *a,
			  struct result *r)
{
	struct search s = {.at = at, .arena = a, .result = r};

	TRY(orphans_new(t, a, &s.orphans));
	return search_folder(&s, at->folder, 1);
}
