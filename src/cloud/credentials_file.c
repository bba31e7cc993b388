/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files in which the vendor's SDKs and CLI keep keys. They are the vendor's: what is not known
 * in them is left alone. No message shows more of them than a place.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/timeutil.h"
#include "cloud/credentials.h"
#include "json/object.h"

#define FILE_MAX ((size_t)64 << 10)

/* What a file says of one credential; texts point into its bytes, or into `arena`. */
struct keys {
	struct str id, key, token;
	struct str role_arn, role_session, type;
	int64_t expires_s;
	bool uses_instance;
};

struct file {
	const char *path;
	char *bytes; /* FILE_MAX */
	size_t n;
	struct arena *arena; /* what the JSON reader had to unescape */
};

static const char *env(const struct credential_query *q, const char *name)
{
	const char *value = q->env ? q->env(q->env_ctx, name) : NULL;

	return value && *value ? value : NULL;
}

/* ---- the bytes of a file, wiped behind us ---- */

static void close_file(struct file *f)
{
	if (f->bytes)
		secret_wipe(f->bytes, FILE_MAX);
	arena_free(f->arena);
	*f = (struct file){0};
}

static struct err *read_bytes(struct file *f, int fd)
{
	while (f->n < FILE_MAX) {
		ssize_t n = read(fd, f->bytes + f->n, FILE_MAX - f->n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(ERR_CONFIG, errno, "%s", f->path);
		if (n == 0)
			return NULL;
		f->n += (size_t)n;
	}
	return err_new(ERR_CONFIG, "%s: larger than %zu bytes", f->path, FILE_MAX - 1);
}

static struct err *judge_file(const struct credential_query *q, const struct file *f, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_errno(ERR_CONFIG, errno, "%s", f->path);
	if (!S_ISREG(st.st_mode))
		return err_new(ERR_CONFIG, "%s: not a file", f->path);
	if ((st.st_mode & (S_IRGRP | S_IROTH)) && q->log)
		log_warn(q->log, "%s: others can read this file of keys; chmod 600 keeps them out",
			 f->path);
	return NULL;
}

/* *found is false where there is no such file. */
static struct err *open_file(const struct credential_query *q, const char *path, struct file *f,
			     bool *found)
{
	/* O_NONBLOCK: a FIFO put there must not make us wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct err *e;

	*f = (struct file){.path = path};
	*found = fd >= 0;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return NULL;
	if (fd < 0)
		return err_errno(ERR_CONFIG, errno, "%s", path);
	f->arena = arena_new();
	f->bytes = f->arena ? arena_bytes(f->arena, FILE_MAX) : NULL;
	e = f->bytes ? judge_file(q, f, fd) : err_nomem();
	if (!e)
		e = read_bytes(f, fd);
	(void)close(fd);
	if (e)
		close_file(f);
	return e;
}

/* ---- from what was read to a credential ---- */

static struct err *take_secret(const struct credential_query *q, const struct file *f,
			       const char *name, struct str value, size_t max, struct secret *out)
{
	const char *what = arena_printf(q->arena, "%s: %s", f->path, name);

	if (!what)
		return err_nomem();
	TRY(credential_check_value(what, value, max));
	return secret_set(out, value);
}

static struct err *take_text(const struct credential_query *q, struct str value, const char **out)
{
	if (value.n == 0)
		return NULL;
	*out = arena_str(q->arena, value).p;
	return *out ? NULL : err_nomem();
}

static struct err *take_keys(const struct credential_query *q, const struct file *f,
			     const struct keys *k, const char *const names[2],
			     struct credential *out)
{
	TRY(take_text(q, str_from(f->path), &out->place));
	TRY(take_text(q, k->role_arn, &out->role_arn));
	TRY(take_text(q, k->role_session, &out->role_session));
	out->expires_s = k->expires_s;
	if (k->uses_instance) {
		out->form = CREDENTIAL_INSTANCE;
		return NULL;
	}
	if (k->id.n == 0 || k->key.n == 0)
		return err_new(ERR_CONFIG, "%s: %s is missing", f->path, names[k->id.n ? 1 : 0]);
	TRY(take_secret(q, f, names[0], k->id, CREDENTIAL_ID_MAX, &out->id));
	TRY(take_secret(q, f, names[1], k->key, CREDENTIAL_KEY_MAX, &out->key));
	if (k->token.n)
		TRY(take_secret(q, f, "token", k->token, CREDENTIAL_TOKEN_MAX, &out->token));
	return NULL;
}

/* What was unescaped stands beside the file's own bytes. */
static void wipe_keys(struct keys *k)
{
	struct str *const secrets[] = {&k->id, &k->key, &k->token};

	for (size_t i = 0; i < ARRAY_LEN(secrets); i++)
		if (secrets[i]->n)
			secret_wipe((char *)secrets[i]->p, secrets[i]->n);
}

/* ---- the SDKs' file: sections of key = value ---- */

static struct str *ini_slot(struct keys *k, struct str name)
{
	if (str_is(name, "secret_id"))
		return &k->id;
	if (str_is(name, "secret_key"))
		return &k->key;
	return str_is(name, "token") ? &k->token : NULL;
}

static struct err *ini_pair(const struct file *f, size_t line, struct str text, struct keys *k)
{
	const char *equals = memchr(text.p, '=', text.n);
	struct str name, value, *slot;

	if (!equals)
		return err_new(ERR_CONFIG, "%s:%zu: expected key = value", f->path, line);
	name = str_trim((struct str){text.p, (size_t)(equals - text.p)});
	value = str_trim((struct str){equals + 1, text.n - (size_t)(equals - text.p) - 1});
	slot = ini_slot(k, name);
	if (!slot)
		return NULL;
	if (slot->n)
		return err_new(ERR_CONFIG, "%s:%zu: the key is there twice", f->path, line);
	*slot = value;
	return NULL;
}

static struct err *ini_read_section(const struct file *f, const char *section, struct keys *k,
				    bool *found)
{
	struct str rest = {f->bytes, f->n};
	bool is_in = false;

	*found = false;
	for (size_t line = 1; rest.n; line++) {
		const char *end = memchr(rest.p, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.p) : rest.n;
		struct str text = str_trim((struct str){rest.p, n});

		rest = end ? (struct str){end + 1, rest.n - n - 1} : (struct str){rest.p + n, 0};
		if (text.n == 0 || text.p[0] == '#' || text.p[0] == ';')
			continue;
		if (text.p[0] == '[') {
			if (text.p[text.n - 1] != ']')
				return err_new(ERR_CONFIG, "%s:%zu: expected [SECTION]", f->path,
					       line);
			is_in = str_is(str_trim((struct str){text.p + 1, text.n - 2}), section);
			*found |= is_in;
		} else if (is_in) {
			TRY(ini_pair(f, line, text, k));
		}
	}
	return NULL;
}

static struct err *sdk_file(const struct credential_query *q, const char *path, const char *section,
			    bool *is_there, bool *found, struct credential *out)
{
	static const char *const names[] = {"secret_id", "secret_key"};
	struct keys k = {0};
	struct file f;
	struct err *e;

	if (!path)
		return err_nomem();
	TRY(open_file(q, path, &f, is_there));
	if (!*is_there)
		return NULL;
	e = ini_read_section(&f, section, &k, found);
	if (!e && *found)
		e = take_keys(q, &f, &k, names, out);
	wipe_keys(&k);
	close_file(&f);
	return e;
}

/*
 * One file, as the SDKs choose it: the one that a variable names, else the user's, else the
 * machine's. A file without the section ends the search.
 */
struct err *credentials_from_sdk_file(const struct credential_query *q, const char *section,
				      bool *found, const char **why, struct credential *out)
{
	const char *named = env(q, "TENCENTCLOUD_CREDENTIALS_FILE"), *home = env(q, "HOME");
	const char *path = named;
	bool is_there = false;

	*found = false;
	if (named) {
		TRY(sdk_file(q, path, section, &is_there, found, out));
		if (!is_there)
			return err_new(ERR_CONFIG,
				       "TENCENTCLOUD_CREDENTIALS_FILE = %s: no such file", named);
	}
	if (!named && home) {
		path = arena_printf(q->arena, "%s/.tencentcloud/credentials", home);
		TRY(sdk_file(q, path, section, &is_there, found, out));
	}
	if (!named && !is_there) {
		path = arena_printf(q->arena, "%s/tencentcloud/credentials",
				    q->etc ? q->etc : "/etc");
		TRY(sdk_file(q, path, section, &is_there, found, out));
	}
	*why = is_there ? arena_printf(q->arena, "%s has no section [%s]", path, section)
			: "neither ~/.tencentcloud/credentials nor /etc/tencentcloud/credentials "
			  "is there";
	return *why ? NULL : err_nomem();
}

/* ---- the vendor CLI's file: an object ---- */

/* Of the reader's message only the place is ours to show: behind it stand bytes of the file. */
static struct err *only_place(const struct file *f, struct err *e)
{
	const char *message = e->msg ? e->msg : "";
	size_t n = strspn(message, "line column0123456789 ");
	struct err *out;

	if (e->kind == ERR_NOMEM)
		return e;
	out = err_new(ERR_CONFIG, "%s: %.*s: not the JSON that tccli writes", f->path,
		      (int)(n ? n : 12), n ? message : "as a whole");
	err_free(e);
	return out;
}

static struct err *read_seconds(struct json_scan *s, const struct json_token *t, struct arena *a,
				void *to)
{
	int64_t *out = to;

	(void)a;
	if (t->kind == JSON_NULL)
		return NULL;
	if (t->kind != JSON_NUMBER)
		return json_error_at(s, t->at, "expected a number");
	if (t->is_integer && !t->integer.is_negative && t->integer.magnitude < INT64_MAX / 2)
		*out = (int64_t)t->integer.magnitude;
	else if (!t->is_integer && t->number > 0 && t->number < 1e15)
		*out = (int64_t)t->number;
	return NULL;
}

static struct err *read_flag(struct json_scan *s, const struct json_token *t, struct arena *a,
			     void *to)
{
	(void)a;
	*(bool *)to = t->kind == JSON_TRUE ||
		      (t->kind == JSON_STRING && str_eq_nocase(t->text, STR("true")));
	return json_skip(s, t);
}

static const struct json_member members[] = {
	{JSON_ROW("secretId", TEXT, struct keys, id)},
	{JSON_ROW("secretKey", TEXT, struct keys, key)},
	{JSON_ROW("token", TEXT, struct keys, token)},
	{JSON_ROW("role-arn", TEXT, struct keys, role_arn)},
	{JSON_ROW("role-session-name", TEXT, struct keys, role_session)},
	{JSON_ROW("type", TEXT, struct keys, type)},
	{JSON_ROW("expiresAt", READ, struct keys, expires_s), .read = read_seconds},
	{JSON_ROW("use-cvm-role", READ, struct keys, uses_instance), .read = read_flag},
};
static const struct json_object object = {JSON_NULL_IS_ABSENT, members, ARRAY_LEN(members)};

static struct err *read_json(const struct file *f, struct keys *k)
{
	const struct json_limits lim = {.size_max = FILE_MAX, .depth_max = 8, .kind = ERR_CONFIG};
	struct err *e = json_object_parse((struct str){f->bytes, f->n}, &lim, &object, f->arena, k);

	return e ? only_place(f, e) : NULL;
}

/* A login in the browser ends, and only tccli can renew it. */
static struct err *check_login(const struct credential_query *q, const struct file *f,
			       const struct keys *k)
{
	char time[TIME_TEXT_SIZE];

	if (k->expires_s && k->expires_s <= q->now_s)
		return err_new(
			ERR_CONFIG,
			"%s: the %.*s login expired at %s; log in again with tccli auth login",
			f->path, STR_ARG(k->type), time_format_rfc3339(k->expires_s, time));
	return NULL;
}

static struct err *judge_type(const struct credential_query *q, const struct file *f,
			      struct keys *k)
{
	if (k->type.n == 0 || str_is(k->type, "default")) {
		if (!k->uses_instance)
			return NULL;
	} else if (str_is(k->type, "oauth") || str_is(k->type, "sso")) {
		return check_login(q, f, k);
	} else if (!str_is(k->type, "cvm-role")) {
		return err_new(ERR_CONFIG,
			       "%s: its type is neither default, cvm-role, oauth nor sso", f->path);
	}
	k->uses_instance = true;
	if (q->is_cvm_role)
		return NULL;
	return err_new(ERR_CONFIG,
		       "%s: it asks for the role of this machine, which is used only where the "
		       "target says credentials = cvm-role",
		       f->path);
}

static struct err *tccli_file(const struct credential_query *q, const char *path, bool *found,
			      struct credential *out)
{
	static const char *const names[] = {"secretId", "secretKey"};
	struct keys k = {0};
	struct file f;
	struct err *e;

	TRY(open_file(q, path, &f, found));
	if (!*found)
		return NULL;
	e = read_json(&f, &k);
	if (!e)
		e = judge_type(q, &f, &k);
	if (!e)
		e = take_keys(q, &f, &k, names, out);
	wipe_keys(&k);
	close_file(&f);
	return e;
}

struct err *credentials_from_tccli_file(const struct credential_query *q, const char *name,
					bool *found, const char **why, struct credential *out)
{
	const char *home = env(q, "HOME"), *path;

	*found = false;
	*why = "HOME is not set";
	if (!home)
		return NULL;
	path = arena_printf(q->arena, "%s/.tccli/%s.credential", home, name);
	if (!path)
		return err_nomem();
	*why = arena_printf(q->arena, "%s is not there", path);
	if (!*why)
		return err_nomem();
	return tccli_file(q, path, found, out);
}
