/* SPDX-License-Identifier: Apache-2.0 */
#include "conn.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANDSHAKE_MS 10000
#define WRITE_MS     30000

/* False on time-out and stop. */
static bool wait_for(const struct conn *c, short events, int timeout_ms)
{
	struct pollfd fds[2] = {{.fd = c->fd, .events = events},
				{.fd = c->stop_fd, .events = POLLIN}};
	int n;

	do {
		n = poll(fds, 2, timeout_ms);
	} while (n < 0 && errno == EINTR);
	return n > 0 && fds[1].revents == 0;
}

/* Waits for what the TLS layer needs to go on after `rc`; false when it cannot. */
static bool wait_for_tls(const struct conn *c, int rc, int timeout_ms)
{
	switch (SSL_get_error(c->ssl, rc)) {
	case SSL_ERROR_WANT_READ:
		return wait_for(c, POLLIN, timeout_ms);
	case SSL_ERROR_WANT_WRITE:
		return wait_for(c, POLLOUT, timeout_ms);
	default:
		return false;
	}
}

static bool handshake(struct conn *c)
{
	int rc;

	do {
		ERR_clear_error();
		rc = SSL_accept(c->ssl);
	} while (rc != 1 && wait_for_tls(c, rc, HANDSHAKE_MS));
	return rc == 1;
}

bool conn_open(struct conn *c, int fd, int stop_fd, SSL_CTX *tls)
{
	int one = 1, flags = fcntl(fd, F_GETFL);

	c->fd = fd;
	c->stop_fd = stop_fd;
	c->ssl = NULL;
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		goto fail;
	/* Replies are written whole; waiting for more would only add latency. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (!tls)
		return true;
	c->ssl = SSL_new(tls);
	if (!c->ssl || SSL_set_fd(c->ssl, fd) != 1 || !handshake(c))
		goto fail;
	return true;
fail:
	conn_close(c, CONN_END_CUT);
	return false;
}

static size_t read_plain(struct conn *c, char *p, size_t room, int timeout_ms)
{
	ssize_t n;

	for (;;) {
		n = recv(c->fd, p, room, 0);
		if (n >= 0)
			return (size_t)n;
		if (errno != EINTR && !(errno == EAGAIN && wait_for(c, POLLIN, timeout_ms)))
			return 0;
	}
}

size_t conn_read(struct conn *c, char *p, size_t room, int timeout_ms)
{
	size_t n = 0;
	int rc;

	if (!c->ssl)
		return read_plain(c, p, room, timeout_ms);
	do {
		ERR_clear_error();
		rc = SSL_read_ex(c->ssl, p, room, &n);
	} while (rc != 1 && wait_for_tls(c, rc, timeout_ms));
	return rc == 1 ? n : 0;
}

static bool write_plain(struct conn *c, struct span s)
{
	while (s.n > 0) {
		ssize_t n = send(c->fd, s.p, s.n, MSG_NOSIGNAL);

		if (n > 0) {
			s.p += n;
			s.n -= (size_t)n;
		} else if (errno != EINTR && !(errno == EAGAIN && wait_for(c, POLLOUT, WRITE_MS))) {
			return false;
		}
	}
	return true;
}

bool conn_write(struct conn *c, struct span s)
{
	size_t n = 0;
	int rc;

	if (!c->ssl)
		return write_plain(c, s);
	if (s.n == 0)
		return true;
	do {
		ERR_clear_error();
		rc = SSL_write_ex(c->ssl, s.p, s.n, &n);
	} while (rc != 1 && wait_for_tls(c, rc, WRITE_MS));
	return rc == 1;
}

bool conn_sleep(const struct conn *c, int ms)
{
	struct pollfd stop = {.fd = c->stop_fd, .events = POLLIN};

	return poll(&stop, 1, ms) == 0;
}

void conn_close(struct conn *c, enum conn_end end)
{
	struct linger abort_now = {.l_onoff = 1, .l_linger = 0};

	if (c->ssl && end == CONN_END_CLEAN && SSL_is_init_finished(c->ssl))
		SSL_shutdown(c->ssl);
	if (end == CONN_END_RESET)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &abort_now, sizeof(abort_now));
	SSL_free(c->ssl);
	close(c->fd);
	c->ssl = NULL;
	c->fd = -1;
}
