/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/credentials.h"

#include <string.h>

/* Limits of temporary credentials, which no permanent one exceeds. */
#define ID_MAX    1024u
#define KEY_MAX   1024u
#define TOKEN_MAX 4096u

#define VAR_ID  "TENCENTCLOUD_SECRET_ID"
#define VAR_KEY "TENCENTCLOUD_SECRET_KEY"

/* Each client of the vendor reads another one. */
static const char *const token_vars[] = {
	"TENCENTCLOUD_TOKEN",
	"TENCENTCLOUD_SESSION_TOKEN",
	"TENCENTCLOUD_SECURITY_TOKEN",
};

void credential_clear(struct credential *c)
{
	secret_clear(&c->id);
	secret_clear(&c->key);
	secret_clear(&c->token);
	c->source = NULL;
}

const char *credential_masked_id(const struct credential *c, struct arena *a)
{
	struct str id = secret_view(&c->id);

	/* Of a short one the ends would be most of it. */
	if (id.n < 12)
		return "****";
	return arena_printf(a, "%.4s****%.4s", id.p, id.p + id.n - 4);
}

/* A variable; set to nothing is not set, as a CI system hands an undefined secret on. */
static struct str env(const struct credential_query *q, const char *name)
{
	return str_from(q->env ? q->env(q->env_ctx, name) : NULL);
}

/* What goes into a header must be visible ASCII; white space around a value is a copied newline. */
static struct err *check_value(const char *name, struct str value, size_t max)
{
	if (value.n > max)
		return err_new(ERR_CONFIG, "%s: longer than %zu bytes", name, max);
	if (str_trim(value).n != value.n)
		return err_new(ERR_CONFIG, "%s: white space around the value; remove it", name);
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (c <= 0x20 || c >= 0x7f)
			return err_new(ERR_CONFIG,
				       "%s: byte %zu of the value is white space, a control "
				       "character or not ASCII",
				       name, i + 1);
	}
	return NULL;
}

static struct err *find_token(const struct credential_query *q, struct str *token)
{
	const char *first = NULL;

	*token = (struct str){0};
	for (size_t i = 0; i < ARRAY_LEN(token_vars); i++) {
		struct str value = env(q, token_vars[i]);

		if (value.n == 0)
			continue;
		TRY(check_value(token_vars[i], value, TOKEN_MAX));
		if (first && !str_eq(*token, value))
			return err_new(ERR_CONFIG,
				       "%s and %s hold different tokens; unset the wrong one",
				       first, token_vars[i]);
		if (!first) {
			first = token_vars[i];
			*token = value;
		}
	}
	return NULL;
}

static struct err *from_environment(const struct credential_query *q, bool *found,
				    struct credential *out)
{
	struct str id = env(q, VAR_ID), key = env(q, VAR_KEY), token;

	*found = false;
	if (id.n == 0 && key.n == 0)
		return NULL;
	if (id.n == 0 || key.n == 0)
		return err_new(ERR_CONFIG, "%s is set and %s is not; set both",
			       id.n ? VAR_ID : VAR_KEY, id.n ? VAR_KEY : VAR_ID);
	TRY(check_value(VAR_ID, id, ID_MAX));
	TRY(check_value(VAR_KEY, key, KEY_MAX));
	TRY(find_token(q, &token));
	TRY(secret_set(&out->id, id));
	TRY(secret_set(&out->key, key));
	if (token.n)
		TRY(secret_set(&out->token, token));
	*found = true;
	return NULL;
}

/* Named by the target, so it is that or nothing. */
static struct err *from_profile(const struct credential_query *q, bool *found,
				struct credential *out)
{
	(void)out;
	*found = false;
	if (!q->profile || !*q->profile)
		return NULL;
	return err_new(
		ERR_CONFIG,
		"profile = %s: credential profiles are not supported yet; remove the key and "
		"set " VAR_ID " and " VAR_KEY,
		q->profile);
}

/* The contract's order. A row without a function is a source still to come. */
static const struct source {
	const char *name;
	struct err *(*find)(const struct credential_query *q, bool *found, struct credential *out);
} sources[] = {
	/* clang-format off */
	{ "profile",     from_profile     },
	{ "environment", from_environment },
	{ "sdk-file",    NULL             },
	{ "tccli-file",  NULL             },
	{ "tke",         NULL             },
	{ "cvm-role",    NULL             },
	/* clang-format on */
};

const char *credentials_source_name(size_t i)
{
	return i < ARRAY_LEN(sources) ? sources[i].name : NULL;
}

struct err *credentials_find(const struct credential_query *q, struct credential *out)
{
	struct credential c = {0};

	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		bool found = false;
		struct err *e = sources[i].find ? sources[i].find(q, &found, &c) : NULL;

		if (e) {
			credential_clear(&c);
			return err_wrap(e, "credentials from the %s", sources[i].name);
		}
		if (found) {
			c.source = sources[i].name;
			*out = c;
			return NULL;
		}
	}
	return err_new(ERR_CONFIG, "no credentials: set " VAR_ID " and " VAR_KEY
				   " (and TENCENTCLOUD_TOKEN where they are temporary)");
}
