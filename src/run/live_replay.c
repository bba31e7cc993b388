/* SPDX-License-Identifier: Apache-2.0 */
/* Replies from a folder that earlier runs filled, maybe several of them on several machines. */
#include <string.h>

#include "cloud/replay.h"
#include "run/live_parts.h"

/* Of recordings that name several commits, ours counts, else the first. */
static struct err *find_commit(struct live *l, const struct target *const *list, size_t n,
			       const char **out)
{
	const char *first = NULL;

	*out = NULL;
	for (size_t i = 0; i < n; i++) {
		const char *commit = NULL;

		TRY(replay_commit(l->net->replay, list[i]->name.p, l->w->arena, &commit));
		if (!commit)
			continue;
		if (!first)
			first = commit;
		if (strcmp(commit, l->w->commit.hex) == 0) {
			*out = commit;
			return NULL;
		}
	}
	*out = first;
	return NULL;
}

static struct err *judge_recording(const struct target *t, const char *commit, struct arena *a,
				   struct fetch_outcome *o)
{
	struct fetch_failure f = {.api_code = "", .request_id = ""};

	if (commit && o->commit && strcmp(commit, o->commit) != 0) {
		f.reason = REASON_OTHER_COMMIT;
		f.message =
			arena_printf(a, "recorded by a run on commit %.12s, and others on %.12s",
				     o->commit, commit);
		f.hint = reason_hint(f.reason);
	} else if (t->uin.n && o->account && *o->account && !str_is(t->uin, o->account)) {
		f.reason = REASON_WRONG_ACCOUNT;
		f.message = arena_printf(a, "recorded from account %s, expected uin = %s",
					 o->account, t->uin.p);
		f.hint = "Record it with the credentials of its account, or correct its uin";
	} else {
		return NULL;
	}
	o->failure = f;
	return f.message ? NULL : err_nomem();
}

struct err *live_replay_all(struct live *l, const struct target *const *list, size_t n,
			    live_take_outcome *take, void *ctx)
{
	const char *commit = NULL;

	if (n > 1)
		TRY(find_commit(l, list, n, &commit));
	for (size_t i = 0; i < n; i++) {
		struct fetch_outcome o = {0};
		struct arena *a = arena_new();
		struct err *e;

		if (!a)
			return err_nomem();
		e = replay_read(l->net->replay, list[i]->name.p, schema_registry_scan.service,
				l->w->max_reply, a, &o);
		if (!e)
			e = judge_recording(list[i], commit, a, &o);
		if (e) {
			arena_free(a);
			return e;
		}
		TRY(take(ctx, i, &o, a));
	}
	return NULL;
}
