/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scandrift-hostile: servers that lie, break off and wait, one loopback port a row of the table.
 * Each connection is a process of its own, so that a row may block as it likes.
 *
 *   scandrift-hostile DIR [BOMB [PORT]]
 *
 * DIR gets ca.pem and then `ports`: NAME PORT SCHEME a line. DIR/trap appears when a client follows
 * where it should not, with what it sent; DIR/proxy is what the forward proxies were told. DIR/sends
 * has a line for each request that came: milliseconds, NAME, connection. BOMB is a file that gzip
 * made; PORT is where the proxy that lets through leads to, whatever was asked for.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/pem.h>

/* GOOD_LENGTH is its length, for heads that are written as they are. */
#define GOOD                                                                                       \
	"{\"Response\":{\"RequestId\":\"00000000-0000-4000-8000-000000000001\",\"Enable\":true,"   \
	"\"ScanTime\":\"03:00:00\",\"ScanEndTime\":\"06:00:00\",\"ScanPeriod\":1,\"ScanScope\":0," \
	"\"ScanType\":[\"CVE\"],\"Latest\":false,\"ContainerRunning\":false}}"
#define GOOD_LENGTH "214"
/* What a baseline of GOOD drifts from. */
#define OFF \
	"{\"Response\":{\"RequestId\":\"00000000-0000-4000-8000-000000000002\",\"Enable\":false}}"
#define JSON_TYPE "Content-Type: application/json\r\n"
#define DAY       86400L

enum scheme { HTTP, HTTPS };

/* A certificate that a row serves. */
enum cert {
	CERT_GOOD,
	CERT_WRONG_HOST,
	CERT_EXPIRED,
	CERT_FUTURE,
	CERT_SELF_SIGNED,
	CERT_UNKNOWN_CA,
	CERT_NAME_IN_CN,
	CERT_SMALL_KEY,
	CERT_COUNT
};

struct peer {
	int fd;
	SSL *ssl;     /* NULL: plain */
	unsigned nth; /* connection of this row, from 1 */
	char request[16384];
	size_t request_n;
};

struct row {
	const char *name;
	enum scheme scheme;
	enum cert cert;
	void (*serve)(struct peer *p);
	const char *text; /* for serve_text: all that is sent; for others a word of theirs */
	size_t size;      /* for serve_long_line */
	bool is_old_tls, is_h2, is_closed, is_tls12;
};

static const char *folder, *bomb;
static int through_port;
static const struct row *current;
static int trap_port;

/* ---- one connection ---- */

static bool put(struct peer *p, const void *bytes, size_t n)
{
	const char *at = bytes;

	while (n > 0) {
		ssize_t got = p->ssl ? SSL_write(p->ssl, at, n > 16384 ? 16384 : (int)n)
				     : send(p->fd, at, n, MSG_NOSIGNAL);

		if (got <= 0)
			return false;
		at += got;
		n -= (size_t)got;
	}
	return true;
}

static bool puts_all(struct peer *p, const char *text)
{
	return put(p, text, strlen(text));
}

/* One line a request; as it is one write, those of other connections do not mix with it. */
static void log_send(const struct peer *p)
{
	char path[4096], line[256];
	struct timespec t;
	int fd, n;

	(void)snprintf(path, sizeof(path), "%s/sends", folder);
	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	n = snprintf(line, sizeof(line), "%lld %s %u\n",
		     (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000, current->name, p->nth);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, line, (size_t)n) != n)
		_exit(1);
	(void)close(fd);
}

/* Headers and what came with them; a body of two bytes is in the same packet or the next. */
static bool read_request(struct peer *p)
{
	p->request_n = 0;
	while (p->request_n < sizeof(p->request) - 1) {
		size_t room = sizeof(p->request) - 1 - p->request_n;
		ssize_t got = p->ssl ? SSL_read(p->ssl, p->request + p->request_n, (int)room)
				     : recv(p->fd, p->request + p->request_n, room, 0);

		if (got <= 0)
			return false;
		p->request_n += (size_t)got;
		p->request[p->request_n] = '\0';
		if (strstr(p->request, "\r\n\r\n")) {
			log_send(p);
			return true;
		}
	}
	return false;
}

static void note(const char *file, const struct peer *p)
{
	char path[4096];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, file);
	f = fopen(path, "a");
	if (!f)
		return;
	(void)fwrite(p->request, 1, p->request_n, f);
	(void)fclose(f);
}

static void reply(struct peer *p, const char *status, const char *headers, const char *body)
{
	char head[1024];

	(void)snprintf(head, sizeof(head), "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n", status,
		       headers, strlen(body));
	if (puts_all(p, head))
		(void)puts_all(p, body);
}

static void reset(const struct peer *p)
{
	struct linger now = {1, 0};

	(void)setsockopt(p->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

/* ---- what the rows do ---- */

static void serve_good(struct peer *p)
{
	while (read_request(p))
		reply(p, "200 OK", JSON_TYPE, GOOD);
}

static void serve_text(struct peer *p)
{
	if (read_request(p))
		(void)puts_all(p, current->text);
}

/* As a server does that finds no request in the client's greeting. */
static void serve_at_once(struct peer *p)
{
	(void)recv(p->fd, p->request, sizeof(p->request), 0);
	reply(p, "400 Bad Request", "Connection: close\r\n", "");
}

static void serve_silence(struct peer *p)
{
	(void)read_request(p);
	(void)sleep(60);
}

static void serve_nothing(struct peer *p)
{
	(void)p;
}

static void serve_slowly(struct peer *p)
{
	if (!read_request(p))
		return;
	for (const char *s = "HTTP/1.1 200 OK\r\n" JSON_TYPE; *s && put(p, s, 1); s++)
		(void)sleep(1);
}

static void serve_reset(struct peer *p)
{
	if (!read_request(p))
		return;
	(void)puts_all(p, "HTTP/1.1 200 OK\r\n" JSON_TYPE "Content-Length: 500\r\n\r\n{\"Resp");
	(void)usleep(50000);
	reset(p);
}

/* The TCP end alone, as when a process dies: no close_notify, and no length to miss bytes by. */
static void serve_cut_tls(struct peer *p)
{
	if (!read_request(p))
		return;
	(void)puts_all(p, "HTTP/1.1 200 OK\r\n" JSON_TYPE "\r\n{\"Response\":{\"Enable\":true");
	(void)shutdown(p->fd, SHUT_WR);
	(void)usleep(200000);
	_exit(0);
}

static void serve_renegotiation(struct peer *p)
{
	if (!read_request(p))
		return;
	(void)SSL_renegotiate(p->ssl);
	(void)SSL_do_handshake(p->ssl);
	reply(p, "200 OK", JSON_TYPE, GOOD);
}

/* The first connection takes a second request and answers nothing. */
static void serve_stale(struct peer *p)
{
	if (p->nth > 1) {
		serve_good(p);
		return;
	}
	if (read_request(p))
		reply(p, "200 OK", JSON_TYPE,
		      "{\"Response\":{\"Error\":{\"Code\":\"RequestLimitExceeded\",\"Message\":\"x\"},"
		      "\"RequestId\":\"r\"}}");
	(void)read_request(p);
}

static void serve_redirect(struct peer *p)
{
	char headers[256];

	(void)snprintf(headers, sizeof(headers), "Location: %s127.0.0.1:%d/\r\n", current->text,
		       trap_port);
	if (read_request(p))
		reply(p, "307 Temporary Redirect", headers, "");
}

static void serve_loop(struct peer *p)
{
	while (read_request(p))
		reply(p, "302 Found", "Location: /\r\n", "");
}

/* A connection that is used again ends without an answer. */
static void serve_second_closes(struct peer *p)
{
	if (read_request(p))
		reply(p, "200 OK", JSON_TYPE, GOOD);
	(void)read_request(p);
}

static void serve_trap(struct peer *p)
{
	(void)read_request(p);
	note("trap", p);
}

static void serve_second(struct peer *p)
{
	if (read_request(p) && p->nth == 1)
		reply(p, "500 Internal Server Error", "Connection: close\r\n", "");
	else
		reply(p, "200 OK", JSON_TYPE "Connection: close\r\n", GOOD);
}

static void serve_long_line(struct peer *p)
{
	char *line = malloc(current->size + 1);

	if (!read_request(p) || !line)
		return;
	memset(line, 'a', current->size);
	line[current->size] = '\0';
	(void)(puts_all(p, current->text) && puts_all(p, line) &&
	       puts_all(p, "\r\n" JSON_TYPE "Content-Length: 2\r\n\r\n{}"));
	free(line);
}

static void serve_many_headers(struct peer *p)
{
	if (!read_request(p) || !puts_all(p, "HTTP/1.1 200 OK\r\n"))
		return;
	for (int i = 0; i < 10000 && puts_all(p, "X-Many: 1234567890\r\n"); i++)
		continue;
	(void)puts_all(p, "Content-Length: 2\r\n\r\n{}");
}

static void serve_large(struct peer *p)
{
	static char block[65536];

	memset(block, ' ', sizeof(block));
	if (!read_request(p) ||
	    !puts_all(p, "HTTP/1.1 200 OK\r\n" JSON_TYPE "Content-Length: 104857600\r\n\r\n"))
		return;
	for (int i = 0; i < 1600 && put(p, block, sizeof(block)); i++)
		continue;
}

static void serve_bomb(struct peer *p)
{
	char block[65536];
	FILE *f = bomb ? fopen(bomb, "rb") : NULL;
	size_t n;

	if (!f || !read_request(p))
		return;
	(void)puts_all(p, "HTTP/1.1 200 OK\r\n" JSON_TYPE
			  "Content-Encoding: gzip\r\nConnection: close\r\n\r\n");
	while ((n = fread(block, 1, sizeof(block), f)) > 0 && put(p, block, n))
		continue;
	(void)fclose(f);
}

static void serve_nul(struct peer *p)
{
	static const char head[] = "HTTP/1.1 200 OK\r\n" JSON_TYPE "Content-Length: 16\r\n\r\n";

	if (read_request(p) && puts_all(p, head))
		(void)put(p, "{\"Response\":\0{}}", 16);
}

static void serve_utf16(struct peer *p)
{
	static const char head[] = "HTTP/1.1 200 OK\r\n" JSON_TYPE "Content-Length: 6\r\n\r\n";

	if (read_request(p) && puts_all(p, head))
		(void)put(p, "\xff\xfe{\0}\0", 6);
}

static void serve_deep(struct peer *p)
{
	static char body[20001];

	memset(body, '[', 10000);
	memset(body + 10000, ']', 10000);
	if (read_request(p))
		reply(p, "200 OK", JSON_TYPE, body);
}

/* ---- a surplus reply: with the first one, a while after it, or when the next request is there ---- */

#define KEYS(id)                                                                          \
	"{\"Response\":{\"RequestId\":\"r\",\"ExpiredTime\":4102444800,\"Credentials\":{" \
	"\"TmpSecretId\":\"" id "\",\"TmpSecretKey\":\"key\",\"Token\":\"token\"}}}"

static void serve_surplus(struct peer *p)
{
	bool is_next = strcmp(current->text, "next") == 0;
	const char *surplus = NULL;

	while (read_request(p)) {
		bool is_role = strstr(p->request, "X-TC-Action: AssumeRole") != NULL;

		if (is_next && surplus)
			reply(p, "200 OK", JSON_TYPE, surplus);
		surplus = is_role ? KEYS("AKIDsurplus") : OFF;
		/* Keys that were another's show what they lead to. */
		reply(p, "200 OK", JSON_TYPE,
		      is_role                             ? KEYS("AKIDrole")
		      : strstr(p->request, "AKIDsurplus") ? OFF
							  : GOOD);
		if (strcmp(current->text, "late") == 0)
			(void)usleep(20000);
		if (!is_next)
			reply(p, "200 OK", JSON_TYPE, surplus);
	}
}

static void serve_trailers(struct peer *p)
{
	char head[256];

	(void)snprintf(head, sizeof(head),
		       "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%zx\r\n",
		       strlen(GOOD));
	if (read_request(p))
		(void)(puts_all(p, head) &&
		       puts_all(p, GOOD "\r\n0\r\nX-Sum: 1\r\nContent-Length: 3\r\n\r\n"));
}

/* ---- time ---- */

static void put_date(char out[64], long ahead_s)
{
	time_t t = time(NULL) + ahead_s;
	struct tm tm;

	(void)gmtime_r(&t, &tm);
	(void)strftime(out, 64, "%a, %d %b %Y %H:%M:%S GMT", &tm);
}

/* Each reply's clock is an hour, or as many seconds as the row says, further. */
static void serve_runaway(struct peer *p)
{
	char headers[128], date[64];

	if (!read_request(p))
		return;
	put_date(date, current->size ? (long)current->size : 3600L * p->nth);
	(void)snprintf(headers, sizeof(headers), JSON_TYPE "Date: %s\r\n", date);
	reply(p, "200 OK", headers,
	      "{\"Response\":{\"Error\":{\"Code\":\"AuthFailure.SignatureExpire\",\"Message\":\"m\"},"
	      "\"RequestId\":\"r\"}}");
}

/* The first request is to come again after what the row says; then it is answered. */
static void serve_retry_after(struct peer *p)
{
	char headers[128], date[64];

	if (!read_request(p))
		return;
	put_date(date, (long)current->size);
	(void)snprintf(headers, sizeof(headers), "Retry-After: %s\r\n",
		       current->text ? current->text : date);
	if (p->nth == 1)
		reply(p, "503 Service Unavailable", headers, "");
	else
		reply(p, "200 OK", JSON_TYPE, GOOD);
}

/* ---- gzip, with a block that is only stored ---- */

static unsigned crc32_of(const char *s, size_t n)
{
	unsigned crc = 0xffffffffu;

	for (size_t i = 0; i < n; i++) {
		crc ^= (unsigned char)s[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static size_t put_member(char *out, const char *s, size_t n)
{
	static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\x03\x01";
	unsigned crc = crc32_of(s, n);
	char *p = out;

	memcpy(p, head, 11);
	p += 11;
	*p++ = (char)(n & 255);
	*p++ = (char)(n >> 8);
	*p++ = (char)(~n & 255);
	*p++ = (char)((~n >> 8) & 255);
	memcpy(p, s, n);
	p += n;
	for (int i = 0; i < 4; i++)
		*p++ = (char)((crc >> (8 * i)) & 255);
	for (int i = 0; i < 4; i++)
		*p++ = (char)((n >> (8 * i)) & 255);
	return (size_t)(p - out);
}

static void serve_gzip(struct peer *p)
{
	char body[1024], head[256];
	size_t all = strlen(GOOD), first = strcmp(current->text, "two") == 0 ? 50 : all;
	size_t n = put_member(body, GOOD, first);

	if (first < all)
		n += put_member(body + n, &GOOD[first], all - first);
	if (strcmp(current->text, "tail") == 0) {
		memcpy(body + n, "a tail", 6);
		n += 6;
	}
	(void)snprintf(head, sizeof(head),
		       "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %zu\r\n\r\n",
		       n);
	if (read_request(p) && puts_all(p, head))
		(void)put(p, body, n);
}

/* ---- HTTP/2, by hand: a length of 24 bits, type, flags, stream ---- */

static const char h2_settings[] = "\0\0\0\x04\0\0\0\0\0";

/* Settings, and whatever comes before the frame with the request's head. */
static bool h2_begin(struct peer *p)
{
	unsigned char in[8192];
	size_t have = 0, at = 24; /* after the client's preface */

	if (!put(p, h2_settings, 9))
		return false;
	for (;;) {
		int got = SSL_read(p->ssl, in + have, (int)(sizeof(in) - have));

		if (got <= 0)
			return false;
		have += (size_t)got;
		while (have >= at + 9) {
			if (in[at + 3] == 1) {
				log_send(p);
				return true;
			}
			at += 9 + ((size_t)in[at] << 16 | (size_t)in[at + 1] << 8 | in[at + 2]);
		}
	}
}

static void serve_goaway(struct peer *p)
{
	if (h2_begin(p))
		(void)put(p, "\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0b", 17);
	(void)usleep(200000);
}

static void serve_rst_stream(struct peer *p)
{
	if (h2_begin(p))
		(void)put(p, "\0\0\x04\x03\0\0\0\0\x01\0\0\0\x02", 13);
	(void)usleep(200000);
}

static void serve_settings_flood(struct peer *p)
{
	if (!h2_begin(p))
		return;
	while (put(p, h2_settings, 9))
		continue;
}

/* What a server does that otherwise answers each stream. */
enum h2_habit {
	H2_GOOD,
	H2_TRAILERS,
	H2_REFUSES,       /* all of the first connection, and of others all but the first stream */
	H2_GOES,          /* after each reply, and closes */
	H2_GOES_SLOWLY,   /* says that it goes after the first reply, and lets nobody else in */
	H2_CLOSES_SECOND, /* when a second request comes */
};

struct h2 {
	struct peer *p;
	enum h2_habit habit;
	unsigned begun, answered;
	bool is_over;
};

static void h2_frame(struct h2 *h, unsigned char type, unsigned char flags, unsigned stream,
		     const void *payload, size_t n)
{
	unsigned char head[9] = {(unsigned char)(n >> 16),
				 (unsigned char)(n >> 8),
				 (unsigned char)n,
				 type,
				 flags,
				 (unsigned char)(stream >> 24),
				 (unsigned char)(stream >> 16),
				 (unsigned char)(stream >> 8),
				 (unsigned char)stream};

	if (!put(h->p, head, 9) || (n && !put(h->p, payload, n)))
		h->is_over = true;
}

static void h2_answer(struct h2 *h, unsigned stream)
{
	static const char trailer[] = "\0\x05x-sum\x01"
				      "1";
	const unsigned char bye[8] = {
		0, 0, (unsigned char)(stream >> 8), (unsigned char)stream, 0, 0, 0, 0};
	bool has_trailer = h->habit == H2_TRAILERS;

	/* 0x88 is ":status: 200" of the static table. */
	h2_frame(h, 1, 4, stream, "\x88", 1);
	h2_frame(h, 0, has_trailer ? 0 : 1, stream, GOOD, strlen(GOOD));
	if (has_trailer)
		h2_frame(h, 1, 5, stream, trailer, 9);
	h->answered++;
	if (h->habit == H2_GOES || h->habit == H2_GOES_SLOWLY)
		h2_frame(h, 7, 0, 0, bye, 8);
	h->is_over |= h->habit == H2_GOES || (h->habit == H2_CLOSES_SECOND && h->begun > 1);
}

static void h2_begin_stream(struct h2 *h)
{
	h->begun++;
	log_send(h->p);
	h->is_over |= h->habit == H2_CLOSES_SECOND && h->answered > 0;
}

static void h2_end_stream(struct h2 *h, unsigned stream)
{
	bool is_refused = h->habit == H2_REFUSES && (h->p->nth == 1 || stream != 1);

	if (is_refused)
		h2_frame(h, 3, 0, stream, "\0\0\0\x07", 4);
	else if (h->habit != H2_GOES_SLOWLY || h->answered == 0)
		h2_answer(h, stream);
}

static void h2_take(struct h2 *h, unsigned char type, unsigned char flags, unsigned stream,
		    const unsigned char *payload, size_t n)
{
	if (type == 4 && !(flags & 1))
		h2_frame(h, 4, 1, 0, NULL, 0);
	if (type == 6 && !(flags & 1))
		h2_frame(h, 6, 1, 0, payload, n);
	if (type == 1)
		h2_begin_stream(h);
	if ((type == 0 || type == 1) && (flags & 1) && !h->is_over)
		h2_end_stream(h, stream);
}

static void serve_h2(struct peer *p)
{
	static unsigned char in[65536];
	struct h2 h = {.p = p, .habit = (enum h2_habit)current->size};
	size_t have = 0, at = 24; /* after the client's preface */

	if (!put(p, h2_settings, 9))
		return;
	while (!h.is_over && have < sizeof(in)) {
		int got = SSL_read(p->ssl, in + have, (int)(sizeof(in) - have));

		if (got <= 0)
			break;
		have += (size_t)got;
		while (!h.is_over && have >= at + 9) {
			const unsigned char *f = in + at;
			size_t n = (size_t)f[0] << 16 | (size_t)f[1] << 8 | f[2];

			if (have < at + 9 + n)
				break;
			h2_take(&h, f[3], f[4], (unsigned)f[7] << 8 | f[8], f + 9, n);
			at += 9 + n;
		}
	}
	if (h.habit == H2_CLOSES_SECOND) {
		(void)usleep(50000); /* time to read the first reply */
		_exit(0);
	}
	/* Closed with bytes unread, a socket takes back what was written. */
	(void)shutdown(p->fd, SHUT_WR);
	while (recv(p->fd, in, sizeof(in), 0) > 0)
		continue;
	_exit(0);
}

/* ---- forward proxies ---- */

static void serve_proxy_407(struct peer *p)
{
	while (read_request(p)) {
		note("proxy", p);
		reply(p, "407 Proxy Authentication Required",
		      "Proxy-Authenticate: Basic realm=\"x\"\r\n", "");
	}
}

static void copy_both(int a, int b)
{
	struct pollfd fds[2] = {{.fd = a, .events = POLLIN}, {.fd = b, .events = POLLIN}};
	char block[16384];

	while (poll(fds, 2, 20000) > 0) {
		for (int i = 0; i < 2; i++) {
			ssize_t n;

			if (!fds[i].revents)
				continue;
			n = recv(fds[i].fd, block, sizeof(block), 0);
			if (n <= 0 || send(fds[1 - i].fd, block, (size_t)n, MSG_NOSIGNAL) != n)
				return;
		}
	}
}

static void serve_proxy_through(struct peer *p)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((in_port_t)through_port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (!read_request(p))
		return;
	note("proxy", p);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0)
		return;
	(void)puts_all(p, "HTTP/1.1 200 Connection established\r\n\r\n");
	copy_both(p->fd, fd);
}

/* ---- the table ---- */

#define TEXT(s)        .serve = serve_text, .text = s
#define OK_HEAD        "HTTP/1.1 200 OK\r\nConnection: close\r\n"
#define OK_JSON(body)  TEXT("HTTP/1.1 200 OK\r\n" JSON_TYPE "Connection: close\r\n\r\n" body)
#define STATUS(status) TEXT("HTTP/1.1 " status "\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

/* clang-format off */
static const struct row rows[] = {
	/* The number is that of the published list. */
	{ .name = "01-wrong-host",       .scheme = HTTPS, .cert = CERT_WRONG_HOST,  .serve = serve_good },
	{ .name = "02-expired",          .scheme = HTTPS, .cert = CERT_EXPIRED,     .serve = serve_good },
	{ .name = "03-not-yet-valid",    .scheme = HTTPS, .cert = CERT_FUTURE,      .serve = serve_good },
	{ .name = "04-self-signed",      .scheme = HTTPS, .cert = CERT_SELF_SIGNED, .serve = serve_good },
	{ .name = "05-unknown-ca",       .scheme = HTTPS, .cert = CERT_UNKNOWN_CA,  .serve = serve_good },
	{ .name = "06-right-ca",         .scheme = HTTPS, .serve = serve_good },
	{ .name = "07-old-tls",          .scheme = HTTPS, .serve = serve_good, .is_old_tls = true },
	{ .name = "08-name-in-cn",       .scheme = HTTPS, .cert = CERT_NAME_IN_CN,  .serve = serve_good },
	{ .name = "09-small-key",        .scheme = HTTPS, .cert = CERT_SMALL_KEY,   .serve = serve_good },
	{ .name = "10-closed-handshake", .scheme = HTTP,  .serve = serve_nothing },
	{ .name = "11-no-close-notify",  .scheme = HTTPS, .serve = serve_cut_tls },
	{ .name = "12-renegotiation",    .scheme = HTTPS, .serve = serve_renegotiation, .is_tls12 = true },
	{ .name = "13-plain-on-tls",     .scheme = HTTP,  .serve = serve_at_once },
	{ .name = "14-refused",          .is_closed = true },
	{ .name = "15-no-answer",        .serve = serve_silence },
	{ .name = "16-byte-a-second",    .serve = serve_slowly },
	{ .name = "17-reset-in-body",    .serve = serve_reset },
	{ .name = "18-closed-after-head", TEXT("HTTP/1.1 200 OK\r\n" JSON_TYPE "Content-Length: 9\r\n\r\n") },
	{ .name = "19-first-address-dead", .serve = serve_good },
	{ .name = "20-stale-connection", .serve = serve_stale },
	{ .name = "21-redirect",         .serve = serve_redirect, .text = "https://" },
	{ .name = "22-redirect-http",    .scheme = HTTPS, .serve = serve_redirect, .text = "http://" },
	{ .name = "23-redirect-loop",    .serve = serve_loop },
	{ .name = "24-401",              STATUS("401 Unauthorized") },
	{ .name = "24-403",              STATUS("403 Forbidden") },
	{ .name = "25-429",              STATUS("429 Too Many Requests\r\nRetry-After: 1") },
	{ .name = "25-503",              STATUS("503 Service Unavailable\r\nRetry-After: 1") },
	{ .name = "25-retry-after-long", STATUS("503 Service Unavailable\r\nRetry-After: 86400") },
	{ .name = "26-500-then-good",    .serve = serve_second },
	{ .name = "29-chunked-garbage",  TEXT("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}") },
	{ .name = "30-length-too-long",  TEXT("HTTP/1.1 200 OK\r\n" JSON_TYPE "Content-Length: 9999\r\n\r\n" GOOD) },
	{ .name = "31-length-too-short", TEXT("HTTP/1.1 200 OK\r\n" JSON_TYPE "Content-Length: 99\r\n\r\n" GOOD) },
	{ .name = "32-two-lengths",      TEXT("HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 40\r\n\r\n{}  ") },
	{ .name = "33-long-header",      .serve = serve_long_line, .text = "HTTP/1.1 200 OK\r\nX-Long: ", .size = 65536 },
	{ .name = "33-many-headers",     .serve = serve_many_headers },
	{ .name = "34-large-body",       .serve = serve_large },
	{ .name = "35-gzip-bomb",        .serve = serve_bomb },
	{ .name = "36-other-encoding",   TEXT("HTTP/1.1 200 OK\r\nContent-Encoding: x-own\r\nConnection: close\r\n\r\n{}") },
	{ .name = "37-204",              STATUS("204 No Content") },
	{ .name = "38-wrong-type",       TEXT("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n" GOOD) },
	{ .name = "39-goaway",           .scheme = HTTPS, .serve = serve_goaway, .is_h2 = true },
	{ .name = "40-rst-stream",       .scheme = HTTPS, .serve = serve_rst_stream, .is_h2 = true },
	{ .name = "41-settings-flood",   .scheme = HTTPS, .serve = serve_settings_flood, .is_h2 = true },
	{ .name = "42-bom",              OK_JSON("\xef\xbb\xbf" GOOD) },
	{ .name = "42-utf-16",           .serve = serve_utf16 },
	{ .name = "42-nul",              .serve = serve_nul },
	{ .name = "42-html",             OK_JSON("<html>Sign in to the hotel network</html>") },
	{ .name = "43-error-in-200",     OK_JSON("{\"Response\":{\"Error\":{\"Code\":\"UnauthorizedOperation\",\"Message\":\"m\"},\"RequestId\":\"r\"}}") },
	{ .name = "43-null",             OK_JSON("{\"Response\":null}") },
	{ .name = "43-array",            OK_JSON("[" GOOD "]") },
	{ .name = "43-twice",            OK_JSON(GOOD GOOD) },
	{ .name = "43-deep",             .serve = serve_deep },
	{ .name = "44-error-beside",     OK_JSON("{\"Response\":{\"Enable\":true,\"Error\":{\"Code\":\"InternalError\",\"Message\":\"m\"},\"RequestId\":\"r\"}}") },
	{ .name = "45-long-header",      .serve = serve_long_line, .text = "HTTP/1.1 200 OK\r\nX-Long: ", .size = 200000 },
	{ .name = "45-long-status",      .serve = serve_long_line, .text = "HTTP/1.1 200 ", .size = 200000 },
	{ .name = "46-trailers",         .serve = serve_trailers },
	{ .name = "46-trailers-h2",      .scheme = HTTPS, .serve = serve_h2, .size = H2_TRAILERS, .is_h2 = true },
	{ .name = "47-good-length-first", TEXT(OK_HEAD "Content-Length: " GOOD_LENGTH "\r\nContent-Length: 40\r\n\r\n" GOOD) },
	{ .name = "47-good-length-last", TEXT(OK_HEAD "Content-Length: 40\r\nContent-Length: " GOOD_LENGTH "\r\n\r\n" GOOD) },
	{ .name = "47-length-twice",     TEXT(OK_HEAD "Content-Length: " GOOD_LENGTH "\r\nContent-Length: " GOOD_LENGTH "\r\n\r\n" GOOD) },
	{ .name = "47-length-list",      TEXT(OK_HEAD "Content-Length: " GOOD_LENGTH ", 40\r\n\r\n" GOOD) },
	{ .name = "47-length-chunked",   TEXT(OK_HEAD "Content-Length: " GOOD_LENGTH "\r\nTransfer-Encoding: chunked\r\n\r\nd6\r\n" GOOD "\r\n0\r\n\r\n") },
	{ .name = "47-chunked-length",   TEXT(OK_HEAD "Transfer-Encoding: chunked\r\nContent-Length: " GOOD_LENGTH "\r\n\r\nd6\r\n" GOOD "\r\n0\r\n\r\n") },
	{ .name = "47-space-before-colon", TEXT(OK_HEAD "X-A : b\r\nContent-Length: " GOOD_LENGTH "\r\n\r\n" GOOD) },
	{ .name = "47-bare-lf",          TEXT(OK_HEAD "X-A: b\nContent-Length: " GOOD_LENGTH "\r\n\r\n" GOOD) },
	{ .name = "47-empty-name",       TEXT(OK_HEAD ": b\r\nContent-Length: " GOOD_LENGTH "\r\n\r\n" GOOD) },
	{ .name = "47-no-colon",         TEXT(OK_HEAD "X-A\r\nContent-Length: " GOOD_LENGTH "\r\n\r\n" GOOD) },
	{ .name = "47-empty-request-id", OK_JSON("{\"Response\":{\"RequestId\":\"\",\"Enable\":false}}") },
	{ .name = "48-surplus-early",    .serve = serve_surplus, .text = "early" },
	{ .name = "48-surplus-late",     .serve = serve_surplus, .text = "late" },
	{ .name = "48-surplus-next",     .serve = serve_surplus, .text = "next" },
	{ .name = "48-surplus-early-tls", .scheme = HTTPS, .serve = serve_surplus, .text = "early" },
	{ .name = "48-surplus-late-tls", .scheme = HTTPS, .serve = serve_surplus, .text = "late" },
	{ .name = "48-surplus-next-tls", .scheme = HTTPS, .serve = serve_surplus, .text = "next" },
	{ .name = "49-good",             .scheme = HTTPS, .serve = serve_good },
	{ .name = "49-good-h2",          .scheme = HTTPS, .serve = serve_h2, .size = H2_GOOD, .is_h2 = true },
	{ .name = "49-refused-stream",   .scheme = HTTPS, .serve = serve_h2, .size = H2_REFUSES, .is_h2 = true },
	{ .name = "49-goaway",           .scheme = HTTPS, .serve = serve_h2, .size = H2_GOES, .is_h2 = true },
	{ .name = "49-goaway-slowly",    .scheme = HTTPS, .serve = serve_h2, .size = H2_GOES_SLOWLY, .is_h2 = true },
	{ .name = "49-close-second",     .scheme = HTTPS, .serve = serve_second_closes },
	{ .name = "49-close-second-h2",  .scheme = HTTPS, .serve = serve_h2, .size = H2_CLOSES_SECOND, .is_h2 = true },
	{ .name = "51-runaway",          .serve = serve_runaway },
	{ .name = "51-two-days",         .serve = serve_runaway, .size = 2 * DAY },
	{ .name = "52-retry-after-0",    .serve = serve_retry_after, .text = "0" },
	{ .name = "52-retry-after-3",    .serve = serve_retry_after, .text = "3" },
	{ .name = "52-retry-after-61",   .serve = serve_retry_after, .text = "61" },
	{ .name = "52-retry-after-100000", .serve = serve_retry_after, .text = "100000" },
	{ .name = "52-retry-after-date", .serve = serve_retry_after, .size = 4 },
	{ .name = "52-retry-after-past", .serve = serve_retry_after, .text = "Mon, 02 Jan 2017 15:04:05 GMT" },
	{ .name = "52-retry-after-word", .serve = serve_retry_after, .text = "soon" },
	{ .name = "53-gzip",             .serve = serve_gzip, .text = "whole" },
	{ .name = "53-gzip-tail",        .serve = serve_gzip, .text = "tail" },
	{ .name = "53-gzip-two-members", .serve = serve_gzip, .text = "two" },
	{ .name = "proxy-407",           .serve = serve_proxy_407 },
	{ .name = "proxy-through",       .serve = serve_proxy_through },
	{ .name = "trap",                .serve = serve_trap },
};
/* clang-format on */

#define ROWS (sizeof(rows) / sizeof(rows[0]))

/* ---- certificates ---- */

struct pair {
	EVP_PKEY *key;
	X509 *cert;
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	(void)fprintf(stderr, "scandrift-hostile: %s\n", what);
	exit(1);
}

static void extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *ext;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	must(ext && X509_add_ext(cert, ext, -1) == 1, "extension");
	X509_EXTENSION_free(ext);
}

/* `names` NULL: an authority; "": none but the CN. `by` NULL: signs itself. */
static struct pair make_pair(EVP_PKEY *key, const char *cn, const char *names, long from, long to,
			     const struct pair *by)
{
	static long serial = 1;
	struct pair p = {key, X509_new()};
	X509_NAME *subject = X509_get_subject_name(p.cert);
	X509 *issuer = by ? by->cert : p.cert;

	must(key != NULL, "key");
	must(X509_set_version(p.cert, X509_VERSION_3) == 1 &&
		     ASN1_INTEGER_set(X509_get_serialNumber(p.cert), serial++) == 1 &&
		     X509_gmtime_adj(X509_getm_notBefore(p.cert), from) &&
		     X509_gmtime_adj(X509_getm_notAfter(p.cert), to) &&
		     X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
						(const unsigned char *)cn, -1, -1, 0) == 1 &&
		     X509_set_issuer_name(p.cert, X509_get_subject_name(issuer)) == 1 &&
		     X509_set_pubkey(p.cert, key) == 1,
	     "certificate");
	extend(p.cert, issuer, NID_basic_constraints, names ? "CA:FALSE" : "critical,CA:TRUE");
	extend(p.cert, issuer, NID_subject_key_identifier, "hash");
	if (names && *names)
		extend(p.cert, issuer, NID_subject_alt_name, names);
	must(X509_sign(p.cert, by ? by->key : key, EVP_sha256()) > 0, "signature");
	return p;
}

#define HERE "DNS:localhost,IP:127.0.0.1"

static void make_certificates(struct pair out[CERT_COUNT])
{
	struct pair ca = make_pair(EVP_EC_gen("P-256"), "hostile authority", NULL, -DAY, DAY, NULL);
	struct pair other = make_pair(EVP_EC_gen("P-256"), "another", NULL, -DAY, DAY, NULL);
	char path[4096];
	FILE *f;

	out[CERT_GOOD] = make_pair(EVP_EC_gen("P-256"), "h", HERE, -DAY, DAY, &ca);
	out[CERT_WRONG_HOST] =
		make_pair(EVP_EC_gen("P-256"), "h", "DNS:other.example", -DAY, DAY, &ca);
	out[CERT_EXPIRED] = make_pair(EVP_EC_gen("P-256"), "h", HERE, -9 * DAY, -DAY, &ca);
	out[CERT_FUTURE] = make_pair(EVP_EC_gen("P-256"), "h", HERE, DAY, 9 * DAY, &ca);
	out[CERT_SELF_SIGNED] = make_pair(EVP_EC_gen("P-256"), "h", HERE, -DAY, DAY, NULL);
	out[CERT_UNKNOWN_CA] = make_pair(EVP_EC_gen("P-256"), "h", HERE, -DAY, DAY, &other);
	out[CERT_NAME_IN_CN] = make_pair(EVP_EC_gen("P-256"), "localhost", "", -DAY, DAY, &ca);
	out[CERT_SMALL_KEY] = make_pair(EVP_RSA_gen(1024), "h", HERE, -DAY, DAY, &ca);
	(void)snprintf(path, sizeof(path), "%s/ca.pem", folder);
	f = fopen(path, "w");
	must(f && PEM_write_X509(f, ca.cert) == 1 && fclose(f) == 0, "ca.pem");
}

static int choose_h2(SSL *ssl, const unsigned char **out, unsigned char *out_n,
		     const unsigned char *in, unsigned in_n, void *arg)
{
	(void)ssl, (void)arg;
	for (unsigned i = 0; i < in_n; i += in[i] + 1u) {
		if (in[i] == 2 && memcmp(in + i + 1, "h2", 2) == 0) {
			*out = in + i + 1;
			*out_n = 2;
			return SSL_TLSEXT_ERR_OK;
		}
	}
	return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static SSL_CTX *make_context(const struct row *r, const struct pair certs[CERT_COUNT])
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	must(ctx != NULL, "context");
	SSL_CTX_set_security_level(ctx, 0);
	if (r->is_old_tls) {
		(void)SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION);
		(void)SSL_CTX_set_max_proto_version(ctx, TLS1_1_VERSION);
	}
	if (r->is_tls12)
		(void)SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
	if (r->is_h2)
		SSL_CTX_set_alpn_select_cb(ctx, choose_h2, NULL);
	must(SSL_CTX_use_certificate(ctx, certs[r->cert].cert) == 1 &&
		     SSL_CTX_use_PrivateKey(ctx, certs[r->cert].key) == 1,
	     "certificate of a row");
	return ctx;
}

/* ---- listening ---- */

static int listen_on(int *port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	must(fd >= 0 && bind(fd, (struct sockaddr *)&at, n) == 0 && listen(fd, 64) == 0 &&
		     getsockname(fd, (struct sockaddr *)&at, &n) == 0,
	     "listen");
	*port = ntohs(at.sin_port);
	return fd;
}

static void serve_connection(const struct row *r, SSL_CTX *ctx, int fd, unsigned nth)
{
	static struct peer p;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)alarm(90);
	p = (struct peer){.fd = fd, .nth = nth};
	current = r;
	if (ctx) {
		p.ssl = SSL_new(ctx);
		if (!p.ssl || SSL_set_fd(p.ssl, fd) != 1 || SSL_accept(p.ssl) != 1)
			_exit(0);
	}
	r->serve(&p);
	if (p.ssl)
		(void)SSL_shutdown(p.ssl);
	(void)close(fd);
	_exit(0);
}

static void publish(const int ports[ROWS])
{
	char path[4096], whole[4096];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/ports.new", folder);
	(void)snprintf(whole, sizeof(whole), "%s/ports", folder);
	f = fopen(path, "w");
	must(f != NULL, "ports");
	for (size_t i = 0; i < ROWS; i++)
		(void)fprintf(f, "%s %d %s\n", rows[i].name, ports[i],
			      rows[i].scheme == HTTPS ? "https" : "http");
	must(fclose(f) == 0 && rename(path, whole) == 0, "ports");
}

int main(int argc, char **argv)
{
	static struct pair certs[CERT_COUNT];
	static struct pollfd fds[ROWS];
	static SSL_CTX *contexts[ROWS];
	static unsigned counts[ROWS];
	static int ports[ROWS];

	must(argc >= 2, "usage: scandrift-hostile DIR [BOMB [PORT]]");
	folder = argv[1];
	bomb = argc > 2 ? argv[2] : NULL;
	through_port = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 0;
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)signal(SIGCHLD, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	must(sizeof(GOOD) - 1 == (size_t)strtol(GOOD_LENGTH, NULL, 10), "GOOD_LENGTH");
	make_certificates(certs);
	for (size_t i = 0; i < ROWS; i++) {
		fds[i] = (struct pollfd){.fd = listen_on(&ports[i]), .events = POLLIN};
		if (rows[i].scheme == HTTPS)
			contexts[i] = make_context(&rows[i], certs);
		if (rows[i].is_closed) {
			(void)close(fds[i].fd);
			fds[i].fd = -1;
		}
		if (strcmp(rows[i].name, "trap") == 0)
			trap_port = ports[i];
	}
	publish(ports);
	for (;;) {
		if (poll(fds, ROWS, -1) < 0 && errno != EINTR)
			return 1;
		for (size_t i = 0; i < ROWS; i++) {
			int fd;

			if (!(fds[i].revents & POLLIN))
				continue;
			fd = accept(fds[i].fd, NULL, NULL);
			if (fd < 0)
				continue;
			counts[i]++;
			if (fork() == 0)
				serve_connection(&rows[i], contexts[i], fd, counts[i]);
			(void)close(fd);
		}
	}
}
