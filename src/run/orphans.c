/* SPDX-License-Identifier: Apache-2.0 */
#include "run/orphans.h"

#include <stdlib.h>
#include <string.h>

#define TOLD_MAX    1000u              /* findings of their own */
#define ENTRIES_MAX 200000u            /* looked at; the folders among them */
#define BYTES_MAX   ((size_t)16 << 20) /* of their paths */

static int by_text(const void *a, const void *b)
{
	const struct str *x = a, *y = b;

	return str_cmp(*x, *y);
}

static struct err *take(void *taker, const char *path, enum repo_entry_kind kind)
{
	(void)kind;
	return orphans_take(taker, path);
}

struct err *orphans_begin(const struct file_tree *tree, const struct targets *t, struct arena *a,
			  struct result *r, struct orphans *out)
{
	struct str *list = arena_array(a, t->count + 1, sizeof(*list));

	if (!list)
		return err_nomem();
	for (size_t i = 0; i < t->count; i++)
		list[i] = t->list[i].baseline;
	if (t->count)
		qsort(list, t->count, sizeof(*list), by_text);
	*out = (struct orphans){.result = r, .named = list, .named_count = t->count, .tree = *tree};
	out->walk = (struct tree_walk){.tree = &out->tree,
				       .arena = a,
				       .take = take,
				       .taker = out,
				       .entries_left = ENTRIES_MAX,
				       .bytes_left = BYTES_MAX};
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

struct err *orphans_take(struct orphans *o, const char *path)
{
	if (!orphans_is(o, str_from(path)))
		return NULL;
	if (o->told == TOLD_MAX) {
		o->untold++;
		return NULL;
	}
	o->told++;
	return judge_orphan(o->result, str_from(path));
}

struct err *orphans_search(struct orphans *o, const char *folder)
{
	return file_tree_walk(&o->walk, folder);
}

struct err *orphans_end(struct orphans *o)
{
	const struct unlisted_orphans rest = {ORPHANS_FOLDER, o->untold, o->walk.is_cut,
					      ENTRIES_MAX, TREE_WALK_DEPTH_MAX};

	return o->untold || o->walk.is_cut ? judge_unlisted_orphans(o->result, &rest) : NULL;
}
