/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The request log: one line a request, for tests to count and time what a client did. It
 * names the SecretId, never a key, a token or a signature.
 */
#ifndef STANDIN_LOG_H
#define STANDIN_LOG_H

#include "buf.h"

struct log_entry {
	unsigned long connection;
	bool is_tls;
	struct span method, action, secret_id;
	const char *outcome; /* "ok" or what was refused, as the API's code */
	int status;
	const char *request_id;
	struct span faults;
};

/* -1 on failure. Lines are appended whole, whoever else writes to the file. */
int log_open(const char *path);

/* `fd` may be -1: no log. */
void log_write(int fd, const struct log_entry *);

#endif
