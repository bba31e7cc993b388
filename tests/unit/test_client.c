/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client against a server that answers with bytes from a table, on a loopback port: what is
 * sent, and what is made of replies that are cut, endless, compressed, or not HTTP at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fs.h"
#include "cloud/client.h"
#include "cloud/net.h"

#define REPLY_MAX 1000u

/* How the server ends, after the bytes of its reply. */
enum ending {
	END_CLOSE,
	END_RESET,
	END_HANG,  /* says nothing more */
	END_FLOOD, /* repeats the last line for ever */
};

struct server {
	pid_t pid;
	int port, request; /* the read end of a pipe with what the client sent */
};

static int listen_on_loopback(int *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*port = ntohs(at.sin_port);
	return fd;
}

/* Headers and a body of two bytes are all that a client of this test sends. */
static void pass_request_on(int client, int out)
{
	char text[8192];
	size_t n = 0;

	while (n < sizeof(text)) {
		ssize_t got = recv(client, text + n, sizeof(text) - n, 0);

		if (got <= 0)
			break;
		n += (size_t)got;
		if (n >= 6 && memcmp(text + n - 6, "\r\n\r\n{}", 6) == 0)
			break;
	}
	(void)fs_write_all(out, text, n);
}

static void finish(int client, enum ending ending)
{
	const struct linger now = {1, 0};
	char line[4096];

	switch (ending) {
	case END_CLOSE:
		break;
	case END_RESET:
		(void)setsockopt(client, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		break;
	case END_HANG:
		(void)sleep(30);
		break;
	case END_FLOOD:
		memset(line, 'a', sizeof(line));
		memcpy(line, "X-A: ", 5);
		memcpy(line + sizeof(line) - 2, "\r\n", 2);
		while (fs_write_all(client, line, sizeof(line)) == 0)
			;
		break;
	}
	(void)close(client);
}

static struct server serve(struct str reply, enum ending ending)
{
	struct server s;
	int pipes[2], fd = listen_on_loopback(&s.port);

	assert_int_equal(pipe(pipes), 0);
	s.pid = fork();
	assert_true(s.pid >= 0);
	if (s.pid == 0) {
		int client;

		(void)signal(SIGPIPE, SIG_IGN);
		(void)alarm(30);
		client = accept(fd, NULL, NULL);
		pass_request_on(client, pipes[1]);
		(void)close(pipes[1]);
		(void)fs_write_all(client, reply.p, reply.n);
		finish(client, ending);
		_exit(0);
	}
	(void)close(fd);
	(void)close(pipes[1]);
	s.request = pipes[0];
	return s;
}

/*
 * The end of the server, and what was sent to it: a client that had its reply has been read by the
 * server before, so killing it first loses nothing; one that never came would be waited for.
 */
static void stop(struct server *s, char *text, size_t max)
{
	size_t n = 0;
	ssize_t got;

	(void)kill(s->pid, SIGKILL);
	(void)waitpid(s->pid, NULL, 0);
	while (n < max - 1 && (got = read(s->request, text + n, max - 1 - n)) > 0)
		n += (size_t)got;
	text[n] = '\0';
	(void)close(s->request);
}

/* What one request comes to, as its client_done learns it. */
struct ended {
	bool is_over;
	struct err *e;
	struct http_reply *reply;
};

static void on_end(void *ctx, struct err *e, const struct http_reply *reply)
{
	struct ended *end = ctx;

	assert_false(end->is_over);
	end->is_over = true;
	end->e = e;
	if (!e)
		*end->reply = *reply;
}

/* Begins a request and moves the client as the pool does; `stop_ms`: that long, then it stops. */
static struct err *send_request(struct client *c, const struct http_request *req, uint64_t stop_ms,
				struct arena *a, struct http_reply *out)
{
	struct ended end = {.reply = out};

	TRY(client_start(c, req, a, on_end, &end));
	if (stop_ms) {
		assert_null(client_run(c, stop_ms));
		assert_false(end.is_over);
		client_stop(c);
	}
	while (!end.is_over)
		assert_null(client_run(c, 200));
	return end.e;
}

static struct err *send_to(struct client *c, int port, uint64_t timeout_ms, uint64_t stop_ms,
			   struct arena *a, struct http_reply *out)
{
	const struct http_header headers[] = {
		{"Host", STR("tcss.example")},
		{"Content-Type", STR("application/json")},
		{"Authorization", STR("canary-signature")},
	};
	struct http_request req = {
		.url = arena_printf(a, "http://127.0.0.1:%d/", port),
		.headers = headers,
		.header_count = ARRAY_LEN(headers),
		.body = STR("{}"),
		.timeout_ms = timeout_ms,
		.reply_max = REPLY_MAX,
	};

	return send_request(c, &req, stop_ms, a, out);
}

#define OK     "HTTP/1.1 200 OK\r\n"
#define LENGTH "Content-Length: 2\r\n\r\n"
/* 1500 times 'a'. */
#define GZIP_1500                                                                          \
	"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x4b\x4c\x1c\x05\xa3\x60\x14\x8c\x82\x51" \
	"\x30\xdc\x00\x00\x2b\x55\x64\x55\xdc\x05\x00\x00"

/* `reason` -1: it is to work, with this status and body. */
static const struct {
	const char *name;
	struct str reply;
	enum ending ending;
	int reason, status;
	const char *body;
} rows[] = {
	/* clang-format off */
	{ "good",                     {NULL, 0},                                              END_CLOSE, -1, 200, "{}" },
	{ "no length, then closed",   STR(OK "\r\n{}"),                                       END_CLOSE, -1, 200, "{}" },
	{ "chunks",                   STR(OK "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"), END_HANG, -1, 200, "{}" },
	{ "100 Continue before it",   STR("HTTP/1.1 100 Continue\r\nDate: x\r\n\r\n" OK LENGTH "{}"), END_HANG, -1, 200, "{}" },
	{ "a redirect is a reply",    STR("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n" LENGTH "{}"), END_HANG, -1, 302, "{}" },
	{ "so is a server error",     STR("HTTP/1.1 500 No\r\n" LENGTH "{}"),                 END_HANG,  -1, 500, "{}" },
	{ "nothing in it",            STR("HTTP/1.1 204 No\r\n\r\n"),                         END_HANG,  -1, 204, "" },
	{ "chunks and a trailer",     STR(OK "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-A: b\r\n\r\n"), END_HANG, -1, 200, "{}" },
	{ "two lengths",              STR(OK "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), END_CLOSE, REASON_HTTP, 0, NULL },
	{ "a bare line feed",         STR(OK "X-A: b\n" LENGTH "{}"),                          END_CLOSE, REASON_HTTP, 0, NULL },
	{ "closed at once",           STR(""),                                                END_CLOSE, REASON_TRUNCATED, 0, NULL },
	{ "reset at once",            STR(""),                                                END_RESET, REASON_TRUNCATED, 0, NULL },
	{ "closed in the headers",    STR(OK "Content-Le"),                                   END_CLOSE, REASON_TRUNCATED, 0, NULL },
	{ "closed behind them",       STR(OK LENGTH),                                         END_CLOSE, REASON_TRUNCATED, 0, NULL },
	{ "closed in the body",       STR(OK LENGTH "{"),                                     END_CLOSE, REASON_TRUNCATED, 0, NULL },
	{ "reset in the body",        STR(OK "Content-Length: 9\r\n\r\n{"),                   END_RESET, REASON_TRUNCATED, 0, NULL },
	{ "cut in a chunk",           STR(OK "Transfer-Encoding: chunked\r\n\r\n9\r\n{}"),    END_CLOSE, REASON_TRUNCATED, 0, NULL },
	{ "cut before the last chunk", STR(OK "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n"), END_CLOSE, REASON_TRUNCATED, 0, NULL },
	{ "chunked garbage",          STR(OK "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}"),   END_CLOSE, REASON_TRUNCATED, 0, NULL },
	{ "silence",                  STR(""),                                                END_HANG,  REASON_TIMEOUT, 0, NULL },
	{ "silence in the body",      STR(OK LENGTH "{"),                                     END_HANG,  REASON_TIMEOUT, 0, NULL },
	{ "endless headers",          STR(OK),                                                END_FLOOD, REASON_TOO_LARGE, 0, NULL },
	{ "endless body",             STR(OK "\r\n"),                                         END_FLOOD, REASON_TOO_LARGE, 0, NULL },
	{ "a bomb of gzip",           STR(OK "Content-Encoding: gzip\r\nContent-Length: 32\r\n\r\n" GZIP_1500), END_HANG, REASON_TOO_LARGE, 0, NULL },
	{ "gzip that is none",        STR(OK "Content-Encoding: gzip\r\n" LENGTH "{}"),       END_HANG,  REASON_HTTP, 0, NULL },
	{ "an encoding of its own",   STR(OK "Content-Encoding: rot13\r\n" LENGTH "{}"),      END_HANG,  REASON_HTTP, 0, NULL },
	{ "not HTTP",                 STR("SSH-2.0-OpenSSH_9.2\r\n"),                         END_CLOSE, REASON_HTTP, 0, NULL },
	{ "HTTP/0.9",                 STR("{}"),                                              END_CLOSE, REASON_HTTP, 0, NULL },
	/* clang-format on */
};

static struct client *new_client(void)
{
	const struct client_options o = {NULL, NULL};
	struct client *c = NULL;

	assert_null(client_new(&o, &c));
	return c;
}

static void check_error(const char *name, const struct err *e, int want)
{
	const char *what = net_what(e);
	enum reason got = net_reason(e);

	print_message("  %s: %s\n", reason_word(got, NULL), what);
	assert_int_equal(e->kind, ERR_NET);
	assert_non_null(strstr(what, "127.0.0.1: "));
	assert_null(strstr(what, "canary"));
	if ((int)got != want)
		fail_msg("%s: %s", name, reason_word(got, NULL));
}

static void replies_are_judged_as_told(void **state)
{
	static const struct str plain = STR(OK LENGTH "{}");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct server s = serve(rows[i].reply.p ? rows[i].reply : plain, rows[i].ending);
		uint64_t timeout = rows[i].reason == REASON_TIMEOUT ? 300 : 10000;
		struct client *c = new_client();
		struct arena *a = arena_new();
		struct http_reply reply;
		struct err *e;
		char sent[8192];

		print_message("%s\n", rows[i].name);
		e = send_to(c, s.port, timeout, 0, a, &reply);
		if (rows[i].reason == -1) {
			assert_null(e);
			assert_int_equal(reply.status, rows[i].status);
			assert_true(str_is(reply.body, rows[i].body));
		} else {
			assert_non_null(e);
			check_error(rows[i].name, e, rows[i].reason);
		}
		err_free(e);
		client_free(c);
		stop(&s, sent, sizeof(sent));
		arena_free(a);
	}
}

static void what_is_sent_is_what_was_signed(void **state)
{
	struct server s = serve(STR(OK LENGTH "{}"), END_CLOSE);
	struct client *c = new_client();
	struct arena *a = arena_new();
	struct http_reply reply;
	char sent[8192];

	(void)state;
	assert_null(send_to(c, s.port, 5000, 0, a, &reply));
	stop(&s, sent, sizeof(sent));
	assert_non_null(strstr(sent, "POST / HTTP/1.1\r\nHost: tcss.example\r\n"));
	assert_non_null(strstr(sent, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(sent, "\r\nUser-Agent: scandrift/" SCANDRIFT_VERSION "\r\n"));
	assert_non_null(strstr(sent, "\r\nAccept-Encoding: "));
	assert_non_null(strstr(sent, "\r\nContent-Length: 2\r\n"));
	assert_non_null(strstr(sent, "\r\n\r\n{}"));
	assert_null(strstr(sent, "Expect"));
	assert_null(strstr(sent, "Cookie"));
	client_free(c);
	arena_free(a);
}

static void headers_of_interest_are_kept(void **state)
{
	struct server s = serve(STR("HTTP/1.1 103 Early Hints\r\nDate: not this\r\n\r\n" OK
				    "date:  Tue, 24 Nov 2026 02:00:03 GMT \r\n"
				    "CONTENT-TYPE: text/plain\r\nRetry-After: 7\r\n"
				    "Dates: no\r\nSet-Cookie: a=b\r\n" LENGTH "{}"),
				END_CLOSE);
	struct client *c = new_client();
	struct arena *a = arena_new();
	struct http_reply reply;
	char sent[8192];

	(void)state;
	assert_null(send_to(c, s.port, 5000, 0, a, &reply));
	assert_true(str_is(reply.date, "Tue, 24 Nov 2026 02:00:03 GMT"));
	assert_true(str_is(reply.content_type, "text/plain"));
	assert_int_equal(reply.retry_after_s, 7);
	stop(&s, sent, sizeof(sent));
	client_free(c);
	arena_free(a);
}

static void a_proxy_is_never_asked_for_loopback(void **state)
{
	static const char *const vars[] = {"http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"};
	struct server s = serve(STR(OK LENGTH "{}"), END_CLOSE);
	struct client *c;
	struct arena *a = arena_new();
	struct http_reply reply;
	char sent[8192];

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(vars); i++)
		assert_int_equal(setenv(vars[i], "http://127.0.0.1:1", 1), 0);
	c = new_client();
	assert_null(send_to(c, s.port, 5000, 0, a, &reply));
	for (size_t i = 0; i < ARRAY_LEN(vars); i++)
		assert_int_equal(unsetenv(vars[i]), 0);
	stop(&s, sent, sizeof(sent));
	client_free(c);
	arena_free(a);
}

static void a_closed_port_is_connect(void **state)
{
	struct client *c = new_client();
	struct arena *a = arena_new();
	struct http_reply reply;
	struct err *e;
	int port, fd = listen_on_loopback(&port);

	(void)state;
	(void)close(fd);
	e = send_to(c, port, 5000, 0, a, &reply);
	assert_non_null(e);
	check_error("closed port", e, REASON_CONNECT);
	err_free(e);
	client_free(c);
	arena_free(a);
}

/* Not "refused", and not a matter of certificates: the name of the limit. */
static void a_lack_of_descriptors_is_named(void **state)
{
	struct client *c = new_client();
	struct arena *a = arena_new();
	struct rlimit all, none;
	struct http_reply reply;
	struct err *e;
	int lowest;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
	none = all;
	lowest = dup(STDERR_FILENO);
	(void)close(lowest);
	none.rlim_cur = (rlim_t)lowest;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(client_connections_max(), 1);
	e = send_to(c, 9, 5000, 0, a, &reply);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
	assert_non_null(e);
	check_error("no descriptors", e, REASON_DESCRIPTORS);
	assert_non_null(strstr(net_what(e), "EMFILE"));
	assert_true(client_connections_max() > 1);
	err_free(e);
	client_free(c);
	arena_free(a);
}

static void a_stop_ends_the_wait(void **state)
{
	struct server s = serve(STR(""), END_HANG);
	struct client *c = new_client();
	struct arena *a = arena_new();
	struct http_reply reply;
	struct err *e;
	char sent[8192];

	(void)state;
	e = send_to(c, s.port, 20000, 100, a, &reply);
	assert_non_null(e);
	check_error("stopped", e, REASON_INTERRUPTED);
	err_free(e);
	stop(&s, sent, sizeof(sent));
	client_free(c);
	arena_free(a);
}

/* Requests that must not leave the machine, whoever asks for them. */
static void bad_requests_are_refused(void **state)
{
	static const char *const urls[] = {"http://192.0.2.1/", "ftp://127.0.0.1/",
					   "file:///etc/passwd", "http://user@127.0.0.1/"};
	const struct http_header breaks[] = {{"X-A", STR("a\r\nX-B: b")}};
	struct client *c = new_client();
	struct arena *a = arena_new();
	struct http_reply reply;

	(void)state;
	for (size_t i = 0; i <= ARRAY_LEN(urls); i++) {
		struct http_request req = {.url = "http://127.0.0.1:1/", .timeout_ms = 1000};
		struct err *e;

		if (i < ARRAY_LEN(urls)) {
			req.url = urls[i];
		} else {
			req.headers = breaks;
			req.header_count = 1;
		}
		e = send_request(c, &req, 0, a, &reply);
		assert_non_null(e);
		assert_int_equal(e->kind, ERR_CONFIG);
		err_free(e);
	}
	client_free(c);
	arena_free(a);
}

static void a_missing_ca_file_is_named(void **state)
{
	const struct {
		struct client_options o;
		const char *want;
	} cases[] = {
		{{.ca_bundle = "/nowhere/ca.pem"}, "--ca-bundle: /nowhere/ca.pem"},
		{{.ssl_cert_file = "/nowhere/c.pem"}, "SSL_CERT_FILE: /nowhere/c.pem"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct client *c = NULL;
		struct err *e = client_new(&cases[i].o, &c);

		assert_non_null(e);
		assert_int_equal(e->kind, ERR_CONFIG);
		assert_non_null(strstr(e->msg, cases[i].want));
		assert_null(c);
		err_free(e);
	}
	client_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replies_are_judged_as_told),
		cmocka_unit_test(what_is_sent_is_what_was_signed),
		cmocka_unit_test(headers_of_interest_are_kept),
		cmocka_unit_test(a_proxy_is_never_asked_for_loopback),
		cmocka_unit_test(a_closed_port_is_connect),
		cmocka_unit_test(a_lack_of_descriptors_is_named),
		cmocka_unit_test(a_stop_ends_the_wait),
		cmocka_unit_test(bad_requests_are_refused),
		cmocka_unit_test(a_missing_ca_file_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
