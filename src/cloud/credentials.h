/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_CREDENTIALS_H
#define SCANDRIFT_CLOUD_CREDENTIALS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/log.h"
#include "base/secret.h"

/*
 * Who we are to the API, as far as this machine knows without asking anybody. Sources are rows of
 * one table in the contract's order; the first that has a credential wins. What a source says may
 * have to be exchanged for keys over the network, and a role may be assumed on top: identity.h.
 */

/* In the contract's order. */
enum credential_source {
	CREDENTIAL_NONE,
	CREDENTIAL_PROFILE,
	CREDENTIAL_ENVIRONMENT,
	CREDENTIAL_SDK_FILE,
	CREDENTIAL_TCCLI_FILE,
	CREDENTIAL_TKE,
	CREDENTIAL_CVM_ROLE,
	CREDENTIAL_SOURCES_END,
	CREDENTIAL_ROLE = CREDENTIAL_SOURCES_END, /* assumed on top of one of these */
};

enum credential_form {
	CREDENTIAL_KEY,          /* id, key and, where temporary, token */
	CREDENTIAL_WEB_IDENTITY, /* `web`: a token that STS takes for keys */
	CREDENTIAL_INSTANCE,     /* the role of the machine, which its metadata service knows */
};

/* Texts are the query's arena's. */
struct credential {
	struct secret id, key;
	struct secret token; /* unset with a permanent key */
	enum credential_source source;
	enum credential_form form;
	const char *place; /* for people: a file, or the names of variables */
	struct {
		const char *provider, *token_file, *role_arn, *region;
	} web;
	const char *role_arn, *role_session; /* said by a file beside its keys; or NULL */
	int64_t expires_s;                   /* Unix seconds; 0: not known */
};

void credential_clear(struct credential *c); /* wipes; may be called twice */

/* "AKID****0000": enough to tell two keys apart. NULL if out of memory. */
const char *credential_masked_id(const struct credential *c, struct arena *a) MUST_USE;

struct credential_query {
	const char *profile; /* the target's, or NULL */
	/* As getenv: NULL where a variable is not set. */
	const char *(*env)(void *ctx, const char *name);
	void *env_ctx;
	struct arena *arena;
	const char *etc;       /* NULL: /etc */
	int64_t now_s;         /* whether a login has expired */
	bool is_cvm_role;      /* the target says credentials = cvm-role */
	const struct log *log; /* gets warnings; may be NULL */
	/* Told of each source that was passed over, and why; may be NULL. */
	void (*passed)(void *ctx, enum credential_source source, const char *why);
	void *passed_ctx;
};

/*
 * ERR_CONFIG when there is none (it names the variables to set), or when a source is there and
 * broken: that is never passed over in favour of the next. No message holds a value.
 */
struct err *credentials_find(const struct credential_query *q, struct credential *out) MUST_USE;

/* "environment"; of the sources from CREDENTIAL_PROFILE to before CREDENTIAL_SOURCES_END. */
const char *credential_source_name(enum credential_source s);

/* What the service may hand out: visible ASCII without white space around it. `name` is said. */
struct err *credential_check_value(const char *name, struct str value, size_t max) MUST_USE;

/* Limits of temporary credentials, which no permanent one exceeds. */
#define CREDENTIAL_ID_MAX    1024u
#define CREDENTIAL_KEY_MAX   1024u
#define CREDENTIAL_TOKEN_MAX 4096u

/* ---- within cloud/: the files of the vendor's clients, in credentials_file.c ---- */

/* The section `section` of the SDKs' file. *found is false where there is none; *why says it. */
struct err *credentials_from_sdk_file(const struct credential_query *q, const char *section,
				      bool *found, const char **why,
				      struct credential *out) MUST_USE;

/* ~/.tccli/NAME.credential. */
struct err *credentials_from_tccli_file(const struct credential_query *q, const char *name,
					bool *found, const char **why,
					struct credential *out) MUST_USE;

#endif
