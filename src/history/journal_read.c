/* SPDX-License-Identifier: Apache-2.0 */
#include "history/journal_read.h"

#include "base/grow.h"
#include "base/timeutil.h"
#include "history/journal.h"
#include "history/journal_parts.h"
#include "json/object.h"
#include "repo/history.h"

#define FETCHED_REF "refs/remotes/origin/scandrift/runs"

struct target_list {
	struct run_target *v;
	size_t n, cap;
};

/* A run as its record has it. */
struct record {
	struct str id, time, now, verdict, commit, version, build;
	bool is_endpoint_other;
	uint64_t targets_of_commit;
	struct target_list targets;
};

/* What is no time is like one that is not there. */
static struct err *read_arrival(struct json_scan *j, const struct json_token *first,
				struct arena *a, void *to)
{
	struct run_target *t = to;

	(void)a;
	t->has_arrival = true;
	if (first->kind == JSON_STRING && !time_parse_rfc3339(first->text, &t->fetched_s))
		t->fetched_s = 0;
	return json_skip(j, first);
}

static struct err *read_truth(struct json_scan *j, const struct json_token *first, struct arena *a,
			      void *to)
{
	bool *out = to;

	(void)a;
	*out = first->kind == JSON_TRUE;
	return json_skip(j, first);
}

static const struct json_member target_members[] = {
	{JSON_ROW("name", TEXT, struct run_target, name)},
	{JSON_ROW("outcome", TEXT, struct run_target, outcome_text)},
	{JSON_ROW("baseline_digest", TEXT, struct run_target, baseline_digest)},
	{JSON_ROW("live_digest", TEXT, struct run_target, live_digest)},
	{JSON_ROW("account", TEXT, struct run_target, account)},
	{JSON_ROW("endpoint", TEXT, struct run_target, endpoint)},
	{JSON_ROW("request_id", TEXT, struct run_target, request_id)},
	{.key = "fetched", .kind = JSON_MEMBER_READ, .offset = 0, .read = read_arrival},
	{JSON_ROW("replayed", READ, struct run_target, is_replayed), .read = read_truth},
};
static const struct json_object target_object = {JSON_OTHER_IS_ABSENT, target_members,
						 ARRAY_LEN(target_members)};

static enum outcome outcome_of(struct str text)
{
	enum outcome o = OUTCOME_EQUAL;

	while (o < OUTCOME_COUNT && !str_is(text, outcome_name(o)))
		o++;
	return o;
}

static struct err *read_target(struct json_scan *j, const struct json_token *first, struct arena *a,
			       struct target_list *list)
{
	struct run_target *v = grow_in(a, list->v, list->n, &list->cap, sizeof(*v));
	struct run_target t = {.outcome = OUTCOME_COUNT};

	if (!v)
		return err_nomem();
	list->v = v;
	TRY(json_object_read(j, first, &target_object, NULL, &t));
	t.outcome = outcome_of(t.outcome_text);
	/* What has no name is no target; the rest of the record may be all right. */
	if (t.name.n)
		list->v[list->n++] = t;
	return NULL;
}

static struct err *read_targets(struct json_scan *j, const struct json_token *first,
				struct arena *a, void *to)
{
	struct json_token t;

	if (first->kind != JSON_ARRAY)
		return json_skip(j, first);
	for (;;) {
		TRY(json_next(j, &t));
		if (t.kind == JSON_ARRAY_END)
			return NULL;
		if (t.kind == JSON_OBJECT)
			TRY(read_target(j, &t, a, to));
		else
			TRY(json_skip(j, &t));
	}
}

static const struct json_member record_members[] = {
	{JSON_ROW("run", TEXT, struct record, id)},
	{JSON_ROW("time", TEXT, struct record, time)},
	{JSON_ROW("now", TEXT, struct record, now)},
	{JSON_ROW("verdict", TEXT, struct record, verdict)},
	{JSON_ROW("commit", TEXT, struct record, commit)},
	{JSON_ROW("version", TEXT, struct record, version)},
	{JSON_ROW("build", TEXT, struct record, build)},
	{JSON_ROW("endpoint_option", READ, struct record, is_endpoint_other), .read = read_truth},
	{JSON_ROW("targets_of_commit", COUNT, struct record, targets_of_commit), .max = UINT32_MAX},
	{JSON_ROW("targets", READ, struct record, targets), .read = read_targets},
};
static const struct json_object record_object = {JSON_OTHER_IS_ABSENT, record_members,
						 ARRAY_LEN(record_members)};

static struct err *parse(struct run *run, struct str bytes, struct arena *a)
{
	struct json_limits lim = {JSON_SIZE_MAX, JSON_DEPTH_MAX, ERR_REPO};
	struct record record = {.targets = {NULL, 0, 0}};
	struct err *e = json_object_parse(bytes, &lim, &record_object, a, &record);

	if (e && e->kind == ERR_NOMEM)
		return e;
	run->id = record.id;
	run->has_now = time_parse_rfc3339(record.now, &run->now_s);
	run->is_endpoint_other = record.is_endpoint_other;
	run->targets_of_commit = record.targets_of_commit;
	run->verdict = record.verdict;
	run->judged_by = record.commit;
	run->version = record.version;
	run->build = record.build;
	if (!e && record.verdict.n && time_parse_rfc3339(record.time, &run->time_s)) {
		run->targets = record.targets.v;
		run->target_count = record.targets.n;
	} else {
		run->problem = STR("is no record of a run");
	}
	err_free(e);
	return NULL;
}

static struct err *read_run(const struct workspace *w, const struct repo_past *then,
			    struct run *out)
{
	struct repo_entry entry;

	*out = (struct run){
		.hex = arena_str(w->arena, str_from(then->commit.hex)).p,
		.time_s = then->commit.time_s,
		.commit_s = then->commit.time_s,
		.author_s = then->author_s,
		.is_fork = then->parent_count > 1,
	};
	if (!out->hex)
		return err_nomem();
	TRY(repo_read_entry(w->repo, &then->commit, JOURNAL_FILE, JSON_SIZE_MAX, w->arena, &entry));
	if (entry.kind != REPO_ENTRY_FILE) {
		out->problem = STR("has no " JOURNAL_FILE);
		return NULL;
	}
	return parse(out, entry.bytes, w->arena);
}

struct run_list {
	const struct workspace *w;
	struct run *v;
	size_t n, room;
	bool is_cut;
};

static struct err *take_run(void *ctx, size_t i, const struct repo_past *then, bool *more)
{
	struct run_list *list = ctx;
	struct run *v = grow_in(list->w->arena, list->v, list->n, &list->room, sizeof(*v));

	(void)i;
	*more = true;
	if (!v)
		return err_nomem();
	list->v = v;
	list->is_cut = then->is_cut;
	return read_run(list->w, then, &v[list->n++]);
}

/* Two chains that have each a record of their own. */
static struct err *find_fork(const struct workspace *w, const struct repo_commit *tip,
			     struct runs *r)
{
	struct repo_commit other;
	bool ahead = false, behind = false;
	struct err *e = repo_resolve(w->repo, FETCHED_REF, &other);

	if (e && e->kind != ERR_NOMEM) {
		err_free(e);
		return NULL;
	}
	TRY(e);
	TRY(repo_is_within(w->repo, &other, tip, &ahead));
	TRY(repo_is_within(w->repo, tip, &other, &behind));
	if (!ahead && !behind)
		r->parted_from = FETCHED_REF;
	return NULL;
}

struct err *journal_read(const struct workspace *w, int64_t every_s, int64_t now_s,
			 struct runs *out)
{
	struct repo_tip tip;
	struct run_list list = {.w = w};
	struct str hex;

	*out = (struct runs){.reference = JOURNAL_REF};
	TRY(journal_find_tip(w, &tip));
	if (tip.commit.is_unborn)
		return err_new(
			ERR_REPO,
			"there is no journal here (branch " JOURNAL_BRANCH
			"); scandrift check --journal begins one, git fetch ORIGIN " JOURNAL_BRANCH
			":" JOURNAL_BRANCH " fetches one");
	TRY(repo_walk_commits(w->repo, &tip.commit, take_run, &list));
	hex = arena_str(w->arena, str_from(tip.commit.hex));
	if (!hex.p)
		return err_nomem();
	out->tip_hex = hex.p;
	out->list = list.v;
	out->count = list.n;
	out->is_cut = list.is_cut;
	TRY(journal_mark(w, out));
	out->is_due = every_s != 0;
	if (out->is_due)
		TRY(journal_find_missing(w, every_s, now_s, out));
	return find_fork(w, &tip.commit, out);
}
