/* SPDX-License-Identifier: Apache-2.0 */
#include "run/stored_result.h"

#include "base/fs.h"
#include "run/config_digest.h"

#define STORED_SIZE_MAX ((size_t)256 << 20)
#define SCHEMA_ID       "scandrift-result/1"

struct stored_target {
	struct str name, outcome, baseline_digest, live_digest, request_id;
	struct str live; /* JSON; empty: not there */
	struct stored_target *next;
};

struct stored {
	const char *file;
	const struct workspace *w;
	struct str bytes, schema, command;
	struct stored_target *targets;
};

/* Where the members of an object are put that are texts; null and other kinds leave it as it is. */
struct slot {
	const char *key;
	struct str *to;
};

/* The rest of an object: texts into slots, the object under "live" as it stands. */
static struct err *read_object(struct json_scan *j, const struct stored *s,
			       const struct slot *slots, size_t count, struct str *live)
{
	struct json_token key, value;

	for (;;) {
		TRY(json_next(j, &key));
		if (key.kind == JSON_OBJECT_END)
			return NULL;
		TRY(json_next(j, &value));
		for (size_t i = 0; i < count; i++) {
			if (value.kind == JSON_STRING && str_is(key.text, slots[i].key))
				*slots[i].to = value.text;
		}
		TRY(json_skip(j, &value));
		if (value.kind == JSON_OBJECT && str_is(key.text, "live"))
			*live = (struct str){s->bytes.p + value.at, json_offset(j) - value.at};
	}
}

static struct err *read_target(struct json_scan *j, struct stored *s)
{
	struct stored_target *t = arena_alloc(s->w->arena, sizeof(*t));

	if (!t)
		return err_nomem();
	*t = (struct stored_target){.next = s->targets};
	const struct slot slots[] = {
		{"name", &t->name},
		{"outcome", &t->outcome},
		{"baseline_digest", &t->baseline_digest},
		{"live_digest", &t->live_digest},
		{"request_id", &t->request_id},
	};

	TRY(read_object(j, s, slots, ARRAY_LEN(slots), &t->live));
	s->targets = t;
	return NULL;
}

static struct err *read_targets(struct json_scan *j, struct stored *s)
{
	struct json_token t;

	for (;;) {
		TRY(json_next(j, &t));
		if (t.kind == JSON_ARRAY_END)
			return NULL;
		if (t.kind == JSON_OBJECT)
			TRY(read_target(j, s));
		else
			TRY(json_skip(j, &t));
	}
}

static struct err *read_result(struct json_scan *j, struct stored *s)
{
	struct json_token key, value;

	TRY(json_next(j, &value));
	if (value.kind != JSON_OBJECT)
		return NULL;
	for (;;) {
		TRY(json_next(j, &key));
		if (key.kind == JSON_OBJECT_END)
			return NULL;
		TRY(json_next(j, &value));
		if (value.kind == JSON_ARRAY && str_is(key.text, "targets")) {
			TRY(read_targets(j, s));
			continue;
		}
		if (value.kind == JSON_STRING && str_is(key.text, "schema"))
			s->schema = value.text;
		if (value.kind == JSON_STRING && str_is(key.text, "command"))
			s->command = value.text;
		TRY(json_skip(j, &value));
	}
}

static struct err *parse(struct stored *s)
{
	struct json_limits lim = {STORED_SIZE_MAX, JSON_DEPTH_CEILING, ERR_CONFIG};
	struct json_scan *j = NULL;
	struct err *e = json_scan_new(s->bytes, &lim, s->w->arena, &j);

	if (!e)
		e = read_result(j, s);
	json_scan_free(j);
	if (e)
		return err_wrap(e, "%s", s->file);
	if (!str_is(s->schema, SCHEMA_ID) ||
	    (!str_is(s->command, "check") && !str_is(s->command, "accept")))
		return err_new(ERR_CONFIG,
			       "%s: is no result of scandrift check or accept (--format json)",
			       s->file);
	return NULL;
}

struct err *stored_open(const char *file, const struct workspace *w, const struct stored **out)
{
	struct stored *s = arena_alloc(w->arena, sizeof(*s));
	struct buf b;
	struct err *e;

	if (!s)
		return err_nomem();
	*s = (struct stored){.file = file, .w = w};
	TRY(fs_read(file, STORED_SIZE_MAX, &b));
	s->bytes = arena_str(w->arena, buf_view(&b));
	e = s->bytes.p ? parse(s) : err_nomem();
	buf_free(&b);
	if (!e)
		*out = s;
	return e;
}

static const struct stored_target *find(const struct stored *s, const struct target *t)
{
	for (const struct stored_target *st = s->targets; st; st = st->next) {
		if (str_eq(st->name, t->name))
			return st;
	}
	return NULL;
}

struct err *stored_side(const struct stored *s, const struct target *t,
			const struct baseline_side *base, struct live_side *out)
{
	struct normalize_options opt = workspace_reading(s->w, READ_FILE, ERR_CONFIG);
	const struct stored_target *st = find(s, t);
	struct reading *r = NULL;

	*out = (struct live_side){0};
	if (!st)
		return err_new(ERR_CONFIG, "%s: knows no target %s", s->file, t->name.p);
	if (!st->live.n && str_is(st->outcome, "equal") && base->state == BASELINE_READ &&
	    str_eq(base->digest, st->live_digest)) {
		out->reading = base->reading;
		out->digest = base->digest;
		return NULL;
	}
	if (!st->live.n)
		return err_new(
			ERR_CONFIG,
			"%s: %s: does not hold what was live (it was %.*s, or the config was "
			"too long for a result); accept it without --from",
			s->file, t->name.p, STR_ARG(st->outcome));
	TRY(workspace_read_config(st->live, s->file, &opt, s->w->arena, &r));
	out->reading = r;
	TRY(digest_config(&r->config, s->w->arena, &out->digest));
	if (!str_eq(out->digest, st->live_digest))
		return err_new(ERR_CONFIG,
			       "%s: %s: what stands there as live has the digest %s, and not its "
			       "live_digest; the file was changed",
			       s->file, t->name.p, out->digest.p);
	return NULL;
}

struct str stored_baseline_digest(const struct stored *s, const struct target *t)
{
	const struct stored_target *st = find(s, t);

	return st ? st->baseline_digest : STR("");
}

struct str stored_request_id(const struct stored *s, const struct target *t)
{
	const struct stored_target *st = find(s, t);

	return st ? st->request_id : STR("");
}
