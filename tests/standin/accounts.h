/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder of accounts: SECRETID.json holds one key and what the API answers to it.
 *
 *   SecretKey  string, required
 *   Token      string; there: a temporary key, whose calls must carry this token
 *   Uin        string or number; the main account
 *   Response   object; the fields of the reply, sent byte for byte. A RequestId is put
 *              before them, unless they have one of their own
 *   Raw        string; sent as the whole body instead of an envelope
 *   WebIdentityToken  string; what AssumeRoleWithWebIdentity must bring for this role
 *   Seconds    number; how long a role's key is said to hold, 7200 without it
 *
 * ROLE-NAME.json is the key that assuming the role NAME gives, of the main account in the
 * role's ARN, and INSTANCE.json the one that the metadata service hands out.
 *
 * One of Response and Raw is required, other members are left alone. A file is read anew
 * for each request: editing it changes the next reply.
 */
#ifndef STANDIN_ACCOUNTS_H
#define STANDIN_ACCOUNTS_H

#include "buf.h"

struct account {
	struct buf file; /* what `response` points into */
	struct buf secret_key, token, uin, raw, web_token;
	long long seconds;
	bool has_token, has_raw;
	struct span response; /* the object with its braces; empty where there is none */
};

enum account_got {
	ACCOUNT_FOUND,
	ACCOUNT_UNKNOWN,
	ACCOUNT_BROKEN, /* *why says what is wrong with the file */
};

/* Free *out whatever comes back. */
enum account_got account_read(const char *folder, struct span secret_id, struct account *out,
			      const char **why);
void account_free(struct account *);

#endif
