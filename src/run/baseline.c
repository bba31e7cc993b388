/* SPDX-License-Identifier: Apache-2.0 */
#include "run/baseline.h"

#include "model/canonical.h"
#include "run/config_digest.h"
#include "run/config_file.h"

static struct err *take_digest(const struct workspace *w, const struct live_side *live,
			       struct baseline_side *out)
{
	const struct config *c = &out->reading->config;

	if (!live || !live->digest.n || !config_is_same(&live->reading->config, c))
		return digest_config(c, w->arena, &out->digest);
	out->digest = live->digest;
	return NULL;
}

static struct err *take_baseline(const struct workspace *w, const struct config_file *file,
				 const struct live_side *live, struct baseline_side *out)
{
	out->problem = file->problem;
	out->problem_line = file->problem_line;
	switch (file->state) {
	case CONFIG_MISSING:
		out->state = BASELINE_MISSING;
		return NULL;
	case CONFIG_UNUSABLE:
		out->state = BASELINE_MALFORMED;
		return NULL;
	case CONFIG_READ:
		break;
	}
	out->state = BASELINE_READ;
	out->reading = file->reading;
	TRY(canonical_check(&file->reading->config, file->bytes, &out->is_canonical));
	return take_digest(w, live, out);
}

struct err *baseline_read(const struct workspace *w, const struct target *t,
			  const struct live_side *live, struct baseline_side *out)
{
	const struct file_tree tree = workspace_tree(w);
	const struct repo_uncommitted *change = workspace_find_change(w, t->baseline.p);
	struct config_file file;

	*out = (struct baseline_side){.state = BASELINE_MISSING};
	TRY(config_file_read(w, &tree, t->baseline.p, w->arena, &file));
	TRY(config_file_demand(&file, w->arena));
	TRY(take_baseline(w, &file, live, out));
	/* No file in the working tree is as a link was committed; the one finding says why. */
	if (change && !w->is_worktree && (file.state != CONFIG_UNUSABLE || file.bytes.p))
		out->uncommitted = str_from(repo_state_text(change->state));
	return NULL;
}
