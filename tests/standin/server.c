/* SPDX-License-Identifier: Apache-2.0 */
#include "server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 1024
#define STACK_SIZE      ((size_t)512 * 1024)
#define BACKLOG         128

struct session {
	struct server *server;
	struct conn conn;
	int fd;
	bool is_tls;
};

/* One request and its reply; false when the connection is to end as *end says. */
static bool serve_one(struct session *s, struct http_reader *reader, enum conn_end *end)
{
	struct http_request request;
	struct api_result result;
	enum http_got got = http_read(reader, &s->conn, &request);
	bool go_on;

	if (got == HTTP_GOT_END)
		return false;
	api_answer(s->server->api, &s->conn, got, &request, &result);
	if (result.faults.delay_ms > 0 && !conn_sleep(&s->conn, result.faults.delay_ms)) {
		go_on = false;
	} else if (result.faults.reset && result.reply.cut_at == SIZE_MAX) {
		*end = CONN_END_RESET;
		go_on = false;
	} else {
		go_on = http_write(&s->conn, &result.reply);
		if (result.reply.cut_at != SIZE_MAX)
			*end = result.faults.reset ? CONN_END_RESET : CONN_END_CUT;
	}
	api_result_free(&result);
	return go_on;
}

static void session_done(struct session *s)
{
	struct server *server = s->server;

	free(s);
	pthread_mutex_lock(&server->lock);
	if (--server->active == 0)
		pthread_cond_signal(&server->idle);
	pthread_mutex_unlock(&server->lock);
}

static void *session_main(void *arg)
{
	struct session *s = arg;
	struct http_reader *reader = calloc(1, sizeof(*reader));
	enum conn_end end = CONN_END_CLEAN;

	if (!reader) {
		close(s->fd);
	} else if (conn_open(&s->conn, s->fd, s->server->stop[0],
			     s->is_tls ? s->server->tls : NULL)) {
		*reader = HTTP_READER_INIT;
		while (serve_one(s, reader, &end))
			continue;
		http_reader_free(reader);
		conn_close(&s->conn, end);
	}
	free(reader);
	/* What OpenSSL keeps for a thread: at the end of the process it would be freed twice. */
	OPENSSL_thread_stop();
	session_done(s);
	return NULL;
}

static bool session_start(struct session *s)
{
	pthread_attr_t attr;
	pthread_t thread;
	bool ok;

	if (pthread_attr_init(&attr) != 0)
		return false;
	ok = pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED) == 0 &&
	     pthread_attr_setstacksize(&attr, STACK_SIZE) == 0 &&
	     pthread_create(&thread, &attr, session_main, s) == 0;
	pthread_attr_destroy(&attr);
	return ok;
}

static void accept_one(struct server *server, int which)
{
	int fd = accept4(server->listeners[which], NULL, NULL, SOCK_CLOEXEC);
	struct session *s = NULL;
	bool room;

	if (fd < 0)
		return;
	pthread_mutex_lock(&server->lock);
	room = server->active < CONNECTIONS_MAX;
	server->active += room;
	pthread_mutex_unlock(&server->lock);
	if (room)
		s = calloc(1, sizeof(*s));
	if (s) {
		*s = (struct session){.server = server, .fd = fd, .is_tls = which == SERVER_HTTPS};
		s->conn.number = ++server->next_number;
		if (session_start(s))
			return;
		free(s);
	}
	close(fd);
	pthread_mutex_lock(&server->lock);
	server->active -= room;
	pthread_mutex_unlock(&server->lock);
}

void server_run(struct server *server, int signal_fd)
{
	struct pollfd fds[SERVER_LISTENERS + 1];

	for (int i = 0; i < SERVER_LISTENERS; i++)
		fds[i] = (struct pollfd){.fd = server->listeners[i], .events = POLLIN};
	fds[SERVER_LISTENERS] = (struct pollfd){.fd = signal_fd, .events = POLLIN};
	for (;;) {
		if (poll(fds, SERVER_LISTENERS + 1, -1) < 0 && errno != EINTR)
			break;
		if (fds[SERVER_LISTENERS].revents != 0)
			break;
		for (int i = 0; i < SERVER_LISTENERS; i++) {
			if (fds[i].revents & POLLIN)
				accept_one(server, i);
		}
	}
	close(server->stop[1]);
	server->stop[1] = -1;
	pthread_mutex_lock(&server->lock);
	while (server->active > 0)
		pthread_cond_wait(&server->idle, &server->lock);
	pthread_mutex_unlock(&server->lock);
}

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Anything but loopback is refused: the stand-in answers to keys that tests made up. */
static bool parse_address(const char *text, union address *out, socklen_t *size)
{
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		*size = sizeof(out->v4);
		return ntohl(out->v4.sin_addr.s_addr) >> 24 == 127;
	}
	out->v6.sin6_family = AF_INET6;
	*size = sizeof(out->v6);
	return inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1 &&
	       IN6_IS_ADDR_LOOPBACK(&out->v6.sin6_addr);
}

static bool listen_on(union address *address, socklen_t size, int port, int *fd, int *got)
{
	int one = 1;
	in_port_t *field =
		address->any.sa_family == AF_INET ? &address->v4.sin_port : &address->v6.sin6_port;

	*field = htons((in_port_t)port);
	*fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return false;
	setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(*fd, &address->any, size) < 0 || listen(*fd, BACKLOG) < 0 ||
	    getsockname(*fd, &address->any, &size) < 0)
		return false;
	*got = ntohs(*field);
	return true;
}

bool server_open(struct server *server, const char *address, const int ports[SERVER_LISTENERS],
		 const char **why)
{
	union address parsed;
	socklen_t size;

	server->stop[0] = server->stop[1] = -1;
	for (int i = 0; i < SERVER_LISTENERS; i++)
		server->listeners[i] = -1;
	pthread_mutex_init(&server->lock, NULL);
	pthread_cond_init(&server->idle, NULL);
	if (!parse_address(address, &parsed, &size)) {
		*why = "the address is not a loopback one";
		return false;
	}
	if (pipe2(server->stop, O_CLOEXEC) < 0) {
		*why = "no pipe";
		return false;
	}
	for (int i = 0; i < SERVER_LISTENERS; i++) {
		if (!listen_on(&parsed, size, ports[i], &server->listeners[i], &server->ports[i])) {
			*why = "cannot listen";
			return false;
		}
	}
	return true;
}

void server_close(struct server *server)
{
	for (int i = 0; i < SERVER_LISTENERS; i++) {
		if (server->listeners[i] >= 0)
			close(server->listeners[i]);
	}
	for (int i = 0; i < 2; i++) {
		if (server->stop[i] >= 0)
			close(server->stop[i]);
	}
	pthread_mutex_destroy(&server->lock);
	pthread_cond_destroy(&server->idle);
}
