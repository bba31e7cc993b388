/* SPDX-License-Identifier: Apache-2.0 */
/* Which nights the journal lacks. A night counts for a target by when its reply arrived. */
#include <stdlib.h>
#include <string.h>

#include "base/grow.h"
#include "history/journal_parts.h"

#define MISSING_MAX 1000000u

/* That a record has a target, or left it out. */
struct entry {
	struct str name;
	size_t run;      /* its place in the list; the newest is 0 */
	int64_t night_s; /* when a reply arrived that counts; 0: none */
};

struct missed {
	int64_t due_s;
	struct str name;
};

struct search {
	struct arena *a;
	struct runs *r;
	int64_t every_s;
	struct missed *v;
	size_t n, cap;
};

static int by_name_and_night(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int order = str_cmp(x->name, y->name);

	return order ? order : (x->night_s > y->night_s) - (x->night_s < y->night_s);
}

static int by_due(const void *a, const void *b)
{
	const struct missed *x = a, *y = b;

	if (x->due_s != y->due_s)
		return x->due_s > y->due_s ? 1 : -1;
	return str_cmp(x->name, y->name);
}

static struct err *list_entries(const struct runs *r, struct arena *a, struct entry **out,
				size_t *count)
{
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++)
		n += r->list[i].target_count + r->list[i].left_out_count;
	*out = arena_array(a, n + 1, sizeof(**out));
	if (!*out)
		return err_nomem();
	*count = n;
	n = 0;
	for (size_t i = 0; i < r->count; i++) {
		const struct run *run = &r->list[i];

		for (size_t k = 0; k < run->target_count; k++) {
			const struct run_target *t = &run->targets[k];

			(*out)[n++] = (struct entry){t->name, i,
						     run_target_counts(run, t) ? t->fetched_s : 0};
		}
		for (size_t k = 0; k < run->left_out_count; k++)
			(*out)[n++] = (struct entry){run->left_out[k], i, 0};
	}
	qsort(*out, n, sizeof(**out), by_name_and_night);
	return NULL;
}

/* One is due each interval after the last; half of one late is still that one. */
static struct err *miss(struct search *s, struct str name, int64_t from_s, int64_t to_s)
{
	for (int64_t due = from_s + s->every_s; due + s->every_s / 2 < to_s; due += s->every_s) {
		struct missed *v;

		s->r->is_missing_cut = s->n == MISSING_MAX;
		if (s->r->is_missing_cut)
			return NULL;
		v = grow_in(s->a, s->v, s->n, &s->cap, sizeof(*v));
		if (!v)
			return err_nomem();
		s->v = v;
		v[s->n++] = (struct missed){due, name};
	}
	return NULL;
}

/* The entries of one target. The first record of it is the first that was due. */
static struct err *miss_target(struct search *s, const struct entry *v, size_t n, bool is_current,
			       int64_t now_s)
{
	size_t oldest = v[0].run, newest = v[0].run;
	int64_t from_s, to_s;

	for (size_t i = 1; i < n; i++) {
		oldest = v[i].run > oldest ? v[i].run : oldest;
		newest = v[i].run < newest ? v[i].run : newest;
	}
	from_s = s->r->list[oldest].time_s - s->every_s;
	to_s = is_current ? now_s : s->r->list[newest].time_s;
	for (size_t i = 0; i < n; i++) {
		if (!v[i].night_s || v[i].night_s <= from_s)
			continue;
		TRY(miss(s, v[i].name, from_s, v[i].night_s));
		from_s = v[i].night_s;
	}
	return miss(s, v[0].name, from_s, to_s);
}

static bool is_target(const struct workspace *w, struct str name)
{
	for (size_t i = 0; i < w->targets.count; i++)
		if (str_eq(w->targets.list[i].name, name))
			return true;
	return false;
}

/* One line for what was due together, not one for each of hundreds of targets. */
static struct err *group(struct search *s)
{
	struct run_missing *groups = arena_array(s->a, s->n + 1, sizeof(*groups));
	struct str *names = arena_array(s->a, s->n + 1, sizeof(*names));
	size_t count = 0;

	if (!groups || !names)
		return err_nomem();
	if (s->n)
		qsort(s->v, s->n, sizeof(*s->v), by_due);
	for (size_t i = 0; i < s->n; i++) {
		names[i] = s->v[i].name;
		if (!count || s->v[i].due_s >= groups[count - 1].due_s + s->every_s / 2)
			groups[count++] = (struct run_missing){s->v[i].due_s, &names[i], 0};
		groups[count - 1].name_count++;
	}
	s->r->missing = groups;
	s->r->missing_count = count;
	return NULL;
}

struct err *journal_find_missing(const struct workspace *w, int64_t every_s, int64_t now_s,
				 struct runs *r)
{
	struct search s = {.a = w->arena, .r = r, .every_s = every_s};
	struct entry *v;
	size_t n, end;

	TRY(list_entries(r, w->arena, &v, &n));
	for (size_t i = 0; i < n; i = end) {
		for (end = i + 1; end < n && str_eq(v[end].name, v[i].name);)
			end++;
		TRY(miss_target(&s, v + i, end - i, is_target(w, v[i].name), now_s));
	}
	return group(&s);
}
