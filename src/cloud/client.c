/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Easy handles of one multi handle, each used for request after request. What a run sets is set once
 * a handle, in set_run_options, and what a request sets anew for each.
 */
#include "cloud/client.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/secret.h"
#include "base/endpoint.h"
#include "cloud/net.h"
#include "cloud/transfer.h"
#include "crypto/tls.h"

#define CONNECT_TIMEOUT_MS 10000u
#define CONNECTIONS_MAX    256u
/* For the repository, the CAs, the terminal and what libraries keep open. */
#define DESCRIPTORS_OURS 24u

/* A value that is longer than this says nothing that we can use. */
#define HEADER_KEEP 256u

struct client {
	CURLM *multi;
	struct transfer *running, *idle;
	char *ca_file;
	bool has_global;
};

static size_t on_body(char *p, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;

	/* Counted as decoded: what a few bytes of gzip may become is bounded as well. */
	buf_add(&t->body, p, size * n);
	t->too_large = t->body.failed_ceiling;
	return t->body.failed_ceiling || t->body.failed_memory ? 0 : size * n;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's signature */
static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;

	return head_take_line(&t->head, (struct str){p, size * n}) ? size * n : 0;
}

/* ALPN decides it. CURLINFO_HTTP_VERSION is not known before the first reply. */
static bool speaks_http2(CURL *easy)
{
	struct curl_tlssessioninfo *tls = NULL;

	return curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK && tls &&
	       tls->backend == CURLSSLBACKEND_OPENSSL && tls->internals &&
	       tls_speaks_http2(tls->internals);
}

/*
 * Called before each send. HTTP/1.1 has nothing that binds a reply to its request but their order,
 * so such a connection serves one request. And each send is counted and signed by the caller, so one
 * that libcurl wants to repeat by itself is aborted here, before a byte of it has left.
 */
/* NOLINTNEXTLINE(readability-non-const-parameter): libcurl's signature */
static int on_send(void *ctx, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *t = ctx;

	(void)ip, (void)local_ip, (void)port, (void)local_port;
	if (t->sends++)
		return CURL_PREREQFUNC_ABORT;
	t->is_http2 = speaks_http2(t->easy);
	if (t->is_http2 && curl_easy_setopt(t->easy, CURLOPT_FORBID_REUSE, 0L) != CURLE_OK)
		return CURL_PREREQFUNC_ABORT;
	return CURL_PREREQFUNC_OK;
}

/* As libcurl would do it; the reason of a failure is lost there. */
static curl_socket_t on_open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct transfer *t = ctx;
	int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);

	(void)purpose;
	t->socket_errno = fd < 0 ? errno : 0;
	return fd < 0 ? CURL_SOCKET_BAD : fd;
}

/* One line holds the signature and one the token. What libcurl copies further is out of reach. */
static void free_headers(struct curl_slist *list)
{
	for (struct curl_slist *l = list; l; l = l->next)
		secret_wipe(l->data, strlen(l->data));
	curl_slist_free_all(list);
}

static struct err *add_header(struct curl_slist **list, const char *name, struct str value)
{
	size_t name_n = strlen(name);
	char *line = malloc(name_n + value.n + 3);
	struct curl_slist *longer;

	if (!line)
		return err_nomem();
	/* "Name;" is curl's way to send a header without a value; ours all have one. */
	memcpy(line, name, name_n);
	memcpy(line + name_n, ": ", 2);
	if (value.n)
		memcpy(line + name_n + 2, value.p, value.n);
	line[name_n + 2 + value.n] = '\0';
	longer = curl_slist_append(*list, line);
	secret_wipe(line, name_n + value.n + 3);
	free(line);
	if (!longer)
		return err_nomem();
	*list = longer;
	return NULL;
}

static struct err *make_headers(const struct http_request *req, struct curl_slist **list)
{
	for (size_t i = 0; i < req->header_count; i++) {
		struct str v = req->headers[i].value;

		if (v.n &&
		    (memchr(v.p, '\n', v.n) || memchr(v.p, '\r', v.n) || memchr(v.p, 0, v.n)))
			return err_new(ERR_CONFIG, "header %s: holds a line break",
				       req->headers[i].name);
		TRY(add_header(list, req->headers[i].name, v));
	}
	/* Waiting for a 100 Continue would cost a second where a server does not know it. */
	return add_header(list, "Expect", STR(""));
}

static struct err *setopt_failed(CURLcode code, const char *option)
{
	struct err *e;
	char *text;

	if (code == CURLE_OUT_OF_MEMORY)
		return err_nomem();
	text = curl_text_of(code);
	e = text ? err_new(ERR_CONFIG, "libcurl does not take %s: %s", option, text) : err_nomem();
	free(text);
	return e;
}

/* A macro, since the type of an option's value depends on the option. */
#define SET(option, value)                                              \
	do {                                                            \
		CURLcode code_ = curl_easy_setopt(easy, option, value); \
		if (code_ != CURLE_OK)                                  \
			return setopt_failed(code_, #option);           \
	} while (0)

static struct err *set_protocols(CURL *easy, bool is_tls)
{
	SET(CURLOPT_PROTOCOLS_STR, is_tls ? "https" : "http");
	return NULL;
}

/*
 * libcurl keeps the CA store from one connection to the next only where it comes from a file alone;
 * the folder beside the system's file holds the same certificates.
 */
static struct err *set_ca(const struct client *c, CURL *easy)
{
	const char *file = c->ca_file;
	char *usual = NULL;

	if (!file && curl_easy_getinfo(easy, CURLINFO_CAINFO, &usual) == CURLE_OK && usual &&
	    access(usual, R_OK) == 0)
		file = usual;
	if (!file)
		return NULL;
	SET(CURLOPT_CAINFO, file);
	SET(CURLOPT_PROXY_CAINFO, file);
	/* Else the system's folder of CAs would still be trusted beside the file. */
	SET(CURLOPT_CAPATH, (char *)NULL);
	SET(CURLOPT_PROXY_CAPATH, (char *)NULL);
	return NULL;
}

static CURLcode on_ssl_context(CURL *easy, void *ssl_ctx, void *ctx)
{
	(void)easy, (void)ctx;
	tls_require_names(ssl_ctx);
	return CURLE_OK;
}

/* What another library under libcurl would hand over is not known; its own rule holds then. */
static bool is_openssl(void)
{
	const char *name = curl_version_info(CURLVERSION_NOW)->ssl_version;

	return name && strncmp(name, "OpenSSL/", 8) == 0;
}

static struct err *set_run_options(const struct client *c, struct transfer *t)
{
	CURL *easy = t->easy;

	if (curl_text_set(&t->text, easy) != CURLE_OK)
		return err_nomem();
	SET(CURLOPT_PRIVATE, t);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (is_openssl())
		SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_context);
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_UNRESTRICTED_AUTH, 0L);
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTP09_ALLOWED, 0L);
	SET(CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE); /* ours are not for the proxy */
	SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	SET(CURLOPT_ACCEPT_ENCODING, "");
	SET(CURLOPT_USERAGENT, "scandrift/" SCANDRIFT_VERSION);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_WRITEDATA, t);
	SET(CURLOPT_HEADERDATA, t);
	SET(CURLOPT_PREREQFUNCTION, on_send);
	SET(CURLOPT_PREREQDATA, t);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
	SET(CURLOPT_OPENSOCKETDATA, t);
	SET(CURLOPT_NOPROGRESS, 1L);
	return set_ca(c, easy);
}

static long milliseconds(uint64_t ms)
{
	return ms > 3600000 ? 3600000L : (long)(ms ? ms : 1);
}

static struct err *set_request_options(const struct transfer *t, const struct http_request *req,
				       const struct endpoint *to)
{
	CURL *easy = t->easy;
	bool is_near = to->is_loopback || !to->is_tls;
	uint64_t connect_ms =
		req->timeout_ms < CONNECT_TIMEOUT_MS ? req->timeout_ms : CONNECT_TIMEOUT_MS;

	TRY(set_protocols(easy, to->is_tls));
	SET(CURLOPT_URL, req->url);
	/* "" is no proxy whatever the environment says, NULL is what it says. */
	SET(CURLOPT_PROXY, is_near ? "" : (char *)NULL);
	if (req->is_get) {
		SET(CURLOPT_HTTPGET, 1L);
	} else {
		SET(CURLOPT_POST, 1L);
		SET(CURLOPT_POSTFIELDS, req->body.n ? req->body.p : "");
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)req->body.n);
	}
	/*
	 * No CURLOPT_PIPEWAIT: libcurl 8.14 lets who waits for a connection that turns out to be
	 * HTTP/1.1 go one by one. So an HTTP/2 server sees at most --jobs connections, which are
	 * shared from then on.
	 */
	SET(CURLOPT_FRESH_CONNECT, req->is_alone ? 1L : 0L);
	SET(CURLOPT_FORBID_REUSE, 1L); /* until on_send knows that it is HTTP/2 */
	SET(CURLOPT_HTTPHEADER, t->headers);
	SET(CURLOPT_TIMEOUT_MS, milliseconds(req->timeout_ms));
	SET(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(connect_ms));
	return NULL;
}

/* The body's memory goes over to the arena: of a large reply there is one copy. */
static struct err *take_body(struct transfer *t, struct str *out)
{
	size_t n = 0;
	char *p;

	*out = STR("");
	if (t->body.n == 0)
		return NULL;
	p = buf_take(&t->body, &n);
	if (!arena_adopt(t->arena, p, n)) {
		free(p);
		return err_nomem();
	}
	*out = (struct str){p, n};
	return NULL;
}

/* Of the final head alone: neither a 1xx reply's nor a trailer's. */
static struct err *take_header(struct transfer *t, const char *name, struct str *out)
{
	struct curl_header *h = NULL;
	const char *value = "";

	if (curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK &&
	    strlen(h->value) < HEADER_KEEP)
		value = h->value;
	*out = arena_str(t->arena, str_from(value));
	return out->p ? NULL : err_nomem();
}

static struct err *take_reply(struct transfer *t, struct http_reply *out)
{
	struct http_reply r = {0};
	curl_off_t us = 0, wait_s = 0;
	long status = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(t->easy, CURLINFO_TOTAL_TIME_T, &us);
	(void)curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &wait_s);
	r.status = (int)status;
	r.elapsed_ms = (uint64_t)us / 1000;
	/* A date in the past is a negative number in libcurl 7.88. */
	r.retry_after_s = wait_s > 0 ? (uint64_t)wait_s : 0;
	TRY(take_header(t, "content-type", &r.content_type));
	TRY(take_header(t, "date", &r.date));
	TRY(take_body(t, &r.body));
	*out = r;
	return NULL;
}

/* The URL's scheme and host are judged here again: this is the last place before the network. */
static struct err *judge_url(const struct http_request *req, struct arena *a, struct endpoint *to)
{
	static const char metadata[] = "http://" CLIENT_METADATA_HOST "/";
	const char *start = strstr(req->url, "://");
	const char *path = start ? strchr(start + 3, '/') : NULL;
	size_t n = path ? (size_t)(path - req->url) : strlen(req->url);

	if (req->is_get && req->header_count == 0 &&
	    strncmp(req->url, metadata, sizeof(metadata) - 1) == 0) {
		*to = (struct endpoint){.url = req->url, .host = CLIENT_METADATA_HOST};
		return NULL;
	}
	return endpoint_parse(a, (struct str){req->url, n}, to);
}

static void transfer_free(struct transfer *t)
{
	if (!t)
		return;
	curl_easy_cleanup(t->easy);
	free_headers(t->headers);
	buf_free(&t->body);
	free(t);
}

/* What libcurl keeps a pointer to must not outlive the request. */
static void make_idle(struct client *c, struct transfer *t)
{
	(void)curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, NULL);
	(void)curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, NULL);
	free_headers(t->headers);
	t->headers = NULL;
	buf_free(&t->body);
	t->next = c->idle;
	c->idle = t;
}

static struct err *get_transfer(struct client *c, struct transfer **out)
{
	struct transfer *t = c->idle;
	struct err *e;

	if (t) {
		c->idle = t->next;
		*out = t;
		return NULL;
	}
	t = calloc(1, sizeof(*t));
	if (!t)
		return err_nomem();
	t->easy = curl_easy_init();
	e = t->easy ? set_run_options(c, t) : err_nomem();
	if (e) {
		transfer_free(t);
		return e;
	}
	*out = t;
	return NULL;
}

static struct err *multi_failed(CURLMcode code)
{
	struct err *e;
	char *text;

	if (code == CURLM_OUT_OF_MEMORY)
		return err_nomem();
	text = curl_text_of_multi(code);
	e = text ? err_new(ERR_NET, "libcurl: %s", text) : err_nomem();
	free(text);
	return e;
}

struct err *client_start(struct client *c, const struct http_request *req, struct arena *a,
			 client_done *done, void *ctx)
{
	struct transfer *t = NULL;
	struct endpoint to;
	CURLMcode code;
	struct err *e;

	TRY(judge_url(req, a, &to));
	TRY(get_transfer(c, &t));
	curl_text_clear(&t->text);
	t->head = (struct head){0};
	t->too_large = t->is_http2 = false;
	t->sends = 0;
	t->socket_errno = 0;
	t->body = BUF_INIT(req->reply_max);
	t->arena = a;
	t->done = done;
	t->ctx = ctx;
	e = make_headers(req, &t->headers);
	if (!e)
		e = set_request_options(t, req, &to);
	if (!e) {
		code = curl_multi_add_handle(c->multi, t->easy);
		e = code == CURLM_OK ? NULL : multi_failed(code);
	}
	if (e) {
		make_idle(c, t);
		return e;
	}
	t->next = c->running;
	c->running = t;
	return NULL;
}

static void unlink_running(struct client *c, struct transfer *t)
{
	for (struct transfer **p = &c->running; *p; p = &(*p)->next) {
		if (*p != t)
			continue;
		*p = t->next;
		return;
	}
}

/* Tells who waits for it; the handle is free again before that, for what is begun then. */
static void finish(struct client *c, struct transfer *t, CURLcode code, bool is_stopped)
{
	client_done *done = t->done;
	void *ctx = t->ctx;
	struct http_reply reply = {0};
	struct err *e;

	if (code == CURLE_OK && t->head.is_complete && !is_stopped)
		e = take_reply(t, &reply);
	else
		e = transfer_failure(t, code, is_stopped);
	(void)curl_multi_remove_handle(c->multi, t->easy);
	unlink_running(c, t);
	make_idle(c, t);
	done(ctx, e, &reply);
}

struct err *client_run(struct client *c, uint64_t max_ms)
{
	CURLMcode code;
	CURLMsg *m;
	int left;

	code = curl_multi_perform(c->multi, &left);
	if (code != CURLM_OK)
		return multi_failed(code);
	m = curl_multi_info_read(c->multi, &left);
	if (!m) {
		/* A signal ends the wait early; who called asks what it was. */
		code = curl_multi_poll(c->multi, NULL, 0, (int)(max_ms > 60000 ? 60000 : max_ms),
				       &left);
		if (code != CURLM_OK)
			return multi_failed(code);
		code = curl_multi_perform(c->multi, &left);
		if (code != CURLM_OK)
			return multi_failed(code);
		m = curl_multi_info_read(c->multi, &left);
	}
	for (; m; m = curl_multi_info_read(c->multi, &left)) {
		CURLcode result = m->data.result;
		char *t = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		(void)curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
		finish(c, (struct transfer *)(void *)t, result, false);
	}
	return NULL;
}

void client_stop(struct client *c)
{
	while (c->running)
		finish(c, c->running, CURLE_ABORTED_BY_CALLBACK, true);
}

unsigned client_connections_max(void)
{
	struct rlimit files;
	rlim_t n;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY)
		return CONNECTIONS_MAX;
	if (files.rlim_cur < DESCRIPTORS_OURS + DESCRIPTORS_EACH)
		return 1;
	n = (files.rlim_cur - DESCRIPTORS_OURS) / DESCRIPTORS_EACH;
	return n < CONNECTIONS_MAX ? (unsigned)n : CONNECTIONS_MAX;
}

static struct err *choose_ca(const struct client_options *o, char **out)
{
	const char *file = o->ca_bundle ? o->ca_bundle : o->ssl_cert_file;
	const char *who = o->ca_bundle ? "--ca-bundle" : "SSL_CERT_FILE";

	if (!file || !*file)
		return NULL;
	if (access(file, R_OK) != 0)
		return err_new(ERR_CONFIG, "%s: %s: no such file, or not readable", who, file);
	*out = strdup(file);
	return *out ? NULL : err_nomem();
}

static struct err *open_multi(struct client *c)
{
	/* It would write every connection's keys to a file: ours carry tokens. */
	(void)unsetenv("SSLKEYLOGFILE");
	/* libcurl counts these calls, so a second client does no harm. */
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_new(ERR_CONFIG, "libcurl cannot be started");
	c->has_global = true;
	c->multi = curl_multi_init();
	if (!c->multi ||
	    curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)client_connections_max()) ||
	    curl_multi_setopt(c->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_MULTIPLEX))
		return err_nomem();
	return NULL;
}

struct err *client_new(const struct client_options *o, struct client **out)
{
	struct client *c = calloc(1, sizeof(*c));
	struct err *e;

	if (!c)
		return err_nomem();
	e = choose_ca(o, &c->ca_file);
	if (!e)
		e = open_multi(c);
	if (e) {
		client_free(c);
		return e;
	}
	*out = c;
	return NULL;
}

void client_free(struct client *c)
{
	if (!c)
		return;
	client_stop(c);
	for (struct transfer *t = c->idle, *next; t; t = next) {
		next = t->next;
		transfer_free(t);
	}
	curl_multi_cleanup(c->multi);
	if (c->has_global)
		curl_global_cleanup();
	free(c->ca_file);
	free(c);
}

void client_describe_library(struct buf *b)
{
	const curl_version_info_data *v = curl_version_info(CURLVERSION_NOW);

	buf_printf(b, "libcurl %s", v->version);
	if (v->ssl_version)
		buf_printf(b, " (%s)", v->ssl_version);
}
