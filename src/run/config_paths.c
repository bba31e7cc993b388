/* SPDX-License-Identifier: Apache-2.0 */
#include "run/config_paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "run/config_digest.h"

/* --path, each of them. */
struct named {
	const char *const *paths;
	size_t count;
};

static bool is_named(const struct named *o, struct str path)
{
	for (size_t i = 0; i < o->count; i++) {
		if (str_is(path, o->paths[i]))
			return true;
	}
	return false;
}

/* Fields alone are taken: part of a list would be a config that nobody has seen. */
static struct err *check_path(const char *path, const struct resource *res, const struct diff *d)
{
	struct suggest near = suggest_for(str_from(path + 1));

	for (size_t i = 0; i < d->change_count; i++) {
		if (str_is(d->changes[i].path, path))
			return NULL;
	}
	for (size_t i = 0; i < res->field_count; i++) {
		if (res->fields[i].role != ROLE_CONFIG)
			continue;
		if (strcmp(res->fields[i].name, path + 1) == 0)
			return NULL;
		suggest_offer(&near, str_from(res->fields[i].name));
	}
	if (near.best.n)
		return err_new(ERR_USAGE, "--path: no field '%s'; did you mean '/%.*s'?", path,
			       STR_ARG(near.best));
	return err_new(ERR_USAGE,
		       "--path: no field '%s' differs, or is known; expected a whole field such as "
		       "/ScanPeriod",
		       path);
}

static int by_name(const void *a, const void *b)
{
	const struct unknown *x = a, *y = b;

	return str_cmp(x->name, y->name);
}

/* Those of the baseline, but where --path names one: as it is live. */
static struct err *mix_unknown(const struct named *o, const struct diff *d, struct config *mix,
			       struct arena *a)
{
	struct unknown *list =
		arena_array(a, mix->unknown_count + d->change_count + 1, sizeof(*list));
	size_t n = 0;

	if (!list)
		return err_nomem();
	for (size_t i = 0; i < mix->unknown_count; i++) {
		bool is_taken = false;

		for (size_t k = 0; k < d->change_count; k++)
			is_taken |= d->changes[k].unknown_before == &mix->unknown[i] &&
				    is_named(o, d->changes[k].path);
		if (!is_taken)
			list[n++] = mix->unknown[i];
	}
	for (size_t k = 0; k < d->change_count; k++) {
		if (d->changes[k].unknown_after && is_named(o, d->changes[k].path))
			list[n++] = *d->changes[k].unknown_after;
	}
	qsort(list, n, sizeof(*list), by_name);
	mix->unknown = list;
	mix->unknown_count = n;
	return NULL;
}

/* `mix` is a copy of `live`. */
static struct err *mix_config(const struct named *o, const struct reading *base,
			      const struct reading *live, struct reading *mix, struct arena *a)
{
	const struct resource *res = base->config.resource;
	struct diff d = {0};

	TRY(diff_configs(&base->config, &live->config, a, &d));
	for (size_t i = 0; i < o->count; i++)
		TRY(check_path(o->paths[i], res, &d));
	/* State and what belongs to the call stay as they came. */
	for (size_t i = 0; i < res->field_count; i++) {
		if (res->fields[i].role == ROLE_CONFIG)
			mix->config.values[i] = base->config.values[i];
	}
	mix->config.unknown = base->config.unknown;
	mix->config.unknown_count = base->config.unknown_count;
	for (size_t i = 0; i < d.change_count; i++) {
		const struct change *c = &d.changes[i];

		if (c->field && is_named(o, c->path))
			mix->config.values[c->row] = *c->after;
	}
	return mix_unknown(o, &d, &mix->config, a);
}

struct err *config_take_paths(const char *const *paths, size_t count, const struct target *t,
			      struct arena *a, struct sides *s)
{
	const struct named named = {paths, count};
	const struct reading *live = s->live.reading;
	const struct field *lacks;
	struct reading *mix;

	if (!live || s->live.failure.reason || !reading_is_whole(live))
		return NULL;
	if (s->base.state != BASELINE_READ)
		return err_new(ERR_CONFIG,
			       "--path: %s: there is no baseline that can be read, to take single "
			       "fields into",
			       t->name.p);
	mix = arena_alloc(a, sizeof(*mix));
	if (!mix)
		return err_nomem();
	*mix = *live;
	TRY(mix_config(&named, s->base.reading, live, mix, a));
	lacks = config_lacks(&mix->config);
	if (lacks)
		return err_new(
			ERR_CONFIG,
			"--path: %s: the baseline would have the schedule on without %s; take "
			"/%s too",
			t->name.p, lacks->name, lacks->name);
	s->live.reading = mix;
	return digest_config(&mix->config, a, &s->live.digest);
}
