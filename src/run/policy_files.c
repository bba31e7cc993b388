/* SPDX-License-Identifier: Apache-2.0 */
#include "run/policy_files.h"

struct loader {
	struct workspace *w;
	const struct io *io;
	struct policies *out;
	size_t bytes;
};

static struct err *load(struct loader *l, const char *path)
{
	const struct file_tree tree = workspace_tree(l->w);
	struct policy *p = &l->out->list[l->out->count];
	struct tree_file file;

	TRY(file_tree_read(&tree, path, POLICY_FILE_MAX, l->w->arena, &file));
	if (file.problem)
		return err_new(ERR_CONFIG, "%s: %s", path, file.problem);
	l->bytes += file.bytes.n;
	if (l->bytes > POLICIES_SIZE_MAX)
		return err_new(ERR_CONFIG, POLICIES_FOLDER ": more than %zu bytes in all",
			       POLICIES_SIZE_MAX);
	TRY(policy_parse(l->w->arena, &schema_registry_scan, path, file.bytes, p));
	l->out->count++;
	return NULL;
}

/* Keeps the first error, so that one run tells of every file. */
static struct err *load_all(struct loader *l, const char *const *paths, size_t count)
{
	struct err *first = NULL;

	for (size_t i = 0; i < count; i++) {
		struct err *e = load(l, paths[i]);

		if (!e)
			continue;
		if (!first) {
			first = e;
			continue;
		}
		log_error(&l->io->log, "%s", e->msg);
		err_free(e);
	}
	return first;
}

struct err *policies_open(struct workspace *w, const struct io *io, struct policies *out)
{
	const struct file_tree tree = workspace_tree(w);
	struct loader l = {w, io, out, 0};
	const char **paths;
	size_t count;

	*out = (struct policies){0};
	TRY(file_tree_list(&tree, POLICIES_FOLDER, ".ini", POLICIES_MAX, w->arena, &paths, &count));
	out->list = arena_array(w->arena, count + 1, sizeof(*out->list));
	if (!out->list)
		return err_nomem();
	TRY(load_all(&l, paths, count));
	TRY(policies_link(w->arena, &schema_registry_scan, out));
	return judge_policies_check(out);
}
