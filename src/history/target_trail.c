/* SPDX-License-Identifier: Apache-2.0 */
#include "history/target_trail.h"

static struct err *name_file(struct arena *a, struct str name, const char **out)
{
	*out = arena_printf(a, "baselines/%.*s.json", STR_ARG(name));
	return *out ? NULL : err_nomem();
}

struct err *target_trail(const struct target *t, bool is_observed, struct arena *a,
			 struct repo_trail *out)
{
	*out = (struct repo_trail){.path = t->baseline.p};
	if (is_observed)
		TRY(name_file(a, t->name, &out->path));
	return t->former.n ? name_file(a, t->former, &out->former) : NULL;
}

struct err *target_read_config(const struct workspace *w, const struct repo_commit *c,
			       const struct repo_trail *trail, struct config_file *out)
{
	const struct file_tree tree = {.repo = w->repo, .commit = c};

	TRY(config_file_read(w, &tree, trail->path, w->arena, out));
	return out->state == CONFIG_MISSING && trail->former
		       ? config_file_read(w, &tree, trail->former, w->arena, out)
		       : NULL;
}
