/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection as a byte stream, plain or TLS. Every wait ends early when the server
 * stops, so that no thread outlives it.
 */
#ifndef STANDIN_CONN_H
#define STANDIN_CONN_H

#include <openssl/types.h>

#include "text.h"

struct conn {
	int fd, stop_fd; /* stop_fd becomes readable, or hung up, when the server ends */
	SSL *ssl;        /* NULL: plain */
	unsigned long number;
};

/* Takes the descriptor over, on failure too. `tls` is borrowed, NULL for plain HTTP. */
bool conn_open(struct conn *, int fd, int stop_fd, SSL_CTX *tls);

/* At least one byte into p; 0 at the end of the stream, on a fault, time-out or stop. */
size_t conn_read(struct conn *, char *p, size_t room, int timeout_ms);

bool conn_write(struct conn *, struct span bytes);

/* False when the server stops meanwhile. */
bool conn_sleep(const struct conn *, int ms);

enum conn_end {
	CONN_END_CLEAN, /* close_notify, FIN */
	CONN_END_CUT,   /* FIN alone, as when a process dies */
	CONN_END_RESET, /* RST */
};

void conn_close(struct conn *, enum conn_end);

#endif
