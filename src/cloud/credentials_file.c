/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files in which the vendor's SDKs and CLI keep keys. They are the vendor's: what is not known
 * in them is left alone. No message shows more of them than a place.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
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
	/* Lines, where the file is one of lines; 0: not known. */
	size_t id_line, key_line, token_line, section_line;
	bool has_role; /* of a section: a role that we do not assume from there */
};

struct file {
	const char *path;
	char *bytes;
	size_t n, room;
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
		secret_wipe(f->bytes, f->room);
	arena_free(f->arena);
	*f = (struct file){0};
}

/* What is there and cannot be read may hold the keys that were meant, so it ends the search. */
static struct err *cannot_read(const char *path, int errno_value)
{
	return err_errno(ERR_CONFIG, errno_value,
			 "%s: cannot be read; let this user read it, or move it away", path);
}

static struct err *make_room(struct file *f, size_t room)
{
	char *bytes = arena_bytes(f->arena, room);

	if (!bytes)
		return err_nomem();
	if (f->n)
		memcpy(bytes, f->bytes, f->n);
	if (f->bytes)
		secret_wipe(f->bytes, f->room);
	f->bytes = bytes;
	f->room = room;
	return NULL;
}

/* `size`: what the file system says; some say 0 of a file that has bytes. */
static struct err *read_bytes(struct file *f, int fd, off_t size)
{
	TRY(make_room(f, size < (off_t)FILE_MAX ? (size_t)size + 1 : FILE_MAX));
	while (f->n < f->room || f->room < FILE_MAX) {
		ssize_t n;

		if (f->n == f->room)
			TRY(make_room(f, FILE_MAX));
		n = read(fd, f->bytes + f->n, f->room - f->n);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return cannot_read(f->path, errno);
		if (n == 0)
			return NULL;
		f->n += (size_t)n;
	}
	return err_new(ERR_CONFIG, "%s: larger than %zu bytes", f->path, FILE_MAX - 1);
}

/*
 * The mode of a file on a read-only mount is set where it is mounted, and chmod cannot change it.
 * Its group may read there: that is how Kubernetes gives a Secret to a user that is not root.
 */
static void warn_of_readers(const struct credential_query *q, const struct file *f, int fd,
			    mode_t mode)
{
	struct statvfs fs;
	bool is_read_only = fstatvfs(fd, &fs) == 0 && (fs.f_flag & ST_RDONLY);

	if (!q->log || !(mode & (S_IRGRP | S_IROTH)))
		return;
	if (!is_read_only)
		log_warn(q->log, "%s: others can read this file of keys; chmod 600 keeps them out",
			 f->path);
	else if (mode & S_IROTH)
		log_warn(q->log,
			 "%s: others can read this file of keys; it is mounted read-only, so set "
			 "its mode where it is mounted (Kubernetes: defaultMode: 0440)",
			 f->path);
}

static struct err *judge_file(const struct credential_query *q, const struct file *f, int fd,
			      struct stat *st)
{
	if (fstat(fd, st) != 0)
		return cannot_read(f->path, errno);
	if (S_ISDIR(st->st_mode))
		return err_new(ERR_CONFIG,
			       "%s: a folder in place of a file; remove it (container engines make "
			       "one where the file to mount is missing)",
			       f->path);
	if (!S_ISREG(st->st_mode))
		return err_new(ERR_CONFIG, "%s: not a file; remove it", f->path);
	warn_of_readers(q, f, fd, st->st_mode);
	return NULL;
}

/* Editors and shells of other systems write these; in them no key would be found. */
static struct err *judge_encoding(const struct file *f)
{
	const char *nul = memchr(f->bytes, '\0', f->n);
	size_t line = 1;

	if (f->n >= 3 && memcmp(f->bytes, "\xef\xbb\xbf", 3) == 0)
		return err_new(ERR_CONFIG,
			       "%s:1: a byte order mark; save the file as UTF-8 without one",
			       f->path);
	if (f->n >= 2 &&
	    (memcmp(f->bytes, "\xff\xfe", 2) == 0 || memcmp(f->bytes, "\xfe\xff", 2) == 0))
		return err_new(ERR_CONFIG, "%s:1: UTF-16; save the file as UTF-8", f->path);
	if (!nul)
		return NULL;
	for (const char *p = f->bytes; p < nul; p++)
		line += *p == '\n';
	return err_new(ERR_CONFIG, "%s:%zu: a NUL byte; if this is UTF-16, save the file as UTF-8",
		       f->path, line);
}

/* A link that leads nowhere was put there for a file: that is no absence. */
static struct err *judge_absence(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0)
		return NULL;
	return err_new(ERR_CONFIG, "%s: a link that leads nowhere; correct it, or remove it", path);
}

/* *found is false where there is no such file. */
static struct err *open_file(const struct credential_query *q, const char *path, struct file *f,
			     bool *found)
{
	/* O_NONBLOCK: a FIFO put there must not make us wait. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	struct err *e;

	*f = (struct file){.path = path};
	*found = fd >= 0;
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return judge_absence(path);
	if (fd < 0)
		return cannot_read(path, errno);
	f->arena = arena_new();
	e = f->arena ? judge_file(q, f, fd, &st) : err_nomem();
	if (!e)
		e = read_bytes(f, fd, st.st_size);
	if (!e)
		e = judge_encoding(f);
	(void)close(fd);
	if (e)
		close_file(f);
	return e;
}

/* ---- from what was read to a credential ---- */

/* "FILE:LINE", or the file alone where the line is not known. NULL: no memory. */
static const char *place(const struct credential_query *q, const struct file *f, size_t line)
{
	return line ? arena_printf(q->arena, "%s:%zu", f->path, line) : f->path;
}

static struct err *take_secret(const struct credential_query *q, const char *at, const char *name,
			       struct str value, size_t max, struct secret *out)
{
	const char *what = at ? arena_printf(q->arena, "%s: %s", at, name) : NULL;

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

static struct err *missing(const struct credential_query *q, const struct file *f,
			   const struct keys *k, const char *name)
{
	const char *at = place(q, f, k->section_line);

	if (!at)
		return err_nomem();
	if (k->has_role && k->id.n == 0 && k->key.n == 0)
		return err_new(ERR_CONFIG,
			       "%s: the section has a role_arn and no keys; in targets.ini, name "
			       "the section that has them by profile, and the role by role-arn",
			       at);
	return err_new(ERR_CONFIG, "%s: %s is missing; write it%s", at, name,
		       k->section_line ? " below this line" : ", or remove the file");
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
		return missing(q, f, k, names[k->id.n ? 1 : 0]);
	TRY(take_secret(q, place(q, f, k->id_line), names[0], k->id, CREDENTIAL_ID_MAX, &out->id));
	TRY(take_secret(q, place(q, f, k->key_line), names[1], k->key, CREDENTIAL_KEY_MAX,
			&out->key));
	if (k->token.n)
		TRY(take_secret(q, place(q, f, k->token_line), "token", k->token,
				CREDENTIAL_TOKEN_MAX, &out->token));
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

/*
 * ---- the SDKs' file: sections of key = value, as Python's configparser reads them ----
 *
 * A colon may take the place of the equals sign, the case of a key means nothing, what follows the
 * bracket of a header is ignored, and an indented line continues the value above it. The vendor's
 * Node client trims each line: a key that we know is one at any indentation.
 */

struct ini {
	const struct file *f;
	const char *section; /* that is looked for */
	struct keys *k;
	size_t line;
	bool has_header, is_in, is_found;
	size_t alike_line; /* of a section whose name differs in capital letters alone; 0: none */
	/* The key that an indented line continues. */
	bool has_key;
	size_t indent;
	struct str *slot; /* NULL: one that is not ours */
};

static struct err *ini_error(const struct ini *ini, const char *what)
{
	return err_new(ERR_CONFIG, "%s:%zu: %s", ini->f->path, ini->line, what);
}

static struct str *ini_slot(struct keys *k, struct str name, size_t **line)
{
	const struct {
		const char *name;
		struct str *value;
		size_t *line;
	} slots[] = {
		{"secret_id", &k->id, &k->id_line},
		{"secret_key", &k->key, &k->key_line},
		{"token", &k->token, &k->token_line},
	};

	for (size_t i = 0; i < ARRAY_LEN(slots); i++)
		if (str_eq_nocase(name, str_from(slots[i].name))) {
			*line = slots[i].line;
			return slots[i].value;
		}
	return NULL;
}

/* Length of what stands before the first = or :; all of it where there is none. */
static size_t ini_name_length(struct str text)
{
	size_t n = 0;

	while (n < text.n && text.p[n] != '=' && text.p[n] != ':')
		n++;
	return n;
}

static struct err *ini_continue(struct ini *ini, struct str text)
{
	if (!ini->slot)
		return NULL;
	if (ini->slot->n)
		return ini_error(ini, "an indented line, which continues the value above it; "
				      "remove it, or its indentation");
	*ini->slot = text;
	return NULL;
}

static struct err *ini_pair(struct ini *ini, struct str text, size_t indent)
{
	size_t n = ini_name_length(text), *line = NULL;
	struct str name = str_trim((struct str){text.p, n});
	struct str *slot = n < text.n ? ini_slot(ini->k, name, &line) : NULL;

	if (ini->has_key && indent > ini->indent && !slot)
		return ini_continue(ini, text);
	if (n == text.n)
		return ini_error(ini, "expected key = value, or key: value");
	ini->has_key = true;
	ini->indent = indent;
	ini->slot = slot;
	ini->k->has_role |= str_eq_nocase(name, STR("role_arn"));
	if (!slot)
		return NULL;
	if (*line)
		return ini_error(ini, "the key is there twice; remove one");
	*line = ini->line;
	*slot = str_trim((struct str){text.p + n + 1, text.n - n - 1});
	return NULL;
}

static struct err *ini_header(struct ini *ini, struct str text)
{
	const char *end = memchr(text.p, ']', text.n);
	struct str name;

	if (!end)
		return ini_error(ini, "expected [SECTION]");
	name = str_trim((struct str){text.p + 1, (size_t)(end - text.p) - 1});
	ini->has_header = true;
	ini->has_key = false;
	ini->is_in = str_is(name, ini->section);
	if (ini->is_in && !ini->is_found)
		ini->k->section_line = ini->line;
	ini->is_found |= ini->is_in;
	if (!ini->is_in && str_eq_nocase(name, str_from(ini->section)))
		ini->alike_line = ini->line;
	return NULL;
}

/* The next line, whatever system ended it. */
static struct str ini_next_line(struct str *rest)
{
	size_t n = 0, end;
	struct str line;

	while (n < rest->n && rest->p[n] != '\n' && rest->p[n] != '\r')
		n++;
	end = n;
	if (end < rest->n)
		end += rest->p[end] == '\r' && end + 1 < rest->n && rest->p[end + 1] == '\n' ? 2
											     : 1;
	line = (struct str){rest->p, n};
	*rest = (struct str){rest->p + end, rest->n - end};
	return line;
}

static struct err *ini_read_section(const struct file *f, const char *section, struct keys *k,
				    bool *found)
{
	struct ini ini = {.f = f, .section = section, .k = k};
	struct str rest = {f->bytes, f->n};

	*found = false;
	while (rest.n) {
		struct str whole = ini_next_line(&rest), text = str_trim(whole);

		ini.line++;
		if (text.n == 0 || text.p[0] == '#' || text.p[0] == ';')
			continue;
		if (text.p[0] == '[')
			TRY(ini_header(&ini, text));
		else if (!ini.has_header)
			return ini_error(&ini, "no section is above this line; write [default] "
					       "there");
		else if (ini.is_in)
			TRY(ini_pair(&ini, text, (size_t)(text.p - whole.p)));
	}
	*found = ini.is_found;
	if (ini.is_found || !ini.alike_line)
		return NULL;
	return err_new(
		ERR_CONFIG,
		"%s:%zu: the section that is read is [%s], and capital letters count; rename "
		"this one",
		f->path, ini.alike_line, section);
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
	out = err_new(ERR_CONFIG,
		      "%s: %.*s: not the JSON that tccli writes; write it again with tccli "
		      "configure, or remove the file",
		      f->path, (int)(n ? n : 12), n ? message : "as a whole");
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

/*
 * A login in the browser ends, and only tccli can renew it. Its keys have a token: without one they
 * may be permanent keys that were typed over a login, whose type tccli leaves in the file.
 */
static struct err *check_login(const struct credential_query *q, const struct file *f,
			       const struct keys *k)
{
	char time[TIME_TEXT_SIZE];

	if (!k->expires_s || k->expires_s > q->now_s)
		return NULL;
	return err_new(ERR_CONFIG,
		       "%s: the %.*s login expired at %s; log in again with tccli auth login%s",
		       f->path, STR_ARG(k->type), time_format_rfc3339(k->expires_s, time),
		       k->token.n ? ""
				  : ", or, where the keys are permanent (the file has no token), "
				    "take type out of the file");
}

static struct err *judge_type(const struct credential_query *q, const struct file *f,
			      struct keys *k)
{
	if (k->type.n == 0 || str_is(k->type, "default")) {
		k->expires_s = 0; /* of a login that is no more */
		if (!k->uses_instance)
			return NULL;
	} else if (str_is(k->type, "oauth") || str_is(k->type, "sso")) {
		return check_login(q, f, k);
	} else if (!str_is(k->type, "cvm-role")) {
		return err_new(ERR_CONFIG,
			       "%s: its type is neither default, cvm-role, oauth nor sso; correct "
			       "it, or write the file again with tccli configure",
			       f->path);
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
