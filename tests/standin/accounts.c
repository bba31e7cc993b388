/* SPDX-License-Identifier: Apache-2.0 */
#include "accounts.h"

#include <stdio.h>
#include <unistd.h>

#include "json.h"

#define FILE_MAX ((size_t)64 * 1024 * 1024)
#define TEXT_MAX ((size_t)16 * 1024)
#define ID_MAX   128

/* The SecretId becomes a file name: nothing that could lead out of the folder. */
static bool is_plain_id(struct span id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = ascii_lower(id.p[i]);

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
			return false;
	}
	return id.n > 0 && id.n <= ID_MAX;
}

static bool read_text(struct span object, const char *name, struct buf *out, bool *present)
{
	struct span value;

	*present = json_find(object, name, &value);
	return !*present || json_string(value, out);
}

static const char *parse(struct account *a)
{
	struct span file = buf_span(&a->file), value;
	bool has_key;

	if (!json_valid(file) || !json_is_object(file))
		return "it is not one JSON object";
	if (!read_text(file, "SecretKey", &a->secret_key, &has_key) || !has_key)
		return "SecretKey is not a string";
	if (!read_text(file, "Token", &a->token, &a->has_token))
		return "Token is not a string";
	if (!read_text(file, "Raw", &a->raw, &a->has_raw))
		return "Raw is not a string";
	if (json_find(file, "Uin", &value) && !json_string(value, &a->uin))
		buf_add_span(&a->uin, value);
	if (!read_text(file, "WebIdentityToken", &a->web_token, &has_key))
		return "WebIdentityToken is not a string";
	a->seconds = 7200;
	if (json_find(file, "Seconds", &value) && !text_int(value, -86400, 86400, &a->seconds))
		return "Seconds is not a number";
	if (json_find(file, "Response", &a->response)) {
		if (!json_is_object(a->response))
			return "Response is not an object";
	} else if (!a->has_raw) {
		return "it has neither Response nor Raw";
	}
	return buf_ok(&a->uin) ? NULL : "Uin is too long";
}

enum account_got account_read(const char *folder, struct span secret_id, struct account *out,
			      const char **why)
{
	struct buf path = BUF_INIT(4096);
	enum account_got got = ACCOUNT_BROKEN;

	*out = (struct account){.file = BUF_INIT(FILE_MAX),
				.secret_key = BUF_INIT(TEXT_MAX),
				.token = BUF_INIT(TEXT_MAX),
				.uin = BUF_INIT(TEXT_MAX),
				.raw = BUF_INIT(FILE_MAX),
				.web_token = BUF_INIT(FILE_MAX),
				.response = {"", 0}};
	*why = NULL;
	buf_printf(&path, "%s/%.*s.json", folder, (int)secret_id.n, secret_id.p);
	buf_add(&path, "", 1);
	if (!is_plain_id(secret_id))
		got = ACCOUNT_UNKNOWN;
	else if (!buf_ok(&path))
		*why = "its path is too long";
	else if (access(path.p, F_OK) != 0)
		got = ACCOUNT_UNKNOWN;
	else if (!buf_add_file(&out->file, path.p))
		*why = "it cannot be read";
	else
		*why = parse(out);
	if (got == ACCOUNT_BROKEN && !*why)
		got = ACCOUNT_FOUND;
	buf_free(&path);
	return got;
}

void account_free(struct account *a)
{
	buf_free(&a->file);
	buf_free(&a->secret_key);
	buf_free(&a->token);
	buf_free(&a->uin);
	buf_free(&a->raw);
	buf_free(&a->web_token);
}
