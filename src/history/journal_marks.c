/* SPDX-License-Identifier: Apache-2.0 */
/* What a record shows that an honest run does not: a clock that was set, replies used twice. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "history/journal_parts.h"

static void mark(struct run *run, enum run_mark m)
{
	run->marks |= 1u << m;
}

static bool is_far(int64_t a, int64_t b)
{
	return a - b > RUN_CLOCK_SLACK_S || b - a > RUN_CLOCK_SLACK_S;
}

/* The list has the newest first, so the parent is the next one. */
static void mark_times(struct runs *r)
{
	for (size_t i = 0; i < r->count; i++) {
		struct run *run = &r->list[i];

		if (run->problem.n)
			continue;
		if (is_far(run->time_s, run->commit_s) || is_far(run->time_s, run->author_s))
			mark(run, RUN_MARK_COMMIT_DATE);
		if (i + 1 < r->count && run->time_s < r->list[i + 1].time_s)
			mark(run, RUN_MARK_BEFORE_PARENT);
		for (size_t k = 0; k < run->target_count; k++) {
			struct run_target *t = &run->targets[k];

			t->is_ahead = t->fetched_s > run->time_s + RUN_CLOCK_SLACK_S;
			if (t->is_ahead)
				mark(run, RUN_MARK_AHEAD);
		}
	}
}

/* ---- what was in the journal before ---- */

/* An id, and where it is: of a run, or of the reply that `target` has. */
struct sighting {
	struct str id;
	struct run *run;
	struct run_target *target;
};

/* Another case of its letters does not make it another id. */
static int compare_ids(struct str a, struct str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? strncasecmp(a.p, b.p, n) : 0;

	return order ? order : (a.n > b.n) - (a.n < b.n);
}

/* The oldest first: later in the list of runs, earlier among the targets of one. */
static int by_id_and_age(const void *a, const void *b)
{
	const struct sighting *x = a, *y = b;
	int order = compare_ids(x->id, y->id);

	if (order)
		return order;
	if (x->run != y->run)
		return x->run > y->run ? -1 : 1;
	return (x->target > y->target) - (x->target < y->target);
}

static struct err *mark_copies(struct runs *r, struct arena *a)
{
	struct sighting *seen = arena_array(a, r->count, sizeof(*seen));
	size_t n = 0;

	if (!seen)
		return err_nomem();
	for (size_t i = 0; i < r->count; i++)
		if (r->list[i].id.n)
			seen[n++] = (struct sighting){r->list[i].id, &r->list[i], NULL};
	qsort(seen, n, sizeof(*seen), by_id_and_age);
	for (size_t i = 1; i < n; i++)
		if (compare_ids(seen[i - 1].id, seen[i].id) == 0)
			mark(seen[i].run, RUN_MARK_COPY);
	return NULL;
}

static size_t count_targets(const struct runs *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		n += r->list[i].target_count;
	return n;
}

/*
 * The API gives each reply an id of its own. So one that is there twice is one reply, used again,
 * whether the record says that it was replayed or not.
 */
static struct err *mark_repeated(struct runs *r, struct arena *a)
{
	struct sighting *seen = arena_array(a, count_targets(r) + 1, sizeof(*seen));
	size_t n = 0;

	if (!seen)
		return err_nomem();
	for (size_t i = 0; i < r->count; i++) {
		struct run *run = &r->list[i];

		for (size_t k = 0; k < run->target_count; k++)
			if (run->targets[k].request_id.n)
				seen[n++] = (struct sighting){run->targets[k].request_id, run,
							      &run->targets[k]};
	}
	qsort(seen, n, sizeof(*seen), by_id_and_age);
	for (size_t i = 1; i < n; i++) {
		if (compare_ids(seen[i - 1].id, seen[i].id) != 0)
			continue;
		seen[i].target->is_repeated = true;
		mark(seen[i].run, RUN_MARK_REPEATED);
	}
	return NULL;
}

/* ---- which targets there were ---- */

/* The targets of one commit; of many records in a row it is the same. */
struct commit_targets {
	struct str hex;
	bool is_known;
	struct targets targets;
};

static bool is_commit_id(struct str s)
{
	return s.n == REPO_HEX_SIZE - 1 && strspn(s.p, "0123456789abcdef") >= s.n;
}

static struct err *read_commit(const struct workspace *w, struct str hex,
			       struct commit_targets *out)
{
	struct workspace there = {.arena = w->arena, .repo = w->repo, .max_reply = w->max_reply};
	struct err *e;

	if (str_eq(out->hex, hex))
		return NULL;
	*out = (struct commit_targets){.hex = hex};
	/* The text is another's: only an id can be looked up. */
	hex = arena_str(w->arena, hex);
	if (!hex.p)
		return err_nomem();
	if (!is_commit_id(hex))
		return NULL;
	e = repo_resolve(w->repo, hex.p, &there.commit);
	if (!e)
		e = workspace_of_commit(&there);
	if (e && e->kind == ERR_NOMEM)
		return e;
	out->is_known = !e && there.targets.count > 0;
	out->targets = there.targets;
	err_free(e);
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static struct err *find_left_out(struct run *run, const struct targets *all, struct arena *a)
{
	struct str *have = arena_array(a, run->target_count + 1, sizeof(*have));
	struct str *left = arena_array(a, all->count, sizeof(*left));

	if (!have || !left)
		return err_nomem();
	for (size_t i = 0; i < run->target_count; i++)
		have[i] = run->targets[i].name;
	qsort(have, run->target_count, sizeof(*have), by_name);
	for (size_t i = 0; i < all->count; i++)
		if (!bsearch(&all->list[i].name, have, run->target_count, sizeof(*have), by_name))
			left[run->left_out_count++] = all->list[i].name;
	run->left_out = left;
	if (run->left_out_count)
		mark(run, RUN_MARK_PART);
	return NULL;
}

/* By the commit itself where it is here, else by what the record says of it. */
static struct err *mark_parts(const struct workspace *w, struct runs *r)
{
	struct commit_targets commit = {0};

	for (size_t i = 0; i < r->count; i++) {
		struct run *run = &r->list[i];

		if (run->problem.n)
			continue;
		TRY(read_commit(w, run->judged_by, &commit));
		if (commit.is_known)
			TRY(find_left_out(run, &commit.targets, w->arena));
		else if (run->targets_of_commit > run->target_count)
			mark(run, RUN_MARK_PART);
		else if (!run->targets_of_commit)
			mark(run, RUN_MARK_TARGETS_UNKNOWN);
	}
	return NULL;
}

struct err *journal_mark(const struct workspace *w, struct runs *r)
{
	mark_times(r);
	TRY(mark_copies(r, w->arena));
	TRY(mark_repeated(r, w->arena));
	return mark_parts(w, r);
}
