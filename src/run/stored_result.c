/* SPDX-License-Identifier: Apache-2.0 */
#include "run/stored_result.h"

#include "base/fs.h"
#include "json/object.h"
#include "run/config_digest.h"
#include "run/config_file.h"

#define STORED_SIZE_MAX ((size_t)256 << 20)
#define SCHEMA_ID       "scandrift-result/1"

struct stored_target {
	struct str name, outcome, baseline_digest, live_digest, request_id, account;
	struct str live; /* JSON; empty: not there */
	struct stored_target *next;
};

struct stored {
	const char *file;
	const struct workspace *w;
	struct str bytes, schema, command;
	struct stored_target *targets;
};

static const struct json_member target_members[] = {
	{JSON_ROW("name", TEXT, struct stored_target, name)},
	{JSON_ROW("outcome", TEXT, struct stored_target, outcome)},
	{JSON_ROW("baseline_digest", TEXT, struct stored_target, baseline_digest)},
	{JSON_ROW("live_digest", TEXT, struct stored_target, live_digest)},
	{JSON_ROW("request_id", TEXT, struct stored_target, request_id)},
	{JSON_ROW("account", TEXT, struct stored_target, account)},
	{JSON_ROW("live", SOURCE, struct stored_target, live)},
};
static const struct json_object target_object = {JSON_OTHER_IS_ABSENT, target_members,
						 ARRAY_LEN(target_members)};

static struct err *read_target(struct json_scan *j, const struct json_token *first, struct arena *a,
			       struct stored_target **list)
{
	struct stored_target *t = arena_alloc(a, sizeof(*t));

	if (!t)
		return err_nomem();
	*t = (struct stored_target){.next = *list};
	*list = t;
	return json_object_read(j, first, &target_object, NULL, t);
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

static const struct json_member result_members[] = {
	{JSON_ROW("schema", TEXT, struct stored, schema)},
	{JSON_ROW("command", TEXT, struct stored, command)},
	{JSON_ROW("targets", READ, struct stored, targets), .read = read_targets},
};
static const struct json_object result_object = {JSON_OTHER_IS_ABSENT, result_members,
						 ARRAY_LEN(result_members)};

static struct err *parse(struct stored *s)
{
	struct json_limits lim = {STORED_SIZE_MAX, JSON_DEPTH_CEILING, ERR_CONFIG};
	struct err *e = json_object_parse(s->bytes, &lim, &result_object, s->w->arena, s);

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
	struct config_file file;
	const struct stored_target *st = find(s, t);

	*out = (struct live_side){0};
	if (!st)
		return err_new(ERR_CONFIG, "%s: knows no target %s", s->file, t->name.p);
	if (t->uin.n && st->account.n && !str_eq(t->uin, st->account))
		return err_new(ERR_CONFIG,
			       "%s: %s: was fetched from account %.*s, expected uin = %s", s->file,
			       t->name.p, STR_ARG(st->account), t->uin.p);
	out->account = st->account;
	if (!st->live.n && str_is(st->outcome, outcome_name(OUTCOME_EQUAL)) &&
	    base->state == BASELINE_READ && str_eq(base->digest, st->live_digest)) {
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
	TRY(config_file_parse(s->w, s->file, st->live, s->w->arena, &file));
	TRY(config_file_demand(&file, s->w->arena));
	TRY(config_file_require(&file, ERR_CONFIG));
	out->reading = file.reading;
	TRY(digest_config(&file.reading->config, s->w->arena, &out->digest));
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
