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
	if (t->former.n) {
		out->list[1] = arena_printf(a, "baselines/%s.json", t->former.p);
		if (!out->list[out->count++])
			return err_nomem();
	}
	return NULL;
}

struct err *target_read_config(const struct workspace *w, const struct repo_commit *c,
			       const struct target_paths *paths, struct config_file *out)
{
	const struct file_tree tree = {.repo = w->repo, .commit = c};

	*out = (struct config_file){.state = CONFIG_MISSING, .path = paths->list[0]};
	for (size_t i = 0; i < paths->count && out->state == CONFIG_MISSING; i++)
		TRY(config_file_read(w, &tree, paths->list[i], w->arena, out));
	return NULL;
}
