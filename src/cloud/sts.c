/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/sts.h"

#include <string.h>

#include "json/scan.h"
#include "json/write.h"

#define REPLY_MAX ((size_t)1 << 20)

static void put(struct json_writer *w, const char *key, struct str value)
{
	json_key(w, key);
	json_string(w, value);
}

void sts_assume_role(struct buf *b, const char *role_arn, const char *session)
{
	struct json_writer w = json_writer_to(b);

	json_begin_object(&w);
	put(&w, "RoleArn", str_from(role_arn));
	put(&w, "RoleSessionName", str_from(session));
	json_end_object(&w);
	json_finish(&w);
}

void sts_assume_role_with_web_identity(struct buf *b, const char *provider, struct str token,
				       const char *role_arn, const char *session)
{
	struct json_writer w = json_writer_to(b);

	json_begin_object(&w);
	put(&w, "ProviderId", str_from(provider));
	put(&w, "WebIdentityToken", token);
	put(&w, "RoleArn", str_from(role_arn));
	put(&w, "RoleSessionName", str_from(session));
	json_end_object(&w);
	json_finish(&w);
}

/* ---- replies ---- */

/* What any of the replies may say; texts point into the body. */
struct said {
	struct str id, key, token, arn, account, code;
	int64_t expires_s;
};

static struct err *read_text(struct json_scan *s, struct str *out)
{
	struct json_token t;

	TRY(json_next(s, &t));
	/* An account's number may come as a number. */
	if (t.kind == JSON_STRING || t.kind == JSON_NUMBER)
		*out = t.text;
	return json_skip(s, &t);
}

static struct err *read_seconds(struct json_scan *s, int64_t *out)
{
	struct json_token t;

	TRY(json_next(s, &t));
	if (t.kind == JSON_NUMBER && t.is_integer && !t.integer.is_negative &&
	    t.integer.magnitude < INT64_MAX / 2)
		*out = (int64_t)t.integer.magnitude;
	return json_skip(s, &t);
}

static struct err *read_object(struct json_scan *s, struct said *out)
{
	static const struct {
		const char *name;
		size_t offset;
	} texts[] = {
		{"TmpSecretId", offsetof(struct said, id)},
		{"TmpSecretKey", offsetof(struct said, key)},
		{"Token", offsetof(struct said, token)},
		{"Arn", offsetof(struct said, arn)},
		{"AccountId", offsetof(struct said, account)},
		{"Code", offsetof(struct said, code)},
	};
	struct json_token t;

	for (;;) {
		struct str *slot = NULL;
		bool is_inner;

		TRY(json_next(s, &t));
		if (t.kind != JSON_KEY)
			return NULL;
		for (size_t i = 0; i < ARRAY_LEN(texts); i++)
			if (str_is(t.text, texts[i].name))
				slot = (struct str *)(void *)((char *)out + texts[i].offset);
		is_inner = str_is(t.text, "Response") || str_is(t.text, "Credentials");
		if (slot) {
			TRY(read_text(s, slot));
		} else if (str_is(t.text, "ExpiredTime")) {
			TRY(read_seconds(s, &out->expires_s));
		} else {
			TRY(json_next(s, &t));
			if (is_inner && t.kind == JSON_OBJECT)
				TRY(read_object(s, out));
			else
				TRY(json_skip(s, &t));
		}
	}
}

/* The reader's messages show bytes, and here those are keys. */
static struct err *read_reply(struct str body, struct arena *a, struct said *out)
{
	const struct json_limits lim = {.size_max = REPLY_MAX, .depth_max = 8, .kind = ERR_REPLY};
	struct json_scan *s = NULL;
	struct json_token t;
	struct err *e = json_scan_new(body, &lim, a, &s);

	if (!e)
		e = json_next(s, &t);
	if (!e && t.kind != JSON_OBJECT)
		e = err_new(ERR_REPLY, "no object");
	if (!e)
		e = read_object(s, out);
	if (!e)
		e = json_next(s, &t);
	json_scan_free(s);
	if (!e || e->kind == ERR_NOMEM)
		return e;
	err_free(e);
	return err_new(ERR_REPLY, "the reply is not the JSON that was expected");
}

static struct err *take_keys(const struct said *said, struct credential *out)
{
	if (said->id.n == 0 || said->key.n == 0 || said->token.n == 0)
		return err_new(ERR_REPLY, "the reply lacks %s",
			       said->id.n == 0    ? "TmpSecretId"
			       : said->key.n == 0 ? "TmpSecretKey"
						  : "Token");
	TRY(credential_check_value("TmpSecretId", said->id, CREDENTIAL_ID_MAX));
	TRY(credential_check_value("TmpSecretKey", said->key, CREDENTIAL_KEY_MAX));
	TRY(credential_check_value("Token", said->token, CREDENTIAL_TOKEN_MAX));
	TRY(secret_set(&out->id, said->id));
	TRY(secret_set(&out->key, said->key));
	TRY(secret_set(&out->token, said->token));
	out->form = CREDENTIAL_KEY;
	out->expires_s = said->expires_s;
	return NULL;
}

struct err *sts_read_keys(struct str body, struct arena *a, struct credential *out)
{
	struct said said = {0};

	TRY(read_reply(body, a, &said));
	return take_keys(&said, out);
}

struct err *metadata_read_keys(struct str body, struct arena *a, struct credential *out)
{
	struct said said = {0};

	TRY(read_reply(body, a, &said));
	if (!str_is(said.code, "Success"))
		return err_new(ERR_REPLY, "the metadata service does not say Success");
	return take_keys(&said, out);
}

struct err *sts_read_caller(struct str body, struct arena *a, struct sts_caller *out)
{
	struct said said = {0};
	struct str arn, account;

	TRY(read_reply(body, a, &said));
	arn = arena_str(a, said.arn);
	account = arena_str(a, said.account);
	if (!arn.p || !account.p)
		return err_nomem();
	*out = (struct sts_caller){arn.p, account.p};
	return NULL;
}

struct str arn_account(const char *arn)
{
	static const char prefix[] = "qcs::cam::uin/";
	const char *p = arn + sizeof(prefix) - 1;

	if (strncmp(arn, prefix, sizeof(prefix) - 1) != 0)
		return STR("");
	return (struct str){p, strspn(p, "0123456789")};
}
