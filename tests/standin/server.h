/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two loopback listeners and one thread a connection.
 */
#ifndef STANDIN_SERVER_H
#define STANDIN_SERVER_H

#include <pthread.h>

#include "api.h"

enum { SERVER_HTTPS, SERVER_HTTP, SERVER_LISTENERS };

struct server {
	const struct api *api;
	SSL_CTX *tls;
	int listeners[SERVER_LISTENERS];
	int ports[SERVER_LISTENERS];
	int stop[2]; /* a pipe: closing its second end wakes all threads at once */
	pthread_mutex_t lock;
	pthread_cond_t idle;
	unsigned active; /* connections being served */
	unsigned long next_number;
};

/*
 * Listens on `address`, which must be a loopback one; port 0 takes a free one. On failure
 * *why says what could not be done.
 */
bool server_open(struct server *, const char *address, const int ports[SERVER_LISTENERS],
		 const char **why);

/* Serves until `signal_fd` becomes readable; returns when the last connection is gone. */
void server_run(struct server *, int signal_fd);
void server_close(struct server *);

#endif
