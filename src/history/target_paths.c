/* SPDX-License-Identifier: Apache-2.0 */
#include "history/target_paths.h"

struct err *target_paths(const struct target *t, bool is_observed, struct arena *a,
			 struct target_paths *out)
{
	const char *own =
		is_observed ? arena_printf(a, "baselines/%s.json", t->name.p) : t->baseline.p;

	*out = (struct target_paths){.list = {own}, .count = 1};
	if (!own)
		return err_nomem();
	for (size_t i = 0; i < t->former_count && out->count < ARRAY_LEN(out->list); i++) {
		const char *path = arena_printf(a, "baselines/%s.json", t->former[i].name.p);

		if (!path)
			return err_nomem();
		out->list[out->count++] = path;
	}
	return NULL;
}

struct err *target_read_entry(const struct workspace *w, const struct repo_commit *c,
			      const struct target_paths *paths, size_t max, const char **path,
			      struct repo_entry *out)
{
	*path = NULL;
	*out = (struct repo_entry){.kind = REPO_ENTRY_MISSING};
	if (c->is_unborn)
		return NULL;
	for (size_t i = 0; i < paths->count; i++) {
		TRY(repo_read_entry(w->repo, c, paths->list[i], max, w->arena, out));
		if (out->kind == REPO_ENTRY_MISSING)
			continue;
		*path = paths->list[i];
		return NULL;
	}
	return NULL;
}
