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
#include "cloud/net.h"
#include "json/scan.h"
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
	put_text(w, "reason", f->reason);
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
	json_key(&w, "elapsed_ms");
	json_count(&w, o->elapsed_ms);
	json_key(&w, "tries");
	json_count(&w, o->tries);
	put_reply(&w, o);
	if (commit)
		put_text(&w, "commit", commit);
	if (o->account && *o->account)
		put_text(&w, "account", o->account);
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
	bool has_format, has_failure;
};

static struct err *expect(struct json_scan *s, const struct json_token *t, enum json_kind kind)
{
	if (t->kind == kind)
		return NULL;
	return json_error_at(s, t->at, "expected %s, found %s", json_kind_name(kind),
			     json_kind_name(t->kind));
}

static struct err *read_text(struct json_scan *s, struct arena *a, const char **out)
{
	struct json_token t;
	struct str copy;

	TRY(json_next(s, &t));
	TRY(expect(s, &t, JSON_STRING));
	copy = arena_str(a, t.text);
	if (!copy.p)
		return err_nomem();
	*out = copy.p;
	return NULL;
}

static struct err *read_count(struct json_scan *s, uint64_t max, uint64_t *out)
{
	struct json_token t;

	TRY(json_next(s, &t));
	TRY(expect(s, &t, JSON_NUMBER));
	if (!t.is_integer || t.integer.is_negative || t.integer.magnitude > max)
		return json_error_at(s, t.at, "expected a whole number from 0 to %llu",
				     (unsigned long long)max);
	*out = t.integer.magnitude;
	return NULL;
}

static struct err *skip_value(struct json_scan *s)
{
	struct json_token t;

	TRY(json_next(s, &t));
	return json_skip(s, &t);
}

typedef struct err *member_reader(struct json_scan *s, struct arena *a, struct str key,
				  struct meta *m);

/* The members of an object that has begun. Unknown ones are passed over: a later version's. */
static struct err *read_members(struct json_scan *s, struct arena *a, member_reader *read,
				struct meta *m)
{
	for (;;) {
		struct json_token t;

		TRY(json_next(s, &t));
		if (t.kind != JSON_KEY)
			return NULL;
		TRY(read(s, a, t.text, m));
	}
}

static struct err *read_header(struct json_scan *s, struct arena *a, struct str key, struct meta *m)
{
	if (str_is(key, "content-type"))
		return read_text(s, a, &m->o.content_type);
	if (str_is(key, "date"))
		return read_text(s, a, &m->o.date);
	return skip_value(s);
}

static struct err *read_failure_member(struct json_scan *s, struct arena *a, struct str key,
				       struct meta *m)
{
	struct fetch_failure *f = &m->o.failure;

	if (str_is(key, "reason"))
		return read_text(s, a, &f->reason);
	if (str_is(key, "message"))
		return read_text(s, a, &f->message);
	if (str_is(key, "code"))
		return read_text(s, a, &f->api_code);
	if (str_is(key, "request_id"))
		return read_text(s, a, &f->request_id);
	if (str_is(key, "hint"))
		return read_text(s, a, &f->hint);
	return skip_value(s);
}

/* The word becomes part of a rule id, so it must look like ours. */
static bool is_word(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && n <= 32 && strspn(s, "abcdefghijklmnopqrstuvwxyz-") == n;
}

static struct err *read_failure(struct json_scan *s, struct arena *a, struct meta *m)
{
	struct json_token t;

	TRY(json_next(s, &t));
	if (t.kind == JSON_NULL)
		return NULL;
	TRY(expect(s, &t, JSON_OBJECT));
	m->o.failure =
		(struct fetch_failure){.message = "", .api_code = "", .request_id = "", .hint = ""};
	TRY(read_members(s, a, read_failure_member, m));
	if (!m->o.failure.reason || !is_word(m->o.failure.reason))
		return json_error_at(s, t.at, "a failure needs a reason of a-z and -");
	m->has_failure = true;
	return NULL;
}

static struct err *read_headers(struct json_scan *s, struct arena *a, struct meta *m)
{
	struct json_token t;

	TRY(json_next(s, &t));
	TRY(expect(s, &t, JSON_OBJECT));
	return read_members(s, a, read_header, m);
}

static struct err *read_time(struct json_scan *s, struct meta *m)
{
	struct json_token t;

	TRY(json_next(s, &t));
	TRY(expect(s, &t, JSON_STRING));
	if (!time_parse_rfc3339(t.text, &m->o.time))
		return json_error_at(s, t.at, "expected a time such as 2026-11-24T02:00:03Z");
	return NULL;
}

static struct err *read_format(struct json_scan *s, struct meta *m)
{
	struct json_token t;

	TRY(json_next(s, &t));
	TRY(expect(s, &t, JSON_STRING));
	if (!str_is(t.text, META_FORMAT))
		return json_error_at(s, t.at, "expected format " META_FORMAT);
	m->has_format = true;
	return NULL;
}

static struct err *read_member(struct json_scan *s, struct arena *a, struct str key, struct meta *m)
{
	uint64_t n = 0;

	if (str_is(key, "format"))
		return read_format(s, m);
	if (str_is(key, "time"))
		return read_time(s, m);
	if (str_is(key, "elapsed_ms"))
		return read_count(s, UINT64_MAX, &m->o.elapsed_ms);
	if (str_is(key, "headers"))
		return read_headers(s, a, m);
	if (str_is(key, "commit"))
		return read_text(s, a, &m->o.commit);
	if (str_is(key, "account"))
		return read_text(s, a, &m->o.account);
	if (str_is(key, "failure"))
		return read_failure(s, a, m);
	if (str_is(key, "tries")) {
		TRY(read_count(s, 1000, &n));
		m->o.tries = (unsigned)n;
		return NULL;
	}
	if (str_is(key, "status")) {
		TRY(read_count(s, 999, &n));
		m->o.status = (int)n;
		return NULL;
	}
	return skip_value(s);
}

static struct err *parse_meta(struct str bytes, struct arena *a, struct meta *m)
{
	const struct json_limits lim = {.size_max = META_MAX, .depth_max = 8, .kind = ERR_CONFIG};
	struct json_scan *s = NULL;
	struct json_token t;
	struct err *e = json_scan_new(bytes, &lim, a, &s);

	if (!e)
		e = json_next(s, &t);
	if (!e)
		e = expect(s, &t, JSON_OBJECT);
	if (!e)
		e = read_members(s, a, read_member, m);
	if (!e)
		e = json_next(s, &t); /* bytes behind the document are an error */
	if (!e && !m->has_format)
		e = json_error_at(s, 0, "expected a member format");
	json_scan_free(s);
	return e;
}

/* A file of the folder; *found is false where there is none. */
static struct err *read_file(const char *dir, const char *name, size_t max, struct arena *a,
			     struct str *out, bool *found)
{
	struct buf b = BUF_INIT(max);
	struct err *e = fs_read_beneath(dir, name, max, &b, found);

	if (!e && *found) {
		*out = arena_str(a, buf_view(&b));
		if (!out->p)
			e = err_nomem();
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
static struct err *fail(struct fetch_outcome *o, const char *reason, const char *message,
			const char *hint)
{
	if (!message)
		return err_nomem();
	o->failure = (struct fetch_failure){.reason = reason,
					    .message = message,
					    .api_code = "",
					    .request_id = "",
					    .hint = hint};
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
		return fail(o, net_word(NET_TOO_LARGE),
			    arena_printf(a, "%s: larger than %zu bytes", name, max),
			    net_hint(NET_TOO_LARGE));
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
	if (m->has_failure || m->o.failure.reason)
		return NULL;
	if (!m->o.has_reply)
		return fail(&m->o, "no-reply", arena_printf(a, "no file %s in the recording", body),
			    "Record this target, or look for the run that should have");
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
	out->failure = (struct fetch_failure){
		.reason = "bad-recording",
		.message = text.p,
		.api_code = "",
		.request_id = "",
		.hint = "Record this target again",
	};
	return NULL;
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
	*out = m.o;
	return NULL;
}

struct err *replay_commit(const char *dir, const char *target, struct arena *a, const char **out)
{
	struct meta m = {.o = {.content_type = "", .date = ""}};
	const char *meta = arena_printf(a, "%s.meta.json", target);

	if (!meta)
		return err_nomem();
	TRY(check_name(target));
	TRY(check_dir(dir));
	TRY(read_meta(dir, meta, a, &m));
	*out = m.o.commit && *m.o.commit ? m.o.commit : NULL;
	return NULL;
}
