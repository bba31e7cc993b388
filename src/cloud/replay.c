/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/timeutil.h"
#include "base/utf8.h"
#include "json/object.h"
#include "json/write.h"

#define META_FORMAT "scandrift-reply/1"
#define META_MAX    (256u * 1024u)

/*
 * A target called "a.meta" would have its reply where the meta file of "a" is. Other names are the
 * INI reader's to judge; here only what could leave the folder is refused.
 */
static struct err *check_name(const char *target)
{
	struct str s = str_from(target);

	if (!fs_is_safe_path(s) || memchr(s.p, '/', s.n))
		return err_new(ERR_CONFIG, "target \"%s\": not a name that a file can have",
			       target);
	if (s.n >= 5 && str_eq_nocase((struct str){s.p + s.n - 5, 5}, STR(".meta")))
		return err_new(ERR_CONFIG,
			       "target \"%s\": a name that ends in .meta cannot be recorded, since "
			       "its file would be taken for another target's",
			       target);
	return NULL;
}

/* --- record --- */

/* JSON holds valid UTF-8 alone, and these texts come from outside. */
static void put_text(struct json_writer *w, const char *key, const char *text)
{
	struct str rest = str_from(text);
	struct buf clean = BUF_INIT(META_MAX / 4);

	for (;;) {
		size_t good = utf8_invalid_at(rest);

		buf_add(&clean, rest.p, good);
		if (good >= rest.n)
			break;
		buf_puts(&clean, "\xef\xbf\xbd");
		rest.p += good + 1;
		rest.n -= good + 1;
	}
	json_key(w, key);
	json_string(w, buf_view(&clean));
	w->out->failed_memory |= clean.failed_memory;
	buf_free(&clean);
}

static void put_failure(struct json_writer *w, const struct fetch_failure *f)
{
	json_key(w, "failure");
	if (!f->reason) {
		json_null(w);
		return;
	}
	json_begin_object(w);
	put_text(w, "reason", reason_word(f->reason, f->foreign));
	put_text(w, "message", f->message);
	put_text(w, "code", f->api_code);
	put_text(w, "request_id", f->request_id);
	put_text(w, "hint", f->hint);
	json_end_object(w);
}

static void put_reply(struct json_writer *w, const struct fetch_outcome *o)
{
	if (!o->has_reply)
		return;
	json_key(w, "status");
	json_count(w, (uint64_t)o->status);
	json_key(w, "headers");
	json_begin_object(w);
	put_text(w, "content-type", o->content_type);
	put_text(w, "date", o->date);
	json_end_object(w);
}

static void put_meta(struct buf *b, const char *target, const char *commit,
		     const struct fetch_outcome *o)
{
	struct json_writer w = json_writer_to(b);
	char time[TIME_TEXT_SIZE];

	json_begin_object(&w);
	put_text(&w, "format", META_FORMAT);
	put_text(&w, "target", target);
	if (o->time)
		put_text(&w, "time", time_format_rfc3339(o->time, time));
	if (o->has_reply && o->arrived_s)
		put_text(&w, "arrived", time_format_rfc3339(o->arrived_s, time));
	if (o->clock_ahead_s) {
		json_key(&w, "clock_ahead_s");
		json_integer(&w,
			     (struct integer){(uint64_t)(o->clock_ahead_s < 0 ? -o->clock_ahead_s
									      : o->clock_ahead_s),
					      o->clock_ahead_s < 0});
	}
	json_key(&w, "elapsed_ms");
	json_count(&w, o->elapsed_ms);
	json_key(&w, "tries");
	json_count(&w, o->tries);
	put_reply(&w, o);
	if (commit)
		put_text(&w, "commit", commit);
	if (o->endpoint)
		put_text(&w, "endpoint", o->endpoint);
	if (o->account && *o->account)
		put_text(&w, "account", o->account);
	if (o->credential && *o->credential)
		put_text(&w, "credential", o->credential);
	put_failure(&w, &o->failure);
	json_end_object(&w);
	json_finish(&w);
}

static struct err *write_meta(const char *path, const char *target, const char *commit,
			      const struct fetch_outcome *o)
{
	struct buf b = BUF_INIT(META_MAX);
	struct err *e;

	put_meta(&b, target, commit, o);
	e = buf_check(&b, ERR_OUTPUT, path);
	if (!e)
		e = fs_write(path, buf_view(&b), FS_REPLACE);
	buf_free(&b);
	return e;
}

static struct err *remove_file(const char *path)
{
	if (unlink(path) != 0 && errno != ENOENT)
		return err_errno(ERR_OUTPUT, errno, "%s", path);
	return NULL;
}

/*
 * In an order that never lets an old file speak for this run, wherever it is cut off: a failure
 * stands in the meta file before its body appears, a good body never beside an old meta file.
 */
static struct err *write_both(const char *body, const char *meta, const char *target,
			      const char *commit, const struct fetch_outcome *o)
{
	if (!fetch_is_ok(o)) {
		TRY(write_meta(meta, target, commit, o));
		return o->has_reply ? fs_write(body, o->body, FS_REPLACE) : remove_file(body);
	}
	TRY(remove_file(meta));
	TRY(fs_write(body, o->body, FS_REPLACE));
	return write_meta(meta, target, commit, o);
}

struct err *replay_record(const char *dir, const char *target, const char *commit,
			  const struct fetch_outcome *o)
{
	struct arena *a;
	const char *body, *meta;
	struct err *e;

	TRY(check_name(target));
	TRY(fs_make_dirs(dir));
	a = arena_new();
	if (!a)
		return err_nomem();
	body = arena_printf(a, "%s/%s.json", dir, target);
	meta = arena_printf(a, "%s/%s.meta.json", dir, target);
	e = body && meta ? write_both(body, meta, target, commit, o) : err_nomem();
	arena_free(a);
	return e;
}

/* --- replay --- */

/* What a meta file may say; all of it but format is optional. */
struct meta {
	struct fetch_outcome o;
	uint64_t tries, status;
	bool has_format;
};

static const struct json_member header_members[] = {
	{JSON_ROW("content-type", COPY, struct fetch_outcome, content_type)},
	{JSON_ROW("date", COPY, struct fetch_outcome, date)},
};
static const struct json_object headers = {JSON_OTHER_IS_REFUSED, header_members,
					   ARRAY_LEN(header_members)};

static const struct json_member failure_members[] = {
	{JSON_ROW("reason", COPY, struct fetch_failure, foreign)},
	{JSON_ROW("message", COPY, struct fetch_failure, message)},
	{JSON_ROW("code", COPY, struct fetch_failure, api_code)},
	{JSON_ROW("request_id", COPY, struct fetch_failure, request_id)},
	{JSON_ROW("hint", COPY, struct fetch_failure, hint)},
};
static const struct json_object failure = {JSON_OTHER_IS_REFUSED, failure_members,
					   ARRAY_LEN(failure_members)};

/* A word that we do not know becomes part of a rule id all the same, so it must look like ours. */
static bool is_word(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= 32 && strspn(s, "abcdefghijklmnopqrstuvwxyz-") == n;
}

static struct err *read_failure(struct json_scan *s, const struct json_token *t, struct arena *a,
				void *to)
{
	struct fetch_failure *f = to;

	if (t->kind == JSON_NULL)
		return NULL;
	*f = (struct fetch_failure){.message = "", .api_code = "", .request_id = "", .hint = ""};
	TRY(json_object_read(s, t, &failure, a, f));
	if (!f->foreign || !is_word(f->foreign))
		return json_error_at(s, t->at, "a failure needs a reason of a-z and -");
	f->reason = reason_find(str_from(f->foreign));
	if (f->reason != REASON_FOREIGN)
		f->foreign = NULL;
	return NULL;
}

static struct err *check_text(struct json_scan *s, const struct json_token *t, bool is_good,
			      const char *want)
{
	if (t->kind != JSON_STRING)
		return json_error_at(s, t->at, "expected a string, found %s",
				     json_kind_name(t->kind));
	return is_good ? NULL : json_error_at(s, t->at, "expected %s", want);
}

static struct err *read_time(struct json_scan *s, const struct json_token *t, struct arena *a,
			     void *to)
{
	(void)a;
	return check_text(s, t, t->kind == JSON_STRING && time_parse_rfc3339(t->text, to),
			  "a time such as 2026-11-24T02:00:03Z");
}

static struct err *read_format(struct json_scan *s, const struct json_token *t, struct arena *a,
			       void *to)
{
	bool *is_there = to;

	(void)a;
	*is_there = t->kind == JSON_STRING && str_is(t->text, META_FORMAT);
	return check_text(s, t, *is_there, "format " META_FORMAT);
}

static struct err *read_ahead(struct json_scan *s, const struct json_token *t, struct arena *a,
			      void *to)
{
	bool is_known =
		t->kind == JSON_NUMBER && t->is_integer && t->integer.magnitude <= HOST_CLOCK_MAX_S;
	int64_t ahead = is_known ? (int64_t)t->integer.magnitude : 0;

	(void)a;
	*(int64_t *)to = t->integer.is_negative ? -ahead : ahead;
	return is_known ? json_skip(s, t)
			: json_error_at(s, t->at, "expected seconds, a day at the most");
}

static const struct json_member meta_members[] = {
	{JSON_ROW("format", READ, struct meta, has_format), .read = read_format},
	{JSON_ROW("time", READ, struct meta, o.time), .read = read_time},
	{JSON_ROW("arrived", READ, struct meta, o.arrived_s), .read = read_time},
	{JSON_ROW("clock_ahead_s", READ, struct meta, o.clock_ahead_s), .read = read_ahead},
	{JSON_ROW("elapsed_ms", COUNT, struct meta, o.elapsed_ms), .max = UINT64_MAX},
	{JSON_ROW("tries", COUNT, struct meta, tries), .max = 1000},
	{JSON_ROW("status", COUNT, struct meta, status), .max = 999},
	{JSON_ROW("headers", OBJECT, struct meta, o), .object = &headers},
	{JSON_ROW("commit", COPY, struct meta, o.commit)},
	{JSON_ROW("endpoint", COPY, struct meta, o.endpoint)},
	{JSON_ROW("account", COPY, struct meta, o.account)},
	{JSON_ROW("credential", COPY, struct meta, o.credential)},
	{JSON_ROW("failure", READ, struct meta, o.failure), .read = read_failure},
};
static const struct json_object meta_object = {JSON_OTHER_IS_REFUSED, meta_members,
					       ARRAY_LEN(meta_members)};

static struct err *parse_meta(struct str bytes, struct arena *a, struct meta *m)
{
	const struct json_limits lim = {.size_max = META_MAX, .depth_max = 8, .kind = ERR_CONFIG};

	TRY(json_object_parse(bytes, &lim, &meta_object, a, m));
	if (!m->has_format)
		return err_new(ERR_CONFIG, "line 1 column 1: expected a member format");
	m->o.tries = (unsigned)m->tries;
	m->o.status = (int)m->status;
	return NULL;
}

/* A file of the folder; *found is false where there is none. */
/* The memory goes over to the arena: of a large reply there is one copy. */
static struct err *read_file(const char *dir, const char *name, size_t max, struct arena *a,
			     struct str *out, bool *found)
{
	struct buf b = BUF_INIT(max);
	struct err *e = fs_read_beneath(dir, name, max, &b, found);

	*out = STR("");
	if (!e && b.n && !arena_adopt(a, b.p, b.n))
		e = err_nomem();
	if (!e && b.n) {
		*out = buf_view(&b);
		b = BUF_INIT(0);
	}
	buf_free(&b);
	return e ? err_wrap(e, "%s", dir) : NULL;
}

static struct err *read_meta(const char *dir, const char *name, struct arena *a, struct meta *m)
{
	struct str bytes = {0};
	bool found = false;
	struct err *e;

	TRY(read_file(dir, name, META_MAX, a, &bytes, &found));
	if (!found)
		return NULL;
	e = parse_meta(bytes, a, m);
	return e ? err_wrap(e, "%s/%s", dir, name) : NULL;
}

/* `message` NULL: memory was at its end. */
static struct err *fail(struct fetch_outcome *o, enum reason reason, const char *message)
{
	if (!message)
		return err_nomem();
	o->failure = (struct fetch_failure){.reason = reason,
					    .message = message,
					    .api_code = "",
					    .request_id = "",
					    .hint = reason_hint(reason)};
	return NULL;
}

/* Size and kind of the file, before it is read. */
static struct err *look(const char *dir, const char *name, struct arena *a, bool *found,
			uint64_t *size)
{
	const char *path = arena_printf(a, "%s/%s", dir, name);
	struct stat st;

	if (!path)
		return err_nomem();
	*found = lstat(path, &st) == 0;
	if (!*found && errno != ENOENT)
		return err_errno(ERR_CONFIG, errno, "%s", path);
	*size = *found && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return NULL;
}

static struct err *read_body(const char *dir, const char *name, size_t max, struct arena *a,
			     struct fetch_outcome *o)
{
	uint64_t size = 0;
	bool found = false;

	TRY(look(dir, name, a, &found, &size));
	if (!found)
		return NULL;
	if (size > max)
		return fail(o, REASON_TOO_LARGE,
			    arena_printf(a, "%s: larger than %zu bytes", name, max));
	TRY(read_file(dir, name, max, a, &o->body, &o->has_reply));
	return NULL;
}

static struct err *check_dir(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) != 0)
		return err_errno(ERR_CONFIG, errno, "--replay %s", dir);
	if (!S_ISDIR(st.st_mode))
		return err_new(ERR_CONFIG, "--replay %s: not a folder", dir);
	return NULL;
}

static struct err *settle(const char *body, const char *service, struct arena *a, struct meta *m)
{
	if (m->o.failure.reason)
		return NULL;
	if (!m->o.has_reply)
		return fail(&m->o, REASON_NO_REPLY,
			    arena_printf(a, "no file %s in the recording", body));
	if (m->o.status == 0)
		m->o.status = 200; /* a body by itself is a good reply's */
	return fetch_judge(service, a, &m->o);
}

/* One recording that cannot be read is one target's trouble; the others are judged. */
static struct err *unreadable(struct err *e, struct arena *a, struct fetch_outcome *out)
{
	struct str text;

	TRY(err_become_text(e, a, &text));
	*out = (struct fetch_outcome){.content_type = "", .date = ""};
	return fail(out, REASON_BAD_RECORDING, text.p);
}

struct err *replay_read(const char *dir, const char *target, const char *service, size_t reply_max,
			struct arena *a, struct fetch_outcome *out)
{
	struct meta m = {.o = {.content_type = "", .date = ""}};
	const char *body = arena_printf(a, "%s.json", target);
	const char *meta = arena_printf(a, "%s.meta.json", target);
	struct err *e;

	if (!body || !meta)
		return err_nomem();
	TRY(check_name(target));
	TRY(check_dir(dir));
	e = read_meta(dir, meta, a, &m);
	if (!e)
		e = read_body(dir, body, reply_max, a, &m.o);
	if (!e)
		e = settle(body, service, a, &m);
	if (e)
		return unreadable(e, a, out);
	m.o.is_fetched = m.has_format;
	/* Recordings of 0.1.0 say only when the request was sent. */
	if (!m.o.has_reply)
		m.o.arrived_s = 0;
	else if (!m.o.arrived_s)
		m.o.arrived_s = m.o.time;
	*out = m.o;
	return NULL;
}

struct err *replay_look(const char *dir, const char *target, struct arena *a, struct recorded *out)
{
	struct meta m = {.o = {.content_type = "", .date = ""}};
	const char *body = arena_printf(a, "%s.json", target);
	const char *meta = arena_printf(a, "%s.meta.json", target);
	uint64_t size = 0;
	struct err *e;

	*out = (struct recorded){0};
	if (!body || !meta)
		return err_nomem();
	TRY(check_name(target));
	TRY(check_dir(dir));
	TRY(look(dir, body, a, &out->has_reply, &size));
	e = read_meta(dir, meta, a, &m);
	if (e && e->kind == ERR_NOMEM)
		return e;
	/* What cannot be understood is that target's trouble, which replay_read tells. */
	if (e) {
		out->is_unreadable = true;
		err_free(e);
		return NULL;
	}
	out->commit = m.o.commit && *m.o.commit ? m.o.commit : NULL;
	out->is_timed = m.o.arrived_s || m.o.time;
	return NULL;
}

struct err *replay_commit(const char *dir, const char *target, struct arena *a, const char **out)
{
	struct recorded there;

	TRY(replay_look(dir, target, a, &there));
	*out = there.commit;
	return NULL;
}
