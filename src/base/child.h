/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SCANDRIFT_BASE_CHILD_H
#define SCANDRIFT_BASE_CHILD_H

#include "base/buf.h"

/*
 * Programs that git would run: git itself for a remote, gpg and ssh-keygen for a signature. They
 * get no terminal, so nothing can ask, and none of the cloud's secrets from the environment.
 */
struct child_request {
	const char *const *argv; /* ends with NULL; argv[0] is looked up on the PATH */
	struct str input;
	unsigned timeout_s;
};

struct child_result {
	int status; /* its exit code; 128 + n when ended by signal n */
	struct buf out, err;
};

/* An error: it could not be started or took too long. Free the result in any case. */
struct err *child_run(const struct child_request *req, struct child_result *out) MUST_USE;
void child_free(struct child_result *r);

/* What it said on standard error, as an error of this kind. */
struct err *child_failure(enum err_kind kind, const char *program,
			  const struct child_result *r) MUST_USE;

/* Is there such a program? A name with a slash is a path. */
bool child_is_there(const char *program);

#endif
