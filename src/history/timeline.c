/* SPDX-License-Identifier: Apache-2.0 */
#include "history/timeline.h"

#include <stdlib.h>
#include <string.h>

#include "history/target_paths.h"
#include "result/judge.h"
#include "run/config_digest.h"

/* A state of one side, with its reading for the comparison with the next one. */
struct state {
	struct timeline_entry entry;
	const struct repo_event *event;
	const struct reading *reading;
};

struct side {
	struct state *states; /* newest first */
	size_t count;
	bool is_cut;
};

struct err *timeline_observed_tip(const struct workspace *w, struct repo_commit *out)
{
	struct repo_tip tip;
	struct err *e;

	TRY(repo_resolve_tip(w->repo, OBSERVED_BRANCH, w->arena, &tip));
	*out = tip.commit;
	if (!tip.commit.is_unborn)
		return NULL;
	e = repo_resolve(w->repo, "refs/remotes/origin/" OBSERVED_BRANCH, out);
	if (e && e->kind == ERR_NOMEM)
		return e;
	if (e)
		*out = tip.commit;
	err_free(e);
	return NULL;
}

static struct err *read_state(const struct workspace *w, const struct target_paths *paths,
			      struct state *s)
{
	struct config_file file;

	TRY(target_read_config(w, &s->event->commit, paths, &file));
	if (file.state == CONFIG_MISSING)
		return NULL;
	s->entry.path = file.path;
	s->entry.problem = file.problem;
	if (file.state == CONFIG_UNUSABLE)
		return NULL;
	s->reading = file.reading;
	return digest_config(&file.reading->config, w->arena, &s->entry.digest);
}

static struct err *take_messages(struct timeline_entry *e, const struct findings *list,
				 struct arena *a)
{
	e->messages = arena_array(a, list->n ? list->n : 1, sizeof(*e->messages));
	if (!e->messages)
		return err_nomem();
	/* One finding a change, in their order. */
	for (size_t i = 0; i < list->n; i++)
		e->messages[i] = list->v[i].message;
	return NULL;
}

static struct err *compare(const struct workspace *w, const struct target *t, struct state *s,
			   const struct state *before)
{
	struct result scratch = {.arena = w->arena, .findings = {.arena = w->arena}};
	struct err *e = NULL;

	s->entry.row.name = t->name;
	if (before && before->entry.path && s->entry.path &&
	    strcmp(before->entry.path, s->entry.path) != 0)
		s->entry.former_path = before->entry.path;
	if (s->reading && before && before->reading)
		e = judge_pair(&scratch, t->name, before->reading, s->reading, STR(""),
			       &s->entry.row);
	else if (s->reading)
		e = coverage_describe(&s->reading->config, w->arena, &s->entry.row.coverage_after);
	else if (before && before->reading)
		e = coverage_describe(&before->reading->config, w->arena,
				      &s->entry.row.coverage_before);
	if (!e)
		e = take_messages(&s->entry, &scratch.findings, w->arena);
	free(scratch.findings.v);
	return e;
}

static struct timeline_commit commit_of(const struct repo_event *e)
{
	return (struct timeline_commit){
		.hex = e->commit.hex,
		.time_s = e->commit.time_s,
		.author_s = e->author_s,
		.author = e->author,
		.email = e->email,
		.subject = e->subject,
		.judged_by = e->baseline,
	};
}

static struct err *read_side(const struct workspace *w, const struct repo_commit *tip,
			     const struct target *t, enum timeline_kind kind, struct side *out)
{
	struct target_paths paths;
	struct repo_history h;

	TRY(target_paths(t, kind == TIMELINE_OBSERVED, w->arena, &paths));
	TRY(repo_history(w->repo, tip, paths.list, paths.count, w->arena, &h));
	*out = (struct side){.count = h.count, .is_cut = h.is_cut};
	out->states = arena_array(w->arena, h.count ? h.count : 1, sizeof(*out->states));
	if (!out->states)
		return err_nomem();
	for (size_t i = h.count; i-- > 0;) {
		struct state *s = &out->states[i];

		s->event = &h.events[i];
		s->entry = (struct timeline_entry){.kind = kind, .commit = commit_of(s->event)};
		TRY(read_state(w, &paths, s));
		TRY(compare(w, t, s, i + 1 < h.count ? s + 1 : NULL));
	}
	return NULL;
}

/* From both sides one list; of two with the same time the baseline was there before it was met. */
static void merge(const struct side *base, const struct side *seen, struct timeline *out)
{
	size_t i = 0, j = 0;

	while (i < base->count || j < seen->count) {
		bool take_seen = i == base->count ||
				 (j < seen->count && seen->states[j].entry.commit.time_s >=
							     base->states[i].entry.commit.time_s);

		out->entries[out->count++] =
			take_seen ? seen->states[j++].entry : base->states[i++].entry;
	}
}

static void mark_drift(struct timeline *t)
{
	struct str base = {0}, seen = {0};
	bool was = false;
	int64_t since_s = 0;

	for (size_t i = t->count; i-- > 0;) {
		struct timeline_entry *e = &t->entries[i];

		*(e->kind == TIMELINE_BASELINE ? &base : &seen) = e->digest;
		e->is_drifted = base.n && seen.n && !str_eq(base, seen);
		e->is_drift_start = e->is_drifted && !was;
		if (e->is_drift_start) {
			since_s = e->commit.time_s;
			t->drift = e;
		}
		if (was && !e->is_drifted) {
			e->drift_s = e->commit.time_s - since_s;
			t->drift = NULL;
		}
		was = e->is_drifted;
	}
}

struct err *timeline_read(const struct workspace *w, const struct repo_commit *tip,
			  const struct target *t, struct timeline *out)
{
	struct repo_commit observed;
	struct side base, seen;

	*out = (struct timeline){.target = t->name};
	TRY(timeline_observed_tip(w, &observed));
	TRY(read_side(w, tip, t, TIMELINE_BASELINE, &base));
	TRY(read_side(w, &observed, t, TIMELINE_OBSERVED, &seen));
	out->is_cut = base.is_cut || seen.is_cut;
	out->entries = arena_array(w->arena, base.count + seen.count + 1, sizeof(*out->entries));
	if (!out->entries)
		return err_nomem();
	merge(&base, &seen, out);
	mark_drift(out);
	return NULL;
}
