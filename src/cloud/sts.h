/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_CLOUD_STS_H
#define SCANDRIFT_CLOUD_STS_H

#include "base/buf.h"
#include "cloud/credentials.h"

/*
 * What STS and the metadata service say, as bytes: bodies to send and replies to read. The replies
 * hold keys: no message shows a value of them.
 */

#define STS_SERVICE "sts"
#define STS_VERSION "2018-08-13"

/* Texts of ours or of configuration, and for the token what the cluster wrote. */
void sts_assume_role(struct buf *b, const char *role_arn, const char *session);
void sts_assume_role_with_web_identity(struct buf *b, const char *provider, struct str token,
				       const char *role_arn, const char *session);

/* Keys, token and expiry from {"Response": {"Credentials": ...}}. ERR_REPLY. */
struct err *sts_read_keys(struct str body, struct arena *a, struct credential *out) MUST_USE;

struct sts_caller {
	const char *arn, *account; /* "" where the reply lacks them */
};
struct err *sts_read_caller(struct str body, struct arena *a, struct sts_caller *out) MUST_USE;

/* The metadata service's object, which has no envelope. */
struct err *metadata_read_keys(struct str body, struct arena *a, struct credential *out) MUST_USE;

#endif
