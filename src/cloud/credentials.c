/* SPDX-License-Identifier: Apache-2.0 */
#include "cloud/credentials.h"

#include <assert.h>
#include <string.h>

#define VAR_ID    "TENCENTCLOUD_SECRET_ID"
#define VAR_KEY   "TENCENTCLOUD_SECRET_KEY"
#define VAR_FILE  "TENCENTCLOUD_CREDENTIALS_FILE"
#define VAR_TCCLI "TCCLI_PROFILE"

#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"

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
	c->source = CREDENTIAL_NONE;
	c->form = CREDENTIAL_KEY;
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

static bool is_quote(char c)
{
	return c == '"' || c == '\'';
}

/* No id, key, token or name of the vendor's has one; docker --env-file keeps those of the file. */
static struct err *check_quotes(const char *name, struct str value)
{
	if (value.n == 0 || (!is_quote(value.p[0]) && !is_quote(value.p[value.n - 1])))
		return NULL;
	return err_new(ERR_CONFIG,
		       "%s: quotes around the value; remove them (env-files and files of keys "
		       "keep them as part of it)",
		       name);
}

/* What goes into a header must be visible ASCII; white space around a value is a copied newline. */
struct err *credential_check_value(const char *name, struct str value, size_t max)
{
	if (value.n > max)
		return err_new(ERR_CONFIG, "%s: longer than %zu bytes", name, max);
	if (str_trim(value).n != value.n)
		return err_new(ERR_CONFIG, "%s: white space around the value; remove it", name);
	TRY(check_quotes(name, value));
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
		TRY(credential_check_value(token_vars[i], value, CREDENTIAL_TOKEN_MAX));
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

static struct err *from_environment(const struct credential_query *q, bool *found, const char **why,
				    struct credential *out)
{
	struct str id = env(q, VAR_ID), key = env(q, VAR_KEY), token;

	*why = VAR_ID " and " VAR_KEY " are not set";
	if (id.n == 0 && key.n == 0)
		return NULL;
	if (id.n == 0 || key.n == 0)
		return err_new(ERR_CONFIG, "%s is set and %s is not; set both",
			       id.n ? VAR_ID : VAR_KEY, id.n ? VAR_KEY : VAR_ID);
	TRY(credential_check_value(VAR_ID, id, CREDENTIAL_ID_MAX));
	TRY(credential_check_value(VAR_KEY, key, CREDENTIAL_KEY_MAX));
	TRY(find_token(q, &token));
	TRY(secret_set(&out->id, id));
	TRY(secret_set(&out->key, key));
	if (token.n)
		TRY(secret_set(&out->token, token));
	out->place = VAR_ID " and " VAR_KEY;
	*found = true;
	return NULL;
}

/*
 * Named by the target, so it is that or nothing. Only the vendor's CLI has profiles with names; its
 * file comes first, then a section of the SDKs' file, which people write by analogy.
 */
static struct err *from_profile(const struct credential_query *q, bool *found, const char **why,
				struct credential *out)
{
	const char *unused;

	*why = "the target names none";
	if (!q->profile || !*q->profile)
		return NULL;
	TRY(credentials_from_tccli_file(q, q->profile, found, &unused, out));
	if (!*found)
		TRY(credentials_from_sdk_file(q, q->profile, found, &unused, out));
	if (*found)
		return NULL;
	return err_new(
		ERR_CONFIG,
		"profile = %s: there is neither ~/.tccli/%s.credential nor a section [%s] in "
		"the SDKs' credentials file; write one, or remove the key",
		q->profile, q->profile, q->profile);
}

static struct err *from_sdk_file(const struct credential_query *q, bool *found, const char **why,
				 struct credential *out)
{
	struct str named = env(q, VAR_FILE);

	TRY(check_quotes(VAR_FILE, named));
	TRY(credentials_from_sdk_file(q, "default", found, why, out));
	if (named.n && !*found)
		return err_new(ERR_CONFIG, VAR_FILE ": %s; write it, or unset the variable", *why);
	return NULL;
}

static struct err *from_tccli_file(const struct credential_query *q, bool *found, const char **why,
				   struct credential *out)
{
	struct str named = env(q, VAR_TCCLI);

	if (named.n == 0)
		return credentials_from_tccli_file(q, "default", found, why, out);
	TRY(check_quotes(VAR_TCCLI, named));
	for (size_t i = 0; i < named.n; i++)
		if (named.n > 64 || named.p[0] == '.' || !strchr(NAME_BYTES, named.p[i]))
			return err_new(ERR_CONFIG, VAR_TCCLI ": not the name of a profile");
	TRY(credentials_from_tccli_file(q, named.p, found, why, out));
	if (!*found)
		return err_new(ERR_CONFIG, VAR_TCCLI " = %s: %s", named.p, *why);
	return NULL;
}

/* What the cluster puts into a pod; all four, or it was not the cluster. */
static struct err *from_tke(const struct credential_query *q, bool *found, const char **why,
			    struct credential *out)
{
	static const char *const names[] = {"TKE_PROVIDER_ID", "TKE_WEB_IDENTITY_TOKEN_FILE",
					    "TKE_ROLE_ARN", "TKE_REGION"};
	enum { TKE_TOKEN_FILE = 1 }; /* of these */
	const char *values[ARRAY_LEN(names)] = {NULL};
	const char *missing = NULL;
	size_t count = 0;

	*why = "TKE_WEB_IDENTITY_TOKEN_FILE and the other TKE variables are not set";
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct str value = env(q, names[i]);

		if (value.n == 0) {
			missing = names[i];
			continue;
		}
		TRY(check_quotes(names[i], value));
		/* All but the path go into a request. */
		if (i != TKE_TOKEN_FILE)
			TRY(credential_check_value(names[i], value, CREDENTIAL_ID_MAX));
		values[i] = arena_str(q->arena, value).p;
		if (!values[i])
			return err_nomem();
		count++;
	}
	if (count == 0)
		return NULL;
	if (missing)
		return err_new(ERR_CONFIG,
			       "%s is not set, and other TKE variables are; set all four", missing);
	out->form = CREDENTIAL_WEB_IDENTITY;
	out->place = values[TKE_TOKEN_FILE];
	out->web.provider = values[0];
	out->web.token_file = values[TKE_TOKEN_FILE];
	out->web.role_arn = values[2];
	out->web.region = values[3];
	*found = true;
	return NULL;
}

static struct err *from_instance(const struct credential_query *q, bool *found, const char **why,
				 struct credential *out)
{
	*why = "the target does not say credentials = cvm-role";
	if (!q->is_cvm_role)
		return NULL;
	out->form = CREDENTIAL_INSTANCE;
	out->place = "the metadata service of this machine";
	*found = true;
	return NULL;
}

/*
 * The contract's order. The pod's role comes before the machine's, since in a pod the metadata
 * service answers for the node.
 */
static const struct source {
	const char *name;
	struct err *(*find)(const struct credential_query *q, bool *found, const char **why,
			    struct credential *out);
} sources[] = {
	/* clang-format off */
	[CREDENTIAL_PROFILE]     = { "profile",     from_profile     },
	[CREDENTIAL_ENVIRONMENT] = { "environment", from_environment },
	[CREDENTIAL_SDK_FILE]    = { "sdk-file",    from_sdk_file    },
	[CREDENTIAL_TCCLI_FILE]  = { "tccli-file",  from_tccli_file  },
	[CREDENTIAL_TKE]         = { "tke",         from_tke         },
	[CREDENTIAL_CVM_ROLE]    = { "cvm-role",    from_instance    },
	/* clang-format on */
};

static_assert(ARRAY_LEN(sources) == CREDENTIAL_SOURCES_END, "a row for each source");

const char *credential_source_name(enum credential_source s)
{
	return sources[s].name;
}

struct err *credentials_find(const struct credential_query *q, struct credential *out)
{
	struct credential c = {0};

	for (enum credential_source i = CREDENTIAL_PROFILE; i < CREDENTIAL_SOURCES_END; i++) {
		bool found = false;
		const char *why = "";
		struct err *e = sources[i].find(q, &found, &why, &c);

		if (e) {
			credential_clear(&c);
			return err_wrap(e, "credentials from the %s", sources[i].name);
		}
		if (found) {
			c.source = i;
			*out = c;
			return NULL;
		}
		if (q->passed)
			q->passed(q->passed_ctx, i, why);
	}
	return err_new(ERR_CONFIG,
		       "no credentials: set " VAR_ID " and " VAR_KEY
		       " (and TENCENTCLOUD_TOKEN where they are temporary); scandrift fetch "
		       "--explain-credentials TARGET tells where else they are looked for");
}
