/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/sts.h"

#include "json/object.h"
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

static struct err *read_seconds(struct json_scan *s, const struct json_token *t, struct arena *a,
				void *to)
{
	(void)a;
	if (t->kind == JSON_NUMBER && t->is_integer && !t->integer.is_negative &&
	    t->integer.magnitude < INT64_MAX / 2)
		*(int64_t *)to = (int64_t)t->integer.magnitude;
	return json_skip(s, t);
}

static const struct json_object reply;

/* An account's number may come as a number. */
static const struct json_member members[] = {
	{JSON_ROW("TmpSecretId", LITERAL, struct said, id)},
	{JSON_ROW("TmpSecretKey", LITERAL, struct said, key)},
	{JSON_ROW("Token", LITERAL, struct said, token)},
	{JSON_ROW("Arn", LITERAL, struct said, arn)},
	{JSON_ROW("AccountId", LITERAL, struct said, account)},
	{JSON_ROW("Code", LITERAL, struct said, code)},
	{JSON_ROW("ExpiredTime", READ, struct said, expires_s), .read = read_seconds},
	{.key = "Response", .kind = JSON_MEMBER_OBJECT, .object = &reply},
	{.key = "Credentials", .kind = JSON_MEMBER_OBJECT, .object = &reply},
};
static const struct json_object reply = {JSON_OTHER_IS_ABSENT, members, ARRAY_LEN(members)};

/* The reader's messages show bytes, and here those are keys. */
static struct err *read_reply(struct str body, struct arena *a, struct said *out)
{
	const struct json_limits lim = {.size_max = REPLY_MAX, .depth_max = 8, .kind = ERR_REPLY};
	struct err *e = json_object_parse(body, &lim, &reply, a, out);

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
